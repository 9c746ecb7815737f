//! `constant-time` against handlers in eight languages: for each way to compare a signature one
//! handler that does it so, and near misses that must not be taken for one.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops where something is missing"
)]

mod check;
mod evaluate;
mod handlers;
mod properties;

//! `external-id-calls` against code in seven languages and in scripts: for each client of HTTP code
//! that sends an id, code that does not, and code of which it can not be told.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops where something is missing"
)]

mod check;
mod evaluate;
mod properties;
mod samples;

//! The first week: its checks through the registry and the program.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test says what is missing")]

#[expect(dead_code, reason = "the tests of the command line use the rest")]
#[path = "../support/mod.rs"]
mod support;

mod checks;

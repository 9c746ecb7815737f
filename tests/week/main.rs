//! The first week, from outside: what the program does with a launch that has been switched.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod due;
#[expect(dead_code, reason = "other tests of the command line use the rest")]
#[path = "../support/mod.rs"]
mod support;

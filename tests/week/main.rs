//! The first week: its checks, what is read of real logs, what is found in weeks whose truth is
//! known, and how it is shown.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it breaks")]
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test says what is missing")]

#[expect(dead_code, reason = "the tests of the terminal use the rest")]
#[path = "../pty/mod.rs"]
mod pty;
#[expect(dead_code, reason = "the tests of the screen use the rest")]
#[path = "../stage/mod.rs"]
mod stage;
#[expect(dead_code, reason = "the tests of the command line use the rest")]
#[path = "../support/mod.rs"]
mod support;

mod checks;
mod due;
mod feed;
mod lines;
mod pictures;
mod screen;
mod terminal;
mod watch;
mod weeks;

//! The first week: what is read of real logs, what is found in weeks whose truth is known, and how
//! it is shown.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it breaks")]

mod pictures;
#[expect(dead_code, reason = "the tests of the terminal use the rest")]
#[path = "../pty/mod.rs"]
mod pty;
mod screen;
#[path = "../stage/mod.rs"]
mod stage;
mod terminal;
mod weeks;

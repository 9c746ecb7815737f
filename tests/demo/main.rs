//! The demo: sound without a fault, and each fault caught by the check that claims it, by no other;
//! walked headless and on a terminal; nothing contacted but loopback, nothing left behind.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it breaks")]
#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod faults;
mod plain;
mod program;
#[expect(dead_code, reason = "the tests of the terminal use the rest")]
#[path = "../pty/mod.rs"]
mod pty;
mod screen;
mod stage;
mod walk;
mod week;

//! The first week: what is read of real logs, what is found in weeks whose truth is known, and how
//! it is shown.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it breaks")]

#[path = "../stage/mod.rs"]
mod stage;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "shared with other test programs")]
mod support;

mod pictures;
mod screen;
mod watch;
mod weeks;

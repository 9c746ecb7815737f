//! The first week: what is read of real logs, and what is found in weeks whose truth is known.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it breaks")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "shared with other test programs")]
mod support;
mod watch;
mod weeks;

//! The demo: sound without a fault, and each fault caught by the check that claims it, by no other.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where it breaks")]

mod faults;
mod stage;

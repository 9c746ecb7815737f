//! The dress rehearsal against the twin: every part to its end, and broken off everywhere.
//!
//! The merchant is a server that writes down what is delivered to it; what alters or swallows
//! answers is a proxy in front of the twin. What counts is what the twin has really charged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, reason = "a test stops where it breaks")]

mod broken;
mod events;
mod kills;
mod parts;
mod program;
mod proxy;
mod shop;

//! Webhooks that were received, as records that outlive the process that took them.
//!
//! Written by `listen`, read by the checks that look for an event.

pub mod received;

//! The webhook checks against handlers as merchants write them, sound and flawed, and against nginx
//! with every kind of certificate.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, reason = "a test stops where it breaks")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod addresses;
mod bench;
mod counterpart;
mod dedupe;
mod dns;
mod dnsmasq;
mod endpoint;
mod environment;
mod events;
mod gate;
mod latency;
mod matrix;
mod nginx;
mod odd_events;
mod plan;
mod recorder;
mod retired;
mod rules;
mod section;
mod signature;

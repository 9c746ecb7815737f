//! The webhook checks against handlers as merchants write them, sound and flawed, and against nginx
//! with every kind of certificate.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, reason = "a test stops where it breaks")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod bench;
mod counterpart;
mod endpoint;
mod gate;
mod nginx;
mod recorder;
mod rules;
mod signature;

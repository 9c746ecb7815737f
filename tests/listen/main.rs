//! `golive listen` in front of real handlers and on real disks: what reaches the handler, what comes
//! back, and that no event is lost that was answered with 2xx.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test stops where it breaks")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod client;
#[path = "../webhook/counterpart.rs"]
mod counterpart;
mod disk;
mod forward;
mod kill;
mod live;
mod lookup;
#[path = "../webhook/nginx.rs"]
mod nginx;
mod process;
mod record;
mod resend;
mod server;
#[path = "../support/mod.rs"]
#[allow(dead_code)]
mod support;

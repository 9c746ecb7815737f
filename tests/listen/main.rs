//! `golive listen` in front of real handlers and on real disks: what reaches the handler, what comes
//! back, and that no event is lost that was answered with 2xx.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test stops where it breaks")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod client;
#[expect(dead_code, reason = "the tests of the webhook checks use the rest")]
#[path = "../webhook/counterpart.rs"]
mod counterpart;
mod disk;
#[expect(dead_code, reason = "the tests of the API's client use the rest")]
#[path = "../mintcash/double.rs"]
mod double;
mod forward;
mod kill;
mod live;
mod lookup;
#[expect(dead_code, reason = "the tests of the webhook checks use the rest")]
#[path = "../webhook/nginx.rs"]
mod nginx;
mod process;
#[expect(dead_code, reason = "the tests of the terminal use the rest")]
#[path = "../pty/mod.rs"]
mod pty;
mod record;
mod resend;
mod server;
#[expect(dead_code, reason = "the tests of the command line use the rest")]
#[path = "../support/mod.rs"]
mod support;

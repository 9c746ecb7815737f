//! The rehearsal twin from outside: its contract by another language's client, its page by a text
//! browser, its webhooks over TLS, the program as a process, and golive's own client against every
//! reading of the documentation.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, reason = "a test stops where it breaks")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod client;
mod contract;
mod page;
mod process;
mod properties;
mod running;
mod tls;

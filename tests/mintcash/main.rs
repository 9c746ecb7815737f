//! The client of the provider's API, and the check `api-key`, against a double of the provider that
//! can be wrong in every way that the documentation leaves open.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, reason = "a test stops where it breaks")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod api_key;
mod client;
mod contradictions;
mod double;
mod replay;

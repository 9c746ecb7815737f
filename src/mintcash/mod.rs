//! The provider: API client, keys, money, error envelope, webhook signature and envelope.
//!
//! What MintCash does on the wire, as `mintcash-contract.md` states it; used by the checks that call
//! the API or send webhooks. `transport` alone talks to the network.

pub mod api_keys;
pub mod body;
pub mod call;
pub mod client;
pub mod envelope;
pub mod error;
pub mod event;
pub mod key;
pub mod lookup;
pub mod misread;
pub mod money;
pub mod payments;
pub mod prepared;
pub mod refunds;
pub mod retry;
pub mod signature;
pub mod status;
pub mod subscriptions;
pub mod transport;
pub mod vouch;

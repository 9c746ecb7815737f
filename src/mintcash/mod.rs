//! The provider: signature, webhook envelope.
//!
//! What MintCash does on the wire, as `mintcash-contract.md` states it; used by the checks that
//! send webhooks. Nothing here does I/O.

pub mod envelope;
pub mod misread;
pub mod signature;

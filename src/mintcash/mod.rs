//! The provider: signature, webhook envelope.

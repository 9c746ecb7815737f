//! The checks of the idempotency section: one intent has one `externalId`, and no id serves two.

pub mod external_id_calls;
pub mod external_id_log;
pub mod replay;

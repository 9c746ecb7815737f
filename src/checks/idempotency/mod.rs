//! The checks of the runbook's section `idempotency`, one file each.

pub mod external_id_calls;
pub mod replay;

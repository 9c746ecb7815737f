//! The section *credentials*: whether the live keys work, where they are kept and where they must
//! not be, and what is left of the sandbox.

pub mod api_key;
pub mod production_config;
pub mod retired_webhook;
pub mod scan_report;
pub mod secret_storage;
pub mod storage;

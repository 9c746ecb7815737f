//! The section *credentials*: where the live key is kept and where it must not be, and what is left
//! of the sandbox.

pub mod retired_webhook;
pub mod scan_report;
pub mod secret_storage;

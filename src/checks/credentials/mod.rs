//! The section *credentials*: where the live key is kept, and where it must not be.

pub mod production_config;
pub mod scan_report;
pub mod secret_storage;

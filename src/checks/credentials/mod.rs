//! The section *credentials*: whether the live keys work, where they are kept, and where they must
//! not be.

pub mod api_key;
pub mod scan_report;
pub mod secret_storage;
pub mod storage;

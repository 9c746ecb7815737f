//! The checks of the section "First week": they judge by the picture that `week` draws of the
//! merchant's logs.

mod check;
mod report;
mod shared;
pub mod support;

pub use check::WeekCheck;
pub use report::report;

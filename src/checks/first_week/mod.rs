//! The checks of the section "First week": they judge by the picture that `week` draws of the
//! merchant's logs.

pub mod logs;

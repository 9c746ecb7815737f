//! Where a secret is kept, as far as its reference shows, and whether production uses it.
//!
//! Called by the check `secret-storage`, one file for each question: what a reference proves
//! (`reference`), who can get at a file (`file`), what stands in a command line (`literal`),
//! which secret production's webhook handler has (`in_use`).

pub mod file;
pub mod in_use;
pub mod literal;
pub mod reference;

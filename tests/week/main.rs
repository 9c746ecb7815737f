//! The first week: what golive sees in a merchant's logs, and how it shows it.

#[path = "../pty/mod.rs"]
mod pty;
#[path = "../stage/mod.rs"]
mod stage;

mod pictures;
mod screen;

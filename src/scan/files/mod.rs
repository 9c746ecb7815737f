//! Everything that lies on disk below a path: tracked, untracked and ignored alike.

mod open;
mod state;
mod walk;

pub(super) use open::{line_of, open};
pub(super) use state::States;
pub(super) use walk::{FilesScan, InFile, walk};

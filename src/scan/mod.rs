//! Reading a merchant's source: where secret keys lie in files and in git history.
//!
//! Called by the check `secret-storage` and by `golive scan`. [`scan_paths`] reads every file below
//! the given paths and every object of the git repositories that it meets. The rule it keeps:
//! whatever could not be read is said ([`Unread`]), never skipped in silence, and no secret is in
//! anything that it hands back.

pub mod calls;
pub mod compare;
pub mod detect;
mod files;
mod from_project;
mod git;
mod leak;
pub mod sandbox;
mod sources;
pub mod syntax;
mod test_files;
mod watch;

pub use detect::{Certainty, Identity, Role, Wanted};
pub use from_project::from_project;
pub use git::head::commit_of;
pub use leak::{
    Commit, Counts, FileState, Leak, Origin, Place, RepositorySeen, ScanOutcome, Unread,
};
pub use sources::scan_paths;
pub use watch::Watch;

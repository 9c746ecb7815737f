//! What is checked out, told cheaply.

use std::path::Path;

use super::locate;

/// The commit that is checked out in the repository that `path` is in; `None` where there is none.
#[must_use]
pub fn commit_of(path: &Path) -> Option<String> {
    let git_dir = locate::above(path)?;
    let repository = locate::open(&git_dir).ok()?;
    repository.head_id().ok().map(|id| id.to_string())
}

//! What git makes of a file: tracked, untracked, ignored. Only asked for files with secrets.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::scan::git::locate;
use crate::scan::leak::FileState;

/// Looks up files, one index per repository.
#[derive(Default)]
pub(crate) struct States {
    indexes: HashMap<PathBuf, Option<gix::index::File>>,
}

impl States {
    /// What git makes of the file at `path`, which is canonical.
    pub(crate) fn of(&mut self, path: &Path) -> FileState {
        let inside = path.ancestors().skip(1).any(|folder| {
            locate::is_git_dir(folder) || folder.file_name().is_some_and(|name| name == ".git")
        });
        if inside {
            return FileState::GitOwn;
        }
        let Some(dot_git) = path.parent().and_then(locate::above) else {
            return FileState::NoRepository;
        };
        let Some(root) = dot_git.parent().map(Path::to_owned) else {
            return FileState::NoRepository;
        };
        if self.is_tracked(path, &dot_git, &root) {
            FileState::Tracked
        } else if is_ignored(path, &root) {
            FileState::Ignored
        } else {
            FileState::Untracked
        }
    }

    fn is_tracked(&mut self, path: &Path, dot_git: &Path, root: &Path) -> bool {
        let index = self.indexes.entry(dot_git.to_owned()).or_insert_with(|| {
            let git_dir = locate::git_dir(dot_git).ok()?;
            locate::open(&git_dir).ok()?.open_index().ok()
        });
        let (Some(index), Ok(inside)) = (index, path.strip_prefix(root)) else { return false };
        let Ok(name) = gix::path::into_bstr(inside) else { return false };
        let name = gix::path::to_unix_separators_on_windows(name);
        index.entry_by_path(name.as_ref()).is_some()
    }
}

/// Whether a walk that heeds git's ignore files does not come to `path`.
fn is_ignored(path: &Path, root: &Path) -> bool {
    let target = path.to_owned();
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).git_ignore(true).git_exclude(true).git_global(true);
    builder.filter_entry(move |entry| target.starts_with(entry.path()));
    !builder.build().flatten().any(|entry| entry.path() == path)
}

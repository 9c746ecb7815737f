//! Finds the parts of a repository: its folder, the one it shares with other work trees, the
//! folders that its objects are in.
//!
//! Repositories are opened without trust: nothing of their configuration is obeyed beyond the
//! object format, nothing of the environment is read, no program is started.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scan::leak::Unread;
use crate::text::visible;

/// Whether a folder is the inside of a repository.
pub(crate) fn is_git_dir(folder: &Path) -> bool {
    folder.join("objects").is_dir() && folder.join("refs").is_dir() && folder.join("HEAD").exists()
}

/// The `.git` (folder or file) of the repository that `path` is in, or its bare folder.
pub(crate) fn above(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors().find_map(|folder| {
        let inside = folder.join(".git");
        if inside.symlink_metadata().is_ok() {
            return Some(inside);
        }
        is_git_dir(folder).then(|| folder.to_owned())
    })
}

/// The folder that a `.git` stands for, be it that folder or a file that names it.
pub(crate) fn git_dir(dot_git: &Path) -> Result<PathBuf, Unread> {
    let gone = |why: String| {
        Unread::new(visible(&dot_git.to_string_lossy(), 300), why)
            .hint("scan where the repository itself is; its history can not be read from here")
    };
    if dot_git.is_dir() {
        return dot_git.canonicalize().map_err(|error| gone(error.to_string()));
    }
    let text = fs::read_to_string(dot_git).map_err(|error| gone(error.to_string()))?;
    let named = text.trim_end_matches(['\n', '\r']).strip_prefix("gitdir: ");
    let named = named.ok_or_else(|| gone("it is no folder and names none".to_owned()))?;
    let folder = dot_git.parent().unwrap_or(dot_git).join(named);
    folder.canonicalize().map_err(|error| {
        gone(format!("the folder that it names, {}, can not be read: {error}", visible(named, 200)))
    })
}

/// The folder that all work trees of a repository share.
pub(crate) fn common_dir(git_dir: &Path) -> PathBuf {
    let named = fs::read_to_string(git_dir.join("commondir")).ok();
    let folder = named.map(|text| git_dir.join(text.trim_end_matches(['\n', '\r'])));
    folder.and_then(|folder| folder.canonicalize().ok()).unwrap_or_else(|| git_dir.to_owned())
}

/// The folders of one repository: the shared one and those of its work trees.
pub(crate) fn git_dirs(common: &Path) -> Vec<PathBuf> {
    let worktrees = fs::read_dir(common.join("worktrees"));
    let worktrees = worktrees.into_iter().flatten().flatten().map(|entry| entry.path());
    std::iter::once(common.to_owned()).chain(worktrees).collect()
}

/// The folders that the objects of a repository are in, alternates included.
pub(crate) fn object_dirs(common: &Path) -> (Vec<PathBuf>, Option<Unread>) {
    let own = common.join("objects");
    let mut all = vec![own.clone()];
    match gix::odb::alternate::resolve(own, common) {
        Ok(more) => {
            all.extend(more);
            (all, None)
        }
        Err(error) => {
            let what = visible(&common.join("objects/info/alternates").to_string_lossy(), 300);
            (all, Some(Unread::new(what, visible(&error.to_string(), 300))))
        }
    }
}

/// Opens a repository without trust.
pub(crate) fn open(git_dir: &Path) -> Result<gix::Repository, String> {
    let options = gix::open::Options::isolated().with(gix::sec::Trust::Reduced);
    let opened = options.open_path_as_is(true).open(git_dir);
    opened.map(|repository| repository.to_thread_local()).map_err(|error| error.to_string())
}

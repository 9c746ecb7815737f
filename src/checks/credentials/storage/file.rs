//! Who can get at the file that a secret is taken from: its mode, owner and folders, where a link
//! leads, and what git does with it.
//!
//! Called by the check, on a thread that may wait. Reads metadata only; `git` itself says whether a
//! file is tracked or ignored.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::checks::{Finding, Level};
use crate::text::Untrusted;

/// What git does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Git {
    /// It is in the index.
    Tracked,
    /// The next `git add` takes it up.
    Untracked,
    /// It is left alone.
    Ignored,
    /// Git could not say.
    Silent,
}

/// A file that a secret is taken from.
#[derive(Clone, Debug)]
pub struct Kept<'a> {
    /// The input.
    pub name: &'a str,
    /// The path as it is given, made absolute.
    pub path: PathBuf,
    /// The folders that are searched for secrets, absolute.
    pub sources: &'a [PathBuf],
    /// Whether the search knows the value, so that it says itself what git does with the file.
    pub searched: bool,
}

/// What is to be said about a file, and in a few words what was seen.
#[must_use]
pub fn examine(kept: &Kept<'_>) -> (Vec<Finding>, String) {
    let shown = shown(&kept.path);
    let Ok(real) = kept.path.canonicalize() else {
        return (Vec::new(), format!("{shown} is not there, or can not be looked at"));
    };
    let Ok(about) = real.metadata() else {
        return (Vec::new(), format!("{shown} can not be looked at"));
    };
    let mut findings = Vec::new();
    let mode = about.permissions().mode() & 0o7777;
    let mut seen = format!("mode {mode:04o}, owner {}", about.uid());
    findings.extend(open_to_others(kept.name, &real, mode));
    findings.extend(of_somebody_else(kept.name, &real, &about));
    findings.extend(open_folder(kept.name, &real));
    if real != kept.path {
        let leads = self::shown(&real);
        seen.push_str(&format!(", through a link to {leads}"));
        findings.push(
            Finding::new(
                Level::Info,
                format!("The file of {} is or goes through a link.", kept.name),
            )
            .at(format!("{shown} → {leads}"))
            .hint("What was looked at is the file that it leads to."),
        );
    }
    let source = kept
        .sources
        .iter()
        .find(|source| source.canonicalize().is_ok_and(|source| real.starts_with(source)));
    let said_by_the_search = kept.searched && source.is_some();
    if let Some(tree) = work_tree(&real) {
        let git = ask_git(&real, &tree);
        seen.push_str(&format!(", {} in {}", git.word(), self::shown(&tree)));
        if !said_by_the_search {
            findings.push(in_work_tree(kept.name, &real, git));
        }
    }
    if let Some(source) = source {
        seen.push_str(&format!(", inside source {}", self::shown(source)));
        if !said_by_the_search {
            findings.push(
                Finding::new(
                    Level::Advisory,
                    format!("The file of {} lies inside source.", kept.name),
                )
                .at(self::shown(&real))
                .hint("Move it out: images and archives that are built from source take it along."),
            );
        }
    }
    (findings, seen)
}

fn shown(path: &Path) -> String {
    Untrusted::new(path.display().to_string()).line(200)
}

fn open_to_others(name: &str, real: &Path, mode: u32) -> Option<Finding> {
    let whose = |bits: u32| match (mode & bits & 0o070 != 0, mode & bits & 0o007 != 0) {
        (_, true) => Some("everybody on this machine"),
        (true, false) => Some("its group"),
        _ => None,
    };
    let (who, what) = match (whose(0o022), whose(0o044)) {
        (Some(writes), Some(_)) => (writes, "read and change"),
        (Some(writes), None) => (writes, "change"),
        (None, Some(reads)) => (reads, "read"),
        (None, None) => return None,
    };
    let message = format!("The file of {name} is open: {who} can {what} it (mode {mode:04o}).");
    let hint = format!("chmod 600 {}", shown(real));
    Some(Finding::new(Level::Blocking, message).at(shown(real)).hint(hint))
}

/// Root can read everything anyway.
fn of_somebody_else(name: &str, real: &Path, about: &Metadata) -> Option<Finding> {
    let owner = about.uid();
    if owner == 0 || owner == rustix::process::geteuid().as_raw() {
        return None;
    }
    let message = format!("The file of {name} belongs to another user (id {owner}).");
    Some(
        Finding::new(Level::Advisory, message)
            .at(shown(real))
            .hint("That user can read and change it. Take it over with chown, or say who that is."),
    )
}

/// A folder on the way in which others can put another file in its place.
fn open_folder(name: &str, real: &Path) -> Option<Finding> {
    let open = real.ancestors().skip(1).find_map(|folder| {
        let mode = folder.metadata().ok()?.permissions().mode() & 0o7777;
        // In a sticky folder, such as /tmp, only the owner of a file can replace it.
        (mode & 0o002 != 0 && mode & 0o1000 == 0).then_some((folder, mode))
    })?;
    let folder = shown(open.0);
    let message =
        format!("Everybody on this machine can put another file in place of that of {name}.");
    Some(
        Finding::new(Level::Advisory, message)
            .at(format!("{folder} (mode {:04o})", open.1))
            .hint(format!("chmod o-w {folder}")),
    )
}

fn in_work_tree(name: &str, real: &Path, git: Git) -> Finding {
    let rotate = "Have the secret rotated, then remove it from the repository.";
    let (level, what, hint) = match git {
        Git::Tracked => (Level::Blocking, "is tracked by git", rotate),
        Git::Untracked => (
            Level::Blocking,
            "is not ignored by git: the next `git add` takes it up",
            "Move it out of the repository.",
        ),
        Git::Ignored => (
            Level::Advisory,
            "lies in a git work tree, and is ignored there",
            "Move it to a secrets manager: it still is in backups and in images built here.",
        ),
        Git::Silent => (
            Level::Advisory,
            "lies in a git work tree, and git could not say what it does with it",
            "Move it out of the repository.",
        ),
    };
    Finding::new(level, format!("The file of {name} {what}.")).at(shown(real)).hint(hint)
}

impl Git {
    fn word(self) -> &'static str {
        match self {
            Self::Tracked => "tracked",
            Self::Untracked => "untracked",
            Self::Ignored => "ignored",
            Self::Silent => "unknown to git",
        }
    }
}

/// The nearest folder above that has a `.git`.
fn work_tree(real: &Path) -> Option<PathBuf> {
    real.ancestors().skip(1).find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

fn ask_git(real: &Path, tree: &Path) -> Git {
    let ask = |arguments: &[&str]| {
        let mut git = Command::new("git");
        for (name, _) in std::env::vars_os() {
            // Set by hooks and aliases; would point git at another repository.
            if name.to_string_lossy().starts_with("GIT_") {
                git.env_remove(name);
            }
        }
        git.args(["-c", "core.fsmonitor=false"])
            .args(arguments)
            .arg("--")
            .arg(real)
            .current_dir(tree)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .ok()
            .and_then(|status| status.code())
    };
    match ask(&["ls-files", "--error-unmatch"]) {
        Some(0) => Git::Tracked,
        Some(1) => match ask(&["check-ignore", "--quiet"]) {
            Some(0) => Git::Ignored,
            Some(1) => Git::Untracked,
            _ => Git::Silent,
        },
        _ => Git::Silent,
    }
}

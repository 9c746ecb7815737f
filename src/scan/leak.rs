//! What a scan hands back: where secrets lie, what was read and what could not be read.

use crate::scan::detect::{Certainty, Identity};

/// A secret that lies where it should not.
#[derive(Clone, Debug)]
pub struct Leak {
    /// Whose it is.
    pub identity: Identity,
    /// How sure it is that this is a key and no example.
    pub certainty: Certainty,
    /// How it is written there: `raw`, `base64`.
    pub encoding: &'static str,
    /// The line, from 1; `None` in what has no lines.
    pub line: Option<u64>,
    /// Where it lies.
    pub place: Place,
}

/// Where a secret lies. All texts have been made visible.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a file on disk.
    File {
        /// The source that the file belongs to.
        source: String,
        /// The path in that source.
        path: String,
        /// What git makes of the file.
        git: FileState,
        /// Whether the file is the one that the launch takes this secret from.
        is_reference: bool,
    },
    /// In the name of a file or folder on disk.
    Name {
        /// The folder that it is in.
        folder: String,
    },
    /// In an object of a git repository.
    Object {
        /// The repository.
        repository: String,
        /// What kind of object it is and how it got there.
        origin: Origin,
    },
}

/// What git makes of a file on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileState {
    /// In the index.
    Tracked,
    /// Neither in the index nor ignored.
    Untracked,
    /// Kept out by a `.gitignore` or the like.
    Ignored,
    /// Git's own, inside a `.git` folder: configuration, reflog, an unfinished message.
    GitOwn,
    /// In no repository.
    NoRepository,
}

/// How a secret got into a repository's history.
#[derive(Clone, Debug)]
pub enum Origin {
    /// In a version of a file.
    Blob {
        /// The file's path in the commit.
        path: String,
        /// The commit that brought it, the oldest when several did.
        commit: Commit,
        /// In so many versions of that file.
        versions: usize,
    },
    /// In the message of a commit.
    Message {
        /// The commit.
        commit: Commit,
    },
    /// In the message of an annotated tag.
    Tag {
        /// The tag's name.
        name: String,
        /// Who made it.
        author: String,
        /// When, `2026-11-23`.
        date: String,
    },
    /// In an object that no commit in this repository leads to.
    Dangling {
        /// The object's id.
        id: String,
        /// `blob`, `tag`.
        kind: &'static str,
    },
}

/// The commit that brought a secret.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its id.
    pub id: String,
    /// Its author.
    pub author: String,
    /// The author's date, `2026-11-23`.
    pub date: String,
    /// How it is reached: `branch main`, `stash`, `reflog of main`, `nothing`.
    pub reached_by: String,
    /// When it was committed, seconds since 1970.
    pub seconds: i64,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Unread {
    pub(super) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files on disk.
    pub files: u64,
    /// Their bytes.
    pub file_bytes: u64,
    /// Symbolic links, which are not followed.
    pub links: u64,
    /// Sockets, pipes and devices, which are not opened.
    pub specials: u64,
    /// Blobs, commits and tags in git repositories.
    pub objects: u64,
    /// Placeholders such as `sk_live_xxxx` that were passed over.
    pub placeholders: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.files += other.files;
        self.file_bytes += other.file_bytes;
        self.links += other.links;
        self.specials += other.specials;
        self.objects += other.objects;
        self.placeholders += other.placeholders;
    }
}

/// A repository that was read.
#[derive(Clone, Debug)]
pub struct RepositorySeen {
    /// What to call it.
    pub label: String,
    /// Blobs, commits and tags that were read.
    pub objects: u64,
    /// The commit that is checked out.
    pub head: Option<String>,
}

/// What came of a scan.
#[derive(Clone, Debug, Default)]
pub struct ScanOutcome {
    /// The paths that were asked for, and the repository of each, by its place in `repositories`.
    pub sources: Vec<(String, Option<usize>)>,
    /// The repositories that the paths are in or that lie below them.
    pub repositories: Vec<RepositorySeen>,
    /// Secrets found, the launch's own first.
    pub leaks: Vec<Leak>,
    /// What could not be read. With anything here, nothing found does not mean that nothing is
    /// there.
    pub unread: Vec<Unread>,
    /// What a reader should know and that changes nothing.
    pub notes: Vec<String>,
    /// How much was read.
    pub counts: Counts,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

//! Why a journal can not be read or written, in words for the person who has to go on.

use std::io;
use std::path::{Path, PathBuf};

use crate::journal::chain::Problem;

/// Why a journal can not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The operating system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Something that is no regular file stands at the journal's path.
    #[error("{}: not a regular file, so it can not be a journal", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A record in the journal can not be trusted. Nothing was changed.
    #[error(
        "{}: line {line} can not be trusted: {problem}. Nothing was changed. Compare it with a \
         copy kept elsewhere; to go on without line {line} and what follows it, run \
         `golive journal repair --from {line}` (the old file is kept)",
        path.display()
    )]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The first line that can not be trusted, from 1.
        line: u64,
        /// What is wrong with it.
        problem: Problem,
    },
    /// What was read from the journal earlier is no longer in it.
    #[error(
        "{}: {what}, so what is on screen may no longer be what is on disk. Find out who did that, \
         then start golive again",
        path.display()
    )]
    Rewritten {
        /// The journal.
        path: PathBuf,
        /// What happened to it.
        what: &'static str,
    },
    /// Another process holds the journal's lock.
    #[error(
        "{}: somebody else has been writing for {seconds} s ({holder}). NOT SAVED; try again when \
         that program is done or stopped",
        path.display()
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// How long it was waited for, in seconds.
        seconds: u64,
        /// What the lock file says about its holder.
        holder: String,
    },
    /// Nothing can be appended through this handle.
    #[error("{}: NOT SAVED: {reason}", path.display())]
    ReadOnly {
        /// The journal.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The write failed and was taken back: nothing was recorded.
    #[error("{}: NOT SAVED: {source}. Nothing was recorded; it can be tried again", path.display())]
    NotSaved {
        /// The journal.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The write failed and it is not known what is on disk. The handle writes no more.
    #[error(
        "{}: NOT SAVED, outcome unknown: {source}. Restart golive and look whether it is there \
         before doing it again",
        path.display()
    )]
    OutcomeUnknown {
        /// The journal.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// An event can not be made into a record.
    #[error("NOT SAVED: a record of kind {kind} can not be written: {reason}")]
    Unwritable {
        /// Its kind.
        kind: String,
        /// Why.
        reason: String,
    },
    /// A repair was asked for that is not the repair of this journal.
    #[error("{}: not repaired: {reason}", path.display())]
    NotRepaired {
        /// The journal.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl JournalError {
    /// Says at which file the operating system said no.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

/// Why an append did not happen, or is not known to have happened.
#[derive(Debug, thiserror::Error)]
pub enum AppendError<R: std::error::Error + 'static> {
    /// The decision, made under the lock, was no. Nothing was written.
    #[error(transparent)]
    Refused(R),
    /// The journal could not be written. Nothing was written, or the error says that the outcome
    /// is unknown.
    #[error(transparent)]
    Journal(JournalError),
}

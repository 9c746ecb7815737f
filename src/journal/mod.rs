//! Keeps the events of a launch: one line each, chained by hash, appended under a lock and on disk
//! before anybody is told so.
//!
//! The only module that writes the state file. Used by `runtime::workspace` on behalf of every
//! face. Nothing is ever rewritten; what cannot be trusted is refused with its line number.
//!
//! ```text
//! append:  lock ─ follow (what others wrote) ─ recover (torn tail) ─ decide ─ write ─ fsync ─ Ok
//! read:    follow ─ scan ─ format             (no lock, opened read-only, changes nothing)
//! ```

mod append;
mod chain;
mod clean;
mod error;
mod evidence;
mod follow;
mod format;
mod kinds;
mod lock;
mod place;
mod recover;
mod unique;
mod verify;
mod write;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use chain::{End, Problem, Scan, scan};
pub use error::{AppendError, JournalError};
pub use evidence::Store;
pub use format::{LINE_LIMIT, Record};
pub use place::warning;
pub use recover::{Repaired, repair};
pub use verify::{VerifyReport, WHAT_IT_PROVES, verify};

use crate::journal::follow::Follower;
use crate::journal::lock::Lock;
use crate::journal::write::Failed;
use crate::launch::event::{Actor, Entry, Event};
use crate::text;
use crate::time::Timestamp;

/// The last record of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 for an empty journal.
    pub seq: u64,
    /// Its hash, 64 hex digits (zeros for an empty journal).
    pub hash: String,
}

impl Head {
    /// The head of an empty journal.
    #[must_use]
    pub fn empty() -> Self {
        Self { seq: 0, hash: format::NO_HASH.to_owned() }
    }
}

/// What [`Journal::read_only`] says of a journal that was opened with [`Access::Read`] and that
/// nothing else keeps from being written.
pub const READING_ONLY: &str = "it was opened for reading only";

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading only: never creates, repairs or locks anything.
    Read,
    /// Reading and appending; created on the first append.
    Append,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    access: Access,
    environment: String,
    follower: Follower,
    /// Read or written and not yet handed to the caller.
    undelivered: Vec<Entry>,
    /// What was cut off an empty journal, to be recorded after the record that opens it.
    recovered: Option<Event>,
    closed: Option<String>,
}

impl Journal {
    /// Opens the journal at `path`. One that does not exist yet is empty.
    ///
    /// # Errors
    /// When something that can not be a journal stands there.
    pub fn open(path: &Path, access: Access) -> Result<Self, JournalError> {
        match std::fs::metadata(path) {
            Ok(there) if !there.is_file() => {
                return Err(JournalError::NotAFile { path: path.to_owned() });
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(JournalError::Io { path: path.to_owned(), source: error });
            }
            _ => {}
        }
        Ok(Self {
            path: path.to_owned(),
            access,
            environment: "live".to_owned(),
            follower: Follower::new(path),
            undelivered: Vec::new(),
            recovered: None,
            closed: None,
        })
    }

    /// Records this environment (`live` unless said otherwise) in what is appended.
    #[must_use]
    pub fn with_environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = environment.into();
        self
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
        self.catch_up(false)?;
        Ok(std::mem::take(&mut self.undelivered))
    }

    /// Appends what `decide` answers. Under the lock: reads what others have written and hands it
    /// to `decide`, writes its events, and returns them once they are on disk. What others had
    /// written comes first in the returned entries. Whatever happens after it, what `decide` was
    /// shown counts as read and does not come again.
    ///
    /// Several events become several records, each on disk before the next: a process killed in
    /// between leaves the first ones, an error takes all of them back.
    ///
    /// # Errors
    /// When `decide` refuses, or the journal can not be written.
    pub fn append<R: std::error::Error + 'static>(
        &mut self,
        by: &Actor,
        at: Timestamp,
        decide: impl FnOnce(&[Entry]) -> Result<Vec<Event>, R>,
    ) -> Result<Vec<Entry>, AppendError<R>> {
        let _lock = self.begin(by, at).map_err(AppendError::Journal)?;
        let mut entries = std::mem::take(&mut self.undelivered);
        let events = decide(&entries).map_err(AppendError::Refused)?;
        self.commit(events, by, at).map_err(AppendError::Journal)?;
        entries.append(&mut self.undelivered);
        Ok(entries)
    }

    /// The last record read or written.
    #[must_use]
    pub fn head(&self) -> Head {
        self.follower.head.clone()
    }

    /// Why nothing can be appended through this handle, when nothing can.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        let reading = (self.access == Access::Read).then_some(READING_ONLY);
        self.closed.as_deref().or(reading)
    }

    /// How many bytes of an interrupted write follow the head; the next append puts them aside.
    #[must_use]
    pub fn torn_bytes(&self) -> u64 {
        self.follower.torn
    }

    /// Takes the lock and makes the journal ready to be written.
    fn begin(&mut self, by: &Actor, at: Timestamp) -> Result<Lock, JournalError> {
        self.may_write()?;
        append::create_folder(&self.path)?;
        let lock = lock::acquire(&self.path, by)?;
        self.catch_up(true)?;
        self.may_write()?;
        if self.follower.torn > 0
            && let Some(file) = self.follower.file()
        {
            let event = recover::quarantine(file, &self.path, self.follower.offset, at)?;
            self.follower.torn = 0;
            if self.follower.head.seq > 0 {
                self.write(vec![event], by, at)?;
            } else {
                self.recovered = Some(event);
            }
        }
        Ok(lock)
    }

    fn commit(
        &mut self,
        mut events: Vec<Event>,
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        if events.is_empty() {
            return Ok(());
        }
        if let Some(event) = &self.recovered {
            events.insert(1, event.clone());
        }
        self.write(events, by, at)?;
        self.recovered = None;
        Ok(())
    }

    /// Writes records for `events`, each on disk before the next, all of them or none.
    fn write(&mut self, events: Vec<Event>, by: &Actor, at: Timestamp) -> Result<(), JournalError> {
        let head = self.follower.head.clone();
        let evidence = self.follower.evidence();
        let batch = append::compose(events, by, at, &self.environment, &head, evidence)?;
        if self.follower.file().is_none() {
            let file = write::create(&self.path)?;
            self.follower.adopt(file);
        } else if head.seq == 0 {
            // Whoever created it may have died before its name was durable.
            evidence::sync_folder(self.path.parent().unwrap_or(&self.path))?;
        }
        let Some(file) = self.follower.file() else { return Ok(()) };
        match write::append_all(file, &batch.lines, self.follower.offset) {
            Ok(length) => {
                self.follower.offset = length;
                self.follower.head = batch.head(&head);
                self.undelivered.extend(batch.records.into_iter().map(|record| record.entry));
                Ok(())
            }
            Err(Failed::TakenBack(source)) => {
                Err(JournalError::NotSaved { path: self.path.clone(), source })
            }
            Err(Failed::Unknown(source)) => {
                self.closed = Some("NOT SAVED, outcome unknown, restart golive".to_owned());
                Err(JournalError::OutcomeUnknown { path: self.path.clone(), source })
            }
        }
    }

    /// Takes in what has come; what this program must understand and does not closes the handle.
    fn catch_up(&mut self, writable: bool) -> Result<(), JournalError> {
        for record in self.follower.read_more(writable)? {
            if let Event::Other { kind, .. } = &record.entry.event
                && record.must
            {
                let seq = record.entry.seq;
                let kind = text::visible(kind, 80);
                self.close(match record.missing.first() {
                    None => {
                        format!("record {seq} ({kind}) is of a newer golive; use that one to go on")
                    }
                    Some(file) => format!(
                        "record {seq} ({kind}) names evidence that is missing or is not what it \
                         was: put {file} back"
                    ),
                });
            }
            self.undelivered.push(record.entry);
        }
        if let Some((line, version)) = self.follower.newer {
            self.close(format!(
                "line {line} and what follows is in format {version} of a newer golive and is not \
                 shown; use that one to go on"
            ));
        }
        Ok(())
    }

    fn close(&mut self, reason: String) {
        self.closed.get_or_insert(reason);
    }

    fn may_write(&self) -> Result<(), JournalError> {
        self.read_only().map_or(Ok(()), |reason| {
            Err(JournalError::ReadOnly { path: self.path.clone(), reason: reason.to_owned() })
        })
    }
}

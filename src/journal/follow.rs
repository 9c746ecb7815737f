//! Follows a journal: verifies what has come since the last look, and nothing twice.
//!
//! Keeps the file open, so that a replaced file is told from the same file grown. Readers and
//! writers use the same code; readers open read-only and never change anything.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use crate::journal::Head;
use crate::journal::chain::{End, Scan, scan};
use crate::journal::error::JournalError;
use crate::journal::evidence::Store;
use crate::journal::format::Record;

/// A journal as far as it has been read.
#[derive(Debug)]
pub(super) struct Follower {
    path: PathBuf,
    evidence: Store,
    open: Option<Open>,
    /// Where the last verified record ends, in bytes.
    pub(super) offset: u64,
    /// The last verified record.
    pub(super) head: Head,
    /// How many bytes of an interrupted write follow it.
    pub(super) torn: u64,
    /// Line and version of a record in a format that this program does not know.
    pub(super) newer: Option<(u64, u64)>,
}

#[derive(Debug)]
struct Open {
    file: File,
    writable: bool,
}

impl Follower {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            evidence: Store::beside(path),
            open: None,
            offset: 0,
            head: Head::empty(),
            torn: 0,
            newer: None,
        }
    }

    pub(super) fn evidence(&self) -> &Store {
        &self.evidence
    }

    /// The open file, if there is one.
    pub(super) fn file(&self) -> Option<&File> {
        self.open.as_ref().map(|open| &open.file)
    }

    /// Takes a file that was just created as the one to follow.
    pub(super) fn adopt(&mut self, file: File) {
        self.open = Some(Open { file, writable: true });
    }

    /// Reads what has come since the last call.
    pub(super) fn read_more(&mut self, writable: bool) -> Result<Vec<Record>, JournalError> {
        let replaced = self.attach(writable)?;
        let Some(length) = self.length()? else { return Ok(Vec::new()) };
        if length < self.offset || (replaced && self.offset > 0) {
            return self.reread();
        }
        if length == self.offset {
            self.torn = 0;
            return Ok(Vec::new());
        }
        let found = self.look(self.offset)?;
        if !matches!(found.end, End::Damaged { .. }) {
            return Ok(self.take(found, self.offset));
        }
        // Without the lock a writer may have taken a failed write back just now: look again.
        let again = self.look(self.offset)?;
        if !matches!(again.end, End::Damaged { .. }) {
            return Ok(self.take(again, self.offset));
        }
        if self.offset > 0 { self.reread() } else { Err(self.damage(again)) }
    }

    /// Opens the file, or opens it again when the path has come to name another one; answers
    /// whether it has.
    fn attach(&mut self, writable: bool) -> Result<bool, JournalError> {
        let error = |source| JournalError::Io { path: self.path.clone(), source };
        let there = match std::fs::metadata(&self.path) {
            Ok(there) if there.is_file() => there,
            Ok(_) => return Err(JournalError::NotAFile { path: self.path.clone() }),
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => {
                return if self.offset > 0 {
                    Err(self.rewritten("it was removed"))
                } else {
                    self.open = None;
                    Ok(false)
                };
            }
            Err(source) => return Err(error(source)),
        };
        let before = self.open.as_ref().map(|open| open.file.metadata()).transpose();
        let same = before.map_err(error)?.is_none_or(|was| is_same(&was, &there));
        let usable = self.open.as_ref().is_some_and(|open| open.writable || !writable);
        if !(same && usable) {
            let mut options = OpenOptions::new();
            options.read(true);
            if writable {
                options.append(true);
            }
            let file = options.open(&self.path).map_err(error)?;
            self.open = Some(Open { file, writable });
        }
        Ok(!same)
    }

    fn length(&self) -> Result<Option<u64>, JournalError> {
        let length = self.file().map(|file| file.metadata().map(|meta| meta.len())).transpose();
        length.map_err(JournalError::io(&self.path))
    }

    /// Scans from `offset` on, which is the start or the end of the last verified record.
    fn look(&self, offset: u64) -> Result<Scan, JournalError> {
        let bytes = match self.file() {
            Some(file) => read_from(file, offset).map_err(JournalError::io(&self.path))?,
            None => Vec::new(),
        };
        let from = if offset == 0 { &Head::empty() } else { &self.head };
        Ok(scan(&bytes, from, &self.evidence))
    }

    /// Reads everything again and finds the place up to which it was known.
    fn reread(&mut self) -> Result<Vec<Record>, JournalError> {
        let found = self.look(0)?;
        if matches!(found.end, End::Damaged { .. }) {
            return Err(self.damage(found));
        }
        let known = usize::try_from(self.head.seq).unwrap_or(usize::MAX);
        let still = found.records.get(known.saturating_sub(1));
        if known > 0 && still.is_none_or(|record| record.entry.hash != self.head.hash) {
            return Err(self.rewritten("records that were read from it are no longer there"));
        }
        let mut records = self.take(found, 0);
        Ok(records.split_off(known))
    }

    fn take(&mut self, found: Scan, from: u64) -> Vec<Record> {
        self.offset = from + found.good as u64;
        if let Some(last) = found.records.last() {
            self.head = Head { seq: last.entry.seq, hash: last.entry.hash.clone() };
        }
        self.torn = if let End::Torn { bytes } = found.end { bytes as u64 } else { 0 };
        if let End::Newer { line, version } = found.end {
            self.newer = Some((line, version));
        }
        found.records
    }

    fn damage(&self, found: Scan) -> JournalError {
        match found.end {
            End::Damaged { line, problem } => {
                JournalError::Damaged { path: self.path.clone(), line, problem }
            }
            _ => self.rewritten("it changed while it was read"),
        }
    }

    pub(super) fn rewritten(&self, what: &'static str) -> JournalError {
        JournalError::Rewritten { path: self.path.clone(), what }
    }
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Reads from `offset` to the end, wherever the handle's own position is.
pub(super) fn read_from(file: &File, offset: u64) -> io::Result<Vec<u8>> {
    let expected = file.metadata()?.len().saturating_sub(offset);
    let mut bytes = vec![0; usize::try_from(expected).unwrap_or(0)];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

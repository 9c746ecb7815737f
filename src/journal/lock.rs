//! The lock that writers of a journal take in turn.
//!
//! A file beside the journal, never deleted: locking the journal itself would block its readers on
//! some systems, and would guard nothing once the journal is replaced.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::journal::clean;
use crate::journal::error::JournalError;
use crate::launch::event::Actor;
use crate::text;

const PAUSE: Duration = Duration::from_millis(50);
const TRIES: u32 = 100;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock of a journal, waiting for up to five seconds.
///
/// # Errors
/// When somebody else keeps it (says who), or it can not be taken at all.
pub(super) fn acquire(journal: &Path, by: &Actor) -> Result<Lock, JournalError> {
    let path = beside(journal);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(JournalError::io(&path))?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => {
                leave_hint(&file, by);
                return Ok(Lock { _file: file });
            }
            Err(TryLockError::WouldBlock) => pause(),
            Err(TryLockError::Error(source)) => return Err(JournalError::Io { path, source }),
        }
    }
    let seconds = (PAUSE * TRIES).as_secs();
    Err(JournalError::Locked { holder: hint(&path), path, seconds })
}

/// The lock file of a journal.
pub(super) fn beside(journal: &Path) -> PathBuf {
    let mut path = journal.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

/// Writes down who holds the lock, for the message that others get. A hint only: a write that
/// fails here (a full disk) must not keep anybody from reading on.
fn leave_hint(file: &File, by: &Actor) {
    let by = clean::actor(by);
    let host = by.host.as_deref().unwrap_or("this machine");
    let hint = format!("{} on {host}, process {}", by.name, std::process::id());
    let _ = file.set_len(0).and_then(|()| file.write_all_at(hint.as_bytes(), 0));
}

fn hint(path: &Path) -> String {
    let mut said = Vec::new();
    let read = File::open(path).and_then(|file| file.take(800).read_to_end(&mut said));
    match read {
        Ok(1..) => text::Untrusted::from_bytes(&said).line(200),
        _ => "the lock file does not say who".to_owned(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only way to wait for another process's lock and still give up"
)]
fn pause() {
    std::thread::sleep(PAUSE);
}

//! Puts one line at the end of a journal and on disk, or takes it back.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Signal, getpid, kill_process};

use crate::journal::error::JournalError;
use crate::journal::evidence::sync_folder;

/// How a write failed.
#[derive(Debug)]
pub(super) enum Failed {
    /// It was taken back: the file is as long as before, and so on disk.
    TakenBack(io::Error),
    /// It is not known what is on disk.
    Unknown(io::Error),
}

/// Creates the journal, for its owner only, and makes its name durable.
pub(super) fn create(path: &Path) -> Result<File, JournalError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create_new(true).mode(0o600);
    let file = options.open(path).map_err(JournalError::io(path))?;
    sync_folder(path.parent().unwrap_or(path))?;
    Ok(file)
}

/// Appends `lines` to a file of `start` bytes, each on disk before the next, and answers with the
/// new length. On an error all of them are taken back.
///
/// One fsync per line, so that at most one record is ever neither on disk nor absent: whatever a
/// crash leaves of it is a torn tail, never a damaged line with a whole one after it.
pub(super) fn append_all(file: &File, lines: &[String], start: u64) -> Result<u64, Failed> {
    let mut length = start;
    for line in lines {
        may_die();
        if let Err(error) = put(file, line.as_bytes(), length) {
            return Err(match take_back(file, start) {
                Ok(()) => Failed::TakenBack(error),
                Err(_) => Failed::Unknown(error),
            });
        }
        may_die();
        if let Err(error) = file.sync_data() {
            // Never tried again: the kernel may have thrown the data away and called the page
            // clean, so that the next fsync would succeed over nothing. Best effort from here.
            let _ = take_back(file, start);
            return Err(Failed::Unknown(error));
        }
        length += line.len() as u64;
        may_die();
    }
    Ok(length)
}

/// The moments of a process at which a line is about to be written, is written, and is on disk.
static MOMENTS: AtomicU64 = AtomicU64::new(0);

/// Kills this process at one of these moments, as a power cut would. Builds with debug assertions
/// read its number from `GOLIVE_TEST_DIE_AT`, so that tests can try each; release builds never do.
fn may_die() {
    if !cfg!(debug_assertions) {
        return;
    }
    let Some(wanted) = std::env::var_os("GOLIVE_TEST_DIE_AT") else { return };
    let moment = MOMENTS.fetch_add(1, Ordering::SeqCst) + 1;
    if wanted.to_str().and_then(|text| text.parse().ok()) == Some(moment) {
        // It can not fail for a process's own id.
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

/// Appends one line with one write and checks that it has arrived whole.
fn put(mut file: &File, line: &[u8], length: u64) -> io::Result<()> {
    file.write_all(line)?;
    let now = file.metadata()?.len();
    let expected = length + line.len() as u64;
    if now == expected {
        return Ok(());
    }
    Err(io::Error::other(format!("the file has {now} bytes instead of {expected}")))
}

/// Cuts the file back to `length` bytes, on disk.
pub(super) fn take_back(file: &File, length: u64) -> io::Result<()> {
    file.set_len(length)?;
    file.sync_data()
}

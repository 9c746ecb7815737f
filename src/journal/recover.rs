//! Puts aside what an interrupted write left, and repairs on explicit request only.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::journal::append;
use crate::journal::chain::{End, scan};
use crate::journal::error::JournalError;
use crate::journal::evidence::{Store, sync_folder};
use crate::journal::follow::read_from;
use crate::journal::{Head, lock, write};
use crate::launch::event::{Actor, Event};
use crate::time::Timestamp;

/// What a repair did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// How many records were kept.
    pub kept: u64,
    /// How many bytes are no longer in the journal.
    pub dropped: u64,
    /// The whole old file.
    pub old: PathBuf,
    /// The new head.
    pub head: Head,
}

/// Copies everything after `good` to `<journal>.torn-<time>`, then cuts it off; both on disk.
/// Called under the lock.
pub(super) fn quarantine(
    file: &File,
    path: &Path,
    good: u64,
    at: Timestamp,
) -> Result<Event, JournalError> {
    let tail = read_from(file, good).map_err(JournalError::io(path))?;
    let kept = keep(path, "torn", at, &tail)?;
    write::take_back(file, good).map_err(JournalError::io(path))?;
    Ok(recovered(&tail, &kept))
}

/// Replaces a damaged journal by the records before line `from`, which must be the first line that
/// can not be trusted. The old file is kept whole beside it.
///
/// # Errors
/// When `from` is not that line, nothing before it can be kept, or a file can not be written.
pub fn repair(path: &Path, from: u64, by: &Actor, at: Timestamp) -> Result<Repaired, JournalError> {
    let _lock = lock::acquire(path, by)?;
    let bytes = std::fs::read(path).map_err(JournalError::io(path))?;
    let evidence = Store::beside(path);
    let found = scan(&bytes, &Head::empty(), &evidence);
    let refuse = |reason: String| JournalError::NotRepaired { path: path.to_owned(), reason };
    match found.end {
        End::Damaged { line, .. } if line == from => {}
        End::Damaged { line, .. } => {
            return Err(refuse(format!("the first line that can not be trusted is line {line}")));
        }
        End::Torn { .. } => {
            return Err(refuse("only its end is torn; the next record puts that aside".into()));
        }
        End::Newer { line, .. } => {
            return Err(refuse(format!("line {line} is not damaged, a newer golive wrote it")));
        }
        End::Clean => return Err(refuse("nothing in it is damaged".into())),
    }
    let Some(last) = found.records.last() else {
        return Err(refuse("nothing before line 1 can be kept; move the file away instead".into()));
    };
    let (good, bad) = bytes.split_at_checked(found.good).unwrap_or((&bytes, &[]));
    let head = Head { seq: last.entry.seq, hash: last.entry.hash.clone() };
    let old = keep(path, "damaged", at, &bytes)?;
    let event = recovered(bad, &old);
    let batch = append::compose(vec![event], by, at, "live", &head, &evidence)?;

    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
    let replace = || -> io::Result<()> {
        let mut new = new?;
        new.write_all(good)?;
        for line in &batch.lines {
            new.write_all(line.as_bytes())?;
        }
        new.as_file().sync_all()?;
        new.persist(path)?;
        Ok(())
    };
    replace().map_err(JournalError::io(path))?;
    sync_folder(path.parent().unwrap_or(path))?;
    Ok(Repaired { kept: head.seq, dropped: bad.len() as u64, old, head: batch.head(&head) })
}

fn recovered(bytes: &[u8], kept: &Path) -> Event {
    let name = kept.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Event::JournalRecovered { bytes: bytes.len() as u64, digest: Digest::of(bytes), kept_as: name }
}

/// Writes `bytes` to a new file `<journal>.<what>-<time>`, on disk when this returns.
fn keep(path: &Path, what: &str, at: Timestamp, bytes: &[u8]) -> Result<PathBuf, JournalError> {
    let moment = at.to_string().replace(':', "-");
    let mut attempt = 1;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{what}-{moment}"));
        if attempt > 1 {
            name.push(format!("-{attempt}"));
        }
        let kept = PathBuf::from(name);
        let mut options = OpenOptions::new();
        match options.write(true).create_new(true).mode(0o600).open(&kept) {
            Ok(mut file) => {
                file.write_all(bytes)
                    .and_then(|()| file.sync_all())
                    .map_err(JournalError::io(&kept))?;
                sync_folder(path.parent().unwrap_or(path))?;
                return Ok(kept);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
            Err(source) => return Err(JournalError::Io { path: kept, source }),
        }
    }
}

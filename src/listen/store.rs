//! The file of records: lines appended whole and on disk, or an error.
//!
//! Used by the writer's thread, and by `resend` beside it. The rules it keeps: a line counts once
//! `fdatasync` has returned and the file still stands under its name; what a failed write left is
//! cut off again; a torn end that a crash left is put aside before anything follows it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use ulid::Ulid;
use uuid::Uuid;

use crate::events::received::Record;
use crate::text::Untrusted;

/// How much of the end is read at a time, looking for the last whole line.
const PIECE: u64 = 64 * 1024;

/// The file, open for appending.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    file: Option<File>,
    /// Where the end of an interrupted line was put, until somebody asks.
    aside: Option<PathBuf>,
}

/// Held by the one process that listens for a file, as long as it lives.
#[derive(Debug)]
pub struct Listening {
    _file: File,
}

/// Why nobody can listen for a file.
#[derive(Debug, thiserror::Error)]
pub enum Busy {
    /// Another process does.
    #[error("{holder} listens for {} already", .path.display())]
    Taken {
        /// The file of records.
        path: PathBuf,
        /// Who.
        holder: String,
    },
    /// The lock can not be taken.
    #[error("{} can not be locked", .path.display())]
    Io {
        /// The lock's file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Listening {
    /// Takes the place of the one that listens for the records in `path`.
    ///
    /// # Errors
    /// When another process has it.
    pub fn claim(path: &Path) -> Result<Self, Busy> {
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        let lock = PathBuf::from(lock);
        let trouble = |source| Busy::Io { path: lock.clone(), source };
        create_folder(path).map_err(trouble)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&lock).map_err(trouble)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut said = Vec::new();
                // Only a hint: who can not be named is another process all the same.
                let _ = (&file).take(40).read_to_end(&mut said);
                let number = Untrusted::from_bytes(&said).line(20);
                let known = !number.is_empty();
                let holder =
                    if known { format!("process {number}") } else { "another process".into() };
                return Err(Busy::Taken { path: path.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(trouble(source)),
        }
        let own = std::process::id().to_string();
        // A full disk keeps nobody from locking.
        let _ = file.set_len(0).and_then(|()| file.write_all_at(own.as_bytes(), 0));
        Ok(Self { _file: file })
    }
}

impl Store {
    /// Opens the records in `path`, creates them for their owner only, and puts a torn end aside.
    ///
    /// # Errors
    /// When they can not be written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut store = Self { path: path.to_owned(), file: None, aside: None };
        let file = store.reopen()?;
        file.lock()?;
        let mended = store.mend(&file);
        file.unlock()?;
        mended?;
        store.file = Some(file);
        Ok(store)
    }

    /// Where the end of an interrupted line was put since the last call, if there was one.
    pub fn put_aside(&mut self) -> Option<PathBuf> {
        self.aside.take()
    }

    /// Appends lines, each of which ends in a line feed; what became of each.
    pub fn append(&mut self, lines: &[&[u8]]) -> Vec<io::Result<()>> {
        let again = |error: &io::Error| io::Error::new(error.kind(), error.to_string());
        let opened = match self.file.take() {
            Some(file) => Ok(file),
            None => self.reopen(),
        };
        let turn = opened.and_then(|file| file.lock().map(|()| file));
        let file = match turn {
            Ok(file) => file,
            Err(error) => return lines.iter().map(|_| Err(again(&error))).collect(),
        };
        let mut results = self.put_all(&file, lines);
        let settled = file.sync_data().and_then(|()| self.still_there(&file));
        let _released_with_the_file_otherwise = file.unlock();
        match settled {
            Ok(()) => self.file = Some(file),
            // Never tried again on this file: after a failed fsync the next one may succeed over
            // nothing. It is opened anew.
            Err(error) => {
                for result in results.iter_mut().filter(|result| result.is_ok()) {
                    *result = Err(again(&error));
                }
            }
        }
        results
    }

    /// Writes the lines one by one; each whole, or not at all.
    fn put_all(&mut self, file: &File, lines: &[&[u8]]) -> Vec<io::Result<()>> {
        let mut torn = self.mend(file).err();
        let put = |line: &&[u8]| {
            if let Some(error) = &torn {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            let before = file.metadata()?.len();
            let mut to = file;
            to.write_all(line).inspect_err(|_| {
                // Whatever arrived is taken back, so that the next line begins a line.
                torn = file.set_len(before).err();
            })
        };
        lines.iter().map(put).collect()
    }

    fn reopen(&self) -> io::Result<File> {
        create_folder(&self.path)?;
        let is_new = !self.path.exists();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let file = options.open(&self.path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        if about.mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        if is_new {
            File::open(folder(&self.path))?.sync_all()?;
        }
        Ok(file)
    }

    /// Whether the file under our name still is the one that was written to.
    fn still_there(&self, file: &File) -> io::Result<()> {
        let ours = file.metadata()?;
        let named = std::fs::metadata(&self.path);
        match named {
            Ok(named) if (named.dev(), named.ino()) == (ours.dev(), ours.ino()) => Ok(()),
            Ok(_) => Err(io::Error::other("the file was replaced by another one")),
            Err(_) => Err(io::Error::other("the file was removed")),
        }
    }

    /// Ends a last line that nobody finished: a whole record gets its line feed, anything else is
    /// put aside. Called by the one whose turn it is, so that nobody is still writing it.
    fn mend(&mut self, file: &File) -> io::Result<()> {
        let length = file.metadata()?.len();
        let begin = last_line(file, length)?;
        if begin == length {
            return Ok(());
        }
        let mut tail = vec![0; usize::try_from(length - begin).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut tail, begin)?;
        if Record::read(&tail).is_some() {
            let mut to = file;
            to.write_all(b"\n")?;
            return file.sync_data();
        }
        self.aside = Some(self.keep(&tail)?);
        file.set_len(begin)?;
        file.sync_data()
    }

    /// Writes what a crash left to a file of its own, on disk when this returns.
    fn keep(&self, tail: &[u8]) -> io::Result<PathBuf> {
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".torn-{}", Ulid::from_parts(0, Uuid::new_v4().as_u128())));
        let kept = PathBuf::from(name);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&kept)?;
        file.write_all(tail)?;
        file.sync_all()?;
        File::open(folder(&self.path))?.sync_all()?;
        Ok(kept)
    }
}

/// Where the line begins that the file ends in; the end itself when it ends in a line feed.
fn last_line(file: &File, length: u64) -> io::Result<u64> {
    let mut end = length;
    while end > 0 {
        let begin = end.saturating_sub(PIECE);
        let mut piece = vec![0; usize::try_from(end - begin).unwrap_or_default()];
        file.read_exact_at(&mut piece, begin)?;
        if let Some(at) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(begin + at as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn create_folder(path: &Path) -> io::Result<()> {
    let folder = folder(path);
    if folder.exists() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = concat!(
        r#"{"schema":"golive.answered/1","id":"1","answeredAt":"2026-11-23T18:00:00Z","#,
        r#""status":200,"ms":1,"by":"golive"}"#
    );

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_torn_end_is_put_aside_and_a_whole_one_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/events.jsonl");
        let mut store = Store::open(&path).unwrap();
        assert!(store.append(&[b"one\n", b"two\n"]).iter().all(Result::is_ok));
        assert_eq!(read(&path), "one\ntwo\n");
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);

        let torn = format!("one\ntwo\n{}", &WHOLE[..40]);
        std::fs::write(&path, &torn).unwrap();
        let mut store = Store::open(&path).unwrap();
        let aside = store.put_aside().unwrap();
        assert_eq!((read(&path).as_str(), read(&aside).as_str()), ("one\ntwo\n", &WHOLE[..40]));
        assert_eq!(std::fs::metadata(&aside).unwrap().mode() & 0o777, 0o600);

        std::fs::write(&path, format!("one\n{WHOLE}")).unwrap();
        let mut store = Store::open(&path).unwrap();
        assert_eq!(store.put_aside(), None);
        assert!(store.append(&[b"three\n"]).iter().all(Result::is_ok));
        assert_eq!(read(&path), format!("one\n{WHOLE}\nthree\n"));
    }

    #[test]
    fn the_last_line_is_found_however_long_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        for long in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            std::fs::write(&path, format!("a\n{}", "x".repeat(long))).unwrap();
            let file = File::open(&path).unwrap();
            assert_eq!(last_line(&file, file.metadata().unwrap().len()).unwrap(), 2, "{long}");
        }
        std::fs::write(&path, "x".repeat(70_000)).unwrap();
        assert_eq!(last_line(&File::open(&path).unwrap(), 70_000).unwrap(), 0);
    }

    #[test]
    fn what_is_written_to_a_file_that_was_removed_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let mut store = Store::open(&path).unwrap();
        assert!(store.append(&[b"one\n"]).iter().all(Result::is_ok));
        std::fs::remove_file(&path).unwrap();
        let lost = store.append(&[b"two\n"]);
        assert_eq!(lost[0].as_ref().unwrap_err().to_string(), "the file was removed");
        assert!(store.append(&[b"three\n"]).iter().all(Result::is_ok));
        assert_eq!(read(&path), "three\n");
        std::fs::rename(&path, folder.path().join("old")).unwrap();
        std::fs::write(&path, "other\n").unwrap();
        assert!(store.append(&[b"four\n"])[0].is_err());
        assert!(store.append(&[b"five\n"]).iter().all(Result::is_ok));
        assert_eq!(read(&path), "other\nfive\n");
    }

    #[test]
    fn one_process_listens_for_a_file_and_says_which() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let held = Listening::claim(&path).unwrap();
        let said = Listening::claim(&path).unwrap_err().to_string();
        assert!(said.starts_with(&format!("process {} listens for", std::process::id())), "{said}");
        drop(held);
        Listening::claim(&path).unwrap();
    }
}

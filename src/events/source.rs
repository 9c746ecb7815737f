//! The files of a log: those that patterns match, each once, plain or compressed.
//!
//! Called before anything is read. The rules it keeps: what a file is stands in its first bytes,
//! never in its name; a file that two patterns match is read once; the order is that of the names,
//! whatever the order of the patterns; what can not be read is said.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use ignore::WalkBuilder;

use crate::scan::from_project;
use crate::scan::sandbox::pattern::Pattern;
use crate::text::visible;

/// So many files are read at most; of more it is said that they were not.
const MOST_FILES: usize = 10_000;

/// What a log is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Webhooks that were received.
    Events,
    /// How the webhook endpoint answered: an access log.
    Deliveries,
    /// What the merchant's application wrote down.
    Application,
    /// Requests that were sent to MintCash.
    Requests,
}

/// All that a log is of: a small shop has one for everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// What came first, what went wrong last.
    const ORDER: [Role; 4] = [Role::Events, Role::Deliveries, Role::Requests, Role::Application];

    /// One.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        Self(1 << role as u8)
    }

    /// These and another one.
    #[must_use]
    pub const fn and(self, role: Role) -> Self {
        Self(self.0 | Self::of(role).0)
    }

    /// Whether it is a log of that.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & Self::of(role).0 != 0
    }

    /// Each of them, in the order in which a line is asked.
    pub fn each(self) -> impl Iterator<Item = Role> {
        Self::ORDER.into_iter().filter(move |role| self.has(*role))
    }

    /// What it is, where it is one thing.
    #[must_use]
    pub fn only(self) -> Option<Role> {
        let mut each = self.each();
        each.next().filter(|_| each.next().is_none())
    }
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, one member or several.
    Gzip,
    /// zstd, one frame or several.
    Zstd,
}

/// One file of a log.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Its name from the folder of `golive.yaml`, safe to show.
    pub shown: String,
    /// What it is a log of: all that it is named for.
    pub roles: Roles,
    /// How it is packed.
    pub packing: Packing,
    /// Its size on disk when it was found. What is appended later is left for the next reading.
    pub bytes: u64,
    /// Which file it is, whatever its name: its device and inode.
    pub id: (u64, u64),
    /// When it was last written, in nanoseconds.
    pub modified: i128,
    /// The file, where it is held open: it stays the same when its name passes to another.
    pub held: Option<Arc<File>>,
}

/// What the patterns came to.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The files, in the order of their names.
    pub files: Vec<Source>,
    /// Patterns that match no file, safe to show.
    pub unmatched: Vec<String>,
    /// What could not be read, and why; safe to show.
    pub unread: Vec<(String, String)>,
}

/// Finds the files that the patterns match, relative to `base`.
#[must_use]
pub fn find(base: &Path, globs: &[(Role, String)]) -> Sources {
    let mut found = Sources::default();
    let mut known: HashMap<PathBuf, usize> = HashMap::new();
    for (role, glob) in globs {
        let paths = match matching(base, glob) {
            Ok(paths) => paths,
            Err(why) => {
                found.unread.push((visible(glob, 200), visible(&why, 200)));
                continue;
            }
        };
        if paths.is_empty() {
            found.unmatched.push(visible(glob, 200));
        }
        for path in paths {
            let same = path.canonicalize().unwrap_or_else(|_| path.clone());
            let place = known.entry(same).or_insert(found.files.len());
            match found.files.get_mut(*place) {
                Some(source) => source.roles = source.roles.and(*role),
                None => match open(&path, base, Roles::of(*role)) {
                    Ok(source) => found.files.push(source),
                    Err((shown, why)) => {
                        found.unread.push((shown, why));
                        known.retain(|_, at| *at != found.files.len());
                    }
                },
            }
        }
    }
    found.files.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn matching(base: &Path, glob: &str) -> Result<Vec<PathBuf>, String> {
    let pattern = Pattern::new(glob, base)?;
    if pattern.root.metadata().is_err() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    let mut builder = WalkBuilder::new(&pattern.root);
    builder.standard_filters(false).follow_links(false).max_depth(pattern.depth);
    for entry in builder.build() {
        let entry = entry.map_err(|error| error.to_string())?;
        if !entry.path().is_dir() && pattern.matches(entry.path()) {
            paths.push(entry.into_path());
        }
        if paths.len() > MOST_FILES {
            return Err(format!("it matches more than {MOST_FILES} files"));
        }
    }
    paths.sort();
    Ok(paths)
}

/// The file at a path, as far as it can be read; else its name and why not, safe to show.
pub(super) fn open(path: &Path, base: &Path, roles: Roles) -> Result<Source, (String, String)> {
    let shown = visible(&from_project(path, base).to_string_lossy(), 200);
    let failed = |why: &str| (shown.clone(), why.to_owned());
    let metadata = path.metadata().map_err(|error| failed(&error.to_string()))?;
    if !metadata.is_file() {
        return Err(failed("it is not a file"));
    }
    let mut first = [0; 4];
    let file = File::open(path).map_err(|error| failed(&error.to_string()))?;
    let metadata = file.metadata().map_err(|error| failed(&error.to_string()))?;
    let length = read_up_to(&file, &mut first).map_err(|error| failed(&error.to_string()))?;
    let packing = match first.get(..length).unwrap_or_default() {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Packing::Zstd,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(failed("it is UTF-16, not UTF-8")),
        [b'B', b'Z', b'h', ..] | [0xfd, b'7', b'z', b'X'] | [b'P', b'K', 3, 4] => {
            return Err(failed("it is packed, but neither with gzip nor with zstd"));
        }
        _ => Packing::Plain,
    };
    let (path, bytes, held) = (path.to_owned(), metadata.len(), None);
    let (id, modified) = (identity(&metadata), modified(&metadata));
    Ok(Source { path, shown, roles, packing, bytes, id, modified, held })
}

/// Which file it is.
pub(super) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// When it was last written, in nanoseconds.
pub(super) fn modified(metadata: &Metadata) -> i128 {
    i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
}

/// Reads a file from an offset on, without a place that is shared with others.
pub(super) struct From {
    pub file: Arc<File>,
    pub offset: u64,
}

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(into, self.offset)?;
        self.offset += length as u64;
        Ok(length)
    }
}

fn read_up_to(mut file: &File, into: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = into.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

impl Source {
    /// The file itself.
    ///
    /// # Errors
    /// When it can not be opened any more, or its name passed to another file.
    pub fn file(&self) -> io::Result<Arc<File>> {
        if let Some(held) = &self.held {
            return Ok(Arc::clone(held));
        }
        let file = File::open(&self.path)?;
        if identity(&file.metadata()?) != self.id {
            return Err(io::Error::new(io::ErrorKind::NotFound, "another file has its name now"));
        }
        Ok(Arc::new(file))
    }

    /// Opens the file to read its unpacked content from the beginning.
    ///
    /// # Errors
    /// When it can not be opened any more.
    pub fn unpacked(&self) -> io::Result<Box<dyn Read + Send>> {
        let from = From { file: self.file()?, offset: 0 };
        let file = BufReader::with_capacity(256 * 1024, from);
        let file = file.take(self.bytes);
        Ok(match self.packing {
            Packing::Plain => Box::new(file),
            Packing::Gzip => Box::new(MultiGzDecoder::new(file)),
            Packing::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(file)?;
                decoder.window_log_max(MOST_WINDOW_LOG)?;
                Box::new(decoder)
            }
        })
    }
}

/// The largest window that a zstd file may ask for, as a power of two: 8 MiB, what zstd itself
/// makes up to level 19. A larger one is refused: memory has to stay bounded.
const MOST_WINDOW_LOG: u32 = 23;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_two_patterns_match_is_read_once_and_in_the_order_of_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.log", "a.log", "c.txt"] {
            fs::write(folder.path().join(name), "{}\n").unwrap();
        }
        let globs = [(Role::Requests, "*.log".to_owned()), (Role::Events, "[ab].*".to_owned())];
        let found = find(folder.path(), &globs);
        let names: Vec<_> = found.files.iter().map(|it| (it.shown.as_str(), it.roles)).collect();
        let both = Roles::of(Role::Requests).and(Role::Events);
        assert_eq!(names, [("a.log", both), ("b.log", both)]);
        assert_eq!(both.each().collect::<Vec<_>>(), [Role::Events, Role::Requests]);
        assert_eq!((both.only(), Roles::of(Role::Events).only()), (None, Some(Role::Events)));
        assert!(found.unread.is_empty() && found.unmatched.is_empty());
    }

    #[test]
    fn a_file_that_can_not_be_read_is_said_and_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old.log"), b"\xff\xfe{\0").unwrap();
        fs::write(folder.path().join("zip.log"), b"PK\x03\x04....").unwrap();
        fs::write(folder.path().join("good.log"), "{}\n").unwrap();
        let globs = [(Role::Events, "*.log".to_owned()), (Role::Events, "none/*.log".to_owned())];
        let found = find(folder.path(), &globs);
        assert_eq!(found.files.len(), 1);
        assert_eq!(found.unmatched, ["none/*.log"]);
        let unread: Vec<_> = found.unread.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(unread, ["old.log", "zip.log"]);
    }
}

//! Objects that lie in a file each.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::ObjectId;
use gix::objs::Kind;

use super::inflate::Inflating;
use super::reader::{Reader, Trouble};
use crate::scan::leak::Unread;
use crate::scan::watch::Watch;

/// Larger objects are read piece by piece.
const LARGE: u64 = 8 * 1024 * 1024;

/// A header is at most so long.
const HEADER: usize = 64;

/// An object in a file of its own.
pub(super) struct Loose {
    pub id: ObjectId,
    pub path: PathBuf,
}

/// Lists the loose objects below a folder of objects, and says what else lies there that may hold
/// objects and can not be read as such.
pub(super) fn list(objects: &Path, trouble: &Trouble) -> Vec<Loose> {
    let mut all = Vec::new();
    for folder in entries(objects, trouble) {
        let Some(name) = name(&folder) else { continue };
        if name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            for path in entries(&folder, trouble) {
                let rest = self::name(&path).unwrap_or_default();
                match ObjectId::from_hex(format!("{name}{rest}").as_bytes()) {
                    Ok(id) => all.push(Loose { id, path }),
                    Err(_) => trouble.add(leftover(&path)),
                }
            }
        } else if name.starts_with("tmp_") || name.starts_with("incoming-") {
            trouble.add(leftover(&folder));
        }
    }
    all.sort_by_key(|loose| loose.id);
    all
}

/// What an interrupted git left behind.
pub(super) fn leftover(path: &Path) -> Unread {
    Unread::new(
        crate::text::visible(&path.to_string_lossy(), 300),
        "an interrupted git command left it behind; it may hold objects that nothing leads to",
    )
    .hint("remove it with `git gc --prune=now`, then scan again")
}

pub(super) fn entries(folder: &Path, trouble: &Trouble) -> Vec<PathBuf> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let shown = crate::text::visible(&folder.to_string_lossy(), 300);
            trouble.add(Unread::new(shown, error.to_string()));
            Vec::new()
        }
    }
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// Has loose objects read by `readers`, one thread each; how many were read.
pub(super) fn read_loose<R: Reader>(
    objects: &[&Loose],
    readers: &mut [R],
    watch: &Watch,
    trouble: &Trouble,
) -> u64 {
    let next = AtomicUsize::new(0);
    let work = |reader: &mut R| {
        let mut read = 0;
        while let Some(object) = objects.get(next.fetch_add(1, Ordering::Relaxed)) {
            if watch.stopped() {
                break;
            }
            match open(object, reader) {
                Ok(size) => {
                    read += u64::from(size.is_some());
                    watch.advance(1, size.unwrap_or(0));
                }
                Err(error) => {
                    let shown = crate::text::visible(&object.path.to_string_lossy(), 300);
                    trouble.add(Unread::new(shown, error.to_string()));
                }
            }
        }
        read
    };
    let mut all = 0;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            readers.iter_mut().map(|reader| scope.spawn(|| work(reader))).collect();
        for thread in threads {
            match thread.join() {
                Ok(count) => all += count,
                Err(_) => trouble.add(Unread::new("loose objects", "reading them broke off")),
            }
        }
    });
    all
}

/// Reads one object; its size, or `None` for a kind that nobody wants.
fn open(object: &Loose, reader: &mut impl Reader) -> io::Result<Option<u64>> {
    let damaged = |why| io::Error::new(io::ErrorKind::InvalidData, why);
    let file = File::open(&object.path)?;
    if !file.metadata()?.is_file() {
        return Err(damaged("it is no file"));
    }
    let mut bytes = Inflating::new(BufReader::new(file));
    let mut begin = Vec::with_capacity(HEADER);
    Read::by_ref(&mut bytes).take(HEADER as u64).read_to_end(&mut begin)?;
    let (kind, size, rest) = header(&begin).ok_or_else(|| damaged("it is no git object"))?;
    if !reader.wants(kind) {
        return Ok(None);
    }
    let mut bytes = rest.chain(bytes).take(size);
    if size > LARGE {
        reader.read_large(object.id, kind, &mut bytes)?;
        return Ok(Some(size));
    }
    let mut whole = Vec::new();
    bytes.read_to_end(&mut whole)?;
    if whole.len() as u64 != size {
        return Err(damaged("it is shorter than it says"));
    }
    reader.read(&|| object.id, kind, &whole);
    Ok(Some(size))
}

/// Reads `blob 123` and the NUL after it; what is left is the object's own.
fn header(bytes: &[u8]) -> Option<(Kind, u64, &[u8])> {
    let end = memchr::memchr(0, bytes)?;
    let (text, rest) = bytes.split_at_checked(end)?;
    let (kind, size) = std::str::from_utf8(text).ok()?.split_once(' ')?;
    let kind = Kind::from_bytes(kind.as_bytes()).ok()?;
    Some((kind, size.parse().ok()?, rest.get(1..)?))
}

//! Which streams there are, and in which files they stand now.
//!
//! Asked at the beginning of every pass. Files are looked at by name while nothing moves; when a
//! folder or a file changed its place, all patterns are matched anew and every file is recognised:
//! by its inode, else by its content. The rules it keeps: a file that was rotated, copied or packed
//! is the stream that it was; what is not recognised is a new stream.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::stream::{Held, Look, Relation, Stream, head, hold};
use crate::events::source::{self, Packing, Role, Source};
use crate::scan::sandbox::pattern::Pattern;
use crate::time::Timestamp;

/// So many files are held open.
const MOST_HELD: usize = 128;

/// The patterns are matched anew at least so often.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Two changes of a folder within this time may bear the same time.
const TICK: Duration = Duration::from_millis(20);

/// What of a file shows that it changed.
type Sign = ((u64, u64), u64, i128);

pub struct Files {
    base: PathBuf,
    globs: Vec<(Role, String)>,
    pub(super) streams: Vec<Stream>,
    /// Files that hold what another one holds, as they were when they were looked at.
    copies: HashMap<PathBuf, Sign>,
    /// The folders, when each was changed last and when that was seen.
    folders: BTreeMap<PathBuf, (Option<i128>, Instant)>,
    looked: Option<Instant>,
    pub(super) unmatched: Vec<String>,
    pub(super) unread: Vec<(String, String)>,
}

/// What there is to read.
#[derive(Debug, Default)]
pub(super) struct ToRead {
    /// Streams that nobody read yet.
    pub new: Vec<usize>,
    /// Streams that may go on.
    pub grown: Vec<usize>,
    /// Whether a file was put off until the one that it may be a copy of is read.
    pub put_off: bool,
    /// Lines that will never be whole.
    pub left_half: u64,
}

impl Files {
    pub(super) fn new(base: &Path, globs: &[(Role, String)]) -> Self {
        Self {
            base: base.to_owned(),
            globs: globs.to_vec(),
            streams: Vec::new(),
            copies: HashMap::new(),
            folders: BTreeMap::new(),
            looked: None,
            unmatched: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// The folders in which something may happen.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.keys().map(PathBuf::as_path)
    }

    /// Whether a file or folder changed, without taking note of it.
    pub(super) fn may_have_changed(&self) -> bool {
        let held = self.streams.iter().filter(|stream| stream.source.held.is_some());
        self.moved() || held.into_iter().any(Stream::differs)
    }

    /// Looks what there is to read. `moved`: somebody saw a file come, go or change its name.
    pub(super) fn look(&mut self, now: Timestamp, moved: bool) -> ToRead {
        let mut to_read = ToRead::default();
        let mut lost = false;
        for (index, stream) in self.streams.iter_mut().enumerate() {
            if stream.source.held.is_none() && !stream.beside {
                continue;
            }
            match stream.look() {
                Look::Same => {}
                Look::Grown => {
                    stream.renew_head();
                    to_read.grown.push(index);
                }
                Look::Lost => {
                    lost = true;
                    stream.detach();
                    to_read.grown.push(index);
                }
            }
            to_read.left_half += u64::from(stream.let_go(now));
        }
        if lost {
            self.forget_copies();
        }
        let due = self.looked.is_none_or(|looked| looked.elapsed() > LOOK_EVERY);
        if moved || lost || due || self.moved() {
            self.find(now, &mut to_read);
        }
        to_read.grown.sort_unstable();
        to_read.grown.dedup();
        to_read
    }

    /// Looks at copies again: the file that they are copies of is not what it was.
    pub(super) fn forget_copies(&mut self) {
        self.copies.clear();
    }

    /// Whether a folder changed since the patterns were matched.
    fn moved(&self) -> bool {
        let Some(looked) = self.looked else { return true };
        self.folders.iter().any(|(path, (modified, seen))| {
            looked.duration_since(*seen) < TICK && seen.elapsed() > TICK
                || folder_modified(path) != *modified
        })
    }

    /// Matches the patterns anew and recognises every file.
    pub(super) fn find(&mut self, now: Timestamp, to_read: &mut ToRead) {
        to_read.put_off = false;
        self.look_at_folders();
        let found = source::find(&self.base, &self.globs);
        (self.unmatched, self.unread) = (found.unmatched, found.unread);
        let mut rest: Vec<Source> = Vec::new();
        let by_path: HashMap<&Path, &Source> =
            found.files.iter().map(|file| (file.path.as_path(), file)).collect();
        for (index, stream) in self.streams.iter_mut().enumerate() {
            if !stream.attached || stream.beside {
                continue;
            }
            match by_path.get(stream.source.path.as_path()) {
                Some(file) if stream.is_at(file) => {
                    if stream.takes_note(file) {
                        stream.renew_head();
                        to_read.grown.push(index);
                    }
                }
                _ => {
                    stream.detach();
                    self.copies.clear();
                    to_read.grown.push(index);
                }
            }
        }
        let own: HashMap<&Path, &Stream> =
            self.attached().map(|stream| (stream.source.path.as_path(), stream)).collect();
        rest.extend(found.files.iter().filter(|it| !own.contains_key(it.path.as_path())).cloned());
        for file in &rest {
            self.add_folder(file.path.parent());
        }
        // Plain files first: a packed one may be a copy of one of them.
        rest.sort_by_key(|file| file.packing != Packing::Plain);
        rest.retain(|file| !self.renamed(file, to_read));
        for file in rest {
            self.recognise(file, now, to_read);
        }
        self.look_beside(to_read);
        self.hold_newest();
    }

    fn attached(&self) -> impl Iterator<Item = &Stream> {
        self.streams.iter().filter(|stream| stream.attached)
    }

    /// A stream whose file has a new name.
    fn renamed(&mut self, file: &Source, to_read: &mut ToRead) -> bool {
        let mut streams = self.streams.iter_mut().enumerate();
        let same = streams.find(|(_, stream)| {
            let goes_on = || head(file).is_ok_and(|head| stream.goes_on_in(file, &head));
            !stream.attached && stream.is_at(file) && goes_on()
        });
        let Some((index, stream)) = same else { return false };
        stream.attach(file.clone());
        to_read.grown.push(index);
        true
    }

    fn recognise(&mut self, file: Source, now: Timestamp, to_read: &mut ToRead) {
        let sign: Sign = (file.id, file.bytes, file.modified);
        if self.copies.get(&file.path) == Some(&sign) {
            return;
        }
        let Ok(head) = head(&file) else {
            self.unread.push((file.shown, "it can not be unpacked".to_owned()));
            return;
        };
        let streams = self.streams.iter().enumerate();
        let held = streams.map(|(index, stream)| (index, stream.is_in(&file, &head)));
        let held: Vec<(usize, Held)> = held.filter(|(_, held)| *held != Held::Not).collect();
        if held.iter().any(|(index, _)| to_read.new.contains(index)) {
            to_read.put_off = true;
            return;
        }
        // The one that was read furthest; of equals one whose file is gone.
        let furthest = held.into_iter().max_by_key(|(index, held)| {
            let stream = self.streams.get(*index);
            (*held == Held::Whole, stream.map(|it| (it.read, !it.attached)))
        });
        let next = self.streams.len();
        let Some((index, held)) = furthest else {
            to_read.new.push(next);
            self.streams.push(Stream::new(file, head, now));
            return;
        };
        let Some(stream) = self.streams.get_mut(index) else { return };
        match stream.relation(&file, held) {
            Relation::Itself => {
                stream.attach(file);
                to_read.grown.push(index);
            }
            Relation::Branch => {
                let branch = stream.branch(file, head, now);
                self.streams.push(branch);
                to_read.grown.push(next);
            }
            Relation::Copy => {
                self.copies.insert(file.path, sign);
            }
            Relation::Unclear => to_read.put_off = true,
        }
    }

    /// A file that was cut off may have been copied before, to where no pattern looks: what was
    /// written between the last reading and the copy stands only there.
    fn look_beside(&mut self, to_read: &mut ToRead) {
        let read: Vec<(u64, u64)> = self.attached().map(|stream| stream.source.id).collect();
        for (index, stream) in self.streams.iter_mut().enumerate() {
            if !std::mem::take(&mut stream.lost) || stream.attached {
                continue;
            }
            // Where another stream reads it already, it is not read again.
            if let Some(file) = beside(&self.base, stream).filter(|it| !read.contains(&it.id)) {
                stream.attach(file);
                stream.beside = true;
                to_read.grown.push(index);
            }
        }
    }

    fn hold_newest(&mut self) {
        let held = self.streams.iter().filter(|stream| stream.source.held.is_some()).count();
        let mut free = MOST_HELD.saturating_sub(held);
        let mut others: Vec<&mut Stream> = self.streams.iter_mut().collect();
        others.retain(|it| it.attached && it.source.held.is_none() && !it.beside);
        others.sort_by_key(|stream| std::cmp::Reverse(stream.source.modified));
        for stream in others {
            if free == 0 {
                break;
            }
            hold(&mut stream.source);
            free -= usize::from(stream.source.held.is_some());
        }
    }

    fn look_at_folders(&mut self) {
        let roots: Vec<PathBuf> = self
            .globs
            .iter()
            .filter_map(|(_, glob)| Pattern::new(glob, &self.base).ok())
            .map(|pattern| pattern.root)
            .collect();
        for root in &roots {
            let there = root.ancestors().find(|folder| folder.is_dir());
            self.add_folder(there);
        }
        let seen = Instant::now();
        self.folders.retain(|path, (modified, since)| {
            let is = folder_modified(path);
            if is != *modified {
                (*modified, *since) = (is, seen);
            }
            is.is_some()
        });
        self.looked = Some(seen);
    }

    fn add_folder(&mut self, folder: Option<&Path>) {
        let Some(folder) = folder.filter(|folder| !self.folders.contains_key(*folder)) else {
            return;
        };
        self.folders.insert(folder.to_owned(), (folder_modified(folder), Instant::now()));
    }
}

/// A copy of a stream among the files whose names begin with its own.
fn beside(base: &Path, stream: &Stream) -> Option<Source> {
    let (path, name) = (&stream.source.path, stream.source.path.file_name()?.to_str()?);
    let entries = path.parent()?.read_dir().ok()?.filter_map(Result::ok);
    let named = entries.filter(|entry| {
        let other = entry.file_name();
        other.to_str().and_then(|other| other.strip_prefix(name)).is_some_and(|it| !it.is_empty())
    });
    named.take(100).find_map(|entry| {
        let file = source::open(&entry.path(), base, stream.source.roles).ok()?;
        let head = head(&file).ok()?;
        (stream.is_in(&file, &head) == Held::Whole).then_some(file)
    })
}

fn folder_modified(path: &Path) -> Option<i128> {
    path.metadata().ok().filter(std::fs::Metadata::is_dir).map(|it| source::modified(&it))
}

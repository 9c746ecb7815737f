//! Walks a folder with all threads and searches every regular file.
//!
//! Nothing is left out because git ignores it or because its name begins with a dot. Only the
//! objects inside a repository are, which `scan::git` reads. Symbolic links are not followed: what
//! they lead to inside the folder is searched where it lies.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::open::open;
use crate::scan::detect::{Detector, Hit};
use crate::scan::git::locate;
use crate::scan::leak::{Counts, Unread};
use crate::scan::watch::Watch;
use crate::text::visible;

/// Progress is counted in steps of so many files.
const STEP: u64 = 32;

/// A secret in a file or in its name.
pub(crate) struct InFile {
    pub path: PathBuf,
    pub hit: Hit,
    /// Whether it is in the name.
    pub in_name: bool,
}

/// What came of walking a folder.
#[derive(Default)]
pub(crate) struct FilesScan {
    pub found: Vec<InFile>,
    pub unread: Vec<Unread>,
    pub counts: Counts,
    /// `.git` files and folders that were met.
    pub dot_gits: Vec<PathBuf>,
    /// Insides of repositories that were met.
    pub git_dirs: Vec<PathBuf>,
}

impl FilesScan {
    fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
        self.unread.extend(other.unread);
        self.dot_gits.extend(other.dot_gits);
        self.git_dirs.extend(other.git_dirs);
        self.counts.add(other.counts);
    }
}

/// Searches everything below `root`.
pub(crate) fn walk(root: &Path, detector: &Detector, watch: &Watch) -> FilesScan {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).follow_links(false).threads(threads);
    let all = Mutex::new(FilesScan::default());
    builder.build_parallel().run(|| {
        let mut visitor = Visitor {
            detector,
            watch,
            all: &all,
            scan: FilesScan::default(),
            buffer: Vec::new(),
            unsaid: 0,
            unsaid_bytes: 0,
        };
        Box::new(move |entry| visitor.visit(entry))
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One thread of the walk.
struct Visitor<'a> {
    detector: &'a Detector,
    watch: &'a Watch,
    all: &'a Mutex<FilesScan>,
    scan: FilesScan,
    buffer: Vec<u8>,
    unsaid: u64,
    unsaid_bytes: u64,
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        self.watch.advance(self.unsaid, self.unsaid_bytes);
        let scan = std::mem::take(&mut self.scan);
        self.all.lock().unwrap_or_else(PoisonError::into_inner).merge(scan);
    }
}

impl Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.watch.stopped() {
            return WalkState::Quit;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let what = path_of(&error).unwrap_or_else(|| "a folder".to_owned());
                let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                self.scan.unread.push(Unread::new(what, visible(&why, 300)));
                return WalkState::Continue;
            }
        };
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        self.name(&entry);
        if kind.is_dir() {
            return self.folder(&entry);
        }
        if kind.is_symlink() {
            self.scan.counts.links += 1;
        } else if kind.is_file() {
            self.file(entry.path());
        } else {
            self.scan.counts.specials += 1;
        }
        WalkState::Continue
    }

    /// Searches a name, and notes where a repository begins.
    fn name(&mut self, entry: &DirEntry) {
        let name = entry.file_name();
        if name == ".git" {
            self.scan.dot_gits.push(entry.path().to_owned());
        }
        let found = self.detector.search(name.as_encoded_bytes());
        let path = entry.path();
        self.scan.found.extend(found.hits.into_iter().map(|hit| InFile {
            path: path.to_owned(),
            hit,
            in_name: true,
        }));
    }

    /// Leaves out the objects of a repository, and only those.
    fn folder(&mut self, entry: &DirEntry) -> WalkState {
        let parent = entry.path().parent();
        if entry.file_name() == "objects"
            && let Some(parent) = parent.filter(|parent| locate::is_git_dir(parent))
        {
            self.scan.git_dirs.push(parent.to_owned());
            return WalkState::Skip;
        }
        WalkState::Continue
    }

    fn file(&mut self, path: &Path) {
        let mut bytes = 0;
        let (detector, watch) = (self.detector, self.watch);
        let found = open(path).and_then(|mut file| {
            detector.search_stream(&mut file, &mut self.buffer, &mut |piece| {
                bytes += piece.len() as u64;
                !watch.stopped()
            })
        });
        match found {
            Ok(found) => {
                self.scan.counts.files += 1;
                self.scan.counts.file_bytes += bytes;
                self.scan.counts.placeholders += found.placeholders;
                let hits = found.hits.into_iter();
                self.scan.found.extend(hits.map(|hit| InFile {
                    path: path.to_owned(),
                    hit,
                    in_name: false,
                }));
            }
            Err(error) => {
                let what = visible(&path.to_string_lossy(), 300);
                self.scan.unread.push(Unread::new(what, error.to_string()));
            }
        }
        self.unsaid += 1;
        self.unsaid_bytes += bytes;
        if self.unsaid >= STEP || self.unsaid_bytes > 1 << 20 {
            self.watch.advance(self.unsaid, self.unsaid_bytes);
            (self.unsaid, self.unsaid_bytes) = (0, 0);
        }
    }
}

/// The path that an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<String> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(visible(&path.to_string_lossy(), 300)),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

//! Finds the files to judge and judges them: those that production is configured from, and the
//! source code beside them.
//!
//! Blocks; the check runs it on a thread that may. One file is in memory at a time. Symbolic links
//! are followed only for files that a pattern names.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use ignore::{DirEntry, WalkBuilder};

use super::file::{Aside, Format, aside, is_generated};
use super::marker::Markers;
use super::pattern::Pattern;
use super::{Export, Half, Judged, Mark, judge};
use crate::digest::Digest;
use crate::scan::from_project::from_project;
use crate::scan::leak::Unread;
use crate::scan::watch::Watch;
use crate::text::visible;

/// A larger file is not read, and said.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// So many files that production is configured from are judged at most.
const MOST_FILES: usize = 20_000;

/// So many marks are kept; of more only the number.
const MOST_MARKS: usize = 2_000;

/// So many files of code are remembered for following names through them.
const MOST_CODE: usize = 200_000;

/// So many names are followed through all files.
const MOST_EXPORTS: usize = 200;

/// What to look at.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The folder that patterns are relative to.
    pub base: PathBuf,
    /// The patterns of the files that production is configured from.
    pub globs: Vec<String>,
    /// Where the source code is.
    pub sources: Vec<PathBuf>,
}

/// A mark and the file that it is in.
#[derive(Clone, Debug)]
pub struct Found {
    /// The file, as it is shown.
    pub file: String,
    /// What the file is to production.
    pub half: Half,
    /// What is there.
    pub mark: Mark,
}

/// What was read of one half.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Files judged, by format.
    pub formats: BTreeMap<&'static str, u64>,
    /// Files left aside, and why.
    pub aside: BTreeMap<Aside, u64>,
    /// Files that could not be read as what they are, and why.
    pub not_understood: Vec<(String, String)>,
    /// Files that were read line by line because they are not sound, and why; none names the
    /// provider.
    pub by_line: Vec<(String, String)>,
    /// Files with encrypted values, and how many.
    pub encrypted: Vec<(String, u64)>,
    /// What files take from elsewhere: the file, and what it names.
    pub refers_to: Vec<(String, String)>,
    /// Values of other environments that were passed over.
    pub passed_over: u64,
    /// Files that a pattern names in so many words although they look like examples or tests.
    pub named: Vec<(String, Aside)>,
    /// The digest of every file judged.
    pub digest: Option<Digest>,
}

/// What came of it all.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The configuration of production.
    pub production: Read,
    /// The source code.
    pub source: Read,
    /// What was found.
    pub found: Vec<Found>,
    /// Marks beyond those kept.
    pub more: u64,
    /// Patterns that no file matches.
    pub unmatched: Vec<String>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Whether it ended early because it was told to.
    pub stopped: bool,
}

impl Read {
    /// How many files were judged.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.formats.values().sum()
    }
}

/// Judges everything that is sought.
#[must_use]
pub fn gather(sought: &Sought, markers: &Markers, watch: &Watch) -> Gathered {
    let mut gatherer = Gatherer {
        sought,
        markers,
        watch,
        all: Gathered::default(),
        judged: HashSet::new(),
        code: Vec::new(),
        exports: Vec::new(),
    };
    watch.begin("reading the configuration", None, "files");
    for glob in &sought.globs {
        gatherer.pattern(glob);
    }
    gatherer.leave_out_judged();
    watch.begin("reading the source code", None, "files");
    for source in &sought.sources {
        gatherer.source(source);
    }
    gatherer.uses();
    let mut all = gatherer.all;
    all.stopped = watch.stopped();
    all
}

struct Gatherer<'a> {
    sought: &'a Sought,
    markers: &'a Markers,
    watch: &'a Watch,
    all: Gathered,
    /// What has been judged, by its canonical path.
    judged: HashSet<PathBuf>,
    /// Source files that are code.
    code: Vec<PathBuf>,
    /// Names for the sandbox's values that other files may use, and the file that gives them.
    exports: Vec<(PathBuf, Export)>,
}

impl Gatherer<'_> {
    /// Judges the files that a pattern matches.
    fn pattern(&mut self, glob: &str) {
        let pattern = match Pattern::new(glob, &self.sought.base) {
            Ok(pattern) => pattern,
            Err(why) => {
                let what = visible(glob, 200);
                self.all.unread.push(Unread::new(what, why).hint("correct the pattern"));
                return;
            }
        };
        if pattern.root.symlink_metadata().is_err() {
            self.all.unmatched.push(visible(glob, 200));
            return;
        }
        let mut paths = Vec::new();
        let mut builder = WalkBuilder::new(&pattern.root);
        builder.standard_filters(false).follow_links(false).max_depth(pattern.depth);
        builder.sort_by_file_path(Path::cmp);
        let vendored = glob.contains("node_modules");
        builder.filter_entry(move |entry| {
            let name = entry.file_name();
            entry.depth() == 0 || name != ".git" && (vendored || name != "node_modules")
        });
        for entry in builder.build() {
            if self.watch.stopped() {
                return;
            }
            self.watch.advance(0, 0);
            match entry {
                Ok(entry) => {
                    if pattern.matches(entry.path()) && is_file(&entry) {
                        paths.push(entry.into_path());
                    }
                }
                Err(error) => self.walk_error(&error),
            }
            if paths.len() > MOST_FILES {
                let why = format!("it matches more than {MOST_FILES} files");
                self.all.unread.push(Unread::new(visible(glob, 200), why));
                break;
            }
        }
        if paths.is_empty() {
            self.all.unmatched.push(visible(glob, 200));
        }
        for path in paths {
            if self.watch.stopped() {
                return;
            }
            let relative = path.strip_prefix(&pattern.root).unwrap_or(&path).to_owned();
            let relative = or_name(relative, &path);
            if let Some(why) = aside(&relative) {
                if !pattern.explicit {
                    *self.all.production.aside.entry(why).or_default() += 1;
                    continue;
                }
                let shown = self.shown(&path);
                self.all.production.named.push((shown, why));
            }
            self.file(&path, Half::Production);
        }
    }

    /// What a file takes from another one is not worth a word where that one was judged itself.
    fn leave_out_judged(&mut self) {
        let Self { sought, judged, all, .. } = self;
        all.production.refers_to.retain(|(file, named)| {
            let file = sought.base.join(file);
            let path = file.parent().map(|folder| folder.join(named.trim()));
            let known = path.and_then(|path| path.canonicalize().ok());
            !known.is_some_and(|path| judged.contains(&path))
        });
    }

    /// Judges the source code below a path.
    fn source(&mut self, source: &Path) {
        let mut builder = WalkBuilder::new(source);
        builder.standard_filters(false).follow_links(false);
        builder.git_ignore(true).git_exclude(true).parents(true);
        builder.sort_by_file_path(Path::cmp);
        builder.filter_entry(|entry| {
            let name = entry.file_name();
            entry.depth() == 0 || name != ".git" && name != "node_modules"
        });
        for entry in builder.build() {
            if self.watch.stopped() {
                return;
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.walk_error(&error);
                    continue;
                }
            };
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let path = entry.path();
            let relative = path.strip_prefix(source).unwrap_or(path).to_owned();
            let relative = or_name(relative, path);
            if !Format::of(&relative).is_read_in_source(&relative) {
                continue;
            }
            match aside(&relative) {
                Some(why) => *self.all.source.aside.entry(why).or_default() += 1,
                None => self.file(path, Half::Source),
            }
        }
    }

    fn walk_error(&mut self, error: &ignore::Error) {
        let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        let what = visible(&error.to_string(), 200);
        self.all.unread.push(Unread::new(what, visible(&why, 200)));
    }

    fn file(&mut self, path: &Path, half: Half) {
        let known = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if !self.judged.insert(known) {
            return;
        }
        let shown = self.shown(path);
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.all.unread.push(Unread::new(shown, why));
                return;
            }
        };
        self.watch.advance(1, bytes.len() as u64);
        let Some(text) = decode(&bytes) else {
            self.all.unread.push(Unread::new(shown, "it is not text"));
            return;
        };
        let format = Format::of(path);
        if half == Half::Source && format.is_code() && is_generated(&text) {
            *self.all.source.aside.entry(Aside::Generated).or_default() += 1;
            return;
        }
        let judged = judge(&text, format, half, self.markers);
        if matches!(format, Format::Code(_)) && self.code.len() < MOST_CODE {
            self.code.push(path.to_owned());
        }
        let exports = judged.exports.iter().take(MOST_EXPORTS.saturating_sub(self.exports.len()));
        self.exports.extend(exports.map(|export| (path.to_owned(), export.clone())));
        self.take(&shown, format, half, judged, &bytes);
    }

    /// Looks in all code for names that another file has given to a value of the sandbox's.
    fn uses(&mut self) {
        let names: Vec<&str> =
            self.exports.iter().map(|(_, export)| export.name.as_str()).collect();
        let Some(search) = AhoCorasick::new(&names).ok().filter(|_| !names.is_empty()) else {
            return;
        };
        self.watch.begin("following names through the source code", None, "files");
        for path in std::mem::take(&mut self.code) {
            if self.watch.stopped() {
                return;
            }
            let Some(text) = read(&path).ok().as_deref().and_then(decode) else { continue };
            self.watch.advance(1, text.len() as u64);
            if !search.is_match(&text) {
                continue;
            }
            let others = self.exports.iter().filter(|(from, _)| *from != path);
            let exports: Vec<Export> = others.map(|(_, export)| export.clone()).collect();
            let marks = super::judge_uses(&text, Format::of(&path), &exports, self.markers);
            let shown = self.shown(&path);
            for mark in marks {
                let known = self.all.found.iter().any(|found| {
                    found.file == shown
                        && found.mark.line == mark.line
                        && found.mark.used == mark.used
                });
                if !known {
                    self.keep(&shown, Half::Source, mark);
                }
            }
        }
    }

    fn keep(&mut self, shown: &str, half: Half, mark: Mark) {
        if self.all.found.len() < MOST_MARKS {
            self.all.found.push(Found { file: shown.to_owned(), half, mark });
        } else {
            self.all.more += 1;
        }
    }

    fn take(&mut self, shown: &str, format: Format, half: Half, judged: Judged, bytes: &[u8]) {
        let read = match half {
            Half::Production => &mut self.all.production,
            Half::Source => &mut self.all.source,
        };
        *read.formats.entry(format.name()).or_default() += 1;
        read.passed_over += judged.passed_over;
        let before = read.digest.as_ref().map_or("", Digest::as_str);
        let link = format!("{before}\0{shown}\0{}", Digest::of(bytes));
        read.digest = Some(Digest::of(link.as_bytes()));
        if let Some(why) = judged.not_understood {
            read.not_understood.push((shown.to_owned(), why));
        }
        if let Some(why) = judged.by_line {
            read.by_line.push((shown.to_owned(), why));
        }
        if judged.encrypted > 0 {
            read.encrypted.push((shown.to_owned(), judged.encrypted));
        }
        for named in judged.refers_to.into_iter().take(20) {
            let named = super::shown(&named, self.markers);
            read.refers_to.push((shown.to_owned(), named));
        }
        for mark in judged.marks {
            self.keep(shown, half, mark);
        }
    }

    /// A path as people know it: from the folder of `golive.yaml`.
    fn shown(&self, path: &Path) -> String {
        visible(&from_project(path, &self.sought.base).to_string_lossy(), 300)
    }
}

/// The path itself, or the file's name where a file was asked for by its whole path.
fn or_name(relative: PathBuf, path: &Path) -> PathBuf {
    if relative.as_os_str().is_empty() {
        return path.file_name().map(PathBuf::from).unwrap_or(relative);
    }
    relative
}

/// Whether an entry is a file, or a link to one.
fn is_file(entry: &DirEntry) -> bool {
    match entry.file_type() {
        Some(kind) if kind.is_symlink() => {
            fs::metadata(entry.path()).is_ok_and(|facts| facts.is_file())
        }
        Some(kind) => kind.is_file(),
        None => false,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let facts = fs::metadata(path).map_err(|error| error.to_string())?;
    if !facts.is_file() {
        return Err("it is not a file".to_owned());
    }
    if facts.len() > MOST_BYTES {
        return Err(format!("it is larger than {} MiB", MOST_BYTES >> 20));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// The text of a file: UTF-8, or UTF-16 with its mark. What is not UTF-8 in between is replaced,
/// which hides no marker: those are ASCII.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .skip(1)
            .filter_map(|pair| pair.try_into().ok().map(read))
            .collect();
        Some(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ if bytes.contains(&0) => None,
        _ => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

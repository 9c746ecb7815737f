//! Follows the files in which events arrive: the merchant's event log, and what `golive listen`
//! records.
//!
//! Polled by `follow` while a check waits. The rules it keeps: a file is read once and then only
//! where it has grown; a line counts when it is whole; only lines that name what is looked for are
//! parsed, so that a log of gigabytes costs one pass; what can not be read is said, never taken for
//! silence.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use flate2::read::MultiGzDecoder;
use ignore::WalkBuilder;
use tokio_util::sync::CancellationToken;

use crate::checks::CheckContext;
use crate::checks::rehearsal::deliveries::Answers;
use crate::checks::rehearsal::sighting::Sighting;
use crate::config::inputs::InputValue;
use crate::events::received::Record;
use crate::scan::sandbox::pattern::Pattern;
use crate::text::visible;

/// The longest line that is looked at, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// What marks the record of an answer.
const ANSWERED: &str = "golive.answered/1";

/// Patterns match at most so many files.
const MOST_FILES: usize = 10_000;

/// The files of a rehearsal.
pub struct Tail {
    base: PathBuf,
    globs: Vec<String>,
    received: Option<PathBuf>,
    wanted: AhoCorasick,
    cancel: CancellationToken,
    files: HashMap<PathBuf, Place>,
    /// The last status by which each request was answered that `golive listen` recorded, by the id
    /// of its record.
    pub answers: Answers,
    /// What could not be read, safe to show; each thing once.
    pub unread: Vec<String>,
}

/// How far a file was read.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Bytes that were read to the end of a line.
    read: u64,
    /// Its size then.
    size: u64,
}

/// What stood in the lines that are new.
#[derive(Default)]
struct Found {
    events: Vec<Sighting>,
    answers: Answers,
}

impl Found {
    fn take(&mut self, line: &[u8]) {
        match Record::read(line) {
            Some(Record::Answered(it)) => drop(self.answers.insert(it.id, it.status)),
            _ => self.events.extend(Sighting::read(line)),
        }
    }
}

impl Tail {
    /// The files that the context names, for lines with one of these texts in them.
    ///
    /// # Errors
    /// When the texts can not be looked for.
    pub fn new(context: &CheckContext, wanted: &[String]) -> Result<Self, String> {
        // A body in base64 shows nothing of what is in it.
        let wanted = wanted.iter().map(String::as_str).chain(["bodyBase64", ANSWERED]);
        Ok(Self {
            base: context.base.clone(),
            globs: globs(context),
            received: context.book.received(),
            wanted: AhoCorasick::new(wanted).map_err(|error| error.to_string())?,
            cancel: context.cancel.clone(),
            files: HashMap::new(),
            answers: Answers::new(),
            unread: Vec::new(),
        })
    }

    /// What has come since the last time, in the order of the files.
    pub fn poll(&mut self) -> Vec<Sighting> {
        let mut found = Found::default();
        for path in self.paths() {
            if self.cancel.is_cancelled() {
                break;
            }
            let from = self.files.get(&path).copied().unwrap_or_default();
            match read(&path, from, &self.wanted, &self.cancel, &mut found) {
                Ok(place) => drop(self.files.insert(path, place)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.say(&format!("{} ({error})", path.display())),
            }
        }
        self.answers.extend(found.answers);
        found.events
    }

    /// Whether anything says where to look: an event log is named, or `golive listen` has recorded.
    #[must_use]
    pub fn is_told_where(&self) -> bool {
        !self.globs.is_empty() || self.has_files()
    }

    /// Whether there is any file to read.
    #[must_use]
    pub fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    fn say(&mut self, what: &str) {
        let what = visible(what, 300);
        if !self.unread.contains(&what) {
            self.unread.push(what);
        }
    }

    fn paths(&mut self) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for glob in self.globs.clone() {
            match matching(&self.base, &glob) {
                Ok(found) => paths.extend(found),
                Err(why) => self.say(&format!("{glob} ({why})")),
            }
        }
        paths.extend(self.received.clone().filter(|path| path.is_file()));
        paths.sort();
        paths.dedup();
        paths
    }
}

/// The patterns of the merchant's event log.
pub fn globs(context: &CheckContext) -> Vec<String> {
    match context.inputs.get("event_log").map(|input| &input.value) {
        Some(InputValue::Globs(globs)) => globs.clone(),
        _ => Vec::new(),
    }
}

fn matching(base: &Path, glob: &str) -> Result<Vec<PathBuf>, String> {
    let pattern = Pattern::new(glob, base)?;
    if pattern.root.metadata().is_err() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    let mut walk = WalkBuilder::new(&pattern.root);
    walk.standard_filters(false).follow_links(false).max_depth(pattern.depth);
    for entry in walk.build() {
        let entry = entry.map_err(|error| error.to_string())?;
        if !entry.path().is_dir() && pattern.matches(entry.path()) {
            paths.push(entry.into_path());
        }
        if paths.len() > MOST_FILES {
            return Err(format!("it matches more than {MOST_FILES} files"));
        }
    }
    Ok(paths)
}

/// Reads what is new in a file. One that has become shorter was replaced and is read anew; a
/// compressed one is read anew whenever it has changed.
fn read(
    path: &Path,
    from: Place,
    wanted: &AhoCorasick,
    cancel: &CancellationToken,
    into: &mut Found,
) -> io::Result<Place> {
    let mut file = File::open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let size = meta.len();
    if size == from.size {
        return Ok(from);
    }
    let mut head = [0_u8; 4];
    let known = file.read(&mut head)?;
    file.rewind()?;
    match head.get(..known).unwrap_or_default() {
        [0x1f, 0x8b, ..] => {
            lines(&mut BufReader::new(MultiGzDecoder::new(file)), wanted, cancel, into)?;
        }
        [0x28, 0xb5, 0x2f, 0xfd] => {
            let frames = zstd::stream::read::Decoder::new(file)?;
            lines(&mut BufReader::new(frames), wanted, cancel, into)?;
        }
        _ => {
            let start = if size < from.size { 0 } else { from.read };
            file.seek(SeekFrom::Start(start))?;
            let read = lines(&mut BufReader::with_capacity(1 << 18, file), wanted, cancel, into)?;
            return Ok(Place { read: start + read, size });
        }
    }
    Ok(Place { read: size, size })
}

/// Reads whole lines; answers with how many bytes they had. A last line without an end is looked at
/// too, and again when it has grown.
fn lines(
    reader: &mut impl BufRead,
    wanted: &AhoCorasick,
    cancel: &CancellationToken,
    into: &mut Found,
) -> io::Result<u64> {
    let (mut line, mut done) = (Vec::new(), 0_u64);
    while !cancel.is_cancelled() {
        line.clear();
        let limit = LONGEST as u64;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut line)?;
        let is_whole = line.last() == Some(&b'\n');
        if !is_whole && read == LONGEST {
            // Too long to be an event: passed over to its end.
            done += read as u64 + skip(reader)?;
            continue;
        }
        if wanted.is_match(&line) {
            into.take(line.trim_ascii());
        }
        if !is_whole {
            break;
        }
        done += read as u64;
    }
    Ok(done)
}

/// Passes over the rest of a line.
fn skip(reader: &mut impl BufRead) -> io::Result<u64> {
    let mut passed = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        let is_last = end.is_some() || buffer.is_empty();
        reader.consume(used);
        passed += used as u64;
        if is_last {
            return Ok(passed);
        }
    }
}

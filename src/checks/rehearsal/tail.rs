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
use std::path::PathBuf;

use aho_corasick::AhoCorasick;
use tokio_util::sync::CancellationToken;

use crate::checks::CheckContext;
use crate::checks::logs::{self, EVENTS};
use crate::checks::rehearsal::deliveries::Answers;
use crate::checks::rehearsal::sighting::Sighting;
use crate::events::sample::Reading;
use crate::events::source::{self, Packing, Role, Source};
use crate::events::told;
use crate::text::visible;

/// The longest line that is looked at, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// What marks the record of an answer.
const ANSWERED: &str = "golive.answered/1";

/// The files of a rehearsal.
pub struct Tail {
    base: PathBuf,
    globs: Vec<(Role, String)>,
    received: Option<PathBuf>,
    search: Search,
    files: HashMap<PathBuf, Place>,
    /// The last status by which each request was answered that `golive listen` recorded, by the id
    /// of its record.
    pub answers: Answers,
    /// What could not be read, safe to show; each thing once.
    pub unread: Vec<String>,
}

/// What is looked for, and how lines are read.
struct Search {
    wanted: AhoCorasick,
    reading: Reading,
    cancel: CancellationToken,
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
    fn take(&mut self, line: &[u8], reading: &Reading) {
        match told::Line::read(line, reading) {
            Some(told::Line::Answered(it)) => drop(self.answers.insert(it.id, it.status)),
            told => self.events.extend(told.and_then(Sighting::of)),
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
            globs: logs::globs(&context.inputs, &[EVENTS]),
            received: context.book.received(),
            search: Search {
                wanted: AhoCorasick::new(wanted).map_err(|error| error.to_string())?,
                reading: logs::reading(&context.inputs, &context.week),
                cancel: context.cancel.clone(),
            },
            files: HashMap::new(),
            answers: Answers::new(),
            unread: Vec::new(),
        })
    }

    /// What has come since the last time, in the order of the files.
    pub fn poll(&mut self) -> Vec<Sighting> {
        let mut found = Found::default();
        for source in self.sources() {
            if self.search.cancel.is_cancelled() {
                break;
            }
            let from = self.files.get(&source.path).copied().unwrap_or_default();
            match read(&source, from, &self.search, &mut found) {
                Ok(place) => drop(self.files.insert(source.path, place)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.say(&format!("{} ({error})", source.path.display())),
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

    fn sources(&mut self) -> Vec<Source> {
        let mut globs = self.globs.clone();
        globs.extend(logs::records(self.received.as_deref()));
        let found = source::find(&self.base, &globs);
        for (shown, why) in found.unread {
            self.say(&format!("{shown} ({why})"));
        }
        found.files
    }
}

/// Reads what is new in a file. One that has become shorter was replaced and is read anew; a
/// compressed one is read anew whenever it has changed.
fn read(source: &Source, from: Place, search: &Search, into: &mut Found) -> io::Result<Place> {
    let size = source.bytes;
    if size == from.size {
        return Ok(from);
    }
    if source.packing != Packing::Plain {
        lines(&mut BufReader::new(source.unpacked()?), search, into)?;
        return Ok(Place { read: size, size });
    }
    let mut file = File::open(&source.path)?;
    let start = if size < from.size { 0 } else { from.read };
    file.seek(SeekFrom::Start(start))?;
    let read = lines(&mut BufReader::with_capacity(1 << 18, file), search, into)?;
    Ok(Place { read: start + read, size })
}

/// Reads whole lines; answers with how many bytes they had. A last line without an end is looked at
/// too, and again when it has grown.
fn lines(reader: &mut impl BufRead, search: &Search, into: &mut Found) -> io::Result<u64> {
    let (mut line, mut done) = (Vec::new(), 0_u64);
    while !search.cancel.is_cancelled() {
        line.clear();
        let limit = LONGEST as u64;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut line)?;
        let is_whole = line.last() == Some(&b'\n');
        if !is_whole && read == LONGEST {
            // Too long to be an event: passed over to its end.
            done += read as u64 + skip(reader)?;
            continue;
        }
        if search.wanted.is_match(&line) {
            into.take(&line, &search.reading);
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

//! One log as a stream of bytes, whatever the file is called in which it stands.
//!
//! Kept by [`files`](super::files). A rotated log goes on in another file, a copied or packed one is
//! the same bytes again; so a stream is known by its beginning, by what stands before the place up
//! to which it was read, and by its inode. The rule it keeps: nothing is read twice and nothing is
//! left out, as far as the bytes can still be read.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};

use crate::events::blocks::{TAIL, fill};
use crate::events::source::{Packing, Source, identity, modified};
use crate::time::Timestamp;

/// A stream is known by so many of its first bytes.
const HEAD: usize = 256;

/// A deleted file is read to its end for so long: whoever writes may not have noticed.
const LET_GO_MS: i64 = 600_000;

/// A stream.
pub struct Stream {
    /// Where it stands now, or stood last.
    pub(super) source: Source,
    /// Whether the file at `source.path` is this stream's.
    pub(super) attached: bool,
    /// Up to where it was read, in unpacked bytes; a line begins there.
    pub(super) read: u64,
    pub(super) head: Vec<u8>,
    /// Where its last bytes that were read end, and they.
    pub(super) tail: (u64, Vec<u8>),
    /// Where blocks begin, and how many lines begin in each.
    pub(super) marks: Vec<(u64, u32)>,
    /// Why it could not be read to its end.
    pub(super) broken: Option<String>,
    /// When it grew last, by the time of the caller.
    pub(super) grew: Timestamp,
    /// Whether the rest of a line that is too long stands where it was read.
    pub(super) skipping: bool,
    /// Whether it was cut off just now, and may have been copied before.
    pub(super) lost: bool,
    /// Whether no pattern matches its file: a copy beside it, made before it was cut off.
    pub(super) beside: bool,
}

/// What a look at a stream's file came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing changed.
    Same,
    /// It may have grown.
    Grown,
    /// The file at its path is another one, or shorter, or none.
    Lost,
}

/// Whether a file holds a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// It does not.
    Not,
    /// All that was read of it, and maybe more.
    Whole,
    /// Its beginning: a copy that is being made.
    Begun,
}

/// What a file is to a stream that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// The stream goes on there: its own file is gone.
    Itself,
    /// A copy of its file.
    Copy,
    /// A copy that went a way of its own.
    Branch,
    /// The stream's own file changed just now; the next look tells.
    Unclear,
}

impl Stream {
    pub(super) fn new(source: Source, head: Vec<u8>, now: Timestamp) -> Self {
        Self {
            source,
            attached: true,
            read: 0,
            head,
            tail: (0, Vec::new()),
            marks: Vec::new(),
            broken: None,
            grew: now,
            skipping: false,
            lost: false,
            beside: false,
        }
    }

    /// Looks whether its file changed; takes note of the new size.
    pub(super) fn look(&mut self) -> Look {
        let metadata = match (self.attached, &self.source.held) {
            (true, _) => self.source.path.metadata(),
            (false, Some(held)) => held.metadata(),
            (false, None) => return Look::Same,
        };
        let Ok(metadata) = metadata else { return Look::Lost };
        if identity(&metadata) != self.source.id || self.is_cut(metadata.len()) {
            return Look::Lost;
        }
        let was = (self.source.bytes, self.source.modified);
        self.source.bytes = metadata.len();
        self.source.modified = modified(&metadata);
        let same = was == (self.source.bytes, self.source.modified);
        if same { Look::Same } else { Look::Grown }
    }

    /// Whether its file changed since it was looked at.
    pub(super) fn differs(&self) -> bool {
        let metadata = match (self.attached, &self.source.held) {
            (false, Some(held)) => held.metadata(),
            _ => self.source.path.metadata(),
        };
        let sign = |it: &Metadata| (identity(it), it.len(), modified(it));
        let own = (self.source.id, self.source.bytes, self.source.modified);
        metadata.map_or(self.attached, |metadata| sign(&metadata) != own)
    }

    /// Whether a file is the one in which it stands, by its inode.
    pub(super) fn is_at(&self, file: &Source) -> bool {
        file.id == self.source.id && file.packing == self.source.packing && !self.is_cut(file.bytes)
    }

    /// Whether it is not packed.
    pub(super) fn is_plain(&self) -> bool {
        self.source.packing == Packing::Plain
    }

    /// Whether a file of that size was cut off. A writer may take back half a line, as long as
    /// there is a whole one before it: else nothing shows that it is the same log.
    fn is_cut(&self, bytes: u64) -> bool {
        let least = if self.read == 0 { self.source.bytes } else { self.read };
        self.source.packing == Packing::Plain && bytes < least
    }

    /// Whether the bytes up to which it was read stand in a file.
    pub(super) fn agrees(&self, file: &Source) -> bool {
        let (end, tail) = &self.tail;
        matches!(bytes_before(file, *end, tail.len()), Ok(Some(there)) if there == *tail)
    }

    /// Takes note of the size of its file; whether it changed.
    pub(super) fn takes_note(&mut self, file: &Source) -> bool {
        let was = (self.source.bytes, self.source.modified);
        (self.source.bytes, self.source.modified) = (file.bytes, file.modified);
        was != (file.bytes, file.modified)
    }

    /// Lets go of a file that was deleted and to which nobody writes any more; whether half a line
    /// was left that will never be whole.
    pub(super) fn let_go(&mut self, now: Timestamp) -> bool {
        let Some(held) = &self.source.held else { return false };
        let deleted = held.metadata().is_ok_and(|metadata| metadata.nlink() == 0);
        if !self.attached && deleted && now.millis() - self.grew.millis() > LET_GO_MS {
            self.source.held = None;
            return self.read < self.source.bytes;
        }
        false
    }

    /// Whether a file holds this stream: it begins with the same bytes, and the same bytes stand
    /// before the place up to which it was read. A shorter file has to agree as far as it goes.
    pub(super) fn is_in(&self, other: &Source, head: &[u8]) -> Held {
        let shorter = head.len().min(self.head.len());
        if shorter == 0
            || head.get(..shorter) != self.head.get(..shorter)
            || head.iter().take(shorter).all(|byte| *byte == 0)
        {
            return Held::Not;
        }
        let (end, tail) = &self.tail;
        match bytes_before(other, *end, tail.len()) {
            Ok(Some(there)) if there == *tail => Held::Whole,
            // A copy that is being made is the same as far as it goes.
            Ok(None) => match last_bytes(other) {
                Ok((end, last)) if !last.is_empty() => {
                    match bytes_before(&self.source, end, last.len()) {
                        Ok(Some(there)) if there == last => Held::Begun,
                        _ => Held::Not,
                    }
                }
                _ => Held::Not,
            },
            _ => Held::Not,
        }
    }

    /// What a file is to it that holds it.
    pub(super) fn relation(&self, file: &Source, held: Held) -> Relation {
        if held != Held::Whole {
            return Relation::Copy;
        }
        if !self.attached {
            return Relation::Itself;
        }
        let own = self.source.path.metadata().map_or(0, |metadata| metadata.len());
        if !self.is_plain() || file.packing != Packing::Plain || own >= file.bytes {
            return Relation::Copy;
        }
        let first = head(&self.source).unwrap_or_default();
        let known = self.known_head();
        let is_own = !self.is_cut(own) && first.get(..known) == self.head.get(..known);
        if is_own && self.agrees(&self.source) { Relation::Branch } else { Relation::Unclear }
    }

    /// A stream that was the same up to here, and goes on in another file.
    pub(super) fn branch(&self, source: Source, head: Vec<u8>, now: Timestamp) -> Self {
        let (tail, marks) = (self.tail.clone(), self.marks.clone());
        Self { read: self.read, tail, marks, ..Self::new(source, head, now) }
    }

    /// Whether it goes on in its file, which has a new name.
    pub(super) fn goes_on_in(&self, file: &Source, head: &[u8]) -> bool {
        self.head.is_empty() || self.is_in(file, head) == Held::Whole
    }

    /// Forgets that the file of its name is its own. A file that was rotated away is held on to,
    /// one that was cut off is not.
    pub(super) fn detach(&mut self) {
        self.attached = false;
        let size = self.source.held.as_ref().and_then(|held| Some(held.metadata().ok()?.len()));
        match size {
            Some(size) if !self.is_cut(size) => {
                self.source.bytes = size;
                self.renew_head();
            }
            _ => self.cut_off(),
        }
    }

    /// Reads the first bytes again where there were too few, so that a copy is recognised.
    pub(super) fn renew_head(&mut self) {
        let _what_can_not_be_read_is_seen_when_it_is_read_on = self.refresh_head();
    }

    /// Takes note that other bytes stand where it was read.
    pub(super) fn cut_off(&mut self) {
        self.attached = false;
        self.lost = self.source.held.take().is_some();
    }

    /// Takes another file for its own, in which the same bytes stand.
    pub(super) fn attach(&mut self, other: Source) {
        let held = self.source.held.take().filter(|_| self.source.id == other.id);
        self.source = Source { held, roles: self.source.roles, ..other };
        self.attached = true;
        self.broken = None;
    }

    /// Takes note of what was read; `bytes` end at `end`.
    pub(super) fn note(&mut self, end: u64, bytes: &[u8]) {
        let (before, tail) = &mut self.tail;
        if *before + bytes.len() as u64 != end {
            tail.clear();
        }
        let from = bytes.len().saturating_sub(TAIL);
        tail.extend(bytes.get(from..).unwrap_or_default());
        tail.drain(..tail.len().saturating_sub(TAIL));
        *before = end;
    }

    /// How many of the first bytes must still be there: those that were read, or, where no line was
    /// whole yet, those that were seen.
    fn known_head(&self) -> usize {
        match usize::try_from(self.read).unwrap_or(HEAD) {
            0 => self.head.len(),
            read => read.min(self.head.len()),
        }
    }

    /// Reads the first bytes again where there were too few; whether they are the ones that were
    /// there, as far as they were read.
    pub(super) fn refresh_head(&mut self) -> io::Result<bool> {
        if self.head.len() >= HEAD && self.read >= HEAD as u64 {
            return Ok(true);
        }
        let head = head(&self.source)?;
        let known = self.known_head();
        let same = head.get(..known) == self.head.get(..known);
        if same {
            self.head = head;
        }
        Ok(same)
    }
}

/// The last bytes of a file's content, and where they end.
fn last_bytes(source: &Source) -> io::Result<(u64, Vec<u8>)> {
    if source.packing == Packing::Plain {
        let length = usize::try_from(source.bytes).unwrap_or(TAIL).min(TAIL);
        let bytes = bytes_before(source, source.bytes, length)?;
        return Ok((source.bytes, bytes.unwrap_or_default()));
    }
    let (mut unpacked, mut end, mut last) = (source.unpacked()?, 0, Vec::new());
    loop {
        let mut more = Vec::new();
        let read = fill(&mut unpacked, &mut more, 1 << 16);
        end += more.len() as u64;
        last.extend(more.iter().skip(more.len().saturating_sub(TAIL)));
        last.drain(..last.len().saturating_sub(TAIL));
        if read.is_err() || more.is_empty() {
            return Ok((end, last));
        }
    }
}

/// The first bytes of a file's content.
pub(super) fn head(source: &Source) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    let read = source.unpacked()?.take(HEAD as u64).read_to_end(&mut head);
    // A packed file that is being written ends too early.
    read.map(drop).or_else(|error| if head.is_empty() { Err(error) } else { Ok(()) })?;
    Ok(head)
}

/// The bytes of a file's content that end at an offset; `None` when it is shorter.
pub(super) fn bytes_before(
    source: &Source,
    end: u64,
    length: usize,
) -> io::Result<Option<Vec<u8>>> {
    let begin = end.saturating_sub(length as u64);
    let mut bytes = vec![0; length];
    if source.packing == Packing::Plain {
        return Ok(read_exactly(&*source.file()?, &mut bytes, begin)?.then_some(bytes));
    }
    let mut unpacked = source.unpacked()?;
    let skipped = io::copy(&mut unpacked.by_ref().take(begin), &mut io::sink());
    if skipped.unwrap_or(0) < begin {
        return Ok(None);
    }
    Ok(unpacked.read_exact(&mut bytes).is_ok().then_some(bytes))
}

/// Whether the file has all of these bytes.
fn read_exactly(file: &File, bytes: &mut [u8], at: u64) -> io::Result<bool> {
    match file.read_exact_at(bytes, at) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The file of a stream, held open.
pub(super) fn hold(source: &mut Source) {
    if source.held.is_none() && source.packing == Packing::Plain {
        source.held = source.file().ok();
    }
}

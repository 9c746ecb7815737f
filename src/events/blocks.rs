//! Reads the lines of many files on all cores, block by block.
//!
//! Called by checks with a function that makes one reader per thread. Plain files are cut into
//! blocks, each read by whichever thread is free; packed ones are unpacked by one thread and their
//! blocks read by all. The rules it keeps: a line belongs to the block in which it begins, so that
//! each is read exactly once; every line has a [`Place`] by which it is found again; a line that is
//! too long is counted and left out, so that memory is bounded by the number of threads; zero bytes
//! end a line, since no log has them but where a writer lost its place.

use std::fs::File;
use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use super::schedule::{Job, Schedule};
use super::source::{From, Source};
use crate::scan::Watch;

/// A longer line is counted and left out.
pub const LONGEST_LINE: usize = 1 << 20;

/// So many of the last bytes of a packed file are handed back: a whole event, since the ends of two
/// may be the same.
pub(super) const TAIL: usize = 1024;

/// More threads than this would only take memory.
const MOST_THREADS: usize = 8;

/// How the work is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many threads read.
    pub threads: usize,
    /// How much is read at once.
    pub block: usize,
    /// A longer line is counted and left out.
    pub longest_line: usize,
}

impl Default for Cut {
    /// One thread for each core, up to eight, and blocks of 1 MiB.
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
        Self { threads, block: 1 << 20, longest_line: LONGEST_LINE }
    }
}

/// Where a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, by its place among the sources.
    pub file: u32,
    /// The offset of the line's first byte in the unpacked content.
    pub offset: u64,
    /// How many lines begin before it in the same block.
    pub within: u32,
}

/// One line of a log, without its end.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// What is on it.
    pub bytes: &'a [u8],
    /// Where it is.
    pub place: Place,
    /// Whether a line break ends it; the last line of a log may be half-written.
    pub ended: bool,
}

/// What was read, for counts and line numbers.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// For each file, the offset of every block and how many lines begin in it.
    blocks: Vec<Vec<(u64, u32)>>,
    /// Lines, empty ones included.
    pub lines: u64,
    /// Unpacked bytes.
    pub bytes: u64,
    /// Lines that were left out because they are too long.
    pub too_long: u64,
    /// The first of them.
    pub first_too_long: Option<Place>,
    /// Files that could not be read to their end, and why.
    pub broken: Vec<(usize, String)>,
    /// Of each packed file how long it is unpacked, as far as it could be, and its last bytes.
    pub unpacked: Vec<(usize, u64, Vec<u8>)>,
    /// Whether it ended early because it was told to.
    pub stopped: bool,
}

impl Passed {
    /// The offset of every block of a file, and how many lines begin in it.
    pub(super) fn blocks(&mut self, file: usize) -> Vec<(u64, u32)> {
        self.blocks.get_mut(file).map(std::mem::take).unwrap_or_default()
    }

    /// The number of the line at that place, from 1.
    #[must_use]
    pub fn number(&self, place: Place) -> u64 {
        let blocks = self.blocks.get(place.file as usize).map_or(&[][..], Vec::as_slice);
        let before = blocks.iter().take_while(|(begin, _)| *begin <= place.offset).count();
        let before = blocks.iter().take(before.saturating_sub(1));
        before.map(|(_, lines)| u64::from(*lines)).sum::<u64>() + u64::from(place.within) + 1
    }

    fn add(&mut self, other: Self) {
        for (own, more) in self.blocks.iter_mut().zip(other.blocks) {
            own.extend(more);
        }
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.too_long += other.too_long;
        self.first_too_long =
            [self.first_too_long, other.first_too_long].into_iter().flatten().min();
        self.broken.extend(other.broken);
        self.unpacked.extend(other.unpacked);
        self.stopped |= other.stopped;
    }
}

/// Reads every line of the files with one reader per thread; hands back the readers.
pub fn read<R: FnMut(Line<'_>) + Send>(
    sources: &[Source],
    cut: Cut,
    make: impl Fn() -> R + Sync,
    watch: &Watch,
) -> (Vec<R>, Passed) {
    let schedule = Schedule::new(sources, cut);
    let mut passed = Passed { blocks: vec![Vec::new(); sources.len()], ..Passed::default() };
    let mut readers = Vec::new();
    thread::scope(|scope| {
        let work = || {
            let mut worker = Worker::new(sources, &schedule, cut, watch, make());
            worker.work();
            (worker.reader, worker.passed)
        };
        let others: Vec<_> = (1..cut.threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        let others = others.into_iter().filter_map(|thread| thread.join().ok());
        for (reader, part) in std::iter::once(own).chain(others) {
            readers.push(reader);
            passed.add(part);
        }
    });
    // A thread that broke takes its counts with it: nothing may be concluded from the rest.
    passed.stopped |= watch.stopped() || readers.len() < cut.threads.max(1);
    for blocks in &mut passed.blocks {
        blocks.sort_unstable();
    }
    passed.broken.sort();
    (readers, passed)
}

struct Worker<'a, R> {
    sources: &'a [Source],
    schedule: &'a Schedule<'a>,
    cut: Cut,
    watch: &'a Watch,
    reader: R,
    passed: Passed,
    buffer: Vec<u8>,
    open: Option<(usize, Arc<File>)>,
}

impl<'a, R: FnMut(Line<'_>)> Worker<'a, R> {
    fn new(
        sources: &'a [Source],
        schedule: &'a Schedule<'a>,
        cut: Cut,
        watch: &'a Watch,
        reader: R,
    ) -> Self {
        let passed = Passed { blocks: vec![Vec::new(); sources.len()], ..Passed::default() };
        Self { sources, schedule, cut, watch, reader, passed, buffer: Vec::new(), open: None }
    }

    fn work(&mut self) {
        while let Some(job) = self.schedule.next() {
            if self.watch.stopped() {
                self.schedule.stop();
            }
            match job {
                Job::Piece { file, begin, end } => {
                    if let Err(error) = self.piece(file, begin, end) {
                        self.passed.broken.push((file, error.to_string()));
                    }
                }
                Job::Block { file, begin, bytes } => self.lines(file, begin, &bytes, true),
                Job::Packed { file } => {
                    if let Err(error) = self.packed(file) {
                        self.passed.broken.push((file, error.to_string()));
                    }
                    self.schedule.unpacked();
                }
            }
        }
    }

    /// Reads the lines that begin between two offsets of a plain file.
    fn piece(&mut self, file: usize, begin: u64, end: u64) -> io::Result<()> {
        let Some(source) = self.sources.get(file) else { return Ok(()) };
        if self.open.as_ref().is_none_or(|(open, _)| *open != file) {
            self.open = Some((file, source.file()?));
        }
        let Some((_, open)) = &self.open else { return Ok(()) };
        // The byte before tells whether a line begins at `begin`.
        let from = begin.saturating_sub(1);
        let mut open = From { file: Arc::clone(open), offset: from };
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        fill(&mut open, &mut buffer, end - from)?;
        let first = match begin {
            0 => Some(0),
            _ => memchr::memchr2(b'\n', 0, &buffer).map(|at| at + 1),
        };
        let whole = end - from;
        let read = buffer.len() as u64;
        if first.is_some_and(|first| (first as u64) < whole) {
            // The last line goes on behind the block.
            while !matches!(buffer.last(), Some(b'\n' | 0))
                && buffer.len() < self.cut.block + self.cut.longest_line + 2
                && from + (buffer.len() as u64) < source.bytes
            {
                let left = source.bytes - from - buffer.len() as u64;
                let before = buffer.len();
                fill(&mut open, &mut buffer, left.min(64 * 1024))?;
                let more = buffer.get(before..).unwrap_or_default();
                if more.is_empty() {
                    break;
                }
                if let Some(at) = memchr::memchr2(b'\n', 0, more) {
                    buffer.truncate(before + at + 1);
                }
            }
        }
        let own = first.and_then(|first| Some((first, buffer.get(first..)?)));
        match own.filter(|(first, _)| (*first as u64) < whole) {
            // A block's place in the table is its own, even when its first line begins later.
            Some((first, lines)) => self.numbered(file, begin, from + first as u64, lines),
            None => self.table(file, begin, 0),
        }
        self.count(read);
        self.buffer = buffer;
        Ok(())
    }

    /// Unpacks a file and hands its blocks to whoever is free.
    fn packed(&mut self, file: usize) -> io::Result<()> {
        let Some(source) = self.sources.get(file) else { return Ok(()) };
        let mut unpacked = source.unpacked()?;
        let mut rest: Vec<u8> = Vec::new();
        let mut begin = 0_u64;
        let mut skipping = false;
        let mut last: Vec<u8> = Vec::new();
        loop {
            let mut bytes = std::mem::take(&mut rest);
            let had = bytes.len();
            let ended = fill(&mut unpacked, &mut bytes, self.cut.block as u64);
            let at_end = bytes.len() < had + self.cut.block;
            let total = begin + bytes.len() as u64;
            last.extend(bytes.iter().skip(had.max(bytes.len().saturating_sub(TAIL))));
            last.drain(..last.len().saturating_sub(TAIL));
            if at_end || self.watch.stopped() {
                self.passed.unpacked.push((file, total, std::mem::take(&mut last)));
            }
            if skipping {
                // The rest of a line that is too long.
                let end = memchr::memchr2(b'\n', 0, &bytes).map_or(bytes.len(), |at| at + 1);
                skipping = end == bytes.len() && !matches!(bytes.last(), Some(b'\n' | 0));
                bytes.drain(..end);
                begin += end as u64;
            }
            let cut = match memchr::memrchr2(b'\n', 0, &bytes) {
                _ if at_end => bytes.len(),
                Some(at) => at + 1,
                None => 0,
            };
            rest = bytes.split_off(cut);
            let length = bytes.len() as u64;
            if !bytes.is_empty() {
                self.hand(Job::Block { file, begin, bytes });
            }
            begin += length;
            if rest.len() > self.cut.longest_line {
                self.table(file, begin, 1);
                self.too_long(Place { file: file as u32, offset: begin, within: 0 });
                begin += rest.len() as u64;
                rest = Vec::new();
                skipping = true;
            }
            ended?;
            if at_end || self.watch.stopped() {
                return Ok(());
            }
        }
    }

    fn hand(&mut self, block: Job) {
        if let Some(Job::Block { file, begin, bytes }) = self.schedule.offer(block) {
            self.lines(file, begin, &bytes, true);
        }
    }

    fn lines(&mut self, file: usize, begin: u64, bytes: &[u8], counts: bool) {
        self.numbered(file, begin, begin, bytes);
        if counts {
            self.count(bytes.len() as u64);
        }
    }

    fn count(&mut self, bytes: u64) {
        self.passed.bytes += bytes;
        self.watch.advance(bytes, bytes);
    }

    fn table(&mut self, file: usize, begin: u64, lines: u32) {
        if let Some(blocks) = self.passed.blocks.get_mut(file) {
            blocks.push((begin, lines));
        }
        self.passed.lines += u64::from(lines);
    }

    fn too_long(&mut self, place: Place) {
        self.passed.too_long += 1;
        let first = self.passed.first_too_long.get_or_insert(place);
        *first = place.min(*first);
    }

    /// Hands over each line of `bytes`, which begin at `offset` in the block that begins at `block`.
    fn numbered(&mut self, file: usize, block: u64, offset: u64, bytes: &[u8]) {
        let longest = self.cut.longest_line;
        let (reader, mut long) = (&mut self.reader, Vec::new());
        let lines = each_line(file as u32, offset, bytes, longest, |line| match line {
            Ok(line) => reader(line),
            Err(place) => long.push(place),
        });
        long.into_iter().for_each(|place| self.too_long(place));
        self.table(file, block, lines);
    }
}

/// Hands over each line of a part of a file, or the place of one that is too long; how many lines
/// begin there. A line break ends a line, and zero bytes do: they are no line of their own, but
/// what a writer leaves out when a full disk or a truncation made it lose its place.
pub(super) fn each_line(
    file: u32,
    offset: u64,
    bytes: &[u8],
    longest: usize,
    mut take: impl FnMut(Result<Line<'_>, Place>),
) -> u32 {
    let mut within = 0;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let end = memchr::memchr2(b'\n', 0, rest);
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let place = Place { file, offset: offset + at as u64, within };
        at += line.len() + 1;
        if end.is_some_and(|end| rest.get(end) == Some(&0)) {
            at += rest.iter().skip(line.len() + 1).take_while(|byte| **byte == 0).count();
        } else {
            within += 1;
        }
        if line.len() > longest {
            take(Err(place));
            continue;
        }
        let line = match place.offset {
            0 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line),
            _ => line,
        };
        let line = line.trim_ascii();
        if !line.is_empty() {
            take(Ok(Line { bytes: line, place, ended: end.is_some() }));
        }
    }
    within
}

/// Appends up to `length` bytes, fewer only at the end. What was read before an error stays.
pub(super) fn fill(from: &mut impl Read, into: &mut Vec<u8>, length: u64) -> io::Result<()> {
    into.reserve(usize::try_from(length).unwrap_or_default());
    from.take(length).read_to_end(into).map(drop)
}

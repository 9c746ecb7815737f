//! Reads streams: new ones on all cores, those that were read before from where they were left.
//!
//! Called by [`feed`](super) for every pass. The rules it keeps: the end of a file that may go on is
//! left for the next pass; a file whose bytes changed under it is told from one that grew.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use super::gather::taken;
use super::sink::Sink;
use super::stream::{Stream, bytes_before};
use super::teller::{Rest, Teller, Telling};
use crate::events::blocks::{self, Cut, Line, Passed, each_line, fill};
use crate::events::source::{From, Packing, Source};
use crate::scan::Watch;
use crate::time::Timestamp;
use crate::week::Spot;

/// So much is read at once from a stream that goes on.
const CHUNK: usize = 256 * 1024;

/// A mark is made at least so far behind the one before.
const MARK: u64 = 1 << 20;

/// How a stream went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Went {
    /// Nothing was new.
    Nowhere,
    /// Lines were read.
    On,
    /// Other bytes stand where it was read: it was cut off and written anew.
    Away,
}

/// A reader that is handed back when its thread is done.
struct Lent<'t, 'a, S: Sink> {
    teller: Option<Teller<'a, S>>,
    back: &'t Mutex<Vec<Teller<'a, S>>>,
}

impl<S: Sink> Drop for Lent<'_, '_, S> {
    fn drop(&mut self) {
        let mut back = self.back.lock().unwrap_or_else(PoisonError::into_inner);
        back.extend(self.teller.take());
    }
}

/// Reads whole streams on all cores; hands back the readers and what was read.
pub(super) fn whole<'a, S: Sink>(
    streams: &mut [Stream],
    new: &[usize],
    cut: Cut,
    telling: &'a Telling<'a>,
    sinks: &Mutex<Vec<S>>,
    watch: &Watch,
) -> (Vec<Teller<'a, S>>, Passed) {
    let of = |index: &usize| streams.get(*index).map(|stream| stream.source.clone());
    let sources: Vec<Source> = new.iter().filter_map(of).collect();
    let back = Mutex::new(Vec::new());
    let make = || {
        let teller = Some(Teller::new(telling, taken(sinks)));
        let mut lent = Lent { teller, back: &back };
        let sources = &sources;
        move |line: Line<'_>| {
            let file = line.place.file as usize;
            let (Some(source), Some(number)) = (sources.get(file), new.get(file)) else { return };
            if let Some(teller) = &mut lent.teller {
                teller.line(&line, source.roles, number_of(*number));
            }
        }
    };
    let (readers, mut passed) = blocks::read(&sources, cut, make, watch);
    drop(readers);
    let mut tellers = back.into_inner().unwrap_or_else(PoisonError::into_inner);
    let rests: Vec<Rest> =
        tellers.iter_mut().flat_map(|teller| std::mem::take(&mut teller.rests)).collect();
    for (file, index) in new.iter().enumerate() {
        let Some(stream) = streams.get_mut(*index) else { continue };
        let rest = rests.iter().find(|rest| rest.file as usize == file);
        if let Some(teller) = tellers.first_mut() {
            stream.was_read(file, *index, &mut passed, rest, teller);
        }
    }
    (tellers, passed)
}

/// The number of a stream, as it stands in places.
pub(super) fn number_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Stream {
    /// Takes note of what the first reading came to.
    fn was_read<S: Sink>(
        &mut self,
        file: usize,
        index: usize,
        passed: &mut Passed,
        rest: Option<&Rest>,
        teller: &mut Teller<'_, S>,
    ) {
        self.marks = passed.blocks(file);
        self.broken =
            passed.broken.iter().find(|(broken, _)| *broken == file).map(|(_, why)| why.clone());
        let unpacked = passed.unpacked.iter().find(|(unpacked, ..)| *unpacked == file);
        let end = unpacked.map_or(self.source.bytes, |(_, end, _)| *end);
        self.read = end;
        if let Some(rest) = rest {
            let spot = Spot { file: number_of(index), offset: rest.offset };
            if self.is_final() && self.broken.is_none() {
                teller.take(&rest.bytes, self.source.roles, spot);
            } else {
                if !teller.take_rest(&rest.bytes, self.source.roles, spot) {
                    self.read = rest.offset;
                }
                // It is counted again when its line break comes.
                let last = self.marks.iter_mut().rev().find(|(_, lines)| *lines > 0);
                last.into_iter().for_each(|(_, lines)| *lines -= 1);
            }
        }
        match unpacked {
            Some((_, end, tail)) if *end == self.read => self.note(*end, tail),
            _ => self.note_again(),
        }
        let torn = !matches!(self.tail.1.last(), None | Some(b'\n' | 0));
        self.skipping = torn && rest.is_none() && passed.too_long > 0;
    }

    /// Whether nothing can come behind its end.
    fn is_final(&self) -> bool {
        self.source.packing != Packing::Plain
    }

    /// Reads again what stands before the place up to which it was read.
    fn note_again(&mut self) {
        let length = usize::try_from(self.read).unwrap_or(blocks::TAIL).min(blocks::TAIL);
        match bytes_before(&self.source, self.read, length) {
            Ok(Some(tail)) => self.note(self.read, &tail),
            _ => self.tail = (0, Vec::new()),
        }
    }

    /// Reads what came since.
    pub(super) fn read_on<S: Sink>(
        &mut self,
        index: usize,
        longest: usize,
        now: Timestamp,
        teller: &mut Teller<'_, S>,
        watch: &Watch,
    ) -> io::Result<(Went, u64)> {
        let (end, tail) = &self.tail;
        match bytes_before(&self.source, *end, tail.len())? {
            Some(there) if there == *tail && self.refresh_head()? => {}
            _ => return Ok((Went::Away, 0)),
        }
        let mut from: Box<dyn Read> = match self.source.packing {
            Packing::Plain => Box::new(From { file: self.source.file()?, offset: self.read }),
            Packing::Gzip | Packing::Zstd => {
                let mut unpacked = self.source.unpacked()?;
                io::copy(&mut unpacked.by_ref().take(self.read), &mut io::sink())?;
                unpacked
            }
        };
        let mut reading =
            Onward { number: number_of(index), longest, skipping: self.skipping, stream: self };
        let read = reading.all(&mut *from, teller, watch);
        self.broken = read.as_ref().err().map(ToString::to_string);
        let bytes = read.unwrap_or(0);
        if bytes > 0 {
            self.grew = now;
        }
        Ok((if bytes > 0 { Went::On } else { Went::Nowhere }, bytes))
    }

    /// Counts the line breaks of a part that was read.
    fn mark(&mut self, begin: u64, bytes: &[u8]) {
        let lines = u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX);
        match self.marks.last_mut() {
            Some((last, count)) if begin - (*last).min(begin) < MARK => *count += lines,
            _ => self.marks.push((begin, lines)),
        }
    }
}

/// The reading of what came since.
struct Onward<'a> {
    stream: &'a mut Stream,
    number: u32,
    longest: usize,
    skipping: bool,
}

impl Onward<'_> {
    /// Reads to the end; how many bytes lie behind us now.
    fn all<S: Sink>(
        &mut self,
        from: &mut dyn Read,
        teller: &mut Teller<'_, S>,
        watch: &Watch,
    ) -> io::Result<u64> {
        let began = self.stream.read;
        let mut from = from;
        let mut rest: Vec<u8> = Vec::new();
        let ended = loop {
            let had = rest.len();
            let filled = fill(&mut from, &mut rest, CHUNK as u64);
            let more = rest.len() > had;
            self.whole_lines(&mut rest, teller);
            if filled.is_err() || !more || watch.stopped() {
                break filled;
            }
        };
        self.end(&rest, ended.is_ok(), teller);
        self.stream.skipping = self.skipping;
        let bytes = self.stream.read - began;
        watch.advance(bytes, bytes);
        ended.map(|()| bytes)
    }

    fn whole_lines<S: Sink>(&mut self, rest: &mut Vec<u8>, teller: &mut Teller<'_, S>) {
        let whole = memchr::memrchr2(b'\n', 0, rest).map_or(0, |at| at + 1);
        let (mut lines, left) = rest.split_at_checked(whole).unwrap_or((rest, &[]));
        let too_long = left.len() > self.longest;
        if self.skipping && !lines.is_empty() {
            // The end of a line that was too long.
            let end = memchr::memchr2(b'\n', 0, lines).map_or(lines.len(), |at| at + 1);
            let (skipped, others) = lines.split_at_checked(end).unwrap_or((lines, &[]));
            self.consume(skipped);
            lines = others;
            self.skipping = false;
        }
        let (roles, number) = (self.stream.source.roles, self.number);
        each_line(number, self.stream.read, lines, self.longest, |line| match line {
            Ok(line) => {
                teller.take(line.bytes, roles, Spot { file: number, offset: line.place.offset });
            }
            Err(_) => teller.counts.too_long += 1,
        });
        self.consume(lines);
        if too_long || self.skipping {
            teller.counts.too_long += u64::from(!self.skipping);
            self.skipping = true;
            self.consume(left);
            rest.clear();
        } else {
            rest.drain(..whole);
        }
    }

    fn consume(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let begin = self.stream.read;
        self.stream.mark(begin, bytes);
        self.stream.read += bytes.len() as u64;
        self.stream.note(self.stream.read, bytes);
    }

    /// The end that no line break ends waits for its rest, unless it is surely whole.
    fn end<S: Sink>(&mut self, rest: &[u8], ended: bool, teller: &mut Teller<'_, S>) {
        let line = rest.trim_ascii();
        let offset = self.stream.read;
        let spot = Spot { file: self.number, offset };
        let roles = self.stream.source.roles;
        if line.is_empty() {
            return;
        }
        if self.stream.is_final() && ended {
            teller.take(line, roles, spot);
            self.consume(rest);
        } else if teller.take_rest(line, roles, spot) {
            self.consume(rest);
        }
    }
}

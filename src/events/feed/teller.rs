//! One thread's reader of lines: what a line tells goes where it belongs, and is counted.
//!
//! Made once for each thread that reads. Hits and errors go to the thread's own boards at once;
//! what lines say of events is put away to be grouped. The rule it keeps: nothing of a line stays
//! here but hashes, numbers and times.

use std::sync::{Arc, Mutex};

use super::asking::{Asked, ask};
use super::heard::{Half, Heard};
use super::sink::Sink;
use crate::events::blocks::Line;
use crate::events::sample::{EventLine, Reading, Room, Told, TroubleLine};
use crate::events::source::{Role, Roles};
use crate::events::spill::{Spill, Writer};
use crate::time::Timestamp;
use crate::week::picture::{Between, Covers};
use crate::week::{Answer, Hit, Spot, Trouble, Words};

/// The kind of a line is told by its first bytes.
const KIND: usize = 8;

/// Shared by all readers of one pass.
pub struct Telling<'a> {
    pub(super) reading: &'a Reading,
    pub(super) words: Arc<Mutex<Words>>,
    pub(super) seed: u64,
    /// A line that is dated later is not used.
    pub(super) latest: Timestamp,
    /// Whether it is not used because somebody looks at the past, and so is nothing odd.
    pub(super) past: bool,
    pub(super) heard: &'a Spill,
    pub(super) halves: &'a Spill,
}

/// What is counted, as [`picture::Reading`](crate::week::picture::Reading) explains it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub(super) lines: u64,
    pub(super) understood: u64,
    pub(super) garbage: u64,
    pub(super) too_long: u64,
    pub(super) undated: u64,
    pub(super) test: u64,
    pub(super) forged: u64,
    pub(super) answers: bool,
    pub(super) newest: Option<Timestamp>,
    pub(super) oldest: Option<Timestamp>,
    pub(super) covers: Covers,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.understood += other.understood;
        self.garbage += other.garbage;
        self.too_long += other.too_long;
        self.undated += other.undated;
        self.test += other.test;
        self.forged += other.forged;
        self.answers |= other.answers;
        self.newest = self.newest.max(other.newest);
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
        self.covers.add(other.covers);
    }

    fn dated(&mut self, at: Timestamp, roles: Roles) {
        self.newest = self.newest.max(Some(at));
        self.oldest = self.oldest.map_or(Some(at), |oldest| Some(oldest.min(at)));
        for (role, covered) in [
            (Role::Events, &mut self.covers.events),
            (Role::Requests, &mut self.covers.requests),
            (Role::Application, &mut self.covers.application),
        ] {
            if roles.has(role) {
                *covered = Some(Between::with(*covered, at));
            }
        }
    }
}

/// The end of a file that no line break ends.
#[derive(Debug)]
pub struct Rest {
    pub(super) file: u32,
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
}

/// One thread's reader.
pub struct Teller<'a, S> {
    telling: &'a Telling<'a>,
    room: Room,
    /// What the log is of that is being read.
    roles: Roles,
    pub(super) sink: S,
    heard: Writer<'a>,
    halves: Writer<'a>,
    pub(super) counts: Counts,
    pub(super) rests: Vec<Rest>,
}

impl<'a, S: Sink> Teller<'a, S> {
    pub(super) fn new(telling: &'a Telling<'a>, sink: S) -> Self {
        Self {
            telling,
            room: Room::new(Arc::clone(&telling.words), telling.seed),
            roles: Roles::of(Role::Events),
            sink,
            heard: telling.heard.writer(),
            halves: telling.halves.writer(),
            counts: Counts::default(),
            rests: Vec::new(),
        }
    }

    /// Takes a line of a file; the end of the file, where no line break ends it, is put aside.
    pub(super) fn line(&mut self, line: &Line<'_>, roles: Roles, number: u32) {
        let Line { bytes, place, ended } = *line;
        if ended {
            self.take(bytes, roles, Spot { file: number, offset: place.offset });
        } else {
            self.rests.push(Rest { file: place.file, offset: place.offset, bytes: bytes.into() });
        }
    }

    /// Takes a line that is whole.
    pub(super) fn take(&mut self, bytes: &[u8], roles: Roles, spot: Spot) {
        self.counts.lines += 1;
        self.roles = roles;
        let asked = ask(bytes, roles, self.telling.reading, &mut self.room);
        self.asked(asked, bytes, spot);
        if asked.told == Told::Garbage {
            self.glued(bytes, roles, spot);
        }
    }

    /// Takes the end of a file, if it is surely whole: a JSON object can not go on. Whether it was.
    pub(super) fn take_rest(&mut self, bytes: &[u8], roles: Roles, spot: Spot) -> bool {
        if !bytes.starts_with(b"{") {
            return false;
        }
        let asked = ask(bytes, roles, self.telling.reading, &mut self.room);
        if asked.told == Told::Garbage {
            return false;
        }
        self.counts.lines += 1;
        self.roles = roles;
        self.asked(asked, bytes, spot);
        true
    }

    /// A writer whose disk was full leaves half a line, and goes on behind it with a whole one.
    fn glued(&mut self, bytes: &[u8], roles: Roles, spot: Spot) {
        let Some(kind) = bytes.get(..KIND).filter(|kind| kind.starts_with(b"{\"")) else { return };
        let Some(at) = memchr::memmem::rfind(bytes, kind).filter(|at| *at > 0) else { return };
        let Some(last) = bytes.get(at..) else { return };
        let asked = ask(last, roles, self.telling.reading, &mut self.room);
        if asked.told != Told::Garbage {
            let offset = spot.offset + at as u64;
            self.asked(asked, last, Spot { offset, ..spot });
        }
    }

    /// The errors beside what is told are of the same line, which is understood once.
    fn asked(&mut self, Asked { told, beside }: Asked, bytes: &[u8], spot: Spot) {
        self.told(told, bytes, spot);
        for told in beside.into_iter().flatten() {
            if let Told::Trouble(line) = told
                && line.at <= self.telling.latest
            {
                self.sink.trouble(&trouble(line, spot));
            }
        }
    }

    fn told(&mut self, told: Told, bytes: &[u8], spot: Spot) {
        match told {
            Told::Event(line) => self.event(&line, bytes, spot),
            Told::Answered { record, at, status, ms, resent: false } => {
                if at.is_none_or(|at| self.counts(at)) {
                    self.counts.answers = true;
                    self.counts.understood += u64::from(at.is_none());
                    self.halves.push(&Half::Answered { record, at, status, ms });
                }
            }
            Told::Hit { at, status, ms } => {
                if self.counts(at) {
                    self.counts.answers = true;
                    self.sink.hit(&Hit { at, status, ms, spot });
                }
            }
            Told::Trouble(line) => {
                if self.counts(line.at) {
                    self.sink.trouble(&trouble(line, spot));
                }
            }
            Told::Answered { resent: true, at, .. } | Told::Nothing(at) => self.nothing(at),
            Told::Undated => self.counts.undated += 1,
            Told::Garbage => self.counts.garbage += 1,
        }
    }

    fn nothing(&mut self, at: Option<Timestamp>) {
        if let Some(at) = at.filter(|at| *at <= self.telling.latest) {
            self.counts.dated(at, self.roles);
        }
    }

    fn event(&mut self, line: &EventLine, bytes: &[u8], spot: Spot) {
        let Some(at) = line.received.or(line.created) else {
            self.counts.undated += 1;
            return;
        };
        if at > self.telling.latest {
            self.counts.undated += u64::from(!self.telling.past);
        } else if line.forged {
            self.counts.forged += 1;
            self.counts.dated(at, self.roles);
        } else if line.test {
            self.counts.test += 1;
            self.counts.dated(at, self.roles);
        } else if self.counts(at) {
            let id = line.id.unwrap_or_else(|| self.room.key(bytes));
            let heard = Heard::of(line, id, at, spot);
            let answered = matches!(line.answer, Answer::Status { .. });
            match line.record.filter(|_| !answered) {
                Some(record) => self.halves.push(&Half::Came(record, heard)),
                None => {
                    self.counts.answers |= line.answer != Answer::Unsaid;
                    self.heard.push(&heard);
                }
            }
        }
    }

    /// Whether a line that is understood counts by its time; if so, it is counted.
    fn counts(&mut self, at: Timestamp) -> bool {
        let counts = at <= self.telling.latest;
        if counts {
            self.counts.understood += 1;
            self.counts.dated(at, self.roles);
        } else {
            self.counts.undated += u64::from(!self.telling.past);
        }
        counts
    }

    /// Hands in what was put away.
    pub(super) fn finish(self) -> std::io::Result<(S, Counts)> {
        self.heard.finish()?;
        self.halves.finish()?;
        Ok((self.sink, self.counts))
    }
}

fn trouble(line: TroubleLine, spot: Spot) -> Trouble {
    let TroubleLine { at, side, code, status, request, external, resource } = line;
    Trouble { at, side, code, status, request, external, resource, spot }
}

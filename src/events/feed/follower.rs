//! Everything that is known from the logs, and how it is brought up to date.
//!
//! Used by [`Feed`](super::Feed) with the boards, and by tests with a sink that writes down what it
//! gets. The rule it keeps: a pass that fails or is stopped leaves nothing behind, so that what is
//! known is always of whole passes.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::describe::describe;
use super::files::{Files, ToRead};
use super::gather::{Gathering, gather, taken};
use super::memory::Memory;
use super::pass::{self, Went};
use super::sink::Sink;
use super::teller::{Counts, Teller, Telling};
use super::{LogSet, Quoted, quoting};
use crate::events::blocks::{Cut, Passed};
use crate::events::spill::Spill;
use crate::scan::Watch;
use crate::time::Timestamp;
use crate::week::picture::Reading;
use crate::week::{Spot, Words};

/// A line that is dated further ahead is not used.
const AHEAD: Duration = Duration::from_secs(600);

/// So many bytes of what lines say are kept in memory before a file is used, twice.
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// A file that turns out to be another one is looked at again, so often in one pass.
const MOST_ROUNDS: usize = 8;

/// The logs, and what a sink was told of them.
pub struct Follower<S> {
    set: LogSet,
    /// What is dated later does not count.
    until: Option<Timestamp>,
    cut: Cut,
    files: Files,
    words: Arc<Mutex<Words>>,
    seed: u64,
    memory: Memory,
    sink: S,
    counts: Counts,
    bytes: u64,
    repeated: i64,
    reading: Reading,
}

impl<S: Sink> Follower<S> {
    /// A follower that has read nothing yet.
    #[must_use]
    pub fn new(set: LogSet) -> Self {
        Self::cut(set, Cut::default())
    }

    /// A follower whose work is cut in a certain way.
    #[must_use]
    pub fn cut(set: LogSet, cut: Cut) -> Self {
        Self {
            files: Files::new(&set.base, &set.globs),
            set,
            until: None,
            cut,
            words: Arc::default(),
            seed: RandomState::new().hash_one(0),
            memory: Memory::default(),
            sink: S::default(),
            counts: Counts::default(),
            bytes: 0,
            repeated: 0,
            reading: Reading::default(),
        }
    }

    /// Reads what is new; whether anything changed. `moved`: somebody saw a file come or go.
    ///
    /// # Errors
    /// When facts found no room in the folder for temporary files.
    pub fn catch_up(&mut self, now: Timestamp, moved: bool, watch: &Watch) -> io::Result<bool> {
        let mut to_read = self.files.look(now, moved);
        let mut changed = false;
        for _ in 0..MOST_ROUNDS {
            self.counts.garbage += to_read.left_half;
            changed |= to_read.left_half > 0;
            let round = self.round(&to_read, now, watch);
            if round.is_err() || watch.stopped() {
                *self = Self { until: self.until, ..Self::cut(self.set.clone(), self.cut) };
                return round.map(|_| false);
            }
            let (read, away) = round?;
            changed |= read;
            if !away && !to_read.put_off {
                break;
            }
            to_read = ToRead::default();
            self.files.find(now, &mut to_read);
        }
        let of_all = (self.bytes, self.repeated, self.memory.full);
        let reading = describe(&self.set, &self.files, &self.counts, of_all);
        changed |= reading != self.reading;
        self.reading = reading;
        Ok(changed)
    }

    /// One reading of what there is; whether lines were read, and whether a file turned out to be
    /// another one.
    fn round(
        &mut self,
        to_read: &ToRead,
        now: Timestamp,
        watch: &Watch,
    ) -> io::Result<(bool, bool)> {
        if to_read.new.is_empty() && to_read.grown.is_empty() {
            return Ok((false, false));
        }
        let (heard, halves) = (Spill::with_memory(IN_MEMORY), Spill::with_memory(IN_MEMORY));
        let sinks = Mutex::new(vec![std::mem::take(&mut self.sink)]);
        let telling = Telling {
            reading: &self.set.reading,
            words: Arc::clone(&self.words),
            seed: self.seed,
            latest: self.until.unwrap_or_else(|| now.plus(AHEAD)),
            past: self.until.is_some(),
            heard: &heard,
            halves: &halves,
        };
        let (mut tellers, passed) = match to_read.new.as_slice() {
            [] => (vec![Teller::new(&telling, taken(&sinks))], Passed::default()),
            new => {
                let sizes = new.iter().filter_map(|index| self.files.streams.get(*index));
                let total = sizes.map(|stream| stream.source.bytes).sum();
                watch.begin("reading the logs", Some(total), "bytes");
                pass::whole(&mut self.files.streams, new, self.cut, &telling, &sinks, watch)
            }
        };
        if passed.stopped && !watch.stopped() {
            return Err(io::Error::other("a thread that reads the logs broke"));
        }
        let (mut bytes, mut away) = (passed.bytes, false);
        if let Some(teller) = tellers.first_mut() {
            teller.counts.too_long += passed.too_long;
            let which = (to_read.grown.as_slice(), self.cut.longest_line);
            let (more, gone) = grown(&mut self.files, which, now, teller, watch);
            bytes += more;
            away = gone;
        }
        self.bytes += bytes;
        for teller in tellers {
            let (sink, counts) = teller.finish()?;
            sinks.lock().unwrap_or_else(PoisonError::into_inner).push(sink);
            self.counts.add(counts);
        }
        let threads = if to_read.new.is_empty() { 1 } else { self.cut.threads };
        let words = Arc::clone(&self.words);
        let words = words.lock().unwrap_or_else(PoisonError::into_inner);
        let (words, sinks) = (&*words, &sinks);
        let gathering = Gathering { heard, halves, threads, now, words, sinks, watch };
        let (sink, repeated) = gather(gathering, &mut self.memory)?;
        self.sink = sink;
        self.repeated += repeated;
        Ok((bytes > 0, away))
    }

    /// The sink, and the names.
    pub fn with<T>(&self, look: impl FnOnce(&S, &Words) -> T) -> T {
        look(&self.sink, &self.words.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was read.
    #[must_use]
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Lets nothing count that is dated later.
    pub(super) fn until(&mut self, at: Option<Timestamp>) {
        self.until = at;
    }

    pub(super) fn set(&self) -> &LogSet {
        &self.set
    }

    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.files.folders()
    }

    pub(super) fn may_have_changed(&self) -> bool {
        self.files.may_have_changed()
    }

    pub(super) fn quote(&self, spots: &[Spot], watch: &Watch) -> Vec<Quoted> {
        quoting::quote(&self.files.streams, spots, &self.set.reading, watch)
    }
}

/// Reads on where streams may have grown: how many bytes, and whether one is another now.
fn grown<S: Sink>(
    files: &mut Files,
    (grown, longest): (&[usize], usize),
    now: Timestamp,
    teller: &mut Teller<'_, S>,
    watch: &Watch,
) -> (u64, bool) {
    let (mut bytes, mut away) = (0, false);
    for index in grown {
        let Some(stream) = files.streams.get_mut(*index) else { continue };
        if !stream.attached && stream.source.held.is_none() {
            continue;
        }
        match stream.read_on(*index, longest, now, teller, watch) {
            Ok((Went::Away, _)) => {
                stream.cut_off();
                away = true;
            }
            Ok((_, more)) => bytes += more,
            Err(error) => stream.broken = Some(error.to_string()),
        }
    }
    if away {
        files.forget_copies();
    }
    (bytes, away)
}

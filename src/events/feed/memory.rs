//! The stories that may still go on, so that a line that comes later finds its event.
//!
//! Used by [`gather`](super::gather). An event that was delivered, or of which nobody can say, is
//! kept for 26 h: MintCash has given up by then. One that was refused so far is kept for 35 days,
//! since a person may send it again. At most [`MOST_STORIES`] are kept. The rules it
//! keeps: memory is bounded; what is forgotten stays in the boards as it was, and a delivery of a
//! forgotten event is a repetition, never a new event.

use rustc_hash::FxHashMap;

use super::heard::{Heard, Packed};
use super::seen::Seen;
use super::story::{self, SETTLED_MS};
use crate::time::Timestamp;
use crate::week::{Answer, Key, Spot, Story};

/// So many stories are kept. Of more, those that were delivered long ago are forgotten first: when
/// they come again they count as repetitions, without being looked at. One that was refused is
/// forgotten only when more than this many are.
pub const MOST_STORIES: usize = 100_000;

/// So many records of `golive listen` without their other half are kept.
const MOST_HALVES: usize = 20_000;

/// What was refused is kept as long as the boards look back.
const REFUSED_MS: i64 = 35 * 24 * 3_600_000;

/// A story that is kept, as the lines that tell it.
#[derive(Debug)]
pub(super) struct Kept {
    lines: Lines,
    /// When it may be forgotten.
    pub until: i64,
}

#[derive(Debug)]
enum Lines {
    One(Packed),
    Many(Box<[Packed]>),
}

impl Kept {
    /// When a story may be forgotten.
    pub(super) fn until(lines: &[Heard], settled: Option<Timestamp>) -> i64 {
        let newest = lines.last().map_or(0, |line| line.at.millis());
        settled.map_or(newest + REFUSED_MS, |at| at.millis() + SETTLED_MS)
    }

    pub(super) fn new(lines: &[Heard], settled: Option<Timestamp>) -> Self {
        let until = Self::until(lines, settled);
        let lines = match lines {
            [one] => Lines::One(one.pack()),
            many => Lines::Many(many.iter().map(Heard::pack).collect()),
        };
        Self { lines, until }
    }

    /// The lines that tell it, in order.
    pub(super) fn lines(&self) -> Vec<Heard> {
        let lines = match &self.lines {
            Lines::One(one) => std::slice::from_ref(one),
            Lines::Many(many) => many,
        };
        lines.iter().filter_map(|line| Heard::unpack(line)).collect()
    }
}

/// An answer whose record was not read yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Orphan {
    pub at: Option<Timestamp>,
    pub status: u16,
    pub ms: Option<u32>,
}

impl Orphan {
    pub(super) fn answer(self) -> Answer {
        Answer::Status { status: self.status, ms: self.ms }
    }
}

/// A story as it was and as it is.
pub(super) struct Change {
    pub was: Story,
    pub is: Story,
    /// Deliveries beside the first that are new.
    pub repeated: i64,
}

#[derive(Default)]
pub(super) struct Memory {
    stories: FxHashMap<Key, Kept>,
    /// Records of `golive listen` that were not answered: the event and the line.
    pending: FxHashMap<Key, (Key, Spot, Timestamp)>,
    pub(super) orphans: FxHashMap<Key, Orphan>,
    pub(super) seen: Seen,
    /// When the newest event that was forgotten was made.
    edge: Option<i64>,
    /// Whether stories were forgotten before their time.
    pub(super) full: bool,
    swept: i64,
}

/// What is to be done with the lines of one event.
pub(super) enum Known {
    /// It is in memory.
    Here,
    /// It was forgotten.
    Forgotten,
    /// Nothing was heard of it.
    New,
}

impl Memory {
    /// What is known of an event; it is known from now on.
    pub(super) fn knows(&self, lines: &[Heard]) -> Known {
        let Some(first) = lines.first() else { return Known::Forgotten };
        if self.stories.contains_key(&first.id) {
            return Known::Here;
        }
        let seen = self.seen.insert(first.id);
        let created = lines.iter().filter_map(|line| line.created).min();
        match created {
            Some(created) if self.edge.is_none_or(|edge| created.millis() > edge) => Known::New,
            _ if seen && self.edge.is_some() => Known::Forgotten,
            _ => Known::New,
        }
    }

    /// Keeps a new story.
    pub(super) fn keep(&mut self, id: Key, kept: Kept) {
        if self.stories.capacity() == 0 {
            // All at once: growing would need the old and the new room together.
            self.stories.reserve(MOST_STORIES + MOST_STORIES / 8);
        }
        self.stories.insert(id, kept);
        if self.stories.len() > MOST_STORIES + MOST_STORIES / 8 {
            self.shrink();
        }
    }

    /// Adds lines to a story.
    pub(super) fn more(&mut self, id: Key, more: &[Heard]) -> Option<Change> {
        let kept = self.stories.get_mut(&id)?;
        let mut lines = kept.lines();
        let (was, before, _) = story::of(&lines)?;
        story::merge(&mut lines, more.iter().copied());
        let (is, after, settled) = story::of(&lines)?;
        *kept = Kept::new(&lines, settled);
        let repeated = after.cast_signed() - before.cast_signed();
        Some(Change { was, is, repeated })
    }

    /// Joins an answer to its record, which may come later.
    pub(super) fn answered(&mut self, record: Key, orphan: Orphan) -> Option<Change> {
        let Some((id, spot, _)) = self.pending.remove(&record) else {
            if self.orphans.len() < MOST_HALVES {
                self.orphans.insert(record, orphan);
            }
            return None;
        };
        let kept = self.stories.get_mut(&id)?;
        let mut lines = kept.lines();
        let (was, before, _) = story::of(&lines)?;
        let place = lines.iter().position(|line| line.spot == spot)?;
        let line = lines.remove(place);
        story::merge(&mut lines, [Heard { answer: orphan.answer(), ..line }]);
        let (is, after, settled) = story::of(&lines)?;
        *kept = Kept::new(&lines, settled);
        let repeated = after.cast_signed() - before.cast_signed();
        Some(Change { was, is, repeated })
    }

    /// Remembers that a record waits for its answer.
    pub(super) fn waits(&mut self, record: Key, line: &Heard) {
        if self.pending.len() < MOST_HALVES {
            self.pending.insert(record, (line.id, line.spot, line.at));
        }
    }

    /// Forgets what has gone its way.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        let now = now.millis();
        if now.saturating_sub(self.swept) < 60_000 {
            return;
        }
        self.swept = now;
        self.forget(|kept| kept.until >= now);
        let hour = 3_600_000;
        self.pending.retain(|_, (.., at)| at.millis() > now - hour);
        self.orphans.retain(|_, it| it.at.is_some_and(|at| at.millis() > now - hour));
    }

    /// Takes note that a story was not kept.
    pub(super) fn passed(&mut self, created: i64) {
        self.edge = self.edge.max(Some(created));
    }

    fn shrink(&mut self) {
        let mut until: Vec<i64> = self.stories.values().map(|kept| kept.until).collect();
        let surplus = until.len().saturating_sub(MOST_STORIES);
        let surplus = surplus.min(until.len().saturating_sub(1));
        let (_, limit, _) = until.select_nth_unstable(surplus);
        let limit = *limit;
        self.full = true;
        self.forget(|kept| kept.until > limit);
    }

    fn forget(&mut self, stays: impl Fn(&Kept) -> bool) {
        let mut edge = self.edge;
        self.stories.retain(|_, kept| {
            let stays = stays(kept);
            if !stays {
                edge = edge.max(Some(made(&kept.lines())));
            }
            stays
        });
        self.edge = edge;
    }
}

/// When an event was made, as far as its lines say.
pub(super) fn made(lines: &[Heard]) -> i64 {
    let created = lines.iter().filter_map(|line| line.created).min();
    created.or_else(|| lines.first().map(|line| line.at)).map_or(0, Timestamp::millis)
}

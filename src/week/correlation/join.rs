//! Which error has a partner on the other side, and which has none.
//!
//! Pure, and made anew for each picture. The rules it keeps: the same id within 26 hours is a
//! partner, a `requestId` before any other; an error that its log repeats is one; an error whose
//! partner may still be written, or may stand in a part of the other log that is not there, is
//! never called one without a partner.

use rustc_hash::FxHashMap;

use super::mention::{By, Mention};
use crate::time::Timestamp;
use crate::week::picture::Between;

/// The two sides of one thing are no further apart: MintCash tries events for 24 hours.
pub(super) const APART_MS: i64 = 26 * 3_600_000;

/// The partner of a younger error may still be written.
pub(super) const GRACE_MS: i64 = 5 * 60_000;

/// The same thing said again within this time is one thing.
const AGAIN_MS: i64 = 3_600_000;

/// The mentions of one side, to be found by id.
pub(super) struct Index {
    entries: Vec<(By, Timestamp, usize)>,
}

impl Index {
    /// Of these mentions.
    pub(super) fn of(mentions: &[Mention]) -> Self {
        let all = mentions.iter().enumerate();
        let mut entries: Vec<_> = all
            .flat_map(|(place, mention)| mention.ids().map(move |by| (by, mention.at, place)))
            .collect();
        entries.sort_unstable();
        Self { entries }
    }

    /// The nearest one that shares an id, and which id.
    pub(super) fn partner(&self, mention: &Mention) -> Option<(By, usize)> {
        mention.ids().find_map(|by| self.nearest(by, mention.at).map(|place| (by, place)))
    }

    fn nearest(&self, by: By, at: Timestamp) -> Option<usize> {
        let from = self.entries.partition_point(|entry| (entry.0, entry.1) < (by, at));
        let before = from.checked_sub(1).and_then(|place| self.entries.get(place));
        let sides = [before, self.entries.get(from)];
        let own = sides.into_iter().flatten().filter(|entry| entry.0 == by);
        let nearest = own.min_by_key(|entry| (apart(entry.1, at), entry.2))?;
        (apart(nearest.1, at) <= APART_MS).then_some(nearest.2)
    }
}

/// How an error stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It has a partner, by that id, at that place of the other side.
    Has(By, usize),
    /// It names no id.
    NoId,
    /// Its partner may still come, or be where the other log is not.
    Unsure,
    /// It has none.
    None,
}

/// Where the absence of a partner says something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    from: Timestamp,
    to: Timestamp,
}

impl Ground {
    /// From what the other side's log covers, since when all of its errors are kept, and the time
    /// of the newest line of all.
    pub(super) fn of(
        covered: Option<Between>,
        complete_since: Option<Timestamp>,
        until: Timestamp,
    ) -> Self {
        let shift = |at: Timestamp, by: i64| Timestamp::from_millis(at.millis().saturating_add(by));
        // A log need not begin with its first error, and need not end with its last one.
        let begin = covered.map_or(Timestamp::from_millis(i64::MIN), |covered| covered.from);
        let begin = complete_since.map_or(begin, |since| begin.max(shift(since, APART_MS)));
        let end = covered.map_or(until, |covered| covered.to.min(until));
        Self { from: begin, to: shift(end, -GRACE_MS) }
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }
}

/// How an error stands against the other side.
pub(super) fn matched(mention: &Mention, other: &Index, ground: Ground) -> Match {
    match other.partner(mention) {
        Some((by, place)) => Match::Has(by, place),
        None if mention.ids().next().is_none() => Match::NoId,
        None if !ground.holds(mention.at) => Match::Unsure,
        None => Match::None,
    }
}

/// The mentions without those that a log says again.
pub(super) fn distinct(mentions: &[Mention]) -> Vec<Mention> {
    let mut last: FxHashMap<(By, u16, u16), Timestamp> = FxHashMap::default();
    let mut is_new = |mention: &Mention| {
        let Some(same) = mention.same() else { return true };
        let within = if matches!(same.0, By::Request(_)) { APART_MS } else { AGAIN_MS };
        let before = last.insert(same, mention.at);
        before.is_none_or(|before| apart(before, mention.at) > within)
    };
    mentions.iter().filter(|mention| is_new(mention)).copied().collect()
}

fn apart(one: Timestamp, other: Timestamp) -> i64 {
    one.millis().saturating_sub(other.millis()).saturating_abs()
}

#[cfg(test)]
mod tests;

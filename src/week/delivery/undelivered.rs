//! Events that are not delivered yet, and where each is in its retry schedule.
//!
//! The delays are documented, and whether each counts from the try before or from the first is not
//! (mintcash-contract.md section 9); so a time is said to be near, and the earlier of the two is
//! taken for what must be mended before.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::time::Timestamp;
use crate::week::limits::{GIVES_UP, RETRIES};
use crate::week::story::{Answer, Attempt, Key, Story};
use crate::week::word::Word;

/// So many of them are held one by one, the newest; all are counted.
pub const MOST: usize = 20_000;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// The event's name.
    pub name: Word,
    /// When MintCash began to try: when it was made, where the first try that was seen is later.
    pub begun: Timestamp,
    /// The first try that was seen.
    pub first: Attempt,
    /// The last try that was seen.
    pub last: Attempt,
    /// So many were seen.
    pub tries: usize,
}

/// Where an event is in its retry schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// More than one try is left.
    Early {
        /// When about the next one comes.
        next: Timestamp,
    },
    /// Only the last try that is documented is left.
    Last {
        /// When about it comes, at the earliest.
        next: Timestamp,
    },
    /// No further try is documented, and MintCash has not given up yet.
    Over {
        /// When it gives up.
        gives_up: Timestamp,
    },
    /// MintCash has given up.
    GivenUp,
}

impl Undelivered {
    fn of(story: &Story) -> Option<Self> {
        let known = |attempt: &&Attempt| attempt.answer != Answer::Unsaid;
        let first = *story.attempts.iter().find(known)?;
        let last = *story.attempts.iter().rev().find(known)?;
        let made = story.created.filter(|made| {
            let before = first.at.since(*made);
            before > Duration::from_secs(20) && before < GIVES_UP
        });
        let tries = story.attempts.len();
        Some(Self { name: story.name, begun: made.unwrap_or(first.at), first, last, tries })
    }

    /// Where it is in the schedule.
    #[must_use]
    pub fn stage(&self, now: Timestamp) -> Stage {
        let gives_up = self.begun.plus(GIVES_UP);
        if now >= gives_up {
            return Stage::GivenUp;
        }
        // A try that the log shows is the surest; tries that did not reach it are known by time.
        let slack = Duration::from_secs(90);
        let mut from_last = self.begun;
        let mut by_time = 0;
        for delay in RETRIES {
            from_last = from_last.plus(delay);
            by_time += usize::from(from_last.plus(slack) <= now);
        }
        let done = self.tries.max(by_time);
        let Some(delay) = RETRIES.get(done) else { return Stage::Over { gives_up } };
        let from_last: Duration = RETRIES.iter().take(done + 1).sum();
        let either =
            [self.begun.plus(*delay), self.last.at.plus(*delay), self.begun.plus(from_last)];
        let latest = either.iter().copied().max().unwrap_or(now);
        let next = either.into_iter().filter(|next| *next > now).min().unwrap_or(latest);
        match done + 1 < RETRIES.len() {
            true => Stage::Early { next },
            false => Stage::Last { next },
        }
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct AllUndelivered {
    held: BTreeMap<(Timestamp, Key), Undelivered>,
}

impl AllUndelivered {
    /// Takes one in.
    pub fn add(&mut self, story: &Story) {
        if let Some(one) = Undelivered::of(story) {
            self.insert(story.id, one);
        }
    }

    fn insert(&mut self, id: Key, one: Undelivered) {
        self.held.insert((one.first.at, id), one);
        if self.held.len() > MOST {
            self.held.pop_first();
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, story: &Story) {
        if let Some(one) = Undelivered::of(story) {
            self.held.remove(&(one.first.at, story.id));
        }
    }

    /// Takes in what another one holds.
    pub fn merge(&mut self, other: Self) {
        for ((_, id), one) in other.held {
            self.insert(id, one);
        }
    }

    /// Those that were first tried at or after a moment, oldest first.
    pub fn since(&self, from: Timestamp) -> impl Iterator<Item = &Undelivered> {
        self.held.range((from, Key(0))..).map(|(_, one)| one)
    }

    /// Whether there is no room for more, so that the oldest were let go.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.held.len() >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::week::story::Spot;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(&format!("2026-11-25T{text}Z")).unwrap()
    }

    fn tried(first: &str, last: &str, tries: usize) -> Undelivered {
        let spot = Spot { file: 0, offset: 0 };
        let attempt = |text| Attempt { at: at(text), answer: Answer::Nothing, spot };
        let (first, last) = (attempt(first), attempt(last));
        Undelivered { name: Word::OTHER, begun: first.at, first, last, tries }
    }

    #[test]
    fn the_next_try_is_the_earlier_of_both_readings_that_still_lies_ahead() {
        let one = tried("03:00:00", "03:02:30", 3);
        // Ten minutes from the first try, or from the one before.
        assert_eq!(one.stage(at("03:05:00")), Stage::Early { next: at("03:10:00") });
        assert_eq!(one.stage(at("03:11:00")), Stage::Early { next: at("03:12:30") });
    }

    #[test]
    fn after_the_try_at_an_hour_only_the_one_at_six_hours_is_left() {
        let one = tried("03:00:00", "04:12:30", 5);
        assert_eq!(one.stage(at("04:13:00")), Stage::Last { next: at("09:00:00") });
        assert_eq!(one.stage(at("09:30:00")), Stage::Last { next: at("10:12:30") });
        let gives_up = at("03:00:00").plus(GIVES_UP);
        assert_eq!(one.stage(at("10:30:00")), Stage::Over { gives_up });
        assert_eq!(one.stage(gives_up), Stage::GivenUp);
    }

    #[test]
    fn so_many_are_held_and_no_more_and_the_newest_stay() {
        let mut all = AllUndelivered::default();
        let mut one = tried("03:00:00", "03:00:00", 1);
        for number in 0..u64::try_from(MOST).unwrap() + 10 {
            one.first.at = one.first.at.plus(Duration::from_millis(1));
            all.insert(Key(number), one);
        }
        assert!(all.is_full());
        assert_eq!(all.held.len(), MOST);
        assert_eq!(all.held.keys().next().unwrap().1, Key(10));
    }

    #[test]
    fn tries_that_the_log_did_not_see_are_known_by_time() {
        let one = tried("03:00:00", "03:00:00", 1);
        assert_eq!(one.stage(at("03:00:10")), Stage::Early { next: at("03:00:30") });
        assert!(matches!(one.stage(at("05:00:00")), Stage::Last { .. }));
    }
}

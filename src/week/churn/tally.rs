//! All courses counted together.
//!
//! Made from the roll for each picture. The rule it keeps: what is judged is counted on what was
//! seen; only what is shown is scaled up when not every subscription is followed.

use std::collections::BTreeMap;

use super::course::{Course, Episode, Rule, State};
use super::schedule::{DAY, LAST, TOLERANCE, day};
use crate::week::word::Word;

/// Retries that fell due so long ago are judged.
const DUE_WITHIN: u32 = 4 * DAY;

/// Whoever has fewer days to go is lost soon.
const SOON: u32 = 2 * DAY;

/// What was cancelled so long ago is judged.
const CUT_WITHIN: u32 = 7 * DAY;

/// Hits among all that could have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Those that were.
    pub hits: u64,
    /// All.
    pub all: u64,
}

impl Part {
    fn count(&mut self, is_hit: bool) {
        self.all += 1;
        self.hits += u64::from(is_hit);
    }
}

/// The counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Since when the logs tell of events.
    pub known_since: u32,
    /// Subscriptions.
    pub seen: u64,
    /// Paid now.
    pub active: u64,
    /// Paid once.
    pub ever_active: u64,
    /// Past due now.
    pub past_due: u64,
    /// Renewals that failed at this try, by try.
    pub failed_at: [u64; 5],
    /// Renewals that worked after this failed try, by try.
    pub recovered_after: [u64; 5],
    /// Past due now, by the last failed try.
    pub at_risk_after: [u64; 5],
    /// Past due now, and cancelled within two days if nothing is paid.
    pub soon: u64,
    /// Past due until the card is updated.
    pub paused: u64,
    /// Lost at the last try.
    pub lost: u64,
    /// Cancelled at once, by code.
    pub stopped: BTreeMap<Option<Word>, u64>,
    /// Cancelled without a retry and without a code that explains it.
    pub cut: u64,
    /// Cancelled between tries.
    pub ended: u64,
    /// Should be cancelled, and no event says so.
    pub silent: u64,
    /// Cancelled while nothing had failed.
    pub left: u64,
    /// The first charge seen failed.
    pub failed_first: u64,
    /// Charged after they were cancelled.
    pub charged_after: u64,
    /// Failures that no event tells of.
    pub missing: u64,
    /// Failures whose times fit no schedule.
    pub odd: u64,
    /// Of the renewals that failed long enough ago to be decided: lost at the last try.
    pub decided: Part,
    /// Of the retries that fell due lately: those that no event tells of.
    pub overdue: Part,
    /// How many of the overdue ones have no code.
    pub overdue_unsaid: u64,
    /// Of what ended lately: cancelled without a retry.
    pub recent_cuts: Part,
}

impl Tally {
    /// Counts a course, as of `now`.
    pub(super) fn count(
        &mut self,
        course: &Course,
        rule: &impl Fn(Option<Word>) -> Rule,
        now: u32,
    ) {
        self.seen += 1;
        self.active += u64::from(course.is_active());
        self.ever_active += u64::from(course.was_active);
        self.past_due += u64::from(course.is_past_due());
        self.left += u64::from(course.left);
        self.failed_first += u64::from(course.failed_first);
        self.charged_after += u64::from(course.charged_after.is_some());
        for episode in &course.episodes {
            self.episode(episode, rule, now);
        }
    }

    fn episode(&mut self, episode: &Episode, rule: &impl Fn(Option<Word>) -> Rule, now: u32) {
        let last = episode.tries.last;
        for count in self.failed_at.iter_mut().take(last + 1) {
            *count += 1;
        }
        // What is older than the logs is not missing.
        let is_whole = episode.tries.began >= self.known_since;
        self.missing += if is_whole { episode.tries.lost as u64 } else { 0 };
        self.odd += u64::from(!episode.tries.fits);
        // What looks like the first failure may be a later one where the logs begin in between.
        let is_first = episode.after_paid
            || episode.tries.began >= self.known_since.saturating_add(day(LAST) + TOLERANCE);
        let at_risk = |tally: &mut Self| bump(&mut tally.at_risk_after, last);
        let mut ended_at = None;
        match episode.state {
            State::Recovered { at } => {
                bump(&mut self.recovered_after, last);
                ended_at = Some(at);
            }
            State::Waiting { ends, .. } | State::Overdue { ends, .. } => {
                self.soon += u64::from(ends <= now.saturating_add(SOON));
                at_risk(self);
            }
            State::Open => at_risk(self),
            State::Paused => {
                self.paused += 1;
                at_risk(self);
            }
            State::Lost { at } => {
                self.lost += 1;
                for count in self.failed_at.iter_mut().skip(last + 1) {
                    *count += 1;
                }
                ended_at = Some(at);
            }
            State::Stopped { at } => {
                *self.stopped.entry(episode.code).or_default() += 1;
                ended_at = Some(at);
            }
            State::Silent { .. } => self.silent += 1,
            State::Cut { at } if is_first => {
                self.cut += 1;
                ended_at = Some(at);
            }
            State::Ended { at } | State::Cut { at } => {
                self.ended += 1;
                ended_at = Some(at);
            }
        }
        if is_first && ended_at.is_some_and(|at| now.saturating_sub(at) <= CUT_WITHIN) {
            self.recent_cuts.count(matches!(episode.state, State::Cut { .. }));
        }
        // Of a round that is older than the logs only a bad end can be seen, not a good one.
        if is_whole && now.saturating_sub(episode.tries.began) >= day(LAST) + TOLERANCE {
            self.decided.count(matches!(episode.state, State::Lost { .. }));
        }
        self.due(episode, rule, now);
    }

    /// Whether the retries that fell due lately came.
    fn due(&mut self, episode: &Episode, rule: &impl Fn(Option<Word>) -> Rule, now: u32) {
        let is_recent =
            |due: u32| due.saturating_add(TOLERANCE) < now && now.saturating_sub(due) <= DUE_WITHIN;
        if let State::Overdue { due, .. } = episode.state {
            if is_recent(due) {
                self.overdue.count(true);
                self.overdue_unsaid += u64::from(rule(episode.code) == Rule::Unsaid);
            }
            return;
        }
        // When the last try was made, or the one that ended it.
        let end = match episode.state {
            State::Recovered { at } | State::Lost { at } => at,
            _ => episode.last_at,
        };
        let came = episode.seen > 1 || matches!(episode.state, State::Recovered { .. });
        if came && is_recent(end) {
            self.overdue.count(false);
        }
    }

    /// Renewals that worked at a later try.
    pub(super) fn recovered(&self) -> u64 {
        self.recovered_after.iter().sum()
    }

    /// Cancelled at once by a code.
    pub(super) fn stopped(&self) -> u64 {
        self.stopped.values().sum()
    }
}

fn bump(counts: &mut [u64; 5], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

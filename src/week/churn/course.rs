//! The course of one subscription, from its events: renewals that failed, and what came of them.
//!
//! Pure, and made anew for each picture. The rules it keeps (mintcash-contract.md sections 6 to 8
//! and C2): several events of one charge are one; a first charge that fails was never a
//! subscriber; what a code stops is no bug; where events are missing it is said, not guessed.

use super::mark::{Kind, Mark};
use super::schedule::{self, DAY, LAST, TOLERANCE, Tries};
use crate::week::story::Spot;
use crate::week::word::Word;

/// Events of one charge come together: tries are at least a day apart.
const ONE_CHARGE: u32 = DAY / 4;

/// A failed first charge that works later than this was a renewal.
const CHECKOUT: u32 = DAY * 3 / 4;

/// What a failure code does to the retries (mintcash-contract.md section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// It is tried again on schedule.
    Retried,
    /// Retries pause until the card is updated.
    Paused,
    /// The subscription is cancelled at once.
    Stopped,
    /// The event has no code.
    Unsaid,
    /// It is not documented.
    Unknown,
}

impl Rule {
    /// What a code does.
    pub(super) fn of(code: Option<&str>) -> Self {
        match code {
            None => Self::Unsaid,
            Some("insufficient_funds" | "provider_error" | "issuer_decline") => Self::Retried,
            Some("card_expired") => Self::Paused,
            Some("lost_or_stolen_card") => Self::Stopped,
            Some(_) => Self::Unknown,
        }
    }

    /// Whether a retry is to be expected.
    pub(super) fn is_tried_again(self) -> bool {
        matches!(self, Self::Retried | Self::Unsaid)
    }
}

/// What came of a renewal that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// A later try worked.
    Recovered {
        /// When.
        at: u32,
    },
    /// The next try lies ahead.
    Waiting {
        /// When it comes.
        next: u32,
        /// When the last one does, which cancels.
        ends: u32,
    },
    /// The next try should have come.
    Overdue {
        /// When.
        due: u32,
        /// When the last one comes, which cancels.
        ends: u32,
    },
    /// The card has expired, and nothing is tried until it is updated.
    Paused,
    /// Whether its code is tried again is not documented.
    Open,
    /// The last try failed.
    Lost {
        /// When.
        at: u32,
    },
    /// Its code cancels at once, and it was.
    Stopped {
        /// When.
        at: u32,
    },
    /// It should be cancelled by now, and no event says so.
    Silent {
        /// When it should have been.
        at: u32,
    },
    /// Cancelled without a single retry that the events tell of, and no code explains it.
    Cut {
        /// When.
        at: u32,
    },
    /// Cancelled between two tries, or while nothing was tried.
    Ended {
        /// When.
        at: u32,
    },
}

/// A renewal that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Episode {
    /// Which tries the events tell of.
    pub tries: Tries,
    /// Whether a charge that worked was seen before it.
    pub after_paid: bool,
    /// How many failures were seen.
    pub seen: usize,
    /// When the last one was.
    pub last_at: u32,
    /// The last code.
    pub code: Option<Word>,
    /// What came of it.
    pub state: State,
    /// The line of the last event of it.
    pub spot: Spot,
}

/// The course of one subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    /// Whether it was ever paid, as far as the events tell.
    pub was_active: bool,
    /// Renewals that failed, oldest first.
    pub episodes: Vec<Episode>,
    /// The first charge seen failed, and nothing else is known: never active, or the earlier
    /// events are not in the logs.
    pub failed_first: bool,
    /// When it was cancelled.
    pub cancelled: Option<u32>,
    /// Cancelled while nothing had failed.
    pub left: bool,
    /// Charged after it was cancelled, and the line.
    pub charged_after: Option<u32>,
}

impl Course {
    /// Whether it is paid now.
    pub(super) fn is_active(&self) -> bool {
        self.was_active && self.cancelled.is_none() && !self.is_past_due()
    }

    /// Whether the last renewal failed and may still be paid.
    pub(super) fn is_past_due(&self) -> bool {
        use State::{Open, Overdue, Paused, Waiting};
        let last = self.episodes.last().map(|episode| episode.state);
        let at_risk = matches!(last, Some(Waiting { .. } | Overdue { .. } | Paused | Open));
        self.cancelled.is_none() && at_risk
    }
}

/// The course that events, oldest first, tell, as of `now`.
pub(super) fn course(marks: &[Mark], rule: &impl Fn(Option<Word>) -> Rule, now: u32) -> Course {
    let mut walk = Walk { course: Course::default(), failures: Vec::new(), paid: None, rule };
    let end = marks.iter().find(|mark| mark.kind == Kind::Cancelled).copied();
    for mark in marks {
        match (mark.kind, end) {
            // The last failure and the cancelling may come in either order.
            (Kind::Failed, Some(end)) if mark.at > end.at + ONE_CHARGE => {}
            (Kind::Failed, _) => walk.failed(*mark),
            (Kind::Charged, Some(end)) if mark.at > end.at => {
                if mark.at > end.at + ONE_CHARGE {
                    walk.course.charged_after = Some(mark.at);
                }
            }
            (Kind::Charged, _) => walk.charged(mark.at),
            (Kind::Cancelled, _) => {}
        }
    }
    match end {
        Some(end) => walk.cancelled(end),
        None => walk.open(now),
    }
    walk.course
}

struct Walk<'a, R> {
    course: Course,
    /// The failures since the last charge that worked, one for each try.
    failures: Vec<Mark>,
    /// The last charge that worked.
    paid: Option<u32>,
    rule: &'a R,
}

impl<R: Fn(Option<Word>) -> Rule> Walk<'_, R> {
    fn failed(&mut self, mark: Mark) {
        if self.paid.is_some_and(|paid| mark.at - paid < ONE_CHARGE) {
            // A renewal never falls due that soon: it is of the charge that worked.
            return;
        }
        match self.failures.last_mut() {
            Some(last) if mark.at - last.at < ONE_CHARGE => {
                if last.code().is_none() {
                    *last = mark.moved(last.at);
                }
            }
            _ => self.failures.push(mark),
        }
    }

    fn charged(&mut self, at: u32) {
        let is_checkout = self.paid.is_none()
            && matches!(self.failures.as_slice(), [only] if at - only.at < CHECKOUT);
        if !self.failures.is_empty() && !is_checkout {
            self.conclude(State::Recovered { at });
        }
        self.failures.clear();
        self.paid = Some(at);
        self.course.was_active = true;
    }

    fn conclude(&mut self, state: State) {
        let Some(last) = self.failures.last() else { return };
        self.course.was_active = true;
        self.course.episodes.push(Episode {
            tries: self.tries(),
            after_paid: self.paid.is_some(),
            seen: self.failures.len(),
            last_at: last.at,
            code: last.code(),
            state,
            spot: last.spot(),
        });
    }

    fn tries(&self) -> Tries {
        self.tries_to(None)
    }

    /// Which tries the failures were, where the last one was at `end`.
    fn tries_to(&self, end: Option<u32>) -> Tries {
        let times: Vec<u32> = self.failures.iter().map(|mark| mark.at).chain(end).collect();
        schedule::tries(&times)
    }

    fn cancelled(&mut self, end: Mark) {
        self.course.cancelled = Some(end.at);
        if self.failures.is_empty() && (self.rule)(end.code()) == Rule::Stopped {
            self.failures.push(end);
        }
        let Some(last) = self.failures.last().copied() else {
            self.course.left = true;
            return;
        };
        let code = end.code().or(last.code());
        let (tries, at) = (self.tries(), end.at);
        // Of the last try there may be no event but the cancelling, and the first ones may be older
        // than the logs: then the days before the cancelling tell.
        let to_end = self.tries_to(Some(at));
        let is_last = tries.last == LAST || to_end.fits && to_end.last == LAST;
        let state = match (self.rule)(code) {
            Rule::Stopped => State::Stopped { at },
            _ if is_last => State::Lost { at },
            rule if tries.last == 0 && rule.is_tried_again() => State::Cut { at },
            _ => State::Ended { at },
        };
        self.conclude(state);
        if let Some(episode) = self.course.episodes.last_mut() {
            episode.code = code;
            episode.spot = end.spot();
            if matches!(state, State::Lost { .. }) && tries.last != LAST {
                episode.tries = to_end;
            }
        }
    }

    fn open(&mut self, now: u32) {
        let Some(last) = self.failures.last().copied() else { return };
        if self.paid.is_none() && self.failures.len() == 1 {
            self.course.failed_first = true;
            return;
        }
        let tries = self.tries();
        let next = last.at.saturating_add(schedule::delay(tries.last));
        let left = schedule::day(LAST) - schedule::day(tries.last);
        let ends = last.at.saturating_add(left);
        let over = |due: u32| now > due.saturating_add(TOLERANCE);
        let state = match (self.rule)(last.code()) {
            Rule::Stopped if over(last.at) => State::Silent { at: last.at },
            Rule::Stopped => State::Stopped { at: last.at },
            Rule::Paused => State::Paused,
            Rule::Unknown => State::Open,
            Rule::Retried | Rule::Unsaid if tries.last == LAST && over(last.at) => {
                State::Silent { at: last.at }
            }
            Rule::Retried | Rule::Unsaid if tries.last == LAST => State::Lost { at: last.at },
            Rule::Retried | Rule::Unsaid if over(ends) => State::Silent { at: ends },
            Rule::Retried | Rule::Unsaid if over(next) => State::Overdue { due: next, ends },
            Rule::Retried | Rule::Unsaid => State::Waiting { next, ends },
        };
        self.conclude(state);
    }
}

#[cfg(test)]
mod tests;

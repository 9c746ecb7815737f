//! When a step has to be looked at: times that count from the signature of another step.
//!
//! `fold` writes down who looked when; `freshness` asks which looks still count; `assess` makes the
//! standing that every face shows. The rule: at each time the step has to be looked at again, and
//! what was seen before the latest time that has come no longer counts. A look may come a little
//! early: by up to a tenth of the wait since the time before.

use std::time::Duration;

use crate::launch::event::Actor;
use crate::launch::freshness::CLOCK_TOLERANCE;
use crate::launch::sentences;
use crate::runbook::model::{Due, StepId};
use crate::time::{Timestamp, spoken};

/// The part of a wait by which a look may come early.
const EARLY: u32 = 10;

/// Where a step stands with its due times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueStanding {
    /// The step from whose signature the times count.
    pub after: StepId,
    /// When that was signed.
    pub since: Timestamp,
    /// The times, in order; at least one.
    pub times: Vec<DueTime>,
    /// What is due.
    pub now: DueNow,
    /// Whether a person may sign already for the time that comes next, although the step is done.
    pub early: bool,
}

/// One time at which a step has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTime {
    /// How it is called, `T+24 h`.
    pub label: String,
    /// When it is.
    pub at: Timestamp,
    /// From when on a look counts for it.
    pub from: Timestamp,
    /// Who looked first, and when.
    pub looked: Option<DueLook>,
}

/// That somebody looked: signed, or verified what then passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLook {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueNow {
    /// The time with this number is the next.
    Ahead(usize),
    /// The time with this number has come, and nobody has looked since then.
    Over {
        /// The number of the time.
        time: usize,
        /// Since when it is over: the time itself, or a later moment at which the step was
        /// reopened.
        since: Timestamp,
    },
    /// Every time has come and somebody looked after the last.
    Met,
}

impl DueStanding {
    /// When the next look is due, while none is overdue.
    #[must_use]
    pub fn next(&self) -> Option<&DueTime> {
        match self.now {
            DueNow::Ahead(number) => self.times.get(number),
            DueNow::Over { .. } | DueNow::Met => None,
        }
    }

    /// The time that is over, and since when.
    #[must_use]
    pub fn over(&self) -> Option<(&DueTime, Timestamp)> {
        match self.now {
            DueNow::Over { time, since } => Some((self.times.get(time)?, since)),
            DueNow::Ahead(_) | DueNow::Met => None,
        }
    }

    /// The moment that matters: when it is due, or since when it is overdue.
    #[must_use]
    pub fn moment(&self) -> Option<Timestamp> {
        self.over().map(|(_, since)| since).or_else(|| self.next().map(|time| time.at))
    }

    /// In a few words: `due 14:20 UTC`, `due 28 Nov`, `overdue 2 h`; nothing once every time is met.
    #[must_use]
    pub fn word(&self, now: Timestamp) -> Option<String> {
        if let Some((_, since)) = self.over() {
            return Some(format!("overdue {}", coarse(now.since(since)).0));
        }
        let at = self.next()?.at;
        let near = at.date() == now.date();
        Some(format!("due {}", if near { at.hour() } else { at.day() }))
    }

    /// In one sentence, with how long it is until or since then.
    #[must_use]
    pub fn sentence(&self, now: Timestamp) -> String {
        if let Some((time, since)) = self.over() {
            let ago = spoken(now.since(since));
            return format!(
                "{} Overdue for {ago}.",
                sentences::due_since(time, since, self.again())
            );
        }
        match self.next() {
            Some(time) => {
                let wait = spoken(time.at.since(now));
                format!("Due at {} ({}), in {wait}.", time.at.minute(), time.label)
            }
            None => "Was looked at after each of its due times.".to_owned(),
        }
    }

    /// What a clock makes odd, if anything: the moment that the times count from is yet to come.
    #[must_use]
    pub fn clock(&self, now: Timestamp) -> Option<String> {
        (self.since > now.plus(CLOCK_TOLERANCE)).then(|| {
            format!(
                "{} is said to have been signed at {}, which is in the future: a clock was changed, \
                 here or where it was signed. Its due times count from then.",
                self.after,
                self.since.minute()
            )
        })
    }

    /// Whether somebody has looked at it at all since the times count.
    #[must_use]
    pub fn again(&self) -> bool {
        self.times.iter().any(|time| time.looked.is_some())
    }

    /// How a time stands, in words that hold until something changes: who looked, or that it is
    /// ahead, overdue, or was missed.
    #[must_use]
    pub fn says(&self, number: usize, now: Timestamp) -> String {
        let Some(time) = self.times.get(number) else { return String::new() };
        if let Some(look) = &time.looked {
            let late = if look.at > time.at.plus(lateness(time)) { ", late" } else { "" };
            return format!("{}, {}{late}", sentences::name(&look.by), look.at.minute());
        }
        match self.now {
            DueNow::Over { time, .. } if time == number => "overdue".to_owned(),
            DueNow::Ahead(next) if next == number => "next".to_owned(),
            _ if time.at > now => "ahead".to_owned(),
            _ => "nobody looked".to_owned(),
        }
    }
}

/// After how long a look is late: as long as it may be early.
fn lateness(time: &DueTime) -> Duration {
    time.at.since(time.from)
}

/// A span in its largest unit, and how long it stays said so.
fn coarse(span: Duration) -> (String, Duration) {
    let (unit, word) = match span.as_secs() {
        0..60 => return ("now".to_owned(), Duration::from_secs(60).saturating_sub(span)),
        60..3_600 => (60, "min"),
        3_600..172_800 => (3_600, "h"),
        _ => (86_400, "days"),
    };
    let count = span.as_secs() / unit;
    let until = Duration::from_secs((count + 1) * unit).saturating_sub(span);
    (format!("{count} {word}"), until)
}

/// The due times of a step as moments: what it says, and when the other step was signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule<'a> {
    /// What the step says.
    pub due: &'a Due,
    /// When the other step was signed.
    pub since: Timestamp,
}

impl<'a> Schedule<'a> {
    /// The moment of a time.
    fn at(&self, number: usize) -> Option<Timestamp> {
        Some(self.since.plus(self.due.at.get(number)?.span))
    }

    /// From when on a look counts for a time.
    pub fn from(&self, number: usize) -> Option<Timestamp> {
        let own = self.due.at.get(number)?.span;
        let before = number.checked_sub(1).and_then(|before| self.due.at.get(before));
        let before = before.map_or(Duration::ZERO, |at| at.span);
        let early = own.saturating_sub(before) / EARLY;
        Some(self.since.plus(own.saturating_sub(early)))
    }

    /// The latest time that has come.
    pub fn passed(&self, now: Timestamp) -> Option<usize> {
        self.numbers().rev().find(|number| self.at(*number).is_some_and(|at| at <= now))
    }

    /// The latest time for which a look at that moment counts.
    fn covered(&self, at: Timestamp) -> Option<usize> {
        self.numbers().rev().find(|number| self.from(*number).is_some_and(|from| from <= at))
    }

    /// From when on a look counts now; nothing before the first time has come.
    pub fn counts_from(&self, now: Timestamp) -> Option<Timestamp> {
        self.from(self.passed(now)?)
    }

    fn numbers(&self) -> std::ops::Range<usize> {
        0..self.due.at.len()
    }

    /// Where it stands, from who looked; `settled` says whether the step needs nothing more now.
    pub fn standing(&self, looks: &Looks, now: Timestamp, settled: bool) -> DueStanding {
        let looks = looks.of(self.since);
        // A look that is yet to come shows that a clock was changed.
        let is_past = |look: &&DueLook| look.at <= now.plus(CLOCK_TOLERANCE);
        let times = self.due.at.iter().enumerate().map(|(number, at)| DueTime {
            label: at.label.clone(),
            at: self.at(number).unwrap_or(self.since),
            from: self.from(number).unwrap_or(self.since),
            looked: looks.and_then(|looks| looks.at(number)).filter(|look| is_past(look)).cloned(),
        });
        let times: Vec<DueTime> = times.collect();
        let now = self.now(looks, &times, now, settled);
        let after = self.due.after.clone();
        DueStanding { after, since: self.since, times, now, early: false }
    }

    fn now(
        &self,
        looks: Option<&Looks>,
        times: &[DueTime],
        now: Timestamp,
        settled: bool,
    ) -> DueNow {
        let reopened = looks.and_then(|looks| looks.reopened);
        let again = looks.and_then(|looks| looks.last);
        let stands = reopened.is_none_or(|reopened| again.is_some_and(|last| last >= reopened));
        let looked =
            |number: usize| stands && times.get(number).is_some_and(|time| time.looked.is_some());
        let passed = self.passed(now);
        // A look for a later time was made after this one as well.
        let ahead = |from: usize| {
            let last = self.numbers().rev().find(|number| looked(*number));
            let next = last.map_or(from, |last| from.max(last + 1));
            if next < times.len() { DueNow::Ahead(next) } else { DueNow::Met }
        };
        let Some(passed) = passed else { return ahead(0) };
        if settled || (passed..times.len()).any(looked) {
            return ahead(passed + 1);
        }
        let at = self.at(passed).unwrap_or(self.since);
        DueNow::Over { time: passed, since: reopened.map_or(at, |reopened| at.max(reopened)) }
    }

    /// Every moment at which what is due changes by itself, or the words for it do.
    pub fn moments(&self, standing: &DueStanding, now: Timestamp, into: &mut Vec<Timestamp>) {
        for time in &standing.times {
            into.extend([time.from, time.at, time.at.midnight()]);
        }
        if let Some((_, since)) = standing.over() {
            into.push(now.plus(coarse(now.since(since)).1));
        }
    }
}

/// Who looked at a step when, for each of its due times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    /// The moment that the times counted from.
    since: Option<Timestamp>,
    /// The first look for each time.
    first: Vec<Option<DueLook>>,
    /// The last look.
    last: Option<Timestamp>,
    /// When the step was last reopened.
    pub reopened: Option<Timestamp>,
}

impl Looks {
    /// These looks, if the times counted from that moment.
    fn of(&self, since: Timestamp) -> Option<&Self> {
        (self.since == Some(since)).then_some(self)
    }

    fn at(&self, number: usize) -> Option<&DueLook> {
        self.first.get(number)?.as_ref()
    }

    /// Keeps a look, for the latest time that it counts for and for the latest that had come.
    /// `holds` says whether what was seen since a moment is all that the step asks for.
    pub fn keep(
        &mut self,
        schedule: &Schedule<'_>,
        look: &DueLook,
        holds: impl Fn(Timestamp) -> bool,
    ) {
        if self.since != Some(schedule.since) {
            let reopened = self.reopened;
            *self = Self { since: Some(schedule.since), reopened, ..Self::default() };
        }
        self.first.resize(schedule.due.at.len(), None);
        let counts = [schedule.covered(look.at), schedule.passed(look.at)];
        for number in counts.into_iter().flatten() {
            if !schedule.from(number).is_some_and(&holds) {
                continue;
            }
            self.last = Some(self.last.map_or(look.at, |last| last.max(look.at)));
            if let Some(slot @ None) = self.first.get_mut(number) {
                *slot = Some(look.clone());
            }
        }
    }
}

//! Are deliveries answered 2xx within 10 s, and at the first try?
//!
//! ```text
//! stories, hits ─> DeliveryBoard: minutes, delays, undelivered, payments
//!                        └─ facts (what is so) ─> notices, lists, chart, figures ─> Panel
//! ```
//!
//! Memory: at most about 20 MB, whatever the logs hold (36 days of minutes 3.4 MB, of delays
//! 2.3 MB, 20 000 undelivered events, 50 000 payments, short lists, up to 600 statuses an hour).

mod cell;
mod chart;
mod delay;
mod facts;
mod gaps;
mod lists;
mod notices;
mod payments;
mod standing;
mod undelivered;

use rustc_hash::FxHashMap;

use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::days::Days;
use crate::week::newest::Newest;
use crate::week::panel::Panel;
use crate::week::story::{Answer, Hit, Story};
use crate::week::word::{Word, Words};
use cell::{Cell, Course};
use delay::Delays;
use payments::Payments;
use undelivered::AllUndelivered;

/// An event for a list: its name, and how it came.
#[derive(Clone, Copy, Debug)]
struct Came {
    name: Word,
    /// How often it came.
    times: usize,
    /// How long after it was made or first tried, in milliseconds.
    after: i64,
}

/// What is gathered for it.
#[derive(Clone, Debug)]
pub struct DeliveryBoard {
    minutes: Days<Cell>,
    delays: Days<Delays>,
    /// How often each status but 2xx was answered, by the hour: of events, of the access log.
    statuses: FxHashMap<(i64, u16), [i32; 2]>,
    newest_hour: i64,
    undelivered: AllUndelivered,
    payments: Payments,
    /// Delivered by a retry.
    retried: Newest<Came>,
    /// Came late or more than once, where the log does not say how they were answered.
    doubtful: Newest<Came>,
    /// Deliveries that were not answered 2xx in time.
    bad: Newest<(Option<Word>, Answer)>,
}

impl Default for DeliveryBoard {
    fn default() -> Self {
        Self {
            minutes: Days::new(1440),
            delays: Days::new(96),
            statuses: FxHashMap::default(),
            newest_hour: i64::MIN,
            undelivered: AllUndelivered::default(),
            payments: Payments::default(),
            retried: Newest::default(),
            doubtful: Newest::default(),
            bad: Newest::default(),
        }
    }
}

const HOUR: i64 = 3_600_000;
const KEPT_HOURS: i64 = crate::week::days::KEPT * 24;

impl DeliveryBoard {
    /// Takes in a story.
    pub fn add(&mut self, story: &Story, words: &Words) {
        self.count(story, words, 1);
    }

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, story: &Story, words: &Words) {
        self.count(story, words, -1);
    }

    /// Takes in a delivery of an access log.
    pub fn hit(&mut self, hit: &Hit) {
        let answer = Answer::Status { status: hit.status, ms: hit.ms };
        if let Some(cell) = self.minutes.bucket(hit.at) {
            cell.hits.count(answer, 1);
        }
        if answer.delivered() == Some(false) {
            self.status(hit.at, hit.status, 1, 1);
            self.bad.add(hit.at, hit.spot, || (None, answer));
        }
    }

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, other: Self) {
        self.minutes.merge(&other.minutes);
        self.delays.merge(&other.delays);
        for ((hour, status), counts) in other.statuses {
            for (source, count) in counts.into_iter().enumerate() {
                self.status(Timestamp::from_millis(hour * HOUR), status, source, count);
            }
        }
        self.undelivered.merge(other.undelivered);
        self.payments.merge(other.payments);
        self.retried.merge(other.retried);
        self.doubtful.merge(other.doubtful);
        self.bad.merge(other.bad);
    }

    /// How it stands.
    #[must_use]
    pub fn panel(&self, frame: &Frame<'_>) -> Panel {
        let facts = facts::Facts::of(self, frame);
        standing::panel(self, &facts, frame)
    }

    fn count(&mut self, story: &Story, words: &Words, sign: i32) {
        let Some(first) = story.attempts.first() else { return };
        let course = Course::of(story);
        for attempt in &story.attempts {
            if let Some(cell) = self.minutes.bucket(attempt.at) {
                cell.story.count(attempt.answer, sign);
            }
            if attempt.answer.delivered() == Some(false) {
                self.count_bad(story, attempt.at, attempt.answer, attempt.spot, sign);
            }
        }
        if let Some(cell) = self.minutes.bucket(first.at) {
            cell.course(course, sign);
        }
        if let Some(created) = story.created
            && let Some(delays) = self.delays.bucket(first.at)
        {
            delays.count(first.at.millis().saturating_sub(created.millis()), sign);
        }
        self.list(story, course, sign);
        self.payments.count(story, words.text(story.name), sign);
    }

    fn count_bad(
        &mut self,
        story: &Story,
        at: Timestamp,
        answer: Answer,
        spot: crate::week::Spot,
        sign: i32,
    ) {
        if let Answer::Status { status, .. } = answer {
            self.status(at, status, 0, sign);
        }
        match sign > 0 {
            true => self.bad.add(at, spot, || (Some(story.name), answer)),
            false => self.bad.remove(at, spot),
        }
    }

    /// Counts a status of that hour; hours beyond those that are kept are let go.
    fn status(&mut self, at: Timestamp, status: u16, source: usize, sign: i32) {
        let hour = at.millis().div_euclid(HOUR);
        if hour > self.newest_hour {
            let oldest = hour - KEPT_HOURS;
            if hour.div_euclid(24) > self.newest_hour.div_euclid(24) {
                self.statuses.retain(|(held, _), _| *held > oldest);
            }
            self.newest_hour = hour;
        }
        if hour <= self.newest_hour - KEPT_HOURS {
            return;
        }
        let status = if (100..600).contains(&status) { status } else { 0 };
        let counts = self.statuses.entry((hour, status)).or_default();
        if let Some(count) = counts.get_mut(source) {
            *count += sign;
        }
        if *counts == [0, 0] {
            self.statuses.remove(&(hour, status));
        }
    }

    /// Keeps the lists that can be looked into.
    fn list(&mut self, story: &Story, course: Course, sign: i32) {
        let Some(first) = story.attempts.first() else { return };
        let came = |after: i64| Came { name: story.name, times: story.attempts.len(), after };
        match course {
            Course::First => {}
            Course::Open if sign > 0 => self.undelivered.add(story),
            Course::Open => self.undelivered.remove(story),
            Course::Retried if sign > 0 => {
                let good = story.attempts.iter().find(|it| it.answer.delivered() == Some(true));
                let after = good.map_or(0, |good| good.at.millis() - first.at.millis());
                self.retried.add(first.at, story.spot, || came(after));
            }
            Course::Retried => self.retried.remove(first.at, story.spot),
            Course::Heard | Course::Repeated => {
                let after = story.created.map_or(0, |made| first.at.millis() - made.millis());
                let doubtful = course == Course::Repeated || after >= delay::LATE;
                match doubtful && sign > 0 {
                    true => self.doubtful.add(first.at, story.spot, || came(after)),
                    false if doubtful => self.doubtful.remove(first.at, story.spot),
                    false => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

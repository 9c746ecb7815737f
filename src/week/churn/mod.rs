//! Which subscribers are being lost, by dunning attempt?
//!
//! `mark` says what an event tells, `roll` keeps it, `course` follows one subscription through it
//! on the documented `schedule`, `tally` counts all of them, and `notices`, `lists` and `show` say
//! it. The rules it keeps: what is judged is judged as of the newest event, so that a log that
//! ends says nothing about retries after it; small numbers and single lost events are no alarm.
//!
//! Memory: at most `roll::MOST_SUBSCRIPTIONS` subscriptions of 16 bytes and
//! `roll::MOST_MARKS` events of 24, under 16 MB with everything around them.

mod course;
mod lists;
mod mark;
mod notices;
mod roll;
mod schedule;
mod show;
mod tally;

use crate::week::boards::Frame;
use crate::week::panel::{Notice, Panel, Topic};
use crate::week::story::Story;
use crate::week::word::{Word, Words};
use course::{Rule, course};
use lists::Lists;
use mark::{Said, moment, seconds};
use roll::Roll;
use schedule::DAY;
use tally::Tally;

use crate::launch::outcome::Level;

/// So long an event counts, in seconds: two rounds of retries.
const KEPT: u32 = 35 * DAY;

/// What is gathered for it.
#[derive(Clone, Debug, Default)]
pub struct ChurnBoard {
    roll: Roll,
    /// Events that do not say whose they are, or when they were.
    unclear: u64,
    /// The newest event of any kind, in seconds since 2020.
    newest: u32,
    /// The oldest one, as long as there is any.
    oldest: Option<u32>,
    /// Up to when old events were forgotten.
    purged: u32,
}

/// What is known when the panel is made.
struct View<'a> {
    tally: Tally,
    lists: Lists,
    /// One in so many subscriptions is followed.
    one_in: u64,
    unclear: u64,
    /// The newest event, or now when that is earlier.
    until: u32,
    frame: &'a Frame<'a>,
}

impl ChurnBoard {
    /// Takes in a story.
    pub fn add(&mut self, story: &Story, words: &Words) {
        if let Some(at) = story.at() {
            let at = seconds(at);
            self.newest = self.newest.max(at);
            self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
        }
        match Said::of(story, words) {
            Said::Nothing => {}
            Said::Unclear => self.unclear += 1,
            Said::Of(key, mark) => {
                self.roll.add(key, mark);
                self.forget();
            }
        }
    }

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, story: &Story, words: &Words) {
        match Said::of(story, words) {
            Said::Nothing => {}
            Said::Unclear => self.unclear = self.unclear.saturating_sub(1),
            Said::Of(key, mark) => self.roll.remove(key, mark),
        }
    }

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, other: Self) {
        self.newest = self.newest.max(other.newest);
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
        self.unclear += other.unclear;
        self.roll.merge(other.roll);
        self.forget();
    }

    /// Forgets, from day to day, what is too old to count.
    fn forget(&mut self) {
        let before = self.newest.saturating_sub(KEPT);
        if before > self.purged.saturating_add(DAY) {
            self.roll.purge(before);
            self.purged = before;
        }
    }

    /// How it stands.
    #[must_use]
    pub fn panel(&self, frame: &Frame<'_>) -> Panel {
        let until = self.newest.min(seconds(frame.now));
        let rule = |code: Option<Word>| Rule::of(code.map(|word| frame.words.text(word)));
        let since = self.newest.saturating_sub(KEPT);
        let known_since = self.oldest.unwrap_or(0).max(since);
        let (mut tally, mut lists) = (Tally { known_since, ..Tally::default() }, Lists::default());
        self.roll.each(since, |marks| {
            if marks.is_empty() {
                return;
            }
            let course = course(marks, &rule, until);
            tally.count(&course, &rule, until);
            lists.take(&course);
        });
        if tally.seen == 0 {
            return self.nothing(frame);
        }
        let one_in = 1 << self.roll.level().min(63);
        View { tally, lists, one_in, unclear: self.unclear, until, frame }.panel()
    }

    /// No subscription can be followed, and why.
    fn nothing(&self, frame: &Frame<'_>) -> Panel {
        let (says, notice, hint) = match (self.unclear, frame.reading.holds.events) {
            (0, false) => (
                "No log of webhooks to follow subscriptions in",
                "Nothing tells of subscriptions: there is no log of webhooks.",
                "Name inputs.event_log in golive.yaml, or run `golive listen` before your handler.",
            ),
            (0, true) => (
                "No subscription event was seen",
                "The logs hold no event of a subscription.",
                "If you sell no subscriptions, mark the step as not applicable, with the reason. \
                 If you do, their events do not reach these logs.",
            ),
            _ => (
                "Subscription events do not say whose they are",
                "The logs hold events of subscriptions, and none of them names its subscription.",
                "Log the whole body, or name the member under logs.event_log.subscription_id in \
                 golive.yaml.",
            ),
        };
        let mut panel = Panel::unknown(Topic::Churn, says);
        let mut notice = Notice::new(Level::Info, "churn-nothing", says, notice);
        notice.hint = Some(hint.to_owned());
        panel.notices.push(notice);
        panel
    }
}

#[cfg(test)]
mod tests;

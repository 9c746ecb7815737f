//! Does each error have its partner on the other side?
//!
//! `mention` is an error or a failure as one log has it, `kept` holds the newest of them, `join` finds partners,
//! `tally` counts, `notices` and `show` say it. The rules it keeps: a declined card is no
//! error of the application; an error that a sound application overcomes in silence, such as a 503
//! that was tried again, is no alarm; what one log can not know is not held against it.
//!
//! Memory: the newest `kept::MOST` of each of three kinds, 6 MB with everything
//! around them.

mod join;
mod kept;
mod mention;
mod notices;
mod show;
mod tally;

use std::time::Duration;

use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::panel::{Panel, Topic};
use crate::week::story::{Side, Story, Trouble};
use crate::week::word::Words;
use kept::Kept;
use mention::Mention;
use tally::Tally;

/// So long an error counts.
const KEPT: Duration = Duration::from_secs(35 * 86_400);

/// What is gathered for it.
#[derive(Clone, Debug, Default)]
pub struct CorrelationBoard {
    application: Kept,
    api: Kept,
    failures: Kept,
    /// The newest of all.
    newest: Option<Timestamp>,
    /// Up to when old ones were forgotten.
    purged: Option<Timestamp>,
}

impl CorrelationBoard {
    /// Takes in a story.
    pub fn add(&mut self, story: &Story, words: &Words) {
        if let Some(mention) = failure(story, words) {
            self.failures.add(mention);
            self.forget(mention.at);
        }
    }

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, story: &Story, words: &Words) {
        if let Some(mention) = failure(story, words) {
            self.failures.remove(&mention);
        }
    }

    /// Takes in an error.
    pub fn trouble(&mut self, trouble: &Trouble) {
        let mention = Mention::of_trouble(trouble);
        match trouble.side {
            Side::Application => self.application.add(mention),
            Side::Api => self.api.add(mention),
        }
        self.forget(mention.at);
    }

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, other: Self) {
        self.application.merge(other.application);
        self.api.merge(other.api);
        self.failures.merge(other.failures);
        if let Some(newest) = other.newest {
            self.forget(newest);
        }
    }

    /// Forgets, from day to day, what is too old to count.
    fn forget(&mut self, at: Timestamp) {
        let newest = self.newest.map_or(at, |newest| newest.max(at));
        self.newest = Some(newest);
        let before = back(newest, KEPT);
        let day = Duration::from_secs(86_400);
        if self.purged.is_none_or(|purged| before > purged.plus(day)) {
            for kind in [&mut self.application, &mut self.api, &mut self.failures] {
                kind.purge(before);
            }
            self.purged = Some(before);
        }
    }

    /// How it stands.
    #[must_use]
    pub fn panel(&self, frame: &Frame<'_>) -> Panel {
        let since = back(self.newest.unwrap_or(frame.now), KEPT);
        let tally = Tally::of(self, since, frame);
        match show::missing(&tally, frame) {
            Some(says) => show::unknown(Topic::RequestCorrelation, says, &tally, frame),
            None => show::panel(&tally, frame),
        }
    }
}

/// A failure that an event tells of.
fn failure(story: &Story, words: &Words) -> Option<Mention> {
    let name = words.text(story.name);
    let failed = ["payment.failed", "subscription.failed", "subscription.payment_failed"];
    failed.contains(&name).then(|| Mention::of_story(story)).flatten()
}

/// A moment earlier.
fn back(at: Timestamp, span: Duration) -> Timestamp {
    let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.millis().saturating_sub(span))
}

#[cfg(test)]
mod tests;

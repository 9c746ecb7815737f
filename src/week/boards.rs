//! The four boards together: what the feed fills and the picture is drawn from.

use crate::time::Timestamp;
use crate::week::churn::ChurnBoard;
use crate::week::correlation::CorrelationBoard;
use crate::week::delivery::DeliveryBoard;
use crate::week::failures::FailureBoard;
use crate::week::limits::Limits;
use crate::week::picture::{Picture, Reading};
use crate::week::story::{Hit, Story, Trouble};
use crate::week::window::Window;
use crate::week::word::Words;

/// What is known beside the logs when a picture is drawn.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// The time.
    pub now: Timestamp,
    /// The time range of the charts. What is judged does not depend on it.
    pub window: Window,
    /// The limits in force.
    pub limits: &'a Limits,
    /// When traffic was switched to live, where the journal says.
    pub switched: Option<Timestamp>,
    /// The names.
    pub words: &'a Words,
    /// What was read.
    pub reading: &'a Reading,
}

/// The four boards.
///
/// The feed adds each story once. When more becomes known of an event, it removes the story as it
/// was and adds it as it is. Boards filled by several threads are merged; a story is in only one of
/// them then.
#[derive(Clone, Debug, Default)]
pub struct Boards {
    /// Are deliveries answered?
    pub delivery: DeliveryBoard,
    /// Which payments fail?
    pub failures: FailureBoard,
    /// Which subscribers are being lost?
    pub churn: ChurnBoard,
    /// Does each error have its partner?
    pub correlation: CorrelationBoard,
}

impl Boards {
    /// Takes in a story.
    pub fn add(&mut self, story: &Story, words: &Words) {
        self.delivery.add(story, words);
        self.failures.add(story, words);
        self.churn.add(story, words);
        self.correlation.add(story, words);
    }

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, story: &Story, words: &Words) {
        self.delivery.remove(story, words);
        self.failures.remove(story, words);
        self.churn.remove(story, words);
        self.correlation.remove(story, words);
    }

    /// Takes in a delivery of an access log.
    pub fn hit(&mut self, hit: &Hit) {
        self.delivery.hit(hit);
    }

    /// Takes in an error.
    pub fn trouble(&mut self, trouble: &Trouble) {
        self.correlation.trouble(trouble);
    }

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, other: Self) {
        self.delivery.merge(other.delivery);
        self.failures.merge(other.failures);
        self.churn.merge(other.churn);
        self.correlation.merge(other.correlation);
    }

    /// How it all stands.
    #[must_use]
    pub fn picture(&self, frame: &Frame<'_>) -> Picture {
        Picture::of(
            frame,
            [
                self.delivery.panel(frame),
                self.failures.panel(frame),
                self.churn.panel(frame),
                self.correlation.panel(frame),
            ],
        )
    }
}

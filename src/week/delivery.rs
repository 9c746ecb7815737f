//! Are deliveries answered 2xx within 10 s, and at the first try?

use crate::week::boards::Frame;
use crate::week::panel::{Panel, Topic};
use crate::week::story::{Hit, Story};
use crate::week::word::Words;

/// What is gathered for it.
#[derive(Clone, Debug, Default)]
pub struct DeliveryBoard {}

impl DeliveryBoard {
    /// Takes in a story.
    pub fn add(&mut self, _story: &Story, _words: &Words) {}

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, _story: &Story, _words: &Words) {}

    /// Takes in a delivery of an access log.
    pub fn hit(&mut self, _hit: &Hit) {}

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, _other: Self) {}

    /// How it stands.
    #[must_use]
    pub fn panel(&self, _frame: &Frame<'_>) -> Panel {
        Panel::unknown(Topic::DeliveryRate, "nothing was read")
    }
}

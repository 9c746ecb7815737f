//! Does each error have its partner on the other side?

use crate::week::boards::Frame;
use crate::week::panel::{Panel, Topic};
use crate::week::story::{Story, Trouble};
use crate::week::word::Words;

/// What is gathered for it.
#[derive(Clone, Debug, Default)]
pub struct CorrelationBoard {}

impl CorrelationBoard {
    /// Takes in a story.
    pub fn add(&mut self, _story: &Story, _words: &Words) {}

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, _story: &Story, _words: &Words) {}

    /// Takes in an error.
    pub fn trouble(&mut self, _trouble: &Trouble) {}

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, _other: Self) {}

    /// How it stands.
    #[must_use]
    pub fn panel(&self, _frame: &Frame<'_>) -> Panel {
        Panel::unknown(Topic::RequestCorrelation, "nothing was read")
    }
}

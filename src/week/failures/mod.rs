//! Which payments fail, by code, and is that more than is usual for the code?

use crate::week::boards::Frame;
use crate::week::panel::{Panel, Topic};
use crate::week::story::Story;
use crate::week::word::Words;

/// What is gathered for it.
#[derive(Clone, Debug, Default)]
pub struct FailureBoard {}

impl FailureBoard {
    /// Takes in a story.
    pub fn add(&mut self, _story: &Story, _words: &Words) {}

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, _story: &Story, _words: &Words) {}

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, _other: Self) {}

    /// How it stands.
    #[must_use]
    pub fn panel(&self, _frame: &Frame<'_>) -> Panel {
        Panel::unknown(Topic::FailureCodes, "nothing was read")
    }
}

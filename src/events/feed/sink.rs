//! Where stories, hits and errors go: the boards, or a test that writes down what it gets.
//!
//! Used by everything in [`feed`](super). The rule it asks for: a story is taken out exactly as it
//! was put in.

use crate::week::{Boards, Hit, Story, Trouble, Words};

/// Takes what the logs say.
pub trait Sink: Default + Send {
    /// Takes in a story.
    fn add(&mut self, story: &Story, words: &Words);
    /// Takes out a story that was added, as it was.
    fn remove(&mut self, story: &Story, words: &Words);
    /// Takes in a delivery of an access log.
    fn hit(&mut self, hit: &Hit);
    /// Takes in an error.
    fn trouble(&mut self, trouble: &Trouble);
    /// Takes in what another thread has gathered.
    fn merge(&mut self, other: Self);
}

impl Sink for Boards {
    fn add(&mut self, story: &Story, words: &Words) {
        Self::add(self, story, words);
    }

    fn remove(&mut self, story: &Story, words: &Words) {
        Self::remove(self, story, words);
    }

    fn hit(&mut self, hit: &Hit) {
        Self::hit(self, hit);
    }

    fn trouble(&mut self, trouble: &Trouble) {
        Self::trouble(self, trouble);
    }

    fn merge(&mut self, other: Self) {
        Self::merge(self, other);
    }
}

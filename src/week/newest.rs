//! The newest of many things, for a list that can be looked into.
//!
//! Used by the boards. The rule it keeps: at most [`MOST`] are held, twice as many as a list
//! shows, so that a list stays whole when some are taken out again.

use std::collections::BTreeMap;

use crate::time::Timestamp;
use crate::week::panel::List;
use crate::week::story::Spot;

/// So many are held.
pub const MOST: usize = 2 * List::MOST;

/// The newest things, each known by its time and its line.
#[derive(Clone, Debug)]
pub struct Newest<T> {
    held: BTreeMap<(Timestamp, Spot), T>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self { held: BTreeMap::new() }
    }
}

impl<T> Newest<T> {
    /// Takes one in, if it is among the newest.
    pub fn add(&mut self, at: Timestamp, spot: Spot, what: impl FnOnce() -> T) {
        let full = self.held.len() >= MOST;
        let oldest = self.held.first_key_value().map(|(key, _)| *key);
        if full && oldest.is_some_and(|oldest| oldest > (at, spot)) {
            return;
        }
        self.held.insert((at, spot), what());
        if self.held.len() > MOST {
            self.held.pop_first();
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, at: Timestamp, spot: Spot) {
        self.held.remove(&(at, spot));
    }

    /// Takes in what another one holds.
    pub fn merge(&mut self, other: Self) {
        for ((at, spot), what) in other.held {
            self.add(at, spot, || what);
        }
    }

    /// What is held, newest first.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, Spot, &T)> {
        self.held.iter().rev().map(|((at, spot), what)| (*at, *spot, what))
    }
}

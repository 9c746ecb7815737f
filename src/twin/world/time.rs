//! The virtual clock and what falls due on it.
//!
//! The rule it keeps: time never goes back, and what falls due at the same moment happens in the
//! order in which it was planned.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;

/// Something that will happen.
#[derive(Clone, Debug)]
pub struct Due {
    /// Where.
    pub environment: Environment,
    /// What.
    pub what: What,
}

/// What will happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A payment that is under way ends.
    Settle(String),
    /// A hosted page runs out.
    PageEnds(String),
    /// A refund ends.
    RefundEnds(String),
    /// A subscription is charged again: the renewal is attempt 0, then the retries.
    Renewal {
        /// Its id.
        subscription: String,
        /// Which attempt.
        attempt: usize,
    },
    /// A delivery is tried.
    Attempt(usize),
    /// A delivery is given up.
    GivesUp(usize),
}

/// The clock.
#[derive(Clone, Debug)]
pub struct Time {
    now: Timestamp,
    due: BTreeMap<(Timestamp, u64), Due>,
    planned: u64,
}

impl Time {
    /// A clock that begins at a moment.
    pub fn new(now: Timestamp) -> Self {
        Self { now, due: BTreeMap::new(), planned: 0 }
    }

    /// What it says.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Plans something for later.
    pub fn plan(&mut self, after: Duration, environment: Environment, what: What) -> Timestamp {
        self.plan_at(self.now.plus(after), environment, what)
    }

    /// Plans something for a moment; at once when that is over.
    pub fn plan_at(&mut self, at: Timestamp, environment: Environment, what: What) -> Timestamp {
        let at = at.max(self.now);
        self.planned += 1;
        self.due.insert((at, self.planned), Due { environment, what });
        at
    }

    /// When the next thing falls due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// Takes the first thing that falls due until then, and moves to its moment; or to the end.
    pub fn take(&mut self, until: Timestamp) -> Option<Due> {
        match self.due.first_entry() {
            Some(first) if first.key().0 <= until => {
                self.now = self.now.max(first.key().0);
                Some(first.remove())
            }
            _ => {
                self.now = self.now.max(until);
                None
            }
        }
    }
}

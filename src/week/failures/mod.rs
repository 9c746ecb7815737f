//! Which payments fail, by code, and is that more than is usual for the code?
//!
//! ```text
//! stories ─> FailureBoard: a ledger of payments, one of charges of subscriptions
//!                  └─ spikes (held against usual) ─> notices, chart, figures ─> Panel
//! ```
//!
//! Memory: a code takes 1.2 kB for each day on which it came and 24 kB for its newest events, so a
//! dozen codes take under 1 MB; 512 codes on each of 36 days, more than are ever told apart, take
//! under 35 MB.

mod causes;
mod ledger;
mod notices;
mod spikes;
mod standing;
mod usual;

use crate::week::boards::Frame;
use crate::week::panel::Panel;
use crate::week::story::Story;
use crate::week::word::Words;
use ledger::{Code, Ledger};

/// What is gathered for it.
#[derive(Clone, Debug, Default)]
pub struct FailureBoard {
    payments: Ledger,
    /// Charges of subscriptions, by the events of the subscriptions.
    renewals: Ledger,
}

impl FailureBoard {
    /// Takes in a story.
    pub fn add(&mut self, story: &Story, words: &Words) {
        self.count(story, words, 1);
    }

    /// Takes out a story that was added, as it was.
    pub fn remove(&mut self, story: &Story, words: &Words) {
        self.count(story, words, -1);
    }

    /// Takes in what another thread has gathered.
    pub fn merge(&mut self, other: Self) {
        self.payments.merge(other.payments);
        self.renewals.merge(other.renewals);
    }

    /// How it stands.
    #[must_use]
    pub fn panel(&self, frame: &Frame<'_>) -> Panel {
        standing::panel(self, frame)
    }

    fn count(&mut self, story: &Story, words: &Words, sign: i32) {
        let Some(at) = story.at() else { return };
        match words.text(story.name) {
            "payment.succeeded" => self.payments.good(at, sign),
            "payment.failed" => self.payments.bad(at, story.code, story.spot, sign),
            "subscription.succeeded" | "subscription.payment_succeeded" => {
                self.renewals.good(at, sign);
            }
            "subscription.failed" | "subscription.payment_failed" => {
                self.renewals.bad(at, story.code, story.spot, sign);
            }
            _ => {}
        }
    }
}

/// The name of a code, for people.
fn name(code: Code, words: &Words) -> &str {
    code.map_or("no code", |code| words.text(code))
}

#[cfg(test)]
mod tests;

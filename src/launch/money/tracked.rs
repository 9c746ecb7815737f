//! One intent with what came of it: how far it is, what it charged, what it gave back.
//!
//! A part of the [`Ledger`](super::Ledger), which folds it. The rule it keeps: an intent ends
//! without money only where that is certain; whatever leaves a doubt may have been sent.

use crate::launch::event::Actor;
use crate::launch::money::ledger::sum;
use crate::launch::money::{Act, AnswerOutcome, Intent, MoneyAnswer, MoneyFact, Observation};
use crate::launch::standing::Dated;
use crate::mintcash::money::Minor;
use crate::time::Timestamp;

/// An intent with what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracked {
    /// The intent.
    pub intent: Intent,
    /// Who had it sent.
    pub by: Actor,
    /// When it was written down.
    pub at: Timestamp,
    /// Whose card, as typed.
    pub card_owner: Option<String>,
    /// Answers, oldest first.
    pub answers: Vec<Dated<MoneyAnswer>>,
    /// What was seen, oldest first, each fact once.
    pub seen: Vec<Dated<Observation>>,
}

/// How far an intent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Written down; it may have been sent, and nobody knows what came of it.
    MaybeSent,
    /// It exists at MintCash; what becomes of it is not known yet.
    Made,
    /// It did what it was for: charged, refunded, cancelled. A subscription is charged and goes on.
    Done,
    /// It ended without moving money.
    Over,
}

impl Tracked {
    /// MintCash's id of what was made; opaque.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.answers.iter().rev().find_map(|answer| answer.what.id.as_deref())
    }

    /// The page on which the card is typed.
    #[must_use]
    pub fn page(&self) -> Option<&str> {
        self.answers.iter().rev().find_map(|answer| answer.what.page.as_deref())
    }

    /// Whether this has been seen already.
    #[must_use]
    pub fn knows(&self, fact: &MoneyFact) -> bool {
        self.seen.iter().any(|seen| seen.what.fact.covers(fact))
    }

    /// The first observation that says this.
    #[must_use]
    pub fn observed(&self, fact: &MoneyFact) -> Option<&Dated<Observation>> {
        self.seen.iter().find(|seen| seen.what.fact.covers(fact))
    }

    /// What was taken from the card.
    #[must_use]
    pub fn charged(&self) -> Minor {
        sum(self.facts().map(|fact| match fact {
            MoneyFact::Charged { amount, .. } => *amount,
            _ => Minor(0),
        }))
    }

    /// What was given back by it.
    #[must_use]
    pub fn refunded(&self) -> Minor {
        sum(self.facts().map(|fact| match fact {
            MoneyFact::Refunded { amount } => *amount,
            _ => Minor(0),
        }))
    }

    /// What others gave back of its charges.
    #[must_use]
    pub fn returned_elsewhere(&self) -> Minor {
        let mut numbers: Vec<u32> = self.returns().map(|(number, _)| number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        sum(numbers.into_iter().map(|number| self.returned_elsewhere_of(number)))
    }

    /// What others gave back of one of its charges.
    #[must_use]
    pub fn returned_elsewhere_of(&self, charge: u32) -> Minor {
        let own = self.returns().filter(|(number, _)| *number == charge);
        own.map(|(_, total)| total).max().unwrap_or_default()
    }

    fn returns(&self) -> impl Iterator<Item = (u32, Minor)> {
        self.facts().filter_map(|fact| match fact {
            MoneyFact::ReturnedElsewhere { total, number } => Some((*number, *total)),
            _ => None,
        })
    }

    /// How many times the card was charged.
    #[must_use]
    pub fn charges(&self) -> usize {
        self.facts().filter(|fact| matches!(fact, MoneyFact::Charged { .. })).count()
    }

    /// Its charges by the id of their payment, as far as that is known: id, number, amount.
    #[must_use]
    pub fn payments(&self) -> Vec<(String, u32, Minor)> {
        let charges = self.facts().filter_map(|fact| match fact {
            MoneyFact::Charged { amount, number } => Some((*amount, *number)),
            _ => None,
        });
        let known =
            charges.filter_map(|(amount, number)| Some((self.payment(number)?, number, amount)));
        known.collect()
    }

    /// The id of the payment behind a charge: of a one-time charge its own, of a subscription's the
    /// one that somebody told.
    fn payment(&self, charge: u32) -> Option<String> {
        if self.intent.spend.act == Act::Charge {
            return self.id().map(str::to_owned);
        }
        let told = self.seen.iter().find(|seen| match seen.what.fact {
            MoneyFact::Charged { number, .. } | MoneyFact::EventSeen { number, .. } => {
                number == charge && seen.what.payment.is_some()
            }
            _ => false,
        });
        told?.what.payment.clone()
    }

    /// How far it is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        let mut facts = self.facts();
        let done = facts.any(|fact| match self.intent.spend.act {
            Act::Charge | Act::Subscribe => matches!(fact, MoneyFact::Charged { .. }),
            Act::Refund => matches!(fact, MoneyFact::Refunded { .. }),
            Act::Cancel => *fact == MoneyFact::Cancelled,
        });
        let ended = self
            .facts()
            .any(|fact| matches!(fact, MoneyFact::Failed { .. } | MoneyFact::Cancelled));
        let has = |outcome| self.answers.iter().any(|answer| answer.what.outcome == outcome);
        if done {
            Stage::Done
        } else if ended {
            Stage::Over
        } else if has(AnswerOutcome::Made) {
            Stage::Made
        } else if has(AnswerOutcome::Declined) || self.was_refused() {
            Stage::Over
        } else {
            Stage::MaybeSent
        }
    }

    /// Whether the only time that it was sent, it was refused. A later run can not know whether an
    /// earlier one had sent it before it ended.
    fn was_refused(&self) -> bool {
        self.answers.first().is_some_and(|first| {
            first.what.outcome == AnswerOutcome::Refused
                && first.what.run.as_ref() == Some(&self.intent.run)
        })
    }

    fn facts(&self) -> impl Iterator<Item = &MoneyFact> {
        self.seen.iter().map(|seen| &seen.what.fact)
    }
}

impl MoneyFact {
    /// Whether knowing this, the other one is known, whatever details it gives.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Charged { number: one, .. }, Self::Charged { number: two, .. }) => one == two,
            (
                Self::EventSeen { event: one, number: first },
                Self::EventSeen { event: two, number: second },
            ) => one == two && first == second,
            (
                Self::ReturnedElsewhere { total: one, number: first },
                Self::ReturnedElsewhere { total: two, number: second },
            ) => first == second && one >= two,
            (one, two) => std::mem::discriminant(one) == std::mem::discriminant(two),
        }
    }
}

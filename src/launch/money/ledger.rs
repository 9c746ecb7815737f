//! The ledger: every intent of the launch with what came of it, and what it adds up to.
//!
//! Kept by `launch::fold`, read by checks (through `checks::book`) and by every face. Nothing in it
//! is judged by time or world.

use std::collections::BTreeMap;

use crate::launch::event::{Actor, Entry, Event};
use crate::launch::money::{
    Act, AnswerOutcome, Confirmation, Intent, IntentId, MoneyAnswer, MoneyFact, Observation,
};
use crate::launch::standing::Dated;
use crate::mintcash::money::Minor;
use crate::runbook::model::StepId;
use crate::time::Timestamp;

/// Renewals that a subscription is expected to make before it is cancelled in the rehearsal. As long
/// as it is not, there is always one more to come.
const EXPECTED_RENEWALS: u64 = 1;

/// Everything about real money so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    confirmations: Vec<Dated<Confirmation>>,
    intents: Vec<Tracked>,
}

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

/// What a currency adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// ISO 4217.
    pub currency: String,
    /// Taken from cards.
    pub charged: Minor,
    /// Given back.
    pub refunded: Minor,
    /// What may still be taken by what is under way, renewals to be expected included.
    pub may_charge: Minor,
}

impl Totals {
    /// What has not been given back.
    #[must_use]
    pub fn net(&self) -> Minor {
        Minor(self.charged.0.saturating_sub(self.refunded.0))
    }

    /// Whether nothing is owed and nothing can still move.
    #[must_use]
    pub fn is_even(&self) -> bool {
        self.charged == self.refunded && self.may_charge == Minor(0)
    }
}

impl Ledger {
    /// Takes in one entry; what is not about money is passed over.
    pub(crate) fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::MoneyConfirmed(it) => self.confirmations.push(dated(it.as_ref(), entry)),
            Event::MoneyPrepared(intent) => self.prepare(intent.as_ref(), entry),
            Event::MoneyAnswered(answer) => {
                let answer = answer.as_ref();
                if let Some(tracked) = self.tracked_mut(&answer.intent) {
                    tracked.answers.push(dated(answer, entry));
                }
            }
            Event::MoneyObserved(it) => {
                let it = it.as_ref();
                if let Some(tracked) = self.tracked_mut(&it.intent)
                    && !tracked.knows(&it.fact)
                {
                    tracked.seen.push(dated(it, entry));
                }
            }
            _ => {}
        }
    }

    fn prepare(&mut self, intent: &Intent, entry: &Entry) {
        let typed =
            |it: &&Dated<Confirmation>| it.what.run == intent.run && it.what.spend == intent.spend;
        let confirmed = self.confirmations.iter().rev().find(typed);
        self.intents.push(Tracked {
            card_owner: confirmed.and_then(|it| it.what.card_owner.clone()),
            intent: intent.clone(),
            by: entry.by.clone(),
            at: entry.at,
            answers: Vec::new(),
            seen: Vec::new(),
        });
    }

    fn tracked_mut(&mut self, id: &IntentId) -> Option<&mut Tracked> {
        self.intents.iter_mut().find(|tracked| tracked.intent.id == *id)
    }

    /// Every intent, oldest first.
    #[must_use]
    pub fn intents(&self) -> &[Tracked] {
        &self.intents
    }

    /// Every confirmation, oldest first.
    #[must_use]
    pub fn confirmations(&self) -> &[Dated<Confirmation>] {
        &self.confirmations
    }

    /// The intent with this id.
    #[must_use]
    pub fn intent(&self, id: &IntentId) -> Option<&Tracked> {
        self.intents.iter().find(|tracked| tracked.intent.id == *id)
    }

    /// The last intent of a step for that act, unless it is over.
    #[must_use]
    pub fn standing(&self, step: &StepId, act: Act) -> Option<&Tracked> {
        let own = |it: &&Tracked| it.intent.step == *step && it.intent.spend.act == act;
        self.intents.iter().rev().find(own).filter(|it| it.stage() != Stage::Over)
    }

    /// The last intent for that act that was made and has not ended without money, of any step.
    #[must_use]
    pub fn last(&self, act: Act) -> Option<&Tracked> {
        let of_act = self.intents.iter().rev().filter(|it| it.intent.spend.act == act);
        of_act.into_iter().find(|it| it.stage() != Stage::Over)
    }

    /// What has been given back of the thing with that id at MintCash.
    #[must_use]
    pub fn refunded_of(&self, id: &str) -> Minor {
        let of = self.intents.iter().filter(|it| it.intent.of.as_deref() == Some(id));
        Minor(of.map(|it| it.refunded().0).sum())
    }

    /// What each currency adds up to.
    #[must_use]
    pub fn totals(&self) -> Vec<Totals> {
        let mut totals: BTreeMap<&str, Totals> = BTreeMap::new();
        for tracked in &self.intents {
            let currency = tracked.intent.spend.currency.as_str();
            let sum = totals
                .entry(currency)
                .or_insert_with(|| Totals { currency: currency.to_owned(), ..Totals::default() });
            sum.charged.0 += tracked.charged().0;
            sum.refunded.0 += tracked.refunded().0;
            sum.may_charge.0 += self.may_charge(tracked).0;
        }
        totals.into_values().collect()
    }

    /// What it may still take from the card.
    fn may_charge(&self, tracked: &Tracked) -> Minor {
        let amount = tracked.intent.spend.amount.0;
        let expected = match (tracked.intent.spend.act, tracked.stage()) {
            (Act::Charge, Stage::MaybeSent | Stage::Made) => amount,
            (Act::Subscribe, Stage::MaybeSent | Stage::Made | Stage::Done)
                if !self.is_cancelled(tracked) =>
            {
                let all = amount.saturating_mul(1 + EXPECTED_RENEWALS);
                all.saturating_sub(tracked.charged().0).max(amount)
            }
            _ => 0,
        };
        Minor(expected)
    }

    /// Whether the subscription is at its end, by its own word or by that of the cancellation.
    #[must_use]
    pub fn is_cancelled(&self, subscription: &Tracked) -> bool {
        let ended = |it: &Tracked| it.knows(&MoneyFact::Cancelled);
        ended(subscription)
            || subscription.id().is_some_and(|id| {
                self.intents.iter().any(|it| it.intent.of.as_deref() == Some(id) && ended(it))
            })
    }
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
        self.seen.iter().any(|seen| seen.what.fact.is_same(fact))
    }

    /// What was taken from the card.
    #[must_use]
    pub fn charged(&self) -> Minor {
        Minor(
            self.facts()
                .map(|fact| if let MoneyFact::Charged { amount, .. } = fact { amount.0 } else { 0 })
                .sum(),
        )
    }

    /// What was given back by it.
    #[must_use]
    pub fn refunded(&self) -> Minor {
        Minor(
            self.facts()
                .map(|fact| if let MoneyFact::Refunded { amount } = fact { amount.0 } else { 0 })
                .sum(),
        )
    }

    /// How many times the card was charged.
    #[must_use]
    pub fn charges(&self) -> usize {
        self.facts().filter(|fact| matches!(fact, MoneyFact::Charged { .. })).count()
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
        let outcomes = || self.answers.iter().map(|answer| answer.what.outcome);
        if done {
            Stage::Done
        } else if ended {
            Stage::Over
        } else if outcomes().any(|outcome| outcome == AnswerOutcome::Made) {
            Stage::Made
        } else if outcomes().any(|it| it == AnswerOutcome::Declined || it == AnswerOutcome::Refused)
        {
            Stage::Over
        } else {
            Stage::MaybeSent
        }
    }

    fn facts(&self) -> impl Iterator<Item = &MoneyFact> {
        self.seen.iter().map(|seen| &seen.what.fact)
    }
}

impl MoneyFact {
    /// Whether the other says the same, whatever details it gives.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Charged { number: one, .. }, Self::Charged { number: two, .. }) => one == two,
            (Self::EventSeen { event: one }, Self::EventSeen { event: two }) => one == two,
            (one, two) => std::mem::discriminant(one) == std::mem::discriminant(two),
        }
    }
}

fn dated<T: Clone>(what: &T, entry: &Entry) -> Dated<T> {
    Dated { what: what.clone(), by: entry.by.clone(), at: entry.at, seq: entry.seq }
}

//! The ledger: every intent of the launch with what came of it, and what it adds up to.
//!
//! Kept by `launch::fold`, read by checks (through `checks::book`) and by every face. Nothing in it
//! is judged by time or world; the order in which things were seen changes no sum.

use std::collections::BTreeMap;

use crate::launch::event::{Entry, Event};
use crate::launch::money::{Act, Confirmation, Intent, IntentId, MoneyFact, Stage, Tracked};
use crate::launch::standing::Dated;
use crate::mintcash::money::Minor;
use crate::runbook::model::StepId;

/// How often a subscription is expected to charge in a rehearsal: at once, and one renewal. As long
/// as it is not cancelled, there is always one more to come.
pub(in crate::launch) const EXPECTED_CHARGES: u64 = 2;

/// Everything about real money so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    confirmations: Vec<Dated<Confirmation>>,
    intents: Vec<Tracked>,
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

/// One charge whose payment is known by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returnable {
    /// The intent that charged.
    pub intent: IntentId,
    /// MintCash's id of the payment.
    pub payment: String,
    /// Which charge of the intent it is.
    pub number: u32,
    /// What was charged.
    pub charged: Minor,
    /// What was charged by it and has not been given back, nor is about to be.
    pub left: Minor,
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
        let confirmed = self.confirmation_of(intent);
        self.intents.push(Tracked {
            card_owner: confirmed.and_then(|it| it.what.card_owner.clone()),
            intent: intent.clone(),
            by: entry.by.clone(),
            at: entry.at,
            answers: Vec::new(),
            seen: Vec::new(),
        });
    }

    fn confirmation_of(&self, intent: &Intent) -> Option<&Dated<Confirmation>> {
        let own =
            |it: &&Dated<Confirmation>| it.what.run == intent.run && it.what.spend == intent.spend;
        self.confirmations.iter().rev().find(own)
    }

    /// Whether somebody typed what the intent asks for, in the run that wrote it down.
    #[must_use]
    pub fn is_confirmed(&self, intent: &Intent) -> bool {
        self.confirmation_of(intent).is_some()
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

    /// The last intent for that act that has not ended without money, of any step.
    #[must_use]
    pub fn last(&self, act: Act) -> Option<&Tracked> {
        let of_act = self.intents.iter().rev().filter(|it| it.intent.spend.act == act);
        of_act.into_iter().find(|it| it.stage() != Stage::Over)
    }

    /// The intents that are about the thing with that id at MintCash, oldest first.
    pub fn about(&self, id: &str) -> impl DoubleEndedIterator<Item = &Tracked> {
        self.intents.iter().filter(move |it| it.intent.of.as_deref() == Some(id))
    }

    /// What refunds of this launch have given back of the payment with that id.
    #[must_use]
    pub fn refunded_of(&self, payment: &str) -> Minor {
        sum(self.about(payment).map(Tracked::refunded))
    }

    /// What refunds of this launch may still give back of the payment with that id.
    #[must_use]
    pub fn refunding_of(&self, payment: &str) -> Minor {
        let refunds = self.about(payment).filter(|it| it.intent.spend.act == Act::Refund);
        let under_way = refunds.filter(|it| matches!(it.stage(), Stage::MaybeSent | Stage::Made));
        sum(under_way.map(|it| it.intent.spend.amount))
    }

    /// What charges are known by the id of their payment, with what is left of them, oldest first.
    #[must_use]
    pub fn returnable(&self) -> Vec<Returnable> {
        let payments = self.intents.iter().flat_map(|tracked| {
            tracked.payments().into_iter().map(move |charge| (tracked, charge))
        });
        let left = payments.map(|(tracked, (payment, number, charged))| {
            let gone = sum([
                self.refunded_of(&payment),
                self.refunding_of(&payment),
                tracked.returned_elsewhere_of(number),
            ]);
            let left = Minor(charged.0.saturating_sub(gone.0));
            Returnable { intent: tracked.intent.id.clone(), payment, number, charged, left }
        });
        left.collect()
    }

    /// What is left of the payment with that id; nothing when no charge is known by it.
    #[must_use]
    pub fn left_of(&self, payment: &str) -> Minor {
        let known = self.returnable().into_iter().find(|it| it.payment == payment);
        known.map_or(Minor(0), |it| it.left)
    }

    /// What each currency adds up to.
    #[must_use]
    pub fn totals(&self) -> Vec<Totals> {
        let mut totals: BTreeMap<&str, Totals> = BTreeMap::new();
        for tracked in &self.intents {
            let currency = tracked.intent.spend.currency.as_str();
            let all = totals
                .entry(currency)
                .or_insert_with(|| Totals { currency: currency.to_owned(), ..Totals::default() });
            all.charged = sum([all.charged, tracked.charged()]);
            all.refunded = sum([all.refunded, tracked.refunded(), tracked.returned_elsewhere()]);
            all.may_charge = sum([all.may_charge, self.may_charge(tracked)]);
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
                let all = amount.saturating_mul(EXPECTED_CHARGES);
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
        ended(subscription) || subscription.id().is_some_and(|id| self.about(id).any(ended))
    }
}

/// A sum that stays at the largest number rather than beginning anew.
pub(super) fn sum(amounts: impl IntoIterator<Item = Minor>) -> Minor {
    Minor(amounts.into_iter().fold(0, |all, amount| all.saturating_add(amount.0)))
}

fn dated<T: Clone>(what: &T, entry: &Entry) -> Dated<T> {
    Dated { what: what.clone(), by: entry.by.clone(), at: entry.at, seq: entry.seq }
}

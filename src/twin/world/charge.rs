//! A charge from the card to its end.
//!
//! Called by the hosted page, by charges by token and by subscriptions. The rule it keeps: money
//! moves where a payment reaches `succeeded`, once, and nowhere else.

use std::time::Duration;

use crate::twin::card::{Behaviour, TestCard};
use crate::twin::world::place::Paid;
use crate::twin::world::site::Site;
use crate::twin::world::things::Movement;
use crate::twin::world::time::{Time, What};

/// How long an ordinary charge is under way.
const SOON: Duration = Duration::from_secs(1);

/// How long one is that takes its time.
const LATER: Duration = Duration::from_secs(30);

impl Site {
    /// Uses a card: the charge is under way.
    pub(super) fn under_way(&mut self, time: &mut Time, id: &str, card: TestCard) {
        let now = time.now();
        let Some(payment) = self.payments.get_mut(id) else { return };
        if payment.place.go(Paid::Pending, now).is_err() {
            return;
        }
        payment.card = Some(card);
        let after = if card.first() == Behaviour::PaysLate { LATER } else { SOON };
        time.plan(after, self.environment, What::Settle(id.to_owned()));
        self.tell_payment(time, id, "payment.pending");
    }

    /// Ends a charge that is under way, as its card has it.
    pub(super) fn settle(&mut self, time: &mut Time, id: &str) {
        let card = self.payments.get(id).and_then(|payment| payment.card);
        match card.map(TestCard::first) {
            Some(Behaviour::Pays | Behaviour::PaysLate) => self.succeed(time, id),
            Some(Behaviour::Fails(code)) => self.fail(time, id, code),
            Some(Behaviour::Abandons) | None => self.fail(time, id, "expired"),
        }
    }

    /// The charge worked.
    pub(super) fn succeed(&mut self, time: &mut Time, id: &str) {
        let now = time.now();
        let Some(payment) = self.payments.get_mut(id) else { return };
        if payment.place.go(Paid::Succeeded, now).is_err() {
            return;
        }
        let (amount, currency) = (payment.amount, payment.currency.clone());
        let subscription = payment.subscription.clone();
        let payment = id.to_owned();
        self.ledger.push(Movement { at: now, back: false, payment, amount, currency });
        self.tell_payment(time, id, "payment.succeeded");
        if let Some(subscription) = subscription {
            self.charged(time, &subscription);
        }
    }

    /// The charge did not work.
    pub(super) fn fail(&mut self, time: &mut Time, id: &str, code: &str) {
        let now = time.now();
        let Some(payment) = self.payments.get_mut(id) else { return };
        if payment.place.go(Paid::Failed, now).is_err() {
            return;
        }
        payment.failure = Some(code.to_owned());
        let subscription = payment.subscription.clone();
        self.tell_payment(time, id, "payment.failed");
        if let Some(subscription) = subscription {
            self.not_charged(time, &subscription, code);
        }
    }

    /// Gives a card a token, by which it can be charged again.
    pub(super) fn stored(&mut self, card: TestCard) -> String {
        let token = format!("tok_{}", self.dice.letters(24));
        self.tokens.insert(token.clone(), card);
        token
    }
}

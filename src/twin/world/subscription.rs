//! A subscription's charges, its cancellation, another card (mintcash-contract.md section 3.4).
//!
//! Called by creates, by the hosted page, by the clock and by `DELETE`. What a failed charge leads
//! to is in `dunning`.

use crate::twin::card::{Behaviour, TestCard};
use crate::twin::switch::Switch;
use crate::twin::world::order::{How, Order};
use crate::twin::world::place::Subscribed;
use crate::twin::world::refusal::Refusal;
use crate::twin::world::site::Site;
use crate::twin::world::time::{Time, What};

use super::api::Said;

impl Site {
    /// Begins the first charge with a card.
    pub(super) fn begin_first_charge(
        &mut self,
        time: &mut Time,
        id: &str,
        token: &str,
        card: TestCard,
    ) {
        let now = time.now();
        let Some(subscription) = self.subscriptions.get_mut(id) else { return };
        if subscription.place.go(Subscribed::Pending, now).is_err() {
            return;
        }
        subscription.card = Some(card);
        subscription.token = Some(token.to_owned());
        if let Some(payment) = self.next_charge(time, id) {
            self.under_way(time, &payment, card);
        }
    }

    /// Charges a subscription again, when that is still what is next.
    pub(super) fn renew(&mut self, time: &mut Time, id: &str, attempt: usize) {
        let now = time.now();
        let Some(subscription) = self.subscriptions.get_mut(id) else { return };
        let runs = matches!(subscription.place.state(), Subscribed::Active | Subscribed::PastDue);
        let is_due = subscription.next.is_some_and(|(at, next)| at <= now && next == attempt);
        if !runs || !is_due {
            return;
        }
        let forced = self.switches.renewal_code().map(str::to_owned);
        let own = subscription.card.and_then(TestCard::at_renewal).map(str::to_owned);
        let Some(payment) = self.next_charge(time, id) else { return };
        match forced.or(own) {
            Some(code) => self.fail(time, &payment, &code),
            None => self.succeed(time, &payment),
        }
    }

    /// Makes the payment of a subscription's next charge. How it is tied to the subscription on the
    /// wire is unknown; its `externalId` is the subscription's with a number.
    fn next_charge(&mut self, time: &mut Time, id: &str) -> Option<String> {
        let subscription = self.subscriptions.get(id)?;
        let (card, token) = (subscription.card?, subscription.token.clone()?);
        let number = subscription.charges.len() + 1;
        let order = Order {
            amount: subscription.amount,
            currency: subscription.currency.clone(),
            external_id: format!("{}-{number}", subscription.external_id),
            customer: subscription.customer.clone(),
            billing: subscription.billing.clone(),
            how: How::Token(token.clone(), card),
            callback_url: subscription.callback_url.clone(),
        };
        let customer = subscription.customer.clone();
        let payment = self.open(time, &order, Some(id.to_owned()));
        if let Some(made) = self.payments.get_mut(&payment) {
            made.card = Some(card);
            made.token = Some(token);
            made.customer = customer;
        }
        if let Some(subscription) = self.subscriptions.get_mut(id) {
            subscription.charges.push(payment.clone());
        }
        Some(payment)
    }

    /// A charge worked: the period begins, and the next renewal falls due one interval later.
    pub(super) fn charged(&mut self, time: &mut Time, id: &str) {
        let now = time.now();
        let Some(subscription) = self.subscriptions.get_mut(id) else { return };
        let stays = subscription.place.state() == Subscribed::Active;
        if !stays && subscription.place.go(Subscribed::Active, now).is_err() {
            return;
        }
        subscription.failure = None;
        let end = now.plus(subscription.interval());
        subscription.period = Some((now, end));
        self.plan_charge(time, id, end, 0);
        self.tell_subscription(time, id, "succeeded");
    }

    /// Plans the next charge.
    pub(super) fn plan_charge(
        &mut self,
        time: &mut Time,
        id: &str,
        at: crate::time::Timestamp,
        attempt: usize,
    ) {
        let Some(subscription) = self.subscriptions.get_mut(id) else { return };
        let at = at.max(time.now());
        subscription.next = Some((at, attempt));
        subscription.paused = None;
        let what = What::Renewal { subscription: id.to_owned(), attempt };
        time.plan_at(at, self.environment, what);
    }

    /// `DELETE /subscriptions/{id}`: immediate and final. What a second one answers is unknown.
    pub(super) fn delete_subscription(
        &mut self,
        time: &mut Time,
        id: &str,
    ) -> Result<Said, Refusal> {
        let Some(subscription) = self.subscriptions.get(id) else {
            return Err(Refusal::not_found("subscription"));
        };
        let state = subscription.place.state();
        let again = state == Subscribed::Cancelled && !self.has(Switch::CancelAgainConflicts);
        if !again && !self.cancel(time, id) {
            let says =
                format!("A subscription that is {} can not be cancelled.", state_name(state));
            return Err(Refusal::new(409, "failed_precondition", says));
        }
        let subscription = self.subscriptions.get(id);
        let subscription = subscription.ok_or_else(|| Refusal::not_found("subscription"))?;
        Ok(Said { body: self.subscription_body(subscription, false), fresh: false })
    }

    /// Cancels a subscription; whether the table lets it.
    pub(super) fn cancel(&mut self, time: &mut Time, id: &str) -> bool {
        let now = time.now();
        let Some(subscription) = self.subscriptions.get_mut(id) else { return false };
        if subscription.place.go(Subscribed::Cancelled, now).is_err() {
            return false;
        }
        subscription.next = None;
        subscription.paused = None;
        if !self.has(Switch::CancelWithoutEvent) {
            self.tell_subscription(time, id, "cancelled");
        }
        true
    }

    /// The customer gives another card. A renewal that waits for it is tried again at once; when
    /// MintCash does so is unknown.
    pub fn replace_card(
        &mut self,
        time: &mut Time,
        id: &str,
        card: TestCard,
    ) -> Result<(), String> {
        let shown = crate::text::Untrusted::new(id).line(80);
        let token = self.stored(card);
        let Some(subscription) = self.subscriptions.get_mut(id) else {
            return Err(format!("There is no subscription {shown}."));
        };
        let state = subscription.place.state();
        if !matches!(state, Subscribed::Active | Subscribed::PastDue) {
            return Err(format!("Subscription {shown} is {}.", state_name(state)));
        }
        if card.first() == Behaviour::Abandons {
            return Err("That is no card.".to_owned());
        }
        subscription.card = Some(card);
        subscription.token = Some(token);
        if let Some(attempt) = subscription.paused {
            let now = time.now();
            self.plan_charge(time, id, now, attempt);
        }
        Ok(())
    }
}

fn state_name(state: Subscribed) -> &'static str {
    use crate::twin::world::place::Table as _;
    state.name()
}

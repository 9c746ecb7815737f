//! `POST /payments` and `POST /subscriptions`.
//!
//! Called by `api`. The rule it keeps: a request is read, held against what was made before, and
//! only then something is made; all in one go, so that identical requests at once make one thing.

use serde_json::Value;

use crate::twin::card::{Behaviour, TestCard};
use crate::twin::switch::Switch;
use crate::twin::world::keep::{Made, Scope};
use crate::twin::world::order::{How, Order, object};
use crate::twin::world::place::{Paid, Place, Subscribed};
use crate::twin::world::refusal::Refusal;
use crate::twin::world::site::Site;
use crate::twin::world::things::{Customer, Payment, Subscription};
use crate::twin::world::time::{Time, What};

use super::api::Said;
use super::page::LIFETIME;

impl Site {
    /// `POST /payments`.
    pub(super) fn post_payment(&mut self, time: &mut Time, body: &[u8]) -> Result<Said, Refusal> {
        let members = object(body)?;
        let order = self.order(&members)?;
        if let Some(made) = self.made_before(&Scope::Payments, &order.external_id, &members)? {
            return self.said_again(&made);
        }
        self.provider_answers()?;
        let id = self.open(time, &order, None);
        if self.has(Switch::PaymentCreated) {
            self.tell_payment(time, &id, "payment.created");
        }
        if let How::Token(token, card) = &order.how {
            self.charge_token(time, &id, token, *card);
        }
        let Some(payment) = self.payments.get(&id) else { return Err(lost()) };
        let failed = payment.place.state() == Paid::Failed;
        let declined = failed && self.has(Switch::Decline499);
        let made = Made::Payment(Box::new(payment.clone()), declined);
        self.keep(Scope::Payments, &order.external_id, &members, made.clone());
        Ok(Said { fresh: true, ..self.said_again(&made)? })
    }

    /// `POST /subscriptions`.
    pub(super) fn post_subscription(
        &mut self,
        time: &mut Time,
        body: &[u8],
    ) -> Result<Said, Refusal> {
        let members = object(body)?;
        let order = self.order(&members)?;
        let days = match members.get("billingIntervalDays") {
            None | Some(Value::Null) => {
                return Err(Refusal::invalid("billingIntervalDays is missing."));
            }
            Some(days) => days.as_u64().filter(|days| (1..=3_650).contains(days)),
        };
        let wrong = || Refusal::invalid("billingIntervalDays is not a number of days.");
        let days = days.and_then(|days| u32::try_from(days).ok()).ok_or_else(wrong)?;
        if let Some(made) = self.made_before(&Scope::Subscriptions, &order.external_id, &members)? {
            return self.said_again(&made);
        }
        self.provider_answers()?;
        let id = self.subscribe(time, &order, days);
        let Some(subscription) = self.subscriptions.get(&id) else { return Err(lost()) };
        let made = Made::Subscription(Box::new(subscription.clone()));
        self.keep(Scope::Subscriptions, &order.external_id, &members, made.clone());
        Ok(Said { fresh: true, ..self.said_again(&made)? })
    }

    /// The answer about something that was made: as it was then, or as it is now.
    pub(super) fn said_again(&self, made: &Made) -> Result<Said, Refusal> {
        let now = self.has(Switch::ReplayCurrent);
        let body = match made {
            Made::Payment(payment, true) => return Err(declined(payment)),
            Made::Payment(payment, false) => {
                let current = self.payments.get(&payment.id).filter(|_| now);
                self.payment_body(current.unwrap_or(payment), false)
            }
            Made::Subscription(subscription) => {
                let current = self.subscriptions.get(&subscription.id).filter(|_| now);
                self.subscription_body(current.unwrap_or(subscription), false)
            }
            Made::Refund(both) => {
                let (refund, payment) = both.as_ref();
                let current = self.refunds.get(&refund.id).zip(self.payments.get(&payment.id));
                let (refund, payment) = current.filter(|_| now).unwrap_or((refund, payment));
                self.refund_body(refund, payment, false)
            }
        };
        Ok(Said { body, fresh: false })
    }

    /// Whether there is a provider behind this environment at the moment.
    pub(super) fn provider_answers(&self) -> Result<(), Refusal> {
        if self.has(Switch::ProviderUnreachable) {
            let says = "The payment provider could not be reached.";
            return Err(Refusal::new(503, "unavailable", says).because("providerUnreachable"));
        }
        if self.has(Switch::ProviderNotConfigured) {
            let says = "No payment provider is active for this merchant.";
            return Err(Refusal::new(500, "internal", says).because("providerNotConfigured"));
        }
        Ok(())
    }

    /// Makes a payment on which nothing has happened yet.
    pub(super) fn open(
        &mut self,
        time: &mut Time,
        order: &Order,
        subscription: Option<String>,
    ) -> String {
        let now = time.now();
        let id = self.id("pmt_", now);
        let provider_id = format!("cpi_{}", self.dice.letters(16));
        let return_url = match &order.how {
            How::Page(back) => Some(back.clone()),
            How::Token(..) => None,
        };
        if return_url.is_some() {
            time.plan(LIFETIME, self.environment, What::PageEnds(id.clone()));
        }
        let payment = Payment {
            id: id.clone(),
            external_id: order.external_id.clone(),
            place: Place::begin(Paid::Created, now),
            amount: order.amount,
            currency: order.currency.clone(),
            refunded: 0,
            provider_id,
            customer: self.known(&order.customer, time),
            billing: order.billing.clone(),
            return_url,
            callback_url: order.callback_url.clone(),
            card: None,
            token: None,
            failure: None,
            subscription,
            created_at: now,
        };
        self.payments.insert(id.clone(), payment);
        id
    }

    fn subscribe(&mut self, time: &mut Time, order: &Order, interval_days: u32) -> String {
        let now = time.now();
        let id = self.id("sub_", now);
        let return_url = match &order.how {
            How::Page(back) => Some(back.clone()),
            How::Token(..) => None,
        };
        if return_url.is_some() {
            time.plan(LIFETIME, self.environment, What::PageEnds(id.clone()));
        }
        let subscription = Subscription {
            id: id.clone(),
            external_id: order.external_id.clone(),
            place: Place::begin(Subscribed::Created, now),
            amount: order.amount,
            currency: order.currency.clone(),
            interval_days,
            customer: self.known(&order.customer, time),
            billing: order.billing.clone(),
            return_url,
            callback_url: order.callback_url.clone(),
            card: None,
            token: None,
            period: None,
            next: None,
            paused: None,
            failure: None,
            charges: Vec::new(),
            created_at: now,
        };
        self.subscriptions.insert(id.clone(), subscription);
        if let How::Token(token, card) = &order.how {
            self.begin_first_charge(time, &id, token, *card);
        }
        id
    }

    /// The customer with that `externalId`, made when there is none yet.
    fn known(&mut self, given: &Customer, time: &Time) -> Customer {
        let Some(external_id) = &given.external_id else {
            return Customer { id: self.id("cust_", time.now()), ..given.clone() };
        };
        let known = self.customers.get(external_id).map(|known| known.id.clone());
        let id = known.unwrap_or_else(|| self.id("cust_", time.now()));
        let customer = Customer { id, ..given.clone() };
        self.customers.insert(external_id.clone(), customer.clone());
        customer
    }

    /// Charges a stored card at once, as far as the card lets it.
    fn charge_token(&mut self, time: &mut Time, id: &str, token: &str, card: TestCard) {
        if let Some(payment) = self.payments.get_mut(id) {
            payment.card = Some(card);
            payment.token = Some(token.to_owned());
        }
        match card.first() {
            Behaviour::PaysLate => self.under_way(time, id, card),
            Behaviour::Pays => self.succeed(time, id),
            Behaviour::Fails(code) => self.fail(time, id, code),
            Behaviour::Abandons => self.fail(time, id, "expired"),
        }
    }
}

/// A declined charge as an error (C7).
fn declined(payment: &Payment) -> Refusal {
    let code = payment.failure.as_deref().unwrap_or_default();
    let clean = !matches!(code, "provider_error" | "provider_fatal_error" | "general_fatal_error");
    let (reason, says) = if clean {
        ("paymentDeclined", "The payment was declined.")
    } else {
        ("paymentFailed", "The payment failed at the provider.")
    };
    Refusal::new(499, "aborted", says).because(reason)
}

/// Something that was just made is gone, which can not be.
fn lost() -> Refusal {
    Refusal::new(500, "internal", "The twin lost what it made.")
}

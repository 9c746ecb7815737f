//! Webhooks: what is told, when it is tried, what came of it (mintcash-contract.md section 9).
//!
//! The world writes and signs; the edge carries and says what came back. The rule it keeps: an
//! event keeps its id and its bytes through every delivery.

use std::time::Duration;

use indexmap::IndexMap;

use crate::mintcash::signature::sign_with_key;
use crate::time::Timestamp;
use crate::twin::switch::Switch;
use crate::twin::world::site::Site;
use crate::twin::world::time::{Time, What};

/// When a failed delivery is tried again.
const RETRIES: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(3_600),
    Duration::from_secs(6 * 3_600),
];

/// When it is given up, from the first attempt.
const GIVES_UP: Duration = Duration::from_secs(24 * 3_600);

/// How late `late-delivery` is.
const LATE: Duration = Duration::from_secs(600);

/// How long `reordering` holds an event back.
const HELD: Duration = Duration::from_secs(20);

/// An unsigned post, as the public demo's log has it.
const PING: &str = r#"{"ping":true}"#;

/// The same twice, which is no JSON, as the log has it too.
const NO_JSON: &str = r#"{"ping":true}&{"ping":true}"#;

/// An environment's webhooks.
#[derive(Clone, Debug, Default)]
pub struct Post {
    pub(super) deliveries: Vec<Delivery>,
    /// How many events were told about each thing.
    told: IndexMap<String, u64>,
}

/// How a delivery is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signed {
    Right,
    OtherSecret,
    UpperCase,
    Not,
}

/// Where a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is tried at that moment.
    Waits(Timestamp),
    /// It is on its way.
    UnderWay,
    /// It was answered 2xx in time.
    Delivered,
    /// It was tried to the end.
    GivenUp,
    /// It is not tried, and why.
    NotSent(&'static str),
}

/// A webhook on its way.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The event's id; nothing for junk.
    pub event_id: Option<String>,
    /// `payment.succeeded`.
    pub event: String,
    /// What it is about.
    pub about: String,
    /// The body, as it is sent.
    pub body: Vec<u8>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// Every attempt so far.
    pub attempts: Vec<Attempt>,
    signed: Signed,
    retried: bool,
    callback: Option<String>,
}

/// An attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// When, on the virtual clock.
    pub at: Timestamp,
    /// What came of it.
    pub arrival: Option<Arrival>,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The answer's status.
    pub status: Option<u16>,
    /// Why there is none, in a few words.
    pub problem: Option<String>,
    /// How long it took, in real milliseconds.
    pub ms: u64,
}

/// What the edge carries.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Which delivery it is.
    pub delivery: usize,
    /// Where it goes.
    pub url: String,
    /// The body.
    pub body: Vec<u8>,
    /// The header `x-signature`.
    pub signature: Option<String>,
}

/// An event to be told.
struct News<'a> {
    event: &'a str,
    kind: &'a str,
    about: &'a str,
    callback: Option<&'a str>,
    data: serde_json::Value,
}

impl Site {
    /// Tells what became of a payment. A subscription's charges are silent unless switched on.
    pub(super) fn tell_payment(&mut self, time: &mut Time, id: &str, event: &str) {
        let Some(payment) = self.payments.get(id) else { return };
        if payment.subscription.is_some() && !self.has(Switch::SubscriptionPayments) {
            return;
        }
        let callback = payment.callback_url.clone();
        let data = self.payment_data(payment);
        let callback = callback.as_deref();
        self.tell(time, &News { event, kind: "payment", about: id, callback, data });
    }

    /// Tells what became of a refund.
    pub(super) fn tell_refund(&mut self, time: &mut Time, id: &str, event: &str) {
        let Some(refund) = self.refunds.get(id) else { return };
        let Some(payment) = self.payments.get(&refund.payment) else { return };
        let kind = if self.has(Switch::RefundType) { "refund" } else { "payment" };
        let (about, callback) = (payment.id.clone(), payment.callback_url.clone());
        let data = self.refund_data(refund, payment);
        let callback = callback.as_deref();
        self.tell(time, &News { event, kind, about: &about, callback, data });
    }

    /// Tells what became of a subscription: `succeeded`, `failed` or `cancelled` (C2).
    pub(super) fn tell_subscription(&mut self, time: &mut Time, id: &str, what: &str) {
        let Some(subscription) = self.subscriptions.get(id) else { return };
        let charge = what != "cancelled" && self.has(Switch::SubscriptionPaymentNames);
        let event = format!("subscription.{}{what}", if charge { "payment_" } else { "" });
        let callback = subscription.callback_url.clone();
        let data = self.subscription_data(subscription);
        let callback = callback.as_deref();
        self.tell(time, &News { event: &event, kind: "subscription", about: id, callback, data });
    }

    fn tell(&mut self, time: &mut Time, news: &News<'_>) {
        let now = time.now();
        let event_id = self.dice.uuid();
        let body = self.envelope(&event_id, news.event, news.kind, now, &news.data);
        let told = self.post.told.entry(news.about.to_owned()).or_default();
        *told += 1;
        let is_odd = *told % 2 == 1;
        let held = self.has(Switch::Reordering) && is_odd;
        let mut after = if held { HELD } else { Duration::ZERO };
        if self.has(Switch::Late) {
            after += LATE;
        }
        for (switch, junk) in [(Switch::UnsignedPing, PING), (Switch::NonJson, NO_JSON)] {
            if self.has(switch) {
                let junk = Delivery {
                    event_id: None,
                    event: switch.name().to_owned(),
                    about: String::new(),
                    body: junk.as_bytes().to_vec(),
                    made_at: now,
                    standing: Standing::UnderWay,
                    attempts: Vec::new(),
                    signed: Signed::Not,
                    retried: false,
                    callback: None,
                };
                self.send(time, junk, after);
            }
        }
        let callback = news.callback.filter(|_| self.has(Switch::CallbackUrl));
        let delivery = Delivery {
            event_id: Some(event_id),
            event: news.event.to_owned(),
            about: news.about.to_owned(),
            body,
            made_at: now,
            standing: Standing::UnderWay,
            attempts: Vec::new(),
            signed: self.signing(),
            retried: true,
            callback: callback.map(str::to_owned),
        };
        if self.has(Switch::Duplicates) {
            self.send(time, delivery.clone(), after);
            self.send(time, delivery, after + Duration::from_secs(1));
        } else {
            self.send(time, delivery, after);
        }
    }

    fn signing(&self) -> Signed {
        if self.has(Switch::BadSignature) {
            return Signed::OtherSecret;
        }
        if self.has(Switch::UppercaseSignature) { Signed::UpperCase } else { Signed::Right }
    }

    fn send(&mut self, time: &mut Time, mut delivery: Delivery, after: Duration) {
        let place = self.post.deliveries.len();
        delivery.standing = if self.has(Switch::NoWebhooks) {
            Standing::NotSent("no-webhooks is on")
        } else if self.webhook.is_none() && delivery.callback.is_none() {
            Standing::NotSent("no webhook URL is set")
        } else {
            Standing::Waits(time.plan(after, self.environment, What::Attempt(place)))
        };
        self.post.deliveries.push(delivery);
    }

    /// Delivers an event again, as an operator does on the provider's dashboard.
    pub fn redeliver(&mut self, time: &mut Time, delivery: usize) -> Result<(), String> {
        let Some(again) = self.post.deliveries.get_mut(delivery) else {
            return Err(format!("There is no delivery {delivery}."));
        };
        if matches!(again.standing, Standing::UnderWay | Standing::Waits(_)) {
            return Err(format!("Delivery {delivery} is still under way."));
        }
        let at = time.plan(Duration::ZERO, self.environment, What::Attempt(delivery));
        again.standing = Standing::Waits(at);
        again.attempts.clear();
        Ok(())
    }

    /// What is to be carried for a delivery whose time has come.
    pub(super) fn parcel(&mut self, time: &mut Time, place: usize) -> Option<Parcel> {
        let now = time.now();
        let webhook = self.webhook.clone();
        let delivery = self.post.deliveries.get_mut(place)?;
        if !matches!(delivery.standing, Standing::Waits(_)) {
            return None;
        }
        delivery.standing = Standing::UnderWay;
        delivery.attempts.push(Attempt { at: now, arrival: None });
        let Some(url) = delivery.callback.clone().or(webhook) else {
            let problem = Some("no webhook URL is set".to_owned());
            self.arrived(time, place, Arrival { status: None, problem, ms: 0 });
            return None;
        };
        let sign = |secret: &str| sign_with_key(secret.as_bytes(), &delivery.body);
        let secret = &self.keys.webhook;
        let signature = match delivery.signed {
            Signed::Right => Some(sign(secret).hex()),
            Signed::UpperCase => Some(sign(secret).upper_hex()),
            Signed::OtherSecret => Some(sign(&format!("{secret}-another")).hex()),
            Signed::Not => None,
        };
        Some(Parcel { delivery: place, url, body: delivery.body.clone(), signature })
    }

    /// Hears what came of an attempt, and plans the next one.
    pub fn arrived(&mut self, time: &mut Time, place: usize, arrival: Arrival) {
        let from_first = self.has(Switch::RetryFromFirst);
        let Some(delivery) = self.post.deliveries.get_mut(place) else { return };
        let good = arrival.status.is_some_and(|status| (200..300).contains(&status));
        let tried = delivery.attempts.len();
        let first = delivery.attempts.first().map_or(time.now(), |attempt| attempt.at);
        let Some(attempt) = delivery.attempts.last_mut() else { return };
        attempt.arrival = Some(arrival);
        let base = if from_first { first } else { attempt.at };
        let pause = tried.checked_sub(1).and_then(|before| RETRIES.get(before));
        delivery.standing = match pause {
            _ if good => Standing::Delivered,
            _ if !delivery.retried => Standing::GivenUp,
            Some(pause) => {
                let at = base.plus(*pause);
                Standing::Waits(time.plan_at(at, self.environment, What::Attempt(place)))
            }
            None => {
                let at = first.plus(GIVES_UP);
                Standing::Waits(time.plan_at(at, self.environment, What::GivesUp(place)))
            }
        };
    }
}

impl Post {
    /// The time for a delivery is over.
    pub(super) fn gives_up(&mut self, place: usize) {
        if let Some(delivery) = self.deliveries.get_mut(place)
            && matches!(delivery.standing, Standing::Waits(_))
        {
            delivery.standing = Standing::GivenUp;
        }
    }

    /// Every delivery so far.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }
}

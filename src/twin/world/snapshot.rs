//! Everything that an environment holds, as data: for the control API, its page and tests.
//!
//! Amounts are in the smallest unit here, whatever the API is switched to. No key and no secret is
//! in it.

use serde_json::{Value, json};

use crate::time::Timestamp;
use crate::twin::card::TestCard;
use crate::twin::world::place::{Place, Table};
use crate::twin::world::post::{Delivery, Standing};
use crate::twin::world::site::Site;
use crate::twin::world::things::{Payment, Refund, Subscription};

impl Site {
    /// The environment as data.
    pub fn snapshot(&self, now: Timestamp) -> Value {
        let pages: Vec<Value> = self
            .open_pages()
            .into_iter()
            .map(|page| {
                json!({
                    "id": page.id,
                    "url": self.page_url(&page.id),
                    "amount": page.amount,
                    "currency": page.currency,
                    "everyDays": page.every,
                })
            })
            .collect();
        json!({
            "environment": self.name(),
            "now": now.to_string(),
            "url": self.base,
            "webhook": self.webhook,
            "switches": self.switches.names().collect::<Vec<_>>(),
            "counters": self.counters(),
            "openPages": pages,
            "payments": self.payments.values().map(payment).collect::<Vec<_>>(),
            "refunds": self.refunds.values().map(refund).collect::<Vec<_>>(),
            "subscriptions": self.subscriptions.values().map(subscription).collect::<Vec<_>>(),
            "ledger": self.movements(),
            "deliveries": self.post.deliveries().iter().enumerate().map(delivery).collect::<Vec<_>>(),
            "requests": self.requests(),
        })
    }

    /// What really happened, in numbers.
    pub fn counters(&self) -> Value {
        let of = |back: bool| self.ledger.iter().filter(move |movement| movement.back == back);
        let sum = |back: bool| of(back).map(|movement| movement.amount).sum::<u64>();
        json!({
            "requests": self.called,
            "charges": of(false).count(),
            "refunds": of(true).count(),
            "charged": sum(false),
            "refunded": sum(true),
            "net": sum(false).saturating_sub(sum(true)),
            "deliveries": self.post.deliveries().len(),
        })
    }

    fn movements(&self) -> Vec<Value> {
        let one = |movement: &crate::twin::world::things::Movement| {
            json!({
                "at": movement.at.to_string(),
                "kind": if movement.back { "refund" } else { "charge" },
                "payment": movement.payment,
                "amount": movement.amount,
                "currency": movement.currency,
            })
        };
        self.ledger.iter().map(one).collect()
    }

    fn requests(&self) -> Vec<Value> {
        let one = |call: &crate::twin::world::things::Call| {
            json!({
                "at": call.at.to_string(),
                "what": call.what,
                "status": call.status,
                "requestId": call.request_id,
            })
        };
        self.calls.iter().map(one).collect()
    }
}

fn path<S: Table>(place: &Place<S>) -> Value {
    let steps = place.path().map(|(state, at)| json!([state, at.to_string()]));
    Value::Array(steps.collect())
}

fn payment(payment: &Payment) -> Value {
    json!({
        "id": payment.id,
        "externalId": payment.external_id,
        "status": payment.place.name(),
        "path": path(&payment.place),
        "amount": payment.amount,
        "currency": payment.currency,
        "amountRefunded": payment.refunded,
        "customer": payment.customer.external_id,
        "card": payment.card.map(TestCard::name),
        "cardToken": payment.token,
        "failureCode": payment.failure,
        "subscription": payment.subscription,
        "createdAt": payment.created_at.to_string(),
    })
}

fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "payment": refund.payment,
        "externalId": refund.external_id,
        "status": refund.place.name(),
        "path": path(&refund.place),
        "amount": refund.amount,
        "currency": refund.currency,
        "failureCode": refund.failure,
        "createdAt": refund.created_at.to_string(),
    })
}

fn subscription(subscription: &Subscription) -> Value {
    let (start, end) = subscription.period.unzip();
    let (next, attempt) = subscription.next.unzip();
    json!({
        "id": subscription.id,
        "externalId": subscription.external_id,
        "status": subscription.place.name(),
        "path": path(&subscription.place),
        "amount": subscription.amount,
        "currency": subscription.currency,
        "billingIntervalDays": subscription.interval_days,
        "card": subscription.card.map(TestCard::name),
        "periodStart": start.map(|at| at.to_string()),
        "periodEnd": end.map(|at| at.to_string()),
        "nextChargeAt": next.map(|at| at.to_string()),
        "nextAttempt": attempt,
        "waitsForAnotherCard": subscription.paused.is_some(),
        "failureCode": subscription.failure,
        "payments": subscription.charges,
        "createdAt": subscription.created_at.to_string(),
    })
}

fn delivery((number, delivery): (usize, &Delivery)) -> Value {
    let attempts: Vec<Value> = delivery
        .attempts
        .iter()
        .map(|attempt| {
            let arrival = attempt.arrival.as_ref();
            json!({
                "at": attempt.at.to_string(),
                "status": arrival.and_then(|arrival| arrival.status),
                "problem": arrival.and_then(|arrival| arrival.problem.clone()),
                "ms": arrival.map(|arrival| arrival.ms),
            })
        })
        .collect();
    let (standing, next, why) = match &delivery.standing {
        Standing::Waits(at) => ("waiting", Some(at.to_string()), None),
        Standing::UnderWay => ("under way", None, None),
        Standing::Delivered => ("delivered", None, None),
        Standing::GivenUp => ("given up", None, None),
        Standing::NotSent(why) => ("not sent", None, Some(*why)),
    };
    json!({
        "number": number,
        "eventId": delivery.event_id,
        "event": delivery.event,
        "about": delivery.about,
        "madeAt": delivery.made_at.to_string(),
        "standing": standing,
        "nextAt": next,
        "why": why,
        "attempts": attempts,
        "body": String::from_utf8_lossy(&delivery.body),
    })
}

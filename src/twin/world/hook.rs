//! The bodies of webhooks, member by member (mintcash-contract.md section 11).
//!
//! Written by hand from the contract, not by `mintcash::envelope`, with which golive probes: a
//! mistake there must not be repeated here.

use serde_json::{Map, Value, json};

use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;
use crate::twin::card::TestCard;
use crate::twin::switch::Switch;
use crate::twin::world::answer::major;
use crate::twin::world::site::Site;
use crate::twin::world::things::{Customer, Payment, Refund, Subscription};

/// The code of failures that no page names.
const UNHEARD_OF: &str = "twin_unheard_of_code";

impl Site {
    /// The environment as webhooks and keys name it.
    pub fn name(&self) -> &'static str {
        match self.environment {
            Environment::Live => "live",
            Environment::Test => "test",
        }
    }

    /// The whole body, as it is sent and signed.
    pub fn envelope(
        &self,
        id: &str,
        event: &str,
        kind: &str,
        at: Timestamp,
        data: &Value,
    ) -> Vec<u8> {
        let environment = match (self.environment, self.has(Switch::WrongEnvironment)) {
            (Environment::Live, false) | (Environment::Test, true) => "live",
            (Environment::Test, false) | (Environment::Live, true) => "test",
        };
        let body = json!({
            "eventId": id,
            "event": event,
            "type": kind,
            "apiVersion": "2026-05-01",
            "environment": environment,
            "createdAt": at.to_string(),
            "data": data,
        });
        if self.has(Switch::Pretty) { format!("{body:#}") } else { body.to_string() }.into_bytes()
    }

    /// A payment.
    pub fn payment_data(&self, payment: &Payment) -> Value {
        let mut data = json!({
            "id": payment.id,
            "externalId": payment.external_id,
            "status": payment.place.name(),
            "amount": major(payment.amount),
            "currency": payment.currency,
            "providerTransactionId": payment.provider_id,
            "failureCode": self.failure(payment.failure.as_deref()),
            "failureMessage": null,
            "amountRefunded": major(payment.refunded),
            "amountRefundable": major(payment.refundable()),
            "customer": self.customer(&payment.customer),
            "billingAddress": self.billing(&payment.billing),
        });
        if let Some(members) = data.as_object_mut() {
            if !self.has(Switch::MissingCard) {
                members.insert("card".into(), self.card(payment.card));
            }
            if self.has(Switch::Documented) {
                let updated = payment.place.since().unwrap_or(payment.created_at);
                members.insert("cardToken".into(), json!(payment.token));
                members.insert("createdAt".into(), json!(payment.created_at.to_string()));
                members.insert("updatedAt".into(), json!(updated.to_string()));
            }
        }
        data
    }

    /// A subscription and its latest charge. The members are not documented; section 11.2 infers
    /// them.
    pub fn subscription_data(&self, subscription: &Subscription) -> Value {
        let (start, end) = subscription.period.unzip();
        let hosted = subscription.return_url.is_some();
        json!({
            "id": subscription.id,
            "externalId": subscription.external_id,
            "status": subscription.place.name(),
            "amount": major(subscription.amount),
            "currency": subscription.currency,
            "billingIntervalDays": subscription.interval_days,
            "currentPeriodStart": start.map(|at| at.to_string()),
            "currentPeriodEnd": end.map(|at| at.to_string()),
            "redirectUrl": hosted.then(|| self.page_url(&subscription.id)),
            "createdAt": subscription.created_at.to_string(),
            "customer": self.customer(&subscription.customer),
            "failureCode": self.failure(subscription.failure.as_deref()),
            "failureMessage": null,
            "paymentId": subscription.charges.last(),
        })
    }

    /// A refund with its payment: the guide says that both are there, and not how.
    pub fn refund_data(&self, refund: &Refund, payment: &Payment) -> Value {
        let record = json!({
            "id": refund.id,
            "paymentId": refund.payment,
            "externalId": refund.external_id,
            "status": refund.place.name(),
            "amount": major(refund.amount),
            "currency": refund.currency,
            "failureCode": self.failure(refund.failure.as_deref()),
            "failureMessage": null,
            "providerRefundId": refund.provider_id,
            "createdAt": refund.created_at.to_string(),
        });
        let mut data = self.payment_data(payment);
        if self.has(Switch::RefundPair) {
            return json!({ "payment": data, "refund": record });
        }
        if let Some(members) = data.as_object_mut() {
            members.insert("refund".into(), record);
        }
        data
    }

    fn failure<'a>(&self, code: Option<&'a str>) -> Option<&'a str> {
        code.map(|code| if self.has(Switch::UnknownFailureCode) { UNHEARD_OF } else { code })
    }

    fn customer(&self, customer: &Customer) -> Value {
        let phone = customer.phone.as_ref().filter(|_| self.has(Switch::Documented));
        json!({
            "id": customer.id,
            "externalId": customer.external_id,
            "email": customer.email,
            "name": customer.name,
            "phone": phone,
        })
    }

    /// Real events fill the country and the postal code alone.
    fn billing(&self, sent: &Value) -> Value {
        let all = ["country", "postalCode", "name", "line1", "line2", "city", "state"];
        let filled = if self.has(Switch::Documented) { all.len() } else { 2 };
        let member = |(place, name): (usize, &str)| {
            let value = sent.get(name).filter(|value| place < filled && value.is_string());
            (name.to_owned(), value.cloned().unwrap_or_default())
        };
        Value::Object(all.into_iter().enumerate().map(member).collect::<Map<_, _>>())
    }

    fn card(&self, card: Option<TestCard>) -> Value {
        let Some(number) = card.and_then(TestCard::number) else { return Value::Null };
        let (first6, last4) = (number.get(..6), number.get(12..));
        let mut shown = json!({ "brand": "visa", "last4": last4 });
        let Some(members) = shown.as_object_mut() else { return Value::Null };
        if self.has(Switch::Documented) {
            members.insert("expMonth".into(), json!(3));
            members.insert("expYear".into(), json!(2035));
        } else {
            let mask = format!("{}******{}", first6.unwrap_or(""), last4.unwrap_or(""));
            members.insert("first6".into(), json!(first6));
            members.insert("mask".into(), json!(mask));
            members.insert("expMonth".into(), json!("03"));
            members.insert("expYear".into(), json!("35"));
        }
        shown
    }
}

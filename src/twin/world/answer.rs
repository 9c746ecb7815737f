//! The bodies of the API's answers, member by member (mintcash-contract.md sections 3 and 13).
//!
//! Written by hand from the contract, not by the types with which the client reads: a mistake there
//! must not be repeated here.

use serde_json::{Value, json};

use crate::twin::switch::Switch;
use crate::twin::world::refusal::Refusal;
use crate::twin::world::site::Site;
use crate::twin::world::things::{Payment, Refund, Subscription};

/// An amount in major units, as webhooks write it: `25`, `1.25`, `49.99`.
pub fn major(cents: u64) -> Value {
    if cents.is_multiple_of(100) {
        return json!(cents / 100);
    }
    let text = format!("{}.{:02}", cents / 100, cents % 100);
    text.parse::<f64>().map_or(Value::Null, |number| json!(number))
}

impl Site {
    /// An amount as this environment's answers write it (C1).
    fn amount(&self, cents: u64) -> Value {
        if self.has(Switch::Cents) { json!(cents) } else { major(cents) }
    }

    /// Where the customer pays; nothing for a charge by token.
    fn redirect(&self, id: &str, hosted: bool) -> Value {
        if hosted { json!(self.page_url(id)) } else { Value::Null }
    }

    /// A payment.
    pub fn payment_body(&self, payment: &Payment, reading: bool) -> Value {
        let redirect = self.redirect(&payment.id, payment.return_url.is_some());
        let mut body = json!({
            "id": payment.id,
            "externalId": payment.external_id,
            "status": payment.place.name(),
            "amount": self.amount(payment.amount),
            "currency": payment.currency,
            "amountRefunded": self.amount(payment.refunded),
            "amountRefundable": self.amount(payment.refundable()),
            "providerTransactionId": payment.provider_id,
            "redirectUrl": redirect,
            "createdAt": payment.created_at.to_string(),
        });
        if reading
            && self.has(Switch::CardTokenInLookups)
            && let Some(members) = body.as_object_mut()
        {
            members.insert("cardToken".into(), json!(payment.token));
        }
        self.formed("payment", body, reading)
    }

    /// A subscription.
    pub fn subscription_body(&self, subscription: &Subscription, reading: bool) -> Value {
        let redirect = self.redirect(&subscription.id, subscription.return_url.is_some());
        let (start, end) = subscription.period.unzip();
        let body = json!({
            "id": subscription.id,
            "externalId": subscription.external_id,
            "status": subscription.place.name(),
            "amount": self.amount(subscription.amount),
            "currency": subscription.currency,
            "billingIntervalDays": subscription.interval_days,
            "currentPeriodStart": start.map(|at| at.to_string()),
            "currentPeriodEnd": end.map(|at| at.to_string()),
            "redirectUrl": redirect,
            "createdAt": subscription.created_at.to_string(),
        });
        self.formed("subscription", body, reading)
    }

    /// A refund of a payment, without a wrapping.
    pub fn refund_members(&self, refund: &Refund, payment: &Payment) -> Value {
        json!({
            "id": refund.id,
            "paymentId": refund.payment,
            "externalId": refund.external_id,
            "status": refund.place.name(),
            "amount": self.amount(refund.amount),
            "currency": refund.currency,
            "failureCode": refund.failure,
            "failureMessage": null,
            "providerRefundId": refund.provider_id,
            "paymentAmountRefunded": self.amount(payment.refunded),
            "paymentAmountRefundable": self.amount(payment.refundable()),
            "createdAt": refund.created_at.to_string(),
        })
    }

    /// A refund of a payment.
    pub fn refund_body(&self, refund: &Refund, payment: &Payment, reading: bool) -> Value {
        self.formed("refund", self.refund_members(refund, payment), reading)
    }

    /// Flat, or wrapped with the redirect beside it (C5).
    fn formed(&self, name: &str, mut body: Value, reading: bool) -> Value {
        let switch = if reading { Switch::WrappedReads } else { Switch::Wrapped };
        if !self.has(switch) {
            return body;
        }
        let redirect = body.as_object_mut().and_then(|it| it.shift_remove("redirectUrl"));
        match redirect {
            Some(redirect) => json!({ name: body, "redirectUrl": redirect }),
            None => json!({ name: body }),
        }
    }

    /// The merchant's keys: the ones in use, and one that was revoked long ago (C14).
    pub fn keys_body(&self) -> Value {
        let active = !self.has(Switch::KeyInactive) && !self.has(Switch::KeyRevoked);
        let revoked = self.has(Switch::KeyRevoked);
        let environment = self.name();
        let old = format!("{}old", self.keys.public);
        json!({ "apiKeys": [
            {
                "id": format!("key_{environment}_2"),
                "publicKey": self.keys.public,
                "environment": environment,
                "isActive": active,
                "createdAt": self.since.to_string(),
                "revokedAt": revoked.then(|| self.since.to_string()),
            },
            {
                "id": format!("key_{environment}_1"),
                "publicKey": old,
                "environment": environment,
                "isActive": false,
                "createdAt": "2026-01-05T09:00:00.000Z",
                "revokedAt": "2026-02-01T09:00:00.000Z",
            },
        ]})
    }

    /// An error.
    pub fn error_body(&self, refusal: &Refusal, request_id: &str) -> Value {
        let details = match refusal.reason {
            _ if self.has(Switch::BareErrors) => json!({}),
            Some(reason) => json!({ "requestId": request_id, "reason": reason }),
            None => json!({ "requestId": request_id }),
        };
        json!({ "code": refusal.code, "message": refusal.message, "details": details })
    }
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn major_units_are_written_as_real_events_write_them() {
        for (cents, text) in [
            (125, "1.25"),
            (2500, "25"),
            (4999, "49.99"),
            (5, "0.05"),
            (150, "1.5"),
            (0, "0"),
            (999_999_999_999, "9999999999.99"),
        ] {
            assert_eq!(major(cents).to_string(), text);
        }
    }
}

//! The body of a webhook, in the members and the order that MintCash really sends
//! (mintcash-contract.md section 11, dialect `real`).
//!
//! Used by the webhook probes. The rule it keeps: an envelope made here is inert. Its ids are
//! fresh, its payment does not exist, its amount is zero.

use serde::Serialize;
use serde_json::Value;
use ulid::Ulid;
use uuid::Uuid;

use crate::time::Timestamp;

/// The version of the webhook schema (mintcash-contract.md section 2).
pub const API_VERSION: &str = "2026-05-01";

/// The provider's environments, as webhooks name them (mintcash-contract.md section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Real money.
    Live,
    /// The sandbox.
    Test,
}

/// What an inert event says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InertEvent {
    /// `golive.probe`, which no handler knows.
    Unknown,
    /// `payment.created`, the known event that asks a merchant to do least: nothing is paid,
    /// nothing is to be fulfilled (mintcash-contract.md section 10).
    PaymentCreated,
}

/// A webhook's body.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// What deliveries of one event share.
    pub event_id: String,
    /// `payment.succeeded` and the like.
    pub event: String,
    /// The kind of thing that `data` is.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version of the schema.
    pub api_version: String,
    /// Where it happened.
    pub environment: Environment,
    /// When it happened.
    pub created_at: Timestamp,
    /// The payment.
    pub data: Payment,
}

/// The payment in a webhook.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// MintCash's id.
    pub id: String,
    /// The merchant's id.
    pub external_id: String,
    /// The state.
    pub status: String,
    /// In major units, a JSON number.
    pub amount: u64,
    /// The currency.
    pub currency: String,
    /// The acquirer's id.
    pub provider_transaction_id: String,
    /// Why it failed.
    pub failure_code: Option<String>,
    /// The same in words.
    pub failure_message: Option<String>,
    /// In major units.
    pub amount_refunded: u64,
    /// In major units.
    pub amount_refundable: u64,
    /// Who paid.
    pub customer: Customer,
    /// Where the payer lives.
    pub billing_address: BillingAddress,
    /// The card; `null` when none was entered.
    pub card: Value,
}

/// The customer in a webhook.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// MintCash's id.
    pub id: String,
    /// The merchant's id.
    pub external_id: String,
    /// The address to write to.
    pub email: String,
    /// The name.
    pub name: String,
    /// The number, which real events leave out.
    pub phone: Option<String>,
}

/// The billing address in a webhook; real events fill the country and the postal code only.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BillingAddress {
    /// ISO 3166 alpha-2.
    pub country: String,
    /// The postal code.
    pub postal_code: String,
    /// The name.
    pub name: Option<String>,
    /// The street.
    pub line1: Option<String>,
    /// More of it.
    pub line2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state.
    pub state: Option<String>,
}

impl Envelope {
    /// An inert event: fresh ids, a payment and a customer that cannot exist, amount zero, no card.
    #[must_use]
    pub fn inert(event: InertEvent, environment: Environment, at: Timestamp) -> Self {
        let (name, kind) = match event {
            InertEvent::Unknown => ("golive.probe", "golive"),
            InertEvent::PaymentCreated => ("payment.created", "payment"),
        };
        Self {
            event_id: Uuid::new_v4().to_string(),
            event: name.to_owned(),
            kind: kind.to_owned(),
            api_version: API_VERSION.to_owned(),
            environment,
            created_at: at,
            data: Payment::inert(at),
        }
    }
}

impl Payment {
    fn inert(at: Timestamp) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            external_id: probe_id(at),
            status: "created".into(),
            amount: 0,
            currency: "USD".into(),
            provider_transaction_id: "golive-probe".into(),
            failure_code: None,
            failure_message: None,
            amount_refunded: 0,
            amount_refundable: 0,
            customer: Customer {
                id: Uuid::new_v4().to_string(),
                external_id: probe_id(at),
                email: "probe@golive.invalid".into(),
                name: "golive probe".into(),
                phone: None,
            },
            billing_address: BillingAddress {
                country: "US".into(),
                postal_code: "00000".into(),
                name: None,
                line1: None,
                line2: None,
                city: None,
                state: None,
            },
            card: Value::Null,
        }
    }
}

/// A fresh id that no merchant has given to anything: `golive-probe-<ulid>`.
#[must_use]
pub fn probe_id(at: Timestamp) -> String {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    format!("golive-probe-{}", Ulid::from_parts(millis, Uuid::new_v4().as_u128()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(event: InertEvent) -> Value {
        let at = Timestamp::from_millis(1_800_000_000_000);
        serde_json::to_value(Envelope::inert(event, Environment::Live, at)).unwrap()
    }

    fn keys(value: &Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn members_stand_in_the_order_that_real_events_have() {
        let body = written(InertEvent::PaymentCreated);
        assert_eq!(
            keys(&body).join(" "),
            "eventId event type apiVersion environment createdAt data"
        );
        assert_eq!(
            keys(&body["data"]).join(" "),
            "id externalId status amount currency providerTransactionId failureCode \
             failureMessage amountRefunded amountRefundable customer billingAddress card"
        );
    }

    #[test]
    fn an_inert_event_moves_no_money_and_names_nothing_that_exists() {
        let (one, two) = (written(InertEvent::Unknown), written(InertEvent::Unknown));
        assert_eq!(one["event"], "golive.probe");
        assert_eq!(one["data"]["amount"], 0);
        assert!(one["data"]["externalId"].as_str().unwrap().starts_with("golive-probe-"));
        assert_ne!(one["eventId"], two["eventId"]);
        assert_ne!(one["data"]["externalId"], two["data"]["externalId"]);
        assert_eq!(one["environment"], "live");
    }
}

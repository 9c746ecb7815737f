//! One-time charges: `POST /payments` and `GET /payments/{id}`.
//!
//! Used by the live rehearsal and the sandbox replay. What contradicts itself in the documentation
//! is read in every way that it may be meant (mintcash-contract.md section 13): a decline comes as
//! 499, as a 200 with `failed`, or later (C7); bodies are wrapped or flat (C5); amounts are in one
//! unit or the other (C1).

use serde_json::{Map, Value, json};

use crate::mintcash::body::{moment, redirect_url, text, unwrapped};
use crate::mintcash::call::{Answered, Call, CallError, Strange, Trouble};
use crate::mintcash::client::{Client, Request};
use crate::mintcash::error::{ApiError, Kind};
use crate::mintcash::money::{Minor, Mismatch, Unit};
use crate::mintcash::prepared::{Expected, ExternalId, Prepared, segment};
use crate::mintcash::status::PaymentStatus;
use crate::text::Untrusted;
use crate::time::Timestamp;

/// Who pays. All three are always sent: pages disagree on which are needed (C8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// The merchant's id of the customer.
    pub external_id: String,
    /// The address to write to.
    pub email: String,
    /// The name.
    pub name: String,
}

/// Where the payer lives. Always sent: optional on one page, demanded on another (C12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billing {
    /// ISO 3166 alpha-2.
    pub country: String,
    /// The postal code.
    pub postal_code: String,
}

/// How the card is come by. Sending both members is undocumented, so it can not be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Card {
    /// The customer types it on MintCash's page and comes back to this URL.
    HostedPage {
        /// Where the browser comes back to; proves nothing by itself.
        return_url: String,
    },
    /// It was stored before.
    Saved {
        /// The token of the stored card.
        card_token: String,
    },
}

/// A charge to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPayment {
    /// How much; an integer in the smallest unit (C22).
    pub amount: Minor,
    /// ISO 4217.
    pub currency: String,
    /// Under which it is made once.
    pub external_id: ExternalId,
    /// Who pays.
    pub payer: Payer,
    /// Where the payer lives.
    pub billing: Billing,
    /// How the card is come by.
    pub card: Card,
    /// What it is for.
    pub description: Option<String>,
}

/// A payment as the API tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Payment {
    /// MintCash's id: opaque, prefixed or a bare UUID (C3).
    pub id: String,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How much.
    pub amount: Minor,
    /// In which unit the answer wrote amounts (C1).
    pub unit: Unit,
    /// How much was given back, where the answer says.
    pub refunded: Option<Minor>,
    /// How much could still be, where the answer says. Real events say so of failed payments too:
    /// no permission to refund.
    pub refundable: Option<Minor>,
    /// Where the customer pays; `None` for a saved card.
    pub redirect_url: Option<String>,
    /// The acquirer's id.
    pub provider_transaction_id: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The whole answer, members that nobody named included.
    pub body: Value,
}

/// What became of a charge (C7).
#[derive(Clone, Debug, PartialEq)]
pub enum Charge {
    /// There is a payment; it may have failed at once, or will.
    Made(Answered<Payment>),
    /// The provider declined it, and there is no payment in the answer. The `externalId` is spent.
    Declined(Answered<ApiError>),
}

impl NewPayment {
    /// Builds the request, once. To be written down before it is sent.
    #[must_use]
    pub fn prepare(&self) -> Prepared {
        let mut body = common(self.amount, &self.currency, &self.external_id);
        body.insert("customer".into(), self.payer.json());
        body.insert("billing".into(), self.billing.json());
        self.card.write(&mut body);
        if let Some(description) = &self.description {
            body.insert("description".into(), json!(description));
        }
        let expected = Expected {
            external_id: self.external_id.clone(),
            amount: self.amount,
            currency: Some(self.currency.clone()),
        };
        Prepared::new("/payments".into(), body, expected)
    }
}

/// The members that charges and subscriptions begin with.
pub(super) fn common(amount: Minor, currency: &str, id: &ExternalId) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("amount".into(), json!(amount.0));
    body.insert("currency".into(), json!(currency));
    body.insert("externalId".into(), json!(id.0));
    body
}

impl Payer {
    pub(super) fn json(&self) -> Value {
        json!({ "externalId": self.external_id, "email": self.email, "name": self.name })
    }
}

impl Billing {
    pub(super) fn json(&self) -> Value {
        json!({ "country": self.country, "postalCode": self.postal_code })
    }
}

impl Card {
    pub(super) fn write(&self, body: &mut Map<String, Value>) {
        let (name, value) = match self {
            Self::HostedPage { return_url } => ("returnUrl", return_url),
            Self::Saved { card_token } => ("cardToken", card_token),
        };
        body.insert(name.into(), json!(value));
    }
}

impl Payment {
    /// Reads a payment and holds it against what was asked for.
    ///
    /// # Errors
    /// When it has no id, or is about something else.
    pub fn read(body: Value, expected: &Expected) -> Result<Self, Trouble> {
        let inner = unwrapped(&body, "payment");
        let (id, unit) = agrees(inner, expected)?;
        let part = |name| inner.get(name).and_then(|value| Minor::read(value, unit));
        Ok(Self {
            status: PaymentStatus::of(&text(inner, "status").unwrap_or_default()),
            amount: expected.amount,
            unit,
            refunded: part("amountRefunded"),
            refundable: part("amountRefundable"),
            redirect_url: redirect_url(&body, "payment"),
            provider_transaction_id: text(inner, "providerTransactionId"),
            created_at: moment(inner, "createdAt"),
            id,
            body,
        })
    }
}

/// Holds an object's id, `externalId`, currency and amount against what was sent.
pub(super) fn agrees(inner: &Value, expected: &Expected) -> Result<(String, Unit), Trouble> {
    let Some(id) = text(inner, "id") else {
        let why = "JSON without the id of what was asked for";
        return Err(Trouble::Strange(Strange { status: 200, html: false, why }));
    };
    let differs = |member, sent: &str, came: String| {
        let shown = |text: String| Untrusted::new(text).line(100);
        let (came, id) = (shown(came), Some(shown(id.clone())));
        Trouble::Mismatch(Box::new(Mismatch { member, sent: sent.to_owned(), came, id }))
    };
    let sent = &expected.external_id.0;
    if let Some(came) = text(inner, "externalId").filter(|came| came != sent) {
        return Err(differs("externalId", sent, came));
    }
    if let Some(sent) = &expected.currency
        && let Some(came) = text(inner, "currency").filter(|it| !it.eq_ignore_ascii_case(sent))
    {
        return Err(differs("currency", sent, came));
    }
    let shown = inner.get("amount").unwrap_or(&Value::Null);
    match Unit::of(expected.amount, shown) {
        Some(unit) => Ok((id, unit)),
        None => Err(differs("amount", &expected.amount.0.to_string(), shown.to_string())),
    }
}

impl Client {
    /// Makes a charge, or finds the one that the same request has made before. What comes back may
    /// be the state at creation: read it again with [`payment`](Self::payment).
    ///
    /// # Errors
    /// When there is neither a payment nor a decline; [`Kind::Mismatch`] when the `externalId` was
    /// used with another body (C11).
    pub async fn charge(&self, prepared: &Prepared) -> Result<Charge, CallError> {
        match self.send(Request::create(prepared)).await {
            Ok(answer) => {
                answer.read(|body| Payment::read(body, prepared.expected())).map(Charge::Made)
            }
            Err(CallError { trouble: Trouble::Api(error), call }) => declined(error, call),
            Err(error) => Err(error),
        }
    }

    /// Reads a payment.
    ///
    /// # Errors
    /// When it can not be had or is about something else.
    pub async fn payment(
        &self,
        id: &str,
        expected: &Expected,
    ) -> Result<Answered<Payment>, CallError> {
        let path = path("/payments/", id)?;
        let answer = self.send(Request::get(&path)).await?;
        answer.read(|body| Payment::read(body, expected))
    }
}

fn declined(error: Box<ApiError>, call: Call) -> Result<Charge, CallError> {
    match error.kind {
        Kind::Declined => Ok(Charge::Declined(Answered { value: *error, call })),
        _ => Err(CallError { trouble: Trouble::Api(error), call }),
    }
}

/// The path of a thing with that id.
pub(super) fn path(before: &str, id: &str) -> Result<String, CallError> {
    segment(id).map(|id| format!("{before}{id}")).ok_or_else(|| {
        let call = Call { what: format!("{before}…"), host: String::new(), tries: Vec::new() };
        CallError { trouble: Trouble::NotSent("an id that can not stand in a path"), call }
    })
}

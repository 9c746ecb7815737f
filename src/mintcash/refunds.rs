//! Refunds: `POST /payments/{id}/refund`, and reading them at whichever path they can be read.
//!
//! Used by the live rehearsal. The paths of the two read calls are undocumented
//! (mintcash-contract.md section 3), so they are settings with every candidate as default; a state
//! that is not known counts as under way.

use serde_json::{Map, Value, json};

use crate::mintcash::body::{list, moment, text, unwrapped};
use crate::mintcash::call::{Answered, Call, CallError, Strange, Trouble};
use crate::mintcash::client::{Client, Request};
use crate::mintcash::error::Kind;
use crate::mintcash::money::{Minor, Mismatch, Unit};
use crate::mintcash::payments::{agrees, path};
use crate::mintcash::prepared::{Expected, ExternalId, Prepared};
use crate::mintcash::status::RefundStatus;
use crate::text::Untrusted;
use crate::time::Timestamp;

/// How much to give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAmount {
    /// So much.
    Part(Minor),
    /// Everything that is left, which is believed to be so much: sent without an amount, and the
    /// answer is held against it.
    Rest(Minor),
}

/// A refund to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRefund {
    /// MintCash's id of the payment.
    pub payment: String,
    /// Under which it is made once.
    pub external_id: ExternalId,
    /// How much.
    pub amount: RefundAmount,
    /// The payment's currency, to hold the answer against.
    pub currency: Option<String>,
    /// Why, in the merchant's words.
    pub reason: Option<String>,
}

/// A refund as the API tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refund {
    /// MintCash's id, opaque.
    pub id: String,
    /// The `externalId`, where the answer says.
    pub external_id: Option<String>,
    /// Where it stands.
    pub status: RefundStatus,
    /// The amount as it came; [`agrees_with`](Self::agrees_with) tells what it means.
    pub amount: Value,
    /// Why it failed; an open set.
    pub failure_code: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The whole answer, members that nobody named included.
    pub body: Value,
}

/// Where refunds can be read; `{payment}` and `{refund}` stand for the ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundPaths {
    /// The list of a payment's refunds, candidates in order.
    pub list: Vec<String>,
    /// One refund, candidates in order.
    pub one: Vec<String>,
}

impl Default for RefundPaths {
    fn default() -> Self {
        let texts = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        Self {
            list: texts(&["/payments/{payment}/refunds", "/payments/{payment}/refund"]),
            one: texts(&["/payments/{payment}/refunds/{refund}", "/refunds/{refund}"]),
        }
    }
}

impl NewRefund {
    /// Builds the request, once. To be written down before it is sent.
    ///
    /// # Errors
    /// When the payment's id can not stand in a path.
    pub fn prepare(&self) -> Result<Prepared, CallError> {
        let path = format!("{}/refund", path("/payments/", &self.payment)?);
        let mut body = Map::new();
        body.insert("externalId".into(), json!(self.external_id.0));
        let amount = match self.amount {
            RefundAmount::Part(amount) => {
                body.insert("amount".into(), json!(amount.0));
                amount
            }
            RefundAmount::Rest(amount) => amount,
        };
        if let Some(reason) = &self.reason {
            body.insert("reason".into(), json!(reason));
        }
        let currency = self.currency.clone();
        let expected = Expected { external_id: self.external_id.clone(), amount, currency };
        Ok(Prepared::new(path, body, expected))
    }
}

impl Refund {
    /// Reads a refund.
    ///
    /// # Errors
    /// When it has no id.
    pub fn read(body: Value) -> Result<Self, Trouble> {
        let inner = unwrapped(&body, "refund");
        let Some(id) = text(inner, "id") else {
            let why = "JSON without the id of a refund";
            return Err(Trouble::Strange(Strange { status: 200, html: false, why }));
        };
        Ok(Self {
            id,
            external_id: text(inner, "externalId"),
            status: RefundStatus::of(&text(inner, "status").unwrap_or_default()),
            amount: inner.get("amount").cloned().unwrap_or_default(),
            failure_code: text(inner, "failureCode"),
            created_at: moment(inner, "createdAt"),
            body,
        })
    }

    /// In which unit its amount is `expected`.
    ///
    /// # Errors
    /// When it is that in neither.
    pub fn agrees_with(&self, expected: Minor) -> Result<Unit, Mismatch> {
        Unit::of(expected, &self.amount).ok_or_else(|| Mismatch {
            member: "amount",
            sent: expected.0.to_string(),
            came: Untrusted::new(self.amount.to_string()).line(100),
            id: Some(Untrusted::new(self.id.as_str()).line(100)),
        })
    }
}

impl Client {
    /// Makes a refund, or finds the one that the same request has made before.
    ///
    /// # Errors
    /// [`Kind::Conflict`] while another one runs or the payment does not allow it,
    /// [`Kind::TooMuch`] when less is left.
    pub async fn refund(&self, prepared: &Prepared) -> Result<Answered<Refund>, CallError> {
        let answer = self.send(Request::create(prepared)).await?;
        answer.read(|body| {
            agrees(unwrapped(&body, "refund"), prepared.expected())?;
            Refund::read(body)
        })
    }

    /// Lists a payment's refunds.
    ///
    /// # Errors
    /// When none of the paths leads to a list.
    pub async fn refunds(
        &self,
        payment: &str,
        paths: &RefundPaths,
    ) -> Result<Answered<Vec<Refund>>, CallError> {
        let answer = self.first(&paths.list, payment, "").await?;
        answer.read(|body| {
            let why = "JSON without a list of refunds";
            let strange = || Trouble::Strange(Strange { status: 200, html: false, why });
            let items = list(&body, &["refunds", "data", "items"]).ok_or_else(strange)?;
            items.iter().map(|item| Refund::read(item.clone())).collect()
        })
    }

    /// Reads one refund.
    ///
    /// # Errors
    /// When none of the paths leads to it.
    pub async fn refund_of(
        &self,
        payment: &str,
        refund: &str,
        paths: &RefundPaths,
    ) -> Result<Answered<Refund>, CallError> {
        let answer = self.first(&paths.one, payment, refund).await?;
        answer.read(Refund::read)
    }

    /// Reads the first of several paths at which there is something.
    async fn first(
        &self,
        paths: &[String],
        payment: &str,
        refund: &str,
    ) -> Result<Answered<Value>, CallError> {
        let payment = path("", payment)?;
        let refund = if refund.is_empty() { String::new() } else { path("", refund)? };
        let mut last = no_paths();
        for template in paths {
            let filled = template.replace("{payment}", &payment).replace("{refund}", &refund);
            match self.send(Request::get(&filled)).await {
                Err(error) if is_no_such_path(&error) => last = error,
                other => return other,
            }
        }
        Err(last)
    }
}

fn no_paths() -> CallError {
    let call = Call { what: "reading refunds".into(), host: String::new(), tries: Vec::new() };
    CallError { trouble: Trouble::NotSent("no path is set at which refunds can be read"), call }
}

/// Whether there may be something at another path: not found, or a path for other methods.
fn is_no_such_path(error: &CallError) -> bool {
    match &error.trouble {
        Trouble::Api(error) => error.kind == Kind::NotFound || error.status == 405,
        _ => false,
    }
}

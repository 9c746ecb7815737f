//! Subscriptions: `POST /subscriptions`, `GET` and `DELETE /subscriptions/{id}`.
//!
//! Used by the live rehearsal. Cancelling is immediate and final; what a second DELETE answers is
//! undocumented, so whoever is refused looks whether it is done already (mintcash-contract.md
//! section 3.4).

use serde_json::{Value, json};

use crate::mintcash::body::{moment, redirect_url, text, unwrapped};
use crate::mintcash::call::{Answered, Call, CallError, Trouble};
use crate::mintcash::client::{Client, Request};
use crate::mintcash::error::Kind;
use crate::mintcash::money::{Minor, Unit};
use crate::mintcash::payments::{Billing, Card, Payer, agrees, common, path};
use crate::mintcash::prepared::{Expected, ExternalId, Prepared};
use crate::mintcash::status::SubscriptionStatus;
use crate::time::Timestamp;

/// A subscription to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubscription {
    /// How much each time; fixed for its life.
    pub amount: Minor,
    /// ISO 4217.
    pub currency: String,
    /// Under which it is made once.
    pub external_id: ExternalId,
    /// Days between two charges.
    pub interval_days: u32,
    /// Who pays.
    pub payer: Payer,
    /// Where the payer lives.
    pub billing: Billing,
    /// How the card is come by.
    pub card: Card,
}

/// A subscription as the API tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// MintCash's id, opaque (C3).
    pub id: String,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// How much each time.
    pub amount: Minor,
    /// In which unit the answer wrote amounts (C1).
    pub unit: Unit,
    /// When the paid period began; absent before the first one.
    pub period_start: Option<Timestamp>,
    /// When it ends.
    pub period_end: Option<Timestamp>,
    /// Where the customer pays the first time.
    pub redirect_url: Option<String>,
    /// The whole answer, members that nobody named included.
    pub body: Value,
}

/// How a subscription came to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancelled {
    /// By this call. The body of the answer is undocumented.
    Now(Call),
    /// It had ended before; the call that was refused, and the one that read so.
    Already(Call, Call),
}

impl NewSubscription {
    /// Builds the request, once. To be written down before it is sent.
    #[must_use]
    pub fn prepare(&self) -> Prepared {
        let mut body = common(self.amount, &self.currency, &self.external_id);
        body.insert("billingIntervalDays".into(), json!(self.interval_days));
        body.insert("customer".into(), self.payer.json());
        body.insert("billing".into(), self.billing.json());
        self.card.write(&mut body);
        let expected = Expected {
            external_id: self.external_id.clone(),
            amount: self.amount,
            currency: Some(self.currency.clone()),
        };
        Prepared::new("/subscriptions".into(), body, expected)
    }
}

impl Subscription {
    /// Reads a subscription and holds it against what was asked for.
    ///
    /// # Errors
    /// When it has no id, or is about something else.
    pub fn read(body: Value, expected: &Expected) -> Result<Self, Trouble> {
        let inner = unwrapped(&body, "subscription");
        let (id, unit) = agrees(inner, expected)?;
        Ok(Self {
            status: SubscriptionStatus::of(&text(inner, "status").unwrap_or_default()),
            amount: expected.amount,
            unit,
            period_start: moment(inner, "currentPeriodStart"),
            period_end: moment(inner, "currentPeriodEnd"),
            redirect_url: redirect_url(&body, "subscription"),
            id,
            body,
        })
    }
}

impl Client {
    /// Makes a subscription, or finds the one that the same request has made before.
    ///
    /// # Errors
    /// When there is none; [`Kind::Declined`] when the first charge was declined at once.
    pub async fn subscribe(
        &self,
        prepared: &Prepared,
    ) -> Result<Answered<Subscription>, CallError> {
        let answer = self.send(Request::create(prepared)).await?;
        answer.read(|body| Subscription::read(body, prepared.expected()))
    }

    /// Reads a subscription.
    ///
    /// # Errors
    /// When it can not be had or is about something else.
    pub async fn subscription(
        &self,
        id: &str,
        expected: &Expected,
    ) -> Result<Answered<Subscription>, CallError> {
        let path = path("/subscriptions/", id)?;
        let answer = self.send(Request::get(&path)).await?;
        answer.read(|body| Subscription::read(body, expected))
    }

    /// Cancels a subscription, at once and for good; one that is cancelled already is done.
    ///
    /// # Errors
    /// When it is neither cancelled nor was before.
    pub async fn cancel(&self, id: &str) -> Result<Cancelled, CallError> {
        let path = path("/subscriptions/", id)?;
        let error = match self.send(Request::delete(&path)).await {
            Ok(answer) => return Ok(Cancelled::Now(answer.call)),
            Err(error) => error,
        };
        if !may_be_done(&error.trouble) {
            return Err(error);
        }
        // Whatever the refusal says: if it reads as cancelled, it is.
        match self.send(Request::get(&path)).await {
            Ok(answer) if reads_cancelled(&answer.value) => {
                Ok(Cancelled::Already(error.call, answer.call))
            }
            _ => Err(error),
        }
    }
}

/// Whether a refusal may mean that there is nothing left to cancel, or a lost answer that it worked.
fn may_be_done(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Api(error) => {
            !matches!(error.kind, Kind::Unauthenticated | Kind::Forbidden | Kind::RateLimited)
        }
        Trouble::Timeout | Trouble::Broken(_) | Trouble::Strange(_) | Trouble::TooLong => true,
        _ => false,
    }
}

fn reads_cancelled(body: &Value) -> bool {
    let status = text(unwrapped(body, "subscription"), "status").unwrap_or_default();
    SubscriptionStatus::of(&status) == SubscriptionStatus::Cancelled
}

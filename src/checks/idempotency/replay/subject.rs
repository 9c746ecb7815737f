//! What is created: a payment, a subscription or a refund, as a request and as an answer.
//!
//! Used by `rounds`. Amounts are small and no card is used: what is created in the sandbox stays
//! unpaid.

use crate::mintcash::call::{Call, CallError, Trouble};
use crate::mintcash::client::Client;
use crate::mintcash::error::Kind;
use crate::mintcash::money::Minor;
use crate::mintcash::payments::{Billing, Card, Charge, NewPayment, Payer};
use crate::mintcash::prepared::{ExternalId, Prepared, Purpose};
use crate::mintcash::refunds::{NewRefund, RefundAmount};
use crate::mintcash::subscriptions::NewSubscription;
use crate::text::Untrusted;

/// What one round is about.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// What is created.
    pub purpose: Purpose,
    /// The payment that is refunded.
    pub payment: Option<String>,
    /// The currency.
    pub currency: String,
}

/// What a request came to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// The thing with this id; its page, where it has one.
    Thing(String, Option<String>),
    /// The thing with this id, which is not what was asked for: which member differs.
    Other(String, String),
    /// 409 by the documented code for another payload.
    Mismatch(String),
    /// 409 otherwise.
    Conflict(String),
    /// Refused in another way.
    Refused(String),
    /// Nothing that says anything.
    Nothing(String),
}

impl Answer {
    /// What it was, in a few words.
    pub fn says(&self) -> String {
        match self {
            Self::Thing(id, _) => format!("200 {id}"),
            Self::Other(id, what) => format!("200 {id}, and {what}"),
            Self::Mismatch(says)
            | Self::Conflict(says)
            | Self::Refused(says)
            | Self::Nothing(says) => says.clone(),
        }
    }

    /// The id of what it hands back.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Thing(id, _) | Self::Other(id, _) => Some(id),
            _ => None,
        }
    }
}

impl Subject {
    /// Where it is created.
    pub fn path(&self) -> String {
        match (self.purpose, &self.payment) {
            (Purpose::Payment, _) => "/payments".to_owned(),
            (Purpose::Subscription, _) => "/subscriptions".to_owned(),
            (Purpose::Refund, payment) => {
                format!("/payments/{}/refund", payment.as_deref().unwrap_or_default())
            }
        }
    }

    /// The amount that is asked for, and the one of another body.
    fn amount(&self, other: bool) -> Minor {
        match (self.purpose, other) {
            (Purpose::Refund, false) => Minor(1),
            (Purpose::Refund, true) => Minor(2),
            (_, false) => Minor(100),
            (_, true) => Minor(200),
        }
    }

    /// The request under an id; with another amount when `other`.
    ///
    /// # Errors
    /// When the payment's id can not stand in a path.
    pub fn prepare(&self, id: &ExternalId, other: bool) -> Result<Prepared, CallError> {
        let payer = Payer {
            external_id: "golive-replay".into(),
            email: "golive-replay@example.com".into(),
            name: "golive replay".into(),
        };
        let billing = Billing { country: "US".into(), postal_code: "94105".into() };
        let card = Card::HostedPage { return_url: "https://example.com/golive-replay".into() };
        let (amount, currency) = (self.amount(other), self.currency.clone());
        let external_id = id.clone();
        match self.purpose {
            Purpose::Payment => Ok(NewPayment {
                amount,
                currency,
                external_id,
                payer,
                billing,
                card,
                description: None,
            }
            .prepare()),
            Purpose::Subscription => Ok(NewSubscription {
                amount,
                currency,
                external_id,
                interval_days: 30,
                payer,
                billing,
                card,
            }
            .prepare()),
            Purpose::Refund => NewRefund {
                payment: self.payment.clone().unwrap_or_default(),
                external_id,
                amount: RefundAmount::Part(amount),
                currency: None,
                reason: Some("golive replay".into()),
            }
            .prepare(),
        }
    }

    /// Sends a request, and reads what it came to.
    pub async fn send(&self, client: &Client, prepared: &Prepared) -> (Answer, Call) {
        let sent = match self.purpose {
            Purpose::Payment => match client.charge(prepared).await {
                Ok(Charge::Made(answer)) => {
                    Ok((answer.value.id, answer.value.redirect_url, answer.call))
                }
                Ok(Charge::Declined(answer)) => {
                    return (Answer::Refused(answer.value.short()), answer.call);
                }
                Err(error) => Err(error),
            },
            Purpose::Subscription => client
                .subscribe(prepared)
                .await
                .map(|answer| (answer.value.id, answer.value.redirect_url, answer.call)),
            Purpose::Refund => {
                client.refund(prepared).await.map(|answer| (answer.value.id, None, answer.call))
            }
        };
        match sent {
            Ok((id, page, call)) => {
                let page = page.map(|page| Untrusted::new(page).line(300));
                (Answer::Thing(shown(&id), page), call)
            }
            Err(error) => (answer_of(&error), error.call),
        }
    }
}

fn shown(id: &str) -> String {
    Untrusted::new(id).line(100)
}

fn answer_of(error: &CallError) -> Answer {
    let says = error.trouble.says();
    match &error.trouble {
        Trouble::Mismatch(mismatch) => match &mismatch.id {
            Some(id) => Answer::Other(id.clone(), says),
            None => Answer::Nothing(says),
        },
        Trouble::Api(api) => match api.kind {
            Kind::Mismatch => Answer::Mismatch(says),
            Kind::Conflict => Answer::Conflict(says),
            Kind::Unavailable | Kind::RateLimited | Kind::Unclear => Answer::Nothing(says),
            _ => Answer::Refused(says),
        },
        _ => Answer::Nothing(says),
    }
}

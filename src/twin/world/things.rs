//! What an environment holds: customers, payments, refunds, subscriptions.

use std::time::Duration;

use serde_json::Value;

use crate::time::Timestamp;
use crate::twin::card::TestCard;
use crate::twin::world::place::{Paid, Place, Returned, Subscribed};

/// Who pays.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// MintCash's id.
    pub id: String,
    /// The merchant's id.
    pub external_id: Option<String>,
    /// The address to write to.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The number.
    pub phone: Option<String>,
}

/// A one-time charge, or one of a subscription.
#[derive(Clone, Debug)]
pub struct Payment {
    /// MintCash's id.
    pub id: String,
    /// The merchant's id.
    pub external_id: String,
    /// Where it stands.
    pub place: Place<Paid>,
    /// In the smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// What was given back, in the smallest unit.
    pub refunded: u64,
    /// The acquirer's id.
    pub provider_id: String,
    /// Who pays.
    pub customer: Customer,
    /// Where the payer lives, as it was sent.
    pub billing: Value,
    /// Where the browser goes afterwards; nothing for a charge by token.
    pub return_url: Option<String>,
    /// Where its webhooks go, if that is switched on.
    pub callback_url: Option<String>,
    /// The card, once one was used.
    pub card: Option<TestCard>,
    /// What stands for the card from then on.
    pub token: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// The subscription that it is a charge of.
    pub subscription: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Payment {
    /// What is left to be given back. Real events say so of failed payments too.
    pub fn refundable(&self) -> u64 {
        self.amount.saturating_sub(self.refunded)
    }
}

/// Money that goes back.
#[derive(Clone, Debug)]
pub struct Refund {
    /// MintCash's id.
    pub id: String,
    /// The payment.
    pub payment: String,
    /// The merchant's id.
    pub external_id: String,
    /// Where it stands.
    pub place: Place<Returned>,
    /// In the smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// Why it failed.
    pub failure: Option<String>,
    /// The acquirer's id.
    pub provider_id: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Recurring charges.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// MintCash's id.
    pub id: String,
    /// The merchant's id.
    pub external_id: String,
    /// Where it stands.
    pub place: Place<Subscribed>,
    /// In the smallest unit, each time.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// Days between two charges.
    pub interval_days: u32,
    /// Who pays.
    pub customer: Customer,
    /// Where the payer lives, as it was sent.
    pub billing: Value,
    /// Where the browser goes afterwards; nothing for one by token.
    pub return_url: Option<String>,
    /// Where its webhooks go, if that is switched on.
    pub callback_url: Option<String>,
    /// The card that is charged.
    pub card: Option<TestCard>,
    /// What stands for it.
    pub token: Option<String>,
    /// The period that is paid.
    pub period: Option<(Timestamp, Timestamp)>,
    /// When it is charged next, and which attempt that is.
    pub next: Option<(Timestamp, usize)>,
    /// The attempt that waits for another card.
    pub paused: Option<usize>,
    /// Why the last charge failed.
    pub failure: Option<String>,
    /// Its charges, in order.
    pub charges: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Subscription {
    /// The time between two charges.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.interval_days) * 86_400)
    }
}

/// A movement of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When.
    pub at: Timestamp,
    /// Whether it went back to the customer.
    pub back: bool,
    /// The payment.
    pub payment: String,
    /// In the smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
}

/// A request that the API got.
#[derive(Clone, Debug)]
pub struct Call {
    /// When.
    pub at: Timestamp,
    /// `POST /payments`.
    pub what: String,
    /// The status of the answer; nothing when it was cut off.
    pub status: Option<u16>,
    /// The id in an error.
    pub request_id: Option<String>,
}

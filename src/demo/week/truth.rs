//! What happened, before anybody wrote it down.

use uuid::Builder;

/// An event of MintCash.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its `eventId`.
    pub id: u128,
    /// Its name.
    pub name: &'static str,
    /// When MintCash made it, in milliseconds.
    pub created: i64,
    /// `data.failureCode`.
    pub code: Option<&'static str>,
    /// What it is about.
    pub about: Thing,
    /// Whether a card had been entered.
    pub card: bool,
    /// Each delivery, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// A payment, or a subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// MintCash's id.
    pub id: u128,
    /// The subscription that a payment belongs to.
    pub subscription: Option<u128>,
    /// What `externalId` begins with: `order`, `sub`.
    pub kind: &'static str,
    /// The number in `externalId`.
    pub number: u64,
    /// Who pays.
    pub customer: u32,
    /// How much, in cents.
    pub cents: u32,
}

impl Thing {
    /// The merchant's id for it.
    #[must_use]
    pub fn external(&self) -> String {
        format!("{}-{}", self.kind, self.number)
    }
}

/// One delivery of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When it came, in milliseconds, by a right clock.
    pub at: i64,
    /// What it was answered with, and in how many milliseconds; `None` when it never was.
    pub answer: Option<(u16, u32)>,
    /// Whether the merchant's programs saw it.
    pub seen: bool,
}

/// A request that MintCash answered with an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    /// When, in milliseconds.
    pub at: i64,
    /// The HTTP status.
    pub status: u16,
    /// MintCash's code.
    pub code: &'static str,
    /// `requestId`, without `req_`.
    pub request: u128,
    /// What the request was about.
    pub about: Thing,
    /// Whether the application's log tells of it.
    pub logged: bool,
    /// Whether it tells the request id.
    pub identified: bool,
}

/// An id as real events have it: a UUID of version 4.
#[must_use]
pub fn uuid(id: u128) -> String {
    Builder::from_random_bytes(id.to_be_bytes()).into_uuid().to_string()
}

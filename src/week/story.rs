//! What the logs say, line by line put together: stories of events, hits of an access log, errors.
//!
//! Made by `events::feed`; taken in by [`Boards`](super::Boards).

use crate::time::Timestamp;
use crate::week::word::Word;

/// An id, hashed with a key of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

/// Where a line stands: which of the files, and the offset of its first byte in the unpacked
/// content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The file, by the number that the feed gave it.
    pub file: u32,
    /// The offset.
    pub offset: u64,
}

/// One event, known by its `eventId`, with everything that the logs say of its deliveries.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// Its `eventId`; where a line has none, the line's own.
    pub id: Key,
    /// Its name, `payment.failed`.
    pub name: Word,
    /// When MintCash made it, by its `createdAt`.
    pub created: Option<Timestamp>,
    /// `data.failureCode`, where there is one.
    pub code: Option<Word>,
    /// `data.id`: the payment, subscription or refund.
    pub resource: Option<Key>,
    /// The subscription that it belongs to, where the event says.
    pub subscription: Option<Key>,
    /// `data.externalId`.
    pub external: Option<Key>,
    /// Whether a card had been entered; `None` where the event does not say.
    pub card: Option<bool>,
    /// Its deliveries, oldest first; at most [`Story::MOST_ATTEMPTS`]. Never empty.
    pub attempts: Vec<Attempt>,
    /// The first line that tells of it.
    pub spot: Spot,
}

impl Story {
    /// More deliveries of one event are not kept: MintCash tries 6 times, people replay some.
    pub const MOST_ATTEMPTS: usize = 16;

    /// When it happened: when it was made, else when it first came.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        self.created.or_else(|| self.attempts.first().map(|attempt| attempt.at))
    }
}

/// One delivery of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// When it came, by the log.
    pub at: Timestamp,
    /// How it was answered.
    pub answer: Answer,
    /// The line.
    pub spot: Spot,
}

/// How a delivery was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// The log does not say: it holds what came, not what was answered.
    Unsaid,
    /// The log would say, and says nothing: it was never answered, or not yet.
    Nothing,
    /// With this status.
    Status {
        /// The HTTP status.
        status: u16,
        /// How long it took, in milliseconds, where the log says.
        ms: Option<u32>,
    },
}

impl Answer {
    /// MintCash waits so long for an answer, in milliseconds (mintcash-contract.md section 9).
    pub const IN_TIME_MS: u32 = 10_000;

    /// Whether MintCash took it for delivered: 2xx within 10 s. `None` where that is not known.
    #[must_use]
    pub fn delivered(self) -> Option<bool> {
        match self {
            Self::Unsaid => None,
            Self::Nothing => Some(false),
            Self::Status { status, ms } => {
                Some((200..300).contains(&status) && ms.is_none_or(|ms| ms <= Self::IN_TIME_MS))
            }
        }
    }
}

/// A delivery in an access log, which knows no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// When.
    pub at: Timestamp,
    /// The HTTP status that was answered.
    pub status: u16,
    /// How long it took, in milliseconds, where the log says.
    pub ms: Option<u32>,
    /// The line.
    pub spot: Spot,
}

/// On whose side an error was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The merchant's application logged it.
    Application,
    /// MintCash answered a request with it, by the merchant's request log.
    Api,
}

/// An error that has to do with MintCash, on one side or the other. (A `payment.failed` or
/// `subscription.failed` event is a [`Story`].)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// When.
    pub at: Timestamp,
    /// Where it was seen.
    pub side: Side,
    /// MintCash's code for it, where the line has one.
    pub code: Option<Word>,
    /// The HTTP status of MintCash's answer, where the line has it.
    pub status: Option<u16>,
    /// `requestId`.
    pub request: Option<Key>,
    /// `externalId`.
    pub external: Option<Key>,
    /// MintCash's id of the payment, subscription or refund.
    pub resource: Option<Key>,
    /// The line.
    pub spot: Spot,
}

//! What one event says of a subscription, in 24 bytes.
//!
//! Made from every story. The rules it keeps: both names of a charge are one (C2 of
//! mintcash-contract.md section 13); times are whole seconds, so that an event looks the same
//! however it was kept.

use crate::time::Timestamp;
use crate::week::story::{Key, Spot, Story};
use crate::week::word::{Word, Words};

/// 2020-01-01T00:00:00Z, in seconds.
const EPOCH: i64 = 1_577_836_800;

/// Stands for no code.
const NO_CODE: u16 = u16::MAX;

/// What it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A charge failed.
    Failed,
    /// A charge worked.
    Charged,
    /// The subscription was cancelled.
    Cancelled,
}

/// One event of a subscription. They are ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// When, in seconds since 2020; from 1 on.
    pub at: u32,
    /// What it was.
    pub kind: Kind,
    code: u16,
    file: u32,
    offset: u64,
}

/// What a story says of subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// Something, but not of which subscription or when.
    Unclear,
    /// This, of that subscription.
    Of(Key, Mark),
}

impl Said {
    /// What a story says.
    pub(super) fn of(story: &Story, words: &Words) -> Self {
        let name = words.text(story.name);
        let is_own = name.starts_with("subscription.");
        let kind = match name {
            "subscription.succeeded" | "subscription.payment_succeeded" => Kind::Charged,
            "subscription.failed" | "subscription.payment_failed" => Kind::Failed,
            "subscription.cancelled" | "subscription.canceled" => Kind::Cancelled,
            "payment.succeeded" if story.subscription.is_some() => Kind::Charged,
            "payment.failed" if story.subscription.is_some() => Kind::Failed,
            _ => return Self::Nothing,
        };
        let resource = || story.resource.filter(|_| is_own);
        let whose = story.subscription.or_else(resource).or(story.external);
        match (whose, story.at()) {
            (Some(key), Some(at)) => Self::Of(key, Mark::new(kind, at, story.code, story.spot)),
            _ => Self::Unclear,
        }
    }
}

impl Mark {
    /// An event. Of a charge that worked only the time is kept: it is what most events are.
    pub(super) fn new(kind: Kind, at: Timestamp, code: Option<Word>, spot: Spot) -> Self {
        let at = seconds(at);
        if kind == Kind::Charged {
            return Self::charged(at);
        }
        let code = code.map_or(NO_CODE, |word| word.0);
        Self { at, kind, code, file: spot.file, offset: spot.offset }
    }

    /// A charge that worked.
    pub(super) fn charged(at: u32) -> Self {
        Self { at, kind: Kind::Charged, code: NO_CODE, file: 0, offset: 0 }
    }

    /// The same at another time.
    pub(super) fn moved(self, at: u32) -> Self {
        Self { at, ..self }
    }

    /// The failure code.
    pub(super) fn code(&self) -> Option<Word> {
        (self.code != NO_CODE).then_some(Word(self.code))
    }

    /// The line.
    pub(super) fn spot(&self) -> Spot {
        Spot { file: self.file, offset: self.offset }
    }
}

/// A moment in seconds since 2020, from 1 on.
pub(super) fn seconds(at: Timestamp) -> u32 {
    let seconds = at.millis().div_euclid(1000) - EPOCH;
    u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
}

/// The moment again.
pub(super) fn moment(seconds: u32) -> Timestamp {
    Timestamp::from_millis((i64::from(seconds) + EPOCH) * 1000)
}

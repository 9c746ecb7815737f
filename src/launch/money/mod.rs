//! Real money in a launch: what was allowed, sent, answered and seen, as the journal keeps it.
//!
//! Written through `launch::decide` by the checks of the dress rehearsal, folded into a [`Ledger`].
//! The rule it keeps: a request that moves money is an [`Intent`] in the journal before it is sent,
//! with its exact bytes, and stays the only one of its kind until it is known what became of it.

mod fits;
mod ledger;
mod sentences;
mod tracked;
mod words;

use serde::{Deserialize, Serialize};

use crate::launch::event::RunId;
use crate::mintcash::money::Minor;
use crate::mintcash::prepared::Prepared;
use crate::runbook::model::StepId;
use crate::time::Timestamp;

pub(in crate::launch) use ledger::EXPECTED_CHARGES;
pub use ledger::{Ledger, Returnable, Totals};
pub use tracked::{Stage, Tracked};
pub use words::{OWN_CARD, owner};

/// What golive can do with real money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Charge a card once.
    Charge,
    /// Give back what was charged.
    Refund,
    /// Start a subscription, which charges now and at every renewal.
    Subscribe,
    /// End a subscription.
    Cancel,
}

impl Act {
    /// The word for it, the same on every face.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::Subscribe => "subscribe",
            Self::Cancel => "cancel",
        }
    }

    /// Whether it takes money from a card: the card's owner is named before it.
    #[must_use]
    pub fn takes(self) -> bool {
        matches!(self, Self::Charge | Self::Subscribe)
    }
}

/// A movement of real money that a check would ask for; part of its plan, and what has to be typed
/// before it happens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Spend {
    /// What.
    pub act: Act,
    /// The host, with its port where it is not the default.
    pub host: String,
    /// How much; what is left of the payment for a refund, nothing for a cancellation.
    pub amount: Minor,
    /// ISO 4217.
    pub currency: String,
    /// Whether it is a request of the journal that is sent once more, byte for byte. It can not
    /// charge a second time.
    #[serde(default)]
    pub again: bool,
}

impl Spend {
    /// The amount as it is typed to confirm it: `1.00 USD`.
    #[must_use]
    pub fn price(&self) -> String {
        format!("{} {}", self.amount, self.currency)
    }
}

/// Somebody typed what is about to happen: host, amount and, where a card is charged, its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Confirmation {
    /// For which step.
    pub step: StepId,
    /// For which run of its checks; no other may use it.
    pub run: RunId,
    /// What was confirmed.
    pub spend: Spend,
    /// Whose card it is, as typed; untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_owner: Option<String>,
}

/// A movement of real money that somebody has typed, for a run that has not begun yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// For which step.
    pub step: StepId,
    /// What was typed.
    pub spend: Spend,
    /// Whose card it is.
    pub card_owner: Option<String>,
}

/// The id of an intent (a ULID).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(pub String);

/// Something that is about to be asked of MintCash, written down first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// Its id.
    pub id: IntentId,
    /// For which step.
    pub step: StepId,
    /// In which run.
    pub run: RunId,
    /// What, to where, how much.
    pub spend: Spend,
    /// The id of the payment that is refunded, or of the subscription that is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The fingerprint of the public key that it is sent under. Sent under the key of another
    /// account, the same bytes would charge a second time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The request, byte for byte; a cancellation has no body and none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Prepared>,
}

/// What MintCash answered to an intent's request, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoneyAnswer {
    /// To which intent.
    pub intent: IntentId,
    /// In which run it was sent; an event may answer, outside of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// What it amounts to.
    pub outcome: AnswerOutcome,
    /// MintCash's id of what was made; opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The page on which the card is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The ids of the calls, for MintCash's support.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_ids: Vec<String>,
    /// In a few words.
    pub says: String,
}

/// What an answer amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerOutcome {
    /// It was made, or had been by the same request.
    Made,
    /// The card was declined; no money moved and the intent is spent.
    Declined,
    /// It was refused before anything was made. That ends the intent only where nothing can have
    /// been made before it: when the same bytes may have got through earlier, a refusal of their
    /// repetition says nothing about them.
    Refused,
    /// It may have been made: no answer, or one that says nothing. Only the same bytes may be sent
    /// again.
    Unclear,
}

/// Something about an intent that was seen outside: an event, or a state read from the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Observation {
    /// Of which intent.
    pub intent: IntentId,
    /// What is known since then; each is kept once for an intent.
    pub fact: MoneyFact,
    /// Where it was seen first.
    pub source: Source,
    /// The id of the event, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// MintCash's id of the payment behind a subscription's charge, where it was told; opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// When it happened, by MintCash's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What can be known of an intent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "what")]
pub enum MoneyFact {
    /// Money was taken from the card.
    Charged {
        /// How much.
        amount: Minor,
        /// Which charge of it: 1 for a payment and the first of a subscription, 2 for the first
        /// renewal, and so on.
        number: u32,
    },
    /// Money was given back by it.
    Refunded {
        /// How much.
        amount: Minor,
    },
    /// Money of this charge was given back, but not by this launch: in the dashboard, by the shop.
    ReturnedElsewhere {
        /// How much in all; what was seen before is a part of it.
        total: Minor,
        /// Of which charge, for what is charged more than once.
        #[serde(default = "first")]
        number: u32,
    },
    /// It ended without moving money: declined, expired, failed.
    Failed {
        /// Why, where MintCash says; an open set, untrusted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// A renewal failed and is to be tried again.
    PastDue,
    /// The subscription is at its end.
    Cancelled,
    /// The event that tells of it has arrived, whatever was read before.
    EventSeen {
        /// Its name, `payment.succeeded`; of two names for the same the first of the
        /// documentation.
        event: String,
        /// Of which charge, for what is charged more than once.
        #[serde(default = "first")]
        number: u32,
    },
}

/// What is told of without a number is the first.
fn first() -> u32 {
    1
}

/// Where something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// In the merchant's own event log.
    EventLog,
    /// By `golive listen`.
    Listener,
    /// Read from the API.
    Api,
}

impl Source {
    /// The words for it, the same on every face.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::EventLog => "the event log",
            Self::Listener => "golive listen",
            Self::Api => "the API",
        }
    }
}

/// What is set as the most that may be charged, for the question before it; a cap that is not set
/// is not shown. The launch holds a request against [`Caps`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// At once.
    pub charge: Option<Minor>,
    /// In the whole launch.
    pub launch: Option<Minor>,
}

/// The most that may be charged, in the currency of the rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// At once.
    pub charge: Minor,
    /// In the whole launch, renewals that are to be expected included.
    pub launch: Minor,
}

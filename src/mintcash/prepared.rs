//! A request that creates something: built once, kept, sent byte for byte as often as it takes.
//!
//! Which fields MintCash compares when an `externalId` comes again is unknown, so the exact body is
//! part of the key (mintcash-contract.md section 5). Whoever creates something writes the
//! [`Prepared`] down first and sends it afterwards: after a lost answer or a crash, sending what was
//! written down is the only way back, since nothing can be looked up by `externalId`.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ulid::Ulid;
use uuid::Uuid;

use crate::digest::Digest;
use crate::mintcash::money::Minor;
use crate::time::Timestamp;

/// What stands in a path segment as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The key under which MintCash creates a thing once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalId(pub String);

/// What an `externalId` is for. Whether payments and subscriptions share one namespace is unknown,
/// and so is the scope of a refund's (C10): each has a beginning of its own and is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A one-time charge.
    Payment,
    /// A refund.
    Refund,
    /// A subscription.
    Subscription,
}

impl ExternalId {
    /// A fresh one, unique over everything that this program creates.
    #[must_use]
    pub fn fresh(purpose: Purpose, now: Timestamp) -> Self {
        let begin = match purpose {
            Purpose::Payment => "golive-pay",
            Purpose::Refund => "golive-ref",
            Purpose::Subscription => "golive-sub",
        };
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        Self(format!("{begin}-{}", Ulid::from_parts(millis, Uuid::new_v4().as_u128())))
    }
}

/// A request that creates something, as it is sent and sent again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    path: String,
    body: String,
    #[serde(flatten)]
    expected: Expected,
}

/// What an answer must agree with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    /// The `externalId` that was sent.
    pub external_id: ExternalId,
    /// The amount that was sent, or that is known to be meant.
    pub amount: Minor,
    /// The currency that was sent.
    pub currency: Option<String>,
}

impl Prepared {
    /// Writes a body out, once.
    pub(super) fn new(path: String, body: Map<String, Value>, expected: Expected) -> Self {
        Self { path, body: Value::Object(body).to_string(), expected }
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The body, byte for byte. Holds what the customer is called and may hold a card token.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// What an answer must agree with.
    #[must_use]
    pub fn expected(&self) -> &Expected {
        &self.expected
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Prepared")
            .field("path", &self.path)
            .field("body", &Digest::of(self.body.as_bytes()))
            .field("expected", &self.expected)
            .finish()
    }
}

/// An id as a path segment. `None` for one that a URL would take for something else.
#[must_use]
pub(crate) fn segment(id: &str) -> Option<String> {
    let usable = !id.is_empty() && !id.bytes().all(|byte| byte == b'.');
    usable.then(|| utf8_percent_encode(id, SEGMENT).to_string())
}

//! What a look at the endpoint was at: URL, addresses, certificate keys.
//!
//! Read out of a result's evidence, so that two looks from different places can be held against
//! each other; also by `golive vantage import`.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::checks::webhook::endpoint::judge::keys;
use crate::checks::webhook::endpoint::look::Seen;
use crate::checks::webhook::target::Target;

/// What a look was at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighted {
    /// The URL.
    pub url: String,
    /// The addresses that gave an answer.
    pub addresses: Vec<IpAddr>,
    /// The fingerprints of the certificates' keys.
    pub keys: Vec<String>,
}

impl Sighted {
    /// What the evidence of a result says; what is missing or no such thing is left out.
    #[must_use]
    pub fn of(evidence: &Map<String, Value>) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mut sighted =
            Self { url: evidence.get("url").and_then(text).unwrap_or_default(), ..Self::default() };
        let entries = evidence.get("addresses").and_then(Value::as_array);
        for entry in entries.into_iter().flatten() {
            let answered = entry.get("POST").and_then(Value::as_str).is_some_and(is_answer);
            let address = entry.get("address").and_then(Value::as_str);
            if let Some(address) = address.filter(|_| answered).and_then(|it| it.parse().ok()) {
                sighted.addresses.push(address);
            }
            let key = entry.pointer("/certificate/leaf/key").and_then(text);
            sighted.keys.extend(key.filter(|key| key.starts_with("sha256:")));
        }
        sighted
    }

    /// What is being looked at now.
    pub(super) fn now(seen: &Seen, target: &Target) -> Self {
        let answered = seen.addresses.iter().filter(|at| at.answered());
        Self {
            url: target.shown(),
            addresses: answered.map(|at| at.address.ip()).collect(),
            keys: keys(seen),
        }
    }

    /// Whether both looked at the same endpoint: at the same addresses, or at the same key.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.has_addresses_of(other) || self.keys.iter().any(|key| other.keys.contains(key))
    }

    /// Whether every address of the other look was looked at here too.
    #[must_use]
    pub fn has_addresses_of(&self, other: &Self) -> bool {
        !other.addresses.is_empty()
            && other.addresses.iter().all(|address| self.addresses.contains(address))
    }
}

/// `401 in 84 ms`, and not a reason for which there was no answer.
fn is_answer(says: &str) -> bool {
    says.starts_with(|first: char| first.is_ascii_digit())
}

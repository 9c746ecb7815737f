//! Where the members of a merchant's own requests are: `fields` in `runbook.yaml`, and what of it
//! `logs.request_log` in `golive.yaml` says.
//!
//! Used by [`record`](super::record) before it looks for the usual names. `fields` counts more, path
//! by path; what `logs` has no name for (the amount, the customer, the order) only it can say. A path names members from
//! the outside to the inside, `req.body.externalId`; a text on the way that holds JSON is looked
//! into. The rule it keeps: what a path does not lead to is not there, and nothing else is guessed
//! for it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;

use super::json::{Raw, unescape};
use super::members::Members;

/// The paths of the members that a merchant's log has elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The externalId that was sent.
    pub external_id: Option<String>,
    /// The amount that was sent.
    pub amount: Option<String>,
    /// Its currency.
    pub currency: Option<String>,
    /// Your id of the customer.
    pub customer: Option<String>,
    /// `test` or `live`.
    pub environment: Option<String>,
    /// What was to be paid: your order's number.
    pub intent: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<String>,
    /// The URL or path.
    pub url: Option<String>,
    /// When it was sent.
    pub time: Option<String>,
}

/// What the paths lead to on one line.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The externalId.
    pub external_id: Option<Vec<u8>>,
    /// The amount.
    pub amount: Option<Vec<u8>>,
    /// The currency.
    pub currency: Option<Vec<u8>>,
    /// The customer.
    pub customer: Option<Vec<u8>>,
    /// The environment.
    pub environment: Option<Vec<u8>>,
    /// The order.
    pub intent: Option<Vec<u8>>,
    /// The status.
    pub status: Option<Vec<u8>>,
    /// The target.
    pub url: Option<Vec<u8>>,
    /// The time.
    pub time: Option<Vec<u8>>,
}

impl Fields {
    fn all(&self) -> [(&'static str, &Option<String>); 9] {
        [
            ("external_id", &self.external_id),
            ("amount", &self.amount),
            ("currency", &self.currency),
            ("customer", &self.customer),
            ("environment", &self.environment),
            ("intent", &self.intent),
            ("status", &self.status),
            ("url", &self.url),
            ("time", &self.time),
        ]
    }

    /// Whether any path is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all().iter().all(|(_, path)| path.is_none())
    }

    /// These paths; those that are not given are where `logs.request_log` says.
    #[must_use]
    pub fn or(self, members: &Members) -> Self {
        let or = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone());
        Self {
            external_id: or(self.external_id, &members.external_id),
            environment: or(self.environment, &members.environment),
            status: or(self.status, &members.status),
            url: or(self.url, &members.url),
            time: or(or(self.time, &members.time), &members.created_at),
            ..self
        }
    }

    /// What is wrong with the paths, one sentence each.
    #[must_use]
    pub fn lint(&self) -> Vec<String> {
        let wrong = |path: &str| path.split('.').any(|part| part.trim().is_empty());
        let all = self.all().into_iter();
        let broken = all.filter(|(_, path)| path.as_deref().is_some_and(wrong));
        broken
            .map(|(name, _)| format!("fields.{name} is no path: write it as `req.body.externalId`"))
            .collect()
    }

    /// Looks everything up on a line.
    #[must_use]
    pub fn find(&self, line: Raw<'_>) -> Found {
        let get = |path: &Option<String>| lookup(line, path.as_deref()?);
        Found {
            external_id: get(&self.external_id),
            amount: get(&self.amount),
            currency: get(&self.currency),
            customer: get(&self.customer),
            environment: get(&self.environment),
            intent: get(&self.intent),
            status: get(&self.status),
            url: get(&self.url),
            time: get(&self.time),
        }
    }
}

/// The text or number that a path leads to, quoted as JSON has it.
pub(super) fn lookup(line: Raw<'_>, path: &str) -> Option<Vec<u8>> {
    let mut bytes: Cow<'_, [u8]> = Cow::Borrowed(line.bytes());
    for part in path.split('.') {
        let value = Raw::of(&bytes)?;
        let value = match value.is_string() {
            true => {
                let mut inside = Vec::new();
                unescape(value.bytes().get(1..value.bytes().len() - 1)?, &mut inside);
                Cow::Owned(Raw::of(&inside)?.member(part.as_bytes())?.bytes().to_vec())
            }
            false => Cow::Owned(value.member(part.as_bytes())?.bytes().to_vec()),
        };
        bytes = value;
    }
    let value = Raw::of(&bytes)?;
    let is_word = value.bytes() == b"true" || value.bytes() == b"false";
    (is_word || value.some_text().is_some()).then(|| value.bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_through_objects_and_through_texts_that_hold_json() {
        let line =
            br#"{"req":{"raw":"{\"order\":{\"no\":17},\"id\":\"a\\u00e9\"}","n":null,"t":true}}"#;
        let line = Raw::of(line).unwrap();
        assert_eq!(lookup(line, "req.raw.order.no").unwrap(), b"17");
        assert_eq!(lookup(line, "req.raw.id").unwrap(), br#""a\u00e9""#);
        assert_eq!(lookup(line, "req.t").unwrap(), b"true");
        for nothing in ["req", "req.n", "req.raw.order.no.x", "other", "req.raw.no"] {
            assert_eq!(lookup(line, nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_path_with_an_empty_part_is_refused() {
        let fields = Fields { intent: Some("a..b".into()), ..Fields::default() };
        assert_eq!(fields.lint().len(), 1);
    }
}

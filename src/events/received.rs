//! What `golive listen` writes down of each webhook: one JSON object a line.
//!
//! `listen` writes these records, the readers of event logs and the checks read them. The rule they
//! keep: the body stands there exactly as it came, so that its signature can be verified again and
//! the same bytes can be sent again. A record is a contract with files that outlive this program:
//! members are only ever added.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The file that holds them, beside the launch's journal.
pub const FILE: &str = "events.golive.jsonl";

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "schema")]
pub enum Record {
    /// A request came.
    #[serde(rename = "golive.received/1")]
    Received(Box<Received>),
    /// It was answered.
    #[serde(rename = "golive.answered/1")]
    Answered(Answered),
}

/// A request that came, on disk before it is answered or handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Received {
    /// The record's own id (a ULID).
    pub id: String,
    /// When it was there in full.
    pub received_at: Timestamp,
    /// The method, where it is not POST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Path and query, as the request line carried them.
    pub path: String,
    /// What is known of its signature.
    pub signature: Signature,
    /// The input whose secret the signature was made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_with: Option<String>,
    /// The member `eventId` of the body.
    #[serde(default)]
    pub event_id: Option<String>,
    /// The member `event` of the body.
    #[serde(default)]
    pub event: Option<String>,
    /// The member `environment` of the body.
    #[serde(default)]
    pub environment: Option<String>,
    /// The member `externalId` of the body's `data`.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The headers in the order in which they came, without those that carry secrets.
    #[serde(default)]
    pub headers: IndexMap<String, Values>,
    /// The body, where it is UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The body in base64, where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// Why the body does not stand here as it came, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
}

/// What is known of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signature {
    /// It is the one of the raw body under a secret of ours.
    Valid,
    /// It is not.
    Invalid,
    /// There is none.
    Missing,
    /// Nobody could tell: there was no secret to verify it with.
    Unchecked,
}

/// The values of a header that came once, or more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// Once.
    One(String),
    /// More than once, in order.
    Many(Vec<String>),
}

/// How a request was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// The id of the request's record.
    pub id: String,
    /// When.
    pub answered_at: Timestamp,
    /// The status.
    pub status: u16,
    /// How long that took from the whole request on, in milliseconds.
    pub ms: u64,
    /// Whose answer it is.
    pub by: By,
    /// Why there is no answer of the upstream, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether the body was sent again by a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resent: bool,
}

/// Whose answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The program that it was forwarded to.
    Upstream,
    /// Golive's own.
    Golive,
}

impl Record {
    /// The record on a line; `None` when the line is something else.
    #[must_use]
    pub fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}

impl Received {
    /// The body as it came; `None` when it is not there in full.
    #[must_use]
    pub fn raw(&self) -> Option<Vec<u8>> {
        if self.incomplete.is_some() {
            return None;
        }
        match (&self.body, &self.body_base64) {
            (Some(text), None) => Some(text.clone().into_bytes()),
            (None, Some(text)) => BASE64_STANDARD.decode(text).ok(),
            _ => None,
        }
    }

    /// The values of a header, however its name is written.
    pub fn header(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.flat_map(|(_, values)| values.all()).map(String::as_str)
    }
}

impl Values {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl Signature {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Missing => "missing",
            Self::Unchecked => "unchecked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_written_as_agreed_and_read_back() {
        let line = concat!(
            r#"{"schema":"golive.received/1","id":"01J","receivedAt":"2026-11-23T18:00:00.000Z","#,
            r#""path":"/hook","signature":"valid","signedWith":"webhook_secret","eventId":"e1","#,
            r#""event":"payment.succeeded","environment":"live","externalId":null,"#,
            r#""headers":{"x-a":"1","x-b":["2","3"]},"body":"{\"a\":\"\\u0000\"}"}"#,
        );
        let record = Record::read(line.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), line);
        let Record::Received(received) = record else { panic!("{record:?}") };
        assert_eq!(received.raw().unwrap(), br#"{"a":"\u0000"}"#);
        assert_eq!(received.header("X-B").collect::<Vec<_>>(), ["2", "3"]);
        let line = concat!(
            r#"{"schema":"golive.answered/1","id":"01J","answeredAt":"2026-11-23T18:00:00.000Z","#,
            r#""status":200,"ms":12,"by":"upstream"}"#,
        );
        let record = Record::read(line.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), line);
    }

    #[test]
    fn lines_of_other_programs_are_no_records() {
        for line in [&b"{}"[..], b"", b"null", br#"{"schema":"golive.received/2"}"#, b"\xff"] {
            assert_eq!(Record::read(line), None);
        }
    }
}

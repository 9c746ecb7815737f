//! A webhook event as it was found: in a log of the merchant, or in what `golive listen` recorded.
//!
//! Made by `tail` from what a line tells, read by the checks. The rules it keeps: `event` decides, never
//! `type` (C9); amounts are decimals; a body whose signature is known to be wrong is no event.

use serde_json::Value;

use crate::events::received::{Received, Signature};
use crate::events::told::{Event as Told, Line};
use crate::launch::money::Source;
use crate::mintcash::body::text;
use crate::mintcash::event::Event;
use crate::mintcash::money::{Minor, Unit};
use crate::time::Timestamp;

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// Where it was found.
    pub source: Source,
    /// Its id; opaque, not safe to show.
    pub id: Option<String>,
    /// What it is about.
    pub event: Event,
    /// Its name as it came; not safe to show.
    pub name: String,
    /// The environment that it names; not safe to show.
    pub environment: Option<String>,
    /// When it happened, by MintCash's clock.
    pub at: Option<Timestamp>,
    /// What it carries.
    pub data: Value,
    /// What is known of its signature; nothing in a log of the merchant's own.
    pub signature: Option<Signature>,
    /// The record of `golive listen` in which it stood.
    pub record: Option<Recorded>,
}

/// What `golive listen` wrote down beside an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The record's id.
    pub id: String,
    /// When it was received, by this machine's clock.
    pub at: Timestamp,
    /// Whether it was signed with the secret of the sandbox: a live handler refuses it.
    pub is_test: bool,
}

/// Whether an amount of an event is the one that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agrees {
    /// In major units, as documented and seen.
    Major,
    /// Only if it were written in cents, which no webhook is known to do.
    Minor,
    /// In neither unit.
    No,
    /// The event carries none.
    Absent,
}

impl Sighting {
    /// The event of which a line tells. Nothing when there is none, or its signature is wrong.
    #[must_use]
    pub fn of(line: Line) -> Option<Self> {
        match line {
            Line::Received(received) => Self::received(&received),
            Line::Answered(_) => None,
            Line::Logged(event) => Self::event(event),
        }
    }

    fn received(received: &Received) -> Option<Self> {
        if matches!(received.signature, Signature::Invalid | Signature::Missing) {
            return None;
        }
        let found = Self::event(Told::of(received)?)?;
        let record = Recorded {
            id: received.id.clone(),
            at: received.received_at,
            is_test: received.signed_with.as_deref() == Some("test_webhook_secret"),
        };
        Some(Self {
            source: Source::Listener,
            signature: Some(received.signature),
            record: Some(record),
            ..found
        })
    }

    fn event(told: Told) -> Option<Self> {
        let mut body = told.envelope;
        let name = text(&body, "event")?;
        let data = body.get_mut("data").filter(|data| data.is_object())?.take();
        Some(Self {
            source: Source::EventLog,
            id: text(&body, "eventId"),
            event: Event::of(&name),
            name,
            environment: text(&body, "environment"),
            at: told.created,
            data,
            signature: None,
            record: None,
        })
    }

    /// The first object under one of these names, or the data itself, that has this id or this
    /// `externalId`.
    #[must_use]
    pub fn about(&self, names: &[&str], id: Option<&str>, external_id: &str) -> Option<&Value> {
        let is = |object: &&Value| {
            text(object, "externalId").as_deref() == Some(external_id)
                || (id.is_some() && text(object, "id").as_deref() == id)
        };
        let nested = names.iter().filter_map(|name| self.data.get(*name));
        nested.filter(|value| value.is_object()).chain([&self.data]).find(is)
    }

    /// Whether it says that it is about real money; nothing when it does not say.
    #[must_use]
    pub fn is_live(&self) -> Option<bool> {
        self.environment.as_deref().map(|environment| environment == "live")
    }
}

/// Holds an amount of an event against what was sent.
#[must_use]
pub fn agrees(sent: Minor, shown: Option<&Value>) -> Agrees {
    match shown {
        None | Some(Value::Null) => Agrees::Absent,
        Some(value) if Minor::read(value, Unit::Major) == Some(sent) => Agrees::Major,
        Some(value) if Minor::read(value, Unit::Minor) == Some(sent) => Agrees::Minor,
        Some(_) => Agrees::No,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use indexmap::IndexMap;
    use serde_json::json;

    use super::*;
    use crate::checks::logs;
    use crate::config::WeekConfig;
    use crate::config::inputs::Inputs;

    fn read(line: &[u8]) -> Option<Sighting> {
        let inputs = Inputs::new(IndexMap::new(), PathBuf::new());
        let reading = logs::reading(&inputs, &WeekConfig::default());
        Sighting::of(Line::read(line, &reading)?)
    }

    fn envelope() -> Value {
        json!({
            "eventId": "e-1", "event": "payment.succeeded", "type": "refund",
            "environment": "live", "createdAt": "2026-11-23T18:00:00.000Z",
            "data": {"id": "p-1", "externalId": "golive-pay-1", "amount": 1.25},
        })
    }

    #[test]
    fn an_event_is_found_bare_wrapped_and_in_a_record_of_listen() {
        let bare = envelope();
        let text = bare.to_string();
        let record = |signature: &str| {
            json!({
                "schema": "golive.received/1", "id": "01J", "receivedAt": "2026-11-23T18:00:01Z",
                "path": "/hook", "signature": signature, "body": text,
            })
        };
        let logged = json!({"level": "info", "msg": "webhook", "payload": bare});
        let quoted = json!({"time": 1, "body": text});
        for line in [&bare, &logged, &quoted, &record("valid"), &record("unchecked")] {
            let found = read(line.to_string().as_bytes()).unwrap();
            assert_eq!(found.id.as_deref(), Some("e-1"), "{line}");
            assert_eq!(found.event, Event::Payment("payment.succeeded".into()));
            assert!(found.about(&["payment"], Some("p-1"), "x").is_some());
            assert!(found.about(&["payment"], None, "golive-pay-1").is_some());
            assert!(found.about(&["payment"], Some("p-2"), "golive-pay-2").is_none());
            assert_eq!(found.is_live(), Some(true));
        }
        for line in [record("invalid"), record("missing"), json!({"event": "x"}), json!([1])] {
            assert_eq!(read(line.to_string().as_bytes()), None, "{line}");
        }
        assert_eq!(read(b"GET / 200 {\"event\":"), None);
    }

    #[test]
    fn amounts_of_events_are_in_major_units_and_anything_else_is_told_apart() {
        let of = |value: Value| agrees(Minor(125), Some(&value));
        assert_eq!(of(json!(1.25)), Agrees::Major);
        assert_eq!(of(json!("1.25")), Agrees::Major);
        assert_eq!(of(json!(125)), Agrees::Minor);
        assert_eq!(of(json!(1.24)), Agrees::No);
        assert_eq!((of(json!(null)), agrees(Minor(1), None)), (Agrees::Absent, Agrees::Absent));
        assert_eq!(agrees(Minor(2500), Some(&json!(25))), Agrees::Major);
    }
}

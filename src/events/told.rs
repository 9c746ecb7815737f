//! What a line of an event log tells in full: the record, or the event with its texts.
//!
//! Called by checks that name an event or look into it: `live-event` and the dress rehearsal. The
//! rule it keeps: [`sample`] decides what is an event and where it stands, so that a
//! line tells a check what it tells the first week. A record that a program wrapped, or that is not
//! whole, tells nothing: nobody knows any more how it was signed.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::json::Raw;
use super::quote::content;
use super::received::{Answered, Received, Record};
use super::sample::{self, EventLine, Reading, Room, Told, moment};
use super::source::Role;
use crate::time::Timestamp;
use crate::week::Words;

/// What the records of `golive listen` have on them.
const RECORDS: [&[u8]; 2] = [b"golive.received/", b"golive.answered/"];

/// What a line tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// `golive listen` took a request.
    Received(Box<Received>),
    /// It was answered.
    Answered(Answered),
    /// A program of the merchant's wrote down that an event came.
    Logged(Event),
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The envelope, its members named as MintCash documents them.
    pub envelope: Value,
    /// When MintCash made it.
    pub created: Option<Timestamp>,
    /// When it came, where the line says.
    pub received: Option<Timestamp>,
}

impl Line {
    /// What a line of an event log tells; `None` for anything but records and events.
    #[must_use]
    pub fn read(line: &[u8], reading: &Reading) -> Option<Self> {
        let line = content(line);
        if RECORDS.iter().any(|mark| memchr::memmem::find(line, mark).is_some()) {
            return Some(match Record::read(line)? {
                Record::Received(received) => Self::Received(received),
                Record::Answered(answered) => Self::Answered(answered),
            });
        }
        let words = Arc::default();
        let mut room = Room::keeping(Arc::clone(&words));
        let event = match sample::read(line, Role::Events, reading, &mut room) {
            Told::Event(event) => Some(event),
            Told::Undated => None,
            _ => return None,
        };
        if let Some(envelope) = room.envelope() {
            return Event::read(envelope, event.and_then(|it| it.received)).map(Self::Logged);
        }
        let words = words.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        event.map(|event| Self::Logged(Event::without_envelope(&event, &room, &words)))
    }
}

impl Event {
    /// What the body of a record tells; `None` where it is no object, or not there in full.
    #[must_use]
    pub fn of(received: &Received) -> Option<Self> {
        Self::read(&received.raw()?, Some(received.received_at))
    }

    fn read(envelope: &[u8], received: Option<Timestamp>) -> Option<Self> {
        let mut value = serde_json::from_slice(envelope).ok().filter(Value::is_object)?;
        name_as_documented(&mut value);
        let whole = Raw::of(content(envelope))?;
        let created = whole.member(b"createdAt").or_else(|| whole.member(b"created_at"));
        Some(Self { envelope: value, created: created.and_then(moment::of), received })
    }

    /// The envelope that a line would have whose members the merchant wrote down one by one.
    fn without_envelope(event: &EventLine, room: &Room, words: &Words) -> Self {
        let text = |key| room.text_of(key);
        let environment = room.says_test().map(|test| if test { "test" } else { "live" });
        let members = |members: [(&str, Option<String>); 3]| {
            let given = members.into_iter().filter_map(|(name, text)| Some((name, text?)));
            given.map(|(name, text)| (name.to_owned(), text.into())).collect::<Map<_, _>>()
        };
        let mut envelope = members([
            ("event", Some(words.text(event.name).to_owned())),
            ("eventId", event.id.and_then(text)),
            ("environment", environment.map(str::to_owned)),
        ]);
        let data = members([
            ("id", event.resource.and_then(text)),
            ("externalId", event.external.and_then(text)),
            ("subscriptionId", event.subscription.and_then(text)),
        ]);
        envelope.insert("data".to_owned(), data.into());
        let (envelope, created, received) = (envelope.into(), event.created, event.received);
        Self { envelope, created, received }
    }
}

/// Names `event_id` as `eventId`, wherever it stands: there are both dialects.
fn name_as_documented(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(name_as_documented),
        Value::Object(members) => {
            let snake = members.keys().filter(|name| name.contains('_'));
            for name in snake.cloned().collect::<Vec<_>>() {
                if members.contains_key(&camel(&name)) {
                    continue;
                }
                let value = members.remove(&name).unwrap_or_default();
                members.insert(camel(&name), value);
            }
            members.values_mut().for_each(name_as_documented);
        }
        _ => {}
    }
}

/// A name without underscores.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut whole, part| {
        let mut letters = part.chars();
        whole.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        whole.push_str(letters.as_str());
        whole
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::events::fields::Fields;
    use crate::events::members::{LogMembers, Members};
    use crate::events::record;
    use crate::events::target::Hosts;

    fn reading(event_log: Members) -> Reading {
        Reading {
            record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
            members: LogMembers { event_log, ..LogMembers::default() },
            webhook_path: None,
        }
    }

    fn logged(line: &str, members: Members) -> Option<Event> {
        match Line::read(line.as_bytes(), &reading(members))? {
            Line::Logged(event) => Some(event),
            other => panic!("{other:?}"),
        }
    }

    fn envelope() -> Value {
        json!({
            "eventId": "e-1", "event": "payment.succeeded", "type": "refund",
            "environment": "live", "createdAt": "2026-11-23T18:00:00.000Z",
            "data": {"id": "p-1", "externalId": "o-1", "amount": 1.25},
        })
    }

    #[test]
    fn an_envelope_is_found_wherever_the_first_week_finds_it_and_handed_on_whole() {
        let bare = envelope();
        let text = bare.to_string();
        let deep = json!({"time": "2026-11-23T18:00:02Z", "ctx": {"req": {"body": bare}}});
        let packed = json!({"level": "info", "log": json!({"rawBody": text}).to_string()});
        for line in [bare.to_string(), deep.to_string(), packed.to_string()] {
            let found = logged(&line, Members::default()).unwrap();
            assert_eq!(found.envelope, bare, "{line}");
            assert_eq!(found.created.unwrap().to_string(), "2026-11-23T18:00:00.000Z");
        }
        let found = logged(&deep.to_string(), Members::default()).unwrap();
        assert_eq!(found.received.unwrap().to_string(), "2026-11-23T18:00:02.000Z");
        assert_eq!(logged(text.get(..text.len() - 1).unwrap(), Members::default()), None);
        assert_eq!(logged("{\"event\":\"payment.succeeded\"}", Members::default()), None);
    }

    #[test]
    fn an_envelope_that_does_not_say_when_it_was_made_is_still_one() {
        let mut undated = envelope();
        undated["createdAt"] = Value::Null;
        let found = logged(&undated.to_string(), Members::default()).unwrap();
        assert_eq!((found.envelope, found.created, found.received), (undated, None, None));
    }

    #[test]
    fn members_that_stand_where_the_merchant_says_make_an_envelope() {
        let line = json!({
            "what": {"kind": "payment.succeeded", "no": 17}, "mode": "sandbox?", "prod": true,
            "when": 1_795_456_800, "thing": "p-1", "ours": "o-1",
        });
        let path = |path: &str| Some(path.to_owned());
        let members = Members {
            event: path("what.kind"),
            event_id: path("what.no"),
            environment: path("prod"),
            created_at: path("when"),
            resource_id: path("thing"),
            external_id: path("ours"),
            ..Members::default()
        };
        let found = logged(&line.to_string(), members.clone()).unwrap();
        let whole = json!({
            "event": "payment.succeeded", "eventId": "17", "environment": "live",
            "data": {"id": "p-1", "externalId": "o-1"},
        });
        assert_eq!(found.envelope, whole);
        assert_eq!(found.created.unwrap().millis(), 1_795_456_800_000);
        assert_eq!(logged(&line.to_string(), Members::default()), None);
        // What is not said is not made up.
        let silent = logged(&line.to_string(), Members { environment: None, ..members }).unwrap();
        assert!(silent.envelope.get("environment").is_none());
    }

    #[test]
    fn only_the_envelope_that_the_merchant_names_counts() {
        let mut other = envelope();
        other["eventId"] = json!("e-2");
        let line = json!({"parent": envelope(), "in": {"raw": other.to_string()}}).to_string();
        let members = Members { envelope: Some("in.raw".to_owned()), ..Members::default() };
        assert_eq!(logged(&line, members).unwrap().envelope, other);
    }

    #[test]
    fn both_dialects_come_out_as_documented() {
        let line = r#"{"event":"payment.succeeded","event_id":"e-1","created_at":"2026-11-23T18:00:00Z","data":{"id":"p-1","external_id":"o-1","payment":{"failure_code":"x","failureCode":"y"}}}"#;
        let found = logged(line, Members::default()).unwrap();
        assert_eq!(found.envelope["eventId"], "e-1");
        assert_eq!(found.envelope["data"]["externalId"], "o-1");
        assert_eq!(found.envelope["data"]["payment"]["failureCode"], "y");
        assert!(found.created.is_some());
    }

    #[test]
    fn a_record_that_was_wrapped_or_broken_is_no_event() {
        let record = json!({
            "schema": "golive.received/1", "id": "01J", "receivedAt": "2026-11-23T18:00:01Z",
            "path": "/hook", "signature": "invalid", "body": envelope().to_string(),
        });
        let reading = reading(Members::default());
        let read = |line: &Value| Line::read(line.to_string().as_bytes(), &reading);
        let Some(Line::Received(received)) = read(&record) else { panic!("a record") };
        assert_eq!(Event::of(&received).unwrap().envelope, envelope());
        let mut odd = record.clone();
        odd["signature"] = json!("perhaps");
        for line in [json!({"message": record.to_string()}), json!({"message": record}), odd] {
            assert_eq!(read(&line), None, "{line}");
        }
    }
}

use std::path::PathBuf;

use indexmap::IndexMap;
use serde_json::json;

use super::*;
use crate::checks::logs;
use crate::checks::webhook::bodies::{ESCAPED, value, write};
use crate::config::WeekConfig;
use crate::config::inputs::Inputs;
use crate::mintcash::envelope::{Envelope, Environment, InertEvent};
use crate::secrets::Secret;

const NOW: &str = "2026-11-23T18:00:00Z";

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn tally(lines: &[Vec<u8>]) -> Tally {
    let reading =
        logs::reading(&Inputs::new(IndexMap::new(), PathBuf::new()), &WeekConfig::default());
    let mut tally = Tally::new(Some(secret("whsec_live")), Timestamp::parse(NOW).unwrap());
    for (within, line) in (0..).zip(lines) {
        let place = Place { file: 0, offset: 0, within };
        if let Some(told) = Line::read(line, &reading) {
            tally.take(&told, line, place);
        }
    }
    tally
}

fn envelope(id: &str, environment: &str, made: &str) -> Value {
    json!({
        "eventId": id, "event": "payment.succeeded", "type": "payment",
        "environment": environment, "createdAt": made,
        "data": { "externalId": "golive-rehearsal-1" },
    })
}

fn raw(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn recorded(body: &[u8], by: &str, headers: Value, signature: &str) -> Vec<u8> {
    let mut headers = headers;
    headers["x-signature"] = json!(signature::sign(&secret(by), body).hex());
    raw(&json!({
        "schema": "golive.received/1", "id": "01", "receivedAt": "2026-11-23T17:00:00Z",
        "path": "/", "signature": signature, "headers": headers,
        "body": String::from_utf8_lossy(body),
    }))
}

#[test]
fn the_best_proven_event_is_named_and_of_those_the_newest() {
    let event = |id, made| raw(&envelope(id, "live", made));
    let one = event("one", "2026-11-23T10:00:00Z");
    let two = event("two", "2026-11-23T12:00:00Z");
    let three = event("three", "2026-11-23T11:00:00Z");
    let none = json!({});
    let seen = tally(&[
        one.clone(),
        recorded(&one, "whsec_live", none.clone(), "valid"),
        recorded(&two, "whsec_live", none.clone(), "valid"),
        recorded(&three, "whsec_live", none, "valid"),
        event("four", "2026-11-23T17:59:00Z"),
    ]);
    let best = seen.best.unwrap();
    assert_eq!((best.event_id.as_str(), best.proof), ("two", Proof::Verified));
    assert_eq!((best.place.within, best.is_old), (2, false));
}

#[test]
fn what_a_record_says_of_itself_is_verified_over_its_body() {
    let body = raw(&envelope("one", "live", NOW));
    let forged = recorded(&body, "whsec_of_somebody", json!({}), "valid");
    assert_eq!(tally(&[forged]).best.unwrap().proof, Proof::Invalid);
    let genuine = recorded(&body, "whsec_live", json!({}), "invalid");
    assert_eq!(tally(&[genuine]).best.unwrap().proof, Proof::Verified);
    // The members beside the body are nobody's word.
    let sandbox = raw(&envelope("two", "test", NOW));
    let mut line: Value =
        serde_json::from_slice(&recorded(&sandbox, "whsec_live", json!({}), "valid")).unwrap();
    line["environment"] = json!("live");
    line["event"] = json!("payment.succeeded");
    line["eventId"] = json!("two");
    let seen = tally(&[raw(&line)]);
    assert!(seen.best.is_none() && seen.test == 1);
}

#[test]
fn probes_never_count_however_they_are_written() {
    let at = Timestamp::parse(NOW).unwrap();
    for event in [InertEvent::Unknown, InertEvent::PaymentCreated] {
        let probe = value(&Envelope::inert(event, Environment::Live, at));
        let escaped = write(&probe, ESCAPED);
        assert!(!String::from_utf8_lossy(&escaped).contains("golive-probe"));
        let lines = [
            raw(&probe),
            escaped.clone(),
            recorded(&escaped, "whsec_live", json!({}), "valid"),
            recorded(
                &raw(&envelope("x", "live", NOW)),
                "whsec_live",
                json!({"X-Golive-Probe": "run/1"}),
                "valid",
            ),
        ];
        let seen = tally(&lines);
        assert!(seen.best.is_none(), "{:?}", seen.best);
        assert_eq!(seen.probes, 4);
    }
}

#[test]
fn the_sandbox_unknown_types_junk_and_the_future_do_not_count() {
    let mut unknown = envelope("one", "live", NOW);
    unknown["event"] = json!("payment.teleported");
    let mut nameless = envelope("one", "live", NOW);
    nameless["eventId"] = Value::Null;
    let lines = [
        raw(&envelope("one", "test", NOW)),
        raw(&unknown),
        raw(&nameless),
        raw(&envelope("one", "live", "2026-12-24T00:00:00Z")),
        raw(&envelope("one", "LIVE", NOW)),
        b"{\"environment\":\"live\"}".to_vec(),
        b"[\"live\"]".to_vec(),
        b"not json, live".to_vec(),
    ];
    let seen = tally(&lines);
    assert!(seen.best.is_none(), "{:?}", seen.best);
    assert_eq!((seen.test, seen.unknown), (1, 2));
}

#[test]
fn an_event_from_long_ago_or_without_a_date_is_old() {
    let mut undated = envelope("one", "live", NOW);
    undated["createdAt"] = Value::Null;
    for event in [envelope("one", "live", "2026-10-23T00:00:00Z"), undated] {
        assert!(tally(&[raw(&event)]).best.unwrap().is_old);
    }
    let body = raw(&envelope("new", "live", "2026-11-20T00:00:00Z"));
    let old = raw(&envelope("old", "live", "2026-01-20T00:00:00Z"));
    let lines = [
        recorded(&body, "whsec_live", json!({}), "valid"),
        recorded(&old, "whsec_live", json!({}), "valid"),
    ];
    assert_eq!(tally(&lines).best.unwrap().event_id, "new");
}

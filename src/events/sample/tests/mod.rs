//! What single lines tell.

mod layouts;
mod properties;
mod shapes;
mod wrapped;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::*;
use crate::events::fields::Fields;
use crate::events::target::Hosts;

/// How a launch reads its logs.
pub(super) fn reading() -> Reading {
    Reading {
        record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
        members: LogMembers::default(),
        webhook_path: Some("/webhooks/mintcash".into()),
    }
}

pub(super) fn room() -> Room {
    Room::new(Arc::new(Mutex::new(Words::default())), 7)
}

pub(super) fn told(line: &str, role: Role) -> (Told, Room) {
    let mut room = room();
    let told = read(line.as_bytes(), role, &reading(), &mut room);
    (told, room)
}

pub(super) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// An event as one was really delivered (mintcash-contract.md section 11).
pub(super) fn real() -> Value {
    json!({
        "eventId": "0b5fd0a5-4f0f-4f0e-8a53-1d8e2b0ab8a1", "event": "payment.failed", "type": "payment",
        "apiVersion": "2026-05-01", "environment": "test", "createdAt": "2026-06-30T10:11:12.345Z",
        "data": {
            "id": "7c1c9f0e-7d55-4a3b-9d35-0f5a8e3b2c11", "externalId": "order-17", "status": "failed",
            "amount": 25, "currency": "USD", "providerTransactionId": "cpi_AbCdEfGhIjKlMnOp",
            "failureCode": "expired", "failureMessage": null, "amountRefunded": 0, "amountRefundable": 25,
            "customer": {"id": "c-1", "externalId": "customer-9", "email": "a@b.example", "name": "A \"B\" C", "phone": null},
            "billingAddress": {"country": "US", "postalCode": "10001", "name": null, "line1": null, "line2": null, "city": null, "state": null},
            "card": null
        }
    })
}

#[test]
fn an_event_as_it_is_delivered_tells_all_that_the_week_needs() {
    let (told, mut room) = told(&real().to_string(), Role::Events);
    let key = |text: &str| Some(room.key(text.as_bytes()));
    let wanted = EventLine {
        id: key("0b5fd0a5-4f0f-4f0e-8a53-1d8e2b0ab8a1"),
        record: None,
        created: Some(time("2026-06-30T10:11:12.345Z")),
        received: None,
        answer: Answer::Unsaid,
        test: true,
        forged: false,
        resource: key("7c1c9f0e-7d55-4a3b-9d35-0f5a8e3b2c11"),
        subscription: None,
        external: key("order-17"),
        card: Some(false),
        name: room.word(b"payment.failed"),
        code: Some(room.word(b"expired")),
    };
    assert_eq!(told, Told::Event(wanted));
}

#[test]
fn an_event_that_ends_too_early_is_garbage_wherever_it_ends() {
    let line = real().to_string();
    for end in 1..line.len() {
        let Some(half) = line.get(..end) else { continue };
        assert_eq!(told(half, Role::Events).0, Told::Garbage, "{half}");
    }
}

#[test]
fn an_event_without_any_time_is_undated() {
    let mut event = real();
    event.as_object_mut().unwrap().remove("createdAt");
    assert_eq!(told(&event.to_string(), Role::Events).0, Told::Undated);
}

#[test]
fn a_recorded_request_is_the_event_in_its_body_and_knows_its_signature() {
    let record = |signature: &str| {
        json!({
            "schema": "golive.received/1", "id": "01R", "receivedAt": "2026-06-30T10:11:12.800Z",
            "path": "/hook", "signature": signature, "eventId": "x", "event": "payment.succeeded",
            "headers": {"content-type": "application/json"}, "body": real().to_string(),
        })
        .to_string()
    };
    for (signature, forged) in
        [("valid", false), ("unchecked", false), ("invalid", true), ("missing", true)]
    {
        let (told, mut room) = told(&record(signature), Role::Events);
        let Told::Event(event) = told else { panic!("{told:?}") };
        assert_eq!(event.forged, forged);
        assert_eq!(event.record, Some(room.key(b"01R")));
        assert_eq!(event.received, Some(time("2026-06-30T10:11:12.800Z")));
        assert_eq!(event.answer, Answer::Nothing);
        assert_eq!(event.name, room.word(b"payment.failed"), "the body decides");
    }
}

#[test]
fn an_answer_joins_its_request_and_says_how_long_it_took() {
    let line = r#"{"schema":"golive.answered/1","id":"01R","answeredAt":"2026-06-30T10:11:13.000Z","status":200,"ms":41,"by":"upstream"}"#;
    let (told_, room) = told(line, Role::Events);
    let at = Some(time("2026-06-30T10:11:13.000Z"));
    let record = room.key(b"01R");
    assert_eq!(told_, Told::Answered { record, at, status: 200, ms: Some(41), resent: false });
}

#[test]
fn a_line_of_nginx_is_a_hit_when_it_is_a_post_to_the_endpoint() {
    let line = |method: &str, path: &str, agent: &str| {
        format!(
            r#"10.0.0.1 - - [25/Nov/2026:15:16:51 +0000] "{method} {path} HTTP/1.1" 200 2 "-" "{agent}""#
        )
    };
    let at = time("2026-11-25T15:16:51Z");
    let hit = Told::Hit { at, status: 200, ms: None };
    let of = |method, path, agent| told(&line(method, path, agent), Role::Deliveries).0;
    assert_eq!(of("POST", "/webhooks/mintcash", "axios/1"), hit);
    assert_eq!(of("POST", "/webhooks/mintcash/?a=b", r#"\x22x\x22"#), hit);
    for (method, path, agent) in [
        ("GET", "/webhooks/mintcash", "x"),
        ("POST", "/webhooks/mintcash2", "x"),
        ("POST", "/", "x"),
        ("POST", "/webhooks/mintcash", "golive/0.1.0"),
    ] {
        assert_eq!(of(method, path, agent), Told::Nothing(Some(at)), "{method} {path} {agent}");
    }
}

//! The fast ways tell what a general parser tells, and a line that is not whole tells nothing.

use proptest::prelude::*;

use super::*;

/// How an envelope is written: the order of its members, white space, escapes.
#[derive(Clone, Debug)]
struct Hand {
    spaces: Vec<u8>,
    turns: Vec<u8>,
    escapes: Vec<bool>,
}

fn hand() -> impl Strategy<Value = Hand> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..24);
    (bytes(), bytes(), prop::collection::vec(prop::bool::weighted(0.1), 1..24))
        .prop_map(|(spaces, turns, escapes)| Hand { spaces, turns, escapes })
}

impl Hand {
    fn space(&self, out: &mut String, at: &mut usize) {
        *at += 1;
        let kinds = ["", "", "", " ", "\t", "  "];
        out.push_str(kinds[usize::from(self.spaces[*at % self.spaces.len()]) % kinds.len()]);
    }

    fn text(&self, text: &str, out: &mut String, at: &mut usize) {
        out.push('"');
        for ch in text.chars() {
            *at += 1;
            let escaped = self.escapes[*at % self.escapes.len()];
            match ch {
                '"' | '\\' => out.extend(['\\', ch]),
                _ if escaped || ch.is_control() => {
                    for unit in ch.encode_utf16(&mut [0; 2]) {
                        out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                _ => out.push(ch),
            }
        }
        out.push('"');
    }

    fn write(&self, value: &Value, out: &mut String, at: &mut usize) {
        match value {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if !members.is_empty() {
                    let turn = usize::from(self.turns[*at % self.turns.len()]) % members.len();
                    members.rotate_left(turn);
                }
                out.push('{');
                for (place, (name, value)) in members.into_iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    self.space(out, at);
                    self.text(name, out, at);
                    self.space(out, at);
                    out.push(':');
                    self.space(out, at);
                    self.write(value, out, at);
                    self.space(out, at);
                }
                out.push('}');
            }
            Value::Array(values) => {
                out.push('[');
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    self.write(value, out, at);
                }
                out.push(']');
            }
            Value::String(text) => self.text(text, out, at),
            other => out.push_str(&other.to_string()),
        }
    }

    fn line(&self, value: &Value) -> String {
        let mut out = String::new();
        self.write(value, &mut out, &mut 0);
        out
    }
}

fn id() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "[a-z0-9]{1,12}(-[a-zA-Z0-9é\"\\\\{}]{1,6})?".prop_map(Value::from),
        1 => Just(Value::Null),
        1 => (0..1_000_000_u32).prop_map(Value::from),
        1 => Just(Value::from("")),
    ]
}

fn event() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "payment.succeeded",
        "payment.failed",
        "subscription.failed",
        "payment.refunded",
        "refund.failed",
    ]);
    let time = prop::option::weighted(0.9, 1_700_000_000_000_i64..1_800_000_000_000);
    let card = prop_oneof![
        Just(None),
        Just(Some(Value::Null)),
        Just(Some(json!({"last4": "1234", "mask": "44**}{\"1234"})))
    ];
    let nested = prop::option::weighted(0.3, (id(), id(), id()));
    let more = prop::option::weighted(0.3, ("[a-zA-Z]{1,10}", "[a-z{}\\[\\]\",: ]{0,12}"));
    let link = prop::sample::select(vec![
        "",
        "subscriptionId",
        "subscription_id",
        "subscription",
        "object",
    ]);
    (name, time, (id(), id(), id(), id()), card, nested, more, link).prop_map(
        |(name, time, (event, thing, external, code), card, nested, more, link)| {
            let mut data = json!({"id": thing, "externalId": external, "failureCode": code,
                "amount": 1.25, "customer": {"id": "c", "name": "A } \" {", "list": [1, "]", {"a": null}]}});
            let members = data.as_object_mut().unwrap();
            if let Some(card) = card {
                members.insert("card".into(), card);
            }
            if let Some((payment, refund, own)) = nested {
                members.insert("payment".into(), json!({"id": payment, "externalId": "p"}));
                members.insert("refund".into(), json!({"id": refund, "failureCode": own}));
            }
            match link {
                "" => {}
                "object" => drop(members.insert("subscription".into(), json!({"id": "sub_1"}))),
                name => drop(members.insert(name.into(), "sub_1".into())),
            }
            let mut whole = json!({"eventId": event, "event": name, "type": "payment",
                "environment": "live", "data": data});
            let members = whole.as_object_mut().unwrap();
            if let Some(time) = time {
                members.insert("createdAt".into(), Timestamp::from_millis(time).to_string().into());
            }
            if let Some((name, text)) = more {
                members.entry(format!("x{name}")).or_insert(text.into());
            }
            whole
        },
    )
}

/// The slow way: a general parser, and the rules said once more.
fn slowly(line: &str, room: &mut Room) -> Told {
    let whole: Value = serde_json::from_str(line).unwrap();
    let text = |value: &Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let data = &whole["data"];
    let (payment, refund) = (&data["payment"], &data["refund"]);
    let created = whole["createdAt"].as_str().map(time);
    if created.is_none() {
        return Told::Undated;
    }
    let resource = [&data["id"], &payment["id"], &refund["id"], &data["paymentId"]];
    let resource = resource.into_iter().find_map(text);
    let external = match (text(&data["id"]), text(&payment["id"]), text(&refund["id"])) {
        (None, Some(_), _) => text(&payment["externalId"]),
        (None, None, Some(_)) => text(&refund["externalId"]).or(text(&data["externalId"])),
        _ => text(&data["externalId"]),
    };
    let code = [&data["failureCode"], &refund["failureCode"], &payment["failureCode"]];
    let name = whole["event"].as_str().unwrap();
    let links = [&data["subscriptionId"], &data["subscription_id"], &data["subscription"]];
    let linked = links.into_iter().find_map(text).or(text(&data["subscription"]["id"]));
    let linked = linked.or(text(&data["id"]).filter(|_| name.starts_with("subscription.")));
    let key = |text: Option<String>| text.map(|text| room.key(text.as_bytes()));
    let (resource, linked, external) = (key(resource), key(linked), key(external));
    Told::Event(EventLine {
        id: key(text(&whole["eventId"])),
        record: None,
        created,
        received: None,
        answer: Answer::Unsaid,
        test: false,
        forged: false,
        resource,
        subscription: linked,
        external,
        card: data.get("card").map(Value::is_object),
        name: room.word(name.as_bytes()),
        code: code.into_iter().find_map(text).map(|code| room.word(code.as_bytes())),
    })
}

proptest! {
    #[test]
    fn an_event_tells_the_same_however_it_is_written_and_whatever_came_before(
        events in prop::collection::vec((event(), hand(), 0..3_usize), 1..12)
    ) {
        let (mut room, reading) = (room(), reading());
        for (event, hand, times) in events {
            // Compact lines are read by a layout from the second one on.
            for line in [hand.line(&event), event.to_string(), event.to_string()].iter().take(1 + times) {
                let told = read(line.as_bytes(), Role::Events, &reading, &mut room);
                prop_assert_eq!(told, slowly(line, &mut room), "{}", line);
            }
        }
    }

    #[test]
    fn an_event_that_is_cut_anywhere_is_none_even_where_its_layout_is_known(
        event in event(), hand in hand(), cut in any::<prop::sample::Index>()
    ) {
        let (mut room, reading) = (room(), reading());
        for line in [event.to_string(), hand.line(&event)] {
            read(line.as_bytes(), Role::Events, &reading, &mut room);
            let half = &line.as_bytes()[..cut.index(line.trim_end().len())];
            for role in [Role::Events, Role::Deliveries, Role::Requests, Role::Application] {
                let told = read(half, role, &reading, &mut room);
                prop_assert_eq!(told, Told::Garbage, "{}", String::from_utf8_lossy(half));
            }
        }
    }

    #[test]
    fn a_recorded_event_tells_what_the_bare_one_tells(event in event(), hand in hand(), packed in any::<bool>()) {
        use base64::prelude::{BASE64_STANDARD, Engine as _};
        let (mut room, reading) = (room(), reading());
        let body = hand.line(&event);
        let mut record = json!({"schema": "golive.received/1", "id": "01R",
            "receivedAt": "2026-11-25T15:16:51.000Z", "path": "/", "signature": "valid"});
        match packed {
            true => record["bodyBase64"] = BASE64_STANDARD.encode(&body).into(),
            false => record["body"] = body.clone().into(),
        }
        let told = read(record.to_string().as_bytes(), Role::Events, &reading, &mut room);
        let Told::Event(told) = told else { panic!("{told:?}") };
        let received = Some(time("2026-11-25T15:16:51Z"));
        let bare = read(body.as_bytes(), Role::Events, &reading, &mut room);
        if let Told::Event(bare) = bare {
            let wanted = EventLine { record: told.record, received, answer: Answer::Nothing, ..bare };
            prop_assert_eq!(told, wanted);
        } else {
            prop_assert_eq!(bare, Told::Undated);
        }
        prop_assert_eq!(told.record, Some(room.key(b"01R")));
    }

    #[test]
    fn no_bytes_whatever_stop_the_program(
        bytes in prop::collection::vec(any::<u8>(), 0..120),
        json in "\\{[{}\\[\\]\",:a-z0-9\\\\ .=-]{0,80}\\}",
        text in "(2026-11-25T15:16:51Z )?[ -~é]{0,80}",
    ) {
        let (mut room, reading) = (room(), reading());
        for line in [&bytes, json.as_bytes(), text.as_bytes()] {
            for role in [Role::Events, Role::Deliveries, Role::Requests, Role::Application] {
                read(line, role, &reading, &mut room);
            }
        }
    }
}

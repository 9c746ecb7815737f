//! The shapes that lines come in, and the ways in which files are broken.

use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use golive::checks::idempotency::external_id_log::ExternalIdLog;
use golive::checks::{Check as _, CheckContext, CheckReport, Outcome};
use golive::config::WeekConfig;
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::events::fields::Fields;
use golive::runbook::model::InputName;
use golive::time::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{Logs, event, found, messages, payment, text};

fn body(amount: u64) -> Value {
    payment("ord-1", amount, "cus-1", "1")["body"].clone()
}

/// The same request in many shapes.
fn shapes(amount: u64) -> Vec<(&'static str, Value)> {
    let body = body(amount);
    let text = body.to_string();
    vec![
        ("bare body", body.clone()),
        ("path and body", json!({"method": "POST", "path": "/payments", "body": body})),
        ("body as text", json!({"method": "POST", "path": "/payments", "body": text})),
        (
            "request and response",
            json!({
                "request": {"method": "POST", "url": "https://api.mintcash.me/payments", "body": body},
                "response": {"status": 200, "body": {"id": "p", "status": "created", "externalId": "ord-1", "amount": amount}}
            }),
        ),
        (
            "req and res, text",
            json!({"level": 30, "msg": "sent", "req": {"method": "POST", "url": "/payments", "data": text}, "res": {"statusCode": 200}}),
        ),
        (
            "axios",
            json!({"method": "post", "url": "https://api.mintcash.me/payments", "data": text}),
        ),
        (
            "request is the body",
            json!({"ts": 1_795_000_000, "request": body, "response": {"id": "p"}}),
        ),
        (
            "axios with a base",
            json!({"method": "post", "baseURL": "https://api.mintcash.me", "url": "/payments", "params": {"a": 1}, "data": body}),
        ),
        (
            "a body between other names for it",
            json!({"url": "/payments", "params": {}, "body": body, "json": null, "payload": {}, "hostname": "web-1.shop.example"}),
        ),
        ("a logger's own id and the answer's status", {
            let mut line = body.clone();
            line["id"] = json!("01K");
            line["status"] = json!(200);
            line["level"] = json!("info");
            line
        }),
        (
            "packed by docker",
            json!({"log": format!("{}\n", json!({"method": "POST", "path": "/payments", "body": text})), "stream": "stdout", "time": "2026-11-23T10:00:00Z"}),
        ),
        (
            "packed as a message",
            json!({"@timestamp": "2026-11-23T10:00:00Z", "message": json!({"url": "/payments", "body": body}).to_string()}),
        ),
        ("payload", json!({"endpoint": "/payments", "payload": body, "status_code": 200})),
        (
            "logger with the fields at its top",
            json!({"level": "info", "msg": "charge", "externalId": "ord-1", "amount": amount, "currency": "USD", "customer": {"externalId": "cus-1"}, "order_id": "1"}),
        ),
        (
            "snake case",
            json!({"request_path": "/payments", "request_body": {"external_id": "ord-1", "amount": amount, "currency": "USD", "customer": "cus-1", "order_id": "1"}}),
        ),
    ]
}

#[test]
fn a_request_is_understood_in_every_shape_beside_every_other() {
    let (base, other) = (shapes(4999), shapes(7777));
    for (name, first) in &base {
        for (_, second) in &base {
            let report = Logs::of(&[first.clone(), second.clone()], &[]).answer();
            assert_eq!(report.evidence["requests"], 2, "{name}: {first}\n{second}");
            assert_eq!(report.evidence["ids"], 1, "{name}");
            assert_eq!(report.outcome, Outcome::Pass, "{name}: {}\n{second}", messages(&report));
        }
        for (changed, second) in &other {
            let report = Logs::of(&[first.clone(), second.clone()], &[]).answer();
            assert_eq!(report.outcome, Outcome::Fail, "{name}, {changed}: {}", messages(&report));
            assert_eq!(found(&report), ["fail requests.jsonl:1 and requests.jsonl:2"]);
        }
    }
}

#[test]
fn an_event_is_understood_in_every_wrapping() {
    let envelope = event("payment.succeeded", "ord-1", 59.99, "cus-1");
    let raw = envelope.to_string();
    let packed = base64_of(raw.as_bytes());
    let wrappings = [
        envelope.clone(),
        json!({"level": "info", "msg": "webhook", "event": envelope}),
        json!({"time": "2026-11-23T10:00:10Z", "method": "POST", "path": "/hooks/payments", "body": envelope}),
        json!({"payload": raw}),
        json!({"log": json!({"event": envelope}).to_string(), "stream": "stdout"}),
        json!({"message": raw}),
        json!({"schema": "golive.received/1", "signature": "valid", "receivedAt": "2026-11-23T10:00:10Z", "body": raw}),
        json!({"schema": "golive.received/1", "signature": "unchecked", "bodyBase64": packed}),
    ];
    for wrapped in wrappings {
        let logs =
            Logs::of(&[payment("ord-1", 4999, "cus-1", "1")], std::slice::from_ref(&wrapped));
        let report = logs.answer();
        assert_eq!(report.evidence["events"], 1, "{wrapped}");
        assert_eq!(found(&report), ["fail events.jsonl:1 and requests.jsonl:1"], "{wrapped}");
    }
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// What the check says over a folder whose `golive.yaml` has these `logs`.
async fn checked(logs: &Logs, members: Value, args: Value) -> CheckReport {
    let globs = |name: &str| InputValue::Globs(vec![name.to_owned()]);
    let inputs = ["request_log", "event_log"].map(|name| {
        let value = globs(&format!("{}s.jsonl", name.split('_').next().unwrap()));
        (InputName::from(name), Input { value, origin: ValueOrigin::Default })
    });
    let base = logs.path().to_owned();
    let inputs = Arc::new(Inputs::new(inputs.into_iter().collect(), base.clone()));
    let now = Timestamp::parse("2026-11-25T10:00:00Z").unwrap();
    let mut context = CheckContext::bare(inputs, base, now);
    let logs = serde_json::from_value(members).unwrap();
    context.week = Arc::new(WeekConfig { logs, ..WeekConfig::default() });
    context.args = args.as_object().unwrap().clone();
    ExternalIdLog.run(&context).await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_golive_yaml_says_that_members_stand_they_are_read_and_fields_count_more() {
    let sent = |sum: u64, code: u64| json!({"ref": "X-1", "sum": sum, "to": "/payments", "code": code, "no": {"ref": "Y"}});
    let came =
        |sum: f64| json!({"in": {"raw": event("payment.succeeded", "X-1", sum, "c").to_string()}});
    let told = json!({"kind": "payment.failed", "nr": 7, "ours": "X-1", "zone": "sandbox"});
    let logs = Logs::empty();
    logs.file("requests.jsonl", text(&[sent(5, 200), sent(6, 422)]));
    logs.file("events.jsonl", text(&[came(5.0), told]));
    let members = json!({
        "request_log": {"external_id": "ref", "url": "to", "status": "code"},
        "event_log": {"envelope": "in.raw", "event": "kind", "event_id": "nr",
            "external_id": "ours", "environment": "zone"},
    });
    let none = checked(&logs, json!({}), json!({})).await;
    assert_eq!((&none.evidence["requests"], &none.evidence["events"]), (&json!(0), &json!(0)));
    let report = checked(&logs, members.clone(), json!({})).await;
    let counts = |name: &str| report.evidence[name].as_u64().unwrap();
    assert_eq!(["requests", "events", "ids", "ids_in_both"].map(counts), [1, 2, 1, 1]);
    assert_eq!(found(&report), ["fail events.jsonl:1 and events.jsonl:2"], "two environments");
    // What `logs` has no name for is said in `fields`, and what both say counts from there.
    logs.file("requests.jsonl", text(&[sent(5, 200), sent(6, 200)]));
    logs.file("events.jsonl", text(&[came(5.0)]));
    assert!(found(&checked(&logs, members.clone(), json!({})).await).is_empty());
    let report = checked(&logs, members.clone(), json!({"fields": {"amount": "sum"}})).await;
    assert_eq!(found(&report), ["fail events.jsonl:1 and requests.jsonl:2"], "6 is not 5");
    let other = checked(&logs, members, json!({"fields": {"external_id": "no.ref"}})).await;
    assert_eq!((&other.evidence["ids"], &other.evidence["ids_in_both"]), (&json!(2), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_to_something_else_than_the_id_counts_as_well() {
    let sent = |amount: u64, code: u64| {
        let mut line = payment("ord-1", amount, "c", "1");
        line.as_object_mut().unwrap().remove("status");
        line["http"] = json!({"code": code});
        line
    };
    let logs = Logs::empty();
    logs.file("requests.jsonl", text(&[sent(100, 200), sent(200, 422)]));
    logs.file("events.jsonl", "{}\n");
    let report = checked(&logs, json!({}), json!({})).await;
    assert_eq!(found(&report), ["fail requests.jsonl:1 and requests.jsonl:2"]);
    let members = json!({"request_log": {"status": "http.code"}});
    let report = checked(&logs, members, json!({})).await;
    assert!(found(&report).is_empty(), "nothing came of the second one: {}", messages(&report));
    assert_eq!(report.evidence["requests"], 1);
}

#[test]
fn a_log_of_the_merchant_s_own_shape_is_read_by_its_paths() {
    let line = |amount: &str, order: u64| json!({"what": "charge", "in": {"raw": json!({"ref": "X-1", "sum": amount, "cur": "usd", "who": 7}).to_string()}, "o": order, "env": "sandbox"});
    let fields = Fields {
        external_id: Some("in.raw.ref".into()),
        amount: Some("in.raw.sum".into()),
        currency: Some("in.raw.cur".into()),
        customer: Some("in.raw.who".into()),
        environment: Some("env".into()),
        intent: Some("o".into()),
        ..Fields::default()
    };
    let mut logs = Logs::of(&[line("49.99", 1), line("49.99", 1), json!({"what": "else"})], &[]);
    assert_eq!(logs.answer().outcome, Outcome::Unknown);
    logs.question.reading.fields = fields;
    let report = logs.answer();
    assert_eq!(report.outcome, Outcome::Pass, "{}", messages(&report));
    logs.file("requests.jsonl", text(&[line("49.99", 1), line("59.99", 1), line("59.99", 2)]));
    assert_eq!(
        found(&logs.answer()),
        [
            "fail requests.jsonl:1 and requests.jsonl:2",
            "fail requests.jsonl:1 and requests.jsonl:3",
        ]
    );
}

#[test]
fn escapes_in_an_id_do_not_make_another_one_of_it() {
    let one = r#"{"externalId":"ord-\u00e9\/1","amount":1,"currency":"USD"}"#;
    let other = r#"{"externalId":"ord-é/1","amount":2,"currency":"USD"}"#;
    let logs = Logs::empty();
    logs.file("requests.jsonl", format!("{one}\n{other}\n"));
    logs.file("events.jsonl", "{}\n");
    assert_eq!(found(&logs.answer())[0], "fail requests.jsonl:1 and requests.jsonl:2");
}

#[rstest]
#[case::half_written_last_line(|text: &str| format!("{text}{}", &text[..40]), 0)]
#[case::no_line_break_at_the_end(|text: &str| text.trim_end().to_owned(), 0)]
#[case::windows_line_ends(|text: &str| text.replace('\n', "\r\n"), 0)]
#[case::a_mark_at_the_beginning(|text: &str| format!("\u{feff}{text}"), 0)]
#[case::garbage_between(|text: &str| text.replace('\n', "\nnot json {\n"), 3)]
fn a_file_that_is_not_quite_right_is_read_all_the_same(
    #[case] broken: fn(&str) -> String,
    #[case] garbage: u64,
) {
    let lines = [
        payment("ord-1", 100, "c", "1"),
        payment("ord-2", 5, "d", "2"),
        payment("ord-1", 200, "c", "1"),
    ];
    let logs = Logs::of(&lines, &[]);
    logs.file("requests.jsonl", broken(&text(&lines)));
    let report = logs.answer();
    let last = if garbage > 0 { 5 } else { 3 };
    assert_eq!(found(&report)[0], format!("fail requests.jsonl:1 and requests.jsonl:{last}"));
    assert_eq!(report.evidence["no_json"], garbage);
    assert_eq!(report.evidence["requests"], 3);
}

#[test]
fn a_line_that_is_too_long_is_counted_and_left_out_plain_and_packed() {
    let long =
        json!({"externalId": "long", "amount": 1, "currency": "USD", "note": "x".repeat(5000)});
    let lines = [payment("ord-1", 100, "c", "1"), long, payment("ord-1", 200, "c", "1")];
    for packed in [false, true] {
        for block in [100, 1000, 1 << 20] {
            let mut logs = Logs::of(&lines, &[]);
            logs.question.cut.longest_line = 2000;
            logs.question.cut.block = block;
            if packed {
                logs.file("requests.jsonl", gzip(text(&lines).as_bytes()));
            }
            let report = logs.answer();
            assert_eq!(
                found(&report),
                ["fail requests.jsonl:1 and requests.jsonl:3", "advisory first requests.jsonl:2",],
                "{packed} {block}"
            );
            assert_eq!(report.evidence["lines"], 3);
        }
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_a_file_is_stands_in_its_first_bytes_and_not_in_its_name() {
    let lines = [payment("ord-1", 100, "c", "1"), payment("ord-1", 200, "c", "1")];
    let plain = text(&lines);
    let members = [gzip(&plain.as_bytes()[..100]), gzip(&plain.as_bytes()[100..])].concat();
    let zst = zstd::encode_all(plain.as_bytes(), 3).unwrap();
    let logs = Logs::of(&lines, &[]);
    for content in [gzip(plain.as_bytes()), members, zst] {
        logs.file("requests.jsonl", content);
        assert_eq!(found(&logs.answer()), ["fail requests.jsonl:1 and requests.jsonl:2"]);
    }
}

#[test]
fn a_packed_file_that_breaks_off_is_unknown_and_what_came_before_counts() {
    let lines: Vec<Value> =
        (0..2000).map(|n| payment(&format!("ord-{n}"), n, "c", &n.to_string())).collect();
    let logs = Logs::of(&lines, &[]);
    let packed = gzip(text(&lines).as_bytes());
    logs.file("requests.jsonl", &packed[..packed.len() / 2]);
    let report = logs.answer();
    assert_eq!(report.outcome, Outcome::Unknown, "{}", messages(&report));
    assert!(report.summary.contains("could not be read to its end"), "{}", report.summary);
    assert!(report.evidence["requests"].as_u64().unwrap() > 500);
}

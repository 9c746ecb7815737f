//! Events inside a merchant's own lines, and lines whose members stand where `logs` says.

use rstest::rstest;

use super::*;
use crate::events::members::Members;

const STATUS: u16 = 200;

fn answered(status: u16, ms: Option<u32>) -> Answer {
    Answer::Status { status, ms }
}

/// A line around the real event, which stands where `EVENT` or, as a text, `TEXT` is.
fn around(line: &str) -> String {
    let event = real().to_string();
    let text = serde_json::to_string(&event).unwrap();
    line.replace("EVENT", &event).replace("TEXT", &text)
}

#[rstest]
#[case::pino(r#"{"level":30,"time":1795619811000,"msg":"webhook","body":EVENT}"#, Answer::Unsaid)]
#[case::text(
    r#"{"timestamp":"2026-11-25T15:16:51Z","message":"webhook","payload":TEXT}"#,
    Answer::Unsaid
)]
#[case::under_event(r#"{"ts":1795619811,"event":EVENT}"#, Answer::Unsaid)]
#[case::message(r#"{"@timestamp":"2026-11-25T15:16:51Z","message":TEXT}"#, Answer::Unsaid)]
#[case::handler(r#"{"time":"2026-11-25T15:16:51Z","method":"POST","path":"/webhooks/mintcash","status":200,"duration_ms":12,"body":EVENT}"#, answered(STATUS, Some(12)))]
#[case::pino_http(r#"{"level":30,"time":1795619811000,"req":{"method":"POST","url":"/webhooks/mintcash","body":EVENT},"res":{"statusCode":503},"responseTime":41}"#, answered(503, Some(41)))]
#[case::status_of_something(
    r#"{"time":"2026-11-25T15:16:51Z","status":"processed","body":EVENT}"#,
    Answer::Unsaid
)]
fn an_event_in_a_merchant_s_own_line_is_read_with_the_answer_that_the_line_says(
    #[case] line: &str,
    #[case] answer: Answer,
) {
    for role in [Role::Events, Role::Deliveries, Role::Requests] {
        let (told, room) = told(&around(line), role);
        let Told::Event(event) = told else { panic!("{role:?}: {told:?}") };
        assert_eq!(event.answer, answer);
        assert_eq!(event.received, Some(time("2026-11-25T15:16:51Z")));
        assert_eq!(event.created, Some(time("2026-06-30T10:11:12.345Z")));
        assert_eq!(event.external, Some(room.key(b"order-17")));
        assert_eq!(event.card, Some(false));
    }
}

#[test]
fn no_status_of_an_event_or_a_payment_is_taken_for_an_answer() {
    let mut event = real();
    event["status"] = 200.into();
    event["data"]["status"] = 500.into();
    event["level"] = "info".into();
    let Told::Event(event) = told(&event.to_string(), Role::Events).0 else { panic!() };
    assert_eq!((event.answer, event.received), (Answer::Unsaid, None));
}

#[test]
fn a_logger_that_spreads_the_event_into_its_line_says_the_answer_by_its_own_name() {
    let mut event = real();
    event["level"] = 30.into();
    event["time"] = 1_795_619_811_000_i64.into();
    event["statusCode"] = 202.into();
    let Told::Event(event) = told(&event.to_string(), Role::Events).0 else { panic!() };
    assert_eq!(event.answer, answered(202, None));
    assert_eq!(event.received, Some(time("2026-11-25T15:16:51Z")));
}

#[test]
fn a_line_with_an_event_s_name_and_id_alone_is_one() {
    let line = r#"{"time":"2026-11-25T15:16:51Z","eventId":"e1","event":"payment.succeeded","status":200,"ms":7}"#;
    let (told, room) = told(line, Role::Events);
    let Told::Event(event) = told else { panic!("{told:?}") };
    assert_eq!(event.id, Some(room.key(b"e1")));
    assert_eq!(event.answer, answered(STATUS, Some(7)));
    let log = line.replace("payment.succeeded", "webhook handled");
    let at = Some(time("2026-11-25T15:16:51Z"));
    assert_eq!(super::told(&log, Role::Events).0, Told::Nothing(at));
}

/// What a line tells where `logs` has these paths for its kind.
fn mapped(line: &str, role: Role, paths: &[(&str, &str)]) -> (Told, Room) {
    let paths: serde_json::Map<String, Value> =
        paths.iter().map(|(name, path)| ((*name).to_owned(), (*path).into())).collect();
    let members: Members = serde_json::from_value(paths.into()).unwrap();
    let mut reading = reading();
    let log = match role {
        Role::Events => &mut reading.members.event_log,
        Role::Deliveries => &mut reading.members.delivery_log,
        Role::Requests => &mut reading.members.request_log,
        Role::Application => &mut reading.members.application_log,
    };
    *log = members;
    let mut room = room();
    (read(line.as_bytes(), role, &reading, &mut room), room)
}

#[test]
fn the_merchant_s_paths_lead_to_the_event_and_its_answer() {
    let line = around(
        r#"{"when":{"utc":"2026-11-25T15:16:51Z"},"in":{"raw":TEXT},"out":{"rc":201,"sec":0.25}}"#,
    );
    let paths = [
        ("time", "when.utc"),
        ("envelope", "in.raw"),
        ("status", "out.rc"),
        ("seconds", "out.sec"),
    ];
    let (told, _) = mapped(&line, Role::Events, &paths);
    let Told::Event(event) = told else { panic!("{told:?}") };
    assert_eq!(event.answer, answered(201, Some(250)));
    assert_eq!(event.received, Some(time("2026-11-25T15:16:51Z")));
    // What a path does not lead to is not there, and nothing else is taken for it.
    let (told, _) = mapped(&line, Role::Events, &[("envelope", "in.raw"), ("status", "out.no")]);
    let Told::Event(event) = told else { panic!("{told:?}") };
    assert_eq!(event.answer, Answer::Unsaid);
}

#[test]
fn the_merchant_s_paths_lead_to_flat_events_hits_and_errors() {
    let line = r#"{"w":"2026-11-25T15:16:51Z","k":"e1","n":"payment.failed","why":"expired","ref":"order-1","s":"sub_1"}"#;
    let paths = [
        ("time", "w"),
        ("event_id", "k"),
        ("event", "n"),
        ("code", "why"),
        ("external_id", "ref"),
        ("subscription_id", "s"),
    ];
    let (told, mut room) = mapped(line, Role::Events, &paths);
    let Told::Event(event) = told else { panic!("{told:?}") };
    assert_eq!((event.id, event.external), (Some(room.key(b"e1")), Some(room.key(b"order-1"))));
    assert_eq!(event.subscription, Some(room.key(b"sub_1")));
    assert_eq!(event.code, Some(room.word(b"expired")));

    let line = r#"{"w":"2026-11-25T15:16:51Z","u":"/webhooks/mintcash","rc":"500","d":31}"#;
    let paths = [("time", "w"), ("url", "u"), ("status", "rc"), ("ms", "d")];
    let at = time("2026-11-25T15:16:51Z");
    let hit = Told::Hit { at, status: 500, ms: Some(31) };
    assert_eq!(mapped(line, Role::Deliveries, &paths).0, hit);

    let line = r#"{"w":"2026-11-25T15:16:51Z","to":"https://api.mintcash.me/payments","rc":400,"why":"invalid_argument","rid":"abc-1","ref":"order-1"}"#;
    let paths = [
        ("time", "w"),
        ("url", "to"),
        ("status", "rc"),
        ("code", "why"),
        ("request_id", "rid"),
        ("external_id", "ref"),
    ];
    let (told, mut room) = mapped(line, Role::Requests, &paths);
    let Told::Trouble(trouble) = told else { panic!("{told:?}") };
    assert_eq!((trouble.status, trouble.request), (Some(400), Some(room.key(b"abc-1"))));
    assert_eq!(trouble.code, Some(room.word(b"invalid_argument")));
}

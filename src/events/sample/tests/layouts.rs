//! A line that is read by its layout tells what it tells when it is read in full.

use proptest::prelude::*;

use super::*;

/// What a line is made of; its values change from line to line.
#[derive(Clone, Debug)]
enum Form {
    Text,
    Number,
    Plain(Value),
    Event(bool),
    Packed(bool),
    Object(Vec<(&'static str, Form)>),
    List(Vec<Form>),
}

const NAMES: [&str; 30] = [
    "time",
    "timestamp",
    "ts",
    "date",
    "level",
    "msg",
    "message",
    "status",
    "statusCode",
    "upstream_status",
    "ms",
    "duration",
    "durationMs",
    "request_time",
    "responseTime",
    "latency_s",
    "err",
    "error",
    "req",
    "res",
    "response",
    "context",
    "body",
    "payload",
    "data",
    "log",
    "event",
    "eventId",
    "logger",
    "x",
];

fn form() -> impl Strategy<Value = Form> {
    let leaf = prop_oneof![
        4 => Just(Form::Text),
        3 => Just(Form::Number),
        1 => Just(Form::Plain(Value::Null)),
        1 => Just(Form::Plain(true.into())),
        2 => any::<bool>().prop_map(Form::Event),
        2 => any::<bool>().prop_map(Form::Packed),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        let member = (prop::sample::select(&NAMES[..]), inner.clone());
        prop_oneof![
            3 => prop::collection::vec(member, 0..4).prop_map(Form::Object),
            1 => prop::collection::vec(inner, 0..3).prop_map(Form::List),
        ]
    })
}

/// A line with an event in it, and whatever else.
fn line() -> impl Strategy<Value = Form> {
    let members = prop::collection::vec((prop::sample::select(&NAMES[..]), form()), 0..5);
    let event =
        prop_oneof![any::<bool>().prop_map(Form::Event), any::<bool>().prop_map(Form::Packed)];
    let holder = prop::sample::select(vec!["body", "payload", "message", "log", "event"]);
    (members, event, holder, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut members, event, holder, at, usual)| {
            if usual {
                members.retain(|(_, form)| matches!(form, Form::Text | Form::Number));
            }
            let at = at.index(members.len() + 1);
            members.insert(at, (holder, event));
            Form::Object(members)
        },
    )
}

/// The next of the values.
fn next<'a>(of: &[&'a str], draws: &mut impl Iterator<Item = u8>) -> &'a str {
    of[usize::from(draws.next().unwrap_or(0)) % of.len()]
}

fn filled(form: &Form, draws: &mut impl Iterator<Item = u8>) -> Value {
    const TEXTS: [&str; 14] = [
        "2026-11-25T15:16:51.250Z",
        "2026-11-25 15:16:52",
        "yesterday",
        "info",
        "error",
        "200",
        "503",
        "12ms",
        "0.012",
        "-",
        "",
        "failed with status code 502",
        "{\"status\":500}",
        " {",
    ];
    const NUMBERS: [&str; 8] =
        ["200", "503", "42", "0.012", "1795000000", "1795000000123", "-1", "1e3"];
    match form {
        Form::Text => next(&TEXTS, draws).into(),
        Form::Number => serde_json::from_str(next(&NUMBERS, draws)).unwrap(),
        Form::Plain(value) => value.clone(),
        Form::Event(code) => envelope(*code, draws),
        Form::Packed(code) => envelope(*code, draws).to_string().into(),
        Form::Object(members) => {
            let mut object = serde_json::Map::new();
            for (name, form) in members {
                object.insert((*name).to_owned(), filled(form, draws));
            }
            object.into()
        }
        Form::List(forms) => forms.iter().map(|form| filled(form, draws)).collect(),
    }
}

fn envelope(code: bool, draws: &mut impl Iterator<Item = u8>) -> Value {
    let id = next(&["e1", "e2", "e\"3", ""], draws);
    let name = next(&["payment.failed", "payment.failed", "subscription.succeeded", "else"], draws);
    let made = next(&["2026-11-25T15:16:50Z", "2026-11-25T15:16:50.5Z", "soon"], draws);
    let mut data = json!({"id": next(&["p1", "p2"], draws), "amount": 12, "card": null});
    if code {
        data["failureCode"] = next(&["expired", "issuer_decline", ""], draws).into();
    }
    json!({"eventId": id, "event": name, "environment": next(&["live", "test"], draws),
        "createdAt": made, "data": data})
}

fn tells_the_same(lines: &[String], role: Role) -> Result<u32, TestCaseError> {
    let words = Arc::new(Mutex::new(Words::default()));
    let reading = reading();
    let mut warm = Room::new(Arc::clone(&words), 7);
    let mut by_layout = 0;
    for line in lines {
        by_layout += u32::from(known::told(line.as_bytes(), role, &mut warm).is_some());
        let told = read(line.as_bytes(), role, &reading, &mut warm);
        let mut fresh = Room::new(Arc::clone(&words), 7);
        let wanted = read(line.as_bytes(), role, &reading, &mut fresh);
        prop_assert_eq!(told, wanted, "{:?} {} of {:#?}", role, line, lines);
    }
    Ok(by_layout)
}

const ROLES: [Role; 4] = [Role::Events, Role::Deliveries, Role::Requests, Role::Application];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_logged_event_tells_the_same_by_its_layout_as_in_full(
        forms in prop::collection::vec(line(), 1..3),
        draws in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 16)), 4..12),
    ) {
        let lines: Vec<String> = draws
            .into_iter()
            .map(|(form, draws)| filled(form.get(&forms), &mut draws.into_iter()).to_string())
            .collect();
        for role in ROLES {
            tells_the_same(&lines, role)?;
        }
    }
}

#[test]
fn the_logs_that_merchants_write_are_read_by_their_layout() {
    let body = r#"{"eventId":"e@","event":"payment.failed","createdAt":"2026-11-25T15:16:51Z","data":{"id":"p@","failureCode":"expired"}}"#;
    let text = serde_json::to_string(body).unwrap();
    let shapes = [
        body.to_owned(),
        format!(r#"{{"time":"2026-11-25T15:16:5@Z","status":20@,"ms":1@,"body":{body}}}"#),
        format!(r#"{{"level":"info","ts":179500000@,"msg":"webhook @","req":{{"body":{body}}},"statusCode":200,"responseTime":@}}"#),
        format!(r#"{{"timestamp":"2026-11-25T15:16:51Z","level":"INFO","message":"took it","payload":{text},"duration":"1@ms"}}"#),
        format!(r#"{{"schema":"golive.received/1","id":"01R@","receivedAt":"2026-11-25T15:16:51Z","path":"/","signature":"valid","body":{text}}}"#),
        r#"{"schema":"golive.answered/1","id":"01R@","answeredAt":"2026-11-25T15:16:51Z","status":200,"ms":1@,"by":"upstream"}"#.to_owned(),
    ];
    for shape in shapes {
        let lines: Vec<String> = (1..9).map(|n| shape.replace('@', &n.to_string())).collect();
        let by_layout = tells_the_same(&lines, Role::Events).unwrap();
        assert_eq!(by_layout, 7, "all but the first: {shape}");
    }
}

#[test]
fn where_two_values_compete_a_line_is_read_in_full() {
    let body = r#"{"eventId":"e@","event":"payment.failed","createdAt":"2026-11-25T15:16:51Z","data":{"id":"p"}}"#;
    for shape in [
        format!(r#"{{"time":"2026-11-25T15:16:5@Z","ts":179500000@,"body":{body}}}"#),
        format!(r#"{{"status":20@,"statusCode":20@,"body":{body}}}"#),
        format!(r#"{{"note":"{{\"a\":@}}","body":{body}}}"#),
        format!(r#"{{"message":"done @","msg":"or not","body":{body}}}"#),
        format!(r#"{{"status":200,"duration":@,"body":{body}}}"#),
    ] {
        let lines: Vec<String> = (1..9).map(|n| shape.replace('@', &n.to_string())).collect();
        assert_eq!(tells_the_same(&lines, Role::Events).unwrap(), 0, "{shape}");
    }
}

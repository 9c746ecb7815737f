//! The four checks of the first week, through the registry and `golive verify`.

use std::sync::Arc;

use golive::checks::{CheckContext, Effect, Outcome, registry};
use golive::config::inputs::Inputs;
use golive::runbook;
use golive::runbook::model::CheckName;
use golive::time::Timestamp;
use golive::week::panel::Topic;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::support::TestEnvironment;

const STEPS: [(&str, &str); 4] = [
    ("first-week.delivery", "delivery-rate"),
    ("first-week.failures", "failure-codes"),
    ("first-week.churn", "churn"),
    ("first-week.correlation", "request-correlation"),
];

fn environment(inputs: &str) -> TestEnvironment {
    let environment = TestEnvironment::bare();
    environment.write("golive.yaml", &format!("launch: shop\n{inputs}"));
    environment
}

#[test]
fn each_step_of_the_first_week_verifies_itself_and_a_person_can_still_sign_it() {
    let runbook = runbook::builtin();
    for (step, check) in STEPS {
        let step = runbook.step(&step.into()).unwrap();
        let checks: Vec<&str> = step.verify.iter().map(|spec| spec.check.as_str()).collect();
        assert_eq!(checks, [check], "{}", step.id);
        assert!(step.due.is_some(), "{}: it is looked at again", step.id);
        assert!(step.evidence.iter().all(|spec| !spec.required), "{}", step.id);
        assert!(step.how.contains("golive"), "{}: it says what golive does", step.id);
    }
}

#[test]
fn the_checks_are_registered_read_only_and_take_no_arguments() {
    for (topic, (_, name)) in Topic::ALL.into_iter().zip(STEPS) {
        assert_eq!(topic.check(), name);
        let check = registry::find(&CheckName::from(name)).unwrap();
        assert_eq!(check.effect(), Effect::Reads);
        let none = Map::new();
        assert!(check.lint(&none).is_empty());
        let Value::Object(odd) = json!({ "limit": 3 }) else { panic!() };
        assert_eq!(check.lint(&odd).len(), 1, "{name}");
        let inputs = check.inputs(&none);
        let inputs: Vec<&str> =
            inputs.iter().map(golive::runbook::model::InputName::as_str).collect();
        for input in ["event_log", "delivery_log", "request_log", "application_log"] {
            assert!(inputs.contains(&input), "{name} reads {input}");
        }
    }
}

#[test]
fn without_a_log_each_is_unknown_and_names_the_inputs() {
    let environment = environment("");
    for (step, check) in STEPS {
        let ran = environment.golive(&["verify", step, "--format", "json"]);
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        let document = ran.json();
        let result = &document["steps"][0]["checks"][0];
        assert_eq!((&result["check"], &result["outcome"]), (&json!(check), &json!("unknown")));
        let summary = result["summary"].as_str().unwrap();
        for name in ["event_log", "delivery_log", "request_log", "application_log"] {
            assert!(summary.contains(name), "{summary}");
        }
        assert!(summary.contains("golive listen"), "{summary}");
        let hint = result["findings"][0]["hint"].as_str().unwrap();
        assert!(hint.contains("golive.yaml"), "{hint}");
    }
}

#[test]
fn a_dry_run_lists_every_pattern_that_would_be_read_and_what_for() {
    let environment = environment(
        "inputs:\n  event_log: [\"logs/events*.jsonl\"]\n  delivery_log: [access.log]\n  \
         application_log: [\"app/*.log\"]\n  request_log: [requests.jsonl]\n",
    );
    let ran = environment.golive(&["verify", "first-week.churn", "--dry-run", "--format", "json"]);
    let text = ran.out.clone();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    for (what, target) in [
        ("read the webhooks in the files that match", "logs/events*.jsonl"),
        ("read the answers of your webhook endpoint", "access.log"),
        ("read your application's errors", "app/*.log"),
        ("read the requests to MintCash and their errors", "requests.jsonl"),
    ] {
        assert!(text.contains(what) && text.contains(target), "{what}: {text}");
    }
    assert!(!text.contains("refusable") && !text.contains("stateful"), "{text}");
}

#[test]
fn logs_that_hold_nothing_do_not_pass() {
    let environment = environment("inputs:\n  event_log: [\"logs/*.jsonl\"]\n");
    environment.write("logs/empty.jsonl", "");
    for (step, _) in STEPS {
        let ran = environment.golive(&["verify", step, "--format", "json"]);
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        assert_eq!(ran.json()["steps"][0]["outcome"], "unknown", "{ran:#?}");
    }
}

#[tokio::test]
async fn a_run_that_is_stopped_is_unknown() {
    let check = registry::find(&CheckName::from("churn")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let received = folder.path().join("received.jsonl");
    std::fs::write(&received, "{}\n").unwrap();
    let inputs = Arc::new(Inputs::new(IndexMap::new(), folder.path().to_owned()));
    let now = Timestamp::parse("2026-11-25T12:00:00Z").unwrap();
    let mut context = CheckContext::bare(inputs, folder.path().to_owned(), now);
    context.received = Some(received);
    context.cancel.cancel();
    let report = check.run(&context).await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("cancelled"), "{}", report.summary);
}

/// A time so many hours before the clock of the tests, 2026-11-23T18:00:00Z.
fn ago(hours: i64, seconds: i64) -> String {
    let now = Timestamp::parse("2026-11-23T18:00:00Z").unwrap().millis();
    Timestamp::from_millis(now - hours * 3_600_000 + seconds * 1000).to_string()
}

/// A raw envelope as MintCash sends it.
fn event(number: usize, name: &str, at: &str, data: &Value) -> String {
    let id = format!("00000000-0000-4000-8000-{number:012}");
    let kind = name.split('.').next().unwrap();
    let event = json!({
        "eventId": id, "event": name, "type": kind, "apiVersion": "v1", "environment": "live",
        "createdAt": at, "data": data,
    });
    format!("{event}\n")
}

/// Events of subscribers whose renewals fail; what `then` says comes of each.
fn subscriptions(then: impl Fn(usize) -> Vec<(i64, &'static str)>) -> String {
    let mut lines = Vec::new();
    for sub in 0..40 {
        let renewal = 72 + i64::try_from(sub).unwrap();
        let mut told = vec![(renewal + 168, "subscription.succeeded")];
        told.push((renewal, "subscription.failed"));
        told.extend(then(sub).into_iter().map(|(after, name)| (renewal - after, name)));
        for (hours, name) in told {
            let code = (name == "subscription.failed").then_some("insufficient_funds");
            let data = json!({
                "id": format!("8f14e45f-ceea-4672-a4f2-{sub:012}"), "status": "past_due",
                "externalId": format!("sub-{sub}"), "failureCode": code,
                "customer": { "email": "jane.doe@example.com", "name": "Jane Doe" },
            });
            lines.push((hours, event(lines.len(), name, &ago(hours, 0), &data)));
        }
    }
    let paid = json!({ "id": "8f14e45f-ceea-4672-a4f2-999999999999", "status": "succeeded" });
    lines.push((0, event(lines.len(), "payment.succeeded", &ago(0, -60), &paid)));
    lines.sort_by_key(|(hours, _)| -hours);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn verified(environment: &TestEnvironment, step: &str, outcome: &str) -> Value {
    let ran = environment.golive(&["verify", step, "--format", "json"]);
    let result = ran.json()["steps"][0]["checks"][0].clone();
    assert_eq!(result["outcome"], outcome, "{ran:#?}");
    for personal in ["jane.doe", "Jane Doe"] {
        assert!(!ran.out.contains(personal) && !ran.err.contains(personal), "{ran:#?}");
    }
    result
}

#[test]
fn renewals_that_come_back_pass_and_those_that_your_code_cancels_fail_with_the_line() {
    let environment = environment("inputs:\n  event_log: [events.jsonl]\n");
    let comes_back = subscriptions(|_| vec![(24, "subscription.succeeded")]);
    environment.write("events.jsonl", &comes_back);
    let sound = verified(&environment, "first-week.churn", "pass");
    assert_eq!(sound["summary"], "None of 40 subscriptions past due, 40 came back");

    let cancelled = subscriptions(|_| vec![(0, "subscription.cancelled")]);
    environment.write("events.jsonl", &cancelled);
    let broken = verified(&environment, "first-week.churn", "fail");
    let finding = &broken["findings"][0];
    assert_eq!(finding["level"], "blocking");
    let line = usize::try_from(finding["line"].as_u64().unwrap()).unwrap();
    assert_eq!(finding["where"], format!("events.jsonl:{line}"));
    let quoted = cancelled.lines().nth(line - 1).unwrap();
    assert!(quoted.contains("subscription.cancelled"), "{quoted}");
    assert_eq!(broken["evidence"]["crossed"][0]["key"], "cancelled-without-retry");
}

/// Errors of the API, one an hour, and the application's line for those that it logs.
fn errors(logs: impl Fn(usize) -> bool) -> (String, String) {
    let (mut requests, mut application) = (String::new(), String::new());
    for number in 0..60 {
        let hours = 60 - i64::try_from(number).unwrap();
        let id = format!("req_{number:08}");
        let request = json!({
            "time": ago(hours, 0), "method": "POST",
            "url": "https://api.mintcash.me/payments",
            "request": { "externalId": format!("order-{number}"), "amount": 1999 },
            "status": 400,
            "response": { "error": { "code": "invalid_request", "message": "no",
                "details": { "requestId": id } } },
        });
        requests.push_str(&format!("{request}\n"));
        let line = if logs(number) {
            json!({
                "time": ago(hours, 1), "level": "error", "msg": "MintCash refused the payment",
                "code": "invalid_request", "requestId": id, "externalId": format!("order-{number}"),
            })
        } else {
            json!({ "time": ago(hours, 1), "level": "info", "msg": "checkout done" })
        };
        application.push_str(&format!("{line}\n"));
    }
    let last = json!({ "time": ago(0, -1), "level": "info", "msg": "checkout done" });
    application.push_str(&format!("{last}\n"));
    (requests, application)
}

#[test]
fn errors_that_both_logs_know_pass_and_those_that_the_application_swallows_fail() {
    let environment =
        environment("inputs:\n  request_log: [requests.jsonl]\n  application_log: [app.jsonl]\n");
    let (requests, application) = errors(|_| true);
    environment.write("requests.jsonl", &requests);
    environment.write("app.jsonl", &application);
    let sound = verified(&environment, "first-week.correlation", "pass");
    assert_eq!(sound["summary"], "60 errors known on both sides");

    environment.write("app.jsonl", &errors(|number| number % 3 == 0).1);
    let broken = verified(&environment, "first-week.correlation", "fail");
    let finding = &broken["findings"][0];
    assert_eq!(finding["level"], "blocking");
    assert!(finding["message"].as_str().unwrap().contains("Of 60 errors"), "{finding}");
    assert_eq!(finding["file"], "requests.jsonl");

    // The application's log of the last hours only: what was before can not be held against it.
    let last: String = application.split_inclusive('\n').skip(50).collect();
    environment.write("app.jsonl", &last);
    let rotated = verified(&environment, "first-week.correlation", "pass");
    assert_eq!(rotated["summary"], "10 errors known on both sides");
}

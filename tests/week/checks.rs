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
        assert!(step.fresh_for.is_some(), "{}: a day in the logs grows old", step.id);
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
        let inputs: Vec<&str> = inputs.iter().map(|input| input.as_str()).collect();
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

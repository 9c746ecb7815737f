//! A look from elsewhere: `verify --vantage` and `vantage import`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it breaks")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test stops where it breaks")]

#[expect(dead_code, reason = "the tests of the command line use the rest")]
mod support;

use serde_json::{Value, json};
use support::{Ran, TestEnvironment};

/// The endpoint alone, on a port of this machine where nothing listens: to be looked at, it fails.
const RUNBOOK: &str = r"format: 1
id: shop
title: Shop goes live
inputs:
  webhook_url:
    type: url
    about: The webhook
  dns_resolver:
    type: text
    about: A DNS server
sections:
  - id: webhook
    title: Webhook
    steps:
      - id: endpoint
        title: The endpoint
        why: Why.
        how: How.
        severity: blocking
        verify: [webhook-endpoint]
        fresh_for: 24h
        sign_off: verified
";

const URL: &str = "https://127.0.0.1:1/hook";

fn environment() -> TestEnvironment {
    let mut environment = TestEnvironment::bare();
    environment.write("runbook.yaml", RUNBOOK);
    environment.write(
        "golive.yaml",
        &format!("launch: shop\nrunbook: runbook.yaml\ninputs:\n  webhook_url: {URL}\n"),
    );
    environment.set("GOLIVE_AS", "Ada Lovelace");
    environment
}

/// What `golive verify webhook.endpoint --vantage ci --format json` prints when all is well.
fn green() -> Value {
    json!({
        "schema": "golive.verify/1",
        "launch": "shop",
        "startedAt": "2026-11-23T17:30:00.000Z",
        "durationMs": 1_200,
        "steps": [ {
            "id": "webhook.endpoint",
            "outcome": "pass",
            "checks": [ {
                "check": "webhook-endpoint",
                "outcome": "pass",
                "summary": "Public HTTPS, reachable from ci at 1 address, answers within 84 ms.",
                "findings": [ { "level": "info", "message": "declared by whoever ran this" } ],
                "evidence": {
                    "url": URL,
                    "vantage": "ci",
                    "host": "runner-7",
                    "addresses": [ {
                        "address": "1.1.1.1",
                        "POST": "401 in 84 ms",
                        "certificate": { "leaf": { "key": format!("sha256:{}", "ab".repeat(32)) } }
                    } ]
                },
                "durationMs": 900
            } ]
        } ]
    })
}

fn import(environment: &TestEnvironment, document: &Value) -> Ran {
    environment.write("result.json", &document.to_string());
    environment.golive(&["vantage", "import", "result.json"])
}

fn state(environment: &TestEnvironment) -> String {
    let status = environment.golive(&["status", "--format", "json"]).json();
    let steps = status["steps"].as_array().unwrap();
    steps.iter().find(|step| step["id"] == "webhook.endpoint").unwrap()["state"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_green_result_from_elsewhere_completes_the_step_in_the_name_of_who_brings_it() {
    let environment = environment();
    let ran = import(&environment, &green());
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(
        ran.out.contains("saw pass from ci 30 min ago; brought here by Ada Lovelace"),
        "{}",
        ran.out
    );
    assert_eq!(state(&environment), "done");
    let log = environment.must(&["log", "--format", "json"]).out;
    let mut entries = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let result = entries.find(|entry| entry["kind"] == "check.result").unwrap();
    assert_eq!(result["by"]["name"], "Ada Lovelace");
    assert_eq!(result["data"]["evidence"]["vantage"], "ci");
    assert_eq!(result["data"]["evidence"]["brought from"], "result.json");
    assert_eq!(result["data"]["lookedAt"], "2026-11-23T17:30:00.000Z");
    environment.must(&["journal", "verify"]);
}

#[test]
fn a_result_is_as_old_as_the_look_and_not_as_its_import() {
    let mut environment = environment();
    environment.at("2026-11-24T17:00:00Z");
    assert_eq!(import(&environment, &green()).code, Some(0));
    assert_eq!(state(&environment), "done");
    environment.at("2026-11-24T17:31:00Z");
    assert_eq!(state(&environment), "stale");
}

#[test]
fn a_failure_from_elsewhere_fails_the_step() {
    let environment = environment();
    let mut document = green();
    let check = &mut document["steps"][0]["checks"][0];
    check["outcome"] = "fail".into();
    check["summary"] = "The connection is refused: nothing listens there.".into();
    assert_eq!(import(&environment, &document).code, Some(0));
    assert_eq!(state(&environment), "failed");
}

#[test]
fn a_file_that_does_not_fit_is_refused_by_its_member_and_nothing_is_recorded() {
    let environment = environment();
    let refuse = |change: &dyn Fn(&mut Value), words: &str| {
        let mut document = green();
        change(&mut document);
        let ran = import(&environment, &document);
        assert_eq!(ran.code, Some(1), "{ran:#?}");
        assert!(ran.err.contains(words), "{words}\n{}", ran.err);
        assert!(ran.err.contains("result.json is not imported: "), "{}", ran.err);
    };
    let check = |document: &mut Value, member: &str, value: Value| {
        document["steps"][0]["checks"][0][member] = value;
    };
    let evidence = |document: &mut Value, member: &str, value: Value| {
        document["steps"][0]["checks"][0]["evidence"][member] = value;
    };
    refuse(&|it| it["schema"] = "golive.verify/2".into(), "schema: expected golive.verify/1");
    refuse(&|it| check(it, "check", "webhook-signature".into()), "none has a result of");
    refuse(&|it| check(it, "outcome", "unknown".into()), "outcome: it is unknown");
    refuse(
        &|it| evidence(it, "vantage", "here".into()),
        "evidence.vantage: nobody declared that it was looked at from outside",
    );
    refuse(&|it| evidence(it, "vantage", "C I".into()), "`C I` is no name for a vantage");
    refuse(
        &|it| evidence(it, "url", "https://shop.example/\u{202e}".into()),
        "evidence.url: it is about `https://shop.example/<U+202E>`, this launch about",
    );
    refuse(
        &|it| it["startedAt"] = "2026-11-22T17:59:00.000Z".into(),
        "startedAt: it is 24 h 1 min old, and a result counts for 24 h",
    );
    refuse(
        &|it| it["startedAt"] = "2026-11-23T18:06:00.000Z".into(),
        "startedAt: 2026-11-23 18:06 UTC lies in the future",
    );
    refuse(
        &|it| evidence(it, "addresses", json!([{ "address": "10.0.0.7", "POST": "401 in 1 ms" }])),
        "evidence.addresses: 10.0.0.7 is private",
    );
    refuse(
        &|it| evidence(it, "addresses", json!([{ "address": "1.1.1.1", "POST": "not asked" }])),
        "evidence.addresses: no address gave an answer",
    );
    assert_eq!(state(&environment), "open");
    assert!(!environment.journal().exists(), "nothing was recorded");
    environment.write("result.json", "PASS");
    let ran = environment.golive(&["vantage", "import", "result.json"]);
    assert!(ran.err.contains("it is no JSON"), "{}", ran.err);
    let ran = environment.golive(&["vantage", "import", "missing.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("missing.json can not be read"), "{}", ran.err);
}

#[test]
fn an_older_result_from_elsewhere_does_not_outweigh_a_newer_failure() {
    let mut environment = environment();
    let ran = environment.golive(&["verify", "webhook.endpoint"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let ran = import(&environment, &green());
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.err.contains("this launch has a newer result (fail, 2026-11-23 18:00 UTC)"));
    assert_eq!(state(&environment), "failed");
    // One that was found later does.
    environment.at("2026-11-23T18:30:00Z");
    let mut later = green();
    later["startedAt"] = "2026-11-23T18:20:00.000Z".into();
    assert_eq!(import(&environment, &later).code, Some(0));
    assert_eq!(state(&environment), "done");
}

#[test]
fn an_older_result_from_elsewhere_completes_what_could_not_be_found_out_here() {
    let mut environment = environment();
    environment.set("GOLIVE_INPUT_DNS_RESOLVER", "dns.example");
    let ran = environment.golive(&["verify", "webhook.endpoint"]);
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    assert_eq!(state(&environment), "unknown");
    assert_eq!(import(&environment, &green()).code, Some(0));
    assert_eq!(state(&environment), "done");
}

#[test]
fn a_run_says_from_where_it_looks_and_takes_the_name_from_flag_or_variable() {
    let mut environment = environment();
    let vantage = |environment: &TestEnvironment, arguments: &[&str]| {
        let mut all = vec!["verify", "webhook.endpoint", "--format", "json"];
        all.extend(arguments);
        let ran = environment.golive(&all);
        assert_eq!(ran.code, Some(1), "this machine is not public, wherever one says to be");
        let evidence = ran.json()["steps"][0]["checks"][0]["evidence"].clone();
        assert!(evidence["host"].is_string(), "{evidence}");
        evidence["vantage"].as_str().unwrap().to_owned()
    };
    assert_eq!(vantage(&environment, &[]), "here");
    assert_eq!(vantage(&environment, &["--vantage", "hotspot"]), "hotspot");
    environment.set("GOLIVE_VANTAGE", "ci");
    assert_eq!(vantage(&environment, &[]), "ci");
    let shown = environment.must(&["config", "show"]).out;
    assert!(shown.contains("vantage") && shown.contains("GOLIVE_VANTAGE"), "{shown}");
}

#[test]
fn here_is_no_place_outside() {
    let environment = environment();
    for name in ["here", "localhost", "Two Words"] {
        let ran = environment.golive(&["verify", "webhook.endpoint", "--vantage", name]);
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}

#[test]
fn a_later_look_from_here_knows_what_was_seen_from_elsewhere() {
    let mut environment = environment();
    let look = |environment: &TestEnvironment| {
        let ran = environment.golive(&["verify", "webhook.endpoint", "--format", "json"]);
        ran.json()["steps"][0]["checks"][0]["evidence"]["outside"].clone()
    };
    assert_eq!(look(&environment), Value::Null);
    environment.at("2026-11-23T18:10:00Z");
    let mut later = green();
    later["startedAt"] = "2026-11-23T18:05:00.000Z".into();
    assert_eq!(import(&environment, &later).code, Some(0));
    let outside = look(&environment);
    assert_eq!(outside["vantage"], "ci");
    assert_eq!(outside["by"], "Ada Lovelace");
    assert_eq!(outside["at"], "2026-11-23T18:05:00.000Z");
    environment.at("2026-11-24T18:05:00Z");
    assert_eq!(look(&environment), Value::Null, "that is too long ago");
}

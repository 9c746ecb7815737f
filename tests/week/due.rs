//! Due times on the command line, and a run that was killed told from one that is slow.

use std::process::{Child, Stdio};
use std::time::Instant;

use golive::digest::Digest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{NOW, TestEnvironment};

/// The switch, and a step that is due after it whose check waits until somebody opens `meet`.
const RUNBOOK: &str = r#"format: 1
id: shop
title: Shop goes live
sections:
  - id: cutover
    title: Cutover
    phase: cutover
    steps:
      - id: switch
        title: Switch
        why: This is the point.
        how: Switch.
        severity: blocking
        sign_off: person
        irreversible: true
        blast_radius: Every customer.
        rollback: Switch back.
  - id: week
    title: First week
    phase: after
    requires: [cutover]
    steps:
      - id: delivery
        title: Webhooks are answered
        why: What is lost is lost.
        how: Count.
        severity: blocking
        due: { after: cutover.switch, at: [1h, 24h, 72h, 7d] }
        sign_off: person
      - id: slow
        title: The slow one
        why: It takes long.
        how: Wait.
        severity: advisory
        verify:
          - command: { argv: ["sh", "-c", "echo > began; cat meet"] }
        sign_off: verified
"#;

fn environment() -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("runbook.yaml", RUNBOOK);
    environment
}

fn switched() -> TestEnvironment {
    let environment = environment();
    let confirm = ["--confirm", "cutover.switch"];
    environment.must(&[&["sign", "cutover.switch", "--as", "Ada"][..], &confirm].concat());
    environment
}

fn status(environment: &TestEnvironment) -> Value {
    environment.golive(&["status", "--format", "json"]).json()
}

#[test]
fn status_says_what_is_due_and_what_is_overdue_and_ends_as_before() {
    let mut environment = switched();
    let before = environment.golive(&["status", "--format", "json"]);
    let json = before.json();
    assert_eq!(json["due"][0]["step"], "week.delivery");
    assert_eq!(json["due"][0]["at"], "2026-11-23T19:00:00.000Z");
    assert_eq!(json["due"][0]["time"], "T+1 h");
    assert_eq!(json["overdue"], Value::Array(Vec::new()));
    assert_eq!(json["changesAt"], "2026-11-23T18:54:00.000Z", "a look counts from then on");
    environment.at("2026-11-23T18:17:00Z");
    let human = environment.golive(&["status"]).out;
    let says = "due          week.delivery  Due at 2026-11-23 19:00 UTC (T+1 h), in 43 min.";
    assert!(human.contains(says), "{human}");

    environment.at("2026-11-23T21:00:00Z");
    let after = environment.golive(&["status", "--format", "json"]);
    assert_eq!(after.code, before.code, "an overdue step of the first week is no verdict");
    let json = after.json();
    assert_eq!(json["overdue"][0]["since"], "2026-11-23T19:00:00.000Z");
    assert_eq!(json["next"]["command"], "golive sign week.delivery");
    let step = json["steps"].as_array().unwrap().iter().find(|s| s["id"] == "week.delivery");
    let due = &step.unwrap()["due"];
    assert_eq!(due["times"].as_array().unwrap().len(), 4);
    assert_eq!(due["overdueSince"], "2026-11-23T19:00:00.000Z");
    let human = environment.golive(&["status"]).out;
    assert!(human.contains("(T+1 h). Overdue for 2 h."), "{human}");

    environment.must(&["sign", "week.delivery", "--as", "Bo"]);
    let json = status(&environment);
    assert_eq!(json["overdue"], Value::Array(Vec::new()));
    assert_eq!(json["due"][0]["time"], "T+24 h");
    environment.at("2026-11-25T18:00:00Z");
    let json = status(&environment);
    assert_eq!(json["steps"][1]["state"], "stale");
    assert_eq!(json["steps"][1]["due"]["times"][0]["lookedBy"], "Bo");
    for (format, says) in [
        ("markdown", "T+1 h, 2026-11-23 19:00 UTC: Bo, 2026-11-23 21:00 UTC, late"),
        ("json", "\"overdueSince\": \"2026-11-24T18:00:00.000Z\""),
        ("junit", "Due again since 2026-11-24 18:00 UTC (T+24 h). Overdue for 24 h."),
    ] {
        let report = environment.golive(&["report", "--format", format]).out;
        assert!(report.contains(says), "{format}: {report}");
    }
}

#[test]
fn a_clock_that_went_back_before_the_switch_is_said() {
    let mut environment = switched();
    environment.at("2026-11-23T12:00:00Z");
    let ran = environment.golive(&["status"]);
    assert!(ran.out.contains("a clock was changed"), "{}", ran.out);
    assert!(ran.out.contains("Due at 2026-11-23 19:00 UTC (T+1 h), in 7 h."), "{}", ran.out);
}

// ------------------------------------------------- dead or slow

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed().as_secs() < 60, "{what} did not happen");
        std::thread::yield_now();
    }
}

fn events(environment: &TestEnvironment, kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(environment.journal()).unwrap_or_default();
    let records = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    records.filter(|record| record["kind"] == kind).collect()
}

/// A golive whose check waits for the other end of `meet`.
fn slow() -> (TestEnvironment, Child) {
    let environment = environment();
    environment.must(&["runbook", "trust", "--as", "Ada"]);
    let fifo = environment.project().join("meet");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RWXU).unwrap();
    let mut command = environment.command(&["verify", "week.slow"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // The check begins once its run is recorded, and the journal let go of.
    wait_until("the check", || environment.project().join("began").exists());
    (environment, child)
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Lets every check that waits for `meet` pass.
fn open(environment: &TestEnvironment) {
    let fifo = environment.project().join("meet");
    std::fs::remove_file(&fifo).unwrap();
    std::fs::write(&fifo, "here").unwrap();
}

/// The journal with its chain of hashes made anew, as the program that wrote it would have made it.
fn rechained(text: &str) -> String {
    let mut prev = "0".repeat(64);
    let lines = text.lines().map(|line| {
        let (body, _) = line.rsplit_once(",\"h\":\"").unwrap();
        let at = body.find("\"prev\":\"").unwrap() + 8;
        let body = format!("{}{prev}{}", &body[..at], &body[at + 64..]);
        prev = Digest::of(body.as_bytes()).as_str().trim_start_matches("sha256:").to_owned();
        format!("{body},\"h\":\"{prev}\"}}\n")
    });
    lines.collect()
}

#[test]
#[cfg(target_os = "linux")]
fn a_step_whose_run_was_killed_is_verified_again_at_once() {
    let (environment, mut child) = slow();
    let started = &events(&environment, "step.started")[0]["data"]["process"];
    assert_eq!(started["pid"], child.id());
    signal(&child, Signal::KILL);
    child.wait().unwrap();
    let json = status(&environment);
    assert_eq!(json["steps"][2]["state"], "locked", "it does not run any more");
    let because = json["steps"][2]["because"].to_string();
    assert!(because.contains("were interrupted. Verify again."), "{because}");
    open(&environment);
    let again = environment.golive(&["verify", "week.slow"]);
    assert_eq!(again.code, Some(0), "{again:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_step_whose_run_is_only_stopped_is_not_verified_by_another() {
    let (mut environment, mut child) = slow();
    signal(&child, Signal::STOP);
    // Long after the patience that there is with a run of which nothing is known.
    environment.at("2026-11-24T18:00:00Z");
    open(&environment);
    let refused = environment.golive(&["verify", "week.slow"]);
    assert_eq!(refused.code, Some(5), "{refused:#?}");
    let pid = format!("as process {}", child.id());
    assert!(format!("{}{}", refused.out, refused.err).contains(&pid), "{refused:#?}");
    assert_eq!(status(&environment)["steps"][2]["state"], "running");
    signal(&child, Signal::KILL);
    child.wait().unwrap();
    let again = environment.golive(&["verify", "week.slow"]);
    assert_eq!(again.code, Some(0), "{again:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_run_whose_number_somebody_else_has_is_not_taken_for_alive() {
    let (environment, mut child) = slow();
    signal(&child, Signal::KILL);
    child.wait().unwrap();
    // The journal as it would be had the system given the number to this test meanwhile.
    let text = std::fs::read_to_string(environment.journal()).unwrap();
    let reused = text
        .replace(&format!("\"pid\":{}", child.id()), &format!("\"pid\":{}", std::process::id()));
    assert_ne!(text, reused);
    std::fs::write(environment.journal(), rechained(&reused)).unwrap();
    assert_eq!(environment.golive(&["journal", "verify"]).code, Some(0));
    open(&environment);
    let again = environment.golive(&["verify", "week.slow"]);
    assert_eq!(again.code, Some(0), "{again:#?}");
}

#[test]
fn a_run_of_another_machine_and_one_of_an_old_journal_count_as_interrupted_after_a_while() {
    let (mut environment, mut child) = slow();
    signal(&child, Signal::KILL);
    child.wait().unwrap();
    open(&environment);
    let text = std::fs::read_to_string(environment.journal()).unwrap();
    let start = text.find(",\"process\":{").unwrap_or(text.len());
    let end = text[start..].find('}').map_or(start, |end| start + end + 1);
    let old = format!("{}{}", &text[..start], &text[end..]);
    let place = text.find("\"place\":\"").map(|at| at + 9);
    let elsewhere = place.map(|at| format!("{}x{}", &text[..at], &text[at + 1..]));
    for journal in elsewhere.into_iter().chain([old]) {
        environment.at(NOW);
        std::fs::write(environment.journal(), rechained(&journal)).unwrap();
        let refused = environment.golive(&["verify", "week.slow"]);
        assert_eq!(refused.code, Some(5), "{refused:#?}");
        let said = format!("{}{}", refused.out, refused.err);
        assert!(said.contains("count as interrupted in 15 min"), "{refused:#?}");
        environment.at("2026-11-23T18:16:00Z");
        let again = environment.golive(&["verify", "week.slow"]);
        assert_eq!(again.code, Some(0), "{again:#?}");
    }
}

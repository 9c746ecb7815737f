//! A verification of several checks: they run side by side, are shown as they end, and all of them
//! can be stopped.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test says what is missing")]

#[expect(dead_code, reason = "other tests of the command line use the rest")]
mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::process::{Child, Stdio};

use support::TestEnvironment;

/// A runbook with one section, whose steps run these shell scripts, one for each check.
fn runbook(steps: &[(&str, &[&str])]) -> String {
    let mut text = String::from(
        "format: 1\nid: shop\ntitle: Shop\nsections:\n  - id: all\n    title: All\n    steps:\n",
    );
    for (id, scripts) in steps {
        write!(
            text,
            "      - id: {id}\n        title: Step {id}\n        why: It must be so.\n        how: Look.\n        \
             severity: blocking\n        sign_off: verified\n        verify:\n"
        )
        .unwrap();
        for script in *scripts {
            writeln!(text, "          - command: {{ argv: [\"sh\", \"-c\", \"{script}\"] }}")
                .unwrap();
        }
    }
    text
}

fn environment(steps: &[(&str, &[&str])]) -> TestEnvironment {
    let environment = TestEnvironment::new();
    environment.write("runbook.yaml", &runbook(steps));
    environment.must(&["runbook", "trust", "--as", "Ada"]);
    environment
}

fn start(environment: &TestEnvironment, arguments: &[&str]) -> Child {
    environment.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed().as_secs() < 60, "{what} did not happen");
        std::thread::yield_now();
    }
}

/// Opening a FIFO waits for the other end: each of these two programs ends only if the other runs at
/// the same time.
const READS: &str = "cat meet > /dev/null";
const WRITES: &str = "echo here > meet";

#[test]
fn the_steps_of_a_section_are_verified_side_by_side() {
    let environment = environment(&[("reads", &[READS]), ("writes", &[WRITES])]);
    let fifo = environment.project().join("meet");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RWXU).unwrap();
    let ran = environment.golive(&["verify", "--section", "all", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

#[test]
fn the_checks_of_one_step_run_side_by_side_and_are_reported_in_its_order() {
    let last = "cat meet > /dev/null; exit 7";
    let environment = environment(&[("both", &[last, WRITES])]);
    let fifo = environment.project().join("meet");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RWXU).unwrap();
    let ran = environment.golive(&["verify", "all.both", "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let json = ran.json();
    let checks = json["steps"][0]["checks"].as_array().unwrap();
    let exits: Vec<_> = checks.iter().map(|check| &check["evidence"]["exit"]).collect();
    assert_eq!(exits, [7, 0]);
}

#[test]
fn steps_are_shown_in_the_runbooks_order_whichever_ends_first() {
    let environment = environment(&[("slow", &["cat go > /dev/null"]), ("quick", &["exit 0"])]);
    let fifo = environment.project().join("go");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RWXU).unwrap();
    let mut child = start(&environment, &["verify"]);
    wait_until("the end of the quick one", || {
        fs::read_to_string(environment.journal())
            .is_ok_and(|text| text.contains("step.finished") && text.contains("all.quick"))
    });
    fs::write(&fifo, "go").unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{out}");
    let (slow, quick) = (out.find("all.slow").unwrap(), out.find("all.quick").unwrap());
    assert!(slow < quick, "{out}");
}

#[test]
fn stopping_a_verification_stops_every_check_and_keeps_what_had_ended() {
    let waits = "echo > $0.started; exec sleep 300";
    let environment = environment(&[
        ("done", &["exit 0"]),
        ("one", &[&waits.replace("$0", "one")]),
        ("two", &[&waits.replace("$0", "two"), &waits.replace("$0", "three")]),
    ]);
    let mut child = start(&environment, &["verify"]);
    let project = environment.project();
    wait_until("the start of all", || {
        ["one", "two", "three"].iter().all(|name| project.join(format!("{name}.started")).exists())
            && fs::read_to_string(environment.journal())
                .is_ok_and(|text| text.contains("check.result"))
    });
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let log = environment.must(&["log"]).out;
    assert!(log.contains("all.done command: pass"), "{log}");
    for step in ["all.one", "all.two"] {
        assert!(log.contains(&format!("cancelled {step}")), "{log}");
    }
}

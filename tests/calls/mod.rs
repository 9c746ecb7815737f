//! `golive call`, `lift`, `rollback` and what `status`, `log` and `report` say of them.

use crate::support::{RUNBOOK, Ran, TestEnvironment};

const DECISION: &str = r"      - id: decision
        title: Go or no-go
        why: Somebody decides.
        how: Meet.
        severity: blocking
        sign_off:
          roll_call: [engineering, finance]
        evidence:
          - name: switch_time
            about: When
            required: true
          - name: rollback_owner
            about: Who owns the rollback
            required: true
      - id: over
";

const ROLLBACK: &str = r"        rollback: |
          1. Switch back.
        evidence:
          - name: rollback_owner
            about: Who owns it now
            required: true
";

/// A project with a roll call before its switch, everything before it settled.
fn ready() -> TestEnvironment {
    let environment = TestEnvironment::new();
    let runbook = RUNBOOK.replace("      - id: over\n", DECISION);
    let runbook = runbook.replace("        rollback: Switch back.\n", ROLLBACK);
    environment.write("runbook.yaml", &runbook);
    let project = "launch: shop\nrunbook: runbook.yaml\npeople:\n  - { name: Ada, roles: \
                   [engineering] }\n  - { name: Bo, roles: [finance] }\n";
    environment.write("golive.yaml", project);
    environment.write("marker", "");
    environment.must(&["verify", "prepare.green", "prepare.red"]);
    environment.must(&["sign", "prepare.person", "--evidence", "ticket=T-1", "--as", "Cy"]);
    let waive = ["waive", "prepare.program", "--reason", "it is being rewritten", "--as", "Cy"];
    environment.must(&waive);
    environment
}

const AGREED: [&str; 4] = ["--evidence", "switch_time=9:00 UTC", "--evidence", "rollback_owner=Cy"];

fn go(environment: &TestEnvironment, role: &str, by: &str, more: &[&str]) -> Ran {
    environment.golive(&[&["call", "go", "--role", role, "--as", by], more].concat())
}

fn decided() -> TestEnvironment {
    let environment = ready();
    assert_eq!(go(&environment, "engineering", "Ada", &AGREED).code, Some(0));
    assert_eq!(go(&environment, "finance", "Bo", &[]).code, Some(0));
    environment
}

const SIGN: [&str; 4] = ["sign", "switch.over", "--confirm", "switch.over"];

fn switched() -> TestEnvironment {
    let environment = decided();
    environment.must(&[&SIGN[..], &["--as", "Ada"]].concat());
    environment
}

fn status(environment: &TestEnvironment) -> (Option<i32>, String) {
    let ran = environment.golive(&["status"]);
    (ran.code, ran.out)
}

#[test]
fn two_roles_say_go_from_the_shell_and_see_what_they_answer_for() {
    let environment = ready();
    let (code, says) = status(&environment);
    assert_eq!(code, Some(4));
    assert!(says.contains("golive call go --role engineering"), "{says}");
    let ran = go(&environment, "engineering", "Ada", &AGREED);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("Ada says go to GO WITH RISKS"), "{}", ran.err);
    assert!(ran.err.contains("risk       prepare.program: Cy waived it"), "{}", ran.err);
    assert!(ran.out.contains("Ada says go to switch.decision for engineering"), "{}", ran.out);
    assert!(ran.out.contains("the step is now"), "{}", ran.out);
    let ran = go(&environment, "finance", "Bo", &["--format", "json"]);
    let record = ran.json();
    assert_eq!(record["state"], "done");
    let data = &record["entries"][0]["data"];
    assert_eq!(record["entries"][0]["kind"], "call.given");
    assert_eq!((&data["call"], &data["role"]), (&"go".into(), &"finance".into()));
    assert_eq!(data["saw"]["verdict"], "go-with-risks");
    assert_eq!(data["saw"]["risks"][0]["owner"], "Cy");
    assert_eq!(data["evidence"]["rollback_owner"], "Cy", "as the first go had it");
}

#[test]
fn a_hold_makes_status_wait_and_names_the_hold_and_the_command() {
    let environment = decided();
    let hold =
        ["call", "hold", "--role", "support", "--as", "Di", "--reason", "half of us are ill"];
    let ran = environment.must(&hold);
    assert!(ran.out.contains("the step is now … waiting"), "{}", ran.out);
    let (code, says) = status(&environment);
    assert_eq!(code, Some(3), "waiting for people");
    assert!(says.starts_with("NOT YET"), "{says}");
    assert!(says.contains("held       switch.decision: Di (support) holds: half of us"), "{says}");
    assert!(says.contains("support      HOLD           Di, 2026-11-23 18:00 UTC"), "{says}");
    let document = environment.golive(&["status", "--format", "json"]).json();
    assert_eq!(document["verdict"]["holds"][0]["step"], "switch.decision");
    let roles = &document["steps"][4]["rollCall"]["roles"];
    assert_eq!((&roles[2]["role"], &roles[2]["says"]), (&"support".into(), &"hold".into()));
    let ran = environment.golive(&[&SIGN[..], &["--as", "Ada"]].concat());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("which is waiting. Di (support) holds"), "{}", ran.err);
    for past in [
        &["waive", "switch.decision", "--reason", "we must go on", "--as", "Ada"][..],
        &["skip", "switch.decision", "--reason", "we must go on", "--as", "Ada"],
    ] {
        let ran = environment.golive(past);
        assert_eq!(ran.code, Some(1), "{past:?}");
        assert!(ran.err.contains("golive lift --role support"), "{}", ran.err);
    }
    let lift = ["lift", "--role", "support", "--reason", "they are back", "--as", "Ada"];
    assert!(environment.must(&lift).out.contains("Ada lifted the hold of support"));
    assert_eq!(status(&environment).0, Some(4));
    let log = environment.must(&["log"]).out;
    assert!(
        log.contains("said hold to switch.decision for support, seeing GO WITH RISKS"),
        "{log}"
    );
    assert!(log.contains("lifted the hold of Di (support) on switch.decision: they are"), "{log}");
}

#[test]
fn a_no_go_makes_status_end_with_1() {
    let environment = decided();
    let no = ["call", "no-go", "--role", "finance", "--as", "Bo", "--reason", "no contract yet"];
    environment.must(&no);
    let (code, says) = status(&environment);
    assert_eq!(code, Some(1));
    assert!(
        says.contains("blocked by switch.decision: Bo (finance) says no-go: no contract"),
        "{says}"
    );
    assert_eq!(go(&environment, "finance", "Bo", &[]).code, Some(0));
    assert_eq!(status(&environment).0, Some(4));
}

#[test]
fn what_is_missing_or_not_allowed_is_said_with_its_exit_code() {
    let environment = ready();
    let call = |words: &[&str]| environment.golive(&[&["call"], words].concat());
    for (words, code, says) in [
        (&["go", "--role", "engineering"][..], 2, "--as NAME"),
        (&["hold", "--role", "finance", "--as", "Bo"], 2, "a hold needs a reason"),
        (&["no-go", "--role", "finance", "--as", "Bo", "--reason", " "], 2, "reason is empty"),
        (&["go", "--role", "engineering", "--as", "Ada"], 2, "needs the evidence `switch_time`"),
        (
            &["go", "--role", "finance", "--as", "Ada", AGREED[0], AGREED[1], AGREED[2], AGREED[3]],
            1,
            "lists Ada as engineering",
        ),
        (
            &["hold", "--role", "x y", "--as", "Di", "--reason", "for a reason"],
            1,
            "is no name of a role",
        ),
        (
            &[
                "hold",
                "--role",
                "support",
                "--as",
                "Di",
                "--reason",
                "it is late",
                "--evidence",
                "switch_time=1",
            ],
            2,
            "takes no evidence",
        ),
        (
            &["go", "--role", "support", "--step", "prepare.person", "--as", "Di"],
            2,
            "not decided by a roll call",
        ),
        (&["maybe", "--role", "support"], 2, "possible values: go, hold, no-go"),
    ] {
        let ran = call(words);
        assert_eq!(ran.code, Some(code), "{words:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{words:?}: {}", ran.err);
    }
    let ran = environment.golive(&["sign", "switch.decision", "--as", "Ada"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("golive call go --role ROLE"), "{}", ran.err);
    let ran =
        environment.golive(&["lift", "--role", "finance", "--reason", "fine now", "--as", "Ada"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let other = TestEnvironment::new();
    let ran = other.golive(&["call", "go", "--role", "engineering", "--as", "Ada"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("no roll call"), "{}", ran.err);
}

#[test]
fn the_way_back_is_printed_and_called_and_the_verdict_is_no_go() {
    let environment = decided();
    let call = ["rollback", "--call", "--reason", "no event arrives", "--as", "Di"];
    let ran = environment.golive(&call);
    assert_eq!(ran.code, Some(1), "nothing was switched: {}", ran.err);
    let before = environment.must(&["rollback"]).out;
    assert!(before.contains("Not signed yet."), "{before}");
    environment.must(&[&SIGN[..], &["--as", "Ada"]].concat());
    let card = environment.must(&["rollback"]).out;
    for says in
        ["ROLLBACK  switch.over", "Signed by Ada at", "  Cy", "1. Switch back.", "decided in"]
    {
        assert!(card.contains(says), "{says}: {card}");
    }
    let document = environment.must(&["rollback", "--format", "json"]).json();
    assert_eq!(document["schema"], "golive.rollback/1");
    assert_eq!((&document["owner"], &document["state"]), (&"Cy".into(), &"done".into()));
    assert_eq!(environment.golive(&["rollback", "--call", "--as", "Di"]).code, Some(2));
    let ran = environment.must(&call);
    assert!(ran.err.contains("1. Switch back."), "the steps are at hand: {}", ran.err);
    let (code, says) = status(&environment);
    assert_eq!(code, Some(1));
    assert!(says.contains("blocked by switch.over: Rolled back by Di at"), "{says}");
    assert!(says.contains("golive reopen switch.over --reason"), "{says}");
    assert!(environment.must(&["log"]).out.contains("called the rollback of switch.over"));
    assert_eq!(environment.golive(&call).code, Some(1), "once is enough");
}

#[test]
fn the_report_has_every_call_the_decision_and_the_rollback() {
    let environment = switched();
    let call = ["rollback", "--call", "--reason", "no event arrives", "--as", "Di"];
    environment.must(&call);
    let report = environment.must(&["report"]).out;
    for says in [
        "Roll call on the verdict NO-GO:",
        "engineering: **go taken back**, Ada at 2026-11-23 18:00 UTC",
        "seeing GO WITH RISKS",
        "Agreed rollback\\_owner: Cy",
        "Rests on `switch.decision`: GO WITH RISKS",
        "Go: finance: Bo",
        "**Rollback called** by Di at 2026-11-23 18:00 UTC: no event arrives",
    ] {
        assert!(report.contains(says), "{says}:\n{report}");
    }
    let document = environment.must(&["report", "--format", "json"]).json();
    let steps = &document["sections"][1]["steps"];
    assert_eq!(steps[0]["rollCall"]["roles"][0]["says"], "go taken back");
    assert_eq!(steps[1]["rolledBack"]["by"], "Di");
    assert_eq!(steps[1]["lapsed"][0]["signature"]["decision"]["goes"][1], "finance: Bo");
    let junit = environment.must(&["report", "--format", "junit"]).out;
    assert!(junit.contains("engineering: go taken back, Ada"), "{junit}");
}

//! What is refused, and that each refusal says what to do.

use rstest::rstest;

use super::{FRESH, reworded, sections, walk};
use crate::launch::decide::{Command, Refusal, decide};
use crate::launch::event::{Event, RunId};
use crate::launch::outcome::CheckReport;
use crate::launch::outcome::Outcome::{Fail, Pass, Unknown, Waiting};
use crate::launch::standing::StepState;
use crate::launch::testing::{Walk, actor, runbook};
use crate::runbook::model::{StepDigest, StepId};

fn says(refusal: &Refusal) -> String {
    format!("{} {}", refusal.message, refusal.hint.clone().unwrap())
}

#[track_caller]
fn refused(walk: &mut Walk, by: &str, command: &Command, expected: &str) {
    let before = walk.standing();
    let refusal = walk.submit(by, command).expect_err("it is allowed");
    assert!(says(&refusal).contains(expected), "{}", says(&refusal));
    assert!(!refusal.message.trim().is_empty() && !refusal.hint.unwrap().trim().is_empty());
    assert_eq!(walk.standing(), before);
}

fn reason(text: &str) -> String {
    text.to_owned()
}

fn waive(step: &str) -> Command {
    Command::Waive { step: step.into(), reason: reason("the vendor is down"), expires: None }
}

fn skip(step: &str) -> Command {
    Command::Skip { step: step.into(), reason: reason("we sell no subscriptions") }
}

#[test]
fn nothing_can_be_done_at_a_step_that_is_not_there() {
    let mut walk = walk();
    let run = walk.run_id();
    let id = || StepId::from("no.such");
    let commands = [
        walk.signing("no.such", None, &[], None),
        waive("no.such"),
        skip("no.such"),
        Command::Reopen { step: id(), reason: reason("for a reason") },
        Command::Note { step: Some(id()), text: reason("hello") },
        Command::Start { step: id(), run },
    ];
    for command in commands {
        refused(&mut walk, "Dana", &command, "The runbook has no step `no.such`");
    }
}

#[rstest]
#[case("", "Say who you are")]
#[case("  ", "Say who you are")]
#[case("Da\u{200b}na", "cannot be seen")]
#[case("Dana\n", "cannot be seen")]
#[case(&"D".repeat(81), "longer than 80")]
fn nobody_signs_without_a_readable_name(#[case] name: &str, #[case] expected: &str) {
    let mut walk = Walk::new(runbook(sections()));
    let command = walk.signing("keys.live", None, &[], None);
    refused(&mut walk, name, &command, expected);
    refused(&mut walk, name, &waive("keys.live"), expected);
    refused(&mut walk, name, &skip("keys.live"), expected);
}

#[test]
fn a_locked_step_is_not_signed_but_noted_waived_and_verified() {
    let mut walk = Walk::new(runbook(sections()));
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    let command = walk.signing("hook.dedupe", None, &[], None);
    refused(&mut walk, "Dana", &command, "cannot be signed before `Section keys` is complete");
    refused(&mut walk, "Dana", &command, "Go on with `keys.live`");
    let note = Command::Note { step: Some("hook.dedupe".into()), text: reason("looks fine") };
    walk.submit("Dana", &note).unwrap();
    walk.submit("Dana", &waive("hook.money")).unwrap();
}

#[test]
fn a_step_that_changed_since_it_was_read_is_not_signed() {
    let mut walk = Walk::new(runbook(sections()));
    let mut command = walk.signing("keys.live", None, &[], None);
    if let Command::Sign { seen, .. } = &mut command {
        *seen = StepDigest("d1:old".into());
    }
    refused(&mut walk, "Dana", &command, "Read the step again, then sign");
}

#[rstest]
#[case("Dana")]
#[case(" dana")]
#[case("DANA")]
fn the_same_person_does_not_sign_twice(#[case] name: &str) {
    let mut walk = walk();
    let given = [("reference", "SET-1")];
    let first = walk.signing("hook.money", Some("engineering"), &given, None);
    walk.submit("Dana", &first).unwrap();
    let second = walk.signing("hook.money", Some("finance"), &given, None);
    refused(&mut walk, name, &second, "Dana signed `hook.money` at 2026-11-23 10:00 UTC");
    refused(&mut walk, name, &second, "2 people have to sign, as finance");
}

#[rstest]
#[case(Some("engineering"), "Dana signed `hook.money` as engineering")]
#[case(Some("legal"), "It asks for engineering and finance")]
fn a_role_is_filled_once_and_only_when_asked_for(
    #[case] role: Option<&str>,
    #[case] expected: &str,
) {
    let mut walk = walk();
    let given = [("reference", "SET-1")];
    let first = walk.signing("hook.money", Some("engineering"), &given, None);
    walk.submit("Dana", &first).unwrap();
    let second = walk.signing("hook.money", role, &given, None);
    refused(&mut walk, "Kim", &second, expected);
}

#[test]
fn the_last_places_are_kept_for_the_roles_that_are_missing() {
    let mut walk = walk();
    let given = [("reference", "SET-1")];
    let free = walk.signing("hook.money", None, &given, None);
    walk.submit("Dana", &free).unwrap();
    refused(&mut walk, "Kim", &free, "still has to be signed as engineering and finance");
}

#[test]
fn a_step_without_roles_takes_none() {
    let mut walk = Walk::new(runbook(sections()));
    let command = walk.signing("keys.live", Some("finance"), &[], None);
    refused(&mut walk, "Dana", &command, "Sign without a role");
}

#[rstest]
#[case(&[], "cannot be signed without `reference`")]
#[case(&[("reference", "   ")], "cannot be signed without `reference`")]
#[case(&[("reference", "ok")], "is no evidence")]
#[case(&[("reference", " OK! ")], "is no evidence")]
#[case(&[("reference", "-")], "is no evidence")]
#[case(&[("reference", "n/a")], "is no evidence")]
#[case(&[("reference", "SET-1"), ("receipt", "x")], "asks for no evidence `receipt`")]
#[case(&[("reference", "SET-1"), ("link", "todo")], "is no evidence")]
fn required_evidence_has_to_say_something(#[case] given: &[(&str, &str)], #[case] expected: &str) {
    let mut walk = walk();
    let command = walk.signing("hook.money", Some("finance"), given, None);
    refused(&mut walk, "Dana", &command, expected);
}

#[test]
fn evidence_is_kept_on_one_line_and_an_amount_is_enough() {
    let mut walk = walk();
    let given = [("reference", " 5\n€ ")];
    let command = walk.signing("hook.money", Some("finance"), &given, None);
    let entries = walk.submit("Dana", &command).unwrap();
    let Event::StepSigned(record) = &entries[0].event else { panic!("not signed") };
    assert_eq!(record.evidence["reference"], "5 €");
}

#[test]
fn a_verified_step_takes_no_signature_even_when_it_is_unknown() {
    let mut walk = walk();
    let command = walk.signing("hook.endpoint", None, &[], Some("I looked at it myself"));
    refused(&mut walk, "Dana", &command, "takes no signature");
    walk.check("Dana", "hook.endpoint", Unknown).unwrap();
    refused(&mut walk, "Dana", &command, "or waive it with a reason");
    walk.submit("Dana", &waive("hook.endpoint")).unwrap();
}

#[test]
fn a_step_is_signed_only_on_checks_that_passed_and_hold() {
    let mut walk = walk();
    let bare = walk.signing("hook.dedupe", None, &[], None);
    let noted = walk.signing("hook.dedupe", None, &[], Some("I looked at it myself"));
    refused(&mut walk, "Dana", &noted, "`dedupe` has not run for `hook.dedupe` yet");
    walk.check("Dana", "hook.dedupe", Fail).unwrap();
    refused(&mut walk, "Dana", &noted, "Repair it and verify again, or waive");
    walk.check("Dana", "hook.dedupe", Waiting).unwrap();
    refused(&mut walk, "Dana", &noted, "still waits");
    walk.check("Dana", "hook.dedupe", Unknown).unwrap();
    refused(&mut walk, "Dana", &bare, "sign with a note that says how");
    let empty = walk.signing("hook.dedupe", None, &[], Some("ok"));
    refused(&mut walk, "Dana", &empty, "sign with a note that says how");
    walk.fact("webhook_url", "a");
    walk.verify("Dana", "hook.dedupe", &[CheckReport::new(Pass, "").fact("webhook_url", "a")])
        .unwrap();
    walk.fact("webhook_url", "b");
    refused(&mut walk, "Dana", &bare, "webhook_url changed from a to b");
}

#[test]
fn a_check_that_is_too_old_is_not_signed_on() {
    let mut sections = sections();
    sections[1].steps[2].fresh_for = Some(FRESH);
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Root", "keys.live").unwrap();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    walk.wait(FRESH.as_secs());
    let command = walk.signing("hook.dedupe", None, &[], None);
    refused(&mut walk, "Dana", &command, "Verify again");
}

#[test]
fn what_is_done_is_neither_signed_nor_waived_nor_skipped() {
    let mut walk = walk();
    let command = walk.signing("keys.live", None, &[], None);
    refused(&mut walk, "Kim", &command, "`keys.live` is done already (signed by Root)");
    refused(&mut walk, "Kim", &waive("keys.live"), "there is nothing to waive");
    refused(&mut walk, "Kim", &skip("keys.live"), "there is nothing to skip");
}

#[test]
fn what_does_not_apply_is_reopened_first() {
    let mut walk = walk();
    walk.submit("Kim", &skip("hook.dedupe")).unwrap();
    let command = walk.signing("hook.dedupe", None, &[], None);
    for command in [command, waive("hook.dedupe"), skip("hook.dedupe")] {
        refused(&mut walk, "Dana", &command, "Reopen it first if it applies after all");
    }
}

#[test]
fn a_waived_step_may_still_be_completed_and_waived_anew() {
    let mut walk = walk();
    walk.submit("Kim", &waive("hook.dedupe")).unwrap();
    walk.submit("Lee", &waive("hook.dedupe")).unwrap();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(StepState::Done));
}

#[rstest]
#[case("")]
#[case(" ok ")]
#[case("done")]
#[case("---")]
#[case("no.")]
fn a_reason_has_to_be_one(#[case] text: &str) {
    let mut walk = walk();
    let step = || StepId::from("hook.dedupe");
    let commands = [
        Command::Waive { step: step(), reason: text.into(), expires: None },
        Command::Skip { step: step(), reason: text.into() },
        Command::Reopen { step: "keys.live".into(), reason: text.into() },
    ];
    for command in commands {
        refused(&mut walk, "Dana", &command, "reason");
    }
}

#[test]
fn a_reason_in_another_script_is_one() {
    let mut walk = walk();
    let command = Command::Skip { step: "hook.dedupe".into(), reason: "客户没有订阅".into() };
    walk.submit("Dana", &command).unwrap();
}

#[test]
fn a_waiver_does_not_end_before_it_begins() {
    let mut walk = walk();
    let command = Command::Waive {
        step: "hook.dedupe".into(),
        reason: reason("the vendor is down"),
        expires: Some(walk.now),
    };
    refused(&mut walk, "Dana", &command, "which is past");
}

#[test]
fn there_has_to_be_something_to_reopen() {
    let mut walk = walk();
    let command = Command::Reopen { step: "hook.dedupe".into(), reason: reason("start again") };
    refused(&mut walk, "Dana", &command, "Nothing has been signed, waived or verified");
}

#[test]
fn an_empty_note_is_none() {
    let mut walk = walk();
    let command = Command::Note { step: None, text: " \n ".into() };
    refused(&mut walk, "Dana", &command, "The note is empty");
    let command = Command::Note { step: None, text: "x".repeat(4_001) };
    refused(&mut walk, "Dana", &command, "longer than 4000");
}

#[test]
fn one_step_is_verified_by_one_at_a_time() {
    let mut walk = walk();
    let step = || StepId::from("hook.dedupe");
    let run = walk.run_id();
    walk.submit("Kim", &Command::Start { step: step(), run: run.clone() }).unwrap();
    let second = Command::Start { step: step(), run: RunId("other".into()) };
    refused(&mut walk, "Dana", &second, "Kim began the checks of `hook.dedupe` at");
    refused(&mut walk, "Dana", &second, "they count as interrupted in 10 min");
    let command = walk.signing("hook.dedupe", None, &[], None);
    refused(&mut walk, "Dana", &command, "Kim began the checks");
    let command = Command::Reopen { step: step(), reason: reason("start again") };
    refused(&mut walk, "Dana", &command, "Kim began the checks");
    walk.world.running.push(run.clone());
    refused(&mut walk, "Dana", &second, "under way here");
    walk.world.running.clear();
    walk.wait(600);
    walk.submit("Dana", &second).unwrap();
}

#[test]
fn a_result_belongs_to_the_run_the_step_and_the_check_that_are_asked_for() {
    let mut walk = walk();
    let step = StepId::from("hook.dedupe");
    let run = walk.run_id();
    let report = CheckReport::new(Pass, "fine");
    let result = walk.result("hook.dedupe", &run, 0, &report);
    let record =
        |result: &crate::launch::event::CheckResult| Command::Record(Box::new(result.clone()));
    refused(&mut walk, "Dana", &record(&result), "This run of `hook.dedupe` counts no longer");
    walk.submit("Dana", &Command::Start { step: step.clone(), run: run.clone() }).unwrap();
    let mut elsewhere = result.clone();
    elsewhere.position = 1;
    refused(&mut walk, "Dana", &record(&elsewhere), "does not ask for `dedupe` in this place");
    let mut other = result.clone();
    other.check = "endpoint".into();
    refused(&mut walk, "Dana", &record(&other), "does not ask for `endpoint` in this place");
    let mut changed = walk.with_runbook(reworded("hook.dedupe"));
    refused(&mut changed, "Dana", &record(&result), "while its checks ran");
    walk.submit("Dana", &record(&result)).unwrap();
    let finish = Command::Finish { step, run, cancelled: false };
    assert_eq!(walk.submit("Dana", &finish).unwrap().len(), 1);
    assert_eq!(walk.submit("Dana", &finish).unwrap().len(), 0, "it has ended already");
}

#[test]
fn a_step_without_checks_is_not_verified() {
    let mut walk = walk();
    let command = Command::Start { step: "hook.money".into(), run: RunId("r".into()) };
    refused(&mut walk, "Dana", &command, "people sign it");
}

#[rstest]
#[case("")]
#[case("pay.example.com evil.example")]
#[case("pay.example.com\u{202e}")]
fn a_host_to_arm_is_a_host(#[case] host: &str) {
    let mut walk = walk();
    refused(&mut walk, "Dana", &Command::Arm { host: host.into() }, "is not a host");
}

#[test]
fn what_is_so_already_is_recorded_once() {
    let mut walk = walk();
    assert!(!walk.launch.is_trusted());
    assert_eq!(walk.submit("Dana", &Command::TrustRunbook).unwrap().len(), 1);
    assert_eq!(walk.submit("Dana", &Command::TrustRunbook).unwrap().len(), 0);
    assert!(walk.launch.is_trusted());
    assert!(!walk.with_runbook(reworded("keys.live")).launch.is_trusted());
    assert_eq!(walk.submit("Dana", &Command::PinRunbook).unwrap().len(), 0);
    let open =
        Command::Open { journal: "other".into(), launch: "acme".into(), program: "golive".into() };
    assert_eq!(walk.submit("Dana", &open).unwrap().len(), 0);
    assert_eq!(walk.launch.journal_id(), Some("journal-1"));
}

#[test]
fn deciding_changes_nothing_by_itself() {
    let walk = walk();
    let before = walk.standing();
    let _ = decide(&walk.launch, &waive("hook.money"), &actor("Dana"), walk.now, &walk.world);
    assert_eq!(walk.standing(), before);
}

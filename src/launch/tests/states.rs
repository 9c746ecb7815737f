//! Every state, and what leads into and out of it.

use rstest::rstest;

use super::{reports, sections, stands, walk};
use crate::launch::decide::Command;
use crate::launch::event::Event;
use crate::launch::outcome::CheckReport;
use crate::launch::outcome::Outcome::{self, Fail, Pass, Unknown, Waiting};
use crate::launch::standing::StepState::{self, Done, Failed, Locked, Open, Ready, Running};
use crate::launch::standing::VerdictKind;
use crate::launch::testing::{Walk, runbook, section, step, verified};
use crate::runbook::model::{SignOff, Step};

#[test]
fn before_anything_happens_steps_are_ready_open_or_locked() {
    let walk = Walk::new(runbook(sections()));
    let states: Vec<_> = walk.standing().steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [Ready, Locked, Locked, Locked, Locked, Locked, Open]);
    assert_eq!(
        walk.because("hook.money"),
        "Has to be complete first: Section keys (1 step open).\n3 people have to sign, as \
         engineering and finance."
    );
}

#[rstest]
#[case(&[Pass, Pass], Done)]
#[case(&[Pass], Open)]
#[case(&[Pass, Fail], Failed)]
#[case(&[Fail], Failed)]
#[case(&[Pass, Unknown], StepState::Unknown)]
#[case(&[Unknown, Fail], Failed)]
#[case(&[Waiting, Pass], StepState::Waiting)]
#[case(&[Waiting, Unknown], StepState::Unknown)]
fn a_verified_step_is_as_its_checks_together(
    #[case] outcomes: &[Outcome],
    #[case] state: StepState,
) {
    let mut walk = walk();
    walk.verify("Dana", "hook.signature", &reports(outcomes)).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(state));
}

#[rstest]
#[case(Pass, Ready)]
#[case(Fail, Failed)]
#[case(Unknown, StepState::Unknown)]
#[case(Waiting, StepState::Waiting)]
fn a_step_that_a_person_signs_is_never_done_by_its_check_alone(
    #[case] outcome: Outcome,
    #[case] state: StepState,
) {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", outcome).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(state));
}

/// One step that a passing check completes, or a person where the check could not find out.
fn verified_or_signed() -> Walk {
    let step =
        Step { sign_off: SignOff::VerifiedOrPerson, ..verified("keys.old", &["retired", "gone"]) };
    Walk::new(runbook(vec![section("keys", &[], vec![step])]))
}

#[test]
fn what_passes_is_done_by_itself_and_takes_no_signature() {
    let mut walk = verified_or_signed();
    walk.verify("Dana", "keys.old", &reports(&[Pass])).unwrap();
    assert_eq!(walk.state("keys.old"), Some(Open), "one check has not run");
    walk.verify("Dana", "keys.old", &reports(&[Pass, Pass])).unwrap();
    assert_eq!(walk.state("keys.old"), Some(Done));
    assert_eq!(stands(&walk, "keys.old").missing.people, 0);
    let refusal = walk.sign("Dana", "keys.old").unwrap_err();
    assert!(refusal.message.contains("done already (its checks passed)"), "{refusal:?}");
}

#[rstest]
#[case(&[Pass, Fail], Failed)]
#[case(&[Waiting, Pass], StepState::Waiting)]
fn what_failed_or_waits_is_neither_done_nor_signed(
    #[case] outcomes: &[Outcome],
    #[case] state: StepState,
) {
    let mut walk = verified_or_signed();
    walk.verify("Dana", "keys.old", &reports(outcomes)).unwrap();
    assert_eq!(walk.state("keys.old"), Some(state));
    let command = walk.signing("keys.old", None, &[], Some("it is fine"));
    assert!(walk.submit("Dana", &command).is_err());
}

#[rstest]
#[case(Fail, Failed)]
#[case(Unknown, StepState::Unknown)]
#[case(Waiting, StepState::Waiting)]
#[case(Pass, Locked)]
fn a_locked_step_can_be_verified_and_shows_what_its_check_found(
    #[case] outcome: Outcome,
    #[case] state: StepState,
) {
    let mut walk = Walk::new(runbook(sections()));
    walk.check("Dana", "hook.dedupe", outcome).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(state));
    assert!(!walk.standing().section(&"hook".into()).unwrap().waits_for.is_empty());
}

#[rstest]
#[case(Fail, Failed)]
#[case(Unknown, StepState::Unknown)]
#[case(Waiting, StepState::Waiting)]
#[case(Pass, Done)]
fn a_new_result_counts_although_the_step_is_signed(
    #[case] outcome: Outcome,
    #[case] state: StepState,
) {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    walk.check("Kim", "hook.dedupe", outcome).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(state));
    walk.check("Kim", "hook.dedupe", Pass).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Done));
}

#[test]
fn people_sign_in_roles_until_all_have() {
    let mut walk = walk();
    let given = [("reference", "SET-1")];
    for (who, role, people) in
        [("Dana", Some("engineering"), 2), ("Kim", None, 1), ("Lee", Some("finance"), 0)]
    {
        assert_eq!(walk.state("hook.money"), Some(Ready));
        let command = walk.signing("hook.money", role, &given, None);
        walk.submit(who, &command).unwrap();
        assert_eq!(stands(&walk, "hook.money").missing.people, people);
    }
    assert_eq!(walk.state("hook.money"), Some(Done));
    assert_eq!(walk.because("hook.money"), "");
}

#[test]
fn gates_reach_through_complete_sections_and_end_in_circles() {
    use crate::launch::testing::section;
    let walk = Walk::new(runbook(vec![
        section("a", &[], vec![step("a.one")]),
        section("b", &["a"], vec![verified("b.one", &["x"])]),
        section("c", &["b", "c"], vec![step("c.one")]),
    ]));
    let waits = |walk: &Walk| walk.standing().section(&"c".into()).unwrap().waits_for.clone();
    assert_eq!(waits(&walk), ["b".into(), "a".into()]);
    let mut walk = walk;
    walk.check("Dana", "b.one", Pass).unwrap();
    assert_eq!(waits(&walk), ["a".into()]);
    walk.sign("Dana", "a.one").unwrap();
    assert_eq!(walk.state("c.one"), Some(Ready));
}

#[test]
fn an_open_advisory_step_holds_no_section_back() {
    use crate::launch::testing::section;
    let advisory = crate::runbook::model::Severity::Advisory;
    let mut walk = Walk::new(runbook(vec![
        section("a", &[], vec![Step { severity: advisory, ..step("a.nice") }, step("a.must")]),
        section("b", &["a"], vec![step("b.one")]),
    ]));
    assert_eq!(walk.state("b.one"), Some(Locked));
    walk.sign("Dana", "a.must").unwrap();
    assert_eq!(walk.state("b.one"), Some(Ready));
}

#[test]
fn a_run_without_an_end_runs_for_a_while_and_is_then_interrupted() {
    let mut walk = walk();
    let run = walk.run_id();
    walk.submit("Dana", &Command::Start { step: "hook.dedupe".into(), run: run.clone() }).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Running));
    assert_eq!(walk.because("hook.dedupe"), "Dana began its checks at 2026-11-23 10:00 UTC.");
    assert_eq!(
        walk.standing().changes_at,
        Some(walk.now.plus(walk.world.patience)),
        "somebody has to look again then"
    );
    walk.wait(600);
    assert_eq!(walk.state("hook.dedupe"), Some(Open));
    assert!(stands(&walk, "hook.dedupe").running.unwrap().interrupted);
    assert_eq!(
        walk.because("hook.dedupe"),
        "The checks that Dana began at 2026-11-23 10:00 UTC were interrupted. Verify again."
    );
    walk.world.running.push(run);
    assert_eq!(walk.state("hook.dedupe"), Some(Running), "one's own run may take long");
}

#[test]
fn a_run_whose_process_is_gone_is_interrupted_at_once_and_one_whose_process_lives_never() {
    let mut walk = walk();
    let run = walk.run_id();
    walk.submit("Dana", &Command::Start { step: "hook.dedupe".into(), run: run.clone() }).unwrap();
    walk.world.alive.push(run.clone());
    walk.wait(86_400);
    assert_eq!(walk.state("hook.dedupe"), Some(Running), "it is slow");
    let refusal = walk.check("Kim", "hook.dedupe", Pass).unwrap_err();
    assert!(refusal.message.contains("have not ended"), "{refusal:?}");
    walk.world.alive.clear();
    walk.world.gone.push(run);
    // Even where its entry was written by a clock that runs ahead.
    walk.now = crate::time::Timestamp::from_millis(walk.now.millis() - 2 * 86_400_000);
    assert_eq!(walk.state("hook.dedupe"), Some(Open));
    assert!(stands(&walk, "hook.dedupe").running.unwrap().interrupted);
    walk.check("Kim", "hook.dedupe", Pass).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Ready));
}

#[test]
fn a_done_step_stays_done_while_it_is_verified_again() {
    let mut walk = walk();
    walk.check("Dana", "hook.endpoint", Pass).unwrap();
    let run = walk.run_id();
    walk.submit("Dana", &Command::Start { step: "hook.endpoint".into(), run }).unwrap();
    let done = stands(&walk, "hook.endpoint");
    assert_eq!(done.state, Done);
    assert!(done.running.is_some());
}

#[test]
fn results_of_a_run_that_was_replaced_or_reopened_do_not_count() {
    let mut walk = walk();
    let old = walk.run_id();
    walk.submit("Dana", &Command::Start { step: "hook.dedupe".into(), run: old.clone() }).unwrap();
    walk.wait(600);
    walk.check("Kim", "hook.dedupe", Fail).unwrap();
    let late = walk.result("hook.dedupe", &old, 0, &CheckReport::new(Pass, "too late"));
    walk.record("Dana", Event::CheckResult(Box::new(late)));
    assert_eq!(walk.state("hook.dedupe"), Some(Failed));
}

#[test]
fn an_unknown_that_somebody_signed_is_done_and_says_who_answers_for_it() {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", Unknown).unwrap();
    let noted = walk.signing("hook.dedupe", None, &[], Some("counted the rows by hand"));
    walk.submit("Dana", &noted).unwrap();
    let done = stands(&walk, "hook.dedupe");
    assert_eq!(done.state, Done);
    assert_eq!(done.because, ["Dana signed although dedupe could not find out: it is unknown."]);
    walk.check("Dana", "hook.dedupe", Unknown).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Done), "the same reason is accepted already");
    walk.verify("Dana", "hook.dedupe", &[CheckReport::unknown("host unreachable")]).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(StepState::Unknown), "another reason is not");
    assert!(walk.because("hook.dedupe").contains("not knowing what dedupe said at"));
    let again = walk.signing("hook.dedupe", None, &[], Some("the host is ours and was down"));
    walk.submit("Dana", &again).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Done));
}

#[test]
fn a_step_that_nothing_can_complete_says_so() {
    let mut sections = sections();
    sections[0].steps[0].sign_off = SignOff::Verified;
    let walk = Walk::new(runbook(sections));
    assert_eq!(walk.state("keys.live"), Some(Open));
    assert!(walk.because("keys.live").contains("can only be waived"));
}

#[test]
fn what_others_wrote_is_made_visible_in_sentences() {
    let mut walk = walk();
    let report = CheckReport::new(Fail, "bad \u{1b}[2J\u{202e}");
    walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
    assert!(walk.because("hook.dedupe").contains("bad ^[[2J<U+202E>"));
}

#[test]
fn an_entry_that_was_taken_in_is_passed_over() {
    let mut walk = walk();
    let before = walk.standing();
    let again = walk.launch.entries().to_vec();
    again.iter().for_each(|entry| walk.launch.apply(entry));
    assert_eq!(walk.launch.entries().len(), again.len());
    assert_eq!(walk.standing(), before);
}

#[test]
fn what_a_check_could_not_find_out_one_person_may_sign_and_is_named_for_it() {
    let mut walk = verified_or_signed();
    let step = "keys.old";
    walk.verify("Dana", step, &reports(&[Pass, Unknown])).unwrap();
    assert_eq!(walk.state(step), Some(StepState::Unknown));
    assert_eq!(walk.standing().steps[0].missing.people, 1);
    let without = walk.signing(step, None, &[], None);
    assert!(walk.submit("Kim", &without).is_err(), "how does Kim know?");
    let noted = walk.signing(step, None, &[], Some("counted the rows by hand"));
    walk.submit("Kim", &noted).unwrap();
    assert_eq!(walk.state(step), Some(Done));
    assert_eq!(walk.standing().verdict.risks[0].owner.as_deref(), Some("Kim"));

    walk.verify("Dana", step, &reports(&[Pass, Pass])).unwrap();
    assert_eq!(walk.state(step), Some(Done));
    assert_eq!(walk.standing().verdict.kind, VerdictKind::Go, "now it is known");
    walk.verify("Dana", step, &reports(&[Pass, Fail])).unwrap();
    assert_eq!(walk.state(step), Some(Failed), "a signature does not outweigh a failure");
}

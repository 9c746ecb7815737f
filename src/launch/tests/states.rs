//! Every state, and what leads into and out of it.

use rstest::rstest;

use super::{FRESH, reworded, sections, walk};
use crate::launch::decide::Command;
use crate::launch::event::Event;
use crate::launch::outcome::CheckReport;
use crate::launch::outcome::Outcome::{self, Fail, Pass, Unknown, Waiting};
use crate::launch::standing::StepState::{
    self, Done, Failed, Locked, NotApplicable, Open, Ready, Running, Stale, Waived,
};
use crate::launch::standing::{ExemptionKind, StepStanding};
use crate::launch::testing::{Walk, runbook, step, verified};
use crate::runbook::model::{SignOff, Step, StepId};

const DAY: u64 = FRESH.as_secs();

fn stands(walk: &Walk, id: &str) -> StepStanding {
    walk.standing().step(&StepId::from(id)).unwrap().clone()
}

fn reports(outcomes: &[Outcome]) -> Vec<CheckReport> {
    outcomes.iter().map(|outcome| CheckReport::new(*outcome, outcome.word())).collect()
}

fn waive(step: &str, expires: Option<u64>, walk: &Walk) -> Command {
    let expires = expires.map(|seconds| walk.now.plus(std::time::Duration::from_secs(seconds)));
    Command::Waive { step: step.into(), reason: "the vendor is down".into(), expires }
}

fn skip(step: &str) -> Command {
    Command::Skip { step: step.into(), reason: "we sell no subscriptions".into() }
}

fn reopen(step: &str) -> Command {
    Command::Reopen { step: step.into(), reason: "the key was rotated".into() }
}

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
fn a_passing_result_is_stale_to_the_millisecond_when_its_time_is_over() {
    let mut walk = walk();
    walk.check("Dana", "hook.endpoint", Pass).unwrap();
    let ends = stands(&walk, "hook.endpoint").fresh_until.unwrap();
    assert_eq!(walk.standing().changes_at, Some(ends));
    walk.wait(DAY - 1);
    assert_eq!(walk.state("hook.endpoint"), Some(Done));
    walk.now = ends;
    assert_eq!(walk.state("hook.endpoint"), Some(Stale));
    assert_eq!(
        walk.because("hook.endpoint"),
        "endpoint last ran at 2026-11-23 10:00 UTC, 24 h ago; its result holds for 24 h. Verify \
         again."
    );
    walk.check("Dana", "hook.endpoint", Pass).unwrap();
    assert_eq!(walk.state("hook.endpoint"), Some(Done));
}

#[test]
fn a_failure_stands_however_old_it_is_and_whatever_changed() {
    let mut walk = walk();
    walk.fact("webhook_url", "https://a.example");
    let report = CheckReport::new(Fail, "not TLS").fact("webhook_url", "https://a.example");
    walk.verify("Dana", "hook.endpoint", &[report]).unwrap();
    walk.wait(2 * DAY);
    walk.fact("webhook_url", "https://b.example");
    assert_eq!(walk.state("hook.endpoint"), Some(Failed));
    assert!(walk.because("hook.endpoint").contains(
        "since then webhook_url changed from https://a.example to https://b.example. Verify again."
    ));
}

#[test]
fn a_result_from_the_future_is_not_trusted_where_its_age_matters() {
    let mut walk = walk();
    walk.wait(30 * DAY);
    walk.check("Dana", "hook.endpoint", Pass).unwrap();
    walk.now = crate::time::Timestamp::from_millis(walk.now.millis() - 86_400_000);
    assert_eq!(walk.state("hook.endpoint"), Some(Stale));
    assert!(walk.because("hook.endpoint").contains("which is in the future: a clock was changed"));
}

#[test]
fn a_changed_fact_of_the_world_makes_a_signed_step_stale_until_it_is_signed_again() {
    let mut walk = walk();
    walk.fact("webhook_url", "https://a.example");
    let report = CheckReport::new(Pass, "fine").fact("webhook_url", "https://a.example");
    walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Done));

    walk.fact("webhook_url", "https://b.example");
    let stale = stands(&walk, "hook.dedupe");
    assert_eq!(stale.state, Stale);
    assert_eq!(stale.changed.len(), 1);
    assert!(
        stale.because.contains(
            &"Dana signed at 2026-11-23 10:00 UTC; since then webhook_url changed from \
          https://a.example to https://b.example."
                .to_owned()
        )
    );
    assert!(walk.sign("Dana", "hook.dedupe").is_err(), "the check is stale, too");

    let report = CheckReport::new(Pass, "fine").fact("webhook_url", "https://b.example");
    walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Stale));
    walk.sign("Dana", "hook.dedupe").unwrap();
    let done = stands(&walk, "hook.dedupe");
    assert_eq!((done.state, done.signatures.len(), done.lapsed.len()), (Done, 1, 1));
}

#[test]
fn a_signature_counts_again_when_the_world_is_again_as_it_was() {
    let mut walk = walk();
    walk.fact("webhook_url", "a");
    walk.verify("Dana", "hook.dedupe", &[CheckReport::new(Pass, "").fact("webhook_url", "a")])
        .unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    walk.fact("webhook_url", "b");
    assert_eq!(walk.state("hook.dedupe"), Some(Stale));
    walk.fact("webhook_url", "a");
    assert_eq!(walk.state("hook.dedupe"), Some(Done));
}

#[test]
fn a_newer_result_that_rests_on_something_else_makes_the_signature_lapse() {
    let mut walk = walk();
    let report = |key: &str| [CheckReport::new(Pass, "fine").fact("certificate key", key)];
    walk.verify("Dana", "hook.dedupe", &report("spki-1")).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    walk.verify("Kim", "hook.dedupe", &report("spki-2")).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Stale));
    assert!(walk.because("hook.dedupe").contains("certificate key changed from spki-1 to spki-2"));
}

#[test]
fn a_result_of_an_earlier_run_is_stale_when_a_newer_one_found_something_else() {
    let mut walk = walk();
    let report = |key: &str| CheckReport::new(Pass, "fine").fact("certificate key", key);
    walk.verify("Dana", "hook.signature", &[report("1"), report("1")]).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(Done));
    walk.verify("Dana", "hook.signature", &[report("2")]).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(Stale));
}

#[test]
fn two_checks_of_one_run_may_give_one_name_two_values() {
    let mut walk = walk();
    let report = |answer: &str| CheckReport::new(Pass, "fine").fact("answer", answer);
    walk.verify("Dana", "hook.signature", &[report("200"), report("401")]).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(Done));
}

#[test]
fn a_reworded_step_needs_signing_and_verifying_again() {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    let walk = walk.with_runbook(reworded("hook.dedupe"));
    let stale = stands(&walk, "hook.dedupe");
    assert_eq!(stale.state, Stale);
    assert_eq!(stale.checks[0].last, None, "a result of the earlier text says nothing now");
    assert_eq!(
        stale.lapsed[0].1,
        "Dana signed at 2026-11-23 10:00 UTC; since then the runbook changed what this step asks \
         for (new version in use since 2026-11-23 10:00 UTC, begun by Root). It needs signing \
         again."
    );
}

#[test]
fn a_reworded_title_changes_nothing() {
    let walk = walk();
    let mut sections = sections();
    sections[0].steps[0].title = "A better title".to_owned();
    assert_eq!(walk.with_runbook(runbook(sections)).state("keys.live"), Some(Done));
}

fn renamed(how: &str) -> Vec<crate::runbook::model::Section> {
    let mut sections = sections();
    sections[0].steps = vec![Step {
        renamed_from: vec!["keys.live".into()],
        how: how.to_owned(),
        ..step("keys.live-keys")
    }];
    sections
}

#[rstest]
#[case("How keys.live", Done)]
#[case("Something else", Stale)]
fn a_renamed_step_keeps_its_sign_offs_only_when_it_asks_for_the_same(
    #[case] how: &str,
    #[case] state: StepState,
) {
    let walk = walk().with_runbook(runbook(renamed(how)));
    assert_eq!(walk.state("keys.live-keys"), Some(state));
    assert!(walk.standing().archived.is_empty());
}

#[test]
fn reopening_a_renamed_step_takes_back_what_was_signed_under_its_old_id() {
    let mut walk = walk().with_runbook(runbook(renamed("How keys.live")));
    walk.submit("Kim", &reopen("keys.live-keys")).unwrap();
    assert_eq!(walk.state("keys.live-keys"), Some(Ready));
}

#[test]
fn a_step_that_is_gone_is_archived() {
    let mut without = sections();
    without[1].steps.remove(0);
    let mut walk = walk();
    walk.verify("Dana", "hook.signature", &reports(&[Fail])).unwrap();
    let walk = walk.with_runbook(runbook(without));
    assert_eq!(walk.standing().archived, [StepId::from("hook.signature")]);
    assert!(walk.standing().verdict.blockers.is_empty());
}

#[test]
fn a_waiver_holds_until_it_ends_and_then_says_so() {
    let mut walk = walk();
    let command = waive("hook.dedupe", Some(3_600), &walk);
    walk.submit("Kim", &command).unwrap();
    let waived = stands(&walk, "hook.dedupe");
    assert_eq!(waived.state, Waived);
    assert_eq!(walk.standing().changes_at, waived.exemption.unwrap().expires);
    walk.wait(3_600);
    let over = stands(&walk, "hook.dedupe");
    assert_eq!(over.state, Stale);
    assert!(over.exemption.is_some());
    assert_eq!(
        over.because,
        ["Kim waived it at 2026-11-23 10:00 UTC; that ended at 2026-11-23 11:00 UTC."]
    );
}

#[rstest]
#[case(Fail, Waived)]
#[case(Unknown, Waived)]
#[case(Pass, Done)]
fn a_waived_step_stays_waived_unless_it_becomes_complete(
    #[case] outcome: Outcome,
    #[case] state: StepState,
) {
    let mut walk = walk();
    let command = waive("hook.endpoint", None, &walk);
    walk.submit("Kim", &command).unwrap();
    walk.check("Dana", "hook.endpoint", outcome).unwrap();
    assert_eq!(walk.state("hook.endpoint"), Some(state));
}

#[test]
fn a_failed_step_is_failed_again_when_its_waiver_ends() {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", Fail).unwrap();
    let command = waive("hook.dedupe", Some(60), &walk);
    walk.submit("Kim", &command).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Waived));
    walk.wait(60);
    assert_eq!(walk.state("hook.dedupe"), Some(Failed));
    assert!(walk.because("hook.dedupe").contains("that ended at"));
}

#[test]
fn a_waiver_and_a_mark_belong_to_the_text_of_their_step() {
    let mut walk = walk();
    let command = waive("hook.money", None, &walk);
    walk.submit("Kim", &command).unwrap();
    walk.submit("Kim", &skip("hook.dedupe")).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(NotApplicable));
    assert_eq!(walk.with_runbook(reworded("hook.money")).state("hook.money"), Some(Stale));
    assert_eq!(walk.with_runbook(reworded("hook.dedupe")).state("hook.dedupe"), Some(Stale));
}

#[test]
fn a_step_that_does_not_apply_stays_so_whatever_its_check_says() {
    let mut walk = walk();
    walk.submit("Kim", &skip("hook.endpoint")).unwrap();
    for outcome in [Fail, Pass] {
        walk.check("Dana", "hook.endpoint", outcome).unwrap();
        let standing = stands(&walk, "hook.endpoint");
        assert_eq!(standing.state, NotApplicable);
        assert_eq!(standing.exemption.unwrap().kind, ExemptionKind::NotApplicable);
    }
}

#[test]
fn reopening_takes_back_signatures_results_and_waivers_and_keeps_the_record() {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    walk.submit("Kim", &reopen("hook.dedupe")).unwrap();
    let open = stands(&walk, "hook.dedupe");
    assert_eq!((open.state, open.signatures.len()), (Open, 0));
    assert_eq!(
        open.lapsed[0].1,
        "Kim reopened the step at 2026-11-23 10:00 UTC: the key was rotated."
    );
    let command = waive("hook.dedupe", None, &walk);
    walk.submit("Kim", &command).unwrap();
    walk.submit("Kim", &reopen("hook.dedupe")).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Open));
}

#[test]
fn a_reopened_section_locks_what_comes_after_and_signatures_there_stand() {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    walk.submit("Kim", &reopen("keys.live")).unwrap();
    assert_eq!(walk.state("hook.money"), Some(Locked));
    assert_eq!(walk.state("hook.dedupe"), Some(Done));
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
fn a_signature_of_a_step_without_checks_ends_with_its_time() {
    let mut sections = sections();
    sections[0].steps[0].fresh_for = Some(FRESH);
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", "keys.live").unwrap();
    walk.wait(DAY);
    assert_eq!(walk.state("keys.live"), Some(Stale));
    walk.sign("Dana", "keys.live").unwrap();
    assert_eq!(walk.state("keys.live"), Some(Done));
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
fn signatures_do_not_pile_up_however_often_a_step_is_signed_again() {
    let mut walk = walk();
    for round in 0..50 {
        let url = round.to_string();
        walk.fact("webhook_url", &url);
        let report = CheckReport::new(Pass, "fine").fact("webhook_url", &url);
        walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
        walk.sign("Dana", "hook.dedupe").unwrap();
        assert_eq!(walk.state("hook.dedupe"), Some(Done));
        if round % 10 == 9 {
            walk.submit("Kim", &reopen("hook.dedupe")).unwrap();
        }
    }
    assert_eq!(stands(&walk, "hook.dedupe").lapsed.len(), 4);
}

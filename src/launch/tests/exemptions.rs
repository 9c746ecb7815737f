//! Waivers, marks that a step does not apply, and taking things back.

use rstest::rstest;

use super::{reopen, reworded, skip, stands, waive, walk};
use crate::launch::outcome::Outcome::{self, Fail, Pass, Unknown};
use crate::launch::standing::ExemptionKind;
use crate::launch::standing::StepState::{
    self, Done, Failed, Locked, NotApplicable, Open, Stale, Waived,
};

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

//! The verdict, and what is next.

use super::walk;
use crate::launch::decide::Command;
use crate::launch::outcome::CheckReport;
use crate::launch::outcome::Outcome::{Fail, Pass, Unknown, Waiting};
use crate::launch::standing::{Named, VerdictKind};
use crate::launch::testing::{Walk, runbook};
use crate::runbook::model::Severity;

/// A walk with everything done that the verdict waits for.
fn complete() -> Walk {
    let mut walk = walk();
    let pass = || CheckReport::new(Pass, "fine");
    walk.verify("Dana", "hook.signature", &[pass(), pass()]).unwrap();
    for step in ["hook.endpoint", "hook.dedupe", "hook.prompt"] {
        walk.check("Dana", step, Pass).unwrap();
    }
    walk.sign("Dana", "hook.dedupe").unwrap();
    let given = [("reference", "SET-1")];
    for (who, role) in [("Dana", Some("engineering")), ("Kim", None), ("Lee", Some("finance"))] {
        let command = walk.signing("hook.money", role, &given, None);
        walk.submit(who, &command).unwrap();
    }
    walk
}

fn ids(named: &[Named]) -> Vec<&str> {
    named.iter().map(|named| named.step.as_str()).collect()
}

#[test]
fn a_complete_launch_is_go_although_later_sections_are_open() {
    let walk = complete();
    let standing = walk.standing();
    assert_eq!(standing.verdict.kind, VerdictKind::Go);
    assert_eq!(standing.next.unwrap().as_str(), "late.rate");
}

#[test]
fn a_failed_blocking_step_is_no_go_in_every_phase() {
    for step in ["hook.endpoint", "late.rate"] {
        let mut walk = complete();
        walk.check("Dana", step, Fail).unwrap();
        let verdict = walk.standing().verdict;
        assert_eq!(verdict.kind, VerdictKind::NoGo);
        assert_eq!(ids(&verdict.blockers), [step]);
        assert!(verdict.blockers[0].says.contains("failed at"), "{}", verdict.blockers[0].says);
    }
}

#[test]
fn an_unknown_or_waiting_step_after_the_decision_holds_nothing_back() {
    for outcome in [Unknown, Waiting] {
        let mut walk = complete();
        walk.check("Dana", "late.rate", outcome).unwrap();
        assert_eq!(walk.standing().verdict.kind, VerdictKind::Go);
    }
}

#[test]
fn an_unknown_blocking_step_is_named_and_not_yet() {
    let mut walk = complete();
    walk.check("Dana", "hook.endpoint", Unknown).unwrap();
    let verdict = walk.standing().verdict;
    assert_eq!(verdict.kind, VerdictKind::NotYet);
    assert_eq!((ids(&verdict.unknowns), ids(&verdict.open)), (vec!["hook.endpoint"], vec![]));
}

#[test]
fn a_stale_step_is_not_yet() {
    let mut walk = complete();
    walk.wait(86_400);
    let verdict = walk.standing().verdict;
    assert_eq!(verdict.kind, VerdictKind::NotYet);
    assert_eq!(ids(&verdict.open), ["hook.endpoint"]);
    assert!(verdict.open[0].says.contains("24 h ago"));
}

#[test]
fn a_failing_advisory_step_and_a_waiver_are_risks_with_their_owners() {
    let mut walk = complete();
    walk.check("Dana", "hook.prompt", Fail).unwrap();
    walk.check("Dana", "hook.endpoint", Fail).unwrap();
    let command = Command::Waive {
        step: "hook.endpoint".into(),
        reason: "the certificate is renewed tonight".into(),
        expires: None,
    };
    walk.submit("Kim", &command).unwrap();
    let verdict = walk.standing().verdict;
    assert_eq!(verdict.kind, VerdictKind::GoWithRisks);
    assert_eq!(ids(&verdict.risks), ["hook.endpoint", "hook.prompt"]);
    assert_eq!(verdict.risks[0].owner.as_deref(), Some("Kim"));
    assert!(verdict.risks[0].says.contains("the certificate is renewed tonight"));
    assert_eq!(verdict.risks[1].owner, None);
}

#[test]
fn an_advisory_step_after_the_decision_is_a_risk_only_when_it_failed() {
    let mut sections = super::sections();
    sections[2].steps[0].severity = Severity::Advisory;
    let mut walk = complete().with_runbook(runbook(sections));
    assert_eq!(walk.standing().verdict.kind, VerdictKind::Go);
    walk.check("Dana", "late.rate", Fail).unwrap();
    assert_eq!(ids(&walk.standing().verdict.risks), ["late.rate"]);
}

#[test]
fn what_does_not_apply_is_no_risk() {
    let mut walk = walk();
    for step in walk.standing().steps.iter().filter(|step| !step.state.is_settled()) {
        let reason = "not for this merchant".to_owned();
        walk.submit("Kim", &Command::Skip { step: step.id.clone(), reason }).unwrap();
    }
    assert_eq!(walk.standing().verdict.kind, VerdictKind::Go);
    assert_eq!(walk.standing().next, None);
}

#[test]
fn nothing_at_all_is_no_go_ahead() {
    assert_eq!(Walk::new(runbook(Vec::new())).standing().verdict.kind, VerdictKind::NotYet);
}

#[test]
fn next_is_the_first_blocking_step_that_somebody_can_act_on() {
    let next = |walk: &Walk| walk.standing().next.unwrap().as_str().to_owned();
    let mut walk = Walk::new(runbook(super::sections()));
    assert_eq!(next(&walk), "keys.live");
    walk.sign("Dana", "keys.live").unwrap();
    assert_eq!(next(&walk), "hook.signature");
    let run = walk.run_id();
    walk.submit("Dana", &Command::Start { step: "hook.signature".into(), run }).unwrap();
    assert_eq!(next(&walk), "hook.endpoint", "what runs is passed over");
    walk.check("Dana", "hook.endpoint", Waiting).unwrap();
    assert_eq!(next(&walk), "hook.dedupe", "what waits is passed over");
    let walk = {
        let mut walk = complete();
        walk.check("Dana", "hook.prompt", Fail).unwrap();
        walk.check("Dana", "late.rate", Pass).unwrap();
        walk
    };
    assert_eq!(next(&walk), "hook.prompt", "advisory steps come last");
}

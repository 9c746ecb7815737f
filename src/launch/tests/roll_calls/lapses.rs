//! What a go stands on, and when it counts no longer.

use super::{DECISION, SWITCH, call, decided, evidence, ready, refused, reopen, sections, stands};
use crate::launch::decide::Command;
use crate::launch::event::{Call, Event};
use crate::launch::outcome::Outcome::{Fail, Pass, Unknown};
use crate::launch::standing::{StepState, VerdictKind};
use crate::launch::testing::{Walk, runbook};

#[test]
fn nobody_says_go_to_a_launch_that_is_not_ready_and_anybody_may_hold_it() {
    for (outcome, expected) in [
        (Some(Fail), "Nobody can say go to NO-GO. ready.hook: hook failed at"),
        (Some(Unknown), "Nobody can say go to NOT YET. ready.hook: hook could not find out"),
        (None, "Nobody can say go to NOT YET. ready.hook: Not verified yet."),
    ] {
        let mut walk = Walk::new(runbook(sections(&[])));
        if let Some(outcome) = outcome {
            walk.check("Root", "ready.hook", outcome).unwrap();
        }
        let command = call(&walk, "finance", Call::Go, None);
        refused(&mut walk, "Kim", &command, expected);
        walk.stop("Kim", DECISION, "finance", Call::Hold).unwrap();
        assert_eq!(walk.state(DECISION), Some(StepState::Waiting));
    }
}

#[test]
fn a_go_with_risks_lists_each_risk_that_it_accepts() {
    let mut walk = ready();
    walk.check("Root", "ready.docs", Fail).unwrap();
    walk.check("Root", "ready.hook", Fail).unwrap();
    let reason = "mended by Tuesday".to_owned();
    let waive = Command::Waive { step: "ready.hook".into(), reason, expires: None };
    walk.submit("Lee", &waive).unwrap();
    let entries = walk.go("Dana", DECISION, "engineering").unwrap();
    let Event::CallGiven(record) = &entries[0].event else { panic!() };
    assert_eq!(record.saw.verdict, VerdictKind::GoWithRisks);
    let risks: Vec<_> =
        record.saw.risks.iter().map(|r| (r.step.as_str(), r.owner.as_deref())).collect();
    assert_eq!(risks, [("ready.hook", Some("Lee")), ("ready.docs", None)]);
    assert!(record.saw.risks[0].says.contains("mended by Tuesday"));
}

#[test]
fn a_go_is_refused_when_the_verdict_got_worse_while_it_was_read() {
    let mut walk = ready();
    let command = call(&walk, "finance", Call::Go, None);
    walk.check("Root", "ready.docs", Fail).unwrap();
    let expected = "not the one that you read: ready.docs is a risk that was not on the card";
    refused(&mut walk, "Kim", &command, expected);
    let read = call(&walk, "finance", Call::Go, None);
    walk.check("Root", "ready.docs", Pass).unwrap();
    let entries = walk.submit("Kim", &read).unwrap();
    let Event::CallGiven(record) = &entries[0].event else { panic!() };
    assert_eq!(record.saw.risks.len(), 1, "kept as the caller saw it");
}

#[test]
fn a_go_lapses_when_what_it_vouched_for_gets_worse_and_says_what() {
    type Change = fn(&mut Walk);
    let cases: [(Change, &str); 5] = [
        (|walk| walk.check("Root", "ready.hook", Fail).unwrap(), "ready.hook blocks: hook failed"),
        (
            |walk| walk.check("Root", "ready.hook", Unknown).unwrap(),
            "ready.hook could not be found out",
        ),
        (
            |walk| walk.check("Root", "ready.docs", Fail).unwrap(),
            "ready.docs is a risk that was not on the card: docs failed",
        ),
        (
            |walk| {
                walk.check("Root", "ready.hook", Fail).unwrap();
                let reason = "it is mended tonight".to_owned();
                let command = Command::Waive { step: "ready.hook".into(), reason, expires: None };
                walk.submit("Lee", &command).unwrap();
            },
            "ready.hook is a risk that was not on the card (Lee answers for it): Lee waived it",
        ),
        (
            |walk| {
                walk.submit("Lee", &reopen("ready.hook")).unwrap();
            },
            "ready.hook is not settled",
        ),
    ];
    for (change, expected) in cases {
        let mut walk = decided();
        change(&mut walk);
        let state = walk.state(DECISION).unwrap();
        assert!(matches!(state, StepState::Stale), "{expected}: {state:?}");
        let because = walk.because(DECISION);
        let dana = "Dana (engineering) said go at 2026-11-23 10:00 UTC; since then ";
        assert!(because.contains(&format!("{dana}{expected}")), "{because}");
        let switch = walk.signing(SWITCH, None, &[], None);
        let refusal = walk.submit("Dana", &switch).unwrap_err();
        assert!(!refusal.message.is_empty());
        // What is mended brings the goes back: they vouched for exactly this.
        if walk.state("ready.hook") != Some(StepState::Waived) {
            walk.check("Root", "ready.hook", Pass).unwrap();
            walk.check("Root", "ready.docs", Pass).unwrap();
            assert_eq!(walk.state(DECISION), Some(StepState::Done), "{expected}");
        }
    }
}

#[test]
fn a_go_does_not_lapse_when_what_it_saw_is_checked_again_or_gets_better() {
    let mut walk = ready();
    walk.check("Root", "ready.docs", Fail).unwrap();
    walk.go("Dana", DECISION, "engineering").unwrap();
    walk.go("Kim", DECISION, "finance").unwrap();
    walk.wait(60);
    let run = walk.run_id();
    let start = Command::Start { step: "ready.docs".into(), run };
    walk.submit("Root", &start).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done), "what runs is no worse");
    walk.wait(1_000);
    walk.check("Root", "ready.docs", Fail).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done), "it was seen failing");
    walk.check("Root", "ready.docs", Pass).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done));
}

#[test]
fn another_text_of_the_step_voids_its_goes_and_keeps_its_holds() {
    let mut walk = decided();
    walk.stop("Noor", DECISION, "support", Call::Hold).unwrap();
    let mut book = sections(&[]);
    book[1].steps[0].how = "Meet in person".to_owned();
    let mut walk = walk.with_runbook(runbook(book));
    assert_eq!(walk.state(DECISION), Some(StepState::Waiting));
    walk.lift("Lee", DECISION, "support").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Stale));
    assert!(walk.because(DECISION).contains("the runbook changed what this step asks for"));
}

#[test]
fn what_is_agreed_is_asked_for_once_and_whoever_changes_it_voids_the_other_goes() {
    let asked = [evidence("switch_time", true), evidence("rollback_owner", true)];
    let mut walk = Walk::new(runbook(sections(&asked)));
    walk.check("Root", "ready.hook", Pass).unwrap();
    walk.check("Root", "ready.docs", Pass).unwrap();
    let bare = call(&walk, "engineering", Call::Go, None);
    refused(&mut walk, "Dana", &bare, "without `switch_time`");
    let given = [("switch_time", "Tuesday 9:00"), ("rollback_owner", "Noor")];
    let full = walk.calling(DECISION, "engineering", Call::Go, None, &given);
    walk.submit("Dana", &full).unwrap();
    walk.go("Kim", DECISION, "finance").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done));
    let kim = stands(&walk, DECISION).roll_call.unwrap();
    assert_eq!(kim.evidence["switch_time"], "Tuesday 9:00", "it stands for both");
    walk.stop("Kim", DECISION, "finance", Call::Hold).unwrap();
    let later = walk.calling(DECISION, "finance", Call::Go, None, &[("switch_time", "Friday")]);
    walk.submit("Kim", &later).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Stale));
    let because = walk.because(DECISION);
    let says = "Kim (finance) changed switch time from Tuesday 9:00 to Friday.";
    assert!(because.contains(says), "{because}");
    walk.go("Dana", DECISION, "engineering").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done));

    let entries = walk.sign("Dana", SWITCH).unwrap();
    let Event::StepSigned(record) = &entries[0].event else { panic!() };
    assert_eq!(record.evidence["rollback_owner"], "Noor", "as agreed at the roll call");
}

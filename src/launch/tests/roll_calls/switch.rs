//! The switch that rests on a decision, its rollback, and the cards about both.

use super::{
    DECISION, SWITCH, call, decided, evidence, ready, refused, reopen, roll_back, sections,
    switched, verdict,
};
use crate::launch::cutover;
use crate::launch::decide::Command;
use crate::launch::event::{Call, Event};
use crate::launch::outcome::Outcome::{Fail, Pass};
use crate::launch::standing::{StepState, VerdictKind};
use crate::launch::testing::{Walk, runbook};

#[test]
fn the_switch_rests_on_the_decision_and_says_so() {
    let mut walk = ready();
    let switch = walk.signing(SWITCH, None, &[], None);
    refused(&mut walk, "Dana", &switch, "rests on `cut.decision`, which is ready");
    let mut walk = decided();
    let entries = walk.sign("Dana", SWITCH).unwrap();
    let Event::StepSigned(record) = &entries[0].event else { panic!() };
    let decision = record.decision.as_ref().unwrap();
    assert_eq!(decision.step.as_str(), DECISION);
    assert_eq!(decision.verdict, Some(VerdictKind::Go));
    let goes: Vec<_> = decision.goes.iter().map(|go| (go.role.as_str(), go.by.as_str())).collect();
    assert_eq!(goes, [("engineering", "Dana"), ("finance", "Kim")]);
}

#[test]
fn what_happens_after_the_switch_does_not_undo_the_decision() {
    let mut walk = switched();
    walk.check("Root", "after.rate", Fail).unwrap();
    walk.check("Root", "ready.docs", Fail).unwrap();
    assert_eq!(verdict(&walk), VerdictKind::NoGo);
    assert_eq!(walk.state(DECISION), Some(StepState::Done));
    assert_eq!(walk.state(SWITCH), Some(StepState::Done));
    let hold = call(&walk, "finance", Call::Hold, Some("the rate is falling"));
    refused(&mut walk, "Kim", &hold, "was acted on: Dana signed `cut.switch`");
}

#[test]
fn a_rollback_is_called_by_anybody_with_a_reason_and_ends_the_decision() {
    let mut walk = decided();
    refused(&mut walk, "Zoe", &roll_back(), "Nobody has signed `cut.switch`");
    let mut walk = {
        walk.sign("Dana", SWITCH).unwrap();
        walk
    };
    let bare = Command::CallRollback { step: SWITCH.into(), reason: "x".into() };
    refused(&mut walk, "Zoe", &bare, "not a reason");
    let other = Command::CallRollback { step: DECISION.into(), reason: "go back".into() };
    refused(&mut walk, "Zoe", &other, "can be taken back");
    walk.wait(600);
    walk.submit("Zoe", &roll_back()).unwrap();
    let says = "Rolled back by Zoe at 2026-11-23 10:10 UTC: customers pay and get nothing.";
    assert_eq!(walk.state(SWITCH), Some(StepState::Failed));
    assert!(walk.because(SWITCH).starts_with(says), "{}", walk.because(SWITCH));
    let standing = walk.standing();
    assert_eq!(standing.verdict.kind, VerdictKind::NoGo);
    assert_eq!(standing.verdict.blockers[0].says, says);
    refused(&mut walk, "Kim", &roll_back(), says);
    let reason = "it was a false alarm".to_owned();
    let waive = Command::Waive { step: SWITCH.into(), reason, expires: None };
    refused(&mut walk, "Kim", &waive, "Reopen `cut.switch` with a reason");
    let sign = walk.signing(SWITCH, None, &[], None);
    refused(&mut walk, "Kim", &sign, "Reopen `cut.switch` with a reason");
    let go = call(&walk, "finance", Call::Go, None);
    refused(&mut walk, "Kim", &go, "Nobody can say go to NO-GO. cut.switch: Rolled back by Zoe");

    // Another attempt needs another decision.
    walk.submit("Kim", &reopen(SWITCH)).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Ready));
    let sign = walk.signing(SWITCH, None, &[], None);
    refused(&mut walk, "Dana", &sign, "rests on `cut.decision`");
    walk.go("Dana", DECISION, "engineering").unwrap();
    walk.go("Kim", DECISION, "finance").unwrap();
    walk.sign("Dana", SWITCH).unwrap();
    assert_eq!(verdict(&walk), VerdictKind::Go);
}

#[test]
fn a_switch_that_was_signed_by_mistake_is_reopened_and_the_decision_stands() {
    let mut walk = switched();
    walk.submit("Dana", &reopen(SWITCH)).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done));
    walk.stop("Kim", DECISION, "finance", Call::Hold).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Waiting), "it is open to holds again");
}

fn card(walk: &Walk, before: bool) -> String {
    let (book, standing) = (walk.launch.runbook(), walk.standing());
    let step = book.step(&SWITCH.into()).unwrap();
    let parts = if before {
        cutover::point_of_no_return(book, &standing, step)
    } else {
        cutover::rollback_card(book, &standing, step)
    };
    let lines = parts.iter().map(|part| format!("{}: {}", part.title, part.lines.join(" | ")));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_cards_say_what_was_decided_who_owns_the_way_back_and_where_it_stands() {
    let said = card(&ready(), true);
    assert!(said.contains("Every customer") && said.contains("Swap the keys back"), "{said}");
    assert!(said.contains("Not decided: cut.decision is ready. engineering and finance"), "{said}");
    assert!(said.contains("Nobody is named yet."), "{said}");
    let said = card(&decided(), true);
    assert!(said.contains("GO, decided in cut.decision | engineering: Dana said go"), "{said}");

    let asked = [evidence("rollback_owner", true), evidence("watcher", true)];
    let mut walk = Walk::new(runbook(sections(&asked)));
    walk.check("Root", "ready.hook", Pass).unwrap();
    walk.check("Root", "ready.docs", Fail).unwrap();
    let given = [("rollback_owner", "Noor, +49 30 1"), ("watcher", "Lee")];
    for (by, role) in [("Dana", "engineering"), ("Kim", "finance")] {
        let command = walk.calling(DECISION, role, Call::Go, None, &given);
        walk.submit(by, &command).unwrap();
    }
    let said = card(&walk, true);
    assert!(said.contains("Who owns the rollback: Noor, +49 30 1"), "{said}");
    assert!(said.contains("GO WITH RISKS, decided in"), "{said}");
    assert!(said.contains("Risk accepted: ready.docs: docs failed"), "{said}");
    assert!(said.contains("watcher: Lee"), "{said}");
    walk.sign("Dana", SWITCH).unwrap();
    walk.submit("Zoe", &roll_back()).unwrap();
    let said = card(&walk, false);
    assert!(said.starts_with("Where it stands: Rolled back by Zoe at"), "{said}");
    assert!(said.contains("Signed by Dana at"), "{said}");
    assert!(said.contains("Who owns the rollback: Noor"), "{said}");
    assert!(said.contains("GO WITH RISKS, decided in"), "still as it was decided: {said}");
}

//! Roll calls: who may say what, what it does, when a go lapses; the switch and the way back.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rstest::rstest;

use crate::launch::cutover;
use crate::launch::decide::Command;
use crate::launch::event::{Call, Event};
use crate::launch::outcome::Outcome::{Fail, Pass, Unknown};
use crate::launch::outcome::{CheckReport, Outcome};
use crate::launch::signers::person;
use crate::launch::standing::{Person, Standing, StepStanding, StepState, VerdictKind};
use crate::launch::testing::{Walk, runbook, section, step, verified};
use crate::runbook::model::{EvidenceSpec, Phase, Section, Severity, SignOff, Step, StepId};

const DECISION: &str = "cut.decision";
const SWITCH: &str = "cut.switch";

fn evidence(name: &str, required: bool) -> EvidenceSpec {
    EvidenceSpec { name: name.to_owned(), about: "What was agreed".to_owned(), required }
}

/// Sections `ready` (a blocking check and an advisory one), `cut` (roll call and switch), `after`.
fn sections(asked: &[EvidenceSpec]) -> Vec<Section> {
    let roles = vec!["engineering".into(), "finance".into()];
    vec![
        section(
            "ready",
            &[],
            vec![
                verified("ready.hook", &["hook"]),
                Step { severity: Severity::Advisory, ..verified("ready.docs", &["docs"]) },
            ],
        ),
        Section {
            phase: Phase::Cutover,
            ..section(
                "cut",
                &["ready"],
                vec![
                    Step {
                        sign_off: SignOff::RollCall { roles },
                        evidence: asked.to_vec(),
                        ..step(DECISION)
                    },
                    Step {
                        irreversible: true,
                        blast_radius: Some("Every customer".to_owned()),
                        rollback: Some("Swap the keys back".to_owned()),
                        evidence: if asked.is_empty() {
                            Vec::new()
                        } else {
                            vec![evidence("rollback_owner", true)]
                        },
                        ..step(SWITCH)
                    },
                ],
            )
        },
        Section {
            phase: Phase::After,
            ..section("after", &["cut"], vec![verified("after.rate", &["rate"])])
        },
    ]
}

/// A launch whose verdict is GO and in which nobody has called.
fn ready() -> Walk {
    let mut walk = Walk::new(runbook(sections(&[])));
    walk.check("Root", "ready.hook", Pass).unwrap();
    walk.check("Root", "ready.docs", Pass).unwrap();
    walk
}

fn decided() -> Walk {
    let mut walk = ready();
    walk.go("Dana", DECISION, "engineering").unwrap();
    walk.go("Kim", DECISION, "finance").unwrap();
    walk
}

fn switched() -> Walk {
    let mut walk = decided();
    walk.sign("Dana", SWITCH).unwrap();
    walk
}

fn stands(walk: &Walk, id: &str) -> StepStanding {
    walk.standing().step(&StepId::from(id)).unwrap().clone()
}

fn verdict(walk: &Walk) -> VerdictKind {
    walk.standing().verdict.kind
}

#[track_caller]
fn refused(walk: &mut Walk, by: &str, command: &Command, expected: &str) {
    let before = walk.standing();
    let refusal = walk.submit(by, command).expect_err("it is allowed");
    let said = format!("{} {}", refusal.message, refusal.hint.clone().unwrap());
    assert!(said.contains(expected), "{said}");
    assert_eq!(walk.standing(), before);
}

fn call(walk: &Walk, role: &str, call: Call, reason: Option<&str>) -> Command {
    walk.calling(DECISION, role, call, reason, &[])
}

fn lift(role: &str) -> Command {
    Command::Lift { step: DECISION.into(), role: role.into(), reason: "it is clear now".into() }
}

fn roll_back() -> Command {
    Command::CallRollback { step: SWITCH.into(), reason: "customers pay and get nothing".into() }
}

fn reopen(step: &str) -> Command {
    Command::Reopen { step: step.into(), reason: "another attempt tonight".into() }
}

#[test]
fn a_decision_is_done_once_every_role_that_is_asked_for_says_go() {
    let mut walk = ready();
    assert_eq!(walk.state(DECISION), Some(StepState::Ready));
    assert_eq!(walk.because(DECISION), "engineering and finance have to say go.");
    walk.go("Dana", DECISION, "engineering").unwrap();
    assert_eq!(walk.because(DECISION), "finance has to say go.");
    walk.go("Noor", DECISION, "support").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Ready), "support was not asked for");
    walk.go("Kim", DECISION, "finance").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done));
    assert_eq!(verdict(&walk), VerdictKind::Go);
    let roll = stands(&walk, DECISION).roll_call.unwrap();
    let said: Vec<_> = roll.roles.iter().map(|role| (role.role.as_str(), role.says())).collect();
    let go = Some(Call::Go);
    assert_eq!(said, [("engineering", go), ("finance", go), ("support", go)]);
}

#[test]
fn a_hold_stops_it_whoever_says_go_until_it_is_lifted_by_name() {
    for role in ["finance", "support"] {
        let mut walk = ready();
        walk.go("Dana", DECISION, "engineering").unwrap();
        walk.stop("Noor", DECISION, role, Call::Hold).unwrap();
        if role == "support" {
            walk.go("Kim", DECISION, "finance").unwrap();
        }
        assert_eq!(walk.state(DECISION), Some(StepState::Waiting));
        let says = format!("Noor ({role}) holds: the bank has not answered.");
        assert!(walk.because(DECISION).starts_with(&says), "{}", walk.because(DECISION));
        let standing = walk.standing();
        assert_eq!(standing.verdict.kind, VerdictKind::NotYet);
        assert_eq!(standing.verdict.holds[0].says, says);
        let go = call(&walk, role, Call::Go, None);
        refused(&mut walk, "Zoe", &go, "golive lift --role");

        let entries = walk.lift("Lee", DECISION, role).unwrap();
        let Event::HoldLifted { whose, reason, .. } = &entries[0].event else { panic!() };
        assert_eq!((whose.as_str(), reason.as_str()), ("Noor", "the bank has answered"));
        let done = if role == "support" { StepState::Done } else { StepState::Ready };
        assert_eq!(walk.state(DECISION), Some(done), "a lifted hold is no go");
        let roll = stands(&walk, DECISION).roll_call.unwrap();
        let held = roll.roles.iter().find(|one| one.role.as_str() == role).unwrap();
        assert!(held.sentence().contains("Lee lifted the hold"), "{}", held.sentence());
    }
}

#[test]
fn nobody_gets_past_a_hold_by_another_way_than_lifting_it() {
    let mut walk = decided();
    walk.stop("Noor", DECISION, "support", Call::Hold).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Waiting), "also after everybody said go");
    let says = "Noor (support) holds: the bank has not answered. Lift it by name";
    let reason = || "nobody needs the bank".to_owned();
    let waive = Command::Waive { step: DECISION.into(), reason: reason(), expires: None };
    let skip = Command::Skip { step: DECISION.into(), reason: reason() };
    refused(&mut walk, "Kim", &waive, says);
    refused(&mut walk, "Kim", &skip, says);
    // A reopening takes back the goes and leaves the hold.
    walk.submit("Kim", &reopen(DECISION)).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Waiting));
    refused(&mut walk, "Kim", &reopen(DECISION), says);
    for other in [Call::NoGo, Call::Hold, Call::Go] {
        let command = call(&walk, "support", other, Some("I see it another way"));
        refused(&mut walk, "Zoe", &command, says);
    }
    let mut changed = sections(&[]);
    changed[1].steps[0].sign_off = SignOff::Person;
    let mut other = walk.with_runbook(runbook(changed));
    assert_eq!(other.state(DECISION), Some(StepState::Waiting), "nor by another runbook");
    let sign = other.signing(DECISION, None, &[], None);
    refused(&mut other, "Kim", &sign, says);
    other.lift("Kim", DECISION, "support").unwrap();
    other.sign("Kim", DECISION).unwrap();
    let switch = walk.signing(SWITCH, None, &[], None);
    refused(&mut walk, "Kim", &switch, "rests on `cut.decision`, which is waiting");
}

#[test]
fn a_waiver_does_not_cover_a_hold_that_comes_later() {
    let mut walk = ready();
    let reason = "one person runs this shop".to_owned();
    let waive = Command::Waive { step: DECISION.into(), reason, expires: None };
    walk.submit("Kim", &waive).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Waived));
    walk.stop("Noor", DECISION, "support", Call::Hold).unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Waiting));
    walk.lift("Noor", DECISION, "support").unwrap();
    let entries = walk.sign("Kim", SWITCH).unwrap();
    let Event::StepSigned(record) = &entries[0].event else { panic!() };
    let without = record.decision.as_ref().unwrap().without.as_deref().unwrap();
    assert!(without.contains("Kim waived it") && without.contains("one person runs"), "{without}");
}

#[test]
fn the_holder_may_turn_the_hold_into_a_go() {
    let mut walk = ready();
    walk.stop("Kim", DECISION, "finance", Call::Hold).unwrap();
    walk.go(" KIM", DECISION, "finance").unwrap();
    walk.go("Dana", DECISION, "engineering").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done));
}

#[test]
fn a_no_go_is_a_no_go_until_the_same_role_calls_again() {
    for role in ["finance", "support"] {
        let mut walk = ready();
        walk.go("Dana", DECISION, "engineering").unwrap();
        walk.stop("Kim", DECISION, role, Call::NoGo).unwrap();
        assert_eq!(walk.state(DECISION), Some(StepState::Failed));
        let standing = walk.standing();
        assert_eq!(standing.verdict.kind, VerdictKind::NoGo);
        let says = format!("Kim ({role}) says no-go: the bank has not answered.");
        assert_eq!(standing.verdict.blockers[0].says, says);
        refused(&mut walk, "Dana", &lift(role), "stands until");
        let reason = "we go on without".to_owned();
        let waive = Command::Waive { step: DECISION.into(), reason, expires: None };
        refused(&mut walk, "Dana", &waive, "stands until");
        walk.go("Zoe", DECISION, role).unwrap();
        assert_eq!(verdict(&walk), VerdictKind::Go);
    }
}

#[test]
fn a_no_go_of_an_advisory_decision_stops_the_launch_all_the_same() {
    let mut book = sections(&[]);
    book[1].steps[0].severity = Severity::Advisory;
    let mut walk = ready().with_runbook(runbook(book));
    walk.stop("Kim", DECISION, "finance", Call::NoGo).unwrap();
    assert_eq!(verdict(&walk), VerdictKind::NoGo);
    walk.stop("Kim", DECISION, "finance", Call::Hold).unwrap();
    assert_eq!(verdict(&walk), VerdictKind::NotYet);
}

#[test]
fn a_decision_does_not_wait_for_what_comes_after_it() {
    let mut book = sections(&[]);
    book.iter_mut().for_each(|section| section.phase = Phase::Before);
    let mut walk = Walk::new(runbook(book));
    let command = call(&walk, "finance", Call::Go, None);
    refused(&mut walk, "Kim", &command, "ready.hook: Not verified yet.");
    walk.check("Root", "ready.hook", Pass).unwrap();
    walk.check("Root", "ready.docs", Pass).unwrap();
    walk.go("Kim", DECISION, "finance").unwrap();
    walk.check("Root", "after.rate", Fail).unwrap();
    let command = call(&walk, "engineering", Call::Go, None);
    refused(&mut walk, "Dana", &command, "NO-GO. after.rate: rate failed");
}

#[test]
fn one_person_speaks_for_one_role_only() {
    let mut walk = ready();
    walk.go("Dana", DECISION, "engineering").unwrap();
    for name in ["Dana", "dana ", "ＤＡＮＡ"] {
        for said in Call::ALL {
            let command = call(&walk, "finance", said, Some("for the other side too"));
            if name == "dana " {
                // A name with a space at its end is one person with the other.
                let refusal = walk.submit(name, &command).unwrap_err();
                assert!(refusal.message.contains("speaks for engineering already"), "{refusal}");
                continue;
            }
            refused(&mut walk, name, &command, "speaks for engineering already");
        }
    }
    // Also when the first call does not count just now: it might again.
    walk.check("Root", "ready.docs", Fail).unwrap();
    let command = call(&walk, "finance", Call::Go, None);
    refused(&mut walk, "Dana", &command, "speaks for engineering already");
    walk.go("Zoe", DECISION, "engineering").unwrap();
    walk.go("Dana", DECISION, "finance").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done));
}

#[test]
fn somebody_of_the_team_speaks_and_signs_in_their_own_roles_only() {
    let mut walk = ready();
    let person = |name: &str, roles: &[&str]| Person {
        name: name.to_owned(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
    };
    walk.world.people = vec![person("Dana", &["engineering"]), person("Lee", &[])];
    let command = call(&walk, "finance", Call::Go, None);
    refused(&mut walk, "dana", &command, "lists Dana as engineering, not as finance");
    walk.go("Dana", DECISION, "engineering").unwrap();
    walk.go("Lee", DECISION, "finance").unwrap();
    assert_eq!(walk.state(DECISION), Some(StepState::Done), "who is listed without roles is free");

    let mut book = sections(&[]);
    let roles = vec!["engineering".into(), "finance".into()];
    book[1].steps[0].sign_off = SignOff::People { people: 2, roles };
    let mut walk = walk.with_runbook(runbook(book));
    let sign = walk.signing(DECISION, Some("finance"), &[], None);
    refused(&mut walk, "Dana", &sign, "lists Dana as engineering, not as finance");
    let sign = walk.signing(DECISION, Some("engineering"), &[], None);
    walk.submit("Dana", &sign).unwrap();
}

#[rstest]
#[case(Call::Hold, None, "A hold needs a reason")]
#[case(Call::NoGo, Some(" "), "A no-go needs a reason")]
#[case(Call::Hold, Some("ok"), "not a reason")]
fn stopping_a_launch_takes_a_reason(
    #[case] said: Call,
    #[case] reason: Option<&str>,
    #[case] expected: &str,
) {
    let mut walk = ready();
    let command = call(&walk, "finance", said, reason);
    refused(&mut walk, "Kim", &command, expected);
}

#[rstest]
#[case("")]
#[case("Finance")]
#[case("fin ance")]
#[case("fin\u{1b}[2J")]
fn a_role_is_named_as_the_runbook_would_write_it(#[case] role: &str) {
    let mut walk = ready();
    let command = call(&walk, role, Call::Go, None);
    refused(&mut walk, "Kim", &command, "is no name of a role");
}

#[test]
fn nothing_is_called_twice_lifted_twice_or_signed_where_it_is_called() {
    let mut walk = ready();
    refused(&mut walk, "Kim", &lift("finance"), "Nobody holds `cut.decision` for finance");
    walk.go("Kim", DECISION, "finance").unwrap();
    refused(&mut walk, "Kim", &lift("finance"), "There is no hold to lift");
    let again = call(&walk, "finance", Call::Go, None);
    refused(&mut walk, "Kim", &again, "Kim (finance) said go at");
    refused(&mut walk, "Zoe", &again, "engineering has to say go.");
    let sign = walk.signing(DECISION, Some("engineering"), &[], None);
    refused(&mut walk, "Dana", &sign, "decided by a roll call");
    let elsewhere = walk.calling("ready.hook", "finance", Call::Go, None, &[]);
    refused(&mut walk, "Zoe", &elsewhere, "is not decided by a roll call");
    walk.stop("Kim", DECISION, "finance", Call::Hold).unwrap();
    walk.lift("Zoe", DECISION, "finance").unwrap();
    refused(&mut walk, "Zoe", &lift("finance"), "Nobody holds");
}

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

const PEOPLE: [&str; 5] = ["Dana", "Kim", "Lee", "dana", "Zoe"];
const ROLES: [&str; 3] = ["engineering", "finance", "support"];

/// Something that one of them does.
#[derive(Clone, Debug)]
enum Deed {
    Call(usize, Call),
    StaleCall,
    Lift(usize),
    Verify(bool, Outcome),
    Waive(bool),
    Reopen(usize),
    Switch,
    RollBack,
    Reword,
    Wait,
}

fn deeds() -> impl Strategy<Value = Vec<(usize, Deed)>> {
    let role = || 0..ROLES.len();
    let outcome = prop::sample::select(vec![Pass, Pass, Pass, Fail, Unknown]);
    let deed = prop_oneof![
        8 => role().prop_map(|role| Deed::Call(role, Call::Go)),
        3 => role().prop_map(|role| Deed::Call(role, Call::Hold)),
        1 => role().prop_map(|role| Deed::Call(role, Call::NoGo)),
        2 => Just(Deed::StaleCall),
        4 => role().prop_map(Deed::Lift),
        4 => (any::<bool>(), outcome).prop_map(|(hook, outcome)| Deed::Verify(hook, outcome)),
        1 => any::<bool>().prop_map(Deed::Waive),
        1 => (0..3_usize).prop_map(Deed::Reopen),
        3 => Just(Deed::Switch),
        1 => Just(Deed::RollBack),
        1 => Just(Deed::Reword),
        1 => Just(Deed::Wait),
    ];
    prop::collection::vec((0..PEOPLE.len(), deed), 0..50)
}

/// What a reader of the journal alone knows about the roll call: the last call of each role that
/// nobody lifted.
fn standing_holds(walk: &Walk) -> BTreeMap<String, Call> {
    let mut calls = BTreeMap::new();
    for entry in walk.launch.entries() {
        match &entry.event {
            Event::CallGiven(call) => {
                calls.insert(call.role.to_string(), call.call);
            }
            Event::HoldLifted { role, .. } => {
                calls.remove(role.as_str());
            }
            _ => {}
        }
    }
    calls.retain(|_, call| *call != Call::Go);
    calls
}

fn is_sound(walk: &Walk, standing: &Standing) -> Result<(), TestCaseError> {
    let decision = standing.step(&DECISION.into()).unwrap();
    let stops = standing_holds(walk);
    if decision.state.is_settled() {
        prop_assert!(stops.is_empty(), "settled with {stops:?}");
    }
    if stops.values().any(|call| *call == Call::NoGo) {
        prop_assert_eq!(standing.verdict.kind, VerdictKind::NoGo);
    } else if !stops.is_empty() {
        let stopped = [VerdictKind::NotYet, VerdictKind::NoGo];
        prop_assert!(stopped.contains(&standing.verdict.kind));
    }
    let roll = decision.roll_call.as_ref().unwrap();
    let goes: Vec<_> = roll.standing(Call::Go).collect();
    let mut people: Vec<_> = goes.iter().map(|(_, go)| person(&go.given.by.name)).collect();
    people.sort();
    people.dedup();
    prop_assert_eq!(people.len(), goes.len(), "one person speaks for two roles");
    if decision.state == StepState::Done {
        prop_assert!(roll.missing().is_empty() && people.len() >= 2);
        if roll.acted.is_none() {
            // Every go has seen every risk that the launch has now.
            prop_assert!(roll.card.allows_go());
            for (_, go) in goes {
                for risk in &roll.card.risks {
                    let seen = go.given.what.saw.risks.iter().any(|saw| saw.step == risk.step);
                    prop_assert!(seen, "{} was not on the card", risk.step);
                }
            }
        }
    }
    Ok(())
}

fn act(walk: &mut Walk, who: &str, deed: &Deed, old: &mut Option<Command>) {
    let reason = || "for a good reason".to_owned();
    let steps = [DECISION, SWITCH, "ready.hook"];
    let command = match deed {
        Deed::Call(role, said) => {
            let command = call(walk, ROLES[*role], *said, Some("for a good reason"));
            *old = Some(command.clone());
            command
        }
        // Somebody confirms a dialog that has been open for a while.
        Deed::StaleCall => match old.take() {
            Some(command) => command,
            None => return,
        },
        Deed::Lift(role) => lift(ROLES[*role]),
        Deed::Verify(hook, outcome) => {
            let step = if *hook { "ready.hook" } else { "ready.docs" };
            let report = CheckReport::new(*outcome, "said so");
            let _ = walk.verify(who, step, &[report]);
            return;
        }
        Deed::Waive(hook) => {
            let step = if *hook { "ready.hook" } else { DECISION };
            Command::Waive { step: step.into(), reason: reason(), expires: None }
        }
        Deed::Reopen(step) => Command::Reopen { step: steps[*step].into(), reason: reason() },
        Deed::Switch => walk.signing(SWITCH, None, &[], None),
        Deed::RollBack => roll_back(),
        Deed::Reword => {
            let mut book = sections(&[]);
            let seq = walk.launch.entries().len();
            book[1].steps[0].how = format!("Meet in room {seq}");
            *walk = walk.with_runbook(runbook(book));
            return;
        }
        Deed::Wait => {
            walk.wait(700);
            return;
        }
    };
    let before = walk.standing();
    if let Ok(entries) = walk.submit(who, &command) {
        for entry in entries {
            match &entry.event {
                Event::CallGiven(record) if record.call == Call::Go => {
                    let Command::Call { saw, .. } = &command else { unreachable!() };
                    assert_eq!(record.saw, **saw, "what a go saw is kept as it was");
                    let card = before.step(&DECISION.into()).unwrap().roll_call.clone().unwrap();
                    assert!(card.card.allows_go());
                }
                Event::StepSigned(record) => {
                    let stood = before.step(&DECISION.into()).unwrap();
                    assert!(stood.state.is_settled(), "the switch rests on nothing");
                    let decision = record.decision.as_ref().unwrap();
                    let goes: Vec<_> = stood
                        .roll_call
                        .as_ref()
                        .unwrap()
                        .standing(Call::Go)
                        .map(|(_, go)| go.given.seq)
                        .collect();
                    let kept: Vec<_> = decision.goes.iter().map(|go| go.entry).collect();
                    assert_eq!(kept, goes);
                }
                _ => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_roll_call_is_done_with_a_hold_or_with_one_person_in_two_roles(deeds in deeds()) {
        let mut walk = ready();
        let mut old = None;
        for (who, deed) in &deeds {
            act(&mut walk, PEOPLE[*who], deed, &mut old);
            is_sound(&walk, &walk.standing())?;
        }
        let mut again = crate::launch::Launch::new(walk.launch.runbook().clone());
        walk.launch.entries().iter().for_each(|entry| again.apply(entry));
        prop_assert_eq!(again.standing(walk.now, &walk.world), walk.standing());
    }
}

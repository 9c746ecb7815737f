//! Roll calls: who may say what, and what it does.

mod lapses;
mod random;
mod switch;

use rstest::rstest;

use crate::launch::decide::Command;
use crate::launch::event::{Call, Event};
use crate::launch::outcome::Outcome::{Fail, Pass};
use crate::launch::standing::{Person, StepStanding, StepState, VerdictKind};
use crate::launch::testing::{Walk, runbook, section, step, verified};
use crate::runbook::model::{EvidenceSpec, Phase, Section, Severity, SignOff, Step, StepId};

const DECISION: &str = "cut.decision";
const SWITCH: &str = "cut.switch";

fn evidence(name: &str, required: bool) -> EvidenceSpec {
    EvidenceSpec {
        name: name.to_owned(),
        about: "What was agreed".to_owned(),
        required,
        lookup: None,
    }
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

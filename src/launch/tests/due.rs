//! Steps that have to be looked at again and again, counted from the switch.

use crate::launch::decide::Command;
use crate::launch::testing::{Walk, due, runbook, section, step, verified};
use crate::runbook::model::{Phase, Section, SignOff, Step};

const SWITCH: &str = "cut.switch";
const RATE: &str = "week.rate";
const CODES: &str = "week.codes";
const HOUR: u64 = 3_600;

/// `cut` with the switch; `week` with a step that a person signs and one that a check completes.
fn sections() -> Vec<Section> {
    vec![
        Section {
            phase: Phase::Cutover,
            ..section(
                "cut",
                &[],
                vec![Step {
                    irreversible: true,
                    blast_radius: Some("Every customer".to_owned()),
                    rollback: Some("Swap the keys back".to_owned()),
                    ..step(SWITCH)
                }],
            )
        },
        Section {
            phase: Phase::After,
            ..section(
                "week",
                &["cut"],
                vec![
                    Step { due: due(SWITCH, &["1h", "24h", "7d"]), ..step(RATE) },
                    Step { due: due(SWITCH, &["24h", "7d"]), ..verified(CODES, &["codes"]) },
                ],
            )
        },
    ]
}

fn walk() -> Walk {
    Walk::new(runbook(sections()))
}

fn roll_back() -> Command {
    Command::CallRollback { step: SWITCH.into(), reason: "customers pay and get nothing".into() }
}

fn reopen(step: &str) -> Command {
    Command::Reopen { step: step.into(), reason: "another attempt tonight".into() }
}

#[test]
fn traffic_was_switched_when_the_switch_was_signed_until_it_is_taken_back() {
    let mut walk = walk();
    assert_eq!(walk.launch.switched_at(), None);
    walk.wait(60);
    walk.sign("Dana", SWITCH).unwrap();
    let first = walk.now;
    walk.wait(HOUR);
    assert_eq!(walk.launch.switched_at(), Some(first));
    walk.submit("Kim", &roll_back()).unwrap();
    assert_eq!(walk.launch.switched_at(), None, "it was rolled back");
    walk.submit("Kim", &reopen(SWITCH)).unwrap();
    assert_eq!(walk.launch.switched_at(), None);
    walk.sign("Dana", SWITCH).unwrap();
    assert_eq!(walk.launch.switched_at(), Some(walk.now), "the second attempt counts");
    walk.submit("Kim", &reopen(SWITCH)).unwrap();
    assert_eq!(walk.launch.switched_at(), None, "it was reopened");
}

#[test]
fn where_two_sign_the_switch_the_second_signature_is_the_moment() {
    let mut sections = sections();
    sections[0].steps[0].sign_off = SignOff::People { people: 2, roles: Vec::new() };
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", SWITCH).unwrap();
    walk.wait(60);
    assert_eq!(walk.launch.switched_at(), None);
    walk.sign("Kim", SWITCH).unwrap();
    assert_eq!(walk.launch.switched_at(), Some(walk.now));
}

#[test]
fn a_runbook_without_due_times_was_switched_by_its_last_irreversible_step() {
    let mut sections = sections();
    sections[1].steps.iter_mut().for_each(|step| step.due = None);
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", SWITCH).unwrap();
    assert_eq!(walk.launch.switched_at(), Some(walk.now));
}

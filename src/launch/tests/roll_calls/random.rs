//! Random calls, holds, lifts, checks, waivers, switches and rollbacks by random people.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{DECISION, SWITCH, call, lift, ready, roll_back, sections};
use crate::launch::decide::Command;
use crate::launch::event::{Call, Event};
use crate::launch::outcome::Outcome::{Fail, Pass, Unknown};
use crate::launch::outcome::{CheckReport, Outcome};
use crate::launch::signers::person;
use crate::launch::standing::{Standing, StepState, VerdictKind};
use crate::launch::testing::{Walk, runbook};

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

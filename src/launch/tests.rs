//! Promises about where a launch stands, by area.

mod changes;
mod crossings;
mod due;
mod exemptions;
mod looked_up;
mod money;
mod properties;
mod refusals;
mod resume;
mod roll_calls;
mod spending;
mod states;
mod verdicts;

use std::time::Duration;

use crate::launch::decide::Command;
use crate::launch::outcome::{CheckReport, Outcome};
use crate::launch::standing::StepStanding;
use crate::launch::testing::{Walk, runbook, section, step, verified};
use crate::runbook::model::{EvidenceSpec, Phase, Section, Severity, SignOff, Step, StepId};

/// A day.
const FRESH: Duration = Duration::from_secs(86_400);

fn evidence(name: &str, required: bool) -> EvidenceSpec {
    EvidenceSpec {
        name: name.to_owned(),
        about: "Where to look it up".to_owned(),
        required,
        lookup: None,
    }
}

/// Sections `keys`, `hook` (requires keys), `late` (after the decision).
fn sections() -> Vec<Section> {
    let people = |people, roles: &[&str]| SignOff::People {
        people,
        roles: roles.iter().map(|role| (*role).into()).collect(),
    };
    vec![
        section("keys", &[], vec![step("keys.live")]),
        section(
            "hook",
            &["keys"],
            vec![
                verified("hook.signature", &["signature", "constant-time"]),
                Step { fresh_for: Some(FRESH), ..verified("hook.endpoint", &["endpoint"]) },
                Step { sign_off: SignOff::Person, ..verified("hook.dedupe", &["dedupe"]) },
                Step {
                    sign_off: people(3, &["engineering", "finance"]),
                    evidence: vec![evidence("reference", true), evidence("link", false)],
                    ..step("hook.money")
                },
                Step { severity: Severity::Advisory, ..verified("hook.prompt", &["latency"]) },
            ],
        ),
        Section {
            phase: Phase::After,
            ..section("late", &[], vec![verified("late.rate", &["rate"])])
        },
    ]
}

/// A walk whose first section is complete.
fn walk() -> Walk {
    let mut walk = Walk::new(runbook(sections()));
    walk.sign("Root", "keys.live").unwrap();
    walk
}

/// The same runbook with other words in this step.
fn reworded(id: &str) -> std::sync::Arc<crate::runbook::model::Runbook> {
    let mut sections = sections();
    for step in sections.iter_mut().flat_map(|section| &mut section.steps) {
        if step.id.as_str() == id {
            step.how = "Something else".to_owned();
        }
    }
    runbook(sections)
}

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

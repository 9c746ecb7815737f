//! Derived facts: what can be done now, what Enter would do, which names to offer.
//!
//! Asked by `update` before it acts and by `ui` for footer, help and hints, so that a key that is
//! shown is a key that works.

use std::collections::BTreeMap;

use crate::app::current::Here;
use crate::app::model::Model;
use crate::app::page;
use crate::app::screen::{Pane, View};
use crate::app::week::Depth;
use crate::checks::Outcome;
use crate::keys::Action;
use crate::launch::cutover::{self, Part};
use crate::launch::event::{Call, Event};
use crate::launch::standing::{CheckStanding, RollCallStanding, StepState};
use crate::runbook::model::{Step, StepId};

/// What Enter does on a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proceed {
    /// Runs its checks.
    Verify,
    /// Opens the sign dialog.
    Sign,
    /// Goes to the next step of the launch.
    ToOpen,
    /// Nothing: it has to wait.
    Wait,
}

/// What Enter does on this step.
#[must_use]
pub fn proceed(model: &Model, here: &Here<'_>) -> Proceed {
    let has_checks = !here.step.verify.is_empty();
    let Some(standing) = here.standing else { return Proceed::Wait };
    if model.work.running(&here.step.id).is_some() || model.work.starting.contains(&here.step.id) {
        return Proceed::Wait;
    }
    match standing.state {
        StepState::Done | StepState::Waived | StepState::NotApplicable => Proceed::ToOpen,
        StepState::Running => Proceed::Wait,
        StepState::Ready => Proceed::Sign,
        StepState::Stale if can_sign(here) => Proceed::Sign,
        _ if has_checks => Proceed::Verify,
        StepState::Locked => Proceed::ToOpen,
        _ => Proceed::Sign,
    }
}

/// Whether an action makes sense now; what it would have nothing to do for is not shown.
#[must_use]
pub fn can(model: &Model, action: Action) -> bool {
    if !action.places().meets(model.screen.view.place()) {
        return false;
    }
    let here = model.here();
    let writable = model.read_only.is_none();
    let state = here.and_then(|here| here.standing).map(|standing| standing.state);
    match action {
        Action::Verify => {
            let idle = |step: &StepId| {
                model.work.running(step).is_none() && !model.work.starting.contains(step)
            };
            writable && here.is_some_and(|here| !here.step.verify.is_empty() && idle(&here.step.id))
        }
        Action::VerifySection => {
            writable
                && here.is_some_and(|here| here.section.steps.iter().any(|s| !s.verify.is_empty()))
        }
        Action::Cancel => model.work.runs.values().any(|run| !run.ended && !run.cancelling),
        Action::Sign => writable && here.is_some_and(|here| can_sign(&here) || can_call(&here)),
        Action::Lift => writable && here.is_some_and(|here| is_held(&here)),
        Action::Rollback => irreversible(model).is_some(),
        Action::CallRollback => {
            let standing = model.current.standing();
            let step = irreversible(model).and_then(|step| standing.step(&step.id));
            writable && step.is_some_and(|step| !step.signatures.is_empty())
        }
        Action::Note | Action::Report => writable,
        Action::Waive | Action::Skip => writable && state.is_some_and(|state| !state.is_settled()),
        Action::Reopen => writable && here.is_some_and(|here| has_history(&here)),
        Action::Proceed if model.screen.view == View::Week => enters(model),
        Action::Pane if model.screen.view == View::Week => {
            matches!(model.week.depth, Depth::Board | Depth::Panel { .. })
        }
        Action::Earlier => shows_time(model),
        Action::Later | Action::Live => shows_time(model) && model.week.look.until.is_some(),
        Action::ZoomIn => {
            shows_time(model) && model.week.look.span != model.week.look.span.shorter()
        }
        Action::ZoomOut => {
            shows_time(model) && model.week.look.span != model.week.look.span.longer()
        }
        Action::Right => model.screen.view == View::Present || model.screen.pane == Pane::Outline,
        Action::Left => model.screen.view == View::Present || model.screen.pane == Pane::Step,
        Action::Back => {
            model.screen.view != View::Walk
                || model.screen.pane == Pane::Step
                || model.work.toast.is_some()
        }
        Action::Page => page::at_hand(model).is_some(),
        Action::Since | Action::Copy => !model.current.launch().entries().is_empty(),
        Action::Proceed => match (model.screen.view, here) {
            (View::Walk | View::Present, Some(here)) => match proceed(model, &here) {
                Proceed::Wait => false,
                Proceed::Verify | Proceed::Sign => writable,
                Proceed::ToOpen => next_step(model).is_some(),
            },
            (_, here) => here.is_some(),
        },
        Action::ToOpen => next_step(model).is_some(),
        Action::Demo => model.demo.is_some(),
        _ => true,
    }
}

/// Whether what is shown of the first week depends on the time that is looked at: the lines of one
/// thing do not.
fn shows_time(model: &Model) -> bool {
    !matches!(model.week.depth, Depth::Lines { .. })
}

/// Whether there is something deeper to look into in the first week.
fn enters(model: &Model) -> bool {
    let week = &model.week;
    match week.depth {
        Depth::Board => week.picture().is_some(),
        Depth::Panel { row } => week.row(row).is_some(),
        Depth::List { .. } => true,
        Depth::Lines { .. } => false,
    }
}

/// Whether the launch would take a signature: somebody is missing, the step is open, and every
/// check has said something that a person can stand on.
fn can_sign(here: &Here<'_>) -> bool {
    let Some(standing) = here.standing else { return false };
    let closed =
        matches!(standing.state, StepState::Locked | StepState::Running | StepState::NotApplicable);
    let holds = |check: &CheckStanding| {
        let said = check.last.as_ref().map(|last| last.what.outcome);
        !check.stale && matches!(said, Some(Outcome::Pass | Outcome::Unknown))
    };
    let early = standing.due.as_ref().is_some_and(|due| due.early);
    (standing.missing.people > 0 || early) && !closed && standing.checks.iter().all(holds)
}

/// Whether a role may speak here: at a roll call that nobody has acted on.
fn can_call(here: &Here<'_>) -> bool {
    let Some(standing) = here.standing else { return false };
    let open = standing.roll_call.as_ref().is_some_and(|roll| roll.acted.is_none());
    here.step.sign_off.is_roll_call() && open && standing.state != StepState::NotApplicable
}

fn is_held(here: &Here<'_>) -> bool {
    let roll = here.standing.and_then(|standing| standing.roll_call.as_ref());
    roll.is_some_and(|roll| !roll.held().is_empty())
}

/// The step whose way back matters now.
#[must_use]
pub fn irreversible(model: &Model) -> Option<&Step> {
    cutover::current(model.current.runbook(), model.current.standing())
}

/// What is to be known before an irreversible step is signed, and what was agreed about it.
#[must_use]
pub fn point_of_no_return(model: &Model, here: &Here<'_>) -> (Vec<Part>, BTreeMap<String, String>) {
    if !here.step.irreversible {
        return (Vec::new(), BTreeMap::new());
    }
    let (runbook, standing) = (model.current.runbook(), model.current.standing());
    let parts = cutover::point_of_no_return(runbook, standing, here.step);
    let decision = cutover::decision_of(runbook, &here.step.id);
    let roll = decision.and_then(|step| standing.step(&step.id)?.roll_call.as_ref());
    (parts, roll.map(|roll| roll.evidence.clone()).unwrap_or_default())
}

/// What the key for signing does here, in a word.
#[must_use]
pub fn sign_word(model: &Model) -> &'static str {
    let called = model.here().is_some_and(|here| here.step.sign_off.is_roll_call());
    if called { "call" } else { "sign" }
}

fn has_history(here: &Here<'_>) -> bool {
    here.standing.is_some_and(|standing| {
        let goes = |roll: &RollCallStanding| roll.standing(Call::Go).next().is_some();
        standing.exemption.is_some()
            || standing.rolled_back.is_some()
            || standing.roll_call.as_ref().is_some_and(goes)
            || !standing.signatures.is_empty()
            || standing.checks.iter().any(|check| check.last.is_some())
    })
}

/// The step to go to next: the launch's own next one or, when that is here, the first after it
/// that is not settled.
#[must_use]
pub fn next_step(model: &Model) -> Option<usize> {
    let current = &model.current;
    let here = model.screen.cursor;
    let named = current.standing().next.as_ref().and_then(|step| current.number_of(step));
    if let Some(named) = named.filter(|named| *named != here) {
        return Some(named);
    }
    let steps = &current.standing().steps;
    let open = |number: &usize| {
        steps.get(*number).is_some_and(|step| {
            !step.state.is_settled() && step.state != StepState::Locked && *number != here
        })
    };
    (here + 1..steps.len()).chain(0..here).find(open)
}

/// What Enter does here, in the footer's words.
#[must_use]
pub fn proceed_word(model: &Model) -> &'static str {
    match (model.screen.view, model.here()) {
        (View::Walk | View::Present, Some(here)) => match proceed(model, &here) {
            Proceed::Verify => "verify",
            Proceed::Sign => sign_word(model),
            Proceed::ToOpen => "next open step",
            Proceed::Wait => "wait",
        },
        (View::Week, _) => "look into it",
        _ => "to the step",
    }
}

/// What the key for panes does here, in the footer's words.
#[must_use]
pub fn pane_word(model: &Model) -> &'static str {
    match model.screen.view {
        View::Week => "next panel",
        _ => Action::Pane.short(),
    }
}

/// The actions to name in the footer, most useful first; only those that work now.
#[must_use]
pub fn footer(model: &Model) -> Vec<Action> {
    let order: &[Action] = match model.screen.view {
        View::Walk | View::Present => &[
            Action::Proceed,
            Action::Page,
            Action::Cancel,
            Action::Lift,
            Action::Rollback,
            Action::Next,
            Action::Pane,
            Action::Verify,
            Action::Sign,
            Action::Note,
            Action::Signer,
            Action::Demo,
            Action::Back,
            Action::Present,
            Action::Overview,
            Action::Trail,
            Action::Search,
            Action::Waive,
            Action::Reopen,
            Action::Quit,
        ],
        View::Rollback => &[
            Action::CallRollback,
            Action::Next,
            Action::PageDown,
            Action::Back,
            Action::Proceed,
            Action::Quit,
        ],
        View::Week => &[
            Action::Proceed,
            Action::Pane,
            Action::Back,
            Action::ZoomIn,
            Action::ZoomOut,
            Action::Earlier,
            Action::Later,
            Action::Live,
            Action::Support,
            Action::Demo,
            Action::Overview,
            Action::Quit,
        ],
        View::Overview | View::Trail => &[
            Action::Proceed,
            Action::Rollback,
            Action::Next,
            Action::PageDown,
            Action::Back,
            Action::Copy,
            Action::Report,
            Action::Search,
            Action::Quit,
        ],
    };
    let doubled = |action: &Action| match action {
        // Enter does it already, or side by side there is nothing to change to.
        Action::Verify => proceed_word(model) == "verify",
        Action::Sign => proceed_word(model) == sign_word(model),
        // Shown once there is no other way to undo it.
        Action::Rollback => !cutover::is_past(model.current.runbook(), model.current.standing()),
        Action::Pane => model.screen.view == View::Walk && model.screen.is_wide(),
        Action::Later => model.week.look.until.is_none(),
        Action::Present => model.screen.view == View::Present,
        _ => false,
    };
    let fits = |action: &Action| can(model, *action) && !doubled(action);
    order.iter().copied().filter(fits).collect()
}

/// The names to offer where somebody signs, the likeliest first: the signer, the team, whoever
/// has signed before.
#[must_use]
pub fn names(model: &Model) -> Vec<String> {
    let mut names: Vec<String> = model.who.signer.iter().cloned().collect();
    names.extend(model.who.people.iter().map(|person| person.name.clone()));
    let entries = model.current.launch().entries();
    let recent = entries.iter().rev().take(2_000);
    let signed =
        recent.filter(|entry| matches!(entry.event, Event::StepSigned(_) | Event::CallGiven(_)));
    names.extend(signed.map(|entry| entry.by.name.clone()));
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.to_lowercase()));
    names
}

/// The steps of the section at hand that have checks.
#[must_use]
pub fn section_checks(model: &Model) -> Vec<StepId> {
    let Some(here) = model.here() else { return Vec::new() };
    let checked = here.section.steps.iter().filter(|step| !step.verify.is_empty());
    checked.map(|step| step.id.clone()).collect()
}

/// The journal's head, all 64 digits.
#[must_use]
pub fn head(model: &Model) -> Option<&str> {
    model.current.launch().entries().last().map(|entry| entry.hash.as_str())
}

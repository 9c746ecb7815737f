//! What changes a step: go on, sign, note, waive, not applicable, reopen.

use crate::app::current::Here;
use crate::app::dialog::{Call, Dialog, Lift, Reason, ReasonKind, Sign};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::query::{self, Proceed};
use crate::app::screen::View;
use crate::app::update::{moving, verify};
use crate::app::work::Tone;
use crate::keys::Action;
use crate::launch::event::Event;
use crate::launch::standing::StepState;

/// Does an action on the step at hand.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Proceed => return proceed(model),
        Action::Sign => sign_or_call(model),
        Action::Lift => lift(model),
        Action::CallRollback => call_rollback(model),
        Action::Note => reason(model, ReasonKind::Note),
        Action::Waive => reason(model, ReasonKind::Waive),
        Action::Skip => reason(model, ReasonKind::Skip),
        Action::Reopen => reason(model, ReasonKind::Reopen),
        _ => {}
    }
    Vec::new()
}

fn proceed(model: &mut Model) -> Vec<Effect> {
    match model.screen.view {
        View::Walk | View::Present => {}
        View::Overview => {
            model.screen.view = View::Walk;
            return Vec::new();
        }
        View::Rollback => {
            to_irreversible(model);
            return Vec::new();
        }
        View::Trail => {
            to_entry(model);
            return Vec::new();
        }
        View::Week => return Vec::new(),
    }
    let Some(what) = model.here().map(|here| query::proceed(model, &here)) else {
        return Vec::new();
    };
    match what {
        Proceed::Verify => return verify::step(model),
        Proceed::Sign => sign_or_call(model),
        Proceed::ToOpen => {
            if let Some(number) = query::next_step(model) {
                moving::to(model, number);
            }
        }
        Proceed::Wait => {}
    }
    Vec::new()
}

/// From an entry of the audit trail to the step that it is about.
fn to_entry(model: &mut Model) {
    let entries = model.current.launch().entries();
    let entry = entries.iter().rev().nth(model.screen.trail);
    let step = entry.and_then(|entry| Event::step(&entry.event));
    match step.and_then(|step| model.current.number_of(step)) {
        Some(number) => {
            model.screen.view = View::Walk;
            moving::to(model, number);
        }
        None => model.toast(Tone::Plain, "This entry is about no step of this runbook."),
    }
}

/// From the way back to the step that it belongs to.
fn to_irreversible(model: &mut Model) {
    let number = query::irreversible(model).and_then(|step| model.current.number_of(&step.id));
    model.screen.view = View::Walk;
    if let Some(number) = number {
        moving::to(model, number);
    }
}

/// At a roll call a role speaks; everywhere else a person signs.
fn sign_or_call(model: &mut Model) {
    match model.here().is_some_and(|here| here.step.sign_off.is_roll_call()) {
        true => call(model),
        false => sign(model),
    }
}

fn call(model: &mut Model) {
    let offers = query::names(model);
    let Some(here) = model.here() else { return };
    let dialog = Call::new(&here, &model.who.people, offers);
    model.dialogs.extend(dialog.map(|dialog| Dialog::Call(Box::new(dialog))));
}

fn lift(model: &mut Model) {
    let offers = query::names(model);
    let Some(here) = model.here() else { return };
    let dialog = Lift::new(&here, model.who.signer.as_deref(), offers);
    model.dialogs.extend(dialog.map(|dialog| Dialog::Lift(Box::new(dialog))));
}

fn call_rollback(model: &mut Model) {
    let offers = query::names(model);
    let Some(step) = query::irreversible(model) else { return };
    let step = (&step.id, step.title.as_str());
    let signer = model.who.signer.as_deref();
    let now = model.current.now();
    let dialog = Reason::new(ReasonKind::Rollback, step, signer, offers, now);
    model.dialogs.push(Dialog::Reason(Box::new(dialog)));
}

fn sign(model: &mut Model) {
    let offers = query::names(model);
    let Some(here) = model.here() else { return };
    let signed: Vec<&str> = here
        .standing
        .into_iter()
        .flat_map(|standing| &standing.signatures)
        .map(|signature| signature.by.name.as_str())
        .collect();
    // Who has signed already can not be the second person.
    let offers = offers.into_iter().filter(|name| !signed.contains(&name.as_str())).collect();
    let warning = query::point_of_no_return(model, &here);
    let dialog = Sign::new(&here, &model.who.people, offers, warning);
    model.dialogs.push(Dialog::Sign(Box::new(dialog)));
}

fn reason(model: &mut Model, kind: ReasonKind) {
    let offers = query::names(model);
    let Some(here) = model.here() else { return };
    let step = (&here.step.id, here.step.title.as_str());
    let signer = model.who.signer.as_deref();
    let dialog = Reason::new(kind, step, signer, offers, model.current.now());
    model.dialogs.push(Dialog::Reason(Box::new(dialog)));
}

/// Why an action has nothing to do here, for the person who pressed its key.
pub fn why_not(model: &Model, action: Action) -> String {
    let Some(here) = model.here() else { return "The runbook has no steps.".into() };
    let state = here.standing.map(|standing| standing.state);
    match action {
        Action::Verify if !here.step.verify.is_empty() => "Its checks are running.".into(),
        Action::Verify | Action::VerifySection => {
            "There is no check to run here: a person signs it.".into()
        }
        Action::Cancel => "No check is running.".into(),
        Action::CallRollback => "Nothing was signed that could be rolled back.".into(),
        Action::Lift => "Nobody holds this step.".into(),
        Action::Sign if here.step.sign_off.is_roll_call() => {
            "The decision was acted on. B shows the way back.".into()
        }
        Action::Sign if here.step.sign_off.is_by_checks() && !waits_for_people(&here) => {
            "Its checks complete this step; there is nothing to sign.".into()
        }
        Action::Sign => match state {
            Some(StepState::Locked) if here.step.irreversible => {
                let because = here.standing.and_then(|standing| standing.because.first());
                because.cloned().unwrap_or_default()
            }
            Some(StepState::Locked) => "Sections that this step waits for are not complete.".into(),
            Some(StepState::Done | StepState::NotApplicable) => "Nothing is left to sign.".into(),
            _ => "Its checks have to pass first, or the step to be waived.".into(),
        },
        Action::Waive | Action::Skip => {
            let word = state.map_or("settled", StepState::word);
            format!("This step is {word}. Reopen it first.")
        }
        Action::Reopen => "Nothing has happened on this step yet.".into(),
        Action::Proceed if state == Some(StepState::Running) => "Its checks are running.".into(),
        Action::Proceed => "Nothing is left to do.".into(),
        _ => String::new(),
    }
}

fn waits_for_people(here: &Here<'_>) -> bool {
    here.standing.is_some_and(|standing| standing.missing.people > 0)
}

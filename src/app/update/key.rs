//! A key: to the dialog on top, or through the keymap to the action it asks for.

use crokey::KeyCombination;

use crate::app::dialog::{Dialog, Finder, PageAlone, Reading, Subject};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::page;
use crate::app::query;
use crate::app::screen::{Pane, View};
use crate::app::update::{dialog, doing, moving, search, session, verify, week};
use crate::app::work::Tone;
use crate::keys::{Action, Group};

/// Takes a key.
pub fn key(model: &mut Model, pressed: KeyCombination) -> Vec<Effect> {
    if let Some(top) = model.dialogs.last_mut() {
        let asked = top.key(pressed);
        return dialog::asked(model, asked);
    }
    let action = model.keymap.action(pressed, model.screen.view.place());
    let had_toast = model.work.toast.take().is_some();
    match action {
        // A message is what Esc closes first.
        Some(Action::Back) if had_toast => Vec::new(),
        Some(action) => act(model, action),
        None => Vec::new(),
    }
}

/// Does what an action says, or says why it can not be done.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if !query::can(model, action) {
        refuse(model, action);
        return Vec::new();
    }
    if let Some(effects) = week::act(model, action) {
        return effects;
    }
    match action.group() {
        Group::Moving => {
            moving::act(model, action);
            Vec::new()
        }
        Group::Doing => match action {
            Action::Verify => verify::step(model),
            Action::VerifySection => verify::section(model),
            Action::Cancel => verify::cancel(model),
            _ => doing::act(model, action),
        },
        Group::Looking => {
            look(model, action);
            Vec::new()
        }
        Group::Session => session::act(model, action),
        Group::Watching => Vec::new(),
    }
}

fn refuse(model: &mut Model, action: Action) {
    if action == Action::Rollback {
        model.toast(Tone::Plain, "Nothing in this runbook needs a way back.");
        return;
    }
    if model.screen.view == View::Week {
        return;
    }
    if action.group() != Group::Doing || !action.places().meets(model.screen.view.place()) {
        return;
    }
    let why = match &model.read_only {
        Some(_) if action != Action::Cancel => {
            "Nothing can be recorded: the journal is read-only.".to_owned()
        }
        _ => doing::why_not(model, action),
    };
    model.toast(Tone::Plain, why);
}

fn look(model: &mut Model, action: Action) {
    let view = |model: &mut Model, view: View| {
        model.screen.view = if model.screen.view == view { View::Walk } else { view };
        model.screen.scroll = 0;
    };
    match action {
        Action::Present => view(model, View::Present),
        Action::Overview => view(model, View::Overview),
        Action::Rollback => view(model, View::Rollback),
        Action::Week => view(model, View::Week),
        Action::Trail => {
            model.screen.trail = 0;
            view(model, View::Trail);
        }
        Action::Since => open(model, Subject::Since),
        Action::Page => {
            if let Some(page) = page::at_hand(model) {
                model.dialogs.push(Dialog::Page(PageAlone::new(page)));
            }
        }
        Action::Help => open(model, Subject::Help),
        Action::Search => find(model, false),
        Action::Palette => find(model, true),
        Action::Back if model.screen.view != View::Walk => view(model, View::Walk),
        Action::Back => model.screen.pane = Pane::Outline,
        _ => {}
    }
}

fn open(model: &mut Model, subject: Subject) {
    model.dialogs.push(Dialog::Reading(Reading::new(subject)));
}

fn find(model: &mut Model, commands: bool) {
    model.dialogs.push(Dialog::Finder(Finder::new(commands)));
    search::search(model);
}

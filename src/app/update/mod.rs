//! What happens: a message in, a changed model and effects out.
//!
//! Called by `runtime` for every message, and by tests with no terminal, clock or network. Each
//! group of messages has its file; this one only forwards.

pub mod demo;
mod dialog;
mod doing;
mod key;
mod mouse;
mod moving;
mod search;
mod session;
mod submit;
mod verify;
mod week;

use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::msg::Msg;
use crate::app::work::{Toast, Tone};
use crate::time::Timestamp;

/// Takes in one message; what it returns is for `runtime::perform`.
#[must_use]
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let mut effects = take(model, msg);
    effects.extend(week::follow(model));
    effects
}

fn take(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(pressed) => return key::key(model, pressed),
        Msg::Paste(text) => return paste(model, &text),
        Msg::Click { column, row } => mouse::click(model, column, row),
        Msg::Wheel { column, row, lines } => mouse::wheel(model, (column, row), lines),
        Msg::Resize { width, height } => model.screen.size = (width, height),
        Msg::Now(now) => tick(model, now),
        Msg::Entries(entries) => submit::entries(model, &entries),
        Msg::World(world) => model.current.look(world),
        Msg::ReadOnly(why) => model.read_only = Some(why),
        Msg::Submitted { ticket, result } => return submit::submitted(model, ticket, result),
        Msg::Planned { ticket, result } => return verify::planned(model, ticket, result),
        Msg::RunStarted { step, run } => verify::started(model, step, run),
        Msg::Progress { run, check, progress } => verify::progress(model, &run, check, progress),
        Msg::RunEnded { step, run, error } => verify::ended(model, &step, &run, error),
        Msg::Reported(result) => match result {
            Ok(place) => model.toast(Tone::Good, format!("Report written to {place}")),
            Err(why) => model.problem(why),
        },
        Msg::Demo { act, result } => demo::answered(model, &act, result),
        Msg::Week(sight) => week::see(model, sight),
        Msg::WeekQuoted { ticket, lines } => week::quoted(model, ticket, lines),
        Msg::Trouble(text) => model.problem(text),
    }
    Vec::new()
}

fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let asked = model.dialogs.last_mut().map(|dialog: &mut Dialog| dialog.paste(text));
    asked.map_or_else(Vec::new, |asked| dialog::asked(model, asked))
}

fn tick(model: &mut Model, now: Timestamp) {
    model.current.tick(now);
    let over = |toast: &Toast| toast.until().is_some_and(|until| now >= until);
    if model.work.toast.as_ref().is_some_and(over) {
        model.work.toast = None;
    }
}

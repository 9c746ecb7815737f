//! Does what a dialog asked for.

use crate::app::dialog::{Asked, Dialog};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::update::{demo, key, moving, search, submit, verify};
use crate::app::work::{Then, Tone};
use crate::launch::decide::Command;
use crate::launch::since::since_you_left;
use crate::text::visible;

/// Does it.
pub fn asked(model: &mut Model, asked: Asked) -> Vec<Effect> {
    match asked {
        Asked::Stay => {}
        Asked::Search => search::search(model),
        Asked::Close => close(model),
        Asked::Quit => return vec![Effect::Quit],
        Asked::Record { by, command } => {
            let again = model.dialogs.pop();
            be(model, &by);
            return submit::submit(model, by, *command, again, None);
        }
        Asked::BeSigner { name, then } => {
            model.dialogs.pop();
            be(model, &name);
            let current = &model.current;
            model.since = since_you_left(current.launch(), current.standing(), Some(&name));
            model.toast(Tone::Good, format!("{name} signs from now on"));
            return go_on(model, then);
        }
        Asked::Verify(permit) => {
            model.dialogs.pop();
            return verify::go_on(model, *permit);
        }
        Asked::Copy(what, text) => {
            model.toast(Tone::Good, format!("{what} sent to the terminal's clipboard"));
            return vec![Effect::Copy { text }];
        }
        Asked::Trust { steps } => {
            let again = model.dialogs.pop();
            let by = model.who.signer.clone().unwrap_or_default();
            let then = Some(Then::Verify(steps));
            return submit::submit(model, by, Command::TrustRunbook, again, then);
        }
        Asked::Answer { input, secret } => {
            let then = match model.dialogs.pop() {
                Some(Dialog::Secret(prompt)) => prompt.then,
                _ => None,
            };
            let mut effects = vec![Effect::Answer { input, secret }];
            effects.extend(go_on(model, then));
            return effects;
        }
        Asked::GoTo(number) => {
            model.dialogs.pop();
            moving::to(model, number);
        }
        Asked::Demo(act) => return demo::chosen(model, act),
        Asked::Do(action) => {
            model.dialogs.pop();
            return key::act(model, action);
        }
    }
    Vec::new()
}

/// Closes the dialog on top; a question for a secret takes those below it along, since without it
/// nothing can begin.
fn close(model: &mut Model) {
    let closed = model.dialogs.pop();
    if matches!(closed, Some(Dialog::Secret(_))) {
        model.dialogs.retain(|dialog| !matches!(dialog, Dialog::Secret(_)));
    }
}

fn go_on(model: &mut Model, then: Option<Then>) -> Vec<Effect> {
    match then {
        Some(Then::Verify(steps)) => verify::begin(model, steps),
        None => Vec::new(),
    }
}

/// Whoever typed a name last is at the keyboard.
fn be(model: &mut Model, name: &str) {
    model.who.signer = Some(visible(name.trim(), 80));
}

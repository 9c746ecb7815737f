//! Who signs, how it looks, reports, leaving.

use crate::app::dialog::{Choice, Dialog, Question, Signer};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::query;
use crate::app::screen::{next_theme, theme_word};
use crate::app::update::demo;
use crate::app::work::Tone;
use crate::keys::Action;

/// Does a session action.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Signer => {
            let dialog = Signer::new(query::names(model), None);
            model.dialogs.push(Dialog::Signer(dialog));
        }
        Action::Theme => {
            let theme = next_theme(model.screen.look.theme);
            model.screen.look.theme = theme;
            model.toast(Tone::Plain, format!("Theme: {}", theme_word(theme)));
        }
        Action::Glyphs => model.screen.look.ascii = !model.screen.look.ascii,
        Action::Mouse => {
            let on = !model.screen.look.mouse;
            model.screen.look.mouse = on;
            let says = if on {
                "Mouse on. To select text, hold Shift or switch the mouse off again."
            } else {
                "Mouse off: selecting text is the terminal's again."
            };
            model.toast(Tone::Plain, says);
            return vec![Effect::Mouse { on }];
        }
        Action::Copy => {
            let Some(head) = query::head(model).map(str::to_owned) else { return Vec::new() };
            let short: String = head.chars().take(12).collect();
            let says = format!("Journal head {short}… sent to the terminal's clipboard");
            model.toast(Tone::Good, says);
            return vec![Effect::Copy { text: head }];
        }
        Action::Report => {
            let by = model.who.signer.clone().unwrap_or_default();
            return vec![Effect::Report { format: "markdown".into(), by }];
        }
        Action::Repaint => return vec![Effect::Repaint],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Demo => return demo::open(model),
        Action::Quit => return quit(model),
        _ => {}
    }
    Vec::new()
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if !model.work.is_running() && !model.work.is_saving() {
        return vec![Effect::Quit];
    }
    let runs = model.work.runs.iter().filter(|(_, run)| !run.ended);
    let running = runs.map(|(step, _)| step.clone()).collect();
    let question = Question::Quit { running, saving: model.work.is_saving() };
    model.dialogs.push(Dialog::Choice(Choice::new(question)));
    Vec::new()
}

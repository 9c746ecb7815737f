//! The demo's panel: opened, filled, answered.

use crate::app::demo::{DemoAct, DemoView};
use crate::app::dialog::finder::fit;
use crate::app::dialog::{Dialog, Panel, PanelRow};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::update::week;
use crate::app::work::Tone;

/// Opens the panel and asks how things stand.
pub fn open(model: &mut Model) -> Vec<Effect> {
    if model.demo.is_none() {
        return Vec::new();
    }
    model.dialogs.push(Dialog::Demo(Box::default()));
    fill(model);
    vec![Effect::Demo(DemoAct::Look)]
}

/// Has done what was chosen. While the logs of the first week are laid down nobody watches them: a
/// watch would take what is replaced for what has happened before.
pub fn chosen(model: &mut Model, act: DemoAct) -> Vec<Effect> {
    let lays = model.demo.as_ref().is_some_and(|view| view.lays_week(&act));
    if !lays {
        return vec![Effect::Demo(act)];
    }
    if model.week.laying {
        return Vec::new();
    }
    model.week.laying = true;
    let close = model.week.watched.then(|| week::close(model));
    close.into_iter().chain([Effect::Demo(act)]).collect()
}

/// How it stands now, or why what was asked for could not be done.
pub fn answered(model: &mut Model, act: &DemoAct, result: Result<Box<DemoView>, String>) {
    if model.demo.as_ref().is_some_and(|view| view.lays_week(act)) {
        model.week.laying = false;
    }
    let error = match result {
        Ok(view) => {
            let before = model.demo.as_ref().is_none_or(|before| before.week_has_passed);
            if view.week_has_passed && !before {
                model.toast(Tone::Good, "The first week has passed: f shows it.");
            }
            model.demo = Some(*view);
            None
        }
        Err(why) => Some(why),
    };
    let panel = model.dialogs.iter_mut().find_map(|dialog| match dialog {
        Dialog::Demo(panel) => Some(panel),
        _ => None,
    });
    match (panel, error) {
        (Some(panel), error) => panel.error = error,
        (None, Some(why)) => model.toast(Tone::Bad, why),
        (None, None) => {}
    }
    fill(model);
}

/// Fills the panel with what fits what was typed.
pub fn fill(model: &mut Model) {
    let Some(view) = &model.demo else { return };
    let panels = model.dialogs.iter_mut().filter_map(|dialog| match dialog {
        Dialog::Demo(panel) => Some(panel),
        _ => None,
    });
    for panel in panels {
        let query = panel.query.value().to_lowercase();
        let rows = rows(view).into_iter();
        panel.rows = rows
            .filter(|row| {
                let says = format!("{} {} {}", row.text, row.aside, row.below);
                fit(&query, &says.to_lowercase()).is_some()
            })
            .collect();
        keep(panel);
    }
}

fn keep(panel: &mut Panel) {
    panel.selected = panel.selected.min(panel.rows.len().saturating_sub(1));
}

/// What the panel lists: pages to pay, time to let pass, faults to switch.
#[must_use]
pub fn rows(view: &DemoView) -> Vec<PanelRow> {
    let mut rows = Vec::new();
    for page in &view.pages {
        for works in [true, false] {
            let card = if works { "a card that works" } else { "a card that is declined" };
            rows.push(PanelRow {
                text: format!("Pay {} ({}) with {card}", page.amount, page.side),
                aside: String::new(),
                below: page.url.clone(),
                on: false,
                act: DemoAct::Pay { id: page.id.clone(), works },
            });
        }
    }
    let clock = format!("MintCash's clock: {}", view.clock.minute());
    let step = |text: &str, act| PanelRow {
        text: text.to_owned(),
        aside: String::new(),
        below: clock.clone(),
        on: false,
        act,
    };
    rows.push(step("Let time pass until the next thing is due", DemoAct::Next));
    rows.push(step("Let a day pass", DemoAct::Day));
    rows.push(PanelRow {
        text: "Let the first week pass".to_owned(),
        aside: "after the switch".to_owned(),
        below: "Lays down simulated logs of three weeks that end now.".to_owned(),
        on: false,
        act: DemoAct::Week,
    });
    rows.extend(view.faults.iter().map(|fault| PanelRow {
        text: fault.name.to_owned(),
        aside: fault.caught_in(),
        below: fault.says(view),
        on: fault.on,
        act: DemoAct::Switch { name: fault.name, on: !fault.on },
    }));
    rows
}

//! Fills a finder with what fits.

use crate::app::dialog::finder::{Found, fit};
use crate::app::dialog::{Dialog, Finder};
use crate::app::model::Model;
use crate::app::query;
use crate::app::update::demo;
use crate::keys::Action;

/// How many are listed; nobody reads further.
const LISTED: usize = 200;

/// Searches for what the finder on top says now.
pub fn search(model: &mut Model) {
    if let Some(Dialog::Demo(_)) = model.dialogs.last() {
        return demo::fill(model);
    }
    let Some(Dialog::Finder(finder)) = model.dialogs.last() else { return };
    let query = finder.query.value().to_lowercase();
    let found = if finder.commands { commands(model, &query) } else { steps(model, &query) };
    if let Some(Dialog::Finder(Finder { found: list, selected, .. })) = model.dialogs.last_mut() {
        *list = found;
        *selected = 0;
    }
}

fn steps(model: &Model, query: &str) -> Vec<Found> {
    let texts = model.current.haystack().iter().enumerate();
    let mut found: Vec<(usize, usize)> =
        texts.filter_map(|(number, text)| Some((fit(query, text)?, number))).collect();
    found.sort_unstable();
    found.into_iter().take(LISTED).map(|(_, number)| Found::Step(number)).collect()
}

fn commands(model: &Model, query: &str) -> Vec<Found> {
    let mut found: Vec<(usize, usize, Action)> = Action::ALL
        .into_iter()
        .enumerate()
        .filter(|(_, action)| query::can(model, *action))
        .filter_map(|(at, action)| {
            let text =
                format!("{} {} {}", action.short(), action.id(), action.about()).to_lowercase();
            Some((fit(query, &text)?, at, action))
        })
        .collect();
    found.sort_unstable_by_key(|(score, at, _)| (*score, *at));
    found.into_iter().map(|(.., action)| Found::Command(action)).collect()
}

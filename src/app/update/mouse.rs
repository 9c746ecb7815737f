//! The mouse, where it is on: a click selects a step, the wheel scrolls.

use ratatui::layout::Position;

use crate::app::current::Row;
use crate::app::dialog::{Dialog, Reading};
use crate::app::model::Model;
use crate::app::screen::{Pane, View};
use crate::app::update::moving;

/// Takes a click.
pub fn click(model: &mut Model, column: u16, row: u16) {
    if !model.dialogs.is_empty() || model.screen.view != View::Walk {
        return;
    }
    let at = Position::new(column, row);
    if let Some((area, first)) = model.screen.layout.outline
        && area.contains(at)
    {
        model.screen.pane = Pane::Outline;
        let number = first + usize::from(row.saturating_sub(area.y));
        if let Some(Row::Step(step, _)) = model.current.rows().get(number).copied() {
            moving::to(model, step);
        }
    } else if model.screen.layout.body.is_some_and(|(area, _)| area.contains(at)) {
        model.screen.pane = Pane::Step;
    }
}

/// Takes a turn of the wheel.
pub fn wheel(model: &mut Model, at: (u16, u16), lines: i16) {
    let end = model.screen.layout.dialog_end();
    match model.dialogs.last_mut() {
        Some(Dialog::Reading(Reading { scroll, .. })) => {
            *scroll = scroll.saturating_add_signed(isize::from(lines)).min(end);
            return;
        }
        Some(_) => return,
        None => {}
    }
    let position = Position::new(at.0, at.1);
    let outline = model.screen.layout.outline;
    if outline.is_some_and(|(area, _)| area.contains(position)) {
        let to = model.screen.cursor.saturating_add_signed(isize::from(lines.signum()));
        moving::to(model, to);
    } else {
        moving::scroll(model, isize::from(lines));
    }
}

//! Moving: through steps, through a long step, through overview and audit trail.

use crate::app::model::Model;
use crate::app::query;
use crate::app::screen::{Pane, View};
use crate::app::update::week;
use crate::keys::Action;

/// Does a moving action.
pub fn act(model: &mut Model, action: Action) {
    match model.screen.view {
        View::Walk if model.screen.pane == Pane::Step => in_step(model, action),
        View::Walk | View::Present => through_steps(model, action),
        View::Overview => {
            let lines = Lines { at: model.screen.overview, end: model.screen.layout.body_end() };
            model.screen.overview = lines.after(action, model.screen.layout.page());
        }
        View::Trail => trail(model, action),
        View::Rollback => {
            let lines = Lines { at: model.screen.scroll, end: model.screen.layout.body_end() };
            model.screen.scroll = lines.after(action, model.screen.layout.page());
        }
        // Has keys of its own.
        View::Week => {}
    }
}

/// Goes to a step and shows its beginning.
pub fn to(model: &mut Model, number: usize) {
    let last = model.current.len().saturating_sub(1);
    model.screen.cursor = number.min(last);
    model.screen.scroll = 0;
}

/// Scrolls what is in view by so many lines.
pub fn scroll(model: &mut Model, lines: isize) {
    let end = model.screen.layout.body_end();
    let by = |at: usize| at.saturating_add_signed(lines).min(end);
    match model.screen.view {
        View::Walk | View::Present | View::Rollback => {
            model.screen.scroll = by(model.screen.scroll);
        }
        View::Overview => model.screen.overview = by(model.screen.overview),
        View::Trail => trail_by(model, lines.saturating_neg()),
        View::Week => week::scroll(model, lines),
    }
}

fn through_steps(model: &mut Model, action: Action) {
    let cursor = model.screen.cursor;
    let page = isize::try_from(model.screen.layout.page()).unwrap_or(1);
    match action {
        Action::Next => to(model, cursor + 1),
        Action::Previous => to(model, cursor.saturating_sub(1)),
        Action::First => to(model, 0),
        Action::Last => to(model, usize::MAX),
        Action::PageDown => scroll(model, page),
        Action::PageUp => scroll(model, -page),
        Action::Right if model.screen.view == View::Present => to(model, cursor + 1),
        Action::Left if model.screen.view == View::Present => {
            to(model, cursor.saturating_sub(1));
        }
        _ => between(model, action),
    }
}

fn in_step(model: &mut Model, action: Action) {
    let lines = Lines { at: model.screen.scroll, end: model.screen.layout.body_end() };
    match action {
        Action::Next
        | Action::Previous
        | Action::First
        | Action::Last
        | Action::PageDown
        | Action::PageUp => {
            model.screen.scroll = lines.after(action, model.screen.layout.page());
        }
        _ => between(model, action),
    }
}

/// Panes, sections and the next open step: the same wherever the cursor is.
fn between(model: &mut Model, action: Action) {
    let cursor = model.screen.cursor;
    let section = model.current.section_number(cursor).unwrap_or(0);
    match action {
        Action::NextSection => {
            let sections = model.current.runbook().sections.len();
            let first = (section + 1..sections).find_map(|next| model.current.first_of(next));
            if let Some(first) = first {
                to(model, first);
            }
        }
        Action::PreviousSection => {
            let first = model.current.first_of(section).unwrap_or(0);
            let before = (0..section).rev().find_map(|before| model.current.first_of(before));
            to(model, if cursor > first { first } else { before.unwrap_or(first) });
        }
        Action::ToOpen => {
            if let Some(number) = query::next_step(model) {
                to(model, number);
            }
        }
        Action::Right => model.screen.pane = Pane::Step,
        Action::Left => model.screen.pane = Pane::Outline,
        Action::Pane => {
            model.screen.pane = match model.screen.pane {
                Pane::Outline => Pane::Step,
                Pane::Step => Pane::Outline,
            };
        }
        _ => {}
    }
}

fn trail(model: &mut Model, action: Action) {
    let page = isize::try_from(model.screen.layout.page()).unwrap_or(1);
    match action {
        Action::Next => trail_by(model, -1),
        Action::Previous => trail_by(model, 1),
        Action::PageDown => trail_by(model, -page),
        Action::PageUp => trail_by(model, page),
        Action::First => trail_by(model, isize::MAX),
        Action::Last => model.screen.trail = 0,
        _ => {}
    }
}

/// The audit trail's cursor counts from the newest entry, so that it stays where it is when
/// entries come in while one reads at the end.
fn trail_by(model: &mut Model, back: isize) {
    let last = model.current.launch().entries().len().saturating_sub(1);
    model.screen.trail = model.screen.trail.saturating_add_signed(back).min(last);
}

/// A place in a text.
struct Lines {
    at: usize,
    end: usize,
}

impl Lines {
    fn after(&self, action: Action, page: usize) -> usize {
        let at = match action {
            Action::Next => self.at.saturating_add(1),
            Action::Previous => self.at.saturating_sub(1),
            Action::First => 0,
            Action::Last => self.end,
            Action::PageDown => self.at.saturating_add(page),
            Action::PageUp => self.at.saturating_sub(page),
            _ => self.at,
        };
        at.min(self.end)
    }
}

//! The outline: sections and steps, each with symbol, title and word.
//!
//! ```text
//!  Credentials                   2 of 4
//!   ✓ Live keys issued             done
//!   ✗ Secret key is stored safely failed
//! ```
//!
//! Only the rows in view are made, so that ten thousand steps cost what twenty do.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::current::Row;
use crate::app::screen::Pane;
use crate::launch::standing::{StepStanding, StepState};
use crate::time::Timestamp;
use crate::ui::ink::Ink;
use crate::ui::scroll;
use crate::ui::text::{safe, width};

/// Draws it; the first row in view.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) -> usize {
    let rows = model.current.rows();
    let height = usize::from(area.height);
    let cursor = model.current.row_of(model.screen.cursor);
    let first = first_row(cursor, rows.len(), height);
    let bar = rows.len() > height;
    let cells = usize::from(area.width).saturating_sub(if bar { 2 } else { 0 });
    for (place, row) in area.rows().zip(rows.iter().skip(first)) {
        let line = match *row {
            Row::Gap => continue,
            Row::Section(number) => section(model, ink, number, cells),
            Row::Step(number, _) => step(model, ink, number, cells),
        };
        frame.render_widget(line, place);
    }
    if bar {
        scroll::bar(ink, frame, area, first, rows.len());
    }
    first
}

/// The first row to show so that the cursor is in the middle, as far as there are rows. The first
/// step brings its section's title along.
fn first_row(cursor: usize, rows: usize, height: usize) -> usize {
    cursor.saturating_sub(height / 2).min(rows.saturating_sub(height))
}

fn section(model: &Model, ink: &Ink, number: usize, cells: usize) -> Line<'static> {
    let section = model.current.runbook().sections.get(number);
    let standing = model.current.standing().sections.get(number);
    let title = section.map(|section| safe(&section.title)).unwrap_or_default();
    let here = model.current.section_number(model.screen.cursor) == Some(number);
    let style = if here { ink.theme.strong } else { ink.theme.plain };
    let count = match standing {
        Some(standing) if !standing.waits_for.is_empty() => "locked".to_owned(),
        Some(standing) if standing.settled == standing.steps => "complete".to_owned(),
        Some(standing) => format!("{} of {}", standing.settled, standing.steps),
        None => String::new(),
    };
    let left = vec![Span::styled(title, style)];
    ink.ends(left, vec![Span::styled(count, ink.theme.muted)], cells.saturating_sub(1))
}

fn step(model: &Model, ink: &Ink, number: usize, cells: usize) -> Line<'static> {
    let Some(here) = model.current.step(number) else { return Line::default() };
    let state = here.standing.map_or(StepState::Open, |standing| standing.state);
    let state =
        if model.work.running(&here.step.id).is_some() { StepState::Running } else { state };
    let saving = model.work.saving(&here.step.id).next().is_some();
    let due = here.standing.and_then(|standing| due(standing, state, model.current.now()));
    let word = match due {
        _ if saving => "saving".to_owned(),
        Some(due) => due,
        None => state.word().to_owned(),
    };
    let style = ink.theme.state(state);
    let at = number == model.screen.cursor;
    let title_style = match state {
        StepState::Locked | StepState::NotApplicable | StepState::Done => ink.theme.muted,
        StepState::Failed => ink.theme.strong,
        _ => ink.theme.plain,
    };
    let focused = at && model.screen.pane == Pane::Outline;
    let mark = if at && !focused { ink.glyphs.bar() } else { " " };
    let mut line = ink.ends(
        vec![
            Span::styled(mark, ink.theme.accent),
            Span::styled(ink.glyphs.state(state), style),
            Span::raw(" "),
            Span::styled(safe(&here.step.title), title_style),
        ],
        vec![Span::styled(word, style)],
        cells.saturating_sub(1),
    );
    if focused {
        let missing = cells.saturating_sub(line.width());
        line.spans.push(Span::raw(" ".repeat(missing)));
        for span in &mut line.spans {
            span.style = ink.theme.selected;
        }
    } else if at {
        for span in line.spans.iter_mut().filter(|span| width(&span.content) > 1) {
            span.style = span.style.patch(ink.theme.strong);
        }
    }
    line
}

/// When it is due or since when overdue, where that says more than the state, whose symbol stays.
fn due(standing: &StepStanding, state: StepState, now: Timestamp) -> Option<String> {
    use StepState::{Done, Open, Ready, Stale};
    let telling = matches!(state, Open | Ready | Done | Stale);
    standing.due.as_ref().filter(|_| telling)?.word(now)
}

#[cfg(test)]
mod tests {
    use super::first_row;

    #[test]
    fn the_cursor_is_always_in_view() {
        for height in 1..40 {
            for rows in 1..60 {
                for cursor in 0..rows {
                    let first = first_row(cursor, rows, height);
                    assert!(first <= cursor && cursor < first + height, "{cursor} {rows} {height}");
                }
            }
        }
    }
}

//! The finder: what was typed, and what fits below it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::dialog::{Finder, Found};
use crate::launch::standing::StepState;
use crate::ui::dialog::{MEASURE, Sheet};
use crate::ui::ink::Ink;
use crate::ui::text::{safe, width};

pub(super) fn draw(model: &Model, ink: &Ink, dialog: &Finder, frame: &mut Frame) -> (Rect, usize) {
    let area = frame.area();
    let cells = MEASURE.min(usize::from(area.width).saturating_sub(6));
    let rows = usize::from(area.height).saturating_sub(9).clamp(1, 16);
    let query = safe(dialog.query.value());
    let cursor = Some((0, 2 + dialog.query.visual_cursor()));
    let mut lines = vec![
        Line::from(vec![
            Span::styled(format!("{} ", ink.glyphs.bar()), ink.theme.accent),
            Span::styled(query, ink.theme.strong),
        ]),
        Line::default(),
    ];
    let first = dialog.selected.saturating_sub(rows.saturating_sub(1));
    for (at, found) in dialog.found.iter().enumerate().skip(first).take(rows) {
        let mut line = match found {
            Found::Step(number) => step(model, ink, *number, cells),
            Found::Command(action) => {
                let key = model.keymap.hint(*action);
                ink.ends(
                    vec![Span::styled(action.about(), ink.theme.plain)],
                    vec![Span::styled(key, ink.theme.key)],
                    cells,
                )
            }
        };
        if at == dialog.selected {
            let missing = cells.saturating_sub(line.width());
            line.spans.push(Span::raw(" ".repeat(missing)));
            line.spans.iter_mut().for_each(|span| span.style = ink.theme.selected);
        }
        lines.push(line);
    }
    if dialog.found.is_empty() {
        lines.push(Line::styled("Nothing fits.", ink.theme.muted));
    }
    // The box keeps its size while one types.
    lines.resize(rows + 2, Line::default());
    let sheet = Sheet {
        title: if dialog.commands { "Commands" } else { "Find a step" }.to_owned(),
        style: ink.theme.strong,
        lines,
        foot: Line::styled(
            if dialog.commands {
                "Enter does it  Esc closes"
            } else {
                "Enter goes there  Esc closes"
            },
            ink.theme.muted,
        ),
        width: cells,
        cursor,
        scroll: 0,
        above: 0,
    };
    sheet.draw(ink, frame)
}

fn step(model: &Model, ink: &Ink, number: usize, cells: usize) -> Line<'static> {
    let Some(here) = model.current.step(number) else { return Line::default() };
    let state = here.standing.map_or(StepState::Open, |standing| standing.state);
    let style = ink.theme.state(state);
    let id = safe(here.step.id.as_str());
    // On a narrow screen the title alone has to do.
    let id = if cells >= 64 { format!("  {id}") } else { String::new() };
    let id_cells = width(&id);
    let title =
        ink.cut(&safe(&here.step.title), cells.saturating_sub(id_cells + width(state.word()) + 4));
    ink.ends(
        vec![
            Span::styled(format!("{} ", ink.glyphs.state(state)), style),
            Span::styled(title, ink.theme.plain),
            Span::styled(id, ink.theme.muted),
        ],
        vec![Span::styled(state.word(), style)],
        cells,
    )
}

//! The demo's panel: what was typed, and below it pages, clock and faults.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::demo::DemoAct;
use crate::app::dialog::{Panel, PanelRow};
use crate::ui::dialog::{MEASURE, Sheet};
use crate::ui::ink::{Ink, Page};
use crate::ui::text::safe;

/// Rows for what is said of the selected one.
const BELOW: usize = 2;

pub(super) fn draw(model: &Model, ink: &Ink, dialog: &Panel, frame: &mut Frame) -> (Rect, usize) {
    let area = frame.area();
    let cells = MEASURE.min(usize::from(area.width).saturating_sub(6));
    let rows = usize::from(area.height).saturating_sub(14).clamp(1, 16);
    let mut lines = vec![Line::styled(
        "Shop, MintCash and money are simulated on this machine.",
        ink.theme.warn,
    )];
    if let Some(view) = &model.demo {
        let control = format!("MintCash's page: {}", safe(&view.control));
        lines.push(Line::styled(ink.cut(&control, cells), ink.theme.muted));
    }
    let cursor = Some((lines.len(), 2 + dialog.query.visual_cursor()));
    lines.push(Line::from(vec![
        Span::styled(format!("{} ", ink.glyphs.bar()), ink.theme.accent),
        Span::styled(safe(dialog.query.value()), ink.theme.strong),
    ]));
    let first = dialog.selected.saturating_sub(rows.saturating_sub(1));
    let from = lines.len();
    for (at, row) in dialog.rows.iter().enumerate().skip(first).take(rows) {
        lines.push(line(ink, row, at == dialog.selected, cells));
    }
    if dialog.rows.is_empty() {
        lines.push(Line::styled("Nothing fits.", ink.theme.muted));
    }
    lines.resize(from + rows, Line::default());
    lines.push(Line::default());
    let mut below = Page::new(ink, cells);
    match (&dialog.error, dialog.rows.get(dialog.selected)) {
        _ if model.week.laying => {
            let doing = format!("Laying down the logs of the first week{}", ink.glyphs.ellipsis());
            below.para(&doing, ink.theme.accent, 0);
        }
        (Some(error), _) => below.para(&safe(error), ink.theme.bad, 0),
        (None, Some(row)) => below.para(&safe(&row.below), ink.theme.plain, 0),
        (None, None) => {}
    }
    below.lines.resize(BELOW, Line::default());
    lines.extend(below.lines);
    let sheet = Sheet {
        title: "Demo".to_owned(),
        style: ink.theme.warn,
        lines,
        foot: Line::styled("Type to find  Enter does it  Esc closes", ink.theme.muted),
        width: cells,
        cursor,
        scroll: 0,
        above: 0,
    };
    sheet.draw(ink, frame)
}

fn line(ink: &Ink, row: &PanelRow, selected: bool, cells: usize) -> Line<'static> {
    let is_fault = matches!(row.act, DemoAct::Switch { .. });
    let mark = match (is_fault, row.on) {
        (false, _) => ink.glyphs.arrow().to_owned(),
        (true, true) => "[on] ".to_owned(),
        (true, false) => "[off]".to_owned(),
    };
    let style = if row.on { ink.theme.bad } else { ink.theme.plain };
    let mut line = ink.ends(
        vec![Span::styled(format!("{mark} "), style), Span::styled(safe(&row.text), style)],
        vec![Span::styled(safe(&row.aside), ink.theme.muted)],
        cells,
    );
    if selected {
        let missing = cells.saturating_sub(line.width());
        line.spans.push(Span::raw(" ".repeat(missing)));
        line.spans.iter_mut().for_each(|span| span.style = ink.theme.selected);
    }
    line
}

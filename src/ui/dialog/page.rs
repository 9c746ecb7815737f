//! A page alone on the screen: nothing else is drawn, so that its code is as large as it can be and
//! its link has the whole width.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Clear;

use crate::app::Model;
use crate::app::dialog::PageAlone;
use crate::app::page;
use crate::ui::ink::{Ink, Page};
use crate::ui::qr;

/// Draws it over everything.
pub(super) fn draw(
    model: &Model,
    ink: &Ink,
    dialog: &PageAlone,
    frame: &mut Frame,
) -> (Rect, usize) {
    let screen = frame.area();
    frame.render_widget(Clear, screen);
    frame.buffer_mut().set_style(screen, Style::reset());
    let cells = usize::from(screen.width);
    let open = &dialog.page;
    let mut about = Page::new(ink, cells);
    let is_open = page::of(model, &open.step).is_some_and(|now| now.url == open.url);
    let lines = if is_open {
        if let Some(line) = model.current.launch().ledger().line() {
            about.para(&line, ink.theme.warn, 0);
        }
        about.para(&open.about, ink.theme.strong, 0);
        about.para("y copies the link, Esc closes", ink.theme.muted, 0);
        qr::page(ink, &open.url, about.lines, (cells, usize::from(screen.height)))
    } else {
        let ledger = model.current.launch().ledger();
        about.para("This page is not open any more.", ink.theme.strong, 0);
        if let Some(last) = ledger.of_step(&open.step).last() {
            let says = format!("{}: {}", last.what(), ledger.stage_words(last));
            about.para(&says, ink.theme.plain, 0);
        }
        about.para("Esc closes", ink.theme.muted, 0);
        about.lines
    };
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height);
    let column = screen.centered_vertically(Constraint::Length(rows));
    for (row, line) in column.rows().zip(&lines) {
        // The link begins where a line begins, so that it can be taken as it stands.
        let is_code = line.spans.iter().any(|span| span.style.bg.is_some());
        let line = if is_code { line.clone().centered() } else { Line::clone(line) };
        frame.render_widget(line, row);
    }
    (screen, lines.len())
}

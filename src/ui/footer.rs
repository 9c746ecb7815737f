//! The footer: a message when there is one, and the keys that work now.
//!
//! ```text
//! ── Signed webhook.registered as Dana ───────────────────────────────────────
//!  Enter verify  j next  n note  w who signs  p present  o overview     ? help
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::query;
use crate::app::work::Tone;
use crate::keys::Action;
use crate::ui::ink::{Ink, inset};
use crate::ui::text::width;

/// How many rows it takes.
pub const HEIGHT: u16 = 2;

/// Draws it.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) {
    let mut rows = area.rows();
    if let Some(row) = rows.next() {
        frame.render_widget(message(model, ink, usize::from(row.width)), row);
    }
    if let Some(row) = rows.next() {
        let inner = inset(row, 1);
        frame.render_widget(keys(model, ink, usize::from(inner.width)), inner);
    }
}

fn message(model: &Model, ink: &Ink, cells: usize) -> Line<'static> {
    let Some(toast) = &model.work.toast else { return ink.rule(cells) };
    let style = match toast.tone {
        Tone::Good => ink.theme.good,
        Tone::Plain => ink.theme.accent,
        Tone::Bad => ink.theme.bad,
    };
    let text = ink.cut(&format!(" {} ", toast.text), cells.saturating_sub(4));
    let rest = cells.saturating_sub(2 + width(&text));
    let rule = ink.glyphs.horizontal();
    Line::from(vec![
        Span::styled(rule.repeat(2), ink.theme.rule),
        Span::styled(text, style),
        Span::styled(rule.repeat(rest), ink.theme.rule),
    ])
}

fn keys(model: &Model, ink: &Ink, cells: usize) -> Line<'static> {
    let help = hint(model, ink, Action::Help);
    let help_cells: usize = help.iter().map(Span::width).sum();
    let mut left = Vec::new();
    let mut used = 0;
    for action in query::footer(model) {
        let hint = hint(model, ink, action);
        let gap = if left.is_empty() { 0 } else { 3 };
        let wide = hint.iter().map(Span::width).sum::<usize>() + gap;
        if used + wide + help_cells + 2 > cells {
            continue;
        }
        used += wide;
        left.push(Span::raw(" ".repeat(gap)));
        left.extend(hint);
    }
    ink.ends(left, help, cells)
}

fn hint(model: &Model, ink: &Ink, action: Action) -> Vec<Span<'static>> {
    let word = match action {
        Action::Proceed => query::proceed_word(model),
        Action::Sign => query::sign_word(model),
        Action::Pane => query::pane_word(model),
        _ => action.short(),
    };
    vec![
        Span::styled(model.keymap.hint(action), ink.theme.key),
        Span::styled(format!(" {word}"), ink.theme.plain),
    ]
}

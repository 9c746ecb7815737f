//! The fields of a form, one below the other, and its two buttons.

use ratatui::text::{Line, Span};

use crate::app::dialog::{Field, FieldKind, Form};
use crate::ui::ink::{Ink, Page};
use crate::ui::text::{fill, safe, width};

/// The widest label; longer ones are cut.
const LABEL: usize = 22;

/// Writes the fields; where the text cursor is, if a field has it.
pub fn fields(form: &Form, page: &mut Page<'_>) -> Option<(usize, usize)> {
    let labels = form.fields.iter().map(|field| width(&field.label)).max().unwrap_or(0);
    let column = labels.min(LABEL);
    let mut cursor = None;
    for (at, field) in form.fields.iter().enumerate() {
        let focused = at == form.focus;
        let cell = line(field, focused, column, page);
        if let Some(cell) = cell.filter(|_| focused) {
            cursor = Some((page.lines.len() - 1, cell));
        }
        let offers = matches!(&field.kind, FieldKind::Words { offers, .. } if !offers.is_empty());
        let shown = field.value().is_empty();
        if focused && !offers && (!shown || width(&field.about) + column + 5 > page.width) {
            let about = field.about.clone();
            page.para(&about, page.ink.theme.muted, column + 4);
        }
    }
    if let Some(error) = &form.error {
        page.gap();
        let style = page.ink.theme.bad;
        page.para(error, style, 0);
    }
    cursor
}

/// Writes one field; the cell of its text cursor.
fn line(field: &Field, focused: bool, column: usize, page: &mut Page<'_>) -> Option<usize> {
    let ink = page.ink;
    let theme = &ink.theme;
    let label = fill(&safe(&field.label).replace('_', " "), column, ink.glyphs.ellipsis());
    let (mark, style) = if focused { (ink.glyphs.bar(), theme.accent) } else { (" ", theme.muted) };
    let mut spans =
        vec![Span::styled(mark, theme.accent), Span::styled(format!(" {label}  "), style)];
    let room = page.width.saturating_sub(column + 5);
    let mut cell = None;
    match &field.kind {
        FieldKind::OneOf { options, chosen } => {
            for (at, option) in options.iter().enumerate() {
                let style = if at == *chosen { theme.selected } else { theme.muted };
                spans.push(Span::styled(format!(" {} ", safe(option)), style));
                spans.push(Span::raw(" "));
            }
        }
        FieldKind::Words { input, .. } | FieldKind::Exactly { input, .. } => {
            let skipped = input.visual_scroll(room);
            let shown = window(input.value(), skipped, room);
            cell = Some(column + 4 + input.visual_cursor().saturating_sub(skipped));
            let rest = match field.completion() {
                Some(whole) if focused => {
                    whole.chars().skip(input.value().chars().count()).collect()
                }
                _ if input.value().is_empty() => field.about.clone(),
                _ => String::new(),
            };
            let rest = ink.cut(&safe(&rest), room.saturating_sub(width(&shown)));
            spans.push(Span::styled(shown, theme.strong));
            spans.push(Span::styled(rest, theme.muted));
        }
    }
    page.line(Line::from(spans));
    cell
}

/// What of a text is in view when `skipped` cells are scrolled away.
fn window(text: &str, skipped: usize, room: usize) -> String {
    let mut used = 0;
    let mut out = String::new();
    for ch in text.chars() {
        let wide = width(ch.encode_utf8(&mut [0; 4]));
        if used >= skipped && used - skipped + wide <= room {
            out.push(ch);
        }
        used += wide;
    }
    out
}

/// The two buttons, and what the keys do.
pub fn buttons(ink: &Ink, form: &Form, cells: usize) -> Line<'static> {
    let theme = &ink.theme;
    let ready = if form.is_complete() { theme.strong } else { theme.muted };
    let go = if form.on_go() { theme.selected } else { ready };
    let cancel = if form.on_cancel() { theme.selected } else { theme.plain };
    let left = vec![
        Span::styled(format!(" {} ", form.go), go),
        Span::raw("  "),
        Span::styled(" Cancel ", cancel),
    ];
    let keys = if cells >= 60 { "Tab next  Enter go on  Esc cancel" } else { "Tab  Enter  Esc" };
    let right = vec![Span::styled(keys, theme.muted)];
    ink.ends(left, right, cells)
}

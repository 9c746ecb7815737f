//! The cells that charts are made of, and their styles.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::ui::ink::Ink;
use crate::week::panel::Tone;

/// A bar that grows up, by eighths of a cell.
const STANDING: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// A bar that grows to the right, by eighths of a cell.
const LYING: [&str; 9] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/// So many eighths of a cell, from its lower edge.
pub fn standing(ink: &Ink, eighths: usize) -> &'static str {
    if ink.glyphs.is_ascii() {
        return match eighths {
            0 => " ",
            1..=3 => ".",
            4..=6 => ":",
            _ => "#",
        };
    }
    STANDING.get(eighths).copied().unwrap_or("█")
}

/// So many eighths of a cell, from its left edge.
pub fn lying(ink: &Ink, eighths: usize) -> &'static str {
    if ink.glyphs.is_ascii() {
        return if eighths >= 4 { "=" } else { " " };
    }
    LYING.get(eighths).copied().unwrap_or("█")
}

/// Half a cell or a whole one, from its upper edge.
pub fn hanging(ink: &Ink, halves: usize) -> &'static str {
    match (ink.glyphs.is_ascii(), halves) {
        (_, 0) => " ",
        (true, _) => "x",
        (false, 1) => "▀",
        (false, _) => "█",
    }
}

/// A whole cell of what is so good or bad; told apart without colour.
pub fn full(ink: &Ink, tone: Tone) -> &'static str {
    match (ink.glyphs.is_ascii(), tone) {
        (false, Tone::Good | Tone::Plain | Tone::Bad) => "█",
        (false, Tone::Warn) => "▒",
        (true, Tone::Good | Tone::Plain) => "#",
        (true, Tone::Warn) => "+",
        (true, Tone::Bad) => "x",
    }
}

/// What is said with a word or number about it.
pub fn said(ink: &Ink, tone: Tone) -> Style {
    match tone {
        Tone::Good => ink.theme.good,
        Tone::Warn => ink.theme.warn,
        Tone::Bad => ink.theme.bad,
        Tone::Plain => ink.theme.plain,
    }
}

/// What is drawn of it: a block that were reversed would be a hole.
pub fn style(ink: &Ink, tone: Tone) -> Style {
    level(said(ink, tone))
}

/// A style without what fills or underlines the cell.
pub fn level(style: Style) -> Style {
    let without = Modifier::REVERSED.union(Modifier::UNDERLINED);
    Style { add_modifier: style.add_modifier.difference(without), ..style }
}

/// Adds a cell, to the last run where it has the same style.
pub fn push(line: &mut Line<'static>, text: &str, style: Style) {
    match line.spans.last_mut() {
        Some(last) if last.style == style => last.content.to_mut().push_str(text),
        _ => line.spans.push(Span::styled(text.to_owned(), style)),
    }
}

/// How many eighths of a row a bar of so many rows fills; anything at all fills one.
pub fn eighths(bar: f64, row: usize) -> usize {
    if bar <= 0.0 {
        return 0;
    }
    whole((bar * 8.0).round()).max(1).saturating_sub(row * 8).min(8)
}

/// A number of cells as a number.
pub fn float(cells: usize) -> f64 {
    u32::try_from(cells).map_or(f64::from(u32::MAX), f64::from)
}

/// A number as a number of cells.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what fits; a screen has far fewer cells"
)]
pub fn whole(value: f64) -> usize {
    if value.is_nan() { 0 } else { value.clamp(0.0, 1e6) as usize }
}

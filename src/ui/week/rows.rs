//! Rows over time, one below the other: a failure code each, with its own scale.
//!
//! ```text
//! ▲ issuer_decline          ▁ ▁   ▂▇█▆   31  peak 14, usual 3
//!   insufficient_funds     ▃▂▄▃▅▂▃▄▂▃   112
//!                          ──06:00──12:00
//! ```

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::ui::ink::Ink;
use crate::ui::text::{fill, width as cells_of};
use crate::ui::week::axis::Grid;
use crate::ui::week::{cells, numbers};
use crate::week::Window;
use crate::week::panel::{Series, Tone};

/// From this width on it is said what was usual.
const SAYS: usize = 76;
/// So many at once are a few.
const FEW: f64 = 4.0;
/// The most rows for one series.
const TALL: usize = 3;

/// The rows in so many cells and lines; the axis is one of them.
pub fn rows(
    ink: &Ink,
    window: Window,
    series: &[Series],
    width: usize,
    lines: usize,
) -> Vec<Line<'static>> {
    if lines < 2 || series.is_empty() {
        return Vec::new();
    }
    let name = (width / 4).clamp(8, 26);
    let says = series.iter().map(|row| cells_of(&said(row, width))).max().unwrap_or(0);
    let says = says.min(width / 3);
    let grid = Grid { window, columns: width.saturating_sub(name + 2 + 1 + says + 1) };
    let room = lines - 1;
    let shown = if series.len() > room { room - 1 } else { series.len() };
    // A row of one line, or as tall as there is room for, with air.
    let each = room.checked_div(shown).unwrap_or(0);
    let tall = each.saturating_sub(1).clamp(1, TALL);
    let air = usize::from(each > tall && tall > 1);
    let mut out = Vec::new();
    for row in series.iter().take(shown) {
        out.extend(drawn(ink, &grid, row, (name, says), tall, width));
        out.extend(std::iter::repeat_n(Line::default(), air));
    }
    if shown < series.len() {
        let more = format!("  and {} more", series.len() - shown);
        out.push(Line::styled(ink.cut(&more, width), ink.theme.muted));
    }
    let known =
        |column| series.iter().any(|row| grid.column(&row.points, column, f64::max).is_some());
    let mut axis = grid.line(ink, known);
    axis.spans.insert(0, Span::raw(" ".repeat(name + 3)));
    out.push(axis);
    out
}

fn is_hot(row: &Series) -> bool {
    matches!(row.tone, Tone::Bad | Tone::Warn)
}

/// How many there were, and where it is more than usual how many at once.
fn said(row: &Series, width: usize) -> String {
    let known = || row.points.iter().flatten().copied().filter(|point| point.is_finite());
    let total = numbers::short(known().sum());
    match row.usual.filter(|_| is_hot(row) && width >= SAYS) {
        Some(usual) => {
            let peak = numbers::short(known().fold(0.0, f64::max));
            format!("{total}  peak {peak}, usual {}", numbers::short(usual))
        }
        None => total,
    }
}

fn drawn(
    ink: &Ink,
    grid: &Grid,
    row: &Series,
    (name, says): (usize, usize),
    tall: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let style = cells::said(ink, if is_hot(row) { row.tone } else { Tone::Plain });
    let mark = if is_hot(row) { ink.glyphs.up() } else { " " };
    let values: Vec<Option<f64>> =
        (0..grid.columns).map(|column| grid.column(&row.points, column, f64::max)).collect();
    // A row that never had more than usual, or more than a few, does not fill its height.
    let least = row.usual.filter(|usual| usual.is_finite()).unwrap_or(0.0).max(FEW);
    let most = values.iter().flatten().copied().fold(least, f64::max);
    let usual = row.usual.unwrap_or(f64::INFINITY);
    let mut lines = Vec::new();
    for level in (0..tall).rev() {
        let mut line = if level == 0 {
            let text = fill(&row.name, name, ink.glyphs.ellipsis());
            let style = cells::level(style);
            Line::from(vec![
                Span::styled(format!("{mark} "), style),
                Span::styled(text, style),
                Span::raw(" "),
            ])
        } else {
            Line::from(" ".repeat(name + 3))
        };
        for value in &values {
            let (text, style) = cell(ink, row, *value, (most, usual), (tall, level));
            cells::push(&mut line, text, style);
        }
        if level == 0 {
            let text = ink.cut(&said(row, width), says);
            line.spans.push(Span::styled(format!(" {text}"), cells::level(style)));
        }
        lines.push(line);
    }
    lines
}

/// One cell of a row: what is more than usual has the colour, or without colour the weight.
fn cell(
    ink: &Ink,
    row: &Series,
    value: Option<f64>,
    (most, usual): (f64, f64),
    (tall, level): (usize, usize),
) -> (&'static str, Style) {
    let Some(value) = value else { return (" ", ink.theme.plain) };
    if value <= 0.0 || most <= 0.0 {
        return (" ", ink.theme.plain);
    }
    let eighths = cells::eighths(value / most * cells::float(tall), level);
    let hot = is_hot(row) && value > usual;
    let style = if hot { cells::style(ink, row.tone) } else { ink.theme.plain };
    (cells::standing(ink, eighths), style)
}

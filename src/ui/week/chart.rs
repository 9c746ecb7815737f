//! Counts over time: what is good grows up from the axis, what is bad hangs down from it.
//!
//! ```text
//!  412 ▂▄▆███████▆▄▂   ▁▂▃▅▆▇████
//!      ██████████████▂▅██████████
//!      ───06:00──────12:00───────   the times stand in the axis
//!   37             ██▀              bad
//! ```
//!
//! So that one looks for anything below the line, also without colour. Both sides have one scale;
//! what is not nothing always takes a cell of its own.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::ui::ink::Ink;
use crate::ui::week::axis::Grid;
use crate::ui::week::{cells, numbers};
use crate::week::Window;
use crate::week::panel::{Series, Tone};

/// Cells at the left edge for the scale.
pub const GUTTER: usize = 6;

/// One column of the chart.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    good: f64,
    warn: f64,
    bad: f64,
    known: bool,
}

/// The scale: how many rows on each side, and how much a row is.
#[derive(Clone, Copy, Debug)]
struct Scale {
    up: usize,
    down: usize,
    row: f64,
}

/// The chart in so many cells and rows; the axis is one of the rows.
pub fn stacked(
    ink: &Ink,
    window: Window,
    series: &[Series],
    width: usize,
    rows: usize,
) -> Vec<Line<'static>> {
    let grid = Grid { window, columns: width.saturating_sub(GUTTER) };
    if grid.columns == 0 || rows < 2 {
        return Vec::new();
    }
    let columns: Vec<Column> =
        (0..grid.columns).map(|column| gathered(&grid, series, column)).collect();
    let most = |of: fn(&Column) -> f64| columns.iter().map(of).fold(0.0, f64::max);
    let (high, low) = (most(|column| column.good + column.warn), most(|column| column.bad));
    let scale = Scale::of(high, low, rows - 1);
    let mut lines = Vec::new();
    for row in (0..scale.up).rev() {
        let says =
            if row + 1 == scale.up && high > 0.0 { numbers::short(high) } else { String::new() };
        let cells = columns.iter().map(|column| up(ink, column, scale, row));
        lines.push(line(gutter(&says, ink.theme.muted), cells));
    }
    let mut axis = grid.line(ink, |column| columns.get(column).is_some_and(|it| it.known));
    axis.spans.insert(0, gutter("", ink.theme.muted));
    lines.push(axis);
    for row in 0..scale.down {
        let says = if row + 1 == scale.down { numbers::short(low) } else { String::new() };
        let cells = columns.iter().map(|column| down(ink, column, scale, row));
        lines.push(line(gutter(&says, ink.theme.bad), cells));
    }
    lines
}

/// What the parts are called, each with its sign.
pub fn legend(ink: &Ink, series: &[Series], width: usize) -> Line<'static> {
    let mut spans = vec![Span::raw(" ".repeat(GUTTER.min(width)))];
    for (place, part) in series.iter().enumerate() {
        if place > 0 {
            spans.push(Span::raw("   "));
        }
        let sign = match part.tone {
            Tone::Bad => cells::hanging(ink, 1),
            tone => cells::full(ink, tone),
        };
        spans.push(Span::styled(sign.to_owned(), cells::style(ink, part.tone)));
        let below = if part.tone == Tone::Bad { " (below the line)" } else { "" };
        spans.push(Span::styled(format!(" {}{below}", part.name), ink.theme.muted));
    }
    ink.ends(spans, Vec::new(), width)
}

impl Scale {
    fn of(high: f64, low: f64, rows: usize) -> Self {
        let down = if low <= 0.0 {
            0
        } else if high <= 0.0 {
            rows
        } else {
            let share = low / (high + low);
            let fair = (share * cells::float(rows)).round();
            cells::whole(fair).clamp(1, rows.saturating_sub(1).max(1)).min(rows)
        };
        let up = rows.saturating_sub(down);
        let of = |most: f64, rows: usize| if rows == 0 { 0.0 } else { most / cells::float(rows) };
        // One thing is at most a row high: what is rare has to look rare.
        Self { up, down, row: of(high, up).max(of(low, down)).max(1.0) }
    }
}

fn gathered(grid: &Grid, series: &[Series], column: usize) -> Column {
    let mut all = Column::default();
    for part in series {
        let Some(value) = grid.column(&part.points, column, |a, b| a + b) else { continue };
        all.known = true;
        match part.tone {
            Tone::Good | Tone::Plain => all.good += value.max(0.0),
            Tone::Warn => all.warn += value.max(0.0),
            Tone::Bad => all.bad += value.max(0.0),
        }
    }
    all
}

fn gutter(says: &str, style: Style) -> Span<'static> {
    Span::styled(format!("{says:>width$} ", width = GUTTER - 1), cells::level(style))
}

/// A row from its cells, runs of one style together.
fn line(first: Span<'static>, cells: impl Iterator<Item = (&'static str, Style)>) -> Line<'static> {
    let mut line = Line::from(first);
    for (text, style) in cells {
        cells::push(&mut line, text, style);
    }
    line
}

/// A cell above the axis, rows counted from it.
fn up(ink: &Ink, column: &Column, scale: Scale, row: usize) -> (&'static str, Style) {
    let rows = |value: f64| value / scale.row;
    let good = cells::style(ink, Tone::Good);
    if column.warn <= 0.0 {
        let eighths = cells::eighths(rows(column.good), row);
        return (cells::standing(ink, eighths), good);
    }
    // Whole cells, so that the two parts are told apart; at least one for what is to be looked at.
    let all = cells::whole(rows(column.good + column.warn).round()).clamp(1, scale.up.max(1));
    let base = cells::whole(rows(column.good).round()).min(all - 1);
    match row {
        row if row < base => (cells::full(ink, Tone::Good), good),
        row if row < all => (cells::full(ink, Tone::Warn), cells::style(ink, Tone::Warn)),
        _ => (" ", good),
    }
}

/// A cell below the axis, rows counted from it.
fn down(ink: &Ink, column: &Column, scale: Scale, row: usize) -> (&'static str, Style) {
    let style = cells::style(ink, Tone::Bad);
    if column.bad <= 0.0 {
        return (" ", style);
    }
    let halves = cells::whole((column.bad / scale.row * 2.0).round()).max(1);
    (cells::hanging(ink, halves.saturating_sub(row * 2)), style)
}

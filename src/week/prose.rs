//! How the first week stands, as lines of words.
//!
//! ```text
//! All deliveries answered; issuer_decline up since 14:20
//! launch acme, as at 2026-11-25 15:00 UTC, charts over 24h; …
//!
//! ✗ fail     Failed payments  issuer_decline is at 9 %
//!     failed          4.1 %  last 24 h
//!     issuer_decline ▁▁▁▂▁▁▁▁▁▁▂▁▁▅▇█
//!     crossed  issuer_decline up since 14:20 …
//! ```
//!
//! Printed by `golive watch --once` and said by the walk line by line, each with its own colours
//! and its own way of breaking lines. The rule it keeps: both say the same.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::launch::outcome::{Level, Outcome};
use crate::text::visible;
use crate::time::spoken;
use crate::week::panel::{Chart, Figure, Limit, Notice, Panel, Series, Unit};
use crate::week::picture::{Picture, Reading};
use crate::week::story::Spot;

/// Rows of a chart that are shown.
const ROWS: usize = 6;

/// Cells of a chart where no width is known, and at most.
const CELLS: usize = 48;

/// So many places of lines are named for each thing.
const PLACES: usize = 3;

/// The most cells that names in a table are padded to.
const NAME: usize = 46;

/// From nothing to the most: in blocks, in ASCII.
pub const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The same in ASCII.
pub const ASCII: [char; 8] = ['_', '.', ',', ':', '-', '=', '+', '#'];

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Nothing special.
    Plain,
    /// As it should be.
    Good,
    /// Wrong.
    Bad,
    /// To be looked at.
    Warn,
    /// Less important.
    Quiet,
    /// More important.
    Strong,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its pieces, one after the other.
    pub parts: Vec<(Ink, String)>,
    /// How far its later rows are indented where it is broken at words; `None` for a row of a table,
    /// which is not broken.
    pub hang: Option<usize>,
}

/// How it is to be said.
#[derive(Clone, Copy)]
pub struct Manner<'a> {
    /// What series are drawn with; without, their numbers are said.
    pub glyphs: Option<[char; 8]>,
    /// Whether an outcome has its mark beside its word.
    pub marks: bool,
    /// The width, where one is known.
    pub columns: Option<usize>,
    /// Where a line stands: `logs/events.jsonl:17`.
    pub place: &'a dyn Fn(&Spot) -> Option<String>,
}

impl Line {
    /// The text without its inks.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// Everything.
#[must_use]
pub fn lines(launch: &str, picture: &Picture, manner: &Manner<'_>) -> Vec<Line> {
    let mut lines = vec![
        prose(2, vec![(Ink::Strong, visible(&picture.sentence, 400))]),
        row(vec![(Ink::Quiet, about(launch, picture))]),
    ];
    for panel in &picture.panels {
        lines.push(Line::default());
        say_panel(&mut lines, panel, manner);
    }
    lines.push(Line::default());
    say_reading(&mut lines, &picture.reading);
    lines
}

fn row(parts: Vec<(Ink, String)>) -> Line {
    Line { parts, hang: None }
}

fn prose(hang: usize, parts: Vec<(Ink, String)>) -> Line {
    Line { parts, hang: Some(hang) }
}

fn plain(text: impl Into<String>) -> (Ink, String) {
    (Ink::Plain, text.into())
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0).min(most)
}

fn about(launch: &str, picture: &Picture) -> String {
    let launch = visible(launch, 80);
    let switched = picture.switched.map_or_else(
        || "no switch to live is recorded".to_owned(),
        |at| format!("switched to live {}", at.minute()),
    );
    let span = picture.window.span.word();
    format!("launch {launch}, as at {}, charts over {span}; {switched}", picture.at.minute())
}

fn say_panel(lines: &mut Vec<Line>, panel: &Panel, manner: &Manner<'_>) {
    let (mark, word, ink) = match panel.outcome {
        Outcome::Pass => ("✓ ", "pass", Ink::Good),
        Outcome::Fail => ("✗ ", "fail", Ink::Bad),
        Outcome::Unknown => ("? ", "unknown", Ink::Warn),
        Outcome::Waiting => ("… ", "waiting", Ink::Warn),
    };
    let mark = if manner.marks { mark } else { "" };
    lines.push(prose(
        4,
        vec![
            (ink, format!("{mark}{}", pad(word, 8))),
            plain(" "),
            (Ink::Strong, pad(panel.topic.title(), 16)),
            plain(format!(" {}", visible(&panel.sentence, 400))),
        ],
    ));
    let width = widest(panel.figures.iter().map(|figure| figure.title.as_str()), NAME);
    for figure in &panel.figures {
        let over = figure.over.as_deref().unwrap_or_default();
        let title = pad(&visible(&figure.title, 80), width);
        lines.push(row(vec![
            plain(format!("    {title}  {:>9}  ", number(figure))),
            (Ink::Quiet, visible(over, 60)),
        ]));
    }
    say_chart(lines, &panel.chart, manner);
    lines.extend(panel.limits.iter().map(limit));
    for notice in &panel.notices {
        say_notice(lines, notice, manner);
    }
    for list in panel.lists.iter().filter(|list| list.total > 0) {
        lines.push(row(vec![plain(format!("    {}: {}", visible(&list.title, 80), list.total))]));
    }
}

/// A figure as people read it.
fn number(figure: &Figure) -> String {
    let value = figure.value;
    match figure.unit {
        Unit::Count => format!("{value:.0}"),
        Unit::Ratio => format!("{:.2} %", value * 100.0),
        Unit::Seconds if value >= 60.0 => spoken(Duration::from_secs_f64(value.min(1e9))),
        Unit::Seconds => format!("{value:.1} s"),
        Unit::Days => format!("{value:.1} days"),
    }
}

/// A word, and what it is about, set off from it.
fn entry(ink: Ink, word: &str, says: &str) -> Line {
    prose(14, vec![plain("    "), (ink, pad(word, 9)), plain(format!(" {says}"))])
}

fn limit(limit: &Limit) -> Line {
    let (word, ink) = match limit.crossed {
        Some(true) => ("crossed", Ink::Bad),
        Some(false) => ("kept", Ink::Good),
        None => ("unknown", Ink::Quiet),
    };
    let (says, stands) = (visible(&limit.says, 200), visible(&limit.stands, 200));
    entry(ink, word, &format!("{says}: {stands}"))
}

fn say_notice(lines: &mut Vec<Line>, notice: &Notice, manner: &Manner<'_>) {
    let (word, ink) = match (notice.level, notice.until) {
        (_, Some(_)) => ("over", Ink::Quiet),
        (Level::Blocking, None) => ("CROSSED", Ink::Bad),
        (Level::Advisory, None) => ("look", Ink::Warn),
        (Level::Info, None) => ("note", Ink::Quiet),
    };
    lines.push(entry(ink, word, &visible(&notice.message, 1_000)));
    let more = [("probably", &notice.cause), ("do", &notice.hint)];
    for (word, text) in more.into_iter().filter_map(|(word, text)| Some((word, text.as_ref()?))) {
        lines.push(entry(Ink::Plain, word, &visible(text, 1_000)));
    }
    for place in notice.spots.iter().take(PLACES).filter_map(manner.place) {
        lines.push(row(vec![plain(format!("    {} ", pad("at", 9))), (Ink::Quiet, place)]));
    }
}

fn say_chart(lines: &mut Vec<Line>, chart: &Chart, manner: &Manner<'_>) {
    match chart {
        Chart::None => {}
        Chart::Stacked { unit, series } | Chart::Rows { unit, series } => {
            say_series(lines, unit, series, manner);
        }
        Chart::Funnel { stages } => {
            let width = widest(stages.iter().map(|stage| stage.name.as_str()), NAME);
            for stage in stages {
                let note = stage.note.as_deref().unwrap_or_default();
                let name = pad(&visible(&stage.name, 80), width);
                let says = format!("    {name}  {:>9}  {}", stage.count, visible(note, 80));
                lines.push(row(vec![plain(says.trim_end())]));
            }
        }
    }
}

fn say_series(lines: &mut Vec<Line>, unit: &str, series: &[Series], manner: &Manner<'_>) {
    let shown = series.iter().filter(|row| row.points.iter().flatten().any(|value| *value > 0.0));
    let shown: Vec<&Series> = shown.take(ROWS).collect();
    let width = widest(shown.iter().map(|row| row.name.as_str()), 30);
    let room = manner.columns.unwrap_or(4 + width + 2 + CELLS);
    let cells = room.saturating_sub(4 + width + 2 + 12).clamp(8, CELLS);
    let unit = visible(unit, 30);
    for series in shown {
        let most = series.points.iter().flatten().copied().fold(0.0, f64::max);
        let name = pad(&visible(&series.name, 60), width);
        let drawn =
            manner.glyphs.map(|glyphs| format!("{}  ", spark(&series.points, cells, glyphs)));
        let last = series.points.iter().rev().flatten().next().filter(|_| drawn.is_none());
        let last = last.map(|last| format!(", {last:.0} at the end")).unwrap_or_default();
        lines.push(row(vec![
            plain(format!("    {name}  {}", drawn.unwrap_or_default())),
            (Ink::Quiet, format!("most {most:.0} {unit}{last}")),
        ]));
    }
}

/// Points as one line of at most so many cells; several points in a cell show the most of them,
/// and what is not known is a gap.
fn spark(points: &[Option<f64>], cells: usize, glyphs: [char; 8]) -> String {
    let most = points.iter().flatten().copied().fold(0.0, f64::max);
    let each = points.len().div_ceil(cells.max(1)).max(1);
    let cell = |chunk: &[Option<f64>]| {
        let top = chunk.iter().flatten().copied().reduce(f64::max);
        let Some(top) = top else { return ' ' };
        let step = (0..7).find(|step| top <= most * f64::from(*step) / 7.0).unwrap_or(7);
        glyphs.get(step as usize).copied().unwrap_or(' ')
    };
    points.chunks(each).map(cell).collect()
}

fn say_reading(lines: &mut Vec<Line>, reading: &Reading) {
    let newest = reading
        .newest
        .map_or_else(|| "none is dated".to_owned(), |at| format!("the newest of {}", at.minute()));
    let read = if reading.lines == 1 { "line" } else { "lines" };
    let says = format!("read {} {read} ({}), {newest}", reading.lines, size(reading.bytes));
    lines.push(row(vec![plain(says)]));
    let odd = [
        (reading.garbage, "neither JSON nor of an access log"),
        (reading.too_long, "too long to be read"),
        (reading.undated, "without a date that can be read"),
        (reading.repeated, "of an event that came before"),
        (reading.test, "of the sandbox, not counted"),
        (reading.forged, "without a valid signature, not counted"),
    ];
    for (count, what) in odd.into_iter().filter(|(count, _)| *count > 0) {
        lines.push(row(vec![plain(format!("    {count:>9}  {what}"))]));
    }
    for source in &reading.sources {
        let ink = if source.good { Ink::Quiet } else { Ink::Warn };
        let (shown, state) = (visible(&source.shown, 200), visible(&source.state, 200));
        let says = plain(format!("    {} {shown}  ", pad(source.role, 11)));
        lines.push(row(vec![says, (ink, state)]));
    }
    let problem = |text: &String| entry(Ink::Warn, "problem", &visible(text, 400));
    lines.extend(reading.problems.iter().map(problem));
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCKS, spark};

    #[test]
    fn a_line_of_points_keeps_its_peaks_and_its_gaps() {
        let points = [Some(0.0), Some(1.0), None, None, Some(7.0), Some(3.0)];
        assert_eq!(spark(&points, 6, BLOCKS), "▁▂  █▄");
        assert_eq!(spark(&points, 3, BLOCKS), "▂ █");
        assert_eq!(spark(&[], 3, BLOCKS), "");
        assert_eq!(spark(&[Some(0.0), Some(0.0)], 3, BLOCKS), "▁▁");
    }
}

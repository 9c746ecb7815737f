//! How the first week stands, as lines for people.
//!
//! ```text
//! All deliveries answered; issuer_decline up since 14:20
//! launch acme, 2026-11-25 15:00 UTC, charts over 24h
//!
//! ✗ fail     Failed payments  issuer_decline is at 9 %
//!     failed          4.1 %  last 24 h
//!     issuer_decline ▁▁▁▂▁▁▁▁▁▁▂▁▁▅▇█
//!     crossed  issuer_decline up since 14:20 …
//! ```

use crate::cli::console::Console;
use crate::cli::paint::{self, Tone, pad};
use crate::cli::watch::once::Seen;
use crate::launch::outcome::Level;
use crate::text::visible;
use crate::week::panel::{Chart, Figure, Limit, Notice, Panel, Series, Unit};
use crate::week::picture::{Picture, Reading};

/// Rows of a chart that are shown.
const ROWS: usize = 6;

/// Cells of a chart where no width is known, and at most.
const CELLS: usize = 48;

/// From nothing to the most, in the terminal's own characters.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['_', '.', ',', ':', '-', '=', '+', '#'];

/// Shows it.
pub fn show(console: &mut Console, launch: &str, ascii: bool, seen: &Seen) {
    let paint = console.paint;
    let picture = &seen.picture;
    console.prose(paint.tone(Tone::Strong, visible(&picture.sentence, 400)), 2);
    console.say(paint.tone(Tone::Quiet, about(launch, picture)));
    for panel in &picture.panels {
        console.say("");
        show_panel(console, ascii, panel, seen);
    }
    console.say("");
    show_reading(console, &picture.reading);
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

fn show_panel(console: &mut Console, ascii: bool, panel: &Panel, seen: &Seen) {
    let paint = console.paint;
    let (glyph, word, tone) = paint::outcome(Some(panel.outcome));
    let head = paint.tone(tone, format!("{glyph} {}", pad(word, 8)));
    let title = paint.tone(Tone::Strong, pad(panel.topic.title(), 16));
    console.prose(format!("{head} {title} {}", visible(&panel.sentence, 400)), 4);
    let width = paint::widest(panel.figures.iter().map(|figure| figure.title.as_str())).min(40);
    for figure in &panel.figures {
        let over = figure.over.as_deref().unwrap_or_default();
        let line = format!(
            "    {}  {:>9}  {}",
            pad(&visible(&figure.title, 80), width),
            number(figure),
            paint.tone(Tone::Quiet, visible(over, 60))
        );
        console.say(line.trim_end());
    }
    show_chart(console, ascii, &panel.chart);
    for limit in &panel.limits {
        show_limit(console, limit);
    }
    for notice in &panel.notices {
        show_notice(console, notice, seen);
    }
    for list in panel.lists.iter().filter(|list| list.total > 0) {
        console.say(format!("    {}: {}", visible(&list.title, 80), list.total));
    }
}

/// A figure as people read it.
fn number(figure: &Figure) -> String {
    let value = figure.value;
    match figure.unit {
        Unit::Count => format!("{value:.0}"),
        Unit::Ratio => format!("{:.2} %", value * 100.0),
        Unit::Seconds => format!("{value:.1} s"),
        Unit::Days => format!("{value:.1} days"),
    }
}

fn show_limit(console: &mut Console, limit: &Limit) {
    let paint = console.paint;
    let (word, tone) = match limit.crossed {
        Some(true) => ("crossed", Tone::Bad),
        Some(false) => ("kept", Tone::Good),
        None => ("unknown", Tone::Quiet),
    };
    let (says, stands) = (visible(&limit.says, 200), visible(&limit.stands, 200));
    console.prose(format!("    {} {says}: {stands}", paint.tone(tone, pad(word, 9))), 14);
}

fn show_notice(console: &mut Console, notice: &Notice, seen: &Seen) {
    let paint = console.paint;
    let (word, tone) = match (notice.level, notice.until) {
        (_, Some(_)) => ("over", Tone::Quiet),
        (Level::Blocking, None) => ("CROSSED", Tone::Bad),
        (Level::Advisory, None) => ("look", Tone::Warn),
        (Level::Info, None) => ("note", Tone::Quiet),
    };
    let message = visible(&notice.message, 1_000);
    console.prose(format!("    {} {message}", paint.tone(tone, pad(word, 9))), 14);
    let more = [("probably", &notice.cause), ("do", &notice.hint)];
    for (word, text) in more.into_iter().filter_map(|(word, text)| Some((word, text.as_ref()?))) {
        console.prose(format!("    {} {}", pad(word, 9), visible(text, 1_000)), 14);
    }
    for line in notice.spots.iter().take(3).filter_map(|spot| seen.lines.get(spot)) {
        let number = line.line.map_or_else(String::new, |number| format!(":{number}"));
        let place = format!("{}{number}", visible(&line.file, 200));
        console.say(format!("    {} {}", pad("at", 9), paint.tone(Tone::Quiet, place)));
    }
}

fn show_chart(console: &mut Console, ascii: bool, chart: &Chart) {
    match chart {
        Chart::None => {}
        Chart::Stacked { unit, series } | Chart::Rows { unit, series } => {
            show_series(console, ascii, unit, series);
        }
        Chart::Funnel { stages } => {
            let width = paint::widest(stages.iter().map(|stage| stage.name.as_str())).min(40);
            for stage in stages {
                let note = stage.note.as_deref().unwrap_or_default();
                let name = pad(&visible(&stage.name, 80), width);
                let line = format!("    {name}  {:>9}  {}", stage.count, visible(note, 80));
                console.say(line.trim_end());
            }
        }
    }
}

fn show_series(console: &mut Console, ascii: bool, unit: &str, series: &[Series]) {
    let paint = console.paint;
    let shown = series.iter().filter(|row| row.points.iter().flatten().any(|value| *value > 0.0));
    let shown: Vec<&Series> = shown.take(ROWS).collect();
    let width = paint::widest(shown.iter().map(|row| row.name.as_str())).min(30);
    let room = console.columns().unwrap_or(4 + width + 2 + CELLS);
    let cells = room.saturating_sub(4 + width + 2 + 12).clamp(8, CELLS);
    for row in shown {
        let most = row.points.iter().flatten().copied().fold(0.0, f64::max);
        let line = spark(&row.points, cells, if ascii { ASCII } else { BLOCKS });
        let says = paint.tone(Tone::Quiet, format!("most {most:.0} {}", visible(unit, 30)));
        console.say(format!("    {}  {line}  {says}", pad(&visible(&row.name, 60), width)));
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

fn show_reading(console: &mut Console, reading: &Reading) {
    let paint = console.paint;
    let lines = paint::count(usize::try_from(reading.lines).unwrap_or(usize::MAX), "line");
    let newest = reading
        .newest
        .map_or_else(|| "none is dated".to_owned(), |at| format!("the newest of {}", at.minute()));
    console.say(format!("read {lines} ({}), {newest}", size(reading.bytes)));
    let odd = [
        (reading.garbage, "neither JSON nor of an access log"),
        (reading.too_long, "too long to be read"),
        (reading.undated, "without a date that can be read"),
        (reading.repeated, "of an event that came before"),
        (reading.test, "of the sandbox, not counted"),
        (reading.forged, "without a valid signature, not counted"),
    ];
    for (count, what) in odd.into_iter().filter(|(count, _)| *count > 0) {
        console.say(format!("    {count:>9}  {what}"));
    }
    for source in &reading.sources {
        let tone = if source.good { Tone::Quiet } else { Tone::Warn };
        let (shown, state) = (visible(&source.shown, 200), visible(&source.state, 200));
        console.say(format!("    {} {shown}  {}", pad(source.role, 11), paint.tone(tone, state)));
    }
    for problem in &reading.problems {
        let word = paint.tone(Tone::Warn, pad("problem", 9));
        console.prose(format!("    {word} {}", visible(problem, 400)), 14);
    }
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

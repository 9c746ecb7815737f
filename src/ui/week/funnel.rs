//! Stages, each a part of the one before: a bar for each, with its count.
//!
//! ```text
//!   active                  ██████████████████████»»  1,204
//! ▲ past due, retry 2 next  ▒▒▒▒▌                         7   3 within 2 days
//! ✗ cancelled               ███▎                          5
//! ```

use ratatui::text::{Line, Span};

use crate::launch::outcome::Outcome;
use crate::ui::ink::Ink;
use crate::ui::text::{fill, width as cells_of};
use crate::ui::week::{cells, numbers};
use crate::week::panel::{Stage, Tone};

/// The funnel in so many cells and lines.
pub fn funnel(ink: &Ink, stages: &[Stage], width: usize, lines: usize) -> Vec<Line<'static>> {
    let room = lines.max(1);
    let shown = if stages.len() > room { room - 1 } else { stages.len() };
    let named = stages.iter().map(|stage| cells_of(&stage.name)).max().unwrap_or(0);
    let name = named.min((width * 2 / 5).max(8));
    let count = stages.iter().map(|stage| numbers::whole(stage.count).len()).max().unwrap_or(1);
    let noted = stages.iter().filter_map(|stage| stage.note.as_deref()).map(cells_of).max();
    let note = noted.map_or(0, |note| (note + 2).min(width / 4));
    let bar = width.saturating_sub(2 + name + 1 + 1 + count + note);
    let most = scale(stages);
    let airy = shown > 1 && shown * 2 <= room;
    let mut out = Vec::new();
    for stage in stages.iter().take(shown) {
        out.push(drawn(ink, stage, most, (name, bar, count, note)));
        if airy {
            out.push(Line::default());
        }
    }
    if shown < stages.len() {
        let more = format!("  and {} more", stages.len() - shown);
        out.push(Line::styled(ink.cut(&more, width), ink.theme.muted));
    }
    out
}

fn drawn(
    ink: &Ink,
    stage: &Stage,
    most: u64,
    (name, bar, count, note): (usize, usize, usize, usize),
) -> Line<'static> {
    let said = cells::level(cells::said(ink, stage.tone));
    let mark = match stage.tone {
        Tone::Bad => ink.glyphs.outcome(Outcome::Fail),
        Tone::Warn => ink.glyphs.up(),
        Tone::Good | Tone::Plain => " ",
    };
    let mut line = Line::from(vec![
        Span::styled(format!("{mark} "), said),
        Span::styled(fill(&stage.name, name, ink.glyphs.ellipsis()), ink.theme.plain),
        Span::raw(" "),
    ]);
    let style = cells::style(ink, stage.tone);
    for cell in cells_of_bar(ink, stage, most, bar) {
        cells::push(&mut line, cell, style);
    }
    line.spans.push(Span::styled(format!(" {:>count$}", numbers::whole(stage.count)), said));
    if let Some(text) = &stage.note {
        let text = ink.cut(&format!("  {text}"), note);
        line.spans.push(Span::styled(text, ink.theme.muted));
    }
    line
}

/// The count that fills a bar. Where one stage dwarfs the others they are measured by the largest of
/// themselves, and its bar is cut off.
fn scale(stages: &[Stage]) -> u64 {
    let mut counts: Vec<u64> = stages.iter().map(|stage| stage.count).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    match counts.as_slice() {
        [first, second, ..] if *second > 0 && *first / 8 > *second => second.saturating_mul(2),
        [first, ..] => *first,
        [] => 0,
    }
}

/// The bar; a stage with anyone in it has at least an eighth of a cell.
fn cells_of_bar(ink: &Ink, stage: &Stage, most: u64, bar: usize) -> Vec<&'static str> {
    let eighths = if most == 0 || stage.count == 0 {
        0
    } else {
        let eighths = u128::from(stage.count) * (bar as u128) * 8 / u128::from(most);
        usize::try_from(eighths).unwrap_or(0).max(1)
    };
    if stage.count > most {
        let (cut, full) = (ink.glyphs.goes_on(), cells::full(ink, stage.tone));
        let rest = bar.saturating_sub(2);
        return std::iter::repeat_n(full, rest).chain([cut; 2]).take(bar).collect();
    }
    let cell = |at: usize| match eighths.saturating_sub(at * 8) {
        8.. => cells::full(ink, stage.tone),
        part => cells::lying(ink, part),
    };
    (0..bar).map(cell).collect()
}

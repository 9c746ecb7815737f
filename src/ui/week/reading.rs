//! The line at the bottom: what time is looked at, which logs are followed, how fresh they are,
//! what of them could not be read.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::ui::ink::Ink;
use crate::ui::text::{safe, width as cells_of};
use crate::ui::week::numbers;
use crate::week::{Look, Picture, Sight};

/// The line: as much as there is room for, what is wrong with a log first.
pub fn line(
    ink: &Ink,
    sight: &Sight,
    picture: &Picture,
    look: Look,
    width: usize,
) -> Line<'static> {
    let style = if look.until.is_some() { ink.theme.warn } else { ink.theme.accent };
    let mut spans = vec![Span::styled(numbers::range(look), style)];
    let mut used: usize = spans.iter().map(Span::width).sum();
    let between = format!("  {}  ", ink.glyphs.dot());
    for (text, style) in said(ink, sight, picture) {
        let room = width.saturating_sub(used + cells_of(&between));
        let wrong = style == ink.theme.bad;
        if cells_of(&text) > room && !(wrong && room >= 20) {
            continue;
        }
        let text = ink.cut(&text, room);
        used += cells_of(&between) + cells_of(&text);
        spans.push(Span::styled(between.clone(), ink.theme.muted));
        spans.push(Span::styled(text, style));
    }
    ink.ends(spans, Vec::new(), width)
}

/// What there is to say, most pressing first.
fn said(ink: &Ink, sight: &Sight, picture: &Picture) -> Vec<(String, Style)> {
    let (theme, reading) = (&ink.theme, &picture.reading);
    let mut said: Vec<(String, Style)> = Vec::new();
    said.extend(sight.trouble.iter().map(|trouble| (safe(trouble), theme.bad)));
    for source in reading.sources.iter().filter(|source| !source.good) {
        said.push((format!("{}: {}", safe(&source.shown), safe(&source.state)), theme.bad));
    }
    said.extend(reading.problems.iter().map(|problem| (safe(problem), theme.bad)));
    if let Some(newest) = reading.newest {
        said.push((format!("newest line {}", age(newest, picture)), theme.muted));
    }
    let odd = reading.garbage.saturating_add(reading.too_long);
    let counts =
        [(odd, "not readable"), (reading.undated, "without a time"), (reading.forged, "forged")];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        said.push((format!("{} {what}", numbers::whole(count)), theme.warn));
    }
    let good = reading.sources.iter().filter(|source| source.good).count();
    said.push(match (good, reading.sources.len()) {
        (_, 0) => ("no log is configured".to_owned(), theme.warn),
        (1, _) => ("1 log followed".to_owned(), theme.muted),
        (good, _) => (format!("{good} logs followed"), theme.muted),
    });
    if reading.lines > 0 {
        said.push((format!("{} lines", numbers::whole(reading.lines)), theme.muted));
    }
    said
}

/// `14:20:31`; with how long ago that was once it is more than a minute.
fn age(newest: crate::time::Timestamp, picture: &Picture) -> String {
    let ago = picture.at.since(newest).as_secs();
    let at = numbers::when(newest, picture.at);
    let at = at.trim_start();
    match ago {
        0..60 => at.to_owned(),
        60..7200 => format!("{at}, {} min ago", ago / 60),
        7200..172_800 => format!("{at}, {} h ago", ago / 3600),
        _ => format!("{at}, {} days ago", ago / 86_400),
    }
}

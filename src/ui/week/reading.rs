//! The line at the bottom: what time is looked at, which logs are followed, how fresh they are,
//! what of them could not be read.

use ratatui::text::{Line, Span};

use crate::ui::ink::Ink;
use crate::ui::text::safe;
use crate::ui::week::numbers;
use crate::week::{Look, Picture, Sight};

/// The line. What is wrong with a log stands first.
pub fn line(
    ink: &Ink,
    sight: &Sight,
    picture: &Picture,
    look: Look,
    width: usize,
) -> Line<'static> {
    let theme = &ink.theme;
    let reading = &picture.reading;
    let style = if look.until.is_some() { theme.warn } else { theme.accent };
    let mut spans = vec![Span::styled(numbers::range(look), style)];
    let mut say = |text: String, style| {
        spans.push(Span::styled(format!("  {}  ", ink.glyphs.dot()), theme.muted));
        spans.push(Span::styled(text, style));
    };
    if let Some(trouble) = &sight.trouble {
        say(safe(trouble), theme.bad);
    }
    for source in reading.sources.iter().filter(|source| !source.good) {
        say(format!("{}: {}", safe(&source.shown), safe(&source.state)), theme.bad);
    }
    for problem in &reading.problems {
        say(safe(problem), theme.bad);
    }
    let good = reading.sources.iter().filter(|source| source.good).count();
    match (good, reading.sources.len()) {
        (_, 0) => say("no log is configured".to_owned(), theme.warn),
        (1, _) => say("1 log followed".to_owned(), theme.muted),
        (good, _) => say(format!("{good} logs followed"), theme.muted),
    }
    if let Some(newest) = reading.newest {
        say(format!("newest line {}", age(newest, picture)), theme.muted);
    }
    if reading.lines > 0 {
        say(format!("{} lines", numbers::whole(reading.lines)), theme.muted);
    }
    let odd = reading.garbage.saturating_add(reading.too_long);
    if odd > 0 {
        say(format!("{} not readable", numbers::whole(odd)), theme.warn);
    }
    for (count, what) in [(reading.undated, "without a time"), (reading.forged, "forged")] {
        if count > 0 {
            say(format!("{} {what}", numbers::whole(count)), theme.warn);
        }
    }
    ink.ends(spans, Vec::new(), width)
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

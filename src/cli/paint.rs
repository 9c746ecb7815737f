//! Colour, glyph and width for lines of text; a glyph is never the only sign of a state.

use unicode_width::UnicodeWidthStr;

use crate::launch::outcome::Outcome;
use crate::launch::standing::{StepState, VerdictKind};

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
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

/// Writes colours, or leaves them out.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// With or without colours.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Self { on }
    }

    /// Whether colours are written.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.on
    }

    /// The text in that tone.
    #[must_use]
    pub fn tone(self, tone: Tone, text: impl AsRef<str>) -> String {
        let text = text.as_ref();
        let code = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Good => "32",
            Tone::Bad => "1;31",
            Tone::Warn => "33",
            Tone::Quiet => "2",
            Tone::Strong => "1",
        };
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Glyph, word and tone of a step's state.
#[must_use]
pub fn state(state: StepState) -> (&'static str, &'static str, Tone) {
    let (glyph, tone) = match state {
        StepState::Locked => ("▫", Tone::Quiet),
        StepState::Open => ("○", Tone::Plain),
        StepState::Running => ("▸", Tone::Plain),
        StepState::Waiting => ("…", Tone::Warn),
        StepState::Failed => ("✗", Tone::Bad),
        StepState::Unknown => ("?", Tone::Warn),
        StepState::Ready => ("◆", Tone::Strong),
        StepState::Done => ("✓", Tone::Good),
        StepState::Waived => ("~", Tone::Warn),
        StepState::NotApplicable => ("–", Tone::Quiet),
        StepState::Stale => ("↻", Tone::Warn),
    };
    (glyph, state.word(), tone)
}

/// Glyph, word and tone of a check's outcome; `None` is a step without checks.
#[must_use]
pub fn outcome(outcome: Option<Outcome>) -> (&'static str, &'static str, Tone) {
    match outcome {
        Some(Outcome::Pass) => ("✓", "pass", Tone::Good),
        Some(Outcome::Fail) => ("✗", "fail", Tone::Bad),
        Some(Outcome::Unknown) => ("?", "unknown", Tone::Warn),
        Some(Outcome::Waiting) => ("…", "waiting", Tone::Warn),
        None => ("○", "manual", Tone::Quiet),
    }
}

/// The tone of a verdict.
#[must_use]
pub fn verdict(kind: VerdictKind) -> Tone {
    match kind {
        VerdictKind::Go => Tone::Good,
        VerdictKind::NoGo => Tone::Bad,
        VerdictKind::GoWithRisks | VerdictKind::NotYet => Tone::Warn,
    }
}

/// The text, filled with spaces to `width` columns.
#[must_use]
pub fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// A text broken at spaces into lines of at most `columns` cells, the later ones indented by
/// `indent`; in one line where no width is known.
#[must_use]
pub fn hang(text: &str, indent: usize, columns: Option<usize>) -> String {
    let Some(columns) = columns.filter(|columns| *columns > indent * 2) else {
        return text.to_owned();
    };
    let mut out = String::new();
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let wide = cells(word.trim_end());
        if used > indent && used + wide > columns {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        }
        out.push_str(word);
        used += cells(word);
    }
    out
}

/// The cells that a text takes, without its colours.
fn cells(text: &str) -> usize {
    let mut wide = 0;
    let mut rest = text;
    while let Some((plain, coded)) = rest.split_once('\x1b') {
        wide += plain.width();
        rest = coded.split_once('m').map_or("", |(_, after)| after);
    }
    wide + rest.width()
}

/// The width of the widest text.
pub fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// `1 step`, `3 steps`.
#[must_use]
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_broken_between_words_and_hangs_whatever_its_colours() {
        let plain = "    fail one two three four";
        assert_eq!(hang(plain, 6, Some(16)), "    fail one two\n      three four");
        let coloured = "    \x1b[1;31mfail\x1b[0m one two three four";
        let broken = "    \x1b[1;31mfail\x1b[0m one two\n      three four";
        assert_eq!(hang(coloured, 6, Some(16)), broken);
        assert_eq!(hang(plain, 6, None), plain);
        assert_eq!(hang("averyveryverylongword", 2, Some(8)), "averyveryverylongword");
    }
}

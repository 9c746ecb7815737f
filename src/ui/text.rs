//! Text and cells: width, cutting, wrapping. The only place that measures text.
//!
//! All of it counts cells of whole graphemes, so that CJK and combining characters neither break a
//! column nor are cut in half.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::text::visible;

/// The longest text drawn in one piece; a screen holds far less.
const LONGEST: usize = 20_000;

/// How many cells a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// Outside text as one safe line.
#[must_use]
pub fn safe(text: &str) -> String {
    let flat = text.trim_end().replace(['\n', '\r', '\t'], " ");
    visible(&flat, LONGEST)
}

/// At most `cells` of a text; what was cut is replaced by `ellipsis`.
#[must_use]
pub fn cut(text: &str, cells: usize, ellipsis: &str) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let room = cells.saturating_sub(width(ellipsis));
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used > room {
            break;
        }
        out.push_str(grapheme);
    }
    if width(ellipsis) <= cells {
        out.truncate(out.trim_end().len());
        out.push_str(ellipsis);
    }
    out
}

/// A text cut or filled with spaces to exactly `cells`.
#[must_use]
pub fn fill(text: &str, cells: usize, ellipsis: &str) -> String {
    let mut out = cut(text, cells, ellipsis);
    let missing = cells.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// A piece of text that is not broken, unless it is wider than a line.
struct Word {
    pieces: Vec<(String, Style)>,
    cells: usize,
    spaced: bool,
}

/// Breaks styled text into lines of at most `cells`; the first begins with `first`, the others
/// with `rest`.
#[must_use]
pub fn wrap(
    spans: &[(String, Style)],
    cells: usize,
    first: &Line<'static>,
    rest: &str,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut line = first.clone();
    let mut used = first.width();
    let mut begun = false;
    for word in words(spans) {
        let gap = usize::from(word.spaced && begun);
        if begun && used + gap + word.cells > cells {
            lines.push(std::mem::replace(&mut line, Line::from(rest.to_owned())));
            used = width(rest);
        } else if gap == 1 {
            let style = word.pieces.first().map_or(Style::new(), |(_, style)| *style);
            push(&mut line, " ", style);
            used += 1;
        }
        begun = true;
        for (text, style) in word.pieces {
            for grapheme in text.graphemes(true) {
                let wide = width(grapheme);
                if used + wide > cells && used > width(rest) {
                    lines.push(std::mem::replace(&mut line, Line::from(rest.to_owned())));
                    used = width(rest);
                }
                push(&mut line, grapheme, style);
                used += wide;
            }
        }
    }
    lines.push(line);
    lines
}

fn push(line: &mut Line<'static>, text: &str, style: Style) {
    match line.spans.last_mut() {
        Some(last) if last.style == style => last.content.to_mut().push_str(text),
        _ => line.spans.push(Span::styled(text.to_owned(), style)),
    }
}

fn words(spans: &[(String, Style)]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut fresh = true;
    let mut spaced = false;
    for (text, style) in spans {
        for grapheme in text.graphemes(true) {
            if grapheme.chars().all(char::is_whitespace) {
                (fresh, spaced) = (true, true);
                continue;
            }
            let cells = width(grapheme);
            // CJK has no spaces; a line may break before and after each character.
            let breaks = fresh || cells > 1;
            if breaks {
                words.push(Word { pieces: Vec::new(), cells: 0, spaced });
            }
            if let Some(word) = words.last_mut() {
                word.cells += cells;
                match word.pieces.last_mut() {
                    Some((piece, styled)) if styled == style => piece.push_str(grapheme),
                    _ => word.pieces.push((grapheme.to_owned(), *style)),
                }
            }
            (fresh, spaced) = (cells > 1, false);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(lines: &[Line<'_>]) -> Vec<String> {
        lines.iter().map(ToString::to_string).collect()
    }

    fn wrapped(text: &str, cells: usize) -> Vec<String> {
        plain(&wrap(&[(text.to_owned(), Style::new())], cells, &Line::default(), ""))
    }

    #[test]
    fn words_are_kept_whole_and_long_ones_are_broken() {
        assert_eq!(wrapped("who signs what", 9), ["who signs", "what"]);
        assert_eq!(wrapped("https://pay.example/hook", 10), ["https://pa", "y.example/", "hook"]);
        assert_eq!(wrapped("", 9), [""]);
    }

    #[test]
    fn wide_characters_break_anywhere_and_count_two_cells() {
        assert_eq!(wrapped("支払いの確認", 5), ["支払", "いの", "確認"]);
        assert_eq!(cut("支払いの確認", 6, "…"), "支払…");
        assert_eq!(width(&fill("支払", 7, "…")), 7);
    }

    #[test]
    fn later_lines_are_indented() {
        let first = Line::from("• ");
        let lines = wrap(&[("one two three".to_owned(), Style::new())], 7, &first, "  ");
        assert_eq!(plain(&lines), ["• one", "  two", "  three"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in ".{0,200}", cells in 2usize..80) {
            let shown = safe(&text);
            for line in wrapped(&shown, cells) {
                prop_assert!(width(&line) <= cells, "{line:?}");
            }
            prop_assert!(width(&cut(&shown, cells, "…")) <= cells);
        }
    }
}

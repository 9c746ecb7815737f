//! What stands above all: how it is, in one sentence, as large as there is room for.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::launch::outcome::{Level, Outcome};
use crate::ui::banner;
use crate::ui::ink::{Ink, Page};
use crate::week::Picture;

/// From this size on the sentence is written in letters of blocks.
const ROOM: (usize, usize) = (150, 40);
/// So many lines of large letters at most.
const MOST: usize = 3;

/// The sentence in lines of so many cells.
pub fn lines(ink: &Ink, picture: &Picture, width: usize, height: usize) -> Vec<Line<'static>> {
    let (outcome, style) = tone(ink, picture);
    if width >= ROOM.0 && height >= ROOM.1 {
        let large = banner::text(&picture.sentence, width, MOST, ink.glyphs);
        if let Some(rows) = large {
            let style = super::cells::level(style);
            return rows.into_iter().map(|row| Line::styled(row, style)).collect();
        }
    }
    let mark = Span::styled(format!("{} ", ink.glyphs.outcome(outcome)), style);
    let mut page = Page::new(ink, width);
    let first = Line::from(mark);
    page.spans(&[(crate::ui::text::safe(&picture.sentence), style)], &first, "  ");
    let most = if height >= 18 { 2 } else { 1 };
    if page.lines.len() > most {
        let text = format!("{} {}", ink.glyphs.outcome(outcome), picture.sentence);
        let cut = ink.cut(&crate::ui::text::safe(&text), (width * most).saturating_sub(4));
        page.lines.clear();
        page.spans(&[(cut, style)], &Line::default(), "  ");
        page.lines.truncate(most);
    }
    page.lines
}

/// How it is: what is crossed outweighs what is worth a look, that what is not known.
fn tone(ink: &Ink, picture: &Picture) -> (Outcome, Style) {
    let theme = &ink.theme;
    let outcome = picture.outcome();
    let looks = picture.panels.iter().flat_map(|panel| &panel.notices);
    let mut looks = looks.filter(|it| it.level == Level::Advisory && it.until.is_none());
    let style = if picture.crossed().next().is_some() || outcome == Outcome::Fail {
        theme.bad
    } else if looks.next().is_some() || outcome == Outcome::Unknown {
        theme.warn
    } else {
        theme.outcome(outcome)
    };
    (outcome, style.add_modifier(ratatui::style::Modifier::BOLD))
}

//! One thing that is looked into, and what the logs say of it, on both sides where there are two.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::Layout;
use crate::app::week::{About, Lines};
use crate::events::feed::Quoted;
use crate::ui::ink::{Ink, Page};
use crate::ui::scroll;
use crate::ui::text::{fill, safe};

/// Draws it.
pub fn draw(
    ink: &Ink,
    about: &About,
    quoted: &Lines,
    scrolled: usize,
    frame: &mut Frame,
    area: Rect,
) -> Layout {
    let mut page = Page::new(ink, usize::from(area.width).saturating_sub(2));
    let theme = &ink.theme;
    page.para(&about.what, theme.strong, 0);
    if let Some(at) = about.at {
        page.para(&at.minute(), theme.muted, 0);
    }
    for more in &about.says {
        page.para(more, theme.plain, 0);
    }
    match quoted {
        _ if about.spots.is_empty() => {
            page.gap();
            page.para("No single line of a log stands behind this.", theme.muted, 0);
        }
        Lines::Asked(_) => {
            page.gap();
            page.para("Reading its lines again.", theme.muted, 0);
        }
        Lines::Read(lines) if lines.is_empty() => {
            page.gap();
            page.para("Its lines are not in the logs any more.", theme.warn, 0);
        }
        Lines::Read(lines) => {
            lines.iter().for_each(|line| self::line(line, &mut page));
            let gone = about.spots.len().saturating_sub(lines.len());
            if gone > 0 {
                page.gap();
                page.para(&format!("{gone} more are not in the logs any more."), theme.muted, 0);
            }
        }
    }
    scroll::lines(ink, frame, area, &page.lines, scrolled);
    Layout { body: Some((area, page.lines.len())), ..Layout::default() }
}

/// A line: where it stands, what it names, what it says.
fn line(quoted: &Quoted, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let number = quoted.line.map(|line| format!(":{line}")).unwrap_or_default();
    page.heading(&format!("{}{number}", safe(&quoted.file)));
    let column = quoted.ids.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
    for (name, value) in &quoted.ids {
        let name = Span::styled(fill(name, column, ""), theme.muted);
        page.spans(&[(safe(value), theme.strong)], &Line::from(name), &" ".repeat(column));
    }
    let bar = format!("{} ", page.ink.glyphs.bar());
    let first = Line::from(Span::styled(bar.clone(), theme.rule));
    page.spans(&[(safe(&quoted.text), theme.plain)], &first, &bar);
}

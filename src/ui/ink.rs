//! What every draw function needs: styles, symbols, and a page to write lines on.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::screen::Look;
use crate::ui::glyphs::Glyphs;
use crate::ui::text::{self, safe};
use crate::ui::theme::Theme;

/// Styles and symbols in force.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    /// Styles by role.
    pub theme: Theme,
    /// Symbols.
    pub glyphs: Glyphs,
}

impl Ink {
    /// What the look asks for.
    #[must_use]
    pub fn of(look: Look) -> Self {
        Self { theme: Theme::of(look.theme), glyphs: Glyphs::new(look.ascii) }
    }

    /// A text cut to so many cells.
    #[must_use]
    pub fn cut(&self, text: &str, cells: usize) -> String {
        text::cut(text, cells, self.glyphs.ellipsis())
    }

    /// A thin rule of so many cells.
    #[must_use]
    pub fn rule(&self, cells: usize) -> Line<'static> {
        Line::styled(self.glyphs.horizontal().repeat(cells), self.theme.rule)
    }

    /// A line with something at its left end and something at its right end; the left gives way.
    #[must_use]
    pub fn ends(
        &self,
        left: Vec<Span<'static>>,
        right: Vec<Span<'static>>,
        cells: usize,
    ) -> Line<'static> {
        let right_cells: usize = right.iter().map(Span::width).sum();
        let room = cells.saturating_sub(right_cells + usize::from(right_cells > 0));
        let mut spans = Vec::new();
        let mut used = 0;
        for span in left {
            let cut = self.cut(&span.content, room.saturating_sub(used));
            used += text::width(&cut);
            let whole = cut == span.content;
            spans.push(Span::styled(cut, span.style));
            if !whole {
                // What is cut is cut once.
                break;
            }
        }
        if right_cells > 0 && right_cells <= cells {
            spans.push(Span::raw(" ".repeat(cells.saturating_sub(used + right_cells))));
            spans.extend(right);
        }
        Line::from(spans)
    }
}

/// Lines of text as wide as a pane, written from top to bottom.
#[derive(Debug)]
pub struct Page<'a> {
    /// Styles and symbols.
    pub ink: &'a Ink,
    /// Cells per line.
    pub width: usize,
    /// What has been written.
    pub lines: Vec<Line<'static>>,
    /// Behind the last heading: what comes next stands right below it.
    below_heading: usize,
}

impl<'a> Page<'a> {
    /// An empty page.
    #[must_use]
    pub fn new(ink: &'a Ink, width: usize) -> Self {
        Self { ink, width, lines: Vec::new(), below_heading: 0 }
    }

    /// A blank line, unless there is one already or nothing to be kept apart from.
    pub fn gap(&mut self) {
        let fresh = self.lines.len() == self.below_heading;
        if !fresh && self.lines.last().is_some_and(|line| line.width() > 0) {
            self.lines.push(Line::default());
        }
    }

    /// A heading with air above.
    pub fn heading(&mut self, title: &str) {
        self.gap();
        self.lines.push(Line::styled(title.to_owned(), self.ink.theme.muted));
        self.below_heading = self.lines.len();
    }

    /// A line as it is.
    pub fn line(&mut self, line: impl Into<Line<'static>>) {
        self.lines.push(line.into());
    }

    /// Outside text, wrapped; each of its paragraphs begins a new line.
    pub fn para(&mut self, text: &str, style: Style, indent: usize) {
        let pad = " ".repeat(indent);
        for paragraph in text.lines().filter(|line| !line.trim().is_empty()) {
            self.spans(&[(safe(paragraph), style)], &Line::from(pad.clone()), &pad);
        }
    }

    /// Outside text after a mark, wrapped, hanging behind the mark.
    pub fn item(&mut self, mark: Span<'static>, text: &str, style: Style, indent: usize) {
        let pad = " ".repeat(indent);
        let rest = " ".repeat(indent + mark.width() + 1);
        let first = Line::from(vec![Span::raw(pad), mark, Span::raw(" ")]);
        self.spans(&[(safe(text), style)], &first, &rest);
    }

    /// Styled text, wrapped.
    pub fn spans(&mut self, spans: &[(String, Style)], first: &Line<'static>, rest: &str) {
        self.lines.extend(text::wrap(spans, self.width, first, rest));
    }

    /// Something at the left end and something at the right end.
    pub fn ends(&mut self, left: Vec<Span<'static>>, right: Vec<Span<'static>>) {
        self.lines.push(self.ink.ends(left, right, self.width));
    }
}

/// The area without so many columns at each side.
#[must_use]
pub fn inset(area: Rect, columns: u16) -> Rect {
    let width = area.width.saturating_sub(columns.saturating_mul(2));
    Rect { x: area.x.saturating_add(columns.min(area.width)), width, ..area }
}

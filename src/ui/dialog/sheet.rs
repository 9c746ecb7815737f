//! The box of a dialog: title, lines that scroll, a last line that stays.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use crate::ui::ink::{Ink, inset};
use crate::ui::scroll;

/// What a dialog shows.
#[derive(Debug)]
pub struct Sheet {
    /// On the upper border.
    pub title: String,
    /// The style of title and border.
    pub style: Style,
    /// The text.
    pub lines: Vec<Line<'static>>,
    /// The buttons or keys at the bottom.
    pub foot: Line<'static>,
    /// Cells per line of text.
    pub width: usize,
    /// Where the text cursor is: line and cell.
    pub cursor: Option<(usize, usize)>,
    /// The first line in view; the one with the cursor is always in view.
    pub scroll: usize,
    /// Lines to read above that.
    pub above: usize,
}

impl Sheet {
    /// Draws it in the middle: its text's area and how many lines there are.
    pub fn draw(self, ink: &Ink, frame: &mut Frame) -> (Rect, usize) {
        let screen = frame.area();
        let clamp = |cells: usize, most: u16| u16::try_from(cells).unwrap_or(u16::MAX).min(most);
        // Border, a column of air and one for the scrollbar; border, air, foot.
        let width = clamp(self.width + 6, screen.width);
        let height = clamp(self.lines.len() + 5, screen.height);
        let area = screen.centered(Constraint::Length(width), Constraint::Length(height));
        frame.render_widget(Clear, area);
        frame.buffer_mut().set_style(area, Style::reset());
        let title = Line::from(vec![Span::styled(format!(" {} ", self.title), self.style)]);
        let block = Block::bordered()
            .border_set(borders(ink))
            .border_style(if self.style == ink.theme.alarm {
                ink.theme.bad
            } else {
                ink.theme.muted
            })
            .title_top(title);
        let inner = inset(block.inner(area), 2);
        frame.render_widget(block, area);
        let [_, text, _, foot] = inner.layout(&Split::vertical([
            Constraint::Length(1),
            Constraint::Min(0),
            Constraint::Length(1),
            Constraint::Length(1),
        ]));
        frame.render_widget(&self.foot, foot);
        let rows = usize::from(text.height);
        let first = self.first(rows).saturating_sub(self.above);
        let bar = Rect { width: text.width + 1, ..text };
        scroll::lines(ink, frame, bar, &self.lines, first);
        if let Some((line, cell)) = self.cursor
            && let Some(row) = line.checked_sub(first).filter(|row| *row < rows)
        {
            let column = clamp(cell, text.width.saturating_sub(1));
            let row = clamp(row, text.height);
            frame.set_cursor_position(Position::new(text.x + column, text.y + row));
        }
        (text, self.lines.len())
    }

    fn first(&self, rows: usize) -> usize {
        let last = self.lines.len().saturating_sub(rows);
        let first = self.scroll.min(last);
        match self.cursor {
            // Two lines below the cursor stay in view: a field's help and what is wrong with it.
            Some((line, _)) => first.max((line + 3).saturating_sub(rows)).min(line).min(last),
            None => first,
        }
    }
}

fn borders(ink: &Ink) -> border::Set<'static> {
    if ink.glyphs.is_ascii() {
        border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        }
    } else {
        border::ROUNDED
    }
}

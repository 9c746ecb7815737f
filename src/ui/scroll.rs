//! A pane that scrolls: the lines in view, and a thin bar at its right edge.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Scrollbar, ScrollbarOrientation, ScrollbarState};

use crate::ui::ink::Ink;

/// Draws the lines from `first` on, never past the end, and the bar when not all are in view. The
/// last column belongs to the bar.
pub fn lines(ink: &Ink, frame: &mut Frame, area: Rect, lines: &[Line<'static>], first: usize) {
    let height = usize::from(area.height);
    let first = first.min(lines.len().saturating_sub(height));
    for (row, line) in area.rows().zip(lines.iter().skip(first)) {
        frame.render_widget(line, row);
    }
    if lines.len() > height {
        bar(ink, frame, area, first, lines.len());
    }
}

/// Draws the bar of a pane of which `total` lines exist and those from `first` on are in view.
pub fn bar(ink: &Ink, frame: &mut Frame, area: Rect, first: usize, total: usize) {
    if area.is_empty() {
        return;
    }
    let height = usize::from(area.height);
    let mut state = ScrollbarState::new(total.saturating_sub(height).saturating_add(1))
        .position(first)
        .viewport_content_length(height);
    let bar = Scrollbar::new(ScrollbarOrientation::VerticalRight)
        .begin_symbol(None)
        .end_symbol(None)
        .track_symbol(Some(" "))
        .thumb_symbol(ink.glyphs.thumb())
        .thumb_style(ink.theme.muted);
    frame.render_stateful_widget(bar, area, &mut state);
}

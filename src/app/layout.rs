//! What drawing learned about the screen, handed back so that `update` can use it.
//!
//! Made by `ui::draw`, kept with `Model::laid_out`: where a click lands, how far a pane scrolls.

use ratatui::layout::Rect;

/// Where things stood on the last frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The outline's rows: the area, and the number of the first row in it.
    pub outline: Option<(Rect, usize)>,
    /// The pane that scrolls: its area and how many lines it would need.
    pub body: Option<(Rect, usize)>,
    /// The dialog on top, if any.
    pub dialog: Option<(Rect, usize)>,
}

impl Layout {
    /// The last useful scroll offset of the pane that scrolls.
    #[must_use]
    pub fn body_end(&self) -> usize {
        self.body.map_or(0, |(area, lines)| lines.saturating_sub(usize::from(area.height)))
    }

    /// The last useful scroll offset of the dialog.
    #[must_use]
    pub fn dialog_end(&self) -> usize {
        self.dialog.map_or(0, |(area, lines)| lines.saturating_sub(usize::from(area.height)))
    }

    /// How many lines a page of the pane that scrolls has, one kept for orientation.
    #[must_use]
    pub fn page(&self) -> usize {
        self.body.map_or(10, |(area, _)| usize::from(area.height).saturating_sub(2).max(1))
    }
}

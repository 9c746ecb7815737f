//! One panel, large, with everything in it that can be looked into.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::text::{Line, Span};

use crate::app::Layout;
use crate::app::week::{Row, rows};
use crate::time::Timestamp;
use crate::ui::ink::{Ink, Page};
use crate::ui::scroll;
use crate::ui::text::safe;
use crate::ui::week::{numbers, panel};
use crate::week::Picture;
use crate::week::panel::{List, Panel};

/// Draws it; `selected` is the row with the cursor.
pub fn draw(
    ink: &Ink,
    picture: &Picture,
    panel: &Panel,
    selected: usize,
    frame: &mut Frame,
    area: Rect,
) -> Layout {
    let width = usize::from(area.width);
    let (lines, at) = selectable(ink, (panel, picture.at), selected, width);
    let most = area.height.saturating_sub(1) / if area.height < 24 { 3 } else { 2 };
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let below = wanted.min(most.max(3));
    let [above, rule, list] = area.layout(&Split::vertical([
        Constraint::Min(0),
        Constraint::Length(u16::from(below > 0)),
        Constraint::Length(below),
    ]));
    panel::draw(ink, picture, panel, true, frame, above);
    frame.render_widget(ink.rule(usize::from(rule.width)), rule);
    let height = usize::from(list.height);
    let first = at.saturating_sub(height.saturating_sub(1) / 2);
    scroll::lines(ink, frame, list, &lines, first);
    Layout { body: Some((list, lines.len())), ..Layout::default() }
}

/// What can be selected, the selected one with its words below it; the line of the selected one.
fn selectable(
    ink: &Ink,
    (panel, now): (&Panel, Timestamp),
    selected: usize,
    width: usize,
) -> (Vec<Line<'static>>, usize) {
    // A column stays free for the scrollbar.
    let width = width.saturating_sub(1);
    let mut page = Page::new(ink, width);
    let mut at = 0;
    for (number, row) in rows(panel).enumerate() {
        let mut line = match row {
            Row::Notice(notice) => panel::notice(ink, notice, now, width),
            Row::List(list) => self::list(ink, list, width),
        };
        if number == selected {
            at = page.lines.len();
            select(ink, &mut line, width);
        }
        page.line(line);
        if number == selected
            && let Row::Notice(notice) = row
        {
            page.para(&notice.message, ink.theme.plain, 2);
            for more in [&notice.cause, &notice.hint].into_iter().flatten() {
                page.para(more, ink.theme.muted, 2);
            }
        }
    }
    if page.lines.is_empty() {
        page.para("Nothing here to look into.", ink.theme.muted, 0);
    }
    (page.lines, at)
}

fn list(ink: &Ink, list: &List, width: usize) -> Line<'static> {
    let left = vec![
        Span::styled(format!("{} ", ink.glyphs.arrow()), ink.theme.accent),
        Span::styled(safe(&list.title), ink.theme.plain),
    ];
    ink.ends(left, vec![Span::styled(numbers::whole(list.total), ink.theme.strong)], width)
}

/// Marks a line as the one with the cursor, over its whole width.
pub fn select(ink: &Ink, line: &mut Line<'static>, width: usize) {
    let missing = width.saturating_sub(line.width());
    line.spans.push(Span::raw(" ".repeat(missing)));
    line.spans.iter_mut().for_each(|span| span.style = ink.theme.selected);
}

//! A list of things: when, what, how it stands.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::text::{Line, Span};

use crate::app::Layout;
use crate::time::Timestamp;
use crate::ui::ink::Ink;
use crate::ui::scroll;
use crate::ui::text::{fill, safe};
use crate::ui::week::{cells, large, numbers};
use crate::week::panel::{Item, List, Panel};

/// Draws it.
pub fn draw(
    ink: &Ink,
    now: Timestamp,
    (panel, list): (&Panel, &List),
    selected: usize,
    frame: &mut Frame,
    area: Rect,
) -> Layout {
    let [top, body] = area.layout(&Split::vertical([Constraint::Length(2), Constraint::Min(0)]));
    let width = usize::from(area.width);
    frame.render_widget(heading(ink, panel, list, width), top);
    let height = usize::from(body.height);
    let first = selected.saturating_sub(height / 2).min(list.items.len().saturating_sub(height));
    let width = width.saturating_sub(2);
    for (number, (place, item)) in body.rows().zip(list.items.iter().skip(first)).enumerate() {
        let mut line = row(ink, item, now, width);
        if first + number == selected {
            large::select(ink, &mut line, width);
        }
        frame.render_widget(line, place);
    }
    if list.items.len() > height {
        scroll::bar(ink, frame, body, first, list.items.len());
    }
    Layout { body: Some((body, list.items.len())), ..Layout::default() }
}

fn heading(ink: &Ink, panel: &Panel, list: &List, width: usize) -> Line<'static> {
    let left = vec![
        Span::styled(panel.topic.title(), ink.theme.muted),
        Span::styled(format!("  {}  ", ink.glyphs.dot()), ink.theme.muted),
        Span::styled(safe(&list.title), ink.theme.strong),
    ];
    let shown = u64::try_from(list.items.len()).unwrap_or(u64::MAX);
    let total = numbers::whole(list.total);
    let count = if shown < list.total {
        format!("the first {} of {total}", numbers::whole(shown))
    } else {
        total
    };
    ink.ends(left, vec![Span::styled(count, ink.theme.muted)], width)
}

fn row(ink: &Ink, item: &Item, now: Timestamp, width: usize) -> Line<'static> {
    let what = (width * 3 / 10).clamp(12, 44);
    let says = cells::level(cells::said(ink, item.tone));
    let left = vec![
        Span::styled(format!("{}  ", numbers::when(item.at, now).trim_start()), ink.theme.muted),
        Span::styled(
            format!("{}  ", fill(&safe(&item.what), what, ink.glyphs.ellipsis())),
            ink.theme.plain,
        ),
        Span::styled(safe(&item.says), says),
    ];
    ink.ends(left, Vec::new(), width)
}

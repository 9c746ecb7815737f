//! The first week: one sentence, four panels, what was read.
//!
//! ```text
//! ┌──────────────────────────────────────────────────────┐
//! │ All deliveries answered; two codes up since 14:20     │ top.rs
//! ├──────────────────────────┬───────────────────────────┤
//! │ Deliveries        ✓ pass │ Failed payments   ✗ fail  │ panel.rs: chart.rs, rows.rs, funnel.rs
//! ├──────────────────────────┼───────────────────────────┤   on axis.rs, of cells.rs
//! │ Subscriptions            │ Errors                    │
//! ├──────────────────────────┴───────────────────────────┤
//! │ 24 h, live · 3 logs followed · newest line 14:20:31   │ reading.rs
//! └──────────────────────────────────────────────────────┘
//!   small screens: a line for each panel, and the selected one below
//!   instead of the panels: large.rs, list.rs, lines.rs
//! ```
//!
//! Nothing here reads a clock: the screen changes with a new picture or a key, and not by itself.

mod axis;
mod cells;
mod chart;
mod funnel;
mod large;
mod lines;
mod list;
mod numbers;
mod panel;
mod reading;
mod rows;
mod top;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::text::{Line, Span};

use crate::app::week::Depth;
use crate::app::{Layout, Model};
use crate::ui::ink::{Ink, Page, inset};
use crate::ui::scroll;
use crate::ui::text::{fill, safe};
use crate::week::panel::{Panel, Topic};
use crate::week::{Pass, Picture};

/// From this size on the four panels stand side by side.
const ROOM: (u16, u16) = (100, 26);

/// Draws it.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) -> Layout {
    let area = inset(area, if area.width >= 150 { 3 } else { 1 });
    let Some(picture) = model.week.picture() else {
        waiting(model, ink, frame, area);
        return Layout::default();
    };
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let mut sentence = top::lines(ink, picture, width, height);
    let deep = model.week.depth != Depth::Board;
    if deep && sentence.len() > 2 {
        sentence = top::lines(ink, picture, width, 0);
    }
    let rows = u16::try_from(sentence.len()).unwrap_or(1);
    let air = u16::from(area.height >= 26);
    let [_, top, _, body, bottom] = area.layout(&Split::vertical([
        Constraint::Length(air),
        Constraint::Length(rows),
        Constraint::Length(air),
        Constraint::Min(0),
        Constraint::Length(1),
    ]));
    for (row, line) in top.rows().zip(sentence) {
        frame.render_widget(line, row);
    }
    let look = model.week.look;
    frame.render_widget(reading::line(ink, &model.week.sight, picture, look, width), bottom);
    inside(model, ink, picture, frame, body)
}

/// What stands between the sentence and the last line.
fn inside(model: &Model, ink: &Ink, picture: &Picture, frame: &mut Frame, area: Rect) -> Layout {
    let week = &model.week;
    let panel = picture.panel(week.topic);
    match &week.depth {
        Depth::Board if area.width >= ROOM.0 && area.height >= ROOM.1 - 4 => {
            board(ink, picture, week.topic, frame, area);
            Layout::default()
        }
        Depth::Board => {
            strip(ink, picture, week.topic, frame, area);
            Layout::default()
        }
        Depth::Panel { row } => large::draw(ink, picture, panel, *row, frame, area),
        Depth::List { row, item } => match week.list(*row) {
            Some(list) => list::draw(ink, picture.at, (panel, list), *item, frame, area),
            None => Layout::default(),
        },
        Depth::Lines { about, quoted, .. } => {
            lines::draw(ink, about, quoted, model.screen.scroll, frame, area)
        }
    }
}

/// Two by two.
fn board(ink: &Ink, picture: &Picture, selected: Topic, frame: &mut Frame, area: Rect) {
    let gap = if area.width >= 150 { 4 } else { 2 };
    let air = u16::from(area.height >= 34);
    let half = Constraint::Fill(1);
    let [upper, _, lower] = area.layout(&Split::vertical([half, Constraint::Length(air), half]));
    let split = Split::horizontal([half, Constraint::Length(gap), half]);
    let [first, _, second] = upper.layout(&split);
    let [third, _, fourth] = lower.layout(&split);
    for (topic, place) in Topic::ALL.into_iter().zip([first, second, third, fourth]) {
        let panel = picture.panel(topic);
        panel::draw(ink, picture, panel, topic == selected, frame, place);
    }
}

/// A line for each, and the selected one below.
fn strip(ink: &Ink, picture: &Picture, selected: Topic, frame: &mut Frame, area: Rect) {
    let [top, body] = area.layout(&Split::vertical([Constraint::Length(4), Constraint::Min(0)]));
    let width = usize::from(area.width);
    for (topic, place) in Topic::ALL.into_iter().zip(top.rows()) {
        frame.render_widget(summary(ink, picture.panel(topic), topic == selected, width), place);
    }
    panel::draw(ink, picture, picture.panel(selected), true, frame, body);
}

/// A panel in one line.
fn summary(ink: &Ink, panel: &Panel, selected: bool, width: usize) -> Line<'static> {
    let said = ink.theme.outcome(panel.outcome);
    let mark = format!("{} ", ink.glyphs.outcome(panel.outcome));
    let word = fill(panel.outcome.word(), 9, "");
    let first = panel::current(panel).next();
    let says = match first {
        Some(notice) if !panel.sentence.contains(&notice.short) => notice.short.clone(),
        _ => panel.sentence.clone(),
    };
    let bar = if selected { ink.glyphs.bar() } else { " " };
    let name = if selected { ink.theme.key } else { ink.theme.strong };
    let spans = vec![
        Span::styled(format!("{bar} "), cells::level(ink.theme.accent)),
        Span::styled(mark, cells::level(said)),
        Span::styled(fill(panel.topic.title(), 17, ""), name),
        Span::styled(word, cells::level(said)),
        Span::styled(safe(&says), ink.theme.plain),
    ];
    ink.ends(spans, Vec::new(), width)
}

/// Until there is a picture: how far reading is, or why there is none.
fn waiting(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) {
    let sight = &model.week.sight;
    let mut page = Page::new(ink, usize::from(area.width).min(76));
    match (&sight.trouble, sight.pass) {
        (Some(trouble), _) => page.para(trouble, ink.theme.bad, 0),
        (None, Some(pass)) => reading_on(ink, pass, &mut page),
        (None, None) => page.para("Reading the logs", ink.theme.strong, 0),
    }
    let rows = u16::try_from(page.lines.len()).unwrap_or(u16::MAX).min(area.height);
    let width = Constraint::Length(u16::try_from(page.width).unwrap_or(u16::MAX));
    let place = area.centered(width, Constraint::Length(rows));
    scroll::lines(ink, frame, place, &page.lines, 0);
}

fn reading_on(ink: &Ink, pass: Pass, page: &mut Page<'_>) {
    let of = pass.of.map(|of| format!(" of {}", numbers::bytes(of))).unwrap_or_default();
    let percent = pass.percent().map(|it| format!(", {it} %")).unwrap_or_default();
    let says = format!("Reading the logs: {}{of}{percent}", numbers::bytes(pass.done));
    page.para(&says, ink.theme.strong, 0);
    let Some(percent) = pass.percent().and_then(|it| usize::try_from(it).ok()) else { return };
    let (full, empty) = ink.glyphs.progress();
    let done = page.width * percent / 100;
    page.line(Line::from(vec![
        Span::styled(full.repeat(done), ink.theme.accent),
        Span::styled(empty.repeat(page.width.saturating_sub(done)), ink.theme.rule),
    ]));
}

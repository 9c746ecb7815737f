//! Draw functions: model in, cells out. Pure.
//!
//! ```text
//! ┌──────────────────────────────────────────────────────────┐
//! │ header   launch, LIVE, verdict, who signs, journal head,  │ header.rs
//! │          real money that is out or may still move         │
//! ├──────────────┬───────────────────────────────────────────┤
//! │ outline      │ step      title, what is next, checks,    │ outline.rs, step/
//! │              │           why, how, people                │
//! │  (narrow screens show one of the two, Tab changes)       │
//! ├──────────────┴───────────────────────────────────────────┤
//! │ footer   a message, the keys that work now               │ footer.rs
//! └──────────────────────────────────────────────────────────┘
//!   over it: the dialog on top                                 dialog/
//!   instead of it: present.rs, overview.rs, trail.rs, rollback.rs, week/
//! ```
//!
//! Called by `runtime` after each message. Reads the model and never changes it; what it learns
//! about the layout it returns.

pub mod banner;
pub mod dialog;
pub mod footer;
pub mod glyphs;
pub mod header;
pub mod ink;
pub mod markdown;
pub mod money;
pub mod outline;
pub mod overview;
pub mod parts;
pub mod present;
pub mod qr;
pub mod rollback;
pub mod scroll;
pub mod step;
pub mod svg;
pub mod text;
pub mod theme;
pub mod trail;
pub mod week;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::text::Line;

use crate::app::screen::{Pane, View, WIDE};
use crate::app::{Layout, Model};
use crate::keys::Action;
use crate::ui::ink::{Ink, inset};

/// The smallest screen that shows the walk.
pub const SMALLEST: (u16, u16) = (60, 20);
/// From this width on, people and notes have a column of their own.
const WIDEST: u16 = 150;

/// Draws the whole screen.
pub fn draw(model: &Model, frame: &mut Frame) -> Layout {
    let area = frame.area();
    let ink = Ink::of(model.look());
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(model, &ink, frame, area);
        return Layout::default();
    }
    let [top, body, bottom] = area.layout(&Split::vertical([
        Constraint::Length(header::height(model)),
        Constraint::Min(0),
        Constraint::Length(footer::HEIGHT),
    ]));
    header::draw(model, &ink, frame, top);
    footer::draw(model, &ink, frame, bottom);
    let layout = match model.screen.view {
        View::Walk => walk(model, &ink, frame, body),
        View::Present => present::draw(model, &ink, frame, body),
        View::Overview => overview::draw(model, &ink, frame, body),
        View::Trail => trail::draw(model, &ink, frame, body),
        View::Rollback => rollback::draw(model, &ink, frame, body),
        View::Week => week::draw(model, &ink, frame, body),
    };
    Layout { dialog: dialog::draw(model, &ink, frame), ..layout }
}

/// One line that says so; the keys still work.
fn too_small(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) {
    let (columns, rows) = SMALLEST;
    let quit = model.keymap.hint(Action::Quit);
    let text = format!("golive needs {columns}x{rows}. {quit} leaves; nothing is lost.");
    let text = ink.cut(&text, usize::from(area.width));
    if let Some(row) = area.rows().next() {
        frame.render_widget(Line::styled(text, ink.theme.strong), row);
    }
}

fn walk(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) -> Layout {
    if model.current.is_empty() {
        let text = Line::styled("This runbook has no steps.", ink.theme.warn);
        frame.render_widget(text, inset(area, 1));
        return Layout::default();
    }
    if area.width < WIDE {
        let area = inset(area, 1);
        return match model.screen.pane {
            Pane::Outline => {
                let first = outline::draw(model, ink, frame, area);
                Layout { outline: Some((area, first)), ..Layout::default() }
            }
            Pane::Step => {
                let lines = step::draw(model, ink, frame, area, false);
                Layout { body: Some((area, lines)), ..Layout::default() }
            }
        };
    }
    let outline_width = (area.width * 2 / 5).clamp(34, 52);
    let side_width = if area.width >= WIDEST { area.width / 4 } else { 0 };
    let [left, rule, middle, right] = area.layout(&Split::horizontal([
        Constraint::Length(outline_width),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(side_width),
    ]));
    let left = inset(left, 1);
    let first = outline::draw(model, ink, frame, left);
    for row in rule.rows() {
        frame.render_widget(Line::styled(ink.glyphs.vertical(), ink.theme.rule), row);
    }
    let pane = inset(middle, if area.width >= 100 { 2 } else { 1 });
    let lines = step::draw(model, ink, frame, pane, side_width > 0);
    if side_width > 0 {
        step::draw_side(model, ink, frame, inset(right, 2));
    }
    Layout { outline: Some((left, first)), body: Some((pane, lines)), ..Layout::default() }
}

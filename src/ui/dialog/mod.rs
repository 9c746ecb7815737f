//! The dialog on top, over the screen it belongs to.
//!
//! ```text
//! ╭ Sign ────────────────────────────────────────────╮
//! │  what it is about                        sheet.rs │
//! │                                                   │
//! │  ▌ Your name   Dana Ito                   form.rs │
//! │    Note        optional                           │
//! │                                                   │
//! │   Sign    Cancel                                  │
//! ╰───────────────────────────────────────────────────╯
//! ```

mod arm;
mod ask;
mod demo;
mod find;
mod form;
mod help;
mod page;
mod read;
mod roll;
mod sheet;
mod spend;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::app::Model;
use crate::app::dialog::Dialog;
use crate::config::ThemeName;
use crate::ui::ink::Ink;

pub use sheet::Sheet;

/// Draws the dialog on top, if there is one: its area and how many lines it has.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame) -> Option<(Rect, usize)> {
    let top = model.dialogs.last()?;
    if matches!(model.screen.look.theme, ThemeName::Dark | ThemeName::Light) {
        let area = frame.area();
        frame.buffer_mut().set_style(area, Style::new().add_modifier(Modifier::DIM));
    }
    // Borders, air and the scrollbar take six columns.
    let cells = MEASURE.min(usize::from(frame.area().width).saturating_sub(6));
    let rows = usize::from(frame.area().height);
    Some(match top {
        Dialog::Sign(dialog) => ask::sign(ink, dialog, cells, rows).draw(ink, frame),
        Dialog::Call(dialog) => roll::call(ink, dialog, cells, rows).draw(ink, frame),
        Dialog::Lift(dialog) => roll::lift(ink, dialog, cells).draw(ink, frame),
        Dialog::Reason(dialog) => ask::reason(ink, dialog, cells).draw(ink, frame),
        Dialog::Signer(dialog) => ask::signer(model, ink, dialog, cells).draw(ink, frame),
        Dialog::Arm(dialog) => arm::sheet(ink, dialog, cells).draw(ink, frame),
        Dialog::Spend(dialog) => spend::sheet(model, ink, dialog, cells).draw(ink, frame),
        Dialog::Page(dialog) => page::draw(model, ink, dialog, frame),
        Dialog::Choice(dialog) => ask::choice(ink, dialog, cells).draw(ink, frame),
        Dialog::Secret(dialog) => ask::secret(ink, dialog, cells).draw(ink, frame),
        Dialog::Demo(dialog) => demo::draw(model, ink, dialog, frame),
        Dialog::Finder(dialog) => find::draw(model, ink, dialog, frame),
        Dialog::Reading(dialog) => read::sheet(model, ink, dialog, frame.area()).draw(ink, frame),
    })
}

/// How wide a dialog's text is on the widest screen.
const MEASURE: usize = 72;

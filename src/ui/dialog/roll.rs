//! The dialogs of a roll call: a role's call, and lifting a hold.

use crate::app::dialog::{Call, Lift};
use crate::ui::dialog::Sheet;
use crate::ui::dialog::ask::{above, subject, with_form};
use crate::ui::ink::{Ink, Page};
use crate::ui::step::roll;

pub(super) fn call(ink: &Ink, dialog: &Call, cells: usize, rows: usize) -> Sheet {
    let mut page = Page::new(ink, cells);
    subject(dialog.step.as_str(), &dialog.title, &mut page);
    page.heading("The verdict that is kept with your call");
    roll::verdict(&dialog.saw, &mut page);
    roll::card(&dialog.saw, &mut page);
    above(&dialog.form, &mut page, rows);
    let sheet = with_form("Roll call", ink.theme.strong, &dialog.form, page);
    Sheet { above: dialog.above, ..sheet }
}

pub(super) fn lift(ink: &Ink, dialog: &Lift, cells: usize) -> Sheet {
    let mut page = Page::new(ink, cells);
    subject(dialog.step.as_str(), &dialog.title, &mut page);
    page.gap();
    for hold in &dialog.holds {
        page.para(hold, ink.theme.plain, 0);
    }
    page.gap();
    let says = "The hold ends. Your name and your reason stand beside it in the report; the role \
                has still to say go.";
    page.para(says, ink.theme.muted, 0);
    with_form("Lift a hold", ink.theme.warn, &dialog.form, page)
}

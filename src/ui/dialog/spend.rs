//! The dialog before real money moves: what will happen and on what terms, then what is typed.
//!
//! The dialogs' `mod.rs` calls it. The rule it keeps: the caution about other people's cards stands
//! right above the fields, so that it is in view on the smallest screen while they are filled.

use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::dialog::Spending;
use crate::launch::money::Act;
use crate::ui::dialog::Sheet;
use crate::ui::dialog::ask::with_form;
use crate::ui::ink::{Ink, Page};
use crate::ui::markdown;
use crate::ui::text::safe;

/// The dialog's text.
pub(super) fn sheet(model: &Model, ink: &Ink, dialog: &Spending, cells: usize) -> Sheet {
    let theme = &ink.theme;
    let mut page = Page::new(ink, cells);
    let (at, of) = dialog.place;
    let place = if of > 1 { format!("{at} of {of}") } else { String::new() };
    page.ends(
        vec![
            Span::styled(" LIVE ", theme.live),
            Span::raw("  "),
            Span::styled(safe(dialog.step.as_str()), theme.muted),
        ],
        vec![Span::styled(place, theme.muted)],
    );
    page.para(&dialog.spend.says(), theme.bad, 0);
    let ledger = model.current.launch().ledger();
    if let Some(again) = ledger.again(&dialog.step, &dialog.spend) {
        page.para(&again, theme.strong, 0);
    }
    if let Some(allows) = ledger.allows(&dialog.spend, dialog.limits) {
        page.para(&allows, theme.plain, 0);
    }
    page.para(&ledger.so_far(), theme.plain, 0);
    if let Some(caution) = &dialog.caution {
        page.gap();
        page.line(Line::styled("CAUTION", theme.warn));
        markdown::write(&mut page, caution);
    }
    let title = match dialog.spend.act {
        Act::Charge => "LIVE: charge a real card",
        Act::Refund => "LIVE: give real money back",
        Act::Subscribe => "LIVE: subscribe with a real card",
        Act::Cancel => "LIVE: end a real subscription",
    };
    with_form(title, theme.alarm, &dialog.form, page)
}

//! The dialog before real money moves: what will happen and on what terms, then what is typed.
//!
//! The dialogs' `mod.rs` calls it. The rule it keeps: the caution about other people's cards stands
//! right above the fields, so that it is in view on the smallest screen while they are filled.

use ratatui::text::Span;

use crate::app::Model;
use crate::app::dialog::Spending;
use crate::launch::money::Act;
use crate::ui::dialog::Sheet;
use crate::ui::dialog::ask::with_form;
use crate::ui::ink::{Ink, Page};
use crate::ui::markdown;
use crate::ui::money::titled;
use crate::ui::text::safe;

/// From so many rows on, the dialog is seen whole.
const ROOMY: u16 = 24;

/// The dialog's text.
pub(super) fn sheet(model: &Model, ink: &Ink, dialog: &Spending, cells: usize) -> Sheet {
    let theme = &ink.theme;
    let mut page = Page::new(ink, cells);
    let is_demo = model.demo.is_some();
    let badge = if is_demo { " DEMO  simulated " } else { " LIVE " };
    let (at, of) = dialog.place;
    let place = if of > 1 { format!("{at} of {of}") } else { String::new() };
    page.ends(
        vec![
            Span::styled(badge, theme.live),
            Span::raw("  "),
            Span::styled(safe(dialog.step.as_str()), theme.muted),
        ],
        vec![Span::styled(place, theme.muted)],
    );
    // What scrolls away first where there is little room is what matters least.
    let tight = model.screen.size.1 < ROOMY;
    if tight {
        terms(model, dialog, &mut page);
    }
    page.para(&dialog.spend.says(), theme.bad, 0);
    if !tight {
        terms(model, dialog, &mut page);
    }
    if let Some(caution) = &dialog.caution {
        page.gap();
        let bar = Span::styled(format!("{} ", ink.glyphs.bar()), theme.warn);
        let mut inner = Page::new(ink, cells.saturating_sub(2));
        markdown::write(&mut inner, caution);
        page.lines.extend(inner.lines.into_iter().map(|mut line| {
            line.spans.insert(0, bar.clone());
            line
        }));
    }
    let does = match dialog.spend.act {
        Act::Charge => "charge a real card",
        Act::Refund => "give real money back",
        Act::Subscribe => "subscribe with a real card",
        Act::Cancel => "end a real subscription",
    };
    let title = if is_demo {
        format!("DEMO: {}", does.replace(" real", " simulated"))
    } else {
        format!("LIVE: {does}")
    };
    with_form(&title, theme.alarm, &dialog.form, page)
}

/// On what terms: that it is sent once more, the caps and what is left of them, the ledger.
fn terms(model: &Model, dialog: &Spending, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let ledger = model.current.launch().ledger();
    if let Some(again) = ledger.again(&dialog.step, &dialog.spend) {
        page.para(&again, theme.strong, 0);
    }
    if let Some(allows) = ledger.allows(&dialog.spend, dialog.limits) {
        page.para(&allows, theme.plain, 0);
    }
    page.para(&titled(model, &ledger.so_far()), theme.plain, 0);
}

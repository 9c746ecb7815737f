//! Real money of the step at hand: the page that asks for a card, and what was done with money.

use ratatui::text::Span;

use crate::app::Model;
use crate::app::current::Here;
use crate::app::page;
use crate::keys::Action;
use crate::ui::ink::Page;
use crate::ui::{money, qr};

/// Writes the page that somebody has to open now: its link where that is whole on a line, its code
/// where it is whole in view of a pane with so many rows, and the key that shows both alone.
pub fn page(model: &Model, here: &Here<'_>, rows: usize, page: &mut Page<'_>) {
    let Some(open) = page::of(model, &here.step.id) else { return };
    let ink = page.ink;
    page.gap();
    page.para(&open.about, ink.theme.strong, 0);
    let whole = qr::is_whole(&open.url, page.width);
    if whole {
        page.lines.extend(qr::link(ink, &open.url, page.width));
    }
    let left = rows.saturating_sub(page.lines.len() + 1);
    let code = qr::lines(ink, &open.url, (page.width, left));
    let key = model.keymap.hint(Action::Page);
    let says = match (whole, &code) {
        (true, Some(_)) => format!("{key} shows it alone"),
        (true, None) => format!("{key} shows its QR code"),
        (false, _) => format!("{key} shows its link, whole, and its QR code"),
    };
    page.lines.extend(code.into_iter().flatten());
    let arrow = Span::styled(ink.glyphs.arrow(), ink.theme.accent);
    page.item(arrow, &says, ink.theme.accent, 0);
}

/// Writes what was done with real money for the step.
pub fn ledger(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let ledger = model.current.launch().ledger();
    let mut own = ledger.of_step(&here.step.id).peekable();
    if own.peek().is_none() {
        return;
    }
    page.heading(money::title(model));
    own.for_each(|tracked| money::intent(ledger, tracked, false, page));
    if let Some(settled) = ledger.settled() {
        page.para(&format!("In the whole launch {settled}."), page.ink.theme.muted, 0);
    }
}

//! Real money of the step at hand: the page that asks for a card, and what was done with money.

use ratatui::text::Span;

use crate::app::Model;
use crate::app::current::Here;
use crate::app::page::{self, OpenPage};
use crate::keys::Action;
use crate::ui::ink::Page;
use crate::ui::{money, qr};

/// The rows of the pane that stay for the rest when a code is shown.
const REST: usize = 6;

/// Writes it; `rows` is what the pane has.
pub fn write(model: &Model, here: &Here<'_>, rows: usize, page: &mut Page<'_>) {
    if let Some(open) = page::of(model, &here.step.id) {
        self::open(model, &open, rows, page);
    }
    let ledger = model.current.launch().ledger();
    let mut own = ledger.of_step(&here.step.id).peekable();
    if own.peek().is_none() {
        return;
    }
    page.heading("Real money");
    own.for_each(|tracked| money::intent(ledger, tracked, false, page));
    if let Some(settled) = ledger.settled() {
        page.para(&format!("In the whole launch {settled}."), page.ink.theme.muted, 0);
    }
}

/// The page that somebody has to open now: its code where it fits, its link where that is whole on
/// a line, and the key that shows both alone.
fn open(model: &Model, open: &OpenPage, rows: usize, page: &mut Page<'_>) {
    let ink = page.ink;
    page.gap();
    page.para(&open.about, ink.theme.strong, 0);
    let key = model.keymap.hint(Action::Page);
    let code = qr::lines(ink, &open.url, (page.width, rows.saturating_sub(REST)));
    let (has_code, whole) = (code.is_some(), qr::is_whole(&open.url, page.width));
    if whole {
        page.lines.extend(qr::link(ink, &open.url, page.width));
    }
    page.lines.extend(code.into_iter().flatten());
    let says = match (whole, has_code) {
        (true, true) => format!("{key} shows it alone"),
        (true, false) => format!("{key} shows its QR code"),
        (false, _) => format!("{key} shows its link, whole, and its QR code"),
    };
    let arrow = Span::styled(ink.glyphs.arrow(), ink.theme.accent);
    page.item(arrow, &says, ink.theme.accent, 0);
}

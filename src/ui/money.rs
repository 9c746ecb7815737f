//! Intents of the ledger as lines: what, how far, by whom, on whose card, where it was seen; and
//! what the money is called.
//!
//! Used by the step, for its own, by the overview, for all, and by the header.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::Model;
use crate::checks::Outcome;
use crate::launch::money::{Ledger, Stage, Tracked};
use crate::launch::standing::StepState;
use crate::ui::ink::Page;

const REAL: &str = "Real money";

/// What the money is called: in the demo it is not real.
#[must_use]
pub fn title(model: &Model) -> &'static str {
    if model.demo.is_some() { "Simulated money" } else { REAL }
}

/// A line of the ledger, with what the money is called.
#[must_use]
pub fn titled(model: &Model, line: &str) -> String {
    let line = line.replacen(REAL, title(model), 1);
    if model.demo.is_some() { line.replace("real money", "simulated money") } else { line }
}

/// Writes one intent: what and how far, then its details; with its step where it is not plain.
pub fn intent(ledger: &Ledger, tracked: &Tracked, with_step: bool, page: &mut Page<'_>) {
    let (theme, glyphs) = (page.ink.theme, page.ink.glyphs);
    let (mark, style): (_, Style) = match tracked.stage() {
        Stage::MaybeSent => (glyphs.state(StepState::Unknown), theme.bad),
        Stage::Made => (glyphs.state(StepState::Waiting), theme.warn),
        Stage::Done => (glyphs.outcome(Outcome::Pass), theme.good),
        Stage::Over => (glyphs.state(StepState::NotApplicable), theme.muted),
    };
    let says = format!("{}: {}", tracked.what(), ledger.stage_words(tracked));
    page.item(Span::styled(mark, style), &says, theme.plain, 0);
    let step = with_step.then(|| tracked.intent.step.to_string());
    let details: Vec<_> = step.into_iter().chain(tracked.details()).collect();
    page.para(&details.join(", "), theme.muted, 2);
}

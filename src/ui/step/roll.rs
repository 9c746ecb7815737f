//! The roll call: what the meeting decides on, and what each role says.
//!
//! ```text
//!  The verdict to decide on
//!  GO WITH RISKS
//!  ⚑ webhook.dedupe: Kim waived it …                       Kim
//!
//!  Roll call
//!  ✓ GO          engineering      Dana Ito, 2026-11-23 18:00 UTC
//!  ■ HOLD        finance          Sam Okafor, 2026-11-23 18:02 UTC
//!    the bank has not answered
//!  ○ NO CALL YET support
//! ```

use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::Model;
use crate::app::current::Here;
use crate::launch::event::{Call, Card, CardItem};
use crate::launch::standing::{RoleStanding, RollCallStanding, StepState};
use crate::ui::ink::Page;
use crate::ui::text::{fill, safe, width};

/// How many open steps are named; the overview has all.
const OPEN: usize = 6;

/// The widest word of a call.
const WORD: usize = 13;

/// Writes it.
pub fn write(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let Some(roll) = here.standing.and_then(|standing| standing.roll_call.as_ref()) else {
        return;
    };
    if here.step.sign_off.is_roll_call() {
        page.heading("The verdict to decide on");
        verdict(&roll.card, page);
        card(&roll.card, page);
    }
    table(roll, page);
    for saving in model.work.saving(&here.step.id) {
        let text = format!("{saving}: saving");
        page.para(&text, page.ink.theme.accent, 2);
    }
}

/// The verdict's words.
pub fn verdict(card: &Card, page: &mut Page<'_>) {
    let style = page.ink.theme.verdict(card.verdict);
    page.para(card.verdict.words(), style, 0);
}

/// What the verdict names.
pub fn card(card: &Card, page: &mut Page<'_>) {
    items(&card.blockers, usize::MAX, page);
    items(&card.unknowns, usize::MAX, page);
    items(&card.risks, usize::MAX, page);
    items(&card.open, OPEN, page);
}

fn items(items: &[CardItem], most: usize, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    for item in items.iter().take(most) {
        let mark = Span::styled(page.ink.glyphs.state(item.state), theme.state(item.state));
        let text = format!("{}: {}", item.step, item.says);
        page.item(mark, &text, theme.plain, 0);
        // Where the sentence begins with the name, it says so already.
        if let Some(owner) = item.owner.as_ref().filter(|owner| !item.says.starts_with(*owner)) {
            page.para(&format!("{} answers for it", safe(owner)), theme.strong, 2);
        }
    }
    let more = items.len().saturating_sub(most);
    if more > 0 {
        page.para(&format!("and {more} more, in the overview"), theme.muted, 2);
    }
}

/// What each role says, and what was agreed.
pub fn table(roll: &RollCallStanding, page: &mut Page<'_>) {
    page.heading("Roll call");
    let roles = roll.roles.iter().map(|role| width(role.role.as_str()));
    let column = roles.max().unwrap_or(0).min(24);
    for role in &roll.roles {
        row(role, column, page);
    }
    let theme = page.ink.theme;
    if !roll.evidence.is_empty() {
        page.heading("Agreed");
    }
    for (name, value) in &roll.evidence {
        let name = safe(name).replace('_', " ");
        page.para(&format!("{name}: {}", safe(value)), theme.plain, 0);
    }
    if let Some((step, at, by)) = &roll.acted {
        let text = format!("Acted on: {} signed {step} at {}", by.name, at.minute());
        page.gap();
        page.para(&text, theme.strong, 0);
    }
}

fn row(role: &RoleStanding, column: usize, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let style = style(role, page);
    let mark = match role.says() {
        Some(call) => page.ink.glyphs.call(call),
        None if role.call.is_some() => page.ink.glyphs.state(StepState::Stale),
        None => page.ink.glyphs.state(StepState::Open),
    };
    let ellipsis = page.ink.glyphs.ellipsis();
    let word = fill(&role.word().to_uppercase(), WORD, ellipsis);
    let name = fill(&safe(role.role.as_str()), column, ellipsis);
    let who = role.who();
    let wide = 2 + WORD + 1 + column + 2 + width(&who) <= page.width;
    let mut line =
        vec![Span::styled(format!("{mark} {word} "), style), Span::styled(name, theme.strong)];
    if wide {
        line.push(Span::styled(format!("  {who}"), theme.plain));
    }
    page.ends(line, Vec::new());
    if !wide && !who.is_empty() {
        page.para(&who, theme.plain, 2);
    }
    let reason = if role.says() == Some(Call::Go) { theme.muted } else { theme.plain };
    for says in role.remarks() {
        page.para(&says, reason, 2);
    }
}

fn style(role: &RoleStanding, page: &Page<'_>) -> Style {
    let theme = page.ink.theme;
    match role.says() {
        Some(call) => theme.call(call),
        None if role.call.is_some() => theme.warn,
        None => theme.muted,
    }
}

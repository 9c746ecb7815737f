//! The dialogs that are read: help, since you left, a problem in full.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::dialog::{Reading, Subject};
use crate::keys::Action;
use crate::launch::since::SinceYouLeft;
use crate::launch::standing::StepState;
use crate::ui::dialog::{MEASURE, Sheet, help};
use crate::ui::ink::{Ink, Page};
use crate::ui::text::safe;

/// How many things of a kind the card lists; the audit trail has all.
const LISTED: usize = 12;

pub(super) fn sheet(model: &Model, ink: &Ink, dialog: &Reading, area: Rect) -> Sheet {
    let room = usize::from(area.width).saturating_sub(6);
    let wide = if dialog.subject == Subject::Help { 92 } else { MEASURE };
    let mut page = Page::new(ink, wide.min(room));
    let (title, style) = match &dialog.subject {
        Subject::Help => {
            help::write(model, &mut page);
            ("Keys", ink.theme.strong)
        }
        Subject::Since => {
            since(model, &mut page);
            ("Since you left", ink.theme.strong)
        }
        Subject::Demo => {
            demo(model, &mut page);
            ("This is the demo", ink.theme.warn)
        }
        Subject::Support(text) => {
            for line in text.lines() {
                page.spans(&[(safe(line), ink.theme.plain)], &Line::default(), "");
            }
            ("For MintCash's support", ink.theme.strong)
        }
        Subject::Problem(text) => {
            for line in text.lines() {
                page.para(line, ink.theme.plain, 0);
            }
            ("Something is wrong", ink.theme.bad)
        }
    };
    let width = page.width;
    let foot = match &dialog.subject {
        Subject::Support(_) => "c copies  j k scroll  Esc closes",
        _ => "j k scroll  Esc closes",
    };
    Sheet {
        title: title.to_owned(),
        style,
        lines: page.lines,
        foot: Line::styled(foot, ink.theme.muted),
        width,
        cursor: None,
        scroll: dialog.scroll,
        above: 0,
    }
}

fn demo(model: &Model, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let key = model.keymap.hint(Action::Demo);
    page.para(
        "The shop, MintCash and the money are simulated, on this machine only.",
        theme.strong,
        0,
    );
    page.para(
        "Where golive says LIVE, it is the live side of a simulation. No card is charged.",
        theme.plain,
        0,
    );
    page.gap();
    page.para(
        "What is real: golive itself. Its checks really ask, really read, and can really fail.",
        theme.plain,
        0,
    );
    page.gap();
    let keys = format!(
        "{key} opens the demo's panel: pages to pay with a test card, MintCash's clock, and faults to switch on and see caught."
    );
    page.para(&keys, theme.plain, 0);
    let names = "Three people are there to sign: Ada Kim, Ben Osei and Chloe Roux.";
    page.para(names, theme.plain, 0);
    if let Some(view) = &model.demo {
        page.gap();
        page.para(
            &format!("The simulated MintCash's page: {}", safe(&view.control)),
            theme.muted,
            0,
        );
        page.para(&format!("The shop's files: {}", safe(&view.folder)), theme.muted, 0);
    }
}

fn since(model: &Model, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let Some(since) = &model.since else {
        page.para("Nothing has been recorded yet.", theme.plain, 0);
        return;
    };
    let left = format!("You were here last on {}.", since.left.minute());
    page.para(&left, theme.muted, 0);
    if since.is_quiet() {
        page.para("Nothing has changed since.", theme.plain, 0);
    }
    due(model, since, page);
    stale(model, since, page);
    acts(since, page);
    changed(since, page);
    page.heading("Next");
    let words = since.verdict.words();
    page.spans(&[(words.to_owned(), theme.verdict(since.verdict))], &Line::default(), "");
    if let Some(step) = &since.next {
        let title = model.current.runbook().step(step).map(|step| step.title.clone());
        let arrow = Span::styled(page.ink.glyphs.arrow(), theme.accent);
        page.item(arrow, &title.unwrap_or_default(), theme.strong, 0);
        page.para(step.as_str(), theme.muted, 2);
    }
}

fn due(model: &Model, since: &SinceYouLeft, page: &mut Page<'_>) {
    if since.due.is_empty() {
        return;
    }
    let theme = page.ink.theme;
    page.heading("Came due");
    for (step, says) in since.due.iter().take(LISTED) {
        let mark = Span::styled(page.ink.glyphs.state(StepState::Stale), theme.warn);
        let title = model.current.runbook().step(step).map(|step| step.title.clone());
        page.item(mark, &title.unwrap_or_default(), theme.plain, 0);
        page.para(says, theme.muted, 2);
    }
}

fn stale(model: &Model, since: &SinceYouLeft, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    if since.stale.is_empty() && since.interrupted.is_empty() {
        return;
    }
    page.heading("To be looked at again");
    for (step, why) in since.stale.iter().take(LISTED) {
        let mark = page.ink.glyphs.state(StepState::Stale);
        let title = model.current.runbook().step(step).map(|step| step.title.clone());
        page.item(Span::styled(mark, theme.warn), &title.unwrap_or_default(), theme.plain, 0);
        for why in why {
            page.para(why, theme.muted, 2);
        }
    }
    for (step, run) in since.interrupted.iter().take(LISTED) {
        let mark = page.ink.glyphs.state(StepState::Unknown);
        let text = format!("The checks of {step} that {} started were interrupted.", run.by.name);
        page.item(Span::styled(mark, theme.warn), &text, theme.plain, 0);
    }
}

fn acts(since: &SinceYouLeft, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    if since.acts.is_empty() {
        return;
    }
    page.heading("What others did");
    let skipped = since.acts.len().saturating_sub(LISTED);
    if skipped > 0 {
        page.para(&format!("{skipped} earlier acts are in the audit trail"), theme.muted, 0);
    }
    for act in since.acts.iter().skip(skipped) {
        let when = Span::styled(act.at.minute(), theme.muted);
        page.item(when, &act.sentence(), theme.plain, 0);
    }
}

fn changed(since: &SinceYouLeft, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    if since.changed.is_empty() {
        return;
    }
    page.heading("What changed in the world");
    for change in since.changed.iter().take(LISTED) {
        page.para(&safe(&change.what), theme.strong, 0);
        page.para(&format!("was {}", safe(&change.was)), theme.muted, 2);
        page.para(&format!("now {}", safe(&change.is)), theme.warn, 2);
    }
}

//! The header: which launch, that it is live, the verdict, who signs, the journal's head.
//!
//! ```text
//!  LIVE  acme · MintCash — going live                      NOT YET  3 open
//!  Dana Ito signs   due 14:20 UTC: first-week.delivery    journal 41 · 8f3a21c9d0e1
//!  Real money: charged 1.00 USD, refunded 0.00, net 1.00    (as long as it is not even)
//! ────────────────────────────────────────────────────────────────────────────
//!  NOT SAVED  The journal is read-only: …            (only when it is so)
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::query;
use crate::keys::Action;
use crate::launch::standing::VerdictKind;
use crate::ui::ink::{Ink, inset};
use crate::ui::money;
use crate::ui::text::{safe, width};

/// How many rows it takes.
#[must_use]
pub fn height(model: &Model) -> u16 {
    let even = model.current.launch().ledger().is_even();
    3 + u16::from(model.read_only.is_some()) + u16::from(!even)
}

/// Draws it.
pub fn draw(model: &Model, ink: &Ink, frame: &mut Frame, area: Rect) {
    let inner = inset(area, 1);
    let cells = usize::from(inner.width);
    let mut rows = vec![
        ink.ends(launch(model, ink), verdict(model, ink, cells), cells),
        second(model, ink, cells),
    ];
    let lines = model.current.launch().ledger().lines();
    let money: Vec<_> = lines.iter().map(|line| money::titled(model, line)).collect();
    // In as many words as there is room for.
    let fits = money.iter().find(|line| width(line) <= cells).or(money.last());
    if let Some(line) = fits {
        rows.push(Line::styled(ink.cut(line, cells), ink.theme.warn.add_modifier(Modifier::BOLD)));
    }
    if let Some(why) = &model.read_only {
        let text = format!(" NOT SAVED  {} ", safe(why));
        rows.push(Line::styled(ink.cut(&text, cells), ink.theme.alarm));
    }
    for (row, line) in inner.rows().zip(rows) {
        frame.render_widget(line, row);
    }
    if let Some(last) = area.rows().next_back() {
        frame.render_widget(ink.rule(usize::from(last.width)), last);
    }
}

fn launch(model: &Model, ink: &Ink) -> Vec<Span<'static>> {
    let theme = &ink.theme;
    let (badge, style) = match &model.demo {
        None => (" LIVE ", theme.live),
        Some(_) => (" DEMO  simulated ", theme.warn.add_modifier(Modifier::REVERSED)),
    };
    vec![
        Span::styled(badge, style),
        Span::raw("  "),
        Span::styled(model.name.clone(), theme.strong),
        Span::raw("  "),
        Span::styled(safe(&model.current.runbook().title), theme.muted),
    ]
}

/// The verdict, and how many steps stand in its way, by kind.
fn verdict(model: &Model, ink: &Ink, cells: usize) -> Vec<Span<'static>> {
    let verdict = &model.current.standing().verdict;
    let mut counts = vec![
        (verdict.blockers.len(), "blocking"),
        (verdict.holds.len(), "held"),
        (verdict.unknowns.len(), "unknown"),
        (verdict.open.len(), "open"),
    ];
    if verdict.kind == VerdictKind::GoWithRisks || cells >= 100 {
        let risks = verdict.risks.len();
        counts.push((risks, if risks == 1 { "risk" } else { "risks" }));
    }
    let said: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut spans = Vec::new();
    if !said.is_empty() && cells >= 70 {
        let dot = format!(" {} ", ink.glyphs.dot());
        spans.push(Span::styled(format!("{}  ", said.join(&dot)), ink.theme.muted));
    }
    let style = ink.theme.verdict(verdict.kind);
    let words = verdict.kind.words();
    let badge = style.add_modifier.contains(Modifier::REVERSED);
    let words = if badge { format!(" {words} ") } else { words.to_owned() };
    spans.push(Span::styled(words, style));
    spans
}

/// Who signs, what is due in as many words as there is room for, the journal's head.
fn second(model: &Model, ink: &Ink, cells: usize) -> Line<'static> {
    let (mut left, right) = (signer(model, ink), journal(model, ink, cells));
    let used: usize = left.iter().chain(&right).map(Span::width).sum();
    let said = due(model, ink);
    let fits = said.iter().find(|span| used + span.width() < cells);
    left.extend(fits.or(said.last()).cloned());
    ink.ends(left, right, cells)
}

/// The step that is due next, or overdue longest, in more and in fewer words.
fn due(model: &Model, ink: &Ink) -> Vec<Span<'static>> {
    let all = model.current.standing().due();
    let Some((step, due)) = all.first() else { return Vec::new() };
    let Some(word) = due.word(model.current.now()) else { return Vec::new() };
    let more = all.iter().skip(1).filter(|(_, due)| due.over().is_some()).count();
    let style = if due.over().is_some() { ink.theme.warn } else { ink.theme.muted };
    let short = format!("   {word}");
    let named = format!("{short}: {}", safe(step.id.as_str()));
    let full = format!("{named} and {more} more");
    let texts = [(more > 0).then_some(full), Some(named), Some(short)];
    texts.into_iter().flatten().map(|text| Span::styled(text, style)).collect()
}

fn signer(model: &Model, ink: &Ink) -> Vec<Span<'static>> {
    match &model.who.signer {
        Some(name) => vec![
            Span::styled(safe(name), ink.theme.accent),
            Span::styled(" signs", ink.theme.muted),
        ],
        None => vec![
            Span::styled("nobody signs yet", ink.theme.warn),
            Span::styled(
                format!("  {} chooses", model.keymap.hint(Action::Signer)),
                ink.theme.muted,
            ),
        ],
    }
}

fn journal(model: &Model, ink: &Ink, cells: usize) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    if model.screen.look.mouse && cells >= 70 {
        spans.push(Span::styled("mouse on   ", ink.theme.muted));
    }
    let entries = model.current.launch().entries().len();
    let text = match query::head(model) {
        Some(head) => {
            let head: String = head.chars().take(12).collect();
            format!("journal {entries} {} {head}", ink.glyphs.dot())
        }
        None => "nothing recorded yet".to_owned(),
    };
    spans.push(Span::styled(text, ink.theme.muted));
    spans
}

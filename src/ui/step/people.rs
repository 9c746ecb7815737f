//! People and their words: what changed, signatures, who is missing, evidence, waiver, notes.

use ratatui::text::Span;

use crate::app::Model;
use crate::app::current::Here;
use crate::checks::Outcome;
use crate::launch::standing::{ExemptionKind, Missing, Signature, StepStanding, StepState};
use crate::runbook::model::EvidenceSpec;
use crate::ui::ink::Page;
use crate::ui::text::safe;

/// What changed since it was signed or verified.
pub fn changes(here: &Here<'_>, page: &mut Page<'_>) {
    let Some(standing) = here.standing.filter(|standing| !standing.changed.is_empty()) else {
        return;
    };
    let theme = page.ink.theme;
    page.heading("What changed");
    for change in &standing.changed {
        page.para(&safe(&change.what), theme.strong, 0);
        let was = format!("was {}", safe(&change.was));
        page.para(&was, theme.muted, 2);
        let is = format!("now {}", safe(&change.is));
        page.para(&is, theme.warn, 2);
    }
}

/// The sections that this one waits for, for the column at the side.
pub fn rules(here: &Here<'_>, page: &mut Page<'_>) {
    let Some(standing) = here.section_standing else { return };
    let title = safe(&here.section.title);
    let count = format!("{} of {} complete", standing.settled, standing.steps);
    page.ends(
        vec![Span::styled(title, page.ink.theme.strong)],
        vec![Span::styled(count, page.ink.theme.muted)],
    );
    for waits in &standing.waits_for {
        let text = format!("waits for {waits}");
        page.para(&text, page.ink.theme.warn, 0);
    }
}

/// Signatures, evidence, waiver, notes.
pub fn write(model: &Model, here: &Here<'_>, page: &mut Page<'_>) {
    let Some(standing) = here.standing else { return };
    signatures(model, here, standing, page);
    exemption(standing, page);
    evidence(&here.step.evidence, page);
    notes(standing, page);
}

fn signatures(model: &Model, here: &Here<'_>, standing: &StepStanding, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    // At a roll call people speak, and its table says who.
    let called = here.step.sign_off.is_roll_call();
    let saving = model.work.saving(&here.step.id).filter(|_| !called);
    let saving: Vec<_> = saving.map(str::to_owned).collect();
    let nobody = Missing::default();
    let missing = if called { &nobody } else { &standing.missing };
    if standing.signatures.is_empty()
        && standing.lapsed.is_empty()
        && missing.people == 0
        && saving.is_empty()
    {
        return;
    }
    page.heading("Signatures");
    for signature in &standing.signatures {
        signed(signature, page);
    }
    for text in saving {
        let mark = Span::styled(page.ink.glyphs.state(StepState::Running), theme.accent);
        page.item(mark, &format!("{text}: saving"), theme.accent, 0);
    }
    for (signature, why) in &standing.lapsed {
        let mark = Span::styled(page.ink.glyphs.state(StepState::Stale), theme.warn);
        let text = format!("{} signed {}", signature.by.name, signature.at.minute());
        page.item(mark, &text, theme.muted, 0);
        page.para(why, theme.warn, 2);
    }
    if missing.people > 0 {
        let mark = Span::styled(page.ink.glyphs.state(StepState::Open), theme.muted);
        let more = if standing.signatures.is_empty() { "" } else { " more" };
        let text = match missing.people {
            1 => format!("one{more} person has to sign"),
            people => format!("{people}{more} different people have to sign"),
        };
        page.item(mark, &text, theme.plain, 0);
        if !missing.roles.is_empty() {
            let roles: Vec<_> = missing.roles.iter().map(|role| safe(role.as_str())).collect();
            page.para(&format!("as {}", roles.join(" and ")), theme.muted, 2);
        }
    }
}

fn signed(signature: &Signature, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    let record = &signature.what;
    let role = record.role.as_ref().map(|role| format!("  {}", safe(role.as_str())));
    page.ends(
        vec![
            Span::styled(format!("{} ", page.ink.glyphs.outcome(Outcome::Pass)), theme.good),
            Span::styled(safe(&signature.by.name), theme.strong),
            Span::styled(role.unwrap_or_default(), theme.plain),
        ],
        vec![Span::styled(signature.at.minute(), theme.muted)],
    );
    for (name, value) in &record.evidence {
        let name = safe(name).replace('_', " ");
        page.para(&format!("{name}: {}", safe(value)), theme.plain, 2);
    }
    if let Some(note) = &record.note {
        page.para(note, theme.muted, 2);
    }
    if let Some(decision) = &record.decision {
        let verdict = decision.verdict.map(|kind| format!(": {}", kind.words()));
        let text = format!("rests on {}{}", decision.step, verdict.unwrap_or_default());
        page.para(&text, theme.muted, 2);
    }
}

fn exemption(standing: &StepStanding, page: &mut Page<'_>) {
    let Some(exemption) = &standing.exemption else { return };
    let theme = page.ink.theme;
    let (title, state) = match exemption.kind {
        ExemptionKind::Waived => ("Waived", StepState::Waived),
        ExemptionKind::NotApplicable => ("Not applicable", StepState::NotApplicable),
    };
    page.heading(title);
    let mark = Span::styled(page.ink.glyphs.state(state), theme.state(state));
    page.item(mark, &exemption.reason, theme.plain, 0);
    let mut text = format!("{}, {}", exemption.by.name, exemption.at.minute());
    if let Some(expires) = exemption.expires {
        text.push_str(&format!(", until {}", expires.minute()));
    }
    page.para(&safe(&text), theme.muted, 2);
}

fn evidence(specs: &[EvidenceSpec], page: &mut Page<'_>) {
    if specs.is_empty() {
        return;
    }
    let theme = page.ink.theme;
    page.heading("Evidence to hand in");
    for spec in specs {
        let mark = Span::styled(page.ink.glyphs.bullet(), theme.muted);
        let optional = if spec.required { "" } else { " (optional)" };
        let name = spec.name.replace('_', " ");
        page.item(mark, &format!("{name}{optional}"), theme.plain, 0);
        page.para(&spec.about, theme.muted, 2);
    }
}

fn notes(standing: &StepStanding, page: &mut Page<'_>) {
    if standing.notes.is_empty() {
        return;
    }
    let theme = page.ink.theme;
    page.heading("Notes");
    for note in &standing.notes {
        page.para(&note.what, theme.plain, 0);
        page.para(&safe(&format!("{}, {}", note.by.name, note.at.minute())), theme.muted, 0);
    }
}

//! The point of no return and the way back, in words that every face shows.
//!
//! Used by `decide` (what an irreversible step is signed on) and by the faces for two cards: the
//! one before the signature, with blast radius, decision and rollback, and the one afterwards,
//! with the rollback first. Pure; each face only lays the parts out.

use std::collections::BTreeMap;

use crate::launch::event::{Call, CardItem, DecisionRecord, GoRecord};
use crate::launch::sentences;
use crate::launch::standing::{Signature, Standing, StepStanding, VerdictKind};
use crate::runbook::model::{ROLLBACK_OWNER, Runbook, Step, StepId};
use crate::text::visible;

/// A part of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its title.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<String>,
    /// How it is meant.
    pub tone: Tone,
}

/// How a part is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Facts, each line one.
    Plain,
    /// The runbook's own Markdown.
    Prose,
    /// Something that nobody may miss.
    Alarm,
}

/// The roll call that an irreversible step rests on: the last one before it.
#[must_use]
pub fn decision_of<'a>(runbook: &'a Runbook, id: &StepId) -> Option<&'a Step> {
    let before = runbook.steps().take_while(|step| &step.id != id);
    before.filter(|step| step.sign_off.is_roll_call()).last()
}

/// The irreversible step whose way back matters now: the last that was signed, or whose rollback
/// was called; without one, the first.
#[must_use]
pub fn current<'a>(runbook: &'a Runbook, standing: &Standing) -> Option<&'a Step> {
    let all = || runbook.steps().filter(|step| step.irreversible);
    let begun = |step: &&Step| standing.step(&step.id).is_some_and(is_begun);
    all().filter(begun).last().or_else(|| all().next())
}

/// Whether an irreversible step was signed, or its rollback called, and not reopened since.
#[must_use]
pub fn is_begun(standing: &StepStanding) -> bool {
    !standing.signatures.is_empty() || standing.rolled_back.is_some()
}

/// Whether some irreversible step was signed and not reopened since.
#[must_use]
pub fn is_past(runbook: &Runbook, standing: &Standing) -> bool {
    current(runbook, standing).and_then(|step| standing.step(&step.id)).is_some_and(is_begun)
}

/// What an irreversible step rests on now, for its signature.
#[must_use]
pub fn decided(decision: &StepStanding) -> DecisionRecord {
    let roll = decision.roll_call.as_ref();
    let goes: Vec<_> = roll.into_iter().flat_map(|roll| roll.standing(Call::Go)).collect();
    let mut risks: Vec<CardItem> = Vec::new();
    for item in goes.iter().flat_map(|(_, go)| &go.given.what.saw.risks) {
        if !risks.iter().any(|known| known.step == item.step) {
            risks.push(item.clone());
        }
    }
    let saw = goes.iter().map(|(_, go)| go.given.what.saw.verdict);
    DecisionRecord {
        step: decision.id.clone(),
        // The graver of the verdicts that were seen.
        verdict: saw.max_by_key(|kind| *kind != VerdictKind::Go),
        goes: goes
            .iter()
            .map(|(role, go)| GoRecord {
                role: (*role).clone(),
                by: go.given.by.name.clone(),
                entry: go.given.seq,
            })
            .collect(),
        risks,
        evidence: roll.map(|roll| roll.evidence.clone()).unwrap_or_default(),
        without: decision.exemption.as_ref().map(sentences::exempted),
    }
}

/// The decision that a step rests on: the one it was signed on, or the one that stands now.
fn decision(runbook: &Runbook, standing: &Standing, step: &Step) -> Option<DecisionRecord> {
    let own = standing.step(&step.id);
    if let Some(signed) = own.and_then(last_signature).and_then(|s| s.what.decision.clone()) {
        return Some(signed);
    }
    let decision = decision_of(runbook, &step.id)?;
    Some(decided(standing.step(&decision.id)?))
}

/// The last signature, also one that a rollback took back.
fn last_signature(standing: &StepStanding) -> Option<&Signature> {
    let taken = standing.lapsed.iter().map(|(signature, _)| signature);
    let taken = taken.filter(|_| standing.rolled_back.is_some());
    standing.signatures.iter().chain(taken).max_by_key(|signature| signature.seq)
}

/// Who owns the rollback, as named under the step or at the roll call before it.
#[must_use]
pub fn rollback_owner(runbook: &Runbook, standing: &Standing, step: &Step) -> Option<String> {
    let own = standing.step(&step.id).and_then(last_signature);
    let named = own.and_then(|signature| signature.what.evidence.get(ROLLBACK_OWNER).cloned());
    named.or_else(|| decision(runbook, standing, step)?.evidence.remove(ROLLBACK_OWNER))
}

/// The card before an irreversible step is signed: what can go wrong, what has been decided, the
/// way back and who owns it.
#[must_use]
pub fn point_of_no_return(runbook: &Runbook, standing: &Standing, step: &Step) -> Vec<Part> {
    let mut parts = vec![prose(
        "What can go wrong, and for whom",
        step.blast_radius.as_deref(),
        "This can not be taken back.",
    )];
    parts.extend(decided_part(runbook, standing, step));
    parts.push(prose("The way back", step.rollback.as_deref(), "The runbook names no way back."));
    parts.push(owner_part(runbook, standing, step));
    parts
}

/// The card afterwards: where it stands, who owns the rollback, its steps, what has been decided.
#[must_use]
pub fn rollback_card(runbook: &Runbook, standing: &Standing, step: &Step) -> Vec<Part> {
    let mut parts = vec![state_part(standing, step), owner_part(runbook, standing, step)];
    parts.push(prose(
        "Steps of the rollback",
        step.rollback.as_deref(),
        "The runbook names no way back.",
    ));
    parts.push(prose(
        "What can go wrong, and for whom",
        step.blast_radius.as_deref(),
        "This can not be taken back.",
    ));
    parts.extend(decided_part(runbook, standing, step));
    parts
}

fn prose(title: &'static str, text: Option<&str>, otherwise: &str) -> Part {
    let lines = text.unwrap_or(otherwise).lines().map(str::to_owned).collect();
    Part { title, lines, tone: Tone::Prose }
}

fn owner_part(runbook: &Runbook, standing: &Standing, step: &Step) -> Part {
    let owner = rollback_owner(runbook, standing, step);
    let tone = if owner.is_some() { Tone::Plain } else { Tone::Alarm };
    let line = owner.map_or("Nobody is named yet.".to_owned(), |owner| visible(&owner, 300));
    Part { title: "Who owns the rollback", lines: vec![line], tone }
}

/// Whether it was switched, by whom and when, and whether the rollback was called.
fn state_part(standing: &Standing, step: &Step) -> Part {
    let own = standing.step(&step.id);
    let signature = own.and_then(last_signature);
    let mut lines = Vec::new();
    let back = own.and_then(|own| own.rolled_back.as_ref());
    lines.extend(back.map(|b| sentences::calls::rolled_back(&b.by, b.at, &b.what)));
    match signature {
        Some(signature) => {
            let who = sentences::name(&signature.by);
            lines.push(format!("Signed by {who} at {}.", signature.at.minute()));
            let given = &signature.what.evidence;
            lines.extend(agreed(given));
        }
        None => lines.push("Not signed yet.".to_owned()),
    }
    let tone = if back.is_some() { Tone::Alarm } else { Tone::Plain };
    Part { title: "Where it stands", lines, tone }
}

/// What has been decided, by whom, over which risks, and what was agreed.
fn decided_part(runbook: &Runbook, standing: &Standing, step: &Step) -> Option<Part> {
    let record = decision(runbook, standing, step)?;
    let own = standing.step(&step.id);
    let signed = own.and_then(last_signature).is_some();
    let stands = standing.step(&record.step);
    let open = stands.filter(|stands| !signed && !stands.state.is_settled());
    let mut lines = Vec::new();
    if let Some(open) = open {
        let says = open.because.first().cloned().unwrap_or_default();
        let step = &record.step;
        lines.push(format!("Not decided: {step} is {}. {says}", open.state.word()));
    }
    if let Some(verdict) = record.verdict.filter(|_| open.is_none()) {
        lines.push(format!("{}, decided in {}", verdict.words(), record.step));
    }
    lines.extend(record.without.clone());
    let goes = record.goes.iter();
    lines.extend(
        goes.map(|go| {
            format!("{}: {} said go", visible(go.role.as_str(), 60), visible(&go.by, 60))
        }),
    );
    lines.extend(record.risks.iter().map(risk));
    lines.extend(agreed(&record.evidence));
    let tone = if open.is_some() { Tone::Alarm } else { Tone::Plain };
    Some(Part { title: "What has been decided", lines, tone })
}

/// An accepted risk, with its owner.
#[must_use]
pub fn risk(item: &CardItem) -> String {
    let owner = match &item.owner {
        // Where the sentence begins with the name, it says so already.
        Some(owner) if item.says.starts_with(owner) => String::new(),
        Some(owner) => format!(" ({} answers for it)", visible(owner, 60)),
        None => " (nobody answers for it)".to_owned(),
    };
    format!("Risk accepted: {}: {}{owner}", item.step, sentences::text(&item.says))
}

/// Evidence as lines, but for the owner of the rollback, who has a part of their own.
fn agreed(evidence: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let others = evidence.iter().filter(|(name, _)| name.as_str() != ROLLBACK_OWNER);
    others.map(|(name, value)| {
        format!("{}: {}", visible(&name.replace('_', " "), 60), visible(value, 300))
    })
}

//! Which sections are open: a section waits until those that it requires are complete.
//!
//! A section is complete when its blocking steps are settled (an open advisory step is a risk to
//! be named, it holds nobody back) and the sections that it requires are complete as well.

use std::collections::HashMap;

use crate::launch::sentences;
use crate::launch::standing::{SectionStanding, StepStanding, StepState};
use crate::runbook::model::{Runbook, Section, SectionId, Severity, StepId};

/// Counts each section, and locks the steps of those that wait.
pub(super) fn lock(runbook: &Runbook, steps: &mut [StepStanding]) -> Vec<SectionStanding> {
    let tallies = tally(runbook, steps);
    let mut rest = steps;
    let mut sections = Vec::with_capacity(runbook.sections.len());
    for section in &runbook.sections {
        let waits_for = waits_for(runbook, section, &tallies);
        let count = section.steps.len().min(rest.len());
        let (own, later) = rest.split_at_mut(count);
        rest = later;
        let settled = own.iter().filter(|step| step.state.is_settled()).count();
        if !waits_for.is_empty() {
            let says = sentences::locked(runbook, &waits_for, |id| {
                tallies.get(id).map_or(0, |tally| tally.open)
            });
            own.iter_mut().for_each(|step| lock_step(step, &says));
        }
        sections.push(SectionStanding { id: section.id.clone(), settled, steps: count, waits_for });
    }
    sections
}

/// Locks each irreversible step whose roll call is not decided.
pub(super) fn lock_undecided(runbook: &Runbook, steps: &mut [StepStanding]) {
    let mut decision: Option<(StepId, StepState, Option<String>)> = None;
    for (step, standing) in runbook.steps().zip(steps) {
        if step.sign_off.is_roll_call() {
            let why = standing.because.first().cloned();
            decision = Some((step.id.clone(), standing.state, why));
        } else if let Some((id, state, why)) = &decision
            && step.irreversible
            && !state.is_settled()
        {
            let says = sentences::calls::undecided(id, *state, why.as_deref());
            lock_step(standing, &says);
        }
    }
}

/// A failed, unknown, waiting, running or settled step says more by its own state.
fn lock_step(step: &mut StepStanding, says: &str) {
    match step.state {
        StepState::Open | StepState::Ready => {
            step.state = StepState::Locked;
            step.because.insert(0, says.to_owned());
        }
        StepState::Stale => step.because.push(says.to_owned()),
        _ => {}
    }
}

/// What a section still has to do.
struct Tally {
    open: usize,
}

fn tally<'a>(runbook: &'a Runbook, steps: &[StepStanding]) -> HashMap<&'a SectionId, Tally> {
    let mut steps = steps.iter();
    let mut tallies = HashMap::new();
    for section in &runbook.sections {
        let own = steps.by_ref().take(section.steps.len());
        let open = own
            .filter(|step| step.severity == Severity::Blocking && !step.state.is_settled())
            .count();
        tallies.insert(&section.id, Tally { open });
    }
    tallies
}

/// The incomplete sections that a section waits for, directly or through others, in the order in
/// which they are required; each once, however they are wired.
fn waits_for(
    runbook: &Runbook,
    section: &Section,
    tallies: &HashMap<&SectionId, Tally>,
) -> Vec<SectionId> {
    let mut seen: Vec<&SectionId> = Vec::new();
    let mut queue: Vec<&SectionId> = section.requires.iter().rev().collect();
    let mut waits = Vec::new();
    while let Some(id) = queue.pop() {
        if seen.contains(&id) || *id == section.id {
            continue;
        }
        seen.push(id);
        if let Some(required) = runbook.section(id) {
            queue.extend(required.requires.iter().rev());
        }
        if tallies.get(id).is_none_or(|tally| tally.open > 0) {
            waits.push(id.clone());
        }
    }
    waits
}

//! What a check saw from other places, as the journal has it.
//!
//! Read by `runtime::run` for a check's context. Results from before the step was last reopened, or
//! that belong to another text of it, are not looked at.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::checks::vantage::{Sighting, declared_in};
use crate::launch::Launch;
use crate::launch::event::{CheckResult, Entry, Event};
use crate::runbook::model::Step;
use crate::text::visible;
use crate::time::Timestamp;

/// How old a look may be where the step does not say.
pub const FRESH: Duration = Duration::from_secs(24 * 3_600);

/// The last result of the step's check in this position from each declared vantage, oldest first.
#[must_use]
pub fn of(launch: &Launch, step: &Step, position: usize, now: Timestamp) -> Vec<Sighting> {
    let about = |entry: &&Entry| {
        let id = entry.event.step();
        id.is_some_and(|id| *id == step.id || step.renamed_from.contains(id))
    };
    let mut last: BTreeMap<String, Sighting> = BTreeMap::new();
    for entry in launch.entries().iter().filter(about) {
        match &entry.event {
            Event::StepReopened { .. } => last.clear(),
            Event::CheckResult(result)
                if result.position == position && result.step_digest == step.digest =>
            {
                let Some(sighting) = sighting(entry, result, step, now) else { continue };
                let known = last.get(&sighting.vantage);
                if known.is_none_or(|known| known.at <= sighting.at) {
                    last.insert(sighting.vantage.clone(), sighting);
                }
            }
            _ => {}
        }
    }
    let mut all: Vec<_> = last.into_values().collect();
    all.sort_by_key(|sighting| sighting.at);
    all
}

fn sighting(entry: &Entry, result: &CheckResult, step: &Step, now: Timestamp) -> Option<Sighting> {
    let at = result.seen_at(entry.at);
    let young = step.fresh_for.unwrap_or(FRESH);
    Some(Sighting {
        vantage: declared_in(&result.evidence)?.to_owned(),
        at,
        by: visible(&entry.by.name, 80),
        fresh: now < at.plus(young),
        outcome: result.outcome,
        summary: result.summary.clone(),
        evidence: result.evidence.clone(),
        facts: result.facts.clone(),
    })
}

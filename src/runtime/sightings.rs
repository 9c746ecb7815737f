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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::decide::Command;
    use crate::launch::outcome::{CheckReport, Outcome};
    use crate::launch::testing::{Walk, runbook, section, verified};

    fn walk() -> Walk {
        let step = Step { fresh_for: Some(FRESH), ..verified("hook.endpoint", &["endpoint"]) };
        Walk::new(runbook(vec![section("hook", &[], vec![step])]))
    }

    fn look(walk: &mut Walk, by: &str, vantage: &str, outcome: Outcome) {
        let report = CheckReport::new(outcome, vantage).evidence("vantage", vantage);
        walk.verify(by, "hook.endpoint", &[report]).unwrap();
        walk.wait(60);
    }

    fn seen(walk: &Walk) -> Vec<Sighting> {
        let step = walk.launch.runbook().step(&"hook.endpoint".into()).unwrap();
        of(&walk.launch, step, 0, walk.now)
    }

    #[test]
    fn the_last_look_from_each_declared_place_is_kept_and_none_from_here() {
        let mut walk = walk();
        look(&mut walk, "Ada", "ci", Outcome::Fail);
        look(&mut walk, "Ada", "hotspot", Outcome::Pass);
        look(&mut walk, "Ben", "ci", Outcome::Pass);
        look(&mut walk, "Ada", "here", Outcome::Unknown);
        look(&mut walk, "Ada", "this machine", Outcome::Pass);
        let seen: Vec<_> =
            seen(&walk).into_iter().map(|it| (it.vantage, it.by, it.outcome, it.fresh)).collect();
        assert_eq!(
            seen,
            [
                ("hotspot".to_owned(), "Ada".to_owned(), Outcome::Pass, true),
                ("ci".to_owned(), "Ben".to_owned(), Outcome::Pass, true),
            ]
        );
    }

    #[test]
    fn a_look_grows_old_and_a_reopening_takes_it_away() {
        let mut walk = walk();
        look(&mut walk, "Ada", "ci", Outcome::Pass);
        walk.wait(FRESH.as_secs());
        assert!(!seen(&walk)[0].fresh);
        let reason = "the server moved".to_owned();
        let reopen = Command::Reopen { step: "hook.endpoint".into(), reason };
        walk.submit("Ada", &reopen).unwrap();
        assert!(seen(&walk).is_empty());
    }

    #[test]
    fn a_look_that_was_brought_here_is_as_old_as_itself() {
        let mut walk = walk();
        let run = walk.run_id();
        let step = "hook.endpoint";
        walk.submit("Ada", &Command::Start { step: step.into(), run: run.clone() }).unwrap();
        let report = CheckReport::new(Outcome::Pass, "ok").evidence("vantage", "ci");
        let mut result = walk.result(step, &run, 0, &report);
        let found = Timestamp::from_millis(walk.now.millis() - 3_600_000);
        result.looked_at = Some(found);
        walk.submit("Ada", &Command::Record(Box::new(result))).unwrap();
        assert_eq!(seen(&walk)[0].at, found);
        let standing = walk.standing();
        let last = standing.steps[0].checks[0].last.clone().unwrap();
        assert_eq!(last.at, found, "and the step grows stale with it");
    }
}

//! Whether what was vouched for still holds: age, facts, and the step's own text.
//!
//! Used by `assess`. A result or a signature that no longer holds is not deleted, it stops
//! counting, and counts again when the world is again as it was.

use std::sync::Arc;
use std::time::Duration;

use crate::launch::due::Schedule;
use crate::launch::event::{CheckResult, Facts};
use crate::launch::fold::{Signed, StepHistory};
use crate::launch::outcome::Outcome;
use crate::launch::sentences;
use crate::launch::standing::{Change, CheckStanding, Dated, World};
use crate::runbook::model::Step;
use crate::time::Timestamp;

/// How far the clock of whoever wrote an entry may be ahead before its age can not be trusted.
pub(super) const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// A step's results against time and world.
pub(super) struct Freshness<'a> {
    /// The step.
    pub step: &'a Step,
    /// What is known of it.
    pub history: &'a StepHistory,
    /// Its due times, once they count.
    pub schedule: Option<Schedule<'a>>,
    /// The time.
    pub now: Timestamp,
    /// The world.
    pub world: &'a World,
}

impl Freshness<'_> {
    /// What each check last said, and whether it still holds.
    pub fn checks(&self) -> Vec<CheckStanding> {
        let results = self.history.results.iter();
        let checks = self.step.verify.iter().zip(results).map(|(spec, result)| CheckStanding {
            check: spec.check.clone(),
            last: result.clone(),
            stale: result.as_ref().is_some_and(|result| self.is_stale(result)),
        });
        checks.collect()
    }

    /// Whether a result is too old or rests on something that changed.
    fn is_stale(&self, result: &Dated<CheckResult>) -> bool {
        self.is_too_old(result.at)
            || self.is_due_again(result.at)
            || !self.changes_of_result(result).is_empty()
    }

    /// Whether something of that date is older than the step allows, or from a future that shows
    /// that the clock was changed.
    pub fn is_too_old(&self, at: Timestamp) -> bool {
        self.step
            .fresh_for
            .is_some_and(|span| self.now >= at.plus(span) || at > self.now.plus(CLOCK_TOLERANCE))
    }

    /// Whether something of that date was seen before the latest due time that has come.
    pub fn is_due_again(&self, at: Timestamp) -> bool {
        self.schedule.is_some_and(|schedule| {
            let from = schedule.counts_from(self.now);
            from.is_some_and(|from| at < from) || at > self.now.plus(CLOCK_TOLERANCE)
        })
    }

    /// What a result rests on that is not so any more: the world says otherwise, or a newer result
    /// of the same step does.
    pub fn changes_of_result(&self, result: &Dated<CheckResult>) -> Vec<Change> {
        let newer = |other: &&Arc<Dated<CheckResult>>| {
            other.seq > result.seq && other.what.run != result.what.run
        };
        changes(&result.what.facts, |name| {
            self.world.facts.get(name).or_else(|| {
                let newer = self.results().filter(newer);
                newer.filter_map(|other| other.what.facts.get(name)).next_back()
            })
        })
    }

    /// What a signature vouches for that is not so any more.
    pub fn changes_of_signature(&self, signed: &Signed) -> Vec<Change> {
        self.changes_since(&signed.signature.what.facts)
    }

    /// What was so and is not so any more.
    pub fn changes_since(&self, then: &Facts) -> Vec<Change> {
        changes(then, |name| {
            self.world
                .facts
                .get(name)
                .or_else(|| self.results().filter_map(|r| r.what.facts.get(name)).next_back())
        })
    }

    /// Why a signature does not count any more.
    pub fn lapse(&self, signed: &Signed) -> Option<String> {
        let signature = &signed.signature;
        if signature.what.step_digest != self.step.digest {
            return Some(sentences::redefined(signature, self.step, self.history));
        }
        let changed = self.changes_of_signature(signed);
        if !changed.is_empty() {
            return Some(sentences::since_signed(signature, &changed));
        }
        if self.step.verify.is_empty() && self.is_too_old(signature.at) {
            return Some(sentences::signature_too_old(signature, self.step, self.now));
        }
        if self.is_due_again(signature.at) {
            return Some(sentences::signed_before_due(signature, self.now));
        }
        let unseen = self
            .results()
            .find(|result| result.what.outcome == Outcome::Unknown && !covers(signed, result));
        unseen.map(|result| sentences::unknown_since(signature, result))
    }

    /// When a passing result, or the signature of a step without checks, stops being fresh.
    pub fn fresh_until(&self, signed: impl Iterator<Item = Timestamp>) -> Option<Timestamp> {
        let span = self.step.fresh_for?;
        if self.step.verify.is_empty() {
            return Some(signed.min()?.plus(span));
        }
        let passing = self.results().filter(|result| result.what.outcome == Outcome::Pass);
        Some(passing.map(|result| result.at).min()?.plus(span))
    }

    /// Every moment at which something of this step may change by itself.
    pub fn moments(&self, into: &mut Vec<Timestamp>) {
        let Some(span) = self.step.fresh_for else { return };
        let signed = self.history.signatures.iter().map(|signed| signed.signature.at);
        let called = self.history.calls.standing().map(|one| one.given.at);
        let dates = self.results().map(|result| result.at).chain(signed).chain(called);
        into.extend(dates.map(|at| at.plus(span)));
    }

    fn results(&self) -> impl DoubleEndedIterator<Item = &Arc<Dated<CheckResult>>> {
        self.history.results.iter().flatten()
    }
}

/// Whether whoever signed knew that this check could not find out, for the reason that it gives.
fn covers(signed: &Signed, unknown: &Dated<CheckResult>) -> bool {
    signed.over.iter().any(|(position, summary)| {
        *position == unknown.what.position && *summary == unknown.what.summary
    })
}

/// What is now different from then. What nothing tells about now counts as unchanged.
fn changes<'a>(then: &Facts, now: impl Fn(&str) -> Option<&'a String>) -> Vec<Change> {
    let changed = then.iter().filter_map(|(what, was)| {
        let is = now(what)?;
        (is != was).then(|| Change { what: what.clone(), was: was.clone(), is: is.clone() })
    });
    changed.collect()
}

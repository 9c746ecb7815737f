//! What the journal says about one step, entry by entry.
//!
//! Part of the fold.

use std::sync::Arc;

use super::dated;
use crate::launch::crossing::{self, Crossing};
use crate::launch::due::{DueLook, Looks, Schedule};
use crate::launch::event::{Actor, Call, CheckResult, Entry, Event, Process, RunId};
use crate::launch::fold::calls::Calls;
use crate::launch::outcome::Outcome;
use crate::launch::roll_call::Lifted;
use crate::launch::sentences;
use crate::launch::signers;
use crate::launch::standing::{Dated, Exemption, ExemptionKind, NoteStanding, Signature};
use crate::runbook::model::{SignOff, Step, StepDigest, StepId};
use crate::time::Timestamp;

/// What the journal says about one step.
#[derive(Clone, Debug, Default)]
pub(crate) struct StepHistory {
    /// The last result of each of its checks that belongs to the step as it is now.
    pub results: Vec<Option<Arc<Dated<CheckResult>>>>,
    /// The last result that belongs to an earlier text of the step.
    pub outdated: Option<Arc<Dated<CheckResult>>>,
    /// Signatures given since the step was last reopened.
    pub signatures: Vec<Signed>,
    /// Signatures that a reopening took back, with the sentence that says so.
    pub withdrawn: Vec<(Signature, String)>,
    /// The last waiver or not-applicable mark since the step was last reopened.
    pub exemption: Option<(Exemption, StepDigest)>,
    /// The run that began last and has not ended.
    pub run: Option<Run>,
    /// The calls of a roll call.
    pub calls: Calls,
    /// The roll call that the last signature rests on.
    pub rests_on: Option<StepId>,
    /// When the people who have to sign had signed, since the step was last reopened or its
    /// rollback called: what it was signed for was done then, whatever has lapsed since.
    pub done_at: Option<Timestamp>,
    /// What the checks of the last run said together.
    pub(super) said: Option<Said>,
    /// Who looked at it when, for its due times.
    pub looks: Looks,
    /// That the rollback was called, and why, since the step was last reopened.
    pub rolled_back: Option<Dated<String>>,
    /// Thresholds that are crossed, oldest first.
    pub crossed: Vec<Crossing>,
    /// Notes, oldest first.
    pub notes: Vec<NoteStanding>,
    /// When and by whom a runbook was pinned in which the step differs from the one before.
    pub redefined: Option<(Timestamp, Actor)>,
}

/// How many signatures of one person at one step are kept, and how many withdrawn ones of a step;
/// earlier ones stand in the audit trail only. Keeps a standing as cheap after years as at first.
const KEPT: usize = 4;

/// A signature and what could not be found out when it was given.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// The signer's name as it is compared.
    pub person: String,
    /// The signature.
    pub signature: Signature,
    /// Checks that were unknown then: position, and the result's summary.
    pub over: Vec<(usize, String)>,
}

/// What a run has said so far.
#[derive(Clone, Debug)]
pub(super) struct Said {
    run: RunId,
    outcome: Option<Outcome>,
    /// When the oldest of it was found.
    oldest: Timestamp,
}

/// A run that began.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The run.
    pub id: RunId,
    /// Who began it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The process that runs it, where it said so.
    pub process: Option<Process>,
}

impl StepHistory {
    pub(super) fn apply(&mut self, step: &Step, entry: &Entry) {
        match &entry.event {
            Event::StepStarted { run, process, .. } => {
                self.said = Some(Said { run: run.clone(), outcome: None, oldest: entry.at });
                self.run = Some(Run {
                    id: run.clone(),
                    by: entry.by.clone(),
                    at: entry.at,
                    process: process.clone(),
                });
            }
            Event::CheckResult(result) => self.record(step, result, entry),
            Event::StepFinished { run, .. } if self.is_current(run) => self.run = None,
            Event::StepSigned(record) => {
                let signature = Arc::new(dated(record.as_ref().clone(), entry));
                self.sign(signature);
                if self.done_at.is_none() && is_signed(&step.sign_off, &self.signatures) {
                    self.done_at = Some(entry.at);
                }
            }
            Event::StepWaived { reason, expires, step_digest, .. } => {
                self.exempt(ExemptionKind::Waived, reason, *expires, step_digest, entry);
            }
            Event::StepSkipped { reason, step_digest, .. } => {
                self.exempt(ExemptionKind::NotApplicable, reason, None, step_digest, entry);
            }
            Event::StepReopened { reason, .. } => self.reopen(reason, entry),
            Event::CallGiven(record) => self.calls.give(dated(record.as_ref().clone(), entry)),
            Event::HoldLifted { role, reason, .. } => {
                let (by, at) = (entry.by.clone(), entry.at);
                self.calls.lift(role, Lifted { by, at, reason: reason.clone() });
            }
            Event::RollbackCalled { reason, .. } => self.roll_back(reason, entry),
            Event::ThresholdCrossed(_) | Event::ThresholdCleared(_) => {
                crossing::fold(&mut self.crossed, entry);
            }
            Event::Note { text, .. } => self.notes.push(Arc::new(dated(text.clone(), entry))),
            _ => {}
        }
    }

    /// Whether results of this run are still wanted: it began last, and has not ended.
    pub fn is_current(&self, run: &RunId) -> bool {
        self.run.as_ref().is_some_and(|current| &current.id == run)
    }

    /// Whether nothing was signed, waived or verified since the step was last reopened.
    pub fn is_untouched(&self) -> bool {
        self.signatures.is_empty()
            && self.exemption.is_none()
            && self.run.is_none()
            && self.rolled_back.is_none()
            && self.calls.standing().all(|one| one.given.what.call != Call::Go)
            && self.outdated.is_none()
            && self.results.iter().all(Option::is_none)
    }

    /// Keeps a result of the current run; one that belongs to an earlier text of the step never
    /// takes the place of one that belongs to this one. It is as old as what it saw, which may have
    /// been brought here later.
    pub(super) fn record(&mut self, step: &Step, result: &CheckResult, entry: &Entry) {
        if !self.is_current(&result.run) {
            return;
        }
        if let Some(said) = self.said.as_mut().filter(|said| said.run == result.run) {
            let outcomes = said.outcome.into_iter().chain([result.outcome]);
            said.outcome = Some(Outcome::of_all(outcomes));
            said.oldest = said.oldest.min(result.seen_at(entry.at));
        }
        let mut kept = dated(result.clone(), entry);
        kept.at = result.seen_at(entry.at);
        let kept = Some(Arc::new(kept));
        if result.step_digest != step.digest {
            self.outdated = kept;
            return;
        }
        let asked = step.verify.get(result.position).is_some_and(|spec| spec.check == result.check);
        if let Some(slot) = self.results.get_mut(result.position).filter(|_| asked) {
            *slot = kept;
        }
    }

    /// Keeps a look: a signature of the last who had to sign, or a run that completes the step.
    pub(super) fn look(
        &mut self,
        step: &Step,
        schedule: &Schedule<'_>,
        entry: &Entry,
    ) -> Option<()> {
        let by = entry.by.clone();
        let said = self.said.as_ref();
        let seen = said.map(|said| said.oldest).filter(|_| !step.verify.is_empty());
        let look = match &entry.event {
            Event::StepSigned(_) => DueLook { by, at: entry.at },
            Event::StepFinished { run, cancelled: false, .. } if step.sign_off.is_by_checks() => {
                let said = said.filter(|said| said.run == *run)?;
                let passed = said.outcome == Some(Outcome::Pass);
                passed.then_some(DueLook { by, at: said.oldest })?
            }
            _ => return None,
        };
        let signed = matches!(entry.event, Event::StepSigned(_));
        let signatures = &self.signatures;
        let holds = |from: Timestamp| {
            let later = |one: &&Signed| one.signature.at >= from;
            let signatures: Vec<Signed> = signatures.iter().filter(later).cloned().collect();
            let complete = is_signed(&step.sign_off, &signatures);
            (complete || !signed) && seen.is_none_or(|seen| seen >= from)
        };
        self.looks.keep(schedule, &look, holds);
        Some(())
    }

    pub(super) fn sign(&mut self, signature: Signature) {
        let person = signers::person(&signature.by.name);
        let own = |signed: &Signed| signed.person == person;
        if self.signatures.iter().filter(|signed| own(signed)).count() >= KEPT
            && let Some(first) = self.signatures.iter().position(own)
        {
            self.signatures.remove(first);
        }
        self.rests_on = signature.what.decision.as_ref().map(|decision| decision.step.clone());
        let over = self.unknown();
        self.signatures.push(Signed { person, signature, over });
    }

    pub(super) fn exempt(
        &mut self,
        kind: ExemptionKind,
        reason: &str,
        expires: Option<Timestamp>,
        digest: &StepDigest,
        entry: &Entry,
    ) {
        let exemption = Exemption {
            kind,
            reason: reason.to_owned(),
            expires,
            by: entry.by.clone(),
            at: entry.at,
        };
        self.exemption = Some((exemption, digest.clone()));
    }

    pub(super) fn reopen(&mut self, reason: &str, entry: &Entry) {
        let says = sentences::reopened(&entry.by, entry.at, reason);
        self.withdraw(&says);
        self.calls.withdraw_goes(&says);
        self.rests_on = None;
        self.rolled_back = None;
        self.results.fill(None);
        self.outdated = None;
        self.exemption = None;
        self.run = None;
        self.said = None;
        self.looks.reopened = Some(entry.at);
    }

    pub(super) fn roll_back(&mut self, reason: &str, entry: &Entry) {
        let says = sentences::calls::rolled_back(&entry.by, entry.at, reason);
        self.withdraw(&says);
        self.rolled_back = Some(dated(reason.to_owned(), entry));
    }

    /// Takes back the signatures.
    pub(super) fn withdraw(&mut self, says: &str) {
        self.done_at = None;
        let taken = std::mem::take(&mut self.signatures);
        self.withdrawn.extend(taken.into_iter().map(|signed| (signed.signature, says.to_owned())));
        let too_many = self.withdrawn.len().saturating_sub(KEPT);
        self.withdrawn.drain(..too_many);
    }

    /// Checks whose last result is unknown.
    pub(super) fn unknown(&self) -> Vec<(usize, String)> {
        self.results
            .iter()
            .flatten()
            .filter(|result| result.what.outcome == Outcome::Unknown)
            .map(|result| (result.what.position, result.what.summary.clone()))
            .collect()
    }
}

/// Whether everybody who has to sign has signed.
fn is_signed(rule: &SignOff, signatures: &[Signed]) -> bool {
    let counted = signers::sort(signatures, |_| None).counted;
    !counted.is_empty() && signers::missing(rule, &counted, false).is_empty()
}

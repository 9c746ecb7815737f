//! What happened since somebody was last here: plain data for the resume card and for `status`.
//!
//! No state is kept for it. Somebody was last here when the journal last names them; who is not in
//! the journal yet, or has not said who they are, is told about the time since its last entry.

use std::collections::{HashMap, HashSet};

use crate::launch::Launch;
use crate::launch::event::{Actor, Call, Entry, Event, RunId};
use crate::launch::money::MoneyFact;
use crate::launch::outcome::Outcome;
use crate::launch::sentences;
use crate::launch::signers::same_person;
use crate::launch::standing::{Change, Running, Standing, StepStanding, StepState, VerdictKind};
use crate::runbook::model::{Role, StepId};
use crate::text::visible;
use crate::time::Timestamp;

/// What happened since somebody was last here.
#[derive(Clone, Debug, PartialEq)]
pub struct SinceYouLeft {
    /// When that was.
    pub left: Timestamp,
    /// The last journal entry that was there then.
    pub seq: u64,
    /// What others did since, oldest first; a run of checks is one act.
    pub acts: Vec<Act>,
    /// Steps whose due time has come and that nobody has looked at since, each with a sentence.
    pub due: Vec<(StepId, String)>,
    /// Steps that are stale now for another reason, each with the sentences that say why.
    pub stale: Vec<(StepId, Vec<String>)>,
    /// Runs that began and were interrupted.
    pub interrupted: Vec<(StepId, Running)>,
    /// What is not as it was when it was vouched for, each thing once.
    pub changed: Vec<Change>,
    /// The verdict now.
    pub verdict: VerdictKind,
    /// What to do next.
    pub next: Option<StepId>,
}

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// At which step, if at one.
    pub step: Option<StepId>,
    /// What.
    pub deed: Deed,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Signed, perhaps in a role.
    Signed(Option<Role>),
    /// Waived, for a reason.
    Waived(String),
    /// Marked not applicable, for a reason.
    Skipped(String),
    /// Reopened, for a reason.
    Reopened(String),
    /// Called at a roll call: the role, what it said, and why.
    Called(Role, Call, Option<String>),
    /// Lifted somebody's hold, for a reason.
    Lifted(String, Role, String),
    /// Called the rollback, for a reason.
    RolledBack(String),
    /// Wrote a note.
    Noted(String),
    /// Ran the checks; they ended so.
    Verified(Outcome),
    /// Began to walk with another version of the runbook.
    ChangedRunbook,
    /// Found that a threshold is crossed: what is so.
    Crossed(String),
    /// Found that it is crossed no longer: its key.
    Cleared(String),
    /// Could not alert anybody: why.
    NotAlerted(String),
    /// Did or saw something with real money: the sentence without its subject.
    Money(String),
}

impl Act {
    /// The act in one sentence, without its time.
    #[must_use]
    pub fn sentence(&self) -> String {
        let who = sentences::name(&self.by);
        let step = self.step.as_ref().map_or("the launch", StepId::as_str);
        let step = visible(step, 120);
        match &self.deed {
            Deed::Signed(None) => format!("{who} signed {step}"),
            Deed::Signed(Some(role)) => {
                format!("{who} signed {step} as {}", visible(role.as_str(), 60))
            }
            Deed::Waived(reason) => format!("{who} waived {step}: {}", sentences::text(reason)),
            Deed::Skipped(reason) => {
                format!("{who} marked {step} not applicable: {}", sentences::text(reason))
            }
            Deed::Reopened(reason) => format!("{who} reopened {step}: {}", sentences::text(reason)),
            Deed::Called(role, call, reason) => {
                let role = visible(role.as_str(), 60);
                let why = reason.as_deref().map(|why| format!(": {}", sentences::text(why)));
                format!("{who} ({role}) said {} to {step}{}", call.word(), why.unwrap_or_default())
            }
            Deed::Lifted(whose, role, reason) => {
                let (whose, role) = (visible(whose, 60), visible(role.as_str(), 60));
                let why = sentences::text(reason);
                format!("{who} lifted the hold of {whose} ({role}) on {step}: {why}")
            }
            Deed::RolledBack(reason) => {
                format!("{who} called the rollback of {step}: {}", sentences::text(reason))
            }
            Deed::Noted(note) => format!("{who} noted on {step}: {}", sentences::text(note)),
            Deed::Verified(outcome) => format!("{who} verified {step}: {}", outcome.word()),
            Deed::ChangedRunbook => format!("{who} brought in another version of the runbook"),
            Deed::Crossed(message) => {
                format!("{who} found {step} over a threshold: {}", sentences::text(message))
            }
            Deed::Cleared(key) => {
                format!("{who} found {step} no longer over {}", visible(key, 120))
            }
            Deed::NotAlerted(why) => format!("{who} could alert nobody: {}", sentences::text(why)),
            Deed::Money(says) => format!("{who} {says}"),
        }
    }
}

impl SinceYouLeft {
    /// Whether there is nothing to tell but where to go on.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.acts.is_empty()
            && self.due.is_empty()
            && self.stale.is_empty()
            && self.interrupted.is_empty()
            && self.changed.is_empty()
    }
}

/// What happened since `name` was last here; `None` for a launch in which nothing has happened.
#[must_use]
pub fn since_you_left(
    launch: &Launch,
    standing: &Standing,
    name: Option<&str>,
) -> Option<SinceYouLeft> {
    let entries = launch.entries();
    let is_you = |actor: &Actor| name.is_some_and(|name| same_person(&actor.name, name));
    let last = entries.iter().rfind(|entry| is_you(&entry.by)).or(entries.last())?;
    let later = entries.partition_point(|entry| entry.seq <= last.seq);
    let steps = &standing.steps;
    let due = standing.due().into_iter().filter_map(|(step, due)| {
        let (time, since) = due.over()?;
        Some((step.id.clone(), sentences::due_since(time, since, due.again())))
    });
    let due: Vec<_> = due.collect();
    let is_due = |step: &StepStanding| due.iter().any(|(id, _)| *id == step.id);
    let stale = steps.iter().filter(|step| step.state == StepState::Stale && !is_due(step));
    let stale = stale.map(|step| (step.id.clone(), step.because.clone())).collect();
    let interrupted = steps.iter().filter_map(|step| {
        let run = step.running.as_ref().filter(|run| run.interrupted)?;
        Some((step.id.clone(), run.clone()))
    });
    let mut changed: Vec<Change> = Vec::new();
    for change in steps.iter().flat_map(|step| &step.changed) {
        if !changed.contains(change) {
            changed.push(change.clone());
        }
    }
    Some(SinceYouLeft {
        left: last.at,
        seq: last.seq,
        acts: acts(entries.iter().skip(later)),
        due,
        stale,
        interrupted: interrupted.collect(),
        changed,
        verdict: standing.verdict.kind,
        next: standing.next.clone(),
    })
}

/// What was done, of all that these entries record; a run of checks is one act, as is an alert that
/// keeps failing.
pub(crate) fn acts<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<Act> {
    let mut acts: Vec<Act> = Vec::new();
    let mut runs: HashMap<&RunId, (usize, Outcome)> = HashMap::new();
    let mut unheard = HashSet::new();
    for entry in entries {
        let deed = match &entry.event {
            Event::StepSigned(record) => Deed::Signed(record.role.clone()),
            Event::StepWaived { reason, .. } => Deed::Waived(reason.clone()),
            Event::StepSkipped { reason, .. } => Deed::Skipped(reason.clone()),
            Event::StepReopened { reason, .. } => Deed::Reopened(reason.clone()),
            Event::CallGiven(call) => {
                Deed::Called(call.role.clone(), call.call, call.reason.clone())
            }
            Event::HoldLifted { whose, role, reason, .. } => {
                Deed::Lifted(whose.clone(), role.clone(), reason.clone())
            }
            Event::RollbackCalled { reason, .. } => Deed::RolledBack(reason.clone()),
            Event::Note { text, .. } => Deed::Noted(text.clone()),
            Event::RunbookPinned { .. } => Deed::ChangedRunbook,
            Event::ThresholdCrossed(record) => Deed::Crossed(record.message.clone()),
            Event::ThresholdCleared(record) => Deed::Cleared(record.key.clone()),
            // What is tried again and again is told once.
            Event::AlertSent { of, failed: Some(_), .. } if !unheard.insert(of) => continue,
            Event::AlertSent { failed: Some(why), .. } => Deed::NotAlerted(why.clone()),
            Event::MoneyConfirmed(it) => Deed::Money(it.sentence()),
            Event::MoneyPrepared(it) => {
                Deed::Money(format!("had golive ask MintCash to {}", it.spend.sentence()))
            }
            Event::MoneyAnswered(it) => Deed::Money(it.sentence()),
            // That the event came as well changes nothing about the money.
            Event::MoneyObserved(it) if matches!(it.fact, MoneyFact::EventSeen { .. }) => continue,
            Event::MoneyObserved(it) => Deed::Money(it.sentence()),
            Event::CheckResult(result) => {
                let outcome = match runs.get(&result.run) {
                    Some((place, before)) => {
                        let worst = Outcome::of_all([*before, result.outcome]);
                        if let Some(act) = acts.get_mut(*place) {
                            act.deed = Deed::Verified(worst);
                        }
                        runs.insert(&result.run, (*place, worst));
                        continue;
                    }
                    None => result.outcome,
                };
                runs.insert(&result.run, (acts.len(), outcome));
                Deed::Verified(outcome)
            }
            _ => continue,
        };
        let step = entry.event.step().cloned();
        acts.push(Act { at: entry.at, by: entry.by.clone(), step, deed });
    }
    acts
}

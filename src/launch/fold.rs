//! Takes in the journal, one entry after the other, and keeps per step what may still count.
//!
//! Called by `Launch::apply` only. Each entry costs the same however long the journal is. Nothing
//! is judged here: whether a signature or a result counts depends on time and world and is decided
//! anew by `assess` whenever somebody looks.

pub(crate) mod calls;
mod step;

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexSet;

use crate::digest::Digest;
use crate::launch::crossing::Alerts;
use crate::launch::due::Schedule;
use crate::launch::event::{Entry, Event};
use crate::launch::money::Ledger;
use crate::launch::sentences;
use crate::launch::standing::Dated;
use crate::runbook::model::{Runbook, StepDigest, StepId};

pub(crate) use step::{Signed, StepHistory};

/// What the journal says so far.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// The journal's random id.
    pub journal: Option<String>,
    /// The runbook pinned last.
    pub pinned: Option<Pin>,
    /// Runbooks whose commands somebody trusts.
    pub trusted: BTreeSet<Digest>,
    /// Everything about real money.
    pub ledger: Ledger,
    /// What is not said to be alerted yet.
    pub alerts: Alerts,
    steps: Vec<StepHistory>,
    places: HashMap<StepId, Place>,
    archived: IndexSet<StepId>,
}

/// Where a step stands: among all steps, and in the runbook.
#[derive(Clone, Copy, Debug)]
struct Place {
    flat: usize,
    section: usize,
    step: usize,
}

/// A pinned runbook.
#[derive(Clone, Debug)]
pub(crate) struct Pin {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    steps: HashMap<StepId, StepDigest>,
}

impl History {
    /// Nothing yet, with a place for each step of the runbook and for the ids that it had before.
    pub fn new(runbook: &Runbook) -> Self {
        let mut steps = Vec::new();
        let mut places = HashMap::new();
        let mut former = Vec::new();
        for (section, group) in runbook.sections.iter().enumerate() {
            for (index, step) in group.steps.iter().enumerate() {
                let place = Place { flat: steps.len(), section, step: index };
                let results = vec![None; step.verify.len()];
                steps.push(StepHistory { results, ..StepHistory::default() });
                places.insert(step.id.clone(), place);
                former.extend(step.renamed_from.iter().map(|old| (old.clone(), place)));
            }
        }
        for (old, place) in former {
            places.entry(old).or_insert(place);
        }
        Self {
            journal: None,
            pinned: None,
            trusted: BTreeSet::new(),
            ledger: Ledger::default(),
            alerts: Alerts::default(),
            steps,
            places,
            archived: IndexSet::new(),
        }
    }

    /// What is known of each step, in the runbook's order.
    pub fn steps(&self) -> &[StepHistory] {
        &self.steps
    }

    /// What is known of one step.
    pub fn step(&self, id: &StepId) -> Option<&StepHistory> {
        self.steps.get(self.places.get(id)?.flat)
    }

    /// Steps that the journal knows and the runbook does not, in the order of their first entry.
    pub fn archived(&self) -> impl Iterator<Item = &StepId> {
        self.archived.iter()
    }

    /// Takes in one entry.
    pub fn apply(&mut self, runbook: &Runbook, entry: &Entry) {
        self.ledger.apply(entry);
        self.alerts.apply(entry);
        match &entry.event {
            Event::JournalOpened { journal, .. } => {
                self.journal.get_or_insert_with(|| journal.clone());
            }
            Event::RunbookPinned { digest, steps, .. } => {
                let steps = steps.iter().map(|(id, digest)| (id.clone(), digest.clone())).collect();
                self.pin(Pin { digest: digest.clone(), steps }, entry);
            }
            Event::RunbookTrusted { digest } => {
                self.trusted.insert(digest.clone());
            }
            event => {
                if let Some(id) = event.step() {
                    self.tell_decision(id, entry);
                    self.apply_to_step(runbook, id, entry);
                    self.look(runbook, id, entry);
                }
            }
        }
    }

    fn apply_to_step(&mut self, runbook: &Runbook, id: &StepId, entry: &Entry) {
        let place = self.places.get(id).copied();
        let known = place.and_then(|place| {
            let step = runbook.sections.get(place.section)?.steps.get(place.step)?;
            Some((step, self.steps.get_mut(place.flat)?))
        });
        match known {
            Some((step, history)) => history.apply(step, entry),
            None => {
                self.archived.insert(id.clone());
            }
        }
    }

    /// Keeps that somebody looked at a step that is due at times.
    fn look(&mut self, runbook: &Runbook, id: &StepId, entry: &Entry) -> Option<()> {
        let place = self.places.get(id).copied()?;
        let step = runbook.sections.get(place.section)?.steps.get(place.step)?;
        let due = step.due.as_ref()?;
        let since = self.step(&due.after)?.done_at?;
        self.steps.get_mut(place.flat)?.look(step, &Schedule { due, since }, entry)
    }

    /// Tells the roll call that an irreversible step rests on what happens to that step: signed,
    /// it was acted on; rolled back, its goes are spent.
    fn tell_decision(&mut self, id: &StepId, entry: &Entry) {
        if let Event::StepSigned(record) = &entry.event {
            let decision = record.decision.as_ref().map(|decision| &decision.step);
            if let Some(history) = decision.and_then(|decision| self.step_mut(decision)) {
                history.calls.acted = Some((id.clone(), entry.at, entry.by.clone()));
            }
            return;
        }
        let decision = self.step(id).and_then(|history| history.rests_on.clone());
        let Some(history) = decision.and_then(|decision| self.step_mut(&decision)) else { return };
        match &entry.event {
            Event::RollbackCalled { reason, .. } => {
                let says = sentences::calls::rolled_back(&entry.by, entry.at, reason);
                history.calls.withdraw_goes(&says);
                history.calls.acted = None;
            }
            Event::StepReopened { .. } => history.calls.acted = None,
            _ => {}
        }
    }

    fn step_mut(&mut self, id: &StepId) -> Option<&mut StepHistory> {
        let place = self.places.get(id)?.flat;
        self.steps.get_mut(place)
    }

    fn pin(&mut self, pin: Pin, entry: &Entry) {
        if let Some(before) = &self.pinned {
            for (id, digest) in &pin.steps {
                if before.steps.get(id).is_none_or(|was| was == digest) {
                    continue;
                }
                let place = self.places.get(id).copied();
                if let Some(history) = place.and_then(|place| self.steps.get_mut(place.flat)) {
                    history.redefined = Some((entry.at, entry.by.clone()));
                }
            }
        }
        self.pinned = Some(pin);
    }
}

fn dated<T>(what: T, entry: &Entry) -> Dated<T> {
    Dated { what, by: entry.by.clone(), at: entry.at, seq: entry.seq }
}

//! Where a launch stands: a pure fold of runbook and journal.
//!
//! `journal` feeds entries to [`Launch::apply`]; faces ask [`Launch::standing`] and show the
//! answer; what somebody wants to do goes through [`decide::decide`]. Nothing here does I/O or
//! reads the clock.

mod assess;
pub mod call;
pub mod crossing;
pub mod cutover;
pub mod decide;
pub mod due;
pub mod event;
mod fold;
mod freshness;
mod gates;
pub mod lookup;
pub mod money;
pub mod outcome;
pub mod roll_call;
mod sentences;
pub mod signers;
pub mod since;
pub mod standing;
#[doc(hidden)]
pub mod testing;
mod verdict;

use std::sync::Arc;

use crate::digest::Digest;
use crate::launch::crossing::{Alerts, Crossing};
use crate::launch::due::Schedule;
use crate::launch::event::{Entry, Process, RunId};
use crate::launch::fold::History;
use crate::launch::money::Ledger;
use crate::launch::standing::{Standing, StepStanding, World};
use crate::runbook::model::{Phase, Runbook, Step, StepId};
use crate::time::Timestamp;

/// A launch: one runbook and everything that has happened so far.
#[derive(Clone, Debug)]
pub struct Launch {
    runbook: Arc<Runbook>,
    entries: Vec<Entry>,
    history: History,
}

impl Launch {
    /// A launch in which nothing has happened yet.
    #[must_use]
    pub fn new(runbook: Arc<Runbook>) -> Self {
        let history = History::new(&runbook);
        Self { runbook, entries: Vec::new(), history }
    }

    /// The runbook that it is walked with.
    #[must_use]
    pub fn runbook(&self) -> &Arc<Runbook> {
        &self.runbook
    }

    /// Takes in one entry of the journal; entries come in order. One that has been taken in
    /// already, by its number, is passed over.
    pub fn apply(&mut self, entry: &Entry) {
        if self.entries.last().is_some_and(|last| entry.seq <= last.seq) {
            return;
        }
        self.history.apply(&self.runbook, entry);
        self.entries.push(entry.clone());
    }

    /// Where the launch stands at `now`, in the world as it is.
    #[must_use]
    pub fn standing(&self, now: Timestamp, world: &World) -> Standing {
        let mut moments = Vec::new();
        let mut steps = self.steps(now, world, &mut moments);
        let sections = gates::lock(&self.runbook, &mut steps);
        gates::lock_undecided(&self.runbook, &mut steps);
        let verdict = verdict::verdict(steps.iter().zip(verdict::phases(&self.runbook)));
        let next = verdict::next(&self.runbook, &sections, &steps);
        Standing {
            sections,
            steps,
            verdict,
            next,
            archived: self.history.archived().cloned().collect(),
            changes_at: moments.into_iter().filter(|moment| *moment > now).min(),
        }
    }

    /// Where each step stands. A roll call decides on the verdict of what comes before it and on
    /// what failed anywhere, so those come last, in order, each knowing the ones before it.
    fn steps(
        &self,
        now: Timestamp,
        world: &World,
        moments: &mut Vec<Timestamp>,
    ) -> Vec<StepStanding> {
        let looks = || {
            let pairs = self.runbook.steps().zip(self.history.steps());
            pairs.map(|(step, history)| {
                let schedule = self.schedule(step);
                assess::Look { step, history, schedule, now, world }
            })
        };
        let is_called = |look: &assess::Look<'_>| look.step.sign_off.is_roll_call();
        let mut steps: Vec<Option<StepStanding>> =
            looks().map(|look| (!is_called(&look)).then(|| look.standing(None, moments))).collect();
        for (place, look) in looks().enumerate().filter(|(_, look)| is_called(look)) {
            let known = steps.iter().zip(verdict::phases(&self.runbook)).enumerate();
            let known = known.filter_map(|(at, (step, phase))| {
                // What comes after the decision can not be complete before it.
                Some((step.as_ref()?, if at > place { Phase::After } else { phase }))
            });
            let verdict = verdict::verdict(known);
            let card =
                event::Card::of(&verdict, |id| steps.iter().flatten().find(|step| &step.id == id));
            let standing = look.standing(Some(card), moments);
            if let Some(slot) = steps.get_mut(place) {
                *slot = Some(standing);
            }
        }
        steps.into_iter().flatten().collect()
    }

    /// Runs that began and have no end in the journal, with the process that began each.
    pub fn runs(&self) -> impl Iterator<Item = (&RunId, Option<&Process>)> {
        let runs = self.history.steps().iter().filter_map(|history| history.run.as_ref());
        runs.map(|run| (&run.id, run.process.as_ref()))
    }

    /// The journal's random id, once there is one.
    #[must_use]
    pub fn journal_id(&self) -> Option<&str> {
        self.history.journal.as_deref()
    }

    /// The digest of the runbook that was pinned last, once there is one.
    #[must_use]
    pub fn pinned(&self) -> Option<&Digest> {
        self.history.pinned.as_ref().map(|pin| &pin.digest)
    }

    /// Whether somebody has trusted the commands of the runbook that is loaded.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.history.trusted.contains(&self.runbook.digest)
    }

    /// When traffic was switched to live, as far as the journal says: when the step was signed from
    /// which due times count or, where none do, the last one that can not be taken back. Nothing
    /// once that was reopened or its rollback called.
    #[must_use]
    pub fn switched_at(&self) -> Option<Timestamp> {
        let named = self.runbook.steps().filter_map(|step| Some(&step.due.as_ref()?.after));
        let mut named = named.peekable();
        if named.peek().is_some() {
            return named.find_map(|step| self.done_at(step));
        }
        let all = self.runbook.steps().filter(|step| step.irreversible);
        all.filter_map(|step| self.done_at(&step.id)).last()
    }

    /// The due times of a step as moments, once the step is signed from which they count.
    fn schedule<'a>(&self, step: &'a Step) -> Option<Schedule<'a>> {
        let due = step.due.as_ref()?;
        Some(Schedule { due, since: self.done_at(&due.after)? })
    }

    /// When everybody who has to sign a step had signed it; nothing once it was reopened.
    fn done_at(&self, step: &StepId) -> Option<Timestamp> {
        self.history.step(step)?.done_at
    }

    /// Every entry so far, in order: the audit trail.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Everything about real money so far.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.history.ledger
    }

    /// Thresholds that are crossed, of all steps.
    pub fn crossed(&self) -> impl Iterator<Item = &Crossing> {
        self.history.steps().iter().flat_map(|step| &step.crossed)
    }

    /// The news of crossed thresholds that is not said to be alerted yet.
    #[must_use]
    pub fn alerts(&self) -> &Alerts {
        &self.history.alerts
    }

    pub(crate) fn history(&self) -> &History {
        &self.history
    }
}

#[cfg(test)]
mod tests;

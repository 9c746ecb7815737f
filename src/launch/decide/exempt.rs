//! Commands that go on without a step, begin it again, or write something down about it.

use crate::launch::decide::{Case, Refusal, words};
use crate::launch::event::Event;
use crate::launch::sentences;
use crate::launch::standing::{ExemptionKind, StepStanding, StepState};
use crate::runbook::model::StepId;
use crate::time::Timestamp;

impl Case<'_> {
    /// Waives a step; a waiver in force may be replaced, for another reason or another end.
    pub(super) fn waive(
        &self,
        id: &StepId,
        reason: &str,
        expires: Option<Timestamp>,
    ) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        let (step, _, standing) = self.standing(id)?;
        self.not_stopped(id)?;
        not_done(&standing, "waive")?;
        if standing.state == StepState::NotApplicable {
            return Err(not_applicable(&standing));
        }
        let reason = words::reason(reason)?;
        if let Some(end) = expires.filter(|end| *end <= self.now) {
            return Err(Refusal::new(
                format!("The waiver would have ended at {}, which is past.", end.minute()),
                "Name a later moment, or none.",
            ));
        }
        let step_digest = step.digest.clone();
        Ok(vec![Event::StepWaived { step: id.clone(), reason, expires, step_digest }])
    }

    /// Marks a step not applicable.
    pub(super) fn skip(&self, id: &StepId, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        let (step, _, standing) = self.standing(id)?;
        self.not_stopped(id)?;
        not_done(&standing, "skip")?;
        if standing.state == StepState::NotApplicable {
            return Err(not_applicable(&standing));
        }
        let reason = words::reason(reason)?;
        let step_digest = step.digest.clone();
        Ok(vec![Event::StepSkipped { step: id.clone(), reason, step_digest }])
    }

    /// Reopens a step that has something to be taken back.
    pub(super) fn reopen(&self, id: &StepId, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        self.step(id)?;
        self.nobody_runs(id, None)?;
        let reason = words::reason(reason)?;
        let history = self.launch.history().step(id);
        if history.is_none_or(crate::launch::fold::StepHistory::is_untouched) {
            // A hold or a no-go is not taken back with the step.
            self.not_stopped(id)?;
            return Err(Refusal::new(
                format!("Nothing has been signed, waived or verified at `{id}`."),
                "There is nothing to take back; go on with the step.",
            ));
        }
        Ok(vec![Event::StepReopened { step: id.clone(), reason }])
    }

    /// Writes a note; allowed on every step, also a locked one.
    pub(super) fn note(&self, id: Option<&StepId>, text: &str) -> Result<Vec<Event>, Refusal> {
        self.person()?;
        if let Some(id) = id {
            self.step(id)?;
        }
        Ok(vec![Event::Note { step: id.cloned(), text: words::text("note", text)? }])
    }
}

fn not_done(standing: &StepStanding, what: &str) -> Result<(), Refusal> {
    if standing.state != StepState::Done {
        return Ok(());
    }
    Err(Refusal::new(
        format!("`{}` is done; there is nothing to {what}.", standing.id),
        "Reopen it first if it must not count any more.",
    ))
}

/// A step that somebody has marked not applicable.
pub(super) fn not_applicable(standing: &StepStanding) -> Refusal {
    let mark = standing.exemption.as_ref().filter(|m| m.kind == ExemptionKind::NotApplicable);
    let said = mark.map(sentences::exempted).unwrap_or_default();
    Refusal::new(
        format!("`{}` is marked not applicable. {said}", standing.id).trim_end().to_owned(),
        "Reopen it first if it applies after all.",
    )
}

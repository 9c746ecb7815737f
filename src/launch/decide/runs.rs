//! Commands about runs of checks: one run per step at a time, and only its results count.

use crate::launch::decide::{Case, Refusal};
use crate::launch::event::{CheckResult, Event, RunId};
use crate::launch::sentences;
use crate::runbook::model::StepId;
use crate::text::visible;
use crate::time::spoken;

impl Case<'_> {
    /// Begins a run, unless another one of the same step is under way.
    pub(super) fn start(&self, id: &StepId, run: &RunId) -> Result<Vec<Event>, Refusal> {
        if self.step(id)?.verify.is_empty() {
            return Err(Refusal::new(
                format!("No check verifies `{id}`; people sign it."),
                format!("`golive sign {id}`"),
            ));
        }
        self.nobody_runs(id, Some(run))?;
        let process = self.world.own.clone();
        Ok(vec![Event::StepStarted { step: id.clone(), run: run.clone(), process }])
    }

    /// Records a result of the run that is under way.
    pub(super) fn record(&self, result: &CheckResult) -> Result<Vec<Event>, Refusal> {
        let id = &result.step;
        let step = self.step(id)?;
        let history = self.launch.history().step(id);
        if history.is_none_or(|history| !history.is_current(&result.run)) {
            return Err(Refusal::new(
                format!(
                    "This run of `{id}` counts no longer: it ended, was replaced, or the step was reopened."
                ),
                "Verify again.",
            ));
        }
        if result.step_digest != step.digest {
            return Err(Refusal::new(
                format!("The runbook changed `{id}` while its checks ran; the result is dropped."),
                "Verify again.",
            ));
        }
        let asked = step.verify.get(result.position);
        if asked.is_none_or(|spec| spec.check != result.check) {
            return Err(Refusal::new(
                format!("`{id}` does not ask for `{}` in this place.", result.check),
                "Restart golive, so that it reads the runbook again.",
            ));
        }
        Ok(vec![Event::CheckResult(Box::new(result.clone()))])
    }

    /// Ends a run; one that counts no longer has ended already.
    pub(super) fn finish(&self, id: &StepId, run: &RunId, cancelled: bool) -> Vec<Event> {
        let history = self.launch.history().step(id);
        if history.is_none_or(|history| !history.is_current(run)) {
            return Vec::new();
        }
        vec![Event::StepFinished { step: id.clone(), run: run.clone(), cancelled }]
    }

    /// Refuses while a run of the step is under way, here or in another process; `own` is passed
    /// over.
    pub(super) fn nobody_runs(&self, id: &StepId, own: Option<&RunId>) -> Result<(), Refusal> {
        let Some(run) = self.launch.history().step(id).and_then(|history| history.run.as_ref())
        else {
            return Ok(());
        };
        let who = sentences::name(&run.by);
        let began = run.at.minute();
        let here = self.world.running.contains(&run.id);
        if here && Some(&run.id) == own || self.world.gone.contains(&run.id) {
            return Ok(());
        }
        if here {
            return Err(Refusal::new(
                format!("The checks of `{id}` are under way here since {began} ({who})."),
                "Wait until they end, or cancel them.",
            ));
        }
        let ends = self.world.interrupts_at(&run.id, run.at);
        if ends.is_some_and(|ends| self.now >= ends) {
            return Ok(());
        }
        let host = run.by.host.as_deref().map(|host| format!(" on {}", visible(host, 60)));
        let hint = match (ends, &run.process) {
            (Some(ends), _) => format!(
                "Wait for them. If that program is gone, they count as interrupted in {}.",
                spoken(ends.since(self.now))
            ),
            (None, Some(process)) => format!(
                "Wait for them: the program still runs here, as process {}. Once it has ended, \
                 they count as interrupted.",
                process.pid
            ),
            (None, None) => "Wait for them.".to_owned(),
        };
        Err(Refusal::new(
            format!(
                "{who} began the checks of `{id}` at {began}{}, and they have not ended.",
                host.unwrap_or_default()
            ),
            hint,
        ))
    }
}

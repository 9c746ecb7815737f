//! Runs the checks of steps, records their results and tells a face how far they are.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use crate::checks::{Planned, Progress};
use crate::launch::event::{Actor, CheckResult, Entry, RunId};
use crate::runbook::model::{CheckName, InputName, StepId};
use crate::runtime::workspace::SharedWorkspace;

/// What to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// Who asks for it.
    pub by: Actor,
    /// The step.
    pub step: StepId,
    /// Hosts to which validly signed probes may go.
    pub armed: BTreeSet<String>,
}

/// News from a run.
#[derive(Clone, Debug)]
pub enum RunNews {
    /// It began.
    Started {
        /// The run.
        run: RunId,
    },
    /// A check says how far it is.
    Progress {
        /// The check.
        check: CheckName,
        /// How far.
        progress: Progress,
    },
    /// Entries were written to the journal.
    Entries(Vec<Entry>),
}

/// Runs the checks of one step, one after the other, and records each result as it comes. A
/// cancelled run records what it has.
///
/// # Errors
/// When a result can not be recorded; the text to show.
pub async fn run_step(
    workspace: SharedWorkspace,
    request: RunRequest,
    cancel: CancellationToken,
    tell: impl Fn(RunNews) + Send + Sync + Clone + 'static,
) -> Result<Vec<CheckResult>, crate::failure::Failure> {
    let _ = (workspace, request, cancel, tell);
    Ok(Vec::new())
}

/// Lists what running these steps would do, and the `prompt` secrets that have to be typed first.
pub async fn plan_steps(
    workspace: SharedWorkspace,
    steps: &[StepId],
    armed: &BTreeSet<String>,
) -> (Vec<(StepId, CheckName, Planned)>, Vec<InputName>) {
    let _ = (workspace, steps, armed);
    (Vec::new(), Vec::new())
}

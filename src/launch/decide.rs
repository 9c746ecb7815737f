//! What somebody wants to do, and whether the launch allows it.
//!
//! [`decide`] is called under the journal's lock with everything that others have written until
//! then, so that what it refuses is refused for good: a second signature by the same person, a
//! step that changed since it was read, a closed gate. Pure.

use std::collections::BTreeMap;

use crate::launch::Launch;
use crate::launch::event::{Actor, CheckResult, Event, RunId};
use crate::launch::standing::World;
use crate::runbook::model::{Role, StepDigest, StepId};
use crate::time::Timestamp;

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Begin the launch in an empty journal.
    Open {
        /// A random id for the journal.
        journal: String,
        /// The launch's name.
        launch: String,
        /// Program and version.
        program: String,
    },
    /// Walk with the runbook that is loaded (no event when it is already pinned).
    PinRunbook,
    /// Let the commands of the loaded runbook run.
    TrustRunbook,
    /// Let validly signed probes go to a host.
    Arm {
        /// Host and, where it is not the default, port.
        host: String,
    },
    /// Checks of a step begin.
    Start {
        /// The step.
        step: StepId,
        /// The run.
        run: RunId,
    },
    /// A check ended.
    Record(Box<CheckResult>),
    /// The checks of a run are over.
    Finish {
        /// The step.
        step: StepId,
        /// The run.
        run: RunId,
        /// Whether it was cancelled.
        cancelled: bool,
    },
    /// Sign a step.
    Sign {
        /// The step.
        step: StepId,
        /// In which role, for a step that asks for roles.
        role: Option<Role>,
        /// Evidence by name.
        evidence: BTreeMap<String, String>,
        /// A remark.
        note: Option<String>,
        /// The digest of the step as the signer saw it.
        seen: StepDigest,
    },
    /// Go on without a step, for a reason, in one's own name.
    Waive {
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
        /// When it ends.
        expires: Option<Timestamp>,
    },
    /// Say that a step does not apply.
    Skip {
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
    },
    /// Make a step's sign-offs, waiver and results count no longer.
    Reopen {
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
    },
    /// Write something down.
    Note {
        /// About which step, if any.
        step: Option<StepId>,
        /// The text.
        text: String,
    },
    /// A report was written.
    Exported {
        /// The format.
        format: String,
        /// The head that it shows.
        head: String,
    },
}

/// Why the launch does not allow it; to be shown to the person as it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What stands in the way, one sentence.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Turns a command into the events that record it.
///
/// # Errors
/// When the launch, as it stands, does not allow the command.
pub fn decide(
    launch: &Launch,
    command: &Command,
    by: &Actor,
    now: Timestamp,
    world: &World,
) -> Result<Vec<Event>, Refusal> {
    let _ = (launch, command, by, now, world);
    Err(Refusal { message: "not yet".into(), hint: None })
}

//! What somebody wants to do, and whether the launch allows it.
//!
//! [`decide`] is called under the journal's lock with everything that others have written until
//! then, so that what it refuses is refused for good: a second signature by the same person, a
//! step that changed since it was read, a closed gate. Pure.

mod call;
mod crossing;
mod exempt;
mod ledger;
mod looked_up;
mod money;
mod runs;
mod sign;
mod words;

use std::collections::BTreeMap;

use crate::launch::Launch;
use crate::launch::crossing::{ClearedRecord, CrossedRecord, Way};
use crate::launch::event::{Actor, Call, Card, CheckResult, Event, RunId};
use crate::launch::lookup::LookedUp;
use crate::launch::money::{Caps, Confirmation, Intent, MoneyAnswer, Observation};
use crate::launch::standing::{Standing, StepStanding, World};
use crate::runbook::model::{Role, Step, StepDigest, StepId};
use crate::text::visible;
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
        /// What the provider says of the ids in the evidence.
        looked_up: LookedUp,
    },
    /// Say go, hold or no-go at a roll call.
    Call {
        /// The step.
        step: StepId,
        /// The role that speaks.
        role: Role,
        /// What it says.
        call: Call,
        /// Why; a hold and a no-go need it.
        reason: Option<String>,
        /// Evidence by name.
        evidence: BTreeMap<String, String>,
        /// The digest of the step as the caller saw it.
        seen: StepDigest,
        /// The verdict as the caller saw it.
        saw: Box<Card>,
    },
    /// Lift the hold of a role.
    Lift {
        /// The step.
        step: StepId,
        /// The role that holds.
        role: Role,
        /// Why.
        reason: String,
    },
    /// Call the rollback of a step that can not be taken back.
    CallRollback {
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
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
    /// Somebody typed what is about to happen with real money.
    Confirm(Box<Confirmation>),
    /// A request that moves money is about to be sent.
    Prepare {
        /// The request.
        intent: Box<Intent>,
        /// The most that may be charged.
        caps: Caps,
    },
    /// Something came back for it.
    Answered(Box<MoneyAnswer>),
    /// Something was seen of it.
    Observed(Box<Observation>),
    /// A threshold of the first week is crossed.
    Cross(Box<CrossedRecord>),
    /// It is crossed no longer.
    Clear(ClearedRecord),
    /// A program takes it upon itself to alert what is recorded in an entry.
    TakeAlert {
        /// The entry.
        of: u64,
        /// The program's process.
        watcher: String,
    },
    /// What is recorded in an entry was alerted, or could not be.
    AlertSent {
        /// The entry.
        of: u64,
        /// Why not everybody was reached, when not everybody was.
        failed: Option<String>,
        /// Who was, then.
        reached: Vec<Way>,
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

impl Refusal {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }
}

/// Turns a command into the events that record it; none when it is so already.
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
    let case = Case { launch, by, now, world };
    match command {
        Command::Open { journal, launch, program } => Ok(case.open(journal, launch, program)),
        Command::PinRunbook => Ok(case.pin()),
        Command::TrustRunbook => case.trust(),
        Command::Arm { host } => case.arm(host),
        Command::Start { step, run } => case.start(step, run),
        Command::Record(result) => case.record(result),
        Command::Finish { step, run, cancelled } => Ok(case.finish(step, run, *cancelled)),
        Command::Sign { step, role, evidence, note, seen, looked_up } => {
            case.sign(&sign::Request {
                step,
                role: role.as_ref(),
                evidence,
                note: note.as_deref(),
                seen,
                looked_up,
            })
        }
        Command::Call { step, role, call, reason, evidence, seen, saw } => {
            case.call(&call::Request {
                step,
                role,
                call: *call,
                reason: reason.as_deref(),
                evidence,
                seen,
                saw,
            })
        }
        Command::Lift { step, role, reason } => case.lift(step, role, reason),
        Command::CallRollback { step, reason } => case.call_rollback(step, reason),
        Command::Waive { step, reason, expires } => case.waive(step, reason, *expires),
        Command::Skip { step, reason } => case.skip(step, reason),
        Command::Reopen { step, reason } => case.reopen(step, reason),
        Command::Note { step, text } => case.note(step.as_ref(), text),
        Command::Confirm(it) => case.confirm(it),
        Command::Prepare { intent, caps } => case.prepare(intent, *caps),
        Command::Answered(answer) => case.answered(answer),
        Command::Observed(seen) => case.observed(seen),
        Command::Cross(record) => case.cross(record),
        Command::Clear(record) => case.clear(record),
        Command::TakeAlert { of, watcher } => Ok(case.take_alert(*of, watcher)),
        Command::AlertSent { of, failed, reached } => {
            Ok(case.alert_sent(*of, failed.as_deref(), reached))
        }
        Command::Exported { format, head } => {
            Ok(vec![Event::ReportExported { format: format.clone(), head: head.clone() }])
        }
    }
}

/// One command's circumstances; the rules are in the files of this folder, by kind of command.
struct Case<'a> {
    launch: &'a Launch,
    by: &'a Actor,
    now: Timestamp,
    world: &'a World,
}

impl Case<'_> {
    /// The step with this id.
    fn step(&self, id: &StepId) -> Result<&Step, Refusal> {
        self.launch.runbook().step(id).ok_or_else(|| {
            let id = visible(id.as_str(), 120);
            Refusal::new(
                format!("The runbook has no step `{id}`."),
                "`golive status` lists the steps.",
            )
        })
    }

    /// Where everything stands, and this step in it.
    fn standing(&self, id: &StepId) -> Result<(&Step, Standing, StepStanding), Refusal> {
        let step = self.step(id)?;
        let mut standing = self.launch.standing(self.now, self.world);
        let place = standing.steps.iter().position(|other| &other.id == id);
        match place {
            Some(place) => {
                let own = standing.steps.swap_remove(place);
                Ok((step, standing, own))
            }
            None => Err(Refusal::new(format!("Step `{id}` has no standing."), "Restart golive.")),
        }
    }

    /// The one who acts, with a name that people can read and tell from others.
    fn person(&self) -> Result<&Actor, Refusal> {
        words::name(&self.by.name)?;
        Ok(self.by)
    }
}

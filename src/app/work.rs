//! What is under way: requests without an answer yet, checks that run, the last message.
//!
//! Owned by the model. Every answer carries the ticket or run it belongs to; one that nobody waits
//! for is dropped.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::app::dialog::Dialog;
use crate::app::effect::Ticket;
use crate::checks::Progress;
use crate::launch::decide::Command;
use crate::launch::event::RunId;
use crate::launch::money::{Confirmed, Limits, Spend};
use crate::runbook::model::{CheckName, StepId};
use crate::time::Timestamp;

/// How many probe lines of a run are kept for the screen; the journal has the results in full.
const LINES_KEPT: usize = 500;

/// A request whose answer has not come yet.
#[derive(Debug)]
pub enum Pending {
    /// Something is being recorded.
    Submit {
        /// The step it is about.
        step: Option<StepId>,
        /// What is being saved, for the step: `Dana's signature`.
        saving: String,
        /// What to say once it is on disk.
        saved: String,
        /// The dialog to open again when it is refused.
        again: Option<Box<Dialog>>,
        /// What to go on with once it is on disk.
        then: Option<Then>,
    },
    /// A plan of what verifying would send.
    Plan {
        /// Who asked.
        by: String,
        /// The steps.
        steps: Vec<StepId>,
    },
}

/// What to go on with after a question has been answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Verify these steps.
    Verify(Vec<StepId>),
}

/// What a run that is about to begin has been allowed, and what is still to be asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permit {
    /// The steps.
    pub steps: Vec<StepId>,
    /// Hosts to which validly signed probes may go, typed by the operator.
    pub armed: Vec<String>,
    /// Movements of real money, typed by the operator.
    pub confirmed: Vec<Confirmed>,
    /// Movements of real money that are still to be asked about.
    pub asks: VecDeque<(StepId, Spend)>,
    /// How many of them there are, those asked about already included.
    pub spends: usize,
    /// The most that may be charged.
    pub limits: Limits,
}

/// One finished probe.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeLine {
    /// The check.
    pub check: CheckName,
    /// What it was.
    pub name: String,
    /// What came of it.
    pub says: String,
    /// Whether that was as it should be.
    pub good: Option<bool>,
    /// How long it took.
    pub took: Duration,
}

/// Long work of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkLine {
    /// The check.
    pub check: CheckName,
    /// What is being done.
    pub doing: String,
    /// Units done.
    pub done: u64,
    /// Units in all, where known.
    pub of: Option<u64>,
    /// The unit.
    pub unit: &'static str,
    /// When it was first heard of.
    pub since: Timestamp,
}

/// A run of this process, as it goes on, or the last one of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveRun {
    /// The run.
    pub run: RunId,
    /// When it began.
    pub since: Timestamp,
    /// The probes that have finished.
    pub probes: VecDeque<ProbeLine>,
    /// The work in hand.
    pub work: Option<WorkLine>,
    /// The page that somebody has to open now: what it is for, and its address.
    pub page: Option<(String, String)>,
    /// Whether somebody asked it to stop.
    pub cancelling: bool,
    /// Whether it has ended.
    pub ended: bool,
}

impl LiveRun {
    /// A run that begins.
    #[must_use]
    pub fn new(run: RunId, since: Timestamp) -> Self {
        Self {
            run,
            since,
            probes: VecDeque::new(),
            work: None,
            page: None,
            cancelling: false,
            ended: false,
        }
    }

    /// Takes in what a check says.
    pub fn take(&mut self, check: CheckName, progress: Progress, now: Timestamp) {
        match progress {
            Progress::Probe { name, says, good, took } => {
                if self.probes.len() == LINES_KEPT {
                    self.probes.pop_front();
                }
                self.probes.push_back(ProbeLine { check, name, says, good, took });
            }
            Progress::Page { about, url } => self.page = Some((about, url)),
            Progress::Work { doing, done, of, unit } => {
                let same = self.work.as_ref().filter(|w| w.check == check && w.doing == doing);
                let since = same.map_or(now, |work| work.since);
                self.work = Some(WorkLine { check, doing, done, of, unit, since });
            }
        }
    }
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As asked.
    Good,
    /// For information.
    Plain,
    /// Something is wrong.
    Bad,
}

/// A message on the last line; leaves with the next key, or after a while when nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How it is meant.
    pub tone: Tone,
    /// The text, one line.
    pub text: String,
    /// When it came.
    pub since: Timestamp,
}

impl Toast {
    /// When it leaves by itself.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        (self.tone != Tone::Bad).then(|| self.since.plus(Duration::from_secs(8)))
    }
}

/// What is under way.
#[derive(Debug, Default)]
pub struct Work {
    tickets: u64,
    /// Requests without an answer.
    pub pending: BTreeMap<Ticket, Pending>,
    /// The run of each step that runs here now or ran last.
    pub runs: BTreeMap<StepId, LiveRun>,
    /// Steps whose checks have been asked for and have not begun.
    pub starting: Vec<StepId>,
    /// The last message.
    pub toast: Option<Toast>,
}

impl Work {
    /// A ticket that no other request has.
    pub fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// The run of a step, as long as it goes on.
    #[must_use]
    pub fn running(&self, step: &StepId) -> Option<&LiveRun> {
        self.runs.get(step).filter(|run| !run.ended)
    }

    /// Whether anything runs here.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.starting.is_empty() || self.runs.values().any(|run| !run.ended)
    }

    /// What is being saved for a step.
    pub fn saving<'a>(&'a self, id: &'a StepId) -> impl Iterator<Item = &'a str> {
        self.pending.values().filter_map(move |pending| match pending {
            Pending::Submit { step: Some(step), saving, .. } if step == id => Some(saving.as_str()),
            _ => None,
        })
    }

    /// Whether something waits for the disk.
    #[must_use]
    pub fn is_saving(&self) -> bool {
        self.pending.values().any(|pending| matches!(pending, Pending::Submit { .. }))
    }
}

/// Words for a command that is being saved and for one that has been.
#[must_use]
pub fn words(command: &Command, by: &str) -> (String, String) {
    match command {
        Command::Sign { step, .. } => {
            (format!("{by}'s signature"), format!("Signed {step} as {by}"))
        }
        Command::Waive { step, .. } => ("the waiver".into(), format!("Waived {step} as {by}")),
        Command::Skip { step, .. } => {
            ("the mark".into(), format!("Marked {step} as not applicable, as {by}"))
        }
        Command::Call { step, role, call, .. } => {
            let word = call.word();
            (format!("{by}'s {word}"), format!("{by} ({role}) said {word} to {step}"))
        }
        Command::Lift { role, .. } => {
            ("the lifting".into(), format!("Lifted the hold of {role}, as {by}"))
        }
        Command::CallRollback { step, .. } => {
            ("the rollback call".into(), format!("Rollback of {step} called by {by}"))
        }
        Command::Reopen { step, .. } => ("the reopening".into(), format!("Reopened {step}")),
        Command::Note { .. } => ("the note".into(), "Note kept".into()),
        Command::TrustRunbook => ("the trust".into(), "The runbook's commands may run".into()),
        _ => ("the record".into(), "Recorded".into()),
    }
}

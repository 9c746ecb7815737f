//! What can happen in a launch: the events that the journal keeps.
//!
//! Made by `launch::decide`, written by `journal`, folded by `launch::fold`. An event's JSON is a
//! contract with files that outlive this program: a kind is only ever added, a member never
//! changes its meaning. Kinds that this version does not know are kept as [`Event::Other`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::digest::Digest;
pub use crate::launch::call::{Call, CallRecord, Card, CardItem, DecisionRecord, GoRecord};
use crate::launch::crossing::{ClearedRecord, CrossedRecord, Way};
use crate::launch::money::{Confirmation, Intent, MoneyAnswer, Observation};
use crate::launch::outcome::{Finding, Outcome};
use crate::runbook::model::{CheckName, Role, StepDigest, StepId};
use crate::time::Timestamp;

/// What a sign-off or a check's result rests on, by name (`webhook_url`, `certificate key`,
/// `commit of .`), each with the value it had then. Secrets stand here as fingerprints only.
pub type Facts = BTreeMap<String, String>;

/// One entry of the journal, verified and parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number, counted from 1.
    pub seq: u64,
    /// Its own id (a ULID), the same however often a write is retried.
    pub id: String,
    /// When it was written, by the writer's clock.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// What happened.
    pub event: Event,
    /// The SHA-256 of its line, 64 hex digits.
    pub hash: String,
}

/// Who did something, and through which face of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The name that the person signs with; untrusted text from the command line or a file.
    pub name: String,
    /// The account on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Through which face.
    pub via: Face,
}

/// The faces of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Face {
    /// The full screen.
    Screen,
    /// The line-by-line walk.
    Plain,
    /// The headless commands.
    Command,
}

/// Something that happened. The tag is the record's `kind`, the rest its `data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum Event {
    /// The journal was created.
    #[serde(rename = "journal.opened")]
    JournalOpened {
        /// A random id, so that records of two journals cannot be mixed.
        journal: String,
        /// The launch's name.
        launch: String,
        /// The program and version that created it.
        program: String,
    },
    /// A torn tail was cut off and kept beside the journal.
    #[serde(rename = "journal.recovered")]
    JournalRecovered {
        /// How many bytes were cut.
        bytes: u64,
        /// SHA-256 of those bytes.
        digest: Digest,
        /// The file name under which they were kept, in the journal's folder.
        kept_as: String,
    },
    /// The launch is walked with this runbook from here on.
    #[serde(rename = "runbook.pinned")]
    RunbookPinned {
        /// The runbook's id.
        id: String,
        /// SHA-256 of its bytes.
        digest: Digest,
        /// Each step's digest, so that a later reader can say what changed.
        steps: BTreeMap<StepId, StepDigest>,
    },
    /// Somebody allowed the commands of the runbook with this digest to run.
    #[serde(rename = "runbook.trusted")]
    RunbookTrusted {
        /// SHA-256 of the runbook's bytes.
        digest: Digest,
    },
    /// Somebody allowed validly signed probes to this host.
    #[serde(rename = "host.armed")]
    HostArmed {
        /// Host and, where it is not the default, port.
        host: String,
    },
    /// Checks of a step began.
    #[serde(rename = "step.started")]
    StepStarted {
        /// The step.
        step: StepId,
        /// The run, the same in its results.
        run: RunId,
        /// The process that runs them, where a later one can tell whether it still lives.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        process: Option<Process>,
    },
    /// One check of a run ended.
    #[serde(rename = "check.result")]
    CheckResult(Box<CheckResult>),
    /// All checks of a run ended, or the run was cancelled.
    #[serde(rename = "step.finished")]
    StepFinished {
        /// The step.
        step: StepId,
        /// The run.
        run: RunId,
        /// Whether somebody cancelled it.
        #[serde(default)]
        cancelled: bool,
    },
    /// A person signed a step.
    #[serde(rename = "step.signed")]
    StepSigned(Box<SignOffRecord>),
    /// A person took responsibility for going on without a step.
    #[serde(rename = "step.waived")]
    StepWaived {
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
        /// When the waiver ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Timestamp>,
        /// The step's digest then.
        step_digest: StepDigest,
    },
    /// A person said that a step does not apply to this merchant.
    #[serde(rename = "step.skipped")]
    StepSkipped {
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
        /// The step's digest then.
        step_digest: StepDigest,
    },
    /// Sign-offs, waiver and results of a step no longer count.
    #[serde(rename = "step.reopened")]
    StepReopened {
        /// The step.
        step: StepId,
        /// Why.
        reason: String,
    },
    /// A role said go, hold or no-go at a roll call.
    #[serde(rename = "call.given")]
    CallGiven(Box<CallRecord>),
    /// A hold was lifted.
    #[serde(rename = "hold.lifted")]
    HoldLifted {
        /// The step.
        step: StepId,
        /// The role that held.
        role: Role,
        /// Whose hold it was.
        whose: String,
        /// Why it is lifted.
        reason: String,
    },
    /// The rollback of an irreversible step was called.
    #[serde(rename = "rollback.called")]
    RollbackCalled {
        /// The step that is rolled back.
        step: StepId,
        /// Why.
        reason: String,
        /// Who owns the rollback, as far as known then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
    },
    /// A note, on a step or on the launch.
    #[serde(rename = "note")]
    Note {
        /// The step, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepId>,
        /// The text.
        text: String,
    },
    /// A report was written; names the head that it shows.
    #[serde(rename = "report.exported")]
    ReportExported {
        /// The format.
        format: String,
        /// The journal's head then.
        head: String,
    },
    /// Somebody typed what is about to happen with real money.
    #[serde(rename = "money.confirmed")]
    MoneyConfirmed(Box<Confirmation>),
    /// A request that moves money, before it is sent.
    #[serde(rename = "money.prepared")]
    MoneyPrepared(Box<Intent>),
    /// What came back for it.
    #[serde(rename = "money.answered")]
    MoneyAnswered(Box<MoneyAnswer>),
    /// What was seen of it outside.
    #[serde(rename = "money.observed")]
    MoneyObserved(Box<Observation>),
    /// A threshold of the first week was crossed.
    #[serde(rename = "threshold.crossed")]
    ThresholdCrossed(Box<CrossedRecord>),
    /// It is crossed no longer, and has not been for a while.
    #[serde(rename = "threshold.cleared")]
    ThresholdCleared(ClearedRecord),
    /// Another program took it upon itself to alert what is recorded in an entry.
    #[serde(rename = "alert.taken")]
    AlertTaken {
        /// The entry.
        of: u64,
        /// The program's process.
        watcher: String,
    },
    /// What is recorded in an entry was alerted, or could not be.
    #[serde(rename = "alert.sent")]
    AlertSent {
        /// The entry.
        of: u64,
        /// Why not everybody was reached, when not everybody was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
        /// Who was, then.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reached: Vec<Way>,
    },
    /// A kind that this version does not know; kept as it stands.
    #[serde(skip)]
    Other {
        /// The record's kind.
        kind: String,
        /// The record's data.
        data: Map<String, Value>,
    },
}

/// One run of a step's checks (a ULID).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

/// A process, so that it is told from every other one, also from one that gets its number later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// When it started, as the system counts.
    pub started: u64,
    /// Where number and start mean something: one boot of one machine, one namespace.
    pub place: String,
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckResult {
    /// The step it was run for.
    pub step: StepId,
    /// The run it belongs to.
    pub run: RunId,
    /// The check.
    pub check: CheckName,
    /// Its position among the step's checks, from 0 (one check may stand there twice).
    pub position: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// One line.
    pub summary: String,
    /// What it found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Facts as data.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub evidence: Map<String, Value>,
    /// What the result rests on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: Facts,
    /// The step's digest then.
    pub step_digest: StepDigest,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When it was found, for a result that was brought here later, or that rests on something
    /// older than itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
}

impl CheckResult {
    /// When it was found, where `written` is when it was written down; never later than that.
    #[must_use]
    pub fn seen_at(&self, written: Timestamp) -> Timestamp {
        self.looked_at.map_or(written, |at| at.min(written))
    }

    /// The summary, unless a finding begins with the same words and so says it again.
    #[must_use]
    pub fn own_summary(&self) -> Option<&str> {
        let summary = self.summary.trim_end_matches('.');
        let again = self.findings.iter().any(|finding| finding.message.starts_with(summary));
        (!again).then_some(self.summary.as_str())
    }
}

/// One person's signature under a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignOffRecord {
    /// The step.
    pub step: StepId,
    /// The role in which the person signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Evidence handed in, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// A remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it vouches for: inputs, and the facts of the check results it rests on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: Facts,
    /// The step's digest then.
    pub step_digest: StepDigest,
    /// The runbook's digest then.
    pub runbook: Digest,
    /// The decision that it rests on, for an irreversible step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionRecord>,
}

impl Event {
    /// The step that the event is about.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::StepStarted { step, .. }
            | Self::StepFinished { step, .. }
            | Self::StepWaived { step, .. }
            | Self::StepSkipped { step, .. }
            | Self::StepReopened { step, .. }
            | Self::HoldLifted { step, .. }
            | Self::RollbackCalled { step, .. } => Some(step),
            Self::CallGiven(record) => Some(&record.step),
            Self::CheckResult(result) => Some(&result.step),
            Self::StepSigned(record) => Some(&record.step),
            Self::ThresholdCrossed(record) => Some(&record.step),
            Self::ThresholdCleared(record) => Some(&record.step),
            Self::Note { step, .. } => step.as_ref(),
            Self::MoneyConfirmed(it) => Some(&it.step),
            Self::MoneyPrepared(intent) => Some(&intent.step),
            _ => None,
        }
    }
}

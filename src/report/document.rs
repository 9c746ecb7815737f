//! What a report holds, laid out by the formats and serialised as it stands for JSON.
//!
//! Every text in it has been redacted and made visible. The members are a contract
//! (`golive.report/1`): one may be added, none changes its meaning.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::launch::outcome::{Finding, Outcome};
use crate::launch::standing::{StepState, VerdictKind};
use crate::report::MoneyPart;
use crate::runbook::model::{Phase, Severity};
use crate::time::Timestamp;

/// A whole report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// `golive.report/1`.
    pub schema: &'static str,
    /// The launch's name.
    pub launch: String,
    /// The runbook that it is walked with.
    pub runbook: RunbookPart,
    /// When the report was made.
    pub made_at: Timestamp,
    /// Program and version that made it.
    pub made_by: String,
    /// The end of the journal that it shows.
    pub head: HeadPart,
    /// The verdict.
    pub verdict: VerdictPart,
    /// The step to do next.
    pub next: Option<String>,
    /// The ledger of real money, where some has moved or may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real_money: Option<MoneyPart>,
    /// Each section, in order.
    pub sections: Vec<SectionPart>,
    /// Notes on the launch as a whole.
    pub notes: Vec<NotePart>,
    /// Steps that the runbook no longer has, with what was done at them.
    pub archived: Vec<ArchivedPart>,
}

/// The runbook.
#[derive(Clone, Debug, Serialize)]
pub struct RunbookPart {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of its bytes.
    pub digest: String,
}

/// The end of the journal.
#[derive(Clone, Debug, Serialize)]
pub struct HeadPart {
    /// The number of the last entry.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
    /// The command that holds the journal against it.
    pub verify: String,
}

/// The verdict and the names behind it.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictPart {
    /// Which.
    pub kind: VerdictKind,
    /// The words for it.
    pub words: &'static str,
    /// Failed blocking steps.
    pub blockers: Vec<NamedPart>,
    /// What somebody answers for, and open advisories.
    pub risks: Vec<NamedPart>,
    /// What could not be found out.
    pub unknowns: Vec<NamedPart>,
    /// Holds that nobody has lifted.
    pub holds: Vec<NamedPart>,
    /// What is open.
    pub open: Vec<NamedPart>,
}

/// A step in a verdict.
#[derive(Clone, Debug, Serialize)]
pub struct NamedPart {
    /// The step.
    pub step: String,
    /// One sentence.
    pub says: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// A section.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SectionPart {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When it is due.
    pub phase: Phase,
    /// How many of its steps need nothing more.
    pub settled: usize,
    /// Sections that have to be complete first, and are not.
    pub waits_for: Vec<String>,
    /// Its steps.
    pub steps: Vec<StepPart>,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepPart {
    /// Its full id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether a launch may go on without it.
    pub severity: Severity,
    /// Its state.
    pub state: StepState,
    /// Why, one sentence each.
    pub because: Vec<String>,
    /// What its checks last said.
    pub checks: Vec<CheckPart>,
    /// The signatures that count.
    pub signatures: Vec<SignaturePart>,
    /// The signatures that do not count any more.
    pub lapsed: Vec<LapsedPart>,
    /// How many more people have to sign.
    pub missing_people: usize,
    /// The roles not filled yet.
    pub missing_roles: Vec<String>,
    /// The roll call, on a step that is decided by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll_call: Option<RollCallPart>,
    /// That its rollback was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolled_back: Option<NotePart>,
    /// The waiver or not-applicable mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemption: Option<ExemptionPart>,
    /// What changed since it was vouched for.
    pub changed: Vec<ChangePart>,
    /// Notes.
    pub notes: Vec<NotePart>,
    /// Its due times, once they count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DuePart>,
    /// Until when its results hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Timestamp>,
}

/// The times at which a step has to be looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DuePart {
    /// The step from whose signature they count.
    pub after: String,
    /// When that was signed.
    pub since: Timestamp,
    /// When the next look is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// Since when a look is overdue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_since: Option<Timestamp>,
    /// That in a sentence.
    pub says: String,
    /// The times.
    pub times: Vec<DueTimePart>,
}

/// One time at which a step has to be looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DueTimePart {
    /// How it is called, `T+24 h`.
    pub time: String,
    /// When it is.
    pub at: Timestamp,
    /// Who looked first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// How it stands, in words.
    pub says: String,
}

/// A check's last result.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckPart {
    /// The check.
    pub check: String,
    /// How it ended; missing when it has not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Whether that is too old or rests on something that changed.
    pub stale: bool,
    /// One line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// What it found.
    pub findings: Vec<Finding>,
    /// Facts as data.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub evidence: Map<String, Value>,
    /// What it rests on.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who ran it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
}

/// A signature.
#[derive(Clone, Debug, Serialize)]
pub struct SignaturePart {
    /// Who.
    pub by: String,
    /// The account and machine, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The journal entry.
    pub entry: u64,
    /// In which role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What was handed in.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it vouches for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
    /// The decision that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionPart>,
}

/// A roll call.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollCallPart {
    /// The verdict that is decided on, as it is now.
    pub verdict: VerdictKind,
    /// The roles with their last calls.
    pub roles: Vec<RolePart>,
    /// What was agreed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
}

/// A role at a roll call.
#[derive(Clone, Debug, Serialize)]
pub struct RolePart {
    /// The role.
    pub role: String,
    /// Whether the step can not be done without it.
    pub required: bool,
    /// What it says now, in a word.
    pub says: &'static str,
    /// Who called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The account and machine, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The journal entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The reason, and what has become of the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// The verdict that the caller saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saw: Option<VerdictKind>,
    /// The risks that the caller saw.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<NamedPart>,
}

/// The decision that a signature rests on.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionPart {
    /// The roll call.
    pub step: String,
    /// The verdict that was decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<VerdictKind>,
    /// Who said go, each as `role: name`.
    pub goes: Vec<String>,
    /// The risks that were accepted.
    pub risks: Vec<NamedPart>,
    /// What was agreed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// Who went on without a decision, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<String>,
}

/// A signature that does not count any more.
#[derive(Clone, Debug, Serialize)]
pub struct LapsedPart {
    /// The signature.
    pub signature: SignaturePart,
    /// Why.
    pub reason: String,
}

/// A waiver or a not-applicable mark.
#[derive(Clone, Debug, Serialize)]
pub struct ExemptionPart {
    /// `waived` or `not applicable`.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// Something that is not as it was.
#[derive(Clone, Debug, Serialize)]
pub struct ChangePart {
    /// What.
    pub what: String,
    /// What it was.
    pub was: String,
    /// What it is.
    pub is: String,
}

/// A note.
#[derive(Clone, Debug, Serialize)]
pub struct NotePart {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The text.
    pub text: String,
}

/// A step that the runbook no longer has.
#[derive(Clone, Debug, Serialize)]
pub struct ArchivedPart {
    /// Its id.
    pub step: String,
    /// What was done at it, one sentence each, with the time.
    pub acts: Vec<String>,
}

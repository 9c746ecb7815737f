//! Where a launch stands, computed from runbook, journal, time and world; never stored.
//!
//! Made by `Launch::standing`; read by `ui`, `plain`, `cli` and `report`, which show it and decide
//! nothing themselves.

use std::sync::Arc;
use std::time::Duration;

use crate::launch::crossing::Crossing;
pub use crate::launch::due::{DueLook, DueNow, DueStanding, DueTime};
use crate::launch::event::{Actor, CheckResult, Facts, Process, RunId, SignOffRecord};
pub use crate::launch::roll_call::{CallStanding, Gone, Lifted, RoleStanding, RollCallStanding};
use crate::runbook::model::{CheckName, Role, SectionId, Severity, StepId};
use crate::time::Timestamp;

/// Where a whole launch stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Each section, in the runbook's order.
    pub sections: Vec<SectionStanding>,
    /// Each step, in the runbook's order.
    pub steps: Vec<StepStanding>,
    /// The sentence for the meeting.
    pub verdict: Verdict,
    /// The step to do next: the first that somebody can act on.
    pub next: Option<StepId>,
    /// Results and sign-offs of steps that the runbook no longer has.
    pub archived: Vec<StepId>,
    /// The first moment after now at which something here changes by itself.
    pub changes_at: Option<Timestamp>,
}

impl Standing {
    /// Where the step with this id stands.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&StepStanding> {
        self.steps.iter().find(|step| &step.id == id)
    }

    /// The steps that have a due time to come or overdue: what is overdue longest first.
    #[must_use]
    pub fn due(&self) -> Vec<(&StepStanding, &DueStanding)> {
        let due = self.steps.iter().filter_map(|step| {
            let due = step.due.as_ref()?;
            Some((due.next().is_some(), due.moment()?, step, due))
        });
        let mut due: Vec<_> = due.collect();
        due.sort_by_key(|(ahead, moment, ..)| (*ahead, *moment));
        due.into_iter().map(|(_, _, step, due)| (step, due)).collect()
    }

    /// Where the section with this id stands.
    #[must_use]
    pub fn section(&self, id: &SectionId) -> Option<&SectionStanding> {
        self.sections.iter().find(|section| &section.id == id)
    }
}

/// Where a section stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionStanding {
    /// The section.
    pub id: SectionId,
    /// How many of its steps need nothing more (done, waived or not applicable).
    pub settled: usize,
    /// How many steps it has.
    pub steps: usize,
    /// The sections it waits for, by id, also those that its own required sections wait for;
    /// empty when it is open.
    pub waits_for: Vec<SectionId>,
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq)]
pub struct StepStanding {
    /// The step.
    pub id: StepId,
    /// Its severity.
    pub severity: Severity,
    /// Its state.
    pub state: StepState,
    /// Why it is in that state, one plain sentence each; empty where the state says it all.
    pub because: Vec<String>,
    /// What its checks last said, in the order of the step's `verify`.
    pub checks: Vec<CheckStanding>,
    /// The signatures that count.
    pub signatures: Vec<Signature>,
    /// Signatures that were given and no longer count, with the reason.
    pub lapsed: Vec<(Signature, String)>,
    /// Roles and people that still have to sign; empty when none.
    pub missing: Missing,
    /// The waiver or the not-applicable mark in force or, on a stale step, run out or outdated.
    pub exemption: Option<Exemption>,
    /// A run that began and has no end in the journal. A settled step stays settled while it is
    /// verified again, so that nothing that waits for it flickers; this tells that a check runs.
    pub running: Option<Running>,
    /// What changed since it was signed or verified.
    pub changed: Vec<Change>,
    /// The calls, on a step that is decided by a roll call, or where somebody still holds.
    pub roll_call: Option<RollCallStanding>,
    /// That its rollback was called, why and by whom; until the step is reopened.
    pub rolled_back: Option<Dated<String>>,
    /// Thresholds of the first week that are crossed, oldest first.
    pub crossed: Vec<Crossing>,
    /// Notes, oldest first.
    pub notes: Vec<NoteStanding>,
    /// Its due times, once they count and while nobody answers for going on without the step.
    pub due: Option<DueStanding>,
    /// When a passing result stops being fresh.
    pub fresh_until: Option<Timestamp>,
}

/// The states of a step (design.md section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// A section it depends on is not complete.
    Locked,
    /// Nothing has happened yet.
    Open,
    /// A check runs.
    Running,
    /// A check waits for an outside event.
    Waiting,
    /// A check failed.
    Failed,
    /// A check could not find out.
    Unknown,
    /// Verified or in no need of it: signing is all that is missing.
    Ready,
    /// Complete.
    Done,
    /// Somebody answers for going on without it.
    Waived,
    /// Does not apply to this merchant.
    NotApplicable,
    /// Was complete; what it vouched for has changed or its time has run out.
    Stale,
}

impl StepState {
    /// Every state, in the order in which legends show them.
    pub const ALL: [Self; 11] = [
        Self::Locked,
        Self::Open,
        Self::Running,
        Self::Waiting,
        Self::Failed,
        Self::Unknown,
        Self::Ready,
        Self::Done,
        Self::Waived,
        Self::NotApplicable,
        Self::Stale,
    ];

    /// The word for it, the same on every face.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Open => "open",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Waived => "waived",
            Self::NotApplicable => "not applicable",
            Self::Stale => "stale",
        }
    }

    /// Whether the step needs nothing more from anybody.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Waived | Self::NotApplicable)
    }
}

/// What one check of a step last said.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckStanding {
    /// The check.
    pub check: CheckName,
    /// Its last result that still belongs to this step's text, with when and by whom.
    pub last: Option<Arc<Dated<CheckResult>>>,
    /// Whether that result is too old (`fresh_for`) or rests on something that changed.
    pub stale: bool,
}

/// Something with its author and date.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated<T> {
    /// The thing.
    pub what: T,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The journal entry.
    pub seq: u64,
}

/// A signature; shared with the fold, so that a standing is cheap to make.
pub type Signature = Arc<Dated<SignOffRecord>>;

/// A note with its author; shared with the fold.
pub type NoteStanding = Arc<Dated<String>>;

/// Who still has to sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// How many more different people, the roles included.
    pub people: usize,
    /// Roles not yet filled.
    pub roles: Vec<Role>,
}

impl Missing {
    /// Whether nobody has to sign any more.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people == 0 && self.roles.is_empty()
    }
}

/// A waiver or a not-applicable mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemption {
    /// Which of the two.
    pub kind: ExemptionKind,
    /// Why.
    pub reason: String,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// The two ways of going on without a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExemptionKind {
    /// A risk that somebody accepts.
    Waived,
    /// Not this merchant's business.
    NotApplicable,
}

/// A run without an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// The run.
    pub run: RunId,
    /// Who started it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Whether it must be taken for interrupted: the process that began it is gone, or long over.
    pub interrupted: bool,
}

/// Something that is not as it was when it was vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What, by its name in [`Facts`].
    pub what: String,
    /// What it was.
    pub was: String,
    /// What it is.
    pub is: String,
}

/// What the world looks like now, as far as golive can tell without running checks: the inputs in
/// force (secrets as fingerprints) and cheap facts such as the commit of each source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// By the same names as in [`Facts`].
    pub facts: Facts,
    /// Runs that this process has going now.
    pub running: Vec<RunId>,
    /// This process, as the runs that it begins name it.
    pub own: Option<Process>,
    /// Runs of other processes that are known to have ended without an end of the run.
    pub gone: Vec<RunId>,
    /// Runs of other processes that are known to live.
    pub alive: Vec<RunId>,
    /// How long a run of a process of which nothing is known may take before it counts as
    /// interrupted.
    pub patience: Duration,
    /// The people that the team names, with the roles in which they may sign and speak.
    pub people: Vec<Person>,
}

impl World {
    /// When a run that was begun at a moment counts as interrupted: at once when its process is
    /// gone, never as long as it lives or runs here, after a while when nothing is known.
    #[must_use]
    pub fn interrupts_at(&self, run: &RunId, began: Timestamp) -> Option<Timestamp> {
        if self.running.contains(run) || self.alive.contains(run) {
            return None;
        }
        let patience = if self.gone.contains(run) { Duration::ZERO } else { self.patience };
        Some(began.plus(patience))
    }
}

/// Somebody of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The roles; empty where the team leaves it open.
    pub roles: Vec<Role>,
}

/// The verdict: GO, GO WITH RISKS, NO-GO or NOT YET. Never a percentage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which.
    pub kind: VerdictKind,
    /// Failed blocking steps, each with a reason.
    pub blockers: Vec<Named>,
    /// Waivers and failed or open advisory steps, each with its owner.
    pub risks: Vec<Named>,
    /// Steps whose checks could not find out.
    pub unknowns: Vec<Named>,
    /// Holds that nobody has lifted.
    pub holds: Vec<Named>,
    /// Steps that wait for people or outside events.
    pub open: Vec<Named>,
}

/// The four verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// Everything is complete.
    Go,
    /// Everything blocking is complete; risks are named.
    GoWithRisks,
    /// Something blocking failed.
    NoGo,
    /// Something blocking is open.
    NotYet,
}

impl VerdictKind {
    /// The words for it, the same on every face.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::GoWithRisks => "GO WITH RISKS",
            Self::NoGo => "NO-GO",
            Self::NotYet => "NOT YET",
        }
    }
}

/// A step named in a verdict, with a sentence and, for risks, who answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The step.
    pub step: StepId,
    /// One sentence.
    pub says: String,
    /// Who accepted it.
    pub owner: Option<String>,
}

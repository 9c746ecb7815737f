//! Small runbooks and whole walks for tests and benchmarks; not for anything else.
//!
//! A [`Walk`] is a launch with a clock that only moves when told, and records what is submitted
//! the way the journal would.

pub mod money;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::digest::Digest;
use crate::launch::Launch;
use crate::launch::decide::{Command, Refusal, decide};
use crate::launch::event::{Actor, Call, Card, CheckResult, Entry, Event, Face, Facts, RunId};
use crate::launch::lookup::LookedUp;
use crate::launch::outcome::{CheckReport, Outcome};
use crate::launch::standing::{Standing, StepState, World};
use crate::runbook::document::Span;
use crate::runbook::model::{
    CheckName, CheckSpec, Due, DueAt, Origin, Phase, Role, Runbook, Section, SectionId, Severity,
    SignOff, Step, StepDigest, StepId,
};
use crate::time::Timestamp;

/// A blocking step that one person signs and no check verifies.
#[must_use]
pub fn step(id: &str) -> Step {
    Step {
        id: id.into(),
        renamed_from: Vec::new(),
        title: format!("Title of {id}"),
        why: format!("Why {id}"),
        how: format!("How {id}"),
        severity: Severity::Blocking,
        verify: Vec::new(),
        fresh_for: None,
        due: None,
        sign_off: SignOff::Person,
        irreversible: false,
        blast_radius: None,
        rollback: None,
        evidence: Vec::new(),
        digest: StepDigest(String::new()),
    }
}

/// A blocking step that these checks verify and complete.
#[must_use]
pub fn verified(id: &str, checks: &[&str]) -> Step {
    let spec =
        |name: &&str| CheckSpec { check: CheckName::from(*name), args: serde_json::Map::new() };
    let verify = checks.iter().map(spec).collect();
    Step { verify, sign_off: SignOff::Verified, ..step(id) }
}

/// Times at which a step is due after another one, each written as in a runbook.
#[must_use]
pub fn due(after: &str, at: &[&str]) -> Option<Due> {
    let at = at.iter().filter_map(|written| {
        let span = Span((*written).to_owned());
        Some(DueAt { label: format!("T+{}", span.spoken()), span: span.duration()? })
    });
    Some(Due { after: after.into(), at: at.collect() })
}

/// A section that is due before the decision.
#[must_use]
pub fn section(id: &str, requires: &[&str], steps: Vec<Step>) -> Section {
    Section {
        id: id.into(),
        title: format!("Section {id}"),
        phase: Phase::Before,
        caution: None,
        requires: requires.iter().map(|id| SectionId::from(*id)).collect(),
        steps,
    }
}

/// A runbook of these sections, with digests made from what each step asks for.
#[must_use]
pub fn runbook(mut sections: Vec<Section>) -> Arc<Runbook> {
    for step in sections.iter_mut().flat_map(|section| &mut section.steps) {
        let checks = step.verify.iter().map(|spec| format!("{} {:?}", spec.check, spec.args));
        let asked = format!("{}\n{}", step.how, checks.collect::<Vec<_>>().join("\n"));
        step.digest = StepDigest(format!("d1:{}", Digest::of(asked.as_bytes())));
    }
    let steps = sections.iter().flat_map(|section| &section.steps);
    let all: Vec<_> = steps.map(|step| format!("{} {}", step.id, step.digest)).collect();
    let mut runbook = Runbook {
        id: "test".to_owned(),
        title: "Test".to_owned(),
        inputs: indexmap::IndexMap::new(),
        digest: Digest::of(all.join("\n").as_bytes()),
        sections,
        origin: Origin::BuiltIn,
        index: std::collections::HashMap::new(),
    };
    runbook.index();
    Arc::new(runbook)
}

/// A runbook with this many steps in sections of ten, each verified by a check and signed by a
/// person; for benchmarks.
#[must_use]
pub fn large_runbook(steps: usize) -> Arc<Runbook> {
    let sections = (0..steps.div_ceil(10)).map(|s| {
        let count = 10.min(steps - s * 10);
        let steps = (0..count).map(|i| {
            let fresh_for = Some(Duration::from_secs(86_400));
            let plain = verified(&format!("s{s}.step-{i}"), &["http"]);
            Step { sign_off: SignOff::Person, fresh_for, ..plain }
        });
        section(&format!("s{s}"), &[], steps.collect())
    });
    runbook(sections.collect())
}

/// Somebody at a full screen.
#[must_use]
pub fn actor(name: &str) -> Actor {
    Actor { name: name.to_owned(), user: None, host: None, via: Face::Screen }
}

/// A launch that is walked by tests.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The launch.
    pub launch: Launch,
    /// The world; change it at will.
    pub world: World,
    /// The time; change it at will.
    pub now: Timestamp,
    runs: u64,
}

impl Walk {
    /// Begins at 2026-11-23 10:00 UTC with the runbook pinned by Root.
    #[must_use]
    pub fn new(runbook: Arc<Runbook>) -> Self {
        let world = World { patience: Duration::from_secs(600), ..World::default() };
        let now = Timestamp::from_millis(1_795_428_000_000);
        let mut walk = Self { launch: Launch::new(runbook), world, now, runs: 0 };
        let open = Command::Open {
            journal: "journal-1".to_owned(),
            launch: "acme".to_owned(),
            program: "golive test".to_owned(),
        };
        for command in [open, Command::PinRunbook] {
            let _ = walk.submit("Root", &command);
        }
        walk
    }

    /// The same journal, time and world under another runbook, which Root pins.
    #[must_use]
    pub fn with_runbook(&self, runbook: Arc<Runbook>) -> Self {
        let mut walk = Self { launch: Launch::new(runbook), ..self.clone() };
        self.launch.entries().iter().for_each(|entry| walk.launch.apply(entry));
        let _ = walk.submit("Root", &Command::PinRunbook);
        walk
    }

    /// Lets time pass.
    pub fn wait(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
    }

    /// Sets a fact of the world.
    pub fn fact(&mut self, name: &str, value: &str) {
        self.world.facts.insert(name.to_owned(), value.to_owned());
    }

    /// Decides and records.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn submit(&mut self, by: &str, command: &Command) -> Result<Vec<Entry>, Refusal> {
        let events = decide(&self.launch, command, &actor(by), self.now, &self.world)?;
        Ok(events.into_iter().map(|event| self.record(by, event)).collect())
    }

    /// Records an event as the journal would, undecided.
    pub fn record(&mut self, by: &str, event: Event) -> Entry {
        let seq = self.launch.entries().last().map_or(1, |last| last.seq + 1);
        let entry = Entry {
            seq,
            id: format!("{seq:026}"),
            at: self.now,
            by: actor(by),
            event,
            hash: Digest::of(&seq.to_be_bytes()).as_str().trim_start_matches("sha256:").to_owned(),
        };
        self.launch.apply(&entry);
        entry
    }

    /// Signs a step as it is now.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn sign(&mut self, by: &str, step: &str) -> Result<Vec<Entry>, Refusal> {
        let command = self.signing(step, None, &[], None);
        self.submit(by, &command)
    }

    /// The command that signs a step as it is now.
    #[must_use]
    pub fn signing(
        &self,
        step: &str,
        role: Option<&str>,
        evidence: &[(&str, &str)],
        note: Option<&str>,
    ) -> Command {
        let id = StepId::from(step);
        let seen = self.launch.runbook().step(&id).map(|step| step.digest.clone());
        let evidence: BTreeMap<_, _> = evidence
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Command::Sign {
            step: id,
            role: role.map(Role::from),
            evidence,
            note: note.map(str::to_owned),
            seen: seen.unwrap_or_else(|| StepDigest(String::new())),
            looked_up: LookedUp::default(),
        }
    }

    /// The command that calls at a roll call, on the verdict as it stands now.
    #[must_use]
    pub fn calling(
        &self,
        step: &str,
        role: &str,
        call: Call,
        reason: Option<&str>,
        evidence: &[(&str, &str)],
    ) -> Command {
        let id = StepId::from(step);
        let runbook = self.launch.runbook();
        let seen = runbook.step(&id).map(|step| step.digest.clone());
        let standing = self.standing();
        let roll = standing.step(&id).and_then(|step| step.roll_call.as_ref());
        let evidence =
            evidence.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Command::Call {
            step: id,
            role: Role::from(role),
            call,
            reason: reason.map(str::to_owned),
            evidence: evidence.collect(),
            seen: seen.unwrap_or_else(|| StepDigest(String::new())),
            saw: Box::new(roll.map_or_else(Card::empty, |roll| roll.card.clone())),
        }
    }

    /// Says go.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn go(&mut self, by: &str, step: &str, role: &str) -> Result<Vec<Entry>, Refusal> {
        let command = self.calling(step, role, Call::Go, None, &[]);
        self.submit(by, &command)
    }

    /// Says hold or no-go, for a reason.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn stop(
        &mut self,
        by: &str,
        step: &str,
        role: &str,
        call: Call,
    ) -> Result<Vec<Entry>, Refusal> {
        let command = self.calling(step, role, call, Some("the bank has not answered"), &[]);
        self.submit(by, &command)
    }

    /// Lifts a hold.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn lift(&mut self, by: &str, step: &str, role: &str) -> Result<Vec<Entry>, Refusal> {
        let reason = "the bank has answered".to_owned();
        let command = Command::Lift { step: step.into(), role: Role::from(role), reason };
        self.submit(by, &command)
    }

    /// A new run's id.
    pub fn run_id(&mut self) -> RunId {
        self.runs += 1;
        RunId(format!("run-{}", self.runs))
    }

    /// Runs all checks of a step, each with this report.
    ///
    /// # Errors
    /// When the launch refuses the run or a result.
    pub fn verify(&mut self, by: &str, step: &str, reports: &[CheckReport]) -> Result<(), Refusal> {
        let run = self.run_id();
        let id = StepId::from(step);
        self.submit(by, &Command::Start { step: id.clone(), run: run.clone() })?;
        self.world.running.push(run.clone());
        for (position, report) in reports.iter().enumerate() {
            let result = self.result(step, &run, position, report);
            self.submit(by, &Command::Record(Box::new(result)))?;
        }
        self.world.running.retain(|other| *other != run);
        self.submit(by, &Command::Finish { step: id, run, cancelled: false }).map(drop)
    }

    /// Runs the first check of a step with this outcome.
    ///
    /// # Errors
    /// When the launch refuses the run or the result.
    pub fn check(&mut self, by: &str, step: &str, outcome: Outcome) -> Result<(), Refusal> {
        self.verify(by, step, &[CheckReport::new(outcome, format!("it is {}", outcome.word()))])
    }

    /// A result of a step's check.
    #[must_use]
    pub fn result(
        &self,
        step: &str,
        run: &RunId,
        position: usize,
        report: &CheckReport,
    ) -> CheckResult {
        let id = StepId::from(step);
        let spec = self.launch.runbook().step(&id);
        let check = spec.and_then(|step| step.verify.get(position)).map(|spec| spec.check.clone());
        let facts: Facts = report.facts.clone();
        CheckResult {
            step: id,
            run: run.clone(),
            check: check.unwrap_or_else(|| CheckName::from("none")),
            position,
            outcome: report.outcome,
            summary: report.summary.clone(),
            findings: report.findings.clone(),
            evidence: report.evidence.clone(),
            facts,
            step_digest: spec.map_or_else(|| StepDigest(String::new()), |s| s.digest.clone()),
            duration_ms: 12,
            looked_at: None,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.launch.standing(self.now, &self.world)
    }

    /// The state of a step.
    #[must_use]
    pub fn state(&self, step: &str) -> Option<StepState> {
        Some(self.standing().step(&StepId::from(step))?.state)
    }

    /// Why a step is in its state, in one text.
    #[must_use]
    pub fn because(&self, step: &str) -> String {
        let standing = self.standing();
        let step = standing.step(&StepId::from(step));
        step.map(|step| step.because.join("\n")).unwrap_or_default()
    }
}

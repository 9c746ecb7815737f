//! Runs the checks of a step, records their results and tells a face how far they are.
//!
//! Called by `runtime::perform` for the screen, by `plain` and by `cli::verify`. A result is
//! recorded before it is told; a check that breaks is *unknown*, never a crash of the walk.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::try_join_all;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::checks::book::Book;
use crate::checks::context::ProgressSink;
use crate::checks::vantage::Vantage;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Planned, Progress, registry};
use crate::events::received;
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::launch::event::{Actor, CheckResult, Entry, RunId};
use crate::launch::money::Confirmation;
pub use crate::launch::money::Confirmed;
use crate::runbook::model::{CheckName, CheckSpec, InputName, Origin, Step, StepId};
use crate::runtime::keeper::WorkspaceKeeper;
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::runtime::{actor, sightings, world};
use crate::secrets::{Redactor, SecretRef};
use crate::text::Untrusted;

/// What to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// Who asks for it.
    pub by: Actor,
    /// The step.
    pub step: StepId,
    /// Hosts to which validly signed probes may go.
    pub armed: BTreeSet<String>,
    /// Movements of real money that somebody has typed, with the card's owner where one is charged.
    pub confirmed: Vec<Confirmed>,
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

/// Something that a step's check would do, with the step and the check that would do it.
pub type StepPlan = (StepId, CheckName, Planned);

/// What steps would do, and the `prompt` secrets that have to be typed first.
pub type Plans = (Vec<StepPlan>, Vec<InputName>);

/// Runs the checks of one step side by side and records each result as it comes; hands them back in
/// the order in which the step names its checks. A cancelled run records the checks that had ended.
///
/// # Errors
/// When the launch refuses the run or a result can not be recorded.
pub async fn run_step(
    workspace: SharedWorkspace,
    request: RunRequest,
    cancel: CancellationToken,
    tell: impl Fn(RunNews) + Send + Sync + Clone + 'static,
) -> Result<Vec<CheckResult>, Failure> {
    let step = find(&workspace, &request.step)?;
    let run = RunId(ulid::Ulid::generate().to_string());
    lock(&workspace).mark_running(&run, true);
    let guard = Unmark { workspace: &workspace, run: &run };
    let start = Command::Start { step: step.id.clone(), run: run.clone() };
    tell(RunNews::Entries(submit(&workspace, &request.by, start).await?));
    tell(RunNews::Started { run: run.clone() });
    if let Err(refused) = confirm(&workspace, &request, &run, &tell).await {
        // The run has begun: without its end, nobody could verify the step for a while.
        drop(guard);
        let finish = Command::Finish { step: step.id.clone(), run, cancelled: true };
        tell(RunNews::Entries(submit(&workspace, &request.by, finish).await?));
        return Err(refused);
    }
    // Whatever ends this run early, a failing journal too, ends its checks.
    let cancel = cancel.child_token();
    let _ends_the_rest = cancel.clone().drop_guard();
    let (workspace, request) = (&workspace, &request);
    let going = Going { workspace, request, step: &step, cancel: &cancel, run: &run };
    let checks = step.verify.iter().enumerate().map(|(position, spec)| {
        let (going, tell) = (&going, &tell);
        async move {
            let result = run_check(going, position, spec, tell).await;
            if going.cancel.is_cancelled() {
                return Ok::<_, Failure>(None);
            }
            let record = Command::Record(Box::new(result.clone()));
            tell(RunNews::Entries(submit(workspace, &request.by, record).await?));
            Ok(Some(result))
        }
    });
    let results = try_join_all(checks).await?;
    drop(guard);
    lock(workspace).look_around();
    let cancelled = cancel.is_cancelled();
    let finish = Command::Finish { step: step.id.clone(), run: run.clone(), cancelled };
    tell(RunNews::Entries(submit(workspace, &request.by, finish).await?));
    Ok(results.into_iter().flatten().collect())
}

/// Records what was typed for this step, for its run.
async fn confirm(
    workspace: &SharedWorkspace,
    request: &RunRequest,
    run: &RunId,
    tell: &impl Fn(RunNews),
) -> Result<(), Failure> {
    for it in request.confirmed.iter().filter(|it| it.step == request.step) {
        let confirm = Command::Confirm(Box::new(Confirmation {
            step: it.step.clone(),
            run: run.clone(),
            spend: it.spend.clone(),
            card_owner: it.card_owner.clone(),
        }));
        tell(RunNews::Entries(submit(workspace, &request.by, confirm).await?));
    }
    Ok(())
}

/// Lists what running these steps would do, and the `prompt` secrets that have to be typed first.
///
/// # Errors
/// When there is no such step.
pub async fn plan_steps(
    workspace: &SharedWorkspace,
    steps: &[StepId],
    armed: &BTreeSet<String>,
) -> Result<Plans, Failure> {
    let mut plans = Vec::new();
    let mut asks: Vec<InputName> = Vec::new();
    let mut fetches = BTreeSet::new();
    for id in steps {
        let step = find(workspace, id)?;
        for spec in &step.verify {
            let Some(check) = registry::find(&spec.check) else { continue };
            let context = context(
                workspace,
                spec,
                None,
                armed,
                CancellationToken::new(),
                ProgressSink::none(),
            );
            for name in check.inputs(&spec.args) {
                let prompt = context.inputs.secret_ref(name.as_str()) == Some(&SecretRef::Prompt);
                if prompt && context.inputs.known(name.as_str()).is_none() && !asks.contains(&name)
                {
                    asks.push(name);
                }
            }
            let fetched = check.inputs(&spec.args).into_iter().filter_map(|name| {
                let plan = fetching(&name, &context)?;
                let is_new = fetches.insert(name);
                is_new.then_some(plan)
            });
            let planned = fetched.collect::<Vec<_>>().into_iter().chain(check.plan(&context).await);
            plans.extend(planned.map(|plan| (step.id.clone(), spec.check.clone(), plan)));
        }
    }
    Ok((plans, asks))
}

/// What has to be started before a secret is at hand, if anything: once in a process, for the first
/// check that needs it.
fn fetching(name: &InputName, context: &CheckContext) -> Option<Planned> {
    let reference = context.inputs.secret_ref(name.as_str())?;
    let what = match reference {
        SecretRef::Command(_) => format!("run the program that gives {name}"),
        SecretRef::Keyring { .. } => format!("ask the keyring for {name}"),
        SecretRef::Env(_) | SecretRef::File(_) | SecretRef::Prompt => return None,
    };
    let target = Untrusted::new(reference.to_string()).line(200);
    let known = context.inputs.known(name.as_str()).is_some();
    (!known).then_some(Planned { effect: Effect::Reads, what, target, arms: None, spend: None })
}

/// Takes a run off the list of those going on in this process, however it ends.
struct Unmark<'a> {
    workspace: &'a SharedWorkspace,
    run: &'a RunId,
}

impl Drop for Unmark<'_> {
    fn drop(&mut self) {
        lock(self.workspace).mark_running(self.run, false);
    }
}

/// A run that is going on.
struct Going<'a> {
    workspace: &'a SharedWorkspace,
    request: &'a RunRequest,
    step: &'a Step,
    cancel: &'a CancellationToken,
    run: &'a RunId,
}

/// Runs one check in a task of its own, so that a panic in it stays its own.
async fn run_check(
    going: &Going<'_>,
    position: usize,
    spec: &CheckSpec,
    tell: &(impl Fn(RunNews) + Send + Sync + Clone + 'static),
) -> CheckResult {
    let Going { workspace, request, step, cancel, run } = *going;
    let (said, name) = (tell.clone(), spec.check.clone());
    let sink = ProgressSink::new(move |progress| {
        said(RunNews::Progress { check: name.clone(), progress: clean_progress(progress) });
    });
    let place = Some((step, position));
    let mut context = context(workspace, spec, place, &request.armed, cancel.clone(), sink);
    let keeper = WorkspaceKeeper::new(workspace, &request.by, tell);
    context.book = Book::of(Arc::new(keeper), Some(run.clone()));
    let began = Instant::now();
    let report = match registry::find(&spec.check) {
        Some(check) => perform(check, context.clone()).await,
        None => CheckReport::unknown(format!(
            "this version of golive has no check `{}`; verify the step by hand",
            spec.check
        )),
    };
    let inputs = registry::find(&spec.check).map(|check| {
        let key = lock(workspace).fingerprint_key().to_owned();
        world::inputs_of(check, &spec.args, &context.inputs, &key)
    });
    let report = clean(report);
    let mut facts = inputs.unwrap_or_default();
    facts.extend(report.facts);
    CheckResult {
        step: step.id.clone(),
        run: run.clone(),
        check: spec.check.clone(),
        position,
        outcome: report.outcome,
        summary: report.summary,
        findings: report.findings,
        evidence: report.evidence,
        facts,
        step_digest: step.digest.clone(),
        looked_at: report.as_of,
        duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

async fn perform(check: &'static dyn Check, context: CheckContext) -> CheckReport {
    match tokio::spawn(async move { check.run(&context).await }).await {
        Ok(report) => report,
        Err(_) => CheckReport::unknown(format!(
            "the check `{}` itself broke; this says nothing about your integration",
            check.name()
        )),
    }
}

/// The context of a check; `place` is the step and the check's position in it, for a run.
fn context(
    workspace: &SharedWorkspace,
    spec: &CheckSpec,
    place: Option<(&Step, usize)>,
    armed: &BTreeSet<String>,
    cancel: CancellationToken,
    progress: ProgressSink,
) -> CheckContext {
    let book = Book::of(Arc::new(WorkspaceKeeper::reading(workspace)), None);
    let workspace = lock(workspace);
    let now = workspace.clock().now();
    let elsewhere =
        place.map(|(step, position)| sightings::of(workspace.launch(), step, position, now));
    CheckContext {
        args: spec.args.clone(),
        inputs: Arc::clone(&workspace.config.inputs),
        armed: Arc::new(armed.clone()),
        trusted: workspace.runbook().origin == Origin::BuiltIn || workspace.launch().is_trusted(),
        base: workspace.config.base.clone(),
        received: Some(workspace.config.state.with_file_name(received::FILE)),
        now,
        cancel,
        progress,
        lanes: Arc::clone(workspace.lanes()),
        step: place.map(|(step, _)| step.id.clone()),
        vantage: Vantage { declared: workspace.config.vantage.clone(), host: actor::machine() },
        elsewhere: Arc::new(elsewhere.unwrap_or_default()),
        book,
        week: Arc::clone(&workspace.config.week),
        switched: workspace.launch().switched_at(),
        demo: workspace.demo().cloned(),
    }
}

fn find(workspace: &SharedWorkspace, id: &StepId) -> Result<Step, Failure> {
    let step = lock(workspace).runbook().step(id).cloned();
    step.ok_or_else(|| Failure::new(FailureKind::Usage, format!("there is no step {id}")))
}

/// Records a command without holding up the tasks beside it: an append waits for the disk.
pub(super) async fn submit(
    workspace: &SharedWorkspace,
    by: &Actor,
    command: Command,
) -> Result<Vec<Entry>, Failure> {
    let (workspace, by) = (Arc::clone(workspace), by.clone());
    let written = tokio::task::spawn_blocking(move || lock(&workspace).submit(&by, &command));
    written.await.unwrap_or_else(|_| {
        Err(Failure::new(FailureKind::State, "writing the journal broke off; restart golive"))
    })
}

/// Takes secrets out of everything that a check hands back.
fn clean(mut report: CheckReport) -> CheckReport {
    report.summary = text(&report.summary);
    for finding in &mut report.findings {
        finding.message = text(&finding.message);
        for part in [&mut finding.place, &mut finding.hint, &mut finding.file, &mut finding.commit]
        {
            *part = part.as_deref().map(text);
        }
    }
    report.evidence.values_mut().for_each(clean_value);
    report.facts.values_mut().for_each(|value| *value = text(value));
    report
}

fn clean_value(value: &mut Value) {
    match value {
        Value::String(held) => *held = text(held),
        Value::Array(items) => items.iter_mut().for_each(clean_value),
        Value::Object(members) => members.values_mut().for_each(clean_value),
        _ => {}
    }
}

fn clean_progress(progress: Progress) -> Progress {
    match progress {
        Progress::Probe { name, says, good, took } => {
            Progress::Probe { name: text(&name), says: text(&says), good, took }
        }
        Progress::Page { about, url } => Progress::Page { about: text(&about), url: text(&url) },
        Progress::Work { doing, done, of, unit } => {
            Progress::Work { doing: text(&doing), done, of, unit }
        }
    }
}

fn text(held: &str) -> String {
    Redactor::shared().clean(held).into_owned()
}

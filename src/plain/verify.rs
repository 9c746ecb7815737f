//! Running the checks of a step: say what will be done, ask for what it needs, do it, say each
//! probe as it ends.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use indexmap::IndexMap;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::checks::{Progress, arming};
use crate::failure::Failure;
use crate::launch::decide::Command;
use crate::launch::event::{Actor, CheckResult};
use crate::plain::demo;
use crate::plain::money::{self, Spending};
use crate::plain::step;
use crate::plain::talk::{Ended, Talk};
use crate::plain::walk::{Here, Walk};
use crate::runbook::model::{CheckName, InputName, Origin, Step, StepId};
use crate::runtime::fetch;
use crate::runtime::run::{Plans, RunNews, RunRequest, StepPlan, plan_steps, run_step};
use crate::runtime::workspace::lock;

/// The one check that runs commands; a runbook from a file is trusted before it may.
const RUNS_COMMANDS: &str = "command";

/// Long work says how far it is no more often than this: every line is read aloud by somebody.
const BEAT: Duration = Duration::from_secs(10);

impl<R: BufRead, W: Write> Walk<R, W> {
    /// Runs the checks of all steps of the section at hand, side by side.
    pub(super) fn verify_section(&mut self, here: &Here) -> Result<(), Ended> {
        let steps: Vec<Step> = {
            let workspace = lock(&self.workspace);
            let section = workspace.runbook().section_of(&here.step.id);
            let steps = section.into_iter().flat_map(|section| &section.steps);
            steps.filter(|step| !step.verify.is_empty()).cloned().collect()
        };
        self.verify(&steps)
    }

    /// Runs the checks of these steps.
    pub(super) fn verify(&mut self, steps: &[Step]) -> Result<(), Ended> {
        let Some(by) = self.person()? else { return self.talk.say("Nothing was run.") };
        if self.trust(steps)?.is_none() {
            return Ok(());
        }
        let ids: Vec<StepId> = steps.iter().map(|step| step.id.clone()).collect();
        let Some((mut plans, asks)) = self.plan(&ids)? else { return Ok(()) };
        if !asks.is_empty() {
            self.ask_for(&asks)?;
            let Some((anew, _)) = self.plan(&ids)? else { return Ok(()) };
            plans = anew;
        }
        self.say_plans(steps, &plans)?;
        let armed = self.arm(&plans)?;
        for host in &armed {
            let submitted = lock(&self.workspace).submit(&by, &Command::Arm { host: host.clone() });
            if let Err(failure) = submitted {
                return self.talk.trouble(&failure);
            }
        }
        let spending = self.spend(steps, &plans)?;
        self.run_checks(steps, &by, &armed, &spending)
    }

    /// Says what will be done: each act of one step, or how many of each kind for several.
    fn say_plans(&mut self, steps: &[Step], plans: &[StepPlan]) -> Result<(), Ended> {
        self.talk.say("Verifying will:")?;
        if steps.len() == 1 {
            for (_, _, planned) in plans {
                let (effect, what, target) =
                    (planned.effect.word(), &planned.what, &planned.target);
                self.talk.say_at(2, format!("- {what}: {target} ({effect})"))?;
            }
            return Ok(());
        }
        let mut kinds: IndexMap<(&CheckName, &str, &str), usize> = IndexMap::new();
        for (_, check, planned) in plans {
            let kind = (check, planned.target.as_str(), planned.effect.word());
            *kinds.entry(kind).or_default() += 1;
        }
        for ((check, target, effect), acts) in kinds {
            let acts = if acts == 1 { "1 act".to_owned() } else { format!("{acts} acts") };
            self.talk.say_at(2, format!("- {check}: {acts}: {target} ({effect})"))?;
        }
        self.talk.say_at(2, "`golive verify --dry-run` lists each of them.")
    }

    /// Asks whether commands of a runbook from a file may run. `None` when the operator leaves.
    pub(super) fn trust(&mut self, steps: &[Step]) -> Result<Option<()>, Ended> {
        let (trusted, digest) = {
            let workspace = lock(&self.workspace);
            let runbook = workspace.runbook();
            let trusted = runbook.origin == Origin::BuiltIn || workspace.launch().is_trusted();
            (trusted, runbook.digest.short().to_owned())
        };
        let commands: Vec<String> = steps.iter().flat_map(commands).collect();
        if trusted || commands.is_empty() {
            return Ok(Some(()));
        }
        self.talk.say(format!("This runbook ({digest}) wants to run on this machine:"))?;
        commands.iter().try_for_each(|command| self.talk.say_at(2, format!("- {command}")))?;
        let answer = self.talk.ask("Type trust to let its commands run; Enter leaves them out:")?;
        if answer == "trust" && !self.record(&Command::TrustRunbook, "runbook trusted")? {
            return Ok(None);
        }
        Ok(Some(()))
    }

    fn plan(&mut self, steps: &[StepId]) -> Result<Option<Plans>, Ended> {
        let planned = self.runtime.block_on(plan_steps(&self.workspace, steps, &BTreeSet::new()));
        match planned {
            Ok(plan) => Ok(Some(plan)),
            Err(failure) => self.talk.trouble(&failure).map(|()| None),
        }
    }

    /// Has the secrets typed that are kept nowhere.
    fn ask_for(&mut self, asks: &[InputName]) -> Result<(), Ended> {
        let inputs = Arc::clone(&lock(&self.workspace).config.inputs);
        for name in asks {
            let about =
                lock(&self.workspace).runbook().inputs.get(name).map(|spec| spec.about.clone());
            self.talk.say(format!("{name} is needed. {}", about.unwrap_or_default()))?;
            let question = format!("{name} (not recorded; Enter: go on without it):");
            if let Some(secret) = self.talk.ask_secret(&question)? {
                self.runtime.block_on(inputs.answer(name.as_str(), secret));
            }
        }
        lock(&self.workspace).look_around();
        Ok(())
    }

    /// Asks for each host whether what needs arming may go there.
    fn arm(&mut self, plans: &[StepPlan]) -> Result<BTreeSet<String>, Ended> {
        let hosts: BTreeSet<&String> =
            plans.iter().filter_map(|(_, _, planned)| planned.arms.as_ref()).collect();
        let mut armed = BTreeSet::new();
        for host in hosts {
            let of_host = plans.iter().map(|(_, _, planned)| planned);
            let of_host = of_host.filter(|planned| planned.arms.as_ref() == Some(host));
            for says in arming(&of_host.collect::<Vec<_>>()) {
                self.talk.say(says)?;
            }
            let question = format!("Type {host} to send them; Enter leaves them out:");
            let answer = self.talk.ask(&question)?;
            if &answer == host {
                armed.insert(host.clone());
            } else if !answer.is_empty() {
                self.talk.say("That is not its name; they are left out.")?;
            }
        }
        Ok(armed)
    }

    fn run_checks(
        &mut self,
        steps: &[Step],
        by: &Actor,
        armed: &BTreeSet<String>,
        spending: &Spending,
    ) -> Result<(), Ended> {
        self.talk.say("Running. Ctrl-C stops the checks.")?;
        self.prompting.store(false, Ordering::SeqCst);
        let customer = self.host.clone().zip(spending.pays);
        let (workspace, talk) = (Arc::clone(&self.workspace), &mut self.talk);
        let ended = self.runtime.block_on(async {
            let (tell, mut news) = mpsc::unbounded_channel();
            let cancel = CancellationToken::new();
            let runs = join_all(steps.iter().map(|step| {
                let (by, armed) = (by.clone(), armed.clone());
                let confirmed = spending.confirmed.clone();
                let request = RunRequest { by, step: step.id.clone(), armed, confirmed };
                let tell = tell.clone();
                run_step(Arc::clone(&workspace), request, cancel.clone(), move |new| {
                    // The receiver lives as long as the run.
                    let _heard = tell.send(new);
                })
            }));
            let ids: Vec<StepId> = steps.iter().map(|step| step.id.clone()).collect();
            let fetched = fetch::secrets(&workspace, &ids, &cancel);
            let mut work = Box::pin(async {
                fetched.await;
                runs.await
            });
            let mut shown = Shown { code: spending.code, ..Shown::of(steps) };
            let ended = loop {
                tokio::select! {
                    biased;
                    Some(new) = news.recv() => {
                        shown.say(talk, &new)?;
                        if let (Some((host, works)), Some(url)) = (&customer, page_of(&new)) {
                            talk.say_at(2, demo::pay(host, url, *works).await)?;
                        }
                    }
                    ended = &mut work => break ended,
                    _ = tokio::signal::ctrl_c(), if !cancel.is_cancelled() => {
                        talk.say("Stopping.")?;
                        cancel.cancel();
                    }
                }
            };
            while let Ok(new) = news.try_recv() {
                shown.say(talk, &new)?;
            }
            Ok::<_, Ended>((ended, cancel.is_cancelled()))
        });
        self.prompting.store(true, Ordering::SeqCst);
        let (ended, cancelled) = ended?;
        for results in ended {
            self.say_results(results)?;
        }
        if cancelled {
            self.talk.say("Stopped; what had ended is recorded.")?;
        }
        steps.iter().try_for_each(|step| self.say_state_of(&step.id))
    }

    fn say_results(&mut self, ended: Result<Vec<CheckResult>, Failure>) -> Result<(), Ended> {
        match ended {
            Err(failure) => return self.talk.trouble(&failure),
            Ok(results) => {
                for result in results {
                    let outcome = result.outcome.word();
                    let summary = result.own_summary().map(|says| format!(" {says}"));
                    let summary = summary.unwrap_or_default();
                    self.talk.say(format!("{}: {outcome}.{summary}", result.check))?;
                    step::findings(&mut self.talk, &result)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether the step's checks run commands on this machine.
pub fn runs_commands(step: &Step) -> bool {
    !commands(step).is_empty()
}

/// What this step's checks would run.
fn commands(step: &Step) -> Vec<String> {
    let specs = step.verify.iter().filter(|spec| spec.check.as_str() == RUNS_COMMANDS);
    specs.map(|spec| serde_json::Value::from(spec.args.clone()).to_string()).collect()
}

/// The page that news is about.
fn page_of(news: &RunNews) -> Option<&str> {
    match news {
        RunNews::Progress { progress: Progress::Page { url, .. }, .. } => Some(url.as_str()),
        _ => None,
    }
}

/// When it was last said how far long work is.
#[derive(Default)]
pub struct Beat(Option<Instant>);

impl Beat {
    /// Whether it may be said again; then it counts as said.
    pub fn is_due(&mut self) -> bool {
        let due = self.0.is_none_or(|last| last.elapsed() >= BEAT);
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}

/// What has been said of a run.
#[derive(Default)]
struct Shown {
    beat: Beat,
    /// Whether several checks run, so that each line has to name its own.
    several: bool,
    /// Whether a page is to be shown as a code, too.
    code: bool,
}

impl Shown {
    fn of(steps: &[Step]) -> Self {
        let checks: usize = steps.iter().map(|step| step.verify.len()).sum();
        Self { several: checks > 1, ..Self::default() }
    }

    fn say<R: BufRead, W: Write>(
        &mut self,
        talk: &mut Talk<R, W>,
        news: &RunNews,
    ) -> Result<(), Ended> {
        let RunNews::Progress { check, progress } = news else { return Ok(()) };
        let check = if self.several { format!("{check}: ") } else { String::new() };
        match progress {
            Progress::Probe { name, says, good, took } => {
                let word = match good {
                    Some(true) => "good",
                    Some(false) => "bad",
                    None => "info",
                };
                talk.say_at(2, format!("{word}: {check}{name}: {says} ({} ms)", took.as_millis()))
            }
            Progress::Page { about, url } => {
                money::page(talk, &format!("{check}{about}"), url)?;
                if self.code { money::code(talk, url) } else { Ok(()) }
            }
            Progress::Work { doing, done, of, unit } => {
                if !self.beat.is_due() {
                    return Ok(());
                }
                let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
                talk.say_at(2, format!("{check}{doing}: {done}{of} {unit}"))
            }
        }
    }
}

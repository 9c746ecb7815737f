//! Performs what the core wants done, and sends back what came of it.
//!
//! Called by `runtime::event_loop`, one [`Effect`] at a time, each with exactly one arm in
//! [`Performer::perform`]. Nothing here blocks the loop: the journal has its own task, runs of
//! checks have theirs, and their answers come back as messages that carry the ticket or the run.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::demo::DemoAct;
use crate::app::effect::{Effect, Ticket};
use crate::app::msg::{Msg, Plans};
use crate::checks::book::limits;
use crate::failure::Failure;
use crate::launch::decide::Command;
use crate::launch::event::{Face, RunId};
use crate::launch::money::Confirmed;
use crate::runbook::model::{InputName, StepId};
use crate::runtime::actor;
use crate::runtime::display::Display;
use crate::runtime::fetch;
use crate::runtime::first_week::{FirstWeek, Ties};
use crate::runtime::guest::Host;
use crate::runtime::journal_task::JournalHandle;
use crate::runtime::lookup;
use crate::runtime::news;
use crate::runtime::report_file;
use crate::runtime::run::{RunNews, RunRequest, plan_steps, run_step};
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::secrets::Secret;

/// How long cancelled checks may take to end when the operator quits.
const CHECKS_GRACE: Duration = Duration::from_secs(5);

/// What the loop has to do itself after an effect.
#[derive(Debug)]
pub enum Next {
    /// Go on; the message, if any, is for the core at once.
    GoOn(Option<Msg>),
    /// Draw everything anew.
    Repaint,
    /// Leave the screen and stop like any job.
    Suspend,
    /// End.
    Quit,
}

/// Performs effects.
pub struct Performer {
    workspace: SharedWorkspace,
    messages: mpsc::Sender<Msg>,
    news: mpsc::UnboundedSender<Msg>,
    journal: JournalHandle,
    tasks: TaskTracker,
    everything: CancellationToken,
    week: FirstWeek,
    runs: Runs,
    /// Secrets on their way to the inputs; a run waits for them.
    answers: Vec<JoinHandle<()>>,
    /// The demo, where the launch is that of the demo.
    host: Option<Arc<dyn Host>>,
}

impl Performer {
    /// A performer in the current runtime, whose answers go to `messages`.
    #[must_use]
    pub fn new(workspace: SharedWorkspace, messages: mpsc::Sender<Msg>) -> Self {
        let (news, from) = mpsc::unbounded_channel();
        tokio::spawn(news::forward(from, messages.clone()));
        let (tasks, everything) = (TaskTracker::new(), CancellationToken::new());
        let journal = JournalHandle::start(&workspace, messages.clone());
        let week = FirstWeek::new(Ties {
            workspace: Arc::clone(&workspace),
            messages: messages.clone(),
            news: news.clone(),
            journal: journal.clone(),
            tasks: tasks.clone(),
            over: everything.clone(),
        });
        Self {
            week,
            journal,
            workspace,
            messages,
            news,
            tasks,
            everything,
            runs: Runs::default(),
            answers: Vec::new(),
            host: None,
        }
    }

    /// The same with the demo behind it.
    #[must_use]
    pub fn with_host(mut self, host: Option<Arc<dyn Host>>) -> Self {
        self.host = host;
        self
    }

    /// Performs one effect.
    pub fn perform(&mut self, effect: Effect, display: &mut dyn Display) -> Next {
        match effect {
            Effect::Submit { ticket, by, command } => self.submit(ticket, &by, command),
            Effect::Plan { ticket, steps } => self.plan(ticket, steps),
            Effect::Verify { by, steps, armed, confirmed } => {
                self.verify(&by, steps, armed, confirmed)
            }
            Effect::Cancel { run } => {
                self.runs.cancel(&run);
                Next::GoOn(None)
            }
            Effect::Answer { input, secret } => self.answer(input, secret),
            Effect::Report { format, by } => self.report(format, &by),
            Effect::Demo(act) => self.demo(act),
            Effect::Week(ask) => Next::GoOn(self.week.ask(ask)),
            Effect::Copy { text } => Next::GoOn(trouble("not copied", display.copy(&text))),
            Effect::Mouse { on } => {
                Next::GoOn(trouble("the mouse can not be switched", display.mouse(on)))
            }
            Effect::Suspend => Next::Suspend,
            Effect::Repaint => Next::Repaint,
            Effect::Quit => Next::Quit,
        }
    }

    /// Asks the checks to end, waits for them a while (not when `hurry` fires) and for the journal
    /// as long as it takes.
    pub fn close(&self, hurry: CancellationToken) -> impl Future<Output = ()> + use<> {
        self.everything.cancel();
        self.week.stop();
        self.tasks.close();
        let (tasks, journal) = (self.tasks.clone(), self.journal.clone());
        async move {
            tokio::select! {
                _ = timeout(CHECKS_GRACE, tasks.wait()) => {}
                () = hurry.cancelled() => {}
            }
            journal.sync().await;
        }
    }

    /// Hands a command to the journal, once what a signature names was looked up.
    fn submit(&self, ticket: Ticket, by: &str, mut command: Command) -> Next {
        let (journal, by) = (self.journal.clone(), actor::named(by, Face::Screen));
        let (config, runbook, now) = {
            let workspace = lock(&self.workspace);
            let (config, runbook) = (&workspace.config, workspace.runbook());
            (Arc::clone(config), Arc::clone(runbook), workspace.clock().now())
        };
        if !lookup::is_needed(&runbook, &command) {
            return Next::GoOn(journal.submit(ticket, by, command));
        }
        let messages = self.messages.clone();
        self.tasks.spawn(async move {
            let armed = BTreeSet::new();
            lookup::complete(&config, &runbook, now, &armed, &mut command).await;
            if let Some(refused) = journal.submit(ticket, by, command) {
                let _loop_is_over = messages.send(refused).await;
            }
        });
        Next::GoOn(None)
    }

    fn plan(&mut self, ticket: Ticket, steps: Vec<StepId>) -> Next {
        let (workspace, messages) = (Arc::clone(&self.workspace), self.messages.clone());
        // A secret that was typed just now must not be asked for again.
        let answers = std::mem::take(&mut self.answers);
        self.tasks.spawn(async move {
            for answer in answers {
                let _broke = answer.await;
            }
            let plan = plan_steps(&workspace, &steps, &BTreeSet::new()).await;
            let limits = limits(&lock(&workspace).config.inputs);
            let result = plan
                .map(|(planned, prompts)| Plans { planned, prompts, limits })
                .map_err(|failure| failure.to_string());
            let _loop_is_over = messages.send(Msg::Planned { ticket, result }).await;
        });
        Next::GoOn(None)
    }

    fn verify(
        &mut self,
        by: &str,
        steps: Vec<StepId>,
        armed: Vec<String>,
        confirmed: Vec<Confirmed>,
    ) -> Next {
        let batch = Batch {
            workspace: Arc::clone(&self.workspace),
            journal: self.journal.clone(),
            news: self.news.clone(),
            runs: self.runs.clone(),
            cancel: self.everything.child_token(),
            by: by.to_owned(),
            armed: armed.into_iter().collect(),
            confirmed,
        };
        let answers = std::mem::take(&mut self.answers);
        self.tasks.spawn(async move {
            for answer in answers {
                let _broke = answer.await;
            }
            batch.run(steps).await;
        });
        Next::GoOn(None)
    }

    fn demo(&self, act: DemoAct) -> Next {
        let Some(host) = self.host.clone() else { return Next::GoOn(None) };
        let (messages, journal) = (self.messages.clone(), self.journal.clone());
        self.tasks.spawn(async move {
            let result = host.act(act.clone()).await.map(Box::new);
            journal.look_around();
            let _loop_is_over = messages.send(Msg::Demo { act, result }).await;
        });
        Next::GoOn(None)
    }

    fn report(&self, format: String, by: &str) -> Next {
        let (workspace, journal) = (Arc::clone(&self.workspace), self.journal.clone());
        let (messages, by) = (self.messages.clone(), actor::named(by, Face::Screen));
        self.tasks.spawn(async move {
            let name = format.clone();
            let written =
                tokio::task::spawn_blocking(move || report_file::write(&lock(&workspace), &format));
            let told = match written.await {
                Ok(Ok(written)) => {
                    let exported = Command::Exported { format: name, head: written.head };
                    let recorded = journal.record(by, exported).await;
                    recorded.map(|()| written.path.display().to_string())
                }
                Ok(Err(failure)) => Err(failure),
                // The panic hook has said why.
                Err(_) => return,
            };
            let told = told.map_err(|failure| failure.to_string());
            let _loop_is_over = messages.send(Msg::Reported(told)).await;
        });
        Next::GoOn(None)
    }

    fn answer(&mut self, input: InputName, secret: Secret) -> Next {
        let (workspace, journal) = (Arc::clone(&self.workspace), self.journal.clone());
        self.answers.push(self.tasks.spawn(async move {
            let inputs = Arc::clone(&lock(&workspace).config.inputs);
            inputs.answer(input.as_str(), secret).await;
            journal.look_around();
        }));
        Next::GoOn(None)
    }
}

impl Drop for Performer {
    fn drop(&mut self) {
        self.everything.cancel();
    }
}

fn trouble(what: &str, done: std::io::Result<()>) -> Option<Msg> {
    done.err().map(|error| Msg::Trouble(format!("{what}: {error}")))
}

/// Which cancellation belongs to which run.
#[derive(Clone, Debug, Default)]
struct Runs(Arc<Mutex<HashMap<RunId, CancellationToken>>>);

impl Runs {
    fn map(&self) -> MutexGuard<'_, HashMap<RunId, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancel(&self, run: &RunId) {
        if let Some(token) = self.map().get(run) {
            token.cancel();
        }
    }
}

/// The steps of one request, verified side by side; each can be cancelled by itself.
struct Batch {
    workspace: SharedWorkspace,
    journal: JournalHandle,
    news: mpsc::UnboundedSender<Msg>,
    runs: Runs,
    cancel: CancellationToken,
    by: String,
    armed: BTreeSet<String>,
    confirmed: Vec<Confirmed>,
}

impl Batch {
    async fn run(self, steps: Vec<StepId>) {
        if let Err(failure) = self.arm().await {
            steps.into_iter().for_each(|step| self.never_began(step, None));
            self.tell(Msg::Trouble(failure.to_string()));
            return;
        }
        fetch::secrets(&self.workspace, &steps, &self.cancel).await;
        join_all(steps.into_iter().map(|step| self.run_step(step))).await;
    }

    /// Records which hosts the operator has armed.
    async fn arm(&self) -> Result<(), Failure> {
        for host in &self.armed {
            let arm = Command::Arm { host: host.clone() };
            self.journal.record(actor::named(&self.by, Face::Screen), arm).await?;
        }
        Ok(())
    }

    /// The core hears of the end of every step that it asked for, also of one that had no run.
    fn never_began(&self, step: StepId, error: Option<String>) {
        self.tell(Msg::RunEnded { step, run: RunId(String::new()), error });
    }

    async fn run_step(&self, step: StepId) {
        let current = Arc::new(Mutex::new(None));
        let cancel = self.cancel.child_token();
        let tell = self.teller(step.clone(), Arc::clone(&current), cancel.clone());
        let request = RunRequest {
            by: actor::named(&self.by, Face::Screen),
            step: step.clone(),
            armed: self.armed.clone(),
            confirmed: self.confirmed.clone(),
        };
        let ran = run_step(Arc::clone(&self.workspace), request, cancel, tell).await;
        // The entries of the run have to be with the core before it hears of its end.
        self.journal.sync().await;
        let error = ran.err().map(|failure| failure.to_string());
        let run = current.lock().unwrap_or_else(PoisonError::into_inner).take();
        match run {
            Some(run) => {
                self.runs.map().remove(&run);
                self.tell(Msg::RunEnded { step, run, error });
            }
            None => self.never_began(step, error),
        }
    }

    /// Turns the news of a run into messages; never waits.
    fn teller(
        &self,
        step: StepId,
        current: Arc<Mutex<Option<RunId>>>,
        cancel: CancellationToken,
    ) -> impl Fn(RunNews) + Send + Sync + Clone + 'static {
        let (journal, news, runs) = (self.journal.clone(), self.news.clone(), self.runs.clone());
        move |told| {
            let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
            let msg = match told {
                RunNews::Started { run } => {
                    runs.map().insert(run.clone(), cancel.clone());
                    *current = Some(run.clone());
                    Msg::RunStarted { step: step.clone(), run }
                }
                RunNews::Progress { check, progress } => {
                    let Some(run) = current.clone() else { return };
                    Msg::Progress { run, check, progress }
                }
                RunNews::Entries(_) => return journal.written(),
            };
            let _loop_is_over = news.send(msg);
        }
    }

    fn tell(&self, msg: Msg) {
        let _loop_is_over = self.news.send(msg);
    }
}

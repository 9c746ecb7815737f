//! `golive verify`: runs checks headless and records their results.
//!
//! ```text
//! choose steps ─> plan (what would be sent, which secrets to type) ─> --dry-run: print it
//!                                                                 └─> arm ─> run ─> document
//! ```

mod document;
mod follow;
mod plan;
mod select;
mod spend;

pub use document::{Ran, Report, show, show_finding};
pub use follow::Shown;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::cli::args::Verify;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::verify::plan::Plan;
use crate::cli::{ask, signer};
use crate::config::Config;
use crate::failure::{Failure, FailureKind, exit};
use crate::launch::decide::Command;
use crate::launch::event::Actor;
use crate::launch::money::Confirmed;
use crate::runbook::model::{InputName, Step};
use crate::runtime::fetch;
use crate::runtime::run::{RunNews, RunRequest, run_step};
use crate::runtime::workspace::{SharedWorkspace, lock};

/// Runs the command; the exit code says what came of the checks.
///
/// # Errors
/// When a step is not known, an answer is missing, or the journal can not be written.
pub async fn run(console: &mut Console, opened: Opened, args: &Verify) -> Result<u8, Failure> {
    let Opened { config, runbook, workspace } = opened;
    let steps = select::steps(&runbook, args)?;
    let workspace: SharedWorkspace = Arc::new(Mutex::new(workspace));
    let plan = plan::make(&workspace, &steps).await?;
    plan.knows_hosts(&args.arm)?;
    let asks = plan.spends();
    let confirmed = spend::confirm(&asks, &args.spend, args.card_owner.as_deref())?;
    if args.dry_run {
        plan.print(console, &runbook, &steps);
        return Ok(exit::OK);
    }
    let by = signer::who_runs(&config)?;
    let armed = args.arm.iter().cloned().collect();
    let walk = Walk { config: &config, workspace, by, armed, confirmed };
    walk.ask_for(console, &plan.asks).await?;
    walk.arm(console, &plan).await?;
    spend::tell(console, &runbook, &asks, &walk.confirmed);
    let mut report = Report::begin(&config.launch, &runbook, lock(&walk.workspace).clock().now());
    let stop = Stop::on_signals()?;
    let ids: Vec<_> = steps.iter().map(|step| step.id.clone()).collect();
    fetch::secrets(&walk.workspace, &ids, &stop.cancel).await;
    report.steps = walk.run(console, &steps, &stop).await?;
    report.interrupted = stop.cancel.is_cancelled();
    report.print(console, &lock(&walk.workspace).head());
    if report.interrupted {
        return Err(interrupted());
    }
    Ok(report.exit_code())
}

/// What stays the same from step to step.
struct Walk<'a> {
    config: &'a Config,
    workspace: SharedWorkspace,
    by: Actor,
    armed: BTreeSet<String>,
    confirmed: Vec<Confirmed>,
}

impl Walk<'_> {
    /// Has the secrets typed that are not kept anywhere. Without somebody to ask, the checks that
    /// need them say so.
    async fn ask_for(&self, console: &mut Console, asks: &[InputName]) -> Result<(), Failure> {
        for name in asks {
            if !console.may_ask {
                console.tell(format!(
                    "{name} has to be typed and nobody is there; what needs it will be unknown"
                ));
                continue;
            }
            let secret = ask::secret(console, &format!("{name} (not shown): "))?;
            self.config.inputs.answer(name.as_str(), secret).await;
        }
        lock(&self.workspace).look_around();
        Ok(())
    }

    /// Records which hosts were armed, and says which requests are held back.
    async fn arm(&self, console: &mut Console, plan: &Plan) -> Result<(), Failure> {
        for host in &self.armed {
            let (workspace, by) = (Arc::clone(&self.workspace), self.by.clone());
            let command = Command::Arm { host: host.clone() };
            let recorded =
                tokio::task::spawn_blocking(move || lock(&workspace).submit(&by, &command));
            recorded.await.unwrap_or_else(|_| {
                Err(Failure::new(FailureKind::State, "writing the journal broke off"))
            })?;
        }
        for (host, probes) in plan.held_back(&self.armed) {
            console.tell(format!(
                "{probes} requests to {host} are held back; --arm {host} sends them"
            ));
        }
        Ok(())
    }

    /// Runs the checks of all steps side by side, showing each probe as it finishes, and each step
    /// as soon as it and those before it have ended.
    async fn run<'s>(
        &self,
        console: &mut Console,
        steps: &[&'s Step],
        stop: &Stop,
    ) -> Result<Vec<Ran<'s>>, Failure> {
        let (tell, mut news) = tokio::sync::mpsc::unbounded_channel();
        let mut works: FuturesUnordered<_> =
            steps.iter().enumerate().map(|(at, step)| self.step(at, step, stop, &tell)).collect();
        let mut shown = Shown::of(console, steps);
        let mut ended = Ended::default();
        while !works.is_empty() {
            tokio::select! {
                biased;
                Some(new) = news.recv() => shown.take(console, new),
                Some((at, ran)) = works.next() => {
                    while let Ok(new) = news.try_recv() {
                        shown.take(console, new);
                    }
                    let reached = |ran: &Ran<'_>| {
                        !stop.cancel.is_cancelled() || !ran.results.is_empty()
                    };
                    ended.take(console, at, Some(ran?).filter(reached));
                }
                () = stop.abandon.cancelled() => return Err(interrupted()),
            }
        }
        Ok(ended.steps)
    }

    /// Runs one step's checks; what happens is told under the step's place in the list.
    async fn step<'s>(
        &self,
        at: usize,
        step: &'s Step,
        stop: &Stop,
        tell: &UnboundedSender<RunNews>,
    ) -> (usize, Result<Ran<'s>, Failure>) {
        if step.verify.is_empty() {
            return (at, Ok(Ran::manual(step)));
        }
        let request = RunRequest {
            by: self.by.clone(),
            step: step.id.clone(),
            armed: self.armed.clone(),
            confirmed: self.confirmed.clone(),
        };
        let tell = tell.clone();
        let work =
            run_step(Arc::clone(&self.workspace), request, stop.cancel.clone(), move |new| {
                // The receiver lives as long as the run.
                let _ = tell.send(new);
            });
        let ran = match work.await {
            Ok(results) => Ok(Ran { step, results, refused: None }),
            Err(no) if no.kind == FailureKind::Refused => Ok(Ran::refused(step, &no)),
            Err(failure) => Err(failure),
        };
        (at, ran)
    }
}

/// The steps that have ended, shown in their order and not in that of their ending.
#[derive(Default)]
struct Ended<'s> {
    steps: Vec<Ran<'s>>,
    next: usize,
    waiting: BTreeMap<usize, Option<Ran<'s>>>,
}

impl<'s> Ended<'s> {
    /// Takes in the step at this place; `None` when it was stopped before it found anything.
    fn take(&mut self, console: &mut Console, at: usize, ran: Option<Ran<'s>>) {
        self.waiting.insert(at, ran);
        while let Some(ran) = self.waiting.remove(&self.next) {
            self.next += 1;
            if let Some(ran) = ran {
                document::show(console, &ran);
                self.steps.push(ran);
            }
        }
    }
}

/// How a run is stopped.
#[derive(Clone, Default)]
pub struct Stop {
    /// Fires at the first Ctrl-C or SIGTERM, so that the run is recorded as cancelled.
    pub cancel: CancellationToken,
    /// Fires at the second, for a check that does not stop.
    pub abandon: CancellationToken,
}

impl Stop {
    /// Listens for the signals from here on.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn on_signals() -> Result<Self, Failure> {
        let unheard = |error: std::io::Error| {
            Failure::new(FailureKind::Other, "could not listen for Ctrl-C").because(&error)
        };
        let mut interrupt = signal(SignalKind::interrupt()).map_err(unheard)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(unheard)?;
        let stop = Self::default();
        let fire = stop.clone();
        tokio::spawn(async move {
            for token in [fire.cancel, fire.abandon] {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                token.cancel();
            }
        });
        Ok(stop)
    }
}

/// What is said at the end of a run that somebody stopped.
pub fn interrupted() -> Failure {
    Failure::new(FailureKind::Interrupted, "interrupted; what had ended is recorded")
}

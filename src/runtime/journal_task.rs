//! The one task that writes to the journal for the screen and follows what others write.
//!
//! `runtime::perform` hands requests to it; they are served one after the other, each in a thread
//! that may block. Between them it looks every [`POLL`] whether somebody else wrote something and
//! every [`LOOK`] whether the world changed. Because entries reach the core through this task
//! alone, they arrive in order and each once, whoever wrote them: this screen, one of its runs or
//! another program.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::effect::Ticket;
use crate::app::msg::Msg;
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::launch::event::{Actor, Entry};
use crate::launch::standing::World;
use crate::runtime::workspace::{SharedWorkspace, Workspace, lock};

/// How often it looks for entries of others: what a shell signs is on an open screen within half
/// a second.
pub const POLL: Duration = Duration::from_millis(250);

/// How often it looks whether the world (inputs, fingerprints, commits) has changed.
pub const LOOK: Duration = Duration::from_secs(5);

/// How many requests may wait.
const QUEUE: usize = 64;

enum Request {
    Submit(Box<Submission>),
    LookAround,
    Sync(oneshot::Sender<()>),
}

struct Submission {
    by: Actor,
    command: Command,
    answer: Answer,
}

/// Where the answer to a submission goes.
enum Answer {
    Screen(Ticket),
    Task(oneshot::Sender<Result<(), Failure>>),
}

/// The way to the task, for everybody who needs something of it.
#[derive(Clone)]
pub struct JournalHandle {
    requests: mpsc::Sender<Request>,
    written: Arc<Notify>,
}

impl JournalHandle {
    /// Starts the task in the current runtime. The core has to know the launch as it is now.
    #[must_use]
    pub fn start(workspace: &SharedWorkspace, messages: mpsc::Sender<Msg>) -> Self {
        let (requests, received) = mpsc::channel(QUEUE);
        let written = Arc::new(Notify::new());
        let (seen, world, read_only) = {
            let workspace = lock(workspace);
            let seen = workspace.launch().entries().last().map_or(0, |entry| entry.seq);
            (seen, workspace.world().clone(), workspace.read_only().map(str::to_owned))
        };
        let task = JournalTask {
            workspace: Arc::clone(workspace),
            messages,
            seen,
            world: Arc::new(world),
            read_only,
        };
        tokio::spawn(task.serve(received, Arc::clone(&written)));
        Self { requests, written }
    }

    /// Hands over a submission of the screen, to be answered with `Msg::Submitted`; the message to
    /// show at once when so much waits already that it is not taken.
    pub fn submit(&self, ticket: Ticket, by: Actor, command: Command) -> Option<Msg> {
        let request = submission(by, command, Answer::Screen(ticket));
        let why = match self.requests.try_send(request) {
            Ok(()) => return None,
            Err(TrySendError::Full(_)) => {
                "NOT SAVED: the journal is still busy with what came before; try again"
            }
            Err(TrySendError::Closed(_)) => "NOT SAVED: the journal is closed; restart golive",
        };
        Some(Msg::Submitted { ticket, result: Err(why.to_owned()) })
    }

    /// Records something and waits until it is on disk.
    ///
    /// # Errors
    /// When it is refused or can not be written.
    pub async fn record(&self, by: Actor, command: Command) -> Result<(), Failure> {
        let (answer, answered) = oneshot::channel();
        let request = submission(by, command, Answer::Task(answer));
        let closed = || Failure::new(FailureKind::State, "the journal is closed; restart golive");
        self.requests.send(request).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Tells the task that this process has written to the journal by another way.
    pub fn written(&self) {
        self.written.notify_one();
    }

    /// Asks for a look at the world soon.
    pub fn look_around(&self) {
        let _looks_by_itself_later = self.requests.try_send(Request::LookAround);
    }

    /// Waits until everything handed over before is done and the core has been told.
    pub async fn sync(&self) {
        let (done, reached) = oneshot::channel();
        if self.requests.send(Request::Sync(done)).await.is_ok() {
            let _closed = reached.await;
        }
    }
}

fn submission(by: Actor, command: Command, answer: Answer) -> Request {
    Request::Submit(Box::new(Submission { by, command, answer }))
}

struct JournalTask {
    workspace: SharedWorkspace,
    messages: mpsc::Sender<Msg>,
    /// The last entry that the core has been told.
    seen: u64,
    /// The world that the core has been told.
    world: Arc<World>,
    /// The reason for being read-only, or the trouble, that the core has been told.
    read_only: Option<String>,
}

/// What the core does not know yet.
struct News {
    entries: Vec<Entry>,
    world: Option<World>,
    read_only: Option<String>,
}

impl JournalTask {
    async fn serve(mut self, mut requests: mpsc::Receiver<Request>, written: Arc<Notify>) {
        let mut poll = interval(POLL);
        let mut look = interval(LOOK);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                request = requests.recv() => match request {
                    Some(request) => self.answer(request).await,
                    None => return,
                },
                () = written.notified() => self.follow().await,
                _ = look.tick() => self.look_around().await,
                _ = poll.tick() => self.follow().await,
            }
        }
    }

    async fn answer(&mut self, request: Request) {
        match request {
            Request::Submit(submission) => {
                let Submission { by, command, answer } = *submission;
                let written = self
                    .with(move |workspace| workspace.submit(&by, &command).map(drop))
                    .await
                    .unwrap_or_else(|| {
                        Err(Failure::new(FailureKind::State, "NOT SAVED, outcome unknown")
                            .hint("quit, start golive again and look whether it is there"))
                    });
                match answer {
                    Answer::Screen(ticket) => {
                        let result = written.map_err(|failure| failure.to_string());
                        self.tell(Msg::Submitted { ticket, result }).await;
                    }
                    Answer::Task(answer) => {
                        let _gave_up = answer.send(written);
                    }
                }
            }
            Request::LookAround => self.look_around().await,
            Request::Sync(done) => {
                self.with(|_| ()).await;
                let _gave_up = done.send(());
            }
        }
    }

    /// Reads what others have written.
    async fn follow(&mut self) {
        let read = self.with(|workspace| workspace.refresh().map(drop)).await;
        if let Some(Err(failure)) = read {
            self.tell_read_only(Some(failure.to_string())).await;
        }
    }

    async fn look_around(&mut self) {
        self.with(Workspace::look_around).await;
    }

    /// Does something with the workspace where it may block, then tells the core what is new.
    /// `None` when it broke; the panic hook has said so.
    async fn with<T: Send + 'static>(
        &mut self,
        act: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> Option<T> {
        let (workspace, seen) = (Arc::clone(&self.workspace), self.seen);
        let known = Arc::clone(&self.world);
        let acted = tokio::task::spawn_blocking(move || {
            let mut workspace = lock(&workspace);
            let outcome = act(&mut workspace);
            (outcome, news(&workspace, seen, &known))
        });
        let (outcome, news) = acted.await.ok()?;
        if let Some(world) = news.world {
            self.world = Arc::new(world.clone());
            self.tell(Msg::World(world)).await;
        }
        if let Some(last) = news.entries.last() {
            self.seen = last.seq;
            self.tell(Msg::Entries(news.entries)).await;
        }
        if news.read_only.is_some() {
            self.tell_read_only(news.read_only).await;
        }
        Some(outcome)
    }

    async fn tell_read_only(&mut self, why: Option<String>) {
        if self.read_only != why
            && let Some(text) = &why
        {
            self.tell(Msg::ReadOnly(text.clone())).await;
            self.read_only = why;
        }
    }

    async fn tell(&self, msg: Msg) {
        // Closed means that the loop is over and nobody looks any more.
        let _closed = self.messages.send(msg).await;
    }
}

fn news(workspace: &Workspace, seen: u64, known: &World) -> News {
    let entries = workspace.launch().entries();
    let first_new = entries.partition_point(|entry| entry.seq <= seen);
    News {
        entries: entries.get(first_new..).unwrap_or_default().to_vec(),
        world: (workspace.world() != known).then(|| workspace.world().clone()),
        read_only: workspace.read_only().map(str::to_owned),
    }
}

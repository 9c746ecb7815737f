//! The first week behind the screen: begins and ends the watch, passes on what there is to see, and
//! has crossed thresholds recorded.
//!
//! Called by `runtime::perform` with what the core asks for. The rules it keeps: the loop gets the
//! latest and never a backlog; what is recorded or alerted never holds up what is shown.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::effect::Ask;
use crate::app::msg::Msg;
use crate::checks::logs::log_set;
use crate::events::received;
use crate::launch::event::Face;
use crate::runtime::crossings::{Crossings, News};
use crate::runtime::journal_task::JournalHandle;
use crate::runtime::watcher::Watcher;
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::week::{Look, Sight};

/// The watch of the screen, while there is one.
pub struct FirstWeek {
    workspace: SharedWorkspace,
    messages: mpsc::Sender<Msg>,
    news: mpsc::UnboundedSender<Msg>,
    journal: JournalHandle,
    tasks: TaskTracker,
    /// Fires when the screen ends.
    over: CancellationToken,
    watcher: Option<Arc<Watcher>>,
}

/// What the watch of the screen works with.
pub struct Ties {
    /// The launch.
    pub workspace: SharedWorkspace,
    /// To the loop, when it has room.
    pub messages: mpsc::Sender<Msg>,
    /// To the loop, without waiting.
    pub news: mpsc::UnboundedSender<Msg>,
    /// The journal's task.
    pub journal: JournalHandle,
    /// What is waited for at the end.
    pub tasks: TaskTracker,
    /// Fires when the screen ends.
    pub over: CancellationToken,
}

impl FirstWeek {
    /// No watch yet.
    #[must_use]
    pub fn new(ties: Ties) -> Self {
        let Ties { workspace, messages, news, journal, tasks, over } = ties;
        Self { workspace, messages, news, journal, tasks, over, watcher: None }
    }

    /// Does what the core asks for; what it has to be told at once.
    pub fn ask(&mut self, ask: Ask) -> Option<Msg> {
        match ask {
            Ask::Open(look) => return self.open(look),
            Ask::Close => self.watcher = None,
            Ask::Look(look) => {
                if let Some(watcher) = &self.watcher {
                    watcher.look(look);
                }
            }
            Ask::Quote { ticket, spots } => {
                let Some(watcher) = &self.watcher else {
                    return Some(Msg::WeekQuoted { ticket, lines: Vec::new() });
                };
                let (answer, messages) = (watcher.quote(spots), self.messages.clone());
                tokio::spawn(async move {
                    let lines = answer.await.unwrap_or_default();
                    let _loop_is_over = messages.send(Msg::WeekQuoted { ticket, lines }).await;
                });
            }
        }
        None
    }

    fn open(&mut self, look: Look) -> Option<Msg> {
        let (set, week, clock, switched) = {
            let workspace = lock(&self.workspace);
            let config = &workspace.config;
            let received = config.state.with_file_name(received::FILE);
            let set = log_set(&config.inputs, &config.base, &config.week, Some(&received));
            let switched = workspace.launch().switched_at();
            (set, Arc::clone(&config.week), Arc::clone(workspace.clock()), switched)
        };
        match Watcher::start(set, week, switched, look, clock) {
            Ok((watcher, sight)) => {
                let watcher = Arc::new(watcher);
                tokio::spawn(forward(sight.clone(), self.messages.clone(), self.over.clone()));
                self.tasks.spawn(self.record(sight, &watcher));
                self.watcher = Some(watcher);
                None
            }
            Err(error) => Some(Msg::Trouble(format!("the logs can not be watched: {error}"))),
        }
    }

    /// Has crossed thresholds recorded and alerted, until the watch or the screen is over.
    fn record(
        &self,
        mut sight: watch::Receiver<Sight>,
        watcher: &Arc<Watcher>,
    ) -> impl Future<Output = ()> + use<> {
        let (news, journal, over) = (self.news.clone(), self.journal.clone(), self.over.clone());
        let (workspace, watcher) = (Arc::clone(&self.workspace), Arc::downgrade(watcher));
        let tell = Arc::new(move |new| {
            if let News::NotAlerted(why) | News::NotRecorded(why) = new {
                let _loop_is_over = news.send(Msg::Trouble(why));
            }
        });
        async move {
            let mut crossings = Crossings::new(&workspace, Face::Screen, tell);
            loop {
                tokio::select! {
                    () = over.cancelled() => break,
                    changed = sight.changed() => if changed.is_err() { break },
                }
                let Some(picture) = sight.borrow_and_update().picture.clone() else { continue };
                crossings.take(&picture).await;
                journal.written();
                let switched = lock(&workspace).launch().switched_at();
                if let Some(watcher) = watcher.upgrade() {
                    watcher.switched(switched);
                }
            }
            crossings.close(&CancellationToken::new()).await;
        }
    }

    /// Ends the watch, also in the middle of a full pass.
    pub fn stop(&self) {
        if let Some(watcher) = &self.watcher {
            watcher.stop();
        }
    }
}

/// Hands on the latest whenever the loop has room for it, until the watch or the screen is over.
async fn forward(
    mut sight: watch::Receiver<Sight>,
    to: mpsc::Sender<Msg>,
    over: CancellationToken,
) {
    loop {
        tokio::select! {
            () = over.cancelled() => return,
            changed = sight.changed() => if changed.is_err() { return },
        }
        let Ok(place) = to.reserve().await else { return };
        let latest = sight.borrow_and_update().clone();
        place.send(Msg::Week(latest));
    }
}

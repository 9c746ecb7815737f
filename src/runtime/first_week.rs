//! The first week behind the screen: begins and ends the watch, passes on what there is to see.
//!
//! Called by `runtime::perform` with what the core asks for. The rule it keeps: the loop gets the
//! latest and never a backlog.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::app::effect::Ask;
use crate::app::msg::Msg;
use crate::checks::first_week::logs::log_set;
use crate::events::received;
use crate::launch::event::Face;
use crate::runtime::crossings::{Crossings, News};
use crate::runtime::watcher::Watcher;
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::week::{Look, Sight};

/// The watch of the screen, while there is one.
pub struct FirstWeek {
    workspace: SharedWorkspace,
    messages: mpsc::Sender<Msg>,
    /// Fires when the screen ends.
    over: CancellationToken,
    watcher: Option<Watcher>,
}

impl FirstWeek {
    /// No watch yet.
    #[must_use]
    pub fn new(
        workspace: SharedWorkspace,
        messages: mpsc::Sender<Msg>,
        over: CancellationToken,
    ) -> Self {
        Self { workspace, messages, over, watcher: None }
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
                tokio::spawn(record(sight.clone(), self.crossings(), self.over.clone()));
                tokio::spawn(forward(sight, self.messages.clone(), self.over.clone()));
                self.watcher = Some(watcher);
                None
            }
            Err(error) => Some(Msg::Trouble(format!("the logs can not be watched: {error}"))),
        }
    }

    /// What turns pictures into records. What it records reaches the core as any entry does.
    fn crossings(&self) -> Crossings {
        let messages = self.messages.clone();
        let tell = move |news| {
            if let News::NotRecorded(why) = news {
                let message = Msg::Trouble(format!("crossed thresholds are not recorded: {why}"));
                // A loop that is busy shows something else; the next trouble is told again.
                let _full = messages.try_send(message);
            }
        };
        Crossings::new(&self.workspace, Face::Screen, Arc::new(tell))
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

/// Records and alerts what is crossed, until the watch or the screen is over. An alert that is under
/// way then is left to the next watcher.
async fn record(
    mut sight: watch::Receiver<Sight>,
    mut crossings: Crossings,
    over: CancellationToken,
) {
    loop {
        tokio::select! {
            () = over.cancelled() => break,
            changed = sight.changed() => if changed.is_err() { break },
        }
        let picture = sight.borrow_and_update().picture.clone();
        if let Some(picture) = picture {
            crossings.take(&picture).await;
        }
    }
    crossings.close(&over).await;
}

//! Writes crossings down and alerts them: each by the watcher that recorded it, and by another one
//! when that one has not said for a while that it did.
//!
//! ```text
//! threshold.crossed (with its watcher) ─> alert ─> alert.sent
//!            ├ no alert.sent for LEASE ──> alert.taken by another ─> alert ─> alert.sent
//!            └ alert.sent, failed ─ rest ─> alert.taken by anybody ──> alert ─> alert.sent
//! ```
//!
//! A watcher that is killed between the alert and `alert.sent` leaves it to be sent again: at least
//! once, and exactly once where nobody is killed.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::failure::Failure;
use crate::launch::crossing::{Told, Unsent, WATCHER, Way};
use crate::launch::decide::Command;
use crate::launch::event::{Actor, Entry, Event, Face};
use crate::runbook::model::StepId;
use crate::runtime::actor;
use crate::runtime::alert::{Alerter, Sent};
use crate::runtime::crossings::{News, Tell, blocking, clean};
use crate::runtime::workspace::{SharedWorkspace, Workspace, lock};
use crate::time::Timestamp;
use crate::week::panel::Topic;

/// Writes down and alerts; shared by the alerts that are under way.
pub(super) struct Sender {
    workspace: SharedWorkspace,
    by: Actor,
    watcher: String,
    alerter: Option<Alerter>,
    tell: Tell,
    tasks: TaskTracker,
    cancel: CancellationToken,
    /// Entries whose alerts are under way.
    sending: Mutex<HashSet<u64>>,
}

impl Sender {
    pub(super) fn new(workspace: &SharedWorkspace, via: Face, tell: Tell) -> Self {
        Self {
            alerter: Alerter::of(&lock(workspace).config),
            workspace: Arc::clone(workspace),
            by: actor::named(WATCHER, via),
            watcher: ulid::Ulid::generate().to_string(),
            tell,
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
            sending: Mutex::default(),
        }
    }

    pub(super) fn workspace(&self) -> &SharedWorkspace {
        &self.workspace
    }

    pub(super) fn watcher(&self) -> &str {
        &self.watcher
    }

    pub(super) fn tell(&self, news: News) {
        (self.tell)(news);
    }

    /// The steps whose checks ask a question.
    pub(super) fn steps(&self, topic: Topic) -> Vec<StepId> {
        self.steps_of(&lock(&self.workspace), topic)
    }

    pub(super) fn steps_of(&self, workspace: &Workspace, topic: Topic) -> Vec<StepId> {
        let asks = |step: &&crate::runbook::model::Step| {
            step.verify.iter().any(|spec| spec.check.as_str() == topic.check())
        };
        workspace.runbook().steps().filter(asks).map(|step| step.id.clone()).collect()
    }

    /// Records a command that changes something; tells what this watcher recorded by it.
    pub(super) fn submit(
        &self,
        workspace: &mut Workspace,
        command: &Command,
    ) -> Result<(), Failure> {
        if !workspace.is_news(&self.by, command) {
            return Ok(());
        }
        let before = workspace.head().seq;
        let entries = workspace.submit(&self.by, command)?;
        for entry in entries.iter().filter(|entry| entry.seq > before) {
            if let Some(news) = self.news(entry) {
                self.tell(news);
            }
        }
        Ok(())
    }

    /// What an entry says that this watcher wrote.
    fn news(&self, entry: &Entry) -> Option<News> {
        let topic = |name: &str| Topic::ALL.into_iter().find(|topic| topic.check() == name);
        match &entry.event {
            Event::ThresholdCrossed(it) if it.watcher == self.watcher => Some(News::Crossed {
                step: Some(it.step.clone()),
                topic: topic(it.topic.as_str())?,
                key: it.key.clone(),
                message: it.message.clone(),
            }),
            Event::ThresholdCleared(it) if it.watcher == self.watcher => Some(News::Cleared {
                step: Some(it.step.clone()),
                topic: topic(it.topic.as_str())?,
                key: it.key.clone(),
            }),
            _ => None,
        }
    }

    /// Begins to send what this watcher has to alert: its own records, and those that another one
    /// has left lying.
    pub(super) async fn alert(this: &Arc<Self>) -> Result<(), Failure> {
        if this.alerter.is_none() {
            return Ok(());
        }
        let sender = Arc::clone(this);
        let mine = blocking(move || sender.claim()).await?;
        for unsent in mine {
            let seq = unsent.seq;
            let document = this.document(&unsent.told, unsent.at, Some(seq));
            let sender = Arc::clone(this);
            this.tasks.spawn(async move {
                let Sent { reached, failed } = sender.send(&document, &unsent.reached).await;
                // Given up because the program ends: the next one sends it.
                let given_up = sender.cancel.is_cancelled() && failed.is_some();
                if !given_up || !reached.is_empty() {
                    let keeper = Arc::clone(&sender);
                    let kept = blocking(move || {
                        let command = Command::AlertSent { of: seq, failed, reached };
                        keeper.submit(&mut lock(&keeper.workspace), &command)
                    });
                    if let Err(failure) = kept.await {
                        sender.tell(News::NotRecorded(failure.to_string()));
                    }
                }
                sender.sending().remove(&seq);
            });
        }
        Ok(())
    }

    /// Alerts what is recorded nowhere.
    pub(super) fn send_loose(this: &Arc<Self>, told: &Told, at: Timestamp) {
        if this.alerter.is_none() {
            return;
        }
        let (sender, document) = (Arc::clone(this), this.document(told, at, None));
        this.tasks.spawn(async move {
            sender.send(&document, &[]).await;
        });
    }

    /// Waits for what is under way, or gives it up when `hurry` fires.
    pub(super) async fn close(&self, hurry: &CancellationToken) {
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            () = hurry.cancelled() => {
                self.cancel.cancel();
                self.tasks.wait().await;
            }
        }
    }

    /// Sends to whoever was not reached before, and tells why somebody was not.
    async fn send(&self, document: &Value, before: &[Way]) -> Sent {
        let Some(alerter) = &self.alerter else { return Sent::default() };
        let sent = alerter.send(document, before, &self.cancel).await;
        let failed = sent.failed.map(|why| clean(&why));
        if let Some(why) = &failed {
            self.tell(News::NotAlerted(why.clone()));
        }
        Sent { failed, ..sent }
    }

    /// Takes what may be sent by this watcher now.
    fn claim(&self) -> Result<Vec<Unsent>, Failure> {
        let mut workspace = lock(&self.workspace);
        let now = workspace.clock().now();
        let free: Vec<Unsent> = {
            let unsent = workspace.launch().alerts().unsent();
            unsent.filter(|it| it.is_free_for(&self.watcher, now)).cloned().collect()
        };
        let mut mine = Vec::new();
        for unsent in free.into_iter().filter(|it| !self.sending().contains(&it.seq)) {
            if unsent.watcher != self.watcher {
                let watcher = self.watcher.clone();
                let take = Command::TakeAlert { of: unsent.seq, watcher };
                self.submit(&mut workspace, &take)?;
            }
            let taken = workspace.launch().alerts().get(unsent.seq);
            let Some(taken) = taken.filter(|it| it.watcher == self.watcher) else { continue };
            self.sending().insert(taken.seq);
            mine.push(taken.clone());
        }
        Ok(mine)
    }

    fn sending(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document `golive.alert/1`.
    fn document(&self, told: &Told, at: Timestamp, entry: Option<u64>) -> Value {
        let (launch, journal) = {
            let workspace = lock(&self.workspace);
            let journal = workspace.launch().journal_id().map(str::to_owned);
            (workspace.config.launch.clone(), journal.unwrap_or_default())
        };
        let (state, step, topic, key) = match told {
            Told::Crossed(it) => ("crossed", &it.step, &it.topic, &it.key),
            Told::Cleared(it) => ("cleared", &it.step, &it.topic, &it.key),
        };
        let (since, message, limits) = match told {
            Told::Crossed(it) => (it.since, Some(&it.message), it.limits.as_slice()),
            Told::Cleared(_) => (None, None, &[][..]),
        };
        let text = match told {
            Told::Crossed(it) => format!("{launch}: {}", it.message),
            Told::Cleared(it) => format!("{launch}: no longer over {}", it.key),
        };
        let id = entry
            .map_or_else(|| format!("{topic}:{key}:{at}"), |entry| format!("{journal}:{entry}"));
        json!({
            "schema": "golive.alert/1",
            "id": clean(&id),
            "state": state,
            "text": clean(&text),
            "launch": clean(&launch),
            "at": at,
            "step": Some(step.as_str()).filter(|step| !step.is_empty()),
            "topic": topic,
            "key": key,
            "since": since,
            "message": message,
            "limits": limits,
            "entry": entry,
        })
    }
}

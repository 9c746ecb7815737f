//! From pictures of the first week to what they set off: records of crossed thresholds, reopened
//! steps, alerts.
//!
//! Called with each new picture by `cli::watch` and by the screen's watcher. The rules it keeps:
//! the journal decides what is new, so that several watchers record and alert once; what no step
//! asks for, or what can not be recorded, is alerted once by each process; a question that can not
//! be answered any more clears nothing; nothing that goes wrong here ends the watch.

mod send;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::failure::{Failure, FailureKind};
use crate::launch::crossing::{ClearedRecord, CrossedRecord, HOLD, MOST_OPEN, Told};
use crate::launch::decide::Command;
use crate::launch::event::Face;
use crate::launch::outcome::Outcome;
use crate::runbook::model::{CheckName, StepId};
use crate::runtime::crossings::send::Sender;
use crate::runtime::workspace::{SharedWorkspace, lock};
use crate::secrets::Redactor;
use crate::text::visible;
use crate::time::Timestamp;
use crate::week::panel::{Notice, Topic};
use crate::week::picture::Picture;

/// The longest text of a record.
const TEXT: usize = 1_000;

/// What came of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A threshold was crossed.
    Crossed {
        /// The step that it speaks against, if one asks for it.
        step: Option<StepId>,
        /// The question.
        topic: Topic,
        /// What it is.
        key: String,
        /// What is so.
        message: String,
    },
    /// It is crossed no longer.
    Cleared {
        /// The step.
        step: Option<StepId>,
        /// The question.
        topic: Topic,
        /// What it was.
        key: String,
    },
    /// Not everybody could be alerted; why.
    NotAlerted(String),
    /// Nothing can be recorded; why.
    NotRecorded(String),
}

/// Who hears of it.
pub type Tell = Arc<dyn Fn(News) + Send + Sync>;

/// A question and what is wrong there.
type Place = (Topic, String);

/// Turns pictures into records and alerts.
pub struct Crossings {
    sender: Arc<Sender>,
    /// What is crossed no longer, each since when.
    gone: HashMap<Place, Timestamp>,
    /// What this process alerted without a record.
    loose: HashSet<Place>,
    /// What was open when the journal could last be read.
    known: HashSet<Place>,
    /// Whether there is only one picture, and so no memory.
    once: bool,
    /// Why nothing can be recorded, as it was told.
    trouble: Option<String>,
}

/// Something that is crossed, as the picture has it.
#[derive(Clone)]
struct Seen {
    place: Place,
    since: Option<Timestamp>,
    message: String,
    limits: Vec<String>,
}

impl Crossings {
    /// Begins, on behalf of the account that runs this program.
    #[must_use]
    pub fn new(workspace: &SharedWorkspace, via: Face, tell: Tell) -> Self {
        Self {
            sender: Arc::new(Sender::new(workspace, via, tell)),
            gone: HashMap::new(),
            loose: HashSet::new(),
            known: HashSet::new(),
            once: false,
            trouble: None,
        }
    }

    /// The same for a single picture: what is gone is over as soon as the journal lets it be, and
    /// what is recorded nowhere is told to nobody, since each time would be the first.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Takes in a picture: records what is new, and begins to alert it.
    pub async fn take(&mut self, picture: &Picture) {
        let seen = seen(picture);
        let (sender, crossed) = (Arc::clone(&self.sender), seen.clone());
        let open = match blocking(move || sender.cross(&crossed)).await {
            Ok(open) => {
                self.trouble = None;
                self.known = open.iter().cloned().collect();
                open
            }
            Err(failure) => {
                self.tell_trouble(&failure);
                Vec::new()
            }
        };
        let over = self.over(picture, &seen, open);
        let sender = Arc::clone(&self.sender);
        if let Err(failure) = blocking(move || sender.clear(&over)).await {
            self.tell_trouble(&failure);
        }
        let failed = self.trouble.is_some();
        self.loosely(picture, &seen, failed);
        if let Err(failure) = Sender::alert(&self.sender).await {
            self.tell_trouble(&failure);
        }
    }

    /// Waits for the alerts that are under way, or gives them up when `hurry` fires: another
    /// watcher, or the next one, sends them.
    pub async fn close(self, hurry: &CancellationToken) {
        self.sender.close(hurry).await;
    }

    fn tell_trouble(&mut self, failure: &Failure) {
        let why = failure.to_string();
        if self.trouble.as_ref() != Some(&why) {
            self.sender.tell(News::NotRecorded(why.clone()));
            self.trouble = Some(why);
        }
    }

    /// Of what is open, and of what was alerted without a record, what has not been crossed for
    /// long enough.
    fn over(&mut self, picture: &Picture, seen: &[Seen], open: Vec<Place>) -> Vec<Place> {
        let crossed = |place: &Place| seen.iter().any(|it| it.place == *place);
        self.gone.retain(|place, _| !crossed(place));
        let mut over = Vec::new();
        for place in open.into_iter().chain(self.loose.iter().cloned()) {
            let panel = picture.panel(place.0);
            let knows = matches!(panel.outcome, Outcome::Pass | Outcome::Fail);
            if crossed(&place) || !knows {
                continue;
            }
            let past = panel.notices.iter().filter(|notice| notice.key == place.1);
            let until = past.filter_map(|notice| notice.until).max();
            let first = *self.gone.entry(place.clone()).or_insert(picture.at);
            let since = until.map_or(first, |until| until.min(first));
            if self.once || picture.at >= since.plus(HOLD) {
                over.push(place);
            }
        }
        over
    }

    /// Alerts, once by this process, what is recorded nowhere.
    fn loosely(&mut self, picture: &Picture, seen: &[Seen], failed: bool) {
        if self.once {
            return;
        }
        for it in seen {
            let recorded = self.known.contains(&it.place)
                || !failed && !self.sender.steps(it.place.0).is_empty();
            if !recorded && self.loose.insert(it.place.clone()) {
                let (topic, key) = it.place.clone();
                let message = it.message.clone();
                self.sender.tell(News::Crossed { step: None, topic, key, message });
                let record = it.record(StepId::from(""), "");
                Sender::send_loose(&self.sender, &Told::Crossed(record), picture.at);
            }
        }
        let open: Vec<Place> = self.loose.iter().cloned().collect();
        for place in self.over(picture, seen, Vec::new()) {
            if open.contains(&place) {
                self.loose.remove(&place);
                let (topic, key) = place;
                let record = cleared(StepId::from(""), topic, &key, "");
                self.sender.tell(News::Cleared { step: None, topic, key });
                Sender::send_loose(&self.sender, &Told::Cleared(record), picture.at);
            }
        }
    }
}

impl Seen {
    fn record(&self, step: StepId, watcher: &str) -> CrossedRecord {
        CrossedRecord {
            step,
            topic: CheckName::from(self.place.0.check()),
            key: self.place.1.clone(),
            since: self.since,
            message: self.message.clone(),
            limits: self.limits.clone(),
            watcher: watcher.to_owned(),
        }
    }
}

fn cleared(step: StepId, topic: Topic, key: &str, watcher: &str) -> ClearedRecord {
    ClearedRecord {
        step,
        topic: CheckName::from(topic.check()),
        key: key.to_owned(),
        watcher: watcher.to_owned(),
    }
}

/// What is crossed in a picture.
fn seen(picture: &Picture) -> Vec<Seen> {
    let of = |(topic, notice): (Topic, &Notice)| {
        let limits = picture.panel(topic).limits.iter().filter(|it| it.crossed == Some(true));
        Seen {
            place: (topic, visible(&notice.key, 120)),
            since: notice.since,
            message: clean(&notice.message),
            limits: limits.map(|it| clean(&format!("{}: {}", it.says, it.stands))).collect(),
        }
    };
    picture.crossed().map(of).take(4 * MOST_OPEN).collect()
}

fn clean(text: &str) -> String {
    visible(&Redactor::shared().clean(text), TEXT)
}

/// Does something that may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(Failure::new(FailureKind::State, "writing the journal broke off; restart golive"))
    })
}

impl Sender {
    /// Records what is crossed, for each step that asks the question; everything that is open then.
    fn cross(&self, seen: &[Seen]) -> Result<Vec<Place>, Failure> {
        let mut workspace = lock(self.workspace());
        workspace.look_up(|_| ())?;
        for it in seen {
            for (place, step) in self.steps_of(&workspace, it.place.0).into_iter().enumerate() {
                // One alert is enough.
                let watcher = if place == 0 { self.watcher() } else { "" };
                let command = Command::Cross(Box::new(it.record(step, watcher)));
                self.submit(&mut workspace, &command)?;
            }
        }
        let open = workspace.launch().crossed().filter_map(|open| {
            let topic = Topic::ALL.into_iter().find(|it| it.check() == open.what.topic.as_str())?;
            Some((topic, open.what.key.clone()))
        });
        Ok(open.collect())
    }

    /// Records what is crossed no longer.
    fn clear(&self, over: &[Place]) -> Result<(), Failure> {
        let mut workspace = lock(self.workspace());
        for (topic, key) in over {
            for (place, step) in self.steps_of(&workspace, *topic).into_iter().enumerate() {
                let watcher = if place == 0 { self.watcher() } else { "" };
                let command = Command::Clear(cleared(step, *topic, key, watcher));
                self.submit(&mut workspace, &command)?;
            }
        }
        Ok(())
    }
}

//! Crossed thresholds of the first week, as the launch keeps them, and who still has to be alerted.
//!
//! Recorded by `runtime::crossings` through `decide`, folded by `fold`, shown by every face. The
//! rules they keep: one thing that is wrong is open once, however many programs watch; each
//! crossing and each clearing is alerted by the program that recorded it, and by another one only
//! when that one has not said for a while that it did. What failed is anybody's to try again, after
//! a pause that grows, as long as it is still so; whom it reached once it does not reach twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::launch::event::{Entry, Event, Facts};
use crate::launch::sentences;
use crate::launch::standing::Dated;
use crate::runbook::model::{CheckName, StepId};
use crate::text::visible;
use crate::time::Timestamp;

/// A crossing counts as over no sooner than this after it was recorded, so that what goes up and
/// down does not alert each time.
pub const HOLD: Duration = Duration::from_secs(15 * 60);

/// Longer than sending an alert may take: after this another program may send it.
pub const LEASE: Duration = Duration::from_secs(3 * 60);

/// Older news is no alert any more, but for a crossing that is still open and that was tried in
/// time.
pub const ALERTED_WITHIN: Duration = Duration::from_secs(24 * 3600);

/// How long an alert rests after its first failure; twice as long after each further one.
pub const FIRST_REST: Duration = Duration::from_secs(60);

/// The longest that it rests.
pub const LONGEST_REST: Duration = Duration::from_secs(3600);

/// So many crossings of one step are open at once; a further one is not recorded.
pub const MOST_OPEN: usize = 50;

/// Who records crossings: the program, on behalf of the account that runs it.
pub const WATCHER: &str = "golive watch";

/// A threshold that was crossed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrossedRecord {
    /// The step that it speaks against.
    pub step: StepId,
    /// The check of that step that asks the same question.
    pub topic: CheckName,
    /// What it is, the same as long as it is the same thing: `code-up:issuer_decline`.
    pub key: String,
    /// Since when it is so, by the logs, where they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What is so, in one or two sentences.
    pub message: String,
    /// The limits that are crossed, each with where it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
    /// The process that recorded it, and alerts; empty where the record of another step is alerted.
    pub watcher: String,
}

/// A threshold that is crossed no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClearedRecord {
    /// The step.
    pub step: StepId,
    /// The check.
    pub topic: CheckName,
    /// What it was.
    pub key: String,
    /// The process that recorded it, and alerts; empty where the record of another step is alerted.
    pub watcher: String,
}

/// A crossing that is open; shared with the fold.
pub type Crossing = Arc<Dated<CrossedRecord>>;

impl Dated<CrossedRecord> {
    /// Since when it is so: by the logs, else since it was recorded.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.what.since.unwrap_or(self.at)
    }

    /// What is crossed and since when, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        sentences::crossed(self)
    }

    /// The name of the fact by which a signature says that it was given over this crossing.
    #[must_use]
    pub fn fact(&self) -> (String, String) {
        let name = format!("threshold {} {}", self.what.topic, visible(&self.what.key, 120));
        (name, format!("crossed since {}, entry {}", self.since().minute(), self.seq))
    }

    /// Whether a signature with these facts was given over this crossing.
    #[must_use]
    pub fn is_known_to(&self, facts: &Facts) -> bool {
        let (name, value) = self.fact();
        facts.get(&name) == Some(&value)
    }
}

/// Takes an entry into the open crossings of its step.
pub(super) fn fold(open: &mut Vec<Crossing>, entry: &Entry) {
    let same = |one: &Crossing, topic: &CheckName, key: &str| {
        one.what.topic == *topic && one.what.key == key
    };
    match &entry.event {
        Event::ThresholdCrossed(it) if !open.iter().any(|one| same(one, &it.topic, &it.key)) => {
            let (what, by) = (it.as_ref().clone(), entry.by.clone());
            open.push(Arc::new(Dated { what, by, at: entry.at, seq: entry.seq }));
        }
        Event::ThresholdCleared(over) => open.retain(|one| !same(one, &over.topic, &over.key)),
        _ => {}
    }
}

/// What is alerted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A threshold was crossed.
    Crossed(CrossedRecord),
    /// It is crossed no longer.
    Cleared(ClearedRecord),
}

/// A way in which somebody is alerted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A program is run.
    Command,
    /// It is posted to a URL.
    Url,
}

/// News that nobody has said to have alerted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// The entry.
    pub seq: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// The news.
    pub told: Told,
    /// Who took it upon itself to alert.
    pub watcher: String,
    /// When it did.
    pub taken: Timestamp,
    /// Whom it has reached already.
    pub reached: Vec<Way>,
    /// How often it failed.
    pub failures: u32,
    /// After a failure, as long as nobody has taken it again: when somebody may.
    pub again: Option<Timestamp>,
    /// Whether it is no longer so.
    pub over: bool,
}

impl Unsent {
    /// Whether this program may alert now: it took it upon itself, or whoever did has not said for
    /// long that it has, or it failed and has rested.
    #[must_use]
    pub fn is_free_for(&self, watcher: &str, now: Timestamp) -> bool {
        let mine = self.watcher == watcher || now >= self.taken.plus(LEASE);
        self.is_worth_it(now) && self.again.map_or(mine, |again| now >= again)
    }

    /// Whether somebody still wants to hear of it. What failed is worth another try as long as it
    /// is so.
    fn is_worth_it(&self, now: Timestamp) -> bool {
        let young = now < self.at.plus(ALERTED_WITHIN);
        match (self.failures, &self.told) {
            (0, _) => young,
            (_, Told::Crossed(_)) => !self.over,
            (_, Told::Cleared(_)) => !self.over && young,
        }
    }

    /// Whether it is about this.
    fn is_about(&self, step: &StepId, topic: &CheckName, key: &str) -> bool {
        let (of, at, name) = match &self.told {
            Told::Crossed(it) => (&it.step, &it.topic, &it.key),
            Told::Cleared(it) => (&it.step, &it.topic, &it.key),
        };
        of == step && at == topic && name == key
    }

    fn fail(&mut self, at: Timestamp) {
        let doubled = FIRST_REST.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        self.again = Some(at.plus(doubled.min(LONGEST_REST)));
        self.watcher.clear();
    }
}

/// The news that is not said to be alerted yet.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    unsent: BTreeMap<u64, Unsent>,
}

impl Alerts {
    /// Takes in one entry.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::ThresholdCrossed(record) => {
                self.end(&record.step, &record.topic, &record.key);
                self.add(entry, Told::Crossed(record.as_ref().clone()), &record.watcher);
            }
            Event::ThresholdCleared(record) => {
                self.end(&record.step, &record.topic, &record.key);
                self.add(entry, Told::Cleared(record.clone()), &record.watcher);
            }
            Event::AlertTaken { of, watcher } => {
                if let Some(unsent) = self.unsent.get_mut(of) {
                    unsent.watcher.clone_from(watcher);
                    unsent.taken = entry.at;
                    unsent.again = None;
                }
            }
            Event::AlertSent { of, failed: None, .. } => {
                self.unsent.remove(of);
            }
            Event::AlertSent { of, failed: Some(_), reached } => {
                if let Some(unsent) = self.unsent.get_mut(of) {
                    unsent.reached.extend(reached);
                    unsent.fail(entry.at);
                }
            }
            _ => {}
        }
    }

    /// Notes that what was told of this is no longer so.
    fn end(&mut self, step: &StepId, topic: &CheckName, key: &str) {
        let about = |unsent: &&mut Unsent| unsent.is_about(step, topic, key);
        self.unsent.values_mut().filter(about).for_each(|unsent| unsent.over = true);
    }

    /// Adds news; what is not worth an alert any more is forgotten.
    fn add(&mut self, entry: &Entry, told: Told, watcher: &str) {
        if watcher.is_empty() {
            return;
        }
        let young = |unsent: &Unsent| entry.at < unsent.at.plus(ALERTED_WITHIN);
        self.unsent.retain(|_, unsent| young(unsent) || unsent.is_worth_it(entry.at));
        let unsent = Unsent {
            seq: entry.seq,
            at: entry.at,
            told,
            watcher: watcher.to_owned(),
            taken: entry.at,
            reached: Vec::new(),
            failures: 0,
            again: None,
            over: false,
        };
        self.unsent.insert(entry.seq, unsent);
    }

    /// One of them, by its entry.
    #[must_use]
    pub fn get(&self, seq: u64) -> Option<&Unsent> {
        self.unsent.get(&seq)
    }

    /// All of them, oldest first.
    pub fn unsent(&self) -> impl Iterator<Item = &Unsent> {
        self.unsent.values()
    }
}

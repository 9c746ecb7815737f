//! Crossed thresholds of the first week, as the launch keeps them, and who still has to be alerted.
//!
//! Recorded by `runtime::crossings` through `decide`, folded by `fold`, shown by every face. The
//! rules they keep: one thing that is wrong is open once, however many programs watch; each
//! crossing and each clearing is alerted by the program that recorded it, and by another one only
//! when that one has not said for a while that it did.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::launch::event::{Entry, Event, Facts};
use crate::launch::standing::Dated;
use crate::runbook::model::{CheckName, StepId};
use crate::text::visible;
use crate::time::Timestamp;

/// A crossing counts as over no sooner than this after it was recorded, so that what goes up and
/// down does not alert each time.
pub const HOLD: Duration = Duration::from_secs(15 * 60);

/// Longer than sending an alert may take: after this another program may send it.
pub const LEASE: Duration = Duration::from_secs(3 * 60);

/// Older news is no alert any more.
pub const ALERTED_WITHIN: Duration = Duration::from_secs(24 * 3600);

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
}

impl Unsent {
    /// Whether this program may alert now: it took it upon itself, or whoever did has not said for
    /// long that it has.
    #[must_use]
    pub fn is_free_for(&self, watcher: &str, now: Timestamp) -> bool {
        let young = now < self.at.plus(ALERTED_WITHIN);
        young && (self.watcher == watcher || now >= self.taken.plus(LEASE))
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
                self.add(entry, Told::Crossed(record.as_ref().clone()), &record.watcher);
            }
            Event::ThresholdCleared(record) => {
                self.add(entry, Told::Cleared(record.clone()), &record.watcher);
            }
            Event::AlertTaken { of, watcher } => {
                if let Some(unsent) = self.unsent.get_mut(of) {
                    unsent.watcher.clone_from(watcher);
                    unsent.taken = entry.at;
                }
            }
            Event::AlertSent { of, .. } => {
                self.unsent.remove(of);
            }
            _ => {}
        }
    }

    /// Adds news; what is too old to be alerted is forgotten.
    fn add(&mut self, entry: &Entry, told: Told, watcher: &str) {
        if watcher.is_empty() {
            return;
        }
        self.unsent.retain(|_, unsent| entry.at < unsent.at.plus(ALERTED_WITHIN));
        let unsent = Unsent {
            seq: entry.seq,
            at: entry.at,
            told,
            watcher: watcher.to_owned(),
            taken: entry.at,
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

//! What a check is given: arguments, inputs, armed hosts, progress, cancellation.
//!
//! Built by `runtime::run` for each run.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::checks::book::Book;
use crate::checks::demo::DemoGround;
use crate::checks::vantage::{Sighting, Vantage};
use crate::checks::webhook::pace::Lanes;
use crate::config::WeekConfig;
use crate::config::inputs::Inputs;
use crate::runbook::model::StepId;
use crate::time::Timestamp;

/// Everything that one run of a check may use.
#[derive(Clone)]
pub struct CheckContext {
    /// The check's arguments from the runbook.
    pub args: Map<String, Value>,
    /// The merchant's inputs; secrets are resolved on first use.
    pub inputs: Arc<Inputs>,
    /// Hosts (`host` or `host:port`) to which validly signed probes may go.
    pub armed: Arc<BTreeSet<String>>,
    /// Whether this runbook's commands may run on this machine.
    pub trusted: bool,
    /// The folder that relative paths are relative to (where `golive.yaml` is).
    pub base: PathBuf,
    /// Where `golive listen` records what it receives for this launch.
    pub received: Option<PathBuf>,
    /// When the run began.
    pub now: Timestamp,
    /// Fires when the run is to stop.
    pub cancel: CancellationToken,
    /// Where the check says how far it is; never blocks.
    pub progress: ProgressSink,
    /// The ways to the hosts that are asked, shared by all checks of this process.
    pub lanes: Arc<Lanes>,
    /// The step that is verified, where there is one.
    pub step: Option<StepId>,
    /// From where this run looks.
    pub vantage: Vantage,
    /// The last result of the same check from each other place, oldest first.
    pub elsewhere: Arc<Vec<Sighting>>,
    /// The journal's book of real money.
    pub book: Book,
    /// How the first week is watched.
    pub week: Arc<WeekConfig>,
    /// When traffic was switched to live, by the journal.
    pub switched: Option<Timestamp>,
    /// What is known about the merchant where the launch is the demo.
    pub demo: Option<Arc<DemoGround>>,
}

/// The run was cancelled; a check turns it into an *unknown* report.
#[derive(Debug, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// How far a check is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// One probe finished; shown as a line at once.
    Probe {
        /// What it was.
        name: String,
        /// What came of it, in a few words: `refused with 401`.
        says: String,
        /// Whether that was as it should be; `None` for plain information.
        good: Option<bool>,
        /// How long it took.
        took: Duration,
    },
    /// A page that somebody has to open now; shown as a link and as a QR code until the next one.
    Page {
        /// What it is for, in a few words.
        about: String,
        /// Its address.
        url: String,
    },
    /// Long work: so many of so many units.
    Work {
        /// What is being done: `reading history`.
        doing: String,
        /// Units done.
        done: u64,
        /// Units in all, where known.
        of: Option<u64>,
        /// The unit: `objects`, `files`, `bytes`.
        unit: &'static str,
    },
}

/// Takes [`Progress`] from a check, without ever blocking it.
#[derive(Clone)]
pub struct ProgressSink(Arc<dyn Fn(Progress) + Send + Sync>);

impl ProgressSink {
    /// A sink that hands everything to `take`, which must return at once.
    pub fn new(take: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// A sink that drops everything.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|_| ())
    }

    /// Hands over one report of progress.
    pub fn say(&self, progress: Progress) {
        (self.0)(progress);
    }
}

impl CheckContext {
    /// A context with these inputs and nothing else: no arguments, nothing armed or trusted, nobody
    /// who listens or cancels.
    #[must_use]
    pub fn bare(inputs: Arc<Inputs>, base: PathBuf, now: Timestamp) -> Self {
        Self {
            args: Map::new(),
            inputs,
            armed: Arc::default(),
            trusted: false,
            base,
            received: None,
            now,
            cancel: CancellationToken::new(),
            progress: ProgressSink::none(),
            lanes: Arc::default(),
            step: None,
            vantage: Vantage::default(),
            elsewhere: Arc::default(),
            book: Book::closed(),
            week: Arc::default(),
            switched: None,
            demo: None,
        }
    }

    /// Whether validly signed probes may go to `host` (loopback always counts as armed).
    #[must_use]
    pub fn is_armed(&self, host: &str) -> bool {
        self.armed.contains(host)
    }
}

//! How far a scan is, and whether it is to stop: shared by all its threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::checks::context::{Progress, ProgressSink};

/// How often progress is said.
const EVERY: Duration = Duration::from_millis(100);

/// A scan's progress and its stop signal.
pub struct Watch {
    cancel: CancellationToken,
    stopped: AtomicBool,
    sink: ProgressSink,
    done: AtomicU64,
    bytes: AtomicU64,
    leg: Mutex<Leg>,
}

/// The part of the work that is being done.
struct Leg {
    doing: String,
    of: Option<u64>,
    unit: &'static str,
    began: Instant,
    said: Instant,
}

impl Watch {
    /// Says progress to `sink` and stops when `cancel` fires.
    #[must_use]
    pub fn new(cancel: CancellationToken, sink: ProgressSink) -> Self {
        let now = Instant::now();
        let leg = Leg { doing: String::new(), of: None, unit: "files", began: now, said: now };
        Self {
            cancel,
            stopped: AtomicBool::new(false),
            sink,
            done: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            leg: Mutex::new(leg),
        }
    }

    /// Watches nothing and never stops.
    #[must_use]
    pub fn idle() -> Self {
        Self::new(CancellationToken::new(), ProgressSink::none())
    }

    /// Whether the scan is to stop.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn look(&self) {
        if self.cancel.is_cancelled() {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// Begins another part of the work.
    pub(crate) fn begin(&self, doing: &str, of: Option<u64>, unit: &'static str) {
        self.look();
        let Ok(mut leg) = self.leg.lock() else { return };
        let now = Instant::now();
        *leg = Leg { doing: doing.to_owned(), of, unit, began: now, said: now };
        self.done.store(0, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// Counts work done; from time to time says so and looks whether to stop.
    pub(crate) fn advance(&self, units: u64, bytes: u64) {
        let done = self.done.fetch_add(units, Ordering::Relaxed) + units;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let Ok(mut leg) = self.leg.try_lock() else { return };
        if leg.said.elapsed() < EVERY {
            return;
        }
        leg.said = Instant::now();
        self.look();
        let doing = format!("{} at {}", leg.doing, rate(bytes, leg.began.elapsed()));
        let progress = Progress::Work { doing, done, of: leg.of, unit: leg.unit };
        drop(leg);
        self.sink.say(progress);
    }
}

/// `412 MB/s`.
fn rate(bytes: u64, time: Duration) -> String {
    let per_second = u128::from(bytes) * 1000 / time.as_millis().max(1) / 1_000_000;
    format!("{per_second} MB/s")
}

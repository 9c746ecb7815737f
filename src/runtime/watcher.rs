//! Watches the logs of the first week: reads all that is there, then whatever comes, and keeps the
//! latest picture for whoever looks.
//!
//! ```text
//! Logs ── catch_up, wait ──> watcher's thread ──> Sight (the latest only) ──> screen, headless
//!                                  ^
//!              Watcher::look, quote ┘
//! ```
//!
//! Started by the screen when the first week is opened, and by `golive watch` without a screen.
//! The rules it keeps: a new picture at most [`EVERY`], the newest always arrives, none is kept
//! for later; nothing is read again for another time range; whoever drops the [`Watcher`] stops
//! it, also in the middle of a full pass.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::checks::Progress;
use crate::checks::context::ProgressSink;
use crate::config::WeekConfig;
use crate::events::feed::{Feed, LogSet, Quoted};
use crate::runtime::clock::Clock;
use crate::scan::Watch;
use crate::time::Timestamp;
use crate::week::{Limits, Look, Pass, Picture, Sight, Spot, Window};

/// The least time between two pictures of logs that grow.
pub const EVERY: Duration = Duration::from_millis(200);

/// After this long without a change the picture is drawn anew: time alone makes gaps.
pub const AT_LEAST: Duration = Duration::from_secs(30);

/// The logs, as the watcher sees them.
pub trait Logs: Send + 'static {
    /// Reads what is new; whether anything changed.
    ///
    /// # Errors
    /// When facts found no room.
    fn catch_up(&mut self, now: Timestamp, watch: &Watch) -> io::Result<bool>;

    /// Waits until a log may have changed, or for that long; whether one may have.
    fn wait(&mut self, most: Duration) -> bool;

    /// What ends that waiting from another thread.
    fn waker(&self) -> Box<dyn Fn() + Send + Sync>;

    /// How it stands.
    fn picture(
        &self,
        now: Timestamp,
        window: Window,
        limits: &Limits,
        switched: Option<Timestamp>,
    ) -> Picture;

    /// The lines at these places, as far as they are still there.
    fn quote(&self, spots: &[Spot], watch: &Watch) -> Vec<Quoted>;
}

impl Logs for Feed {
    fn catch_up(&mut self, now: Timestamp, watch: &Watch) -> io::Result<bool> {
        Feed::catch_up(self, now, watch)
    }

    fn wait(&mut self, most: Duration) -> bool {
        Feed::wait(self, most)
    }

    fn waker(&self) -> Box<dyn Fn() + Send + Sync> {
        let waker = Feed::waker(self);
        Box::new(move || waker.wake())
    }

    fn picture(
        &self,
        now: Timestamp,
        window: Window,
        limits: &Limits,
        switched: Option<Timestamp>,
    ) -> Picture {
        Feed::picture(self, now, window, limits, switched)
    }

    fn quote(&self, spots: &[Spot], watch: &Watch) -> Vec<Quoted> {
        Feed::quote(self, spots, watch)
    }
}

/// What the watcher's thread is asked for.
enum Order {
    Look(Look),
    Switched(Option<Timestamp>),
    Quote(Vec<Spot>, oneshot::Sender<Vec<Quoted>>),
}

/// A watch that goes on; ends when it is dropped.
pub struct Watcher {
    orders: Sender<Order>,
    cancel: CancellationToken,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Watcher {
    /// Begins to watch: the handle, and where the latest can be seen. `switched` is when traffic
    /// was switched to live, where the journal says.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(
        set: LogSet,
        week: Arc<WeekConfig>,
        switched: Option<Timestamp>,
        look: Look,
        clock: Arc<dyn Clock>,
    ) -> io::Result<(Self, watch::Receiver<Sight>)> {
        Self::over(Feed::new(set), week, switched, look, clock)
    }

    /// The same over any logs.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn over(
        logs: impl Logs,
        week: Arc<WeekConfig>,
        switched: Option<Timestamp>,
        look: Look,
        clock: Arc<dyn Clock>,
    ) -> io::Result<(Self, watch::Receiver<Sight>)> {
        let (orders, from) = mpsc::channel();
        let (to, sight) = watch::channel(Sight::default());
        let cancel = CancellationToken::new();
        let wake = logs.waker();
        let round = Round {
            logs,
            week,
            switched,
            look,
            clock,
            orders: from,
            sight: Arc::new(to),
            cancel: cancel.clone(),
            shown: None,
        };
        std::thread::Builder::new().name("watcher".into()).spawn(move || round.run())?;
        Ok((Self { orders, cancel, wake }, sight))
    }

    /// Looks at another time range; a picture of it comes at once, from what is known.
    pub fn look(&self, look: Look) {
        self.order(Order::Look(look));
    }

    /// Takes note of when traffic was switched to live.
    pub fn switched(&self, at: Option<Timestamp>) {
        self.order(Order::Switched(at));
    }

    /// Reads the lines at these places again, as far as they are still there.
    #[must_use]
    pub fn quote(&self, spots: Vec<Spot>) -> oneshot::Receiver<Vec<Quoted>> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Quote(spots, answer));
        answered
    }

    /// Stops it, also in the middle of a full pass.
    pub fn stop(&self) {
        self.cancel.cancel();
        (self.wake)();
    }

    fn order(&self, order: Order) {
        let _the_watcher_broke_and_the_panic_hook_has_said_why = self.orders.send(order);
        (self.wake)();
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Why the thread's wait is over.
enum Woken {
    /// A log may have changed.
    Changed,
    /// Something was asked for that needs a picture.
    Asked,
    /// Nothing happened.
    Time,
    /// Nobody looks any more.
    Over,
}

/// The watcher's thread.
struct Round<L> {
    logs: L,
    week: Arc<WeekConfig>,
    switched: Option<Timestamp>,
    look: Look,
    clock: Arc<dyn Clock>,
    orders: Receiver<Order>,
    sight: Arc<watch::Sender<Sight>>,
    cancel: CancellationToken,
    /// When the last picture was drawn, or could not be.
    shown: Option<Instant>,
}

impl<L: Logs> Round<L> {
    fn run(mut self) {
        self.read(true);
        loop {
            match self.wait() {
                Woken::Over => return,
                Woken::Asked => self.show(),
                Woken::Changed | Woken::Time => self.read(false),
            }
        }
    }

    /// Reads what is new and shows how it stands then.
    fn read(&mut self, first: bool) {
        let sight = Arc::clone(&self.sight);
        let sink = if first {
            ProgressSink::new(move |progress| {
                if let Progress::Work { done, of, .. } = progress {
                    sight.send_modify(|sight| sight.pass = Some(Pass { done, of }));
                }
            })
        } else {
            ProgressSink::none()
        };
        let watch = Watch::new(self.cancel.clone(), sink);
        let read = self.logs.catch_up(self.clock.now(), &watch);
        if self.cancel.is_cancelled() {
            return;
        }
        let trouble = read.err().map(|error| format!("the logs can not be read: {error}"));
        if trouble.is_none() || !first {
            self.show();
        }
        self.shown = Some(Instant::now());
        self.sight.send_modify(|sight| {
            sight.pass = None;
            sight.trouble = trouble;
        });
    }

    fn show(&mut self) {
        let now = self.clock.now();
        let (window, limits) = (self.look.window(now), &self.week.limits);
        let picture = Arc::new(self.logs.picture(now, window, limits, self.switched));
        self.shown = Some(Instant::now());
        self.sight.send_modify(|sight| sight.picture = Some(picture));
    }

    /// Waits for an order, or for the logs to change once the last picture is old enough.
    fn wait(&mut self) -> Woken {
        loop {
            // As long as the picture is young only orders are waited for.
            let young = EVERY.saturating_sub(self.age());
            if let Some(woken) = self.ordered(young) {
                return woken;
            }
            if self.age() < EVERY {
                continue;
            }
            if self.logs.wait(AT_LEAST.saturating_sub(self.age())) {
                return Woken::Changed;
            }
            if self.age() >= AT_LEAST {
                return Woken::Time;
            }
        }
    }

    /// How old the last picture is.
    fn age(&self) -> Duration {
        self.shown.map_or(EVERY, |shown| shown.elapsed())
    }

    /// Waits so long for an order and does it; what it means for the picture.
    fn ordered(&mut self, most: Duration) -> Option<Woken> {
        if self.cancel.is_cancelled() {
            return Some(Woken::Over);
        }
        match self.orders.recv_timeout(most) {
            Ok(order) => self.obey(order).then_some(Woken::Asked),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Woken::Over),
        }
    }

    /// Does what was asked; whether a picture is to be drawn.
    fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Look(look) => {
                self.look = look;
                true
            }
            Order::Switched(at) => {
                let other = self.switched != at;
                self.switched = at;
                other
            }
            Order::Quote(spots, answer) => {
                let watch = Watch::new(self.cancel.clone(), ProgressSink::none());
                let _nobody_waits_any_more = answer.send(self.logs.quote(&spots, &watch));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;

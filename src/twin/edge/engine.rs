//! Holds the world and lets time pass in it: by itself, at a speed, or by steps.
//!
//! The rule it keeps: there is one lock around world and clock, and it is never held across a wait.
//! While time is stepped nothing else moves it, so that everything falls due in order and each
//! delivery has arrived before the next thing happens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;
use crate::twin::edge::courier::Courier;
use crate::twin::world::post::Parcel;
use crate::twin::world::{Step, World};

/// The fastest clock.
const FASTEST: f64 = 10_000_000.0;

/// How long those behind a webhook wait for it, in real time: a handler that answers within it
/// sees events in order, and one that does not, as MintCash allows, may not.
const HEAD_START: Duration = Duration::from_millis(250);

/// A webhook to be carried, of that environment.
pub type Errand = (Environment, Parcel);

/// The world in real time.
pub struct Engine {
    state: Mutex<State>,
    stepping: tokio::sync::Mutex<()>,
    changed: Notify,
    outbox: UnboundedSender<Errand>,
    under_way: watch::Sender<usize>,
    courier: Courier,
    end: CancellationToken,
}

struct State {
    world: World,
    pace: Pace,
}

/// How virtual time follows real time.
struct Pace {
    from: (Timestamp, Instant),
    speed: f64,
    stepped: bool,
}

impl Pace {
    /// What the virtual clock says, by real time alone.
    fn now(&self) -> Timestamp {
        if self.stepped || self.speed == 0.0 {
            return self.from.0;
        }
        self.from.0.plus(self.from.1.elapsed().mul_f64(self.speed))
    }

    /// How long a virtual span takes.
    fn real(&self, span: Duration) -> Option<Duration> {
        let moves = !self.stepped && self.speed > 0.0;
        moves.then(|| Duration::from_secs_f64(span.as_secs_f64() / self.speed))
    }

    fn anchor(&mut self, now: Timestamp) {
        self.from = (now, Instant::now());
    }
}

impl Engine {
    /// An engine, and what it has to carry.
    pub fn new(
        world: World,
        speed: f64,
        courier: Courier,
        end: CancellationToken,
    ) -> (Self, UnboundedReceiver<Errand>) {
        let (outbox, carried) = unbounded_channel();
        let pace = Pace { from: (world.now(), Instant::now()), speed: tame(speed), stepped: false };
        let engine = Self {
            state: Mutex::new(State { world, pace }),
            stepping: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
            outbox,
            under_way: watch::Sender::new(0),
            courier,
            end,
        };
        (engine, carried)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the world as it stands.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    /// Does something to the world, after everything that has fallen due until now.
    pub fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut state = self.lock();
        self.catch_up(&mut state);
        let done = act(&mut state.world);
        drop(state);
        self.changed.notify_one();
        done
    }

    /// Lets happen what has fallen due by real time.
    fn catch_up(&self, state: &mut State) {
        if state.pace.stepped {
            return;
        }
        let until = state.pace.now();
        while let Some(step) = state.world.step(until) {
            self.post(step);
        }
    }

    /// Hands a webhook over to be carried.
    fn post(&self, step: Step) {
        let Step::Send(environment, parcel) = step else { return };
        self.under_way.send_modify(|count| *count += 1);
        if self.outbox.send((environment, parcel)).is_err() {
            // The twin has ended.
            self.landed();
        }
    }

    fn landed(&self) {
        self.under_way.send_modify(|count| *count = count.saturating_sub(1));
    }

    /// Lets things happen as real time passes, until the end.
    pub async fn run(self: Arc<Self>) {
        loop {
            let pause = {
                let mut state = self.lock();
                self.catch_up(&mut state);
                let due = state.world.next_due();
                due.and_then(|due| state.pace.real(due.since(state.pace.now())))
            };
            // A clock rounds to milliseconds: never wait less than one, never turn in circles.
            let pause = pause.map(|pause| pause.max(Duration::from_millis(1)));
            tokio::select! {
                () = self.end.cancelled() => return,
                () = self.changed.notified() => {}
                () = wait(pause) => {}
            }
        }
    }

    /// Carries webhooks in the order in which they come, until the end. One that takes its time
    /// does not hold up those behind it for long.
    pub async fn carry_all(self: Arc<Self>, mut errands: UnboundedReceiver<Errand>) {
        let mut under_way = JoinSet::new();
        loop {
            let errand = tokio::select! {
                () = self.end.cancelled() => return,
                Some(_) = under_way.join_next() => continue,
                errand = errands.recv() => errand,
            };
            let Some((environment, parcel)) = errand else { return };
            let engine = Arc::clone(&self);
            let (arrived, arrives) = oneshot::channel();
            under_way.spawn(async move {
                engine.carry(environment, parcel).await;
                engine.landed();
                let _nobody_waits_any_more = arrived.send(());
            });
            tokio::select! {
                () = self.end.cancelled() => return,
                _ = arrives => {}
                () = tokio::time::sleep(HEAD_START) => {}
            }
        }
    }

    /// Carries one webhook and tells the world what came of it.
    async fn carry(&self, environment: Environment, parcel: Parcel) {
        let delivery = parcel.delivery;
        let arrival = self.courier.deliver(parcel).await;
        self.act(|world| world.arrived(environment, delivery, arrival));
    }

    /// Lets so much virtual time pass.
    pub async fn advance(&self, by: Duration) {
        let _turn = self.stepping.lock().await;
        let stepping = Stepping::begin(self).await;
        let until = self.look(|world| world.now().plus(by));
        stepping.to(until).await;
    }

    /// Lets virtual time pass up to what is next.
    pub async fn advance_to_next(&self) -> bool {
        let _turn = self.stepping.lock().await;
        let stepping = Stepping::begin(self).await;
        let due = self.look(World::next_due);
        if let Some(due) = due {
            stepping.to(due).await;
        }
        due.is_some()
    }

    /// How many virtual seconds pass in a real one.
    pub fn speed(&self) -> f64 {
        self.lock().pace.speed
    }

    /// Sets that.
    pub fn set_speed(&self, speed: f64) -> Result<(), String> {
        if !(0.0..=FASTEST).contains(&speed) {
            return Err(format!("A speed is a number from 0 to {FASTEST}."));
        }
        let mut state = self.lock();
        self.catch_up(&mut state);
        let now = state.world.now().max(state.pace.now());
        state.pace.anchor(now);
        state.pace.speed = speed;
        drop(state);
        self.changed.notify_one();
        Ok(())
    }
}

/// Time that is stepped, until it is dropped.
struct Stepping<'a>(&'a Engine);

impl<'a> Stepping<'a> {
    /// Stops the clock and waits until nothing is on its way.
    async fn begin(engine: &'a Engine) -> Self {
        let stepping = Self::stop(engine);
        stepping.landed().await;
        stepping
    }

    fn stop(engine: &'a Engine) -> Self {
        let mut state = engine.lock();
        engine.catch_up(&mut state);
        state.pace.stepped = true;
        let now = state.world.now();
        state.pace.anchor(now);
        Self(engine)
    }

    async fn landed(&self) {
        let mut count = self.0.under_way.subscribe();
        tokio::select! {
            () = self.0.end.cancelled() => {}
            // The sender lives in the engine.
            _ = count.wait_for(|count| *count == 0) => {}
        }
    }

    /// Lets everything happen that falls due until then.
    async fn to(&self, until: Timestamp) {
        loop {
            let step = self.0.lock().world.step(until);
            match step {
                Some(Step::Quiet) => {}
                Some(Step::Send(environment, parcel)) => self.0.carry(environment, parcel).await,
                None => return,
            }
        }
    }
}

impl Drop for Stepping<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        let now = state.world.now();
        state.pace.anchor(now);
        state.pace.stepped = false;
        drop(state);
        self.0.changed.notify_one();
    }
}

async fn wait(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}

fn tame(speed: f64) -> f64 {
    if speed.is_finite() { speed.clamp(0.0, FASTEST) } else { 1.0 }
}

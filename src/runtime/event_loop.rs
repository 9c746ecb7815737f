//! The event loop of the full screen.
//!
//! One task owns the core and the display. Messages come in through one bounded channel, the core
//! answers with effects, `runtime::perform` performs them. A frame is drawn when something has
//! changed and the last one is [`FRAME`] old; with nothing to do the loop sleeps. However the walk
//! ends, the keyboard is let go first, then the journal is waited for.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ratatui::Frame;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::runtime::clock::Clock;
use crate::runtime::display::Display;
use crate::runtime::input::Input;
use crate::runtime::panic;
use crate::runtime::perform::{Next, Performer};
use crate::runtime::signals::{Cause, Happening};
use crate::time::Timestamp;

/// The least time between two frames.
pub const FRAME: Duration = Duration::from_millis(33);

/// The most messages that are handled before a frame is considered.
const BATCH: usize = 64;

/// The least time between two messages that only tell the time.
const LEAST_WAKE: Duration = Duration::from_millis(200);

/// The core and how it is drawn, as the loop sees them.
pub trait Core {
    /// Takes in a message; says what is to be done.
    fn update(&mut self, msg: Msg) -> Vec<Effect>;

    /// Draws.
    fn draw(&mut self, frame: &mut Frame<'_>);

    /// When something on screen next changes by time alone.
    fn wakes_at(&self) -> Option<Timestamp>;
}

/// How the walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The operator quit.
    Quit,
    /// Something outside ended it.
    By(Cause),
}

/// Everything that comes in.
pub struct Sources {
    /// Keys, answers, entries.
    pub messages: mpsc::Receiver<Msg>,
    /// Signals and the terminal's end.
    pub happenings: mpsc::Receiver<Happening>,
    /// The keyboard; tests have none.
    pub input: Option<Input>,
}

/// The loop.
pub struct EventLoop<C, D> {
    core: C,
    display: D,
    performer: Performer,
    clock: Arc<dyn Clock>,
    input: Option<Input>,
    told: Option<Timestamp>,
    dirty: bool,
    drawn: Option<Instant>,
    ending: Option<Ending>,
}

/// The walk is over; what has to be finished first is being finished.
struct Ending {
    how: Ended,
    hurry: CancellationToken,
    closed: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// What the loop woke up for.
enum Woken {
    Closed,
    Happening(Happening),
    Frame,
    Message(Msg),
    Time,
}

impl<C: Core, D: Display> EventLoop<C, D> {
    /// A loop that has not run yet.
    pub fn new(core: C, display: D, performer: Performer, clock: Arc<dyn Clock>) -> Self {
        Self {
            core,
            display,
            performer,
            clock,
            input: None,
            told: None,
            dirty: true,
            drawn: None,
            ending: None,
        }
    }

    /// Runs until the walk is over and the journal is at rest.
    pub async fn run(mut self, mut sources: Sources) -> Ended {
        self.input = sources.input.take();
        self.resized();
        loop {
            match self.wake(&mut sources).await {
                Woken::Closed => {
                    return self.ending.map_or(Ended::Quit, |ending| ending.how);
                }
                Woken::Happening(happening) => {
                    self.happened(happening, &mut sources.happenings).await;
                }
                Woken::Frame => self.draw(),
                Woken::Time => self.tell_time(),
                Woken::Message(msg) => self.take(msg, &mut sources).await,
            }
        }
    }

    async fn wake(&mut self, sources: &mut Sources) -> Woken {
        let frame = self.drawn.map_or_else(Instant::now, |drawn| drawn + FRAME);
        let wakes = self.core.wakes_at();
        let time = wakes.map(|at| at.since(self.clock.now()).max(LEAST_WAKE));
        let time = Instant::now() + time.unwrap_or_default();
        let ending = self.ending.as_mut().map(|ending| &mut ending.closed);
        tokio::select! {
            biased;
            Some(happening) = sources.happenings.recv() => Woken::Happening(happening),
            () = sleep_until(frame), if self.dirty => Woken::Frame,
            Some(msg) = sources.messages.recv() => Woken::Message(msg),
            () = finished(ending) => Woken::Closed,
            () = sleep_until(time), if wakes.is_some() => Woken::Time,
        }
    }

    /// Takes in a message and those that wait behind it, up to a batch.
    async fn take(&mut self, first: Msg, sources: &mut Sources) {
        self.tell_time_once_a_second();
        let mut next = Some(first);
        for _ in 0..BATCH {
            let Some(msg) = next else { return };
            if matches!(msg, Msg::Key(_)) {
                panic::provoke("loop");
                if cfg!(debug_assertions) {
                    drop(tokio::spawn(async { panic::provoke("task") }));
                }
            }
            if self.update(msg) {
                self.suspend(&mut sources.happenings).await;
            }
            next = sources.messages.try_recv().ok();
        }
        if let Some(msg) = next {
            self.update(msg);
        }
    }

    /// Gives the core a message and performs what it asks for; whether it asks to be suspended.
    fn update(&mut self, msg: Msg) -> bool {
        let mut msgs = VecDeque::from([msg]);
        let mut suspend = false;
        while let Some(msg) = msgs.pop_front() {
            self.dirty = true;
            for effect in self.core.update(msg) {
                match self.perform(effect) {
                    Next::GoOn(answer) => msgs.extend(answer),
                    Next::Suspend => suspend = true,
                    Next::Repaint => {
                        if self.display.forget().is_err() {
                            self.end(Ended::By(Cause::TerminalGone));
                        }
                    }
                    Next::Quit => self.end(Ended::Quit),
                }
            }
        }
        suspend
    }

    /// While the walk ends, nothing new is begun; asking again only hurries.
    fn perform(&mut self, effect: Effect) -> Next {
        if self.ending.is_none() || matches!(effect, Effect::Quit | Effect::Repaint) {
            self.performer.perform(effect, &mut self.display)
        } else {
            Next::GoOn(None)
        }
    }

    async fn happened(&mut self, happening: Happening, happenings: &mut mpsc::Receiver<Happening>) {
        match happening {
            Happening::Stop(cause) => self.end(Ended::By(cause)),
            Happening::Suspend => self.suspend(happenings).await,
            Happening::Resized => self.resized(),
            // Stopped from outside without a chance to leave the terminal: take it anew.
            Happening::Continued => {
                self.display.leave();
                self.enter();
            }
        }
    }

    /// Leaves the terminal, stops, and takes the terminal again when the job goes on.
    async fn suspend(&mut self, happenings: &mut mpsc::Receiver<Happening>) {
        if self.ending.is_some() {
            return;
        }
        if let Some(input) = &mut self.input {
            input.pause();
        }
        // A continuation from before would end the wait below too early.
        while let Ok(happening) = happenings.try_recv() {
            if let Happening::Stop(cause) = happening {
                self.end(Ended::By(cause));
                return;
            }
        }
        self.display.leave();
        let stopped = self.display.stop_job();
        while stopped.is_ok() {
            match happenings.recv().await {
                Some(Happening::Stop(cause)) => {
                    self.end(Ended::By(cause));
                    return;
                }
                Some(Happening::Continued) | None => break,
                Some(Happening::Suspend | Happening::Resized) => {}
            }
        }
        self.enter();
        if let Some(input) = &mut self.input {
            input.resume();
        }
        if let Err(error) = stopped {
            self.update(Msg::Trouble(format!("golive can not be suspended: {error}")));
        }
    }

    fn enter(&mut self) {
        if self.display.enter().is_err() {
            self.end(Ended::By(Cause::TerminalGone));
        }
        self.resized();
    }

    fn resized(&mut self) {
        self.tell_time_once_a_second();
        if let Ok(size) = self.display.size() {
            self.update(Msg::Resize { width: size.width, height: size.height });
        }
    }

    fn tell_time(&mut self) {
        let now = self.clock.now();
        self.told = Some(now);
        self.update(Msg::Now(now));
    }

    /// The core knows the time to the second whenever something else happens.
    fn tell_time_once_a_second(&mut self) {
        let now = self.clock.now();
        let known = self.told.is_some_and(|told| told.millis() / 1_000 == now.millis() / 1_000);
        if !known {
            self.tell_time();
        }
    }

    fn draw(&mut self) {
        self.dirty = false;
        let Self { core, display, .. } = self;
        let drawn = display.draw(&mut |frame| core.draw(frame));
        self.drawn = Some(Instant::now());
        if drawn.is_err() {
            self.end(Ended::By(Cause::TerminalGone));
        }
    }

    /// Begins the end. A second reason to end hurries the first; a signal outweighs a quit.
    fn end(&mut self, how: Ended) {
        // What is typed from here on belongs to whoever has the terminal next.
        if let Some(mut input) = self.input.take() {
            input.pause();
        }
        match &mut self.ending {
            Some(ending) => {
                ending.hurry.cancel();
                if ending.how == Ended::Quit {
                    ending.how = how;
                }
            }
            None => {
                let hurry = CancellationToken::new();
                let closed = Box::pin(self.performer.close(hurry.clone()));
                self.ending = Some(Ending { how, hurry, closed });
            }
        }
    }
}

/// Waits for the end, for ever when there is none.
async fn finished(ending: Option<&mut Pin<Box<dyn Future<Output = ()> + Send>>>) {
    match ending {
        Some(closed) => closed.await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;

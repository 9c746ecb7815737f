//! Signals, as things that happen to the event loop.
//!
//! SIGTERM, SIGINT, SIGQUIT and SIGHUP end the walk in order: the loop stops taking keys, lets a
//! running append finish, gives the terminal back, and [`end_by`] then dies of the same signal, so
//! that whoever started golive sees the true cause. SIGTSTP suspends, SIGCONT and SIGWINCH redraw.
//! A loop that does not end (it may be stuck writing to a terminal that no longer reads) is ended
//! by [`LastResort`].

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};
use signal_hook::low_level::emulate_default_handler;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// How long an ordered end may take after a signal before the signal gets its way.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that happens to the process, not to the launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// End, because of a signal.
    Stop(Cause),
    /// Stop like any job (SIGTSTP).
    Suspend,
    /// The job goes on (SIGCONT).
    Continued,
    /// The terminal may have another size (SIGWINCH).
    Resized,
}

/// Why the process has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A signal, by its number.
    Signal(i32),
    /// The terminal is gone and nobody sent a SIGHUP.
    TerminalGone,
}

impl Cause {
    /// The signal to die of.
    fn signal(self) -> i32 {
        match self {
            Self::Signal(number) => number,
            Self::TerminalGone => Signal::HUP.as_raw(),
        }
    }
}

/// Listens for signals from now on, in tasks of the current runtime.
///
/// # Errors
/// When the operating system does not let handlers be installed.
pub fn listen(to: &mpsc::Sender<Happening>, last_resort: &LastResort) -> io::Result<()> {
    let stops = [Signal::TERM, Signal::INT, Signal::QUIT, Signal::HUP]
        .map(|signal| (signal, Happening::Stop(Cause::Signal(signal.as_raw()))));
    let others = [
        (Signal::TSTP, Happening::Suspend),
        (Signal::CONT, Happening::Continued),
        (Signal::WINCH, Happening::Resized),
    ];
    for (number, happening) in stops.into_iter().chain(others) {
        let mut stream = signal(SignalKind::from_raw(number.as_raw()))?;
        let (to, last_resort) = (to.clone(), last_resort.clone());
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                if let Happening::Stop(cause) = happening {
                    last_resort.start(cause);
                }
                if to.send(happening).await.is_err() {
                    break;
                }
            }
        });
    }
    Ok(())
}

/// Ends the process by the signal that asked for it. Returns only when that is not possible.
pub fn end_by(cause: Cause) {
    let _impossible = emulate_default_handler(cause.signal());
}

/// Whether a stopped golive could be continued by somebody: only when it is a job of a shell, not
/// the program that the terminal (or `ssh -t host golive`) was started for.
#[must_use]
pub fn can_suspend() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Stops this job, with whatever wrapper it was started through. The wait for the continuation
/// has to be done with [`Happening::Continued`]: the stop may take effect after this returns.
///
/// # Errors
/// When the operating system refuses.
pub fn stop_job() -> io::Result<()> {
    Ok(kill_current_process_group(Signal::STOP)?)
}

/// Ends the process when nothing else does: started by the first signal that asks for the end,
/// called off by dropping every clone.
#[derive(Clone, Debug)]
pub struct LastResort(Sender<Cause>);

impl LastResort {
    /// Stands by, in a thread of its own, because the runtime may be the thing that is stuck.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn stand_by() -> io::Result<Self> {
        let (start, started) = channel();
        std::thread::Builder::new().name("last-resort".into()).spawn(move || wait(&started))?;
        Ok(Self(start))
    }

    /// Begins the countdown.
    pub fn start(&self, cause: Cause) {
        let _already_over = self.0.send(cause);
    }
}

fn wait(started: &Receiver<Cause>) {
    let Ok(cause) = started.recv() else { return };
    loop {
        match started.recv_timeout(PATIENCE) {
            Ok(_asked_again) => {}
            Err(RecvTimeoutError::Timeout) => return end_by(cause),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

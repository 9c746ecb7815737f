//! Notices that the terminal is gone (closed window, dropped SSH, killed tmux pane).
//!
//! Nobody is bound to send a SIGHUP when that happens, and a reader of a dead terminal may spin
//! for ever, so a thread of its own asks the kernel, without ever reading a byte.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio::stdin;
use tokio::sync::mpsc;

use crate::runtime::signals::{Cause, Happening, LastResort};

/// How often it looks, when the kernel does not wake it first.
pub const INTERVAL: Duration = Duration::from_secs(1);

/// Starts watching; sends one [`Happening::Stop`] when the terminal is gone.
///
/// # Errors
/// When no thread can be started.
pub fn start(to: mpsc::Sender<Happening>, last_resort: LastResort) -> io::Result<()> {
    std::thread::Builder::new().name("watchdog".into()).spawn(move || {
        while !to.is_closed() {
            if is_gone(INTERVAL) {
                last_resort.start(Cause::TerminalGone);
                let _ended = to.blocking_send(Happening::Stop(Cause::TerminalGone));
                return;
            }
        }
    })?;
    Ok(())
}

/// Waits for the terminal to go away, for `span` at most.
fn is_gone(span: Duration) -> bool {
    let span = Timespec { tv_sec: span.as_secs().try_into().unwrap_or(1), tv_nsec: 0 };
    let stdin = stdin();
    // No flags: only a hang-up or an error is reported.
    let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
    let woken = poll(&mut watched, Some(&span));
    let lost = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    woken.is_ok() && watched.iter().any(|fd| fd.revents().intersects(lost))
}

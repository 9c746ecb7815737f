//! The walk as numbered prompts: for screen readers, dumb terminals, pipes and slow lines.
//!
//! Called by `cli` for `golive --plain`. The same core as the full screen: what is shown is the
//! launch's standing, what is done goes through the workspace and is on disk before it is said to
//! be saved. No alternate screen, no cursor movement, no colour, no line that is written over; one
//! line says one thing. The end of the input is a way to quit.

mod choice;
mod demo;
mod exempt;
mod money;
mod overview;
mod roll;
mod sign;
mod step;
mod talk;
mod verify;
mod walk;
mod week;

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use rustix::termios::tcgetwinsize;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag::register_conditional_default;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::failure::{Failure, FailureKind, exit};
use crate::plain::talk::{Ended, Talk};
use crate::plain::walk::Walk;
use crate::runtime::guest::Host;
use crate::runtime::workspace::Workspace;

/// The width when nobody tells: what every terminal and every printer has.
const WIDTH: usize = 80;

/// Lines longer than this are hard to read.
const WIDEST: usize = 100;

/// Walks the launch on this process's standard input and output, until the operator quits or the
/// input ends; with the demo behind it, where it is the demo's.
///
/// # Errors
/// When the journal can not be read any more, or nothing can be written.
pub fn run(workspace: Workspace, host: Option<Arc<dyn Host>>) -> Result<u8, Failure> {
    let dumb = matches!(std::env::var("TERM").as_deref(), Ok("dumb"));
    let ascii = workspace.config.screen.ascii || dumb;
    let width = tcgetwinsize(io::stdout()).map_or(0, |size| usize::from(size.ws_col));
    let width = if width == 0 { WIDTH } else { width.clamp(20, WIDEST) };
    let terminal = io::stdin().is_terminal();
    let talk = Talk::new(io::stdin().lock(), io::stdout(), width, ascii).on_terminal(terminal);
    let mut walk = Walk::new(Arc::new(Mutex::new(workspace)), talk)?.with_host(host.clone());
    // At a prompt Ctrl-C ends golive as it ends any program; while checks run it stops them.
    let handled = match host {
        Some(host) => clear_on_signals(Arc::downgrade(&host), walk.prompting()),
        None => register_conditional_default(SIGINT, walk.prompting()).map(drop),
    };
    handled.map_err(|error| {
        Failure::new(FailureKind::Other, "the walk can not begin").because(&error)
    })?;
    over(walk.run())
}

/// Has a signal that ends the program clear the demo away first.
fn clear_on_signals(host: Weak<dyn Host>, prompting: Arc<AtomicBool>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let wait = move || {
        for signal in signals.forever() {
            if signal != SIGINT || prompting.load(Ordering::SeqCst) {
                if let Some(host) = host.upgrade() {
                    host.clear();
                }
                let _this_ends_the_program = emulate_default_handler(signal);
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(wait).map(drop)
}

/// What the end of the walk means.
fn over(ended: Result<(), Ended>) -> Result<u8, Failure> {
    match ended {
        Ok(()) | Err(Ended::Input) => Ok(exit::OK),
        Err(Ended::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(exit::OK),
        Err(Ended::Output(error)) => {
            Err(Failure::new(FailureKind::Other, "the walk can not be shown").because(&error))
        }
        Err(Ended::Failed(failure)) => Err(failure),
    }
}

#[cfg(test)]
mod tests;

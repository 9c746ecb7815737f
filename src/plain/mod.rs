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
use std::sync::{Arc, Mutex};

use rustix::termios::tcgetwinsize;
use signal_hook::consts::SIGINT;
use signal_hook::flag::register_conditional_default;

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
    let mut walk = Walk::new(Arc::new(Mutex::new(workspace)), talk)?.with_host(host);
    // At a prompt Ctrl-C ends golive as it ends any program; while checks run it stops them.
    let handled = register_conditional_default(SIGINT, walk.prompting());
    handled.map_err(|error| {
        Failure::new(FailureKind::Other, "the walk can not begin").because(&error)
    })?;
    over(walk.run())
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

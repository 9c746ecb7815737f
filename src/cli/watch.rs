//! `golive watch`: the first week, on the full screen.
//!
//! What it does without a screen (`--once`, `--metrics`) branches off at the top of [`run`], before
//! a terminal is asked for.

use crate::cli::args::{Global, Watch as Args};
use crate::cli::console::Console;
use crate::cli::{in_runtime, open};
use crate::failure::{Failure, FailureKind};
use crate::journal::Access;
use crate::runtime::screen::{self, How};
use crate::runtime::terminal;

/// Where to look without a screen.
const INSTEAD: &str = "`golive watch --once` prints how the first week stands, and ends";

/// Runs the command.
///
/// # Errors
/// When there is no terminal for the full screen, or the launch can not be opened.
pub fn run(console: &mut Console, global: &Global, args: &Args) -> Result<u8, Failure> {
    if global.no_input || global.plain {
        let says = "the first week on screen takes keys, which --no-input and --plain rule out";
        return Err(Failure::new(FailureKind::Usage, says).hint(INSTEAD));
    }
    terminal::require()
        .map_err(|failure| Failure::new(failure.kind, failure.message).hint(INSTEAD))?;
    let opened = in_runtime(open::launch(console, global, Access::Append))?;
    let how = How { mono: !console.paint.is_on(), week: Some(args.span), ..How::default() };
    screen::run(opened.workspace, how)
}

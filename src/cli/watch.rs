//! `golive watch`: the first week, on the full screen or without one.
//!
//! ```text
//! --once ─> once (human, document)       --follow, --metrics ─> follow (crossings, metrics)
//! neither ─> the screen
//! ```

mod document;
mod follow;
mod human;
mod once;

use crate::checks::logs::log_set;
use crate::cli::args::{Global, Watch as Args};
use crate::cli::console::Console;
use crate::cli::{in_runtime, open};
use crate::config::Config;
use crate::events::feed::LogSet;
use crate::events::received;
use crate::failure::{Failure, FailureKind};
use crate::journal::Access;
use crate::runtime::screen::{self, How};
use crate::runtime::terminal;

/// Where to look without a screen.
const INSTEAD: &str = "`golive watch --once` prints how the first week stands, and ends";

/// Runs the command.
///
/// # Errors
/// When there is no terminal for the full screen, the launch can not be opened, or the logs not be
/// read.
pub fn run(console: &mut Console, global: &Global, args: &Args) -> Result<u8, Failure> {
    if args.once {
        return in_runtime(once::run(console, global, args));
    }
    if args.follow || args.metrics.is_some() {
        return in_runtime(follow::run(console, global, args));
    }
    if console.is_json() {
        let says = "the screen writes no JSON";
        return Err(Failure::new(FailureKind::Usage, says).hint(INSTEAD));
    }
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

/// The logs that this launch is watched by.
fn logs(config: &Config) -> LogSet {
    let received = config.state.with_file_name(received::FILE);
    log_set(&config.inputs, &config.base, &config.week, Some(&received))
}

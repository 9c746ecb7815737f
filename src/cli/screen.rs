//! `golive` without a command: the full screen, or the line-by-line walk with `--plain`.

use crate::cli::args::Global;
use crate::cli::console::Console;
use crate::cli::{in_runtime, open};
use crate::failure::{Failure, FailureKind};
use crate::journal::Access;
use crate::runtime::screen::How;
use crate::runtime::terminal;
use crate::{plain, runtime};

/// Walks the launch.
///
/// # Errors
/// When there is no terminal for the full screen, or the launch can not be opened.
pub fn run(console: &mut Console, global: &Global) -> Result<u8, Failure> {
    if global.no_input {
        let says = "the walk asks, and --no-input forbids asking";
        return Err(Failure::new(FailureKind::Usage, says)
            .hint("`golive status` shows where the launch stands")
            .hint("`golive verify` runs the checks, `golive sign STEP` signs"));
    }
    if !global.plain {
        // Before anything is opened: who has no terminal learns what to use instead.
        terminal::require()?;
    }
    let opened = in_runtime(open::launch(console, global, Access::Append))?;
    if global.plain {
        plain::run(opened.workspace, None)
    } else {
        let how = How { mono: !console.paint.is_on(), ..How::default() };
        runtime::screen::run(opened.workspace, how)
    }
}

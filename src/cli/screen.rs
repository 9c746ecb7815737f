//! `golive` without a command: the full screen, or the line-by-line walk with `--plain`.

use std::io::IsTerminal as _;

use crate::cli::args::Global;
use crate::failure::{Failure, FailureKind};

/// Walks the launch, where there is a terminal to walk it on.
///
/// # Errors
/// When there is none; names the commands to use instead.
pub fn run(global: &Global) -> Result<u8, Failure> {
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !terminal || global.no_input {
        let says = if terminal {
            "the walk asks, and --no-input forbids asking"
        } else {
            "there is no terminal to walk the launch on"
        };
        return Err(Failure::new(FailureKind::Usage, says)
            .hint("`golive status` shows where the launch stands")
            .hint("`golive verify` runs the checks, `golive sign STEP` signs"));
    }
    Err(Failure::new(FailureKind::Other, "this build has no screen yet")
        .hint("`golive status` shows where the launch stands"))
}

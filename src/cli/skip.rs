//! `golive skip STEP`: says that a step does not apply.

use crate::cli::args::Because;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::{record, signer, steps, waive};
use crate::failure::Failure;
use crate::launch::decide::Command;
use crate::text::visible;

/// Runs the command.
///
/// # Errors
/// When an answer is missing, the launch refuses it, or the journal can not be written.
pub fn run(console: &mut Console, mut opened: Opened, args: &Because) -> Result<(), Failure> {
    let step = steps::step(&opened.runbook, &args.step)?.id.clone();
    let reason = waive::reason(&args.reason)?;
    let by = signer::who_signs(console, &opened.config)?;
    let said = format!("{step} does not apply, says {}: {}", by.name, visible(&reason, 400));
    let command = Command::Skip { step: step.clone(), reason };
    record::submit(console, &mut opened, &by, &command, Some(&step), &said)
}

//! `golive lift`: lifts a hold, in one's own name.

use crate::cli::args::Lift;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::{record, roll, signer, waive};
use crate::failure::Failure;
use crate::launch::decide::Command;
use crate::launch::standing::StepStanding;
use crate::runbook::model::Role;
use crate::text::visible;

/// Runs the command.
///
/// # Errors
/// When an answer is missing, the launch refuses it, or the journal can not be written.
pub fn run(console: &mut Console, mut opened: Opened, args: &Lift) -> Result<(), Failure> {
    let role = Role(args.role.trim().to_owned());
    let holds = |step: &StepStanding| {
        step.roll_call.as_ref().is_some_and(|roll| roll.held().contains(&role))
    };
    let step = roll::step(&opened, args.step.as_deref(), holds)?;
    let reason = waive::reason(&args.reason)?;
    let by = signer::who_signs(console, &opened.config)?;
    let shown = visible(role.as_str(), 60);
    let said = format!("{} lifted the hold of {shown}: {}", by.name, visible(&reason, 400));
    let command = Command::Lift { step: step.clone(), role, reason };
    record::submit(console, &mut opened, &by, &command, Some(&step), &said)
}

//! `golive note [STEP] TEXT`: writes something down.

use crate::cli::args::Note;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::{record, signer, steps};
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::runbook::model::StepId;

/// Runs the command.
///
/// # Errors
/// When an answer is missing, the launch refuses it, or the journal can not be written.
pub fn run(console: &mut Console, mut opened: Opened, args: &Note) -> Result<(), Failure> {
    let (step, text) = match args.words.as_slice() {
        [step, text] => (Some(steps::step(&opened.runbook, step)?.id.clone()), text.trim()),
        [text] => (None, text.trim()),
        _ => (None, ""),
    };
    if text.is_empty() || (step.is_none() && opened.runbook.step(&StepId::from(text)).is_some()) {
        return Err(Failure::new(FailureKind::Usage, "the note has no text")
            .hint("Write golive note [STEP] TEXT"));
    }
    let by = signer::who_signs(console, &opened.config)?;
    let about = step.as_ref().map_or("the launch", |step| step.as_str());
    let said = format!("note on {about} by {}", by.name);
    let command = Command::Note { step: step.clone(), text: text.to_owned() };
    record::submit(console, &mut opened, &by, &command, step.as_ref(), &said)
}

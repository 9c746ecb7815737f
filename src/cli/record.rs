//! What every command that records something does: open, submit, say what came of it.

use serde_json::json;

use crate::cli::console::Console;
use crate::cli::entry;
use crate::cli::open::Opened;
use crate::cli::paint::{self, Tone};
use crate::failure::Failure;
use crate::journal::Head;
use crate::launch::decide::Command;
use crate::launch::event::{Actor, Entry};
use crate::launch::standing::StepState;
use crate::runbook::model::StepId;

/// Records a command and says so once it is on disk.
///
/// # Errors
/// When the launch refuses it or the journal can not be written.
pub fn submit(
    console: &mut Console,
    opened: &mut Opened,
    by: &Actor,
    command: &Command,
    step: Option<&StepId>,
    said: &str,
) -> Result<(), Failure> {
    submit_all(console, opened, by, std::slice::from_ref(command), step, said)
}

/// Records commands, one after the other, and says so once the last is on disk.
///
/// # Errors
/// When the launch refuses one or the journal can not be written; those before it stay.
pub fn submit_all(
    console: &mut Console,
    opened: &mut Opened,
    by: &Actor,
    commands: &[Command],
    step: Option<&StepId>,
    said: &str,
) -> Result<(), Failure> {
    let before = opened.workspace.head().seq;
    let mut entries = Vec::new();
    for command in commands {
        entries.extend(opened.workspace.submit(by, command)?);
    }
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.seq > before).collect();
    let state = step.and_then(|step| state_of(opened, step));
    let head = opened.workspace.head();
    if console.is_json() {
        console.document(&json!({
            "schema": "golive.record/1",
            "step": step,
            "state": state,
            "head": head_json(&head),
            "entries": own.iter().map(|entry| entry::json(entry)).collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    let paint = console.paint;
    console.say(format!("{} {said}", paint.tone(Tone::Good, "✓")));
    if let Some(state) = state {
        let (glyph, word, tone) = paint::state(state);
        console.say(format!("  the step is now {}", paint.tone(tone, format!("{glyph} {word}"))));
    }
    console.say(format!("  journal head {}", head_line(&head)));
    Ok(())
}

/// The state of a step as it stands now.
#[must_use]
pub fn state_of(opened: &Opened, step: &StepId) -> Option<StepState> {
    let standing = opened.workspace.standing();
    standing.steps.iter().find(|other| &other.id == step).map(|found| found.state)
}

/// The head as people copy it: number and hash.
#[must_use]
pub fn head_line(head: &Head) -> String {
    if head.seq == 0 { "none yet".to_owned() } else { format!("#{} {}", head.seq, head.hash) }
}

/// The head for programs.
#[must_use]
pub fn head_json(head: &Head) -> serde_json::Value {
    json!({ "seq": head.seq, "hash": head.hash })
}

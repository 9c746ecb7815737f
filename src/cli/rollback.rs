//! `golive rollback`: the way back on one page; with `--call`, that it is taken, by whom and why.

use serde_json::json;

use crate::cli::args::Rollback;
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::paint::Tone;
use crate::cli::{record, roll, signer, steps, waive};
use crate::failure::{Failure, FailureKind};
use crate::launch::cutover;
use crate::launch::decide::Command;
use crate::runbook::model::Step;

/// Runs the command.
///
/// # Errors
/// When the runbook has nothing that can not be taken back, the launch refuses the call, or the
/// journal can not be written.
pub fn run(console: &mut Console, mut opened: Opened, args: &Rollback) -> Result<(), Failure> {
    let step = step(&opened, args.step.as_deref())?;
    if args.call {
        let reason = waive::reason(args.reason.as_deref().unwrap_or_default())?;
        let by = signer::who_signs(console, &opened.config)?;
        let command = Command::CallRollback { step: step.id.clone(), reason };
        let said = format!("rollback of {} called by {}", step.id, by.name);
        record::submit(console, &mut opened, &by, &command, Some(&step.id), &said)?;
        let standing = opened.workspace.standing();
        let parts = cutover::rollback_card(&opened.runbook, &standing, &step);
        roll::tell(console, &parts);
        return Ok(());
    }
    let standing = opened.workspace.standing();
    let parts = cutover::rollback_card(&opened.runbook, &standing, &step);
    if console.is_json() {
        let stands = standing.step(&step.id);
        console.document(&json!({
            "schema": "golive.rollback/1",
            "step": step.id,
            "title": step.title,
            "state": stands.map(|stands| stands.state),
            "owner": cutover::rollback_owner(&opened.runbook, &standing, &step),
            "rolledBack": stands.and_then(|stands| stands.rolled_back.as_ref()).map(|back| json!({
                "by": back.by.name, "at": back.at, "reason": back.what,
            })),
            "parts": roll::parts_json(&parts),
        }));
        return Ok(());
    }
    let paint = console.paint;
    console.say(paint.tone(Tone::Strong, format!("ROLLBACK  {}", step.id)));
    for line in roll::lines(&parts) {
        console.say(line);
    }
    Ok(())
}

fn step(opened: &Opened, typed: Option<&str>) -> Result<Step, Failure> {
    if let Some(typed) = typed {
        let step = steps::step(&opened.runbook, typed)?;
        if !step.irreversible {
            let says = format!("{} can be taken back and has no rollback", step.id);
            return Err(Failure::new(FailureKind::Usage, says)
                .hint(format!("golive reopen {} takes it back", step.id)));
        }
        return Ok(step.clone());
    }
    let standing = opened.workspace.standing();
    cutover::current(&opened.runbook, &standing).cloned().ok_or_else(|| {
        Failure::new(FailureKind::Usage, "nothing in this runbook needs a rollback")
            .hint("A step with `irreversible: true` does")
    })
}

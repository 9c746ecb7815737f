//! `golive call go|hold|no-go`: what a role says at a roll call.

use std::collections::BTreeMap;

use crate::cli::args::{Call as Args, CallWord};
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::{record, roll, sign, signer, waive};
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::launch::event::Call;
use crate::runbook::model::{Role, Step};
use crate::text::visible;

/// Runs the command.
///
/// # Errors
/// When an answer is missing, the launch refuses it, or the journal can not be written.
pub fn run(console: &mut Console, mut opened: Opened, args: &Args) -> Result<(), Failure> {
    let id = roll::step(&opened, args.step.as_deref(), |step| !step.state.is_settled())?;
    let Some(step) = opened.runbook.step(&id).cloned() else { return Ok(()) };
    let call = call(args.call);
    let reason = args.reason.as_deref().map(waive::reason).transpose()?;
    if call != Call::Go && reason.is_none() {
        let says = format!("a {} needs a reason", call.word());
        return Err(Failure::new(FailureKind::Usage, says).hint("Give --reason REASON"));
    }
    let given = sign::given(&step, &args.evidence)?;
    if call != Call::Go && !given.is_empty() {
        let says = format!("a {} takes no evidence", call.word());
        return Err(Failure::new(FailureKind::Usage, says).hint("Say it in the reason"));
    }
    let by = signer::who_signs(console, &opened.config)?;
    let standing = opened.workspace.standing();
    let stands = standing.step(&id).and_then(|step| step.roll_call.clone());
    let Some(stands) = stands else { return Err(no_roll_call(&step)) };
    let mut evidence = given;
    if call == Call::Go {
        ask_for_evidence(console, &step, &stands.evidence, &mut evidence)?;
        // What the go stands on is shown before it is recorded.
        console.tell(format!("{} says go to {}", by.name, stands.card.verdict.words()));
        for line in roll::card(&stands.card) {
            console.tell(format!("  {line}"));
        }
    }
    let role = Role(args.role.trim().to_owned());
    let said =
        format!("{} says {} to {id} for {}", by.name, call.word(), visible(role.as_str(), 60));
    let command = Command::Call {
        step: id.clone(),
        role,
        call,
        reason,
        evidence,
        seen: step.digest.clone(),
        saw: Box::new(stands.card),
    };
    record::submit(console, &mut opened, &by, &command, Some(&id), &said)
}

fn call(word: CallWord) -> Call {
    match word {
        CallWord::Go => Call::Go,
        CallWord::Hold => Call::Hold,
        CallWord::NoGo => Call::NoGo,
    }
}

fn no_roll_call(step: &Step) -> Failure {
    let says = format!("{} is not decided by a roll call", step.id);
    Failure::new(FailureKind::Usage, says).hint(format!("golive sign {}", step.id))
}

/// Asks for what nobody has said yet.
fn ask_for_evidence(
    console: &mut Console,
    step: &Step,
    agreed: &BTreeMap<String, String>,
    evidence: &mut BTreeMap<String, String>,
) -> Result<(), Failure> {
    let mut known = agreed.clone();
    known.append(&mut evidence.clone());
    let before: Vec<String> = known.keys().cloned().collect();
    sign::ask_for_evidence(console, step, &mut known)?;
    let asked = known.into_iter().filter(|(name, _)| !before.contains(name));
    evidence.extend(asked);
    Ok(())
}

//! Recording: a sign-off counts once the disk has it, and a refused one comes back with its words.

use crate::app::dialog::Dialog;
use crate::app::effect::{Effect, Ticket};
use crate::app::model::Model;
use crate::app::update::verify;
use crate::app::work::{Pending, Then, Tone, words};
use crate::launch::decide::Command;
use crate::launch::event::{Entry, Event};
use crate::runbook::model::StepId;

/// Asks for something to be recorded. `again` opens anew when it is refused.
pub fn submit(
    model: &mut Model,
    by: String,
    command: Command,
    again: Option<Dialog>,
    then: Option<Then>,
) -> Vec<Effect> {
    let ticket = model.work.ticket();
    let (saving, saved) = words(&command, &by);
    let step = step_of(&command);
    let again = again.map(Box::new);
    model.work.pending.insert(ticket, Pending::Submit { step, saving, saved, again, then });
    vec![Effect::Submit { ticket, by, command }]
}

fn step_of(command: &Command) -> Option<StepId> {
    match command {
        Command::Sign { step, .. }
        | Command::Waive { step, .. }
        | Command::Skip { step, .. }
        | Command::Reopen { step, .. }
        | Command::Call { step, .. }
        | Command::Lift { step, .. }
        | Command::CallRollback { step, .. } => Some(step.clone()),
        Command::Note { step, .. } => step.clone(),
        _ => None,
    }
}

/// The disk has answered, or the launch has refused.
pub fn submitted(model: &mut Model, ticket: Ticket, result: Result<(), String>) -> Vec<Effect> {
    let Some(pending) = model.work.pending.remove(&ticket) else { return Vec::new() };
    let Pending::Submit { saved, again, then, .. } = pending else { return Vec::new() };
    match result {
        Ok(()) => {
            model.toast(Tone::Good, saved);
            match then {
                Some(Then::Verify(steps)) => verify::begin(model, steps),
                None => Vec::new(),
            }
        }
        Err(why) => {
            match again {
                Some(mut dialog) => {
                    model.toast(Tone::Bad, "Not recorded");
                    dialog.refuse(why);
                    model.interpose(vec![*dialog]);
                }
                None => model.problem(why),
            }
            Vec::new()
        }
    }
}

/// Entries have come: one's own or those of another program on this machine.
pub fn entries(model: &mut Model, entries: &[Entry]) {
    model.current.apply(entries);
    let me = model.who.signer.as_deref();
    let idle = !model.work.is_saving() && !model.work.is_running();
    let others = entries.iter().rev().filter(|entry| Some(entry.by.name.as_str()) != me);
    let news = others.filter_map(news).next();
    if let Some(news) = news.filter(|_| idle) {
        model.toast(Tone::Plain, news);
    }
}

/// What another person's entry means, in a few words; `None` for what needs no telling.
fn news(entry: &Entry) -> Option<String> {
    let by = &entry.by.name;
    Some(match &entry.event {
        Event::StepSigned(record) => format!("{by} signed {}", record.step),
        Event::StepWaived { step, .. } => format!("{by} waived {step}"),
        Event::StepSkipped { step, .. } => format!("{by} marked {step} as not applicable"),
        Event::StepReopened { step, .. } => format!("{by} reopened {step}"),
        Event::CallGiven(call) => {
            format!("{by} ({}) said {} to {}", call.role, call.call.word(), call.step)
        }
        Event::HoldLifted { whose, role, .. } => {
            format!("{by} lifted the hold of {whose} ({role})")
        }
        Event::RollbackCalled { step, .. } => format!("{by} called the rollback of {step}"),
        Event::ThresholdCrossed(record) => format!("{by}: {} is over a threshold", record.step),
        Event::ThresholdCleared(record) => {
            format!("{by}: {} is no longer over {}", record.step, record.key)
        }
        Event::AlertSent { failed: Some(why), .. } => format!("{by} could alert nobody: {why}"),
        Event::Note { step: Some(step), .. } => format!("{by} wrote a note on {step}"),
        Event::MoneyPrepared(it) => {
            format!("{by} had golive ask MintCash to {}", it.spend.sentence())
        }
        Event::MoneyObserved(it) => format!("{by} {}", it.sentence()),
        _ => return None,
    })
}

//! `golive log`: the audit trail, oldest first; JSON Lines for programs.

use serde_json::Value;

use crate::cli::console::Console;
use crate::cli::entry;
use crate::cli::open::Opened;
use crate::cli::paint::{Tone, pad};
use crate::failure::Failure;
use crate::launch::event::{CallRecord, CheckResult, Entry, Event, SignOffRecord};
use crate::text::visible;

/// Runs the command.
///
/// # Errors
/// Never by itself; opening the launch has failed before.
pub fn run(console: &mut Console, opened: &Opened) -> Result<(), Failure> {
    let entries = opened.workspace.launch().entries();
    if console.is_json() {
        for entry in entries {
            let line: Value = entry::json(entry);
            console.say(line.to_string());
        }
        return Ok(());
    }
    if entries.is_empty() {
        console.tell("nothing is recorded yet");
    }
    let paint = console.paint;
    for entry in entries {
        let number = paint.tone(Tone::Quiet, format!("{:>5}", entry.seq));
        let name = pad(&text(&entry.by.name), 16);
        console.say(format!("{number}  {}  {name} {}", entry.at.minute(), says(entry)));
    }
    Ok(())
}

fn text(held: &str) -> String {
    visible(held, 400)
}

/// What happened, in a sentence without its subject.
fn says(entry: &Entry) -> String {
    match &entry.event {
        Event::JournalOpened { launch, program, .. } => {
            format!("opened the launch {} ({})", text(launch), text(program))
        }
        Event::JournalRecovered { bytes, kept_as, .. } => {
            format!("put aside {bytes} bytes of an interrupted write as {}", text(kept_as))
        }
        Event::RunbookPinned { id, digest, .. } => {
            format!("walks the runbook {} ({})", text(id), digest.short())
        }
        Event::RunbookTrusted { digest } => {
            format!("allowed the commands of the runbook {} to run", digest.short())
        }
        Event::HostArmed { host } => format!("armed {} for signed probes", text(host)),
        Event::StepStarted { step, .. } => format!("started the checks of {step}"),
        Event::CheckResult(result) => check(result),
        Event::StepFinished { step, cancelled: true, .. } => format!("cancelled {step}"),
        Event::StepFinished { step, .. } => format!("finished the checks of {step}"),
        Event::StepSigned(record) => signed(record),
        Event::StepWaived { step, reason, expires, .. } => {
            let until = expires.map_or_else(String::new, |end| format!(" until {}", end.minute()));
            format!("waived {step}{until}: {}", text(reason))
        }
        Event::StepSkipped { step, reason, .. } => {
            format!("said that {step} does not apply: {}", text(reason))
        }
        Event::StepReopened { step, reason } => format!("reopened {step}: {}", text(reason)),
        Event::CallGiven(call) => called(call),
        Event::HoldLifted { step, role, whose, reason } => format!(
            "lifted the hold of {} ({}) on {step}: {}",
            text(whose),
            text(role.as_str()),
            text(reason)
        ),
        Event::RollbackCalled { step, reason, .. } => {
            format!("called the rollback of {step}: {}", text(reason))
        }
        Event::Note { step: Some(step), text: note } => format!("noted on {step}: {}", text(note)),
        Event::Note { step: None, text: note } => format!("noted: {}", text(note)),
        Event::MoneyConfirmed(it) => it.sentence(),
        Event::MoneyPrepared(it) => it.sentence(),
        Event::MoneyAnswered(it) => it.sentence(),
        Event::MoneyObserved(it) => it.sentence(),
        Event::ThresholdCrossed(record) => {
            format!("found {} over a threshold: {}", record.step, text(&record.message))
        }
        Event::ThresholdCleared(record) => {
            format!("found {} no longer over {}", record.step, text(&record.key))
        }
        Event::AlertTaken { of, .. } => format!("took over the alert of entry {of}"),
        Event::AlertSent { of, failed: None, .. } => format!("alerted entry {of}"),
        Event::AlertSent { of, failed: Some(why), .. } => {
            format!("could not alert entry {of}: {}", text(why))
        }
        Event::ReportExported { format, head } => {
            format!("wrote a {} report of head {}", text(format), text(&short(head)))
        }
        Event::Other { kind, .. } => format!("{} (of a newer golive)", text(kind)),
    }
}

fn check(result: &CheckResult) -> String {
    let word = result.outcome.word();
    format!("{} {}: {word}, {}", result.step, result.check, text(&result.summary))
}

fn signed(record: &SignOffRecord) -> String {
    let role = record
        .role
        .as_ref()
        .map_or_else(String::new, |role| format!(" as {}", text(role.as_str())));
    let note = record.note.as_ref().map_or_else(String::new, |note| format!(": {}", text(note)));
    format!("signed {}{role}{note}", record.step)
}

fn called(call: &CallRecord) -> String {
    let reason = call.reason.as_ref().map_or_else(String::new, |why| format!(": {}", text(why)));
    let (role, verdict) = (text(call.role.as_str()), call.saw.verdict.words());
    format!("said {} to {} for {role}, seeing {verdict}{reason}", call.call.word(), call.step)
}

fn short(head: &str) -> String {
    head.chars().take(12).collect()
}

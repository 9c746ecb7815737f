//! Which of our kinds of record an older program must understand.
//!
//! A kind that changes where a launch stands is written with `"must":true`: a program that does
//! not know it would show a wrong standing, so it shows the launch read-only instead of signing on
//! top of it. What only adds to the story is `"must":false` and may be skipped.

use crate::launch::event::Event;

/// Whether a program that does not know this kind must stop writing.
pub(super) fn is_mandatory(event: &Event) -> bool {
    match event {
        Event::JournalOpened { .. }
        | Event::RunbookPinned { .. }
        | Event::CheckResult(_)
        | Event::StepSigned(_)
        | Event::StepWaived { .. }
        | Event::StepSkipped { .. }
        | Event::StepReopened { .. }
        // Who does not know that money is on its way may send it again.
        | Event::MoneyConfirmed(_)
        | Event::MoneyPrepared(_)
        | Event::MoneyAnswered(_)
        | Event::MoneyObserved(_)
        | Event::CallGiven(_)
        | Event::HoldLifted { .. }
        | Event::RollbackCalled { .. }
        // Who does not know that a threshold is crossed would sign over it.
        | Event::ThresholdCrossed(_)
        | Event::ThresholdCleared(_) => true,
        // A run that is not seen to begin or end changes no verdict; its results do.
        Event::StepStarted { .. }
        | Event::StepFinished { .. }
        // Trust and arming allow more; not knowing them allows less.
        | Event::RunbookTrusted { .. }
        | Event::HostArmed { .. }
        | Event::JournalRecovered { .. }
        | Event::Note { .. }
        | Event::AlertTaken { .. }
        | Event::AlertSent { .. }
        | Event::ReportExported { .. }
        | Event::Other { .. } => false,
    }
}

/// The names of all kinds that this program knows; a test compares them with [`Event`].
pub(super) const KNOWN: [&str; 25] = [
    "journal.opened",
    "journal.recovered",
    "runbook.pinned",
    "runbook.trusted",
    "host.armed",
    "step.started",
    "check.result",
    "step.finished",
    "step.signed",
    "step.waived",
    "step.skipped",
    "step.reopened",
    "call.given",
    "hold.lifted",
    "rollback.called",
    "note",
    "report.exported",
    "money.confirmed",
    "money.prepared",
    "money.answered",
    "money.observed",
    "threshold.crossed",
    "threshold.cleared",
    "alert.taken",
    "alert.sent",
];

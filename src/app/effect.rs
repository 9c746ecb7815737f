//! What the core wants done: plain data, performed by `runtime::perform`.

use crate::app::demo::DemoAct;
use crate::launch::decide::Command;
use crate::launch::event::RunId;
use crate::launch::money::Confirmed;
use crate::runbook::model::{InputName, StepId};
use crate::secrets::Secret;
use crate::week::{Look, Spot};

/// Marks a request, so that its answer finds the dialog or step that waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What the first week asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Begin to watch the logs.
    Open(Look),
    /// Watch no longer.
    Close,
    /// Look at another time range.
    Look(Look),
    /// Read these lines again; answered by `Msg::WeekQuoted`.
    Quote {
        /// Comes back in the answer.
        ticket: Ticket,
        /// The lines.
        spots: Vec<Spot>,
    },
}

/// Something for the runtime to do. Each has exactly one arm in `runtime::perform`.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Record something; answered by `Msg::Submitted` once it is on disk or refused.
    Submit {
        /// Comes back in the answer.
        ticket: Ticket,
        /// Who does it.
        by: String,
        /// What.
        command: Command,
    },
    /// Find out what verifying these steps would send; answered by `Msg::Planned`.
    Plan {
        /// Comes back in the answer.
        ticket: Ticket,
        /// The steps.
        steps: Vec<StepId>,
    },
    /// Run the checks of these steps; answered by `Msg::RunStarted`, `Msg::Progress` and, through
    /// the journal, by entries; `Msg::RunEnded` last.
    Verify {
        /// Who does it.
        by: String,
        /// The steps.
        steps: Vec<StepId>,
        /// Hosts to which validly signed probes may go, typed by the operator.
        armed: Vec<String>,
        /// Movements of real money, typed by the operator.
        confirmed: Vec<Confirmed>,
    },
    /// Stop a run; it ends with `Msg::RunEnded`.
    Cancel {
        /// Which.
        run: RunId,
    },
    /// Keep a secret that the operator typed.
    Answer {
        /// For which input.
        input: InputName,
        /// The secret.
        secret: Secret,
    },
    /// Write a report next to `golive.yaml`; answered by `Msg::Reported`.
    Report {
        /// `markdown`, `json` or `junit`.
        format: String,
        /// Who does it.
        by: String,
    },
    /// Do what the demo's panel asks for; answered by `Msg::Demo`.
    Demo(DemoAct),
    /// Watch the first week; answered by `Msg::Week` and `Msg::WeekQuoted`.
    Week(Ask),
    /// Put a text on the clipboard of the terminal (OSC 52); never a secret.
    Copy {
        /// The text.
        text: String,
    },
    /// Switch mouse reporting.
    Mouse {
        /// On or off.
        on: bool,
    },
    /// Leave the screen, stop like any job, come back on `fg`.
    Suspend,
    /// Draw everything anew, whatever the terminal shows now.
    Repaint,
    /// End: wait for the journal's writer, restore the terminal, leave.
    Quit,
}

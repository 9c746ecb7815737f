//! What comes in: keys, journal entries, answers, the clock. The only way to change the model.

use crokey::KeyCombination;

use crate::app::demo::{DemoAct, DemoView};
use crate::app::effect::Ticket;
use crate::checks::{Planned, Progress};
use crate::events::feed::Quoted;
use crate::launch::event::{Entry, RunId};
use crate::launch::money::Limits;
use crate::launch::standing::World;
use crate::runbook::model::{CheckName, InputName, StepId};
use crate::time::Timestamp;
use crate::week::Sight;

/// What verifying some steps would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plans {
    /// What each check of each step would do.
    pub planned: Vec<(StepId, CheckName, Planned)>,
    /// The `prompt` secrets that have to be typed first.
    pub prompts: Vec<InputName>,
    /// The most that may be charged.
    pub limits: Limits,
}

/// Something that happened outside the core.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyCombination),
    /// Text was pasted; never a command.
    Paste(String),
    /// The mouse was pressed at a cell.
    Click {
        /// Column, from 0.
        column: u16,
        /// Row, from 0.
        row: u16,
    },
    /// The wheel was turned; down is positive.
    Wheel {
        /// Column, from 0.
        column: u16,
        /// Row, from 0.
        row: u16,
        /// Lines.
        lines: i16,
    },
    /// The terminal has this size now.
    Resize {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// The time; sent when something on screen depends on it.
    Now(Timestamp),
    /// New journal entries, one's own or others', in order, each once.
    Entries(Vec<Entry>),
    /// The world is as described.
    World(World),
    /// The journal can not be written any more; the text says why and what to do.
    ReadOnly(String),
    /// The answer to `Effect::Submit`; the entries have come before it. The error is the text to
    /// show.
    Submitted {
        /// Of the request.
        ticket: Ticket,
        /// Saved, or why not.
        result: Result<(), String>,
    },
    /// The answer to `Effect::Plan`.
    Planned {
        /// Of the request.
        ticket: Ticket,
        /// The plans, or why there are none.
        result: Result<Plans, String>,
    },
    /// The checks of a step began.
    RunStarted {
        /// The step.
        step: StepId,
        /// The run.
        run: RunId,
    },
    /// A check says how far it is.
    Progress {
        /// The run.
        run: RunId,
        /// The check.
        check: CheckName,
        /// How far.
        progress: Progress,
    },
    /// The checks of a step are over; the results have come as entries. Comes once for every step
    /// of an `Effect::Verify`, also for one that was cancelled or refused before it began.
    RunEnded {
        /// The step.
        step: StepId,
        /// The run; empty when there was none.
        run: RunId,
        /// Why they could not be run or recorded, if so.
        error: Option<String>,
    },
    /// The answer to `Effect::Report`: where it was written, or why not.
    Reported(Result<String, String>),
    /// The answer to `Effect::Demo`: how the demo stands, or why it could not be done.
    Demo {
        /// What.
        act: DemoAct,
        /// How it stands now, or why it could not be done.
        result: Result<Box<DemoView>, String>,
    },
    /// What there is to see of the first week.
    Week(Sight),
    /// The answer to `Ask::Quote`: the lines that are still there.
    WeekQuoted {
        /// Of the request.
        ticket: Ticket,
        /// The lines.
        lines: Vec<Quoted>,
    },
    /// Something went wrong that no request waits for.
    Trouble(String),
}

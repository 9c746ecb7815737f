//! Where a launch stands: a pure fold of runbook and journal.
//!
//! `journal` feeds entries to [`Launch::apply`]; faces ask [`Launch::standing`] and show the
//! answer; what somebody wants to do goes through [`decide::decide`]. Nothing here does I/O or
//! reads the clock.

pub mod decide;
pub mod event;
pub mod outcome;
pub mod standing;

use std::sync::Arc;

use crate::launch::event::Entry;
use crate::launch::standing::{Standing, Verdict, VerdictKind, World};
use crate::runbook::model::Runbook;
use crate::time::Timestamp;

/// A launch: one runbook and everything that has happened so far.
#[derive(Clone, Debug)]
pub struct Launch {
    runbook: Arc<Runbook>,
}

impl Launch {
    /// A launch in which nothing has happened yet.
    #[must_use]
    pub fn new(runbook: Arc<Runbook>) -> Self {
        Self { runbook }
    }

    /// The runbook that it is walked with.
    #[must_use]
    pub fn runbook(&self) -> &Arc<Runbook> {
        &self.runbook
    }

    /// Takes in one entry of the journal; entries come in order, each once.
    pub fn apply(&mut self, _entry: &Entry) {}

    /// Where the launch stands at `now`, in the world as it is.
    #[must_use]
    pub fn standing(&self, _now: Timestamp, _world: &World) -> Standing {
        Standing {
            sections: Vec::new(),
            steps: Vec::new(),
            verdict: Verdict {
                kind: VerdictKind::NotYet,
                blockers: Vec::new(),
                risks: Vec::new(),
                unknowns: Vec::new(),
                open: Vec::new(),
            },
            next: None,
            archived: Vec::new(),
            changes_at: None,
        }
    }

    /// The journal's random id, once there is one.
    #[must_use]
    pub fn journal_id(&self) -> Option<&str> {
        None
    }

    /// Whether somebody has trusted the commands of the runbook that is loaded.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        false
    }

    /// Every entry so far, in order: the audit trail.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &[]
    }
}

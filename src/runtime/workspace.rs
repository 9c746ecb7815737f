//! An opened launch: its runbook, configuration, journal and where it stands.
//!
//! The one way in which every face (screen, plain walk, commands) reads and writes a launch, so
//! that all of them see and allow the same things.

use std::sync::Arc;

use crate::config::Config;
use crate::failure::Failure;
use crate::journal::{Head, Journal};
use crate::launch::Launch;
use crate::launch::decide::Command;
use crate::launch::event::{Actor, Entry};
use crate::launch::standing::{Standing, World};
use crate::runbook::model::Runbook;
use crate::runtime::clock::Clock;

/// An opened launch.
pub struct Workspace {
    /// The configuration in force.
    pub config: Arc<Config>,
    launch: Launch,
    journal: Journal,
    world: World,
    clock: Arc<dyn Clock>,
}

/// A workspace that background tasks and a face use in turn.
pub type SharedWorkspace = Arc<std::sync::Mutex<Workspace>>;

impl Workspace {
    /// Opens the launch that `config` names, with its journal as it stands; creates nothing.
    ///
    /// # Errors
    /// When the journal is there and can not be used.
    pub fn open(
        config: Arc<Config>,
        runbook: Arc<Runbook>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        let _ = (config, runbook, clock);
        Err(Failure::new(crate::failure::FailureKind::Other, "not yet"))
    }

    /// Reads what others have written since the last call; the new entries, in order.
    ///
    /// # Errors
    /// When what has come can not be trusted.
    pub fn refresh(&mut self) -> Result<Vec<Entry>, Failure> {
        Ok(Vec::new())
    }

    /// Records what `by` wants to do; the new entries (others' first), once they are on disk. The
    /// first submit creates the journal and pins the runbook.
    ///
    /// # Errors
    /// When the launch refuses it (kind `Refused`) or the journal can not be written (kind
    /// `State`).
    pub fn submit(&mut self, by: &Actor, command: &Command) -> Result<Vec<Entry>, Failure> {
        let _ = (by, command);
        Ok(Vec::new())
    }

    /// Looks at the world again (inputs, fingerprints, commits); whether it changed.
    pub fn look_around(&mut self) -> bool {
        false
    }

    /// Where the launch stands now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.launch.standing(self.clock.now(), &self.world)
    }

    /// The launch.
    #[must_use]
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// The runbook.
    #[must_use]
    pub fn runbook(&self) -> &Arc<Runbook> {
        self.launch.runbook()
    }

    /// The world as last looked at.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The journal's head.
    #[must_use]
    pub fn head(&self) -> Head {
        self.journal.head()
    }

    /// Why nothing can be recorded, when nothing can.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        self.journal.read_only()
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }
}

//! An opened launch: its runbook, configuration, journal and where it stands.
//!
//! The one way in which every face (screen, plain walk, commands) reads and writes a launch, so
//! that all of them see and allow the same things. Checks are run by `runtime::run`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::checks::demo::DemoGround;
use crate::checks::webhook::pace::Lanes;
use crate::config::{Config, PersonConfig};
use crate::failure::{Failure, FailureKind};
use crate::journal::{Access, AppendError, Head, Journal};
use crate::launch::Launch;
use crate::launch::decide::{Command, Refusal, decide};
use crate::launch::event::{Actor, Entry, Event, RunId};
use crate::launch::standing::{Person, Standing, World};
use crate::runbook::model::Runbook;
use crate::runtime::clock::Clock;
use crate::runtime::living::{self, Life};
use crate::runtime::world;
use crate::time::Timestamp;

/// How long a run may go on before it counts as interrupted, where nothing is known of its process.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// An opened launch.
pub struct Workspace {
    /// The configuration in force.
    pub config: Arc<Config>,
    launch: Launch,
    journal: Journal,
    world: World,
    clock: Arc<dyn Clock>,
    /// The id that the journal gets if this process is the one that creates it.
    journal_id: String,
    /// Entries that are applied here and that no caller has been handed yet.
    unseen: Vec<Entry>,
    lanes: Arc<Lanes>,
    demo: Option<Arc<DemoGround>>,
}

/// A workspace that background tasks and a face use in turn.
pub type SharedWorkspace = Arc<Mutex<Workspace>>;

/// Takes the workspace for a moment; a panic elsewhere does not take it away from the rest.
pub fn lock(workspace: &SharedWorkspace) -> MutexGuard<'_, Workspace> {
    workspace.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Workspace {
    /// Opens the launch that `config` names, with its journal as it stands; creates nothing.
    ///
    /// # Errors
    /// When the journal is there and can not be used.
    pub fn open(
        config: Arc<Config>,
        runbook: Arc<Runbook>,
        clock: Arc<dyn Clock>,
        access: Access,
    ) -> Result<Self, Failure> {
        let journal = Journal::open(&config.state, access).map_err(|error| state(&error))?;
        let mut workspace = Self {
            launch: Launch::new(runbook),
            journal,
            world: World {
                own: living::own(),
                patience: PATIENCE,
                people: people(&config),
                ..World::default()
            },
            clock,
            journal_id: uuid::Uuid::new_v4().simple().to_string(),
            unseen: Vec::new(),
            lanes: Arc::default(),
            demo: None,
            config,
        };
        let entries = workspace.journal.read_new().map_err(|error| state(&error))?;
        entries.iter().for_each(|entry| workspace.launch.apply(entry));
        workspace.look_around();
        Ok(workspace)
    }

    /// Reads what others have written since the last call; the new entries, in order.
    ///
    /// # Errors
    /// When what has come can not be trusted.
    pub fn refresh(&mut self) -> Result<Vec<Entry>, Failure> {
        let entries = self.journal.read_new().map_err(|error| state(&error))?;
        entries.iter().for_each(|entry| self.launch.apply(entry));
        self.unseen.extend(entries);
        Ok(std::mem::take(&mut self.unseen))
    }

    /// Looks something up in the launch, with what others have written until now. Entries that come
    /// in by it are handed to the next caller of [`refresh`](Self::refresh) or
    /// [`submit`](Self::submit).
    ///
    /// # Errors
    /// When what has come can not be trusted.
    pub fn look_up<T>(&mut self, look: impl FnOnce(&Launch) -> T) -> Result<T, Failure> {
        let entries = self.journal.read_new().map_err(|error| state(&error))?;
        entries.iter().for_each(|entry| self.launch.apply(entry));
        self.unseen.extend(entries);
        Ok(look(&self.launch))
    }

    /// Whether recording this would add anything to the launch as it is known here.
    #[must_use]
    pub fn is_news(&self, by: &Actor, command: &Command) -> bool {
        let decided = decide(&self.launch, command, by, self.clock.now(), &self.world);
        decided.is_ok_and(|events| !events.is_empty())
    }

    /// Records what `by` wants to do; the new entries (others' first), once they are on disk. The
    /// first submit creates the journal; the runbook is pinned whenever it is not the one pinned
    /// last.
    ///
    /// # Errors
    /// When the launch refuses it (kind `Refused`) or the journal can not be written (kind
    /// `State`).
    pub fn submit(&mut self, by: &Actor, command: &Command) -> Result<Vec<Entry>, Failure> {
        let now = self.clock.now();
        let Self { launch, journal, world, config, journal_id, unseen, .. } = self;
        let mut others = 0;
        let written = journal.append(by, now, |entries| {
            others = entries.len();
            entries.iter().for_each(|entry| launch.apply(entry));
            unseen.extend_from_slice(entries);
            look_at_runs(launch, world);
            let mut events = preamble(launch, config, journal_id, by, now, world)?;
            events.extend(decide(launch, command, by, now, world)?);
            Ok(events)
        });
        let entries = written.map_err(|error: AppendError<Refusal>| match error {
            AppendError::Refused(refusal) => refused(&refusal),
            AppendError::Journal(error) => state(&error),
        })?;
        let own = entries.into_iter().skip(others);
        own.for_each(|entry| {
            self.launch.apply(&entry);
            self.unseen.push(entry);
        });
        Ok(std::mem::take(&mut self.unseen))
    }

    /// The ways to the hosts that checks ask, shared by all runs of this process.
    #[must_use]
    pub fn lanes(&self) -> &Arc<Lanes> {
        &self.lanes
    }

    /// The same launch as that of the demo, whose merchant is this process.
    #[must_use]
    pub fn at_demo(mut self, ground: Arc<DemoGround>) -> Self {
        self.demo = Some(ground);
        self
    }

    /// What is known about the merchant, where the launch is the demo.
    #[must_use]
    pub fn demo(&self) -> Option<&Arc<DemoGround>> {
        self.demo.as_ref()
    }

    /// Looks at the world again (inputs, fingerprints, commits); whether it changed.
    pub fn look_around(&mut self) -> bool {
        let facts = world::facts(&self.config, self.runbook(), self.fingerprint_key());
        let changed = facts != self.world.facts;
        self.world.facts = facts;
        look_at_runs(&self.launch, &mut self.world) || changed
    }

    /// The key of the fingerprints that stand in this launch's journal for secrets.
    #[must_use]
    pub fn fingerprint_key(&self) -> &str {
        self.launch.journal_id().unwrap_or(&self.journal_id)
    }

    /// Marks a run as going on in this process, until it is marked over.
    pub(crate) fn mark_running(&mut self, run: &RunId, going: bool) {
        self.world.running.retain(|other| other != run);
        if going {
            self.world.running.push(run.clone());
        }
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

/// Looks which runs of other processes still go on; whether that changed.
fn look_at_runs(launch: &Launch, world: &mut World) -> bool {
    let (mut gone, mut alive) = (Vec::new(), Vec::new());
    for (run, process) in launch.runs() {
        // Another launch of this process may have it going.
        let Some(process) = process.filter(|process| world.own.as_ref() != Some(*process)) else {
            continue;
        };
        match living::life(process) {
            Life::Gone => gone.push(run.clone()),
            Life::Alive => alive.push(run.clone()),
            Life::Unknown => {}
        }
    }
    let changed = gone != world.gone || alive != world.alive;
    (world.gone, world.alive) = (gone, alive);
    changed
}

/// The people of the team file, as the launch holds their roles against what they do.
fn people(config: &Config) -> Vec<Person> {
    let person =
        |person: &PersonConfig| Person { name: person.name.clone(), roles: person.roles.clone() };
    config.people.iter().map(person).collect()
}

/// What has to be recorded before anything else: the journal's birth and the runbook in force.
fn preamble(
    launch: &Launch,
    config: &Config,
    journal_id: &str,
    by: &Actor,
    now: Timestamp,
    world: &World,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    if launch.entries().is_empty() {
        let open = Command::Open {
            journal: journal_id.to_owned(),
            launch: config.launch.clone(),
            program: concat!("golive ", env!("CARGO_PKG_VERSION")).to_owned(),
        };
        events.extend(decide(launch, &open, by, now, world)?);
    }
    events.extend(decide(launch, &Command::PinRunbook, by, now, world)?);
    Ok(events)
}

/// The launch's no, as a failure.
fn refused(refusal: &Refusal) -> Failure {
    let failure = Failure::new(FailureKind::Refused, &refusal.message);
    match &refusal.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The journal's trouble, as a failure.
fn state(error: &dyn std::error::Error) -> Failure {
    Failure::new(FailureKind::State, "the journal of this launch can not be used").because(error)
}

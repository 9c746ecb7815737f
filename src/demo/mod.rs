//! The demo: a merchant and a MintCash on loopback, in this process, with faults to switch on.
//!
//! ```text
//! Demo ─┬─ twin     MintCash, both environments          crate::twin
//!       ├─ shop     the merchant's servers               shop/
//!       ├─ folder   golive.yaml, repository, logs        folder/
//!       └─ faults   what is wrong now                    catalogue/, fault.rs
//! ```
//!
//! Started by `golive demo` and by tests. The rules it keeps: nothing but loopback is contacted,
//! nothing but its own folder is written, and what is simulated is called so.

pub mod catalogue;
pub mod customer;
pub mod fault;
mod folder;
mod host;
mod keys;
pub mod operator;
mod shop;
pub mod verdict;
pub mod week;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::checks::demo::DemoGround;
use crate::config::{self, Config, Flags, Sources};
use crate::demo::fault::{Active, Change, Fault};
use crate::demo::folder::{Folder, Log, Part, Places};
use crate::demo::keys::Keys;
use crate::demo::shop::{Papers, Shop};
use crate::failure::{Failure, FailureKind};
use crate::journal::Access;
use crate::mintcash::envelope::Environment;
use crate::runbook::model::Runbook;
use crate::runtime::clock::{Clock as _, SystemClock};
use crate::runtime::workspace::Workspace;
use crate::twin::{self, Handle, Twin};

pub use shop::Pace;

/// The readings of MintCash's documentation that the demo begins with: where charges of
/// subscriptions send events of their payments, these can be refunded through the API; and the
/// sandbox, where time is not stepped, is done with a refund when it answers.
const READINGS: [&str; 2] = ["live:subscription-payment-events", "test:refunds-at-once"];

/// How a demo is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where its folder is to be kept; a temporary one when left out.
    pub folder: Option<PathBuf>,
    /// How slow the shop is where a fault makes it slow.
    pub pace: Pace,
}

impl Default for Options {
    fn default() -> Self {
        Self { folder: None, pace: Pace::REAL }
    }
}

/// A running demo.
pub struct Demo {
    twin: Handle,
    running: Mutex<Option<Twin>>,
    shop: Shop,
    folder: Folder,
    keys: Keys,
    on: Mutex<Active>,
    opened: Mutex<Option<Arc<Config>>>,
}

/// The demo's launch, opened.
pub struct Opened {
    /// Its configuration.
    pub config: Arc<Config>,
    /// Its runbook.
    pub runbook: Arc<Runbook>,
    /// The launch with its journal.
    pub workspace: Workspace,
}

impl Demo {
    /// Starts everything, without a fault.
    ///
    /// # Errors
    /// When a port or the folder can not be had.
    pub async fn start(options: &Options) -> Result<Self, Failure> {
        let now = SystemClock.now();
        let papers = Papers::make(now).map_err(|why| failed("no certificate can be made", &why))?;
        let papers = Arc::new(papers);
        let seed = Uuid::new_v4().as_u64_pair().0;
        let roots = Some(papers.roots().as_ref().clone());
        let options_of_twin = twin::Options {
            seed,
            roots,
            speed: 1.0,
            switches: READINGS.map(str::to_owned).into(),
            ..twin::Options::at(now)
        };
        let twin = Twin::start(options_of_twin).await?;
        let handle = twin.handle();
        let keys = Keys::of(&handle);
        let unwritten = |error| failed("the demo's folder can not be written", &error);
        let folder = Folder::create(options.folder.as_deref(), now).map_err(unwritten)?;
        let log = Log::begin(&folder.path("logs"), now).map_err(unwritten)?;
        let shop = Shop::open(keys.clone(), log.clone(), papers, options.pace).await;
        let shop = shop.map_err(|error| failed("the demo's shop can not be opened", &error))?;
        let trial = shop::checkout::trial(&handle, &keys, &log, &shop.returns(), now).await;
        let trial = trial.map_err(|why| failed("the demo's order can not be paid", &why))?;
        let places = Places {
            trial,
            webhook: shop.webhook(),
            old_webhook: shop.old_webhook(),
            effects: shop.effects(),
            returns: shop.returns(),
            live: handle.url(Environment::Live),
            sandbox: handle.url(Environment::Test),
        };
        folder.configure(&places).map_err(unwritten)?;
        for part in Part::ALL {
            folder.write(part, &[], &keys).map_err(unwritten)?;
        }
        let registered = handle.set_webhook(Environment::Live, Some(shop.webhook()));
        registered.map_err(|why| failed("the demo's webhook can not be registered", &why))?;
        Ok(Self {
            twin: handle,
            running: Mutex::new(Some(twin)),
            shop,
            folder,
            keys,
            on: Mutex::default(),
            opened: Mutex::default(),
        })
    }

    /// Opens its launch. Of the process's own settings only those count that say how things look.
    ///
    /// # Errors
    /// When `golive.yaml` or the journal can not be used.
    pub async fn open(&self, flags: Flags) -> Result<Opened, Failure> {
        let root = self.folder.root().to_owned();
        // The name of whoever tries the demo is no name of its people; one that is typed may be.
        let own = std::env::var("GOLIVE_AS").ok();
        let flags =
            Flags { signer: flags.signer.filter(|name| own.as_ref() != Some(name)), ..flags };
        let looks = ["GOLIVE_THEME", "GOLIVE_ASCII", "GOLIVE_MOUSE"];
        let mut env = Sources::of_process(Flags::default())?.env;
        env.retain(|name, _| looks.contains(&name.as_str()));
        let sources = Sources {
            env,
            flags: Flags { config: Some(root.join("golive.yaml")), ..flags },
            cwd: root,
            ..Sources::default()
        };
        let (config, runbook) = config::open(sources)?;
        config.inputs.warm().await;
        let config = Arc::new(config);
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&config));
        let clock = Arc::new(SystemClock);
        let workspace =
            Workspace::open(Arc::clone(&config), Arc::clone(&runbook), clock, Access::Append)?;
        let workspace = workspace.at_demo(Arc::new(self.ground()));
        Ok(Opened { config, runbook, workspace })
    }

    /// What its checks have to know.
    #[must_use]
    pub fn ground(&self) -> DemoGround {
        DemoGround {
            roots: Arc::clone(self.shop.papers().roots()),
            cleartext_port: self.shop.cleartext_port(),
        }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.root()
    }

    /// Whether the folder goes away with the demo.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.folder.is_temporary()
    }

    /// The way to its MintCash.
    #[must_use]
    pub fn twin(&self) -> &Handle {
        &self.twin
    }

    /// How many events the shop has taken.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.shop.count()
    }

    /// Lets the first week pass: its logs, and those of two weeks before it, are laid down in the
    /// folder, so that they end now. They are simulated, as all of it.
    ///
    /// # Errors
    /// When they can not be written.
    pub fn pass_week(&self) -> Result<(), Failure> {
        let passed = self.folder.pass_week(&self.on(), &self.keys);
        passed.map_err(|error| failed("the logs of the first week can not be written", &error))
    }

    /// Whether it has passed.
    #[must_use]
    pub fn week_has_passed(&self) -> bool {
        self.folder.week_has_passed()
    }

    /// The faults that are on.
    #[must_use]
    pub fn on(&self) -> Vec<&'static Fault> {
        let on = self.on.lock().unwrap_or_else(PoisonError::into_inner).clone();
        catalogue::all().filter(|fault| on.contains(fault.name)).collect()
    }

    /// Switches a fault on or off.
    ///
    /// # Errors
    /// When there is no such fault, or it can not be had.
    pub async fn switch(&self, name: &str, on: bool) -> Result<(), Failure> {
        let Some(fault) = catalogue::find(name) else {
            let failure = Failure::new(FailureKind::Usage, format!("there is no fault `{name}`"));
            return Err(match catalogue::near(name) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("`golive demo --list-faults` lists them"),
            });
        };
        {
            let mut active = self.on.lock().unwrap_or_else(PoisonError::into_inner);
            if on {
                active.insert(fault.name)
            } else {
                active.remove(fault.name)
            };
        }
        self.apply(fault, on).await
    }

    async fn apply(&self, fault: &Fault, on: bool) -> Result<(), Failure> {
        let all = self.on();
        let switches = if let Change::Provider(switches) = fault.change { switches } else { &[] };
        for switch in switches {
            let switched = self.twin.switch(switch, on || is_wanted(switch, &all));
            switched.map_err(|why| failed("the provider can not be switched", &why))?;
        }
        if let Some(part) = Part::of(&fault.change) {
            let written = self.folder.write(part, &all, &self.keys);
            written.map_err(|error| failed("the demo's folder can not be written", &error))?;
            if part == Part::Secrets {
                self.read_secrets_again().await;
            }
        }
        self.shop.set(&all);
        Ok(())
    }

    /// The launch's inputs keep a secret that they have read.
    async fn read_secrets_again(&self) {
        let config = self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(config) = config {
            config.inputs.forget().await;
            config.inputs.warm().await;
        }
    }

    /// Ends everything: ports closed, and a temporary folder gone.
    pub async fn stop(self) {
        self.shop.close().await;
        let twin = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(twin) = twin {
            twin.stop().await;
        }
    }
}

/// Whether one of these faults needs a switch of the twin.
fn is_wanted(switch: &str, on: &[&Fault]) -> bool {
    on.iter().any(|fault| matches!(fault.change, Change::Provider(all) if all.contains(&switch)))
}

fn failed(what: &str, why: &(impl std::fmt::Display + ?Sized)) -> Failure {
    Failure::new(FailureKind::Other, format!("{what}: {why}"))
}

//! The folder of a demo: `golive.yaml`, the shop's repository, secrets, logs, the launch's state.
//!
//! ```text
//! golive.yaml   what golive knows about the shop
//! shop/         a git repository: source, configuration         source.rs, history.rs
//! secrets/      0600, outside the source                        secrets.rs
//! logs/         requests sent, events taken, as JSON Lines      log.rs, week.rs
//! state/        the journal of this launch
//! .demo         whose temporary folder it is                    stale.rs
//! ```
//!
//! The rule it keeps: everything follows from the faults that are on, so that a fault that is
//! switched off leaves nothing behind.

mod history;
mod log;
mod secrets;
mod source;
mod stale;
mod week;

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;
use url::Url;

use crate::demo::fault::{Change, Fault};
use crate::demo::keys::Keys;
use crate::runtime::clock::{Clock as _, SystemClock};
use crate::time::Timestamp;

pub use log::{Log, Taken, request};

/// A demo's folder; a temporary one is removed when this is dropped.
pub struct Folder {
    root: PathBuf,
    temporary: Option<TempDir>,
    began: Timestamp,
    week_has_passed: AtomicBool,
}

/// Where the parts of the demo listen, as `golive.yaml` names them.
#[derive(Clone, Debug)]
pub struct Places {
    /// The live webhook.
    pub webhook: Url,
    /// The old one.
    pub old_webhook: Url,
    /// The number of events that the shop has taken.
    pub effects: Url,
    /// Where the browser comes back to after a payment.
    pub returns: Url,
    /// The live API.
    pub live: Url,
    /// The sandbox.
    pub sandbox: Url,
    /// The id of a payment in the sandbox that can be refunded.
    pub trial: String,
}

impl Folder {
    /// A new folder: the one that was named, which must not hold a demo yet, or a temporary one.
    /// Temporary ones that killed demos have left are removed.
    ///
    /// # Errors
    /// When it can not be made.
    pub fn create(named: Option<&Path>, began: Timestamp) -> io::Result<Self> {
        stale::clean(&std::env::temp_dir());
        let (root, temporary) = match named {
            Some(path) => {
                fs::create_dir_all(path)?;
                if fs::read_dir(path)?.next().is_some() {
                    return Err(io::Error::other("the folder is not empty"));
                }
                (path.canonicalize()?, None)
            }
            None => {
                let folder = tempfile::Builder::new().prefix(stale::PREFIX).tempdir()?;
                stale::mark(folder.path())?;
                (folder.path().canonicalize()?, Some(folder))
            }
        };
        let folder = Self { root, temporary, began, week_has_passed: AtomicBool::new(false) };
        for part in ["shop", "secrets", "logs", "state"] {
            fs::DirBuilder::new().mode(0o700).create(folder.path(part))?;
        }
        Ok(folder)
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether it goes away with the demo.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// A file in it.
    #[must_use]
    pub fn path(&self, part: &str) -> PathBuf {
        self.root.join(part)
    }

    /// Writes `golive.yaml`.
    ///
    /// # Errors
    /// When it can not be written.
    pub fn configure(&self, places: &Places) -> io::Result<()> {
        let Places { webhook, old_webhook, effects, live, sandbox, returns, trial } = places;
        let secrets = secrets::NAMES.map(|name| format!("  {name}: {{ file: secrets/{name} }}\n"));
        let secrets = secrets.concat();
        let text = format!(
            "\
# Written by `golive demo`. Shop, MintCash and money are simulated, on this machine only.
launch: demo
state: state/journal.golive.jsonl
signer: Ada Kim
people:
  - name: Ada Kim
    roles: [engineering]
  - name: Ben Osei
    roles: [finance]
  - name: Chloe Roux
    roles: [support]
inputs:
  webhook_url: {webhook}
  old_webhook_url: {old_webhook}
  effect_count: {{ url: {effects} }}
  api_url: {live}
  sandbox_url: {sandbox}
{secrets}  source: [shop]
  handler_source: [shop/server]
  production_config: [shop/.env.production, shop/docker-compose.yml, \"shop/deploy/*.yaml\"]
  event_log: [\"logs/events*.jsonl\"]
  request_log: [\"logs/requests*.jsonl\"]
  application_log: [\"logs/app*.jsonl\"]
  currency: USD
  charge_amount: \"1.00\"
  charge_cap: \"5.00\"
  launch_cap: \"20.00\"
  return_url: {returns}
  rehearsal_email: rehearsal@shop.example
  rehearsal_country: US
  rehearsal_postal_code: \"10001\"
  subscription_days: \"7\"
  sandbox_payment: {trial}
"
        );
        fs::write(self.path("golive.yaml"), text)
    }

    /// Writes the part of the folder that a fault changes, as it is with the faults that are on.
    ///
    /// # Errors
    /// When it can not be written.
    pub fn write(&self, part: Part, on: &[&Fault], keys: &Keys) -> io::Result<()> {
        match part {
            Part::Shop => history::write(&self.path("shop"), on, keys, self.began),
            Part::Secrets => secrets::write(&self.path("secrets"), on, keys),
            Part::Log => log::write_faults(&self.path("logs"), on, self.began),
            Part::Week if self.week_has_passed() => {
                week::write(&self.path("logs"), on, SystemClock.now())
            }
            Part::Week => Ok(()),
        }
    }

    /// Whether the logs of a first week are laid down.
    #[must_use]
    pub fn week_has_passed(&self) -> bool {
        self.week_has_passed.load(Ordering::Relaxed)
    }

    /// Lays down the logs of a first week that ends now.
    ///
    /// # Errors
    /// When they can not be written.
    pub fn pass_week(&self, on: &[&Fault], keys: &Keys) -> io::Result<()> {
        self.week_has_passed.store(true, Ordering::Relaxed);
        self.write(Part::Week, on, keys)
    }
}

/// A part of the folder that faults change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The repository.
    Shop,
    /// The secrets.
    Secrets,
    /// The log of requests.
    Log,
    /// The logs of the first week, once it has passed.
    Week,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Shop, Self::Secrets, Self::Log, Self::Week];

    /// The part that a change is in, if it is in one.
    #[must_use]
    pub fn of(change: &Change) -> Option<Self> {
        match change {
            Change::Source(_) | Change::Configuration(_) | Change::History(_) => Some(Self::Shop),
            Change::Secret(_) => Some(Self::Secrets),
            Change::Log(_) => Some(Self::Log),
            Change::Week(_) => Some(Self::Week),
            Change::Handler(_)
            | Change::Certificate(_)
            | Change::Server(_)
            | Change::OldWebhook(_)
            | Change::Provider(_)
            | Change::Customer(_) => None,
        }
    }
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    let mut options = fs::File::options();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

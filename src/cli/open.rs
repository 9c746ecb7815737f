//! From flags to an opened launch: configuration, runbook, journal.

use std::sync::Arc;

use crate::cli::args::Global;
use crate::cli::console::Console;
use crate::config::{self, Config, Flags, Sources};
use crate::failure::Failure;
use crate::journal::{self, Access};
use crate::runbook::model::Runbook;
use crate::runtime::clock::SystemClock;
use crate::runtime::workspace::Workspace;

/// A launch, opened for one command.
pub struct Opened {
    /// The configuration in force.
    pub config: Arc<Config>,
    /// The runbook in force.
    pub runbook: Arc<Runbook>,
    /// The launch with its journal.
    pub workspace: Workspace,
}

impl Opened {
    /// Why nothing can be recorded, beside that the command only reads.
    #[must_use]
    pub fn closed(&self) -> Option<&str> {
        self.workspace.read_only().filter(|why| *why != journal::READING_ONLY)
    }
}

/// Where configuration comes from.
///
/// # Errors
/// When there is no current folder.
pub fn sources(global: &Global) -> Result<Sources, Failure> {
    Sources::of_process(Flags {
        config: global.config.clone(),
        runbook: global.runbook.clone(),
        state: global.state.clone(),
        launch: global.launch.clone(),
        signer: global.signer.clone(),
        vantage: global.vantage.clone(),
        ..Flags::default()
    })
}

/// The runbook in force, without the rest of the configuration.
///
/// # Errors
/// When it can not be read, or everything that is wrong with it.
pub fn runbook(global: &Global) -> Result<Arc<Runbook>, Failure> {
    config::locate(sources(global)?)?.read_runbook()
}

/// The configuration and the runbook in force. Secrets that cost nothing to fetch are fetched, so
/// that they are kept out of everything that this command writes.
///
/// # Errors
/// Everything that is wrong with the files, at once.
pub async fn config(global: &Global) -> Result<(Config, Arc<Runbook>), Failure> {
    let (config, runbook) = config::open(sources(global)?)?;
    config.inputs.warm().await;
    Ok((config, runbook))
}

/// Opens the launch.
///
/// # Errors
/// When configuration, runbook or journal can not be used.
pub async fn launch(
    console: &mut Console,
    global: &Global,
    access: Access,
) -> Result<Opened, Failure> {
    let (config, runbook) = config(global).await?;
    let config = Arc::new(config);
    if access == Access::Append
        && let Some(warning) = journal::warning(&config.state)
    {
        console.tell(format!("warning: {warning}"));
    }
    let clock = Arc::new(SystemClock);
    let workspace = Workspace::open(Arc::clone(&config), Arc::clone(&runbook), clock, access)?;
    Ok(Opened { config, runbook, workspace })
}

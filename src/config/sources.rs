//! Where configuration can come from, as values: nothing below reads the process by itself, so a
//! test has a home, an environment and flags of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use directories::{BaseDirs, ProjectDirs};

use crate::config::ThemeName;
use crate::failure::{Failure, FailureKind};

/// What was said on the command line. A flag that also has an environment variable may come from
/// either; the origin is told by comparing.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--runbook FILE`
    pub runbook: Option<PathBuf>,
    /// `--state PATH`
    pub state: Option<PathBuf>,
    /// `--launch NAME`
    pub launch: Option<String>,
    /// `--as NAME`
    pub signer: Option<String>,
    /// `verify --vantage NAME`
    pub vantage: Option<String>,
    /// A theme chosen for this run.
    pub theme: Option<ThemeName>,
    /// ASCII glyphs for this run.
    pub ascii: Option<bool>,
    /// The mouse for this run.
    pub mouse: Option<bool>,
}

/// Everything that configuration is read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The current folder, absolute.
    pub cwd: PathBuf,
    /// The home folder; the search for `golive.yaml` ends there, and `~/` means it.
    pub home: Option<PathBuf>,
    /// The folder of the user file `config.yaml`.
    pub config_dir: Option<PathBuf>,
    /// The folder in which each launch has a folder.
    pub state_dir: Option<PathBuf>,
    /// The environment; only names that begin with `GOLIVE_` are looked at.
    pub env: BTreeMap<String, String>,
    /// The flags.
    pub flags: Flags,
}

impl Sources {
    /// Those of this process.
    ///
    /// # Errors
    /// When there is no current folder.
    pub fn of_process(flags: Flags) -> Result<Self, Failure> {
        let cwd = std::env::current_dir().map_err(|error| {
            Failure::new(FailureKind::Other, "the current folder can not be found")
                .because(&error)
                .hint("change into a folder that exists")
        })?;
        let project = ProjectDirs::from("", "", "golive");
        let env = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("GOLIVE_"))
            .collect();
        Ok(Self {
            cwd,
            home: BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            config_dir: project.as_ref().map(|dirs| dirs.config_dir().to_owned()),
            state_dir: project
                .as_ref()
                .map(|dirs| dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned()),
            env,
            flags,
        })
    }

    /// The value of an environment variable; an empty one counts as not set.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

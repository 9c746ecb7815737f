//! The merchant's configuration: `golive.yaml`, user file, environment and flags, layered.
//!
//! Read once when a launch is opened; every value knows where it came from, so that `config show`
//! and error messages can say it. Inputs have the types that the runbook declares, so there are
//! two steps with the runbook between them:
//!
//! ```text
//! Sources ─> locate ─> Located ─ read_runbook ─> Runbook
//!                         └──────── load(&Runbook) ─> Config
//! ```
//!
//! [`open`] does all of it. No flag, variable or file takes a secret's value.

mod document;
pub mod init;
pub mod inputs;
mod layer;
mod load;
mod locate;
mod logs;
pub mod places;
pub mod show;
pub mod sources;
mod values;
pub mod vantage;
pub mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use crate::config::inputs::Inputs;
use crate::events::members::LogMembers;
use crate::runbook::model::Role;
use crate::secrets::SecretRef;
use crate::week::Limits;

pub use load::open;
pub use locate::{Located, locate};
pub use places::{LaunchEntry, launches};
pub use show::{Setting, show};
pub use sources::{Flags, Sources};

/// The configuration in force.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The folder of `golive.yaml`, or the current folder when there is none; relative paths start
    /// here.
    pub base: PathBuf,
    /// The project's file, when there is one.
    pub project_file: Option<PathBuf>,
    /// The launch's name; by default the name of the base folder.
    pub launch: String,
    /// The runbook's file; the built-in one when none is named.
    pub runbook: Option<PathBuf>,
    /// The journal's file.
    pub state: PathBuf,
    /// The merchant's inputs.
    pub inputs: Arc<Inputs>,
    /// The people that `golive.yaml` names, with their roles; may be empty.
    pub people: Vec<PersonConfig>,
    /// Who signs, as far as known (`--as`, `GOLIVE_AS`, the user file).
    pub signer: Option<String>,
    /// The place outside the merchant's network from which this process looks, where one is
    /// declared (`--vantage`, `GOLIVE_VANTAGE`).
    pub vantage: Option<String>,
    /// How the screen looks.
    pub screen: ScreenConfig,
    /// How the first week is watched.
    pub week: Arc<WeekConfig>,
    /// Every value in force with where it came from, for `config show`.
    pub settings: Vec<Setting>,
}

/// How the first week is watched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeekConfig {
    /// Where the members of the merchant's own logs are.
    pub logs: LogMembers,
    /// The limits in force.
    pub limits: Limits,
    /// Who is told when one is crossed.
    pub alert: AlertConfig,
}

/// Who is told when a threshold is crossed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertConfig {
    /// A program and its arguments.
    pub command: Option<Vec<String>>,
    /// A URL.
    pub url: Option<AlertTarget>,
    /// The name of a header that is sent along, and where its value comes from.
    pub header: Option<(String, SecretRef)>,
}

impl AlertConfig {
    /// Whether nobody is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.command.is_none() && self.url.is_none()
    }
}

/// Where an alert is posted to.
#[derive(Clone, Debug, PartialEq)]
pub enum AlertTarget {
    /// A URL as it stands in `golive.yaml`.
    Plain(Url),
    /// One that is kept as a secret.
    Secret(SecretRef),
}

/// A person of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonConfig {
    /// The name to sign with.
    pub name: String,
    /// The roles in which this person may sign.
    pub roles: Vec<Role>,
}

/// How the screen looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreenConfig {
    /// The theme.
    pub theme: ThemeName,
    /// Whether to use only ASCII glyphs.
    pub ascii: bool,
    /// Whether to start with the mouse on.
    pub mouse: bool,
}

/// The themes.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    serde::Deserialize,
    serde::Serialize,
    clap::ValueEnum,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeName {
    /// For a dark terminal background; also readable on others.
    #[default]
    Dark,
    /// For a light background.
    Light,
    /// Strong contrast.
    HighContrast,
    /// No colour at all.
    Mono,
}

#[cfg(test)]
mod tests;

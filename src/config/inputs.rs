//! The inputs in force: what the checks know about this merchant.
//!
//! Built from the layers by `config`, read by checks through [`Inputs`]. A secret input holds its
//! reference; its value is resolved on first use and kept for the life of the process.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use tokio::sync::Mutex;
use url::Url;

use crate::runbook::model::InputName;
use crate::secrets::resolve::{self, Unresolved};
use crate::secrets::{Secret, SecretRef};

/// Where a value came from, for `config show` and for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueOrigin {
    /// The default of the runbook or of the program.
    Default,
    /// The user's own file, with the line where known.
    UserFile(PathBuf, Option<usize>),
    /// The project's `golive.yaml`, with the line where known.
    Project(PathBuf, Option<usize>),
    /// An environment variable.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for ValueOrigin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::UserFile(path, line) | Self::Project(path, line) => {
                write!(out, "{}", path.display())?;
                line.map_or(Ok(()), |line| write!(out, ":{line}"))
            }
            Self::Environment(name) => write!(out, "environment {name}"),
            Self::Flag(name) => write!(out, "flag {name}"),
        }
    }
}

impl fmt::Display for InputValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) | Self::Observer(Observer::Url(url)) => write!(out, "{url}"),
            Self::Secret(reference) => write!(out, "{reference}"),
            Self::Paths(paths) => {
                let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
                out.write_str(&paths.join(", "))
            }
            Self::Globs(globs) => out.write_str(&globs.join(", ")),
            Self::Text(text) | Self::Amount(text) => out.write_str(text),
            Self::Observer(Observer::Command(argv)) => write!(out, "command {}", argv.join(" ")),
        }
    }
}

/// One value, by the kind that the runbook declares for it.
#[derive(Clone, Debug, PartialEq)]
pub enum InputValue {
    /// A URL.
    Url(Url),
    /// A reference to a secret.
    Secret(SecretRef),
    /// Files and folders, made absolute against the folder of `golive.yaml`.
    Paths(Vec<PathBuf>),
    /// Glob patterns, relative to that folder.
    Globs(Vec<String>),
    /// Free text.
    Text(String),
    /// A decimal amount in major units, as written.
    Amount(String),
    /// Where a number of effects can be read.
    Observer(Observer),
}

/// Prints a number: how many effects the handler has had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observer {
    /// A URL whose answer is the number.
    Url(Url),
    /// A command whose output is the number.
    Command(Vec<String>),
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The value.
    pub value: InputValue,
    /// Where it came from.
    pub origin: ValueOrigin,
}

/// All inputs in force.
#[derive(Debug, Default)]
pub struct Inputs {
    values: IndexMap<InputName, Input>,
    base: PathBuf,
    resolved: Mutex<HashMap<InputName, Secret>>,
}

impl Inputs {
    /// Inputs with these values; relative files of secret references are taken from `base`.
    #[must_use]
    pub fn new(values: IndexMap<InputName, Input>, base: PathBuf) -> Self {
        Self { values, base, resolved: Mutex::default() }
    }

    /// Every input that has a value, in the runbook's order.
    pub fn iter(&self) -> impl Iterator<Item = (&InputName, &Input)> {
        self.values.iter()
    }

    /// The value of an input.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Input> {
        self.values.get(&InputName::from(name))
    }

    /// The folder that relative paths are relative to.
    #[must_use]
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The URL under that name.
    #[must_use]
    pub fn url(&self, name: &str) -> Option<&Url> {
        match &self.get(name)?.value {
            InputValue::Url(url) => Some(url),
            _ => None,
        }
    }

    /// The paths under that name; empty when it has no value.
    #[must_use]
    pub fn paths(&self, name: &str) -> &[PathBuf] {
        match self.get(name).map(|input| &input.value) {
            Some(InputValue::Paths(paths)) => paths,
            _ => &[],
        }
    }

    /// The text under that name.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.value {
            InputValue::Text(text) | InputValue::Amount(text) => Some(text),
            _ => None,
        }
    }

    /// The reference of a secret input.
    #[must_use]
    pub fn secret_ref(&self, name: &str) -> Option<&SecretRef> {
        match &self.get(name)?.value {
            InputValue::Secret(reference) => Some(reference),
            _ => None,
        }
    }

    /// The value of a secret input: `None` when `golive.yaml` has no reference for it.
    ///
    /// # Errors
    /// When there is a reference and it can not be resolved.
    pub async fn secret(&self, name: &str) -> Result<Option<Secret>, Unresolved> {
        let Some(reference) = self.secret_ref(name) else { return Ok(None) };
        let key = InputName::from(name);
        let mut resolved = self.resolved.lock().await;
        if let Some(secret) = resolved.get(&key) {
            return Ok(Some(secret.clone()));
        }
        let secret = resolve::resolve(reference, &self.base).await?;
        resolved.insert(key, secret.clone());
        Ok(Some(secret))
    }

    /// The value of a secret input, if something has resolved it already; never waits.
    #[must_use]
    pub fn known(&self, name: &str) -> Option<Secret> {
        self.resolved.try_lock().ok()?.get(&InputName::from(name)).cloned()
    }

    /// Resolves the secrets that cost nothing to fetch (environment, files), so that their
    /// fingerprints are known from the start. What can not be had is said by the check that needs
    /// it, not here.
    pub async fn warm(&self) {
        for (name, input) in &self.values {
            if let InputValue::Secret(SecretRef::Env(_) | SecretRef::File(_)) = input.value {
                let _unresolved_is_said_later = self.secret(name.as_str()).await;
            }
        }
    }

    /// Forgets every secret that was read, so that the next use reads it anew. For the demo, which
    /// changes its secrets while it runs; those that were typed are not asked for again.
    pub async fn forget(&self) {
        let typed = |name: &InputName| {
            let value = self.values.get(name).map(|input| &input.value);
            matches!(value, Some(InputValue::Secret(SecretRef::Prompt)))
        };
        self.resolved.lock().await.retain(|name, _| typed(name));
    }

    /// Keeps a secret that a face has asked for (`prompt`).
    pub async fn answer(&self, name: &str, secret: Secret) {
        crate::secrets::Redactor::shared().register(&secret);
        self.resolved.lock().await.insert(InputName::from(name), secret);
    }
}

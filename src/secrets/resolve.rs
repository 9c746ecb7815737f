//! From a reference to the value.
//!
//! Called by `config::inputs` on first use. Whatever the source, the value has at least six bytes
//! and no NUL or line break inside, since it goes into headers and line protocols; it is registered
//! with the redactor before anybody else sees it.

use std::path::Path;

use crate::secrets::{Redactor, Secret, SecretRef, command, file, keyring};
use crate::text::visible;

/// Why a secret could not be had. Never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reference}: {reason}")]
pub struct Unresolved {
    /// The reference.
    pub reference: String,
    /// What went wrong.
    pub reason: String,
    /// What to do.
    pub hint: Option<String>,
    /// Whether somebody has to be asked for it (`prompt`), which only a face can do.
    pub ask: bool,
}

/// Why one source could not give its value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) says: String,
    pub(super) hint: Option<String>,
}

impl Reason {
    pub(super) fn new(says: impl Into<String>) -> Self {
        Self { says: says.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Fetches the value that `reference` points to and registers it with the shared redactor.
///
/// # Errors
/// When it can not be had; the error names the reference and never holds a value.
pub async fn resolve(reference: &SecretRef, base: &Path) -> Result<Secret, Unresolved> {
    let value = match reference {
        SecretRef::Env(name) => from_environment(name),
        SecretRef::File(path) => read_file(path, base).await,
        SecretRef::Command(argv) => command::run(argv, base, Redactor::shared()).await,
        SecretRef::Keyring { service, user } => keyring::read(service, user).await,
        SecretRef::Prompt => Err(Reason::new("has to be typed")
            .hint("Run this at a terminal, or give an env, file, command or keyring reference")),
    };
    value.and_then(accept).map_err(|reason| unresolved(reference, reason))
}

/// Takes what somebody typed for a `prompt` reference, under the rules for every secret.
///
/// # Errors
/// When it is too short or has a line break or NUL inside.
pub fn typed(value: String) -> Result<Secret, Unresolved> {
    accept(value).map_err(|reason| unresolved(&SecretRef::Prompt, reason))
}

fn unresolved(reference: &SecretRef, reason: Reason) -> Unresolved {
    let redactor = Redactor::shared();
    Unresolved {
        reference: visible(&redactor.clean(&reference.to_string()), 200),
        reason: redactor.clean(&reason.says).into_owned(),
        hint: reason.hint.map(|hint| redactor.clean(&hint).into_owned()),
        ask: *reference == SecretRef::Prompt,
    }
}

/// The rules for every secret's value.
fn accept(value: String) -> Result<Secret, Reason> {
    let secret = Secret::new(value);
    let bytes = secret.expose().as_bytes();
    Redactor::shared().register(&secret);
    if bytes.is_empty() {
        return Err(Reason::new("the value is empty"));
    }
    if bytes.len() < Secret::SHORTEST {
        return Err(Reason::new(format!(
            "the value has fewer than {} bytes, too few for a secret",
            Secret::SHORTEST
        )));
    }
    if bytes.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')) {
        return Err(Reason::new("the value has a line break or NUL inside")
            .hint("The source must give the secret alone, on one line"));
    }
    Ok(secret)
}

fn from_environment(name: &str) -> Result<String, Reason> {
    match std::env::var(name) {
        Ok(value) => Ok(value),
        Err(std::env::VarError::NotPresent) => {
            Err(Reason::new("the variable is not set").hint(format!("Set {name} and start again")))
        }
        Err(std::env::VarError::NotUnicode(_)) => Err(Reason::new("the value is not UTF-8")),
    }
}

async fn read_file(path: &Path, base: &Path) -> Result<String, Reason> {
    let (path, base) = (path.to_owned(), base.to_owned());
    tokio::task::spawn_blocking(move || file::read(&path, &base))
        .await
        .map_err(|_| Reason::new("reading it did not end"))?
}

/// Cuts one trailing line break, which editors and programs put there.
pub(super) fn without_line_end(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

#[cfg(test)]
mod tests;

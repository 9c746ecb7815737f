//! From a reference to the value.

use std::path::Path;

use crate::secrets::{Secret, SecretRef};

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

/// Fetches the value that `reference` points to and registers it with the shared redactor.
///
/// # Errors
/// When it can not be had; the error names the reference and never holds a value.
pub async fn resolve(reference: &SecretRef, base: &Path) -> Result<Secret, Unresolved> {
    let _ = base;
    Err(Unresolved {
        reference: reference.to_string(),
        reason: "not available".into(),
        hint: None,
        ask: false,
    })
}

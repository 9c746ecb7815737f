//! The document that says what must be true: model, loading, validation, the built-in copy.
//!
//! ```text
//! text ─> yaml (tree with positions) ─> conform (shape) ─> rules (the whole) ─> model
//! ```
//!
//! Loading reports all problems at once, each with its place in the text. Nothing here reads
//! files; `config` does and hands the text over.

pub mod conform;
mod describe;
pub mod digest;
pub mod document;
pub mod kinds;
pub mod model;
pub mod nearest;
pub mod path;
pub mod problem;
mod rules;
pub mod schema;
pub mod show;
pub mod validate;
pub mod yaml;

use std::sync::{Arc, OnceLock};

use crate::checks::registry;
use crate::runbook::model::{Origin, Runbook};
pub use crate::runbook::problem::{Problem, Problems};

/// The text of the runbook that is compiled into the program.
pub const BUILT_IN: &str = include_str!("../../runbook.yaml");

/// The runbook that is compiled into the program: MintCash's whole going-live checklist.
#[must_use]
#[expect(clippy::panic, reason = "it is part of the program, and a test loads it")]
pub fn builtin() -> Arc<Runbook> {
    static BUILTIN: OnceLock<Arc<Runbook>> = OnceLock::new();
    BUILTIN
        .get_or_init(|| match parse(BUILT_IN, Origin::BuiltIn) {
            Ok(runbook) => Arc::new(runbook),
            Err(problems) => panic!("the built-in runbook is wrong:\n{problems}"),
        })
        .clone()
}

/// Loads a runbook from its text, with the checks that this program has.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn parse(text: &str, origin: Origin) -> Result<Runbook, Problems> {
    validate::parse(text, origin, registry::all())
}

/// The JSON Schema of a runbook, with the checks that this program has.
#[must_use]
pub fn schema() -> schemars::Schema {
    schema::with_checks(registry::all())
}

#[cfg(test)]
mod tests;

//! The one list of checks: the loader, the schema, the docs and `verify` all read it.

use crate::checks::Check;
use crate::runbook::model::CheckName;

/// All checks, in the order of the documentation.
#[must_use]
pub fn all() -> &'static [&'static dyn Check] {
    &[]
}

/// The check of that name.
#[must_use]
pub fn find(name: &CheckName) -> Option<&'static dyn Check> {
    all().iter().copied().find(|check| check.name() == name.as_str())
}

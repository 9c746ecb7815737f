//! Checks that any runbook can use: `http`, `command`, `file`.
//!
//! They know nothing of the provider, so that a team can extend the runbook or write its own.

pub mod arguments;
pub mod command;
pub mod file;
pub mod http;

#[cfg(test)]
mod tests;

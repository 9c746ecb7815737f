//! The error at the edge: what happened, where, why it matters, what to do; and the exit codes.
//!
//! Made wherever a face has to stop; printed by `main` and shown in a dialog by `ui`, in the same
//! words. Libraries below have their own `thiserror` types and are turned into a [`Failure`] where
//! the context is known.

use std::fmt;

/// Exit codes (design.md section 7), locked by tests.
pub mod exit {
    /// Everything asked for is so.
    pub const OK: u8 = 0;
    /// A check failed, or the verdict is NO-GO.
    pub const FAILED: u8 = 1;
    /// Usage, configuration or runbook error.
    pub const USAGE: u8 = 2;
    /// `status`: waiting for people.
    pub const WAITING: u8 = 3;
    /// `status`: GO WITH RISKS.
    pub const RISKS: u8 = 4;
    /// Something could not be found out.
    pub const UNKNOWN: u8 = 5;
    /// The state file can not be used.
    pub const STATE: u8 = 6;
    /// Interrupted.
    pub const INTERRUPTED: u8 = 130;
}

/// What kind of failure it is; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The command line asks for something that can not be done.
    Usage,
    /// `golive.yaml`, the user file or the environment is wrong.
    Config,
    /// The runbook is wrong.
    Runbook,
    /// The state file can not be used.
    State,
    /// The launch does not allow it now (a gate, a missing signer, a step that changed).
    Refused,
    /// The operator interrupted.
    Interrupted,
    /// Anything else: a file, a terminal, a program.
    Other,
}

/// A failure, ready to be shown.
#[derive(Debug)]
pub struct Failure {
    /// Which kind.
    pub kind: FailureKind,
    /// What happened, one sentence.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do, one sentence each.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure with a message.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    /// Adds an error and everything below it as causes.
    #[must_use]
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            let says = error.to_string();
            // Many errors already end in the words of the one below them.
            if !self.causes.last().is_some_and(|above| above.ends_with(&says)) {
                self.causes.push(says);
            }
            next = error.source();
        }
        self
    }

    /// Adds something to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            FailureKind::Usage | FailureKind::Config | FailureKind::Runbook => exit::USAGE,
            FailureKind::State => exit::STATE,
            FailureKind::Refused | FailureKind::Other => exit::FAILED,
            FailureKind::Interrupted => exit::INTERRUPTED,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.message)?;
        for cause in &self.causes {
            write!(out, "\n  because: {cause}")?;
        }
        for hint in &self.hints {
            write!(out, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

//! Whether what a check said is what a fault's entry in the catalogue promises.

use crate::demo::fault::{Caught, Fault};
use crate::launch::outcome::{Finding, Level, Outcome};

/// Whether the check that claims the fault has said it.
#[must_use]
pub fn is_caught(fault: &Fault, outcome: Outcome, findings: &[Finding]) -> bool {
    let warns = || findings.iter().any(|finding| finding.level == Level::Advisory);
    match fault.caught {
        Caught::Fails => outcome == Outcome::Fail,
        Caught::Doubts => outcome == Outcome::Unknown,
        Caught::Waits => outcome == Outcome::Waiting,
        Caught::Warns => outcome != Outcome::Fail && warns(),
        Caught::Survives => outcome == Outcome::Pass,
    }
}

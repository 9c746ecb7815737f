//! Which steps to verify.

use crate::cli::args::Verify;
use crate::cli::steps;
use crate::failure::{Failure, FailureKind};
use crate::runbook::model::{Runbook, Step};

/// The steps that are named, in the runbook's order; all of them when none is.
///
/// # Errors
/// When a name is not known, or nothing is left.
pub fn steps<'a>(runbook: &'a Runbook, args: &Verify) -> Result<Vec<&'a Step>, Failure> {
    let mut named = Vec::new();
    for typed in &args.steps {
        named.push(&steps::step(runbook, typed)?.id);
    }
    for typed in &args.section {
        named.extend(steps::section(runbook, typed)?.steps.iter().map(|step| &step.id));
    }
    let mut skipped = Vec::new();
    for typed in &args.skip {
        skipped.push(&steps::step(runbook, typed)?.id);
    }
    let all = args.steps.is_empty() && args.section.is_empty();
    let chosen: Vec<_> = runbook
        .steps()
        .filter(|step| (all || named.contains(&&step.id)) && !skipped.contains(&&step.id))
        .collect();
    if chosen.is_empty() {
        return Err(Failure::new(FailureKind::Usage, "no step is left to verify"));
    }
    Ok(chosen)
}

//! From what was typed to a step or section of the runbook.

use crate::failure::{Failure, FailureKind};
use crate::runbook::model::{Runbook, Section, Step, StepId};
use crate::runbook::nearest::nearest;
use crate::text::visible;

/// The step of that id.
///
/// # Errors
/// When there is none; names the one that was probably meant.
pub fn step<'a>(runbook: &'a Runbook, typed: &str) -> Result<&'a Step, Failure> {
    if let Some(step) = runbook.step(&StepId::from(typed)) {
        return Ok(step);
    }
    let failure =
        Failure::new(FailureKind::Usage, format!("there is no step `{}`", visible(typed, 80)));
    if runbook.sections.iter().any(|section| section.id.as_str() == typed) {
        return Err(failure.hint(format!(
            "`{typed}` is a section; its steps are {}",
            ids(runbook, |section| section.id.as_str() == typed)
        )));
    }
    let local = runbook.steps().filter(|step| step.id.as_str().ends_with(&format!(".{typed}")));
    let local: Vec<_> = local.map(|step| step.id.as_str()).collect();
    let meant = match local.as_slice() {
        [only] => Some(*only),
        _ => nearest(typed, runbook.steps().map(|step| step.id.as_str())),
    };
    Err(match meant {
        Some(id) => failure.hint(format!("did you mean `{id}`?")),
        None => failure.hint("`golive runbook show` lists the steps"),
    })
}

/// The section of that id.
///
/// # Errors
/// When there is none; names the one that was probably meant.
pub fn section<'a>(runbook: &'a Runbook, typed: &str) -> Result<&'a Section, Failure> {
    let found = runbook.sections.iter().find(|section| section.id.as_str() == typed);
    found.ok_or_else(|| {
        let says = format!("there is no section `{}`", visible(typed, 80));
        let names: Vec<_> = runbook.sections.iter().map(|section| section.id.as_str()).collect();
        Failure::new(FailureKind::Usage, says).hint(match nearest(typed, names.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the sections are {}", names.join(", ")),
        })
    })
}

fn ids(runbook: &Runbook, of: impl Fn(&Section) -> bool) -> String {
    let sections = runbook.sections.iter().filter(|section| of(section));
    let steps = sections.flat_map(|section| section.steps.iter().map(|step| step.id.as_str()));
    steps.collect::<Vec<_>>().join(", ")
}

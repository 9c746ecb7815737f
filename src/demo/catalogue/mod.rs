//! Every fault that the demo can have, by section of the runbook: one for each thing that golive
//! claims to catch.

mod credentials;
mod first_week;
mod idempotency;
mod rehearsal;
mod signature;
mod webhook;

use crate::demo::fault::Fault;
use crate::runbook::nearest::nearest;

const SECTIONS: [&[Fault]; 6] = [
    credentials::FAULTS,
    webhook::FAULTS,
    signature::FAULTS,
    idempotency::FAULTS,
    rehearsal::FAULTS,
    first_week::FAULTS,
];

/// All faults, in the order of the runbook.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    SECTIONS.into_iter().flatten()
}

/// The fault of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Fault> {
    all().find(|fault| fault.name == name)
}

/// The name that was perhaps meant.
#[must_use]
pub fn near(name: &str) -> Option<&'static str> {
    nearest(name, all().map(|fault| fault.name))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::runbook;

    #[test]
    fn every_fault_has_its_own_name_and_a_step_of_the_runbook() {
        let mut names = HashSet::new();
        for fault in all() {
            assert!(names.insert(fault.name), "{} is there twice", fault.name);
            let plain = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '-';
            let plain = fault.name.chars().all(plain);
            assert!(plain, "{} is not in kebab case", fault.name);
            assert!(fault.about.ends_with('.'), "{} says no sentence", fault.name);
            let book = runbook::builtin();
            assert!(book.step(&fault.step.into()).is_some(), "{} has no step", fault.name);
            assert!(!fault.minds.contains(&fault.check), "{} minds itself", fault.name);
        }
    }
}

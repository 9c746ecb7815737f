use super::*;

#[test]
fn the_built_in_runbook_loads() {
    let runbook = builtin();
    assert_eq!(runbook.sections.len(), 6);
    assert_eq!(runbook.steps().count(), 25);
}

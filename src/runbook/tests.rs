use super::*;
use crate::runbook::model::{Lookup, Step};

#[test]
fn the_built_in_runbook_loads() {
    let runbook = builtin();
    assert_eq!(runbook.sections.len(), 6);
    assert_eq!(runbook.steps().count(), 25);
}

/// A step that asks for one piece of evidence.
fn asking(lookup: &str) -> Step {
    let text = format!(
        "format: 1\nid: a\ntitle: A\nsections:\n  - id: s\n    title: S\n    steps:\n      - id: person\n        \
         title: T\n        why: A program can not.\n        how: Look.\n        severity: blocking\n        \
         sign_off: person\n        evidence:\n          - name: ticket\n            about: The ticket\n            \
         required: true\n{lookup}"
    );
    let runbook = parse(&text, Origin::File("a.yaml".into())).unwrap();
    runbook.steps().next().unwrap().clone()
}

#[test]
fn a_look_up_changes_the_digest_of_its_step_and_its_absence_of_no_step() {
    // As every version before look-ups has computed it; made with `sha256sum`.
    let before = "d1:sha256:ae6d4c381eea97db1803c07850aedc6b13d494c8c00741d3aa1965a5106dd76f";
    assert_eq!(asking("").digest.as_str(), before);
    let with = asking("            lookup: payment\n");
    assert_eq!(with.evidence[0].lookup, Some(Lookup::Payment));
    let after = "d1:sha256:a1dfe77308f1f4070343ff80dbd2c4037fa588c665445b6fa10b5512d52ec2f7";
    assert_eq!(with.digest.as_str(), after);
}

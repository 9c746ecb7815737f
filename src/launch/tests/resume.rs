//! What somebody who comes back is told.

use super::walk;
use crate::launch::decide::Command;
use crate::launch::outcome::CheckReport;
use crate::launch::outcome::Outcome::{self, Fail, Pass};
use crate::launch::since::{Act, Deed, SinceYouLeft, since_you_left};
use crate::launch::testing::{Walk, runbook};

fn told(walk: &Walk, name: Option<&str>) -> SinceYouLeft {
    since_you_left(&walk.launch, &walk.standing(), name).unwrap()
}

#[test]
fn who_returns_is_told_what_others_did_what_changed_and_what_is_next() {
    let mut walk = walk();
    walk.fact("webhook_url", "a");
    walk.verify("Dana", "hook.dedupe", &[CheckReport::new(Pass, "").fact("webhook_url", "a")])
        .unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    let left = walk.now;
    walk.wait(3_600);
    walk.verify("Kim", "hook.signature", &[Outcome::Pass, Fail].map(|o| CheckReport::new(o, "")))
        .unwrap();
    let signed = walk.signing("hook.money", Some("finance"), &[("reference", "SET-1")], None);
    walk.submit("Lee", &signed).unwrap();
    walk.submit("Kim", &Command::Note { step: None, text: "call the bank".into() }).unwrap();
    let run = walk.run_id();
    walk.submit("Kim", &Command::Start { step: "hook.endpoint".into(), run }).unwrap();
    walk.wait(3_600);
    walk.fact("webhook_url", "b");

    let told = told(&walk, Some(" DANA"));
    assert_eq!(told.left, left);
    let said: Vec<_> = told.acts.iter().map(Act::sentence).collect();
    assert_eq!(
        said,
        [
            "Kim verified hook.signature: fail",
            "Lee signed hook.money as finance",
            "Kim noted on the launch: call the bank",
        ]
    );
    assert_eq!(told.stale[0].0.as_str(), "hook.dedupe");
    assert!(told.stale[0].1.iter().any(|says| says.contains("changed from a to b")));
    assert_eq!(told.changed.len(), 1);
    assert_eq!(told.interrupted[0].0.as_str(), "hook.endpoint");
    assert_eq!(
        told.next.as_ref().map(crate::runbook::model::StepId::as_str),
        Some("hook.signature")
    );
    assert!(!told.is_quiet());
}

#[test]
fn who_was_last_here_has_missed_nothing() {
    let mut walk = walk();
    walk.sign("Dana", "hook.dedupe").unwrap_err();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    assert!(told(&walk, Some("Dana")).is_quiet());
    assert!(told(&walk, None).is_quiet(), "whoever it is: nothing came after the last entry");
    assert_eq!(told(&walk, Some("Root")).acts.len(), 1);
}

#[test]
fn a_changed_runbook_is_told() {
    let walk = walk().with_runbook(super::reworded("hook.money"));
    let mut before = super::walk();
    before.check("Dana", "hook.dedupe", Pass).unwrap();
    let walk = before.with_runbook(walk.launch.runbook().clone());
    let told = told(&walk, Some("Dana"));
    assert_eq!(told.acts.last().unwrap().deed, Deed::ChangedRunbook);
}

#[test]
fn of_an_empty_launch_nothing_is_told() {
    let launch = crate::launch::Launch::new(runbook(super::sections()));
    let walk = walk();
    assert_eq!(since_you_left(&launch, &walk.standing(), Some("Dana")), None);
}

use crate::launch::event::Facts;
use crate::launch::outcome::CheckReport;
use crate::launch::outcome::Outcome::{Fail, Pass, Unknown, Waiting};
use crate::launch::standing::StepState;
use crate::launch::standing::VerdictKind;
use crate::launch::testing::{Walk, runbook, section, step, verified};
use crate::runbook::model::{SignOff, Step};

fn hooks() -> Walk {
    let signed = Step { sign_off: SignOff::Person, ..verified("hook.dedupe", &["dedupe"]) };
    Walk::new(runbook(vec![
        section("keys", &[], vec![step("keys.live")]),
        section("hook", &["keys"], vec![verified("hook.signature", &["signature"]), signed]),
    ]))
}

#[test]
fn a_walk_goes_from_locked_to_go() {
    let mut walk = hooks();
    assert_eq!(walk.state("keys.live"), Some(StepState::Ready));
    assert_eq!(walk.state("hook.signature"), Some(StepState::Locked));
    assert_eq!(
        walk.because("hook.signature"),
        "Has to be complete first: Section keys (1 step open)."
    );
    walk.sign("Dana", "keys.live").unwrap();
    assert_eq!(walk.state("hook.signature"), Some(StepState::Open));
    walk.check("Dana", "hook.signature", Fail).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(StepState::Failed));
    assert_eq!(walk.standing().verdict.kind, VerdictKind::NoGo);
    walk.check("Dana", "hook.signature", Waiting).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(StepState::Waiting));
    walk.check("Dana", "hook.signature", Pass).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(StepState::Done));
    walk.check("Dana", "hook.dedupe", Unknown).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(StepState::Unknown));
    assert!(walk.sign("Dana", "hook.dedupe").is_err());
    let noted = walk.signing("hook.dedupe", None, &[], Some("counted rows by hand"));
    walk.submit("Dana", &noted).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(StepState::Done));
    let verdict = walk.standing().verdict;
    assert_eq!(verdict.kind, VerdictKind::GoWithRisks);
    assert_eq!(verdict.risks[0].owner.as_deref(), Some("Dana"));
}

#[test]
fn a_changed_input_makes_a_signed_step_stale_and_says_what_changed() {
    let mut walk = hooks();
    walk.sign("Dana", "keys.live").unwrap();
    walk.fact("webhook_url", "https://a.example");
    let report = CheckReport::new(Pass, "fine").fact("webhook_url", "https://a.example");
    walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(StepState::Done));
    walk.fact("webhook_url", "https://b.example");
    assert_eq!(walk.state("hook.dedupe"), Some(StepState::Stale));
    assert!(
        walk.because("hook.dedupe").contains(
            "Dana signed at 2026-11-23 10:00 UTC; since then webhook_url changed from \
         https://a.example to https://b.example."
        ),
        "{}",
        walk.because("hook.dedupe")
    );
    walk.world.facts = Facts::new();
    walk.fact("webhook_url", "https://a.example");
    assert_eq!(walk.state("hook.dedupe"), Some(StepState::Done));
}

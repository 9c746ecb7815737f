//! What stops counting when time passes, the world changes or the runbook does.

use rstest::rstest;

use super::{FRESH, reopen, reports, reworded, sections, stands, walk};
use crate::launch::outcome::CheckReport;
use crate::launch::outcome::Outcome::{Fail, Pass};
use crate::launch::standing::StepState::{self, Done, Failed, Ready, Stale};
use crate::launch::testing::{Walk, runbook, step};
use crate::runbook::model::{SignOff, Step, StepId};

const DAY: u64 = FRESH.as_secs();

#[test]
fn a_passing_result_is_stale_to_the_millisecond_when_its_time_is_over() {
    let mut walk = walk();
    walk.check("Dana", "hook.endpoint", Pass).unwrap();
    let ends = stands(&walk, "hook.endpoint").fresh_until.unwrap();
    assert_eq!(walk.standing().changes_at, Some(ends));
    walk.wait(DAY - 1);
    assert_eq!(walk.state("hook.endpoint"), Some(Done));
    walk.now = ends;
    assert_eq!(walk.state("hook.endpoint"), Some(Stale));
    assert_eq!(
        walk.because("hook.endpoint"),
        "endpoint last ran at 2026-11-23 10:00 UTC, 24 h ago; its result holds for 24 h. Verify \
         again."
    );
    walk.check("Dana", "hook.endpoint", Pass).unwrap();
    assert_eq!(walk.state("hook.endpoint"), Some(Done));
}

#[test]
fn a_failure_stands_however_old_it_is_and_whatever_changed() {
    let mut walk = walk();
    walk.fact("webhook_url", "https://a.example");
    let report = CheckReport::new(Fail, "not TLS").fact("webhook_url", "https://a.example");
    walk.verify("Dana", "hook.endpoint", &[report]).unwrap();
    walk.wait(2 * DAY);
    walk.fact("webhook_url", "https://b.example");
    assert_eq!(walk.state("hook.endpoint"), Some(Failed));
    assert!(walk.because("hook.endpoint").contains(
        "since then webhook_url changed from https://a.example to https://b.example. Verify again."
    ));
}

#[test]
fn a_result_from_the_future_is_not_trusted_where_its_age_matters() {
    let mut walk = walk();
    walk.wait(30 * DAY);
    walk.check("Dana", "hook.endpoint", Pass).unwrap();
    walk.now = crate::time::Timestamp::from_millis(walk.now.millis() - 86_400_000);
    assert_eq!(walk.state("hook.endpoint"), Some(Stale));
    assert!(walk.because("hook.endpoint").contains("which is in the future: a clock was changed"));
}

#[test]
fn a_changed_fact_of_the_world_makes_a_signed_step_stale_until_it_is_signed_again() {
    let mut walk = walk();
    walk.fact("webhook_url", "https://a.example");
    let report = CheckReport::new(Pass, "fine").fact("webhook_url", "https://a.example");
    walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Done));

    walk.fact("webhook_url", "https://b.example");
    let stale = stands(&walk, "hook.dedupe");
    assert_eq!(stale.state, Stale);
    assert_eq!(stale.changed.len(), 1);
    assert!(
        stale.because.contains(
            &"Dana signed at 2026-11-23 10:00 UTC; since then webhook_url changed from \
          https://a.example to https://b.example."
                .to_owned()
        )
    );
    assert!(walk.sign("Dana", "hook.dedupe").is_err(), "the check is stale, too");

    let report = CheckReport::new(Pass, "fine").fact("webhook_url", "https://b.example");
    walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Stale));
    walk.sign("Dana", "hook.dedupe").unwrap();
    let done = stands(&walk, "hook.dedupe");
    assert_eq!((done.state, done.signatures.len(), done.lapsed.len()), (Done, 1, 1));
}

#[test]
fn a_signature_counts_again_when_the_world_is_again_as_it_was() {
    let mut walk = walk();
    walk.fact("webhook_url", "a");
    walk.verify("Dana", "hook.dedupe", &[CheckReport::new(Pass, "").fact("webhook_url", "a")])
        .unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    walk.fact("webhook_url", "b");
    assert_eq!(walk.state("hook.dedupe"), Some(Stale));
    walk.fact("webhook_url", "a");
    assert_eq!(walk.state("hook.dedupe"), Some(Done));
}

#[test]
fn a_newer_result_that_rests_on_something_else_makes_the_signature_lapse() {
    let mut walk = walk();
    let report = |key: &str| [CheckReport::new(Pass, "fine").fact("certificate key", key)];
    walk.verify("Dana", "hook.dedupe", &report("spki-1")).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    walk.verify("Kim", "hook.dedupe", &report("spki-2")).unwrap();
    assert_eq!(walk.state("hook.dedupe"), Some(Stale));
    assert!(walk.because("hook.dedupe").contains("certificate key changed from spki-1 to spki-2"));
}

#[test]
fn a_result_of_an_earlier_run_is_stale_when_a_newer_one_found_something_else() {
    let mut walk = walk();
    let report = |key: &str| CheckReport::new(Pass, "fine").fact("certificate key", key);
    walk.verify("Dana", "hook.signature", &[report("1"), report("1")]).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(Done));
    walk.verify("Dana", "hook.signature", &[report("2")]).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(Stale));
}

#[test]
fn two_checks_of_one_run_may_give_one_name_two_values() {
    let mut walk = walk();
    let report = |answer: &str| CheckReport::new(Pass, "fine").fact("answer", answer);
    walk.verify("Dana", "hook.signature", &[report("200"), report("401")]).unwrap();
    assert_eq!(walk.state("hook.signature"), Some(Done));
}

#[test]
fn a_reworded_step_needs_signing_and_verifying_again() {
    let mut walk = walk();
    walk.check("Dana", "hook.dedupe", Pass).unwrap();
    walk.sign("Dana", "hook.dedupe").unwrap();
    let walk = walk.with_runbook(reworded("hook.dedupe"));
    let stale = stands(&walk, "hook.dedupe");
    assert_eq!(stale.state, Stale);
    assert_eq!(stale.checks[0].last, None, "a result of the earlier text says nothing now");
    assert_eq!(
        stale.lapsed[0].1,
        "Dana signed at 2026-11-23 10:00 UTC; since then the runbook changed what this step asks \
         for (new version in use since 2026-11-23 10:00 UTC, begun by Root). It needs signing \
         again."
    );
}

#[test]
fn a_reworded_title_changes_nothing() {
    let walk = walk();
    let mut sections = sections();
    sections[0].steps[0].title = "A better title".to_owned();
    assert_eq!(walk.with_runbook(runbook(sections)).state("keys.live"), Some(Done));
}

fn renamed(how: &str) -> Vec<crate::runbook::model::Section> {
    let mut sections = sections();
    sections[0].steps = vec![Step {
        renamed_from: vec!["keys.live".into()],
        how: how.to_owned(),
        ..step("keys.live-keys")
    }];
    sections
}

#[rstest]
#[case("How keys.live", Done)]
#[case("Something else", Stale)]
fn a_renamed_step_keeps_its_sign_offs_only_when_it_asks_for_the_same(
    #[case] how: &str,
    #[case] state: StepState,
) {
    let walk = walk().with_runbook(runbook(renamed(how)));
    assert_eq!(walk.state("keys.live-keys"), Some(state));
    assert!(walk.standing().archived.is_empty());
}

#[test]
fn reopening_a_renamed_step_takes_back_what_was_signed_under_its_old_id() {
    let mut walk = walk().with_runbook(runbook(renamed("How keys.live")));
    walk.submit("Kim", &reopen("keys.live-keys")).unwrap();
    assert_eq!(walk.state("keys.live-keys"), Some(Ready));
}

#[test]
fn a_step_that_is_gone_is_archived() {
    let mut without = sections();
    without[1].steps.remove(0);
    let mut walk = walk();
    walk.verify("Dana", "hook.signature", &reports(&[Fail])).unwrap();
    let walk = walk.with_runbook(runbook(without));
    assert_eq!(walk.standing().archived, [StepId::from("hook.signature")]);
    assert!(walk.standing().verdict.blockers.is_empty());
}

#[test]
fn a_signature_of_a_step_without_checks_ends_with_its_time() {
    let mut sections = sections();
    sections[0].steps[0].fresh_for = Some(FRESH);
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", "keys.live").unwrap();
    walk.wait(DAY);
    assert_eq!(walk.state("keys.live"), Some(Stale));
    walk.sign("Dana", "keys.live").unwrap();
    assert_eq!(walk.state("keys.live"), Some(Done));
}

#[test]
fn signatures_do_not_pile_up_however_often_a_step_is_signed_again() {
    let mut walk = walk();
    for round in 0..50 {
        let url = round.to_string();
        walk.fact("webhook_url", &url);
        let report = CheckReport::new(Pass, "fine").fact("webhook_url", &url);
        walk.verify("Dana", "hook.dedupe", &[report]).unwrap();
        walk.sign("Dana", "hook.dedupe").unwrap();
        assert_eq!(walk.state("hook.dedupe"), Some(Done));
        if round % 10 == 9 {
            walk.submit("Kim", &reopen("hook.dedupe")).unwrap();
        }
    }
    assert_eq!(stands(&walk, "hook.dedupe").lapsed.len(), 4);
}

#[test]
fn signatures_without_a_role_never_fill_the_roles_that_a_new_rule_asks_for() {
    let rule = |people, roles: &[&str]| {
        let mut sections = sections();
        let roles = roles.iter().map(|role| (*role).into()).collect();
        sections[0].steps[0].sign_off = SignOff::People { people, roles };
        runbook(sections)
    };
    let mut walk = Walk::new(rule(3, &[]));
    for who in ["Dana", "Kim", "Lee"] {
        walk.sign(who, "keys.live").unwrap();
    }
    assert_eq!(walk.state("keys.live"), Some(Done));
    let walk = walk.with_runbook(rule(2, &["engineering", "finance"]));
    let missing = stands(&walk, "keys.live").missing;
    assert_eq!((missing.people, missing.roles.len()), (2, 2));
    assert_ne!(walk.state("keys.live"), Some(Done));
}

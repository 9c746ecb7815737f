//! `webhook-environment`: refusing and ignoring sandbox events are both right; acting on them fails,
//! and what can not be told apart is unknown.

use golive::checks::webhook::environment::WebhookEnvironment;
use golive::checks::{CheckReport, Level, Outcome};
use rstest::rstest;

use crate::bench::{QUICK, causes, everything};
use crate::counterpart::SECRET;
use crate::events::{Effects, PATIENCE, Scene};

const CHECK: WebhookEnvironment = WebhookEnvironment::with_limits(QUICK, PATIENCE);

async fn tried(name: &str, effects: Effects) -> Option<CheckReport> {
    Some(Scene::of(name, effects).await?.run(&CHECK).await)
}

#[rstest]
#[case::refuses("events-sound.mjs", Effects::Counted, "test-refused")]
#[case::refuses_unseen("events-sound.py", Effects::Unseen, "test-refused")]
#[case::refuses_and_counts_nothing("events-sound.py", Effects::Program("echo 1"), "test-refused")]
#[case::earlier_handlers("sound-node-http.mjs", Effects::Unseen, "test-refused")]
#[case::python("sound-python-http.py", Effects::Unseen, "test-refused")]
#[case::refuses_known_types("environment-known-types-only.mjs", Effects::Counted, "test-refused")]
#[case::ignores("environment-ignores.mjs", Effects::Counted, "test-ignored")]
#[tokio::test(flavor = "multi_thread")]
async fn refusing_and_ignoring_both_pass(
    #[case] name: &str,
    #[case] effects: Effects,
    #[case] remark: &str,
) {
    let Some(report) = tried(name, effects).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), [remark]);
    assert!(report.findings.iter().all(|finding| finding.level == Level::Info));
}

#[rstest]
#[case::acts("environment-acts.mjs")]
#[case::ignores("environment-ignores.mjs")]
#[tokio::test(flavor = "multi_thread")]
async fn a_2xx_that_nobody_can_see_behind_is_unknown_with_a_finding(#[case] name: &str) {
    for effects in [Effects::Unseen, Effects::Program("echo 4")] {
        let Some(report) = tried(name, effects).await else { return };
        assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
        assert_eq!(causes(&report), ["test-accepted"]);
        assert_eq!(report.findings[0].level, Level::Advisory);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_that_comes_once_may_be_a_customers_and_fails_nobody() {
    let report = tried("environment-customer-comes.mjs", Effects::Counted).await;
    let Some(report) = report else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains("something else may have moved it"), "{}", report.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_raises_on_the_sandboxs_secret_does_not_accept_it() {
    let Some(report) = tried("raises-on-forged.py", Effects::Unseen).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert_eq!(causes(&report), ["test-accepted", "test-secret-crash"]);
    assert!(report.summary.starts_with("A correctly signed sandbox event"), "{}", report.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandboxs_secret_accepted_fails_without_a_count_too() {
    let Some(report) = tried("environment-two-secrets.mjs", Effects::Unseen).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert_eq!(causes(&report)[0], "test-secret-accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_secret_for_both_environments_is_said_and_not_sent_twice() {
    let secrets = [("webhook_secret", SECRET), ("test_webhook_secret", SECRET)];
    let scene = Scene::with("events-sound.mjs", Effects::Unseen, &secrets).await;
    let Some(scene) = scene else { return };
    let report = scene.run(&CHECK).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), ["same-secret", "test-refused"]);
    assert_eq!(scene.probes().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn falling_over_is_an_advisory_and_a_pass_only_where_no_effect_is_seen() {
    let name = "environment-falls-over.mjs";
    let Some(seen) = tried(name, Effects::Counted).await else { return };
    let Some(unseen) = tried(name, Effects::Unseen).await else { return };
    for (report, outcome) in [(seen, Outcome::Pass), (unseen, Outcome::Unknown)] {
        assert_eq!(report.outcome, outcome, "{}", everything(&report));
        assert_eq!(causes(&report), ["test-crash"]);
        assert_eq!(report.findings[0].level, Level::Advisory);
    }
}

#[rstest]
#[case("refuses-all.mjs")]
#[case("strict-lookup.mjs")]
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_without_an_accepted_live_twin_is_unknown(#[case] name: &str) {
    let Some(report) = tried(name, Effects::Unseen).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains("live event was not accepted"), "{}", report.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_nothing_is_sent() {
    let Some(scene) = Scene::with("events-sound.mjs", Effects::Counted, &[]).await else { return };
    let report = scene.run(&CHECK).await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("No webhook_secret is set"), "{}", report.summary);
    assert_eq!(scene.probes(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_secret_that_is_not_set_is_said_and_one_that_can_not_be_had_is_unknown() {
    use std::sync::Arc;

    use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
    use golive::runbook::model::InputName;
    use golive::secrets::{Secret, SecretRef};
    use indexmap::IndexMap;

    let live = [("webhook_secret", SECRET)];
    let Some(mut scene) = Scene::with("events-sound.mjs", Effects::Unseen, &live).await else {
        return;
    };
    let report = scene.run(&CHECK).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert!(everything(&report).contains("No test_webhook_secret is set"));

    let mut values: IndexMap<InputName, Input> =
        scene.context.inputs.iter().map(|(name, input)| (name.clone(), input.clone())).collect();
    let value = InputValue::Secret(SecretRef::File("/nonexistent/secret".into()));
    let origin = ValueOrigin::Flag("test".into());
    values.insert("test_webhook_secret".into(), Input { value, origin });
    let inputs = Inputs::new(values, std::env::temp_dir());
    inputs.answer("webhook_secret", Secret::new(SECRET.to_owned())).await;
    scene.context.inputs = Arc::new(inputs);
    let report = scene.run(&CHECK).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains("test webhook secret could not be had"), "{}", report.summary);
}

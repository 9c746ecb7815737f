//! `webhook-dedupe`: sound handlers pass with a count of effects and stay unknown without one; each
//! way to take a copy for a new event is found.

use std::time::Duration;

use golive::checks::webhook::dedupe::WebhookDedupe;
use golive::checks::webhook::pace::Limits;
use golive::checks::{CheckReport, Outcome};
use rstest::rstest;

use crate::bench::{QUICK, causes, everything};
use crate::counterpart::SECRET;
use crate::events::{Effects, PATIENCE, Scene};

const CHECK: WebhookDedupe = WebhookDedupe::with_limits(QUICK, PATIENCE);

async fn tried(name: &str, effects: Effects) -> Option<CheckReport> {
    Some(Scene::of(name, effects).await?.run(&CHECK).await)
}

#[rstest]
#[case::in_memory_with_a_queue("events-sound.mjs")]
#[case::unique_index("events-sound.py")]
#[tokio::test(flavor = "multi_thread")]
async fn a_sound_handler_passes_with_one_effect_in_each_round(#[case] name: &str) {
    let Some(report) = tried(name, Effects::Counted).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), [""; 0]);
    for (round, sent) in [("one after the other", 2), ("five", 5), ("fifty", 50)] {
        let round = &report.evidence[&format!("round: {round}")];
        assert_eq!((&round["sent"], &round["effects"]), (&sent.into(), &1.into()), "{round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_that_comes_once_after_a_copy_may_be_a_customers_and_fails_nobody() {
    let report = tried("dedupe-customer-comes.mjs", Effects::Counted).await;
    let Some(report) = report else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains("something else may have moved it"), "{}", report.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_is_seen_only_when_copies_arrive_together_and_ends_the_rounds() {
    let Some(report) = tried("dedupe-race.mjs", Effects::Counted).await else { return };
    assert_eq!(report.evidence["round: one after the other"]["effects"], 1);
    let five = report.evidence["round: five"]["effects"].as_u64().unwrap();
    assert!(five > 1, "{}", everything(&report));
    assert!(report.summary.contains(&format!("by {five} in place of 1")), "{}", report.summary);
    assert!(!report.evidence.contains_key("round: fifty"));
}

#[rstest]
#[case::sound("events-sound.mjs")]
#[case::no_dedupe("dedupe-none.mjs")]
#[case::race("dedupe-race.mjs")]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_count_of_effects_2xx_to_every_copy_is_unknown(#[case] name: &str) {
    let Some(report) = tried(name, Effects::Unseen).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains("cannot be seen from outside"), "{}", report.summary);
    assert!(everything(&report).contains("inputs.effect_count"));
}

#[rstest]
#[case("dedupe-409.mjs")]
#[case("dedupe-500.py")]
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_refused_fails_without_a_count_too(#[case] name: &str) {
    let Some(report) = tried(name, Effects::Unseen).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert!(report.summary.contains("refused with 409") || report.summary.contains("answered 500"));
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_are_refused_in_a_race_fail_although_one_sent_afterwards_is_taken() {
    let Some(report) = tried("dedupe-500-in-a-race.py", Effects::Counted).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert_eq!(causes(&report), ["copies-at-once-refused"]);
    assert!(report.findings[0].message.contains("Sent once more afterwards, it was accepted."));
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_are_turned_away_for_want_of_room_are_an_advisory() {
    let Some(report) = tried("dedupe-makes-room.mjs", Effects::Counted).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), ["turned-away"]);
}

#[rstest]
#[case::by_payment("dedupe-by-payment.mjs", Effects::Counted, "same-payment", "same payment")]
#[case::nobody_acts("dedupe-backs-off.mjs", Effects::Counted, "no-effect", "had no effect")]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_had_no_effect_is_unknown_and_named(
    #[case] name: &str,
    #[case] effects: Effects,
    #[case] cause: &str,
    #[case] says: &str,
) {
    let Some(report) = tried(name, effects).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert_eq!(causes(&report), [cause]);
    assert!(report.summary.contains(says), "{}", report.summary);
}

#[rstest]
#[case::orders_only("dedupe-orders-only.mjs", Effects::Counted, "did not move effect_count")]
#[case::restless("effects-restless.mjs", Effects::Counted, "does not come to rest")]
#[case::no_number("events-sound.mjs", Effects::Program("echo many"), "no number but `many`")]
#[case::fails("events-sound.mjs", Effects::Program("exit 2"), "sh ended with 2")]
#[case::always_the_same(
    "events-sound.mjs",
    Effects::Program("echo 4"),
    "did not move effect_count"
)]
#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_shows_nothing_makes_no_pass(
    #[case] name: &str,
    #[case] effects: Effects,
    #[case] says: &str,
) {
    let Some(report) = tried(name, effects).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains(says), "{}", report.summary);
    assert!(report.findings.iter().any(|finding| finding.hint.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_answered_too_late_fails() {
    let limits = Limits { provider: Duration::from_millis(400), ..QUICK };
    let Some(scene) = Scene::of("dedupe-slow.mjs", Effects::Counted).await else { return };
    let report = scene.run(&WebhookDedupe::with_limits(limits, PATIENCE)).await;
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert_eq!(causes(&report), ["duplicate-slow"]);
}

#[rstest]
#[case("refuses-all.mjs")]
#[case("strict-lookup.mjs")]
#[tokio::test(flavor = "multi_thread")]
async fn when_the_first_copy_is_refused_copies_are_not_judged(#[case] name: &str) {
    let Some(scene) = Scene::of(name, Effects::Unseen).await else { return };
    let report = scene.run(&CHECK).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert_eq!(scene.probes().len(), 1);
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
async fn no_secret_is_in_what_is_said_or_reported() {
    let Some(scene) = Scene::of("dedupe-500.py", Effects::Counted).await else { return };
    let report = scene.run(&CHECK).await;
    let out = format!("{report:?}{:?}", scene.said.lock().unwrap());
    assert!(!out.contains(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_was_not_planned_and_copies_are_the_same_bytes() {
    use std::collections::HashMap;

    use golive::checks::Check as _;

    use crate::recorder::Recorder;

    let Some(mut scene) = Scene::of("events-sound.mjs", Effects::Unseen).await else { return };
    let recorder = Recorder::before(scene.handler.address).await;
    let url = format!("http://{}/webhooks/mintcash", recorder.address).parse().unwrap();
    let secrets = [("webhook_secret", SECRET)];
    (scene.context, scene.said) = crate::events::context(&url, None, &secrets).await;
    let plan = CHECK.plan(&scene.context).await;
    scene.run(&CHECK).await;
    let planned: Vec<_> = plan.iter().map(|entry| entry.what.clone()).collect();
    let said = scene.probes();
    assert_eq!(said.len(), 5);
    assert!(said.iter().all(|what| planned.contains(what)), "{said:?} {planned:?}");
    let mut bodies: HashMap<Vec<u8>, usize> = HashMap::new();
    for request in recorder.requests() {
        *bodies.entry(request.body).or_default() += 1;
    }
    let mut copies: Vec<_> = bodies.into_values().collect();
    copies.sort_unstable();
    assert_eq!(copies, [1, 2, 5, 50]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_at_once_when_it_is_cancelled_while_it_waits_for_effects() {
    use golive::checks::observer::Patience;

    let Some(scene) = Scene::of("dedupe-orders-only.mjs", Effects::Counted).await else { return };
    let long = Duration::from_secs(600);
    let patience = Patience { arrive: long, ..PATIENCE };
    let check = WebhookDedupe::with_limits(QUICK, patience);
    let cancel = async {
        while scene.probes().is_empty() {
            tokio::task::yield_now().await;
        }
        scene.context.cancel.cancel();
    };
    let (report, ()) = tokio::join!(scene.run(&check), cancel);
    assert_eq!((report.outcome, &*report.summary), (Outcome::Unknown, "Cancelled."));
}

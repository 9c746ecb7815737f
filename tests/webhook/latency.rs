//! `webhook-latency`: says how long acknowledgements take, fails what is too late, warns of what is
//! near, and claims nothing else.

use std::time::Duration;

use golive::checks::webhook::latency::WebhookLatency;
use golive::checks::webhook::pace::Limits;
use golive::checks::{Check as _, CheckReport, Level, Outcome};
use rstest::rstest;

use crate::bench::{QUICK, causes, everything};
use crate::events::{Effects, Scene};

/// The limits of MintCash scaled down to what handlers here are slow by.
fn scaled(provider: u64, near: u64) -> WebhookLatency {
    let millis = Duration::from_millis;
    WebhookLatency::with_limits(Limits { provider: millis(provider), near: millis(near), ..QUICK })
}

async fn tried(name: &str, check: WebhookLatency) -> Option<CheckReport> {
    Some(Scene::of(name, Effects::Unseen).await?.run(&check).await)
}

#[rstest]
#[case("events-sound.mjs")]
#[case("events-sound.py")]
#[case("sound-node-http.mjs")]
#[tokio::test(flavor = "multi_thread")]
async fn a_sound_handler_passes_and_every_series_is_in_the_evidence(#[case] name: &str) {
    let Some(report) = tried(name, WebhookLatency::with_limits(QUICK)).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), [""; 0]);
    assert!(report.summary.starts_with("Acknowledges in "), "{}", report.summary);
    assert!(report.summary.contains("n = 41"), "{}", report.summary);
    for (series, n) in [
        ("the first event", 1),
        ("refusals", 8),
        ("1 KB, one at a time", 12),
        ("64 KB, one at a time", 8),
        ("1 KB, 15 at once", 15),
        ("64 KB, 5 at once", 5),
    ] {
        assert_eq!(report.evidence[&format!("times: {series}")]["n"], n, "{series}");
    }
}

#[rstest]
#[case::always("slow.py", &["slow-first", "slow"])]
#[case::cold("latency-cold.mjs", &["slow-first"])]
#[case::one_in_ten("latency-tail.mjs", &["slow", "slow-large"])]
#[case::by_size("latency-by-size.py", &["slow-large"])]
#[case::one_at_a_time("latency-one-at-a-time.py", &["slow-at-once"])]
#[tokio::test(flavor = "multi_thread")]
async fn too_late_fails_and_says_when(#[case] name: &str, #[case] expected: &[&str]) {
    let Some(report) = tried(name, scaled(500, 400)).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    let found = causes(&report);
    assert!(found.starts_with(&expected[..1]), "{found:?}");
    let slow = |word: &&&str| word.starts_with("slow");
    assert!(found.iter().filter(slow).all(|word| expected.contains(word)), "{found:?}");
    assert_eq!(report.findings[0].level, Level::Blocking);
    assert!(report.findings[0].hint.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_two_answers_that_come_too_late_the_handler_is_left_alone() {
    let Some(scene) = Scene::of("slow.py", Effects::Unseen).await else { return };
    scene.run(&scaled(500, 300)).await;
    let signed = ["the first correctly signed event", "correctly signed event of 1 KB, 12 times"];
    let said = scene.probes();
    assert!(said.iter().all(|what| what.starts_with("POST without")
        || signed.iter().any(|known| what.starts_with(known))));
    assert_eq!(said.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn near_the_limit_is_an_advisory() {
    let Some(report) = tried("slow.py", scaled(6_000, 500)).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    // Its short queue of connections may turn some of many at once away.
    assert_eq!(causes(&report)[0], "nearly-slow");
    assert_eq!(report.findings[0].level, Level::Advisory);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_grows_with_the_body_is_an_advisory() {
    let Some(report) = tried("latency-by-size.py", scaled(8_000, 4_000)).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), ["grows-with-size"]);
}

#[rstest]
#[case::too_large("latency-413.mjs", "large-refused", Level::Info)]
#[case::cut("latency-cuts.mjs", "large-not-acknowledged", Level::Advisory)]
#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_that_is_refused_is_said_and_no_failure(
    #[case] name: &str,
    #[case] cause: &str,
    #[case] level: Level,
) {
    let Some(report) = tried(name, WebhookLatency::with_limits(QUICK)).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), [cause]);
    assert_eq!(report.findings[0].level, level);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_stops_in_the_middle_is_unknown_and_not_blamed_on_sizes() {
    let check = WebhookLatency::with_limits(QUICK);
    let Some(report) = tried("latency-dies.mjs", check).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert_eq!(causes(&report), ["gone"]);
    assert!(report.summary.contains("nobody answered any more"), "{}", report.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_turned_away_in_a_burst_are_an_advisory() {
    let check = WebhookLatency::with_limits(QUICK);
    let Some(report) = tried("dedupe-makes-room.mjs", check).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), ["turned-away"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_refusals_are_timed_and_the_rest_is_unknown() {
    let Some(scene) = Scene::with("events-sound.py", Effects::Unseen, &[]).await else { return };
    let report = scene.run(&WebhookLatency::with_limits(QUICK)).await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("Only refusals could be timed"), "{}", report.summary);
    assert_eq!(report.evidence["times: refusals"]["n"], 8);
    assert_eq!(scene.probes().len(), 1);
}

#[rstest]
#[case("refuses-all.mjs")]
#[case("strict-lookup.mjs")]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acknowledged_has_no_time(#[case] name: &str) {
    let Some(report) = tried(name, WebhookLatency::with_limits(QUICK)).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains("nothing to time"), "{}", report.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_was_not_planned_within_sixty_requests() {
    use crate::recorder::Recorder;

    let Some(mut scene) = Scene::of("events-sound.py", Effects::Unseen).await else { return };
    let recorder = Recorder::before(scene.handler.address).await;
    let url = format!("http://{}/webhooks/mintcash", recorder.address).parse().unwrap();
    let secrets = [crate::bench::LIVE];
    (scene.context, scene.said) = crate::events::context(&url, None, &secrets).await;
    let check = WebhookLatency::with_limits(QUICK);
    let plan: Vec<_> = check.plan(&scene.context).await.into_iter().map(|it| it.what).collect();
    scene.run(&check).await;
    assert_eq!(scene.probes(), plan);
    let requests = recorder.requests();
    assert_eq!(requests.len(), 49);
    let large = requests.iter().filter(|it| it.body.len() > 60_000 && it.body.len() <= 65_536);
    assert_eq!(large.count(), 13);
    assert!(requests.iter().all(|it| it.body.len() > 700));
}

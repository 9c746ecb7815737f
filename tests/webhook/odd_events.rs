//! `webhook-odd-events`: sound handlers pass; what loses events or lets anyone stop the handler
//! fails; the rest is said.

use std::time::Duration;

use golive::checks::webhook::odd_events::WebhookOddEvents;
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::wire::reserved::Trickle;
use golive::checks::{Check as _, CheckReport, Level, Outcome};
use rstest::rstest;

use crate::bench::{LIVE, QUICK, causes, everything};
use crate::counterpart::SECRET;
use crate::events::{Effects, Scene};

/// One byte in a while, given up soon.
const TRICKLE: Trickle =
    Trickle { every: Duration::from_millis(200), most: Duration::from_millis(1_000) };

const CHECK: WebhookOddEvents = WebhookOddEvents::with_limits(QUICK, TRICKLE);

async fn tried(name: &str) -> Option<CheckReport> {
    Some(Scene::of(name, Effects::Unseen).await?.run(&CHECK).await)
}

#[rstest]
#[case::node("events-sound.mjs", &["slow-body-waits"])]
#[case::python("events-sound.py", &["slow-body-waits"])]
#[case::gives_up_on_slow_bodies("odd-gives-up.mjs", &[])]
#[case::takes_json_only("odd-json-only.mjs", &["content-type", "slow-body-waits"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_sound_handler_passes_with_remarks_at_most(#[case] name: &str, #[case] remarks: &[&str]) {
    let Some(report) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), remarks);
    assert!(report.summary.contains("a slow client holds up nobody"), "{}", report.summary);
    assert!(report.findings.iter().all(|finding| finding.level == Level::Info));
}

#[rstest]
#[case::parses_first("odd-500-on-junk.mjs", "crash-on-junk")]
#[case::raises_on_forged("raises-on-forged.py", "crash-on-unsigned")]
#[case::pongs("odd-pongs.mjs", "junk-accepted")]
#[case::unknown_type("odd-known-types-only.mjs", "unknown-type")]
#[case::unknown_members("odd-strict-members.mjs", "unknown-members")]
#[case::out_of_order("odd-in-order-only.mjs", "out-of-order")]
#[case::unknown_code("odd-known-codes-only.mjs", "unknown-failure-code")]
#[case::deep_json("odd-deep-json.py", "crash-on-deep-json")]
#[case::documented_dialect("odd-texts-only.py", "documented-dialect")]
#[case::no_card("odd-needs-a-card.py", "no-card")]
#[tokio::test(flavor = "multi_thread")]
async fn what_costs_repetitions_is_an_advisory_and_named(#[case] name: &str, #[case] cause: &str) {
    let Some(report) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    let remarks = ["signed-junk", "slow-body-waits"];
    let named: Vec<_> = causes(&report).into_iter().filter(|it| !remarks.contains(it)).collect();
    assert_eq!(named, [cause], "{}", everything(&report));
    assert_eq!(report.findings[0].level, Level::Advisory);
    assert!(report.findings[0].place.is_some() && report.findings[0].hint.is_some());
}

#[rstest]
#[case::dies_on_junk("odd-dies-on-junk.mjs", "stopped-by-junk")]
#[case::dies_on_an_event("odd-dies-on-text.mjs", "stopped-by-event")]
#[case::dies_on_hang_up("odd-dies-on-hang-up.mjs", "stopped-by-hang-up")]
#[case::one_client("odd-one-client.py", "slow-client-blocks")]
#[case::documented_cards_only("odd-numbers-only.py", "real-card")]
#[tokio::test(flavor = "multi_thread")]
async fn what_loses_events_or_stops_the_handler_fails(#[case] name: &str, #[case] cause: &str) {
    let limits = Limits { near: Duration::from_millis(800), ..QUICK };
    // Long enough that only an end from our side frees the handler, short enough for the others.
    let trickle = Trickle { every: Duration::from_millis(400), most: Duration::from_secs(2) };
    let Some(scene) = Scene::of(name, Effects::Unseen).await else { return };
    let report = scene.run(&WebhookOddEvents::with_limits(limits, trickle)).await;
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert!(causes(&report).contains(&cause), "{}", everything(&report));
    let blocking = report.findings.iter().filter(|it| it.level == Level::Blocking);
    assert_eq!(blocking.count(), 1, "{}", everything(&report));
    assert!(report.findings[0].hint.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_is_long_busy_with_junk_is_told_so() {
    let limits = Limits { near: Duration::from_millis(400), ..QUICK };
    let Some(scene) = Scene::of("odd-chews-junk.py", Effects::Unseen).await else { return };
    let report = scene.run(&WebhookOddEvents::with_limits(limits, TRICKLE)).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert!(causes(&report).contains(&"slow-on-junk"), "{}", everything(&report));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_junk_is_sent_and_the_rest_is_unknown() {
    for (name, cause) in
        [("events-sound.mjs", None), ("odd-500-on-junk.mjs", Some("crash-on-junk"))]
    {
        let Some(scene) = Scene::with(name, Effects::Unseen, &[]).await else { return };
        let report = scene.run(&CHECK).await;
        assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
        assert!(report.summary.contains("Only unsigned junk was sent"), "{}", report.summary);
        assert!(cause.is_none_or(|cause| causes(&report).contains(&cause)));
        assert!(scene.probes().iter().all(|what| what.contains("POST")));
    }
}

#[rstest]
#[case::control("refuses-all.mjs", "odd ones say nothing")]
#[case::unsigned("no-verification.mjs", "nothing more was sent")]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_sound_signature_check_nothing_is_said(#[case] name: &str, #[case] says: &str) {
    let Some(report) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains(says), "{}", report.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_was_not_planned_and_what_is_huge_stays_on_this_machine() {
    let Some(scene) = Scene::of("events-sound.py", Effects::Unseen).await else { return };
    let plan: Vec<_> = CHECK.plan(&scene.context).await.into_iter().map(|it| it.what).collect();
    scene.run(&CHECK).await;
    let said = scene.probes();
    assert!(said.iter().all(|what| plan.contains(what)), "{said:?}");
    assert!(plan.iter().any(|what| what.contains("10 MiB")));
    let away = "https://shop.example/hook".parse().unwrap();
    let (context, _) = crate::events::context(&away, None, &[LIVE]).await;
    let plan = CHECK.plan(&context).await;
    assert!(!plan.is_empty());
    assert!(plan.iter().all(|it| !it.what.contains("10 MiB") && !it.what.contains("not JSON")
        || it.what == "POST of text that is not JSON"));
    let armed = plan.iter().filter(|it| it.arms.as_deref() == Some("shop.example"));
    assert_eq!(armed.count(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_ends_the_slow_request_at_once() {
    let Some(scene) = Scene::of("events-sound.mjs", Effects::Unseen).await else { return };
    let long = Duration::from_secs(600);
    let check = WebhookOddEvents::with_limits(QUICK, Trickle { every: long, most: long });
    let cancel = async {
        while scene.probes().len() < 4 {
            tokio::task::yield_now().await;
        }
        scene.context.cancel.cancel();
    };
    let (report, ()) = tokio::join!(scene.run(&check), cancel);
    assert_eq!((report.outcome, &*report.summary), (Outcome::Unknown, "Cancelled."));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_what_is_said_or_reported() {
    let Some(scene) = Scene::of("odd-500-on-junk.mjs", Effects::Unseen).await else { return };
    let report = scene.run(&CHECK).await;
    let out = format!("{report:?}{:?}", scene.said.lock().unwrap());
    assert!(!out.contains(SECRET));
}

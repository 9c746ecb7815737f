//! The checks of the section side by side, as `golive verify` runs them: they do not disturb each
//! other's counts and times, each flaw is found by its own check, and nothing is sent that nobody
//! armed.

use std::time::Duration;

use golive::checks::webhook::dedupe::WebhookDedupe;
use golive::checks::webhook::environment::WebhookEnvironment;
use golive::checks::webhook::latency::WebhookLatency;
use golive::checks::webhook::odd_events::WebhookOddEvents;
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::webhook::wire::reserved::Trickle;
use golive::checks::{Check, CheckReport, Outcome};
use golive::config::inputs::Observer;
use rstest::rstest;

use crate::bench::{LIVE, QUICK, everything};
use crate::counterpart::Counterpart;
use crate::events::{Effects, PATIENCE, Scene, context};
use crate::nginx::{Nginx, certificates};
use crate::recorder::Recorder;

/// Limits scaled down to what handlers here are slow by.
const SCALED: Limits =
    Limits { near: Duration::from_millis(1_500), provider: Duration::from_secs(3), ..QUICK };

const TRICKLE: Trickle =
    Trickle { every: Duration::from_millis(500), most: Duration::from_secs(3) };

const fn checks(
    limits: Limits,
) -> (WebhookEnvironment, WebhookDedupe, WebhookLatency, WebhookOddEvents) {
    (
        WebhookEnvironment::with_limits(limits, PATIENCE),
        WebhookDedupe::with_limits(limits, PATIENCE),
        WebhookLatency::with_limits(limits),
        WebhookOddEvents::with_limits(limits, TRICKLE),
    )
}

static QUICK_CHECKS: (WebhookEnvironment, WebhookDedupe, WebhookLatency, WebhookOddEvents) =
    checks(QUICK);
static CHECKS: [&dyn Check; 4] =
    [&QUICK_CHECKS.0, &QUICK_CHECKS.1, &QUICK_CHECKS.2, &QUICK_CHECKS.3];

/// Runs the four checks, and that of signatures, at the same time.
async fn all(scene: &Scene, limits: Limits) -> Vec<CheckReport> {
    let signature = WebhookSignature::with_limits(limits);
    let (environment, dedupe, latency, odd) = checks(limits);
    let (a, b, c, d, _) = tokio::join!(
        scene.run(&environment),
        scene.run(&dedupe),
        scene.run(&latency),
        scene.run(&odd),
        scene.run(&signature)
    );
    vec![a, b, c, d]
}

#[rstest]
#[case::node("events-sound.mjs")]
#[case::python("events-sound.py")]
#[tokio::test(flavor = "multi_thread")]
async fn a_sound_handler_passes_all_checks_at_the_same_time(#[case] name: &str) {
    let Some(scene) = Scene::of(name, Effects::Counted).await else { return };
    for report in all(&scene, QUICK).await {
        assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    }
}

const PASS: Outcome = Outcome::Pass;
const FAIL: Outcome = Outcome::Fail;
const UNKNOWN: Outcome = Outcome::Unknown;

#[rstest]
#[case::acts_on_test("environment-acts.mjs", [FAIL, PASS, PASS, PASS])]
#[case::two_secrets("environment-two-secrets.mjs", [FAIL, PASS, PASS, PASS])]
#[case::ignores_test("environment-ignores.mjs", [PASS, PASS, PASS, PASS])]
#[case::no_dedupe("dedupe-none.mjs", [PASS, FAIL, PASS, PASS])]
#[case::race("dedupe-race.mjs", [PASS, FAIL, PASS, PASS])]
#[case::conflict("dedupe-409.mjs", [PASS, FAIL, PASS, PASS])]
#[case::by_payment("dedupe-by-payment.mjs", [PASS, UNKNOWN, PASS, PASS])]
#[case::duplicates_fail("dedupe-500.py", [PASS, FAIL, PASS, PASS])]
#[tokio::test(flavor = "multi_thread")]
async fn a_flaw_is_found_by_its_own_check_and_by_no_other(
    #[case] name: &str,
    #[case] expected: [Outcome; 4],
) {
    let Some(scene) = Scene::of(name, Effects::Counted).await else { return };
    let reports = all(&scene, QUICK).await;
    let outcomes: Vec<_> = reports.iter().map(|report| report.outcome).collect();
    assert_eq!(outcomes, expected, "{reports:#?}");
}

#[rstest]
#[case::one_client("odd-one-client.py", [PASS, UNKNOWN, PASS, FAIL])]
#[case::real_cards("odd-numbers-only.py", [PASS, UNKNOWN, PASS, FAIL])]
#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_can_be_held_up_is_not_so_for_other_checks(
    #[case] name: &str,
    #[case] expected: [Outcome; 4],
) {
    let Some(scene) = Scene::of(name, Effects::Unseen).await else { return };
    let reports = all(&scene, SCALED).await;
    let outcomes: Vec<_> = reports.iter().map(|report| report.outcome).collect();
    assert_eq!(outcomes, expected, "{reports:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_race_behind_a_proxy_with_tls_too() {
    for (name, outcome) in [("events-sound.mjs", PASS), ("dedupe-race.mjs", FAIL)] {
        let Some(scene) = Scene::of(name, Effects::Counted).await else { return };
        let forward = format!("proxy_pass http://{};", scene.handler.address);
        let Some(nginx) = Nginx::start("good", "", &forward).await else { return };
        let counted = format!("http://{}/effects", scene.handler.address).parse().unwrap();
        let url = nginx.url().parse().unwrap();
        let (mut behind, _) = context(&url, Some(Observer::Url(counted)), &[LIVE]).await;
        let ca = certificates().unwrap().join("root.pem").display().to_string();
        behind.args.insert("extra_ca".into(), ca.into());
        let report = CHECKS[1].run(&behind).await;
        assert_eq!(report.outcome, outcome, "{}", everything(&report));
    }
}

/// 0.0.0.0 leads to this machine and is, to every rule, a host that is neither this machine nor
/// public.
#[rstest]
#[case::not_armed(false, "is not armed")]
#[case::cleartext(true, "cleartext")]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_signed_goes_to_a_host_that_nobody_armed_or_in_cleartext(
    #[case] armed: bool,
    #[case] reason: &str,
) {
    let Some(handler) = Counterpart::start("events-sound.mjs", crate::counterpart::SECRET) else {
        return;
    };
    let recorder = Recorder::before(handler.address).await;
    let port = recorder.address.port();
    let scheme = if armed { "http" } else { "https" };
    let url = format!("{scheme}://0.0.0.0:{port}/webhooks/mintcash").parse().unwrap();
    let (mut context, _) = context(&url, None, &[LIVE]).await;
    if armed {
        context.armed = std::sync::Arc::new([format!("0.0.0.0:{port}")].into());
    }
    for check in CHECKS {
        let report = check.run(&context).await;
        assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
        let says = everything(&report);
        assert!(says.contains(reason) || says.contains("could not be asked"), "{says}");
        let plan = check.plan(&context).await;
        assert!(plan.iter().all(|it| it.effect.word() == "refusable" || it.arms.is_some()));
    }
    let signed = recorder.requests().iter().any(|it| !it.header("x-signature").is_empty());
    assert!(!signed);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_signed_goes_over_a_connection_that_can_not_be_trusted() {
    let Some(handler) = Counterpart::start("events-sound.mjs", crate::counterpart::SECRET) else {
        return;
    };
    let recorder = Recorder::before(handler.address).await;
    let forward = format!("proxy_pass http://{};", recorder.address);
    let Some(nginx) = Nginx::start("good", "", &forward).await else { return };
    let host = format!("0.0.0.0:{}", nginx.address.port());
    let url = format!("https://{host}/webhooks/mintcash").parse().unwrap();
    let (mut context, _) = context(&url, None, &[LIVE]).await;
    context.armed = std::sync::Arc::new([host].into());
    for check in CHECKS {
        let report = check.run(&context).await;
        assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
        assert!(everything(&report).contains("No correctly signed event was sent"));
    }
    let signed = recorder.requests().iter().any(|it| !it.header("x-signature").is_empty());
    assert!(!signed);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_ends_at_once_when_it_is_cancelled_and_without_an_endpoint_is_unknown() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    for check in CHECKS {
        // Nobody accepts here: an answer never comes.
        let (context, _) = context(&url, None, &[LIVE]).await;
        let cancel = async {
            tokio::task::yield_now().await;
            context.cancel.cancel();
        };
        let (report, ()) = tokio::join!(check.run(&context), cancel);
        assert_eq!((report.outcome, &*report.summary), (Outcome::Unknown, "Cancelled."));
    }
    drop(listener);
    for check in CHECKS {
        let (context, _) = context(&url, None, &[LIVE]).await;
        let report = check.run(&context).await;
        assert_eq!(report.outcome, Outcome::Unknown);
        assert_eq!(report.summary, "The endpoint could not be asked: connection refused.");
    }
}

//! `webhook-signature`: each flaw is found and named, sound handlers pass, nothing is sent that was
//! not announced.

use std::time::Duration;

use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::{Check as _, CheckReport, Effect, Level, Outcome};
use golive::mintcash::signature::verify;
use golive::secrets::Secret;
use rstest::rstest;

use crate::bench::{Bench, QUICK, causes, everything};
use crate::counterpart::{Counterpart, SECRET};
use crate::recorder::{Recorded, Recorder};

const LIVE: (&str, &str) = ("webhook_secret", SECRET);

/// A handler, a recorder before it, and the check's answer.
struct Tried {
    report: CheckReport,
    requests: Vec<Recorded>,
    bench: Bench,
}

async fn try_with(name: &str, handler_secret: &str, secrets: &[(&str, &str)]) -> Option<Tried> {
    let handler = Counterpart::start(name, handler_secret)?;
    let recorder = Recorder::before(handler.address).await;
    let bench = Bench::new(&url(&recorder), secrets).await;
    let report = bench.signature().await;
    Some(Tried { report, requests: recorder.requests(), bench })
}

async fn tried(name: &str) -> Option<Tried> {
    try_with(name, SECRET, &[LIVE]).await
}

fn url(recorder: &Recorder) -> String {
    format!("http://{}/webhooks/mintcash", recorder.address)
}

fn validly_signed(requests: &[Recorded]) -> Vec<&str> {
    let secret = Secret::new(SECRET.into());
    requests
        .iter()
        .filter(|request| {
            let headers = request.header("x-signature");
            headers.iter().any(|header| {
                verify(&secret, &request.body, header.to_lowercase().as_bytes())
                    || verify(&secret, &request.body, header.replace("sha256=", "").as_bytes())
            })
        })
        .map(Recorded::probe)
        .collect()
}

#[rstest]
#[case::node_http("sound-node-http.mjs", &[])]
#[case::node_middleware("sound-node-middleware.mjs", &["upper-case-accepted"])]
#[case::python_http("sound-python-http.py", &[])]
#[case::python_wsgi("sound-python-wsgi.py", &["unknown-type-refused", "upper-case-accepted"])]
#[tokio::test]
async fn a_sound_handler_passes(#[case] name: &str, #[case] remarks: &[&str]) {
    let Some(Tried { report, .. }) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), remarks);
    assert!(report.findings.iter().all(|finding| finding.level != Level::Blocking));
}

#[rstest]
#[case("no-verification.mjs", "no-verification")]
#[case("only-when-present.mjs", "only-when-present")]
#[case("presence-only.mjs", "presence-only")]
#[case("reserialised.mjs", "reserialised-body")]
#[case("reserialised.py", "reserialised-body")]
#[case("reserialised-sorted.py", "reserialised-body")]
#[case("prefix-compare.mjs", "prefix-compare")]
#[case("trailing-bytes.mjs", "trailing-bytes")]
#[case("error-body.py", "error-body")]
#[case("waf.mjs", "waf")]
#[case("redirect.py", "redirect")]
#[case("csrf.py", "csrf")]
#[case("any-environment.mjs", "any-environment")]
#[case("prefix-expected.mjs", "prefix-expected")]
#[case("base64-expected.py", "base64-expected")]
#[case("basic-auth.py", "authentication")]
#[case("wrong-path.py", "not-found")]
#[case("get-only.py", "method")]
#[case("crash.py", "crash")]
#[case("intermittent.mjs", "intermittent")]
#[case("refuses-all.mjs", "wrong-secret")]
#[tokio::test]
async fn a_flaw_fails_and_is_named(#[case] name: &str, #[case] cause: &str) {
    let Some(Tried { report, .. }) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert_eq!(causes(&report).first(), Some(&cause), "{}", everything(&report));
    let first = &report.findings[0];
    assert_eq!(first.level, Level::Blocking);
    assert!(first.place.is_some() && first.hint.is_some(), "{first:?}");
}

#[rstest]
#[case::another("whsec_of_somebody_else", "wrong-secret")]
#[case::with_a_line_end("whsec_canary_5f1d0c9b7a\n", "secret-with-newline")]
#[case::the_test_one("whsec_test_8d7c6b5a49", "test-secret")]
#[tokio::test]
async fn a_handler_with_a_wrong_secret_is_told_which(#[case] has: &str, #[case] cause: &str) {
    let secrets = [LIVE, ("test_webhook_secret", "whsec_test_8d7c6b5a49")];
    let Some(Tried { report, .. }) = try_with("sound-node-http.mjs", has, &secrets).await else {
        return;
    };
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(causes(&report), [cause]);
}

#[tokio::test]
async fn a_slow_handler_fails_and_a_nearly_slow_one_is_warned_of() {
    let Some(handler) = Counterpart::start("slow.py", SECRET) else { return };
    let bench = Bench::new(&format!("http://{}/", handler.address), &[LIVE]).await;
    let limits = |provider, near| {
        let millis = Duration::from_millis;
        Limits { provider: millis(provider), near: millis(near), ..QUICK }
    };
    let late = WebhookSignature::with_limits(limits(500, 300)).run(&bench.context).await;
    assert_eq!((late.outcome, causes(&late)), (Outcome::Fail, vec!["slow"]));
    let near = WebhookSignature::with_limits(limits(6_000, 500)).run(&bench.context).await;
    assert_eq!((near.outcome, causes(&near)), (Outcome::Pass, vec!["nearly-slow"]));
}

#[tokio::test]
async fn a_handler_that_falls_over_on_forgeries_passes_with_a_warning() {
    let Some(Tried { report, .. }) = tried("crash-on-forged.mjs").await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), ["crash-on-forged", "upper-case-accepted"]);
}

#[rstest]
#[case::died("dies-on-forged.mjs")]
#[case::limits_the_rate("rate-limited.mjs")]
#[case::flaps("flapping.mjs")]
#[case::knows_no_such_payment("strict-lookup.mjs")]
#[tokio::test]
async fn what_could_not_be_found_out_is_unknown(#[case] name: &str) {
    let Some(Tried { report, .. }) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
}

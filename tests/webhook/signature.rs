//! `webhook-signature`: sound handlers pass, each flaw is found and named, and what can not be found
//! out is unknown.

use std::time::Duration;

use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::{Check as _, CheckReport, Level, Outcome};
use rstest::rstest;

use crate::bench::{Bench, LIVE, QUICK, causes, everything};
use crate::counterpart::{Counterpart, SECRET};

async fn try_with(
    name: &str,
    handler_secret: &str,
    secrets: &[(&str, &str)],
) -> Option<CheckReport> {
    let handler = Counterpart::start(name, handler_secret)?;
    let url = format!("http://{}/webhooks/mintcash", handler.address);
    Some(Bench::new(&url, secrets).await.signature().await)
}

async fn tried(name: &str) -> Option<CheckReport> {
    try_with(name, SECRET, &[LIVE]).await
}

#[rstest]
#[case::node_http("sound-node-http.mjs", &[])]
#[case::node_middleware("sound-node-middleware.mjs", &["upper-case-accepted"])]
#[case::python_http("sound-python-http.py", &[])]
#[case::python_wsgi("sound-python-wsgi.py", &["unknown-type-refused", "upper-case-accepted"])]
#[tokio::test]
async fn a_sound_handler_passes(#[case] name: &str, #[case] remarks: &[&str]) {
    let Some(report) = tried(name).await else { return };
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
    let Some(report) = tried(name).await else { return };
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
    let Some(report) = try_with("sound-node-http.mjs", has, &secrets).await else {
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
    let Some(report) = tried("crash-on-forged.mjs").await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), ["crash-on-forged", "upper-case-accepted"]);
}

#[rstest]
#[case::died("dies-on-forged.mjs", &["died-on-forged"])]
#[case::limits_the_rate("rate-limited.mjs", &[])]
#[case::flaps("flapping.mjs", &[])]
#[case::knows_no_such_payment("strict-lookup.mjs", &["refused-otherwise"])]
#[tokio::test]
async fn what_could_not_be_found_out_is_unknown(#[case] name: &str, #[case] remarks: &[&str]) {
    let Some(report) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert_eq!(causes(&report), remarks);
}

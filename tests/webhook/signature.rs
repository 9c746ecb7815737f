//! `webhook-signature`: sound handlers pass, each flaw is found and named, and what can not be found
//! out is unknown.

use std::time::Duration;

use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::{Check as _, CheckReport, Level, Outcome};
use rstest::rstest;

use crate::bench::{Bench, LIVE, QUICK, causes, everything};
use crate::counterpart::{Counterpart, SECRET};
use crate::nginx::{Nginx, certificates};

async fn asked(handler: &Counterpart, secrets: &[(&str, &str)]) -> CheckReport {
    let url = format!("http://{}/webhooks/mintcash", handler.address);
    Bench::new(&url, secrets).await.signature().await
}

async fn try_with(
    name: &str,
    handler_secret: &str,
    secrets: &[(&str, &str)],
) -> Option<CheckReport> {
    Some(asked(&Counterpart::start(name, handler_secret)?, secrets).await)
}

async fn tried(name: &str) -> Option<CheckReport> {
    try_with(name, SECRET, &[LIVE]).await
}

/// A report that fails for this cause, in these words.
fn fails(report: &CheckReport, cause: &str, words: &str) {
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(report));
    assert_eq!(causes(report).first(), Some(&cause), "{}", everything(report));
    let first = &report.findings[0];
    assert_eq!(first.level, Level::Blocking);
    assert!(first.place.is_some() && first.hint.is_some(), "{first:?}");
    assert!(first.message.contains(words), "{first:?}");
}

#[rstest]
#[case::node_http("sound-node-http.mjs", &[])]
#[case::node_middleware(
    "sound-node-middleware.mjs",
    &["crash-on-forged", "upper-case-accepted"] // its parser comes first and answers 500 to gzip
)]
#[case::node_with_reasons("missing-or-invalid.mjs", &[])]
#[case::python_http("sound-python-http.py", &[])]
#[case::python_wsgi("sound-python-wsgi.py", &["unknown-type-refused", "upper-case-accepted"])]
#[case::python_gzip("sound-gzip.py", &["gzip-decoded"])]
#[case::ruby_webrick("sound-webrick.rb", &[])]
#[case::ruby_rack("sound-rack.rb", &["upper-case-accepted"])]
#[case::php_plain("sound-plain.php", &[])]
#[case::php_framework("sound-framework.php", &["upper-case-accepted"])]
#[case::php_equals("sound-equals.php", &[])]
#[tokio::test]
async fn a_sound_handler_passes(#[case] name: &str, #[case] remarks: &[&str]) {
    let Some(report) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), remarks);
    assert!(report.findings.iter().all(|finding| finding.level != Level::Blocking));
}

#[rstest]
#[case::nothing("nothing")]
#[tokio::test]
async fn a_sound_handler_behind_a_proxy_that_changes_nothing_passes(#[case] change: &str) {
    let Some(handler) = Counterpart::start("sound-node-http.mjs", SECRET) else { return };
    let Some(proxy) = handler.before("proxy.mjs", &[("CHANGE", change)]) else { return };
    let report = asked(&proxy, &[LIVE]).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
}

#[rstest]
#[case("reserialised.mjs", "as JSON.stringify does")]
#[case("reserialised.py", "as Python's json.dumps does")]
#[case(
    "reserialised-sorted.py",
    "as Python's json.dumps with sort_keys and separators=(',', ':') does"
)]
#[case("reserialised.php", "as PHP's json_encode does")]
#[case("reserialised.rb", "as Ruby's to_json does")]
#[case("reserialised-rails.rb", "as Rails' to_json does")]
#[case("reserialised-go.py", "as Go's json.Marshal of a struct does")]
#[tokio::test]
async fn a_body_written_again_is_told_by_its_serialiser(#[case] name: &str, #[case] words: &str) {
    let Some(report) = tried(name).await else { return };
    fails(&report, "reserialised-body", words);
}

#[rstest]
#[case(r#"{"separators": [",", ":"]}"#, "separators=(',', ':') does")]
#[case(r#"{"ensure_ascii": false}"#, "as Python's json.dumps with ensure_ascii=False does")]
#[case(r#"{"sort_keys": true}"#, "as Python's json.dumps with sort_keys does")]
#[case(r#"{"sort_keys": true, "ensure_ascii": false}"#, "with sort_keys and ensure_ascii=False")]
#[case(r#"{"separators": [",", ":"], "ensure_ascii": false}"#, "escapes nothing and keeps 0.0")]
#[case(
    r#"{"separators": [",", ":"], "ensure_ascii": false, "sort_keys": true}"#,
    "no encoder that is known here"
)]
#[tokio::test]
async fn pythons_ways_to_write_a_body_again_are_told_apart(
    #[case] options: &str,
    #[case] words: &str,
) {
    let options = [("OPTIONS", options)];
    let Some(handler) = Counterpart::with("reserialised-dumps.py", SECRET, &options) else {
        return;
    };
    fails(&asked(&handler, &[LIVE]).await, "reserialised-body", words);
}

#[tokio::test]
async fn a_body_that_go_wrote_again_from_a_map_is_told() {
    let Some(handler) = Counterpart::with("reserialised-go.py", SECRET, &[("MAP", "1")]) else {
        return;
    };
    fails(&asked(&handler, &[LIVE]).await, "reserialised-body", "json.Marshal of a map");
}

#[rstest]
#[case("latin-1-read", "is read as Latin-1")]
#[case("latin-1-written", "is written in Latin-1")]
#[case("ascii-written", "a question mark for every character")]
#[case("ascii-replaced", "U+FFFD")]
#[case("ascii-dropped", "loses everything that is not ASCII")]
#[case("escaped", "\\u escapes for everything that is not ASCII")]
#[tokio::test]
async fn a_body_taken_for_other_text_is_told_by_its_charset(
    #[case] how: &str,
    #[case] words: &str,
) {
    let Some(handler) = Counterpart::with("charset.py", SECRET, &[("HOW", how)]) else { return };
    fails(&asked(&handler, &[LIVE]).await, "charset", words);
}

#[rstest]
#[case("adds-line-end", "body-changed", "A line end is added")]
#[case("indents-by-two", "body-changed", "indented by two")]
#[case("indents-by-four", "body-changed", "indented by four")]
#[case("adds-member", "refused-as-forged", "something changes the body")]
#[case("writes-again", "reserialised-body", "something in front of it")]
#[case("trims", "trimmed-body", "something in front of it")]
#[case("unix-line-ends", "line-ends-changed", "line feeds")]
#[case("unescapes", "escapes-undone", "loses its \\u escapes")]
#[case("cuts-decimals", "decimals-cut", "0 for 0.00")]
#[case("drops-header", "signature-not-seen", "drops or renames the header")]
#[case("renames-header", "signature-not-seen", "drops or renames the header")]
#[tokio::test]
async fn what_a_proxy_does_to_requests_is_named(
    #[case] change: &str,
    #[case] cause: &str,
    #[case] words: &str,
) {
    let Some(handler) = Counterpart::start("missing-or-invalid.mjs", SECRET) else { return };
    let Some(proxy) = handler.before("proxy.mjs", &[("CHANGE", change)]) else { return };
    fails(&asked(&proxy, &[LIVE]).await, cause, words);
}

#[rstest]
#[case("x-mintcash-signature", "X-MintCash-Signature")]
#[case("mintcash-signature", "MintCash-Signature")]
#[case("x-webhook-signature", "X-Webhook-Signature")]
#[case("signature", "reads Signature")]
#[case("x_signature", "X_Signature")]
#[case("x-hub-signature-256", "GitHub")]
#[tokio::test]
async fn the_header_that_a_handler_reads_instead_is_named(
    #[case] header: &str,
    #[case] words: &str,
) {
    let Some(handler) = Counterpart::with("other-header.mjs", SECRET, &[("HEADER", header)]) else {
        return;
    };
    fails(&asked(&handler, &[LIVE]).await, "header-name", words);
}

#[rstest]
#[case::another("whsec_of_somebody_else", "refused-as-forged")]
#[case::with_a_line_end("whsec_canary_5f1d0c9b7a\n", "secret-with-newline")]
#[case::with_a_line_end_of_windows("whsec_canary_5f1d0c9b7a\r\n", "secret-with-newline")]
#[case::with_a_space("whsec_canary_5f1d0c9b7a ", "secret-with-space")]
#[case::in_quotes("\"whsec_canary_5f1d0c9b7a\"", "secret-in-quotes")]
#[case::in_single_quotes("'whsec_canary_5f1d0c9b7a'", "secret-in-quotes")]
#[case::without_prefix("canary_5f1d0c9b7a", "secret-without-prefix")]
#[case::in_base64("d2hzZWNfY2FuYXJ5XzVmMWQwYzliN2E=", "secret-base64-encoded")]
#[case::the_test_one("whsec_test_8d7c6b5a49", "test-secret")]
#[tokio::test]
async fn a_handler_with_a_wrong_secret_is_told_which(#[case] has: &str, #[case] cause: &str) {
    let secrets = [LIVE, ("test_webhook_secret", "whsec_test_8d7c6b5a49")];
    let Some(report) = try_with("sound-node-http.mjs", has, &secrets).await else { return };
    fails(&report, cause, "");
    assert_eq!(causes(&report), [cause]);
}

/// It says 404 to forgers and 400 to unknown events: the answer to the right guess is a refusal, and
/// yet another one.
#[tokio::test]
async fn a_wrong_secret_is_told_by_a_handler_that_refuses_unknown_events_too() {
    let has = "whsec_canary_5f1d0c9b7a\n";
    let Some(report) = try_with("sound-python-wsgi.py", has, &[LIVE]).await else { return };
    fails(&report, "secret-with-newline", "");
}

#[rstest]
#[case("secret-base64-decoded.mjs", "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ=", "secret-base64-decoded")]
#[case("secret-hex-decoded.py", "3f9a1c77e0b24d5f8a6b91c2d4e8f071", "secret-hex-decoded")]
#[tokio::test]
async fn a_handler_that_decodes_its_secret_is_told(
    #[case] name: &str,
    #[case] secret: &str,
    #[case] cause: &str,
) {
    let secrets = [("webhook_secret", secret)];
    let Some(report) = try_with(name, secret, &secrets).await else { return };
    fails(&report, cause, "");
}

#[tokio::test]
async fn white_space_around_our_own_copy_of_the_secret_is_not_the_handlers_fault() {
    let own = [("webhook_secret", "whsec_canary_5f1d0c9b7a\n")];
    let Some(report) = try_with("sound-node-http.mjs", SECRET, &own).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert_eq!(causes(&report), ["own-secret-untrimmed"]);
}

#[rstest]
#[case::removed(r#"proxy_set_header X-Signature "";"#)]
#[case::renamed(
    r#"proxy_set_header X-Upstream-Signature $http_x_signature; proxy_set_header X-Signature "";"#
)]
#[tokio::test]
async fn a_header_that_nginx_does_not_pass_on_is_named(#[case] settings: &str) {
    let Some(handler) = Counterpart::start("missing-or-invalid.mjs", SECRET) else { return };
    let location = format!("{settings} proxy_pass http://{};", handler.address);
    let Some(report) = behind_nginx("", &location).await else { return };
    fails(&report, "signature-not-seen", "drops or renames the header");
}

#[rstest]
#[case::node("sound-node-http.mjs")]
#[case::python("sound-python-http.py")]
#[case::ruby("sound-webrick.rb")]
#[case::php("sound-framework.php")]
#[tokio::test]
async fn a_sound_handler_behind_nginx_with_tls_passes(#[case] name: &str) {
    let Some(handler) = Counterpart::start(name, SECRET) else { return };
    let location = format!("proxy_pass http://{};", handler.address);
    let Some(report) = behind_nginx("", &location).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
}

/// nginx drops headers with an underscore unless it is told not to, so what a handler that reads one
/// gets depends on what stands before it.
#[rstest]
#[case::dropped("", "refused-as-forged")]
#[case::passed_on("underscores_in_headers on;", "header-name")]
#[tokio::test]
async fn a_header_with_an_underscore_is_named_where_nginx_lets_it_through(
    #[case] settings: &str,
    #[case] cause: &str,
) {
    let header = [("HEADER", "x_signature")];
    let Some(handler) = Counterpart::with("other-header.mjs", SECRET, &header) else { return };
    let location = format!("proxy_pass http://{};", handler.address);
    let Some(report) = behind_nginx(settings, &location).await else { return };
    fails(&report, cause, "");
}

async fn behind_nginx(settings: &str, location: &str) -> Option<CheckReport> {
    let nginx = Nginx::start("good", settings, location).await?;
    let ca = certificates()?.join("root.pem").display().to_string();
    let bench = Bench::new(&nginx.url(), &[LIVE]).await.arg("extra_ca", ca);
    Some(bench.signature().await)
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

/// One worker, two tenths of a second each: alone it is in time, as the fifth in the queue it is not.
#[tokio::test]
async fn a_handler_that_is_late_only_beside_others_is_warned_of() {
    let Some(handler) = Counterpart::start("one-at-a-time.mjs", SECRET) else { return };
    let bench = Bench::new(&format!("http://{}/", handler.address), &[LIVE]).await;
    let millis = Duration::from_millis;
    let limits = Limits { provider: millis(600), near: millis(550), ..QUICK };
    let report = WebhookSignature::with_limits(limits).run(&bench.context).await;
    assert_ne!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert!(causes(&report).contains(&"slow-under-load"), "{}", everything(&report));
}

#[rstest]
#[case("crash-on-forged.mjs", &["crash-on-forged", "upper-case-accepted"])]
#[case("gzip-crash.py", &["gzip-crash"])]
#[tokio::test]
async fn a_handler_that_falls_over_passes_with_a_warning(
    #[case] name: &str,
    #[case] remarks: &[&str],
) {
    let Some(report) = tried(name).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(causes(&report), remarks);
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

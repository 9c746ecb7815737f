//! The check `api-key`: one double of the provider for each thing that it tells apart.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use golive::checks::context::ProgressSink;
use golive::checks::credentials::api_key::ApiKeyCheck;
use golive::checks::{Check as _, CheckContext, CheckReport, Level, Outcome, Progress};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::{Secret, SecretRef};
use golive::time::Timestamp;
use indexmap::IndexMap;
use rstest::rstest;
use url::Url;

use crate::double::{
    CERTIFICATES, Double, PUBLIC, QUICK, SECRET, TEST_PUBLIC, TEST_SECRET, certificates,
};

const LIVE: [(&str, &str); 2] = [("live_public_key", PUBLIC), ("live_secret_key", SECRET)];

/// A run of the check.
struct Bench {
    context: CheckContext,
    said: Arc<Mutex<Vec<Progress>>>,
}

impl Bench {
    async fn new(urls: &[(&str, &Url)], keys: &[(&str, &str)]) -> Self {
        let mut values = IndexMap::new();
        let mut put = |name: &str, value| {
            let origin = ValueOrigin::Default;
            values.insert(name.into(), Input { value, origin });
        };
        for (name, url) in urls {
            put(name, InputValue::Url((*url).clone()));
        }
        for (name, _) in keys {
            put(name, InputValue::Secret(SecretRef::Prompt));
        }
        let inputs = Inputs::new(values, std::env::temp_dir());
        for (name, value) in keys {
            inputs.answer(name, Secret::new((*value).to_owned())).await;
        }
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let mut context =
            CheckContext::bare(Arc::new(inputs), std::env::temp_dir(), SystemClock.now());
        context.progress = ProgressSink::new(move |it| heard.lock().unwrap().push(it));
        Self { context, said }
    }

    async fn of(double: &Double) -> Self {
        let bench = Self::new(&[("api_url", &double.url)], &LIVE).await;
        match certificates() {
            Some(made) => bench.arg("extra_ca", made.join("root.pem").display().to_string()),
            None => bench,
        }
    }

    fn arg(mut self, name: &str, value: String) -> Self {
        self.context.args.insert(name.to_owned(), value.into());
        self
    }

    fn hours_later(mut self, hours: i64) -> Self {
        let millis = self.context.now.millis() + hours * 3_600_000;
        self.context.now = Timestamp::from_millis(millis);
        self
    }

    async fn run(&self) -> CheckReport {
        let report = ApiKeyCheck::with_retries(QUICK).run(&self.context).await;
        let said = format!("{report:?}");
        for part in ["canary7Qm", "canary0Vw5Lr2", "canary8Kp", "canary4Xs9Bj3"] {
            assert!(!said.contains(part), "the report shows a key: {said}");
        }
        report
    }
}

/// The report about a double with this switch, over cleartext on this machine.
async fn about(switch: &str) -> Option<CheckReport> {
    let double = Double::start(&[switch])?;
    Some(Bench::of(&double).await.run().await)
}

fn said(report: &CheckReport) -> String {
    let mut said = format!("{}\n", report.summary);
    for finding in &report.findings {
        said += &format!("{:?}: {} | {:?}\n", finding.level, finding.message, finding.hint);
    }
    said
}

#[tokio::test]
async fn a_live_active_pair_passes_and_the_call_is_evidence() {
    let Some(double) = Double::tls(&["header-id"], "good") else { return };
    let bench = Bench::of(&double).await;
    let report = bench.run().await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    assert!(report.summary.contains("live and active"), "{}", report.summary);
    // A double is not MintCash, which is a risk; nothing else is to be said.
    let said_of: Vec<_> = report.findings.iter().map(|it| it.message.as_str()).collect();
    assert!(matches!(said_of[..], [only] if only.contains("was asked, not api.mintcash.me")));
    let evidence = &report.evidence;
    assert_eq!(evidence["request_id"], "hdr_1");
    assert_eq!(evidence["keys_listed"], 3);
    assert_eq!(evidence["live_call"]["status"], 200);
    let family = evidence["live_call"]["tries"][0]["family"].as_str().unwrap();
    assert_eq!(family, "IPv4");
    assert!(!evidence["called_from"].as_str().unwrap().is_empty());
    let seen = double.seen();
    assert_eq!((seen.len(), seen[0].method.as_str(), seen[0].authorized), (1, "GET", true));
    assert_eq!(bench.said.lock().unwrap().len(), 1);
}

#[rstest]
#[case::upper_case("upper-environment")]
#[case::revoked_ones_beside_it("none")]
#[tokio::test]
async fn a_sound_list_passes_however_it_is_written(#[case] switch: &str) {
    let Some(report) = about(switch).await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
}

#[tokio::test]
async fn a_key_that_is_to_be_revoked_later_passes_with_a_risk() {
    let Some(report) = about("revoked-later").await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    assert!(
        said(&report).contains("Advisory: The key is active, but is to be revoked on 2099-01-01")
    );
}

#[rstest]
#[case::not_listed("not-listed", "not among the 2 that it lists")]
#[case::listed_as_test("listed-test", "with the environment \"test\", not \"live\"")]
#[case::inactive("inactive", "lists the key as inactive.")]
#[case::revoked("revoked", "lists the key as inactive. It was revoked on 2026-11-21.")]
#[case::not_accepted("401", "does not accept this pair (401 unauthenticated)")]
#[case::no_details("401-no-details", "does not accept this pair (401 unauthenticated)")]
#[case::deactivated("403-deactivated", "names the merchant's state")]
#[case::role("403-role", "refuses the pair for its role")]
#[tokio::test]
async fn keys_that_will_not_work_fail_and_the_reason_is_named(
    #[case] switch: &str,
    #[case] words: &str,
) {
    let Some(report) = about(switch).await else { return };
    assert_eq!(report.outcome, Outcome::Fail, "{}", said(&report));
    let blocking: Vec<_> =
        report.findings.iter().filter(|it| it.level == Level::Blocking).collect();
    assert_eq!(blocking.len(), 1, "{}", said(&report));
    assert!(blocking[0].message.contains(words) && blocking[0].hint.is_some(), "{}", said(&report));
}

#[rstest]
#[case::empty_list("empty-list", "its list of keys is empty")]
#[case::masked_keys("masked", "does not show the keys in its list whole")]
#[case::silent_about_active("no-is-active", "without saying whether it is active")]
#[case::silent_about_environment("no-environment", "without its environment")]
#[case::contradicts_itself("active-but-revoked", "as active and as revoked")]
#[case::ip_as_code("403-ip-code", "refuses calls from this address")]
#[case::ip_in_the_message("403-ip-message", "refuses calls from this address")]
#[case::ip_by_its_wording("403-ip-words", "in words that speak of an address or of a list")]
#[case::ip_in_the_details("403-ip-details", "refuses calls from this address")]
#[case::forbidden_without_a_reason("403-mute", "does not say why")]
#[case::firewall("403-html", "not in the form of MintCash's API")]
#[case::unauthorized_by_somebody("401-bare", "not in the form of MintCash's API")]
#[case::no_such_path("404", "knows no list of keys (404 not_found)")]
#[case::other_server("404-html", "knows no list of keys (404)")]
#[case::internal("500", "is in trouble (500 internal, asked 3 times)")]
#[case::bad_gateway("502-html", "is in trouble (502, asked 3 times)")]
#[case::unavailable("503", "is in trouble (503 unavailable, asked 3 times)")]
#[case::rate_limit("429", "limits the rate (429 resource_exhausted, asked 3 times)")]
#[case::redirect("redirect", "302, a redirect to login.hotel.invalid")]
#[case::web_page("html", "answered 200 with a web page")]
#[case::login_needed("511", "answered 511 with a web page")]
#[case::no_json("not-json", "otherwise than MintCash's API does: 200: not JSON")]
#[case::other_json("other-json", "JSON without a list of keys")]
#[case::endless("huge", "the answer is too long")]
#[case::closed("drop", "could not be asked: the connection broke")]
#[tokio::test]
async fn what_can_not_be_known_is_unknown_and_says_why(#[case] switch: &str, #[case] words: &str) {
    let Some(report) = about(switch).await else { return };
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(report.summary.contains(words), "{}", said(&report));
    assert!(!report.findings.iter().any(|it| it.level == Level::Blocking), "{}", said(&report));
}

#[tokio::test]
async fn forbidden_without_a_reason_names_both_that_are_documented() {
    let Some(report) = about("403-mute").await else { return };
    let hint = report.findings[0].hint.as_deref().unwrap();
    assert!(hint.contains("IP allow list") && hint.contains("deactivated"), "{hint}");
    assert_eq!(report.evidence["request_id"], "req_0001");
}

#[tokio::test]
async fn trouble_that_passes_does_not_hide_the_answer() {
    for switch in ["503-once", "drop-once"] {
        let Some(report) = about(switch).await else { return };
        assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
        let tries = report.evidence["live_call"]["tries"].as_array().unwrap();
        assert_eq!(tries.len(), 2, "{tries:?}");
    }
}

#[tokio::test]
async fn a_host_that_refuses_connections_says_nothing_about_the_keys() {
    let Some(mut double) = Double::start(&[]) else { return };
    double.stop();
    let report = Bench::of(&double).await.run().await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(said(&report).contains("connection refused"), "{}", said(&report));
    assert!(said(&report).contains("nothing about the keys"), "{}", said(&report));
}

#[rstest]
#[case::expired("expired", "expired on 2026-04-01", "Check the clock")]
#[case::not_yet_valid("not-yet-valid", "is not valid before 2040-01-01", "Check the clock")]
#[case::other_name("wrong-host", "has a certificate for shop.example", "captive portal")]
#[case::self_signed("self-signed", "No public CA vouches", "captive portal")]
#[tokio::test]
async fn a_certificate_that_is_not_trusted_gets_no_key_and_is_named(
    #[case] certificate: &str,
    #[case] words: &str,
    #[case] hint: &str,
) {
    let Some(double) = Double::tls(&[], certificate) else { return };
    let report = Bench::of(&double).await.run().await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(report.summary.contains(words) && said(&report).contains(hint), "{}", said(&report));
    assert!(double.seen().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_wrong_clock_is_a_possible_reason_for_an_expired_certificate() {
    let Some(double) = Double::tls(&[], "good") else { return };
    let report = Bench::of(&double).await.hours_later(24 * 400).run().await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(said(&report).contains("Check the clock of this machine first"), "{}", said(&report));
}

#[tokio::test]
async fn a_clock_that_differs_from_the_api_s_is_a_risk_and_decides_nothing() {
    let Some(report) = about("clock-ahead").await else { return };
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    assert!(said(&report).contains("Advisory: This machine's clock is "), "{}", said(&report));
    assert!(said(&report).contains(" behind the API's."), "{}", said(&report));
    let behind = report.evidence["clock_behind_s"].as_i64().unwrap();
    assert!((7_100..=7_201).contains(&behind), "{behind}");
    let Some(double) = Double::start(&[]) else { return };
    let report = Bench::of(&double).await.hours_later(3).run().await;
    assert!(said(&report).contains(" ahead of the API's."), "{}", said(&report));
    let report = Bench::of(&double).await.run().await;
    assert!(!said(&report).contains("clock"), "{}", said(&report));
}

/// The child of the test below: this process trusts the CA as a machine does.
#[tokio::test]
#[ignore = "run by a_ca_that_only_this_machine_trusts_gets_no_key, with a CA in its environment"]
async fn asks_where_the_machine_trusts_the_ca() {
    let Some(double) = Double::tls(&[], "good") else { return };
    let bench = Bench::new(&[("api_url", &double.url)], &LIVE).await;
    let report = bench.run().await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(report.summary.contains("Only a CA that this machine trusts"), "{}", said(&report));
    assert_eq!(report.evidence["certificate_issuer"], "Test Intermediate");
    assert!(double.seen().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_ca_that_only_this_machine_trusts_gets_no_key() {
    let Some(made) = certificates() else { return };
    let test = "api_key::asks_where_the_machine_trusts_the_ca";
    let out = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env("SSL_CERT_FILE", made.join("root.pem"))
        .env(CERTIFICATES, made)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
}

#[rstest]
#[case::swapped(SECRET, PUBLIC, "The two keys are swapped")]
#[case::sandbox_pair(TEST_PUBLIC, TEST_SECRET, "holds a sandbox secret key")]
#[case::mixed(PUBLIC, TEST_SECRET, "The pair is mixed")]
#[case::twice_the_public(PUBLIC, PUBLIC, "live_secret_key holds a live public key")]
#[case::not_a_key("whsec_something", SECRET, "does not begin with pk_live_")]
#[case::space(PUBLIC, "sk_live_abc ", "has white space before or after it")]
#[case::quotes("\"pk_live_abc\"", SECRET, "stands in quotes")]
#[tokio::test]
async fn keys_that_can_not_be_a_live_pair_fail_and_nothing_is_sent(
    #[case] public: &str,
    #[case] secret: &str,
    #[case] words: &str,
) {
    let Some(double) = Double::start(&[]) else { return };
    let keys = [("live_public_key", public), ("live_secret_key", secret)];
    let report = Bench::new(&[("api_url", &double.url)], &keys).await.run().await;
    assert_eq!(report.outcome, Outcome::Fail, "{}", said(&report));
    assert!(report.summary.starts_with("Nothing was sent:"), "{}", report.summary);
    assert!(said(&report).contains(&format!("Blocking: {words}")) || said(&report).contains(words));
    assert!(double.seen().is_empty(), "something was sent");
}

#[tokio::test]
async fn without_both_keys_nothing_is_asked() {
    let Some(double) = Double::start(&[]) else { return };
    for keys in [&LIVE[..1], &LIVE[1..], &[]] {
        let report = Bench::new(&[("api_url", &double.url)], keys).await.run().await;
        assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
        assert!(said(&report).contains("is set."), "{}", said(&report));
    }
    let mut bench = Bench::new(&[("api_url", &double.url)], &LIVE).await;
    let mut values = IndexMap::new();
    for (name, reference) in [
        ("live_public_key", SecretRef::Env("GOLIVE_TEST_IS_NOT_SET".into())),
        ("live_secret_key", SecretRef::Command(vec!["printf".into(), "sk_live_a\nb".into()])),
    ] {
        let value = InputValue::Secret(reference);
        values.insert(name.into(), Input { value, origin: ValueOrigin::Default });
    }
    bench.context.inputs = Arc::new(Inputs::new(values, std::env::temp_dir()));
    let report = bench.run().await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(said(&report).contains("variable is not set"), "{}", said(&report));
    assert!(said(&report).contains("has a line break"), "{}", said(&report));
    assert!(double.seen().is_empty(), "something was sent");
}

#[rstest]
#[case::other_host("https://api.shop.invalid", "is not armed")]
#[case::other_port("https://api.mintcash.me:8443", "is not armed")]
#[case::sandbox("https://sandbox.mintcash.me", "live keys do not go there")]
#[case::cleartext("http://api.mintcash.me", "do not travel over cleartext HTTP")]
#[tokio::test]
async fn a_host_that_nobody_meant_gets_nothing(#[case] url: &str, #[case] words: &str) {
    let url: Url = url.parse().unwrap();
    let report = Bench::new(&[("api_url", &url)], &LIVE).await.run().await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", said(&report));
    assert!(report.summary.contains(words), "{}", said(&report));
    assert!(!report.evidence.contains_key("live_call"), "something was sent");
}

#[tokio::test]
async fn the_plan_names_every_call_and_which_host_has_to_be_armed() {
    let keys =
        [LIVE[0], LIVE[1], ("test_secret_key", TEST_SECRET), ("test_public_key", TEST_PUBLIC)];
    let plan = |bench: Bench| async move {
        let plan = ApiKeyCheck::PRODUCTION.plan(&bench.context).await;
        plan.into_iter().map(|it| (it.target, it.arms)).collect::<Vec<_>>()
    };
    let paths = "/merchant/api-keys";
    assert_eq!(
        plan(Bench::new(&[], &keys).await).await,
        [
            (format!("https://api.mintcash.me{paths}"), None),
            (format!("https://sandbox.mintcash.me{paths}"), None)
        ]
    );
    let other: Url = "https://api.shop.example/base/".parse().unwrap();
    assert_eq!(
        plan(Bench::new(&[("api_url", &other)], &LIVE).await).await,
        [(format!("https://api.shop.example/base{paths}"), Some("api.shop.example".into()))]
    );
    assert!(plan(Bench::new(&[], &[]).await).await.is_empty());
}

#[tokio::test]
async fn an_armed_host_is_asked() {
    // A name that no resolver has to be asked about: it is too long for one.
    let host = format!("{}.invalid", "a".repeat(64));
    let url: Url = format!("https://{host}").parse().unwrap();
    let mut bench = Bench::new(&[("api_url", &url)], &LIVE).await;
    bench.context.armed = Arc::new(BTreeSet::from([host.clone()]));
    let report = bench.run().await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("could not be asked: the host was not found"), "{report:#?}");
    assert!(said(&report).contains(&format!("Advisory: {host} was asked, not api.mintcash.me")));
}

#[tokio::test]
async fn the_sandbox_pair_is_tried_at_the_sandbox_and_decides_nothing() {
    let Some(live) = Double::start(&[]) else { return };
    let keys =
        [LIVE[0], LIVE[1], ("test_public_key", TEST_PUBLIC), ("test_secret_key", TEST_SECRET)];
    for (switches, words) in
        [(&[][..], "accepts the sandbox pair"), (&["401"], "could not be tried")]
    {
        let Some(sandbox) = Double::sandbox(switches) else { return };
        let urls = [("api_url", &live.url), ("sandbox_url", &sandbox.url)];
        let report = Bench::new(&urls, &keys).await.run().await;
        assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
        assert!(said(&report).contains(words), "{}", said(&report));
        assert!(report.evidence["sandbox_call"]["status"].is_number());
        let seen = sandbox.seen();
        assert_eq!((seen.len(), seen[0].authorized), (1, true), "the sandbox got other keys");
    }
    assert!(live.seen().iter().all(|seen| seen.authorized), "the live API got other keys");
}

#[rstest]
#[case::live_in_the_sandbox_s_place(
    PUBLIC,
    SECRET,
    "live_secret_key and test_secret_key are the same"
)]
#[case::swapped(TEST_SECRET, TEST_PUBLIC, "The two keys are swapped: test_public_key")]
#[tokio::test]
async fn sandbox_keys_that_are_none_are_a_risk_and_are_not_sent(
    #[case] public: &str,
    #[case] secret: &str,
    #[case] words: &str,
) {
    let Some(live) = Double::start(&[]) else { return };
    let Some(sandbox) = Double::sandbox(&[]) else { return };
    let keys = [LIVE[0], LIVE[1], ("test_public_key", public), ("test_secret_key", secret)];
    let urls = [("api_url", &live.url), ("sandbox_url", &sandbox.url)];
    let report = Bench::new(&urls, &keys).await.run().await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", said(&report));
    assert!(said(&report).contains(&format!("Advisory: {words}")), "{}", said(&report));
    assert!(sandbox.seen().is_empty(), "something was sent to the sandbox");
}

#[tokio::test]
async fn cancelling_ends_the_check_at_once() {
    let Some(double) = Double::start(&["silent"]) else { return };
    let bench = Bench::of(&double).await;
    let cancel = bench.context.cancel.clone();
    let running = bench.run();
    tokio::pin!(running);
    while double.seen().is_empty() {
        let beat = tokio::time::sleep(std::time::Duration::from_millis(5));
        tokio::select! { _ = &mut running => panic!("it ended"), () = beat => {} }
    }
    cancel.cancel();
    let report = running.await;
    assert_eq!((report.outcome, report.summary.as_str()), (Outcome::Unknown, "Cancelled."));
}

#[tokio::test]
async fn what_the_api_says_can_not_write_to_the_terminal() {
    let Some(report) = about("evil").await else { return };
    let said = format!("{report:?}");
    for bad in ["\u{1b}", "\\u{1b}", "\u{202e}"] {
        assert!(!said.contains(bad), "{said}");
    }
}

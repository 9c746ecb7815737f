//! What the client does on the wire: keys, retries, limits, and what it hands back of each call.

use std::time::{Duration, Instant};

use golive::mintcash::call::{CallError, Trouble};
use golive::mintcash::client::Client;
use golive::mintcash::error::Kind;
use golive::mintcash::vouch::Distrust;
use rstest::rstest;
use url::Url;

use crate::contradictions::{charge, made};
use crate::double::{Double, PUBLIC, QUICK, SECRET, TEST_PUBLIC, TEST_SECRET, pair, settings};

/// A host of which no resolver is asked: the label is longer than any may be.
fn nowhere() -> Url {
    format!("https://{}.invalid", "a".repeat(64)).parse().unwrap()
}

async fn fails(double: &Double) -> CallError {
    double.client().api_keys().await.unwrap_err()
}

#[tokio::test]
async fn a_call_carries_both_keys_and_hands_back_its_request_id() {
    let Some(double) = Double::start(&["header-id"]) else { return };
    let answer = double.client().api_keys().await.unwrap();
    assert_eq!(answer.value.len(), 3);
    assert_eq!(answer.call.what, "GET /merchant/api-keys");
    assert_eq!(answer.call.request_id(), Some("hdr_1"));
    assert!(answer.call.tries[0].address.unwrap().ip().is_loopback());
    let seen = double.seen();
    assert_eq!((seen.len(), seen[0].authorized), (1, true));
    assert_eq!(seen[0].headers, ["accept", "authorization", "host", "user-agent"]);
}

#[tokio::test]
async fn the_request_id_of_an_error_is_taken_from_the_envelope_first() {
    let Some(double) = Double::start(&["401", "header-id"]) else { return };
    let error = fails(&double).await;
    assert_eq!(error.call.request_id(), Some("req_0001"));
    let Some(double) = Double::start(&["401-no-details", "header-id"]) else { return };
    assert_eq!(fails(&double).await.call.request_id(), Some("hdr_1"));
}

#[rstest]
#[case::no_answer("drop-once")]
#[case::internal("500-once")]
#[case::gateway("502-html-once")]
#[case::unavailable("503-once")]
#[case::rate_limit("429-once")]
#[tokio::test]
async fn trouble_that_may_pass_is_tried_again_and_every_try_is_kept(#[case] switch: &str) {
    let Some(double) = Double::start(&[switch]) else { return };
    let answer = double.client().api_keys().await.unwrap();
    assert_eq!((answer.call.tries.len(), double.seen().len()), (2, 2));
    assert!(answer.call.tries[0].problem.is_some() && answer.call.tries[1].problem.is_none());
}

#[rstest]
#[case::not_accepted("401", Kind::Unauthenticated)]
#[case::not_allowed("403-mute", Kind::Forbidden)]
#[case::not_there("404", Kind::NotFound)]
#[tokio::test]
async fn what_will_not_pass_is_sent_once(#[case] switch: &str, #[case] kind: Kind) {
    let Some(double) = Double::start(&[switch]) else { return };
    let Trouble::Api(error) = fails(&double).await.trouble else { panic!("no API error") };
    assert_eq!((error.kind, double.seen().len()), (kind, 1));
}

#[rstest]
#[case::drop("drop")]
#[case::unavailable("503")]
#[case::gateway("502-html")]
#[tokio::test]
async fn trouble_that_stays_is_given_up(#[case] switch: &str) {
    let Some(double) = Double::start(&[switch]) else { return };
    let error = fails(&double).await;
    assert_eq!((error.call.tries.len(), double.seen().len()), (3, 3), "{error}");
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_gets_it() {
    let Some(double) = Double::start(&["429-once", "retry-after=1"]) else { return };
    let begin = Instant::now();
    assert!(double.client().api_keys().await.is_ok());
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_server_that_asks_for_a_long_pause_is_left_alone() {
    let Some(double) = Double::start(&["503", "retry-after=3600"]) else { return };
    assert_eq!(fails(&double).await.call.tries.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_bytes() {
    let Some(double) = Double::start(&["lost-answer"]) else { return };
    let prepared = charge().prepare();
    let answer = made(double.client().charge(&prepared).await);
    assert_eq!(answer.call.tries.len(), 2);
    let seen = double.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|one| one.body == prepared.body() && one.authorized));
    // The same after a crash: what was written down is sent, and finds the same payment.
    let kept = serde_json::to_string(&prepared).unwrap();
    let kept = serde_json::from_str(&kept).unwrap();
    let again = made(double.client().charge(&kept).await);
    assert_eq!(
        (again.value.id, double.seen()[2].body.as_str()),
        (answer.value.id, prepared.body())
    );
}

#[tokio::test]
async fn a_prepared_request_does_not_print_its_body() {
    let shown = format!("{:?}", charge().prepare());
    assert!(shown.contains("sha256:") && !shown.contains("shopper@"), "{shown}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let Some(double) = Double::start(&["redirect"]) else { return };
    let error = fails(&double).await;
    let expected = Trouble::Redirect(302, Some("login.hotel.invalid".into()));
    assert_eq!((error.trouble, double.seen().len()), (expected, 1));
}

#[rstest]
#[case::web_page("html", true)]
#[case::login("511", true)]
#[case::text("not-json", false)]
#[case::other_json("other-json", false)]
#[tokio::test]
async fn an_answer_that_is_not_the_api_s_is_said_to_be_strange(
    #[case] switch: &str,
    #[case] page: bool,
) {
    let Some(double) = Double::start(&[switch]) else { return };
    let Trouble::Strange(strange) = fails(&double).await.trouble else { panic!("not strange") };
    assert_eq!(strange.html, page, "{strange:?}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let Some(double) = Double::start(&["huge"]) else { return };
    assert_eq!(fails(&double).await.trouble, Trouble::TooLong);
}

#[tokio::test]
async fn a_host_that_says_nothing_is_not_waited_for_for_ever() {
    let Some(double) = Double::start(&["silent"]) else { return };
    let mut settings = settings();
    settings.total = Duration::from_millis(300);
    let error = double.client_with(QUICK, settings).api_keys().await.unwrap_err();
    assert_eq!(error.trouble, Trouble::Timeout);
}

#[tokio::test]
async fn a_closed_port_and_a_port_without_tls_are_told_apart() {
    let Some(mut double) = Double::start(&[]) else { return };
    let plain = double.url.as_str().replace("http://", "https://").parse().unwrap();
    let client = Client::new(&plain, pair(PUBLIC, SECRET), QUICK, settings()).unwrap();
    assert_eq!(client.api_keys().await.unwrap_err().trouble, Trouble::NotTls);
    assert!(double.seen().is_empty());
    double.stop();
    assert_eq!(fails(&double).await.trouble, Trouble::Refused);
}

#[rstest]
#[case::good("good", None)]
#[case::expired("expired", Some(Distrust::Expired))]
#[case::not_yet_valid("not-yet-valid", Some(Distrust::NotYetValid))]
#[case::other_name("wrong-host", Some(Distrust::OtherName))]
#[case::self_signed("self-signed", Some(Distrust::Nobody))]
#[tokio::test]
async fn keys_go_only_to_a_host_whose_certificate_is_trusted(
    #[case] certificate: &str,
    #[case] distrust: Option<Distrust>,
) {
    let Some(double) = Double::tls(&[], certificate) else { return };
    let result = double.client().api_keys().await;
    let Some(distrust) = distrust else {
        assert!(result.unwrap().value.len() == 3 && double.seen()[0].authorized);
        return;
    };
    let Trouble::Untrusted(presented) = result.unwrap_err().trouble else { panic!("trusted") };
    assert_eq!(presented.distrust, Some(distrust));
    assert!(double.seen().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_ca_that_nobody_named_is_not_trusted() {
    let Some(double) = Double::tls(&[], "good") else { return };
    let mut settings = settings();
    settings.extra_ca = None;
    let error = double.client_with(QUICK, settings).api_keys().await.unwrap_err();
    assert!(matches!(error.trouble, Trouble::Untrusted(_)), "{error}");
    assert!(double.seen().is_empty(), "something was sent");
}

#[test]
fn keys_do_not_go_to_the_other_environment_or_over_cleartext() {
    let client = |url: &str, public, secret| {
        Client::new(&url.parse().unwrap(), pair(public, secret), QUICK, settings()).err()
    };
    let live = |url| client(url, PUBLIC, SECRET);
    let test = |url| client(url, TEST_PUBLIC, TEST_SECRET);
    assert_eq!(live("https://api.mintcash.me"), None);
    assert_eq!(live("http://127.0.0.1:9"), None);
    assert_eq!(live("https://sandbox.mintcash.me"), Some("live keys do not go to the sandbox"));
    assert_eq!(test("https://api.mintcash.me"), Some("sandbox keys do not go to the live API"));
    assert_eq!(test("https://sandbox.mintcash.me"), None);
    for url in ["http://api.mintcash.me", "http://localhost.example", "http://10.0.0.1"] {
        assert_eq!(live(url), Some("keys do not travel over cleartext HTTP"), "{url}");
    }
}

#[tokio::test]
async fn a_proxy_in_the_environment_gets_nothing() {
    let Some(double) = Double::start(&[]) else { return };
    // Set for a process of its own: the variables of this one are everybody's.
    let test = "client::asks_without_a_proxy";
    let proxy = format!("http://{}", double.url.authority());
    let out = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs([("HTTPS_PROXY", &proxy), ("HTTP_PROXY", &proxy), ("ALL_PROXY", &proxy)])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
    assert!(double.seen().is_empty(), "{:?}", double.seen());
}

#[tokio::test]
#[ignore = "run by a_proxy_in_the_environment_gets_nothing, with a proxy in its environment"]
async fn asks_without_a_proxy() {
    let client = Client::new(&nowhere(), pair(PUBLIC, SECRET), QUICK, settings()).unwrap();
    assert!(client.api_keys().await.is_err());
}

#[tokio::test]
async fn what_the_server_says_can_neither_write_to_the_terminal_nor_show_the_key() {
    let Some(double) = Double::start(&["evil"]) else { return };
    let Trouble::Api(error) = fails(&double).await.trouble else { panic!("no API error") };
    let shown = format!("{:?} {:?} {:?}", error.code, error.message, error.request_id);
    assert!(shown.contains("^[[2J") && shown.contains("<U+202E>"), "{shown}");
    for bad in ["\u{1b}", "\\u{1b}", "\u{202e}", "canary0Vw5Lr2"] {
        assert!(!shown.contains(bad), "{shown}");
    }
}

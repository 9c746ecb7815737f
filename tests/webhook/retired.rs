//! `retired-webhook` against what becomes of old webhook URLs: gone, hidden, kept, acting.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use golive::checks::credentials::retired_webhook::RetiredWebhook;
use golive::checks::observer::Patience;
use golive::checks::webhook::pace::Pace;
use golive::checks::webhook::target::Target;
use golive::checks::{Check as _, CheckContext, CheckReport, Finding, Level, Outcome, Progress};
use golive::config::inputs::{Input, InputValue, Inputs, Observer, ValueOrigin};
use golive::runbook::model::InputName;
use indexmap::IndexMap;
use rstest::rstest;
use tokio::net::TcpListener;

use crate::bench::{Bench, QUICK, everything};
use crate::counterpart::{Counterpart, SECRET};
use crate::nginx::Nginx;
use crate::recorder::Recorder;

/// Waits for effects as long as handlers here need, which is not long.
const PATIENCE: Patience = Patience {
    arrive: Duration::from_millis(600),
    quiet: Duration::from_millis(150),
    every: Duration::from_millis(10),
};

const PATH: &str = "/webhooks/mintcash-test";

/// A context with the old URL, the live one where there is one, and an observer where there is one.
async fn context(old: &str, live: Option<&str>, observer: Option<Observer>) -> Bench {
    let mut values = IndexMap::new();
    let mut put = |name: &str, value| {
        let origin = ValueOrigin::Flag("test".into());
        values.insert(InputName::from(name), Input { value, origin });
    };
    put("old_webhook_url", InputValue::Url(old.parse().unwrap()));
    if let Some(live) = live {
        put("webhook_url", InputValue::Url(live.parse().unwrap()));
    }
    if let Some(observer) = observer {
        put("effect_count", InputValue::Observer(observer));
    }
    let Bench { context, said } = Bench::new(old, &[]).await;
    let inputs = Arc::new(Inputs::new(values, std::env::temp_dir()));
    Bench { context: CheckContext { inputs, ..context }, said }
}

async fn run(context: &CheckContext) -> CheckReport {
    RetiredWebhook::with(QUICK, PATIENCE).run(context).await
}

async fn asked(old: &str) -> CheckReport {
    run(&context(old, Some("https://127.0.0.9:9/webhooks/mintcash"), None).await.context).await
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}{PATH}")
}

/// The count that a handler here gives to GET.
fn count_of(address: SocketAddr) -> Option<Observer> {
    Some(Observer::Url(format!("http://{address}/effects").parse().unwrap()))
}

fn sh(script: &str) -> Option<Observer> {
    Some(Observer::Command(["sh", "-c", script].map(str::to_owned).into()))
}

fn finding<'a>(report: &'a CheckReport, words: &str) -> &'a Finding {
    let found = report.findings.iter().find(|finding| finding.message.contains(words));
    found.unwrap_or_else(|| panic!("nothing says {words:?}: {}", everything(report)))
}

async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[rstest]
#[case::the_frameworks_404("wrong-path.py", "The old URL is retired: it answers 404.")]
#[case::gone_on_purpose("old-gone.py", "The old URL is retired: it answers 410.")]
#[tokio::test]
async fn a_path_that_is_gone_is_retired(#[case] name: &str, #[case] summary: &str) {
    let Some(handler) = Counterpart::start(name, SECRET) else { return };
    let report = asked(&url(handler.address)).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(report.summary, summary);
    assert_eq!(report.evidence["addresses"][0]["is"], "retired");
    assert!(report.findings.iter().all(|finding| finding.level == Level::Info));
}

#[tokio::test]
async fn a_host_that_refuses_connections_is_retired() {
    let report = asked(&url(closed_port().await)).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    assert_eq!(report.summary, "The old URL is retired: it refuses connections.");
    assert_eq!(report.evidence["addresses"][0]["POST"], "connection refused");
}

#[rstest]
#[case::refuses_unsigned("sound-node-http.mjs", "/webhooks/mintcash", "with 401")]
#[case::takes_anything("old-noop.py", PATH, "answers 200 to an event that nobody signed")]
#[case::hides_behind_404("old-hides.mjs", PATH, "a handler that hides behind 404")]
#[case::takes_no_post("get-only.py", PATH, "takes no POST (405)")]
#[case::redirects_elsewhere("redirect.py", PATH, "which was not followed")]
#[case::behind_a_password("basic-auth.py", PATH, "HTTP authentication (Basic)")]
#[case::crashes("crash-on-forged.mjs", PATH, "a server error (500)")]
#[tokio::test]
async fn what_still_answers_is_for_a_person_to_confirm(
    #[case] name: &str,
    #[case] path: &str,
    #[case] words: &str,
) {
    let Some(handler) = Counterpart::start(name, SECRET) else { return };
    let report = asked(&format!("http://{}{path}", handler.address)).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    let found = finding(&report, words);
    let asks = report.summary.ends_with("A person has to confirm that it does nothing.");
    assert!(asks || report.summary.contains(&found.message), "{}", report.summary);
    assert!(found.place.as_deref().unwrap().contains(&handler.address.to_string()));
    assert!(found.hint.is_some());
}

#[tokio::test]
async fn without_an_observer_it_says_how_to_name_one() {
    let Some(handler) = Counterpart::start("old-noop.py", SECRET) else { return };
    let report = asked(&url(handler.address)).await;
    let hint = finding(&report, "No effect_count is set").hint.as_deref().unwrap();
    assert!(hint.contains("inputs.effect_count in golive.yaml"), "{hint}");
}

#[tokio::test]
async fn a_no_op_keeps_its_count_and_stays_for_a_person_to_sign() {
    let Some(handler) = Counterpart::start("old-noop.py", SECRET) else { return };
    let bench = context(&url(handler.address), None, count_of(handler.address)).await;
    let report = run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    assert!(report.summary.contains("3 unsigned events had no effect"), "{}", report.summary);
    finding(&report, "effect_count was 3 before 3 events and 3 after them");
    let count = &report.evidence["effect count"];
    assert_eq!((&count["before"], &count["after"]), (&3.into(), &3.into()));
    assert_eq!(count["answers"], serde_json::json!(["200", "200", "200"]));
}

#[rstest]
#[case::and_says_thanks("old-acts.mjs")]
#[case::and_says_no("old-acts-refusing.py")]
#[tokio::test]
async fn a_handler_that_acts_on_unsigned_events_is_a_blocking_finding(#[case] name: &str) {
    let Some(handler) = Counterpart::start(name, SECRET) else { return };
    let bench = context(&url(handler.address), None, count_of(handler.address)).await;
    let report = run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert_eq!(report.findings[0].level, Level::Blocking);
    assert!(report.summary.starts_with("It acts on events that nobody signed"), "{report:#?}");
    let count = &report.evidence["effect count"];
    let number = |value: &serde_json::Value| value.as_u64().unwrap();
    assert_eq!(number(&count["after"]), number(&count["before"]) + 3);
    assert_eq!(number(&count["again"]["after"]), number(&count["again"]["before"]) + 1);
}

#[rstest]
#[case::by_itself("printf x >> n; wc -c < n", "does not come to rest")]
#[case::not_a_number("echo many", "gave no number but `many`")]
#[tokio::test]
async fn a_count_that_says_nothing_blames_nobody(#[case] script: &str, #[case] words: &str) {
    let Some(handler) = Counterpart::start("old-noop.py", SECRET) else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = format!("cd '{}' && {script}", folder.path().display());
    let bench = context(&url(handler.address), None, sh(&script)).await;
    let report = run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    finding(&report, words);
    assert!(!report.summary.contains("had no effect"), "{}", report.summary);
}

#[tokio::test]
async fn while_it_counts_nothing_else_is_under_way_to_the_live_host() {
    let Some(handler) = Counterpart::start("old-noop.py", SECRET) else { return };
    let folder = tempfile::tempdir().unwrap();
    let begun = folder.path().join("begun");
    let script = format!("cd '{}' && touch begun && sleep 600", folder.path().display());
    let live = "http://127.0.0.9:9/webhooks/mintcash";
    let bench = context(&url(handler.address), Some(live), sh(&script)).await;
    let lane = bench.context.lanes.to(&Target::of(&live.parse().unwrap()).unwrap(), &QUICK);
    let other = Pace::new(lane, 2);
    let look = async {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::select! {
            biased;
            _ = other.turn() => panic!("another check's request may start"),
            () = tokio::task::yield_now() => {}
        }
        bench.context.cancel.cancel();
    };
    let (report, ()) = tokio::join!(run(&bench.context), look);
    assert_eq!(report.summary, "Cancelled.");
    drop(other.turn().await.unwrap());
}

#[tokio::test]
async fn the_live_url_under_the_name_of_the_old_one_fails_and_nothing_is_sent() {
    let Some(handler) = Counterpart::start("sound-node-http.mjs", SECRET) else { return };
    let recorder = Recorder::before(handler.address).await;
    let url = format!("http://{}/webhooks/mintcash", recorder.address);
    let bench = context(&url, Some(&url), None).await;
    assert!(RetiredWebhook::PRODUCTION.plan(&bench.context).await.is_empty());
    let report = run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert!(report.summary.contains("is the live one"), "{}", report.summary);
    assert!(recorder.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_to_the_live_url_fails_and_is_not_followed() {
    let Some(handler) = Counterpart::start("old-redirects.mjs", SECRET) else { return };
    let recorder = Recorder::before(handler.address).await;
    let live = format!("http://{}/webhooks/mintcash", recorder.address);
    let report = run(&context(&url(recorder.address), Some(&live), None).await.context).await;
    assert_eq!(report.outcome, Outcome::Fail, "{}", everything(&report));
    assert!(report.summary.contains("redirects to the live webhook URL (308)"), "{report:#?}");
    assert_eq!(recorder.requests().len(), 1);
}

#[rstest]
#[case::still_there("old-noop.py", Level::Advisory, "serves the old one too")]
#[case::old_path_gone("old-gone.py", Level::Info, "serves the live webhook now")]
#[tokio::test]
async fn one_host_for_both_is_a_risk_only_while_the_old_path_is_open(
    #[case] name: &str,
    #[case] level: Level,
    #[case] words: &str,
) {
    let Some(handler) = Counterpart::start(name, SECRET) else { return };
    let live = format!("http://{}/webhooks/mintcash", handler.address);
    let report = run(&context(&url(handler.address), Some(&live), None).await.context).await;
    assert_eq!(finding(&report, words).level, level, "{}", everything(&report));
}

#[tokio::test]
async fn one_address_behind_two_names_is_said() {
    let Some(handler) = Counterpart::start("old-gone.py", SECRET) else { return };
    let port = handler.address.port();
    let live = format!("http://127.0.0.1:{port}/webhooks/mintcash");
    let old = format!("http://localhost:{port}{PATH}");
    let report = run(&context(&old, Some(&live), None).await.context).await;
    assert_eq!(report.outcome, Outcome::Pass, "{}", everything(&report));
    let found = finding(&report, "have an address in common");
    assert_eq!((found.level, found.place.as_deref()), (Level::Info, Some("127.0.0.1")));
}

#[tokio::test]
async fn tls_that_fails_retires_nothing() {
    let Some(handler) = Counterpart::start("old-gone.py", SECRET) else { return };
    let report = asked(&url(handler.address).replace("http:", "https:")).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
    let found = finding(&report, "the server does not speak TLS on this port");
    assert_eq!(found.level, Level::Advisory);
    assert!(found.message.contains("retires nothing"));
    let old = "ssl_protocols TLSv1.1; ssl_ciphers DEFAULT:@SECLEVEL=0;";
    let Some(nginx) = Nginx::start("good", old, "return 404;").await else { return };
    let report = asked(&nginx.url()).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{}", everything(&report));
}

#[rstest]
#[case::answering("return 401;", Outcome::Unknown)]
#[case::gone("return 410;", Outcome::Pass)]
#[case::gone_everywhere("return 404;", Outcome::Pass)]
#[tokio::test]
async fn an_expired_certificate_alone_retires_nothing(
    #[case] location: &str,
    #[case] outcome: Outcome,
) {
    let Some(nginx) = Nginx::start("expired", "", location).await else { return };
    let report = asked(&nginx.url()).await;
    assert_eq!(report.outcome, outcome, "{}", everything(&report));
}

#[rstest]
#[case::acting("old-acts.mjs", 5)]
#[case::gone("wrong-path.py", 2)]
#[tokio::test]
async fn nothing_is_signed_nothing_is_unplanned_and_requests_are_few(
    #[case] name: &str,
    #[case] requests: usize,
) {
    let Some(handler) = Counterpart::start(name, SECRET) else { return };
    let recorder = Recorder::before(handler.address).await;
    let bench = context(&url(recorder.address), None, count_of(handler.address)).await;
    let plan = RetiredWebhook::PRODUCTION.plan(&bench.context).await;
    run(&bench.context).await;
    let sent = recorder.requests();
    assert_eq!(sent.len(), requests);
    for request in &sent {
        assert!(request.header("x-signature").is_empty(), "{}", request.head);
        assert!(!request.header("x-golive-probe").is_empty());
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["environment"], &body["data"]["amount"]), (&"test".into(), &0.into()));
    }
    let planned = |name: &str| plan.iter().any(|entry| entry.what.starts_with(name));
    for progress in bench.said.lock().unwrap().iter() {
        if let Progress::Probe { name, .. } = progress {
            assert!(planned(name), "{name} was not planned");
        }
    }
    assert!(planned("GET the count of effects"));
}

#[tokio::test]
async fn without_an_old_url_it_is_unknown_and_says_what_to_do() {
    let bench = Bench::new("http://127.0.0.1:9/", &[]).await;
    let report = run(&bench.context).await;
    assert_eq!(report.outcome, Outcome::Unknown);
    let hint = report.findings[0].hint.as_deref().unwrap();
    assert!(hint.contains("sign with a note"), "{hint}");
}

#[tokio::test]
async fn cancelling_ends_it_at_once() {
    // A listener that takes connections and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bench = context(&url(listener.local_addr().unwrap()), None, None).await;
    let cancel = bench.context.cancel.clone();
    let stop = async {
        let connection = listener.accept().await.unwrap();
        cancel.cancel();
        connection
    };
    let begin = std::time::Instant::now();
    let (report, _connection) = tokio::join!(run(&bench.context), stop);
    assert_eq!((report.outcome, report.summary.as_str()), (Outcome::Unknown, "Cancelled."));
    assert!(begin.elapsed() < QUICK.total);
}

//! `live-event` over what a listener has recorded and what a merchant has logged.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use golive::checks::registry;
use golive::checks::{CheckContext, CheckReport, Effect, Outcome};
use golive::config::WeekConfig;
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::events::members::{LogMembers, Members};
use golive::runbook::model::{CheckName, InputName};
use golive::secrets::SecretRef;
use golive::time::Timestamp;
use indexmap::IndexMap;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::client::{LIVE_SECRET, TEST_SECRET, event, listener, post, send, signed};
use crate::process::{Process, environment};

/// A file for its owner alone that holds a secret.
fn kept(folder: &TempDir, secret: &str) -> PathBuf {
    let path = folder.path().join("secret");
    std::fs::write(&path, secret).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// A context in a folder where the records and logs are, with this secret.
fn context(folder: &TempDir, secret: Option<&str>, log: Option<&str>) -> CheckContext {
    let mut values: IndexMap<InputName, Input> = IndexMap::new();
    let mut set = |name: &str, value| {
        values.insert(name.into(), Input { value, origin: ValueOrigin::Default });
    };
    if let Some(secret) = secret {
        let path = kept(folder, secret);
        set("webhook_secret", InputValue::Secret(SecretRef::File(path)));
    }
    if let Some(log) = log {
        set("event_log", InputValue::Globs(vec![log.to_owned()]));
    }
    let inputs = Arc::new(Inputs::new(values, folder.path().to_owned()));
    let now = Timestamp::parse("2026-11-23T18:00:00Z").unwrap();
    let mut context = CheckContext::bare(inputs, folder.path().to_owned(), now);
    context.received = Some(folder.path().join("events.golive.jsonl"));
    context
}

async fn run(context: &CheckContext) -> CheckReport {
    let check = registry::find(&CheckName::from("live-event")).unwrap();
    assert_eq!(check.effect(), Effect::Reads);
    check.run(context).await
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_live_event_it_is_unknown_and_says_what_it_waits_for() {
    let folder = tempdir().unwrap();
    let report = run(&context(&folder, Some(LIVE_SECRET), None)).await;
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("No live event seen yet"), "{report:?}");
    assert!(report.findings[0].message.contains("Nothing could be looked at"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_event_that_came_through_the_listener_passes() {
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), None).await;
    let test = String::from_utf8(event("t1")).unwrap().replace("\"live\"", "\"test\"");
    send(handle.address(), &signed("/", TEST_SECRET, test.as_bytes())).await;
    send(handle.address(), &post("/", &[], b"{\"ping\":true}")).await;
    let context = context(&folder, Some(LIVE_SECRET), None);
    let report = run(&context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "the sandbox does not count: {report:?}");
    assert!(report.findings.iter().any(|it| it.message.contains("1 event of the sandbox")));
    send(handle.address(), &signed("/", "whsec_of_somebody", &event("forged"))).await;
    let report = run(&context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("does not fit webhook_secret"), "{report:?}");
    send(handle.address(), &signed("/", TEST_SECRET, &event("sandbox-secret"))).await;
    let report = run(&context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("the secret of the sandbox"), "{report:?}");
    send(handle.address(), &signed("/", LIVE_SECRET, &event("e1"))).await;
    let report = run(&context).await;
    assert_eq!(report.outcome, Outcome::Pass, "{report:?}");
    assert_eq!(report.evidence["event_id"], "e1");
    assert_eq!(report.evidence["event"], "payment.succeeded");
    assert_eq!(report.evidence["signature"], "verified");
    assert!(report.summary.contains("payment.succeeded e1, 2026-11-23 17:59 UTC"), "{report:?}");
    let places = report.evidence["where"].as_str().unwrap();
    assert!(places.starts_with("events.golive.jsonl:"), "{places}");
    let plan = registry::find(&CheckName::from("live-event")).unwrap().plan(&context).await;
    assert!(plan.iter().all(|it| it.effect == Effect::Reads && it.arms.is_none()));
    assert_eq!(plan.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_merchant_logged_is_named_and_proves_nothing_by_itself() {
    let folder = tempdir().unwrap();
    let mut log = event("t0");
    log.extend(b"\nnot json\n\n");
    log.extend(event("e7"));
    log.push(b'\n');
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    std::fs::write(folder.path().join("logs/hooks-1.jsonl"), &log).unwrap();
    let report = run(&context(&folder, Some(LIVE_SECRET), Some("logs/*.jsonl"))).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("a log alone does not show"), "{report:?}");
    assert_eq!(report.findings[0].place.as_deref(), Some("logs/hooks-1.jsonl:4"));
    assert_eq!(report.evidence["event_id"], "e7");
    let missing = run(&context(&folder, None, Some("nowhere/*.jsonl"))).await;
    assert!(
        missing.findings.iter().any(|it| it.message.contains("No file matches")),
        "{missing:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_read_where_the_merchant_says_that_its_members_stand() {
    let folder = tempdir().unwrap();
    let line = |id: &str, live: bool| json!({"kind": "payment.succeeded", "no": id, "prod": live, "made": "2026-11-23T17:00:00Z"});
    let wrapped: Value = serde_json::from_slice(&event("e9")).unwrap();
    let probe = json!({"headers": {"X-Golive-Probe": "run/1"}, "raw": wrapped.to_string()});
    let lines = [line("e7", true), line("e8", false), line("golive-probe-1", true), probe];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.path().join("own.jsonl"), text).unwrap();
    let mut context = context(&folder, Some(LIVE_SECRET), Some("own.jsonl"));
    let report = run(&context).await;
    assert!(report.summary.contains("No live event seen yet"), "{report:?}");
    let path = |path: &str| Some(path.to_owned());
    let event_log = Members {
        event: path("kind"),
        event_id: path("no"),
        environment: path("prod"),
        created_at: path("made"),
        ..Members::default()
    };
    let logs = LogMembers { event_log, ..LogMembers::default() };
    context.week = Arc::new(WeekConfig { logs, ..WeekConfig::default() });
    let report = run(&context).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("a log alone does not show"), "{report:?}");
    assert_eq!(report.evidence["event_id"], "e7");
    assert_eq!(report.evidence["where"], "own.jsonl:1");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_were_rotated_and_packed_are_read_as_a_log() {
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), None).await;
    send(handle.address(), &signed("/", LIVE_SECRET, &event("e1"))).await;
    let record = handle.record().to_owned();
    assert!(handle.stop().await);
    let text = std::fs::read(&record).unwrap();
    std::fs::remove_file(&record).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &text).unwrap();
    std::fs::write(folder.path().join("old.gz"), gzip.finish().unwrap()).unwrap();
    let zstd = zstd::stream::encode_all(&text[..], 1).unwrap();
    std::fs::write(folder.path().join("old.zst"), zstd).unwrap();
    for log in ["old.gz", "old.zst"] {
        let report = run(&context(&folder, Some(LIVE_SECRET), Some(log))).await;
        assert_eq!(report.outcome, Outcome::Pass, "{log}: {report:?}");
        // Without the secret the listener's own word is all there is.
        let report = run(&context(&folder, None, Some(log))).await;
        assert_eq!(report.outcome, Outcome::Pass, "{log}: {report:?}");
        assert_eq!(report.evidence["signature"], "verified-by-listener");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn golive_s_own_probes_never_make_it_pass() {
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), None).await;
    let mut values: IndexMap<InputName, Input> = IndexMap::new();
    let secret = kept(&folder, LIVE_SECRET);
    let url = format!("http://{}/hook", handle.address()).parse().unwrap();
    for (name, value) in [
        ("webhook_url", InputValue::Url(url)),
        ("webhook_secret", InputValue::Secret(SecretRef::File(secret))),
    ] {
        values.insert(name.into(), Input { value, origin: ValueOrigin::Default });
    }
    let inputs = Arc::new(Inputs::new(values, folder.path().to_owned()));
    let now = Timestamp::parse("2026-11-23T18:00:00Z").unwrap();
    let probing = CheckContext::bare(inputs, folder.path().to_owned(), now);
    for name in ["webhook-signature", "webhook-environment", "webhook-dedupe", "webhook-odd-events"]
    {
        registry::find(&CheckName::from(name)).unwrap().run(&probing).await;
    }
    let kept = std::fs::read_to_string(handle.record()).unwrap();
    // What a probe left behind as it hung up may still be on its way into the record.
    let signed_live = kept.lines().filter(|line| {
        let Ok(line) = serde_json::from_str::<Value>(line) else { return false };
        line["signature"] == "valid" && line["environment"] == "live"
    });
    assert!(signed_live.count() > 20, "signed live probes have come");
    let report = run(&context(&folder, Some(LIVE_SECRET), None)).await;
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.contains("No live event seen yet"), "{report:?}");
    // The same without the header, as a handler's log would have it.
    let bodies: Vec<String> = kept
        .lines()
        .filter_map(|line| {
            Some(serde_json::from_str::<Value>(line).ok()?["body"].as_str()?.to_owned())
        })
        .filter(|body| !body.contains('\n'))
        .collect();
    std::fs::write(folder.path().join("log"), bodies.join("\n")).unwrap();
    std::fs::remove_file(handle.record()).unwrap();
    let report = run(&context(&folder, Some(LIVE_SECRET), Some("log"))).await;
    assert!(report.summary.contains("No live event seen yet"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_step_passes_by_itself_once_an_event_came_through_the_listener_of_the_launch() {
    let environment = environment();
    let verify = ["verify", "webhook.registered", "--as", "Ada"];
    let before = environment.golive(&verify);
    assert_eq!(before.code, Some(5), "{before:?}");
    let process = Process::start(&environment, &[]);
    send(process.address, &signed("/", LIVE_SECRET, &event("e1"))).await;
    let after = environment.golive(&verify);
    assert_eq!(after.code, Some(0), "{after:?}");
    assert!(after.out.contains("A live event has arrived: payment.succeeded e1"), "{after:?}");
}

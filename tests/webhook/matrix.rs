//! Every handler against every check: `matrix.md` says what each check must say of each of them.
//!
//! A row is a handler, a column a check. `pass`, `unknown` or `fail`; behind `fail` the word of the
//! cause that is named first. Each check has a handler process of its own, since some die of what
//! they are sent; `section` runs the checks side by side against one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use golive::checks::webhook::constant_time::ConstantTime;
use golive::checks::webhook::dedupe::WebhookDedupe;
use golive::checks::webhook::environment::WebhookEnvironment;
use golive::checks::webhook::latency::WebhookLatency;
use golive::checks::webhook::odd_events::WebhookOddEvents;
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::webhook::wire::reserved::Trickle;
use golive::checks::{Check, CheckContext, CheckReport, Level, Outcome};
use golive::config::inputs::{Input, InputValue, Inputs, Observer, ValueOrigin};
use golive::runbook::model::InputName;
use golive::time::Timestamp;

use crate::bench::QUICK;
use crate::counterpart::{Counterpart, SECRET, TEST_SECRET};
use crate::events::{PATIENCE, Scene, context};

const TABLE: &str = include_str!("matrix.md");

/// So many handlers at a time.
const AT_ONCE: usize = 3;

const COLUMNS: usize = 6;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/webhook")
}

/// The rows of the table: a handler and what each check says of it.
fn rows() -> Vec<(&'static str, Vec<&'static str>)> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| ")).skip(2);
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim);
    rows.map(|line| (cells(line).next().unwrap(), cells(line).skip(1).collect())).collect()
}

fn said(report: &CheckReport) -> String {
    let first = || {
        let finding = &report.findings[0];
        assert_eq!(finding.level, Level::Blocking, "{report:?}");
        assert!(finding.place.is_some() || finding.hint.is_some(), "{finding:?}");
        report.evidence["causes"][0].as_str().unwrap_or("?").to_owned()
    };
    match report.outcome {
        Outcome::Fail if report.evidence.contains_key("causes") => format!("fail: {}", first()),
        Outcome::Fail => "fail".into(),
        Outcome::Pass => "pass".into(),
        _ => "unknown".into(),
    }
}

fn is(said: &str, expected: &str) -> bool {
    expected.strip_suffix('…').map_or(said == expected, |begins| said.starts_with(begins))
}

/// What the code alone says.
async fn by_source(file: PathBuf) -> CheckReport {
    let origin = ValueOrigin::Flag("test".into());
    let source = Input { value: InputValue::Paths(vec![file]), origin };
    let values = [(InputName::from("handler_source"), source)].into_iter().collect();
    let inputs = Arc::new(Inputs::new(values, std::env::temp_dir()));
    let context = CheckContext::bare(inputs, std::env::temp_dir(), Timestamp::from_millis(0));
    ConstantTime.run(&context).await
}

/// A running handler with what it needs beside the secret.
async fn scene(name: &str, counts: bool) -> Option<Scene> {
    let secret = match name {
        "secret-base64-decoded.mjs" => "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ=",
        "secret-hex-decoded.py" => "3f9a1c77e0b24d5f8a6b91c2d4e8f071",
        _ => SECRET,
    };
    let variables =
        [("HOW", "ascii-dropped"), ("HEADER", "signature"), ("OPTIONS", r#"{"sort_keys": true}"#)];
    let handler = Counterpart::with(name, secret, &variables)?;
    let url = |path: &str| format!("http://{}/{path}", handler.address).parse().unwrap();
    let observer = counts.then(|| Observer::Url(url("effects")));
    let secrets = [("webhook_secret", secret), ("test_webhook_secret", TEST_SECRET)];
    let (context, said) = context(&url("webhooks/mintcash"), observer, &secrets).await;
    Some(Scene { handler, context, said })
}

/// What one check says of a handler of its own; `None` when what runs it is missing.
async fn asked(name: &str, counts: bool, check: &dyn Check) -> Option<CheckReport> {
    Some(scene(name, counts).await?.run(check).await)
}

/// What all checks say of a handler.
async fn tried(name: &str) -> Option<Vec<String>> {
    let file = folder().join(name);
    let counts = std::fs::read_to_string(&file).unwrap().contains("effects");
    let millis = Duration::from_millis;
    let limits =
        |provider, near| Limits { provider: millis(provider), near: millis(near), ..QUICK };
    // Where a handler is slow, by what it does, the limits are those of its check's own tests.
    let slow = ["by-size", "cold", "one-at-a-time.py", "tail", "slow.py"];
    let is_slow = slow.iter().any(|it| name.contains(it));
    let measured = if is_slow { limits(500, 400) } else { QUICK };
    let again = if name == "dedupe-slow.mjs" { limits(400, 300) } else { QUICK };
    let trickle = Trickle { every: millis(600), most: millis(3_000) };
    let (signature, environment, dedupe, latency, odd) = (
        WebhookSignature::with_limits(QUICK),
        WebhookEnvironment::with_limits(QUICK, PATIENCE),
        WebhookDedupe::with_limits(again, PATIENCE),
        WebhookLatency::with_limits(measured),
        WebhookOddEvents::with_limits(Limits { near: millis(2_000), ..QUICK }, trickle),
    );
    let (a, b, c, d, e, f) = tokio::join!(
        asked(name, counts, &signature),
        asked(name, counts, &environment),
        asked(name, counts, &dedupe),
        asked(name, counts, &latency),
        asked(name, counts, &odd),
        by_source(file)
    );
    Some([a?, b?, c?, d?, e?, f].iter().map(said).collect())
}

/// The row as it is, where it is not as the table says; `None` also when what runs it is missing.
async fn wrong(name: &str, expected: &[&str]) -> Option<String> {
    assert_eq!(expected.len(), COLUMNS, "{name}");
    let said = tried(name).await?;
    let is_right = said.iter().zip(expected).all(|(said, expected)| is(said, expected));
    (!is_right).then(|| format!("| {name} | {} |", said.join(" | ")))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_says_of_every_handler_what_it_must() {
    let doubtful = stream::iter(rows())
        .map(|(name, expected)| async move {
            let first = wrong(name, &expected).await?;
            Some((name, expected, first))
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(|row| async { row });
    let doubtful: Vec<_> = doubtful.collect().await;
    // The limits are real time, and the machine has other work. What is wrong of a handler is wrong
    // again when nothing of this table runs beside it.
    let mut still = Vec::new();
    for (name, expected, first) in doubtful {
        if let Some(again) = wrong(name, &expected).await {
            still.push(format!("{first}\n{again}"));
        }
    }
    still.sort();
    assert_eq!(still, [""; 0], "\n{}\n", still.join("\n"));
}

/// A proxy is no handler, and an old one has its own check.
#[test]
fn every_handler_has_a_row() {
    let is_handler = |name: &String| {
        let code = [".mjs", ".py", ".rb", ".php"].iter().any(|end| name.ends_with(end));
        code && name != "proxy.mjs" && !name.starts_with("old-")
    };
    let files = std::fs::read_dir(folder()).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = names.filter(is_handler).collect();
    let listed: BTreeSet<String> = rows().into_iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(listed, there);
}

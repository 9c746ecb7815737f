//! How long the battery of the webhook section takes against a correct handler on this machine.
//!
//! Runs every check of [`CHECKS`] that the program knows side by side, as `golive verify webhook`
//! does, and compares the whole with what can not be had faster: the slowest single probe, and the
//! waits that the rules of engagement make (five at once; nothing before what it depends on is
//! known), and with as many bare requests. `GOLIVE_BENCH_ROUNDS` says how often (5). Needs Node. Prints a Markdown table; see
//! `benches/README.md`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops and prints"
)]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use golive::checks::context::ProgressSink;
use golive::checks::registry;
use golive::checks::webhook::matrix::SIGNATURE;
use golive::checks::webhook::schedule::waits_for;
use golive::checks::{CheckContext, CheckReport, Progress};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::runbook::model::{CheckName, InputName};
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::{Secret, SecretRef};
use indexmap::IndexMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The checks of the webhook section that send requests; those not there yet are left out.
const CHECKS: &[&str] = &[
    "webhook-endpoint",
    "webhook-signature",
    "webhook-environment",
    "webhook-dedupe",
    "webhook-latency",
    "webhook-odd-events",
];

/// The rules allow so many requests at once.
const AT_ONCE: u32 = 5;

/// The secret of the handler.
const SECRET: &str = "whsec_canary_5f1d0c9b7a";

/// Handlers: what they are called in the table, the file, how long one answer takes.
const HANDLERS: &[(&str, &str, &str)] = &[
    ("answers at once", "sound-unhurried.mjs", "0"),
    ("takes 50 ms for each", "sound-unhurried.mjs", "50"),
    ("takes 200 ms for each", "sound-unhurried.mjs", "200"),
];

/// A handler in a process of its own.
struct Handler {
    child: Child,
    address: String,
}

/// One run of the battery.
#[derive(Clone, Debug)]
struct Run {
    probes: usize,
    total: Duration,
    slowest: Duration,
    /// All probes one after the other, shared out over five lanes without a gap.
    shared: Duration,
    /// The longest chain of probes of which each has to wait for the one before.
    chain: Duration,
}

fn main() {
    let rounds: usize =
        std::env::var("GOLIVE_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let there: Vec<_> = CHECKS.iter().filter(|name| find(name).is_some()).collect();
    println!(
        "Checks: {}\n",
        there.iter().map(|name| (**name).to_owned()).collect::<Vec<_>>().join(", ")
    );
    println!(
        "| handler | probes | whole battery | slowest probe | mandatory waits | bare requests | \
         × slowest | × (slowest + waits) | × bare |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (name, file, answer) in HANDLERS {
        let handler = Handler::start(file, answer);
        runtime.block_on(battery(&handler.url())); // warms both sides up
        let mut runs: Vec<_> =
            (0..rounds.max(1)).map(|_| runtime.block_on(battery(&handler.url()))).collect();
        runs.sort_by_key(|run| run.total);
        let run = &runs[runs.len() / 2];
        let floor = run.slowest + run.waits();
        let mut bare: Vec<_> = (0..rounds.max(1))
            .map(|_| runtime.block_on(bare_requests(&handler, run.probes)))
            .collect();
        bare.sort();
        let bare = bare[bare.len() / 2];
        println!(
            "| {name} | {} | {} | {} | {} | {} | {:.2} | {:.2} | {:.2} |",
            run.probes,
            millis(run.total),
            millis(run.slowest),
            millis(run.waits()),
            millis(bare),
            run.total.as_secs_f64() / run.slowest.as_secs_f64(),
            run.total.as_secs_f64() / floor.as_secs_f64(),
            run.total.as_secs_f64() / bare.as_secs_f64(),
        );
    }
}

impl Run {
    /// What the rules make the battery wait beside its slowest probe.
    fn waits(&self) -> Duration {
        self.shared.max(self.chain).saturating_sub(self.slowest)
    }
}

impl Handler {
    fn start(file: &str, answer: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/webhook");
        let mut child = Command::new("node")
            .arg(path.join(file))
            .env("WEBHOOK_SECRET", SECRET)
            .env("ANSWER_MS", answer)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: format!("127.0.0.1:{}", line.trim()) }
    }

    fn url(&self) -> String {
        format!("http://{}/webhooks/mintcash", self.address)
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn find(name: &str) -> Option<&'static dyn golive::checks::Check> {
    registry::find(&CheckName::from(name))
}

/// Runs the checks once, side by side, with lanes that they share.
async fn battery(url: &str) -> Run {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    let context = CheckContext {
        progress: ProgressSink::new(move |progress| heard.lock().unwrap().push(progress)),
        ..CheckContext::bare(Arc::new(inputs(url).await), std::env::temp_dir(), SystemClock.now())
    };
    let checks: Vec<_> = CHECKS.iter().filter_map(|name| find(name)).collect();
    let begin = Instant::now();
    let reports: Vec<CheckReport> = join_all(checks.iter().map(|check| check.run(&context))).await;
    let total = begin.elapsed();
    assert_eq!(reports.len(), checks.len());
    let said = said.lock().unwrap();
    let probes: Vec<_> = said
        .iter()
        .filter_map(|progress| match progress {
            Progress::Probe { name, took, .. } => Some((name.as_str(), *took)),
            Progress::Page { .. } | Progress::Work { .. } => None,
        })
        .collect();
    Run {
        probes: probes.len(),
        total,
        slowest: probes.iter().map(|(_, took)| *took).max().unwrap(),
        shared: probes.iter().map(|(_, took)| *took).sum::<Duration>() / AT_ONCE,
        chain: chain(&probes.into_iter().collect()),
    }
}

/// As many requests as the battery sends, five at once, with nothing made or judged.
async fn bare_requests(handler: &Handler, many: usize) -> Duration {
    let head = format!("POST /webhooks/mintcash HTTP/1.1\r\nhost: {}\r\n", handler.address);
    let request = format!("{head}content-length: 2\r\nconnection: close\r\n\r\n{{}}");
    let begin = Instant::now();
    let send = |_| async {
        let mut stream = TcpStream::connect(&handler.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    };
    stream::iter(0..many).for_each_concurrent(AT_ONCE as usize, send).await;
    begin.elapsed()
}

/// How long the longest chain of `webhook-signature` takes that the rules make: the first probe
/// alone, then each after those that it waits for.
fn chain(took: &HashMap<&str, Duration>) -> Duration {
    let mut ends: Vec<Duration> = Vec::new();
    for (index, probe) in SIGNATURE.iter().enumerate() {
        let first = ends.first().copied().unwrap_or_default();
        let known = waits_for(&SIGNATURE, index).map(|earlier| ends[earlier]).max();
        let begins = known.unwrap_or_default().max(first);
        ends.push(begins + took.get(probe.what).copied().unwrap_or_default());
    }
    ends.into_iter().max().unwrap_or_default()
}

async fn inputs(url: &str) -> Inputs {
    let origin = || ValueOrigin::Flag("bench".into());
    let values = [
        ("webhook_url", InputValue::Url(url.parse().unwrap())),
        ("webhook_secret", InputValue::Secret(SecretRef::Prompt)),
    ];
    let values: IndexMap<_, _> = values
        .into_iter()
        .map(|(name, value)| (InputName::from(name), Input { value, origin: origin() }))
        .collect();
    let inputs = Inputs::new(values, std::env::temp_dir());
    inputs.answer("webhook_secret", Secret::new(SECRET.to_owned())).await;
    inputs
}

fn millis(span: Duration) -> String {
    format!("{:.1} ms", span.as_secs_f64() * 1_000.0)
}

//! What the journal costs, as ratios measured in one run: replaying 100,000 records against 10,000
//! and against only reading and hashing the same bytes; an append against a bare write and fsync of
//! the same bytes. Prints Markdown; `benches/README.md` keeps what it printed.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where something is missing")]
#![expect(clippy::print_stdout, reason = "the table is its result")]

use std::convert::Infallible;
use std::fs::{self, File, OpenOptions};
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use golive::journal::{Access, Journal};
use golive::launch::event::{Actor, CheckResult, Event, Face, RunId};
use golive::launch::outcome::{Finding, Level, Outcome};
use golive::runbook::model::{CheckName, StepDigest, StepId};
use golive::time::Timestamp;
use sha2::{Digest as _, Sha256};

const ROUNDS: usize = 7;
const APPENDS: usize = 200;

fn main() {
    // `cargo test --benches` runs this too; it measures nothing then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = tempfile::tempdir_in(".").unwrap();
    let small = folder.path().join("small.golive.jsonl");
    let large = folder.path().join("large.golive.jsonl");
    fill(&small, 10_000);
    fill(&large, 100_000);
    let size = fs::metadata(&large).unwrap().len() as f64 / 1e6;

    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..ROUNDS {
        times[0].push(timed(|| replay(&small, 10_000)));
        times[1].push(timed(|| replay(&large, 100_000)));
        times[2].push(timed(|| hash(&large)));
    }
    let mut journal = Journal::open(&small, Access::Append).unwrap();
    journal.read_new().unwrap();
    let before = fs::metadata(&small).unwrap().len();
    append(&mut journal);
    let line = fs::metadata(&small).unwrap().len() - before;
    let bytes = vec![b'x'; usize::try_from(line).unwrap()];
    let bare = folder.path().join("bare");
    let mut bare = OpenOptions::new().create(true).append(true).open(bare).unwrap();
    let mut appends = Vec::new();
    for _ in 0..APPENDS {
        appends.push(timed(|| append(&mut journal)));
        times[3].push(timed(|| write(&mut bare, &bytes)));
    }
    let [small, large, hashed, bare] = times.map(median);
    let append = median(appends);

    println!("| what | time | against | ratio | aim |");
    println!("| --- | --- | --- | --- | --- |");
    row(
        &format!("replay 100,000 records ({size:.0} MB)"),
        large,
        "replay 10,000, tenfold = 10",
        small,
        "≤ 12",
    );
    row(
        "replay 100,000 records",
        large,
        "read + SHA-256 of the same bytes",
        hashed,
        "≤ 4, and under 1 s",
    );
    row(&format!("append one record ({line} bytes)"), append, "bare write + fsync", bare, "≤ 2");
}

fn row(what: &str, time: Duration, against: &str, other: Duration, aim: &str) {
    let ratio = time.as_secs_f64() / other.as_secs_f64();
    println!("| {what} | {time:.2?} | {against}: {other:.2?} | {ratio:.2} | {aim} |");
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap()
}

fn replay(path: &Path, records: usize) {
    let entries = Journal::open(path, Access::Read).unwrap().read_new().unwrap();
    assert_eq!(black_box(entries).len(), records);
}

fn hash(path: &Path) {
    black_box(Sha256::digest(fs::read(path).unwrap()));
}

fn append(journal: &mut Journal) {
    let written = journal.append(&by(), at(), |_| Ok::<_, Infallible>(vec![result(7)])).unwrap();
    assert_eq!(written.len(), 1);
}

fn write(file: &mut File, bytes: &[u8]) {
    file.write_all(bytes).unwrap();
    file.sync_data().unwrap();
}

fn by() -> Actor {
    Actor {
        name: "ada".into(),
        user: Some("ada".into()),
        host: Some("till".into()),
        via: Face::Screen,
    }
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

fn result(number: usize) -> Event {
    let mut finding = Finding::new(Level::Info, "upper-case hex is accepted");
    finding.place = Some("upper-case signature → 200".into());
    Event::CheckResult(Box::new(CheckResult {
        step: StepId::from("webhook.signature"),
        run: RunId(format!("01J0RUN{number:06}")),
        check: CheckName::from("webhook-signature"),
        position: 0,
        outcome: Outcome::Pass,
        summary: "14 forged requests refused, one signed request accepted".into(),
        findings: vec![finding],
        evidence: serde_json::Map::from_iter([("probes".to_owned(), 15.into())]),
        facts: [("webhook_url".to_owned(), "https://acme.example/hooks".to_owned())].into(),
        step_digest: StepDigest::from("d1:sha256:00"),
        duration_ms: 120,
        looked_at: None,
    }))
}

/// Writes a journal with so many records through one append per 5,000, on a memory file system where
/// there is one, so that making it does not take longer than measuring it.
fn fill(path: &Path, records: usize) {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let place = place.unwrap();
    let draft = place.path().join("draft");
    let mut journal = Journal::open(&draft, Access::Append).unwrap();
    let opened = Event::JournalOpened {
        journal: "01J0BENCH".into(),
        launch: "acme".into(),
        program: "bench".into(),
    };
    let mut events = vec![opened];
    events.extend((1..records).map(result));
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(5_000));
        journal.append(&by(), at(), |_| Ok::<_, Infallible>(events)).unwrap();
        events = rest;
    }
    fs::copy(draft, path).unwrap();
}

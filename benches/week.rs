//! What a full pass of the first week costs: logs of more than 1 GB, against DuckDB answering the
//! same questions and `wc -l` as the bound, in the same run; and how long a line that is written
//! takes to be seen.
//!
//! `GOLIVE_BENCH_MB` says how large each log is (1100), `GOLIVE_BENCH_ROUNDS` how often (5),
//! `GOLIVE_BENCH_DUCKDB` where DuckDB's command line is when it is not on the PATH; without it, it
//! is left out. Each contender is a process of its own; peak memory is that process's. Prints
//! Markdown tables of medians and ratios; see `benches/README.md`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark stops and prints, and its child ends where it is"
)]

mod contest;

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use contest::{Contender, number, program, table};
use golive::events::feed::{Feed, Follower, LogSet, Sink};
use golive::events::fields::Fields;
use golive::events::members::LogMembers;
use golive::events::record;
use golive::events::sample::Reading;
use golive::events::source::Role;
use golive::events::target::Hosts;
use golive::scan::Watch;
use golive::time::Timestamp;
use golive::week::{Attempt, Hit, Limits, Span, Story, Trouble, Window, Words};

/// What the merchant's own log is asked: counts by event, by code and hour, distinct events, and the
/// share that was answered in time at the first try and after retries.
const OWN: &str = r"
CREATE TEMP TABLE lines AS SELECT time AS moment, status, ms, body.eventId AS id, body.event AS event,
    body.data.failureCode AS code
FROM read_json('own.jsonl', format = 'newline_delimited', columns = {time: 'TIMESTAMP',
    status: 'INTEGER', ms: 'INTEGER', body: 'STRUCT(eventId VARCHAR, event VARCHAR,
    createdAt TIMESTAMP, environment VARCHAR, data STRUCT(failureCode VARCHAR))'});
";

/// The same of bare envelopes, which know no answer.
const BARE: &str = r"
CREATE TEMP TABLE lines AS SELECT createdAt AS moment, NULL::INTEGER AS status, NULL::INTEGER AS ms,
    eventId AS id, event, data.failureCode AS code
FROM read_json('bare.jsonl', format = 'newline_delimited', columns = {eventId: 'VARCHAR',
    event: 'VARCHAR', createdAt: 'TIMESTAMP', environment: 'VARCHAR',
    data: 'STRUCT(failureCode VARCHAR)'});
";

/// The same of the records of `golive listen`, whose bodies are texts and whose answers are lines
/// of their own.
const LISTEN: &str = r"
CREATE TEMP TABLE halves AS SELECT * FROM read_json('listen.jsonl', format = 'newline_delimited',
    columns = {schema: 'VARCHAR', id: 'VARCHAR', receivedAt: 'TIMESTAMP', status: 'INTEGER',
    ms: 'INTEGER', body: 'VARCHAR'});
CREATE TEMP TABLE lines AS SELECT came.receivedAt AS moment, answer.status, answer.ms,
    came.body->>'$.eventId' AS id, came.body->>'$.event' AS event,
    came.body->>'$.data.failureCode' AS code
FROM (SELECT * FROM halves WHERE schema = 'golive.received/1') came
LEFT JOIN (SELECT * FROM halves WHERE schema = 'golive.answered/1') answer USING (id);
";

const ASKED: &str = r"
SELECT event, count(*) FROM lines GROUP BY event;
SELECT code, date_trunc('hour', moment) AS hour, count(*) FROM lines WHERE code IS NOT NULL
    GROUP BY ALL;
SELECT count(*) || ' events, ' || sum(first::INT) || ' at the first try, ' || sum(ever::INT)
    || ' in the end' FROM (
  SELECT id, arg_min(status BETWEEN 200 AND 299 AND ms <= 10000, moment) AS first,
    bool_or(status BETWEEN 200 AND 299 AND ms <= 10000) AS ever FROM lines GROUP BY id);";

fn main() {
    let mut args = std::env::args();
    if args.any(|arg| arg == "--pass") {
        pass(Path::new(&args.next().unwrap()), &args.next().unwrap());
        return;
    }
    let (megabytes, rounds) = (number("GOLIVE_BENCH_MB", 1100), number("GOLIVE_BENCH_ROUNDS", 5));
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    for (log, query) in [("bare.jsonl", BARE), ("own.jsonl", OWN), ("listen.jsonl", LISTEN)] {
        let (lines, bytes) = write(folder, log, megabytes * 1_000_000);
        println!("\n{log}: {:.2} GB, {lines} lines\n", bytes as f64 / 1e9);
        let mut all = contenders(folder, log, query);
        contest::rounds(&mut all, rounds, folder);
        table(&all, bytes);
        same(folder, log, &all);
        fs::remove_file(folder.join(log)).unwrap();
    }
    memory(folder, megabytes);
    written(folder);
}

fn contenders(folder: &Path, log: &str, query: &str) -> Vec<Contender> {
    let own = std::env::current_exe().unwrap().display().to_string();
    let pass = vec![own, "--pass".into(), folder.display().to_string(), log.to_owned()];
    let mut all = vec![Contender::new("**golive**", pass, "")];
    if let Some(duckdb) = program("GOLIVE_BENCH_DUCKDB", "duckdb") {
        let command = vec![duckdb, "-noheader".into(), "-list".into()];
        all.push(Contender::new("DuckDB, the same questions", command, format!("{query}{ASKED}")));
    }
    all.push(Contender::new("`wc -l`", ["wc", "-l", log].map(str::to_owned).to_vec(), ""));
    all
}

/// The child: one pass, and what it found.
fn pass(folder: &Path, log: &str) {
    let mut feed = feed(folder, log);
    feed.catch_up(now(), &Watch::idle()).unwrap();
    println!("{}", found(&feed));
}

fn feed(folder: &Path, log: &str) -> Feed {
    Feed::new(set(folder, log))
}

fn set(folder: &Path, log: &str) -> LogSet {
    LogSet {
        base: folder.to_owned(),
        globs: vec![(Role::Events, log.to_owned())],
        reading: Reading {
            record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
            members: LogMembers::default(),
            webhook_path: None,
        },
    }
}

fn found(feed: &Feed) -> String {
    let window = Window::until(now(), Span::Week);
    let picture = feed.picture(now(), window, &Limits::default(), None);
    format!("{} lines; {}", picture.reading.lines, picture.panels[0].sentence)
}

/// What DuckDB is asked, counted from the stories that the boards are given.
#[derive(Default)]
struct Tally {
    events: u64,
    first: u64,
    ever: u64,
}

impl Tally {
    fn count(&mut self, story: &Story, by: u64) {
        let delivered = |it: &Attempt| it.answer.delivered() == Some(true);
        self.events = self.events.wrapping_add(by);
        if story.attempts.first().is_some_and(delivered) {
            self.first = self.first.wrapping_add(by);
        }
        if story.attempts.iter().any(delivered) {
            self.ever = self.ever.wrapping_add(by);
        }
    }
}

impl Sink for Tally {
    fn add(&mut self, story: &Story, _: &Words) {
        self.count(story, 1);
    }

    fn remove(&mut self, story: &Story, _: &Words) {
        self.count(story, u64::MAX);
    }

    fn hit(&mut self, _: &Hit) {}

    fn trouble(&mut self, _: &Trouble) {}

    fn merge(&mut self, other: Self) {
        self.events = self.events.wrapping_add(other.events);
        self.first = self.first.wrapping_add(other.first);
        self.ever = self.ever.wrapping_add(other.ever);
    }
}

/// Both find the same.
fn same(folder: &Path, log: &str, all: &[Contender]) {
    let mut follower = Follower::<Tally>::new(set(folder, log));
    follower.catch_up(now(), true, &Watch::idle()).unwrap();
    let own = follower.with(|tally, _| {
        let Tally { events, first, ever } = tally;
        format!("{events} events, {first} at the first try, {ever} in the end")
    });
    println!("\ngolive's stories: {own}");
    let duckdb = all.iter().find(|one| one.name.starts_with("DuckDB"));
    let said = duckdb.and_then(|one| one.runs.first()?.said.lines().next_back());
    // Bare envelopes know no answer: DuckDB's sums are NULL then, and so is the sentence.
    assert!(said.is_none_or(|said| said == own || said == "NULL"), "{said:?}");
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

/// Seven days of deliveries up to now: how many lines, and how many bytes.
fn write(folder: &Path, log: &str, bytes: u64) -> (u64, u64) {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join(log)).unwrap());
    let (mut lines, mut written) = (0, 0);
    let mut chance = 88_172_645_463_325_252_u64;
    let events = bytes / if log == "listen.jsonl" { 1_040 } else { 660 };
    let week = 7 * 24 * 3_600_000;
    for event in 0..events {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let created = now().millis() - week + (event as f64 / events as f64 * week as f64) as i64;
        let refused = chance.is_multiple_of(100);
        let tries: &[(i64, u16)] =
            if refused { &[(400, 500), (30_700, 503), (150_900, 200)] } else { &[(400, 200)] };
        for (number, (after, status)) in tries.iter().enumerate() {
            let at = Timestamp::from_millis(created + after);
            let text = line(log, event, number, chance, created, (at, *status));
            lines += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
            written += text.len() as u64;
            out.write_all(text.as_bytes()).unwrap();
        }
    }
    out.flush().unwrap();
    (lines, written)
}

fn line(
    log: &str,
    event: u64,
    number: usize,
    chance: u64,
    created: i64,
    (at, status): (Timestamp, u16),
) -> String {
    let codes = ["insufficient_funds", "issuer_decline", "expired", "general_fatal_error"];
    let failed = chance.is_multiple_of(7);
    let (name, code) = match failed {
        true => ("failed", format!("\"{}\"", codes[(chance >> 8) as usize % codes.len()])),
        false if chance.is_multiple_of(3) => ("pending", "null".to_owned()),
        false => ("succeeded", "null".to_owned()),
    };
    let created = Timestamp::from_millis(created);
    let id = format!("{:08x}-4f0f-4f0e-8a53-{event:012x}", chance as u32);
    let body = format!(
        "{{\"eventId\":\"{id}\",\"event\":\"payment.{name}\",\"type\":\"payment\",\
         \"apiVersion\":\"2026-05-01\",\"environment\":\"live\",\"createdAt\":\"{created}\",\
         \"data\":{{\"id\":\"7c1c9f0e-7d55-4a3b-9d35-{event:012x}\",\"externalId\":\"order-{event}\",\
         \"status\":\"{name}\",\"amount\":25,\"currency\":\"USD\",\
         \"providerTransactionId\":\"cpi_AbCdEfGhIjKlMnOp\",\"failureCode\":{code},\
         \"failureMessage\":null,\"amountRefunded\":0,\"amountRefundable\":25,\"customer\":{{\
         \"id\":\"0b5fd0a5-4f0f-4f0e-8a53-{event:012x}\",\"externalId\":\"customer-{event}\",\
         \"email\":\"someone@example.com\",\"name\":\"Some One\",\"phone\":null}}}}}}"
    );
    let ms = 20 + chance % 200;
    if log == "bare.jsonl" {
        return format!("{body}\n");
    }
    if log == "own.jsonl" {
        return format!("{{\"time\":\"{at}\",\"status\":{status},\"ms\":{ms},\"body\":{body}}}\n");
    }
    let body = body.replace('"', "\\\"");
    format!(
        "{{\"schema\":\"golive.received/1\",\"id\":\"01R{event:012x}{number}\",\
         \"receivedAt\":\"{at}\",\"path\":\"/hook\",\"signature\":\"valid\",\"eventId\":\"{id}\",\
         \"headers\":{{\"content-type\":\"application/json\"}},\"body\":\"{body}\"}}\n\
         {{\"schema\":\"golive.answered/1\",\"id\":\"01R{event:012x}{number}\",\
         \"answeredAt\":\"{at}\",\"status\":{status},\"ms\":{ms},\"by\":\"upstream\"}}\n"
    )
}

/// Peak memory over logs of a quarter, a half and the whole size.
fn memory(folder: &Path, megabytes: u64) {
    println!("\n| log | peak memory |\n| --- | --- |");
    for log in ["bare.jsonl", "own.jsonl", "listen.jsonl"] {
        for part in [4, 2, 1] {
            let (_, bytes) = write(folder, log, megabytes * 1_000_000 / part);
            let run = contenders(folder, log, "").remove(0).run(folder);
            println!("| {log}, {:.2} GB | {} MiB |", bytes as f64 / 1e9, run.peak / 1024);
            fs::remove_file(folder.join(log)).unwrap();
        }
    }
}

/// How long a line that is written takes to be in the boards, with the folder watched.
fn written(folder: &Path) {
    write(folder, "own.jsonl", 1_000_000);
    let mut feed = feed(folder, "own.jsonl");
    feed.catch_up(now(), &Watch::idle()).unwrap();
    let mut file = OpenOptions::new().append(true).open(folder.join("own.jsonl")).unwrap();
    let mut times = Vec::new();
    for number in 0..100 {
        let at = now();
        let text = line("own.jsonl", 1 << 40 | number, 0, number, at.millis() - 400, (at, 200));
        // Nothing is left to be told of what was written before.
        while feed.wait(Duration::from_millis(30)) {
            feed.catch_up(now(), &Watch::idle()).unwrap();
        }
        let lines = lines(&feed);
        let began = Instant::now();
        file.write_all(text.as_bytes()).unwrap();
        while lines == self::lines(&feed) {
            feed.wait(Duration::from_secs(2));
            feed.catch_up(now(), &Watch::idle()).unwrap();
        }
        times.push(began.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[times.len() * share / 100];
    println!(
        "\nFrom written to gathered: median {:.1} %, 99 of 100 within {:.1} % of the second after \
         which a folder that is not watched is looked at.",
        at(50) * 100.0,
        at(99) * 100.0
    );
}

fn lines(feed: &Feed) -> u64 {
    let window = Window::until(now(), Span::Hour);
    feed.picture(now(), window, &Limits::default(), None).reading.lines
}

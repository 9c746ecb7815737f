//! What `external-id-log` costs: a pass over a log of more than 1 GB, against DuckDB answering the
//! same question and `wc -l` as the bound, in the same run.
//!
//! `GOLIVE_BENCH_MB` says how large the log is (1100), `GOLIVE_BENCH_ROUNDS` how often (5),
//! `GOLIVE_BENCH_DUCKDB` where DuckDB's command line is when it is not on the PATH; without it,
//! it is left out. Each contender is a process of its own; peak memory is that process's. Prints a
//! Markdown table of medians and ratios; see `benches/README.md`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark stops and prints, and its child ends where it is"
)]

#[path = "../tests/support/traffic.rs"]
mod traffic;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use golive::checks::idempotency::external_id_log::{Question, answer};
use golive::events::blocks::Cut;
use golive::events::fields::Fields;
use golive::events::members::LogMembers;
use golive::events::record::Reading;
use golive::events::source::Role;
use golive::events::target::Hosts;
use golive::scan::Watch;

/// Runs its arguments and prints their peak memory in KiB and their processor time in seconds behind
/// their output.
const PEAK: &str = "import subprocess,resource,sys\n\
    done=subprocess.run(sys.argv[1:],stdout=subprocess.PIPE)\n\
    sys.stdout.buffer.write(done.stdout)\n\
    used=resource.getrusage(resource.RUSAGE_CHILDREN)\n\
    print('\\nused',used.ru_maxrss,used.ru_utime+used.ru_stime)\n\
    sys.exit(done.returncode)";

/// Every id's uses held against each other, and every order's ids: what the check asks, except that
/// DuckDB names no lines. Least and greatest are compared, which is faster than counting.
const QUERY: &str = r"
CREATE TEMP TABLE ids AS
SELECT id, min(env) <> max(env) OR min(amount) <> max(amount) OR min(currency) <> max(currency)
    OR min(who) <> max(who) OR min(ord) <> max(ord) AS wrong, max(ord) AS ord, bool_or(ok) AS ok
FROM (
  SELECT data.externalId AS id, environment AS env, round(data.amount * 100)::BIGINT AS amount,
    data.currency AS currency, data.customer.externalId AS who, NULL AS ord,
    event = 'payment.succeeded' AS ok
  FROM read_json('events.jsonl', format = 'newline_delimited', columns = {event: 'VARCHAR',
    environment: 'VARCHAR', data: 'STRUCT(externalId VARCHAR, amount DOUBLE, currency VARCHAR,
    customer STRUCT(externalId VARCHAR))'})
  UNION ALL
  SELECT body.externalId, CASE WHEN url LIKE '%sandbox.mintcash.me%' THEN 'test' ELSE 'live' END,
    body.amount, body.currency, body.customer.externalId, body.metadata.order_id, false
  FROM read_json('requests.jsonl', format = 'newline_delimited', columns = {url: 'VARCHAR',
    body: 'STRUCT(externalId VARCHAR, amount BIGINT, currency VARCHAR, customer
    STRUCT(externalId VARCHAR), metadata STRUCT(order_id VARCHAR))'})
) GROUP BY id;
SELECT count(*) || ' ids, ' || (count(*) FILTER (wrong) + (SELECT count(*) FROM (
    SELECT ord FROM ids WHERE ok AND ord IS NOT NULL GROUP BY ord HAVING count(*) > 1)))
    || ' wrong' FROM ids;";

struct Contender {
    name: String,
    command: Vec<String>,
    stdin: Option<&'static str>,
    runs: Vec<Run>,
}

struct Run {
    time: Duration,
    processor: f64,
    peak: u64,
    said: String,
}

fn main() {
    let mut args = std::env::args();
    if args.any(|arg| arg == "--pass") {
        pass(Path::new(&args.next().unwrap()), args.next().unwrap().parse().unwrap());
        return;
    }
    let number = |name: &str, usual: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let lines = traffic::write(folder, number("GOLIVE_BENCH_MB", 1100) * 1_000_000);
    let size = |name: &str| fs::metadata(folder.join(name)).unwrap().len();
    let bytes = size("requests.jsonl") + size("events.jsonl");
    println!(
        "{:.2} GB: {} requests, {} events, {} intents\n",
        bytes as f64 / 1e9,
        lines.requests,
        lines.events,
        lines.intents
    );
    let own = std::env::current_exe().unwrap().display().to_string();
    let pass = |threads: usize| {
        [&own, "--pass", &folder.display().to_string(), &threads.to_string()]
            .map(str::to_owned)
            .to_vec()
    };
    let cores = Cut::default().threads;
    let mut all = vec![contender(&format!("**golive**, {cores} threads"), pass(cores), None)];
    all.push(contender("golive, 1 thread", pass(1), None));
    if let Some(duckdb) = program("GOLIVE_BENCH_DUCKDB", "duckdb") {
        all.push(contender(
            "DuckDB, the same question",
            vec![duckdb, "-noheader".into(), "-list".into()],
            Some(QUERY),
        ));
    }
    let wc = ["wc", "-l", "requests.jsonl", "events.jsonl"].map(str::to_owned).to_vec();
    all.push(contender("`wc -l`", wc, None));
    for round in 0..=number("GOLIVE_BENCH_ROUNDS", 5) {
        for one in &mut all {
            let run = run(one, folder);
            if round > 0 {
                one.runs.push(run);
            }
        }
    }
    table(&all, bytes);
}

/// The child: one pass, and what it found.
fn pass(folder: &Path, threads: usize) {
    let question = Question {
        base: folder.to_owned(),
        globs: vec![
            (Role::Requests, "requests.jsonl".to_owned()),
            (Role::Events, "events.jsonl".to_owned()),
        ],
        reading: Reading { hosts: Hosts::default(), fields: Fields::default() },
        members: LogMembers::default(),
        about: None,
        cut: Cut { threads, ..Cut::default() },
        memory: None,
    };
    let report = answer(&question, &Watch::idle());
    let wrong = report.evidence["wrong"].as_u64().unwrap();
    println!("{} ids, {wrong} wrong", report.evidence["ids"]);
}

fn contender(name: &str, command: Vec<String>, stdin: Option<&'static str>) -> Contender {
    Contender { name: name.to_owned(), command, stdin, runs: Vec::new() }
}

fn run(contender: &Contender, folder: &Path) -> Run {
    let query = folder.join("query.sql");
    fs::write(&query, contender.stdin.unwrap_or_default()).unwrap();
    let began = Instant::now();
    let output = Command::new("python3")
        .args(["-c", PEAK])
        .args(&contender.command)
        .current_dir(folder)
        .stdin(fs::File::open(&query).unwrap())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let time = began.elapsed();
    assert!(output.status.success(), "{} failed", contender.name);
    let text = String::from_utf8(output.stdout).unwrap();
    let (said, used) = text.rsplit_once("used ").unwrap();
    let (peak, processor) = used.trim().split_once(' ').unwrap();
    let (peak, processor) = (peak.parse().unwrap(), processor.parse().unwrap());
    Run { time, processor, peak, said: said.trim().to_owned() }
}

fn table(all: &[Contender], bytes: u64) {
    println!(
        "| what | wall | × golive | processor | × golive | GB/s of one core | peak memory | found |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut base = None;
    for one in all {
        let wall = median(one.runs.iter().map(|run| run.time.as_secs_f64()).collect());
        let processor = median(one.runs.iter().map(|run| run.processor).collect());
        let (base_wall, base_processor) = *base.get_or_insert((wall, processor));
        let peak = one.runs.iter().map(|run| run.peak).max().unwrap() / 1024;
        let said = one.runs.first().map(|run| run.said.as_str()).unwrap_or_default();
        let found = said.lines().next_back().unwrap_or_default().trim();
        println!(
            "| {} | {wall:.2} s | {:.2} | {processor:.2} s | {:.2} | {:.2} | {peak} MiB | {found} |",
            one.name,
            wall / base_wall,
            processor / base_processor,
            bytes as f64 / 1e9 / processor,
        );
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap()
}

/// The program that the variable names, or that is on the PATH.
fn program(variable: &str, name: &str) -> Option<String> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = named.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
    });
    found.map(|path| path.display().to_string())
}

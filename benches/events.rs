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

mod contest;
#[path = "../tests/support/traffic.rs"]
mod traffic;

use std::fs;
use std::path::Path;

use contest::{Contender, number, program, table};
use golive::checks::idempotency::external_id_log::{Question, answer};
use golive::events::blocks::Cut;
use golive::events::fields::Fields;
use golive::events::members::LogMembers;
use golive::events::record::Reading;
use golive::events::source::Role;
use golive::events::target::Hosts;
use golive::scan::Watch;

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

fn main() {
    let mut args = std::env::args();
    if args.any(|arg| arg == "--pass") {
        pass(Path::new(&args.next().unwrap()), args.next().unwrap().parse().unwrap());
        return;
    }
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
    let mut all = vec![Contender::new(&format!("**golive**, {cores} threads"), pass(cores), "")];
    all.push(Contender::new("golive, 1 thread", pass(1), ""));
    if let Some(duckdb) = program("GOLIVE_BENCH_DUCKDB", "duckdb") {
        all.push(Contender::new(
            "DuckDB, the same question",
            vec![duckdb, "-noheader".into(), "-list".into()],
            QUERY,
        ));
    }
    let wc = ["wc", "-l", "requests.jsonl", "events.jsonl"].map(str::to_owned).to_vec();
    all.push(Contender::new("`wc -l`", wc, ""));
    contest::rounds(&mut all, number("GOLIVE_BENCH_ROUNDS", 5), folder);
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

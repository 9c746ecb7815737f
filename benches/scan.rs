//! What the secret scan costs: git history and work tree, against the usual tools in the same run.
//!
//! `GOLIVE_BENCH_REPO` names a real repository; without it a large one with deep delta chains is
//! made. `GOLIVE_BENCH_ROUNDS` says how often (3), `GOLIVE_BENCH_KINGFISHER` and
//! `GOLIVE_BENCH_RG` where these programs are when they are not on the PATH; a missing one is left
//! out. Prints Markdown tables of medians and ratios; see `benches/README.md`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops and prints"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use golive::scan::{Role, Wanted, Watch, scan_paths};
use golive::secrets::Secret;

/// The rule that all tools search by.
const RULE: &str = "sk_live_[0-9A-Za-z]{16,}";

/// A way to do the work, timed once per round.
struct Contender {
    name: &'static str,
    work: Box<dyn Fn()>,
    times: Vec<Duration>,
}

impl Contender {
    fn new(name: &'static str, work: impl Fn() + 'static) -> Self {
        Self { name, work: Box::new(work), times: Vec::new() }
    }
}

fn main() {
    let rounds: usize =
        std::env::var("GOLIVE_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let scratch = tempfile::tempdir().unwrap();
    let repository = std::env::var_os("GOLIVE_BENCH_REPO")
        .map_or_else(|| generate(scratch.path()), PathBuf::from);
    let git_dir = PathBuf::from(
        shell(&format!("cd '{}' && git rev-parse --absolute-git-dir", repository.display())).trim(),
    );
    let seen = scan_paths(std::slice::from_ref(&git_dir), &wanted(), &Watch::idle());
    println!("Repository: {} objects searched, {}\n", seen.counts.objects, size(&git_dir));
    history(&git_dir, rounds, scratch.path());
    tree(&git_dir, rounds, scratch.path());
}

/// The launch's own secrets, as in a real scan.
fn wanted() -> Vec<Wanted> {
    let own = |name: &str, value: &str, role| Wanted {
        name: name.to_owned(),
        secret: Secret::new(value.to_owned()),
        role,
        file: None,
    };
    vec![
        own("live_secret_key", "sk_live_9fQ2xLr7Tz0KpWv4Bn8YcJd3", Role::Live),
        own("webhook_secret", "3f9a1c77e0b24d5f8a6b91c2d4e8f071", Role::Live),
        own("test_secret_key", "sk_test_Xk82hHq0ZpLw6TnV3sRbE1uG", Role::Test),
    ]
}

fn history(git_dir: &Path, rounds: usize, scratch: &Path) {
    let own = git_dir.to_owned();
    let mut all = vec![Contender::new("**golive**, all encodings", move || {
        assert!(!scan_paths(std::slice::from_ref(&own), &wanted(), &Watch::idle()).stopped);
    })];
    if let Some(rg) = program("GOLIVE_BENCH_RG", "rg") {
        let git = format!("git --git-dir='{}' cat-file", git_dir.display());
        let ids = format!(
            "{git} --batch-check='%(objecttype) %(objectname)' --batch-all-objects --unordered \
             | awk '$1==\"blob\"{{print $2}}'"
        );
        let pipe = format!("{ids} | {git} --batch --buffer | {rg} -a -c '{RULE}' || true");
        let inflate = format!("{ids} | {git} --batch --buffer > /dev/null");
        all.push(Contender::new("`git cat-file` of all blobs in pack order \\| rg", move || {
            shell(&pipe);
        }));
        all.push(Contender::new("the same to /dev/null (inflates, does not search)", move || {
            shell(&inflate);
        }));
    }
    if let Some(kingfisher) = program("GOLIVE_BENCH_KINGFISHER", "kingfisher") {
        let rules = scratch.join("rules.yml");
        let text = format!(
            "rules:\n  - name: live key\n    id: custom.live.1\n    pattern: '({RULE})'\n    \
             min_entropy: 0\n    confidence: medium\n    examples: []\n"
        );
        fs::write(&rules, text).unwrap();
        for (name, more) in
            [("kingfisher, one rule", ""), ("kingfisher --turbo, one rule", "--turbo")]
        {
            let command = format!(
                "{kingfisher} scan '{}' --load-builtins=false --rules-path '{}' --rule custom \
                 --no-validate --no-update-check -q {more} || true",
                git_dir.display(),
                rules.display()
            );
            all.push(Contender::new(name, move || {
                shell(&command);
            }));
        }
    }
    table("history", all, rounds);
}

fn tree(git_dir: &Path, rounds: usize, scratch: &Path) {
    let folder = scratch.join("tree");
    fs::create_dir(&folder).unwrap();
    shell(&format!(
        "git --git-dir='{}' archive HEAD | tar x -C '{}'",
        git_dir.display(),
        folder.display()
    ));
    for number in 1..8 {
        shell(&format!("cp -r '{0}' '{0}.copy{number}'", folder.display()));
    }
    let whole = scratch.join("trees");
    fs::create_dir(&whole).unwrap();
    shell(&format!("mv '{0}' '{0}'.copy* '{1}'", folder.display(), whole.display()));
    let own = whole.clone();
    let mut all = vec![Contender::new("**golive**, all encodings", move || {
        assert!(scan_paths(std::slice::from_ref(&own), &wanted(), &Watch::idle()).counts.files > 0);
    })];
    if let Some(rg) = program("GOLIVE_BENCH_RG", "rg") {
        let command = format!("{rg} -uuu -c '{RULE}' '{}' || true", whole.display());
        all.push(Contender::new("rg -uuu, one rule", move || {
            shell(&command);
        }));
    }
    println!("\nWork tree: eight copies, {}\n", size(&whole));
    table("work tree", all, rounds * 3);
}

/// Runs all in turn, so that what else the machine does hits all alike, and prints the table.
fn table(what: &str, mut all: Vec<Contender>, rounds: usize) {
    for round in 0..=rounds {
        for contender in &mut all {
            let began = Instant::now();
            (contender.work)();
            if round > 0 {
                contender.times.push(began.elapsed());
            }
        }
    }
    println!("| {what} | median s | min–max | × golive |\n| --- | --- | --- | --- |");
    let mut own = None;
    for contender in &mut all {
        contender.times.sort();
        let seconds: Vec<f64> = contender.times.iter().map(Duration::as_secs_f64).collect();
        let median = seconds[seconds.len() / 2];
        let own = *own.get_or_insert(median);
        println!(
            "| {} | {median:.2} | {:.2}–{:.2} | {:.2} |",
            contender.name,
            seconds[0],
            seconds[seconds.len() - 1],
            median / own
        );
    }
}

fn program(variable: &str, name: &str) -> Option<String> {
    let path = std::env::var(variable).unwrap_or_else(|_| name.to_owned());
    let there = Command::new(&path).arg("--version").output().is_ok();
    if !there {
        println!("(left out: {name} is not installed)\n");
    }
    there.then_some(path)
}

fn shell(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn size(folder: &Path) -> String {
    let says = shell(&format!("du -sm '{}'", folder.display()));
    format!("{} MiB on disk", says.split_whitespace().next().unwrap_or("?"))
}

/// Makes a repository of 200 large files with 150 revisions each, in deep delta chains.
fn generate(scratch: &Path) -> PathBuf {
    let root = scratch.join("generated");
    shell(&format!("git init --quiet --bare --initial-branch=main '{}'", root.display()));
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet", "--depth=150"])
        .env("GIT_DIR", &root)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stream = std::io::BufWriter::new(import.stdin.take().unwrap());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut mark = 0;
    for file in 0..200 {
        let mut lines: Vec<String> =
            (0..1500).map(|n| format!("key_{n} = {:016x}\n", random())).collect();
        for revision in 0..150 {
            for _ in 0..5 {
                let at = usize::try_from(random() % 1500).unwrap();
                lines[at] = format!("key_{at} = {:016x}\n", random());
            }
            let content = lines.concat();
            mark += 1;
            let head = format!(
                "commit refs/heads/main\nmark :{mark}\ncommitter B <b@b.test> {} +0000\ndata 2\nr\n",
                1_600_000_000 + file * 1000 + revision
            );
            write!(stream, "{head}M 100644 inline f{file}\ndata {}\n{content}\n", content.len())
                .unwrap();
        }
    }
    drop(stream);
    assert!(import.wait().unwrap().success());
    root
}

//! Programs that answer the same question, each as a process of its own: wall and processor time, and
//! peak memory.
//!
//! Used by the benchmarks that hold golive against DuckDB and `wc -l`. The rule it keeps: all take
//! turns, and the first turn of each counts nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs its arguments and prints their peak memory in KiB and their processor time in seconds behind
/// their output.
const PEAK: &str = "import subprocess,resource,sys\n\
    done=subprocess.run(sys.argv[1:],stdout=subprocess.PIPE)\n\
    sys.stdout.buffer.write(done.stdout)\n\
    used=resource.getrusage(resource.RUSAGE_CHILDREN)\n\
    print('\\nused',used.ru_maxrss,used.ru_utime+used.ru_stime)\n\
    sys.exit(done.returncode)";

/// A program that takes part.
pub struct Contender {
    pub name: String,
    command: Vec<String>,
    stdin: String,
    pub runs: Vec<Run>,
}

/// What one run took, and what it said.
pub struct Run {
    time: Duration,
    processor: f64,
    /// In KiB.
    pub peak: u64,
    pub said: String,
}

impl Contender {
    pub fn new(name: &str, command: Vec<String>, stdin: impl Into<String>) -> Self {
        Self { name: name.to_owned(), command, stdin: stdin.into(), runs: Vec::new() }
    }

    /// One run in that folder.
    pub fn run(&self, folder: &Path) -> Run {
        let query = folder.join("query.sql");
        fs::write(&query, &self.stdin).unwrap();
        let began = Instant::now();
        let output = Command::new("python3")
            .args(["-c", PEAK])
            .args(&self.command)
            .current_dir(folder)
            .stdin(fs::File::open(&query).unwrap())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        let time = began.elapsed();
        assert!(output.status.success(), "{} failed", self.name);
        let text = String::from_utf8(output.stdout).unwrap();
        let (said, used) = text.rsplit_once("used ").unwrap();
        let (peak, processor) = used.trim().split_once(' ').unwrap();
        let (peak, processor) = (peak.parse().unwrap(), processor.parse().unwrap());
        Run { time, processor, peak, said: said.trim().to_owned() }
    }
}

/// Has all of them run, in turns.
pub fn rounds(all: &mut [Contender], rounds: u64, folder: &Path) {
    for round in 0..=rounds {
        for one in &mut *all {
            let run = one.run(folder);
            if round > 0 {
                one.runs.push(run);
            }
        }
    }
}

/// The number that a variable of the environment holds.
pub fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Prints what each took, as Markdown; the first is what the others are held against.
pub fn table(all: &[Contender], bytes: u64) {
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
pub fn program(variable: &str, name: &str) -> Option<String> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = named.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
    });
    found.map(|path| path.display().to_string())
}

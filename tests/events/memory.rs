//! Memory does not grow with the log: measured in processes of their own.

use std::path::Path;
use std::process::Command;

use golive::checks::Outcome;

use crate::Logs;
use crate::traffic;

/// Tells the process what to do: the folder with the logs, or nothing.
const FOLDER: &str = "GOLIVE_TEST_EVENTS_FOLDER";

/// What is kept in memory before the temporary file is used, so that already the smaller log has
/// more to keep.
const KEPT: usize = 256 * 1024;

/// The other half of the tests below: reads the logs that it is told to, and says its peak.
#[test]
fn measured_in_a_process_of_its_own() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut logs = Logs::empty();
    logs.question.base = folder.into();
    logs.question.memory = Some(KEPT);
    let report = logs.answer();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("measured {} {}", peak.trim().trim_end_matches(" kB"), report.evidence["wrong"]);
}

/// The peak memory in KiB, and how many ids were wrong.
fn measure(folder: &Path) -> (u64, u64) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::measured_in_a_process_of_its_own", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find_map(|line| line.split_once("measured ")).unwrap().1;
    let (peak, wrong) = line.split_once(' ').unwrap();
    (peak.parse().unwrap(), wrong.trim().parse().unwrap())
}

/// A log of short requests, each with an id of its own: of these the most is to be kept.
fn short_requests(folder: &Path, count: u32) {
    let line = |n| format!("{{\"externalId\":\"ord-{n}\",\"amount\":{n},\"currency\":\"USD\"}}\n");
    let mut lines: String = (0..count).map(line).collect();
    lines.push_str("{\"externalId\":\"ord-7\",\"amount\":8,\"currency\":\"USD\"}\n");
    std::fs::write(folder.join("requests"), lines).unwrap();
    std::fs::write(folder.join("events"), "{}\n").unwrap();
}

#[test]
fn ten_times_the_log_takes_no_more_memory() {
    if !cfg!(target_os = "linux") {
        eprintln!("SKIPPED: peak memory is read from /proc");
        return;
    }
    let peaks = [30_000, 300_000].map(|count| {
        let folder = tempfile::tempdir().unwrap();
        short_requests(folder.path(), count);
        let (peak, wrong) = measure(folder.path());
        assert_eq!(wrong, 1);
        peak
    });
    // All that is kept of the larger log are 19 MB.
    let [small, large] = peaks;
    assert!(large < small + 6 * 1024, "{small} KiB, and {large} KiB for ten times as much");
    assert!(large < 100 * 1024, "{large} KiB");
}

#[test]
fn of_a_generated_log_exactly_what_was_planted_is_wrong() {
    let mut logs = Logs::empty();
    let lines = traffic::write(logs.path(), 25_000_000);
    logs.question.cut.block = 64 * 1024;
    let report = logs.answer();
    let planted = lines.intents.saturating_sub(8).div_euclid(traffic::WRONG_EVERY) + 1;
    assert_eq!((report.outcome, report.evidence["wrong"].as_u64()), (Outcome::Fail, Some(planted)));
    assert_eq!(report.evidence["requests"], lines.requests);
    assert_eq!(report.evidence["events"], lines.events);
}

#[test]
fn an_id_that_is_used_for_everything_takes_no_more_memory() {
    if !cfg!(target_os = "linux") {
        eprintln!("SKIPPED: peak memory is read from /proc");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..300_000_u32)
        .map(|n| {
            format!(
                "{{\"externalId\":\"undefined\",\"amount\":{n},\"currency\":\"USD\",\
                 \"customer\":{{\"externalId\":\"c{n}\"}}}}\n"
            )
        })
        .collect();
    std::fs::write(folder.path().join("requests"), lines).unwrap();
    std::fs::write(folder.path().join("events"), "{}\n").unwrap();
    let (peak, wrong) = measure(folder.path());
    assert_eq!(wrong, 1);
    assert!(peak < 40 * 1024, "{peak} KiB");
}

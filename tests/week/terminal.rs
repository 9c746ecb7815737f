//! `golive watch` in a real terminal, over a log that another process writes to.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::pty::{Project, Terminal};

/// A merchant with one log of webhooks.
struct Merchant {
    project: Project,
    log: PathBuf,
    written: u64,
}

impl Merchant {
    fn new() -> Self {
        let project = Project::new();
        let log = project.path("events.jsonl");
        fs::write(project.path("golive.yaml"), "inputs:\n  event_log: [\"events.jsonl\"]\n")
            .unwrap();
        fs::write(&log, "").unwrap();
        let mut merchant = Self { project, log, written: 0 };
        merchant.appends(3);
        merchant
    }

    fn line(&mut self) -> String {
        self.written += 1;
        let number = self.written;
        format!(
            r#"{{"eventId":"evt_{number:08}","event":"payment.succeeded","createdAt":"2026-11-25T10:00:{:02}Z","data":{{"id":"pay_{number:08}","externalId":"order-{number}"}}}}"#,
            number % 60
        )
    }

    /// Writes lines as the merchant's own program does: from another process.
    fn appends(&mut self, lines: u64) {
        let text: Vec<_> = (0..lines).map(|_| self.line()).collect();
        let script = "cat >> \"$1\"";
        let mut child = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(&self.log)
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        writeln!(stdin, "{}", text.join("\n")).unwrap();
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }

    fn watches(&self) -> Terminal {
        let terminal = self.project.open(&["watch"]);
        terminal.resize(120, 40);
        terminal
    }

    #[track_caller]
    fn sees(&self, terminal: &Terminal) {
        terminal.shows(&format!("{} lines", self.written));
    }
}

#[test]
fn a_line_that_another_process_writes_is_seen_also_after_the_log_was_rotated() {
    let mut merchant = Merchant::new();
    let mut terminal = merchant.watches();
    merchant.sees(&terminal);
    merchant.appends(1);
    merchant.sees(&terminal);
    fs::rename(&merchant.log, merchant.project.path("events.jsonl.1")).unwrap();
    merchant.appends(2);
    merchant.sees(&terminal);
    terminal.resize(80, 24);
    terminal.shows("Deliveries");
    terminal.resize(120, 40);
    merchant.sees(&terminal);
    terminal.keys("\x1b");
    terminal.shows("Credentials");
    terminal.keys("f");
    merchant.sees(&terminal);
    terminal.keys("q");
    assert_eq!(terminal.wait().exit_code(), 0);
    terminal.is_restored();
}

#[test]
fn how_long_a_line_takes_to_the_screen_is_told() {
    let mut merchant = Merchant::new();
    let terminal = merchant.watches();
    merchant.sees(&terminal);
    let mut took: Vec<_> = (0..10)
        .map(|_| {
            terminal.settled(std::time::Duration::from_millis(250));
            let line = merchant.line();
            let mut log = OpenOptions::new().append(true).open(&merchant.log).unwrap();
            let began = Instant::now();
            writeln!(log, "{line}").unwrap();
            merchant.sees(&terminal);
            began.elapsed()
        })
        .collect();
    took.sort();
    println!("a line is on the screen after {:?}, at worst {:?}", took[5], took[9]);
}

#[test]
fn a_screen_of_a_quiet_log_writes_nothing() {
    let merchant = Merchant::new();
    let terminal = merchant.watches();
    merchant.sees(&terminal);
    let before = terminal.settled(std::time::Duration::from_millis(500));
    let after = terminal.settled(std::time::Duration::from_secs(2));
    assert_eq!(before, after);
}

#[test]
fn without_a_terminal_it_says_what_to_use_instead() {
    let merchant = Merchant::new();
    let output = merchant.project.golive(&["watch"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("golive watch --once"), "{said}");
}

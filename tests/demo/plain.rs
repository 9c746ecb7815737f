//! `golive demo --plain` as somebody without a screen walks it: line by line, on a pipe.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// What only something broken takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What every choice is asked for with.
const NOW: &str = "What now?";

/// A walk; killed when dropped.
struct Walk {
    child: Child,
    answers: Option<ChildStdin>,
    said: Arc<(Mutex<String>, Condvar)>,
    heard: usize,
}

impl Walk {
    /// Begins one whose temporary folders are in that place.
    fn begin(place: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_golive"))
            .args(["demo", "--plain"])
            .current_dir(place)
            .env_clear()
            .envs([("HOME", place), ("TMPDIR", place)])
            .env("GOLIVE_ASCII", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let said = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let into = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(read @ 1..) = out.read(&mut piece) {
                into.0.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..read]));
                into.1.notify_all();
            }
        });
        let mut walk = Self { answers: child.stdin.take(), child, said, heard: 0 };
        walk.hear(NOW);
        walk
    }

    /// Waits until something is said that was not heard before, wherever its line is broken;
    /// everything up to there.
    fn hear(&mut self, what: &str) -> String {
        let said = self.said.0.lock().unwrap();
        let find = |said: &str| said[self.heard..].replace('\n', " ").find(what);
        let missing = |said: &mut String| find(said).is_none();
        let (said, late) = self.said.1.wait_timeout_while(said, PATIENCE, missing).unwrap();
        assert!(!late.timed_out(), "`{what}` was not said:\n{}", &said[self.heard..]);
        let end = self.heard + find(&said).unwrap() + what.len();
        let heard = said[self.heard..end].to_owned();
        self.heard = end;
        heard
    }

    /// Answers, and waits for what is asked next.
    fn answer(&mut self, answer: &str, next: &str) -> String {
        writeln!(self.answers.as_mut().unwrap(), "{answer}").unwrap();
        self.hear(next)
    }

    fn folder(&self) -> PathBuf {
        let said = self.said.0.lock().unwrap();
        let shown = said.split("The shop's files: ").nth(1).unwrap();
        shown.lines().next().unwrap().into()
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

/// The number of what can be chosen with these words.
fn number(said: &str, words: &str) -> String {
    let line = said.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{said}"));
    line.split('.').next().unwrap().trim().to_owned()
}

#[test]
fn the_walk_line_by_line_verifies_signs_pays_and_looks_at_a_first_week_with_a_fault() {
    let place = TempDir::new().unwrap();
    let mut walk = Walk::begin(place.path());
    let said = walk.answer("verify", NOW);
    assert!(said.contains("api-key: pass.") && said.contains("Step 2 of 25"), "{said}");
    let said = walk.answer("verify", NOW);
    assert!(said.contains("credentials.secret-storage is now ready."), "{said}");
    walk.answer("sign", "can read them:");
    walk.answer("the vault, two people", "(Enter: none):");
    let said = walk.answer("", NOW);
    assert!(said.contains("Saved: credentials.secret-storage signed by Ada Kim"), "{said}");

    walk.answer("goto", "or its number)");
    walk.answer("rehearsal.charge", NOW);
    let said = walk.answer("verify", "Enter leaves it out:");
    assert!(said.contains("DEMO, simulated money") && !said.contains("LIVE"), "{said}");
    let host = said.split("Host: type ").nth(1).unwrap().split(';').next().unwrap().to_owned();
    walk.answer(&host, "Enter leaves it out:");
    walk.answer("1.00 USD", "on the card:");
    walk.answer("Ada Kim", "yourself:");
    let said = walk.answer("pay", NOW);
    assert!(said.contains("Paid with a card that works."), "{said}");
    assert!(said.contains("live-charge: pass."), "{said}");

    let said = walk.answer("demo", "go back)");
    let week = number(&said, "Let the first week pass");
    let said = walk.answer("outage-in-the-week", "go back)");
    assert!(said.contains("Let the first week pass to see it."), "{said}");
    let said = walk.answer("there is no such fault", "go back)");
    assert!(said.contains("There is no fault"), "{said}");
    let said = walk.answer(&week, "go back)");
    assert!(said.contains("The first week has passed"), "{said}");
    walk.answer("", NOW);
    let said = walk.answer("first-week", "Enter: go back:");
    for says in ["fail     Deliveries", "CROSSED", "pass     Subscriptions", "not in the journal"] {
        assert!(said.contains(says), "{says} is missing: {said}");
    }
    let said = walk.answer("support", "Enter: go back:");
    assert!(said.contains("To the support of MintCash"), "{said}");
    walk.answer("", NOW);

    let folder = walk.folder();
    assert!(folder.join("golive.yaml").exists());
    let said = walk.answer("quit", "Everything is saved.");
    assert!(said.contains("Verdict: NOT YET"), "{said}");
    assert_eq!(walk.child.wait().unwrap().code(), Some(0));
    assert!(!folder.exists(), "the folder is left behind");
    let said = walk.said.0.lock().unwrap().clone();
    assert!(said.is_ascii() && !said.contains("<U+"), "{said}");
}

#[test]
fn a_signal_at_a_prompt_clears_the_demo_away_first() {
    let place = TempDir::new().unwrap();
    for signal in [Signal::INT, Signal::TERM] {
        let mut walk = Walk::begin(place.path());
        let folder = walk.folder();
        assert!(folder.join("golive.yaml").exists());
        kill_process(Pid::from_child(&walk.child), signal).unwrap();
        assert_eq!(walk.child.wait().unwrap().signal(), Some(signal.as_raw()));
        assert!(!folder.exists(), "{signal:?} leaves the folder behind");
    }
}

#[test]
fn what_a_killed_demo_leaves_goes_with_the_next_one_and_nothing_else_does() {
    let place = TempDir::new().unwrap();
    let mut killed = Walk::begin(place.path());
    let left = killed.folder();
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    assert!(left.join("secrets").exists(), "a killed demo cleans nothing");

    // Others that look like it: a copy, one without a mark, one that is only linked.
    let in_place = |name: &str| place.path().join(name);
    let (copy, own, linked) =
        (in_place("golive-demo-copy"), in_place("golive-demo-mine"), in_place("elsewhere"));
    for folder in [&copy, &own, &linked] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("kept"), "kept").unwrap();
    }
    fs::copy(left.join(".demo"), copy.join(".demo")).unwrap();
    let mark = fs::read_to_string(left.join(".demo")).unwrap();
    let own_name = left.file_name().unwrap().to_str().unwrap();
    fs::write(linked.join(".demo"), mark.replace(own_name, "golive-demo-linked")).unwrap();
    symlink(&linked, in_place("golive-demo-linked")).unwrap();

    let living = Walk::begin(place.path());
    assert!(!left.exists(), "the killed demo's folder is still there");
    let mut next = Walk::begin(place.path());
    assert!(living.folder().join("golive.yaml").exists(), "a living demo lost its folder");
    for folder in [&copy, &own, &linked] {
        assert!(folder.join("kept").exists(), "{} is gone", folder.display());
    }
    next.answer("quit", "Everything is saved.");
}

//! The demo on a terminal: what is simulated is said and stays said, a fault that is switched on in
//! the panel is caught, switched off it is gone.

use std::fs;

use tempfile::TempDir;

use crate::pty::{Project, golive};

const DOWN: &str = "\x1b[B";

#[test]
fn a_fault_switched_in_the_panel_is_caught_and_gone_again() {
    let (project, tmp) = (Project::new(), TempDir::new().unwrap());
    let place = tmp.path().display().to_string();
    let more = [("TMPDIR", place.as_str())];
    let mut terminal = project.start(golive(), &["demo"], &more);
    terminal.resize(110, 40);
    terminal.shows("This is the demo");
    terminal.shows("What is real");
    terminal.keys("\x1b");
    terminal.shows_no("This is the demo");
    terminal.shows("DEMO  simulated");

    terminal.keys("d");
    terminal.shows("Let a day pass");
    terminal.keys("fallback-to-sandbox");
    terminal.shows("[off] fallback-to-sandbox");
    terminal.keys("\r");
    terminal.shows("[on]  fallback-to-sandbox");
    terminal.keys("\x1b");
    terminal.shows_no("Type to find");

    // To the third step, and verify it.
    terminal.keys("jjv");
    terminal.shows("sandbox.mintcash.me");
    terminal.shows("failed");
    terminal.shows_no("c cancel");

    terminal.keys("d");
    terminal.keys("fallback-to-sandbox");
    terminal.shows("[on]  fallback-to-sandbox");
    terminal.keys("\r");
    terminal.shows("[off] fallback-to-sandbox");
    terminal.keys("\x1b");
    terminal.shows_no("Type to find");
    terminal.keys("v");
    terminal.shows("ready");
    terminal.shows_no("c cancel");
    terminal.shows("DEMO  simulated");

    terminal.keys("q");
    assert_eq!(terminal.wait().exit_code(), 0);
    terminal.is_restored();
    assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 0, "the demo's folder is gone");
    assert!(project.journal().is_empty(), "nobody's own journal is touched");
}

#[test]
fn a_signal_ends_the_demo_and_clears_it_away_first() {
    let (project, tmp) = (Project::new(), TempDir::new().unwrap());
    let place = tmp.path().display().to_string();
    let mut terminal = project.start(golive(), &["demo"], &[("TMPDIR", place.as_str())]);
    terminal.shows("This is the demo");
    terminal.keys(DOWN);
    terminal.signal(rustix::process::Signal::TERM);
    assert_eq!(terminal.wait().signal(), Some("Terminated"));
    terminal.is_restored();
    assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 0, "the demo's folder is gone");
}

//! A world of its own for each test that runs the program: home, configuration, state, project,
//! clock, environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The clock of every test stands here unless it is moved.
pub const NOW: &str = "2026-11-23T18:00:00Z";

/// A runbook with one step of each kind that the command line treats differently.
pub const RUNBOOK: &str = r#"format: 1
id: shop
title: Shop goes live
inputs:
  webhook_secret:
    type: secret
    about: The signing secret
  live_secret_key:
    type: secret
    about: The live key
    prefix: sk_live_
sections:
  - id: prepare
    title: Prepare
    steps:
      - id: green
        title: The marker is there
        why: Without it nothing is ready.
        how: Create the file marker.
        severity: blocking
        verify:
          - file: { path: marker }
        sign_off: verified
      - id: red
        title: The blocker is gone
        why: It blocks.
        how: Remove the file blocker.
        severity: advisory
        verify:
          - file: { path: blocker, exists: false }
        sign_off: verified
      - id: program
        title: A program agrees
        why: It knows.
        how: Ask it.
        severity: advisory
        verify:
          - command: { argv: ["sh", "-c", "exit 0"] }
        sign_off: verified
      - id: person
        title: A person has looked
        why: A program can not.
        how: Look.
        severity: blocking
        sign_off: person
        evidence:
          - name: ticket
            about: The ticket
            required: true
  - id: switch
    title: Switch
    phase: cutover
    requires: [prepare]
    steps:
      - id: over
        title: Over to live
        why: This is the point.
        how: Switch.
        severity: blocking
        sign_off: person
        irreversible: true
        blast_radius: Every customer.
        rollback: Switch back.
"#;

/// What a run of the program left.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The data as JSON; it must be nothing else.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{}\n{}", self.out, self.err))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            err: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        }
    }
}

/// The world of one test.
pub struct TestEnvironment {
    root: TempDir,
    variables: Vec<(String, String)>,
    clock: String,
}

impl TestEnvironment {
    /// A project with [`RUNBOOK`], whose launch is called `shop`.
    pub fn new() -> Self {
        let environment = Self::bare();
        environment.write("runbook.yaml", RUNBOOK);
        environment.write("golive.yaml", "launch: shop\nrunbook: runbook.yaml\n");
        environment
    }

    /// An empty project folder.
    pub fn bare() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["home", "project"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root, variables: Vec::new(), clock: NOW.to_owned() }
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn project(&self) -> PathBuf {
        self.root.path().join("project")
    }

    /// The folder in which the program keeps its launches.
    pub fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    /// The journal of the launch `shop`.
    pub fn journal(&self) -> PathBuf {
        self.state().join("golive/shop/journal.golive.jsonl")
    }

    /// Writes a file of the project.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.project().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Sets a variable for every run from here on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Moves the clock.
    pub fn at(&mut self, moment: &str) {
        moment.clone_into(&mut self.clock);
    }

    /// The program with these arguments, ready to run, with nothing of this process's environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_golive"));
        command
            .args(arguments)
            .current_dir(self.project())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.root.path().join("home"))
            .env("XDG_CONFIG_HOME", self.root.path().join("config"))
            .env("XDG_STATE_HOME", self.state())
            .env("XDG_DATA_HOME", self.root.path().join("data"))
            .env("GOLIVE_TEST_CLOCK", &self.clock)
            .env("LANG", "C.UTF-8")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn golive(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs the program, which must end with 0.
    pub fn must(&self, arguments: &[&str]) -> Ran {
        let ran = self.golive(arguments);
        assert_eq!(ran.code, Some(0), "golive {arguments:?}: {ran:#?}");
        ran
    }

    /// Every file below the root, for looking at what was left behind.
    pub fn files(&self) -> Vec<PathBuf> {
        files_below(self.root.path())
    }

    /// The text without what differs from run to run.
    pub fn stable(&self, text: &str) -> String {
        text.replace(&self.root.path().display().to_string(), "[ROOT]")
    }
}

/// Every file below a folder, in order.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

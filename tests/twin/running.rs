//! Twins that run, in this process and as the program.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use golive::mintcash::client::Client;
use golive::mintcash::envelope::Environment;
use golive::mintcash::key::KeyPair;
use golive::mintcash::retry::RetryRules;
use golive::mintcash::transport::Settings;
use golive::secrets::Secret;
use golive::time::Timestamp;
use golive::twin::{Handle, Options, Twin};
use serde_json::Value;
use tempfile::TempDir;

/// Retries without much waiting.
pub const QUICK: RetryRules = RetryRules {
    tries: 3,
    first: Duration::from_millis(5),
    most: Duration::from_millis(10),
    patience: Duration::from_secs(5),
};

/// When every twin begins.
pub fn start() -> Timestamp {
    Timestamp::parse("2026-11-25T09:00:00Z").unwrap()
}

/// A twin whose clock is only stepped.
pub async fn twin(switches: &[&str]) -> Twin {
    let switches = switches.iter().map(|name| (*name).to_owned()).collect();
    Twin::start(Options { switches, ..Options::at(start()) }).await.unwrap()
}

/// golive's own client of an environment.
pub fn client(handle: &Handle, environment: Environment) -> Client {
    let public = Secret::new(handle.public_key(environment));
    let keys = KeyPair::of(public, handle.secret_key(environment)).unwrap();
    let mut settings = Settings::production(start());
    settings.total = Duration::from_secs(20);
    Client::new(&handle.url(environment), keys, QUICK, settings).unwrap()
}

/// The program, running; ends with the test.
pub struct Program {
    pub child: Child,
    /// What it said at the beginning.
    pub said: Value,
    /// Where its keys are.
    pub secrets: PathBuf,
    pub folder: TempDir,
    /// Its standard output, still open.
    _out: BufReader<std::process::ChildStdout>,
}

/// `golive` with a home of its own.
pub fn golive(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_golive"));
    command
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("TMPDIR", folder.path())
        .env_remove("GOLIVE_TEST_CLOCK")
        .stdin(Stdio::null());
    command
}

impl Program {
    pub fn start(arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let secrets = folder.path().join("keys.env");
        let mut child = golive(&folder)
            .args(["twin", "--format", "json", "--secrets"])
            .arg(&secrets)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("\n}\n") {
            assert_ne!(out.read_line(&mut text).unwrap(), 0, "it ended: {text}");
        }
        let said = serde_json::from_str(&text).unwrap();
        Self { child, said, secrets, folder, _out: out }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _it_may_have_ended = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says loudly that a test was skipped because a program is missing; fails where CI promised it.
pub fn skip(program: &str) {
    assert!(std::env::var_os("CI").is_none(), "{program} is missing, and CI needs it");
    eprintln!("SKIPPED: {program} is not installed");
}

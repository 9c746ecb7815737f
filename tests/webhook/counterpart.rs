//! Starts handlers under test and ends them with the test.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The secret that handlers are given.
pub const SECRET: &str = "whsec_canary_5f1d0c9b7a";

/// The one of the sandbox, which sound handlers do not look at.
pub const TEST_SECRET: &str = "whsec_test_8d7c6b5a49";

/// A running handler; its standard input closes with it, which ends the program.
pub struct Counterpart {
    pub address: SocketAddr,
    child: Child,
}

impl Counterpart {
    /// Starts `tests/counterparts/webhook/NAME` with the given secret; `None` when the program that
    /// runs it is missing.
    pub fn start(name: &str, secret: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/webhook");
        let program = if name.ends_with(".py") { "python3" } else { "node" };
        let child = Command::new(program)
            .arg(folder.join(name))
            .env("WEBHOOK_SECRET", secret)
            .env("TEST_WEBHOOK_SECRET", TEST_SECRET)
            .env("WORK_SECONDS", "0.6")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                skip(program);
                return None;
            }
            Err(error) => panic!("{program} {name}: {error}"),
        };
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let port: u16 = line.trim().parse().unwrap_or_else(|_| panic!("{name} said {line:?}"));
        Some(Self { address: ([127, 0, 0, 1], port).into(), child })
    }
}

impl Drop for Counterpart {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says loudly that a test was skipped because a program is missing; fails where CI promised it.
pub fn skip(program: &str) {
    assert!(std::env::var_os("CI").is_none(), "{program} is missing, and CI needs it");
    eprintln!("SKIPPED: {program} is not installed");
}

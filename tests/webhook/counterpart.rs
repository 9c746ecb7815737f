//! Starts handlers under test and ends them with the test.

use std::io::{BufRead as _, BufReader, ErrorKind, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The secret that handlers are given.
pub const SECRET: &str = "whsec_canary_5f1d0c9b7a";

/// The one of the sandbox, which sound handlers do not look at.
pub const TEST_SECRET: &str = "whsec_test_8d7c6b5a49";

/// How long a program may take to be there, on the busiest of machines.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a program and ends it when its own standard input, which is ours, ends.
const WATCHED: &str = r#""$0" "$@" </dev/null & it=$!; cat >/dev/null; kill $it; wait"#;

/// A running handler; its standard input closes with it, which ends the program.
pub struct Counterpart {
    pub address: SocketAddr,
    child: Child,
}

impl Counterpart {
    /// Starts `tests/counterparts/webhook/NAME` with the given secret; `None` when the program that
    /// runs it is missing.
    pub fn start(name: &str, secret: &str) -> Option<Self> {
        Self::with(name, secret, &[])
    }

    /// The same with further variables.
    pub fn with(name: &str, secret: &str, variables: &[(&str, &str)]) -> Option<Self> {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/webhook").join(name);
        let program = match file.extension().and_then(|it| it.to_str()) {
            Some("py") => "python3",
            Some("rb") => "ruby",
            Some("php") => "php",
            _ => "node",
        };
        if !exists(program) {
            skip(program);
            return None;
        }
        let mut environment = vec![
            ("WEBHOOK_SECRET", secret),
            ("TEST_WEBHOOK_SECRET", TEST_SECRET),
            ("WORK_SECONDS", "0.6"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
        ];
        environment.extend(variables);
        Some(if program == "php" {
            Self::served(&file, &environment)
        } else {
            Self::on_its_own(program, &file, &environment)
        })
    }

    /// A handler behind this one, for a proxy in front of it.
    pub fn before(&self, name: &str, variables: &[(&str, &str)]) -> Option<Self> {
        let upstream = self.address.to_string();
        let variables = [&[("UPSTREAM", upstream.as_str())], variables].concat();
        Self::with(name, "", &variables)
    }

    /// A program that listens by itself and says where.
    fn on_its_own(program: &str, file: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(program)
            .arg(file)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out: ChildStdout = child.stdout.take().unwrap();
        let line = heard(out, |_| true).unwrap_or_default();
        let port: u16 =
            line.trim().parse().unwrap_or_else(|_| panic!("{} said {line:?}", file.display()));
        Self { address: ([127, 0, 0, 1], port).into(), child }
    }

    /// A PHP file, by PHP's own server. That takes no port 0, so a free one is looked for, and
    /// another one when somebody was faster.
    fn served(file: &Path, variables: &[(&str, &str)]) -> Self {
        for _ in 0..20 {
            let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let mut child = Command::new("sh")
                .args(["-c", WATCHED, "php", "-S", &address.to_string()])
                .arg(file)
                .envs(variables.iter().copied())
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let said: ChildStderr = child.stderr.take().unwrap();
            if heard(said, |line| line.contains(") started") || line.contains("Failed"))
                .is_some_and(|line| line.contains(") started"))
            {
                return Self { address, child };
            }
            end(&mut child);
        }
        panic!("no free port for {}", file.display());
    }
}

impl Drop for Counterpart {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Closes a program's standard input and waits until it is gone; all of them end then.
fn end(child: &mut Child) {
    drop(child.stdin.take());
    let _ = child.wait();
}

/// The first line that is wanted, of those that come in time; the others are read all the same, so
/// that nobody waits for them to be taken.
fn heard(
    from: impl Read + Send + 'static,
    wanted: impl Fn(&str) -> bool + Send + 'static,
) -> Option<String> {
    let (say, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(from).lines().map_while(Result::ok);
        if let Some(line) = lines.find(|line| wanted(line)) {
            let _ = say.send(line);
        }
        drop(say);
        lines.for_each(drop);
    });
    hear.recv_timeout(PATIENCE).ok()
}

/// Whether a program is on this machine.
pub fn exists(program: impl Into<PathBuf>) -> bool {
    let mut ask = Command::new(program.into());
    let found = ask.arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    !matches!(found.status(), Err(error) if error.kind() == ErrorKind::NotFound)
}

/// Says loudly that a test was skipped because a program is missing; fails where CI promised it.
pub fn skip(program: &str) {
    assert!(std::env::var_os("CI").is_none(), "{program} is missing, and CI needs it");
    eprintln!("SKIPPED: {program} is not installed");
}

//! Starts the double of the provider and ends it with the test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use golive::https;
use golive::mintcash::client::Client;
use golive::mintcash::key::KeyPair;
use golive::mintcash::retry::RetryRules;
use golive::mintcash::transport::Settings;
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::{Redactor, Secret};
use serde::Deserialize;
use tempfile::TempDir;
use url::Url;

pub const PUBLIC: &str = "pk_live_Zb41canary7Qm";
pub const SECRET: &str = "sk_live_Ty93canary0Vw5Lr2";
pub const TEST_PUBLIC: &str = "pk_test_Hd62canary8Kp";
pub const TEST_SECRET: &str = "sk_test_Nf17canary4Xs9Bj3";

/// Retries without much waiting.
pub const QUICK: RetryRules = RetryRules {
    tries: 3,
    first: Duration::from_millis(5),
    most: Duration::from_millis(10),
    patience: Duration::from_secs(5),
};

/// A running double.
pub struct Double {
    pub url: Url,
    folder: TempDir,
    child: Child,
}

/// A request that it got.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub authorized: bool,
    pub body: String,
    pub headers: Vec<String>,
}

impl Double {
    /// The live API over cleartext on this machine, with these switches; `None` without Python.
    pub fn start(switches: &[&str]) -> Option<Self> {
        Self::with(switches, (PUBLIC, SECRET), None)
    }

    /// The same behind TLS with a certificate of `tls.sh`; `None` without Python or openssl.
    pub fn tls(switches: &[&str], certificate: &str) -> Option<Self> {
        certificates()?;
        Self::with(switches, (PUBLIC, SECRET), Some(certificate))
    }

    /// The sandbox.
    pub fn sandbox(switches: &[&str]) -> Option<Self> {
        Self::with(switches, (TEST_PUBLIC, TEST_SECRET), None)
    }

    fn with(switches: &[&str], pair: (&str, &str), certificate: Option<&str>) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/mintcash/double.py");
        let mut command = Command::new("python3");
        command
            .arg(script)
            .args(switches)
            .env("PUBLIC_KEY", pair.0)
            .env("SECRET_KEY", pair.1)
            .env("SEEN", folder.path().join("seen"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let (Some(name), Some(made)) = (certificate, certificates()) {
            command.env("CERTIFICATE", made.join(format!("{name}.pem")));
            command.env("CERTIFICATE_KEY", made.join(format!("{name}.key")));
        }
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                skip("python3");
                return None;
            }
            Err(error) => panic!("python3: {error}"),
        };
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port: u16 = line.trim().parse().unwrap_or_else(|_| panic!("the double said {line:?}"));
        let url = match certificate {
            Some(_) => format!("https://localhost:{port}"),
            None => format!("http://127.0.0.1:{port}"),
        };
        Some(Self { url: url.parse().unwrap(), folder, child })
    }

    /// Every request that it got, in order.
    pub fn seen(&self) -> Vec<Seen> {
        let text = std::fs::read_to_string(self.folder.path().join("seen")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Ends it, so that its port refuses connections.
    pub fn stop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// A client of it that waits for nothing for long.
    pub fn client(&self) -> Client {
        self.client_with(QUICK, settings())
    }

    pub fn client_with(&self, retry: RetryRules, settings: Settings) -> Client {
        Client::new(&self.url, pair(PUBLIC, SECRET), retry, settings).unwrap()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.stop();
    }
}

pub fn pair(public: &str, secret: &str) -> KeyPair {
    let key = |text: &str| {
        let key = Secret::new(text.to_owned());
        Redactor::shared().register(&key);
        key
    };
    KeyPair::of(key(public), key(secret)).unwrap()
}

pub fn settings() -> Settings {
    let mut settings = Settings::production(SystemClock.now());
    settings.connect = Duration::from_secs(5);
    settings.total = Duration::from_secs(8);
    settings.extra_ca = certificates().map(|made| https::roots_of(&made.join("root.pem")).unwrap());
    settings
}

/// Names the certificates of the process that started this one.
pub const CERTIFICATES: &str = "GOLIVE_TEST_CERTIFICATES";

/// A private CA and one certificate for each fault; made once for all tests.
pub fn certificates() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        if let Some(made) = std::env::var_os(CERTIFICATES) {
            return Some(made.into());
        }
        let folder = TempDir::new().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts/tls.sh");
        if Command::new("openssl").arg("version").output().is_err() {
            skip("openssl");
            return None;
        }
        let out = Command::new("sh").arg(script).arg(folder.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        Some(folder.keep())
    });
    made.as_deref()
}

/// Says loudly that a test was skipped because a program is missing; fails where CI promised it.
pub fn skip(program: &str) {
    assert!(std::env::var_os("CI").is_none(), "{program} is missing, and CI needs it");
    eprintln!("SKIPPED: {program} is not installed");
}

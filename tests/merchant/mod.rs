//! A complete merchant on this machine: a repository with a webhook handler that runs from it, the
//! provider's live and sandbox APIs, an old webhook that is gone, and a `golive.yaml` that knows
//! them all. The built-in runbook walks it.

#![expect(clippy::unwrap_used, reason = "a merchant that can not be set up fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use golive::runtime::clock::{Clock as _, SystemClock};

use crate::counterpart::{Counterpart, exists, skip};
use crate::support::{Ran, TestEnvironment};

/// The keys and secrets of a merchant, by the name of their input.
#[derive(Clone, Debug)]
pub struct Keys {
    pub live_public_key: String,
    pub live_secret_key: String,
    pub test_public_key: String,
    pub test_secret_key: String,
    pub webhook_secret: String,
    pub test_webhook_secret: String,
}

impl Keys {
    /// Secrets that have never been seen before.
    pub fn fresh() -> Self {
        let fresh = |prefix: &str| format!("{prefix}{}", uuid::Uuid::new_v4().simple());
        Self {
            live_public_key: fresh("pk_live_"),
            live_secret_key: fresh("sk_live_"),
            test_public_key: fresh("pk_test_"),
            test_secret_key: fresh("sk_test_"),
            webhook_secret: fresh("whsec_"),
            test_webhook_secret: fresh("whsec_test_"),
        }
    }

    /// Each with the name of its input.
    pub fn all(&self) -> [(&'static str, &str); 6] {
        [
            ("live_public_key", &self.live_public_key),
            ("live_secret_key", &self.live_secret_key),
            ("test_public_key", &self.test_public_key),
            ("test_secret_key", &self.test_secret_key),
            ("webhook_secret", &self.webhook_secret),
            ("test_webhook_secret", &self.test_webhook_secret),
        ]
    }
}

/// A merchant, and what runs for it.
pub struct Merchant {
    pub environment: TestEnvironment,
    pub keys: Keys,
    pub handler: Counterpart,
    pub live: Counterpart,
    pub sandbox: Counterpart,
    pub old: Counterpart,
    inputs: Vec<(&'static str, String)>,
}

/// The files of the merchant's repository: what production reads, and who reads it.
const CONFIG: &str = "MINTCASH_URL=https://api.mintcash.me\nLOG_LEVEL=info\n";
const CLIENT: &str = "\
// Without its key the shop does not start.
export const key = process.env.MINTCASH_SECRET_KEY;
if (!key) throw new Error('MINTCASH_SECRET_KEY is not set');
";

impl Merchant {
    /// A merchant who has done everything right; `None` when a program is missing.
    pub fn sound() -> Option<Self> {
        Self::with("events-sound.mjs", Keys::fresh(), &[])
    }

    /// The same with another handler, in whose source each first text is replaced by the second,
    /// and with these keys.
    pub fn with(handler: &str, keys: Keys, changes: &[(&str, &str)]) -> Option<Self> {
        if !exists("git") {
            skip("git");
            return None;
        }
        let mut environment = TestEnvironment::bare();
        environment.at(&SystemClock.now().to_string());
        environment.set("GOLIVE_AS", "Ada");
        let source = counterparts().join("webhook").join(handler);
        let mut text = fs::read_to_string(source).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{handler} has no {from}");
            text = text.replace(from, to);
        }
        let place = environment.write(&format!("shop/server/{handler}"), &text);
        environment.write("shop/server/mintcash.mjs", CLIENT);
        environment.write("shop/.env.production", CONFIG);
        let place = place.display().to_string();
        let secrets = [("TEST_WEBHOOK_SECRET", keys.test_webhook_secret.as_str())];
        let handler = Counterpart::with(&place, &keys.webhook_secret, &secrets)?;
        let live = provider(&environment, &keys.live_public_key, &keys.live_secret_key)?;
        let sandbox = provider(&environment, &keys.test_public_key, &keys.test_secret_key)?;
        let old = Counterpart::start("old-gone.py", "")?;
        let mut merchant =
            Self { environment, keys, handler, live, sandbox, old, inputs: Vec::new() };
        for (name, value) in merchant.keys.clone().all() {
            let variable = name.to_uppercase();
            merchant.environment.set(&variable, value);
            merchant.input(name, &format!("{{ env: {variable} }}"));
        }
        let url = |it: &Counterpart, path: &str| format!("http://{}{path}", it.address);
        let given = [
            ("webhook_url", url(&merchant.handler, "/webhooks/mintcash")),
            ("effect_count", format!("{{ url: {} }}", url(&merchant.handler, "/effects"))),
            ("old_webhook_url", url(&merchant.old, "/webhooks/mintcash-test")),
            ("api_url", url(&merchant.live, "")),
            ("sandbox_url", url(&merchant.sandbox, "")),
            ("source", "[shop]".to_owned()),
            ("handler_source", "[shop/server]".to_owned()),
            ("production_config", "[shop/.env.production]".to_owned()),
        ];
        for (name, value) in given {
            merchant.input(name, &value);
        }
        merchant.git(&["init", "--quiet", "--initial-branch=main"]);
        merchant.commit("Begin");
        Some(merchant)
    }

    /// Sets an input in `golive.yaml`, as it is written there.
    pub fn input(&mut self, name: &'static str, value: &str) {
        self.inputs.retain(|(known, _)| *known != name);
        self.inputs.push((name, value.to_owned()));
        let lines = self.inputs.iter().map(|(name, value)| format!("  {name}: {value}\n"));
        let text = format!("launch: shop\ninputs:\n{}", lines.collect::<String>());
        self.environment.write("golive.yaml", &text);
    }

    /// The folder of the repository.
    pub fn shop(&self) -> PathBuf {
        self.environment.project().join("shop")
    }

    /// Commits everything in the repository.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    pub fn git(&self, arguments: &[&str]) {
        let who = [("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@shop.test")];
        let by = [("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@shop.test")];
        let out = Command::new("git")
            .args(arguments)
            .current_dir(self.shop())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.environment.root())
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
            .envs(who)
            .envs(by)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    pub fn golive(&self, arguments: &[&str]) -> Ran {
        self.environment.golive(arguments)
    }
}

/// The provider's API that takes this pair.
fn provider(environment: &TestEnvironment, public: &str, secret: &str) -> Option<Counterpart> {
    let place = counterparts().join("mintcash/double.py").display().to_string();
    let seen = environment.root().join("seen").display().to_string();
    let variables = [("PUBLIC_KEY", public), ("SECRET_KEY", secret), ("SEEN", seen.as_str())];
    Counterpart::with(&place, "", &variables)
}

/// Where the programs are that tests talk to.
pub fn counterparts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counterparts")
}

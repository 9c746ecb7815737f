//! No secret leaves the program: every command is run with unique secrets, and they are looked for,
//! in every encoding, in whatever came out.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]
#![expect(clippy::panic, clippy::expect_used, reason = "a test says what is missing")]
#![expect(
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test may take what it knows is there"
)]

#[expect(dead_code, reason = "the tests of single checks use the rest")]
#[path = "../webhook/counterpart.rs"]
mod counterpart;
mod forms;
#[expect(dead_code, reason = "the tests of the sections use the rest")]
#[path = "../merchant/mod.rs"]
mod merchant;
#[expect(dead_code, reason = "the tests of the terminal use the rest")]
#[path = "../pty/mod.rs"]
mod pty;
mod sections;
#[expect(dead_code, reason = "the tests of the command line use the rest")]
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forms::{canary, contains, forms, found};
use golive::secrets::{Redactor, Secret, panic};
use support::{Ran, TestEnvironment};

/// A launch whose secrets come from everywhere, and a step whose program shouts them out.
struct Trap {
    environment: TestEnvironment,
    secrets: Vec<(&'static str, String)>,
    /// A value that nobody told golive about; it must come out, or the trap is blind.
    bait: String,
    /// Where the secrets are on purpose.
    sources: Vec<PathBuf>,
}

const RUNBOOK: &str = r#"format: 1
id: trap
title: Trap
inputs:
  live_secret_key: { type: secret, about: From the environment, prefix: sk_live_ }
  file_secret: { type: secret, about: From a file }
  webhook_secret: { type: secret, about: From a program }
  test_webhook_secret: { type: secret, about: Not given }
  webhook_url: { type: url, about: Where nobody answers }
sections:
  - id: trap
    title: Trap
    steps:
      - id: shout
        title: A program that shouts
        why: It tells all it knows.
        how: Run it.
        severity: advisory
        verify:
SHOUTS
        sign_off: verified
      - id: webhook
        title: Forged events
        why: A check that uses the secret.
        how: Run it.
        severity: advisory
        verify:
          - webhook-signature: {}
        sign_off: verified
      - id: person
        title: A person
        why: Signs.
        how: Sign.
        severity: advisory
        sign_off: person
        evidence:
          - { name: ticket, about: A ticket, required: true }
"#;

/// Says one thing in one way as its last words, which the check repeats. The long way makes the
/// check cut it in the middle.
const SHOUT: &str = r#"case $1 in env) it=$LIVE;; file) it=$(cat secret.txt);; bait) it=$BAIT;; esac
case $2 in
  plain) printf '%s' "$it";;
  basic) printf 'user:%s' "$it" | base64 -w0;;
  hex) printf '%s' "$it" | od -An -v -tx1 | tr -d ' \n';;
  long) printf '%0115d%s' 0 "$it";;
esac >&2
exit 7
"#;

/// The runbook with a check for each thing that is said and each way of saying it.
fn runbook() -> String {
    let mut shouts = Vec::new();
    for who in ["env", "file", "bait"] {
        for how in ["plain", "basic", "hex", "long"] {
            shouts.push(format!(
                "          - command: {{ argv: [sh, shout.sh, {who}, {how}, argument-control] }}"
            ));
        }
    }
    RUNBOOK.replace("SHOUTS", &shouts.join("\n"))
}

impl Trap {
    fn new() -> Self {
        let mut environment = TestEnvironment::bare();
        let (live, file) = (canary("sk_live_"), canary("file-"));
        let (program, bait) = (canary("program-"), canary("bait-"));
        environment.set("LIVE", &live);
        environment.set("BAIT", &bait);
        environment.write("runbook.yaml", &runbook());
        let sources = vec![
            environment.write("secret.txt", &format!("{file}\n")),
            environment.write("vault.txt", &format!("{program}\n")),
            environment.write("shout.sh", SHOUT),
        ];
        for source in &sources {
            fs::set_permissions(source, fs::Permissions::from_mode(0o600)).unwrap();
        }
        environment.write(
            "golive.yaml",
            "launch: shop\nrunbook: runbook.yaml\ninputs:\n  \
             live_secret_key: { env: LIVE }\n  file_secret: { file: secret.txt }\n  \
             webhook_secret: { command: [cat, vault.txt] }\n  \
             webhook_url: http://127.0.0.1:9/hook\n",
        );
        let secrets = vec![("env", live), ("file", file), ("command", program)];
        environment.must(&["config", "show"]);
        Self { environment, secrets, bait, sources }
    }

    /// What must not have happened: each a secret, an encoding and a place.
    fn leaks(&self, place: &str, text: &[u8]) -> Vec<String> {
        let hits = self.secrets.iter().flat_map(|(name, secret)| {
            found(text, secret).into_iter().map(move |how| format!("{name} as {how} in {place}"))
        });
        hits.collect()
    }

    fn leaks_of_run(&self, arguments: &[&str], ran: &Ran) -> Vec<String> {
        let mut leaks = self.leaks(&format!("stdout of {arguments:?}"), ran.out.as_bytes());
        leaks.extend(self.leaks(&format!("stderr of {arguments:?}"), ran.err.as_bytes()));
        leaks
    }

    /// Everything that the runs have left on disk, apart from where the secrets are on purpose.
    fn leaks_on_disk(&self) -> Vec<String> {
        let files = self.environment.files().into_iter();
        files
            .filter(|path| !self.sources.contains(path))
            .flat_map(|path| {
                let text = fs::read(&path).unwrap();
                let mut leaks = self.leaks(&path.display().to_string(), &text);
                let name = path.to_string_lossy().into_owned();
                leaks.extend(self.leaks("a file name", name.as_bytes()));
                leaks
            })
            .collect()
    }
}

/// Every command that opens a launch, in an order in which each has something to show.
fn commands() -> Vec<Vec<&'static str>> {
    [
        "init --yes",
        "scan",
        "scan --format json",
        "verify --dry-run",
        "verify",
        "runbook trust",
        "verify",
        "verify trap.shout --format json",
        "sign trap.person --evidence ticket=T-1",
        "waive trap.shout --reason because --expires 3d",
        "skip trap.webhook --reason because",
        "reopen trap.shout --reason because",
        "note hello",
        "verify trap.shout trap.webhook",
        "status",
        "status --format json",
        "log",
        "log --format json",
        "journal verify",
        "journal verify --format json",
        "report",
        "report --format json",
        "report --format junit",
        "report --output report.md",
        "report --format json --output report.json",
        "report --format junit --output report.xml",
        "launches",
        "runbook validate",
        "runbook show",
        "runbook schema",
        "config show",
        "config show --format json",
        "completions bash",
        "man",
        "sign trap.nothing",
        "verify --arm shop.example",
    ]
    .into_iter()
    .map(|line| line.split(' ').collect())
    .collect()
}

#[test]
fn no_command_lets_a_secret_out_in_any_encoding() {
    let mut trap = Trap::new();
    trap.environment.set("GOLIVE_AS", "Ada");
    let (mut leaks, mut said) = (Vec::new(), Vec::new());
    for arguments in commands() {
        let ran = trap.environment.golive(&arguments);
        assert!(ran.code.is_some_and(|code| code != 101), "{arguments:?} broke: {}", ran.err);
        leaks.extend(trap.leaks_of_run(&arguments, &ran));
        said.extend_from_slice(ran.out.as_bytes());
        said.extend_from_slice(ran.err.as_bytes());
    }
    leaks.extend(trap.leaks_on_disk());
    assert!(leaks.is_empty(), "{leaks:#?}");
    // The same way that the secrets would have taken was open: what golive does not know came out.
    assert!(!found(&said, &trap.bait).is_empty(), "the trap is blind for the streams");
    let journal = fs::read(trap.environment.journal()).unwrap();
    assert!(!found(&journal, &trap.bait).is_empty(), "the trap is blind for the journal");
    let report = fs::read(trap.environment.project().join("report.json")).unwrap();
    assert!(!found(&report, &trap.bait).is_empty(), "the trap is blind for reports");
}

#[test]
fn a_secret_that_somebody_types_into_a_text_is_taken_out_of_it() {
    let mut trap = Trap::new();
    trap.environment.set("GOLIVE_AS", "Ada");
    let mut leaks = Vec::new();
    for (name, secret) in &trap.secrets {
        if *name == "command" {
            continue; // Not fetched for a note: a program may ask its user for something.
        }
        let evidence = format!("ticket={secret}");
        for arguments in [
            &["note", secret.as_str()][..],
            &["note", "trap.person", &format!("it is {secret}.")],
            &["sign", secret],
            &["sign", "trap.person", "--evidence", &evidence, "--note", secret, "--role", secret],
            &["sign", "trap.person", "--evidence", &evidence, "--note", secret],
            &["waive", "trap.shout", "--reason", secret],
            &["reopen", "trap.shout", "--reason", secret],
            &["note", "hello", "--as", secret],
            &["verify", "--arm", secret],
            &["journal", "verify", "--expect-head", secret],
            &["status"],
            &["log"],
            &["report", "--output", "report.md"],
        ] {
            let ran = trap.environment.golive(arguments);
            leaks.extend(trap.leaks_of_run(&arguments[..1], &ran));
        }
    }
    leaks.extend(trap.leaks_on_disk());
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[test]
fn a_provider_key_that_nobody_configured_is_not_repeated_either() {
    let environment = TestEnvironment::new();
    let key = format!("sk_live_{}", uuid::Uuid::new_v4().simple());
    for arguments in [
        &[key.as_str()][..],
        &["sign", &key],
        &["--format", &key, "status"],
        &["note", &key, "--as", "Ada"],
        &["log"],
    ] {
        let ran = environment.golive(arguments);
        assert!(!ran.out.contains(&key) && !ran.err.contains(&key), "{ran:#?}");
    }
    for path in environment.files() {
        assert_eq!(found(&fs::read(&path).unwrap(), &key), [""; 0], "{}", path.display());
    }
}

#[test]
fn no_child_process_gets_a_secret_in_its_arguments() {
    if !has_strace() {
        return;
    }
    let mut trap = Trap::new();
    trap.environment.set("GOLIVE_AS", "Ada");
    trap.environment.must(&["runbook", "trust"]);
    let trace = trap.environment.root().join("trace");
    for arguments in [&["verify"][..], &["status"], &["report", "--output", "report.md"]] {
        let golive = trap.environment.command(arguments);
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-s", "65535", "-e", "trace=execve", "-o"]).arg(&trace);
        strace.arg(golive.get_program()).args(golive.get_args());
        strace.current_dir(golive.get_current_dir().unwrap()).env_clear();
        strace.envs(golive.get_envs().filter_map(|(name, value)| Some((name, value?))));
        strace.stdin(std::process::Stdio::null());
        let done = strace.output().unwrap();
        let seen = fs::read(&trace).unwrap();
        assert_eq!(trap.leaks(&format!("argv below {arguments:?}"), &seen), [""; 0]);
        if arguments == ["verify"] {
            let says = String::from_utf8_lossy(&done.stderr);
            assert!(contains(&seen, b"argument-control"), "the trap is blind: {says}");
            assert!(contains(&seen, b"vault.txt"), "the secret's program was not run: {says}");
        }
    }
}

fn has_strace() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "strace is needed");
        eprintln!("SKIPPED: strace is not installed");
    }
    there
}

/// Set for the process that breaks; its value is the secret.
const BREAK: &str = "GOLIVE_CANARY_BREAK";

#[test]
fn a_defect_does_not_tell_a_secret_on_its_way_out() {
    if let Ok(secret) = std::env::var(BREAK) {
        Redactor::shared().register(&Secret::new(secret.clone()));
        panic::install();
        let key = STANDARD.encode(format!("key:{secret}"));
        panic!("broken while holding {secret} and {key}");
    }
    let secret = canary("held-");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "a_defect_does_not_tell_a_secret_on_its_way_out", "--nocapture"]);
    let output = child.env(BREAK, &secret).env("RUST_BACKTRACE", "1").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(contains(&said, b"golive stopped because of a defect"), "it did not break");
    assert!(contains(&said, "broken while holding ••••".as_bytes()));
    assert_eq!(found(&said, &secret), [""; 0]);
}

#[test]
fn the_detector_finds_a_planted_leak_in_every_encoding() {
    let secret = canary("sk_live_");
    for (encoding, form) in forms(&secret) {
        let planted = [b"before ".as_slice(), &form, b" after"].concat();
        assert!(!found(&planted, &secret).is_empty(), "{encoding}");
    }
    let basic = STANDARD.encode(format!("{secret}:"));
    let header = format!("authorization: Basic {basic}");
    assert!(!found(header.as_bytes(), &secret).is_empty());
    assert_eq!(found(b"nothing to be seen here", &secret), [""; 0]);
}

//! The sections credentials and webhook of the built-in runbook, against counterparts that give
//! back all that they are sent and know, in a project whose files, names and history hold the
//! secrets: none of them comes out, and nothing that a terminal, a CI system or a reader of
//! Markdown would obey.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::counterpart::Counterpart;
use crate::forms::{canary, found, random};
use crate::merchant::{Keys, Merchant, counterparts};
use crate::pty::{BOUND, Project, rest};
use crate::support::Ran;

/// How the counterparts answer: the webhook and the old one, and what stands in MintCash's place.
#[derive(Clone, Copy)]
struct Modes {
    webhook: &'static str,
    provider: &'static str,
    /// Which secret and which encoding they say first: what comes later may be cut off.
    turn: usize,
}

/// A merchant in whose place everything leaks that can.
struct Trap {
    merchant: Merchant,
    /// Known to every counterpart and to nobody else; it must come out, or the trap is blind.
    bait: String,
    /// Where the secrets are on purpose.
    sources: Vec<PathBuf>,
    _counterparts: [Counterpart; 4],
}

fn echo(mode: &str, turn: usize, keys: &Keys, bait: &str) -> Option<Counterpart> {
    let place = counterparts().join("hostile/echo.py").display().to_string();
    let mut known = vec![bait];
    known.extend(keys.all().map(|(_, secret)| secret));
    let (known, turn) = (json!(known).to_string(), turn.to_string());
    let variables = [("MODE", mode), ("KNOWN", &known), ("TURN", &turn)];
    Counterpart::with(&place, &keys.webhook_secret, &variables)
}

impl Trap {
    fn new(modes: Modes) -> Option<Self> {
        let mut keys = Keys::fresh();
        keys.webhook_secret = canary("whsec_");
        keys.test_webhook_secret = canary("whsec_test_");
        let bait = format!("bait{}", &random()[..12]);
        let mut merchant = Merchant::with("events-sound.mjs", keys.clone(), &[])?;
        let start = |mode, later| echo(mode, modes.turn + later, &keys, &bait);
        let (webhook, old) = (start(modes.webhook, 0)?, start(modes.webhook, 1)?);
        let (live, sandbox) = (start(modes.provider, 0)?, start(modes.provider, 1)?);
        let url = |it: &Counterpart, path: &str| format!("http://{}{path}", it.address);
        // A URL with a secret in it is what a merchant may well have.
        let told = format!("/hooks/{0}?key={0}", percent(&keys.test_webhook_secret));
        merchant.input("webhook_url", &url(&webhook, "/webhooks/mintcash"));
        merchant.input("old_webhook_url", &url(&old, &told));
        merchant.input("api_url", &url(&live, ""));
        merchant.input("sandbox_url", &url(&sandbox, ""));
        merchant.input("effect_count", &format!("{{ url: {} }}", url(&webhook, "/effects")));
        let mut sources = Vec::new();
        for (name, secret) in
            [("live_secret_key", &keys.live_secret_key), ("webhook_secret", &keys.webhook_secret)]
        {
            let path = merchant.environment.root().join("manager").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("{secret}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            sources.push(path);
        }
        merchant.input("live_secret_key", &format!("{{ file: {} }}", sources[0].display()));
        merchant
            .input("webhook_secret", &format!("{{ command: [cat, {}] }}", sources[1].display()));
        let mut trap =
            Self { merchant, bait, sources, _counterparts: [webhook, old, live, sandbox] };
        trap.plant();
        Some(trap)
    }

    /// Puts the secrets into files, names and history.
    fn plant(&mut self) {
        let keys = self.merchant.keys.clone();
        let environment = &self.merchant.environment;
        let mut lines = String::from("# what production has\n");
        let mut source = String::new();
        for (name, secret) in keys.all() {
            let name = name.to_uppercase();
            let (encoded, hex) = (STANDARD.encode(secret), hex(secret));
            let percent = percent(secret);
            lines += &format!("{name}={secret}\n{name}_64={encoded}\n{name}_HEX={hex}\n");
            lines += &format!("{name}_URL=https://sandbox.mintcash.me/?key={percent}\n");
            source += &format!("export const {name} = process.env.{name} || '{secret}';\n");
        }
        environment.write("shop/.env.production", &lines);
        environment.write("shop/server/keys.mjs", &source);
        let literal = format!(
            "import {{ createHmac }} from 'node:crypto';\nexport const good = (raw, signature) =>\n  \
             createHmac('sha256', '{}').update(raw).digest('hex') === signature;\n",
            keys.webhook_secret
        );
        environment.write("shop/server/literal.mjs", &literal);
        for name in hostile_names(&keys) {
            environment.write(&format!("shop/server/{name}.mjs"), &source);
        }
        let project = environment.project();
        self.sources.push(project.join("golive.yaml"));
        self.sources.extend(crate::support::files_below(&project.join("shop")));
        self.merchant.commit(&format!("Have {} and {}", keys.live_secret_key, lines));
        self.merchant.git(&["branch", &format!("with-{}", keys.live_secret_key)]);
        let tag = format!("v-{}", keys.test_secret_key);
        self.merchant.git(&["tag", "-a", &tag, "-m", &keys.webhook_secret]);
        self.merchant.git(&["rm", "--quiet", "-r", "--cached", "server"]);
        self.merchant.commit(OBEYED[0]);
    }

    /// What must not be in the text: each a secret, its encoding and the place.
    fn leaks(&self, place: &str, text: &[u8]) -> Vec<String> {
        let keys = self.merchant.keys.all();
        let hits = keys.iter().flat_map(|(name, secret)| {
            found(text, secret).into_iter().map(move |how| format!("{name} as {how} in {place}"))
        });
        hits.collect()
    }

    /// The same, and what would be obeyed.
    fn faults(&self, place: &str, text: &[u8]) -> Vec<String> {
        let mut faults = self.leaks(place, text);
        faults.extend(obeyed(place, &String::from_utf8_lossy(text)));
        faults
    }

    fn faults_of(&self, arguments: &[&str], ran: &Ran) -> Vec<String> {
        let name = arguments.join(" ");
        let mut faults = self.faults(&format!("stdout of {name}"), ran.out.as_bytes());
        faults.extend(self.faults(&format!("stderr of {name}"), ran.err.as_bytes()));
        if ran.code.is_none_or(|code| code == 101) {
            faults.push(format!("{name} broke: {}", ran.err));
        }
        faults
    }

    /// Everything that the runs have left on disk, apart from where the secrets are on purpose.
    fn faults_on_disk(&self) -> Vec<String> {
        let git = self.merchant.shop().join(".git");
        let files = self.merchant.environment.files().into_iter();
        let left = files.filter(|path| !self.sources.contains(path) && !path.starts_with(&git));
        left.flat_map(|path| {
            let text = fs::read(&path).unwrap();
            let mut faults = self.faults(&path.display().to_string(), &text);
            faults.extend(self.leaks("a file name", path.to_string_lossy().as_bytes()));
            faults
        })
        .collect()
    }

    fn run(&self, line: &str) -> (Vec<String>, Ran) {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ran = self.merchant.golive(&arguments);
        (self.faults_of(&arguments, &ran), ran)
    }

    /// Runs these commands; says what is wrong with what came out and is left on disk.
    fn walk(&self, lines: &[&str]) -> Vec<String> {
        let mut faults = Vec::new();
        let mut said = String::new();
        for line in lines {
            let (more, ran) = self.run(line);
            faults.extend(more);
            said += &ran.out;
            said += &ran.err;
        }
        faults.extend(self.faults_on_disk());
        let journal = fs::read(self.merchant.environment.journal()).unwrap_or_default();
        for (place, text) in [("the streams", said.as_bytes()), ("the journal", &journal)] {
            if found(text, &self.bait).is_empty() {
                faults.push(format!("the trap is blind for {place}"));
            }
        }
        faults
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What terminals, CI systems and readers of Markdown obey.
const OBEYED: [&str; 5] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{202e}evil\u{2066}",
    "##vso[task.complete]",
    "::set-output name=x::y",
    "[link](javascript:alert(1))<script>alert(1)<",
];

/// File names with secrets and with everything that would be obeyed.
fn hostile_names(keys: &Keys) -> Vec<String> {
    let mut names = vec![
        format!("backup-{}", keys.live_secret_key),
        format!("{}-{}", hex(&keys.live_secret_key), keys.live_public_key),
        "a\n::set-output name=x::y".to_owned(),
        "a\r##[error]b".to_owned(),
        "a|b`c`*d*".to_owned(),
    ];
    names.extend(OBEYED.map(|text| text.replace('/', "-")));
    names
}

/// What of the text would be obeyed.
fn obeyed(place: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{what} in {place}"));
    let hidden = |ch: char| {
        (ch.is_control() && ch != '\n')
            || matches!(ch, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
    };
    if let Some(ch) = text.chars().find(|ch| hidden(*ch)) {
        fault(&format!("a raw U+{:04X}", u32::from(ch)));
    }
    for line in text.lines() {
        if line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[") {
            fault(&format!("a command for CI: {line:?}"));
        }
    }
    let markdown = place.ends_with("report") || place.ends_with(".md");
    let bad: &[&str] = match place {
        _ if markdown => &["<script", "](javascript", "![i]"],
        _ if place.ends_with("junit") => &["<script"],
        _ => &[],
    };
    for bad in bad {
        let escaped = |at: usize| markdown && text[..at].ends_with('\\');
        if text.match_indices(bad).any(|(at, _)| !escaped(at)) {
            fault(&format!("a raw {bad}"));
        }
    }
    faults
}

const AFTERWARDS: [&str; 11] = [
    "status",
    "status --format json",
    "log",
    "log --format json",
    "report",
    "report --format json",
    "report --format junit",
    "report --format sarif",
    "report --output handover.md",
    "config show",
    "journal verify",
];

fn with_afterwards<'a>(first: &[&'a str]) -> Vec<&'a str> {
    [first, &AFTERWARDS].concat()
}

/// Runs the walks side by side: they mostly wait.
fn all_of(walks: Vec<Box<dyn FnOnce() -> Vec<String> + Send>>) {
    let running: Vec<_> = walks.into_iter().map(thread::spawn).collect();
    let faults: Vec<_> = running.into_iter().flat_map(|walk| walk.join().unwrap()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

const BOTH: &str = "verify --section credentials --section webhook";

type Walk = Box<dyn FnOnce() -> Vec<String> + Send>;

#[test]
fn the_two_sections_let_nothing_out_whatever_answers() {
    let modes = [
        ("sound", "unauthenticated", &["--dry-run", ""][..]),
        ("accepts", "listing", &["--dry-run --format json", "--format json"]),
        ("refuses", "forbidden", &[""]),
        ("redirects", "redirects", &["--format json"]),
        ("redirects", "page", &[""]),
    ];
    let walk = |(turn, (webhook, provider, ways)): (
        usize,
        (&'static str, &'static str, &'static [&'static str]),
    )| {
        Box::new(move || {
            let modes = Modes { webhook, provider, turn };
            let Some(trap) = Trap::new(modes) else { return Vec::new() };
            let ways: Vec<_> =
                ways.iter().map(|way| format!("{BOTH} {way}").trim_end().to_owned()).collect();
            let ways: Vec<_> = ways.iter().map(String::as_str).collect();
            trap.walk(&with_afterwards(&ways))
        }) as Walk
    };
    all_of(modes.into_iter().enumerate().map(walk).collect());
}

/// An observer that is a program and says a secret instead of a number, or ends with it.
const SHOUT: &str = "#!/bin/sh\nread turn < turn\ncase $turn in\n  out) printf '%s' \"$LIVE_PUBLIC_KEY\";;\n  \
                     *) { printf '%s ' \"$1\"; printf 'u:%s' \"$TEST_SECRET_KEY\" | base64 -w0; } >&2; exit 3;;\nesac\n";

#[test]
fn an_observer_and_a_secrets_program_that_shout_are_not_repeated() {
    let modes = Modes { webhook: "sound", provider: "forbidden", turn: 7 };
    let Some(mut trap) = Trap::new(modes) else { return };
    let shout = trap.merchant.environment.write("observer.sh", SHOUT);
    let turn = trap.merchant.environment.write("turn", "out\n");
    // What can not be had is not known, and so not looked for.
    trap.merchant.keys.test_webhook_secret = trap.merchant.keys.webhook_secret.clone();
    let bait = trap.bait.clone();
    trap.merchant.input("effect_count", &format!("{{ command: [sh, observer.sh, {bait}] }}"));
    let fails =
        "{ command: [sh, -c, 'printf \"%s\" \"$LIVE_PUBLIC_KEY $TEST_SECRET_KEY\" >&2; exit 4'] }";
    trap.merchant.input("test_webhook_secret", fails);
    trap.sources.extend([shout, turn.clone()]);
    let verify = "verify webhook.environment credentials.old-webhook credentials.secret-storage";
    let mut faults = trap.walk(&with_afterwards(&[verify, &format!("{verify} --dry-run")]));
    fs::write(&turn, "err\n").unwrap();
    faults.extend(trap.walk(&with_afterwards(&[verify, &format!("{verify} --format json")])));
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A result from elsewhere whose every text is hostile.
#[test]
fn a_result_from_elsewhere_brings_nothing_in() {
    let modes = Modes { webhook: "sound", provider: "forbidden", turn: 2 };
    let Some(trap) = Trap::new(modes) else { return };
    let mut texts = vec![trap.bait.clone()];
    // What is given by a program is not fetched for an import, and so not known.
    let known = trap.merchant.keys.all().into_iter().filter(|(name, _)| *name != "webhook_secret");
    for (_, secret) in known {
        texts.extend([secret.to_owned(), hex(secret), percent(secret), STANDARD.encode(secret)]);
        texts.push(STANDARD.encode(format!("u:{secret}")));
    }
    texts.extend(OBEYED.map(str::to_owned));
    let mut faults = Vec::new();
    for text in &texts {
        let finding = json!({ "level": "info", "message": text, "where": text, "hint": text,
            "file": text, "commit": text, "line": 3 });
        let evidence = json!({ "vantage": text, "url": text, "host": text, text: text,
            "addresses": [ { "address": text, "POST": text, text: { text: [text] } } ] });
        let check = json!({ "check": "webhook-endpoint", "outcome": "fail", "summary": text,
            "findings": [ finding ], "evidence": evidence, "durationMs": 900 });
        let started = golive::time::Timestamp::from_millis(1_764_000_000_000).to_string();
        for vantage in [text.as_str(), "ci"] {
            let mut check = check.clone();
            check["evidence"]["vantage"] = json!(vantage);
            check["evidence"]["url"] = json!(text);
            let step = json!({ "id": "webhook.endpoint", "outcome": "fail", "checks": [check] });
            let document = json!({ "schema": "golive.verify/1", "launch": text,
                "startedAt": started, "durationMs": 1, "steps": [ step ] });
            let path = trap.merchant.environment.write("result.json", &document.to_string());
            faults.extend(trap.run("vantage import result.json").0);
            let schema = json!({ "schema": text, "startedAt": text });
            fs::write(&path, schema.to_string()).unwrap();
            faults.extend(trap.run("vantage import result.json").0);
            fs::remove_file(path).unwrap();
        }
    }
    faults.extend(trap.walk(&AFTERWARDS));
    let blind = |fault: &String| !fault.starts_with("the trap is blind");
    faults.retain(blind);
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_plain_walk_lets_nothing_out() {
    let modes = Modes { webhook: "refuses", provider: "unauthenticated", turn: 4 };
    let Some(mut trap) = Trap::new(modes) else { return };
    // Slower than the endpoint, which says the secret to a check that does not need it.
    let slowly = format!("sleep 2; cat {}", trap.sources[1].display());
    trap.merchant.input("webhook_secret", &format!("{{ command: [sh, -c, '{slowly}'] }}"));
    let mut golive = trap.merchant.environment.command(&["--plain"]);
    golive.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = golive.spawn().unwrap();
    let keys = "section\ngoto\nwebhook.endpoint\nsection\nlist\nlog\nshow\nquit\n";
    child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    let mut faults = trap.faults_of(&["--plain"], &ran);
    faults.extend(trap.walk(&["status"]));
    faults.retain(|fault| fault != "the trap is blind for the streams");
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(ran.out.contains(&trap.bait), "the trap is blind: {}", ran.out);
}

/// The text of a screen without what moves and colours it.
fn without_escapes(bytes: &[u8]) -> String {
    let mut out = String::new();
    let text = String::from_utf8_lossy(bytes);
    let mut chars = text.chars();
    while let Some(ch) = chars.next() {
        match ch {
            '\u{1b}' => {
                let first = chars.next();
                if first == Some('[') {
                    chars.by_ref().find(|ch| ('@'..='~').contains(ch));
                } else if first == Some(']') {
                    chars.by_ref().find(|ch| matches!(ch, '\u{7}' | '\u{1b}'));
                }
            }
            // A secret may be wrapped between the borders of a pane.
            ch if ch.is_whitespace() || "│┃|".contains(ch) => {}
            ch => out.push(ch),
        }
    }
    out
}

#[test]
fn the_screen_lets_nothing_out() {
    let modes = Modes { webhook: "redirects", provider: "forbidden", turn: 5 };
    let Some(trap) = Trap::new(modes) else { return };
    let project = Project::new();
    let from = trap.merchant.environment.project();
    let text = fs::read_to_string(from.join("golive.yaml")).unwrap();
    let text = text.replace("[shop", &format!("[{}/shop", from.display()));
    fs::write(project.path("golive.yaml"), text).unwrap();
    let keys = trap.merchant.keys.all().map(|(name, secret)| (name.to_uppercase(), secret));
    let variables: Vec<_> = keys.iter().map(|(name, secret)| (name.as_str(), *secret)).collect();
    let mut terminal = project.start(crate::pty::golive(), &[], &variables);
    terminal.shows("The live keys work");
    terminal.keys("V");
    let results = || {
        let journal = project.journal();
        journal.iter().filter(|record| record["kind"] == "check.result").count()
    };
    let until = |least: usize| {
        let began = std::time::Instant::now();
        while results() < least {
            assert!(began.elapsed() < BOUND, "{} of {least} results", results());
            rest();
        }
    };
    until(4);
    terminal.keys("jjjjjV");
    until(12);
    // Where the endpoint redirects to is on the screen, on one that is large enough to hold it.
    terminal.resize(200, 60);
    let blank = |ch: char| ch.is_whitespace() || "│┃|".contains(ch);
    let began = std::time::Instant::now();
    while !terminal.contents().replace(blank, "").contains(&trap.bait) {
        assert!(began.elapsed() < BOUND, "the trap is blind: {}", terminal.contents());
        rest();
    }
    terminal.keys("kkkkkkkkkkjjjjjjjjjjq");
    assert_eq!(terminal.wait().exit_code(), 0);
    let seen = terminal.bytes();
    let mut faults = trap.leaks("the screen", &seen);
    let text = without_escapes(&seen);
    faults.extend(trap.leaks("the text of the screen", text.as_bytes()));
    let journal = fs::read(project.path("state.golive.jsonl")).unwrap();
    faults.extend(trap.faults("its journal", &journal));
    assert!(faults.is_empty(), "{faults:#?}");
    for bad in ["]0;owned", "\u{202e}evil", "##vso["] {
        assert!(!String::from_utf8_lossy(&seen).contains(&format!("\u{1b}{bad}")), "{bad}");
    }
}

#[test]
fn no_program_that_the_sections_start_gets_a_secret_in_its_arguments() {
    if !crate::has_strace() {
        return;
    }
    let modes = Modes { webhook: "sound", provider: "listing", turn: 6 };
    let Some(trap) = Trap::new(modes) else { return };
    let trace = trap.merchant.environment.root().join("trace");
    let verify = ["verify", "--section", "credentials", "webhook.signature", "webhook.dedupe"];
    let golive = trap.merchant.environment.command(&verify);
    let mut strace = Command::new("strace");
    strace.args(["-f", "--seccomp-bpf", "-qq", "-s", "65535", "-e", "trace=execve", "-o"]);
    strace.arg(&trace).arg(golive.get_program()).args(golive.get_args());
    strace.current_dir(golive.get_current_dir().unwrap()).env_clear();
    strace.envs(golive.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = strace.stdin(Stdio::null()).output().unwrap();
    let seen = fs::read(&trace).unwrap();
    let started = String::from_utf8_lossy(&seen).into_owned();
    assert!(started.contains("manager/webhook_secret"), "blind: {done:?}");
    assert_eq!(trap.leaks("the arguments of a program", &seen), [""; 0]);
}

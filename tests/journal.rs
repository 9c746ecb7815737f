//! The journal under everything that a machine can do to it: killed at every system call, disks
//! that are full, broken or lying, other writers, other releases.
//!
//! The programs that are killed and lied to are `examples/journal_append.rs`. System calls are
//! injected by strace, so that the code under test is the code that ships.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]
#![expect(clippy::print_stderr, reason = "skipping is said loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

use golive::digest::Digest;
use golive::journal::{Access, End, Head, Journal, Store, scan, verify};
use golive::launch::crossing::{ClearedRecord, CrossedRecord};
use golive::launch::event::{
    Actor, Call, CallRecord, Card, CardItem, CheckResult, DecisionRecord, Entry, Event, Face,
    GoRecord, RunId, SignOffRecord,
};
use golive::launch::money::{
    Act, AnswerOutcome, Confirmation, Intent, IntentId, MoneyAnswer, MoneyFact, Observation,
    Source, Spend,
};
use golive::launch::outcome::{Finding, Level, Outcome};
use golive::launch::standing::{StepState, VerdictKind};
use golive::mintcash::money::Minor;
use golive::runbook::model::{CheckName, Role, StepDigest, StepId};
use golive::time::Timestamp;
use tempfile::TempDir;

// ---------------------------------------------------------------------------------------------
// Helpers
// ---------------------------------------------------------------------------------------------

fn actor(name: &str) -> Actor {
    Actor { name: name.into(), user: None, host: Some("till".into()), via: Face::Command }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + second * 1_000)
}

fn opened() -> Event {
    Event::JournalOpened {
        journal: "01J0TESTJOURNAL".into(),
        launch: "acme".into(),
        program: "golive 0.1.0".into(),
    }
}

fn note(text: &str) -> Event {
    Event::Note { step: None, text: text.into() }
}

fn add(path: &Path, events: Vec<Event>) -> Vec<Entry> {
    let mut journal = Journal::open(path, Access::Append).unwrap();
    journal.append(&actor("ada"), at(0), |_| Ok::<_, Infallible>(events)).unwrap()
}

/// A folder with a journal in it that every kind of crash can be tried on.
struct Scene {
    folder: TempDir,
}

impl Scene {
    fn empty() -> Self {
        // In memory where possible: what is tested is what the program asks of a disk, and a busy
        // one would only make it slow.
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Self { folder: folder.unwrap() }
    }

    /// Three records and the torn end of a fourth.
    fn torn() -> Self {
        let scene = Self::empty();
        add(&scene.path(), vec![opened(), note("one"), note("two")]);
        let mut bytes = fs::read(scene.path()).unwrap();
        bytes.extend(br#"{"v":1,"seq":4,"prev":"0123"#);
        fs::write(scene.path(), bytes).unwrap();
        scene
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("launch.golive.jsonl")
    }

    fn trace(&self) -> PathBuf {
        self.folder.path().join("trace")
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap_or_default()
    }

    /// The texts of all notes, without padding.
    fn notes(&self) -> Vec<String> {
        let mut journal = Journal::open(&self.path(), Access::Read).unwrap();
        let entries = journal.read_new().unwrap();
        let text = |entry: &Entry| match &entry.event {
            Event::Note { text, .. } => Some(text.trim_end_matches('.').to_owned()),
            _ => None,
        };
        entries.iter().filter_map(text).collect()
    }

    /// What must hold whatever happened: nothing damaged, what was said to be saved is there once,
    /// what was there is there, and the next record goes in.
    fn holds(&self, before: &[String], saved: &[String], why: &str) {
        let found = scan(&self.bytes(), &Head::empty(), &Store::beside(&self.path()));
        assert!(matches!(found.end, End::Clean | End::Torn { .. }), "{why}: {:?}", found.end);
        if self.bytes().is_empty() || found.records.is_empty() {
            assert!(saved.is_empty(), "{why}: {saved:?} lost");
            add(&self.path(), vec![opened(), note("after")]);
        } else {
            add(&self.path(), vec![note("after")]);
        }
        let notes = self.notes();
        let unique: BTreeSet<_> = notes.iter().collect();
        assert_eq!(unique.len(), notes.len(), "{why}: something is there twice: {notes:?}");
        assert_eq!(notes.last().unwrap(), "after", "{why}");
        for text in before.iter().chain(saved) {
            assert!(notes.contains(text), "{why}: {text} lost from {notes:?}");
        }
        let report = verify(&self.path(), None).unwrap();
        assert!(report.is_sound(), "{why}: {report}");
    }
}

/// `examples/journal_append`. `cargo test` has built it; `cargo test --test journal` has not, so it
/// is built here when it is missing or older than what it is made of.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let folder = test.parent().and_then(Path::parent).unwrap();
        let program = folder.join("examples/journal_append");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let built = fs::metadata(&program).and_then(|meta| meta.modified()).ok();
        let sources = [root.join("src/journal"), root.join("src/launch"), root.join("examples")];
        let newest = sources.iter().map(|folder| newest(folder)).max().unwrap();
        if built.is_none_or(|built| built < newest) {
            let profile = folder.file_name().and_then(|name| name.to_str()).unwrap();
            let profile = if profile == "debug" { "dev" } else { profile };
            let mut cargo = Command::new(env!("CARGO"));
            // Build scripts of dependencies watch these and would run again.
            for (name, _) in std::env::vars() {
                if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                    cargo.env_remove(name);
                }
            }
            cargo.args(["build", "--quiet", "--example", "journal_append", "--profile", profile]);
            cargo.arg("--target-dir").arg(folder.parent().unwrap()).current_dir(root);
            assert!(cargo.status().unwrap().success());
        }
        program
    })
}

/// When the file in `folder` that was changed last was changed.
fn newest(folder: &Path) -> SystemTime {
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().modified().unwrap()).max().unwrap()
}

/// The records that the program said were saved. Only whole, well-formed lines count.
fn saved(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().filter_map(saved_line).collect()
}

fn saved_line(line: &str) -> Option<String> {
    let (seq, text) = line.strip_prefix("saved ")?.split_once(' ')?;
    seq.parse::<u64>().ok().map(|_| text.to_owned())
}

/// Whether strace can be used here; says so when not, and does not let CI go on without.
fn strace_works() -> bool {
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    let works = tried.is_ok_and(|output| output.status.success());
    if !works {
        skip("strace is missing or may not trace here (apt-get install strace)");
    }
    works
}

fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "not to be skipped in CI: {why}");
    eprintln!("SKIPPED: {why}");
}

/// Runs the program under strace, which follows `inject` and leaves its trace in the scene.
fn strace(scene: &Scene, options: &[&str], arguments: &[&str]) -> Output {
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-qq", "-o"]).arg(scene.trace()).args(options);
    command.arg(program()).args(arguments).env("RUST_BACKTRACE", "0").output().unwrap()
}

// ---------------------------------------------------------------------------------------------
// Crashes and errors at every system call
// ---------------------------------------------------------------------------------------------

/// What can change something on a disk. A kill at any other call leaves what the next one of these
/// leaves, so that there is nothing to try there.
const CALLS: &str = "openat,mkdir,flock,ftruncate,write,pwrite64,fdatasync,fsync,rename,renameat,\
                     renameat2,linkat,unlink,unlinkat";

/// Runs the program once for each of `calls` that it makes from the first one that concerns the
/// journal on (what the loader does before is left out), with that call injected; `make` makes a
/// fresh scene. Answers with how many there were.
fn at_every_call(make: fn() -> Scene, calls: &str, fault: &str) -> usize {
    let run = |nth: Option<usize>| {
        let scene = make();
        let before = scene.notes_before();
        let traced = format!("trace={calls}");
        let inject = nth.map(|nth| format!("inject={calls}:{fault}:when={nth}"));
        let mut options = vec!["-e", &traced];
        options.extend(inject.iter().flat_map(|inject| ["-e", inject]));
        let path = scene.path();
        let output = strace(&scene, &options, &[path.to_str().unwrap(), "eve", "2", "9000"]);
        let trace = fs::read_to_string(scene.trace()).unwrap_or_default();
        let why = format!("{calls}:{fault} at {nth:?}\n{trace}");
        scene.holds(&before, &saved(&output), &why);
        assert!(nth.is_some() || saved(&output).len() == 2, "{why}: {output:?}");
        let folder = scene.folder.path().to_str().unwrap().to_owned();
        (trace, folder)
    };
    let (trace, folder) = run(None);
    let first = trace.lines().position(|line| line.contains(&folder)).unwrap_or(usize::MAX);
    let all = first.min(trace.lines().count())..trace.lines().count();
    for nth in all.clone() {
        run(Some(nth + 1));
    }
    all.len()
}

impl Scene {
    fn notes_before(&self) -> Vec<String> {
        if self.path().exists() { self.notes() } else { Vec::new() }
    }
}

#[test]
fn killed_at_any_system_call_nothing_that_was_saved_is_lost() {
    if !strace_works() {
        return;
    }
    let points: usize = [Scene::empty, Scene::torn]
        .map(|make| at_every_call(make, CALLS, "signal=KILL"))
        .iter()
        .sum();
    assert!(points > 40, "only {points} points were tried");
}

#[test]
fn an_error_at_any_system_call_leaves_a_clean_journal_and_no_false_claim() {
    if !strace_works() {
        return;
    }
    let faults = [
        ("write,pwrite64", "error=ENOSPC"),
        ("write,pwrite64", "error=EIO"),
        ("fdatasync", "error=EIO"),
        ("fsync", "error=EIO"),
        ("ftruncate", "error=EIO"),
        ("flock", "error=ENOLCK"),
        ("openat", "error=EROFS"),
        ("pread64,read", "error=EIO"),
        ("statx", "error=EIO"),
        ("linkat,renameat,renameat2,rename", "error=ENOSPC"),
        // A disk that says it took seven bytes and took none.
        ("write", "retval=7"),
        ("fdatasync", "retval=0"),
    ];
    for (calls, fault) in faults {
        for make in [Scene::empty, Scene::torn] {
            assert!(at_every_call(make, calls, fault) > 0, "{calls}:{fault} was never injected");
        }
    }
}

#[test]
fn a_failed_fsync_is_not_tried_again_and_not_called_saved() {
    if !strace_works() {
        return;
    }
    let scene = Scene::empty();
    add(&scene.path(), vec![opened()]);
    let path = scene.path();
    let inject = "inject=fdatasync:error=EIO:when=1";
    let output = strace(
        &scene,
        &["-e", "trace=fdatasync,write,ftruncate", "-e", inject],
        &[path.to_str().unwrap(), "eve", "2"],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && saved(&output).is_empty(), "{output:?}");
    assert!(said.contains("OutcomeUnknown"), "{said}");
    scene.holds(&[], &[], "after the failed fsync");
}

#[test]
fn a_record_is_on_disk_before_it_is_said_to_be_saved() {
    if !strace_works() {
        return;
    }
    let scene = Scene::torn();
    let path = scene.path();
    let calls = "trace=write,pwrite64,fdatasync,fsync,rename,renameat,renameat2,linkat";
    let output = strace(&scene, &["-e", calls], &[path.to_str().unwrap(), "eve", "3", "9000"]);
    assert!(output.status.success(), "{output:?}");
    let trace = fs::read_to_string(scene.trace()).unwrap();
    let (mut written, mut synced, mut said) = (0, 0, 0);
    let mut evidence = Vec::new();
    for line in trace.lines() {
        if line.contains("launch.golive.jsonl>") && line.contains("write(") {
            let named = evidence.iter().all(|step| *step == "durable");
            assert!(named, "a record was written before its evidence was durable:\n{trace}");
            written += 1;
        } else if line.contains("launch.golive.jsonl>") && line.contains("fdatasync(") {
            synced = written;
        } else if line.contains("write(1") && line.contains("saved ") {
            assert_eq!(synced, written, "said before it was on disk:\n{trace}");
            said += 1;
        } else if line.contains("rename") || line.contains("linkat") {
            evidence.push("renamed");
        } else if line.contains("/evidence>") && line.contains("fsync(") {
            evidence.iter_mut().for_each(|step| *step = "durable");
        }
    }
    // Three notes and the record of the recovery; one piece of evidence for each note.
    assert_eq!((written, said, evidence.len()), (4, 3, 3), "{trace}");
}

#[test]
fn reading_opens_the_journal_read_only_and_locks_nothing() {
    if !strace_works() {
        return;
    }
    let scene = Scene::torn();
    let (path, bytes) = (scene.path(), scene.bytes());
    let output = strace(
        &scene,
        &["-e", "trace=openat,open,flock,ftruncate,write,pwrite64,unlink,rename"],
        &["--read", path.to_str().unwrap()],
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
    let trace = fs::read_to_string(scene.trace()).unwrap();
    let touched: Vec<_> = trace.lines().filter(|line| line.contains("golive.jsonl")).collect();
    let opened = |line: &&str| line.contains("open") && line.contains("O_RDONLY");
    let printed = |line: &&str| line.contains("write(1");
    assert!(!touched.is_empty() && touched.iter().all(|it| opened(it) || printed(it)), "{trace}");
    assert!(!trace.contains("flock"), "{trace}");
    assert_eq!(scene.bytes(), bytes);
}

// ---------------------------------------------------------------------------------------------
// Real disks, real rivals
// ---------------------------------------------------------------------------------------------

/// A file system in memory, unmounted when dropped.
struct Mount {
    folder: TempDir,
}

impl Mount {
    fn tmpfs(options: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if mounted {
            return Some(Self { folder });
        }
        skip("a tmpfs can not be mounted here (root is needed)");
        None
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

#[test]
fn a_disk_that_is_really_full_takes_no_half_records() {
    let Some(mount) = Mount::tmpfs("size=16k") else { return };
    let path = mount.folder.path().join("launch.golive.jsonl");
    let run = || Command::new(program()).arg(&path).args(["eve", "200"]).output().unwrap();
    let output = run();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("NotSaved"), "{said}");
    let report = verify(&path, None).unwrap();
    assert!(report.is_sound(), "{report}");
    assert_eq!(report.records(), saved(&output).len() as u64 + 1, "{said}");
    assert!(report.records() > 5, "{report}");

    assert!(!run().status.success());
    assert_eq!(verify(&path, None).unwrap(), report);
    let more = ["-o", "remount,size=64k"];
    assert!(Command::new("mount").args(more).arg(mount.folder.path()).status().unwrap().success());
    add(&path, vec![note("room again")]);
    assert_eq!(verify(&path, None).unwrap().records(), report.records() + 1);
}

#[test]
fn a_read_only_place_is_read_and_not_written() {
    let Some(mount) = Mount::tmpfs("size=64k") else { return };
    let path = mount.folder.path().join("launch.golive.jsonl");
    add(&path, vec![opened(), note("a")]);
    let read_only = ["-o", "remount,ro"];
    let mut remount = Command::new("mount");
    assert!(remount.args(read_only).arg(mount.folder.path()).status().unwrap().success());
    let mut journal = Journal::open(&path, Access::Append).unwrap();
    assert_eq!(journal.read_new().unwrap().len(), 2);
    let refused =
        journal.append(&actor("ada"), at(0), |_| Ok::<_, Infallible>(vec![note("b")])).unwrap_err();
    assert!(refused.to_string().contains("Read-only file system"), "{refused}");
    assert!(verify(&path, None).unwrap().is_sound());
}

#[test]
fn four_writers_killed_at_random_lose_nothing_that_they_said_was_saved() {
    let seed = std::env::var("GOLIVE_SEED").ok().and_then(|text| text.parse().ok());
    let mut random: u64 = seed.unwrap_or(0x9e37_79b9_7f4a_7c15);
    eprintln!("GOLIVE_SEED={random}");
    let mut below = |limit: u64| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % limit
    };
    let scene = Scene::empty();
    add(&scene.path(), vec![opened()]);
    let mut acked: Vec<String> = Vec::new();
    for round in 0..12 {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let mut command = Command::new(program());
                command.arg(scene.path()).arg(format!("r{round}w{writer}")).args(["20", "300"]);
                let child = command.stdout(Stdio::piped()).spawn().unwrap();
                let patience = below(24);
                std::thread::spawn(move || kill_after(child, patience))
            })
            .collect();
        for writer in writers {
            acked.extend(writer.join().unwrap());
        }
    }
    scene.holds(&[], &acked, "after the last round");
    assert!(acked.len() > 200, "only {} records were saved", acked.len());
}

/// Kills a writer with SIGKILL once it has said that `patience` records are saved, and answers with
/// all that it said. It may be saved and not said: the kill can come in between.
fn kill_after(mut child: std::process::Child, patience: u64) -> Vec<String> {
    let mut said = Vec::new();
    let output = BufReader::new(child.stdout.take().unwrap());
    for line in output.lines() {
        said.extend(saved_line(&line.unwrap()));
        if said.len() as u64 >= patience {
            let _ = child.kill();
        }
    }
    child.wait().unwrap();
    said
}

// ---------------------------------------------------------------------------------------------
// Other programs, other releases
// ---------------------------------------------------------------------------------------------

#[test]
fn anybody_can_check_a_record_with_sed_and_sha256sum() {
    let scene = Scene::empty();
    add(&scene.path(), vec![opened(), note("naïve \"quoted\" \\ text\nof two lines"), note("x")]);
    let path = scene.path();
    let journal = fs::read_to_string(&path).unwrap();
    for (number, line) in journal.lines().enumerate() {
        let check = format!(
            "sed -n {}p {} | sed -E 's/,\"h\":\"[0-9a-f]{{64}}\"\\}}$//' | tr -d '\\n' | sha256sum",
            number + 1,
            path.display()
        );
        let output = Command::new("sh").args(["-c", &check]).output().unwrap();
        let sum = String::from_utf8(output.stdout).unwrap();
        let hash = sum.split_whitespace().next().unwrap();
        assert!(line.ends_with(&format!(",\"h\":\"{hash}\"}}")), "{line}\n{sum}");
        let keys = ["v", "seq", "prev", "id", "at", "by", "env", "kind", "must", "data", "h"];
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), keys);
    }
}

/// One event of every kind.
fn one_of_each() -> Vec<Event> {
    let step = || StepId::from("webhook.signature");
    let step_digest = || StepDigest::from("d1:sha256:00");
    let run = || RunId("01J0RUN".into());
    let digest = || Digest::of(b"runbook");
    let facts = || BTreeMap::from([("webhook_url".to_owned(), "https://acme.example".to_owned())]);
    let mut finding = Finding::new(Level::Blocking, "an unsigned request got 200");
    finding.place = Some("unsigned request → 200".into());
    vec![
        opened(),
        Event::JournalRecovered { bytes: 3, digest: digest(), kept_as: "x.torn-1".into() },
        Event::RunbookPinned {
            id: "mintcash-go-live".into(),
            digest: digest(),
            steps: BTreeMap::from([(step(), step_digest())]),
        },
        Event::RunbookTrusted { digest: digest() },
        Event::HostArmed { host: "acme.example".into() },
        Event::StepStarted { step: step(), run: run(), process: None },
        Event::CheckResult(Box::new(CheckResult {
            step: step(),
            run: run(),
            check: CheckName::from("webhook-signature"),
            position: 0,
            outcome: Outcome::Fail,
            summary: "anyone can forge a payment".into(),
            findings: vec![finding],
            evidence: serde_json::Map::from_iter([("probes".to_owned(), 14.into())]),
            facts: facts(),
            step_digest: step_digest(),
            duration_ms: 120,
            looked_at: None,
        })),
        Event::StepFinished { step: step(), run: run(), cancelled: true },
        Event::StepSigned(Box::new(SignOffRecord {
            step: step(),
            role: Some(Role::from("engineering")),
            evidence: BTreeMap::from([("ticket".to_owned(), "OPS-1".to_owned())]),
            note: Some("seen".into()),
            facts: facts(),
            step_digest: step_digest(),
            runbook: digest(),
            decision: None,
        })),
        Event::StepWaived {
            step: step(),
            reason: "later".into(),
            expires: Some(at(86_400)),
            step_digest: step_digest(),
        },
        Event::StepSkipped { step: step(), reason: "none".into(), step_digest: step_digest() },
        Event::StepReopened { step: step(), reason: "moved".into() },
        Event::Note { step: Some(step()), text: "a note".into() },
        Event::ReportExported { format: "json".into(), head: "00".into() },
    ]
}

/// One of each kind about real money, of each fact that can be seen, as the first release that
/// knew them wrote it.
fn one_of_each_about_money() -> Vec<Event> {
    let step = || StepId::from("rehearsal.charge");
    let (run, intent) = (RunId("01J0RUN".into()), IntentId("01J0INTENT".into()));
    let spend = Spend {
        act: Act::Charge,
        host: "api.mintcash.me".into(),
        amount: Minor(100),
        currency: "USD".into(),
        again: false,
    };
    let request = serde_json::json!({
        "path": "/payments",
        "body": r#"{"amount":100,"currency":"USD","externalId":"golive-pay-01J0"}"#,
        "externalId": "golive-pay-01J0", "amount": 100, "currency": "USD",
    });
    let facts = [
        MoneyFact::Charged { amount: Minor(100), number: 1 },
        MoneyFact::Refunded { amount: Minor(60) },
        MoneyFact::ReturnedElsewhere { total: Minor(40), number: 1 },
        MoneyFact::Failed { code: Some("expired".into()) },
        MoneyFact::PastDue,
        MoneyFact::Cancelled,
        MoneyFact::EventSeen { event: "payment.succeeded".into(), number: 2 },
    ];
    let seen = facts.into_iter().map(|fact| {
        Event::MoneyObserved(Box::new(Observation {
            intent: intent.clone(),
            fact,
            source: Source::EventLog,
            event_id: Some("e-1".into()),
            payment: Some("p-1".into()),
            at: Some(at(1)),
        }))
    });
    let mut events = vec![
        opened(),
        Event::MoneyConfirmed(Box::new(Confirmation {
            step: step(),
            run: run.clone(),
            spend: spend.clone(),
            card_owner: Some("Dana Ito".into()),
        })),
        Event::MoneyPrepared(Box::new(Intent {
            id: intent.clone(),
            step: step(),
            run: run.clone(),
            spend,
            of: Some("p-1".into()),
            key: Some("fingerprint 00000000".into()),
            request: Some(serde_json::from_value(request).unwrap()),
        })),
        Event::MoneyAnswered(Box::new(MoneyAnswer {
            intent: intent.clone(),
            run: Some(run),
            outcome: AnswerOutcome::Made,
            id: Some("p-1".into()),
            page: Some("https://pay.example/p-1".into()),
            request_ids: vec!["req_1".into()],
            says: "created".into(),
        })),
    ];
    events.extend(seen);
    events
}

#[test]
fn real_money_of_earlier_releases_is_read_by_every_release() {
    // Never to be changed, as the journal below.
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal-v1-money.golive.jsonl");
    let mut journal = Journal::open(&fixture, Access::Read).unwrap();
    let events: Vec<_> = journal.read_new().unwrap().into_iter().map(|it| it.event).collect();
    assert_eq!(events, one_of_each_about_money());
    let head = "89a40e3d65f44460e7b98f0cacc108ef59b5b8d15d06ca57be11201dbf86f3f4";
    let report = verify(&fixture, Some(head)).unwrap();
    assert!(report.is_sound() && report.unknown == 0, "{report}");
}

#[test]
fn the_journal_of_version_1_is_read_by_every_release() {
    // Written by the first release; never to be changed, however the program does. A later version
    // of the format gets a file of its own beside it.
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal-v1.golive.jsonl");
    let mut journal = Journal::open(&fixture, Access::Read).unwrap();
    let events: Vec<_> = journal.read_new().unwrap().into_iter().map(|it| it.event).collect();
    assert_eq!(events, one_of_each());
    let head = "89358801f0a5db5233bb5bd6952a92cab0ae70bd2d0b3b3f85ba6ade981517f4";
    let report = verify(&fixture, Some(head)).unwrap();
    assert!(report.is_sound() && report.unknown == 0, "{report}");
}

/// A verdict as somebody saw it: with these risks, and these steps open.
fn card(verdict: VerdictKind, risks: Vec<CardItem>, open: Vec<CardItem>) -> Card {
    Card { verdict, blockers: Vec::new(), risks, unknowns: Vec::new(), open, left_out: 0 }
}

/// What a cutover leaves: calls with what their callers saw, a lifted hold, a switch with its
/// decision, a rollback.
fn a_cutover() -> Vec<Event> {
    let (step, runbook) = (|| StepId::from("cutover.decision"), Digest::of(b"runbook"));
    let step_digest = StepDigest::from("d1:sha256:00");
    let item = |step: &str, state, says: &str, owner: Option<&str>| CardItem {
        step: StepId::from(step),
        state,
        says: says.into(),
        owner: owner.map(str::to_owned),
    };
    let says = "kim waived it: mended by Tuesday.";
    let risk = item("webhook.dedupe", StepState::Waived, says, Some("kim"));
    let open = item("rehearsal.settlement", StepState::Stale, "Is stale.", None);
    let agreed = BTreeMap::from([("rollback_owner".to_owned(), "noor".to_owned())]);
    let call = |role: &str, call: Call, card: Card| CallRecord {
        step: step(),
        role: Role::from(role),
        call,
        reason: Some("the bank is closed".into()),
        evidence: BTreeMap::new(),
        saw: card,
        facts: BTreeMap::new(),
        step_digest: step_digest.clone(),
        runbook: runbook.clone(),
    };
    let not_yet = Card { left_out: 3, ..card(VerdictKind::NotYet, Vec::new(), vec![open]) };
    let risks = card(VerdictKind::GoWithRisks, vec![risk.clone()], Vec::new());
    vec![
        opened(),
        Event::CallGiven(Box::new(call("finance", Call::Hold, not_yet.clone()))),
        Event::HoldLifted {
            step: step(),
            role: Role::from("finance"),
            whose: "ada".into(),
            reason: "it has opened".into(),
        },
        Event::CallGiven(Box::new(call("support", Call::NoGo, not_yet))),
        Event::CallGiven(Box::new(CallRecord {
            reason: None,
            evidence: agreed.clone(),
            ..call("finance", Call::Go, risks)
        })),
        Event::StepSigned(Box::new(SignOffRecord {
            step: StepId::from("cutover.switch"),
            role: None,
            evidence: agreed.clone(),
            note: None,
            facts: BTreeMap::new(),
            step_digest: step_digest.clone(),
            runbook: runbook.clone(),
            decision: Some(DecisionRecord {
                step: step(),
                verdict: Some(VerdictKind::GoWithRisks),
                goes: vec![GoRecord { role: Role::from("finance"), by: "ada".into(), entry: 5 }],
                risks: vec![risk],
                evidence: agreed,
                without: None,
            }),
        })),
        Event::RollbackCalled {
            step: StepId::from("cutover.switch"),
            reason: "no event arrives".into(),
            owner: Some("noor".into()),
        },
    ]
}

#[test]
fn the_records_of_a_cutover_are_read_by_every_release_from_the_one_that_has_them() {
    // Never to be changed, as the one above.
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/journal-v1-cutover.golive.jsonl");
    let mut journal = Journal::open(&fixture, Access::Read).unwrap();
    let events: Vec<_> = journal.read_new().unwrap().into_iter().map(|it| it.event).collect();
    assert_eq!(events, a_cutover());
    let report = verify(&fixture, None).unwrap();
    assert!(report.is_sound() && report.unknown == 0, "{report}");
    // Who does not know them must not sign on top of them.
    for line in fs::read_to_string(&fixture).unwrap().lines() {
        assert!(line.contains(r#""must":true"#), "{line}");
    }
}

/// What a watch of the first week leaves.
fn a_watch() -> Vec<Event> {
    let (step, topic) =
        (|| StepId::from("first-week.delivery"), || CheckName::from("delivery-rate"));
    let (key, watcher) = ("deliveries-failing".to_owned(), "01J0WATCHER".to_owned());
    vec![
        opened(),
        Event::ThresholdCrossed(Box::new(CrossedRecord {
            step: step(),
            topic: topic(),
            key: key.clone(),
            since: Some(at(1)),
            message: "36 deliveries were refused".into(),
            limits: vec!["at least 99 % in time: 40 %".into()],
            watcher: watcher.clone(),
        })),
        Event::AlertTaken { of: 2, watcher: "01J0OTHER".into() },
        Event::AlertSent { of: 2, failed: Some("no connection".into()), reached: Vec::new() },
        Event::ThresholdCleared(ClearedRecord { step: step(), topic: topic(), key, watcher }),
        Event::AlertSent { of: 5, failed: None, reached: Vec::new() },
    ]
}

#[test]
fn the_records_of_a_watch_are_read_by_every_release_from_the_one_that_has_them() {
    // Never to be changed, as the ones above.
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal-v1-watch.golive.jsonl");
    let mut journal = Journal::open(&fixture, Access::Read).unwrap();
    let events: Vec<_> = journal.read_new().unwrap().into_iter().map(|it| it.event).collect();
    assert_eq!(events, a_watch());
    let report = verify(&fixture, None).unwrap();
    assert!(report.is_sound() && report.unknown == 0, "{report}");
    // Who does not know that a threshold is crossed must not sign over it; alerts change nothing.
    let text = fs::read_to_string(&fixture).unwrap();
    let musts: Vec<bool> = text.lines().map(|line| line.contains(r#""must":true"#)).collect();
    assert_eq!(musts, [true, true, false, false, true, false]);
}

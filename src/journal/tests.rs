//! Promises of the journal that need no process of their own: format, chain, recovery, following.

#![expect(clippy::string_slice, reason = "what is cut here is ASCII")]

use std::convert::Infallible;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::format::{Draft, NO_HASH, seal};
use super::*;
use crate::digest::Digest;
use crate::launch::event::Face;
use crate::runbook::model::{StepDigest, StepId};
use crate::secrets::{Redactor, Secret};

fn by(name: &str) -> Actor {
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

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("launch.golive.jsonl")
    }

    fn journal(&self) -> Journal {
        Journal::open(&self.path(), Access::Append).unwrap()
    }

    /// A journal with `notes` notes in it, as bytes.
    fn with_notes(notes: usize) -> (Self, Vec<u8>) {
        let place = Self::new();
        let mut journal = place.journal();
        say(&mut journal, vec![opened()]).unwrap();
        for number in 0..notes {
            say(&mut journal, vec![note(&format!("note {number}"))]).unwrap();
        }
        let bytes = fs::read(place.path()).unwrap();
        (place, bytes)
    }
}

/// Lines that are sealed as they should be, whatever they say.
struct Forger {
    head: Head,
    bytes: Vec<u8>,
}

impl Forger {
    fn new() -> Self {
        let mut forger = Self { head: Head::empty(), bytes: Vec::new() };
        forger.add("journal.opened", true, opened_data());
        forger
    }

    fn add(&mut self, kind: &str, must: bool, data: Value) {
        self.line(1, self.head.seq + 1, &self.head.hash.clone(), kind, must, data);
    }

    fn line(&mut self, v: u64, seq: u64, prev: &str, kind: &str, must: bool, data: Value) {
        let Value::Object(data) = data else { panic!("data is an object") };
        let by = by("eve");
        let (id, at, env) = ("01J0".to_owned(), at(0), "live");
        let draft = Draft { v, seq, prev, id, at, by: &by, env, kind, must, data: &data };
        let (line, hash) = seal(&draft).unwrap();
        self.bytes.extend(line.as_bytes());
        self.head = Head { seq, hash };
    }

    /// Adds a line made from the members of a good one by `change`.
    fn text(&mut self, change: impl FnOnce(String) -> String) {
        let mut other = Self { head: self.head.clone(), bytes: Vec::new() };
        other.add("note", false, json!({"text": "x"}));
        let line = String::from_utf8(other.bytes).unwrap();
        let body = change(line[..line.len() - 73].to_owned());
        let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&body));
        self.bytes.extend(format!("{body},\"h\":\"{hash}\"}}\n").as_bytes());
    }

    fn in_a_file(&self) -> Place {
        let place = Place::new();
        fs::write(place.path(), &self.bytes).unwrap();
        place
    }

    fn end(&self) -> End {
        scan_all(&self.bytes).end
    }
}

fn opened_data() -> Value {
    json!({"journal": "01J0TESTJOURNAL", "launch": "acme", "program": "golive 0.1.0"})
}

fn say(journal: &mut Journal, events: Vec<Event>) -> Result<Vec<Entry>, AppendError<Infallible>> {
    journal.append(&by("ada"), at(1), |_| Ok(events))
}

fn scan_all(bytes: &[u8]) -> Scan {
    scan(bytes, &Head::empty(), &Store::beside(Path::new("/nonexistent/journal")))
}

#[test]
fn what_is_appended_is_read_back_by_another_handle() {
    let place = Place::new();
    let mut one = place.journal();
    let mut two = place.journal();
    let wrote = say(&mut one, vec![opened(), note("a")]).unwrap();
    assert_eq!(two.read_new().unwrap(), wrote);
    assert_eq!(two.read_new().unwrap(), []);
    let answer = say(&mut two, vec![note("b")]).unwrap();
    assert_eq!(one.read_new().unwrap(), answer);
    assert_eq!((one.head(), one.head().seq), (two.head(), 3));
    assert!(verify(&place.path(), Some(&one.head().hash)).unwrap().is_sound());
}

#[test]
fn every_truncation_keeps_every_whole_record_and_reports_the_rest_as_torn() {
    let (_place, bytes) = Place::with_notes(4);
    let whole = scan_all(&bytes);
    assert_eq!((whole.records.len(), &whole.end), (5, &End::Clean));
    for cut in 0..bytes.len() {
        let found = scan_all(&bytes[..cut]);
        let lines = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(found.records, whole.records[..lines], "cut at {cut}");
        let rest = cut - found.good;
        let end = if rest == 0 { End::Clean } else { End::Torn { bytes: rest } };
        assert_eq!(found.end, end, "cut at {cut}");
    }
}

#[test]
fn no_flipped_bit_goes_unnoticed() {
    let (_place, mut bytes) = Place::with_notes(3);
    let (mut torn, mut damaged) = (0, 0);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            bytes[place] ^= 1 << bit;
            match scan_all(&bytes).end {
                End::Clean | End::Newer { .. } => panic!("bit {bit} of byte {place} unnoticed"),
                End::Torn { .. } => torn += 1,
                End::Damaged { .. } => damaged += 1,
            }
            bytes[place] ^= 1 << bit;
        }
    }
    assert_eq!(torn + damaged, bytes.len() * 8);
    assert!(torn < damaged / 4, "{torn} torn, {damaged} damaged");
}

#[test]
fn zeros_anywhere_in_the_last_record_or_after_it_are_a_torn_end() {
    let place = Place::new();
    let mut journal = place.journal();
    say(&mut journal, vec![opened()]).unwrap();
    say(&mut journal, vec![note(&"x".repeat(1_500))]).unwrap();
    let bytes = fs::read(place.path()).unwrap();
    let last = scan_all(&bytes[..bytes.len() - 1]).good;
    for from in last..bytes.len() {
        let mut damaged = bytes.clone();
        let to = (from + 512).min(bytes.len());
        damaged[from..to].fill(0);
        let found = scan_all(&damaged);
        assert_eq!(found.end, End::Torn { bytes: bytes.len() - last }, "window at {from}");
    }
    for extra in [1, 511, 512, 4_096, 200_000] {
        let mut longer = bytes.clone();
        longer.resize(bytes.len() + extra, 0);
        let found = scan_all(&longer);
        assert_eq!((found.good, found.end), (bytes.len(), End::Torn { bytes: extra }));
    }
}

#[test]
fn a_bad_line_in_the_middle_is_refused_by_number_and_nothing_is_changed() {
    let (place, mut bytes) = Place::with_notes(3);
    let inside = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 200;
    bytes[inside] ^= 1;
    fs::write(place.path(), &bytes).unwrap();
    let said = place.journal().read_new().unwrap_err().to_string();
    assert!(said.contains("line 2 can not be trusted: its hash does not match"), "{said}");
    assert!(said.contains("golive journal repair --from 2"), "{said}");
    let refused = say(&mut place.journal(), vec![note("x")]).unwrap_err();
    assert!(matches!(refused, AppendError::Journal(JournalError::Damaged { line: 2, .. })));
    assert_eq!(fs::read(place.path()).unwrap(), bytes);
}

#[test]
fn a_parsable_last_line_with_a_wrong_hash_is_damage_and_not_torn() {
    let (_place, mut bytes) = Place::with_notes(1);
    let digit = bytes.len() - 10;
    bytes[digit] = if bytes[digit] == b'0' { b'1' } else { b'0' };
    assert_eq!(scan_all(&bytes).end, End::Damaged { line: 2, problem: Problem::WrongHash });
}

#[test]
fn well_sealed_lines_that_do_not_continue_the_chain_are_told_apart() {
    let text = || json!({"text": "x"});
    let after = |tell: &dyn Fn(&mut Forger)| {
        let mut forger = Forger::new();
        forger.add("note", false, text());
        tell(&mut forger);
        match forger.end() {
            End::Damaged { line: 3, problem } => problem,
            end => panic!("{end:?}"),
        }
    };
    let head = |forger: &Forger| forger.head.hash.clone();
    let fork = after(&|it| it.line(1, 2, &head(it), "note", false, text()));
    assert_eq!(fork, Problem::Fork { seq: 2 });
    let gap = after(&|it| it.line(1, 5, &head(it), "note", false, text()));
    assert_eq!(gap, Problem::Gap { expected: 3, found: 5 });
    let prev = after(&|it| it.line(1, 3, NO_HASH, "note", false, text()));
    assert_eq!(prev, Problem::WrongPrev);
    let genesis = after(&|it| it.add("journal.opened", true, opened_data()));
    assert_eq!(genesis, Problem::SecondGenesis);

    let mut headless = Forger { head: Head::empty(), bytes: Vec::new() };
    headless.add("note", false, text());
    assert_eq!(headless.end(), End::Damaged { line: 1, problem: Problem::NoGenesis });
}

#[test]
fn a_well_sealed_line_with_a_doubled_unknown_or_missing_key_is_refused() {
    let changes: [&dyn Fn(String) -> String; 5] = [
        &|body| body.replace(r#""seq":2"#, r#""seq":2,"seq":2"#),
        &|body| body.replace(r#""text":"x""#, r#""text":"x","text":"y""#),
        &|body| body.replace(r#""must":false"#, r#""must":false,"extra":1"#),
        &|body| body.replace(r#","env":"live""#, ""),
        &|body| body.replace(r#"{"text":"x"}"#, "[]"),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut forger = Forger::new();
        forger.text(change);
        let end = forger.end();
        let refused = matches!(end, End::Damaged { line: 2, problem: Problem::NotARecord(_) });
        assert!(refused, "change {number}: {end:?}");
    }
    let mut forger = Forger::new();
    forger.text(|body| body);
    assert_eq!(forger.end(), End::Clean);
}

#[test]
fn a_line_longer_than_the_limit_is_refused_in_reading_and_writing() {
    let mut forger = Forger::new();
    forger.add("note", false, json!({"text": "x".repeat(LINE_LIMIT)}));
    forger.add("note", false, json!({"text": "x"}));
    assert_eq!(forger.end(), End::Damaged { line: 2, problem: Problem::TooLong });

    let place = Place::new();
    let steps = (0..6_000).map(|n| (StepId(format!("s.{n}")), StepDigest("d".into()))).collect();
    let mut journal = place.journal();
    let pinned = Event::RunbookPinned { id: "r".into(), digest: Digest::of(b""), steps };
    let written = say(&mut journal, vec![opened(), pinned.clone()]).unwrap();
    assert_eq!(written[1].event, pinned);
    let longest = fs::read_to_string(place.path()).unwrap().lines().map(str::len).max().unwrap();
    assert!(longest < LINE_LIMIT / 4, "{longest}");
}

#[test]
fn the_kinds_that_are_known_are_those_of_the_event_type() {
    let error = serde_json::from_str::<Event>(r#"{"kind":"?","data":{}}"#).unwrap_err();
    let names: Vec<_> = kinds::KNOWN.iter().map(|name| format!("`{name}`")).collect();
    let expected = format!("unknown variant `?`, expected one of {}", names.join(", "));
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[test]
fn an_unknown_kind_is_kept_and_written_past() {
    let mut forger = Forger::new();
    forger.add("moon.phase", false, json!({"phase": "full", "n": [1, {"a": null}]}));
    let place = forger.in_a_file();
    let mut journal = place.journal();
    let entries = journal.read_new().unwrap();
    let Event::Other { kind, data } = &entries[1].event else { panic!("{entries:?}") };
    assert_eq!((kind.as_str(), &data["phase"]), ("moon.phase", &json!("full")));
    assert_eq!(journal.read_only(), None);
    say(&mut journal, vec![note("after")]).unwrap();
    let report = verify(&place.path(), None).unwrap();
    assert!(report.is_sound());
    assert_eq!((report.records(), report.unknown), (3, 1));
}

#[test]
fn a_mandatory_kind_or_data_of_a_newer_program_makes_this_one_read_only() {
    for (kind, data) in [
        ("step.delegated", json!({"step": "a.b"})),
        ("step.signed", json!({"step": "a.b", "shape": "of a later version"})),
    ] {
        let mut forger = Forger::new();
        forger.add(kind, true, data);
        forger.add("note", false, json!({"text": "x"}));
        let place = forger.in_a_file();
        let mut journal = place.journal();
        assert_eq!(journal.read_new().unwrap().len(), 3);
        let reason = journal.read_only().unwrap().to_owned();
        assert!(reason.contains(&format!("record 2 ({kind}) is of a newer golive")), "{reason}");
        let refused = say(&mut journal, vec![note("x")]).unwrap_err();
        assert!(matches!(refused, AppendError::Journal(JournalError::ReadOnly { .. })));
        // Also when the append is the first to see it.
        say(&mut place.journal(), vec![note("x")]).unwrap_err();
        assert_eq!(fs::read(place.path()).unwrap(), forger.bytes);
    }
}

#[test]
fn a_format_of_a_newer_program_is_not_called_damage_and_not_written_past() {
    let mut forger = Forger::new();
    forger.line(2, 2, &forger.head.hash.clone(), "note", false, json!({"text": "x"}));
    forger.bytes.extend(b"and whatever else format 2 may hold\n");
    let place = forger.in_a_file();
    let mut journal = place.journal();
    assert_eq!(journal.read_new().unwrap().len(), 1);
    assert!(journal.read_only().unwrap().contains("line 2 and what follows is in format 2"));
    say(&mut journal, vec![note("x")]).unwrap_err();
    let report = verify(&place.path(), None).unwrap();
    assert!(report.problems[0].contains("a newer golive has to verify it"), "{report}");
    assert_eq!(fs::read(place.path()).unwrap(), forger.bytes);
}

#[test]
fn a_torn_end_is_put_aside_recorded_and_written_past() {
    let (place, bytes) = Place::with_notes(2);
    let torn = br#"{"v":1,"seq":4,"prev":"#;
    fs::write(place.path(), [&bytes[..], torn].concat()).unwrap();
    let mut reader = Journal::open(&place.path(), Access::Read).unwrap();
    assert_eq!(reader.read_new().unwrap().len(), 3);
    assert_eq!(reader.torn_bytes(), torn.len() as u64);
    assert_eq!(fs::read(place.path()).unwrap().len(), bytes.len() + torn.len());

    let entries = say(&mut place.journal(), vec![note("after")]).unwrap();
    let Event::JournalRecovered { bytes: count, digest, kept_as } = &entries[3].event else {
        panic!("{entries:?}")
    };
    assert_eq!((*count, digest), (torn.len() as u64, &Digest::of(torn)));
    assert_eq!(kept_as, "launch.golive.jsonl.torn-2026-09-21T14-13-21.000Z");
    assert_eq!(fs::read(place.folder.path().join(kept_as)).unwrap(), torn);
    assert_eq!(entries[4].event, note("after"));
    assert_eq!(reader.read_new().unwrap(), entries[3..]);
    assert_eq!(reader.torn_bytes(), 0);
    assert!(verify(&place.path(), None).unwrap().is_sound());
}

#[test]
fn a_journal_torn_in_its_first_record_begins_again_and_says_so() {
    let place = Place::new();
    fs::write(place.path(), br#"{"v":1,"seq"#).unwrap();
    let mut journal = place.journal();
    let refused = journal.append(&by("ada"), at(1), |_| Err(std::fmt::Error)).unwrap_err();
    assert!(matches!(refused, AppendError::Refused(_)));
    let entries = say(&mut journal, vec![opened(), note("a")]).unwrap();
    assert!(matches!(entries[1].event, Event::JournalRecovered { bytes: 11, .. }));
    assert_eq!((entries.len(), &entries[2].event), (3, &note("a")));
}

#[test]
fn reading_creates_nothing_and_writes_nothing() {
    let place = Place::new();
    let mut reader = Journal::open(&place.path(), Access::Read).unwrap();
    assert_eq!(reader.read_new().unwrap(), []);
    assert_eq!(reader.head(), Head::empty());
    let refused = say(&mut reader, vec![opened()]).unwrap_err().to_string();
    assert!(refused.contains("opened for reading only"), "{refused}");
    assert!(fs::read_dir(place.folder.path()).unwrap().next().is_none());
}

#[test]
fn what_is_refused_under_the_lock_writes_nothing_and_was_shown_what_others_wrote() {
    let (place, bytes) = Place::with_notes(1);
    let mut journal = place.journal();
    let mut seen = 0;
    let refused = journal.append(&by("ada"), at(1), |others| {
        seen = others.len();
        Err(std::fmt::Error)
    });
    assert!(matches!(refused, Err(AppendError::Refused(_))));
    assert_eq!((seen, fs::read(place.path()).unwrap()), (2, bytes));
    assert_eq!(journal.read_new().unwrap(), [], "what decide was shown counts as read");
    let nothing = journal.append(&by("ada"), at(1), |_| Ok::<_, Infallible>(vec![])).unwrap();
    assert_eq!(nothing, []);
}

#[test]
fn only_the_first_record_opens_a_journal_and_others_keep_out_of_it() {
    let place = Place::new();
    say(&mut place.journal(), vec![note("x")]).unwrap_err();
    assert!(!place.path().exists());
    say(&mut place.journal(), vec![opened()]).unwrap();
    say(&mut place.journal(), vec![note("x"), opened()]).unwrap_err();
    let other = Event::Other { kind: "moon.phase".into(), data: Map::new() };
    say(&mut place.journal(), vec![other]).unwrap_err();
    assert_eq!(verify(&place.path(), None).unwrap().records(), 1);
}

#[test]
fn files_are_for_their_owner_only() {
    let place = Place::new();
    let path = place.folder.path().join("new/launch.golive.jsonl");
    let mut journal = Journal::open(&path, Access::Append).unwrap();
    say(&mut journal, vec![opened(), note(&"x".repeat(9_000))]).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = path.parent().unwrap();
    assert_eq!((mode(folder), mode(&folder.join("evidence"))), (0o700, 0o700));
    assert_eq!((mode(&path), mode(&lock::beside(&path))), (0o600, 0o600));
    let evidence = fs::read_dir(folder.join("evidence")).unwrap().next().unwrap().unwrap();
    assert_eq!(mode(&evidence.path()), 0o600);
}

#[test]
fn large_evidence_is_kept_beside_the_journal_and_comes_back() {
    let place = Place::new();
    let mut journal = place.journal();
    let long = "a long story. ".repeat(8_000);
    let entries = say(&mut journal, vec![opened(), note(&long)]).unwrap();
    assert_eq!(entries[1].event, note(&long));
    assert!(fs::metadata(place.path()).unwrap().len() < 2_000);
    assert_eq!(place.journal().read_new().unwrap(), entries);

    let folder = place.folder.path().join("evidence");
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(fs::read_to_string(place.path()).unwrap().contains(&format!("sha256:{name}")));
    fs::write(&file, "something else").unwrap();
    let report = verify(&place.path(), None).unwrap();
    assert!(report.problems[0].starts_with("record 2: its evidence"), "{report}");
    let entries = place.journal().read_new().unwrap();
    let Event::Other { kind, data } = &entries[1].event else { panic!("{entries:?}") };
    assert_eq!((kind.as_str(), data.contains_key("text")), ("note", true));
}

#[test]
fn a_value_that_looks_like_a_reference_comes_back_as_it_was() {
    let store = Store::beside(&Place::new().path());
    let place = Place::new();
    let here = Store::beside(&place.path());
    let look = json!({"$evidence": Digest::of(b"x"), "bytes": 1});
    let Value::Object(whole) = json!({"a": look, "b": 1}) else { panic!() };
    let mut data = whole.clone();
    here.move_out(&mut data).unwrap();
    assert_ne!(data, whole);
    let mut elsewhere = data.clone();
    assert_eq!(here.bring_back(&mut data), Vec::<String>::new());
    assert_eq!(data, whole);
    assert_eq!(store.bring_back(&mut elsewhere).len(), 1);
}

#[test]
fn no_secret_is_written_down() {
    let secret = "whsec_0f9bJournalTestOnly";
    Redactor::shared().register(&Secret::new(secret.into()));
    let place = Place::new();
    let mut journal = place.journal();
    let author = by(&format!("eve {secret}"));
    let events = vec![opened(), note(&format!("pasted {secret} here{}", ".".repeat(9_000)))];
    journal.append(&author, at(1), |_| Ok::<_, Infallible>(events)).unwrap();
    let mut files = vec![fs::read_to_string(place.path()).unwrap()];
    for entry in fs::read_dir(place.folder.path().join("evidence")).unwrap() {
        files.push(fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    files.push(fs::read_to_string(lock::beside(&place.path())).unwrap());
    assert_eq!(files.len(), 3);
    for file in &files {
        assert!(!file.contains(secret), "{file}");
    }
    assert!(files[1].contains("pasted "), "{}", files[1]);
}

#[test]
fn a_replaced_file_is_followed_only_when_it_holds_what_was_read() {
    let (place, bytes) = Place::with_notes(2);
    let mut journal = place.journal();
    journal.read_new().unwrap();
    let swap = |bytes: &[u8]| {
        let new = place.folder.path().join("new");
        fs::write(&new, bytes).unwrap();
        fs::rename(new, place.path()).unwrap();
    };
    swap(&bytes);
    say(&mut journal, vec![note("in the new file")]).unwrap();
    assert_eq!(fs::read(place.path()).unwrap().len() as u64, journal.follower.offset);
    let others = Place::with_notes(9).1;
    swap(&others);
    for said in [
        journal.read_new().unwrap_err().to_string(),
        say(&mut journal, vec![note("x")]).unwrap_err().to_string(),
    ] {
        assert!(said.contains("records that were read from it are no longer there"), "{said}");
    }
    assert_eq!(fs::read(place.path()).unwrap(), others);
}

#[test]
fn a_journal_that_became_shorter_or_went_away_is_noticed() {
    let (place, bytes) = Place::with_notes(2);
    let mut journal = place.journal();
    journal.read_new().unwrap();
    let shorter = scan_all(&bytes[..bytes.len() - 1]).good;
    fs::OpenOptions::new().write(true).open(place.path()).unwrap().set_len(shorter as u64).unwrap();
    let said = journal.read_new().unwrap_err().to_string();
    assert!(said.contains("records that were read from it are no longer there"), "{said}");
    fs::remove_file(place.path()).unwrap();
    let said = say(&mut journal, vec![note("x")]).unwrap_err().to_string();
    assert!(said.contains("it was removed"), "{said}");
    assert!(!place.path().exists());
}

#[test]
fn a_clock_that_jumps_back_does_not_stop_a_launch() {
    let place = Place::new();
    let mut journal = place.journal();
    for (second, event) in [(9, opened()), (3, note("earlier")), (-4_000_000_000, note("b.c."))] {
        let written = journal.append(&by("ada"), at(second), |_| Ok::<_, Infallible>(vec![event]));
        assert_eq!(written.unwrap()[0].at, at(second));
    }
    assert_eq!(place.journal().read_new().unwrap().len(), 3);
}

#[test]
fn who_holds_the_lock_is_said_after_five_seconds() {
    let (place, _) = Place::with_notes(0);
    let held = lock::acquire(&place.path(), &by("grace\u{1b}[2J")).unwrap();
    let said = say(&mut place.journal(), vec![note("x")]).unwrap_err().to_string();
    let holder = format!("(grace^[[2J on till, process {})", std::process::id());
    assert!(said.contains("writing for 5 s") && said.contains(&holder), "{said}");
    drop(held);
    say(&mut place.journal(), vec![note("x")]).unwrap();
}

#[test]
fn a_repair_keeps_the_old_file_and_every_record_before_the_damage() {
    let (place, mut bytes) = Place::with_notes(5);
    let lines: Vec<usize> =
        scan_all(&bytes).records.iter().map(|it| it.entry.seq as usize).collect();
    assert_eq!(lines.len(), 6);
    let third =
        bytes.split(|byte| *byte == b'\n').take(3).map(|line| line.len() + 1).sum::<usize>();
    bytes[third + 150] ^= 4;
    fs::write(place.path(), &bytes).unwrap();
    let mut open = place.journal();
    for wrong in [1, 3, 5, 99] {
        let said = repair(&place.path(), wrong, &by("ada"), at(2)).unwrap_err().to_string();
        assert!(said.contains("the first line that can not be trusted is line 4"), "{said}");
    }
    let repaired = repair(&place.path(), 4, &by("ada"), at(2)).unwrap();
    assert_eq!((repaired.kept, repaired.dropped as usize), (3, bytes.len() - third));
    assert_eq!(fs::read(&repaired.old).unwrap(), bytes);
    let entries = open.read_new().unwrap();
    assert!(matches!(&entries[3].event, Event::JournalRecovered { bytes: count, .. }
        if *count == repaired.dropped));
    assert_eq!((entries.len(), open.head()), (4, repaired.head));
    say(&mut open, vec![note("on it goes")]).unwrap();
    assert!(verify(&place.path(), None).unwrap().is_sound());
    let said = repair(&place.path(), 4, &by("ada"), at(2)).unwrap_err().to_string();
    assert!(said.contains("nothing in it is damaged"), "{said}");
    let mode = fs::metadata(place.path()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn a_verification_fails_when_the_expected_head_is_not_there() {
    let (place, bytes) = Place::with_notes(3);
    let hashes: Vec<_> =
        scan_all(&bytes).records.iter().map(|record| record.entry.hash.clone()).collect();
    let check = |expected: &str| verify(&place.path(), Some(expected)).unwrap();
    assert_eq!(check(&hashes[3]).expected_at, Some(4));
    assert_eq!(check(&hashes[1]).expected_at, Some(2));
    assert_eq!(check(&hashes[3][..12].to_uppercase()).expected_at, Some(4));
    for wrong in [&"0".repeat(64), &hashes[3][..11], "", "not a hash at all"] {
        assert!(!check(wrong).is_sound(), "{wrong}");
    }
    // Cutting off the tail is what the chain alone can not show.
    let cut = scan_all(&bytes[..bytes.len() - 1]).good;
    fs::write(place.path(), &bytes[..cut]).unwrap();
    assert!(verify(&place.path(), None).unwrap().is_sound());
    let report = check(&hashes[3]);
    assert!(!report.is_sound() && report.to_string().contains("NOT whole"), "{report}");
    fs::write(place.path(), b"").unwrap();
    assert!(!verify(&place.path(), None).unwrap().is_sound());
    fs::remove_file(place.path()).unwrap();
    verify(&place.path(), None).unwrap_err();
}

#[test]
fn what_is_no_file_is_no_journal() {
    let place = Place::new();
    fs::create_dir(place.path()).unwrap();
    let error = Journal::open(&place.path(), Access::Append).unwrap_err();
    assert!(matches!(error, JournalError::NotAFile { .. }));
    assert!(matches!(verify(&place.path(), None), Err(JournalError::NotAFile { .. })));
}

#[test]
fn a_local_disk_needs_no_warning() {
    assert_eq!(warning(Path::new("/tmp/golive-that-does-not-exist/journal")), None);
}

/// What a disk may hold after a crash while `new` was being appended to `old`: any of the 512-byte
/// sectors that `new` reaches into, and any length in between.
fn crashed(old: &[u8], new: &[u8], kept: u64, length: usize) -> Vec<u8> {
    let mut disk = [old, new].concat();
    let first = old.len() / 512;
    for sector in first..disk.len().div_ceil(512) {
        if kept >> (sector - first) & 1 == 0 {
            let from = (sector * 512).max(old.len());
            let to = ((sector + 1) * 512).min(disk.len());
            disk[from..to].fill(0);
        }
    }
    disk.truncate(old.len() + length);
    disk
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn scanning_any_bytes_never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2_000)) {
        scan_all(&bytes);
    }

    #[test]
    fn the_records_of_a_prefix_are_a_prefix_of_the_records(
        cut in 0_usize..3_000, place in 0_usize..3_000, byte in proptest::num::u8::ANY,
    ) {
        let mut forger = Forger::new();
        for text in ["a", "b", "c", "d", "e"] {
            forger.add("note", false, json!({"text": text}));
        }
        let mut bytes = forger.bytes;
        if let Some(there) = bytes.get_mut(place) {
            *there = byte;
        }
        let whole = scan_all(&bytes).records;
        let part = scan_all(&bytes[..cut.min(bytes.len())]).records;
        proptest::prop_assert!(whole.starts_with(&part));
    }

    #[test]
    fn what_is_written_is_what_is_read(texts in proptest::collection::vec("\\PC{0,200}", 1..6)) {
        let place = Place::new();
        let events = std::iter::once(opened()).chain(texts.iter().map(|text| note(text)));
        let written = say(&mut place.journal(), events.collect()).unwrap();
        proptest::prop_assert_eq!(&place.journal().read_new().unwrap(), &written);
        for (text, entry) in texts.iter().zip(&written[1..]) {
            let shown = text::visible(text, usize::MAX / 8);
            proptest::prop_assert_eq!(&entry.event, &note(&shown));
        }
    }

}

proptest::proptest! {
    // Few cases: each tries thousands of crashes.
    #![proptest_config(proptest::test_runner::Config::with_cases(12))]

    #[test]
    fn whatever_sectors_a_crash_keeps_only_the_last_record_can_be_torn(
        before in 0_usize..900, length in 0_usize..4_000,
    ) {
        let mut forger = Forger::new();
        forger.add("note", false, json!({"text": "x".repeat(before)}));
        let old = forger.bytes.clone();
        forger.add("note", false, json!({"text": "x".repeat(length)}));
        let new = forger.bytes.split_off(old.len());
        let sectors = (old.len() + new.len()).div_ceil(512) - old.len() / 512;
        let lengths = [0, 1, new.len() / 2, new.len() - 1, new.len()];
        for kept in 0..1_u64 << sectors.min(9) {
            for length in lengths {
                let disk = crashed(&old, &new, kept, length);
                let found = scan_all(&disk);
                let whole = disk.len() == old.len() + new.len() && disk.ends_with(&new);
                proptest::prop_assert_eq!(found.records.len(), if whole { 3 } else { 2 });
                let told = matches!(found.end, End::Clean | End::Torn { .. });
                proptest::prop_assert!(told, "{:?}", found.end);
            }
        }
    }
}

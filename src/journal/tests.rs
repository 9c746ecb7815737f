//! Promises of the journal that need no process of their own: format, chain, recovery, following.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::launch::event::Face;

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
    let (_place, bytes) = Place::with_notes(11);
    let whole = scan_all(&bytes);
    assert_eq!((whole.records.len(), &whole.end), (12, &End::Clean));
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
    let (_place, mut bytes) = Place::with_notes(11);
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
    assert!(torn < damaged / 10, "{torn} torn, {damaged} damaged");
}

//! What was followed is what one pass over the whole finds.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::events::blocks::Cut;
use crate::events::fields::Fields;
use crate::events::members::LogMembers;
use crate::events::record;
use crate::events::target::Hosts;
use crate::week::{Hit, Story, Trouble, Words};

/// Writes down what it gets, and complains about a story that was never put in.
#[derive(Default)]
pub(super) struct Recorder {
    stories: Vec<Story>,
    told: BTreeMap<String, usize>,
}

impl Recorder {
    fn note(&mut self, what: &str, more: bool) {
        let count = self.told.entry(what.to_owned()).or_default();
        *count = if more { *count + 1 } else { *count - 1 };
        if *count == 0 {
            self.told.remove(what);
        }
    }

    fn story(&mut self, story: &Story, words: &Words, more: bool) {
        let attempts: Vec<_> =
            story.attempts.iter().map(|it| (it.at.to_string(), it.answer)).collect();
        let (name, code) = (words.text(story.name), story.code.map(|code| words.text(code)));
        let what = format!(
            "{name} {:?} {code:?} {:?} {:?} {attempts:?}",
            story.created,
            story.external.is_some(),
            story.card
        );
        self.note(&what, more);
    }
}

impl Sink for Recorder {
    fn add(&mut self, story: &Story, words: &Words) {
        assert!(!story.attempts.is_empty());
        self.stories.push(story.clone());
        self.story(story, words, true);
    }

    fn remove(&mut self, story: &Story, words: &Words) {
        let place = self.stories.iter().position(|known| known == story);
        self.stories.swap_remove(place.expect("it was never put in"));
        self.story(story, words, false);
    }

    fn hit(&mut self, hit: &Hit) {
        self.note(&format!("hit {} {} {:?}", hit.at, hit.status, hit.ms), true);
    }

    fn trouble(&mut self, trouble: &Trouble) {
        self.note(&format!("trouble {:?}", trouble.at), true);
    }

    fn merge(&mut self, other: Self) {
        self.stories.extend(other.stories);
        for (what, count) in other.told {
            *self.told.entry(what).or_default() += count;
        }
    }
}

fn log_set(base: &Path, globs: &[(Role, &str)]) -> LogSet {
    LogSet {
        base: base.to_owned(),
        globs: globs.iter().map(|(role, glob)| (*role, (*glob).to_owned())).collect(),
        reading: Reading {
            record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
            members: LogMembers::default(),
            webhook_path: Some("/hook".to_owned()),
        },
    }
}

const NOW: i64 = 1_795_000_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

pub(super) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(NOW - 3_600_000 + ms)
}

pub(super) fn envelope(event: u32) -> String {
    let created = at(i64::from(event) * 1_000);
    let code = if event.is_multiple_of(3) { "\"expired\"" } else { "null" };
    format!(
        concat!(
            r#"{{"eventId":"e-{}","event":"payment.failed","type":"payment","environment":"live","#,
            r#""createdAt":"{}","data":{{"id":"p-{}","externalId":"o-{}","failureCode":{},"card":null}}}}"#
        ),
        event, created, event, event, code
    )
}

fn received(event: u32, attempt: u32) -> String {
    let body = envelope(event).replace('"', "\\\"");
    let after = [400, 30_400, 150_400, 800_000, 1_000_000, 1_100_000][attempt as usize % 6];
    let time = at(i64::from(event) * 1_000 + after);
    format!(
        r#"{{"schema":"golive.received/1","id":"r-{event}-{attempt}","receivedAt":"{time}","path":"/hook","signature":"valid","headers":{{}},"body":"{body}"}}"#
    )
}

fn answered(event: u32, attempt: u32, status: u16) -> String {
    let time = at(i64::from(event) * 1_000 + 900);
    format!(
        r#"{{"schema":"golive.answered/1","id":"r-{event}-{attempt}","answeredAt":"{time}","status":{status},"ms":120,"by":"upstream"}}"#
    )
}

/// One line of some kind.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0_u32..40).prop_map(envelope),
        6 => (0_u32..40, 0_u32..6).prop_map(|(event, attempt)| received(event, attempt)),
        5 => (0_u32..40, 0_u32..6).prop_map(|(event, attempt)| {
            answered(event, attempt, if attempt == 0 { 500 } else { 200 })
        }),
        1 => Just("nonsense".to_owned()),
        1 => Just(String::new()),
    ]
}

/// Lines without two that are the same answer or record: a log has each once.
fn lines(most: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(line(), 1..most).prop_map(|lines| {
        let mut seen = std::collections::BTreeSet::new();
        lines.into_iter().filter(|line| seen.insert(line.clone())).collect()
    })
}

/// What happens to a log.
#[derive(Clone, Debug)]
enum Happens {
    /// Lines are appended; the last one in two writes, with a look in between.
    Appended(usize, usize),
    Rotated,
    CopiedAndTruncated,
    Packed,
    Replaced,
    Looked,
    LookedWell,
    Renamed,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (1_usize..6, 0_usize..200).prop_map(|(lines, cut)| Happens::Appended(lines, cut)),
        2 => Just(Happens::Rotated),
        2 => Just(Happens::CopiedAndTruncated),
        1 => Just(Happens::Packed),
        1 => Just(Happens::Replaced),
        1 => Just(Happens::Renamed),
        4 => Just(Happens::Looked),
        1 => Just(Happens::LookedWell),
    ]
}

pub(super) struct World {
    folder: tempfile::TempDir,
    pub(super) follower: Follower<Recorder>,
    serial: usize,
}

impl World {
    pub(super) fn new(globs: &[(Role, &str)], cut: Cut) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let follower = Follower::cut(log_set(folder.path(), globs), cut);
        Self { folder, follower, serial: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn append(&self, name: &str, bytes: &[u8]) {
        let mut file = OpenOptions::new().append(true).create(true).open(self.path(name)).unwrap();
        file.write_all(bytes).unwrap();
    }

    pub(super) fn look(&mut self, moved: bool) {
        self.follower.catch_up(now(), moved, &Watch::idle()).unwrap();
    }

    /// `log.1` becomes `log.2` and so on, so that the first place is free.
    fn shift(&self, name: &str) {
        for number in (1..20).rev() {
            for end in ["", ".gz"] {
                let from = self.path(&format!("{name}.{number}{end}"));
                if from.exists() {
                    fs::rename(from, self.path(&format!("{name}.{}{end}", number + 1))).unwrap();
                }
            }
        }
    }

    fn happens(&mut self, name: &str, what: &Happens, lines: &mut std::vec::IntoIter<String>) {
        let log = self.path(name);
        match what {
            Happens::Appended(count, cut) => {
                let text: String = lines.by_ref().take(*count).map(|line| line + "\n").collect();
                let cut = text.len().saturating_sub(*cut);
                self.append(name, &text.as_bytes()[..cut]);
                if cut < text.len() && *count > 1 {
                    self.look(false);
                }
                self.append(name, &text.as_bytes()[cut..]);
            }
            Happens::Rotated if log.exists() => {
                self.shift(name);
                fs::rename(&log, self.path(&format!("{name}.1"))).unwrap();
                File::create(&log).unwrap();
            }
            Happens::CopiedAndTruncated if log.exists() => {
                self.shift(name);
                fs::copy(&log, self.path(&format!("{name}.1"))).unwrap();
                OpenOptions::new().write(true).truncate(true).open(&log).unwrap();
            }
            Happens::Packed => {
                for number in 1..20 {
                    let plain = self.path(&format!("{name}.{number}"));
                    if let Ok(content) = fs::read(&plain) {
                        let packed = File::create(self.path(&format!("{name}.{number}.gz")));
                        let mut packed = GzEncoder::new(packed.unwrap(), Compression::fast());
                        packed.write_all(&content).unwrap();
                        packed.finish().unwrap();
                        fs::remove_file(plain).unwrap();
                    }
                }
            }
            Happens::Replaced if log.exists() => {
                let mut content = fs::read(&log).unwrap();
                content.extend(lines.by_ref().take(2).flat_map(|line| (line + "\n").into_bytes()));
                fs::write(self.path("aside"), content).unwrap();
                fs::rename(self.path("aside"), &log).unwrap();
            }
            Happens::Renamed if log.exists() => {
                self.serial += 1;
                let dated = self.path(&format!("{name}-2026-11-{}", self.serial));
                fs::rename(&log, dated).unwrap();
            }
            Happens::Looked => self.look(false),
            Happens::LookedWell => self.look(true),
            _ => {}
        }
    }

    pub(super) fn told(&self) -> BTreeMap<String, usize> {
        self.follower.with(|recorder, _| recorder.told.clone())
    }
}

fn small_cut() -> Cut {
    Cut { threads: 2, block: 700, longest_line: 5_000 }
}

fn whole(lines: &[String], cut: Cut) -> World {
    let mut world = World::new(&[(Role::Events, "*.log")], cut);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    world.append("whole.log", text.as_bytes());
    world.look(true);
    world
}

fn counts(world: &World) -> (u64, u64, u64, u64) {
    let reading = world.follower.reading();
    (reading.lines, reading.understood, reading.garbage, reading.repeated)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_was_followed_is_what_one_pass_over_the_whole_finds(
        lines in lines(60),
        happens in prop::collection::vec((any::<bool>(), happens()), 1..40),
    ) {
        let globs = [(Role::Events, "a.log*"), (Role::Events, "b.log*")];
        let mut world = World::new(&globs, small_cut());
        let mut left = lines.clone().into_iter();
        for (first, what) in &happens {
            world.happens(if *first { "a.log" } else { "b.log" }, what, &mut left);
        }
        let rest: String = left.map(|line| line + "\n").collect();
        world.append("a.log", rest.as_bytes());
        world.look(true);
        let whole = whole(&lines, Cut::default());
        prop_assert_eq!(world.told(), whole.told());
        prop_assert_eq!(counts(&world), counts(&whole));
        world.look(true);
        prop_assert_eq!(counts(&world), counts(&whole));
    }

    #[test]
    fn the_order_of_lines_and_the_files_that_they_stand_in_change_nothing(
        lines in lines(60).prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        files in prop::collection::vec(0_usize..4, 60),
    ) {
        let (lines, shuffled) = lines;
        let mut world = World::new(&[(Role::Events, "*.log")], small_cut());
        for (line, file) in shuffled.iter().zip(&files) {
            world.append(&format!("{file}.log"), format!("{line}\n").as_bytes());
        }
        world.look(true);
        prop_assert_eq!(world.told(), whole(&lines, Cut::default()).told());
    }
}

#[test]
fn what_was_copied_and_cut_off_before_its_first_line_was_whole_counts_once() {
    let mut world = World::new(&[(Role::Events, "b.log*")], small_cut());
    // All of one length.
    let all: Vec<String> = [1, 2, 4, 5, 7, 8].map(envelope).into();
    let text: Vec<u8> = all.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect();
    let line = text.len() / all.len();
    // Only a part of the first line is there at first.
    world.append("b.log", &text[..line / 2]);
    world.look(false);
    world.append("b.log", &text[line / 2..2 * line]);
    fs::copy(world.path("b.log"), world.path("b.log.1")).unwrap();
    File::create(world.path("b.log")).unwrap();
    // The file is nearly as long again when it is looked at.
    world.append("b.log", &text[2 * line..4 * line - 9]);
    world.look(false);
    world.append("b.log", &text[4 * line - 9..]);
    world.look(true);
    let whole = whole(&all, Cut::default());
    assert_eq!((world.told(), counts(&world)), (whole.told(), counts(&whole)));
}

#[test]
fn half_a_line_that_is_copied_away_is_read_in_the_copy() {
    let mut world = World::new(&[(Role::Events, "b.log*")], small_cut());
    let all: Vec<String> = (0..6).map(envelope).collect();
    let mut left = all.clone().into_iter();
    for what in [
        Happens::Appended(5, 0),
        Happens::Rotated,
        Happens::Appended(2, 2),
        Happens::CopiedAndTruncated,
        Happens::Looked,
        Happens::LookedWell,
    ] {
        world.happens("b.log", &what, &mut left);
    }
    assert_eq!(world.told().len(), 6);
}

#[test]
fn what_comes_days_after_a_delivery_is_a_repetition_followed_or_not() {
    let day = 24 * 3_600_000;
    let line = |event: u32, ms: i64, status: u16| {
        let created = at(i64::from(event) * 1_000 - 3 * day);
        let received = at(i64::from(event) * 1_000 - 3 * day + ms);
        let body = envelope(event).replacen(
            &at(i64::from(event) * 1_000).to_string(),
            &created.to_string(),
            1,
        );
        let body = body.replace('"', "\\\"");
        let id = format!("r-{event}-{ms}");
        format!(
            concat!(
                r#"{{"schema":"golive.received/1","id":"{}","receivedAt":"{}","path":"/hook","signature":"valid","headers":{{}},"body":"{}"}}"#,
                "\n",
                r#"{{"schema":"golive.answered/1","id":"{}","answeredAt":"{}","status":{},"ms":12,"by":"upstream"}}"#,
                "\n"
            ),
            id, received, body, id, received, status
        )
    };
    let first = line(1, 400, 200) + &line(2, 400, 500) + &line(3, 400, 200);
    // The first was delivered and comes again; the second was refused and is sent again by hand.
    let later = line(1, 2 * day, 500) + &line(2, 2 * day, 200) + &line(4, 400, 200);
    let mut world = World::new(&[(Role::Events, "a.log")], Cut::default());
    world.append("a.log", first.as_bytes());
    world.look(true);
    world.append("a.log", later.as_bytes());
    world.look(true);
    let mut whole = World::new(&[(Role::Events, "a.log")], Cut::default());
    whole.append("a.log", (first + &later).as_bytes());
    whole.look(true);
    assert_eq!(world.told(), whole.told());
    assert_eq!(counts(&world), counts(&whole));
    assert_eq!(counts(&world).3, 2);
    let attempts: Vec<usize> =
        whole.follower.with(|it, _| it.stories.iter().map(|story| story.attempts.len()).collect());
    assert_eq!(attempts.iter().sum::<usize>(), 5);
}

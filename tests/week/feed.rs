//! Logs as real programs rotate, pack, cut off and tear them: each line counts once.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use golive::events::feed::{Feed, Follower, LogSet, Sink};
use golive::events::fields::Fields;
use golive::events::members::LogMembers;
use golive::events::record;
use golive::events::sample::Reading;
use golive::events::source::Role;
use golive::events::target::Hosts;
use golive::scan::Watch;
use golive::time::Timestamp;
use golive::week::picture;
use golive::week::{Hit, Limits, Span, Spot, Story, Trouble, Window, Words};
use rstest::rstest;

/// How often each event is told of, by the second in which it was made.
#[derive(Default)]
struct Told {
    events: BTreeMap<i64, (i64, Spot)>,
}

impl Sink for Told {
    fn add(&mut self, story: &Story, _: &Words) {
        let made = (story.created.unwrap().millis() - NOW) / 1_000;
        let told = self.events.entry(made).or_insert((0, story.spot));
        *told = (told.0 + 1, story.spot);
    }

    fn remove(&mut self, story: &Story, _: &Words) {
        let made = (story.created.unwrap().millis() - NOW) / 1_000;
        self.events.entry(made).and_modify(|told| told.0 -= 1);
    }

    fn hit(&mut self, _: &Hit) {}

    fn trouble(&mut self, _: &Trouble) {}

    fn merge(&mut self, other: Self) {
        for (made, (count, spot)) in other.events {
            let told = self.events.entry(made).or_insert((0, spot));
            told.0 += count;
        }
    }
}

const NOW: i64 = 1_795_000_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW + 36_000_000)
}

fn set(base: &Path, globs: &[&str]) -> LogSet {
    LogSet {
        base: base.to_owned(),
        globs: globs.iter().map(|glob| (Role::Events, (*glob).to_owned())).collect(),
        reading: Reading {
            record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
            members: LogMembers::default(),
            webhook_path: None,
        },
    }
}

/// A delivery, as MintCash sends it and a receiver appends it.
fn line(event: i64) -> String {
    let made = Timestamp::from_millis(NOW + event * 1_000);
    format!(
        concat!(
            r#"{{"eventId":"e-{}","event":"payment.succeeded","type":"payment","apiVersion":"2026-05-01","#,
            r#""environment":"live","createdAt":"{}","data":{{"id":"p-{}","externalId":"order-{}","#,
            r#""status":"succeeded","amount":25,"currency":"USD","failureCode":null,"#,
            r#""customer":{{"id":"c-1","email":"ada@shop.example","name":"Ada L"}},"card":null}}}}"#,
            "\n"
        ),
        event, made, event, event
    )
}

fn lines(events: std::ops::Range<i64>) -> String {
    events.map(line).collect()
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// A folder and what follows its logs.
struct Shop {
    folder: tempfile::TempDir,
    told: Follower<Told>,
}

impl Shop {
    fn new(globs: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let told = Follower::new(set(folder.path(), globs));
        Self { folder, told }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn look(&mut self) {
        self.told.catch_up(now(), true, &Watch::idle()).unwrap();
    }

    fn reading(&self) -> &picture::Reading {
        self.told.reading()
    }

    /// Each of the events was told of once, and no other.
    fn has(&self, events: std::ops::Range<i64>) {
        self.told.with(|told, _| {
            let wrong: Vec<_> = told.events.iter().filter(|(_, (count, _))| *count != 1).collect();
            assert!(wrong.is_empty(), "{wrong:?}");
            let missing: Vec<i64> =
                events.clone().filter(|event| !told.events.contains_key(event)).collect();
            assert!(missing.is_empty(), "{missing:?}");
            assert_eq!(told.events.len(), events.count());
        });
    }

    fn state(&self, shown: &str) -> String {
        let sources = &self.reading().sources;
        let source = sources.iter().find(|source| source.shown.ends_with(shown));
        source.map_or_else(|| panic!("{sources:?}"), |source| source.state.clone())
    }
}

fn skip(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        assert!(std::env::var_os("CI").is_none(), "{program} is missing, and CI needs it");
        eprintln!("SKIPPED: {program} is not installed");
    }
    !found
}

/// Runs a program to its end.
fn run(program: &str, args: &[&str], folder: &Path) {
    let output = Command::new(program).args(args).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {said}");
}

#[rstest]
#[case::created("create", "events.log*")]
#[case::created_and_unseen_once_rotated("create", "events.log")]
#[case::copied("copytruncate", "events.log*")]
#[case::copied_to_where_nobody_looks("copytruncate", "events.log")]
#[case::packed("create\ncompress", "events.log*")]
#[case::packed_the_next_time("create\ncompress\ndelaycompress", "events.log*")]
#[case::copied_and_packed("copytruncate\ncompress", "events.log*")]
#[case::packed_with_zstd(
    "create\ncompress\ncompresscmd /usr/bin/zstd\ncompressext .zst",
    "events.log*"
)]
#[case::dated_by_hand("dated", "events.log*")]
fn logrotate_makes_nothing_come_twice_and_nothing_be_lost(#[case] how: &str, #[case] glob: &str) {
    if skip("logrotate") || how.contains("zstd") && skip("zstd") {
        return;
    }
    let mut shop = Shop::new(&[glob]);
    let (log, config) = (shop.path("events.log"), shop.path("rotate.conf"));
    let said = format!("{} {{\nrotate 9\nmissingok\n{how}\n}}\n", log.display());
    fs::write(&config, said).unwrap();
    let mut next = 0;
    for round in 0..6 {
        append(&log, &lines(next..next + 4));
        next += 4;
        // Now and then a look with half a line at the end, now and then none at all.
        if round % 3 != 2 {
            let half = line(next);
            append(&log, &half[..half.len() / 2]);
            shop.look();
            append(&log, &half[half.len() / 2..]);
            next += 1;
        } else if !glob.ends_with('*') {
            shop.look();
        }
        if how == "dated" {
            // As programs do that rotate their own logs.
            fs::rename(&log, shop.path(&format!("events.log-{round}"))).unwrap();
            File::create(&log).unwrap();
        } else {
            let state = shop.path("state").display().to_string();
            let args = ["-f", "-s", &state, &config.display().to_string()];
            run("logrotate", &args, shop.folder.path());
        }
        if round % 2 == 0 {
            shop.look();
        }
    }
    append(&log, &lines(next..next + 2));
    shop.look();
    shop.has(0..next + 2);
    assert_eq!((shop.reading().garbage, shop.reading().repeated), (0, 0));
    if glob.ends_with('*') {
        let mut anew = Follower::<Told>::new(set(shop.folder.path(), &[glob]));
        anew.catch_up(now(), true, &Watch::idle()).unwrap();
        assert_eq!(anew.reading().lines, shop.reading().lines);
    }
}

#[test]
fn a_log_and_its_packed_copy_beside_it_are_one() {
    let mut shop = Shop::new(&["events.log*"]);
    fs::write(shop.path("events.log.1"), lines(0..500)).unwrap();
    run("gzip", &["-k", "events.log.1"], shop.folder.path());
    let whole = fs::read(shop.path("events.log.1.gz")).unwrap();
    // As it stands while gzip is at it, and when it is done.
    fs::write(shop.path("events.log.1.gz"), &whole[..whole.len() / 2]).unwrap();
    shop.look();
    shop.has(0..500);
    fs::write(shop.path("events.log.1.gz"), &whole).unwrap();
    shop.look();
    fs::remove_file(shop.path("events.log.1")).unwrap();
    shop.look();
    shop.has(0..500);
    assert_eq!(shop.reading().lines, 500);
}

#[test]
fn a_writer_that_is_killed_in_the_middle_of_a_line_costs_that_line_and_no_other() {
    let mut shop = Shop::new(&["events.log"]);
    let (whole, half) = (line(0), &line(9)[..120]);
    let script = r#"printf '%s%s' "$1" "$2" >> events.log; kill -9 $$"#;
    let child = Command::new("sh")
        .args(["-c", script, "sh", &whole, half])
        .current_dir(shop.folder.path())
        .status()
        .unwrap();
    assert!(!child.success());
    shop.look();
    shop.has(0..1);
    assert_eq!(shop.reading().garbage, 0, "half a line may still be written to its end");
    append(&shop.path("events.log"), &lines(1..3));
    shop.look();
    shop.has(0..3);
    assert_eq!(shop.reading().garbage, 1);
}

#[test]
fn a_disk_that_is_full_for_the_writer_costs_what_was_not_written() {
    let mut shop = Shop::new(&["events.log"]);
    // The system writes as much as there is room for, and refuses the rest.
    let script = r#"trap '' XFSZ; ulimit -f 1; printf '%s' "$1" >> events.log"#;
    let child = Command::new("sh")
        .args(["-c", script, "sh", &lines(0..8)])
        .current_dir(shop.folder.path())
        .status()
        .unwrap();
    assert!(!child.success());
    let room = fs::read(shop.path("events.log")).unwrap();
    assert_ne!(room.last(), Some(&b'\n'), "the last line is torn");
    let whole = room.iter().filter(|byte| **byte == b'\n').count() as i64;
    assert!(whole > 0);
    shop.look();
    shop.has(0..whole);
    append(&shop.path("events.log"), &lines(whole..whole + 3));
    shop.look();
    shop.has(0..whole + 3);
    assert_eq!(shop.reading().garbage, 1);
}

#[test]
fn a_hole_of_zeros_that_a_truncation_left_hides_no_line() {
    let mut shop = Shop::new(&["events.log"]);
    let mut writer = File::create(shop.path("events.log")).unwrap();
    writer.write_all(lines(0..9_000).as_bytes()).unwrap();
    shop.look();
    // The writer keeps its place, so that a hole of its size stands before what it writes next.
    OpenOptions::new().write(true).truncate(true).open(shop.path("events.log")).unwrap();
    writer.write_all(lines(9_000..9_003).as_bytes()).unwrap();
    shop.look();
    shop.has(0..9_003);
    assert!(writer.seek(SeekFrom::End(0)).unwrap() > 3_000_000);
    let mut anew = Follower::<Told>::new(set(shop.folder.path(), &["events.log"]));
    anew.catch_up(now(), true, &Watch::idle()).unwrap();
    anew.with(|told, _| assert_eq!(told.events.len(), 3));
    assert_eq!((anew.reading().garbage, anew.reading().too_long), (0, 0));
}

#[test]
fn a_source_that_comes_and_goes_is_said_to_and_counts_once() {
    let mut shop = Shop::new(&["mount/events.log"]);
    shop.look();
    assert_eq!(shop.state("events.log"), "no such file yet");
    assert!(!shop.reading().holds.events);
    fs::create_dir(shop.path("mount")).unwrap();
    append(&shop.path("mount/events.log"), &lines(0..3));
    shop.look();
    assert_eq!(shop.state("events.log"), "followed");
    assert!(shop.reading().holds.events);
    let aside = shop.path("aside");
    fs::rename(shop.path("mount"), &aside).unwrap();
    shop.look();
    assert_eq!(shop.state("events.log"), "gone");
    append(&aside.join("events.log"), &lines(3..4));
    fs::rename(&aside, shop.path("mount")).unwrap();
    shop.look();
    shop.has(0..4);
    fs::remove_file(shop.path("mount/events.log")).unwrap();
    shop.look();
    fs::create_dir(shop.path("mount/events.log")).unwrap();
    shop.look();
    assert_eq!(shop.state("events.log"), "gone");
    fs::remove_dir(shop.path("mount/events.log")).unwrap();
    append(&shop.path("mount/events.log"), &lines(4..6));
    shop.look();
    shop.has(0..6);
    assert_eq!(shop.reading().lines, 6);
}

#[test]
fn a_line_is_shown_again_from_the_packed_log_and_never_from_another() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("events.log");
    append(&log, &lines(0..40));
    let globs = ["events.log*"];
    let mut told = Follower::<Told>::new(set(folder.path(), &globs));
    let mut feed = Feed::new(set(folder.path(), &globs));
    told.catch_up(now(), true, &Watch::idle()).unwrap();
    feed.catch_up(now(), &Watch::idle()).unwrap();
    append(&log, &lines(40..44));
    told.catch_up(now(), true, &Watch::idle()).unwrap();
    feed.catch_up(now(), &Watch::idle()).unwrap();
    let spots: Vec<Spot> = [3, 42]
        .iter()
        .map(|event| told.with(|told, _| told.events.get(event).unwrap().1))
        .collect();
    let ids = |feed: &Feed| -> Vec<(Option<u64>, String)> {
        let quoted = feed.quote(&spots, &Watch::idle());
        let all = quoted.into_iter().map(|quoted| {
            assert!(!quoted.text.contains("ada@shop.example") && !quoted.text.contains("Ada L"));
            let id = quoted.ids.iter().find(|(name, _)| *name == "eventId").unwrap().1.clone();
            (quoted.line, id)
        });
        all.collect()
    };
    let wanted = vec![(Some(4), "e-3".to_owned()), (Some(43), "e-42".to_owned())];
    assert_eq!(ids(&feed), wanted);
    fs::rename(&log, folder.path().join("events.log.1")).unwrap();
    append(&log, &lines(44..90));
    feed.wait(Duration::ZERO);
    catch_up_until(&mut feed, 90);
    assert_eq!(ids(&feed), wanted);
    run("gzip", &["events.log.1"], folder.path());
    feed.catch_up(now(), &Watch::idle()).unwrap();
    assert_eq!(ids(&feed), wanted);
    told.catch_up(now(), true, &Watch::idle()).unwrap();
    let plain = told.with(|told, _| told.events.get(&60).unwrap().1);
    assert_eq!(feed.quote(&[plain], &Watch::idle()).len(), 1);
    fs::write(&log, lines(100..200)).unwrap();
    assert_eq!(feed.quote(&[plain], &Watch::idle()), [], "other lines stand there, not seen yet");
    fs::remove_file(folder.path().join("events.log.1.gz")).unwrap();
    catch_up_until(&mut feed, 190);
    assert_eq!(ids(&feed), []);
}

fn seen(feed: &Feed) -> u64 {
    let window = Window::until(now(), Span::Hour);
    feed.picture(now(), window, &Limits::default(), None).reading.lines
}

fn catch_up_until(feed: &mut Feed, lines: u64) {
    while seen(feed) < lines {
        feed.wait(Duration::from_secs(1));
        feed.catch_up(now(), &Watch::idle()).unwrap();
    }
    assert_eq!(seen(feed), lines);
}

#[test]
fn waiting_ends_with_a_line_with_a_new_file_and_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("events.log");
    append(&log, &lines(0..1));
    let mut feed = Feed::new(set(folder.path(), &["*.log"]));
    feed.catch_up(now(), &Watch::idle()).unwrap();
    let waker = feed.waker();
    let (say, said) = mpsc::channel();
    let over = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&over);
    let waiting = std::thread::spawn(move || {
        for lines in 2..4 {
            catch_up_until(&mut feed, lines);
            say.send(lines).unwrap();
        }
        // One wait may end for both: late news of the file, and being told.
        while !told.load(Ordering::SeqCst) {
            feed.wait(Duration::from_secs(3_600));
        }
        say.send(0).unwrap();
    });
    let patience = Duration::from_secs(30);
    append(&log, &lines(1..2));
    assert_eq!(said.recv_timeout(patience), Ok(2));
    append(&folder.path().join("other.log"), &lines(2..3));
    assert_eq!(said.recv_timeout(patience), Ok(3));
    over.store(true, Ordering::SeqCst);
    waker.wake();
    assert_eq!(said.recv_timeout(patience), Ok(0));
    waiting.join().unwrap();
}

//! The story of a walk that is killed again and again: nothing that golive said was saved is lost,
//! and every start goes on at the first step that is not signed.
//!
//! The moments are random; the seed is printed, and `GOLIVE_SEED` plays a story again.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "the seed is said, and what is not there fails the test"
)]

#[expect(dead_code, reason = "the rest is for tests/terminal.rs")]
mod pty;

use std::time::{Duration, Instant};

use pty::{Project, STEPS, Terminal};
use rustix::process::Signal;

/// A small generator (SplitMix64), so that a seed alone makes the story.
struct Random(u64);

impl Random {
    fn seeded() -> Self {
        let seed = std::env::var("GOLIVE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| {
            let bytes = uuid::Uuid::new_v4().into_bytes();
            bytes.iter().fold(0, |seed: u64, byte| (seed << 4) ^ u64::from(*byte))
        });
        println!("GOLIVE_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// One face of golive, as the story walks it.
struct Face {
    args: &'static [&'static str],
    /// Whether it writes line after line.
    scrolls: bool,
    /// Signs the step at hand.
    sign: fn(&mut Terminal),
    /// What stands before the name of a step that is saved.
    saved: &'static str,
    /// What says that the step with this number is the one at hand.
    at: fn(usize) -> String,
}

const PLAIN: Face = Face {
    args: &["--plain"],
    scrolls: true,
    sign: |terminal| terminal.keys("sign\r\r"),
    saved: "Saved: launch.",
    at: |number| format!("Step {number} of {STEPS}: "),
};

const SCREEN: Face = Face {
    args: &[],
    scrolls: false,
    sign: |terminal| {
        terminal.keys("s");
        terminal.shows("Your name");
        // Tab completes nothing it should not: the whole name is typed, as under a paper.
        terminal.keys("Ada\r");
        terminal.keys("\r\r");
    },
    saved: "Signed launch.",
    at: |number| format!("Number {number:02} is ready"),
};

impl Face {
    /// Everything that golive has said. A screen writes only the cells that changed, so what it
    /// said is what stood on it last.
    fn said(&self, terminal: &Terminal) -> String {
        if self.scrolls {
            String::from_utf8_lossy(&terminal.bytes()).into_owned()
        } else {
            terminal.contents()
        }
    }

    fn waits_for(&self, terminal: &Terminal, text: &str) {
        if self.scrolls { terminal.wrote(text) } else { terminal.shows(text) }
    }

    /// The steps that golive has said are saved.
    fn acknowledged(&self, terminal: &Terminal) -> Vec<String> {
        let text = self.said(terminal);
        let said = text.split(self.saved).skip(1).filter_map(|rest| rest.get(..7));
        said.map(|step| format!("launch.{step}")).collect()
    }
}

/// Walks until every step is signed, killed at random moments on the way.
fn story(face: &Face) {
    let mut random = Random::seeded();
    let project = Project::new();
    let mut kills = 0;
    let mut promised: Vec<String> = Vec::new();
    let began = Instant::now();
    loop {
        let signed = project.signed();
        for step in &promised {
            assert!(signed.contains(step), "{step} was acknowledged and is lost: {signed:?}");
        }
        let next = signed.len() + 1;
        if next > STEPS {
            break;
        }
        assert!(began.elapsed() < pty::BOUND * 5, "the story does not end");
        let mut terminal = project.open(face.args);
        face.waits_for(&terminal, &(face.at)(next));
        (face.sign)(&mut terminal);
        // So that the story goes on, however slow the machine is.
        if kills % 3 == 2 {
            face.waits_for(&terminal, &format!("{}step-{next:02}", face.saved));
        }
        // Anything from "nothing has been read" to "long since saved".
        let moment = Duration::from_micros(random.below(60_000));
        std::thread::park_timeout(moment);
        terminal.signal(Signal::KILL);
        terminal.wait();
        kills += 1;
        promised.extend(face.acknowledged(&terminal));
    }
    let verified = project.golive(&["journal", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
    promised.sort();
    promised.dedup();
    println!("{kills} kills, {} of {STEPS} sign-offs acknowledged before one", promised.len());
}

#[test]
fn a_plain_walk_that_is_killed_loses_nothing_that_it_said_was_saved() {
    story(&PLAIN);
}

#[test]
fn a_screen_that_is_killed_loses_nothing_that_it_said_was_saved() {
    story(&SCREEN);
}

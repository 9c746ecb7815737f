//! Series of requests of one kind, and how long their answers took.
//!
//! The rules it keeps: one at a time means that nothing else of ours is under way to the host;
//! after the second answer that comes too late nothing more is sent; an unsigned request that is
//! accepted ends its series.

use std::time::Duration;

use serde_json::{Value, json};

use crate::checks::Progress;
use crate::checks::webhook::bodies::{COMPACT, value, write};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::sender::{Came, Kind, Post, Sender, Stop, tally};
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::wire::NoAnswer;
use crate::mintcash::envelope::{Envelope, Environment, InertEvent};
use crate::secrets::Secret;
use crate::time::Timestamp;

/// How large a large body is.
const LARGE_BYTES: usize = 64 * 1024;

/// What is measured.
#[derive(Debug)]
pub(super) struct Of {
    pub kind: &'static Kind,
    /// What it is, in the words of findings and evidence.
    pub words: &'static str,
    pub signed: bool,
    pub large: bool,
    pub at_once: bool,
    pub requests: usize,
}

const ONE: Of =
    Of { kind: &COLD_KIND, words: "", signed: true, large: false, at_once: false, requests: 1 };

static COLD_KIND: Kind = Kind::signed("first", "the first correctly signed event, of 1 KB");
static REFUSED_KIND: Kind =
    Kind::unsigned("refused", "POST without a signature, 8 times, one at a time");
static SMALL_KIND: Kind =
    Kind::signed("small", "correctly signed event of 1 KB, 12 times, one at a time");
static LARGE_KIND: Kind =
    Kind::signed("large", "correctly signed event of 64 KB, 8 times, one at a time");
static SMALL_BURST_KIND: Kind =
    Kind::signed("small-burst", "15 correctly signed events of 1 KB at once");
static LARGE_BURST_KIND: Kind =
    Kind::signed("large-burst", "5 correctly signed events of 64 KB at once");

/// Everything that may be sent, in order: 49 requests.
pub(super) static KINDS: [&Kind; 6] =
    [&COLD_KIND, &REFUSED_KIND, &SMALL_KIND, &LARGE_KIND, &SMALL_BURST_KIND, &LARGE_BURST_KIND];

pub(super) static COLD: Of = Of { words: "the first event", ..ONE };
pub(super) static REFUSED: Of =
    Of { kind: &REFUSED_KIND, words: "refusals", signed: false, requests: 8, ..ONE };
pub(super) static SMALL: Of =
    Of { kind: &SMALL_KIND, words: "1 KB, one at a time", requests: 12, ..ONE };
pub(super) static LARGE: Of =
    Of { kind: &LARGE_KIND, words: "64 KB, one at a time", large: true, requests: 8, ..ONE };
pub(super) static SMALL_BURST: Of =
    Of { kind: &SMALL_BURST_KIND, words: "1 KB, 15 at once", at_once: true, requests: 15, ..ONE };
pub(super) static LARGE_BURST: Of = Of {
    kind: &LARGE_BURST_KIND,
    words: "64 KB, 5 at once",
    large: true,
    at_once: true,
    requests: 5,
    ..ONE
};

/// One series, measured.
#[derive(Debug)]
pub(super) struct Series {
    pub of: &'static Of,
    pub came: Vec<Came>,
}

/// Measures one series after the other.
pub(super) struct Measure<'a> {
    pub sender: &'a Sender<'a>,
    pub secret: Option<&'a Secret>,
    pub now: Timestamp,
    /// How many answers came too late so far.
    pub late: usize,
}

impl Measure<'_> {
    /// Measures one series.
    pub async fn take(&mut self, of: &'static Of) -> Result<Series, Stop> {
        let wire = &self.sender.site().wire;
        let mut series = Series { of, came: Vec::new() };
        if of.at_once {
            let posts: Vec<Post> = (0..of.requests).map(|_| self.post(of)).collect();
            let alone = wire.reserve().await?;
            series.came = self.sender.race(&alone, &posts).await?;
        } else {
            for _ in 0..of.requests {
                let post = self.post(of);
                let alone = wire.reserve().await?;
                let came = self.sender.ask(Some(&alone), &post).await?;
                drop(alone);
                let ends = self.ends(of, &came);
                series.came.push(came);
                self.sender.work(of.words, series.came.len(), of.requests);
                if ends || self.late + series.late(wire.limits()) >= 2 {
                    break;
                }
            }
        }
        self.late += series.late(wire.limits());
        self.sender.keep_many(of.kind, &series.came, &series.says());
        Ok(series)
    }

    /// Whether one answer says enough.
    fn ends(&self, of: &Of, came: &Came) -> bool {
        let accepted = came.is_accepted();
        if of.signed { of.large && !accepted } else { accepted }
    }

    fn post(&self, of: &Of) -> Post {
        let event = Envelope::inert(InertEvent::PaymentCreated, Environment::Live, self.now);
        let mut event = value(&event);
        if of.large {
            let filler = "golive probe ".repeat(LARGE_BYTES / 13 + 1);
            let short = LARGE_BYTES.saturating_sub(write(&event, COMPACT).len() + 40);
            let filler: String = filler.chars().take(short).collect();
            if let Some(data) = event.get_mut("data").and_then(Value::as_object_mut) {
                data.insert("metadata".into(), json!({ "goliveProbe": filler }));
            }
        }
        let body = write(&event, COMPACT);
        match self.secret.filter(|_| of.signed) {
            Some(secret) => Post::signed(of.kind, body, secret),
            None => Post::unsigned(of.kind, body),
        }
    }
}

impl Series {
    /// How long each acknowledgement (each answer, where nothing was signed) took, in order of
    /// length.
    pub fn times(&self) -> Vec<Duration> {
        let counts = |came: &&Came| {
            if self.of.signed { came.is_accepted() } else { came.answer.is_ok() }
        };
        let mut times: Vec<_> = self.came.iter().filter(counts).map(|came| came.took).collect();
        times.sort_unstable();
        times
    }

    /// How many signed events were answered too late for MintCash, or not at all.
    pub fn late(&self, limits: &Limits) -> usize {
        let late = |came: &&Came| match &came.answer {
            Ok(_) => came.is_accepted() && came.took >= limits.provider,
            Err(NoAnswer::Timeout(_)) => true,
            Err(_) => false,
        };
        if self.of.signed { self.came.iter().filter(late).count() } else { 0 }
    }

    fn says(&self) -> String {
        match Spread::of(&self.times()) {
            Some(spread) if self.came.len() > 1 => {
                format!("{} ({})", tally(&self.came), spread.says())
            }
            _ => tally(&self.came),
        }
    }
}

/// How long answers took: by nearest rank, without more digits than so few of them carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    pub n: usize,
    pub p50: Duration,
    pub p95: Duration,
    pub max: Duration,
}

impl Spread {
    /// Of sorted times.
    pub fn of(times: &[Duration]) -> Option<Self> {
        let rank = |percent: usize| {
            let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
            times.get(place).copied()
        };
        Some(Self { n: times.len(), p50: rank(50)?, p95: rank(95)?, max: times.last().copied()? })
    }

    /// `p50 12 ms, p95 20 ms, max 31 ms, n = 12`.
    pub fn says(self) -> String {
        let Self { n, p50, p95, max } = self;
        format!("p50 {}, p95 {}, max {}, n = {n}", short(p50), short(p95), short(max))
    }

    /// The same as data.
    pub fn evidence(self) -> Value {
        json!({
            "n": self.n,
            "p50_ms": millis(self.p50),
            "p95_ms": millis(self.p95),
            "max_ms": millis(self.max),
        })
    }
}

/// `12 ms`, `2.3 s`.
pub(super) fn short(time: Duration) -> String {
    match millis(time) {
        0 => "under 1 ms".to_owned(),
        ms @ 1..1_000 => format!("{ms} ms"),
        ms => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
    }
}

impl Sender<'_> {
    /// Says how far a series is.
    fn work(&self, doing: &str, done: usize, of: usize) {
        self.progress().say(Progress::Work {
            doing: format!("timing {doing}"),
            done: done as u64,
            of: Some(of as u64),
            unit: "requests",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<_> = (1..=12).map(|n| Duration::from_millis(n * 10)).collect();
        let spread = Spread::of(&times).unwrap();
        assert_eq!(spread.says(), "p50 60 ms, p95 120 ms, max 120 ms, n = 12");
        let one = Spread::of(&[Duration::from_millis(2_340)]).unwrap();
        assert_eq!(one.says(), "p50 2.3 s, p95 2.3 s, max 2.3 s, n = 1");
        assert_eq!(Spread::of(&[]), None);
    }
}

//! Which lines are live events, and how well each is proven. Pure.

use serde_json::Value;

use crate::checks::webhook::live_event::Known;
use crate::events::blocks::Place;
use crate::events::received::{Received, Signature};
use crate::events::told::{Event, Line};
use crate::mintcash::event::is_documented;
use crate::mintcash::signature;
use crate::text::Untrusted;
use crate::time::Timestamp;

/// Older events do not show where events go now, in days.
const LONG_AGO: u64 = 30;

/// Clocks may differ by so much, in days.
const SKEW: u64 = 1;

const DAY: u64 = 86_400;

/// The header that every probe of golive carries.
const PROBE_HEADER: &str = "x-golive-probe";

/// What stands in the events that golive's checks make up, and in no other.
const PROBE_MARKS: [&str; 3] = ["golive-probe", "golive.probe", "@golive.invalid"];

/// How well an event is proven to come from MintCash, from nothing to a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    /// Its signature fits no known secret.
    Invalid,
    /// It is signed with the sandbox's secret.
    TestSecret,
    /// A program logged it.
    Log,
    /// It was recorded, and nobody could verify it.
    Unchecked,
    /// The listener verified it when it came.
    Listener,
    /// Its signature over the raw body was verified just now.
    Verified,
}

impl Proof {
    /// Whether it shows that MintCash sent it.
    pub(super) fn is_enough(self) -> bool {
        self >= Self::Listener
    }

    /// The word for programs.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::TestSecret => "sandbox-secret",
            Self::Log => "not-in-the-log",
            Self::Unchecked => "unchecked",
            Self::Listener => "verified-by-listener",
            Self::Verified => "verified",
        }
    }
}

/// A live event; every text is safe to show.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Its type.
    pub event: String,
    /// Its id.
    pub event_id: String,
    /// When it was made or, where it does not say, came.
    pub at: Option<Timestamp>,
    /// Where it stands.
    pub place: Place,
    /// How well it is proven.
    pub proof: Proof,
    /// Whether it is too old to show where events go now.
    pub is_old: bool,
}

impl Seen {
    /// Which event it is, in a few words.
    pub(super) fn says(&self) -> String {
        let at = self.at.map_or_else(|| "undated".to_owned(), Timestamp::minute);
        format!("{} {}, {at}", self.event, self.event_id)
    }
}

/// What all lines together say.
pub(super) struct Tally {
    secret: Known,
    now: Timestamp,
    /// The best proven event, of those the newest.
    pub best: Option<Seen>,
    /// Events of the sandbox.
    pub test: u64,
    /// Events of golive's own checks.
    pub probes: u64,
    /// Events of types that are not documented.
    pub unknown: u64,
}

/// An event as it stands on a line.
struct Told {
    envelope: Value,
    at: Option<Timestamp>,
    proof: Proof,
    is_probe: bool,
}

impl Tally {
    /// Nothing yet.
    pub(super) fn new(secret: Known, now: Timestamp) -> Self {
        Self { secret, now, best: None, test: 0, probes: 0, unknown: 0 }
    }

    /// Takes in what a line tells; `raw` is the line, and `place` where it stands.
    pub(super) fn take(&mut self, line: &Line, raw: &[u8], place: Place) {
        let Some(told) = self.told(line, raw) else { return };
        let member = |name: &str| told.envelope.get(name).and_then(Value::as_str);
        let (Some(event), Some(environment)) = (member("event"), member("environment")) else {
            return;
        };
        if told.is_probe || carries_mark(&told.envelope) {
            self.probes += 1;
            return;
        }
        match environment {
            "live" => {}
            "test" => {
                self.test += 1;
                return;
            }
            _ => return,
        }
        let Some(event_id) = member("eventId").filter(|_| is_documented(event)) else {
            self.unknown += 1;
            return;
        };
        let at = told.at;
        let day = |days: u64| std::time::Duration::from_secs(days * DAY);
        if at.is_some_and(|at| at > self.now.plus(day(SKEW))) {
            // Nothing has happened in the future.
            return;
        }
        let shown = |text: &str| Untrusted::new(text).line(80);
        let (event, event_id) = (shown(event), shown(event_id));
        let is_old = at.is_none_or(|at| self.now.since(at) > day(LONG_AGO));
        let seen = Seen { event, event_id, at, place, proof: told.proof, is_old };
        if self.best.as_ref().is_none_or(|best| rank(best) < rank(&seen)) {
            self.best = Some(seen);
        }
    }

    fn told(&self, line: &Line, raw: &[u8]) -> Option<Told> {
        match line {
            Line::Received(received) => Some(self.recorded(received)),
            Line::Answered(_) => None,
            Line::Logged(event) => Some(Told {
                envelope: event.envelope.clone(),
                at: event.created.or(event.received),
                proof: Proof::Log,
                is_probe: names_a_probe(raw),
            }),
        }
    }

    /// A record of the listener: what its body says, and what its signature proves.
    fn recorded(&self, received: &Received) -> Told {
        let members = || Event {
            envelope: serde_json::json!({
                "event": received.event, "eventId": received.event_id,
                "environment": received.environment,
            }),
            created: None,
            received: Some(received.received_at),
        };
        let event = Event::of(received).unwrap_or_else(members);
        Told {
            envelope: event.envelope,
            at: event.created.or(event.received),
            proof: self.proof(received, received.raw().as_deref()),
            is_probe: received.header(PROBE_HEADER).next().is_some(),
        }
    }

    fn proof(&self, received: &Received, raw: Option<&[u8]>) -> Proof {
        let mut given = received.header(signature::HEADER);
        if let (Some(secret), Some(raw)) = (&self.secret, raw) {
            return match (given.next(), given.next()) {
                (Some(one), None) if signature::verify(secret, raw, one.as_bytes()) => {
                    Proof::Verified
                }
                _ if received.signed_with.as_deref() == Some("test_webhook_secret") => {
                    Proof::TestSecret
                }
                _ => Proof::Invalid,
            };
        }
        match (received.signature, received.signed_with.as_deref()) {
            (Signature::Valid, Some("test_webhook_secret")) => Proof::TestSecret,
            (Signature::Valid, _) => Proof::Listener,
            (Signature::Unchecked, _) => Proof::Unchecked,
            (Signature::Invalid | Signature::Missing, _) => Proof::Invalid,
        }
    }
}

/// Which of two events says more: what proves enough and is not old, then proof, then age; of
/// equals the one that stands last, whatever the order in which lines are read.
fn rank(seen: &Seen) -> (bool, Proof, Option<Timestamp>, Place) {
    (seen.proof.is_enough() && !seen.is_old, seen.proof, seen.at, seen.place)
}

/// Whether a line that a program logged has anything of a probe on it, beside the event as well.
fn names_a_probe(line: &[u8]) -> bool {
    let small = line.to_ascii_lowercase();
    PROBE_MARKS.iter().any(|mark| memchr::memmem::find(&small, mark.as_bytes()).is_some())
}

/// Whether any text in it is one that golive's checks make up, however it was escaped.
fn carries_mark(value: &Value) -> bool {
    match value {
        Value::String(text) => PROBE_MARKS.iter().any(|mark| text.contains(mark)),
        Value::Array(items) => items.iter().any(carries_mark),
        Value::Object(members) => members.values().any(carries_mark),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;

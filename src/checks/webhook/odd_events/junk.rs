//! What anyone on the internet may send to a webhook: pings, text that is not JSON, JSON that is
//! nested without end, bodies without end (mintcash-contract.md section 9 knows the first two from
//! a real log).
//!
//! The rules it keeps: nothing is signed; no more than 1 MiB goes to another machine; the first
//! ping that is accepted ends the pings; once nobody answers any more, nothing is sent.

use crate::checks::webhook::bodies::{COMPACT, value, write};
use crate::checks::webhook::case::Case;
use crate::checks::webhook::odd_events::events;
use crate::checks::webhook::sender::{Came, Kind, Post, Sender, Stop};
use crate::checks::webhook::wire::NoAnswer;
use crate::checks::{Finding, Level};
use crate::mintcash::envelope::{Envelope, Environment, InertEvent};
use crate::time::Timestamp;

const MEBIBYTE: usize = 1024 * 1024;

/// How deep the nested JSON is.
const DEPTH: usize = 10_000;

/// The request that shows how the handler usually refuses.
pub(super) static BASELINE: Kind = Kind::unsigned("no-signature", "POST without a signature");
static ALIVE: Kind =
    Kind::unsigned("no-signature-again", "POST without a signature, after all the junk");

/// Junk, and what it means when the handler does not simply refuse it.
struct Junk {
    kind: Kind,
    body: fn() -> Vec<u8>,
    /// What it is, at the end of a sentence.
    what: &'static str,
    /// The word when the handler falls over or hangs.
    word: &'static str,
    /// Whether a closed connection is a refusal as good as another.
    may_be_cut: bool,
    local_only: bool,
}

static JUNK: [Junk; 5] = [
    Junk {
        kind: Kind::unsigned("ping", "POST of a ping without a signature"),
        body: || br#"{"ping":true}"#.to_vec(),
        what: "a ping",
        word: "crash-on-junk",
        may_be_cut: false,
        local_only: false,
    },
    Junk {
        kind: Kind::unsigned("not-json", "POST of text that is not JSON"),
        body: || br#"{"ping":true}&{"ping":true}"#.to_vec(),
        what: "a body that is not JSON",
        word: "crash-on-junk",
        may_be_cut: false,
        local_only: false,
    },
    Junk {
        kind: Kind::unsigned("deep", "POST of JSON nested 10,000 deep"),
        body: || ["[".repeat(DEPTH), "]".repeat(DEPTH)].concat().into_bytes(),
        what: "deeply nested JSON",
        word: "crash-on-deep-json",
        may_be_cut: false,
        local_only: false,
    },
    Junk {
        kind: Kind::unsigned("huge", "POST of 1 MiB without a signature"),
        body: || json_of(MEBIBYTE),
        what: "a body of 1 MiB",
        word: "crash-on-huge-body",
        may_be_cut: true,
        local_only: false,
    },
    Junk {
        kind: Kind::unsigned("very-huge", "POST of 10 MiB without a signature"),
        body: || json_of(10 * MEBIBYTE),
        what: "a body of 10 MiB",
        word: "crash-on-huge-body",
        may_be_cut: true,
        local_only: true,
    },
];

/// Valid JSON of so many bytes.
fn json_of(bytes: usize) -> Vec<u8> {
    let (before, after) = (r#"{"goliveProbe":""#, r#""}"#);
    let filler = "x".repeat(bytes.saturating_sub(before.len() + after.len()));
    [before, &filler, after].concat().into_bytes()
}

/// Everything that may be sent, in order.
pub(super) fn kinds(local: bool) -> impl Iterator<Item = &'static Kind> {
    let fits = move |junk: &&Junk| local || !junk.local_only;
    JUNK.iter().filter(fits).map(|junk| &junk.kind).chain([&ALIVE])
}

/// Asks once for what is usual.
pub(super) async fn baseline(sender: &Sender<'_>, now: Timestamp) -> Result<Came, Stop> {
    sender.send(None, &ordinary(&BASELINE, now)).await
}

/// An ordinary event without a signature.
pub(super) fn ordinary(kind: &'static Kind, now: Timestamp) -> Post {
    let event = Envelope::inert(InertEvent::Unknown, Environment::Live, now);
    Post::unsigned(kind, write(&value(&event), COMPACT))
}

/// What the junk is sent with.
pub(super) struct Junks<'a, 's> {
    /// Sends it.
    pub sender: &'a Sender<'s>,
    /// What an ordinary request without a signature gets.
    pub usual: &'a Came,
    /// What became of the events that were sent before it.
    pub after: &'a events::Taken,
}

impl Junks<'_, '_> {
    /// Sends the junk and says what is wrong; how many kinds were refused.
    pub async fn send(&self, now: Timestamp, case: &mut Case) -> Result<usize, Stop> {
        let sender = self.sender;
        let local = sender.site().wire.target().is_loopback();
        let mut refused = 0;
        let mut pinged = false;
        let mut before: Option<&Junk> = None;
        for junk in JUNK.iter().filter(|junk| local || !junk.local_only) {
            if pinged && junk.kind.id == "not-json" {
                continue;
            }
            let came = sender.send(None, &Post::unsigned(&junk.kind, (junk.body)())).await?;
            if came.is_gone() {
                self.gone(before, &came, case);
                return Ok(refused);
            }
            pinged |= came.is_accepted();
            refused += usize::from(came.is_refused());
            self.judge(junk, &came, case);
            // A process that an event is ending may still close the connections of what comes next.
            if !self.after.unanswered || came.answer.is_ok() || before.is_some() {
                before = Some(junk);
            }
        }
        let came = sender.send(None, &ordinary(&ALIVE, now)).await?;
        if came.is_gone() {
            self.gone(before, &came, case);
        }
        Ok(refused)
    }

    /// Nobody answers any more; what was sent last is the likely reason.
    fn gone(&self, before: Option<&Junk>, came: &Came, case: &mut Case) {
        if let (None, Some(event)) = (before, self.after.last) {
            return events::stopped(event, came, case);
        }
        let after = before.map_or("what was sent", |junk| junk.what);
        let message = format!(
            "After {after} nobody answers any more ({}): the handler has stopped. Anyone can stop \
             it.",
            came.says()
        );
        let finding = Finding::new(Level::Blocking, message).at(came.place()).hint(
            "Catch every error where the request is handled, verify the signature first, and let \
             something start the handler again when it ends.",
        );
        case.found("stopped-by-junk", finding);
    }

    fn judge(&self, junk: &Junk, came: &Came, case: &mut Case) {
        let finding = |message: String, hint: &str| {
            Finding::new(Level::Advisory, message).at(came.place()).hint(hint)
        };
        let (what, says) = (junk.what, came.says());
        let near = self.sender.site().wire.limits().near;
        if came.is_accepted() {
            let message = format!(
                "Without a signature, {what} is accepted ({says}). Whoever sends it takes it for \
                 delivered. webhook-signature says whether events are accepted so too."
            );
            let hint = "Answer 401 before the body is looked at.";
            case.found("junk-accepted", finding(message, hint));
        } else if came.is_turned_away() {
            case.open(format!("The handler was busy ({says}) when it got {what}."));
        } else if matches!(came.answer, Err(NoAnswer::Closed)) && junk.may_be_cut {
            // A server that closes a connection on which too much comes does what it should.
        } else if came.is_crash() && self.usual.is_crash() {
            let message = format!(
                "Whatever comes without a signature makes the handler fall over ({says}), an \
                 ordinary event as well as junk."
            );
            let hint = "Answer 401 when x-signature is missing or wrong, on purpose: an error of \
                        the server looks like an outage.";
            case.found("crash-on-unsigned", finding(message, hint));
        } else if came.is_crash() {
            let message = format!(
                "Anyone can make the handler fall over with {what} ({says}); an ordinary event \
                 without a signature is {}. Something reads the body before the signature is \
                 verified.",
                self.usual.says()
            );
            let hint = "Verify the signature over the raw bytes first, answer 401, and parse \
                        afterwards. If a proxy answers so, let it pass such bodies on or refuse \
                        them with 413.";
            case.found(junk.word, finding(message, hint));
        } else if matches!(came.answer, Err(NoAnswer::Timeout(_))) || came.took >= near {
            let message = format!(
                "The handler takes {} with {what}, before it refuses it ({says}).",
                crate::time::spoken(came.took)
            );
            let hint = "Limit the size of a body, and refuse early.";
            case.found("slow-on-junk", finding(message, hint));
        }
    }
}

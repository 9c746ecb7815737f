//! Genuine events as they may come, though seldom: of new types, late, in either dialect of the
//! documentation and of reality (mintcash-contract.md section 11).
//!
//! The rule it keeps: each is judged beside an ordinary event that is accepted; where that one is
//! not, nothing is said.

use serde_json::{Value, json};
use ulid::Ulid;

use crate::checks::webhook::bodies::{COMPACT, value, write};
use crate::checks::webhook::case::Case;
use crate::checks::webhook::sender::{Came, Kind, Post, Sender, Stop, Wish};
use crate::checks::{Finding, Level};
use crate::mintcash::envelope::{Envelope, Environment, InertEvent};
use crate::secrets::Secret;
use crate::time::Timestamp;

/// An odd event and what it means when it is not accepted.
struct Odd {
    kind: Kind,
    /// Makes its body from a fresh inert payment.pending, and from the ordinary one sent before.
    body: fn(Value, &Value) -> Vec<u8>,
    content_type: &'static str,
    /// The word for programs.
    word: &'static str,
    /// How much it weighs when it is refused; `None` when that is right as well.
    refused: Option<Level>,
    /// How much it weighs when the handler falls over.
    crash: Level,
    /// What an event of this kind is, at the beginning of a sentence.
    what: &'static str,
    /// What it means that it is not accepted.
    means: &'static str,
    hint: &'static str,
}

/// What most of them have in common.
const ODD: Odd = Odd {
    kind: ORDINARY,
    body: |event, _| plain(&event),
    content_type: "application/json",
    word: "",
    refused: Some(Level::Advisory),
    crash: Level::Advisory,
    what: "",
    means: "MintCash would repeat it for a day.",
    hint: "",
};

const ORDINARY: Kind = Kind::signed("ordinary", "correctly signed payment.pending of amount 0");

static CONTROL: Kind = ORDINARY;

/// Every odd event, in the order of sending.
static ODD_EVENTS: [Odd; 8] = [
    Odd {
        kind: Kind::signed(
            "late",
            "payment.created of the same payment, after its payment.pending",
        ),
        body: |_, ordinary| late(ordinary),
        word: "out-of-order",
        what: "An event that comes late, after a later one of the same payment,",
        hint: "Answer 2xx and change nothing: MintCash promises no order.",
        ..ODD
    },
    Odd {
        kind: Kind::signed("unknown-type", "event of a type that nobody knows"),
        body: |mut event, _| {
            set(&mut event, "event", "golive.probe".into());
            set(&mut event, "type", "golive".into());
            plain(&event)
        },
        word: "unknown-type",
        what: "An event of an unknown type",
        hint: "Answer 2xx to correctly signed events of types that the handler does not know. New \
               types appear without notice.",
        ..ODD
    },
    Odd {
        kind: Kind::signed("card", "event with a card as MintCash has sent it"),
        body: |mut event, _| {
            data(&mut event, "card", real_card());
            plain(&event)
        },
        word: "real-card",
        refused: Some(Level::Blocking),
        crash: Level::Blocking,
        what: "An event with a card as MintCash has sent it (two-digit texts for month and year, \
               first6, mask)",
        means: "The same event without a card is accepted: payments by card would be lost.",
        hint: "Read month and year from a number or a text, and let unknown members be.",
        ..ODD
    },
    Odd {
        kind: Kind::signed("documented", "event with every member as it is documented"),
        body: |event, _| plain(&documented(event)),
        word: "documented-dialect",
        what: "An event as MintCash documents it (ids with prefixes, numbers for month and year, \
               cardToken, dates)",
        hint: "Take ids as opaque texts, month and year from a number or a text, and let unknown \
               members be.",
        ..ODD
    },
    Odd {
        kind: Kind::signed("no-card", "event without the member card"),
        body: |mut event, _| {
            if let Some(members) = event.get_mut("data").and_then(Value::as_object_mut) {
                members.shift_remove("card");
            }
            plain(&event)
        },
        word: "no-card",
        what: "An event without a card",
        hint: "Expect `card` to be null or missing: a payment can end before one was entered.",
        ..ODD
    },
    Odd {
        kind: Kind::signed("failure-code", "event with a failureCode that nobody knows"),
        body: |mut event, _| {
            data(&mut event, "failureCode", "golive_unknown_code".into());
            plain(&event)
        },
        word: "unknown-failure-code",
        what: "An event with an unknown failureCode",
        hint: "Keep the code as a text and have a branch for those that you do not know.",
        ..ODD
    },
    Odd {
        kind: Kind::signed("more-members", "event with members that nobody knows"),
        body: |mut event, _| {
            set(&mut event, "goliveProbe", json!({ "a": [1, null, "é"] }));
            data(&mut event, "goliveProbe", json!(true));
            plain(&event)
        },
        word: "unknown-members",
        what: "An event with members that are not documented",
        hint: "Ignore what you do not know: real events already carry more than is documented.",
        ..ODD
    },
    Odd {
        kind: Kind::signed("content-type", "event with the content type text/plain")
            .wishing(Wish::Any),
        content_type: "text/plain",
        word: "content-type",
        refused: Some(Level::Info),
        what: "An event with the content type text/plain",
        means: "Which content type MintCash sends is not documented.",
        hint: "Take the raw body whatever its content type says.",
        ..ODD
    },
];

/// What MintCash never sends and only who has its secret could. A handler may die of it, so that it
/// goes to this machine only, to a handler under development.
static SIGNED_JUNK: Odd = Odd {
    kind: Kind::signed("signed-junk", "correctly signed body that is not JSON").wishing(Wish::Any),
    body: |_, _| b"golive probe: this is not JSON".to_vec(),
    word: "signed-junk",
    refused: None,
    what: "A correctly signed body that is not JSON",
    means: "MintCash sends none.",
    hint: "Catch the parser's error and answer 400.",
    ..ODD
};

/// Everything that may be sent, in order.
pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    [&CONTROL].into_iter().chain(ODD_EVENTS.iter().map(|odd| &odd.kind))
}

/// What became of the odd events.
#[derive(Default)]
pub(super) struct Taken {
    /// How many were accepted.
    pub accepted: usize,
    /// The last one that was sent.
    pub last: Option<&'static str>,
    /// Whether that one got no answer.
    pub unanswered: bool,
    /// Whether nobody answered any more.
    pub stopped: bool,
}

/// Sends them and says what is wrong.
pub(super) async fn send(
    sender: &Sender<'_>,
    secret: &Secret,
    now: Timestamp,
    case: &mut Case,
) -> Result<Taken, Stop> {
    let ordinary = pending(now);
    let control = Post::signed(&CONTROL, plain(&ordinary), secret);
    let control = sender.send(None, &control).await?;
    if !control.is_accepted() {
        case.open(format!(
            "An ordinary, correctly signed event was not accepted (it was {}), so that odd ones say \
             nothing. webhook-signature says why.",
            control.says()
        ));
        return Ok(Taken::default());
    }
    let mut taken = Taken { last: Some(CONTROL.what), ..Taken::default() };
    for odd in &ODD_EVENTS {
        let body = (odd.body)(pending(now), &ordinary);
        let post = Post::signed(&odd.kind, body, secret);
        let came = sender.send(None, &Post { content_type: odd.content_type, ..post }).await?;
        if came.is_gone() {
            stopped(taken.last.unwrap_or_default(), &came, case);
            taken.stopped = true;
            return Ok(taken);
        }
        taken.last = Some(odd.kind.what);
        taken.unanswered = came.answer.is_err();
        taken.accepted += usize::from(came.is_accepted());
        judge(odd, &came, case);
    }
    Ok(taken)
}

/// Sends a correctly signed body that is not JSON.
pub(super) async fn send_junk(
    sender: &Sender<'_>,
    secret: &Secret,
    case: &mut Case,
) -> Result<(), Stop> {
    let body = (SIGNED_JUNK.body)(Value::Null, &Value::Null);
    let came = sender.send(None, &Post::signed(&SIGNED_JUNK.kind, body, secret)).await?;
    judge(&SIGNED_JUNK, &came, case);
    Ok(())
}

/// The kind of that.
pub(super) fn junk_kind() -> &'static Kind {
    &SIGNED_JUNK.kind
}

/// Nobody answers any more after the event `before`.
pub(super) fn stopped(before: &str, came: &Came, case: &mut Case) {
    let message = format!(
        "After the probe `{before}` nobody answers any more ({}): the handler has stopped.",
        came.says()
    );
    let finding = Finding::new(Level::Blocking, message).at(came.place()).hint(
        "The end of the handler's log says which request it was. Catch every error where an event \
         is handled, and answer; let something start the handler again when it ends.",
    );
    case.found("stopped-by-event", finding);
}

fn judge(odd: &Odd, came: &Came, case: &mut Case) {
    if came.is_accepted() {
        return;
    }
    if came.is_turned_away() {
        case.open(format!("{} was {}, which says nothing.", odd.what, came.says()));
        return;
    }
    let level = if came.is_refused() { odd.refused } else { Some(odd.crash) };
    let Some(level) = level else { return };
    let how = if came.is_refused() { "is not accepted" } else { "makes the handler fall over" };
    let message = format!("{} {how} ({}). {}", odd.what, came.says(), odd.means);
    case.found(odd.word, Finding::new(level, message).at(came.place()).hint(odd.hint));
}

/// A fresh, inert payment.pending.
fn pending(now: Timestamp) -> Value {
    let mut event = Envelope::inert(InertEvent::PaymentCreated, Environment::Live, now);
    event.event = "payment.pending".into();
    event.data.status = "pending".into();
    value(&event)
}

fn plain(event: &Value) -> Vec<u8> {
    write(event, COMPACT)
}

fn set(event: &mut Value, name: &str, member: Value) {
    if let Some(members) = event.as_object_mut() {
        members.insert(name.to_owned(), member);
    }
}

fn data(event: &mut Value, name: &str, member: Value) {
    if let Some(data) = event.get_mut("data") {
        set(data, name, member);
    }
}

/// The event that came before `later` in the life of the same payment, ten seconds older.
fn late(later: &Value) -> Vec<u8> {
    let mut event = later.clone();
    let fresh = uuid::Uuid::new_v4().to_string();
    set(&mut event, "eventId", fresh.into());
    set(&mut event, "event", "payment.created".into());
    data(&mut event, "status", "created".into());
    let at =
        later.get("createdAt").and_then(Value::as_str).and_then(|at| Timestamp::parse(at).ok());
    if let Some(at) = at {
        let before = Timestamp::from_millis(at.millis() - 10_000);
        set(&mut event, "createdAt", before.to_string().into());
    }
    plain(&event)
}

/// A card in the members and kinds that real events have.
fn real_card() -> Value {
    json!({
        "brand": "visa",
        "last4": "0000",
        "first6": "000000",
        "mask": "000000******0000",
        "expMonth": "03",
        "expYear": "35",
    })
}

/// The same event as the documentation shows it.
fn documented(mut event: Value) -> Value {
    let ulid = || Ulid::from_parts(0, uuid::Uuid::new_v4().as_u128());
    let at = event.get("createdAt").cloned().unwrap_or_default();
    data(&mut event, "id", format!("pmt_{}", ulid()).into());
    data(
        &mut event,
        "card",
        json!({ "brand": "visa", "last4": "0000", "expMonth": 3, "expYear": 2035 }),
    );
    data(&mut event, "cardToken", "tok_golive_probe".into());
    data(&mut event, "createdAt", at.clone());
    data(&mut event, "updatedAt", at);
    if let Some(customer) = event.pointer_mut("/data/customer") {
        set(customer, "id", format!("cust_{}", ulid()).into());
        set(customer, "phone", "+10000000000".into());
    }
    if let Some(address) = event.pointer_mut("/data/billingAddress") {
        for name in ["name", "line1", "line2", "city", "state"] {
            set(address, name, "golive probe".into());
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_odd_event_is_inert_and_an_event_of_its_own() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let ordinary = pending(now);
        let mut seen = vec![ordinary["eventId"].clone()];
        for odd in &ODD_EVENTS {
            let body = (odd.body)(pending(now), &ordinary);
            let event: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(event["data"]["amount"], 0, "{}", odd.word);
            assert!(
                ["payment.pending", "payment.created", "golive.probe"]
                    .contains(&event["event"].as_str().unwrap())
            );
            assert!(event["data"]["externalId"].as_str().unwrap().starts_with("golive-probe-"));
            assert!(!seen.contains(&event["eventId"]), "{}", odd.word);
            seen.push(event["eventId"].clone());
        }
    }

    #[test]
    fn a_late_event_is_an_older_one_of_the_same_payment() {
        let ordinary = pending(Timestamp::from_millis(1_800_000_000_000));
        let late: Value = serde_json::from_slice(&late(&ordinary)).unwrap();
        assert_eq!(late["data"]["id"], ordinary["data"]["id"]);
        assert_eq!(late["event"], "payment.created");
        assert!(late["createdAt"].as_str() < ordinary["createdAt"].as_str());
    }
}

//! Correctly signed events: as MintCash sends them, oddly but validly written, in other forms.

use super::{NOT_FORGED, armed, live, only_if, refused, signed_over};
use crate::checks::webhook::bodies::{self, COMPACT, Style};
use crate::checks::webhook::probe::{
    Asks, Built, Condition, Expect, Family, Material, Needs, Probe,
};
use crate::checks::webhook::transcript::{Row, Transcript, Verdict};
use crate::mintcash::envelope::{Environment, InertEvent};
use crate::mintcash::signature::{Signature, sign};

/// The right signature.
pub static GENUINE: Family = Family { name: "genuine", only_if: Some(NOT_FORGED) };
/// The right signature of a body that no serialiser writes.
pub static RAW_BODY: Family = Family { name: "raw-body", only_if: Some(GENUINE_ACCEPTED) };
/// The right signature, written otherwise.
pub static FORMS: Family = Family { name: "forms", only_if: Some(NOT_FORGED_AND_ASKED) };
/// Probes sent before, once more and last: does the endpoint answer alike?
pub static AGAIN: Family = Family { name: "again", only_if: None };

const NOT_FORGED_AND_ASKED: Condition =
    Condition { asks: &[Asks::Probe("made-up-signature"), Asks::Family(&GENUINE)], ..NOT_FORGED };
const GENUINE_ACCEPTED: Condition = Condition {
    words: "a correctly signed event is accepted",
    asks: &[Asks::Family(&GENUINE)],
    holds: |so_far| so_far.accepted(&GENUINE).is_some(),
};
const UNSIGNED_REFUSED: Condition = Condition {
    words: "it was refused before",
    asks: &[Asks::All],
    holds: |so_far| so_far.verdict("no-signature") == Verdict::Refused,
};
const UNKNOWN_TYPE_REFUSED: Condition = Condition {
    words: "the unknown event type is refused",
    asks: &[Asks::Probe("genuine-unknown-type")],
    holds: |so_far| so_far.verdict("genuine-unknown-type") == Verdict::Refused,
};
const WORTH_ANOTHER_LOOK: Condition = Condition {
    words: "an oddly written body is refused, or a correctly signed event is answered late",
    asks: &[Asks::All],
    holds: |so_far| {
        let mut signed = so_far.family(&GENUINE).chain(so_far.family(&RAW_BODY));
        let odd_refused = |row: &Row| row.verdict() == Verdict::Refused;
        so_far.accepted(&GENUINE).is_some() && so_far.family(&RAW_BODY).any(odd_refused)
            || signed.any(|row| so_far.is_late(row))
    },
};

/// Whether every correctly signed event that was sent was refused.
#[must_use]
pub fn genuine_refused(so_far: &Transcript) -> bool {
    so_far.accepted(&GENUINE).is_none()
        && so_far.family(&GENUINE).any(|row| row.verdict() == Verdict::Refused)
}

/// The right signature, and the same in other forms.
pub(super) fn genuine() -> Vec<Probe> {
    vec![
        armed(
            &GENUINE,
            Expect::Accepted,
            "genuine-unknown-type",
            "correctly signed event of an unknown type",
            |m, _| event(m, InertEvent::Unknown, Signature::hex),
        ),
        only_if(
            UNKNOWN_TYPE_REFUSED,
            armed(
                &GENUINE,
                Expect::Accepted,
                "genuine-known-type",
                "correctly signed payment.created of amount 0",
                |m, _| event(m, InertEvent::PaymentCreated, Signature::hex),
            ),
        ),
        armed(&FORMS, Expect::Either, "upper-case", "correct signature in upper case", |m, t| {
            event(m, kind(t), Signature::upper_hex)
        }),
        armed(
            &FORMS,
            Expect::Either,
            "sha256-prefix",
            "correct signature with the prefix sha256=",
            |m, t| event(m, kind(t), |signature| format!("sha256={}", signature.hex())),
        ),
    ]
}

/// The right signature of odd but valid bodies.
pub(super) fn raw_body() -> Vec<Probe> {
    let odd = |id, what, build| armed(&RAW_BODY, Expect::Accepted, id, what, build);
    vec![
        odd("raw-spaces", "correctly signed body with odd spaces and key order", |m, t| {
            let event = bodies::value(&m.event(kind(t), Environment::Live));
            signed(m, bodies::write(&bodies::reversed(&event), bodies::SPACED))
        }),
        odd("raw-escapes", "correctly signed body with \\u escapes", |m, t| {
            signed(m, written(m, t, bodies::ESCAPED))
        }),
        odd("raw-decimals", "correctly signed body with 0.00 for 0", |m, t| {
            signed(m, written(m, t, bodies::DECIMALS))
        }),
        odd("raw-unicode", "correctly signed body that is not ASCII", |m, t| {
            let mut event = m.event(kind(t), Environment::Live);
            event.data.customer.name = "Zoë Åström 支払い 🧪".into();
            signed(m, bodies::write(&bodies::value(&event), COMPACT))
        }),
        odd("raw-line-end", "correctly signed body with a line end after it", |m, t| {
            let mut body = written(m, t, COMPACT);
            body.push(b'\n');
            signed(m, body)
        }),
    ]
}

/// What was sent before, once more.
pub(super) fn again() -> Vec<Probe> {
    vec![
        only_if(
            WORTH_ANOTHER_LOOK,
            armed(
                &AGAIN,
                Expect::Either,
                "genuine-again",
                "correctly signed event once more",
                |m, t| event(m, kind(t), Signature::hex),
            ),
        ),
        only_if(
            UNSIGNED_REFUSED,
            refused(
                &AGAIN,
                Needs::Nothing,
                "no-signature-again",
                "POST without a signature once more",
                |m, _| Some(Built { body: live(m, COMPACT), ..Built::default() }),
            ),
        ),
    ]
}

/// The type of event that the handler has accepted; the unknown one until it has refused that.
pub(super) fn kind(so_far: &Transcript) -> InertEvent {
    match so_far.verdict("genuine-known-type") {
        Verdict::Accepted => InertEvent::PaymentCreated,
        _ => InertEvent::Unknown,
    }
}

/// A fresh inert event of the type that is accepted, written out.
pub(super) fn written(m: &Material<'_>, so_far: &Transcript, style: Style) -> Vec<u8> {
    bodies::write(&bodies::value(&m.event(kind(so_far), Environment::Live)), style)
}

/// A compact event with its right signature, written by `form`.
pub(super) fn event(
    m: &Material<'_>,
    event: InertEvent,
    form: fn(Signature) -> String,
) -> Option<Built> {
    let event = m.event(event, Environment::Live);
    let body = bodies::write(&bodies::value(&event), COMPACT);
    Some(Built::signed(form(sign(m.secret?, &body)).into_bytes(), body))
}

/// A body with its right signature.
fn signed(m: &Material<'_>, body: Vec<u8>) -> Option<Built> {
    signed_over(m, &body.clone(), body)
}

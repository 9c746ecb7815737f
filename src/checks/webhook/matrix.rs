//! The probes of `webhook-signature`: every way to forge a signature that a sound handler refuses,
//! and the real ones that it accepts.
//!
//! Order matters: what needs least comes first, and a family whose question is answered already is
//! not asked (its condition). MintCash signs no time (mintcash-contract.md section 9), so there
//! are no probes with an old or a future one.

use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::checks::webhook::bodies::{self, Style};
use crate::checks::webhook::probe::{
    Asks, Build, Built, Condition, Expect, Family, Material, Needs, Probe,
};
use crate::checks::webhook::transcript::{Transcript, Verdict};
use crate::mintcash::envelope::{Environment, InertEvent};
use crate::mintcash::signature::{Signature, sign, sign_with_key};

/// No signature at all.
pub static UNSIGNED: Family = Family { name: "unsigned", only_if: None };
/// A signature that has nothing to do with the secret and the body.
pub static FORGED: Family = Family { name: "forged", only_if: None };
/// Nearly the right signature.
pub static NEAR: Family = Family { name: "near", only_if: Some(NOT_FORGED) };
/// The right signature of other bytes.
pub static TAMPERED: Family = Family { name: "tampered", only_if: Some(NOT_FORGED) };
/// The right signature.
pub static GENUINE: Family = Family { name: "genuine", only_if: Some(NOT_FORGED) };
/// The right signature of a body that no serialiser writes.
pub static RAW_BODY: Family = Family { name: "raw-body", only_if: Some(GENUINE_ACCEPTED) };
/// The right signature, written otherwise.
pub static FORMS: Family = Family { name: "forms", only_if: Some(NOT_FORGED_AND_ASKED) };
/// Guesses at why the right signature is refused.
pub static CAUSE: Family = Family { name: "cause", only_if: Some(GENUINE_REFUSED) };
/// Probes sent before, once more: does the endpoint answer alike?
pub static AGAIN: Family = Family { name: "again", only_if: None };

const NOT_FORGED: Condition = Condition {
    words: "forged requests are refused",
    asks: &[Asks::Family(&FORGED)],
    holds: |so_far| so_far.accepted(&FORGED).is_none(),
};
const NOT_FORGED_AND_ASKED: Condition =
    Condition { asks: &[Asks::Family(&FORGED), Asks::Family(&GENUINE)], ..NOT_FORGED };
const GENUINE_ACCEPTED: Condition = Condition {
    words: "a correctly signed event is accepted",
    asks: &[Asks::Family(&GENUINE)],
    holds: |so_far| so_far.accepted(&GENUINE).is_some(),
};
const GENUINE_REFUSED: Condition = Condition {
    words: "correctly signed events are refused",
    asks: &[Asks::Family(&GENUINE)],
    holds: genuine_refused,
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
const RAW_BODY_REFUSED: Condition = Condition {
    words: "an oddly written body is refused",
    asks: &[Asks::All],
    holds: |so_far| so_far.family(&RAW_BODY).any(|row| row.verdict() == Verdict::Refused),
};

/// Whether every correctly signed event that was sent was refused.
#[must_use]
pub fn genuine_refused(so_far: &Transcript) -> bool {
    so_far.accepted(&GENUINE).is_none()
        && so_far.family(&GENUINE).any(|row| row.verdict() == Verdict::Refused)
}

/// Entry of the table for a probe that must be refused.
const fn refused(
    family: &'static Family,
    needs: Needs,
    id: &'static str,
    what: &'static str,
    build: Build,
) -> Probe {
    Probe { id, what, family, expect: Expect::Refused, needs, only_if: None, build }
}

/// Entry of the table for a validly signed probe.
const fn armed(
    family: &'static Family,
    expect: Expect,
    id: &'static str,
    what: &'static str,
    build: Build,
) -> Probe {
    Probe { id, what, family, expect, needs: Needs::Arming, only_if: None, build }
}

/// Every probe, in the order of sending.
pub static SIGNATURE: LazyLock<Vec<Probe>> = LazyLock::new(|| {
    vec![
        refused(&UNSIGNED, Needs::Nothing, "no-signature", "POST without a signature", |m, _| {
            Some(Built { body: live(m, bodies::COMPACT), ..Built::default() })
        }),
        refused(
            &UNSIGNED,
            Needs::Nothing,
            "empty-signature",
            "POST with an empty signature",
            |m, _| Some(Built::signed(Vec::new(), live(m, bodies::COMPACT))),
        ),
        refused(
            &FORGED,
            Needs::Nothing,
            "made-up-signature",
            "POST with a made-up signature",
            |m, _| Some(Built::signed(made_up(m, b"1"), live(m, bodies::COMPACT))),
        ),
        refused(
            &FORGED,
            Needs::Nothing,
            "not-hex",
            "POST with a signature that is not hex",
            |m, _| {
                let text = b"golive-probe-this-is-not-a-signature".to_vec();
                Some(Built::signed(text, live(m, bodies::COMPACT)))
            },
        ),
        refused(
            &FORGED,
            Needs::Nothing,
            "two-signatures",
            "POST with two made-up signatures",
            |m, _| {
                let signatures = vec![made_up(m, b"1"), made_up(m, b"2")];
                Some(Built { signatures, body: live(m, bodies::COMPACT), ..Built::default() })
            },
        ),
        refused(
            &FORGED,
            Needs::Nothing,
            "wrong-secret",
            "POST signed with another secret",
            |m, _| {
                let body = live(m, bodies::COMPACT);
                let signature = sign_with_key(m.wrong_secret.as_bytes(), &body).hex().into_bytes();
                Some(Built::signed(signature, body))
            },
        ),
        refused(
            &FORGED,
            Needs::Secret,
            "other-body",
            "POST with the signature of another body",
            |m, _| {
                let signature = sign(m.secret?, &live(m, bodies::COMPACT)).hex().into_bytes();
                Some(Built::signed(signature, live(m, bodies::COMPACT)))
            },
        ),
        refused(
            &NEAR,
            Needs::Secret,
            "one-character-short",
            "POST with a signature one character short",
            |m, _| near(m, |hex| hex.truncate(63)),
        ),
        refused(
            &NEAR,
            Needs::Secret,
            "one-byte-short",
            "POST with a signature one byte short",
            |m, _| near(m, |hex| hex.truncate(62)),
        ),
        refused(
            &NEAR,
            Needs::Secret,
            "beginning-only",
            "POST with the first 8 characters of the signature",
            |m, _| near(m, |hex| hex.truncate(8)),
        ),
        refused(
            &NEAR,
            Needs::Secret,
            "trailing-byte",
            "POST with a byte after the signature",
            |m, _| near(m, |hex| hex.push_str("00")),
        ),
        refused(
            &TAMPERED,
            Needs::Secret,
            "flipped-bit",
            "POST with one bit of the body flipped",
            |m, _| {
                let mut body = live(m, bodies::COMPACT);
                let signature = sign(m.secret?, &body).hex().into_bytes();
                flip(&mut body);
                Some(Built::signed(signature, body))
            },
        ),
        refused(
            &TAMPERED,
            Needs::Secret,
            "rewritten-compact",
            "POST signed over the JSON rewritten without spaces",
            |m, _| rewritten(m, bodies::COMPACT, false),
        ),
        refused(
            &TAMPERED,
            Needs::Secret,
            "rewritten-spaced",
            "POST signed over the JSON rewritten as Python does",
            |m, _| rewritten(m, bodies::PYTHON, false),
        ),
        refused(
            &TAMPERED,
            Needs::Secret,
            "rewritten-sorted",
            "POST signed over the JSON rewritten with sorted keys",
            |m, _| rewritten(m, bodies::COMPACT, true),
        ),
        refused(
            &TAMPERED,
            Needs::Secret,
            "rewritten-sorted-spaced",
            "POST signed over the JSON rewritten with sorted keys as Python does",
            |m, _| rewritten(m, bodies::PYTHON, true),
        ),
        armed(
            &GENUINE,
            Expect::Accepted,
            "genuine-unknown-type",
            "correctly signed event of an unknown type",
            |m, _| genuine(m, InertEvent::Unknown, Signature::hex),
        ),
        Probe {
            only_if: Some(UNKNOWN_TYPE_REFUSED),
            ..armed(
                &GENUINE,
                Expect::Accepted,
                "genuine-known-type",
                "correctly signed payment.created of amount 0",
                |m, _| genuine(m, InertEvent::PaymentCreated, Signature::hex),
            )
        },
        armed(
            &RAW_BODY,
            Expect::Accepted,
            "raw-spaces",
            "correctly signed body with odd spaces and key order",
            |m, t| {
                let event = bodies::value(&m.event(kind(t), Environment::Live));
                signed(m, bodies::write(&bodies::reversed(&event), bodies::SPACED))
            },
        ),
        armed(
            &RAW_BODY,
            Expect::Accepted,
            "raw-escapes",
            "correctly signed body with \\u escapes and 0.00",
            |m, t| {
                let event = bodies::value(&m.event(kind(t), Environment::Live));
                signed(m, bodies::write(&event, bodies::ESCAPED))
            },
        ),
        armed(
            &RAW_BODY,
            Expect::Accepted,
            "raw-unicode",
            "correctly signed body that is not ASCII",
            |m, t| {
                let mut event = m.event(kind(t), Environment::Live);
                event.data.customer.name = "Zoë Åström 支払い 🧪".into();
                signed(m, bodies::write(&bodies::value(&event), bodies::COMPACT))
            },
        ),
        armed(&FORMS, Expect::Either, "upper-case", "correct signature in upper case", |m, t| {
            genuine(m, kind(t), Signature::upper_hex)
        }),
        armed(
            &FORMS,
            Expect::Either,
            "sha256-prefix",
            "correct signature with the prefix sha256=",
            |m, t| genuine(m, kind(t), |signature| format!("sha256={}", signature.hex())),
        ),
        armed(&CAUSE, Expect::Either, "base64", "correct signature in base64", |m, t| {
            genuine(m, kind(t), |signature| BASE64_STANDARD.encode(signature.bytes()))
        }),
        armed(
            &CAUSE,
            Expect::Either,
            "secret-with-newline",
            "signed with the secret and a line end",
            |m, _| {
                let key = zeroize::Zeroizing::new(format!("{}\n", m.secret?.expose()));
                let body = live(m, bodies::COMPACT);
                let signature = sign_with_key(key.as_bytes(), &body).hex().into_bytes();
                Some(Built::signed(signature, body))
            },
        ),
        armed(
            &CAUSE,
            Expect::Either,
            "test-secret",
            "signed with the test webhook secret",
            |m, _| {
                let body = live(m, bodies::COMPACT);
                let signature = sign(m.test_secret?, &body).hex().into_bytes();
                Some(Built::signed(signature, body))
            },
        ),
        Probe {
            only_if: Some(RAW_BODY_REFUSED),
            ..armed(
                &AGAIN,
                Expect::Either,
                "genuine-again",
                "correctly signed event once more",
                |m, t| genuine(m, kind(t), Signature::hex),
            )
        },
        Probe {
            only_if: Some(UNSIGNED_REFUSED),
            ..refused(
                &AGAIN,
                Needs::Nothing,
                "no-signature-again",
                "POST without a signature once more",
                |m, _| Some(Built { body: live(m, bodies::COMPACT), ..Built::default() }),
            )
        },
    ]
});

/// The type of event that the handler has accepted; the unknown one until it has refused that.
fn kind(so_far: &Transcript) -> InertEvent {
    match so_far.verdict("genuine-known-type") {
        Verdict::Accepted => InertEvent::PaymentCreated,
        _ => InertEvent::Unknown,
    }
}

/// A fresh inert live event, written out.
fn live(m: &Material<'_>, style: Style) -> Vec<u8> {
    let event = m.event(InertEvent::Unknown, Environment::Live);
    bodies::write(&bodies::value(&event), style)
}

/// 64 hex digits that sign nothing.
fn made_up(m: &Material<'_>, seed: &[u8]) -> Vec<u8> {
    sign_with_key(m.wrong_secret.as_bytes(), seed).hex().into_bytes()
}

/// The right signature of the raw body.
fn signed(m: &Material<'_>, body: Vec<u8>) -> Option<Built> {
    let signature = sign(m.secret?, &body).hex().into_bytes();
    Some(Built::signed(signature, body))
}

/// A compact event with its right signature, written by `form`.
fn genuine(m: &Material<'_>, event: InertEvent, form: fn(Signature) -> String) -> Option<Built> {
    let event = m.event(event, Environment::Live);
    let body = bodies::write(&bodies::value(&event), bodies::COMPACT);
    let signature = form(sign(m.secret?, &body)).into_bytes();
    Some(Built::signed(signature, body))
}

/// A compact event with its right signature, spoilt by `spoil`.
fn near(m: &Material<'_>, spoil: fn(&mut String)) -> Option<Built> {
    let body = live(m, bodies::COMPACT);
    let mut hex = sign(m.secret?, &body).hex();
    spoil(&mut hex);
    Some(Built::signed(hex.into_bytes(), body))
}

/// An oddly spaced body with the signature of what a handler makes of it by writing it again.
fn rewritten(m: &Material<'_>, style: Style, sort: bool) -> Option<Built> {
    let event = bodies::value(&m.event(InertEvent::Unknown, Environment::Live));
    let again = if sort { bodies::sorted(&event) } else { event.clone() };
    let signature = sign(m.secret?, &bodies::write(&again, style)).hex().into_bytes();
    Some(Built::signed(signature, bodies::write(&event, bodies::SPACED)))
}

/// Flips one bit of the last digit, so that the body stays JSON.
fn flip(body: &mut [u8]) {
    if let Some(digit) = body.iter_mut().rfind(|byte| byte.is_ascii_digit()) {
        *digit ^= 1;
    }
}

//! Requests that a correct handler refuses: unsigned, forged, nearly right, changed afterwards.

use super::{NOT_FORGED, live, refused, signed_over};
use crate::checks::webhook::bodies::COMPACT;
use crate::checks::webhook::probe::{Built, Family, Material, Needs, Probe};
use crate::mintcash::signature::{sign, sign_with_key};

/// A well-formed signature that has nothing to do with the secret and the body. Its first probe is
/// the first of all.
pub static FORGED: Family = Family { name: "forged", only_if: None };
/// No signature at all.
pub static UNSIGNED: Family = Family { name: "unsigned", only_if: None };
/// Something that is no signature.
pub static MALFORMED: Family = Family { name: "malformed", only_if: Some(NOT_FORGED) };
/// The beginning of the right signature.
pub static NEAR: Family = Family { name: "near", only_if: Some(NOT_FORGED) };
/// The right signature with something after it.
pub static TRAILING: Family = Family { name: "trailing", only_if: Some(NOT_FORGED) };
/// The right signature of nearly the same bytes.
pub static FLIPPED: Family = Family { name: "flipped", only_if: Some(NOT_FORGED) };
/// Those that are made without the webhook secret.
pub(super) fn without_secret() -> Vec<Probe> {
    vec![
        refused(
            &FORGED,
            Needs::Nothing,
            "made-up-signature",
            "POST with a made-up signature",
            |m, _| Some(Built::signed(made_up(m, b"1"), live(m, COMPACT))),
        ),
        refused(
            &FORGED,
            Needs::Nothing,
            "wrong-secret",
            "POST signed with another secret",
            |m, _| {
                let body = live(m, COMPACT);
                Some(Built::signed(made_up(m, &body), body))
            },
        ),
        refused(
            &FORGED,
            Needs::Secret,
            "other-body",
            "POST with the signature of another body",
            |m, _| signed_over(m, &live(m, COMPACT), live(m, COMPACT)),
        ),
        refused(&UNSIGNED, Needs::Nothing, "no-signature", "POST without a signature", |m, _| {
            Some(Built { body: live(m, COMPACT), ..Built::default() })
        }),
        refused(
            &UNSIGNED,
            Needs::Nothing,
            "empty-signature",
            "POST with an empty signature",
            |m, _| Some(Built::signed(Vec::new(), live(m, COMPACT))),
        ),
        refused(
            &MALFORMED,
            Needs::Nothing,
            "not-hex",
            "POST with a signature that is not hex",
            |m, _| {
                let text = b"golive-probe-this-is-not-a-signature".to_vec();
                Some(Built::signed(text, live(m, COMPACT)))
            },
        ),
        refused(
            &MALFORMED,
            Needs::Nothing,
            "two-signatures",
            "POST with two made-up signatures",
            |m, _| {
                let signatures = vec![made_up(m, b"1"), made_up(m, b"2")];
                Some(Built { signatures, body: live(m, COMPACT), ..Built::default() })
            },
        ),
    ]
}

/// Those that are made from a real signature.
pub(super) fn with_secret() -> Vec<Probe> {
    let secret = Needs::Secret;
    vec![
        refused(
            &NEAR,
            secret,
            "one-character-short",
            "POST with a signature one character short",
            |m, _| near(m, |hex| hex.truncate(63)),
        ),
        refused(&NEAR, secret, "one-byte-short", "POST with a signature one byte short", |m, _| {
            near(m, |hex| hex.truncate(62))
        }),
        refused(
            &NEAR,
            secret,
            "beginning-only",
            "POST with the first 8 characters of the signature",
            |m, _| near(m, |hex| hex.truncate(8)),
        ),
        refused(
            &TRAILING,
            secret,
            "trailing-byte",
            "POST with a byte after the signature",
            |m, _| near(m, |hex| hex.push_str("00")),
        ),
        refused(
            &FLIPPED,
            secret,
            "flipped-bit",
            "POST with one bit of the body flipped",
            |m, _| {
                let original = live(m, COMPACT);
                let mut body = original.clone();
                flip(&mut body);
                signed_over(m, &original, body)
            },
        ),
    ]
}

/// 64 hex digits that a secret which nobody has makes of some bytes.
pub(super) fn made_up(m: &Material<'_>, bytes: &[u8]) -> Vec<u8> {
    sign_with_key(m.wrong_secret.as_bytes(), bytes).hex().into_bytes()
}

/// A compact event with its right signature, spoilt by `spoil`.
fn near(m: &Material<'_>, spoil: fn(&mut String)) -> Option<Built> {
    let body = live(m, COMPACT);
    let mut hex = sign(m.secret?, &body).hex();
    spoil(&mut hex);
    Some(Built::signed(hex.into_bytes(), body))
}

/// Flips one bit of the last digit, so that the body stays JSON.
fn flip(body: &mut [u8]) {
    if let Some(digit) = body.iter_mut().rfind(|byte| byte.is_ascii_digit()) {
        *digit ^= 1;
    }
}

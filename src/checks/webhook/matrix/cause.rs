//! Guesses at why a correctly signed event is refused like a forged one: another secret, another
//! name or form of the header, another algorithm, another message.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::forged::{FORGED, UNSIGNED};
use super::genuine::{GENUINE, genuine_refused};
use super::rewritten::{REWRITTEN, SORTED};
use super::{armed, differs, live, rewritten_accepted, signed_over};
use crate::checks::webhook::bodies::{self, COMPACT};
use crate::checks::webhook::probe::{
    Asks, Build, Built, Condition, Expect, Family, Material, Probe,
};
use crate::checks::webhook::transcript::{Row, Transcript};
use crate::checks::webhook::wall::{Wall, wall};
use crate::mintcash::envelope::{Environment, InertEvent};
use crate::mintcash::misread::{Algorithm, Misreading, sign_by, sign_misread, standard_webhook};
use crate::mintcash::signature::sign;

/// Guesses at why the right signature is refused.
pub static CAUSE: Family = Family { name: "cause", only_if: Some(REFUSED_AS_FORGED) };

const REFUSED_AS_FORGED: Condition = Condition {
    words: "correctly signed events are refused as forged ones are",
    asks: &[
        Asks::Family(&FORGED),
        Asks::Family(&UNSIGNED),
        Asks::Family(&GENUINE),
        Asks::Family(&REWRITTEN),
        Asks::Family(&SORTED),
    ],
    holds: |so_far| {
        genuine_refused(so_far)
            && rewritten_accepted(so_far).is_none()
            && !so_far.family(&GENUINE).any(|row| is_explained(row, so_far))
    },
};

/// Whether the answer alone says that the signature is not what it is refused for.
fn is_explained(row: &Row, so_far: &Transcript) -> bool {
    let stands_before = |wall: Wall| {
        !matches!(wall, Wall::NotFound | Wall::Crash(_) | Wall::Page(_) | Wall::MediaType)
    };
    differs(row, so_far) || row.answer().and_then(wall).is_some_and(stands_before)
}

/// One for each guess.
pub(super) fn probes() -> Vec<Probe> {
    [secrets(), headers(), algorithms(), messages()].concat()
}

const fn guess(id: &'static str, what: &'static str, build: Build) -> Probe {
    armed(&CAUSE, Expect::Either, id, what, build)
}

/// Another secret.
fn secrets() -> Vec<Probe> {
    use Misreading as M;
    vec![
        guess("test-secret", "signed with the test webhook secret", |m, _| {
            let body = live(m, COMPACT);
            Some(Built::signed(sign(m.test_secret?, &body).hex().into_bytes(), body))
        }),
        guess("secret-with-newline", "signed with the secret and a line end", |m, _| {
            misread(m, M::LineEnd)
        }),
        guess("secret-with-crlf", "signed with the secret and a line end of Windows", |m, _| {
            misread(m, M::WindowsLineEnd)
        }),
        guess("secret-with-space", "signed with the secret and a space", |m, _| {
            misread(m, M::Space)
        }),
        guess("secret-in-quotes", "signed with the secret in quotes", |m, _| misread(m, M::Quotes)),
        guess("secret-in-single-quotes", "signed with the secret in single quotes", |m, _| {
            misread(m, M::SingleQuotes)
        }),
        guess("secret-without-prefix", "signed with the secret without whsec_", |m, _| {
            misread(m, M::WithoutPrefix)
        }),
        guess("secret-base64-decoded", "signed with the secret decoded from base64", |m, _| {
            misread(m, M::Base64Decoded)
        }),
        guess("secret-base64-encoded", "signed with the secret encoded in base64", |m, _| {
            misread(m, M::Base64Encoded)
        }),
        guess("secret-hex-decoded", "signed with the secret decoded from hex", |m, _| {
            misread(m, M::HexDecoded)
        }),
        guess("secret-trimmed", "signed with the secret without white space", |m, _| {
            misread(m, M::Trimmed)
        }),
    ]
}

/// Another name or form of the header.
fn headers() -> Vec<Probe> {
    vec![
        guess("base64", "correct signature in base64", |m, _| {
            let body = live(m, COMPACT);
            let signature = BASE64_STANDARD.encode(sign(m.secret?, &body).bytes());
            Some(Built::signed(signature.into_bytes(), body))
        }),
        guess("timestamped", "signed with a time, as t=…,v1=…", |m, _| {
            let body = live(m, COMPACT);
            let seconds = m.now.millis() / 1_000;
            let signed = [format!("{seconds}.").as_bytes(), &body].concat();
            let signature = format!("t={seconds},v1={}", sign(m.secret?, &signed).hex());
            Some(Built::signed(signature.into_bytes(), body))
        }),
        guess("standard-webhook", "signed as the Standard Webhooks are", |m, _| {
            let event = m.event(InertEvent::Unknown, Environment::Live);
            let body = bodies::write(&bodies::value(&event), COMPACT);
            let seconds = m.now.millis() / 1_000;
            let signature = standard_webhook(m.secret?, &event.event_id, seconds, &body);
            let headers = vec![
                ("webhook-id", event.event_id.into_bytes()),
                ("webhook-timestamp", seconds.to_string().into_bytes()),
                ("webhook-signature", signature.into_bytes()),
            ];
            Some(Built { headers, body, ..Built::default() })
        }),
        guess("as-x-mintcash-signature", "signature in X-MintCash-Signature", |m, _| {
            named(m, "x-mintcash-signature")
        }),
        guess("as-mintcash-signature", "signature in MintCash-Signature", |m, _| {
            named(m, "mintcash-signature")
        }),
        guess("as-x-webhook-signature", "signature in X-Webhook-Signature", |m, _| {
            named(m, "x-webhook-signature")
        }),
        guess("as-signature", "signature in Signature", |m, _| named(m, "signature")),
        guess("as-x_signature", "signature in X_Signature", |m, _| named(m, "x_signature")),
        guess("as-x-hub-signature-256", "signature in X-Hub-Signature-256, as GitHub's", |m, _| {
            let body = live(m, COMPACT);
            let signature = format!("sha256={}", sign(m.secret?, &body).hex()).into_bytes();
            let headers = vec![("x-hub-signature-256", signature)];
            Some(Built { headers, body, ..Built::default() })
        }),
    ]
}

/// Another algorithm.
fn algorithms() -> Vec<Probe> {
    vec![
        guess("hmac-sha1", "signed with HMAC-SHA1", |m, _| by(m, Algorithm::HmacSha1)),
        guess("hmac-sha512", "signed with HMAC-SHA512", |m, _| by(m, Algorithm::HmacSha512)),
        guess("hmac-twice", "signature of the signature", |m, _| by(m, Algorithm::Twice)),
        guess("plain-sha256", "SHA-256 of secret and body", |m, _| by(m, Algorithm::PlainSha256)),
    ]
}

/// Another message.
fn messages() -> Vec<Probe> {
    vec![
        guess("empty-message", "signed over an empty body", |m, _| over(m, |_, _| Vec::new())),
        guess("object-message", "signed over [object Object]", |m, _| {
            over(m, |_, _| b"[object Object]".to_vec())
        }),
        guess("url-and-body", "signed over the URL and the body", |m, _| {
            over(m, |m, body| [m.url.as_str().as_bytes(), body].concat())
        }),
        guess("path-and-body", "signed over the path and the body", |m, _| {
            over(m, |m, body| [m.url.path().as_bytes(), body].concat())
        }),
        guess("base64-message", "signed over the body in base64", |m, _| {
            over(m, |_, body| BASE64_STANDARD.encode(body).into_bytes())
        }),
        guess("line-end-added", "signed over the body and a line end", |m, _| {
            over(m, |_, body| [body, b"\n"].concat())
        }),
        guess("indented", "signed over the JSON indented by two", |m, _| indented(m, "  ")),
        guess("indented-by-four", "signed over the JSON indented by four", |m, _| {
            indented(m, "    ")
        }),
    ]
}

fn misread(m: &Material<'_>, how: Misreading) -> Option<Built> {
    let body = live(m, COMPACT);
    Some(Built::signed(sign_misread(m.secret?, how, &body)?.hex().into_bytes(), body))
}

fn by(m: &Material<'_>, algorithm: Algorithm) -> Option<Built> {
    let body = live(m, COMPACT);
    Some(Built::signed(sign_by(m.secret?, algorithm, &body).into_bytes(), body))
}

/// The right signature under another name, and none under its own.
fn named(m: &Material<'_>, name: &'static str) -> Option<Built> {
    let body = live(m, COMPACT);
    let headers = vec![(name, sign(m.secret?, &body).hex().into_bytes())];
    Some(Built { headers, body, ..Built::default() })
}

fn over(m: &Material<'_>, message: fn(&Material<'_>, &[u8]) -> Vec<u8>) -> Option<Built> {
    let body = live(m, COMPACT);
    signed_over(m, &message(m, &body), body)
}

fn indented(m: &Material<'_>, indent: &'static str) -> Option<Built> {
    let event = bodies::value(&m.event(InertEvent::Unknown, Environment::Live));
    signed_over(m, &bodies::indented(&event, indent), bodies::write(&event, COMPACT))
}

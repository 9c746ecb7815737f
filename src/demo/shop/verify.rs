//! Whether a request is genuine, as the shop sees it: HMAC-SHA256 over the raw bytes, in hex,
//! compared in constant time; and all the ways in which a fault gets that wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::demo::fault::Flaw;
use crate::demo::keys::Keys;
use crate::demo::shop::Wrong;
use crate::mintcash::signature::sign_with_key;
use crate::secrets::Secret;

/// The header in which the signature comes.
const HEADER: &str = "x-signature";

/// The header that a fault looks for.
const OTHER_HEADER: &str = "x-mintcash-signature";

/// What the shop takes a request for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Forged.
    Nobody,
    /// MintCash.
    Live,
    /// MintCash's sandbox, where a fault lets that in.
    Sandbox,
}

/// Who has sent the request, as far as the shop can tell.
pub(super) fn origin(headers: &hyper::HeaderMap, raw: &[u8], keys: &Keys, wrong: &Wrong) -> Origin {
    if is_genuine(headers, raw, keys, wrong) {
        return Origin::Live;
    }
    let sandbox = keys.test_webhook.expose().as_bytes();
    let received = headers.get(HEADER).map(hyper::header::HeaderValue::as_bytes);
    let takes = wrong.flaws.contains(&Flaw::TakesSandboxSecret);
    match received {
        Some(received) if takes && fits(sandbox, received, raw, wrong) => Origin::Sandbox,
        _ => Origin::Nobody,
    }
}

fn is_genuine(headers: &hyper::HeaderMap, raw: &[u8], keys: &Keys, wrong: &Wrong) -> bool {
    let is = |flaw| wrong.flaws.contains(&flaw);
    if is(Flaw::VerifiesNothing) {
        return true;
    }
    let header = if is(Flaw::OtherHeader) { OTHER_HEADER } else { HEADER };
    let all: Vec<_> =
        headers.get_all(header).iter().map(hyper::header::HeaderValue::as_bytes).collect();
    let [received] = all.as_slice() else {
        return all.is_empty() && is(Flaw::AcceptsUnsigned);
    };
    if is(Flaw::PresenceOnly) {
        return !received.is_empty();
    }
    if is(Flaw::AcceptsMalformed) && hex::decode(received).is_err() {
        return true;
    }
    fits(&secret(keys, wrong), received, raw, wrong)
}

/// The secret that the shop has, as bytes.
fn secret(keys: &Keys, wrong: &Wrong) -> Vec<u8> {
    let bytes = |secret: &Secret| secret.expose().as_bytes().to_vec();
    let is = |flaw| wrong.flaws.contains(&flaw);
    let mut live = if is(Flaw::OldSecret) {
        bytes(&keys.old_webhook)
    } else if is(Flaw::SandboxSecret) {
        bytes(&keys.test_webhook)
    } else {
        bytes(&keys.webhook)
    };
    if is(Flaw::LineEndInSecret) {
        live.push(b'\n');
    }
    live
}

/// Whether what was received is the signature of the body under this secret.
fn fits(secret: &[u8], received: &[u8], raw: &[u8], wrong: &Wrong) -> bool {
    let is = |flaw| wrong.flaws.contains(&flaw);
    let written_again = || {
        let value: serde_json::Value = serde_json::from_slice(raw).ok()?;
        serde_json::to_vec(&value).ok()
    };
    let message = if is(Flaw::Reserialises) { written_again() } else { None };
    let message = message.as_deref().unwrap_or(raw);
    let digits = if is(Flaw::PlainHash) {
        hex::encode(Sha256::new().chain_update(secret).chain_update(message).finalize())
    } else {
        sign_with_key(secret, message).hex()
    };
    let expected = if is(Flaw::UpperCaseOnly) {
        digits.to_uppercase()
    } else if is(Flaw::ExpectsBase64) {
        STANDARD.encode(hex::decode(&digits).unwrap_or_default())
    } else {
        digits
    };
    if is(Flaw::ComparesPrefix) {
        return !received.is_empty() && expected.as_bytes().starts_with(received);
    }
    expected.as_bytes().ct_eq(received).into()
}

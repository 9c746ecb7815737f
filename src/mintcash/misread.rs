//! What a handler verifies that has the right secret and the right body but misreads one of them:
//! the key as it is often spoilt, the signature as other providers compute it.
//!
//! Used by the probes that look for the cause when correctly signed events are refused. The rule it
//! keeps: a variant that comes to the same as the original, or does not exist for this secret, is
//! none.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};
use zeroize::Zeroizing;

use crate::mintcash::signature::{Signature, block_of, sign, sign_with_key};
use crate::secrets::Secret;

/// The beginning that webhook secrets of many providers have.
const PREFIX: &str = "whsec_";

/// A way in which a secret is spoilt between the person who has it and the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misreading {
    /// A line end after it, from `echo` or an editor.
    LineEnd,
    /// A line end of Windows after it.
    WindowsLineEnd,
    /// A space after it.
    Space,
    /// Double quotes around it, from a file whose reader keeps them.
    Quotes,
    /// Single quotes around it.
    SingleQuotes,
    /// Without the `whsec_` before it.
    WithoutPrefix,
    /// Decoded from base64, without the `whsec_` before it, as the Standard Webhooks are.
    Base64Decoded,
    /// Encoded in base64, as Kubernetes keeps it.
    Base64Encoded,
    /// Decoded from hex.
    HexDecoded,
    /// Without the white space and the quotes that `webhook_secret` itself has around it.
    Trimmed,
}

/// A way to compute a signature that is not MintCash's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA1.
    HmacSha1,
    /// HMAC-SHA512.
    HmacSha512,
    /// The HMAC of the HMAC, in hex.
    Twice,
    /// SHA-256 of the secret and the body, without HMAC.
    PlainSha256,
}

/// Signs with the secret as somebody misread it; `None` where there is no such misreading of it.
#[must_use]
pub fn sign_misread(secret: &Secret, how: Misreading, body: &[u8]) -> Option<Signature> {
    let key = misread(secret, how)?;
    (key.as_slice() != secret.expose().as_bytes()).then(|| sign_with_key(&key, body))
}

/// The signature of the body by another algorithm, in lower-case hex.
#[must_use]
pub fn sign_by(secret: &Secret, algorithm: Algorithm, body: &[u8]) -> String {
    let key = secret.expose().as_bytes();
    match algorithm {
        Algorithm::HmacSha1 => hex::encode(hmac_sha1(key, body)),
        Algorithm::HmacSha512 => hex::encode(hmac_sha512(key, body)),
        Algorithm::Twice => sign(secret, sign(secret, body).hex().as_bytes()).hex(),
        Algorithm::PlainSha256 => {
            hex::encode(Sha256::new().chain_update(key).chain_update(body).finalize())
        }
    }
}

/// The value of `webhook-signature` of the Standard Webhooks for this id and time.
#[must_use]
pub fn standard_webhook(secret: &Secret, id: &str, seconds: i64, body: &[u8]) -> String {
    let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
    let by = sign_misread(secret, Misreading::Base64Decoded, &signed)
        .unwrap_or_else(|| sign(secret, &signed));
    format!("v1,{}", BASE64_STANDARD.encode(by.bytes()))
}

fn misread(secret: &Secret, how: Misreading) -> Option<Zeroizing<Vec<u8>>> {
    let text = secret.expose();
    let without_prefix = text.strip_prefix(PREFIX);
    let written = |text: String| Some(Zeroizing::new(text.into_bytes()));
    match how {
        Misreading::LineEnd => written(format!("{text}\n")),
        Misreading::WindowsLineEnd => written(format!("{text}\r\n")),
        Misreading::Space => written(format!("{text} ")),
        Misreading::Quotes => written(format!("\"{text}\"")),
        Misreading::SingleQuotes => written(format!("'{text}'")),
        Misreading::WithoutPrefix => written(without_prefix?.to_owned()),
        Misreading::Base64Decoded => {
            Some(Zeroizing::new(BASE64_STANDARD.decode(without_prefix.unwrap_or(text)).ok()?))
        }
        Misreading::Base64Encoded => written(BASE64_STANDARD.encode(text)),
        Misreading::HexDecoded => {
            Some(Zeroizing::new(hex::decode(without_prefix.unwrap_or(text)).ok()?))
        }
        Misreading::Trimmed => {
            let around = |ch: char| ch.is_whitespace() || matches!(ch, '"' | '\'');
            written(text.trim_matches(around).to_owned())
        }
    }
}

fn hmac_sha512(key: &[u8], body: &[u8]) -> Vec<u8> {
    let mut block = Zeroizing::new([0; 128]);
    let digest = (key.len() > block.len()).then(|| Sha512::digest(key));
    let bytes = digest.as_ref().map_or(key, |digest| digest.as_slice());
    for (place, byte) in block.iter_mut().zip(bytes) {
        *place = *byte;
    }
    let mut mac = Hmac::<Sha512>::new(&(*block).into());
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

/// HMAC-SHA1 (RFC 2104) by hand: the hash at hand knows nothing of the traits that `hmac` needs.
fn hmac_sha1(key: &[u8], body: &[u8]) -> Vec<u8> {
    let sha1 = |parts: [&[u8]; 2]| match sha1dc::digest(&parts.concat()) {
        Ok(digest) => digest.as_ref().to_vec(),
        Err(_) => Vec::new(), // a body that collides on purpose, which nobody here makes
    };
    let short = (key.len() > 64).then(|| Zeroizing::new(sha1([key, b""])));
    let block = block_of(short.as_deref().map_or(key, Vec::as_slice));
    let padded = |pad: u8| Zeroizing::new(block.map(|byte| byte ^ pad));
    let inner = sha1([padded(0x36).as_slice(), body]);
    sha1([padded(0x5c).as_slice(), &inner])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Algorithm::HmacSha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    #[case(
        Algorithm::HmacSha512,
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0\
         e6fdcaeab1a34d4a6b4b636e070a38bce737"
    )]
    fn other_algorithms_are_those_of_rfc_2202_and_4231(
        #[case] algorithm: Algorithm,
        #[case] expected: &str,
    ) {
        let secret = Secret::new("Jefe".into());
        assert_eq!(sign_by(&secret, algorithm, b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn a_key_longer_than_a_block_is_hashed_first() {
        let secret = Secret::new("a".repeat(131));
        let signed = |algorithm| sign_by(&secret, algorithm, b"x");
        assert_eq!(signed(Algorithm::HmacSha1), LONG_SHA1);
        assert_eq!(signed(Algorithm::HmacSha512), LONG_SHA512);
    }

    // By `openssl dgst -hmac`.
    const LONG_SHA1: &str = "2d87557560186549ff1bfcf4d836ad7f01a65f5a";
    const LONG_SHA512: &str = "9c4dca0e6904469f6a6ba693455831a3d98def49eb09252552a3244994290a5f79cb43f3f13eb8a3702fed6df01880a369a8c73d4b1ef37f07ced1c748a60d80";

    #[rstest]
    #[case("whsec_c2VjcmV0", Misreading::Base64Decoded, b"secret")]
    #[case("c2VjcmV0", Misreading::Base64Decoded, b"secret")]
    #[case("whsec_abc", Misreading::WithoutPrefix, b"abc")]
    #[case("736563726574", Misreading::HexDecoded, b"secret")]
    #[case("secret", Misreading::Base64Encoded, b"c2VjcmV0")]
    #[case(" \"secret\"\n", Misreading::Trimmed, b"secret")]
    #[case("secret", Misreading::Quotes, b"\"secret\"")]
    #[case("secret", Misreading::WindowsLineEnd, b"secret\r\n")]
    fn a_misread_secret_is_the_key_that_the_handler_has(
        #[case] secret: &str,
        #[case] how: Misreading,
        #[case] key: &[u8],
    ) {
        let signed = sign_misread(&Secret::new(secret.into()), how, b"{}").unwrap();
        assert_eq!(signed.hex(), sign_with_key(key, b"{}").hex());
    }

    #[rstest]
    #[case("secret", Misreading::Trimmed)]
    #[case("secret", Misreading::WithoutPrefix)]
    #[case("secret!", Misreading::Base64Decoded)]
    #[case("secret", Misreading::HexDecoded)]
    fn a_misreading_that_changes_nothing_or_can_not_be_is_none(
        #[case] secret: &str,
        #[case] how: Misreading,
    ) {
        assert!(sign_misread(&Secret::new(secret.into()), how, b"{}").is_none());
    }
}

//! The `x-signature` header: lower-case hex HMAC-SHA256 over the raw body.
//!
//! Used by the webhook probes to sign and to forge. The rule it keeps: the secret's UTF-8 text is
//! the key, the bytes as they travel are the message, and comparison takes constant time
//! (mintcash-contract.md section 9).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::secrets::Secret;

/// The name of the header, as HTTP compares it.
pub const HEADER: &str = "x-signature";

/// How many bytes SHA-256 works on at a time; the longest HMAC key that is used as it is.
const BLOCK: usize = 64;

/// A webhook's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature([u8; 32]);

/// Signs the raw `body` with the webhook secret.
#[must_use]
pub fn sign(secret: &Secret, body: &[u8]) -> Signature {
    sign_with_key(secret.expose().as_bytes(), body)
}

/// Signs with a key that is not a [`Secret`]: a made-up one, or a variant of one.
#[must_use]
pub fn sign_with_key(key: &[u8], body: &[u8]) -> Signature {
    let mut mac = Hmac::<Sha256>::new(&(*block_of(key)).into());
    mac.update(body);
    Signature(mac.finalize().into_bytes().into())
}

/// Whether `header` is exactly the signature of the raw `body`, as MintCash writes it. Takes the
/// same time wherever the two differ.
#[must_use]
pub fn verify(secret: &Secret, body: &[u8], header: &[u8]) -> bool {
    sign(secret, body).hex().as_bytes().ct_eq(header).into()
}

/// The key as one block: hashed when longer, filled with zeros when shorter (RFC 2104).
pub(super) fn block_of(key: &[u8]) -> Zeroizing<[u8; BLOCK]> {
    let mut block = Zeroizing::new([0; BLOCK]);
    let digest = (key.len() > BLOCK).then(|| Sha256::digest(key));
    let bytes = digest.as_ref().map_or(key, |digest| digest.as_slice());
    for (place, byte) in block.iter_mut().zip(bytes) {
        *place = *byte;
    }
    block
}

impl Signature {
    /// The signature as the header carries it: 64 lower-case hex digits.
    #[must_use]
    pub fn hex(self) -> String {
        hex::encode(self.0)
    }

    /// The same in upper case, which MintCash does not send.
    #[must_use]
    pub fn upper_hex(self) -> String {
        hex::encode_upper(self.0)
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_rfc_4231() {
        let short = sign_with_key(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(short.hex(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let long =
            sign_with_key(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(long.hex(), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }

    #[test]
    fn only_the_exact_header_of_the_exact_body_verifies() {
        let secret = Secret::new("whsec_test".into());
        let good = sign(&secret, b"{}").hex();
        assert!(verify(&secret, b"{}", good.as_bytes()));
        assert!(!verify(&secret, b"{ }", good.as_bytes()));
        assert!(!verify(&secret, b"{}", good.to_uppercase().as_bytes()));
        assert!(!verify(&secret, b"{}", &good.as_bytes()[..63]));
        assert!(!verify(&secret, b"{}", b""));
        assert!(!verify(&Secret::new("other".into()), b"{}", good.as_bytes()));
    }
}

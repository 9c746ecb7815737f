//! What is shown and recorded in place of a secret: a keyed fingerprint.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::secrets::Secret;

/// The first 32 bits of HMAC-SHA256(key = journal id, message = secret), as eight hex digits. Keyed,
/// so that a guessable test secret can not be looked up from it in another place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of `secret` in the journal with this id.
    #[must_use]
    pub fn of(secret: &Secret, journal: &str) -> Self {
        let digits = Hmac::<Sha256>::new_from_slice(journal.as_bytes()).map_or_else(
            |_| "????????".to_owned(),
            |mut mac| {
                mac.update(secret.expose().as_bytes());
                let mut digits = hex::encode(mac.finalize().into_bytes());
                digits.truncate(8);
                digits
            },
        );
        Self(digits)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "fingerprint {}", self.0)
    }
}

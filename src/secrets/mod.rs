//! Where a secret comes from (a reference, never its value), the one type that holds it, and the
//! redactor through which everything leaves the program.
//!
//! The value is reached with [`Secret::expose`] only: by the signer, by the reader of API keys that
//! builds the HTTP header, by the scan for the launch's own keys and by the redactor; and by the demo,
//! which makes its own secrets up and writes them to its own files. Nothing else may call it.

mod command;
mod file;
mod filter;
pub mod fingerprint;
pub mod harden;
mod keyring;
pub mod panic;
pub mod redact;
pub mod reference;
pub mod resolve;
pub mod spelling;

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

pub use fingerprint::Fingerprint;
pub use redact::{Clean, Redactor};
pub use reference::SecretRef;

/// A secret's value. Can not be printed or serialised, is wiped when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// How many bytes a secret has at least. A shorter one could neither be kept out of the output
    /// without blanking ordinary words nor withstand guessing, so it is refused.
    pub const SHORTEST: usize = 6;

    /// Takes a value.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// The value itself. To be called where it is used, its result never kept.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(••••)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq as _;
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

//! What a single text may be: an HTTP status, a failure code, an object, an error that names a status.
//!
//! Used by everything that reads lines here. The rule it keeps: a text that is none of these says
//! nothing.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::super::json::Raw;

/// What HTTP clients write before the status of an answer that is an error.
static FAILED: LazyLock<Finder<'static>> =
    LazyLock::new(|| Finder::new(b"failed with status code "));

/// The status that HTTP clients put into the text of an error.
pub(super) fn said(text: Raw<'_>) -> Option<u16> {
    let found = FAILED.find(text.bytes())?;
    http(text.bytes().get(found + FAILED.needle().len()..)?.get(..3)?)
}

/// A text that may hold an object.
pub(super) fn looks_like_json(value: Raw<'_>) -> bool {
    let inner = value.bytes().get(1..).unwrap_or_default().trim_ascii_start();
    inner.first() == Some(&b'{')
}

/// How MintCash writes codes; Node's `ECONNREFUSED` and numbers are none.
pub(super) fn is_code(text: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_' || byte.is_ascii_digit();
    (3..=64).contains(&text.len())
        && text.first().is_some_and(u8::is_ascii_lowercase)
        && text.iter().all(is_plain)
}

/// An HTTP status.
pub(super) fn http(text: &[u8]) -> Option<u16> {
    let status: u16 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (100..600).contains(&status).then_some(status)
}

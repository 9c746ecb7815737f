//! Whether a line's level says that it is an error.
//!
//! Used by [`facts`](super::facts) and [`plain`](super::plain). Loggers have words, and numbers on
//! different scales that do not meet: syslog's 0 to 7, pino's and bunyan's 10 to 60, Monolog's 100
//! to 600. The rule it keeps: a warning is no error.

use super::super::json::Raw;

const ERRORS: [&[u8]; 14] = [
    b"error",
    b"err",
    b"eror",
    b"fatal",
    b"critical",
    b"crit",
    b"alert",
    b"emergency",
    b"emerg",
    b"panic",
    b"dpanic",
    b"severe",
    b"fail",
    b"failure",
];

/// Whether a level is an error's; `None` for what is no level.
pub(super) fn is_error(value: Raw<'_>) -> Option<bool> {
    let value = match value.is_object() {
        true => value.member(b"name")?, // loguru
        false => value,
    };
    let text = value.text()?;
    match std::str::from_utf8(&text).ok()?.parse::<u32>() {
        Ok(number) => Some(matches!(number, 0..=3 | 50..=99 | 400..=999)),
        Err(_) => Some(is_word(&text)),
    }
}

/// Whether a word is that of an error's level.
pub(super) fn is_word(text: &[u8]) -> bool {
    ERRORS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a number is at least the least of an error's.
pub(super) fn is_at_least(value: Raw<'_>, least: u32) -> Option<bool> {
    let number: u32 = std::str::from_utf8(&value.text()?).ok()?.parse().ok()?;
    Some(number >= least)
}

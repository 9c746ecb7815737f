//! When a line was written, in the ways in which logs write it.
//!
//! Called for every line. Read are RFC 3339 with `T` or a space, with a point or a comma before the
//! fraction, seconds, milliseconds, microseconds and nanoseconds since 1970, and the time of access
//! logs. The rule it keeps: a time without a zone is UTC; what is none of these is no time.

use super::super::json::Raw;
use crate::time::Timestamp;

/// The time that a member holds.
pub(in crate::events) fn of(raw: Raw<'_>) -> Option<Timestamp> {
    if let Some(inner) = raw.bytes().strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\""))
        && let Some((at, b"")) = civil(inner)
    {
        return Some(at);
    }
    text(raw.text()?.trim_ascii())
}

/// The time that a text is.
pub(in crate::events) fn text(text: &[u8]) -> Option<Timestamp> {
    if text.first()?.is_ascii_digit() && text.get(4) == Some(&b'-') {
        return civil(text).filter(|(_, rest)| rest.is_empty()).map(|(at, _)| at);
    }
    epoch(text).or_else(|| access(text).filter(|(_, rest)| rest.is_empty()).map(|(at, _)| at))
}

/// A date and time at the beginning of a text, and what comes behind it.
pub(super) fn civil(text: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        o1,
        o2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
    ] = *head
    else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let day = day(year, two(o1, o2)?, two(d1, d2)?)?;
    let second = clock(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)?;
    let (millis, rest) = fraction(rest);
    let (offset, rest) = zone(rest)?;
    let millis = (day * 86_400 + second - offset) * 1_000 + millis;
    Some((Timestamp::from_millis(millis), rest))
}

/// The time of an access log at the beginning of a text, `25/Nov/2026:15:16:51 +0000`, and what
/// comes behind it.
pub(super) fn access(text: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (head, rest) = text.split_first_chunk::<20>()?;
    let [d1, d2, b'/', a, b, c, b'/', y1, y2, y3, y4, b':', h1, h2, b':', m1, m2, b':', s1, s2] =
        *head
    else {
        return None;
    };
    let month = MONTHS.iter().position(|month| **month == [a, b, c])?;
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let day = day(year, i64::try_from(month).ok()? + 1, two(d1, d2)?)?;
    let second = clock(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)?;
    let (millis, rest) = fraction(rest);
    let (offset, rest) = zone(rest.strip_prefix(b" ").unwrap_or(rest))?;
    Some((Timestamp::from_millis((day * 86_400 + second - offset) * 1_000 + millis), rest))
}

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

/// The days from 1970 to a date of the Gregorian calendar.
fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year == 0 || !(1..=days).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the day that leap years have more is the last of one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = year * 365 + year / 4 - year / 100 + year / 400;
    Some(before + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// The seconds of a day; a leap second is the one before it.
fn clock(hour: i64, minute: i64, second: i64) -> Option<i64> {
    let is_time = hour < 24 && minute < 60 && second <= 60;
    is_time.then(|| hour * 3_600 + minute * 60 + second.min(59))
}

/// A fraction of a second in milliseconds, of however many digits.
fn fraction(text: &[u8]) -> (i64, &[u8]) {
    let Some(digits) = text.strip_prefix(b".").or_else(|| text.strip_prefix(b",")) else {
        return (0, text);
    };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return (0, text);
    }
    let at = |place: usize| digits.get(..length).and_then(|all| all.get(place)).copied();
    let value = |place: usize| i64::from(at(place).map_or(0, |byte| byte - b'0'));
    (value(0) * 100 + value(1) * 10 + value(2), digits.get(length..).unwrap_or_default())
}

/// The offset of a zone in seconds: `Z`, `+01:00`, `+0100`, `+01`, with or without a space before
/// it, or none, which is UTC. Named zones other than UTC are not read.
fn zone(text: &[u8]) -> Option<(i64, &[u8])> {
    let spaced = text.strip_prefix(b" ").unwrap_or(text);
    match spaced {
        [b'Z' | b'z', rest @ ..] if text.len() == spaced.len() => Some((0, rest)),
        [b'U', b'T', b'C', rest @ ..] => Some((0, rest)),
        [sign @ (b'+' | b'-'), h1, h2, rest @ ..] if h1.is_ascii_digit() => {
            let hours = two(*h1, *h2)?;
            let (minutes, rest) = match rest {
                [b':', m1, m2, rest @ ..] | [m1, m2, rest @ ..]
                    if m1.is_ascii_digit() && m2.is_ascii_digit() =>
                {
                    (two(*m1, *m2)?, rest)
                }
                _ => (0, rest),
            };
            let sign = if *sign == b'-' { -1 } else { 1 };
            (hours < 24 && minutes < 60).then(|| (sign * (hours * 3_600 + minutes * 60), rest))
        }
        _ => Some((0, text)),
    }
}

/// Time since 1970: its size says in which unit. Dates before 2001 and after 2286 are not read.
fn epoch(text: &[u8]) -> Option<Timestamp> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (whole, rest) = text.split_at_checked(end)?;
    if !(10..=19).contains(&whole.len()) {
        return exponent(text);
    }
    let number = whole
        .iter()
        .try_fold(0_i64, |all, byte| all.checked_mul(10)?.checked_add(i64::from(byte - b'0')))?;
    let (millis, rest) = fraction(rest);
    if !rest.is_empty() {
        return exponent(text);
    }
    Some(Timestamp::from_millis(match whole.len() {
        10 => number.checked_mul(1_000)?.checked_add(millis)?,
        11..=13 => number,
        14..=16 => number / 1_000,
        _ => number / 1_000_000,
    }))
}

/// The same, written as `1.764083811123e9`.
fn exponent(text: &[u8]) -> Option<Timestamp> {
    memchr::memchr2(b'e', b'E', text)?;
    let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    let seconds = match number {
        1e9..1e10 => number,
        1e10..1e13 => number / 1e3,
        1e13..1e16 => number / 1e6,
        1e16..1e19 => number / 1e9,
        _ => return None,
    };
    let half = 0.000_000_5; // of a microsecond: a float is as exact as that
    let millis = std::time::Duration::try_from_secs_f64(seconds + half).ok()?.as_millis();
    Some(Timestamp::from_millis(i64::try_from(millis).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-11-25T15:16:51Z", "2026-11-25T15:16:51.000Z")]
    #[case("2026-11-25T15:16:51.5+01:00", "2026-11-25T14:16:51.500Z")]
    #[case("2026-11-25 15:16:51,123", "2026-11-25T15:16:51.123Z")]
    #[case("2026-11-25 15:16:51.123456 +0000", "2026-11-25T15:16:51.123Z")]
    #[case("2026-11-25T15:16:51.123456789Z", "2026-11-25T15:16:51.123Z")]
    #[case("25/Nov/2026:15:16:51 +0200", "2026-11-25T13:16:51.000Z")]
    #[case("1795619811", "2026-11-25T15:16:51.000Z")]
    #[case("1795619811.123", "2026-11-25T15:16:51.123Z")]
    #[case("1795619811123", "2026-11-25T15:16:51.123Z")]
    #[case("1795619811123456", "2026-11-25T15:16:51.123Z")]
    #[case("1795619811123456789", "2026-11-25T15:16:51.123Z")]
    #[case("1.795619811123e9", "2026-11-25T15:16:51.123Z")]
    #[case("1.795619811123E12", "2026-11-25T15:16:51.123Z")]
    fn a_time_is_read_however_it_is_written(#[case] written: &str, #[case] wanted: &str) {
        assert_eq!(text(written.as_bytes()).map(|at| at.to_string()).as_deref(), Some(wanted));
    }

    #[rstest]
    #[case("2026-02-29T00:00:00Z")]
    #[case("2026-13-01T00:00:00Z")]
    #[case("2026-11-25T24:00:00Z")]
    #[case("2026-11-25T15:16:51Zulu")]
    #[case("2026-11-25")]
    #[case("25/Nov/26:15:16:51 +0000")]
    #[case("200")]
    #[case("17956198")]
    #[case("1795619811 apples")]
    #[case("now")]
    #[case("")]
    fn what_is_no_time_is_none(#[case] written: &str) {
        assert_eq!(text(written.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn every_date_is_the_one_that_a_library_of_dates_reads(millis in -62_135_596_800_000_i64..=253_402_300_799_999) {
            let at = Timestamp::from_millis(millis);
            prop_assert_eq!(text(at.to_string().as_bytes()), Some(at));
        }

        #[test]
        fn no_bytes_whatever_stop_the_program(bytes in prop::collection::vec(any::<u8>(), 0..40), written in "[0-9/:TZ+., e-]{0,30}") {
            let _ = (text(&bytes), text(written.as_bytes()));
        }
    }
}

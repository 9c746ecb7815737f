//! How long an answer took, in whole milliseconds.
//!
//! Used for access logs and for JSON. The rule it keeps: without a unit that is known it is not
//! known.

use std::time::Duration;

/// What a duration is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Millis,
    Seconds,
    Micros,
    Nanos,
    /// Seconds with three decimals, as nginx writes them.
    Nginx,
    /// The unit stands behind the number.
    Written,
}

impl Unit {
    /// A duration of this unit.
    pub(super) fn read(self, text: &[u8]) -> Option<u32> {
        let times = |factor: f64| decimal(text).and_then(|number| millis(number * factor));
        match self {
            Self::Millis => times(1.0),
            Self::Seconds => times(1e3),
            Self::Micros => times(1e-3),
            Self::Nanos => times(1e-6),
            Self::Nginx => nginx(text),
            Self::Written => with_unit(text),
        }
    }
}

/// A number that is not negative.
pub(super) fn decimal(text: &[u8]) -> Option<f64> {
    let is_number = text.first().is_some_and(u8::is_ascii_digit);
    let number: f64 = is_number.then(|| std::str::from_utf8(text).ok()?.parse().ok())??;
    number.is_finite().then_some(number)
}

/// Milliseconds in whole numbers.
pub(super) fn millis(ms: f64) -> Option<u32> {
    let span = Duration::try_from_secs_f64(ms / 1_000.0).ok()?;
    u32::try_from((span.as_micros() + 500) / 1_000).ok()
}

/// Seconds; of several tries of a proxy (`0.002, 0.030`) all together. A try that got no answer
/// (`-`) makes it unknown.
pub(super) fn seconds(text: &[u8]) -> Option<u32> {
    let mut all = 0.0;
    for one in text.split(|byte| matches!(byte, b',' | b':')).map(<[u8]>::trim_ascii) {
        all += decimal(one)?;
    }
    millis(all * 1_000.0)
}

/// Seconds as nginx writes them, with exactly three decimals each.
pub(super) fn nginx(text: &[u8]) -> Option<u32> {
    let exact = |one: &[u8]| one.len() >= 5 && one.get(one.len() - 4) == Some(&b'.');
    let mut tries = text.split(|byte| matches!(byte, b',' | b':')).map(<[u8]>::trim_ascii);
    tries.all(exact).then(|| seconds(text))?
}

/// A number with its unit, `1.5ms`, `0.023s`, `850 µs`.
pub(super) fn with_unit(text: &[u8]) -> Option<u32> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
    let (number, unit) = text.split_at_checked(end)?;
    let per_ms = match unit.trim_ascii() {
        b"ms" => 1.0,
        b"s" | b"sec" => 1_000.0,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 0.001,
        b"ns" => 0.000_001,
        _ => return None,
    };
    millis(decimal(number)? * per_ms)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(seconds as fn(&[u8]) -> Option<u32>, "0.0125", Some(13))]
    #[case(seconds, "0.002, 0.030", Some(32))]
    #[case(seconds, "0.002, -", None)]
    #[case(seconds, "-", None)]
    #[case(seconds, "1e999", None)]
    #[case(nginx, "0.004", Some(4))]
    #[case(nginx, "10.002 : 0.001", Some(10_003))]
    #[case(nginx, "12", None)]
    #[case(nginx, "12.5", None)]
    #[case(with_unit, "1.5ms", Some(2))]
    #[case(with_unit, "0.023s", Some(23))]
    #[case(with_unit, "850 µs", Some(1))]
    #[case(with_unit, "12", None)]
    #[case(with_unit, "1m2s", None)]
    fn what_has_a_unit_is_read_and_nothing_else(
        #[case] read: fn(&[u8]) -> Option<u32>,
        #[case] text: &str,
        #[case] wanted: Option<u32>,
    ) {
        assert_eq!(read(text.as_bytes()), wanted, "{text}");
    }
}

//! The one type for a moment in time, in UTC with millisecond precision.
//!
//! Everything that dates something uses [`Timestamp`]; chrono is named nowhere else, so that a
//! change of date library is a change of this file. Nothing here reads the clock: the current
//! time comes in from `runtime::clock`.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A moment in UTC, to the millisecond, written as `2026-11-23T18:43:59.123Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 date and time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a date and time such as 2026-11-23T18:43:59Z")]
pub struct NotATimestamp(String);

impl Timestamp {
    /// Makes a timestamp from milliseconds since 1970-01-01T00:00:00Z; values outside the years
    /// that RFC 3339 can write are moved to the nearest one that it can.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        const FIRST: i64 = -62_135_596_800_000; // 0001-01-01T00:00:00.000Z
        const LAST: i64 = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z
        Self(millis.clamp(FIRST, LAST))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 date and time with any offset.
    ///
    /// # Errors
    /// When the text is not one.
    pub fn parse(text: &str) -> Result<Self, NotATimestamp> {
        DateTime::parse_from_rfc3339(text.trim())
            .map(|moment| Self::from_millis(moment.timestamp_millis()))
            .map_err(|_| NotATimestamp(text.to_owned()))
    }

    /// Reads a date as HTTP writes it, `Wed, 25 Nov 2026 15:16:51 GMT` (RFC 9110 section 5.6.7).
    #[must_use]
    pub fn from_http(text: &str) -> Option<Self> {
        let moment = DateTime::parse_from_rfc2822(text.trim()).ok()?;
        Some(Self::from_millis(moment.timestamp_millis()))
    }

    /// Reads a moment after `now` as people write it: a span (`3d`, `12 h`, `2 weeks`), a date,
    /// which ends with its day, or an RFC 3339 date and time.
    ///
    /// # Errors
    /// When the text is none of these, or the moment is not after `now`; the text to show.
    pub fn read_end(text: &str, now: Self) -> Result<Self, String> {
        let text = text.trim();
        let moment = span(text)
            .map(|span| now.plus(span))
            .or_else(|| Self::parse(text).ok())
            .or_else(|| Self::parse(&format!("{text}T23:59:59Z")).ok());
        match moment {
            Some(moment) if moment > now => Ok(moment),
            Some(moment) => Err(format!("{} is over already.", moment.minute())),
            None => Err("That is no date or span. Write 2026-12-24, 12h or 3 days.".to_owned()),
        }
    }

    /// The moment `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// How long after `earlier` this moment is; zero when it is not after it (clocks jump).
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The date alone, `2026-11-23`.
    #[must_use]
    pub fn date(self) -> String {
        self.moment().format("%Y-%m-%d").to_string()
    }

    /// The date and time to the minute, `2026-11-23 18:43 UTC`, for people.
    #[must_use]
    pub fn minute(self) -> String {
        self.moment().format("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// The time of day to the second, `18:43:59`, for a list whose dates stand elsewhere.
    #[must_use]
    pub fn clock(self) -> String {
        self.moment().format("%H:%M:%S").to_string()
    }

    /// The time of day to the minute, `18:43 UTC`, where the date is known.
    #[must_use]
    pub fn hour(self) -> String {
        self.moment().format("%H:%M UTC").to_string()
    }

    /// The day in words, `23 Nov`.
    #[must_use]
    pub fn day(self) -> String {
        self.moment().format("%-d %b").to_string()
    }

    /// The beginning of its day in UTC.
    #[must_use]
    pub fn midnight(self) -> Self {
        Self::from_millis(self.0 - self.0.rem_euclid(86_400_000))
    }

    fn moment(self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(self.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.moment().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = NotATimestamp;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Timestamp> for String {
    fn from(moment: Timestamp) -> Self {
        moment.to_string()
    }
}

/// Reads `30m`, `12 h`, `3 days`, `2w`.
fn span(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.find(|ch: char| !ch.is_ascii_digit())?)?;
    let unit = match unit.trim() {
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 604_800,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(unit)?))
}

/// Says a duration the way a person would: `3 s`, `4 min`, `2 h 5 min`, `6 days`.
#[must_use]
pub fn spoken(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 if span.subsec_millis() > 0 => format!("{} ms", span.subsec_millis()),
        0 if span.subsec_nanos() > 0 => "under 1 ms".to_owned(),
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => match (seconds / 3_600, seconds % 3_600 / 60) {
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        },
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_written_in_utc_with_milliseconds() {
        let moment = Timestamp::parse("2026-11-23T19:43:59.5+01:00").unwrap();
        assert_eq!(moment.to_string(), "2026-11-23T18:43:59.500Z");
        assert_eq!(moment.minute(), "2026-11-23 18:43 UTC");
    }

    #[test]
    fn extreme_values_stay_writable_and_readable() {
        for millis in [i64::MIN, i64::MAX, 0, -1] {
            let moment = Timestamp::from_millis(millis);
            assert_eq!(Timestamp::parse(&moment.to_string()), Ok(moment));
        }
    }

    #[test]
    fn a_clock_that_jumped_back_gives_no_negative_age() {
        let later = Timestamp::from_millis(5_000);
        assert_eq!(Timestamp::from_millis(1_000).since(later), Duration::ZERO);
    }

    #[test]
    fn an_end_is_a_span_a_date_or_a_moment_and_lies_ahead() {
        let now = Timestamp::parse("2026-11-23T18:00:00Z").unwrap();
        let read = |text| Timestamp::read_end(text, now).map(|end| end.to_string());
        assert_eq!(read("3d").unwrap(), "2026-11-26T18:00:00.000Z");
        assert_eq!(read(" 90 minutes ").unwrap(), "2026-11-23T19:30:00.000Z");
        assert_eq!(read("2026-12-24").unwrap(), "2026-12-24T23:59:59.000Z");
        assert_eq!(read("2026-12-24T12:00:00+01:00").unwrap(), "2026-12-24T11:00:00.000Z");
        for text in ["2026-11-22", "0d", "soon", "", "d", "-3d", "99999999999999999999d", "é"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_read_like_speech() {
        let said: Vec<_> =
            [0, 59, 60, 7_500, 7_200, 200_000].map(|s| spoken(Duration::from_secs(s))).into();
        assert_eq!(said, ["0 s", "59 s", "1 min", "2 h 5 min", "2 h", "2 days"]);
    }
}

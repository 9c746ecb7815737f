//! Times, shares and numbers, as the sentences of the first week say them.

use crate::time::Timestamp;

/// The time of day of a moment of today, with the date for any other day: `14:20`,
/// `11-24 14:20`.
#[must_use]
pub fn when(at: Timestamp, now: Timestamp) -> String {
    let clock = at.clock();
    let minute = clock.get(..5).unwrap_or(&clock);
    let date = at.date();
    if date == now.date() {
        return minute.to_owned();
    }
    format!("{} {minute}", date.get(5..).unwrap_or(&date))
}

/// A share in percent, never rounded to all or nothing: `99.96 %`, `100 %`.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if part >= whole {
        return "100 %".to_owned();
    }
    let share = 100.0 * real(part) / real(whole);
    match share {
        99.995.. => "over 99.99 %".to_owned(),
        99.0.. => format!("{share:.2} %"),
        10.0.. => format!("{share:.0} %"),
        _ => format!("{share:.1} %"),
    }
}

/// A number as people write it in a sentence: words up to twelve.
#[must_use]
pub fn number(count: u64) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let word = usize::try_from(count).ok().and_then(|count| WORDS.get(count));
    word.map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// A number and what it counts: `1 event`, `14 events`.
#[must_use]
pub fn count(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// A count as a number to reckon with.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of log lines are far below 2^52")]
pub fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_names_its_day_when_it_is_not_today() {
        let now = Timestamp::parse("2026-11-25T15:00:00Z").unwrap();
        let at = |text| when(Timestamp::parse(text).unwrap(), now);
        assert_eq!(at("2026-11-25T14:20:59Z"), "14:20");
        assert_eq!(at("2026-11-24T14:20:59Z"), "11-24 14:20");
    }

    #[test]
    fn a_share_is_only_whole_when_nothing_is_missing() {
        assert_eq!(percent(10, 10), "100 %");
        assert_eq!(percent(999_999, 1_000_000), "over 99.99 %");
        assert_eq!(percent(996, 1000), "99.60 %");
        assert_eq!(percent(3, 10), "30 %");
        assert_eq!(percent(0, 10), "0.0 %");
    }
}

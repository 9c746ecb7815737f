//! What a share is at least, when it was counted on few.
//!
//! Used wherever a share is held against a limit, so that three of five are no alarm.

/// One-sided, 99.5 %: a limit that is not crossed is said to be in one of 200 looks.
const SURE: f64 = 2.576;

/// The share of `hits` in `all`, as low as chance may have made it look higher (Wilson's score
/// interval); 0 of nothing.
#[must_use]
pub fn at_least(hits: u64, all: u64) -> f64 {
    if all == 0 {
        return 0.0;
    }
    let (hits, all) = (number(hits.min(all)), number(all));
    let share = hits / all;
    let square = SURE * SURE;
    let middle = share + square / (2.0 * all);
    let spread = SURE * (share * (1.0 - share) / all + square / (4.0 * all * all)).sqrt();
    ((middle - spread) / (1.0 + square / all)).max(0.0)
}

/// The share as it was counted; 0 of nothing.
#[must_use]
pub fn counted(hits: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { number(hits) / number(all) }
}

/// A share in words, `12 %`; under ten percent with one decimal.
#[must_use]
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 9.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// A count as a number; exact up to 2^53.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "nothing here is counted beyond 2^53")]
pub fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_say_little_and_many_say_what_they_say() {
        assert!(at_least(3, 5) < 0.2);
        assert!(at_least(5, 5) < 0.5);
        assert!(at_least(600, 1000) > 0.55);
        assert!(at_least(0, 1000) < f64::EPSILON);
        assert!(at_least(0, 0) < f64::EPSILON);
        assert_eq!(percent(0.123), "12 %");
        assert_eq!(percent(0.012), "1.2 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(1.0), "100 %");
    }
}

//! Numbers and times in few cells.

use crate::time::Timestamp;
use crate::week::panel::{Figure, Unit};
use crate::week::{Look, Span};

/// A figure's number with its unit: `1,204`, `99.8 %`, `2.3 s`, `3 days`.
pub fn figure(figure: &Figure) -> String {
    let value = figure.value;
    if !value.is_finite() {
        return "?".to_owned();
    }
    match figure.unit {
        Unit::Count => count(value),
        Unit::Ratio => percent(value),
        Unit::Seconds => seconds(value),
        Unit::Days if (value - 1.0).abs() < f64::EPSILON => "1 day".to_owned(),
        Unit::Days => format!("{} days", count(value)),
    }
}

/// A count: `1,204`; long ones as `12.3 M`.
pub fn count(value: f64) -> String {
    if value.abs() >= 1e7 {
        return short(value);
    }
    let tenths = (value * 10.0).round();
    if (tenths % 10.0).abs() > 0.0 {
        return format!("{:.1}", tenths / 10.0);
    }
    grouped(&format!("{:.0}", value.round()))
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A whole number of things.
pub fn whole(count: u64) -> String {
    grouped(&count.to_string())
}

/// In at most five cells: `950`, `1.2k`, `34k`, `1.2M`; what is beyond counting as `>1P`.
pub fn short(value: f64) -> String {
    const STEPS: [(f64, &str); 5] = [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    if !value.is_finite() || value >= 1e18 {
        return ">1P".to_owned();
    }
    for (step, letter) in STEPS {
        if value >= step {
            let scaled = value / step;
            return if scaled < 10.0 {
                format!("{scaled:.1}{letter}")
            } else {
                format!("{scaled:.0}{letter}")
            };
        }
    }
    if value > 0.0 && value < 10.0 && (value % 1.0) > 0.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// A share in percent. Never rounded up: what is not all is not 100 %, what is not nothing not 0 %.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 100.0 {
        return "100 %".to_owned();
    }
    if percent <= 0.0 {
        return "0 %".to_owned();
    }
    if !(0.1..=99.9).contains(&percent) {
        return format!("{:.2} %", ((percent * 100.0).floor() / 100.0).max(0.01));
    }
    let tenths = (percent * 10.0 + 1e-6).floor();
    if tenths % 10.0 > 0.0 {
        format!("{:.1} %", tenths / 10.0)
    } else {
        format!("{:.0} %", tenths / 10.0)
    }
}

fn seconds(value: f64) -> String {
    match value {
        _ if value < 1.0 => format!("{:.0} ms", value * 1000.0),
        _ if value < 10.0 => format!("{value:.1} s"),
        _ if value < 120.0 => format!("{value:.0} s"),
        _ if value < 7200.0 => format!("{:.0} min", value / 60.0),
        _ if value < 172_800.0 => format!("{:.0} h", value / 3600.0),
        _ => format!("{:.0} days", value / 86_400.0),
    }
}

/// Bytes: `412 MB`.
pub fn bytes(bytes: u64) -> String {
    const STEPS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (step, word) in STEPS {
        if bytes >= step {
            let tenths = bytes / (step / 10);
            return if tenths < 100 {
                format!("{}.{} {word}", tenths / 10, tenths % 10)
            } else {
                format!("{} {word}", tenths / 10)
            };
        }
    }
    format!("{bytes} bytes")
}

/// `14:20`.
pub fn hour(at: Timestamp) -> String {
    at.clock().chars().take(5).collect()
}

/// `11-25`.
pub fn day(at: Timestamp) -> String {
    at.date().chars().skip(5).collect()
}

/// `14:20`, with the day before it where that is another: `11-24 14:20`.
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    if at.date() == now.date() { hour(at) } else { format!("{} {}", day(at), hour(at)) }
}

/// The time of day where it is the same day, else the day too; always 11 cells.
pub fn when(at: Timestamp, now: Timestamp) -> String {
    if at.date() == now.date() {
        format!("{:>11}", at.clock())
    } else {
        format!("{} {}", day(at), hour(at))
    }
}

/// The time range that is looked at: `24 h, live`.
pub fn range(look: Look) -> String {
    let span = match look.span {
        Span::Hour => "1 h",
        Span::SixHours => "6 h",
        Span::Day => "24 h",
        Span::Week => "7 days",
        Span::FourWeeks => "28 days",
    };
    match look.until {
        None => format!("{span}, live"),
        Some(until) => format!("{span} until {}", until.minute()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_rounded_up_to_all_nor_down_to_nothing() {
        let cases = [
            (1.0, "100 %"),
            (0.999_999, "99.99 %"),
            (0.9995, "99.95 %"),
            (0.998, "99.8 %"),
            (0.5, "50 %"),
            (0.07, "7 %"),
            (0.000_001, "0.01 %"),
            (0.0, "0 %"),
        ];
        for (share, says) in cases {
            assert_eq!(percent(share), says);
        }
    }

    #[test]
    fn numbers_stay_short() {
        assert_eq!(count(1_204.0), "1,204");
        assert_eq!(count(2.5), "2.5");
        assert_eq!(count(12_345_678.0), "12M");
        assert_eq!(whole(1_000_000), "1,000,000");
        for value in [0.0, 0.4, 9.99, 999.0, 1e3, 9_999.0, 123_456.0, 1e9, 9e17, 1e300, f64::MAX] {
            assert!(short(value).len() <= 6, "{}", short(value));
        }
        assert_eq!(bytes(1_234_567_890), "1.2 GB");
        assert_eq!(bytes(412_000_000), "412 MB");
    }
}

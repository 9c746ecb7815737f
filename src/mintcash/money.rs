//! Amounts: sent in the smallest unit, answered in one unit or the other.
//!
//! Requests are in cents. Whether answers are in cents or in major units is contradictory (C1 of
//! mintcash-contract.md section 13), so an answer is held against what was sent in both readings.
//! The rule it keeps: an amount that fits neither is never taken for anything. Numbers are read as
//! decimals, never as binary fractions.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An amount in the smallest unit, `4999` for 49.99.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Minor(pub u64);

/// How an answer writes amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// In the smallest unit, as requests do.
    Minor,
    /// In major units, as webhooks do.
    Major,
}

/// What came back is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member} was sent as {sent} and came back as {came}")]
pub struct Mismatch {
    /// The member.
    pub member: &'static str,
    /// What was sent.
    pub sent: String,
    /// What came, safe to show.
    pub came: String,
    /// The provider's id of the thing, so that it is not lost; safe to show.
    pub id: Option<String>,
}

/// A decimal that is not negative: digits and how many of them follow the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    digits: u64,
    after_point: u32,
}

/// How many digits of an amount follow the point in major units. That no currency has another
/// number is not documented; of the documented ones (USD, EUR, GBP) none has.
const CENTS: u32 = 2;

impl Minor {
    /// The amount in an answer that writes amounts in `unit`; `None` when it is none.
    #[must_use]
    pub fn read(value: &Value, unit: Unit) -> Option<Self> {
        let places = match unit {
            Unit::Minor => 0,
            Unit::Major => CENTS,
        };
        Decimal::of(value)?.scaled(places).map(Self)
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Unit {
    /// In which unit `shown` is the amount that was sent; `None` when in neither.
    #[must_use]
    pub fn of(sent: Minor, shown: &Value) -> Option<Self> {
        [Self::Minor, Self::Major].into_iter().find(|unit| Minor::read(shown, *unit) == Some(sent))
    }
}

impl Decimal {
    /// Reads a JSON number, or a string that holds one. A JSON number with at most fifteen digits
    /// is exactly what was written; a longer fraction fits no amount.
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Self::parse(&number.to_string()),
            Value::String(text) => Self::parse(text),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { digits, after_point: u32::try_from(fraction.len()).ok()? })
    }

    /// The whole number that it is when `places` more digits stand before the point.
    fn scaled(self, places: u32) -> Option<u64> {
        let more = places.checked_sub(self.after_point)?;
        self.digits.checked_mul(10_u64.checked_pow(more)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_amount_is_read_in_the_unit_in_which_it_is_the_one_that_was_sent() {
        for (shown, unit) in [
            (json!(4999), Some(Unit::Minor)),
            (json!(4999.0), Some(Unit::Minor)),
            (json!("4999"), Some(Unit::Minor)),
            (json!(49.99), Some(Unit::Major)),
            (json!("49.99"), Some(Unit::Major)),
            (json!("49.990"), Some(Unit::Major)),
            (json!(49.98), None),
            (json!(49), None),
            (json!(499_900), None),
            (json!(49.990_000_1), None),
            (json!(-49.99), None),
            (json!("4,999"), None),
            (json!("49.99 USD"), None),
            (json!(null), None),
            (json!(1e300), None),
            (json!(0), None),
        ] {
            assert_eq!(Unit::of(Minor(4999), &shown), unit, "{shown}");
        }
        let whole: Value = serde_json::from_str("25").unwrap();
        assert_eq!(Unit::of(Minor(2500), &whole), Some(Unit::Major));
        assert_eq!(Minor(705).to_string(), "7.05");
    }

    proptest! {
        #[test]
        fn every_amount_is_found_again_in_both_units(cents in 1..10_000_000_000_u64) {
            let sent = Minor(cents);
            prop_assert_eq!(Unit::of(sent, &json!(cents)), Some(Unit::Minor));
            let major: Value = serde_json::from_str(&sent.to_string()).unwrap();
            prop_assert_eq!(Unit::of(sent, &major), Some(Unit::Major));
            let off: Value = serde_json::from_str(&Minor(cents + 1).to_string()).unwrap();
            prop_assert_eq!(Unit::of(sent, &off), (cents + 1 == cents * 100).then_some(Unit::Minor));
        }
    }
}

//! Amounts in logs: read exactly, and compared across the units that they are written in.
//!
//! Requests are in the smallest unit and webhooks in major ones (C1 of mintcash-contract.md section
//! 13), so `4999` in one and `49.99` in the other are the same amount. The rule it keeps: two
//! amounts are called different only where no reading makes them the same.

use std::fmt;

/// In which unit an amount is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// In the smallest unit, as requests are.
    Minor,
    /// In major units, as webhooks are.
    Major,
    /// Nobody knows.
    Unclear,
}

/// A decimal with six digits behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

const SCALE: i64 = 1_000_000;
const PLACES: i32 = 6;

impl Amount {
    /// Reads the digits of a JSON number or of a string that holds one. Digits beyond the sixth
    /// place are what binary fractions leave behind, and are rounded off.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let (negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
            Some(at) => (text.get(..at)?, exponent(text.get(at + 1..)?)?),
            None => (text, 0),
        };
        let mut digits = 0_i128;
        let mut places = None;
        let mut any = false;
        for byte in mantissa {
            match byte {
                b'0'..=b'9' if digits < i128::MAX / 100 => {
                    digits = digits * 10 + i128::from(byte - b'0');
                    places = places.map(|places: i32| places + 1);
                    any = true;
                }
                b'.' if places.is_none() => places = Some(0),
                _ => return None,
            }
        }
        let shift = PLACES + exponent - places.unwrap_or(0);
        let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
        let scaled = match shift >= 0 {
            true => digits.checked_mul(factor)?,
            false => (digits + factor / 2) / factor,
        };
        let value = i64::try_from(if negative { -scaled } else { scaled }).ok()?;
        (any && value != i64::MIN).then_some(Self(value))
    }

    /// The amount as a number that [`from_bits`](Self::from_bits) reads again.
    #[must_use]
    pub fn to_bits(self) -> i64 {
        self.0
    }

    /// The amount with these bits.
    #[must_use]
    pub fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    /// Whether it has digits behind the point, which no request in the smallest unit has.
    #[must_use]
    pub fn is_fraction(self) -> bool {
        self.0 % SCALE != 0
    }

    /// Whether both can be the same amount. In one unit only equal numbers are; across two units
    /// a factor of one hundred, of one (currencies without smaller units) or of one thousand
    /// (those with three places) is not a difference.
    #[must_use]
    pub fn may_equal(self, unit: Unit, other: Self, other_unit: Unit) -> bool {
        let times = |one: Self, other: Self| {
            [1, 100, 1000].iter().any(|factor| one.0.checked_mul(*factor) == Some(other.0))
        };
        match (unit, other_unit) {
            (Unit::Minor, Unit::Minor) | (Unit::Major, Unit::Major) => self == other,
            (Unit::Major, Unit::Minor) => times(self, other),
            (Unit::Minor, Unit::Major) => times(other, self),
            _ => times(self, other) || times(other, self),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        write!(out, "{sign}{whole}")?;
        if rest == 0 {
            return Ok(());
        }
        let digits = format!("{rest:06}");
        let digits = digits.trim_end_matches('0');
        write!(out, ".{digits:0<2}")
    }
}

fn exponent(text: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?;
    let value: i32 = text.strip_prefix('+').unwrap_or(text).parse().ok()?;
    (-30..=30).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("4999", "4999")]
    #[case("49.99", "49.99")]
    #[case("49.9", "49.90")]
    #[case("25.00", "25")]
    #[case("0.1234567", "0.123457")]
    #[case("49.989999999999995", "49.99")]
    #[case("4.999e3", "4999")]
    #[case("499900E-2", "4999")]
    #[case("-1", "-1")]
    fn a_number_is_read_as_it_is_written(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(Amount::parse(text.as_bytes()).unwrap().to_string(), shown);
    }

    #[rstest]
    #[case("")]
    #[case(".")]
    #[case("1.2.3")]
    #[case("12a")]
    #[case("1e99")]
    #[case("99999999999999999999999")]
    #[case("NaN")]
    fn what_is_no_amount_is_none(#[case] text: &str) {
        assert_eq!(Amount::parse(text.as_bytes()), None);
    }

    #[rstest]
    #[case("4999", Unit::Minor, "49.99", Unit::Major, true)]
    #[case("49.99", Unit::Major, "4999", Unit::Minor, true)]
    #[case("500", Unit::Minor, "500", Unit::Major, true)] // JPY
    #[case("1500", Unit::Minor, "1.5", Unit::Major, true)] // KWD
    #[case("4999", Unit::Minor, "59.99", Unit::Major, false)]
    #[case("5000", Unit::Minor, "50", Unit::Minor, false)]
    #[case("50", Unit::Major, "0.5", Unit::Major, false)]
    #[case("50", Unit::Minor, "50", Unit::Unclear, true)]
    #[case("50", Unit::Minor, "5000", Unit::Unclear, true)]
    #[case("49.99", Unit::Major, "0.4999", Unit::Minor, false)]
    fn c1_the_same_amount_in_two_units_is_one(
        #[case] one: &str,
        #[case] unit: Unit,
        #[case] other: &str,
        #[case] other_unit: Unit,
        #[case] same: bool,
    ) {
        let read = |text: &str| Amount::parse(text.as_bytes()).unwrap();
        assert_eq!(read(one).may_equal(unit, read(other), other_unit), same);
        assert_eq!(read(other).may_equal(other_unit, read(one), unit), same);
    }

    proptest! {
        #[test]
        fn cents_and_their_major_amount_never_differ(cents in 0_i64..10_000_000_000) {
            let minor = Amount::parse(cents.to_string().as_bytes()).unwrap();
            let text = format!("{}.{:02}", cents / 100, cents % 100);
            let major = Amount::parse(text.as_bytes()).unwrap();
            prop_assert!(minor.may_equal(Unit::Minor, major, Unit::Major));
            let float = format!("{}", cents as f64 / 100.0);
            prop_assert_eq!(Amount::parse(float.as_bytes()).unwrap(), major);
        }
    }
}

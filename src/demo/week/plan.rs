//! What is to happen: a merchant, a time, and what is planted into it.

use crate::demo::week::dice::Dice;
use crate::demo::week::merchant::{Merchant, Size};
use crate::demo::week::{DAY, HOUR};
use crate::time::Timestamp;

/// A plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What chance follows from.
    pub seed: u64,
    /// The merchant.
    pub merchant: Merchant,
    /// Midnight of the first day.
    pub from: Timestamp,
    /// How many days.
    pub days: u32,
    /// What is planted.
    pub planted: Vec<Planted>,
}

/// Something that happens at a known time.
#[derive(Clone, Debug)]
pub struct Planted {
    /// What.
    pub what: What,
    /// When it begins.
    pub from: Timestamp,
    /// When it is over.
    pub to: Timestamp,
}

/// What can be planted. Some of it is no incident.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Every delivery is answered with this status.
    Answers(u16),
    /// A share of deliveries is answered with this status.
    AnswersSome(u16, f64),
    /// Every delivery comes and is never answered.
    NeverAnswers,
    /// Every answer takes longer than MintCash waits: 11 to 20 s.
    Slow,
    /// No delivery comes through; MintCash tries again later.
    Unreachable,
    /// Deliveries go where no log tells of them, and are answered there.
    Swallowed,
    /// A share of final events never comes, nor is it tried again.
    Lost(f64),
    /// The events of that name are answered with 500, always.
    Poison(&'static str),
    /// Codes are seen so many times as often.
    Codes(Vec<(&'static str, f64)>),
    /// Stolen cards are tried, so many in an hour.
    CardTesting(f64),
    /// A renewal that fails cancels, without a retry.
    CancelsAtOnce,
    /// A renewal that fails is never tried again, and nothing is heard of it.
    RetriesNeverCome,
    /// No retry of a renewal succeeds.
    NothingRecovers,
    /// The application's log leaves request ids out.
    NoRequestIds,
    /// The application's log leaves errors of the API out.
    HidesErrors,
    /// The API answers so many times as often with an error.
    ApiErrors(f64),
    /// The merchant's clock is off by so many milliseconds.
    Clock(i64),
    /// So many times the payments: a newsletter, or a quiet night.
    Traffic(f64),
    /// The payments grow to so many times by the end, and stay there.
    Grows(f64),
}

impl Plan {
    /// A plan in which nothing happens.
    #[must_use]
    pub fn quiet(size: Size, seed: u64, from: Timestamp, days: u32) -> Self {
        let midnight = Timestamp::from_millis(from.millis().div_euclid(DAY) * DAY);
        let merchant = Merchant::of(size, seed);
        Self { seed, merchant, from: midnight, days, planted: Vec::new() }
    }

    /// The same with something planted `hours` after the beginning, for so many hours.
    #[must_use]
    pub fn with(mut self, what: What, hours: f64, length: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a moment to the millisecond")]
        let after = |hours: f64| self.from.millis() + (hours * 3_600_000.0) as i64;
        let from = Timestamp::from_millis(after(hours));
        let to = Timestamp::from_millis(after(hours + length));
        self.planted.push(Planted { what, from, to });
        self
    }

    /// When a day begins, in milliseconds.
    #[must_use]
    pub fn begins(&self, day: u32) -> i64 {
        self.from.millis() + i64::from(day) * DAY
    }

    /// When all is over, in milliseconds.
    #[must_use]
    pub fn ends(&self) -> i64 {
        self.begins(self.days)
    }

    /// What is planted at a moment.
    pub fn at(&self, millis: i64) -> impl Iterator<Item = &What> {
        let planted = self.planted.iter();
        planted
            .filter(move |it| (it.from.millis()..it.to.millis()).contains(&millis))
            .map(|it| &it.what)
    }

    /// How many payments begin in a millisecond, in the mean, at a moment.
    #[must_use]
    pub fn rate(&self, millis: i64) -> f64 {
        let day = millis.div_euclid(DAY);
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "hours of a day")]
        let hour = millis.rem_euclid(DAY) as f64 / 3_600_000.0;
        let weight = self.merchant.weight(weekday, hour);
        let of_day = self.chance(0xb0, day).around(self.merchant.day_spread);
        let of_hour = self.chance(0xb1, millis.div_euclid(HOUR)).around(self.merchant.hour_spread);
        let traffic: f64 = self.planted.iter().map(|it| it.traffic(millis)).product();
        self.merchant.per_day / 86_400_000.0 * weight * of_day * of_hour * traffic
    }

    /// The share of payments that fail with a code at a moment.
    #[must_use]
    pub fn failing(&self, code: &str, millis: i64) -> f64 {
        let mix = |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte));
        let stream = code.bytes().fold(0xc0, mix);
        let of_day = self.chance(stream, millis.div_euclid(DAY)).around(self.merchant.code_spread);
        let times: f64 = self.at(millis).map(|what| what.times(code)).product();
        self.merchant.fails_with(code) * of_day * times
    }

    /// Chance that is the same whenever one asks for it.
    fn chance(&self, stream: u64, number: i64) -> Dice {
        Dice::new(self.seed ^ stream.rotate_left(32), number.unsigned_abs())
    }
}

impl Planted {
    fn traffic(&self, millis: i64) -> f64 {
        let is_on = (self.from.millis()..self.to.millis()).contains(&millis);
        match self.what {
            What::Traffic(times) if is_on => times,
            What::Grows(times) => {
                #[expect(clippy::cast_precision_loss, reason = "a part of a time")]
                let done = (millis - self.from.millis()) as f64
                    / (self.to.millis() - self.from.millis()).max(1) as f64;
                1.0 + (times - 1.0) * done.clamp(0.0, 1.0)
            }
            _ => 1.0,
        }
    }
}

impl What {
    fn times(&self, code: &str) -> f64 {
        let Self::Codes(codes) = self else { return 1.0 };
        codes.iter().find(|(known, _)| *known == code).map_or(1.0, |(_, times)| *times)
    }
}

//! Who the merchant is: how many payments, when, and which of them fail why.

use crate::demo::week::dice::Dice;

/// How large a merchant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// 20 payments a day.
    Small,
    /// 1,000 payments a day.
    Medium,
    /// 50,000 payments a day.
    Large,
}

impl Size {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];
}

/// A merchant's habits, drawn from a seed.
#[derive(Clone, Debug)]
pub struct Merchant {
    /// Payments in a day, in the mean.
    pub per_day: f64,
    /// Subscriptions at the beginning.
    pub subscribers: u32,
    /// The days between two charges of a subscription, each with how many have it.
    pub intervals: Vec<(i64, f64)>,
    /// The hour of the day, in UTC, with the most payments.
    pub peak: f64,
    /// How much of the peak is left at night.
    pub night: f64,
    /// What the days count, from Monday on.
    pub weekdays: [f64; 7],
    /// How much days differ by chance.
    pub day_spread: f64,
    /// How much hours differ by chance.
    pub hour_spread: f64,
    /// The share of payments that fail, by code.
    pub failing: Vec<(&'static str, f64)>,
    /// How much these shares differ by chance from day to day.
    pub code_spread: f64,
    /// How often a customer whose payment failed tries again.
    pub tries_again: f64,
    /// The share of deliveries that are answered with 500 by chance.
    pub hiccups: f64,
    /// How long an answer takes in the middle, in milliseconds.
    pub answers_in: f64,
    /// How much that differs.
    pub answer_spread: f64,
    /// The share of renewals that fail.
    pub renewals_failing: f64,
    /// The share of retried renewals that succeed, by attempt.
    pub recovers: [f64; 4],
    /// Whether charges of subscriptions send events of their payments, too (not known).
    pub subscription_payments: bool,
    /// Whether the delays of deliveries count from the first try (not known).
    pub delays_from_first: bool,
    /// Whether a last failed retry sends `subscription.failed` beside `subscription.cancelled` (not
    /// known).
    pub last_failure_told: bool,
    /// How many days old the renewals of one day are on the same date: a month's end.
    pub wave: Option<u32>,
}

/// How often each code is seen, of a hundred failures.
const MIX: [(&str, f64); 11] = [
    ("insufficient_funds", 38.0),
    ("issuer_decline", 24.0),
    ("expired", 15.0),
    ("invalid_cvv", 6.0),
    ("card_expired", 6.0),
    ("antifraud_error", 4.0),
    ("invalid_pan", 3.0),
    ("provider_error", 2.0),
    ("lost_or_stolen_card", 1.2),
    ("general_fatal_error", 0.6),
    ("provider_fatal_error", 0.2),
];

impl Merchant {
    /// A merchant of that size; no two seeds give the same.
    #[must_use]
    pub fn of(size: Size, seed: u64) -> Self {
        let mut dice = Dice::new(seed, 0xa0);
        let (per_day, subscribers) = match size {
            Size::Small => (20.0, 25),
            Size::Medium => (1_000.0, 600),
            Size::Large => (50_000.0, 20_000),
        };
        let failing = 0.08 + 0.1 * dice.share();
        let mix = MIX.map(|(code, part)| (code, part / 100.0 * failing * dice.around(0.3)));
        let weekdays = match dice.number() % 3 {
            0 => [1.0, 1.05, 1.05, 1.0, 0.95, 0.45, 0.35],
            1 => [0.9, 0.9, 0.95, 1.0, 1.15, 1.3, 1.2],
            _ => [1.0; 7],
        };
        Self {
            per_day: per_day * (0.7 + 0.6 * dice.share()),
            subscribers,
            intervals: vec![(30, 0.7), (7, 0.15), (90, 0.15)],
            peak: 24.0 * dice.share(),
            night: 0.02 + 0.15 * dice.share(),
            weekdays,
            day_spread: 0.08,
            hour_spread: 0.15,
            failing: mix.to_vec(),
            code_spread: 0.12,
            tries_again: 0.3 + 0.3 * dice.share(),
            hiccups: 0.000_2 + 0.001_5 * dice.share(),
            answers_in: 40.0 + 160.0 * dice.share(),
            answer_spread: 0.6,
            renewals_failing: 0.06 + 0.06 * dice.share(),
            recovers: [0.3, 0.3, 0.22, 0.15],
            subscription_payments: dice.happens(0.5),
            delays_from_first: dice.happens(0.5),
            last_failure_told: dice.happens(0.5),
            wave: None,
        }
    }

    /// What a moment counts against the mean of a day, from hour and weekday alone. `hour` is in
    /// UTC, with its fraction; `weekday` counts from Monday.
    #[must_use]
    pub fn weight(&self, weekday: usize, hour: f64) -> f64 {
        let turn = (hour - self.peak) / 24.0 * std::f64::consts::TAU;
        // A round hill with a flat valley, with the mean 1.
        let hill = (1.2 * turn.cos()).exp() / 1.394;
        let valley = self.night + (1.0 - self.night) * hill;
        valley * self.weekdays.get(weekday).copied().unwrap_or(1.0)
    }

    /// The share of payments that fail with a code.
    #[must_use]
    pub fn fails_with(&self, code: &str) -> f64 {
        self.failing.iter().find(|(known, _)| *known == code).map_or(0.0, |(_, share)| *share)
    }
}

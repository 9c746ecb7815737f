//! Shops for the tests of the boards: payments with day and night, weekends, customers who try
//! again, and now and then a delivery that needs a second try.

use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::limits::Limits;
use crate::week::picture::{Holds, Reading};
use crate::week::story::{Answer, Attempt, Key, Spot, Story};
use crate::week::window::{Span, Window};
use crate::week::word::Words;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Numbers that only look random (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, most: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    pub fn poisson(&mut self, mean: f64) -> u32 {
        if mean > 60.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            return (mean + mean.sqrt() * self.normal()).max(0.0) as u32;
        }
        let (mut product, mut count) = (self.share(), 0);
        let edge = (-mean).exp();
        while product > edge {
            product *= self.share();
            count += 1;
        }
        count
    }
}

/// What a shop is like.
#[derive(Clone, Debug)]
pub struct Shop {
    pub seed: u64,
    pub per_day: f64,
    pub days: i64,
    /// How much comes on a weekend day.
    pub weekend: f64,
    /// How much comes in the night.
    pub night: f64,
    /// How much shares and traffic differ from day to day.
    pub drift: f64,
    /// How many customers try again when their payment failed.
    pub again: f64,
    /// How many first tries of a delivery fail.
    pub retried: f64,
    /// Whether the log says how deliveries were answered.
    pub answers: bool,
    pub codes: &'static [(&'static str, f64)],
}

pub const CODES: &[(&str, f64)] = &[
    ("insufficient_funds", 0.045),
    ("issuer_decline", 0.03),
    ("expired", 0.02),
    ("card_expired", 0.008),
    ("invalid_cvv", 0.006),
    ("antifraud_error", 0.004),
    ("provider_error", 0.003),
    ("general_fatal_error", 0.0015),
    ("lost_or_stolen_card", 0.0005),
];

impl Default for Shop {
    fn default() -> Self {
        Self {
            seed: 1,
            per_day: 2000.0,
            days: 14,
            weekend: 0.6,
            night: 0.1,
            drift: 0.12,
            again: 0.35,
            retried: 0.001,
            answers: true,
            codes: CODES,
        }
    }
}

/// A payment on its way, to be changed by an incident.
#[derive(Clone, Debug)]
pub struct Payment {
    pub at: i64,
    pub code: Option<&'static str>,
    /// Whether its last event is sent.
    pub ends: bool,
}

/// Monday, 2026-11-02.
pub const BEGINS: i64 = 20_759 * DAY;

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

impl Shop {
    fn rate(&self, minute: i64) -> f64 {
        let hour = (minute % 1440) / 60;
        let of_hour = match hour {
            0..=5 => self.night,
            6..=8 => 0.6,
            9..=17 => 1.3,
            18..=21 => 1.6,
            _ => 0.7,
        };
        // The days begin on a Monday.
        let of_day = if minute / 1440 % 7 >= 5 { self.weekend } else { 1.0 };
        self.per_day / 1440.0 * of_hour * of_day
    }

    pub fn payments(&self) -> Vec<Payment> {
        let mut dice = Dice(self.seed);
        let mut all = Vec::new();
        for day in 0..self.days {
            let traffic = (dice.normal() * self.drift).exp();
            let shares: Vec<f64> = self
                .codes
                .iter()
                .map(|(_, share)| share * (dice.normal() * self.drift).exp())
                .collect();
            for minute in day * 1440..(day + 1) * 1440 {
                for _ in 0..dice.poisson(self.rate(minute) * traffic) {
                    self.pay(&mut dice, &shares, BEGINS + minute * MINUTE, &mut all);
                }
            }
        }
        all.sort_by_key(|payment| payment.at);
        all
    }

    fn pay(&self, dice: &mut Dice, shares: &[f64], minute: i64, all: &mut Vec<Payment>) {
        let mut when = minute + dice.below(MINUTE);
        let mut left = dice.share();
        let code = self.codes.iter().zip(shares).find(|(_, share)| {
            left -= **share;
            left < 0.0
        });
        let code = code.map(|((code, _), _)| *code);
        all.push(Payment { at: when, code, ends: true });
        for _ in 0..5 {
            if code.is_none() || dice.share() > self.again {
                return;
            }
            when += 30_000 + dice.below(3 * MINUTE);
            let code = code.filter(|_| dice.share() < 0.6);
            all.push(Payment { at: when, code, ends: true });
            if code.is_none() {
                return;
            }
        }
    }

    /// The stories of these payments: `pending`, then the end.
    pub fn stories(&self, payments: &[Payment], words: &mut Words) -> Vec<Story> {
        let mut dice = Dice(self.seed ^ 77);
        let mut stories = Vec::new();
        for (number, payment) in payments.iter().enumerate() {
            let id = u64::try_from(number).unwrap();
            let begun = payment.at - 3000 - dice.below(20_000);
            let mut story = |name: &str, at: i64, code: Option<&str>, part: u64| Story {
                id: Key(Dice(id * 4 + part).next()),
                name: words.word(name),
                created: Some(super::testing::at(at)),
                code: code.map(|code| words.word(code)),
                resource: Some(Key(Dice(id * 4 + 3).next())),
                subscription: None,
                external: None,
                card: None,
                attempts: self.attempts(&mut dice, at, id * 4 + part),
                spot: Spot { file: 0, offset: id * 4 + part },
            };
            stories.push(story("payment.pending", begun, None, 0));
            if payment.ends {
                let name =
                    if payment.code.is_some() { "payment.failed" } else { "payment.succeeded" };
                stories.push(story(name, payment.at, payment.code, 1));
            }
        }
        stories
    }

    fn attempts(&self, dice: &mut Dice, made: i64, offset: u64) -> Vec<Attempt> {
        let came = made + 300 + dice.below(300);
        let spot = Spot { file: 0, offset };
        let ms = Some(u32::try_from(20 + dice.below(400)).unwrap());
        let good = Answer::Status { status: 200, ms };
        let attempt = |at: i64, answer| Attempt { at: super::testing::at(at), answer, spot };
        if !self.answers {
            return vec![attempt(came, Answer::Unsaid)];
        }
        if dice.share() < self.retried {
            let bad = Answer::Status { status: 500, ms };
            return vec![attempt(came, bad), attempt(came + 30_000, good)];
        }
        vec![attempt(came, good)]
    }
}

/// A frame at a moment, with everything else as usual.
pub fn with_frame<T>(now: i64, words: &Words, of: impl FnOnce(&Frame<'_>) -> T) -> T {
    let limits = Limits::default();
    let holds = Holds { events: true, answers: true, application: false, requests: false };
    let reading = Reading { lines: 1, holds, ..Reading::default() };
    of(&Frame {
        now: at(now),
        window: Window::until(at(now), Span::Day),
        limits: &limits,
        switched: None,
        words,
        reading: &reading,
    })
}

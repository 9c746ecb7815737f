//! When a request is sent again, and after how long.
//!
//! Used by the client. The rule it keeps: only what is safe to repeat, with the same bytes, after
//! trouble that may pass (mintcash-contract.md sections 4 and 5), a few times, further and further
//! apart, never sooner than the server asks for.

use std::time::Duration;

use uuid::Uuid;

/// How often and how patiently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryRules {
    /// How often a request is sent at most, the first time included.
    pub tries: u32,
    /// The pause after the first try; it doubles with every further one.
    pub first: Duration,
    /// The longest pause of our own.
    pub most: Duration,
    /// The longest pause that a server may ask for; one that asks for more is left alone.
    pub patience: Duration,
}

impl RetryRules {
    /// The rules against production.
    pub const PRODUCTION: Self = Self {
        tries: 4,
        first: Duration::from_millis(500),
        most: Duration::from_secs(8),
        patience: Duration::from_secs(30),
    };

    /// How long to wait after `tried` tries; `None` when it is not to be sent again.
    #[must_use]
    pub fn pause(&self, tried: u32, asked: Option<Duration>) -> Option<Duration> {
        self.pause_at(tried, asked, random())
    }

    /// The same with the chance that spreads the pauses of many clients, from 0 to 1: half of a
    /// pause is fixed, half is drawn.
    fn pause_at(&self, tried: u32, asked: Option<Duration>, chance: f64) -> Option<Duration> {
        if tried >= self.tries || asked.is_some_and(|asked| asked > self.patience) {
            return None;
        }
        let doubled = self.first.saturating_mul(1 << tried.saturating_sub(1).min(16));
        let longest = doubled.min(self.most);
        let own = longest.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        Some(asked.map_or(own, |asked| asked.max(own)))
    }
}

fn random() -> f64 {
    let [first, second, ..] = Uuid::new_v4().into_bytes();
    f64::from(u16::from_be_bytes([first, second])) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: RetryRules = RetryRules::PRODUCTION;

    #[test]
    fn pauses_double_are_spread_and_end() {
        let pauses = |chance| {
            let pause = |tried| RULES.pause_at(tried, None, chance).map(|it| it.as_millis());
            [1, 2, 3, 4].map(pause)
        };
        assert_eq!(pauses(1.0), [Some(500), Some(1_000), Some(2_000), None]);
        assert_eq!(pauses(0.0), [Some(250), Some(500), Some(1_000), None]);
        let many = RetryRules { tries: 90, ..RULES };
        assert_eq!(many.pause_at(80, None, 1.0), Some(RULES.most));
    }

    #[test]
    fn a_server_that_asks_for_a_pause_gets_it_unless_it_asks_for_too_much() {
        let asked = |seconds| RULES.pause_at(1, Some(Duration::from_secs(seconds)), 1.0);
        assert_eq!(asked(3), Some(Duration::from_secs(3)));
        assert_eq!(asked(0), Some(Duration::from_millis(500)));
        assert_eq!(asked(31), None);
    }
}

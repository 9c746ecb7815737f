//! The time range that is looked at, and the buckets that it is drawn in.

use std::time::Duration;

use serde::Serialize;

use crate::time::Timestamp;

/// How much time is shown at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// One hour.
    Hour,
    /// Six hours.
    SixHours,
    /// One day.
    #[default]
    Day,
    /// Seven days.
    Week,
    /// Twenty-eight days.
    FourWeeks,
}

impl Span {
    /// All of them, shortest first.
    pub const ALL: [Self; 5] = [Self::Hour, Self::SixHours, Self::Day, Self::Week, Self::FourWeeks];

    /// The word for it, as `--span` takes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::FourWeeks => "28d",
        }
    }

    /// How long it is.
    #[must_use]
    pub fn length(self) -> Duration {
        let hours = match self {
            Self::Hour => 1,
            Self::SixHours => 6,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::FourWeeks => 28 * 24,
        };
        Duration::from_secs(hours * 3600)
    }

    /// The span of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.word() == word)
    }

    /// The next longer one.
    #[must_use]
    pub fn longer(self) -> Self {
        Self::ALL.into_iter().find(|span| *span > self).unwrap_or(self)
    }

    /// The next shorter one.
    #[must_use]
    pub fn shorter(self) -> Self {
        Self::ALL.into_iter().rev().find(|span| *span < self).unwrap_or(self)
    }

    /// How long a bucket is; between 60 and 168 of them make a span.
    #[must_use]
    pub fn step(self) -> Duration {
        let minutes = match self {
            Self::Hour => 1,
            Self::SixHours => 5,
            Self::Day => 15,
            Self::Week => 60,
            Self::FourWeeks => 240,
        };
        Duration::from_secs(minutes * 60)
    }
}

/// What somebody wants to look at: how much time, and whether it moves on with the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// How much time.
    pub span: Span,
    /// Where it ends; with the present moment when it is to move on.
    pub until: Option<Timestamp>,
}

impl Look {
    /// The range that is looked at now.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> Window {
        Window::until(self.until.unwrap_or(now), self.span)
    }
}

/// A time range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// How much time it is.
    pub span: Span,
    /// Where it ends; the last bucket is the one that holds the millisecond before this moment.
    pub to: Timestamp,
}

impl Window {
    /// The range that ends at a moment.
    #[must_use]
    pub fn until(to: Timestamp, span: Span) -> Self {
        Self { span, to }
    }

    /// How many buckets it has.
    #[must_use]
    pub fn buckets(&self) -> usize {
        usize::try_from(self.span.length().as_secs() / self.span.step().as_secs()).unwrap_or(1)
    }

    fn step_millis(&self) -> i64 {
        i64::try_from(self.span.step().as_millis()).unwrap_or(i64::MAX).max(1)
    }

    /// Where the first bucket begins. Buckets begin at whole multiples of their length, so that
    /// they hold the same events however the clock moves on.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        let step = self.step_millis();
        let last = self.to.millis().saturating_sub(1).div_euclid(step);
        let buckets = i64::try_from(self.buckets()).unwrap_or(1);
        Timestamp::from_millis((last - buckets + 1) * step)
    }

    /// The bucket that holds a moment; `None` outside the range.
    #[must_use]
    pub fn bucket(&self, at: Timestamp) -> Option<usize> {
        let offset = at.millis().checked_sub(self.from().millis())?.div_euclid(self.step_millis());
        usize::try_from(offset).ok().filter(|bucket| *bucket < self.buckets())
    }

    /// When a bucket begins.
    #[must_use]
    pub fn starts(&self, bucket: usize) -> Timestamp {
        let bucket = i64::try_from(bucket).unwrap_or(i64::MAX);
        Timestamp::from_millis(
            self.from().millis().saturating_add(self.step_millis().saturating_mul(bucket)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_is_found_by_its_word_and_has_its_neighbours() {
        for (place, span) in Span::ALL.into_iter().enumerate() {
            assert_eq!(Span::named(span.word()), Some(span));
            assert_eq!(span.longer(), Span::ALL[(place + 1).min(4)]);
            assert_eq!(span.shorter(), Span::ALL[place.saturating_sub(1)]);
        }
        assert_eq!(Span::named("2h"), None);
    }

    #[test]
    fn a_window_holds_its_end_in_its_last_bucket_and_nothing_after_it() {
        let to = Timestamp::parse("2026-11-25T14:20:30Z").unwrap();
        for span in Span::ALL {
            let window = Window::until(to, span);
            let before = Timestamp::from_millis(to.millis() - 1);
            assert_eq!(window.bucket(before), Some(window.buckets() - 1), "{span:?}");
            assert_eq!(window.bucket(window.from()), Some(0));
            assert_eq!(window.bucket(Timestamp::from_millis(window.from().millis() - 1)), None);
            assert_eq!(window.bucket(window.starts(7)), Some(7));
            assert_eq!(window.bucket(window.starts(window.buckets())), None);
        }
    }
}

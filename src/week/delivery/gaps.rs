//! Silence that the merchant's own rhythm does not explain.
//!
//! What came at the same time of day on the days before says what could be expected; weekends are
//! held against weekends. The lowest fifth of these days counts, less where the hours before were
//! quieter than usual too, so that nights, holidays, small shops and batches raise nothing.

use crate::week::stats::quantile;

/// Minutes of a day.
const DAY: usize = 24 * 60;

/// A shorter silence is none.
const LEAST: usize = 8;

/// So many events must be missing; as many scattered by chance alone would come but for one time in
/// twenty million.
const MISSING: f64 = 17.0;

/// A silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// The first minute without an event.
    pub from: usize,
    /// The minute in which one came again; `None` while none has come.
    pub to: Option<usize>,
    /// So many events were to be expected at the least.
    pub expected: f64,
    /// Whether the rhythm is known well enough to be sure.
    pub sure: bool,
}

/// The minutes of the last weeks, each with how many events came.
pub struct Rhythm<'a> {
    counts: &'a [u32],
    /// Sums of the counts before each minute, no more than two of a minute: a batch is no rhythm.
    sums: Vec<u32>,
    /// The first minute in which anything came.
    begins: usize,
    /// The day of the week of the first minute (0 is Thursday) and the minute of the day.
    zero: usize,
    scatter: f64,
}

impl<'a> Rhythm<'a> {
    /// The rhythm of these minutes, the first of which has that number, counted from 1970.
    #[must_use]
    pub fn of(counts: &'a [u32], zero: i64) -> Option<Self> {
        let begins = counts.iter().position(|count| *count > 0)?;
        let mut sums = Vec::with_capacity(counts.len() + 1);
        let mut sum = 0;
        sums.push(sum);
        for count in counts {
            sum += (*count).min(2);
            sums.push(sum);
        }
        let week = i64::try_from(7 * DAY).unwrap_or(1);
        let zero = usize::try_from(zero.rem_euclid(week)).unwrap_or(0);
        Some(Self { counts, sums, begins, zero, scatter: scatter(counts) })
    }

    /// The silences since a minute that are too long, oldest first.
    #[must_use]
    pub fn gaps(&self, since: usize) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut from = None;
        let start = since.max(self.begins);
        for (minute, count) in self.counts.iter().enumerate().skip(start) {
            match (*count, from) {
                (0, None) => from = Some(minute),
                (1.., Some(begun)) => {
                    gaps.extend(self.judge(begun, Some(minute)));
                    from = None;
                }
                _ => {}
            }
        }
        gaps.extend(from.and_then(|begun| self.judge(begun, None)));
        gaps
    }

    fn sum(&self, from: usize, to: usize) -> f64 {
        let at = |minute: usize| self.sums.get(minute).or(self.sums.last()).copied().unwrap_or(0);
        f64::from(at(to).saturating_sub(at(from)))
    }

    fn weekend(&self, minute: usize) -> bool {
        matches!((self.zero + minute) / DAY % 7, 2 | 3)
    }

    fn judge(&self, from: usize, until: Option<usize>) -> Option<Gap> {
        let to = until.unwrap_or(self.counts.len());
        let long = to - from;
        if long < LEAST {
            return None;
        }
        let (expected, sure) = self.expected(from, to);
        let missing = MISSING * self.scatter;
        (expected >= missing).then_some(Gap { from, to: until, expected, sure })
    }

    /// How many events were to be expected at the least, and whether that is sure.
    fn expected(&self, from: usize, to: usize) -> (f64, bool) {
        let long = to - from;
        let middle = usize::midpoint(from, to);
        let days = (long.div_ceil(DAY).max(1)..28).map(|days| days * DAY);
        let held = days.take_while(|back| from >= self.begins + back);
        let alike = |back: &usize| self.weekend(middle - back) == self.weekend(middle);
        let held: Vec<usize> = held.collect();
        let like: Vec<usize> = held.iter().copied().filter(alike).collect();
        if held.is_empty() {
            return (self.without_history(from, long), long >= 3 * DAY);
        }
        if like.is_empty() {
            if !self.weekend(middle) {
                return (0.5 * self.at_least(&held, from, to), true);
            }
            let suddenly = self.without_history(from, long);
            return (suddenly.min(0.1 * self.at_least(&held, from, to)), false);
        }
        (self.at_least(&like, from, to), true)
    }

    /// What came at least at the same time of these days, and less if today is quieter anyway.
    fn at_least(&self, days: &[usize], from: usize, to: usize) -> f64 {
        let came = |from: usize, to: usize| -> Vec<f64> {
            days.iter()
                .filter(|back| from >= **back)
                .map(|back| self.sum(from - *back, to - *back))
                .collect()
        };
        let mut there = came(from, to);
        let low = quantile(&mut there, 0.2) * if days.len() < 3 { 0.5 } else { 1.0 };
        let quieter = [6 * 60, DAY].map(|before| {
            let begins = from.saturating_sub(before).max(self.begins);
            let now = self.sum(begins, from) + 1.0;
            now / (quantile(&mut came(begins, from), 0.5) + 1.0)
        });
        quieter.into_iter().fold(1.0, f64::min) * low
    }

    /// Without a whole day before it: a quarter of what came in the hours before, if the silence
    /// fell all at once and not at the end of an evening.
    fn without_history(&self, from: usize, long: usize) -> f64 {
        let rate = |before: usize| {
            let begins = from.saturating_sub(before).max(self.begins);
            let came = self.counts.get(begins..from).unwrap_or_default();
            came.iter().map(|count| f64::from(*count)).sum::<f64>() / real(before)
        };
        let (last, hours) = (rate(30), rate(6 * 60));
        let suddenly = last >= 0.8 * hours && from >= self.begins + 3 * 60;
        if suddenly { 0.25 * last.min(hours).min(2.0) * real(long) } else { 0.0 }
    }
}

#[expect(clippy::cast_precision_loss, reason = "minutes of a few weeks")]
fn real(minutes: usize) -> f64 {
    minutes as f64
}

/// How much more the counts of five minutes scatter within their hour than chance alone makes them.
fn scatter(counts: &[u32]) -> f64 {
    let recent = counts.len().saturating_sub(8 * DAY);
    let mut ratios = Vec::new();
    for hour in counts.get(recent..).unwrap_or_default().chunks(60) {
        let fives: Vec<f64> =
            hour.chunks(5).map(|five| five.iter().map(|count| f64::from(*count)).sum()).collect();
        let mean = fives.iter().sum::<f64>() / real(fives.len().max(1));
        if mean >= 0.5 {
            let spread: f64 = fives.iter().map(|five| (five - mean).powi(2)).sum();
            ratios.push(spread / real(fives.len().max(2) - 1) / mean);
        }
    }
    let all = real(ratios.len().max(1));
    if ratios.len() < 4 { 1.5 } else { (ratios.iter().sum::<f64>() / all).clamp(1.2, 4.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of an event every few minutes by day and none by night.
    fn shop(days: usize, every: usize) -> Vec<u32> {
        let open = |minute: usize| (8 * 60..22 * 60).contains(&(minute % DAY));
        (0..days * DAY).map(|at| u32::from(open(at) && at % every == 0)).collect()
    }

    fn found(counts: &[u32]) -> Vec<Gap> {
        let since = counts.len().saturating_sub(7 * DAY);
        Rhythm::of(counts, 0).map(|rhythm| rhythm.gaps(since)).unwrap_or_default()
    }

    #[test]
    fn a_night_is_no_gap_and_a_silent_afternoon_is_one() {
        let mut counts = shop(9, 2);
        assert_eq!(found(&counts), []);
        let from = 8 * DAY + 14 * 60;
        counts[from..from + 90].fill(0);
        let gaps = found(&counts);
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert_eq!(
            (gaps[0].from.abs_diff(from) < 3, gaps[0].to, gaps[0].sure),
            (true, Some(from + 90), true)
        );
        counts.truncate(from + 80);
        assert_eq!(found(&counts)[0].to, None);
    }

    #[test]
    fn a_small_shop_may_be_silent_for_hours() {
        let mut counts = shop(9, 60);
        let from = 8 * DAY + 10 * 60;
        counts[from..from + 8 * 60].fill(0);
        assert_eq!(found(&counts), []);
    }

    #[test]
    fn a_batch_at_night_that_stays_away_is_no_gap() {
        let mut counts = shop(9, 2);
        for day in 0..8 {
            counts[day * DAY + 120..day * DAY + 123].fill(500);
        }
        assert_eq!(found(&counts), []);
    }

    #[test]
    fn traffic_that_has_only_begun_has_no_rhythm() {
        let mut counts = shop(1, 1);
        counts.truncate(16 * 60);
        counts.extend([0; 30]);
        assert!(found(&counts).is_empty());
        counts.extend([0; 120]);
        assert!(found(&counts).iter().all(|gap| !gap.sure));
    }
}

//! What share of payments usually fails for a reason, at each time of the day and week.
//!
//! Called by [`spikes`](super::spikes). A spike must not become the measure of itself: the median
//! of the days is where it begins, and what was found is left out the next time.

use std::ops::Range;

use super::ledger::PER_DAY;
use crate::week::stats::Trial;
use crate::week::stats::quantile;
use crate::week::when::real;

/// Four hours each, on weekdays and on weekends.
pub const GROUPS: u8 = 12;

/// The group of a bucket, by its number from 1970.
#[must_use]
pub fn group(number: i64) -> u8 {
    let per_day = i64::from(PER_DAY);
    let part = number.rem_euclid(per_day) * 6 / per_day;
    // 1970 began on a Thursday.
    let weekend = matches!(number.div_euclid(per_day).rem_euclid(7), 2 | 3);
    u8::try_from(part + if weekend { 6 } else { 0 }).unwrap_or(0)
}

/// A share is held to be at least this much of all: what was never seen may still come.
fn never_seen(all: u64) -> f64 {
    1.0 / (real(all) + 50.0)
}

/// The usual share of each group; none where too little was seen before.
#[must_use]
pub fn usual(trials: &[Trial], without: &[Range<usize>]) -> Option<Vec<f64>> {
    let kept = || {
        let outside = |place: &usize| !without.iter().any(|range| range.contains(place));
        trials.iter().enumerate().filter(move |(place, _)| outside(place)).map(|(_, trial)| trial)
    };
    let mut groups = [(0_u64, 0_u64); GROUPS as usize];
    for trial in kept() {
        if let Some((bad, all)) = groups.get_mut(usize::from(trial.group)) {
            *bad += u64::from(trial.bad);
            *all += u64::from(trial.bad) + u64::from(trial.good);
        }
    }
    let bad: u64 = groups.iter().map(|(bad, _)| bad).sum();
    let all: u64 = groups.iter().map(|(_, all)| all).sum();
    if all < 60 {
        return None;
    }
    let mut share = (real(bad) + 0.5) / (real(all) + 1.0);
    if without.is_empty() {
        share = share.min(of_median_day(trials, bad).unwrap_or(share));
    }
    let share = share.max(never_seen(all));
    let share = share * drift(trials, without);
    // A time of day at which it is usual to be more counts by what was seen of it.
    let weighed = |(bad, all): (u64, u64)| {
        let known = 8.0;
        share.max((real(bad) + known) / (real(all) + known / share))
    };
    Some(groups.map(weighed).to_vec())
}

/// How far the share strays from day to day beyond chance, and more;
/// what is within that is usual.
fn drift(trials: &[Trial], without: &[Range<usize>]) -> f64 {
    const UNKNOWN: f64 = 1.25;
    let per_day = usize::from(PER_DAY);
    let mut days = Vec::new();
    for (number, day) in trials.chunks(per_day).enumerate() {
        let range = number * per_day..(number + 1) * per_day;
        let touched = |it: &Range<usize>| it.start < range.end && range.start < it.end;
        let bad: u64 = day.iter().map(|trial| u64::from(trial.bad)).sum();
        let good: u64 = day.iter().map(|trial| u64::from(trial.good)).sum();
        if bad >= 15 && !without.iter().any(touched) {
            days.push(((real(bad) / real(bad + good)).ln(), 1.0 / real(bad)));
        }
    }
    if days.len() < 4 {
        return UNKNOWN;
    }
    let mut logs: Vec<f64> = days.iter().map(|(log, _)| *log).collect();
    let middle = quantile(&mut logs, 0.5);
    let mut strays: Vec<f64> = logs.iter().map(|log| (log - middle).abs()).collect();
    // 1.48 times the median distance is one standard deviation, were it a bell. Of few days little
    // is known, so they are mixed with four days of a shop that strays by an eighth.
    let known = real(u64::try_from(days.len()).unwrap_or(1));
    let mut chances: Vec<f64> = days.iter().map(|(_, chance)| *chance).collect();
    let beyond = (1.48 * quantile(&mut strays, 0.5)).powi(2) - quantile(&mut chances, 0.5);
    let spread = (beyond.max(0.0) * known + 0.015 * 4.0) / (known + 4.0);
    (2.5 * spread.sqrt()).exp().clamp(1.15, 2.0)
}

/// The median of the days, where they hold enough of it.
fn of_median_day(trials: &[Trial], bad: u64) -> Option<f64> {
    let mut shares = Vec::new();
    for day in trials.chunks(usize::from(PER_DAY)) {
        let bad: u64 = day.iter().map(|trial| u64::from(trial.bad)).sum();
        let all: u64 = bad + day.iter().map(|trial| u64::from(trial.good)).sum::<u64>();
        if all >= 30 {
            shares.push((real(bad) + 0.5) / (real(all) + 1.0));
        }
    }
    let days = u64::try_from(shares.len()).ok()?;
    (days >= 3 && bad >= 10 * days).then(|| quantile(&mut shares, 0.5) * 1.05)
}

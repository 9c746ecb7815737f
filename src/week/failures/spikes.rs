//! Finds the codes that became more frequent than is usual for each.
//!
//! Each code is held against its own history as a share of the payments that ended, so that more
//! traffic raises nothing. The threshold is one for all codes, all lengths and every look of the
//! weeks that were simulated: a hundred quiet weeks of shops of every size raise nothing.

use std::ops::Range;

use super::ledger::{Code, Ended, Ledger, PER_DAY, natural, trial};
use super::usual::{group, usual};
use crate::time::Timestamp;
use crate::week::stats::surge::scatter;
use crate::week::stats::{Alternative, Model, Surge, Trial, quantile, surges};
use crate::week::when::real;

/// Spikes that are over are told of for so many days.
const TOLD: i64 = 7;

/// So many days of history count.
const HISTORY: i64 = 28;

/// So many codes are looked at, the most frequent of the last days.
const MOST: usize = 32;

const GROWN: [Alternative; 4] = [
    Alternative { times: 2.0, least: 0.004 },
    Alternative { times: 4.0, least: 0.02 },
    Alternative { times: 10.0, least: 0.06 },
    Alternative { times: 30.0, least: 0.25 },
];

/// Failed payments of all codes together have no room to grow tenfold.
const GROWN_ALL: [Alternative; 3] = [
    Alternative { times: 1.5, least: 0.0 },
    Alternative { times: 2.5, least: 0.1 },
    Alternative { times: 6.0, least: 0.4 },
];

/// A code, or all failures together, that became more frequent.
#[derive(Clone, Debug)]
pub struct Spike {
    /// Which; `None` for all failures together.
    pub code: Option<Code>,
    /// Since when.
    pub since: Timestamp,
    /// When it was over.
    pub until: Option<Timestamp>,
    /// What was counted.
    pub surge: Surge,
    /// How many payments succeeded in the meantime.
    pub succeeded: u64,
    /// How many succeeded in the same hours of the days before, and how many failed so; `None`
    /// where there is no such day.
    pub before: Option<(f64, f64)>,
    /// Whether the code was there before.
    pub new: bool,
}

/// What was found, and what is usual of each code.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The spikes, oldest first.
    pub spikes: Vec<Spike>,
    /// The usual share of each code at most, where that is known.
    pub usual: Vec<(Code, f64)>,
}

/// Looks for all of them.
#[must_use]
pub fn find(ledger: &Ledger, now: Timestamp) -> Found {
    let to = ledger.ended.number(now) + 1;
    let from = to - HISTORY * i64::from(PER_DAY);
    let told = usize::try_from((HISTORY - TOLD) * i64::from(PER_DAY)).unwrap_or(0);
    let ended = ledger.ended.flat(from, to, |ended| *ended);
    let look = Look { ledger, from, told, ended: &ended, now };
    let mut found = Found::default();
    let recent = ledger.ranked(to - (TOLD + 1) * i64::from(PER_DAY), to);
    for (code, _) in recent.into_iter().take(MOST) {
        let trials = ledger.trials(code, &ended, from, to);
        let Some((usual, spikes)) = look.spikes(Some(code), trials, &GROWN) else { continue };
        found.usual.push((code, usual));
        found.spikes.extend(spikes);
    }
    let all = ended.iter().map(|ended| trial(*ended, ended.bad)).collect();
    let (_, all) = look.spikes(None, all, &GROWN_ALL).unwrap_or_default();
    found.spikes.extend(all);
    found.spikes.sort_by_key(|spike| (spike.since, spike.code.flatten()));
    found
}

struct Look<'a> {
    ledger: &'a Ledger,
    from: i64,
    told: usize,
    ended: &'a [Ended],
    now: Timestamp,
}

impl Look<'_> {
    fn spikes(
        &self,
        code: Option<Code>,
        mut trials: Vec<Trial>,
        alternatives: &'static [Alternative],
    ) -> Option<(f64, Vec<Spike>)> {
        for (number, trial) in (self.from..).zip(&mut trials) {
            trial.group = group(number);
        }
        let mut without: Vec<Range<usize>> = Vec::new();
        let mut found = Vec::new();
        let mut most = 0.0;
        // What was found first is no part of what is usual.
        for _ in 0..3 {
            let usual = usual(&trials, &without)?;
            most = usual.iter().copied().fold(0.0, f64::max);
            found = surges(&trials, &self.model(&trials, &without, usual, alternatives));
            let ranges: Vec<Range<usize>> = found.iter().map(|it| it.start..it.end + 1).collect();
            if ranges == without {
                break;
            }
            without = ranges;
        }
        let spikes = found.into_iter().filter(|surge| surge.open || surge.end >= self.told);
        Some((most, spikes.map(|surge| self.spike(code, &trials, surge)).collect()))
    }

    fn model(
        &self,
        trials: &[Trial],
        without: &[Range<usize>],
        usual: Vec<f64>,
        alternatives: &'static [Alternative],
    ) -> Model {
        let outside = |place: &usize| !without.iter().any(|range| range.contains(place));
        let kept = trials.iter().enumerate().filter(|(place, _)| outside(place));
        let scatter = scatter(kept.map(|(_, trial)| *trial), &usual);
        Model {
            usual,
            scatter,
            threshold: 18.0,
            over: 6.0,
            least: 6,
            places: 3,
            heaviest: 4.0,
            alternatives,
        }
    }

    fn number(&self, place: usize) -> i64 {
        self.from + i64::try_from(place).unwrap_or(0)
    }

    fn spike(&self, code: Option<Code>, trials: &[Trial], surge: Surge) -> Spike {
        let begins = self.ledger.ended.starts(self.number(surge.start));
        let ends = self.ledger.ended.starts(self.number(surge.end) + 1);
        let day = std::time::Duration::from_secs(24 * 3600);
        let over = !surge.open || self.now.since(ends) > day;
        let before = trials.get(..surge.start).unwrap_or_default();
        let seen: u64 = before.iter().map(|trial| u64::from(trial.bad)).sum();
        Spike {
            code,
            since: begins,
            until: over.then_some(ends),
            surge,
            succeeded: self.good(surge.start, surge.end + 1),
            before: self.before(trials, surge),
            new: seen == 0,
        }
    }

    fn good(&self, from: usize, to: usize) -> u64 {
        let part = self.ended.get(from..to).unwrap_or_default();
        part.iter().map(|ended| natural(ended.good)).sum()
    }

    /// How many succeeded and failed in the same hours of the days before.
    fn before(&self, trials: &[Trial], surge: Surge) -> Option<(f64, f64)> {
        let (from, to) = (surge.start, surge.end + 1);
        let day = usize::from(PER_DAY);
        let first = self.ended.iter().position(|ended| ended.all() > 0)?;
        let days = (to - from).div_ceil(day).max(1)..=7;
        let held = days.map(|days| days * day).filter(|back| from >= first + back);
        let bad = |from: usize, to: usize| -> u64 {
            let part = trials.get(from..to).unwrap_or_default();
            part.iter().map(|trial| u64::from(trial.bad)).sum()
        };
        let (mut goods, mut bads): (Vec<f64>, Vec<f64>) = held
            .map(|back| (from - back, to - back))
            .map(|(from, to)| (real(self.good(from, to)), real(bad(from, to))))
            .unzip();
        (!goods.is_empty()).then(|| (quantile(&mut goods, 0.5), quantile(&mut bads, 0.5)))
    }
}

//! Finds when something began to happen more often than usual, and when that was over.
//!
//! Each bucket is weighed: how much more likely is it when the share has grown than when it is
//! usual? The weights are summed up and never fall below zero (Page's test). A sum above the
//! threshold is a surge; it began where the sum last left zero and was over at the top, once the
//! sum has fallen well below it. Sharp and slow rises are looked for alike, with several shares
//! that it may have grown to. That the test is looked at every minute is part of it: one threshold
//! holds for all looks together.

use crate::week::when::real;

/// One bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// How often it happened.
    pub bad: u32,
    /// How often it did not.
    pub good: u32,
    /// Which of the usual shares holds.
    pub group: u8,
}

impl Trial {
    fn all(self) -> u32 {
        self.bad.saturating_add(self.good)
    }
}

/// A share that the usual one may have grown to.
#[derive(Clone, Copy, Debug)]
pub struct Alternative {
    /// So many times the usual one.
    pub times: f64,
    /// At least this.
    pub least: f64,
}

impl Alternative {
    fn share(self, usual: f64) -> f64 {
        (usual * self.times).max(self.least).min(0.7)
    }
}

/// What is usual, and what counts as more.
#[derive(Clone, Debug)]
pub struct Model {
    /// The usual share of each group.
    pub usual: Vec<f64>,
    /// How much more the counts scatter than chance alone makes them; 1 is chance alone.
    pub scatter: f64,
    /// A sum of weights above this is a surge.
    pub threshold: f64,
    /// It is over when the sum has fallen by this.
    pub over: f64,
    /// It must have happened so often.
    pub least: u32,
    /// In so many buckets.
    pub places: u32,
    /// A bucket of few trials weighs no more than this, so that one customer who tries again and
    /// again is no surge.
    pub heaviest: f64,
    /// What the share may have grown to.
    pub alternatives: &'static [Alternative],
}

/// A stretch of buckets in which it happened more often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surge {
    /// The first bucket.
    pub start: usize,
    /// The last bucket in which it was so.
    pub end: usize,
    /// Whether it may still be so.
    pub open: bool,
    /// How often it happened.
    pub bad: u64,
    /// Of so many.
    pub all: u64,
    /// How often would have been usual.
    pub expected: f64,
    /// How sure it is.
    pub score: f64,
}

/// More are not looked for.
const MOST: usize = 12;

/// All surges, oldest first.
#[must_use]
pub fn surges(trials: &[Trial], model: &Model) -> Vec<Surge> {
    let (mut found, mut parts) = (Vec::new(), parts(trials));
    for _ in 0..MOST {
        let best = model.alternatives.iter().filter_map(|it| best(&parts, model, *it));
        let Some(best) = best.max_by(|one, other| one.score.total_cmp(&other.score)) else { break };
        let is_inside = |part: &&mut Part| (best.start..=best.end).contains(&part.place);
        let stretch: Vec<&mut Part> = parts.iter_mut().filter(is_inside).collect();
        let (surge, places) = measured(&stretch, model, best);
        stretch.into_iter().for_each(|part| part.trial = Trial::default());
        if surge.bad >= u64::from(model.least) && places >= model.places {
            found.push(surge);
        }
    }
    found.sort_by_key(|surge| surge.start);
    found
}

/// A bucket, or the buckets that follow one another in which it never happened: they only ever
/// lower the sum, so they weigh the same together as one by one, and there are far fewer of them.
#[derive(Clone, Copy, Debug)]
struct Part {
    place: usize,
    trial: Trial,
}

fn parts(trials: &[Trial]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (place, trial) in trials.iter().enumerate() {
        if trial.all() == 0 {
            continue;
        }
        match parts.last_mut().map(|part| &mut part.trial) {
            Some(last) if last.bad == 0 && trial.bad == 0 && last.group == trial.group => {
                last.good = last.good.saturating_add(trial.good);
            }
            _ => parts.push(Part { place, trial: *trial }),
        }
    }
    parts
}

fn measured(stretch: &[&mut Part], model: &Model, run: Run) -> (Surge, u32) {
    let (mut bad, mut all, mut places, mut expected) = (0, 0, 0, 0.0);
    for Part { trial, .. } in stretch {
        bad += u64::from(trial.bad);
        all += u64::from(trial.all());
        places += u32::from(trial.bad > 0);
        let usual = model.usual.get(usize::from(trial.group)).copied().unwrap_or(0.0);
        expected += usual * f64::from(trial.all());
    }
    let Run { start, end, open, score } = run;
    (Surge { start, end, open, bad, all, expected, score }, places)
}

#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    end: usize,
    open: bool,
    score: f64,
}

/// The surest stretch for one alternative.
fn best(parts: &[Part], model: &Model, alternative: Alternative) -> Option<Run> {
    let weights: Vec<(f64, f64)> = model
        .usual
        .iter()
        .map(|usual| {
            let usual = usual.clamp(1e-9, 0.999);
            let grown = alternative.share(usual);
            match grown > usual * 1.2 {
                true => ((grown / usual).ln(), ((1.0 - grown) / (1.0 - usual)).ln()),
                false => (0.0, 0.0),
            }
        })
        .collect();
    let mut best: Option<Run> = None;
    let mut keep = |run: Run| {
        if run.score >= model.threshold && best.is_none_or(|best| best.score < run.score) {
            best = Some(run);
        }
    };
    let mut run = Run { start: 0, end: 0, open: true, score: 0.0 };
    let mut sum = 0.0;
    for Part { place, trial } in parts.iter().copied().filter(|part| part.trial.all() > 0) {
        let (bad, good) = weights.get(usize::from(trial.group)).copied().unwrap_or_default();
        let weight = f64::from(trial.bad) * bad + f64::from(trial.good) * good;
        let most = model.heaviest * (f64::from(trial.all()) / 20.0).max(1.0);
        if sum <= 0.0 {
            run = Run { start: place, end: place, open: true, score: 0.0 };
        }
        sum = (sum + (weight / model.scatter).min(most)).max(0.0);
        if sum > run.score {
            run = Run { end: place, score: sum, ..run };
        } else if run.score >= model.threshold && sum < run.score - model.over {
            keep(Run { open: false, ..run });
            sum = 0.0;
        }
    }
    if sum > 0.0 {
        keep(run);
    }
    best
}

/// How much more the counts scatter about their usual share than chance alone makes them: of
/// stretches long enough to hold two, the mean squared distance, the farthest twentieth left out.
/// A guess on the safe side where there are too few.
#[must_use]
pub fn scatter(trials: impl Iterator<Item = Trial>, usual: &[f64]) -> f64 {
    let mut squares = Vec::new();
    let (mut bad, mut expected, mut spread) = (0, 0.0, 0.0);
    for trial in trials {
        let share = usual.get(usize::from(trial.group)).copied().unwrap_or(0.0);
        bad += u64::from(trial.bad);
        expected += share * f64::from(trial.all());
        spread += share * (1.0 - share) * f64::from(trial.all());
        if expected >= 2.0 {
            squares.push((real(bad) - expected).powi(2) / spread.max(1e-9));
            (bad, expected, spread) = (0, 0.0, 0.0);
        }
    }
    if squares.len() < 12 {
        return 2.0;
    }
    squares.sort_by(f64::total_cmp);
    let kept = squares.len() - squares.len().div_ceil(20);
    let sum: f64 = squares.iter().take(kept).sum();
    (1.4 * sum / real(u64::try_from(kept).unwrap_or(1))).clamp(1.5, 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALTERNATIVES: [Alternative; 2] =
        [Alternative { times: 2.0, least: 0.0 }, Alternative { times: 10.0, least: 0.05 }];

    fn model() -> Model {
        Model {
            usual: vec![0.02],
            scatter: 1.3,
            threshold: 16.0,
            over: 6.0,
            least: 5,
            places: 3,
            heaviest: 5.0,
            alternatives: &ALTERNATIVES,
        }
    }

    fn quiet(buckets: usize) -> Vec<Trial> {
        (0..buckets).map(|at| Trial { bad: u32::from(at % 5 == 0), good: 10, group: 0 }).collect()
    }

    #[test]
    fn a_surge_has_its_beginning_and_its_end() {
        let mut trials = quiet(2000);
        for trial in &mut trials[700..720] {
            *trial = Trial { bad: 5, good: 5, group: 0 };
        }
        let found = surges(&trials, &model());
        let [surge] = found.as_slice() else { panic!("{found:?}") };
        assert!(surge.start.abs_diff(700) <= 1 && surge.end.abs_diff(719) <= 1, "{surge:?}");
        assert!(!surge.open);
        trials.truncate(719);
        assert!(surges(&trials, &model())[0].open);
    }

    #[test]
    fn what_is_usual_is_no_surge_however_long_one_looks() {
        assert_eq!(surges(&quiet(20_000), &model()), []);
    }

    #[test]
    fn one_customer_who_tries_again_and_again_is_no_surge() {
        let mut trials = quiet(2000);
        trials[900] = Trial { bad: 9, good: 0, group: 0 };
        trials[901] = Trial { bad: 6, good: 1, group: 0 };
        assert_eq!(surges(&trials, &model()), []);
    }

    #[test]
    fn counts_that_scatter_more_than_chance_are_known_by_it() {
        let steady = scatter(quiet(4000).into_iter(), &[0.02]);
        let wild = (0..4000).map(|at| Trial {
            bad: if at % 50 == 0 { 10 } else { 0 },
            good: 10,
            group: 0,
        });
        assert!(steady < 1.6, "{steady}");
        assert!(scatter(wild, &[0.02]) > 2.0);
    }
}

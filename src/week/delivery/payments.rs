//! Payments that began and never ended: their last event may be lost.
//!
//! Pages may be abandoned, the order of events is not promised and steps between may be missing
//! (C20), so this is only ever a hint. The rule it keeps: at most [`MOST`] payments are held; when
//! there are more in [`REACH`], every second one is let go, by its id, again and again: a sample
//! that is the same in every thread.

use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::time::Timestamp;
use crate::week::stats::quantile;
use crate::week::stats::tail::at_least;
use crate::week::story::{Key, Spot, Story};
use crate::week::when::real;

/// So many payments are held.
pub const MOST: usize = 50_000;

/// Payments that were last heard of so long before the newest are let go.
pub const REACH: Duration = Duration::from_secs(9 * 24 * 3600);

/// What is known of a payment.
#[derive(Clone, Copy, Debug, Default)]
struct Payment {
    begun: Option<(Timestamp, Spot)>,
    begins: i32,
    ended: Option<Timestamp>,
    ends: i32,
}

impl Payment {
    fn last(&self) -> Option<Timestamp> {
        self.ended.max(self.begun.map(|(at, _)| at))
    }

    fn take(&mut self, other: &Self) {
        self.begun = [self.begun, other.begun].into_iter().flatten().min();
        self.ended = [self.ended, other.ended].into_iter().flatten().min();
        self.begins += other.begins;
        self.ends += other.ends;
    }
}

/// What an event says of its payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begins,
    Ends,
}

fn step(name: &str) -> Option<Step> {
    match name.strip_prefix("payment.")? {
        "succeeded" | "failed" | "authorized" | "voided" | "refunded" | "partially_refunded" => {
            Some(Step::Ends)
        }
        "pending" | "created" => Some(Step::Begins),
        _ => None,
    }
}

/// The payments.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    held: FxHashMap<Key, Payment>,
    /// Only one of two to the power of this is held.
    halved: u32,
    newest: Option<Timestamp>,
}

impl Payments {
    /// Takes in an event, or out again.
    pub fn count(&mut self, story: &Story, name: &str, sign: i32) {
        let Some(step) = step(name) else { return };
        let (Some(id), Some(at)) = (story.resource, story.at()) else { return };
        if !self.sampled(id) {
            return;
        }
        let one = match step {
            Step::Begins => {
                Payment { begun: Some((at, story.spot)), begins: sign, ..Payment::default() }
            }
            Step::Ends => Payment { ended: Some(at), ends: sign, ..Payment::default() },
        };
        if sign > 0 {
            self.newest = self.newest.max(Some(at));
        }
        let payment = self.held.entry(id).or_default();
        payment.take(&one);
        if payment.begins <= 0 {
            payment.begun = None;
        }
        if payment.ends <= 0 {
            payment.ended = None;
        }
        if payment.begins == 0 && payment.ends == 0 {
            self.held.remove(&id);
        }
        self.fit();
    }

    /// Takes in what another one holds.
    pub fn merge(&mut self, other: Self) {
        self.halved = self.halved.max(other.halved);
        self.newest = self.newest.max(other.newest);
        for (id, payment) in other.held {
            self.held.entry(id).or_default().take(&payment);
        }
        let halved = self.halved;
        self.held.retain(|id, _| sampled(*id, halved));
        self.fit();
    }

    fn sampled(&self, id: Key) -> bool {
        sampled(id, self.halved)
    }

    fn fit(&mut self) {
        if self.held.len() <= MOST {
            return;
        }
        let from = self.reach();
        self.held.retain(|_, payment| payment.last() >= from);
        // Letting go of old ones must pay: else it would be done again at once.
        while self.held.len() > MOST * 7 / 8 {
            self.halved += 1;
            let halved = self.halved;
            self.held.retain(|id, _| sampled(*id, halved));
        }
    }

    fn reach(&self) -> Option<Timestamp> {
        let reach = i64::try_from(REACH.as_millis()).unwrap_or(0);
        self.newest.map(|newest| Timestamp::from_millis(newest.millis() - reach))
    }

    /// What is to be said of payments that began and did not end, if it is more than usual.
    #[must_use]
    pub fn unfinished(&self, now: Timestamp) -> Option<Unfinished> {
        let mut took: Vec<f64> = Vec::new();
        let held = self.held.values().filter(|payment| payment.last() >= self.reach());
        for payment in held.clone() {
            if let (Some((begun, _)), Some(ended)) = (payment.begun, payment.ended) {
                took.push(ended.since(begun).as_secs_f64());
            }
        }
        if took.len() < 30 {
            return None;
        }
        let longest = quantile(&mut took, 0.99);
        let patience = Duration::from_secs_f64((4.0 * longest).max(1800.0));
        let judged = held.filter_map(|payment| Some((payment.begun?, payment.ended)));
        let mut judged: Vec<((Timestamp, Spot), bool)> = judged
            .map(|(begun, ended)| (begun, ended.is_some()))
            .filter(|((at, _), _)| at.plus(patience) <= now)
            .collect();
        judged.sort();
        let week = Duration::from_secs(7 * 24 * 3600);
        cluster(&judged)
            .filter(|found| found.lost.last().is_some_and(|(at, _)| now.since(*at) < week))
            .map(|found| Unfinished { patience, sampled: 1 << self.halved.min(30), ..found })
    }
}

/// Whether a payment belongs to the sample, by the low bits of its key, well mixed.
fn sampled(id: Key, halved: u32) -> bool {
    halved == 0 || (id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20).trailing_zeros() >= halved
}

/// Payments that began and did not end, more of them than usual.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// When each began, and the line, oldest first.
    pub lost: Vec<(Timestamp, Spot)>,
    /// Of so many that began in the same time.
    pub of: u64,
    /// A payment that takes longer than this is not waited for.
    pub patience: Duration,
    /// One of so many payments was looked at.
    pub sampled: u64,
}

/// The stretch with the most unfinished payments, if it stands out: the share before and after is
/// what is usual, since some pages are always abandoned.
fn cluster(judged: &[((Timestamp, Spot), bool)]) -> Option<Unfinished> {
    let open = |part: &[((Timestamp, Spot), bool)]| {
        u64::try_from(part.iter().filter(|(_, ended)| !ended).count()).unwrap_or(0)
    };
    let total = open(judged);
    let all = u64::try_from(judged.len()).ok()?;
    if total < 4 {
        return None;
    }
    // Kadane: an unfinished one weighs as much as makes the whole stretch weigh nothing.
    let share = (real(total) / real(all)).clamp(0.002, 0.9);
    let usual = (share * 2.0).min(0.95);
    let (mut best, mut run, mut start) = ((0.0, 0, 0), 0.0, 0);
    for (place, (_, ended)) in judged.iter().enumerate() {
        run += if *ended { -usual } else { 1.0 - usual };
        if run <= 0.0 {
            (run, start) = (0.0, place + 1);
        } else if run > best.0 {
            best = (run, start, place + 1);
        }
    }
    let (_, from, to) = best;
    let inside = judged.get(from..to)?;
    let (lost, of) = (open(inside), u64::try_from(inside.len()).ok()?);
    let outside = (real(total - lost) + 1.0) / (real(all - of) + 2.0);
    // The stretch was looked for, so chance had as many tries as there are payments.
    let chance = at_least(lost, of, outside.max(0.003)) * real(all);
    (lost >= 4 && all - of >= 30 && chance < 1e-4).then(|| Unfinished {
        lost: inside.iter().filter(|(_, ended)| !ended).map(|(begun, _)| *begun).collect(),
        of,
        patience: Duration::ZERO,
        sampled: 1,
    })
}

//! Payments that ended, by how, in buckets of five minutes.
//!
//! One for payments and one for charges of subscriptions: whether such a charge also sends a
//! payment's event is not known (mintcash-contract.md section 10), so the two are never added.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::time::Timestamp;
use crate::week::days::{Days, Tally};
use crate::week::newest::Newest;
use crate::week::stats::Trial;
use crate::week::story::Spot;
use crate::week::word::Word;

/// Buckets of a day.
pub const PER_DAY: u16 = 288;

/// A failure code; `None` where the event has none.
pub type Code = Option<Word>;

/// How the payments of five minutes ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Succeeded.
    pub good: i32,
    /// Failed.
    pub bad: i32,
}

impl Tally for Ended {
    fn take(&mut self, other: &Self) {
        self.good += other.good;
        self.bad += other.bad;
    }
}

impl Ended {
    /// All that ended.
    #[must_use]
    pub fn all(&self) -> u64 {
        natural(self.good) + natural(self.bad)
    }
}

/// A count that can not be below zero.
#[must_use]
pub fn natural(count: i32) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// What is held of one code.
#[derive(Clone, Debug)]
pub struct OfCode {
    /// How often it was the reason.
    pub counts: Days<i32>,
    /// The newest events with it.
    pub newest: Newest<()>,
}

impl Default for OfCode {
    fn default() -> Self {
        Self { counts: Days::new(PER_DAY), newest: Newest::default() }
    }
}

/// All that ended.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// All together.
    pub ended: Days<Ended>,
    codes: FxHashMap<Code, OfCode>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { ended: Days::new(PER_DAY), codes: FxHashMap::default() }
    }
}

impl Ledger {
    /// Counts one that succeeded.
    pub fn good(&mut self, at: Timestamp, sign: i32) {
        if let Some(bucket) = self.ended.bucket(at) {
            bucket.good += sign;
        }
    }

    /// Counts one that failed.
    pub fn bad(&mut self, at: Timestamp, code: Code, spot: Spot, sign: i32) {
        let Some(bucket) = self.ended.bucket(at) else { return };
        bucket.bad += sign;
        let of_code = self.codes.entry(code).or_default();
        if let Some(count) = of_code.counts.bucket(at) {
            *count += sign;
        }
        match sign > 0 {
            true => of_code.newest.add(at, spot, || ()),
            false => of_code.newest.remove(at, spot),
        }
    }

    /// Takes in what another one holds.
    pub fn merge(&mut self, other: Self) {
        self.ended.merge(&other.ended);
        for (code, theirs) in other.codes {
            let mine = self.codes.entry(code).or_default();
            mine.counts.merge(&theirs.counts);
            mine.newest.merge(theirs.newest);
        }
    }

    /// The codes with how often each was the reason in a range of buckets, most frequent first.
    #[must_use]
    pub fn ranked(&self, from: i64, to: i64) -> Vec<(Code, u64)> {
        let counted = self.codes.iter().map(|(code, it)| (*code, natural(it.counts.sum(from, to))));
        let mut ranked: Vec<(Code, u64)> = counted.filter(|(_, count)| *count > 0).collect();
        ranked.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
        ranked
    }

    /// What is held of a code.
    #[must_use]
    pub fn code(&self, code: Code) -> Option<&OfCode> {
        self.codes.get(&code)
    }

    /// How often a code was the reason, and how often it was not, in each bucket of a range.
    #[must_use]
    pub fn trials(&self, code: Code, ended: &[Ended], from: i64, to: i64) -> Vec<Trial> {
        let counts = self.code(code).map(|it| it.counts.flat(from, to, |count| *count));
        let counts = counts.unwrap_or_default();
        ended.iter().zip(counts).map(|(ended, bad)| trial(*ended, bad)).collect()
    }

    /// The newest failed ones of all codes, newest first.
    #[must_use]
    pub fn newest(
        &self,
        codes: impl Fn(Code) -> bool,
        most: usize,
    ) -> Vec<(Timestamp, Spot, Code)> {
        let mut all = BTreeMap::new();
        for (code, it) in self.codes.iter().filter(|(code, _)| codes(**code)) {
            all.extend(it.newest.iter().take(most).map(|(at, spot, ())| ((at, spot), *code)));
        }
        all.into_iter().rev().take(most).map(|((at, spot), code)| (at, spot, code)).collect()
    }
}

/// A bucket as a trial: so often it was this reason, the rest of all that ended was not.
#[must_use]
pub fn trial(ended: Ended, bad: i32) -> Trial {
    let bad = u32::try_from(bad).unwrap_or(0);
    let all = u32::try_from(ended.all()).unwrap_or(u32::MAX);
    Trial { bad, good: all.saturating_sub(bad), group: 0 }
}

//! How long after it was made an event first came: tells a wrong clock from a late delivery.
//!
//! Kept as a histogram for each quarter of an hour, so that it can be taken out again and merged.

use crate::time::Timestamp;
use crate::week::days::{Days, Tally};

/// Bins on each side of zero; four for each doubling, the last one for 36 h and more.
const SIDE: usize = 78;
const BINS: usize = 2 * SIDE + 1;

/// The narrowest bin reaches from minus to plus this, in milliseconds.
const UNIT: u64 = 250;

/// The delays of a quarter of an hour.
#[derive(Clone, Copy, Debug)]
pub struct Delays {
    bins: [i32; BINS],
}

impl Default for Delays {
    fn default() -> Self {
        Self { bins: [0; BINS] }
    }
}

impl Tally for Delays {
    fn take(&mut self, other: &Self) {
        for (mine, theirs) in self.bins.iter_mut().zip(other.bins) {
            *mine += theirs;
        }
    }
}

impl Delays {
    /// Counts one delay, in milliseconds.
    pub fn count(&mut self, delay: i64, sign: i32) {
        if let Some(bin) = self.bins.get_mut(bin(delay)) {
            *bin += sign;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn all(&self) -> i32 {
        self.bins.iter().sum()
    }

    /// The delay below which that share lies, in milliseconds; to about a tenth.
    #[must_use]
    pub fn quantile(&self, share: f64) -> i64 {
        let wanted = (f64::from(self.all()) * share).max(0.5);
        let mut sum = 0;
        for (place, count) in self.bins.iter().enumerate() {
            sum += count;
            if f64::from(sum) >= wanted {
                return middle(place);
            }
        }
        0
    }

    /// How many came at least that much later than made, in milliseconds.
    #[must_use]
    pub fn beyond(&self, delay: i64) -> i32 {
        self.bins.iter().skip(bin(delay)).sum()
    }
}

fn bin(delay: i64) -> usize {
    let units = delay.unsigned_abs() / UNIT;
    let size = match units.checked_ilog2() {
        None => 0,
        Some(doublings) => {
            let quarter = ((units << 2) >> doublings) & 3;
            usize::try_from(u64::from(doublings) * 4 + quarter + 1).unwrap_or(SIDE).min(SIDE)
        }
    };
    if delay < 0 { SIDE - size } else { SIDE + size }
}

fn middle(bin: usize) -> i64 {
    let size = u32::try_from(bin.abs_diff(SIDE)).unwrap_or(0);
    if size == 0 {
        return 0;
    }
    let (doublings, quarter) = ((size - 1) / 4, u64::from((size - 1) % 4));
    let edge = |quarters: u64| (UNIT << doublings) * quarters / 4;
    let middle = i64::try_from(u64::midpoint(edge(4 + quarter), edge(5 + quarter))).unwrap_or(0);
    if bin < SIDE { -middle } else { middle }
}

/// A stretch of time with one difference between the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` when it still is so.
    pub until: Option<Timestamp>,
    /// By how much the log's clock is ahead, in milliseconds.
    pub ahead: i64,
    /// So many events tell.
    pub events: i32,
}

/// Fewer events tell nothing of the clock.
const ENOUGH: i32 = 12;

/// So few events may be anything.
const FEW: i32 = 3;

/// A block of quarters of an hour with enough events.
struct Block {
    from: i64,
    to: i64,
    delays: Delays,
}

fn blocks(days: &Days<Delays>, from: i64, to: i64) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, delays) in days.range(from, to) {
        if delays.all() <= 0 {
            continue;
        }
        let block =
            open.get_or_insert(Block { from: number, to: number, delays: Delays::default() });
        block.delays.take(delays);
        block.to = number + 1;
        if block.delays.all() >= ENOUGH {
            blocks.extend(open.take());
        }
    }
    blocks
}

/// How much the clock is ahead in a block, if it is off: events came before they were made, or all
/// of them came late by the same time. One that came at once shows that the clock is right.
fn off(delays: &Delays) -> Option<i64> {
    let median = delays.quantile(0.5);
    if median <= -2_000 {
        return Some(median);
    }
    let (low, high) = (delays.quantile(0.03), delays.quantile(0.85));
    let narrow = high - low <= (median / 4).max(5_000);
    let retry = (25_000..36_000).contains(&median);
    (median >= 20_000 && low >= 15_000 && narrow && !retry).then_some(median)
}

/// The stretches in which the clocks differ, oldest first.
#[must_use]
pub fn skews(days: &Days<Delays>, from: i64, to: i64) -> Vec<Skew> {
    let mut found: Vec<Skew> = Vec::new();
    let mut last_off = false;
    for block in blocks(days, from, to) {
        let ahead = off(&block.delays);
        let goes_on = found.last().is_some_and(|_| last_off);
        let Some(ahead) = ahead.filter(|ahead| goes_on || leaps(days, block.from, *ahead)) else {
            if last_off && let Some(skew) = found.last_mut() {
                skew.until = Some(days.starts(block.from));
            }
            last_off = false;
            continue;
        };
        match found.last_mut().filter(|_| last_off) {
            Some(skew) => {
                skew.events += block.delays.all();
                skew.ahead = ahead;
            }
            None => {
                let begins = days
                    .range(block.from, block.to)
                    .find(|(_, quarter)| quarter.all() > 0 && off_by(quarter.quantile(0.5), ahead))
                    .map_or(block.from, |(number, _)| number);
                let (since, events) = (days.starts(begins), block.delays.all());
                found.push(Skew { since, until: None, ahead, events });
            }
        }
        last_off = true;
    }
    found
}

/// Whether a clock may have been set ahead by so much where a block begins. It leaps over that time
/// then, and no line stands in it; where events came at once in that time, those that come late
/// are tried again, all after the same delay.
fn leaps(days: &Days<Delays>, from: i64, ahead: i64) -> bool {
    let leapt = ahead / days.step();
    let at_once = |delays: &Delays| delays.all() - delays.beyond(LATE);
    let inside = days.range(from - leapt + 1, from);
    inside.map(|(_, delays)| at_once(delays)).sum::<i32>() < FEW
}

fn off_by(median: i64, ahead: i64) -> bool {
    (median - ahead).abs() <= (ahead / 3).abs().max(1_000)
}

/// How many events first came so much later than the others of their time that an earlier try is
/// likely to have been missed, for each block: where it begins, how many.
#[must_use]
pub fn late(days: &Days<Delays>, from: i64, to: i64) -> i32 {
    let block = |block: Block| {
        let usual = block.delays.quantile(0.5).clamp(i64::MIN, i64::MAX);
        let zero = if off(&block.delays).is_some() { usual } else { usual.min(2_000) };
        block.delays.beyond(zero.saturating_add(LATE))
    };
    blocks(days, from, to).into_iter().map(block).sum()
}

/// An event that comes so much later than made is likely to have been tried before: the first retry
/// comes after 30 s (mintcash-contract.md section 9). In milliseconds.
pub const LATE: i64 = 25_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_holds_its_middle() {
        for delay in [0, 400, -400, 1_000, -65_000, 3_600_000, -86_400_000] {
            let near = middle(bin(delay));
            assert!((near - delay).abs() <= (delay / 8).abs().max(250), "{delay}: {near}");
            assert_eq!(bin(near), bin(delay));
        }
        assert_eq!(bin(i64::MAX), BINS - 1);
        assert_eq!(bin(i64::MIN), 0);
    }

    #[test]
    fn a_delay_that_was_counted_can_be_taken_out() {
        let mut delays = Delays::default();
        delays.count(400, 1);
        delays.count(30_000, 1);
        delays.count(30_000, -1);
        assert_eq!((delays.all(), delays.beyond(25_000)), (1, 0));
    }

    const QUARTER: i64 = 900_000;

    fn days(came: impl Iterator<Item = (i64, i64)>) -> Days<Delays> {
        let mut days = Days::new(96);
        for (at, delay) in came {
            let held = days.bucket(Timestamp::from_millis(at)).unwrap();
            Delays::count(held, delay, 1);
        }
        days
    }

    /// An event a minute, and what it came late by, by its minute.
    fn a_day(late: impl Fn(i64) -> i64) -> Vec<(i64, i64)> {
        (0..1440)
            .map(|minute| (minute * 60_000, late(minute)))
            .map(|(at, by)| (at + by, by))
            .collect()
    }

    #[test]
    fn a_clock_that_is_set_ahead_leaps_and_is_found() {
        let leapt = days(a_day(|minute| if minute < 600 { 400 } else { 3_600_400 }).into_iter());
        let skews = skews(&leapt, 0, 200);
        let [skew] = skews.as_slice() else { panic!("{skews:?}") };
        assert!((skew.since.millis() - 660 * 60_000).abs() <= QUARTER, "{skew:?}");
        assert!((skew.ahead - 3_600_000).abs() < 300_000 && skew.until.is_none(), "{skew:?}");
    }

    /// What could not be delivered from 10:00 to 13:00 comes by its last try at night, when hardly
    /// anything else does.
    #[test]
    fn retries_that_come_together_hours_late_are_no_wrong_clock() {
        let missed = |minute: i64| (600..780).contains(&minute);
        let late = 432 * 60_000;
        let retried = days(
            a_day(|minute| if missed(minute) { late } else { 400 })
                .into_iter()
                .filter(|(at, by)| *by == late || *at < 1_020 * 60_000),
        );
        assert_eq!(skews(&retried, 0, 200), []);
        // One that came at once among them shows it, too.
        let mut block = Delays::default();
        (0..12).for_each(|_| block.count(late, 1));
        assert!(off(&block).is_some());
        block.count(400, 1);
        assert_eq!(off(&block), None);
    }
}

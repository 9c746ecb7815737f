//! Counts over the last five weeks, in short buckets.
//!
//! Used by the boards for everything that is counted over time. The rule it keeps: only the days
//! up to [`KEPT`] before the newest one are held, so memory is bounded whatever the logs hold, and
//! what is held is the same in whatever order it came.

use crate::time::Timestamp;

/// So many days are held, the newest among them.
pub const KEPT: i64 = 36;

const DAY: i64 = 24 * 3600 * 1000;

/// A bucket that can take in another one.
pub trait Tally: Copy + Default {
    /// Takes in what another bucket holds.
    fn take(&mut self, other: &Self);
}

impl Tally for i32 {
    fn take(&mut self, other: &Self) {
        *self += *other;
    }
}

/// Buckets, day by day.
#[derive(Clone, Debug)]
pub struct Days<C> {
    per_day: i64,
    /// Sorted by the number of the day.
    days: Vec<(i64, Box<[C]>)>,
    newest: i64,
}

impl<C: Tally> Days<C> {
    /// No buckets yet; so many make a day.
    #[must_use]
    pub fn new(per_day: u16) -> Self {
        Self { per_day: i64::from(per_day.max(1)), days: Vec::new(), newest: i64::MIN }
    }

    /// How long a bucket is, in milliseconds.
    #[must_use]
    pub fn step(&self) -> i64 {
        DAY / self.per_day
    }

    /// The number of the bucket that holds a moment, counted from 1970.
    #[must_use]
    pub fn number(&self, at: Timestamp) -> i64 {
        at.millis().div_euclid(self.step())
    }

    /// When a bucket begins.
    #[must_use]
    pub fn starts(&self, number: i64) -> Timestamp {
        Timestamp::from_millis(number.saturating_mul(self.step()))
    }

    /// The bucket that holds a moment; `None` when its day is held no more.
    pub fn bucket(&mut self, at: Timestamp) -> Option<&mut C> {
        let number = self.number(at);
        let place = usize::try_from(number.rem_euclid(self.per_day)).ok()?;
        self.day(number.div_euclid(self.per_day))?.get_mut(place)
    }

    fn day(&mut self, day: i64) -> Option<&mut [C]> {
        if day > self.newest {
            self.newest = day;
            self.days.retain(|(held, _)| *held > day - KEPT);
        } else if day <= self.newest - KEPT {
            return None;
        }
        let place = match self.days.last() {
            Some((last, _)) if *last == day => self.days.len() - 1,
            _ => match self.days.binary_search_by_key(&day, |(held, _)| *held) {
                Ok(place) => place,
                Err(place) => {
                    let size = usize::try_from(self.per_day).unwrap_or(1);
                    self.days.insert(place, (day, vec![C::default(); size].into()));
                    place
                }
            },
        };
        self.days.get_mut(place).map(|(_, buckets)| &mut **buckets)
    }

    /// Takes in what another one holds.
    pub fn merge(&mut self, other: &Self) {
        for (day, buckets) in &other.days {
            for (mine, theirs) in self.day(*day).into_iter().flatten().zip(buckets) {
                mine.take(theirs);
            }
        }
    }

    /// The buckets that are held of a range of numbers, each with its number, oldest first.
    pub fn range(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, &C)> {
        let per_day = self.per_day;
        let days = self.days.iter();
        days.filter(move |(day, _)| (day + 1) * per_day > from && day * per_day < to).flat_map(
            move |(day, buckets)| {
                let numbers = (day * per_day)..;
                numbers.zip(buckets).filter(move |(number, _)| (from..to).contains(number))
            },
        )
    }

    /// All of a range of numbers together.
    #[must_use]
    pub fn sum(&self, from: i64, to: i64) -> C {
        let mut sum = C::default();
        self.range(from, to).for_each(|(_, bucket)| sum.take(bucket));
        sum
    }

    /// A value for each bucket of a range, also for those of which nothing is held.
    pub fn flat<T: Copy + Default>(&self, from: i64, to: i64, of: impl Fn(&C) -> T) -> Vec<T> {
        let mut all = vec![T::default(); usize::try_from(to - from).unwrap_or(0)];
        for (number, bucket) in self.range(from, to) {
            let place = usize::try_from(number - from).ok();
            if let Some(value) = place.and_then(|place| all.get_mut(place)) {
                *value = of(bucket);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64, minute: i64) -> Timestamp {
        Timestamp::from_millis(day * DAY + minute * 60_000)
    }

    #[test]
    fn what_is_held_is_bounded_and_the_same_in_any_order() {
        let moments: Vec<Timestamp> = (0..400).map(|day| at(20_000 + day, day % 1440)).collect();
        let mut forth = Days::<i32>::new(1440);
        let mut back = Days::<i32>::new(1440);
        for moment in &moments {
            *forth.bucket(*moment).unwrap() += 1;
        }
        for moment in moments.iter().rev() {
            if let Some(count) = back.bucket(*moment) {
                *count += 1;
            }
        }
        let all = |days: &Days<i32>| days.flat(20_000 * 1440, 20_400 * 1440, |count| *count);
        assert_eq!(forth.days.len(), usize::try_from(KEPT).unwrap());
        assert_eq!(all(&forth), all(&back));
        assert_eq!(forth.sum(0, i64::MAX / 4), 36);
    }

    #[test]
    fn two_that_are_merged_hold_what_one_would() {
        let (mut one, mut left, mut right) = (Days::new(288), Days::new(288), Days::new(288));
        for number in 0..500 {
            let moment = at(20_000 + number % 60, number * 7 % 1440);
            one.bucket(moment).into_iter().for_each(|count: &mut i32| *count += 1);
            let half = if number % 3 == 0 { &mut left } else { &mut right };
            half.bucket(moment).into_iter().for_each(|count: &mut i32| *count += 1);
        }
        left.merge(&right);
        let all = |days: &Days<i32>| days.flat(20_000 * 288, 20_061 * 288, |count| *count);
        assert_eq!(all(&one), all(&left));
    }
}

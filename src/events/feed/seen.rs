//! Which events were ever heard of: a filter of constant size.
//!
//! Asked when a line tells of an event that is not in memory any more. The rule it keeps: an event
//! that was heard of is never said to be new; one that is new is said to be known only rarely, with
//! 10 million events in it once in about 150. Threads that take events at the same time must take
//! such that differ in the upper six bits, as the partitions of a [`Spill`](crate::events::spill) do:
//! they touch no word of each other.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::week::Key;

/// Words of 64 bits: 16 MiB.
const WORDS: usize = 1 << 21;

/// Bits that an event sets, all in one line of the processor's cache.
const BITS: u32 = 6;

/// Words of such a line.
const LINE: usize = 8;

#[derive(Default)]
pub(super) struct Seen {
    words: Vec<AtomicU64>,
}

impl Seen {
    /// Makes the filter ready to take the first event.
    pub(super) fn prepare(&mut self) {
        if self.words.is_empty() {
            self.words.resize_with(WORDS, AtomicU64::default);
        }
    }

    /// Takes an event; whether it was there already, as far as can be told.
    pub(super) fn insert(&self, key: Key) -> bool {
        // Neighbours by the upper bits are grouped together, so they also lie together here.
        let line = (key.0 >> 46) as usize * LINE;
        let mut rest = key.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ key.0 << 17;
        let mut known = true;
        for _ in 0..BITS {
            let (word, bit) = ((rest & 7) as usize, rest >> 3 & 63);
            rest >>= 9;
            let Some(word) = self.words.get(line + word) else { return false };
            let held = word.load(Ordering::Relaxed);
            known &= held >> bit & 1 == 1;
            word.store(held | 1 << bit, Ordering::Relaxed);
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher as _, RandomState};

    use super::*;

    #[test]
    fn an_event_that_was_heard_of_is_known_and_few_others_are() {
        let hash = RandomState::new();
        let mut seen = Seen::default();
        seen.prepare();
        for number in 0..200_000_u32 {
            seen.insert(Key(hash.hash_one(number)));
        }
        assert!((0..200_000_u32).all(|number| seen.insert(Key(hash.hash_one(number)))));
        let wrong = (200_000..400_000_u32).filter(|it| seen.insert(Key(hash.hash_one(it)))).count();
        assert!(wrong < 20, "{wrong}");
    }
}

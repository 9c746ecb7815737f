//! The events of each subscription, in bounded memory.
//!
//! The rules it keeps: a subscription of which only one or two charges are known, as of nearly all,
//! takes 16 bytes; when there are too many subscriptions, every second one is let go of, by its
//! hashed id and not by when it came, so that what is left is a fair sample and the same one in
//! whatever order, and through whatever threads, the events came.

use std::mem;

use rustc_hash::FxHashMap;

use super::mark::{Kind, Mark};
use crate::week::story::Key;

/// So many subscriptions are followed.
pub(super) const MOST_SUBSCRIPTIONS: usize = 131_072;

/// So many events are kept of those with more than two charges.
pub(super) const MOST_MARKS: usize = 65_536;

/// So many events, the newest ones, are kept of one subscription.
const MOST_OF_ONE: usize = 64;

/// Set in a slot whose other bits are a place in `many`. Without it, a slot holds up to two times
/// at which a charge worked, 31 bits each; 0 is none.
const MANY: u64 = 1 << 63;
const TIME: u64 = (1 << 31) - 1;

/// All subscriptions.
#[derive(Clone, Debug, Default)]
pub(super) struct Roll {
    slots: FxHashMap<u64, u64>,
    many: Vec<Vec<Mark>>,
    free: Vec<usize>,
    marks: usize,
    level: u32,
}

impl Roll {
    /// Only one in 2^level subscriptions is followed.
    pub(super) fn level(&self) -> u32 {
        self.level
    }

    fn keeps(&self, key: u64) -> bool {
        mixed(key).trailing_zeros() >= self.level
    }

    /// Takes in an event.
    pub(super) fn add(&mut self, key: Key, mark: Mark) {
        if !self.keeps(key.0) {
            return;
        }
        let slot = self.slots.get(&key.0).copied().unwrap_or(0);
        match two(slot) {
            Some((0, 0)) if is_small(mark) => {
                self.slots.insert(key.0, u64::from(mark.at));
            }
            Some((one, 0)) if is_small(mark) => {
                self.slots.insert(key.0, u64::from(one) | u64::from(mark.at) << 31);
            }
            Some((one, other)) => {
                let times = [one, other].into_iter().filter(|at| *at > 0);
                let mut marks: Vec<Mark> = times.map(Mark::charged).chain([mark]).collect();
                marks.sort_unstable();
                self.marks += marks.len();
                let place = self.free.pop().unwrap_or_else(|| {
                    self.many.push(Vec::new());
                    self.many.len() - 1
                });
                if let Some(list) = self.many.get_mut(place) {
                    *list = marks;
                }
                self.slots.insert(key.0, MANY | place as u64);
            }
            None => self.push(slot, mark),
        }
        self.fit();
    }

    fn push(&mut self, slot: u64, mark: Mark) {
        let Some(list) = self.many.get_mut(place(slot)) else { return };
        let at = list.partition_point(|one| *one <= mark);
        list.reserve_exact(1);
        list.insert(at, mark);
        if list.len() > MOST_OF_ONE {
            list.remove(0);
        } else {
            self.marks += 1;
        }
    }

    /// Takes out an event that was added.
    pub(super) fn remove(&mut self, key: Key, mark: Mark) {
        let Some(slot) = self.slots.get(&key.0).copied() else { return };
        let Some((one, other)) = two(slot) else { return self.pull(key.0, slot, mark) };
        if mark.kind != Kind::Charged {
            return;
        }
        let left = match (one == mark.at, other == mark.at) {
            (true, _) => other,
            (false, true) => one,
            (false, false) => return,
        };
        if left == 0 {
            self.slots.remove(&key.0);
        } else {
            self.slots.insert(key.0, u64::from(left));
        }
    }

    fn pull(&mut self, key: u64, slot: u64, mark: Mark) {
        let Some(list) = self.many.get_mut(place(slot)) else { return };
        let Ok(at) = list.binary_search(&mark) else { return };
        list.remove(at);
        self.marks -= 1;
        self.settle(key);
    }

    /// Makes a short list small again.
    fn settle(&mut self, key: u64) {
        let Some(slot) = self.slots.get(&key).copied().filter(|slot| two(*slot).is_none()) else {
            return;
        };
        let Some(list) = self.many.get_mut(place(slot)) else { return };
        let small = match list.as_slice() {
            [] => 0,
            [one] if is_small(*one) => u64::from(one.at),
            [one, other] if is_small(*one) && is_small(*other) => {
                u64::from(one.at) | u64::from(other.at) << 31
            }
            _ => return,
        };
        self.marks -= list.len();
        *list = Vec::new();
        self.free.push(place(slot));
        if small == 0 {
            self.slots.remove(&key);
        } else {
            self.slots.insert(key, small);
        }
    }

    /// Takes in what another thread has gathered.
    pub(super) fn merge(&mut self, mut other: Self) {
        if self.slots.len() < other.slots.len() {
            mem::swap(self, &mut other);
        }
        self.level = self.level.max(other.level);
        self.drop_others();
        let Self { slots, many, .. } = other;
        for (key, slot) in slots {
            match two(slot) {
                Some((one, other)) => {
                    for at in [one, other].into_iter().filter(|at| *at > 0) {
                        self.add(Key(key), Mark::charged(at));
                    }
                }
                None => {
                    for mark in many.get(place(slot)).into_iter().flatten() {
                        self.add(Key(key), *mark);
                    }
                }
            }
        }
    }

    /// Lets go of every second subscription until the rest fits.
    fn fit(&mut self) {
        while self.slots.len() > MOST_SUBSCRIPTIONS || self.marks > MOST_MARKS {
            self.level += 1;
            self.drop_others();
        }
    }

    fn drop_others(&mut self) {
        let gone: Vec<u64> = self.slots.keys().copied().filter(|key| !self.keeps(*key)).collect();
        for key in gone {
            self.forget(key);
        }
    }

    fn forget(&mut self, key: u64) {
        let Some(slot) = self.slots.remove(&key) else { return };
        if two(slot).is_some() {
            return;
        }
        if let Some(list) = self.many.get_mut(place(slot)) {
            self.marks -= list.len();
            *list = Vec::new();
            self.free.push(place(slot));
        }
    }

    /// Forgets what happened before a moment.
    pub(super) fn purge(&mut self, before: u32) {
        let keys: Vec<u64> = self.slots.keys().copied().collect();
        for key in keys {
            let Some(slot) = self.slots.get(&key).copied() else { continue };
            match two(slot) {
                Some((one, other)) => {
                    for at in [one, other].into_iter().filter(|at| *at > 0 && *at < before) {
                        self.remove(Key(key), Mark::charged(at));
                    }
                }
                None => {
                    let Some(list) = self.many.get_mut(place(slot)) else { continue };
                    let old = list.partition_point(|mark| mark.at < before);
                    list.drain(..old);
                    self.marks -= old;
                    self.settle(key);
                }
            }
        }
    }

    /// Hands the events of each subscription since a moment to `take`, oldest first.
    pub(super) fn each(&self, since: u32, mut take: impl FnMut(&[Mark])) {
        for slot in self.slots.values() {
            match two(*slot) {
                Some((one, other)) => {
                    let pair = [one.min(other), one.max(other)].map(Mark::charged);
                    let old = pair.partition_point(|mark| mark.at < since.max(1));
                    take(pair.get(old..).unwrap_or_default());
                }
                None => {
                    let list = self.many.get(place(*slot)).map_or(&[][..], Vec::as_slice);
                    let old = list.partition_point(|mark| mark.at < since);
                    take(list.get(old..).unwrap_or_default());
                }
            }
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.slots.len(), self.marks)
    }
}

/// The times in a slot that holds at most two.
fn two(slot: u64) -> Option<(u32, u32)> {
    let time = |bits: u64| u32::try_from(bits & TIME).unwrap_or(0);
    (slot & MANY == 0).then(|| (time(slot), time(slot >> 31)))
}

fn place(slot: u64) -> usize {
    usize::try_from(slot & !MANY).unwrap_or(usize::MAX)
}

fn is_small(mark: Mark) -> bool {
    mark.kind == Kind::Charged && u64::from(mark.at) <= TIME
}

/// Spreads the bits of a key (the finalizer of `SplitMix64`).
fn mixed(key: u64) -> u64 {
    let key = (key ^ key >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ key >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ key >> 31
}

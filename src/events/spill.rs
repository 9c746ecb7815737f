//! Sorts more records than fit into memory into groups with the same key.
//!
//! Called by a check that has to see together what stands far apart in a log. Each thread pushes
//! into its [`Writer`]; [`Spill::groups`] then hands over every group once. Records are divided by
//! the bits of their key into partitions, which wait in memory as long as there is room and then in
//! one temporary file. The rules it keeps: that file has no name, so that nobody else can open it
//! and it is gone when the program is, however it ends; memory is bounded whatever the number of
//! records and however many have the same key; what is handed over depends on the records alone,
//! never on the order in which threads pushed them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Something that can be written down and grouped.
pub trait Record: Copy + Ord + Send {
    /// How many bytes it takes.
    const SIZE: usize;

    /// What it is grouped by: a hash, so that partitions are of about the same size.
    fn key(&self) -> u64;

    /// Whether another one with the same key says the same, so that one of them is enough.
    fn is_same(&self, other: &Self) -> bool;

    /// Appends exactly [`SIZE`](Self::SIZE) bytes.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads what [`write`](Self::write) wrote.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// Of one key, so many different records are kept: the first ones.
pub const MOST_OF_ONE: usize = 64;

/// Bits of the key that tell the partitions of one level apart.
const BITS: u32 = 6;

/// Partitions of one level.
const PARTS: usize = 1 << BITS;

/// Levels below the first into which a partition that is too large is divided.
const LEVELS: u32 = 3;

/// The size of a block, in memory or in the file.
const SLOT: usize = 16 * 1024;

/// So many bytes of blocks are kept in memory before the file is used.
const MOST_IN_MEMORY: usize = 16 * 1024 * 1024;

/// So many records are sorted at once in each thread.
const MOST_AT_ONCE: usize = 32 * 1024;

/// Where blocks wait.
struct Store {
    in_memory: AtomicUsize,
    most_in_memory: usize,
    file: Mutex<Option<Slots>>,
}

/// The temporary file, in slots of one size.
struct Slots {
    file: File,
    next: u32,
    free: Vec<u32>,
}

/// The blocks of one partition.
#[derive(Default)]
struct Part {
    memory: Vec<Vec<u8>>,
    full: Vec<u32>,
    partial: Vec<(u32, usize)>,
    bytes: usize,
}

/// All that was pushed.
pub struct Spill {
    store: Store,
    parts: Vec<Mutex<Part>>,
}

/// One thread's way into a [`Spill`].
pub struct Writer<'a> {
    spill: &'a Spill,
    staged: Vec<Vec<u8>>,
    failed: Option<io::Error>,
}

impl Default for Spill {
    fn default() -> Self {
        Self::with_memory(MOST_IN_MEMORY)
    }
}

impl Spill {
    /// A spill that keeps up to so many bytes of blocks in memory.
    #[must_use]
    pub fn with_memory(most_in_memory: usize) -> Self {
        let store =
            Store { in_memory: AtomicUsize::new(0), most_in_memory, file: Mutex::new(None) };
        Self { store, parts: (0..PARTS).map(|_| Mutex::default()).collect() }
    }

    /// A way in for one thread.
    #[must_use]
    pub fn writer(&self) -> Writer<'_> {
        Writer { spill: self, staged: vec![Vec::new(); PARTS], failed: None }
    }

    /// Hands every group to `visit`, on several threads, each with a state of its own. A group is
    /// in order, without repetitions, and of at most [`MOST_OF_ONE`] records: the first ones.
    ///
    /// # Errors
    /// When the temporary file can not be written or read.
    pub fn groups<R: Record, S: Send>(
        self,
        threads: usize,
        make: impl Fn() -> S + Sync,
        visit: impl Fn(&mut S, &[R]) + Sync,
        stopped: impl Fn() -> bool + Sync,
    ) -> io::Result<Vec<S>> {
        let next = AtomicUsize::new(0);
        let Self { store, parts } = &self;
        let work = || -> io::Result<S> {
            let mut state = make();
            while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                let part = std::mem::take(&mut *lock(part));
                if !stopped() {
                    store.visit(part, 1, &mut |group: &[R]| visit(&mut state, group))?;
                }
            }
            Ok(state)
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut states = vec![work()];
            let broken = || Err(io::Error::other("a thread broke"));
            states
                .extend(others.into_iter().map(|other| other.join().unwrap_or_else(|_| broken())));
            states.into_iter().collect()
        })
    }

    /// Whether anything went to the temporary file.
    #[must_use]
    pub fn used_disk(&self) -> bool {
        lock(&self.store.file).is_some()
    }
}

impl Writer<'_> {
    /// Takes a record.
    pub fn push<R: Record>(&mut self, record: &R) {
        let Some(staged) = self.staged.get_mut(part_of(record.key(), 0)) else { return };
        record.write(staged);
        if staged.len() + R::SIZE > SLOT {
            self.flush(part_of(record.key(), 0));
        }
    }

    fn flush(&mut self, index: usize) {
        let Some(staged) = self.staged.get_mut(index) else { return };
        let Some(part) = self.spill.parts.get(index) else { return };
        if self.failed.is_none() && !staged.is_empty() {
            self.failed = self.spill.store.keep(staged, |kept| lock(part).add(kept)).err();
        }
        staged.clear();
    }

    /// Hands in what is left.
    ///
    /// # Errors
    /// When something could not be written, now or before.
    pub fn finish(mut self) -> io::Result<()> {
        for index in 0..PARTS {
            self.flush(index);
        }
        self.failed.map_or(Ok(()), Err)
    }
}

/// A block that was put away.
enum Kept {
    Memory(Vec<u8>),
    Slot(u32, usize),
}

impl Part {
    fn add(&mut self, kept: Kept) {
        match kept {
            Kept::Memory(bytes) => {
                self.bytes += bytes.len();
                self.memory.push(bytes);
            }
            Kept::Slot(slot, length) => {
                self.bytes += length;
                // Most blocks are full; those need no length, which matters when there are millions.
                match length {
                    SLOT => self.full.push(slot),
                    _ => self.partial.push((slot, length)),
                }
            }
        }
    }
}

impl Store {
    fn keep(&self, bytes: &[u8], add: impl FnOnce(Kept)) -> io::Result<()> {
        if self.in_memory.fetch_add(bytes.len(), Ordering::Relaxed) < self.most_in_memory {
            add(Kept::Memory(bytes.to_vec()));
            return Ok(());
        }
        self.in_memory.fetch_sub(bytes.len(), Ordering::Relaxed);
        let slot = {
            let mut file = lock(&self.file);
            let slots = match &mut *file {
                Some(slots) => slots,
                none => {
                    none.insert(Slots { file: tempfile::tempfile()?, next: 0, free: Vec::new() })
                }
            };
            let slot = slots.free.pop().unwrap_or(slots.next);
            slots.file.seek(SeekFrom::Start(u64::from(slot) * SLOT as u64))?;
            slots.file.write_all(bytes)?;
            if slot == slots.next {
                let full = || io::Error::other("the temporary file is full");
                slots.next = slots.next.checked_add(1).ok_or_else(full)?;
            }
            slot
        };
        add(Kept::Slot(slot, bytes.len()));
        Ok(())
    }

    /// Hands every block of a partition to `take` and gives its place free.
    fn drain(&self, part: Part, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        for bytes in part.memory {
            self.in_memory.fetch_sub(bytes.len(), Ordering::Relaxed);
            take(&bytes)?;
        }
        let full = part.full.into_iter().map(|slot| (slot, SLOT));
        let mut room = Vec::with_capacity(SLOT);
        for (slot, length) in full.chain(part.partial) {
            {
                let mut file = lock(&self.file);
                let Some(slots) = &mut *file else { break };
                slots.file.seek(SeekFrom::Start(u64::from(slot) * SLOT as u64))?;
                room.resize(length, 0);
                slots.file.read_exact(&mut room)?;
                slots.free.push(slot);
            }
            take(&room)?;
        }
        Ok(())
    }

    /// Hands over the groups of a partition; one that is too large is divided first.
    fn visit<R: Record>(
        &self,
        part: Part,
        level: u32,
        visit: &mut impl FnMut(&[R]),
    ) -> io::Result<()> {
        let records = part.bytes / R::SIZE;
        if records <= MOST_AT_ONCE {
            let mut all: Vec<R> = Vec::with_capacity(records);
            self.drain(part, |block| {
                all.extend(block.chunks_exact(R::SIZE).filter_map(R::read));
                Ok(())
            })?;
            // Records are long: their order is found without moving them about.
            let mut order: Vec<(u64, usize)> =
                all.iter().enumerate().map(|(at, record)| (record.key(), at)).collect();
            order.sort_unstable();
            for group in order.chunk_by(|(one, _), (other, _)| one == other) {
                let mut records = group.iter().filter_map(|(_, at)| all.get(*at));
                match records.next() {
                    Some(only) if group.len() == 1 => visit(std::slice::from_ref(only)),
                    first => {
                        let mut kept = First::default();
                        first.into_iter().chain(records).for_each(|record| kept.add(*record));
                        visit(&kept.0);
                    }
                }
            }
            return Ok(());
        }
        if level > LEVELS {
            return self.few_keys(part, visit);
        }
        for part in self.divide::<R>(part, level)? {
            self.visit(part, level + 1, visit)?;
        }
        Ok(())
    }

    fn divide<R: Record>(&self, part: Part, level: u32) -> io::Result<Vec<Part>> {
        let mut parts: Vec<Part> = (0..PARTS).map(|_| Part::default()).collect();
        let mut staged = vec![Vec::new(); PARTS];
        self.drain(part, |block| {
            for record in block.chunks_exact(R::SIZE).filter_map(R::read) {
                let index = part_of(record.key(), level);
                let (Some(staged), Some(part)) = (staged.get_mut(index), parts.get_mut(index))
                else {
                    continue;
                };
                record.write(staged);
                if staged.len() + R::SIZE > SLOT {
                    self.keep(staged, |kept| part.add(kept))?;
                    staged.clear();
                }
            }
            Ok(())
        })?;
        for (staged, part) in staged.iter().zip(&mut parts) {
            if !staged.is_empty() {
                self.keep(staged, |kept| part.add(kept))?;
            }
        }
        Ok(parts)
    }

    /// A partition that stays too large when it is divided has many records of few keys.
    fn few_keys<R: Record>(&self, part: Part, visit: &mut impl FnMut(&[R])) -> io::Result<()> {
        let mut groups: HashMap<u64, First<R>> = HashMap::new();
        self.drain(part, |block| {
            for record in block.chunks_exact(R::SIZE).filter_map(R::read) {
                groups.entry(record.key()).or_default().add(record);
            }
            Ok(())
        })?;
        groups.into_values().for_each(|first| visit(&first.0));
        Ok(())
    }
}

/// The first records of a group that differ, in order.
struct First<R>(Vec<R>);

impl<R> Default for First<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R: Record> First<R> {
    fn add(&mut self, record: R) {
        if self.0.len() == MOST_OF_ONE && self.0.last().is_some_and(|last| *last < record) {
            return;
        }
        if let Some(same) = self.0.iter().position(|other| other.is_same(&record)) {
            if self.0.get(same).is_some_and(|other| *other <= record) {
                return;
            }
            self.0.remove(same);
        }
        let at = self.0.partition_point(|other| *other < record);
        self.0.insert(at, record);
        self.0.truncate(MOST_OF_ONE);
    }
}

/// The partition of a key on a level.
fn part_of(key: u64, level: u32) -> usize {
    (key >> (u64::BITS - BITS * (level + 1))) as usize % PARTS
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::hash::{BuildHasher as _, RandomState};

    use proptest::prelude::*;

    use super::*;

    /// A key, what it says, and where it stands.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Said(u64, u64, u64);

    impl Record for Said {
        const SIZE: usize = 24;

        fn key(&self) -> u64 {
            self.0
        }

        fn is_same(&self, other: &Self) -> bool {
            self.1 == other.1
        }

        fn write(&self, out: &mut Vec<u8>) {
            [self.0, self.1, self.2].iter().for_each(|part| out.extend(part.to_le_bytes()));
        }

        fn read(bytes: &[u8]) -> Option<Self> {
            let part =
                |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
            Some(Self(part(0)?, part(8)?, part(16)?))
        }
    }

    fn grouped(all: &[Said], threads: usize, memory: usize) -> (Vec<Vec<Said>>, bool) {
        let spill = Spill::with_memory(memory);
        thread::scope(|scope| {
            for part in all.chunks(all.len().div_ceil(threads).max(1)) {
                let mut writer = spill.writer();
                scope.spawn(move || {
                    part.iter().for_each(|said| writer.push(said));
                    writer.finish().unwrap();
                });
            }
        });
        let used_disk = spill.used_disk();
        let groups = spill
            .groups(
                threads,
                Vec::new,
                |groups: &mut Vec<Vec<Said>>, group| groups.push(group.to_vec()),
                || false,
            )
            .unwrap();
        let mut groups = groups.concat();
        groups.sort();
        (groups, used_disk)
    }

    fn naive(all: &[Said]) -> Vec<Vec<Said>> {
        let mut groups: BTreeMap<u64, BTreeMap<u64, Said>> = BTreeMap::new();
        for said in all {
            let first = groups.entry(said.0).or_default().entry(said.1).or_insert(*said);
            *first = (*first).min(*said);
        }
        let groups = groups.into_values().map(|group| {
            let mut group: Vec<_> = group.into_values().collect();
            group.sort_by_key(|said| (said.1, said.2));
            group.sort();
            group.truncate(MOST_OF_ONE);
            group
        });
        groups.collect()
    }

    proptest! {
        #[test]
        fn groups_are_the_same_however_many_threads_and_however_little_memory(
            all in prop::collection::vec((0_u64..40, 0_u64..6, 0_u64..1000), 0..600),
            threads in 1_usize..4,
            memory in prop_oneof![Just(0_usize), Just(usize::MAX / 2)],
        ) {
            let hash = RandomState::new();
            let all: Vec<_> =
                all.into_iter().map(|(key, what, at)| Said(hash.hash_one(key), what, at)).collect();
            prop_assert_eq!(grouped(&all, threads, memory).0, naive(&all));
        }
    }

    #[test]
    fn many_records_of_one_key_among_many_others_are_grouped_right() {
        let hash = RandomState::new();
        let hot = hash.hash_one("undefined");
        let all: Vec<_> = (0..200_000_u64)
            .map(|n| {
                if n % 2 == 0 {
                    Said(hot, n * 7919 % 300, n)
                } else {
                    Said(hash.hash_one(n), n % 3, n)
                }
            })
            .collect();
        let (groups, used_disk) = grouped(&all, 2, 100_000);
        assert!(used_disk);
        assert_eq!(groups, naive(&all));
    }
}

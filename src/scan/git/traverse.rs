//! Goes through a pack along its deltas: every base is inflated once, and what is built from it
//! while it is at hand.
//!
//! Several threads take whole objects in the order in which they lie in the pack, each works down
//! what is built from its own, and takes over what another one has not come to yet when it has run
//! out. An object that nothing is built from is only built when its reader asks for it.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_deque::{Steal, Stealer, Worker as Deque};
use gix::objs::Kind;
use gix::zlib::Inflate;

use super::delta::{Corrupt, Delta};
use super::inflate::{Inflating, inflate};
use super::pack::Pack;
use super::reader::{Reader, Trouble};
use crate::scan::leak::Unread;
use crate::scan::watch::Watch;

/// Larger objects that stand alone are read piece by piece.
const LARGE: u64 = 8 * 1024 * 1024;

/// Larger objects that others are built from are not read: git itself does not make such deltas.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// Whole objects are taken so many at a time.
const BATCH: usize = 16;

/// Progress is counted in steps of so many objects.
const STEP: u64 = 256;

/// An object at hand, for what is built from it.
struct Base {
    bytes: Vec<u8>,
    kind: Kind,
    marked: bool,
}

/// An object that others are built from, still to be built itself.
struct Task {
    node: u32,
    base: Arc<Base>,
}

/// What all threads share.
struct Shared<'a> {
    pack: &'a Pack,
    watch: &'a Watch,
    trouble: &'a Trouble,
    next_root: AtomicUsize,
    busy: AtomicUsize,
    stealers: Vec<Stealer<Task>>,
}

/// Has the objects of `pack` read by `readers`, one thread each; how many were read.
pub(super) fn read_pack<R: Reader>(
    pack: &Pack,
    readers: &mut [R],
    watch: &Watch,
    trouble: &Trouble,
) -> u64 {
    let deques: Vec<Deque<Task>> = readers.iter().map(|_| Deque::new_lifo()).collect();
    let shared = Shared {
        pack,
        watch,
        trouble,
        next_root: AtomicUsize::new(0),
        busy: AtomicUsize::new(readers.len()),
        stealers: deques.iter().map(Deque::stealer).collect(),
    };
    say_lost(pack, trouble);
    std::thread::scope(|scope| {
        let threads: Vec<_> = readers
            .iter_mut()
            .zip(deques)
            .map(|(reader, deque)| {
                let mut worker = Worker::new(&shared, reader, deque);
                scope.spawn(move || {
                    worker.run();
                    worker.read
                })
            })
            .collect();
        let mut read = 0;
        for thread in threads {
            match thread.join() {
                Ok(count) => read += count,
                Err(_) => trouble.add(Unread::new(shown(pack), "reading it broke off")),
            }
        }
        read
    })
}

/// Says what can not be reached because the pack is damaged.
fn say_lost(pack: &Pack, trouble: &Trouble) {
    let below = |nodes: &mut dyn Iterator<Item = u32>| -> u64 {
        nodes.map(|node| u64::from(pack.weight(node))).sum()
    };
    for (node, why) in pack.lost() {
        trouble.add(Unread::new(described(pack, *node), *why));
    }
    let roots = below(&mut pack.roots().iter().map(|(root, _)| *root));
    let lost = below(&mut pack.lost().iter().map(|(node, _)| *node));
    let circling = (pack.count() as u64).saturating_sub(roots + lost);
    if circling > 0 {
        let what = format!("{circling} objects of {}", shown(pack));
        trouble.add(Unread::new(what, "they are built from one another in a circle"));
    }
}

/// An object, and how many are built from it.
fn described(pack: &Pack, node: u32) -> String {
    let more = u64::from(pack.weight(node)).saturating_sub(1);
    let what = format!("object {} in {}", pack.id(node), shown(pack));
    if more > 0 { format!("{what} and {more} built from it") } else { what }
}

fn shown(pack: &Pack) -> String {
    crate::text::visible(&pack.path().to_string_lossy(), 300)
}

struct Worker<'a, R> {
    shared: &'a Shared<'a>,
    reader: &'a mut R,
    deque: Deque<Task>,
    state: Inflate,
    /// The delta at hand.
    delta: Vec<u8>,
    /// An object that nothing is built from.
    leaf: Vec<u8>,
    /// Buffers to be used again.
    spare: Vec<Vec<u8>>,
    inner: Vec<u32>,
    read: u64,
    unsaid: u64,
    unsaid_bytes: u64,
}

impl<'a, R: Reader> Worker<'a, R> {
    fn new(shared: &'a Shared<'a>, reader: &'a mut R, deque: Deque<Task>) -> Self {
        Self {
            shared,
            reader,
            deque,
            state: Inflate::default(),
            delta: Vec::new(),
            leaf: Vec::new(),
            spare: Vec::new(),
            inner: Vec::new(),
            read: 0,
            unsaid: 0,
            unsaid_bytes: 0,
        }
    }

    fn run(&mut self) {
        while !self.shared.watch.stopped() {
            if let Some(task) = self.deque.pop() {
                self.build(task);
            } else if !self.take_roots() && !self.take_over() {
                break;
            }
        }
        self.say();
        self.shared.busy.fetch_sub(1, Ordering::AcqRel);
    }

    /// Reads the next few whole objects; false when there are none left.
    fn take_roots(&mut self) -> bool {
        let roots = self.shared.pack.roots();
        let from = self.shared.next_root.fetch_add(BATCH, Ordering::Relaxed);
        let Some(batch) = roots.get(from..roots.len().min(from + BATCH)) else { return false };
        for (root, kind) in batch {
            if self.reader.wants(*kind) && !self.shared.watch.stopped() {
                self.root(*root, *kind);
                while let Some(task) = self.deque.pop() {
                    self.build(task);
                }
            }
        }
        !batch.is_empty()
    }

    /// Waits for a task of another thread; false when all have run out.
    fn take_over(&mut self) -> bool {
        self.shared.busy.fetch_sub(1, Ordering::AcqRel);
        loop {
            for stealer in &self.shared.stealers {
                if let Steal::Success(task) = stealer.steal() {
                    self.shared.busy.fetch_add(1, Ordering::AcqRel);
                    self.build(task);
                    return true;
                }
            }
            if self.shared.busy.load(Ordering::Acquire) == 0 || self.shared.watch.stopped() {
                self.shared.busy.fetch_add(1, Ordering::AcqRel);
                return false;
            }
            std::thread::yield_now();
        }
    }

    /// Reads a whole object and begins with what is built from it.
    fn root(&mut self, node: u32, kind: Kind) {
        let pack = self.shared.pack;
        let Some(entry) = pack.entry(node) else {
            return self.give_up(node, Corrupt("its header is damaged"));
        };
        if entry.size > LARGE && pack.is_leaf(node) {
            let mut bytes =
                std::io::Read::take(Inflating::new(Cursor::new(entry.deflated)), entry.size);
            match self.reader.read_large(pack.id(node), kind, &mut bytes) {
                Ok(()) => self.count(entry.size),
                Err(_) => self.give_up(node, Corrupt("its compressed data is damaged")),
            }
            return;
        }
        if entry.size > LARGEST {
            return self.give_up(node, Corrupt("it is larger than 1 GiB"));
        }
        let mut buffer = self.spare.pop().unwrap_or_default();
        let id = || pack.id(node);
        match inflate(&mut self.state, entry.deflated, entry.size, &mut buffer) {
            Ok(bytes) => {
                let marked = self.reader.read(&id, kind, bytes);
                let size = bytes.len();
                self.count(entry.size);
                buffer.truncate(size);
                self.expand(node, Arc::new(Base { bytes: buffer, kind, marked }));
            }
            Err(why) => {
                self.give_up(node, why);
                self.spare.push(buffer);
            }
        }
    }

    /// Builds an object that others are built from.
    fn build(&mut self, task: Task) {
        let mut buffer = self.spare.pop().unwrap_or_default();
        match self.delta(task.node, &task.base, &mut buffer, true) {
            Ok(marked) => {
                let kind = task.base.kind;
                self.give_back(task.base);
                self.expand(task.node, Arc::new(Base { bytes: buffer, kind, marked }));
            }
            Err(why) => {
                self.give_up(task.node, why);
                self.spare.push(buffer);
            }
        }
    }

    /// Reads what is built from `base` and that nothing is built from; puts the rest on the pile,
    /// the heaviest at the bottom, so that few bases are held at a time.
    fn expand(&mut self, node: u32, base: Arc<Base>) {
        let pack = self.shared.pack;
        let mut inner = std::mem::take(&mut self.inner);
        let mut leaf = std::mem::take(&mut self.leaf);
        for child in pack.children(node) {
            if !pack.is_leaf(child) {
                inner.push(child);
            } else if let Err(why) = self.delta(child, &base, &mut leaf, false) {
                self.give_up(child, why);
            }
        }
        self.leaf = leaf;
        inner.sort_by_key(|child| std::cmp::Reverse(pack.weight(*child)));
        for node in inner.drain(..) {
            self.deque.push(Task { node, base: Arc::clone(&base) });
        }
        self.inner = inner;
        self.give_back(base);
    }

    /// Reads an object that is built from `base`; builds it into `out` when it `must` be built or
    /// the reader asks for it.
    fn delta(
        &mut self,
        node: u32,
        base: &Base,
        out: &mut Vec<u8>,
        must: bool,
    ) -> Result<bool, Corrupt> {
        let pack = self.shared.pack;
        let entry = pack.entry(node).ok_or(Corrupt("its header is damaged"))?;
        let bytes = inflate(&mut self.state, entry.deflated, entry.size, &mut self.delta)?;
        let delta = Delta::read(bytes, base.bytes.len())?;
        if delta.result > LARGEST {
            return Err(Corrupt("it is larger than 1 GiB"));
        }
        let concerns = self.reader.concerns(base.marked, &base.bytes, &delta)?;
        if must || concerns {
            delta.apply(&base.bytes, out)?;
        }
        let id = || pack.id(node);
        let marked = concerns && self.reader.read(&id, base.kind, out);
        let size = delta.result;
        self.count(size);
        Ok(marked)
    }

    /// Says that an object, and so everything built from it, could not be read.
    fn give_up(&self, node: u32, why: Corrupt) {
        let what = described(self.shared.pack, node);
        self.shared.trouble.add(Unread::new(what, why.0));
    }

    /// Keeps the buffer of a base that nobody else uses any more.
    fn give_back(&mut self, base: Arc<Base>) {
        if let Some(base) = Arc::into_inner(base)
            && self.spare.len() < 8
        {
            self.spare.push(base.bytes);
        }
    }

    fn count(&mut self, bytes: u64) {
        self.read += 1;
        self.unsaid += 1;
        self.unsaid_bytes += bytes;
        if self.unsaid >= STEP || self.unsaid_bytes > LARGE {
            self.say();
        }
    }

    fn say(&mut self) {
        self.shared.watch.advance(self.unsaid, self.unsaid_bytes);
        (self.unsaid, self.unsaid_bytes) = (0, 0);
    }
}

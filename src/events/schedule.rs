//! Who reads what next: pieces of plain files, and blocks that one thread unpacks for the others.
//!
//! Used by [`blocks`](super::blocks). The rules it keeps: packed files first, since one can not be
//! begun in its middle; at most one unpacked block waits for each thread; nobody leaves while
//! somebody unpacks.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use super::blocks::Cut;
use super::source::{Packing, Source};

/// Something to do.
pub(super) enum Job {
    /// The lines that begin in this part of a plain file.
    Piece { file: usize, begin: u64, end: u64 },
    /// A packed file, to be unpacked from its beginning.
    Packed { file: usize },
    /// Whole lines that were unpacked by another thread.
    Block { file: usize, begin: u64, bytes: Vec<u8> },
}

pub(super) struct Schedule<'a> {
    sources: &'a [Source],
    block: u64,
    most_waiting: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    packed: VecDeque<usize>,
    plain: VecDeque<usize>,
    offset: u64,
    waiting: VecDeque<Job>,
    unpacking: usize,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(sources: &'a [Source], cut: Cut) -> Self {
        let of = |wanted: bool| {
            let files = sources.iter().enumerate();
            let files = files.filter(|(_, file)| (file.packing == Packing::Plain) == wanted);
            files.map(|(index, _)| index).collect()
        };
        let state = State {
            packed: of(false),
            plain: of(true),
            offset: 0,
            waiting: VecDeque::new(),
            unpacking: 0,
        };
        let most_waiting = if cut.threads > 1 { cut.threads } else { 0 };
        let block = cut.block as u64;
        Self { sources, block, most_waiting, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The next thing to do; waits while another thread may still hand one over.
    pub(super) fn next(&self) -> Option<Job> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(block) = state.waiting.pop_front() {
                return Some(block);
            }
            if let Some(file) = state.packed.pop_front() {
                state.unpacking += 1;
                return Some(Job::Packed { file });
            }
            if let Some(piece) = state.piece(self.sources, self.block) {
                return Some(piece);
            }
            if state.unpacking == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Hands a block to whoever is free; gives it back when enough of them wait.
    pub(super) fn offer(&self, block: Job) -> Option<Job> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.waiting.len() >= self.most_waiting {
            return Some(block);
        }
        state.waiting.push_back(block);
        drop(state);
        self.changed.notify_one();
        None
    }

    /// Says that a packed file has come to its end.
    pub(super) fn unpacked(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.unpacking = state.unpacking.saturating_sub(1);
        drop(state);
        self.changed.notify_all();
    }

    /// Leaves everything undone that is not begun.
    pub(super) fn stop(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.packed.clear();
        state.plain.clear();
        state.waiting.clear();
        drop(state);
        self.changed.notify_all();
    }
}

impl State {
    fn piece(&mut self, sources: &[Source], block: u64) -> Option<Job> {
        loop {
            let file = *self.plain.front()?;
            let size = sources.get(file).map_or(0, |source| source.bytes);
            if self.offset < size {
                let begin = self.offset;
                let end = (begin + block).min(size);
                self.offset = end;
                return Some(Job::Piece { file, begin, end });
            }
            self.plain.pop_front();
            self.offset = 0;
        }
    }
}

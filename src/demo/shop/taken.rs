//! What the shop has taken: each event once, and how many effects there were.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The events that the shop knows.
#[derive(Debug, Default)]
pub(super) struct Taken {
    known: Mutex<HashSet<String>>,
    effects: AtomicU64,
}

impl Taken {
    fn known(&self) -> MutexGuard<'_, HashSet<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is known.
    pub fn is_known(&self, key: &str) -> bool {
        self.known().contains(key)
    }

    /// Stores it; whether it was new. What a unique index does: of several at once, one is new.
    pub fn store(&self, key: &str) -> bool {
        self.known().insert(key.to_owned())
    }

    /// Has the effect of an event.
    pub fn act(&self) {
        self.effects.fetch_add(1, Ordering::Relaxed);
    }

    /// How many effects there were.
    pub fn count(&self) -> u64 {
        self.effects.load(Ordering::Relaxed)
    }
}

//! Where one fact of a line is kept, of all that its members say.
//!
//! Used by [`facts`](super::facts). The rule it keeps: of two witnesses the surer one counts, of two
//! that are as sure the first.

/// A fact, and how sure its place is: 0 is where the merchant says that it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<T> {
    rank: u8,
    value: Option<T>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { rank: u8::MAX, value: None }
    }
}

impl<T: Copy> Slot<T> {
    pub(super) fn put(&mut self, rank: u8, value: Option<T>) {
        if rank < self.rank && value.is_some() {
            *self = Self { rank, value };
        }
    }

    /// Holds what the merchant's own path leads to, and nothing else from then on.
    pub(super) fn fix(&mut self, value: Option<T>) {
        *self = Self { rank: 0, value };
    }

    pub(super) fn get(&self) -> Option<T> {
        self.value
    }
}

//! Who reads objects: the seam between going through an object database and what is looked for.

use std::io::{self, Read};
use std::sync::Mutex;

use gix::ObjectId;
use gix::objs::Kind;

use super::delta::{Corrupt, Delta};
use crate::scan::leak::Unread;

/// Reads the objects of a repository, each once. There is one reader per thread.
pub(super) trait Reader: Send {
    /// Whether objects of this kind are read at all.
    fn wants(&self, kind: Kind) -> bool;

    /// Whether the object that `delta` makes from `base` has to be read. `marked` is what reading
    /// the base came to.
    ///
    /// # Errors
    /// When the delta is damaged.
    fn concerns(&mut self, marked: bool, base: &[u8], delta: &Delta<'_>) -> Result<bool, Corrupt>;

    /// Reads an object; whether objects built from it have to be read in any case.
    fn read(&mut self, id: &dyn Fn() -> ObjectId, kind: Kind, bytes: &[u8]) -> bool;

    /// Reads an object that is too large to be held.
    ///
    /// # Errors
    /// When it is damaged.
    fn read_large(&mut self, id: ObjectId, kind: Kind, bytes: &mut dyn Read) -> io::Result<()>;
}

/// Collects what could not be read, from all threads.
#[derive(Default)]
pub(super) struct Trouble(Mutex<Vec<Unread>>);

impl Trouble {
    /// Takes one.
    pub(super) fn add(&self, unread: Unread) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(unread);
    }

    /// All of them.
    pub(super) fn into_inner(self) -> Vec<Unread> {
        self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

//! The newest errors of one side, in bounded memory.
//!
//! The rule it keeps: what is left is the newest of all that was added, in whatever order and
//! through whatever threads it came.

use std::collections::BTreeSet;

use super::mention::Mention;
use crate::time::Timestamp;

/// So many are kept of each side.
pub(super) const MOST: usize = 16_384;

/// The newest errors.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    kept: BTreeSet<Mention>,
    /// The newest of those that were let go of.
    gone: Option<Mention>,
}

impl Kept {
    /// Takes in an error.
    pub(super) fn add(&mut self, mention: Mention) {
        if self.gone.is_some_and(|gone| mention <= gone) {
            return;
        }
        self.kept.insert(mention);
        self.fit();
    }

    /// Takes out an error that was added.
    pub(super) fn remove(&mut self, mention: &Mention) {
        self.kept.remove(mention);
    }

    /// Takes in what another thread has gathered.
    pub(super) fn merge(&mut self, other: Self) {
        self.gone = self.gone.max(other.gone);
        self.kept.extend(other.kept);
        if let Some(gone) = self.gone {
            self.kept = self.kept.split_off(&gone);
            self.kept.remove(&gone);
        }
        self.fit();
    }

    fn fit(&mut self) {
        while self.kept.len() > MOST {
            self.gone = self.kept.pop_first().max(self.gone);
        }
    }

    /// Forgets what happened before a moment.
    pub(super) fn purge(&mut self, before: Timestamp) {
        while self.kept.first().is_some_and(|mention| mention.at < before) {
            self.kept.pop_first();
        }
    }

    /// All of them since a moment, oldest first.
    pub(super) fn since(&self, moment: Timestamp) -> Vec<Mention> {
        let skipped = self.kept.iter().skip_while(|mention| mention.at < moment);
        skipped.copied().collect()
    }

    /// Since when all are kept; `None` when none was let go of.
    pub(super) fn complete_since(&self) -> Option<Timestamp> {
        self.gone.map(|gone| gone.at)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }
}

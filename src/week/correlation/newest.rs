//! The newest errors of one side, in bounded memory.
//!
//! The rule it keeps: what is left is the newest of all that was added, in whatever order and
//! through whatever threads it came.

use std::collections::BTreeSet;

use super::sight::Sight;
use crate::time::Timestamp;

/// So many are kept of each side.
pub(super) const MOST: usize = 32_768;

/// The newest errors.
#[derive(Clone, Debug, Default)]
pub(super) struct Newest {
    kept: BTreeSet<Sight>,
    /// The newest of those that were let go of.
    gone: Option<Sight>,
}

impl Newest {
    /// Takes in an error.
    pub(super) fn add(&mut self, sight: Sight) {
        if self.gone.is_some_and(|gone| sight <= gone) {
            return;
        }
        self.kept.insert(sight);
        self.fit();
    }

    /// Takes out an error that was added.
    pub(super) fn remove(&mut self, sight: &Sight) {
        self.kept.remove(sight);
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
        while self.kept.first().is_some_and(|sight| sight.at < before) {
            self.kept.pop_first();
        }
    }

    /// All of them since a moment, oldest first.
    pub(super) fn since(&self, moment: Timestamp) -> Vec<Sight> {
        let skipped = self.kept.iter().skip_while(|sight| sight.at < moment);
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

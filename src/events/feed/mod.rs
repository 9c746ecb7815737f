//! Reads the logs of the first week: all that is there, then whatever comes.
//!
//! Called by the four checks of the first week, by `golive watch` and by the screen.
//!
//! ```text
//! files ─ streams ─> pass ─ lines ─> teller ─ heard ─> gather ─ stories ─> Boards
//!   recognised by      on all cores    hits, errors      by event, with
//!   their content      or onward       to Boards         what is in memory
//! ```
//!
//! The rules it keeps: what was followed gives the same boards as one pass over the whole; memory
//! does not grow with the logs; no line is read twice, and none is left out that could be read.

pub(super) mod asking;
mod describe;
mod files;
mod follower;
mod gather;
mod heard;
mod memory;
mod pass;
mod quoting;
mod seen;
mod sink;
mod story;
mod stream;
mod teller;
mod wake;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::sample::Reading;
use super::source::Role;
use crate::scan::Watch;
use crate::scan::sandbox::pattern::Pattern;
use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::{Boards, Limits, Picture, Spot, Window};

pub use follower::Follower;
pub use memory::MOST_STORIES;
pub use sink::Sink;
pub use wake::Waker;

/// Which logs are read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSet {
    /// The folder that patterns are relative to.
    pub base: PathBuf,
    /// The patterns, each with what it is a log of.
    pub globs: Vec<(Role, String)>,
    /// How lines are read.
    pub reading: Reading,
}

/// A line of a log, read again to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Where it stands.
    pub spot: Spot,
    /// The file, safe to show.
    pub file: String,
    /// The number of the line, from 1, where it is known.
    pub line: Option<u64>,
    /// What stands there, safe to show: personal data, card data and secrets masked.
    pub text: String,
    /// What it names, to be quoted to MintCash: `requestId`, `externalId`, `eventId`, MintCash's id
    /// and `time`, each with its value.
    pub ids: Vec<(&'static str, String)>,
}

/// The logs and what is known from them.
pub struct Feed {
    follower: Follower<Boards>,
    watching: wake::Watching,
}

impl fmt::Debug for Feed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Feed").finish_non_exhaustive()
    }
}

impl Feed {
    /// A feed that has read nothing yet.
    #[must_use]
    pub fn new(set: LogSet) -> Self {
        Self { follower: Follower::new(set), watching: wake::Watching::default() }
    }

    /// The same for who looks at the past: a line that is dated later than this does not count.
    #[must_use]
    pub fn until(mut self, at: Option<Timestamp>) -> Self {
        self.follower.until(at);
        self
    }

    /// Reads what is new: all of it the first time, on all cores; later what was appended, what
    /// came and what was rotated. Whether anything changed. Blocks.
    ///
    /// When it is told to stop on the way, or fails, nothing is kept: the next call begins anew.
    ///
    /// # Errors
    /// When facts found no room in the folder for temporary files. A log that can not be read is
    /// no error: the reading says so.
    pub fn catch_up(&mut self, now: Timestamp, watch: &Watch) -> io::Result<bool> {
        let moved = self.watching.moved();
        self.follower.catch_up(now, moved, watch)
    }

    /// Waits until a log may have changed, or for that long; whether one may have.
    pub fn wait(&mut self, most: Duration) -> bool {
        let Self { follower, watching } = self;
        let set = follower.set();
        let patterns = || {
            let globs = set.globs.iter();
            globs.filter_map(|(_, glob)| Pattern::new(glob, &set.base).ok()).collect()
        };
        watching.watch(follower.folders(), patterns);
        watching.wait(most, || follower.may_have_changed())
    }

    /// A handle that ends the waiting from another thread.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.watching.waker()
    }

    /// How it stands.
    #[must_use]
    pub fn picture(
        &self,
        now: Timestamp,
        window: Window,
        limits: &Limits,
        switched: Option<Timestamp>,
    ) -> Picture {
        let reading = self.follower.reading();
        self.follower.with(|boards, words| {
            boards.picture(&Frame { now, window, limits, switched, words, reading })
        })
    }

    /// The lines at these places, as far as they are still there.
    #[must_use]
    pub fn quote(&self, spots: &[Spot], watch: &Watch) -> Vec<Quoted> {
        self.follower.quote(spots, watch)
    }
}

//! Waits until a log may have changed.
//!
//! Used by [`Feed::wait`](super::Feed::wait). The folders are watched, not the files, so that a file
//! that comes or is replaced is seen; what the system does not say (network file systems, links to
//! other folders) is looked for once a second. The rules it keeps: waiting costs nothing while
//! nothing happens; what changes between two waits ends the second one at once.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::scan::sandbox::pattern::Pattern;

/// How often is looked for what the system does not say.
const POLL: Duration = Duration::from_secs(1);

/// A writer seldom writes one line alone.
const SETTLE: Duration = Duration::from_millis(10);

/// Ends a feed's waiting from another thread.
#[derive(Clone)]
pub struct Waker(Arc<Bell>);

impl Waker {
    /// Ends the waiting that goes on, or else the next one.
    pub fn wake(&self) {
        self.0.ring(|rung| rung.woken = true);
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Waker").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

/// Why it rang.
#[derive(Clone, Copy, Default)]
struct Rung {
    /// A log was written to.
    written: bool,
    /// A file came, went, or changed its name or rights.
    moved: bool,
    /// Somebody wants the wait to end.
    woken: bool,
}

impl Bell {
    fn ring(&self, why: impl FnOnce(&mut Rung)) {
        why(&mut self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Rung> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it rings or the time is over.
    fn wait(&self, most: Duration) {
        let rung = self.lock();
        let quiet = |rung: &mut Rung| !(rung.written || rung.woken);
        let _why_it_ended_is_asked_next = self.changed.wait_timeout_while(rung, most, quiet);
    }
}

/// What watches the folders.
#[derive(Default)]
pub(super) struct Watching {
    bell: Arc<Bell>,
    watcher: Option<RecommendedWatcher>,
    folders: BTreeSet<PathBuf>,
}

impl Watching {
    pub(super) fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.bell))
    }

    /// Whether a file came, went or changed its name since this was asked last.
    pub(super) fn moved(&self) -> bool {
        std::mem::take(&mut self.bell.lock().moved)
    }

    /// Watches these folders, and no others.
    pub(super) fn watch<'a>(
        &mut self,
        folders: impl Iterator<Item = &'a Path>,
        patterns: impl FnOnce() -> Vec<Pattern>,
    ) {
        if self.watcher.is_none() && self.folders.is_empty() {
            let (bell, patterns) = (Arc::clone(&self.bell), patterns());
            let heard = move |event: notify::Result<Event>| hear(&bell, &patterns, event);
            self.watcher = notify::recommended_watcher(heard).ok();
        }
        let wanted: BTreeSet<PathBuf> = folders.map(Path::to_owned).collect();
        let Some(watcher) = &mut self.watcher else { return };
        for gone in self.folders.difference(&wanted) {
            let _it_may_be_deleted = watcher.unwatch(gone);
        }
        // A folder that is not watched now is looked at once a second like any other.
        let before = std::mem::take(&mut self.folders);
        self.folders = wanted
            .into_iter()
            .filter(|it| {
                before.contains(it) || watcher.watch(it, RecursiveMode::NonRecursive).is_ok()
            })
            .collect();
    }

    /// Waits until something may have changed, or for that long; whether it may have.
    pub(super) fn wait(&self, most: Duration, changed: impl Fn() -> bool) -> bool {
        let end = Instant::now() + most;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            self.bell.wait(left.min(POLL));
            let rung = *self.bell.lock();
            if rung.written && !rung.woken {
                self.settle(left);
            }
            let mut rung = self.bell.lock();
            let (written, woken) = (rung.written, rung.woken);
            (rung.written, rung.woken) = (false, false);
            drop(rung);
            let written = written || changed();
            if written || woken || left.is_zero() {
                return written;
            }
        }
    }

    /// Gives the writer a moment for the lines that follow.
    fn settle(&self, left: Duration) {
        let rung = self.bell.lock();
        let _over = self.bell.changed.wait_timeout_while(rung, left.min(SETTLE), |it| !it.woken);
    }
}

/// Rings when an event has to do with a log.
fn hear(bell: &Bell, patterns: &[Pattern], event: notify::Result<Event>) {
    let Ok(event) = event else {
        bell.ring(|rung| (rung.written, rung.moved) = (true, true));
        return;
    };
    let concerns = event.need_rescan()
        || event.paths.is_empty()
        || event.paths.iter().any(|path| patterns.iter().any(|it| may_match(it, path)));
    match event.kind {
        EventKind::Access(_) => {}
        EventKind::Modify(ModifyKind::Data(_)) if concerns => bell.ring(|rung| rung.written = true),
        _ if concerns => bell.ring(|rung| (rung.written, rung.moved) = (true, true)),
        _ => {}
    }
}

/// Whether a path is a log, or a folder on the way to one.
fn may_match(pattern: &Pattern, path: &Path) -> bool {
    pattern.root.starts_with(path)
        || path.starts_with(&pattern.root) && (pattern.matches(path) || path.extension().is_none())
}

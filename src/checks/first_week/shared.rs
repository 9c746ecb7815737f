//! One reading of the logs for all checks of the first week that run side by side.
//!
//! Used by [`check`](super::check). Four checks of one run ask the same logs; the first of them reads
//! them, and each that comes after it reads on where it left off. The rules it keeps: nobody is given
//! an answer that is older than his question, since what was appended, rotated or written anew is
//! read first; what was read is dropped with the last check that waits for it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::events::feed::{Feed, LogSet};
use crate::scan::Watch;
use crate::time::Timestamp;

/// The clocks of the checks of one run are not further apart.
const APART: Duration = Duration::from_secs(60);

/// What checks are reading now.
static GOING: Mutex<Weak<Shared>> = Mutex::new(Weak::new());

/// Logs that some checks read together.
pub(super) struct Shared {
    set: LogSet,
    /// What is known, and as of when.
    read: Mutex<Option<(Feed, Timestamp)>>,
}

impl Shared {
    /// The logs that another check is reading or waiting for, or new ones.
    pub(super) fn of(set: LogSet) -> Arc<Self> {
        let mut going = GOING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = going.upgrade().filter(|shared| shared.set == set) {
            return shared;
        }
        let shared = Arc::new(Self { set, read: Mutex::new(None) });
        *going = Arc::downgrade(&shared);
        shared
    }

    /// The patterns of the logs, as far as there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.set.globs.is_empty()
    }

    /// Reads what is new and asks; `None` when it was told to stop. Blocks, also while another one
    /// asks.
    ///
    /// # Errors
    /// When facts found no room in the folder for temporary files.
    pub(super) fn ask<T>(
        &self,
        now: Timestamp,
        watch: &Watch,
        ask: impl FnOnce(&Feed) -> T,
    ) -> io::Result<Option<T>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out, so that a question that breaks leaves nothing half-read behind.
        let known = read.take().filter(|(_, at)| now.since(*at).max(at.since(now)) <= APART);
        let (mut feed, _) = known.unwrap_or_else(|| (Feed::new(self.set.clone()), now));
        feed.catch_up(now, watch)?;
        if watch.stopped() {
            return Ok(None);
        }
        let answer = ask(&feed);
        *read = Some((feed, now));
        Ok(Some(answer))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;
    use std::path::Path;

    use indexmap::IndexMap;

    use super::*;
    use crate::checks::logs;
    use crate::config::WeekConfig;
    use crate::config::inputs::Inputs;
    use crate::events::source::Role;
    use crate::week::{Limits, Span, Window};

    fn log_set(folder: &Path) -> LogSet {
        let inputs = Inputs::new(IndexMap::new(), folder.to_owned());
        LogSet {
            base: folder.to_owned(),
            globs: vec![(Role::Events, "events.jsonl".to_owned())],
            reading: logs::reading(&inputs, &WeekConfig::default()),
        }
    }

    fn event(number: u32) -> String {
        format!(
            "{{\"eventId\":\"e-{number}\",\"event\":\"payment.succeeded\",\"environment\":\"live\",\
             \"createdAt\":\"2026-11-25T09:00:00Z\",\"data\":{{\"id\":\"p-{number}\"}}}}\n"
        )
    }

    fn now(second: u32) -> Timestamp {
        Timestamp::parse(&format!("2026-11-25T10:00:{second:02}Z")).unwrap()
    }

    /// How many lines are known to this question, and how many bytes were read for all so far.
    fn asked(shared: &Shared, second: u32) -> (u64, u64) {
        let now = now(second);
        let known = shared.ask(now, &Watch::idle(), |feed| {
            let window = Window::until(now, Span::Week);
            let reading = feed.picture(now, window, &Limits::default(), None).reading;
            (reading.lines, reading.bytes)
        });
        known.unwrap().unwrap()
    }

    #[test]
    fn checks_side_by_side_read_the_logs_once() {
        let folder = tempfile::tempdir().unwrap();
        let text: String = (0..1_000).map(event).collect();
        fs::write(folder.path().join("events.jsonl"), &text).unwrap();
        let checks: Vec<_> = (0..4).map(|_| Shared::of(log_set(folder.path()))).collect();
        let length = text.len() as u64;
        for (second, shared) in (0..).zip(&checks) {
            assert_eq!(asked(shared, second), (1_000, length), "all bytes ever read, each once");
        }
        // Who asks for other logs gets others, and later they are read anew.
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("events.jsonl"), event(1)).unwrap();
        assert_eq!(asked(&Shared::of(log_set(other.path())), 9).0, 1);
        drop(checks);
    }

    #[test]
    fn a_line_that_comes_between_two_questions_counts_side_by_side_and_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        fs::write(&path, event(1)).unwrap();
        let (one, other) = (Shared::of(log_set(folder.path())), Shared::of(log_set(folder.path())));
        assert_eq!(asked(&one, 0).0, 1);
        let append = |number| {
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(event(number).as_bytes()).unwrap();
        };
        append(2);
        assert_eq!(asked(&other, 1).0, 2);
        drop((one, other));
        append(3);
        assert_eq!(asked(&Shared::of(log_set(folder.path())), 2).0, 3);
        // Another file under the same name.
        let shared = Shared::of(log_set(folder.path()));
        assert_eq!(asked(&shared, 3).0, 3);
        fs::write(folder.path().join("new"), event(9)).unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert_eq!(asked(&shared, 4).0, 4, "what was there before was true as well");
    }
}

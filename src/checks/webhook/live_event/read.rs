//! Reads the records and logs, and hands what their lines tell to [`judge`](super::judge).
//!
//! Called by the check on a thread that may block. The rule it keeps: what could not be read is
//! said.

use std::sync::{Mutex, PoisonError};

use memchr::memmem;

use crate::checks::webhook::live_event::judge::Tally;
use crate::events::blocks::{self, Cut, Line};
use crate::events::feed::LogSet;
use crate::events::source::{self, Role, Source};
use crate::events::told;
use crate::scan::Watch;

/// A longer line is no event, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Lines looked at.
    pub lines: u64,
    /// Files read to their end.
    pub files: u64,
    /// What could not be read, one sentence each.
    pub troubles: Vec<String>,
    /// Where the best proven event stands: the file and the line.
    pub place: Option<String>,
}

/// Reads all lines of the logs and records. Blocks.
pub(super) fn all(set: &LogSet, tally: Tally, watch: &Watch) -> (Tally, Reading) {
    let found = source::find(&set.base, &set.globs);
    watch.begin("reading the event log", None, "bytes");
    let marks = marks(set);
    let shared = Mutex::new(tally);
    let make = || {
        |line: Line<'_>| {
            let may_be = |mark: &&[u8]| memmem::find(line.bytes, mark).is_some();
            if marks.is_some_and(|marks| !marks.iter().any(may_be)) {
                return;
            }
            if let Some(told) = told::Line::read(line.bytes, &set.reading) {
                let mut tally = shared.lock().unwrap_or_else(PoisonError::into_inner);
                tally.take(&told, line.bytes, line.place);
            }
        }
    };
    let cut = Cut { longest_line: LONGEST, ..Cut::default() };
    let (readers, passed) = blocks::read(&found.files, cut, make, watch);
    drop(readers);
    let tally = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    let shown = |file: usize| found.files.get(file).map_or("", |file: &Source| &file.shown);
    let unmatched =
        found.unmatched.iter().map(|glob| format!("No file matches the event_log {glob}."));
    let broken = passed.broken.iter().map(|(file, why)| (shown(*file).to_owned(), why.clone()));
    let unread = found.unread.iter().cloned().chain(broken).map(|(what, why)| {
        let why = crate::text::visible(&why, 200);
        format!("{what} could not be read to its end: {why}.")
    });
    let mut troubles: Vec<String> = unmatched.chain(unread).collect();
    if passed.too_long > 0 {
        troubles.push(format!("{} lines are too long to be events.", passed.too_long));
    }
    if passed.stopped && !watch.stopped() {
        troubles.push("The search broke off before the end of the logs.".to_owned());
    }
    let place = tally.best.as_ref().map(|seen| seen.place);
    let place = place.map(|at| format!("{}:{}", shown(at.file as usize), passed.number(at)));
    let files = found.files.len().saturating_sub(passed.broken.len()) as u64;
    (tally, Reading { lines: passed.lines, files, troubles, place })
}

/// What stands on every line of interest; events of the sandbox are counted, too. `None` where the
/// merchant's own member names the environment: then it may be called anything.
fn marks(set: &LogSet) -> Option<[&'static [u8]; 4]> {
    let named = &set.reading.members.of(Role::Events).environment;
    named.is_none().then_some([b"live", b"test", b"sandbox", b"bodyBase64"])
}

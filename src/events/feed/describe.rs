//! What was read, in the words of the picture.
//!
//! Called after every pass. The rule it keeps: what could not be read is said.

use super::files::Files;
use super::stream::Stream;
use super::teller::Counts;
use super::{LogSet, MOST_STORIES};
use crate::events::source::{Packing, Role};
use crate::scan::sandbox::pattern::Pattern;
use crate::text::visible;
use crate::week::picture::{Holds, Reading, SourceState};

/// Puts together what was read. `full`: stories were forgotten before their time.
pub(super) fn describe(
    set: &LogSet,
    files: &Files,
    counts: &Counts,
    (bytes, repeated, full): (u64, i64, bool),
) -> Reading {
    let there: Vec<&Stream> = files.streams.iter().filter(|stream| stream.attached).collect();
    let has = |role: Role| there.iter().any(|stream| stream.source.roles.has(role));
    let mut sources: Vec<SourceState> = there.iter().flat_map(|stream| followed(stream)).collect();
    sources.extend(files.unmatched.iter().map(|pattern| unmatched(set, files, pattern)));
    sources.extend(files.unread.iter().map(|(shown, why)| SourceState {
        shown: shown.clone(),
        role: role_of(set, shown),
        state: why.clone(),
        good: false,
    }));
    let failed = sources.iter().filter(|it| !it.good && it.state != NOT_YET && it.state != GONE);
    let mut problems: Vec<String> =
        failed.map(|it| format!("{} can not be read: {}", it.shown, it.state)).collect();
    // A file of several roles stands there for each.
    problems.dedup();
    if full {
        problems.push(format!(
            "more than {MOST_STORIES} events may still come again; the oldest of them count as \
             repetitions when they do"
        ));
    }
    Reading {
        sources,
        lines: counts.lines,
        bytes,
        understood: counts.understood,
        garbage: counts.garbage,
        too_long: counts.too_long,
        repeated: u64::try_from(repeated).unwrap_or(0),
        undated: counts.undated,
        test: counts.test,
        forged: counts.forged,
        holds: Holds {
            events: has(Role::Events),
            answers: counts.answers,
            application: has(Role::Application),
            requests: has(Role::Requests),
        },
        covers: counts.covers,
        newest: counts.newest,
        oldest: counts.oldest,
        problems,
    }
}

const NOT_YET: &str = "no such file yet";
const GONE: &str = "gone";

/// A file that is there, for each of its roles.
fn followed(stream: &Stream) -> impl Iterator<Item = SourceState> {
    let follows = stream.source.packing == Packing::Plain && stream.source.held.is_some();
    let state = if follows { "followed" } else { "read" };
    let state = stream.broken.as_ref().map_or_else(|| state.to_owned(), |why| visible(why, 200));
    stream.source.roles.each().map(move |role| SourceState {
        shown: stream.source.shown.clone(),
        role: word(role),
        state: state.clone(),
        good: stream.broken.is_none(),
    })
}

/// A pattern that no file matches now; one may have.
fn unmatched(set: &LogSet, files: &Files, shown: &str) -> SourceState {
    let glob = set.globs.iter().find(|(_, glob)| visible(glob, 200) == *shown);
    let pattern = glob.and_then(|(_, glob)| Pattern::new(glob, &set.base).ok());
    let was = pattern.is_some_and(|pattern| {
        let mut paths = files.streams.iter().map(|stream| &stream.source.path);
        paths.any(|path| path.starts_with(&pattern.root) && pattern.matches(path))
    });
    SourceState {
        shown: shown.to_owned(),
        role: glob.map_or("", |(role, _)| word(*role)),
        state: if was { GONE } else { NOT_YET }.to_owned(),
        good: false,
    }
}

fn role_of(set: &LogSet, shown: &str) -> &'static str {
    let path = set.base.join(shown);
    let matches = |glob: &str| {
        Pattern::new(glob, &set.base)
            .is_ok_and(|pattern| path.starts_with(&pattern.root) && pattern.matches(&path))
    };
    let named = set.globs.iter().find(|(_, glob)| visible(glob, 200) == *shown || matches(glob));
    named.map_or("", |(role, _)| word(*role))
}

/// What a role is called where it is shown.
fn word(role: Role) -> &'static str {
    match role {
        Role::Events => "webhooks",
        Role::Deliveries => "deliveries",
        Role::Requests => "requests",
        Role::Application => "application",
    }
}

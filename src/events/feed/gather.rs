//! From lines to stories: joins answers to their records, groups by event, fills the boards.
//!
//! Called at the end of every pass, the first one and those that read what was appended. The rules
//! it keeps: a story goes into the boards once; when more becomes known of it, it is taken out as
//! it was and put in as it is.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::heard::{Half, Heard};
use super::memory::{Change, Kept, Known, MOST_STORIES, Memory, Orphan, made};
use super::sink::Sink;
use super::story;
use crate::events::spill::{Spill, Writer};
use crate::scan::Watch;
use crate::time::Timestamp;
use crate::week::{Answer, Key, Words};

/// An answer is looked for so long.
const ANSWERED_WITHIN_MS: i64 = 3_600_000;

/// What a pass has put away, and what is known when its lines are gathered.
pub(super) struct Gathering<'a, S> {
    pub heard: Spill,
    pub halves: Spill,
    pub threads: usize,
    pub now: Timestamp,
    pub words: &'a Words,
    /// Boards that are being filled; a thread takes one, or a new one.
    pub sinks: &'a Mutex<Vec<S>>,
    pub watch: &'a Watch,
}

/// Gathers the lines: the boards, filled, and how many deliveries came beside the first of their
/// events.
pub(super) fn gather<S: Sink>(from: Gathering<'_, S>, memory: &mut Memory) -> io::Result<(S, i64)> {
    let Gathering { heard, halves, threads, now, words, sinks, watch } = from;
    let stopped = || watch.stopped();
    memory.seen.prepare();
    let joiners = {
        let make = || Joiner { memory, now, heard: heard.writer(), waits: vec![], orphans: vec![] };
        let joiners = halves.groups(threads, make, Joiner::visit, stopped)?;
        let joined =
            joiners.into_iter().map(|it| it.heard.finish().map(|()| (it.waits, it.orphans)));
        joined.collect::<io::Result<Vec<_>>>()?
    };
    let parts = {
        let known = &*memory;
        let make = || Part::new(known, words, now, MOST_STORIES / threads.max(1), taken(sinks));
        let parts = heard.groups(threads, make, Part::visit, stopped)?;
        parts.into_iter().map(Part::done).collect::<Vec<_>>()
    };
    let mut repeated = 0;
    let mut changes = Vec::new();
    for part in parts {
        sinks.lock().unwrap_or_else(PoisonError::into_inner).push(part.sink);
        repeated += part.repeated;
        memory.full |= part.full;
        part.edge.into_iter().for_each(|edge| memory.passed(edge));
        part.kept.into_iter().for_each(|(id, kept)| memory.keep(id, kept));
        changes.extend(part.more);
    }
    let all = std::mem::take(&mut *sinks.lock().unwrap_or_else(PoisonError::into_inner));
    let mut sink = all.into_iter().reduce(merged).unwrap_or_default();
    let mut apply = |change: Option<Change>| {
        let Some(Change { was, is, repeated: more }) = change else { return };
        repeated += more;
        if was != is {
            sink.remove(&was, words);
            sink.add(&is, words);
        }
    };
    for (id, lines) in changes {
        apply(memory.more(id, &lines));
    }
    for (waits, orphans) in joiners {
        waits.iter().for_each(|(record, line)| memory.waits(*record, line));
        for (record, orphan) in orphans {
            apply(memory.answered(record, orphan));
        }
    }
    memory.sweep(now);
    Ok((sink, repeated))
}

fn merged<S: Sink>(mut one: S, other: S) -> S {
    one.merge(other);
    one
}

/// One of the boards that are being filled, or a new one.
pub(super) fn taken<S: Sink>(sinks: &Mutex<Vec<S>>) -> S {
    sinks.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
}

/// One thread's joining of records and answers.
struct Joiner<'a> {
    memory: &'a Memory,
    now: Timestamp,
    heard: Writer<'a>,
    waits: Vec<(Key, Heard)>,
    orphans: Vec<(Key, Orphan)>,
}

impl Joiner<'_> {
    fn visit(&mut self, group: &[Half]) {
        let answer = group.iter().find_map(|half| match half {
            Half::Answered { record, at, status, ms } => {
                Some((*record, Orphan { at: *at, status: *status, ms: *ms }))
            }
            Half::Came(..) => None,
        });
        let mut came = false;
        for half in group {
            let Half::Came(record, heard) = half else { continue };
            came = true;
            let orphan = answer.map(|(_, orphan)| orphan);
            let orphan = orphan.or_else(|| self.memory.orphans.get(record).copied());
            let answer = orphan.map_or(Answer::Nothing, Orphan::answer);
            let heard = Heard { answer, ..*heard };
            self.heard.push(&heard);
            if orphan.is_none() && self.is_recent(heard.at) {
                self.waits.push((*record, heard));
            }
        }
        let orphan = answer.filter(|_| !came);
        self.orphans.extend(orphan.filter(|(_, it)| it.at.is_none_or(|at| self.is_recent(at))));
    }

    fn is_recent(&self, at: Timestamp) -> bool {
        at.millis() > self.now.millis() - ANSWERED_WITHIN_MS
    }
}

/// One thread's stories.
struct Part<'a, S> {
    memory: &'a Memory,
    words: &'a Words,
    now: Timestamp,
    most: usize,
    done: Done<S>,
}

struct Done<S> {
    sink: S,
    repeated: i64,
    kept: Vec<(Key, Kept)>,
    more: Vec<(Key, Vec<Heard>)>,
    edge: Option<i64>,
    full: bool,
}

impl<'a, S: Sink> Part<'a, S> {
    fn new(memory: &'a Memory, words: &'a Words, now: Timestamp, most: usize, sink: S) -> Self {
        let (kept, more) = (Vec::new(), Vec::new());
        let done = Done { sink, repeated: 0, kept, more, edge: None, full: false };
        Self { memory, words, now, most, done }
    }

    fn visit(&mut self, group: &[Heard]) {
        let Some(first) = group.first() else { return };
        match self.memory.knows(group) {
            Known::Here => self.done.more.push((first.id, group.to_vec())),
            Known::Forgotten => {
                let beside = story::of(group).map_or(0, |(_, beside, _)| beside);
                self.done.repeated += beside.cast_signed() + 1;
            }
            Known::New => self.new_story(group),
        }
    }

    fn new_story(&mut self, group: &[Heard]) {
        let Some((story, repeated, settled)) = story::of(group) else { return };
        self.done.sink.add(&story, self.words);
        self.done.repeated += repeated.cast_signed();
        if Kept::until(group, settled) < self.now.millis() {
            self.done.edge = self.done.edge.max(Some(made(group)));
            return;
        }
        self.done.kept.push((story.id, Kept::new(group, settled)));
        if self.done.kept.len() > self.most + self.most / 4 {
            self.shrink();
        }
    }

    /// Keeps only the stories that stay open longest.
    fn shrink(&mut self) {
        let kept = &mut self.done.kept;
        let most = self.most.min(kept.len());
        kept.select_nth_unstable_by_key(most.saturating_sub(1), |(_, it)| -it.until);
        let old = kept.drain(most..).map(|(_, old)| made(&old.lines())).max();
        self.done.edge = self.done.edge.max(old);
        self.done.full = true;
    }

    fn done(self) -> Done<S> {
        self.done
    }
}

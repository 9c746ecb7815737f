//! Reads the logs once and judges every id: the three passes over what was found.
//!
//! Called by the check on a thread that may block. First every line becomes at most a few facts,
//! then the facts of each id are judged, then the ids of each order. The rule it keeps: what is
//! counted is counted in full; of what is shown only the first few are kept.

use std::hash::RandomState;
use std::io;
use std::sync::Mutex;

use super::Question;
use super::fact::Fact;
use super::judge::{Conflict, Topic, Weight, conflicts};
use super::orders;
use super::usage::{End, Kind, Unused, usages};
use crate::events::blocks::{self, Line, Passed, Place};
use crate::events::own_shape::{self, Room};
use crate::events::record::Said;
use crate::events::source::{Packing, Source};
use crate::events::spill::{Spill, Writer};
use crate::scan::Watch;

/// Of each topic and weight so many conflicts are kept to be shown.
pub const MOST_SHOWN: usize = 10;

/// After so many ids progress is said.
const IDS_AT_ONCE: u64 = 1024;

/// How many lines said what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines with an event.
    pub events: u64,
    /// Lines with a request that uses an id.
    pub requests: u64,
    /// Requests that create something and carry no id, and the first of them.
    pub without_id: Seen,
    /// Requests that MintCash did not take.
    pub refused: u64,
    /// Events with a wrong signature or none.
    pub forged: u64,
    /// Lines about golive's own ids.
    pub own: u64,
    /// Requests to others than MintCash.
    pub elsewhere: u64,
    /// JSON that is neither event nor request.
    pub other: Seen,
    /// Lines that are no JSON.
    pub garbage: Seen,
    /// Last lines that are not written to their end.
    pub half: u64,
}

/// A number and the first place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many.
    pub count: u64,
    /// Where the first one is.
    pub first: Option<Place>,
}

impl Seen {
    fn add(&mut self, place: Place) {
        self.merge(Self { count: 1, first: Some(place) });
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
    }
}

impl Counts {
    fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.requests += other.requests;
        self.without_id.merge(other.without_id);
        self.refused += other.refused;
        self.forged += other.forged;
        self.own += other.own;
        self.elsewhere += other.elsewhere;
        self.other.merge(other.other);
        self.garbage.merge(other.garbage);
        self.half += other.half;
    }
}

/// What the ids came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Different ids.
    pub ids: u64,
    /// Ids that stand in a request.
    pub sent: u64,
    /// Ids that stand in an event.
    pub told: u64,
    /// Ids that stand in both.
    pub both: u64,
    /// Ids of payments and subscriptions that were sent.
    pub charges: u64,
    /// Those of them whose order is named.
    pub ordered: u64,
    /// Orders with several ids of which it is not known how they ended.
    pub open_orders: u64,
    /// How many ids or orders are in conflict.
    pub counts: Vec<((Topic, Weight), u64)>,
    /// The first conflicts of each topic and weight, in the order of their lines.
    pub shown: Vec<Conflict>,
}

impl Judged {
    fn note(&mut self, conflict: Conflict) {
        let kind = (conflict.topic, conflict.weight);
        self.count(kind, 1);
        self.shown.push(conflict);
        if self.shown.len() >= MOST_SHOWN * 64 {
            self.trim();
        }
    }

    fn count(&mut self, kind: (Topic, Weight), more: u64) {
        match self.counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += more,
            None => self.counts.push((kind, more)),
        }
    }

    fn trim(&mut self) {
        self.shown.sort_unstable();
        let mut kept: Vec<((Topic, Weight), usize)> = Vec::new();
        self.shown.retain(|conflict| {
            let kind = (conflict.topic, conflict.weight);
            let at = kept.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
                kept.push((kind, 0));
                kept.len() - 1
            });
            let Some((_, count)) = kept.get_mut(at) else { return false };
            *count += 1;
            *count <= MOST_SHOWN
        });
    }

    fn merge(&mut self, other: Self) {
        self.ids += other.ids;
        self.sent += other.sent;
        self.told += other.told;
        self.both += other.both;
        self.charges += other.charges;
        self.ordered += other.ordered;
        self.open_orders += other.open_orders;
        other.counts.into_iter().for_each(|(kind, count)| self.count(kind, count));
        self.shown.extend(other.shown);
        self.trim();
        self.counts.sort_unstable();
    }

    /// How many conflicts of that topic and weight there are.
    #[must_use]
    pub fn of(&self, topic: Topic, weight: Weight) -> u64 {
        let known = self.counts.iter().find(|(kind, _)| *kind == (topic, weight));
        known.map_or(0, |(_, count)| *count)
    }
}

/// Everything that a pass over the logs found.
#[derive(Debug)]
pub struct Found {
    /// What was read.
    pub passed: Passed,
    /// What the lines are.
    pub counts: Counts,
    /// What the ids came to.
    pub judged: Judged,
    /// The key of the hashes, to know quoted lines again.
    pub hash: RandomState,
}

/// Reads and judges.
///
/// # Errors
/// When there is no room for temporary data.
pub fn pass(
    sources: &[Source],
    question: &Question,
    spills: [Spill; 2],
    watch: &Watch,
) -> io::Result<Found> {
    let [by_id, by_order] = spills;
    let cut = question.cut;
    let hash = RandomState::new();
    let failed = Mutex::new(None);
    // How much a packed file holds is not known before it is unpacked.
    let plain = sources.iter().all(|source| source.packing == Packing::Plain);
    let total = plain.then(|| sources.iter().map(|source| source.bytes).sum());
    watch.begin("reading the logs", total, "bytes");
    let (counts, passed) = gather(sources, question, (&by_id, &hash), &failed, watch);
    let mut judged = Judged::default();
    watch.begin("comparing the uses of each id", None, "ids");
    let make = || (Judged::default(), Some(by_order.writer()));
    let parts = by_id.groups(
        cut.threads,
        make,
        |(judged, orders): &mut (Judged, Option<Writer<'_>>), group: &[Fact]| {
            id(judged, group, orders.as_mut());
            if judged.ids % IDS_AT_ONCE == 0 {
                watch.advance(IDS_AT_ONCE, 0);
            }
        },
        || watch.stopped(),
    )?;
    for (part, orders) in parts {
        judged.merge(part);
        note(&failed, orders.map_or(Ok(()), Writer::finish));
    }
    if let Some(error) = failed.into_inner().unwrap_or_default() {
        return Err(error);
    }
    let orders = by_order.groups(
        cut.threads,
        Judged::default,
        |judged, group: &[Fact]| {
            let says = orders::judge(group);
            judged.open_orders += u64::from(says.is_open);
            says.conflict.into_iter().for_each(|conflict| judged.note(conflict));
        },
        || watch.stopped(),
    )?;
    orders.into_iter().for_each(|part| judged.merge(part));
    Ok(Found { passed, counts, judged, hash })
}

fn note(failed: &Mutex<Option<io::Error>>, result: io::Result<()>) {
    if let (Err(error), Ok(mut failed)) = (result, failed.lock()) {
        failed.get_or_insert(error);
    }
}

/// Turns every line into facts.
fn gather(
    sources: &[Source],
    question: &Question,
    (spill, hash): (&Spill, &RandomState),
    failed: &Mutex<Option<io::Error>>,
    watch: &Watch,
) -> (Counts, Passed) {
    let all = Mutex::new(Counts::default());
    let make = || {
        let mut gatherer = Gatherer {
            counts: Counts::default(),
            writer: Some(spill.writer()),
            hash,
            all: &all,
            failed,
        };
        let mut room = Room::default();
        move |line: Line<'_>| {
            let file = sources.get(line.place.file as usize);
            let (role, members) = question.read_as(file);
            let how = (&question.reading, members);
            let said = own_shape::read(line.bytes, role, how, &mut room);
            gatherer.line(&said, &line);
        }
    };
    let (readers, passed) = blocks::read(sources, question.cut, make, watch);
    drop(readers);
    (all.into_inner().unwrap_or_default(), passed)
}

/// One thread's part; hands in what it has when it is dropped.
struct Gatherer<'a> {
    counts: Counts,
    writer: Option<Writer<'a>>,
    hash: &'a RandomState,
    all: &'a Mutex<Counts>,
    failed: &'a Mutex<Option<io::Error>>,
}

impl Drop for Gatherer<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.lock() {
            all.merge(&self.counts);
        }
        note(self.failed, self.writer.take().map_or(Ok(()), Writer::finish));
    }
}

impl Gatherer<'_> {
    fn line(&mut self, said: &Said<'_>, line: &Line<'_>) {
        let (writer, hash) = (&mut self.writer, self.hash);
        let unused = usages(said, &mut |usage| {
            if let Some(writer) = writer {
                writer.push(&Fact::of(&usage, line.place, hash));
            }
        });
        let counts = &mut self.counts;
        match (said, unused) {
            (_, Some(Unused::Refused)) => counts.refused += 1,
            (_, Some(Unused::Forged)) => counts.forged += 1,
            (_, Some(Unused::Own)) => counts.own += 1,
            (_, Some(Unused::WithoutId)) => counts.without_id.add(line.place),
            (Said::Event(_), _) => counts.events += 1,
            (Said::Request(_), None) => counts.requests += 1,
            (Said::Request(_) | Said::Other, Some(Unused::Silent)) => counts.other.add(line.place),
            (Said::Elsewhere, _) => counts.elsewhere += 1,
            (Said::Garbage, _) if line.ended => counts.garbage.add(line.place),
            (Said::Garbage, _) => counts.half += 1,
            (Said::Answered(_), _) | (Said::Other, None) => {}
        }
    }
}

/// Judges one id and hands on what its order needs.
fn id(judged: &mut Judged, group: &[Fact], orders: Option<&mut Writer<'_>>) {
    let sent = group.iter().any(Fact::is_request);
    let told = group.iter().any(|fact| !fact.is_request());
    judged.ids += 1;
    judged.sent += u64::from(sent);
    judged.told += u64::from(told);
    judged.both += u64::from(sent && told);
    let charges = group.iter().any(|fact| fact.is_request() && fact.kind() != Kind::Refund);
    judged.charges += u64::from(charges);
    conflicts(group).into_iter().for_each(|conflict| judged.note(conflict));
    let Some(fact) = orders::of_id(group) else { return };
    judged.ordered += u64::from(charges && !fact.is_free_text());
    if let Some(orders) = orders.filter(|_| fact.end() != End::Conflict) {
        orders.push(&fact);
    }
}

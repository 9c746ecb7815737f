//! What one line tells the first week: an event, an answer, a hit, an error, or nothing.
//!
//! Called by [`feed`](super::feed) for every line.
//!
//! ```text
//!  {"eventId":..,"event":..,"data":{..}}      envelope   one pass, in place
//!  {"schema":"golive.received/1",..}          recorded   the same over the body
//!  1.2.3.4 - - [25/Nov/2026:..] "POST /..     access
//!  2026-11-25T15:16:51Z ERROR ..              plain
//!  {"level":"error","err":{"code":..}}        wide       facts from anywhere, then judged
//! ```
//!
//! The rules it keeps: `event` decides what an event is about, never `type` (C9); ids become hashes
//! and names become numbers at once; a line that is not whole is garbage; what is not understood is
//! said to be so.

pub(super) mod access;
mod envelope;
mod exchange;
mod facts;
mod hash;
mod known;
mod layout;
mod level;
pub(super) mod moment;
pub(super) mod names;
pub(super) mod plain;
mod recorded;
mod slot;
mod texts;
mod took;
mod trace;
mod wide;

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use self::envelope::{Data, Top, begins};
use self::known::{Kind, Known};
pub(super) use self::wide::enclosed;
use super::json::Raw;
use super::members::LogMembers;
use super::record;
use super::source::Role;
use crate::time::Timestamp;
use crate::week::{Answer, Key, Side, Word, Words};

/// What is known before the first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whose requests count, and where the members of request logs are for `record`.
    pub record: record::Reading,
    /// Where the members are in the merchant's own logs.
    pub members: LogMembers,
    /// The path of the webhook endpoint, `/webhooks/mintcash`: lines of an access log for other
    /// paths do not count. `None` when it is not known: then every POST counts.
    pub webhook_path: Option<String>,
}

/// What a line tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Told {
    /// An event came.
    Event(EventLine),
    /// A delivery was answered: the second record of `golive listen`.
    Answered {
        /// The id of the first record.
        record: Key,
        /// When.
        at: Option<Timestamp>,
        /// The status.
        status: u16,
        /// How long it took, in milliseconds.
        ms: Option<u32>,
        /// Whether a person had sent it again: no delivery of MintCash.
        resent: bool,
    },
    /// A delivery in an access log.
    Hit {
        /// When.
        at: Timestamp,
        /// The status.
        status: u16,
        /// How long it took, in milliseconds, where the log says.
        ms: Option<u32>,
    },
    /// An error.
    Trouble(TroubleLine),
    /// A line that is understood and does not count here; its time, where it has one.
    Nothing(Option<Timestamp>),
    /// A line whose time can not be read, and that would count with one.
    Undated,
    /// Neither JSON nor a line of an access log.
    Garbage,
}

/// A line that says that an event came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventLine {
    /// Its `eventId`.
    pub id: Option<Key>,
    /// The id of `golive listen`'s record, to which the answer belongs.
    pub record: Option<Key>,
    /// Its name.
    pub name: Word,
    /// When MintCash made it.
    pub created: Option<Timestamp>,
    /// When it came.
    pub received: Option<Timestamp>,
    /// How it was answered, where the same line says.
    pub answer: Answer,
    /// Whether it is of the sandbox.
    pub test: bool,
    /// Whether its signature was wrong or missing.
    pub forged: bool,
    /// `data.failureCode`.
    pub code: Option<Word>,
    /// `data.id`.
    pub resource: Option<Key>,
    /// The subscription that it belongs to.
    pub subscription: Option<Key>,
    /// `data.externalId`.
    pub external: Option<Key>,
    /// Whether a card had been entered, where it says.
    pub card: Option<bool>,
}

/// A line that tells of an error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TroubleLine {
    /// When.
    pub at: Timestamp,
    /// On whose side.
    pub side: Side,
    /// MintCash's code.
    pub code: Option<Word>,
    /// The HTTP status of MintCash's answer.
    pub status: Option<u16>,
    /// `requestId`.
    pub request: Option<Key>,
    /// `externalId`.
    pub external: Option<Key>,
    /// MintCash's id of the thing.
    pub resource: Option<Key>,
}

/// Room that is kept from line to line, and one thread's way to the names and keys.
#[derive(Debug)]
pub struct Room {
    text: Vec<u8>,
    words: Arc<Mutex<Words>>,
    numbers: FxHashMap<Box<[u8]>, Word>,
    seed: u64,
    kept: Option<Kept>,
    known: Known,
}

/// What is kept of a line as it is written, where somebody is to see it.
#[derive(Debug, Default)]
struct Kept {
    ids: Vec<(Key, Vec<u8>)>,
    envelope: Option<Vec<u8>>,
    test: Option<bool>,
}

impl Room {
    /// Room for one thread. All threads share the words and the seed.
    #[must_use]
    pub fn new(words: Arc<Mutex<Words>>, seed: u64) -> Self {
        Self {
            text: Vec::new(),
            words,
            numbers: FxHashMap::default(),
            seed,
            kept: None,
            known: Known::default(),
        }
    }

    /// Room that keeps the ids and the envelope of a line as they are written, for that one line.
    pub(super) fn keeping(words: Arc<Mutex<Words>>) -> Self {
        Self { kept: Some(Kept::default()), ..Self::new(words, 0) }
    }

    /// An id that was read, as it is written.
    pub(super) fn text_of(&self, key: Key) -> Option<String> {
        let (_, text) = self.kept.as_ref()?.ids.iter().find(|(kept, _)| *kept == key)?;
        String::from_utf8(text.clone()).ok()
    }

    /// The envelope that was read, as it is written; none where a line tells of an event without.
    pub(super) fn envelope(&self) -> Option<&[u8]> {
        self.kept.as_ref()?.envelope.as_deref()
    }

    /// Whether a line without an envelope says that its event is of the sandbox.
    pub(super) fn says_test(&self) -> Option<bool> {
        self.kept.as_ref()?.test
    }

    fn keep_envelope(&mut self, bytes: Option<&[u8]>) {
        if let Some(kept) = &mut self.kept {
            kept.envelope = bytes.map(<[u8]>::to_vec);
        }
    }

    /// The number of a name.
    pub fn word(&mut self, text: &[u8]) -> Word {
        if let Some(word) = self.numbers.get(text) {
            return *word;
        }
        let name = String::from_utf8_lossy(text);
        let word = self.words.lock().unwrap_or_else(PoisonError::into_inner).word(&name);
        if self.numbers.len() < crate::week::word::MOST_WORDS {
            self.numbers.insert(text.into(), word);
        }
        word
    }

    /// The key of an id.
    #[must_use]
    pub fn key(&self, text: &[u8]) -> Key {
        Key(hash::hash(self.seed, text))
    }

    /// The key of an id that a line names.
    fn keep(&mut self, text: &[u8]) -> Key {
        let key = self.key(text);
        if let Some(kept) = &mut self.kept {
            kept.ids.push((key, text.to_vec()));
        }
        key
    }

    /// The key of an id that a member holds; none for an empty one.
    fn id(&mut self, raw: Option<Raw<'_>>) -> Option<Key> {
        Some(self.keep(&raw?.some_text()?))
    }

    /// The number of a name that a member holds; none for an empty one.
    fn name(&mut self, raw: Option<Raw<'_>>) -> Option<Word> {
        Some(self.word(&raw?.some_text()?))
    }
}

/// Says what a line of a log of that kind tells.
pub fn read(line: &[u8], role: Role, reading: &Reading, room: &mut Room) -> Told {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    if line.first() != Some(&b'{') {
        return match role {
            Role::Deliveries => access::told(line, reading),
            Role::Application => plain::told(line, room),
            Role::Events | Role::Requests => Told::Garbage,
        };
    }
    if let Some(told) = known::told(line, role, room) {
        return told;
    }
    let Some(top) = Top::read(line) else { return Told::Garbage };
    let may_be_bare = role != Role::Application && reading.members.of(role).is_empty();
    if let Some(schema) = top.schema
        && let Some(told) = recorded::told(schema, &top, room)
    {
        known::learn(line, role, Kind::Record, &top, &told, room);
        return told;
    }
    if may_be_bare && !top.is_logged && top.is_envelope() {
        let told = dated(event(&top, room));
        room.keep_envelope(Some(line));
        known::learn(line, role, Kind::Envelope, &top, &told, room);
        return told;
    }
    wide::told(line, &top, role, reading, room)
}

/// An event counts when it has a time.
fn dated(event: EventLine) -> Told {
    match event.created.or(event.received) {
        Some(_) => Told::Event(event),
        None => Told::Undated,
    }
}

/// What an envelope says.
fn event(top: &Top<'_>, room: &mut Room) -> EventLine {
    let created = top.created.and_then(moment::of);
    let received = top.received.and_then(moment::of);
    let data = top.data.unwrap_or_default();
    let [payment, refund] = parts(&data);
    let some = |raw: Option<Raw<'_>>| raw.is_some_and(|raw| raw.some_text().is_some());
    let own = some(data.id);
    let (resource, external) = match (own, some(payment.id), some(refund.id)) {
        (true, ..) => (data.id, data.external),
        (false, true, _) => (payment.id, payment.external.or(data.external)),
        (false, false, true) => (refund.id, refund.external.or(data.external)),
        _ => (data.payment_id, data.external),
    };
    let code = [data.code, refund.code, payment.code].into_iter().find(|code| some(*code));
    let is_subscription = top.event.is_some_and(|name| begins(name, b"subscription."));
    let linked = data.subscription.or(payment.subscription).or(refund.subscription);
    let linked = linked.or(data.id.filter(|_| is_subscription));
    EventLine {
        id: room.id(top.event_id),
        record: None,
        name: room.name(top.event).unwrap_or(Word::OTHER),
        created,
        received,
        answer: Answer::Unsaid,
        test: top.environment.and_then(record::environment) == Some(record::Environment::Test),
        forged: false,
        code: room.name(code.flatten()),
        resource: room.id(resource),
        subscription: room.id(linked),
        external: room.id(external),
        card: data.card.or(payment.card),
    }
}

/// The payment and the refund that the data of a refund's event may hold.
fn parts<'a>(data: &Data<'a>) -> [Data<'a>; 2] {
    match (data.payment, data.refund) {
        (None, None) => Default::default(),
        (payment, refund) => [Data::inside(payment), Data::inside(refund)],
    }
}

#[cfg(test)]
mod tests;

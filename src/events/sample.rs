//! What one line tells the first week: an event, an answer, a hit, an error, or nothing.
//!
//! Called by [`feed`](super::feed) for every line. The rules it keeps: `event` decides what an
//! event is about, never `type` (C9); ids become hashes and names become numbers at once; what is
//! not understood is said to be so.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::members::LogMembers;
use super::record;
use super::source::Role;
use crate::time::Timestamp;
use crate::week::{Answer, Key, Side, Word, Words};

/// What is known before the first line.
#[derive(Clone, Debug)]
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
    /// For [`record::read`].
    pub scratch: record::Scratch,
    words: Arc<Mutex<Words>>,
    known: FxHashMap<Box<[u8]>, Word>,
    seed: u64,
}

impl Room {
    /// Room for one thread. All threads share the words and the seed.
    #[must_use]
    pub fn new(words: Arc<Mutex<Words>>, seed: u64) -> Self {
        Self { scratch: record::Scratch::default(), words, known: FxHashMap::default(), seed }
    }

    /// The number of a name.
    pub fn word(&mut self, text: &[u8]) -> Word {
        if let Some(word) = self.known.get(text) {
            return *word;
        }
        let name = String::from_utf8_lossy(text);
        let word = self.words.lock().unwrap_or_else(PoisonError::into_inner).word(&name);
        if self.known.len() < crate::week::word::MOST_WORDS {
            self.known.insert(text.into(), word);
        }
        word
    }

    /// The key of an id.
    #[must_use]
    pub fn key(&self, text: &[u8]) -> Key {
        use std::hash::Hasher as _;
        let mut hasher = rustc_hash::FxHasher::with_seed(usize::try_from(self.seed).unwrap_or(0));
        hasher.write(text);
        Key(hasher.finish())
    }
}

/// Says what a line of a log of that kind tells.
pub fn read(_line: &[u8], _role: Role, _reading: &Reading, _room: &mut Room) -> Told {
    Told::Garbage
}

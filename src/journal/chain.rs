//! Reads records out of bytes and proves their chain. Pure: what it is given is all it looks at,
//! but for evidence that a record names.
//!
//! The three verdicts on an end that is not clean are kept apart because three different things
//! must follow: *torn* (a write that was interrupted, never acknowledged) is put aside by the next
//! writer, *damaged* is refused, *newer* is read by a newer program.

use std::fmt;

use memchr::memchr;

use crate::journal::Head;
use crate::journal::evidence::Store;
use crate::journal::format::{self, Record};
use crate::launch::event::Event;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is not JSON.
    NotJson,
    /// It is JSON and not a record; the reason.
    NotARecord(String),
    /// It is longer than a record can be.
    TooLong,
    /// Its bytes do not have the hash that it claims.
    WrongHash,
    /// It does not continue the line before it.
    WrongPrev,
    /// Its number was given to another record already: two copies were merged.
    Fork {
        /// The number.
        seq: u64,
    },
    /// Records before it are gone.
    Gap {
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The first record does not open a journal.
    NoGenesis,
    /// A second record opens a journal.
    SecondGenesis,
    /// It was written by a newer program, in a format that this one does not know.
    Newer {
        /// The version of that format.
        version: u64,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => out.write_str("it is not JSON"),
            Self::NotARecord(why) => write!(out, "it is not a record ({why})"),
            Self::TooLong => out.write_str("it is longer than a record can be"),
            Self::WrongHash => out.write_str("its hash does not match: it was changed"),
            Self::WrongPrev => out.write_str("it does not continue the record before it"),
            Self::Fork { seq } => {
                write!(out, "there are two records number {seq}: two copies of it were merged")
            }
            Self::Gap { expected, found } => {
                write!(out, "record {expected} should come here, and {found} does")
            }
            Self::NoGenesis => out.write_str("the first record does not open a journal"),
            Self::SecondGenesis => out.write_str("a second journal begins here"),
            Self::Newer { version } => {
                write!(out, "it is in format {version}, of a newer golive")
            }
        }
    }
}

/// How the bytes end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With a whole record.
    Clean,
    /// With a write that was interrupted: no final LF, or a final line that is not JSON.
    Torn {
        /// How many bytes of it there are.
        bytes: usize,
    },
    /// With a line that can not be trusted; what comes after it was not looked at.
    Damaged {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: Problem,
    },
    /// With a record in a newer format; what comes after it was not looked at.
    Newer {
        /// The line, from 1.
        line: u64,
        /// The version of that format.
        version: u64,
    },
}

/// What a scan found.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// The records that can be trusted, in order.
    pub records: Vec<Record>,
    /// How many bytes they take.
    pub good: usize,
    /// How the bytes end.
    pub end: End,
}

/// Reads the records in `bytes`, which follow the record `from`.
#[must_use]
pub fn scan(bytes: &[u8], from: &Head, evidence: &Store) -> Scan {
    let mut head = from.clone();
    let mut records = Vec::new();
    let mut good = 0;
    let end = loop {
        let rest = bytes.get(good..).unwrap_or_default();
        if rest.is_empty() {
            break End::Clean;
        }
        let Some(length) = memchr(b'\n', rest) else {
            break End::Torn { bytes: rest.len() };
        };
        let line = rest.get(..length).unwrap_or_default();
        let last = length + 1 == rest.len();
        match format::read(line, evidence).and_then(|record| follows(&head, record)) {
            Ok(record) => {
                head = Head { seq: record.entry.seq, hash: record.entry.hash.clone() };
                records.push(record);
                good += length + 1;
            }
            Err(Problem::NotJson) if last => break End::Torn { bytes: rest.len() },
            Err(Problem::Newer { version }) => break End::Newer { line: head.seq + 1, version },
            Err(problem) => break End::Damaged { line: head.seq + 1, problem },
        }
    };
    Scan { records, good, end }
}

/// Lets a record through that continues the chain.
fn follows(head: &Head, record: Record) -> Result<Record, Problem> {
    let (found, expected) = (record.entry.seq, head.seq + 1);
    let opens = matches!(record.entry.event, Event::JournalOpened { .. });
    if found != expected {
        Err(if (1..expected).contains(&found) {
            Problem::Fork { seq: found }
        } else {
            Problem::Gap { expected, found }
        })
    } else if record.prev != head.hash {
        Err(Problem::WrongPrev)
    } else if opens && found != 1 {
        Err(Problem::SecondGenesis)
    } else if !opens && found == 1 {
        Err(Problem::NoGenesis)
    } else {
        Ok(record)
    }
}

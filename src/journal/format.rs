//! One record as one line, and back.
//!
//! ```text
//! {"v":1,"seq":42,"prev":"<64 hex>","id":"<ulid>","at":"…Z","by":{…},"env":"live",
//!  "kind":"step.signed","must":true,"data":{…},"h":"<64 hex>"}      (one line, LF, at most 64 KiB)
//! ```
//!
//! `h` is the SHA-256 of the line's own bytes up to `,"h":"`, so that anybody can check line N:
//!
//! ```text
//! sed -n Np FILE | sed -E 's/,"h":"[0-9a-f]{64}"\}$//' | tr -d '\n' | sha256sum
//! ```
//!
//! Every later version keeps `v` first and `h` last, so that an older program can tell a newer
//! record from a damaged one. Used by `chain` (reading) and `append` (writing).

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::journal::chain::Problem;
use crate::journal::evidence::Store;
use crate::journal::kinds;
use crate::journal::unique::Unique;
use crate::launch::event::{Actor, Entry, Event};
use crate::time::Timestamp;

/// The version of the format that is written.
pub(super) const VERSION: u64 = 1;
/// The longest line, its LF included, in bytes.
pub const LINE_LIMIT: usize = 64 * 1024;
/// The `prev` of the first record.
pub(super) const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// `,"h":"` + 64 digits + `"}`.
const SEAL: usize = 6 + 64 + 2;

/// What the line of a record says, its hash and shape verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The entry.
    pub entry: Entry,
    /// The hash of the record before it.
    pub prev: String,
    /// Whether a program that does not understand its kind must not write.
    pub must: bool,
    /// Evidence that it names and that is missing or not what it was, by file name.
    pub missing: Vec<String>,
}

impl Record {
    /// Whether this program understands what happened.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        !matches!(self.entry.event, Event::Other { .. })
    }
}

/// A record about to be written, without its hash. The order of the members is the format.
#[derive(Serialize)]
pub(super) struct Draft<'a> {
    pub(super) v: u64,
    pub(super) seq: u64,
    pub(super) prev: &'a str,
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) by: &'a Actor,
    pub(super) env: &'a str,
    pub(super) kind: &'a str,
    pub(super) must: bool,
    pub(super) data: &'a Map<String, Value>,
}

/// A record's line as version 1 has it; unknown and missing members are refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    v: u64,
    seq: u64,
    #[serde(borrow)]
    prev: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    at: Timestamp,
    by: Actor,
    #[serde(rename = "env")]
    _env: IgnoredAny,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    must: bool,
    #[serde(rename = "data")]
    _data: IgnoredAny,
    #[serde(rename = "h")]
    _hash: IgnoredAny,
}

/// The one member that every version has.
#[derive(Deserialize)]
struct Versioned {
    v: u64,
}

/// The data of a record, read without knowing its kind.
#[derive(Deserialize)]
struct Data {
    data: Map<String, Value>,
}

/// Makes the line of a record, its LF included, and its hash.
///
/// # Errors
/// When it can not be made into JSON.
pub(super) fn seal(draft: &Draft<'_>) -> serde_json::Result<(String, String)> {
    let mut line = serde_json::to_string(draft)?;
    line.pop();
    let hash = hex::encode(Sha256::digest(line.as_bytes()));
    line.push_str(",\"h\":\"");
    line.push_str(&hash);
    line.push_str("\"}\n");
    Ok((line, hash))
}

/// Reads one line, without its LF, and verifies all that can be told from the line alone.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(line: &[u8], evidence: &Store) -> Result<Record, Problem> {
    if line.len() >= LINE_LIMIT {
        return Err(if is_json(line) { Problem::TooLong } else { Problem::NotJson });
    }
    let Some((body, hash)) = split_seal(line) else {
        return Err(not_a_record(line, "it does not end in its hash"));
    };
    if hex::encode(Sha256::digest(body)) != hash {
        return Err(if is_json(line) { Problem::WrongHash } else { Problem::NotJson });
    }
    let head: Line<'_> = match serde_json::from_slice(line) {
        Ok(head) => head,
        Err(error) => {
            return Err(match serde_json::from_slice::<Versioned>(line) {
                Ok(Versioned { v }) if v != VERSION => Problem::Newer { version: v },
                _ => not_a_record(line, &error.to_string()),
            });
        }
    };
    if head.v != VERSION {
        return Err(Problem::Newer { version: head.v });
    }
    if let Err(error) = serde_json::from_slice::<Unique>(line) {
        return Err(Problem::NotARecord(error.to_string()));
    }
    let (event, missing) = event(line, &head.kind, evidence)?;
    let entry = Entry {
        seq: head.seq,
        id: head.id.into_owned(),
        at: head.at,
        by: head.by,
        event,
        hash: hash.to_owned(),
    };
    Ok(Record { entry, prev: head.prev.into_owned(), must: head.must, missing })
}

/// The event of a line, and evidence that it names and that is not there. One that this program can
/// not make sense of is kept as it stands.
fn event(line: &[u8], kind: &str, evidence: &Store) -> Result<(Event, Vec<String>), Problem> {
    let known = kinds::KNOWN.contains(&kind);
    let by_reference = memchr::memmem::find(line, b"\"$evidence\"").is_some();
    if known
        && !by_reference
        && let Ok(event) = serde_json::from_slice(line)
    {
        return Ok((event, Vec::new()));
    }
    let Data { mut data } = serde_json::from_slice(line)
        .map_err(|error| Problem::NotARecord(format!("its data: {error}")))?;
    let mut missing = Vec::new();
    if known && by_reference {
        let kept = data.clone();
        missing = evidence.bring_back(&mut data);
        let whole = Value::Object(Map::from_iter([
            ("kind".to_owned(), Value::from(kind)),
            ("data".to_owned(), Value::Object(data)),
        ]));
        match serde_json::from_value(whole) {
            Ok(event) => return Ok((event, missing)),
            Err(_) => data = kept,
        }
    }
    Ok((Event::Other { kind: kind.to_owned(), data }, missing))
}

fn split_seal(line: &[u8]) -> Option<(&[u8], &str)> {
    let (body, seal) = line.split_at_checked(line.len().checked_sub(SEAL)?)?;
    let hash = seal.strip_prefix(b",\"h\":\"")?.strip_suffix(b"\"}")?;
    let digits = hash.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    Some((body, std::str::from_utf8(hash).ok().filter(|_| digits)?))
}

fn not_a_record(line: &[u8], why: &str) -> Problem {
    if is_json(line) { Problem::NotARecord(why.to_owned()) } else { Problem::NotJson }
}

fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

//! From events to lines that are on disk.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use serde_json::{Map, Value};
use ulid::Ulid;

use crate::journal::chain::{End, scan};
use crate::journal::error::JournalError;
use crate::journal::evidence::Store;
use crate::journal::format::{Draft, LINE_LIMIT, Record, VERSION, seal};
use crate::journal::{Head, clean, kinds};
use crate::launch::event::{Actor, Event};
use crate::secrets::Redactor;
use crate::time::Timestamp;

/// Lines ready to be written, and what they say when read back.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) lines: Vec<String>,
    pub(super) records: Vec<Record>,
}

impl Batch {
    /// The head after the batch, which follows `before`.
    pub(super) fn head(&self, before: &Head) -> Head {
        self.records.last().map_or_else(
            || before.clone(),
            |last| Head { seq: last.entry.seq, hash: last.entry.hash.clone() },
        )
    }
}

/// Makes the lines for `events`, which follow the record `head`. Evidence that they name is on
/// disk when this returns; the lines are not.
pub(super) fn compose(
    events: Vec<Event>,
    by: &Actor,
    at: Timestamp,
    env: &str,
    head: &Head,
    evidence: &Store,
) -> Result<Batch, JournalError> {
    let by = clean::actor(by);
    let mut batch = Batch { lines: Vec::new(), records: Vec::new() };
    for event in events {
        let head = batch.head(head);
        let must = kinds::is_mandatory(&event);
        let (kind, data) = take_apart(&event)?;
        let no = |reason: &str| JournalError::Unwritable {
            kind: kind.clone(),
            reason: reason.to_owned(),
        };
        if matches!(event, Event::JournalOpened { .. }) != (head.seq == 0) {
            return Err(no("a journal is opened by its first record and by no other"));
        }
        let mut data = clean::data(data);
        evidence.move_out(&mut data)?;
        let draft = Draft {
            v: VERSION,
            seq: head.seq + 1,
            prev: &head.hash,
            id: id(at),
            at,
            by: &by,
            env,
            kind: &kind,
            must,
            data: &data,
        };
        let (line, _) = seal(&draft).map_err(|error| no(&error.to_string()))?;
        if line.len() > LINE_LIMIT {
            return Err(no(&format!("it would take {} bytes, at most {LINE_LIMIT}", line.len())));
        }
        if Redactor::shared().clean(&line) != line {
            return Err(no("it would hold a secret"));
        }
        let mut back = scan(line.as_bytes(), &head, evidence);
        match (back.records.pop(), back.end) {
            (Some(record), End::Clean) if record.is_understood() && record.missing.is_empty() => {
                batch.records.push(record);
                batch.lines.push(line);
            }
            _ => return Err(no("it could not be read back")),
        }
    }
    Ok(batch)
}

/// Creates the folder of a journal, for its owner only.
pub(super) fn create_folder(journal: &Path) -> Result<(), JournalError> {
    match journal.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(JournalError::io(folder)),
        _ => Ok(()),
    }
}

fn take_apart(event: &Event) -> Result<(String, Map<String, Value>), JournalError> {
    let no =
        |kind: &str, reason: String| JournalError::Unwritable { kind: kind.to_owned(), reason };
    if let Event::Other { kind, .. } = event {
        return Err(no(kind, "this version of golive does not know that kind".to_owned()));
    }
    let mut whole = match serde_json::to_value(event) {
        Ok(Value::Object(whole)) => whole,
        Ok(_) => return Err(no("?", "it has no kind".to_owned())),
        Err(error) => return Err(no("?", error.to_string())),
    };
    match (whole.remove("kind"), whole.remove("data")) {
        (Some(Value::String(kind)), Some(Value::Object(data))) => Ok((kind, data)),
        _ => Err(no("?", "it has no kind or no data".to_owned())),
    }
}

/// A fresh ULID for a record written at `at`.
fn id(at: Timestamp) -> String {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    Ulid::from_parts(millis, uuid::Uuid::new_v4().as_u128()).to_string()
}

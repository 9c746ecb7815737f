//! Sends recorded events again, as they came: a person's act, for what a handler has missed.
//!
//! Used by `golive listen --resend…`, also while a listener runs. The rule it keeps: the recorded
//! bytes or nothing; whether the handler takes an event twice is its own affair (`eventId`).

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Instant;

use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request;

use crate::events::received::{Answered, By, Received, Record, Signature};
use crate::listen::forward::{NoAnswer, Upstream};
use crate::listen::headers::WITHHELD;
use crate::time::Timestamp;

/// A recorded event that can be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The record's id.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// The event's name; untrusted.
    pub event: Option<String>,
    /// How it was answered last, if it was.
    pub last: Option<u16>,
    place: Place,
}

/// Where a line stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    begin: u64,
    length: usize,
}

/// What is known of one record after reading the file.
struct Seen {
    due: Due,
    event_id: Option<String>,
    signature: Signature,
    is_whole: bool,
    /// Whether the program behind the listener has taken it.
    is_taken: bool,
    /// Whether golive itself answered it on purpose.
    is_own: bool,
}

/// Everything in a file of records that can be sent again, oldest first.
///
/// # Errors
/// When the file can not be read.
pub fn recorded(path: &Path) -> io::Result<Recorded> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let (mut begin, mut line) = (0, Vec::new());
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(Recorded(seen));
        }
        let place = Place { begin, length };
        begin += length as u64;
        match Record::read(&line) {
            Some(Record::Received(received)) => {
                seen.insert(received.id.clone(), Seen::of(*received, place));
            }
            Some(Record::Answered(answered)) => {
                if let Some(seen) = seen.get_mut(&answered.id) {
                    seen.answer(&answered);
                }
            }
            None => {}
        }
    }
}

/// The records of a file.
pub struct Recorded(BTreeMap<String, Seen>);

impl Recorded {
    /// The record with that id, or why it can not be sent again.
    ///
    /// # Errors
    /// When there is none, or its body is not there in full; one sentence.
    pub fn one(&self, id: &str) -> Result<Due, String> {
        let shown = crate::text::visible(id, 60);
        match self.0.get(id) {
            None => Err(format!("there is no record {shown}")),
            Some(seen) if !seen.is_whole => Err(format!("{shown} was not recorded in full")),
            Some(seen) => Ok(seen.due.clone()),
        }
    }

    /// What was handed on and not taken with a 2xx, each event once: forged requests, what golive
    /// answered itself and what came again and was taken then are left out.
    #[must_use]
    pub fn failed(&self) -> Vec<Due> {
        let taken: HashSet<&str> = self
            .0
            .values()
            .filter(|seen| seen.is_taken)
            .filter_map(|seen| seen.event_id.as_deref())
            .collect();
        let mut named: HashSet<&str> = HashSet::new();
        let mut failed: Vec<Due> = Vec::new();
        for seen in self.0.values().rev() {
            let genuine = matches!(seen.signature, Signature::Valid | Signature::Unchecked);
            if !genuine || !seen.is_whole || seen.is_taken || seen.is_own {
                continue;
            }
            if let Some(id) = seen.event_id.as_deref()
                && (taken.contains(id) || !named.insert(id))
            {
                continue;
            }
            failed.push(seen.due.clone());
        }
        failed.reverse();
        failed
    }
}

impl Seen {
    fn of(received: Received, place: Place) -> Self {
        Self {
            is_whole: received.raw().is_some(),
            due: Due {
                id: received.id,
                at: received.received_at,
                event: received.event,
                last: None,
                place,
            },
            event_id: received.event_id,
            signature: received.signature,
            is_taken: false,
            is_own: false,
        }
    }

    fn answer(&mut self, answered: &Answered) {
        self.due.last = Some(answered.status);
        let upstream = answered.by == By::Upstream;
        self.is_taken |= upstream && (200..300).contains(&answered.status);
        self.is_own = !upstream && answered.problem.is_none();
    }
}

impl Due {
    /// Sends it to the upstream; what was answered.
    ///
    /// # Errors
    /// When the record can not be read any more.
    pub async fn send(
        &self,
        path: &Path,
        upstream: &Upstream,
        clock: &(dyn Fn() -> Timestamp + Send + Sync),
    ) -> io::Result<Answered> {
        let (head, body) = self.load(path)?;
        let since = Instant::now();
        let sent = upstream.send(head, body).await;
        let (status, by, problem) = match &sent {
            Ok((head, _)) => (head.status.as_u16(), By::Upstream, None),
            Err(why) => (why.status(), By::Golive, Some(NoAnswer::says(why))),
        };
        Ok(Answered {
            id: self.id.clone(),
            answered_at: clock(),
            status,
            ms: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
            by,
            problem,
            resent: true,
        })
    }

    /// The request as it was recorded.
    fn load(&self, path: &Path) -> io::Result<(request::Parts, Bytes)> {
        let mut line = vec![0; self.place.length];
        File::open(path)?.read_exact_at(&mut line, self.place.begin)?;
        let changed = || io::Error::other("the file has changed meanwhile");
        let Some(Record::Received(received)) = Record::read(&line) else { return Err(changed()) };
        if received.id != self.id {
            return Err(changed());
        }
        let body = received.raw().ok_or_else(changed)?;
        let method = received.method.as_deref().unwrap_or("POST");
        let request = Request::builder().method(method).uri(received.path.as_str()).body(());
        let (mut head, ()) = request.map_err(io::Error::other)?.into_parts();
        for (name, values) in &received.headers {
            let Ok(name) = HeaderName::try_from(name.as_str()) else { continue };
            for value in values.all().iter().filter(|value| *value != WITHHELD) {
                if let Ok(value) = HeaderValue::from_str(value) {
                    head.headers.append(name.clone(), value);
                }
            }
        }
        Ok((head, Bytes::from(body)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(id: &str, event: &str, signature: &str) -> String {
        format!(
            r#"{{"schema":"golive.received/1","id":"{id}","receivedAt":"2026-11-23T18:00:00Z","path":"/","signature":"{signature}","eventId":"{event}","headers":{{}},"body":"{{}}"}}"#
        )
    }

    fn answered(id: &str, status: u16, more: &str) -> String {
        format!(
            r#"{{"schema":"golive.answered/1","id":"{id}","answeredAt":"2026-11-23T18:00:00Z","status":{status},"ms":1,{more}}}"#
        )
    }

    #[test]
    fn what_the_handler_missed_is_due_once_and_nothing_else_is() {
        let (up, own) = (r#""by":"upstream""#, r#""by":"golive""#);
        let down = r#""by":"golive","problem":"connection refused""#;
        let lines = [
            received("01", "taken", "valid"),
            answered("01", 200, up),
            received("02", "refused", "valid"),
            answered("02", 500, up),
            received("03", "again", "valid"),
            answered("03", 500, up),
            received("04", "again", "valid"),
            answered("04", 204, up),
            received("05", "down", "unchecked"),
            answered("05", 502, down),
            received("06", "down", "unchecked"),
            answered("06", 502, down),
            received("07", "forged", "invalid"),
            answered("07", 401, up),
            received("08", "crash", "valid"),
            received("09", "kept", "valid"),
            answered("09", 200, own),
            received("10", "resent", "valid"),
            answered("10", 503, up),
            answered("10", 200, r#""by":"upstream","resent":true"#),
            "not a record".into(),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        let recorded = recorded(&path).unwrap();
        let failed: Vec<_> = recorded.failed().into_iter().map(|due| (due.id, due.last)).collect();
        let wanted =
            [("02", Some(500)), ("06", Some(502)), ("08", None)].map(|(id, s)| (id.to_owned(), s));
        assert_eq!(failed, wanted);
        assert_eq!(recorded.one("07").unwrap().id, "07");
        assert_eq!(recorded.one("99").unwrap_err(), "there is no record 99");
        let (head, body) = recorded.one("10").unwrap().load(&path).unwrap();
        assert_eq!((head.method.as_str(), head.uri.path(), &*body), ("POST", "/", &b"{}"[..]));
    }
}

//! What a line of JSON says, wherever it says it: one walk over all its members, nested ones and
//! texts that hold JSON included.
//!
//! Used by [`wide`](super::wide) for every line that is no bare envelope. A fact may stand in several
//! places; the surest counts. The rules it keeps: what stands in `data` or in a body is never taken
//! for the status of an answer; what is said of people and cards is not looked at; a code is
//! MintCash's only where it looks like one and stands beside a message or details.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::super::json::{Cursor, Malformed, Raw, unescape};
use super::super::record::Reading as Known;
use super::super::target::Whose;
use super::envelope::{Top, is_known};
use super::names::{Name, Plain, name};
use super::slot::Slot;
use super::texts::{http, is_code, looks_like_json, said};
use super::trace::Trace;
use super::{EventLine, Room, event, level, moment};
use crate::time::Timestamp;
use crate::week::{Key, Word};

/// What stands in every event, looked for before an object is read as one.
static EVENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"vent"));
static DATA: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"data"));

/// Deeper than this nothing is looked for.
const DEEPEST: u8 = 7;

/// So many elements of a list are looked at.
const MOST_ELEMENTS: usize = 8;

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Line,
    Request,
    Answer,
    RequestHeaders,
    AnswerHeaders,
    Body,
    Details,
    Error,
    Level,
    Other,
}

/// What a line says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub time: Slot<Timestamp>,
    pub is_error: Slot<bool>,
    pub status: Slot<u16>,
    pub ms: Slot<u32>,
    pub code: Slot<Word>,
    /// Whether the code stands in an answer as MintCash gives it.
    pub is_answered_code: bool,
    pub request: Slot<Key>,
    /// A request's id that may as well be the merchant's own.
    pub perhaps_request: Slot<Key>,
    pub external: Slot<Key>,
    pub resource: Slot<Key>,
    pub subscription: Slot<Key>,
    pub whose: Slot<Whose>,
    /// Whether the path is one of MintCash's API.
    pub is_call: bool,
    /// Whether there is a path at all, and whether it is the webhook endpoint's.
    pub endpoint: Slot<bool>,
    pub is_post: Slot<bool>,
    pub is_probe: bool,
    pub has_failed: bool,
    /// Whether it has what loggers add: a level, a message.
    pub is_logged: bool,
    pub envelope: Option<EventLine>,
    /// Whether the line itself is the envelope.
    pub(super) is_envelope: bool,
    pub event_id: Slot<Key>,
    pub event: Slot<Word>,
    pub created: Slot<Timestamp>,
    pub test: Slot<bool>,
    pub(super) parts: [Option<f64>; 3],
    pub(super) bare_took: Option<f64>,
    pub(super) is_caddy: bool,
    pub(super) is_traefik: bool,
}

impl Facts {
    /// When the line was written; else when what it is about was made.
    pub(super) fn at(&self) -> Option<Timestamp> {
        self.time.get().or(self.created.get())
    }
}

/// The walk over one line.
pub(super) struct Walk<'w> {
    pub facts: Facts,
    pub room: &'w mut Room,
    pub known: &'w Known,
    pub webhook_path: Option<&'w str>,
    pub trace: Trace,
}

/// What one object has that only means something together.
#[derive(Default)]
struct Together<'a> {
    code: Option<Raw<'a>>,
    has_message: bool,
    has_details: bool,
}

impl Walk<'_> {
    /// Walks over a line, whose outermost members are known.
    pub(super) fn line(&mut self, line: &[u8], top: &Top<'_>) {
        self.facts.is_envelope = self.took_envelope(line, top);
        let _what_is_broken_inside_says_nothing =
            self.object(&mut Cursor::new(line), Context::Line, 0);
        self.finish();
    }

    fn object(&mut self, cursor: &mut Cursor<'_>, at: Context, depth: u8) -> Result<(), Malformed> {
        let mut together = Together::default();
        cursor.object(|written, cursor| {
            let value = cursor.value()?;
            let name = name(&Plain::of(written), written);
            match name {
                Name::Code => together.code = Some(value),
                Name::Message => together.has_message = !value.is_null(),
                Name::Details => together.has_details = value.is_object(),
                _ => {}
            }
            self.member(name, written, value, at, depth);
            Ok(())
        })?;
        self.code_of(&together, at);
        Ok(())
    }

    fn member(&mut self, name: Name, written: &[u8], value: Raw<'_>, at: Context, depth: u8) {
        match value.bytes().first() {
            Some(b'{') => self.nested(name, written, value, at, depth),
            Some(b'[') => self.list(name, written, value, at, depth),
            Some(b'"') if looks_like_json(value) => self.packed(name, written, value, at, depth),
            _ => {}
        }
        self.leaf(name, written, value, at);
    }

    fn nested(&mut self, name: Name, written: &[u8], value: Raw<'_>, at: Context, depth: u8) {
        if depth >= DEEPEST || name == Name::Person {
            return;
        }
        if self.envelope(value.bytes()) {
            return;
        }
        let inside = inside(name, written, at);
        if inside == Context::Error && at == Context::Line {
            self.facts.has_failed = true;
        }
        let _what_is_broken_inside_says_nothing =
            self.object(&mut value.cursor(), inside, depth + 1);
    }

    fn list(&mut self, name: Name, written: &[u8], value: Raw<'_>, at: Context, depth: u8) {
        let elements = value.elements();
        for element in elements.into_iter().take(MOST_ELEMENTS) {
            if element.is_object() {
                self.nested(name, written, element, at, depth);
            } else if depth < DEEPEST {
                self.leaf(name, written, element, at);
            }
        }
    }

    fn packed(&mut self, name: Name, written: &[u8], value: Raw<'_>, at: Context, depth: u8) {
        let mut text = Vec::new();
        unescape(value.bytes().get(1..value.bytes().len() - 1).unwrap_or_default(), &mut text);
        let outer = self.trace.enter(value);
        if let Some(raw) = Raw::of(text.trim_ascii()).filter(|raw| raw.is_object()) {
            // A line that was packed into a message by what collects logs is a line of its own.
            let is_line = name == Name::Message || (depth == 0 && written == b"log");
            match is_line {
                true if !self.envelope(raw.bytes()) && depth < DEEPEST => {
                    let _says_nothing = self.object(&mut raw.cursor(), at, depth + 1);
                }
                true => {}
                false => self.nested(name, written, raw, at, depth),
            }
        }
        self.trace.leave(outer);
    }

    /// Takes an event; whether it was one.
    pub(super) fn envelope(&mut self, bytes: &[u8]) -> bool {
        let may_be = EVENT.find(bytes).is_some() && DATA.find(bytes).is_some();
        let top = may_be.then(|| Top::read(bytes)).flatten();
        top.is_some_and(|top| self.took_envelope(bytes, &top))
    }

    fn took_envelope(&mut self, bytes: &[u8], top: &Top<'_>) -> bool {
        if !top.is_envelope() {
            if top.event.is_some() && top.data.is_some() {
                // Another line of this layout may hold an event here.
                self.trace.unclear();
            }
            return false;
        }
        if self.facts.envelope.is_none() {
            self.trace.envelope(bytes);
            self.room.keep_envelope(Some(bytes));
            self.facts.envelope = Some(event(top, self.room));
        }
        true
    }

    /// A code is MintCash's where it stands with a message or details and looks like one.
    fn code_of(&mut self, together: &Together<'_>, at: Context) {
        let Some(code) = together.code.filter(|_| together.has_message || together.has_details)
        else {
            return;
        };
        let Some(text) = code.text().filter(|text| is_code(text) && code.is_string()) else {
            return;
        };
        let rank = match (at, together.has_details) {
            (Context::Answer, _) => 1,
            (_, true) => 2,
            (Context::Line, false) => 5,
            _ => 3,
        };
        self.facts.is_answered_code |= rank < 3;
        let word = self.room.word(&text);
        self.facts.code.put(rank, Some(word));
    }

    fn leaf(&mut self, name: Name, written: &[u8], value: Raw<'_>, at: Context) {
        match name {
            Name::Time(_) | Name::CreatedAt => self.time(name, value, at),
            Name::Level | Name::LevelFrom(_) | Name::Message | Name::Error => {
                self.logged(name, value, at);
            }
            Name::HttpStatus | Name::BehindStatus | Name::Status => self.status(name, value, at),
            Name::RequestId
            | Name::ExternalId
            | Name::ResourceId
            | Name::SubscriptionId
            | Name::Id => self.id(name, value, at),
            Name::ErrorCode => {
                let code = value.text().filter(|text| is_code(text) && value.is_string());
                let word = code.map(|text| self.room.word(&text));
                self.facts.code.put(6, word);
            }
            Name::EventId | Name::Event | Name::Environment if at == Context::Line => {
                self.flat(name, value);
            }
            Name::Url
            | Name::Host
            | Name::Method
            | Name::RequestLine
            | Name::Request
            | Name::Agent => self.aimed(name, value, at),
            Name::Millis
            | Name::Seconds
            | Name::NginxSeconds
            | Name::Micros
            | Name::Nanos
            | Name::Took
            | Name::PartSeconds => self.took(name, written, value, at),
            Name::Other if at == Context::Line => self.own_names(written, value),
            _ => {}
        }
    }

    /// What only one program writes.
    fn own_names(&mut self, written: &[u8], value: Raw<'_>) {
        match written {
            b"logger" if value.bytes().starts_with(b"\"http.log.access") => {
                self.facts.is_caddy = true;
            }
            b"OriginDuration" | b"ServiceName" | b"RouterName" => self.facts.is_traefik = true,
            b"ok" | b"success" if value.bytes() == b"false" => self.facts.has_failed = true,
            b"failed" | b"timeout" | b"timedOut" if value.bytes() == b"true" => {
                self.facts.has_failed = true;
            }
            _ => {}
        }
    }

    fn time(&mut self, name: Name, value: Raw<'_>, at: Context) {
        let rank = match (name, at) {
            (Name::Time(rank), Context::Line) => rank,
            (Name::Time(rank), Context::Other) => rank + 4,
            (Name::CreatedAt, Context::Line) => {
                return self.facts.created.put(1, moment::of(value));
            }
            _ => return,
        };
        self.trace.time(value);
        self.facts.time.put(rank, moment::of(value));
    }

    fn logged(&mut self, name: Name, value: Raw<'_>, at: Context) {
        let top = matches!(at, Context::Line | Context::Level | Context::Other);
        match name {
            Name::Level if top => {
                self.facts.is_logged |= at == Context::Line;
                let is_error = level::is_error(value);
                self.facts.is_error.put(if at == Context::Other { 4 } else { 1 }, is_error);
            }
            Name::LevelFrom(least) if top => {
                self.facts.is_error.put(2, level::is_at_least(value, least));
            }
            Name::Message if at == Context::Line => {
                self.facts.is_logged = true;
                self.said(value);
            }
            Name::Error if at == Context::Line => {
                let is_text = value.is_string() && value.some_text().is_some();
                self.facts.has_failed |= is_text || value.bytes() == b"true";
                self.said(value);
            }
            Name::Message if at == Context::Error => self.said(value),
            _ => {}
        }
    }

    /// The status that HTTP clients put into the text of an error.
    fn said(&mut self, value: Raw<'_>) {
        self.trace.said(value);
        self.facts.status.put(7, said(value));
    }

    fn status(&mut self, name: Name, value: Raw<'_>, at: Context) {
        let rank = match (name, at) {
            (Name::HttpStatus, Context::Answer) | (Name::Status, Context::Answer) => 1,
            (Name::HttpStatus, Context::Line | Context::Request) => 2,
            (Name::HttpStatus, Context::Error | Context::Other) => 3,
            (Name::Status, Context::Line) if self.facts.is_envelope => return,
            (Name::Status, Context::Line | Context::Request) => 4,
            (Name::Status, Context::Error) => 5,
            (Name::BehindStatus, Context::Line) => 6,
            _ => return,
        };
        self.trace.status(value);
        self.facts.status.put(rank, value.text().as_deref().and_then(http));
    }

    fn id(&mut self, name: Name, value: Raw<'_>, at: Context) {
        if !(value.is_string() || value.text().is_some()) {
            return;
        }
        let key = self.room.id(Some(value));
        match (name, at) {
            (Name::RequestId, Context::Details) => self.facts.request.put(1, key),
            (Name::RequestId, Context::Answer | Context::AnswerHeaders) => {
                self.facts.request.put(2, key);
            }
            (Name::RequestId, _) if value.bytes().starts_with(b"\"req_") => {
                self.facts.request.put(3, key);
            }
            (Name::RequestId, Context::Error) => self.facts.request.put(4, key),
            (Name::RequestId, Context::Line | Context::Other) => {
                self.facts.perhaps_request.put(5, key);
            }
            (Name::ExternalId, _) => self.facts.external.put(1, key),
            (Name::ResourceId, _) => self.facts.resource.put(1, key),
            (Name::SubscriptionId, _) => self.facts.subscription.put(1, key),
            (Name::Id, Context::Answer) => self.facts.resource.put(3, key),
            _ => {}
        }
    }

    /// The members of an event that a merchant writes down without its envelope.
    fn flat(&mut self, name: Name, value: Raw<'_>) {
        match name {
            Name::EventId => {
                let key = self.room.id(Some(value));
                self.facts.event_id.put(1, key);
            }
            Name::Event => {
                if is_known(value) {
                    let word = self.room.name(Some(value));
                    self.facts.event.put(1, word);
                }
            }
            _ => {
                let said = super::record::environment(value);
                self.facts.test.put(1, said.map(|it| it == super::record::Environment::Test));
            }
        }
    }
}

/// Where the members of something nested stand.
fn inside(name: Name, written: &[u8], at: Context) -> Context {
    match (name, at) {
        (Name::Details, _) => Context::Details,
        (Name::Headers, Context::Answer) => Context::AnswerHeaders,
        (Name::Headers, _) if written.starts_with(b"res") => Context::AnswerHeaders,
        (Name::Headers, _) => Context::RequestHeaders,
        (Name::Answer, _) | (_, Context::Answer) => Context::Answer,
        (Name::Request, _) => Context::Request,
        (Name::Error, Context::Body | Context::Details) => at,
        (Name::Error, _) => Context::Error,
        (Name::Level, Context::Line | Context::Other) => Context::Level,
        (Name::Body, _) | (_, Context::Body) => Context::Body,
        (_, Context::Details | Context::Error) => at,
        (_, Context::Request) => Context::Request,
        _ => Context::Other,
    }
}

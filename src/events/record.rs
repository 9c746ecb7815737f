//! What one line of a log says: an event of MintCash, a request to it, or neither.
//!
//! Called for every line. Read are raw envelopes in both dialects (mintcash-contract.md section
//! 11), the records of `golive listen`, either of them inside a line of the merchant's own logger,
//! and requests in the shapes that HTTP clients and loggers write. Request logs have no standard:
//! what is taken for what stands in [`shape`](super::shape), and a merchant can say where the
//! members are ([`Fields`]). The rules it keeps: `event` decides what an event is about, never
//! `type` (C9); what is not understood is called so, and never guessed into a request.

mod mapped;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fields::{Fields, Found};
use super::json::{Cursor, Raw, unescape};
use super::shape::{Loose, Thing};
use super::source::Role;
use super::target::{Elsewhere, Hosts, Target};
use mapped::mapped;

/// Where money moves, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// The sandbox.
    Test,
    /// The real one.
    Live,
}

/// Which call a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call<'a> {
    /// `POST /payments`.
    Payment,
    /// `POST /subscriptions`.
    Subscription,
    /// `POST /payments/{id}/refund`, with the payment where it is known.
    Refund(Option<&'a [u8]>),
    /// It creates something; what, the log does not say.
    Unclear,
    /// A call that creates nothing.
    Other,
}

/// How sure it is that an event came from MintCash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Nobody wrote down whether the signature was right.
    Unchecked,
    /// It was right.
    Valid,
    /// It was wrong or missing: anybody can have sent it.
    Forged,
}

/// A delivered event.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Its id, the same in every delivery.
    pub id: Option<Raw<'a>>,
    /// Its name, `payment.succeeded`.
    pub name: Raw<'a>,
    /// Where it happened.
    pub environment: Option<Environment>,
    /// When it was made.
    pub created_at: Option<Raw<'a>>,
    /// When it was received, where the log says.
    pub received_at: Option<Raw<'a>>,
    /// Whether it was signed.
    pub signature: Signature,
    /// What it is about.
    pub data: Thing<'a>,
}

/// A logged request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Which call.
    pub call: Call<'a>,
    /// To which environment.
    pub environment: Option<Environment>,
    /// When.
    pub at: Option<Raw<'a>>,
    /// The HTTP status of the answer.
    pub answered: Option<u16>,
    /// What the answer says of the thing: its status, its id.
    pub answer: Thing<'a>,
    /// What was sent.
    pub body: Thing<'a>,
    /// What the merchant's own paths lead to, which counts more than `body`.
    pub fields: Option<Found>,
    /// Whether this is surely the body as it was sent, so that amounts are in the smallest unit.
    pub is_body: bool,
}

/// What a line says.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "most lines are events, and moving one is cheaper than putting it on the heap"
)]
pub enum Said<'a> {
    /// An event.
    Event(Event<'a>),
    /// A request to MintCash.
    Request(Box<Request<'a>>),
    /// That a delivery was answered: `golive listen`'s second record. The id joins it to the first.
    Answered(Raw<'a>),
    /// A request to somebody else.
    Elsewhere,
    /// JSON, but nothing that is understood.
    Other,
    /// No JSON object.
    Garbage,
}

/// Room for texts that hold JSON, kept from line to line.
#[derive(Debug, Default)]
pub struct Scratch {
    line: Vec<u8>,
    rest: Rooms,
}

#[derive(Debug, Default)]
struct Rooms {
    body: Vec<u8>,
    answer: Vec<u8>,
}

/// What is known before the first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whose requests count.
    pub hosts: Hosts,
    /// Where the merchant's log has its members.
    pub fields: Fields,
}

/// Says what a line of a log of that kind is.
pub fn read<'a>(
    line: &'a [u8],
    role: Role,
    reading: &'a Reading,
    scratch: &'a mut Scratch,
) -> Said<'a> {
    let Some(top) = whole(line) else { return Said::Garbage };
    if let Some(event) = envelope(&top) {
        return Said::Event(event);
    }
    let Scratch { line: room, rest } = scratch;
    let Some(packed) = top.packed else { return understand(line, top, role, reading, rest) };
    room.clear();
    unescape(packed.bytes().get(1..packed.bytes().len() - 1).unwrap_or_default(), room);
    let inner: &'a [u8] = room.trim_ascii();
    match whole(inner) {
        Some(inside) => understand(inner, inside, role, reading, rest),
        None => understand(line, top, role, reading, rest),
    }
}

/// An object that is all of the bytes.
fn whole(bytes: &[u8]) -> Option<Loose<'_>> {
    let mut cursor = Cursor::new(bytes);
    let loose = Loose::read(&mut cursor).ok()?;
    cursor.is_at_end().then_some(loose)
}

fn understand<'a>(
    line: &'a [u8],
    top: Loose<'a>,
    role: Role,
    reading: &'a Reading,
    rooms: &'a mut Rooms,
) -> Said<'a> {
    let Rooms { body: room, answer } = rooms;
    if let Some(event) = envelope(&top) {
        return Said::Event(event);
    }
    if let Some(schema) = top.schema.filter(|schema| schema.bytes().starts_with(b"\"golive.")) {
        return recorded(schema, &top, room);
    }
    let request = top.request.filter(|raw| raw.is_object()).and_then(loose);
    let nested = request.as_ref().and_then(Loose::any_body);
    let plain = top.request.filter(|raw| raw.is_string());
    let wrapped = top.event.filter(|raw| raw.is_object());
    let body = wrapped.or(nested).or(plain).or_else(|| top.any_body());
    let body = body.and_then(|raw| opened(raw, room));
    if let Some(event) = body.as_ref().and_then(envelope) {
        let received_at = event.received_at.or(top.logged_at);
        return Said::Event(Event { received_at, ..event });
    }
    let parts = Parts { top, request, body };
    let own = (role == Role::Requests && !reading.fields.is_empty()).then(|| Raw::of(line));
    let own = own.flatten().map(|raw| reading.fields.find(raw));
    match own {
        Some(own) if own.external_id.is_some() => mapped(own, &parts, reading),
        // Without a path of its own the id stands where it usually does.
        own => {
            let own = own.filter(|_| reading.fields.external_id.is_none());
            requested(&parts, role, (reading, own), answer)
        }
    }
}

/// An envelope: it names an event and has its data.
fn envelope<'a>(loose: &Loose<'a>) -> Option<Event<'a>> {
    let name = loose.event.filter(|name| name.is_string())?;
    let (_, data) = loose.data.filter(|(raw, _)| raw.is_object())?;
    let known = [&b"\"payment."[..], b"\"subscription.", b"\"refund."];
    let named = known.iter().any(|begin| name.bytes().starts_with(begin));
    (named || loose.event_id.is_some()).then_some(Event {
        id: loose.event_id,
        name,
        environment: loose.environment.and_then(environment),
        created_at: loose.created_at,
        received_at: loose.logged_at,
        signature: Signature::Unchecked,
        data,
    })
}

/// A record of `golive listen`.
fn recorded<'a>(schema: Raw<'a>, top: &Loose<'a>, room: &'a mut Vec<u8>) -> Said<'a> {
    if schema.bytes().starts_with(b"\"golive.answered/") {
        return top.thing.id.map_or(Said::Other, Said::Answered);
    }
    if !schema.bytes().starts_with(b"\"golive.received/") {
        return Said::Other;
    }
    let body = match (top.body, top.body_base64.and_then(Raw::text)) {
        (Some(body), _) => opened(body, room),
        (None, Some(packed)) => {
            room.clear();
            let _what_came_before_stays = STANDARD.decode_vec(packed.as_ref(), room);
            loose_bytes(room)
        }
        (None, None) => None,
    };
    let Some(event) = body.as_ref().and_then(envelope) else { return Said::Other };
    let signature = match top.signature {
        Some(said) if said.is(b"valid") => Signature::Valid,
        Some(said) if said.is(b"invalid") || said.is(b"missing") => Signature::Forged,
        _ => Signature::Unchecked,
    };
    Said::Event(Event { signature, received_at: top.logged_at, ..event })
}

fn loose(raw: Raw<'_>) -> Option<Loose<'_>> {
    Loose::read(&mut raw.cursor()).ok()
}

fn loose_bytes(bytes: &[u8]) -> Option<Loose<'_>> {
    loose(Raw::of(bytes.trim_ascii()).filter(|raw| raw.is_object())?)
}

/// An object, or the object that a text holds.
fn opened<'a>(raw: Raw<'a>, room: &'a mut Vec<u8>) -> Option<Loose<'a>> {
    if raw.is_object() {
        return loose(raw);
    }
    let inner = raw.is_string().then(|| raw.bytes().get(1..raw.bytes().len() - 1))??;
    memchr::memchr(b'{', inner)?;
    room.clear();
    unescape(inner, room);
    loose_bytes(room)
}

/// The parts of a line that may be a request.
struct Parts<'a> {
    top: Loose<'a>,
    request: Option<Loose<'a>>,
    body: Option<Loose<'a>>,
}

impl<'a> Parts<'a> {
    /// Where it went.
    fn target(&self) -> Target<'a> {
        let get = |get: fn(&Loose<'a>) -> Option<Raw<'a>>| self.either(get).and_then(borrowed);
        Target {
            url: get(|loose| loose.url),
            path: get(|loose| loose.path),
            host: get(|loose| loose.host),
            method: get(|loose| loose.method),
        }
    }

    fn either(&self, get: impl Fn(&Loose<'a>) -> Option<Raw<'a>>) -> Option<Raw<'a>> {
        self.request.as_ref().and_then(&get).or_else(|| get(&self.top))
    }
}

fn requested<'a>(
    parts: &Parts<'a>,
    role: Role,
    (reading, own): (&Reading, Option<Found>),
    room: &'a mut Vec<u8>,
) -> Said<'a> {
    let target = parts.target();
    let aimed = match parts.aim(own.as_ref(), target, &reading.hosts) {
        Some(Err(Elsewhere)) => return Said::Elsewhere,
        Some(Ok(aim)) => Some(aim),
        None => None,
    };
    let thing = |loose: &'_ Option<Loose<'a>>| loose.as_ref().map(|loose| loose.thing);
    let nested = || thing(&parts.request).filter(|request| is_request(request, false));
    let inside = thing(&parts.body).filter(|body| is_request(body, aimed.is_some()));
    let inside = inside.or_else(nested);
    let bare = is_request(&parts.top.thing, false) && parts.top.request.is_none();
    let (body, is_body) = match (inside, &aimed) {
        (Some(body), _) => (body, true),
        (None, Some(_)) => (parts.top.thing, false),
        (None, None) if bare => (parts.top.thing, !parts.top.is_logged),
        (None, None) => return Said::Other,
    };
    let named = aimed.as_ref().map(|aim| aim.call);
    // What came in may look like what went out; in a log of events only the host tells.
    if role != Role::Requests && aimed.as_ref().is_none_or(|aim| aim.environment.is_none()) {
        return Said::Other;
    }
    let posts = |method: &[u8]| method.eq_ignore_ascii_case(b"POST");
    if named.is_none() && target.method.is_some_and(|method| !posts(method)) {
        return Said::Other;
    }
    // The body's order may stand beside it.
    let order = body.order.or(parts.top.thing.order);
    let answer = parts.top.answer.and_then(|raw| opened(raw, room));
    let status = parts.either(|loose| loose.answered).or(parts.top.thing.status);
    let named_status = own.as_ref().and_then(Found::status);
    let answered = named_status.or_else(|| status.and_then(http_status));
    let answered = answered.or_else(|| answer.as_ref().and_then(status_of));
    let said = parts.either(|loose| loose.environment).and_then(environment);
    Said::Request(Box::new(Request {
        call: named.unwrap_or_else(|| by_body(&body)),
        environment: aimed.and_then(|aim| aim.environment).or(said),
        at: parts.top.logged_at.or(parts.top.created_at),
        answered,
        answer: answer.as_ref().map(answer_thing).unwrap_or_default(),
        body: Thing { order, ..body },
        fields: own,
        is_body,
    }))
}

/// Whether a thing looks like what is sent to create something, and not like what comes back.
fn is_request(thing: &Thing<'_>, is_aimed: bool) -> bool {
    let has_id = thing.external_id.is_some();
    let has_status = thing.status.is_some_and(|status| http_status(status).is_none());
    let is_answer = thing.is_answer || thing.id.is_some() && has_status;
    let wanted = thing.amount.is_some() || thing.currency.is_some() || thing.reason.is_some();
    !is_answer && (is_aimed || has_id && (wanted || thing.return_url.is_some()))
}

/// Which call a body is for, as far as it tells.
fn by_body<'a>(body: &Thing<'a>) -> Call<'a> {
    if body.interval.is_some() {
        return Call::Subscription;
    }
    if body.return_url.is_some() || body.card_token.is_some() {
        return Call::Payment;
    }
    match body.payment_id {
        Some(payment) => Call::Refund(borrowed(payment)),
        None => Call::Unclear,
    }
}

/// What an answer says of the thing, flat or wrapped (C5).
fn answer_thing<'a>(answer: &Loose<'a>) -> Thing<'a> {
    let body = answer.any_body().filter(|raw| raw.is_object()).and_then(loose);
    let thing = body.map_or(answer.thing, |body| body.thing);
    let inner = thing.payment.or(thing.subscription).or(thing.refund);
    inner.filter(|raw| raw.is_object()).and_then(loose).map_or(thing, |inner| inner.thing)
}

fn status_of(answer: &Loose<'_>) -> Option<u16> {
    http_status(answer.answered.or(answer.thing.status)?)
}

fn http_status(raw: Raw<'_>) -> Option<u16> {
    let text = raw.text()?;
    let status: u16 = std::str::from_utf8(&text).ok()?.parse().ok()?;
    (100..600).contains(&status).then_some(status)
}

/// A text that has no escapes, as it stands on the line.
fn borrowed(raw: Raw<'_>) -> Option<&[u8]> {
    match raw.text()? {
        Cow::Borrowed(text) => Some(text),
        Cow::Owned(_) => None,
    }
}

/// The environment by its words.
#[must_use]
pub fn environment(raw: Raw<'_>) -> Option<Environment> {
    match raw.bytes() {
        b"true" => return Some(Environment::Live),
        b"false" => return Some(Environment::Test),
        _ => {}
    }
    match raw.text()?.to_ascii_lowercase().as_slice() {
        b"test" | b"sandbox" => Some(Environment::Test),
        b"live" => Some(Environment::Live),
        _ => None,
    }
}

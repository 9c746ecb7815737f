//! What lines of a known layout tell: events as they came, records of `golive listen`, and events
//! that somebody logged with a time and an answer beside them.
//!
//! Asked by [`sample`](super) before a line is read in full. Every line that was read in full and
//! may be one of many is handed in here to be learned. The rule it keeps: a layout is learned only
//! when the line that taught it tells the same by its layout as in full; a value that can not be
//! read as it was on that line sends the line to the full reading.

use super::super::json::{Raw, unescape};
use super::super::source::Role;
use super::envelope::{Data, Top};
use super::layout::{End, Found, Layouts, SLOTS};
use super::texts::{http, looks_like_json, said};
use super::took::Unit;
use super::trace::{Holds, Places};
use super::wide::logged;
use super::{Answer, EventLine, Room, Told, dated, event, moment, recorded};

/// What the lines of a layout are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An envelope and nothing else.
    Envelope,
    /// A record of `golive listen`.
    Record,
    /// An event that somebody logged; in which unit it is said how long the answer took.
    Logged(Option<Unit>),
}

/// The place of the time, behind those of a [`Top`] and of its [`Data`].
const TIME: usize = 18;

/// The place of a text that may say a status.
const SAID: usize = 19;

/// The layouts that are known, for each kind of log, and for bodies that stand in texts.
#[derive(Debug, Default)]
pub(super) struct Known {
    logs: [Layouts; 4],
    bodies: Layouts,
}

impl Known {
    fn of(&mut self, role: Role) -> &mut Layouts {
        let [events, deliveries, requests, application] = &mut self.logs;
        match role {
            Role::Events => events,
            Role::Deliveries => deliveries,
            Role::Requests => requests,
            Role::Application => application,
        }
    }
}

/// What a line tells whose layout is known.
#[inline]
pub(super) fn told(line: &[u8], role: Role, room: &mut Room) -> Option<Told> {
    if room.kept.is_some() {
        // Somebody wants to see the line, which only the full reading keeps.
        return None;
    }
    let found = room.known.of(role).read(line)?;
    read(&found, room)
}

#[inline]
fn read(found: &Found<'_>, room: &mut Room) -> Option<Told> {
    let top = top(found);
    match found.end.kind {
        Kind::Envelope => top.is_envelope().then(|| dated(event(&top, room))),
        Kind::Record => recorded::told(top.schema?, &top, room),
        Kind::Logged(unit) => {
            let may_tell = |text: Raw<'_>| said(text).is_some() || looks_like_json(text);
            if found.is_odd || found.value(SAID).is_some_and(may_tell) {
                return None;
            }
            let event = match top.body {
                Some(text) => packed(text, room)?,
                None => top.is_envelope().then(|| event(&top, room))?,
            };
            let time = match found.value(TIME) {
                Some(time) => Some(moment::of(time)?),
                None => None,
            };
            let ms = match (top.ms, unit) {
                (Some(took), Some(unit)) => Some(unit.read(&took.text()?)?),
                _ => None,
            };
            let answer = match top.status {
                Some(status) => Answer::Status { status: http(&status.text()?)?, ms },
                None => Answer::Unsaid,
            };
            Some(logged(event, time, answer))
        }
    }
}

/// The event in a text.
fn packed(text: Raw<'_>, room: &mut Room) -> Option<EventLine> {
    let inner = text.bytes().get(1..text.bytes().len().checked_sub(1)?)?;
    let mut bytes = std::mem::take(&mut room.text);
    bytes.clear();
    unescape(inner, &mut bytes);
    let found = body(bytes.trim_ascii(), room);
    room.text = bytes;
    found
}

/// The event that the bytes are, which stood in a text.
#[inline]
pub(super) fn body(bytes: &[u8], room: &mut Room) -> Option<EventLine> {
    if let Some(found) = room.known.bodies.read(bytes) {
        let top = top(&found);
        if top.is_envelope() {
            return Some(event(&top, room));
        }
    }
    let top = Top::read(bytes).filter(Top::is_envelope)?;
    let told = event(&top, room);
    let end = End { kind: Kind::Envelope, card: None, resent: false };
    if !top.is_logged && top.schema.is_none() {
        let same = |found: &Found<'_>, room: &mut Room| event(&self::top(found), room) == told;
        if let Some((values, end)) = taught(&top, end)
            && same(&Found { values, end, is_odd: false }, room)
        {
            room.known.bodies.learn(bytes, &values, end);
        }
    }
    Some(told)
}

/// Learns from an envelope that is all of a line, or from a record.
pub(super) fn learn(
    line: &[u8],
    role: Role,
    kind: Kind,
    top: &Top<'_>,
    told: &Told,
    room: &mut Room,
) {
    let is_other = kind == Kind::Envelope && (top.schema.is_some() || top.resent);
    if is_other || room.known.of(role).is_closed() {
        return;
    }
    let end = End { kind, card: None, resent: top.resent };
    let Some((values, end)) = taught(top, end) else { return };
    keep(line, role, values, end, told, room);
}

/// Learns from a line on which somebody logged an event.
pub(super) fn learn_logged(line: &[u8], role: Role, places: &Places, told: &Told, room: &mut Room) {
    if room.known.of(role).is_closed() {
        return;
    }
    let begin = line.as_ptr().addr();
    let at = |place: usize| line.get(place.checked_sub(begin)?..);
    let value = |place: Option<usize>| at(place?).and_then(Raw::first);
    let top = match places.event {
        Holds::Object(place, length) => at(place).and_then(|rest| Top::read(rest.get(..length)?)),
        Holds::Text(place) => Some(Top { body: value(Some(place)), ..Top::default() }),
    };
    let Some(top) = top else { return };
    // Of the envelope itself only what its event is made of counts.
    let top = Top {
        status: value(places.status),
        ms: value(places.took.map(|(place, _)| place)),
        schema: None,
        id: None,
        signature: None,
        body: top.body.filter(|_| matches!(places.event, Holds::Text(_))),
        body_base64: None,
        answered: None,
        ..top
    };
    let kind = Kind::Logged(places.took.map(|(_, unit)| unit));
    let end = End { kind, card: None, resent: false };
    let Some((mut values, end)) = taught(&top, end) else { return };
    for (slot, place) in [(TIME, places.time), (SAID, places.said)] {
        if let Some(slot) = values.get_mut(slot) {
            *slot = value(place);
        }
    }
    keep(line, role, values, end, told, room);
}

/// Learns the layout of a line when it tells the same by it.
fn keep(
    line: &[u8],
    role: Role,
    values: [Option<Raw<'_>>; SLOTS],
    end: End,
    told: &Told,
    room: &mut Room,
) {
    if read(&Found { values, end, is_odd: false }, room) == Some(*told) {
        room.known.of(role).learn(line, &values, end);
    }
}

/// The values of a line that was read in full, each in its place, if every one is a plain one.
fn taught<'a>(top: &Top<'a>, end: End) -> Option<([Option<Raw<'a>>; SLOTS], End)> {
    let data = top.data.unwrap_or_default();
    let values = [
        top.event_id,
        top.event,
        top.environment,
        top.created,
        top.received,
        top.schema,
        top.id,
        top.signature,
        top.body,
        top.body_base64,
        top.status,
        top.ms,
        top.answered,
        data.id,
        data.external,
        data.code,
        data.subscription,
        data.payment_id,
        None,
        None,
    ];
    let is_plain = |raw: &Raw<'_>| raw.is_null() || raw.text().is_some();
    let has_parts = data.payment.or(data.refund).is_some_and(|raw| !raw.is_null());
    let all_plain = values.iter().flatten().all(is_plain);
    (all_plain && !has_parts).then_some((values, End { card: data.card, ..end }))
}

/// The members that stand in a line of a known layout.
#[inline]
fn top<'a>(found: &Found<'a>) -> Top<'a> {
    let [
        event_id,
        event,
        environment,
        created,
        received,
        schema,
        record,
        signature,
        body,
        body_base64,
        status,
        ms,
        answered,
        id,
        external,
        code,
        subscription,
        payment_id,
        ..,
    ] = found.values;
    let End { card, resent, .. } = found.end;
    let data = Data { id, external, code, card, subscription, payment_id, ..Data::default() };
    Top {
        event_id,
        event,
        environment,
        created,
        received,
        data: Some(data),
        schema,
        id: record,
        signature,
        body,
        body_base64,
        status,
        ms,
        answered,
        resent,
        is_logged: false,
    }
}

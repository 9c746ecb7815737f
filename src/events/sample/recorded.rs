//! The records of `golive listen`: what came, and how it was answered.
//!
//! Called by [`sample`](super) for an object with a `schema`. The rules it keeps: the body decides
//! what came, as everywhere; what came unsigned or signed wrongly is marked, since anybody can have
//! sent it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::json::{Raw, unescape};
use super::envelope::Top;
use super::texts::http;
use super::{Answer, EventLine, Room, Told, dated, known, moment};

/// What a record tells; `None` when it is none of ours.
pub(super) fn told(schema: Raw<'_>, top: &Top<'_>, room: &mut Room) -> Option<Told> {
    let schema = schema.bytes();
    if schema.starts_with(b"\"golive.received/") {
        return Some(received(top, room));
    }
    if schema.starts_with(b"\"golive.answered/") {
        return Some(answered(top, room));
    }
    None
}

fn received(top: &Top<'_>, room: &mut Room) -> Told {
    let at = top.received.and_then(moment::of);
    let mut text = std::mem::take(&mut room.text);
    text.clear();
    let line = known::body(unpacked(top, &mut text), room);
    room.text = text;
    let Some(line) = line else { return Told::Nothing(at) };
    dated(EventLine {
        received: at,
        record: room.id(top.id),
        answer: Answer::Nothing,
        forged: top.signature.is_some_and(|said| said.is(b"invalid") || said.is(b"missing")),
        ..line
    })
}

/// The body as it came.
fn unpacked<'t>(top: &Top<'_>, text: &'t mut Vec<u8>) -> &'t [u8] {
    let body = top.body.filter(|body| body.is_string()).map(Raw::bytes);
    match (body, top.body_base64.and_then(Raw::text)) {
        (Some(body), _) => unescape(body.get(1..body.len() - 1).unwrap_or_default(), text),
        (None, Some(packed)) => {
            let _what_is_broken_is_no_envelope = STANDARD.decode_vec(packed.as_ref(), text);
        }
        (None, None) => {}
    }
    text.trim_ascii()
}

fn answered(top: &Top<'_>, room: &mut Room) -> Told {
    let at = top.answered.and_then(moment::of);
    let (Some(record), Some(status)) =
        (room.id(top.id), top.status.and_then(|it| http(&it.text()?)))
    else {
        return Told::Nothing(at);
    };
    let ms = top.ms.and_then(|ms| whole(&ms.text()?));
    Told::Answered { record, at, status, ms, resent: top.resent }
}

/// A whole number; a larger one is the largest.
fn whole(text: &[u8]) -> Option<u32> {
    let number: u64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(u32::try_from(number).unwrap_or(u32::MAX))
}

//! Lines of an application's log that are text.
//!
//! Called by [`sample`](super) for lines of the application's log that are no JSON. The rules it
//! keeps: a line counts only when it begins with a time, its level is an error's and it has to do
//! with MintCash; ids are read where they are named (`requestId=`, `externalId:`) and nowhere else.

use super::wide::mentions;
use super::{Room, Side, Told, TroubleLine, level, moment, texts};
use crate::time::Timestamp;
use crate::week::Key;

/// So many bytes at the beginning of a line may hold its level.
const HEAD: usize = 96;

/// What a line tells.
pub(super) fn told(line: &[u8], room: &mut Room) -> Told {
    let Some((at, rest)) = dated(line) else { return Told::Garbage };
    let is_error = level(rest).is_some_and(|level| level::is_word(level.as_bytes()));
    let is_named = mentions(rest, b"mintcash");
    let request = value(rest, &[b"requestid", b"request_id", b"request-id"]);
    let request = request.or_else(|| token(rest, b"req_"));
    let request = request.filter(|it| is_named || it.starts_with(b"req_"));
    let request = request.filter(|_| is_named || !mentions(rest, b"stripe"));
    let external = value(rest, &[b"externalid", b"external_id"]);
    if !is_error || !(is_named || request.is_some() || external.is_some()) {
        return Told::Nothing(Some(at));
    }
    let code = value(rest, &[b"code", b"error_code", b"errorcode"]);
    let code = code.filter(|code| texts::is_code(code)).map(|code| room.word(code));
    let status = value(rest, &[b"status", b"status_code", b"statuscode"]).and_then(texts::http);
    let mut key = |text: Option<&[u8]>| -> Option<Key> { text.map(|text| room.keep(text)) };
    Told::Trouble(TroubleLine {
        at,
        side: Side::Application,
        code,
        status,
        request: key(request),
        external: key(external),
        resource: key(value(rest, &[b"paymentid", b"payment_id", b"refundid", b"refund_id"])),
    })
}

/// The time at the beginning of a line, bare, in brackets or as `time="..."`, and what comes behind
/// it.
pub(in crate::events) fn dated(line: &[u8]) -> Option<(Timestamp, &[u8])> {
    let begins = [&b"["[..], b"time=\"", b"time=", b"ts=\"", b"ts=", b"timestamp="];
    let inner = begins.iter().find_map(|begin| line.strip_prefix(*begin)).unwrap_or(line);
    moment::civil(inner)
}

/// The first level that a line names, in small letters.
pub(in crate::events) fn level(text: &[u8]) -> Option<String> {
    const OTHERS: [&[u8]; 9] = [
        b"warn",
        b"warning",
        b"info",
        b"information",
        b"notice",
        b"debug",
        b"trace",
        b"verbose",
        b"inf",
    ];
    let head = text.get(..HEAD.min(text.len())).unwrap_or_default();
    let mut words = head.split(|byte| !byte.is_ascii_alphabetic());
    let is_other = |word: &[u8]| OTHERS.iter().any(|other| word.eq_ignore_ascii_case(other));
    let word = words.find(|word| level::is_word(word) || is_other(word))?;
    Some(String::from_utf8_lossy(word).to_ascii_lowercase())
}

/// Everything that a text names, `name=value`, `name: value` or `"name":"value"`.
pub(in crate::events) fn named(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    memchr::memchr2_iter(b'=', b':', text).filter_map(move |at| {
        let (before, behind) = text.split_at_checked(at)?;
        let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
        let from = before.iter().rposition(|byte| !is_name(*byte)).map_or(0, |end| end + 1);
        let name = before.get(from..)?;
        let value = behind.get(1..)?.trim_ascii_start();
        let quote = value.first().filter(|byte| matches!(byte, b'"' | b'\'')).copied();
        let value = value.get(usize::from(quote.is_some())..)?;
        let ends = |byte: &u8| match quote {
            Some(quote) => *byte == quote,
            None => byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b')' | b'}' | b']'),
        };
        let end = value.iter().position(ends).unwrap_or(value.len());
        let value = value.get(..end).filter(|value| !value.is_empty())?;
        (!name.is_empty()).then_some((name, value))
    })
}

/// The value behind one of these names.
fn value<'a>(text: &'a [u8], names: &[&[u8]]) -> Option<&'a [u8]> {
    let is_known = |name: &[u8]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    named(text).find(|(name, _)| is_known(name)).map(|(_, value)| value)
}

/// The first word that begins so.
pub(in crate::events) fn token<'a>(text: &'a [u8], begin: &[u8]) -> Option<&'a [u8]> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let mut words = text.split(|byte| !is_part(byte));
    words.find(|word| word.starts_with(begin) && word.len() > begin.len())
}

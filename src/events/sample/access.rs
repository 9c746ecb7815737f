//! Lines of access logs as text: nginx `combined`, Apache `common` and `combined`, and both with
//! fields behind them.
//!
//! Called by [`sample`](super) for lines of a delivery log that are no JSON. The rules it keeps:
//! only a POST to the webhook endpoint is a delivery, and golive's own probes are none; how long an
//! answer took is only read where the line names it (`rt=0.012`, `request_time=0.012`), since a
//! bare number at the end may be anything.

use super::took::seconds;
use super::{Reading, Told, moment};
use crate::time::Timestamp;

/// What a line says of one request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::events) struct Access<'a> {
    pub at: Timestamp,
    pub method: &'a [u8],
    pub target: &'a [u8],
    pub status: u16,
    pub agent: &'a [u8],
    pub ms: Option<u32>,
}

/// What a line of an access log tells.
pub(super) fn told(line: &[u8], reading: &Reading) -> Told {
    let Some(access) = read(line) else { return Told::Garbage };
    match counts(access.method, access.target, access.agent, reading) {
        true => Told::Hit { at: access.at, status: access.status, ms: access.ms },
        false => Told::Nothing(Some(access.at)),
    }
}

/// Whether a request is a delivery of MintCash.
pub(super) fn counts(method: &[u8], target: &[u8], agent: &[u8], reading: &Reading) -> bool {
    let own = agent.strip_prefix(b"golive/").is_some();
    method == b"POST" && !own && is_endpoint(target, reading.webhook_path.as_deref())
}

/// Whether a path or URL is that of the webhook endpoint; a query and a slash at its end make no
/// difference.
pub(super) fn is_endpoint(target: &[u8], wanted: Option<&str>) -> bool {
    let Some(wanted) = wanted else { return true };
    let path = match memchr::memmem::find(target, b"://") {
        Some(scheme) if !target.starts_with(b"/") => {
            let rest = target.get(scheme + 3..).unwrap_or_default();
            memchr::memchr(b'/', rest).and_then(|slash| rest.get(slash..)).unwrap_or(b"/")
        }
        _ => target,
    };
    let end = memchr::memchr2(b'?', b'#', path).unwrap_or(path.len());
    let path = path.get(..end).unwrap_or(path);
    let trimmed = |path: &[u8]| path.strip_suffix(b"/").unwrap_or(path).len();
    path.get(..trimmed(path)) == wanted.as_bytes().get(..trimmed(wanted.as_bytes()))
}

/// Reads a line: a time in brackets, the request in quotes, a status, and what comes behind.
pub(in crate::events) fn read(line: &[u8]) -> Option<Access<'_>> {
    let (at, rest) = memchr::memchr_iter(b'[', line).find_map(|open| {
        let (at, rest) = moment::access(line.get(open + 1..)?)?;
        Some((at, rest.strip_prefix(b"]")?))
    })?;
    let (request, rest) = quoted(rest.trim_ascii_start())?;
    let (status, rest) = word(rest.trim_ascii_start());
    let status = match status {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
            [a, b, c].into_iter().fold(0, |all, digit| all * 10 + u16::from(digit - b'0'))
        }
        _ => return None,
    };
    let (size, rest) = word(rest.trim_ascii_start());
    if size != b"-" && (size.is_empty() || !size.iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let mut parts = request.splitn(3, |byte| *byte == b' ');
    let (method, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let referer = quoted(rest.trim_ascii_start());
    let agent = referer.and_then(|(_, rest)| quoted(rest.trim_ascii_start()));
    let rest = agent.or(referer).map_or(rest, |(_, rest)| rest);
    let agent = agent.map(|(agent, _)| agent).unwrap_or_default();
    Some(Access { at, method, target, status, agent, ms: took(rest) })
}

/// What stands between two quotes, and what comes behind them. A quote inside is written `\"` or
/// `\x22`.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        match text.get(at) {
            Some(b'"') => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => at += 2,
        }
    }
}

fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// The names under which the seconds that an answer took stand in access logs: what the client
/// waited for first, then what stands behind the proxy.
const SECONDS: [&[u8]; 4] = [b"rt", b"request_time", b"urt", b"upstream_response_time"];

/// How long the answer took in milliseconds, where the line names it.
fn took(rest: &[u8]) -> Option<u32> {
    let mut found: Option<(usize, u32)> = None;
    for part in rest.split(u8::is_ascii_whitespace) {
        let Some(equals) = memchr::memchr(b'=', part) else { continue };
        let (name, value) = part.split_at_checked(equals).unwrap_or((part, b"="));
        let rank = SECONDS.iter().position(|known| *known == name);
        let value = value.get(1..).unwrap_or_default();
        let value = value.strip_suffix(b",").or(value.strip_suffix(b";")).unwrap_or(value);
        let inner = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        let value = inner.unwrap_or(value);
        if let (Some(rank), Some(ms)) = (rank, seconds(value))
            && found.is_none_or(|(known, _)| rank < known)
        {
            found = Some((rank, ms));
        }
    }
    found.map(|(_, ms)| ms)
}

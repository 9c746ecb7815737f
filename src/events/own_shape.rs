//! A line of a merchant's own shape as the envelope that it tells of: `logs` of `golive.yaml` for a
//! reader that only knows envelopes.
//!
//! Used by the check `external-id-log` around [`record`]. The rules it keeps, the
//! same as [`sample`](super::sample)'s: the envelope that the merchant names is the only one; an
//! envelope that stands on the line says more than members that were written down one by one; what
//! a path does not lead to is not there.

use super::fields::lookup;
use super::json::Raw;
use super::members::Members;
use super::quote::content;
use super::record::{self, Reading, Said, Scratch};
use super::sample::enclosed;
use super::source::Role;

/// Room for one line, kept from line to line.
#[derive(Debug, Default)]
pub struct Room {
    line: Vec<u8>,
    usual: Scratch,
    own: Scratch,
}

/// Says what a line of a log of that kind is, whose members stand where these paths say.
pub fn read<'a>(
    line: &'a [u8],
    role: Role,
    (reading, members): (&'a Reading, &Members),
    room: &'a mut Room,
) -> Said<'a> {
    if members.is_empty() {
        return record::read(line, role, reading, &mut room.usual);
    }
    let whole = Raw::of(content(line)).filter(|raw| raw.is_object());
    let named = || Some((whole?, members.envelope.as_deref()?));
    if let Some(envelope) = named().and_then(|(whole, path)| enclosed(whole, path)) {
        room.line = with_time(envelope, whole, members);
        return record::read(&room.line, role, reading, &mut room.own);
    }
    let said = record::read(line, role, reading, &mut room.usual);
    let is_told = matches!(said, Said::Event(_) | Said::Answered(_) | Said::Garbage);
    match whole.filter(|_| !is_told).and_then(|whole| flat(whole, members)) {
        Some(envelope) => {
            room.line = envelope;
            record::read(&room.line, role, reading, &mut room.own)
        }
        None => said,
    }
}

/// The envelope, with the time that the line has beside it.
fn with_time(envelope: Vec<u8>, whole: Option<Raw<'_>>, members: &Members) -> Vec<u8> {
    let time = members.time.as_deref().and_then(|path| lookup(whole?, path));
    let inside = envelope.get(1..).unwrap_or_default();
    let is_empty = inside.trim_ascii_start().first() == Some(&b'}');
    match time.filter(|_| !is_empty) {
        Some(time) => [b"{\"receivedAt\":", time.as_slice(), b",", inside].concat(),
        None => envelope,
    }
}

/// The envelope of an event whose members stand one by one: at least its name and its id.
fn flat(line: Raw<'_>, members: &Members) -> Option<Vec<u8>> {
    let get = |path: &Option<String>, usual: [&str; 2]| match path {
        Some(path) => lookup(line, path),
        None => usual.into_iter().find_map(|name| lookup(line, name)),
    };
    let name = get(&members.event, ["event", "eventName"])?;
    let id = get(&members.event_id, ["eventId", "event_id"])?;
    let event = object([
        ("event", Some(name)),
        ("eventId", Some(id)),
        ("createdAt", get(&members.created_at, ["createdAt", "created_at"])),
        ("environment", get(&members.environment, ["environment", "livemode"])),
        ("receivedAt", get(&members.time, ["time", "timestamp"])),
    ]);
    let data = object([
        ("id", get(&members.resource_id, ["paymentId", "payment_id"])),
        ("externalId", get(&members.external_id, ["externalId", "external_id"])),
        ("subscriptionId", get(&members.subscription_id, ["subscriptionId", "subscription_id"])),
    ]);
    Some([b"{", event.as_slice(), b",\"data\":{", &data, b"}}"].concat())
}

/// The members of an object, as far as they are there.
fn object<const N: usize>(members: [(&str, Option<Vec<u8>>); N]) -> Vec<u8> {
    let given = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let written = given.map(|(name, value)| [b"\"", name.as_bytes(), b"\":", &value].concat());
    written.collect::<Vec<_>>().join(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::fields::Fields;
    use crate::events::target::Hosts;

    fn event(line: &str, members: &Members) -> Option<(String, Option<String>)> {
        let reading = Reading { hosts: Hosts::default(), fields: Fields::default() };
        let mut room = Room::default();
        let text = |raw: Raw<'_>| String::from_utf8(raw.text().unwrap().into_owned()).unwrap();
        match read(line.as_bytes(), Role::Events, (&reading, members), &mut room) {
            Said::Event(event) => Some((text(event.name), event.data.external_id.map(text))),
            _ => None,
        }
    }

    fn path(path: &str) -> Option<String> {
        Some(path.to_owned())
    }

    const ENVELOPE: &str =
        r#"{"event":"payment.failed","eventId":"e","data":{"externalId":"one"}}"#;

    #[test]
    fn the_envelope_that_is_named_is_the_only_one() {
        let other = ENVELOPE.replace("one", "two");
        let line = format!(r#"{{"at":5,"body":{ENVELOPE},"in":{{"it":{other}}}}}"#);
        let found = |members| event(&line, &members).unwrap().1.unwrap();
        assert_eq!(found(Members::default()), "one");
        assert_eq!(found(Members { envelope: path("in.it"), ..Members::default() }), "two");
        let timed = Members { envelope: path("in.it"), time: path("at"), ..Members::default() };
        assert_eq!(found(timed), "two");
        // Where the path leads nowhere the line is read as usual.
        assert_eq!(found(Members { envelope: path("in.no"), ..Members::default() }), "one");
    }

    #[test]
    fn members_one_by_one_are_an_event_where_no_envelope_stands() {
        let members = Members {
            event: path("k.what"),
            event_id: path("no"),
            external_id: path("ours"),
            ..Members::default()
        };
        let line = r#"{"k":{"what":"payment.failed"},"no":7,"ours":"o-1"}"#;
        assert_eq!(event(line, &members), Some(("payment.failed".into(), path("o-1"))));
        assert_eq!(event(line, &Members::default()), None);
        assert_eq!(event(ENVELOPE, &members), Some(("payment.failed".into(), path("one"))));
        assert_eq!(event(r#"{"k":{"what":"payment.failed"}}"#, &members), None);
        let cut = line.get(..line.len() - 1).unwrap();
        assert_eq!(event(cut, &members), None);
    }
}

//! A line of a log as it may be shown: what it is about, and nothing about people.
//!
//! Called when a line is quoted, on the screen, in a finding or in a text for MintCash's support.
//! Logs hold names, addresses, card digits and keys. The rule it keeps: what is shown is listed, and
//! everything else is left out, marked by `…`: ids, names of events, codes, statuses, times, amounts
//! and paths of the API stay, each only where it has the form of one.

mod allow;
mod json;
mod text;

use std::sync::{Arc, Mutex};

use super::feed::asking::{Asked, ask};
use super::fields::Fields;
use super::members::LogMembers;
use super::record;
use super::sample::{Reading, Room, Told};
use super::source::{Role, Roles};
use super::target::Hosts;
use crate::text::visible;
use crate::week::Words;

/// So many characters of a line are shown.
const LONGEST: usize = 2_000;

/// What is left out.
pub(super) const GAP: &str = "…";

/// What may be shown of a line of a log of that kind, and the ids that it names: `requestId`,
/// `externalId`, `eventId`, `id` (MintCash's id of the payment, refund or subscription),
/// `subscriptionId` and `time`.
#[must_use]
pub fn mask(line: &[u8], role: Role) -> (String, Vec<(&'static str, String)>) {
    let reading = Reading {
        record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
        members: LogMembers::default(),
        webhook_path: None,
    };
    mask_read(line, Roles::of(role), &reading)
}

/// The same for a log that is read that way.
#[must_use]
pub fn mask_read(
    line: &[u8],
    roles: Roles,
    reading: &Reading,
) -> (String, Vec<(&'static str, String)>) {
    let line = super::quote::content(line);
    let shown = match line.first() {
        Some(b'{') => json::shown(line),
        _ => text::shown(line),
    };
    let shown = shown.unwrap_or_else(|| format!("{GAP} ({} bytes)", line.len()));
    (visible(&shown, LONGEST), ids(line, roles, reading))
}

/// The ids that the line was read to name, as far as they look like ids.
fn ids(line: &[u8], roles: Roles, reading: &Reading) -> Vec<(&'static str, String)> {
    let mut room = Room::keeping(Arc::new(Mutex::new(Words::default())));
    let Asked { told, beside } = ask(line, roles, reading, &mut room);
    let mut ids = named(told, &room);
    for (name, text) in beside.into_iter().flatten().flat_map(|beside| named(beside, &room)) {
        if ids.iter().all(|(known, _)| *known != name) {
            ids.push((name, text));
        }
    }
    ids
}

fn named(told: Told, room: &Room) -> Vec<(&'static str, String)> {
    let (keys, at) = match told {
        Told::Event(event) => (
            [None, event.external, event.id, event.resource, event.subscription],
            event.created.or(event.received),
        ),
        Told::Trouble(trouble) => {
            ([trouble.request, trouble.external, None, trouble.resource, None], Some(trouble.at))
        }
        Told::Hit { at, .. } => ([None; 5], Some(at)),
        Told::Answered { at, .. } | Told::Nothing(at) => ([None; 5], at),
        Told::Undated | Told::Garbage => ([None; 5], None),
    };
    let names = ["requestId", "externalId", "eventId", "id", "subscriptionId"];
    let mut ids: Vec<(&'static str, String)> = Vec::new();
    for (name, key) in names.into_iter().zip(keys) {
        let text = key.and_then(|key| room.text_of(key));
        ids.extend(text.filter(|text| allow::is_id(text)).map(|text| (name, text)));
    }
    ids.extend(at.map(|at| ("time", at.to_string())));
    ids
}

#[cfg(test)]
mod tests;

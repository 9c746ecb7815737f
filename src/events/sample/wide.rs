//! What a line of JSON tells that is no bare envelope: a merchant's own log line, an access log in
//! JSON, a request to MintCash, an error of the application.
//!
//! Called by [`sample`](super) for what its fast ways do not know. What a log is of decides what its
//! lines can tell. The rules it keeps: the merchant's own paths (`logs` in `golive.yaml`) come before
//! any guess; a request to somebody else, and a webhook that came in, is no error of MintCash's API;
//! an error of the application counts only where it has to do with MintCash.

use super::super::json::Raw;
use super::super::members::Members;
use super::super::source::Role;
use super::super::target::Whose;
use super::envelope::Top;
use super::facts::{Facts, Walk};
use super::texts::http;
use super::trace::Trace;
use super::{
    Answer, EventLine, Reading, Room, Side, Told, TroubleLine, dated, known, moment, record, took,
};
use crate::events::fields::lookup;
use crate::time::Timestamp;

/// What a line tells.
pub(super) fn told(
    line: &[u8],
    top: &Top<'_>,
    role: Role,
    reading: &Reading,
    room: &mut Room,
) -> Told {
    let webhook_path = reading.webhook_path.as_deref();
    let (facts, trace, known) = (Facts::default(), Trace::default(), &reading.record);
    let mut walk = Walk { facts, room, known, webhook_path, trace };
    walk.line(line, top);
    let members = reading.members.of(role);
    if !members.is_empty()
        && let Some(raw) = Raw::of(line)
    {
        mapped(&mut walk, members, raw);
    }
    let Walk { facts, trace, room, .. } = walk;
    if let Some(kept) = &mut room.kept {
        kept.test = facts.test.get();
    }
    let told = match role {
        Role::Events => events(&facts),
        Role::Deliveries => events_or(&facts, |facts| hit(facts, reading)),
        Role::Requests => events_or(&facts, |facts| api(facts, line)),
        Role::Application => return application(&facts, line),
    };
    if let (Told::Event(_), true, Some(places)) = (told, members.is_empty(), trace.places()) {
        known::learn_logged(line, role, &places, &told, room);
    }
    told
}

/// Puts in what the merchant's own paths lead to.
fn mapped(walk: &mut Walk<'_>, members: &Members, line: Raw<'_>) {
    let text = |path: &Option<String>| lookup(line, path.as_deref()?);
    if let Some(bytes) = members.envelope.as_deref().and_then(|path| enclosed(line, path)) {
        walk.facts.envelope = None;
        walk.room.keep_envelope(None);
        walk.envelope(&bytes);
    }
    for (path, slot) in [
        (&members.event_id, &mut walk.facts.event_id),
        (&members.request_id, &mut walk.facts.request),
        (&members.external_id, &mut walk.facts.external),
        (&members.resource_id, &mut walk.facts.resource),
        (&members.subscription_id, &mut walk.facts.subscription),
    ] {
        if path.is_some() {
            let found = text(path);
            slot.fix(walk.room.id(found.as_deref().and_then(Raw::of)));
        }
    }
    for (path, slot) in
        [(&members.event, &mut walk.facts.event), (&members.code, &mut walk.facts.code)]
    {
        if path.is_some() {
            let found = text(path);
            slot.fix(walk.room.name(found.as_deref().and_then(Raw::of)));
        }
    }
    for (path, slot) in
        [(&members.time, &mut walk.facts.time), (&members.created_at, &mut walk.facts.created)]
    {
        if path.is_some() {
            slot.fix(text(path).as_deref().and_then(Raw::of).and_then(moment::of));
        }
    }
    if members.environment.is_some() {
        let said = text(&members.environment);
        let said = said.as_deref().and_then(Raw::of).and_then(record::environment);
        walk.facts.test.fix(said.map(|said| said == record::Environment::Test));
    }
    answer(walk, members, line);
}

/// The paths to how it was answered, and to where it went.
fn answer(walk: &mut Walk<'_>, members: &Members, line: Raw<'_>) {
    let text = |path: &Option<String>| {
        let found = lookup(line, path.as_deref()?)?;
        Some(Raw::of(&found)?.text()?.into_owned())
    };
    if members.status.is_some() {
        walk.facts.status.fix(text(&members.status).as_deref().and_then(http));
    }
    let number = |path| took::decimal(&text(path)?);
    let ms = number(&members.ms).and_then(took::millis);
    let seconds = || number(&members.seconds).and_then(|it| took::millis(it * 1e3));
    if members.ms.is_some() || members.seconds.is_some() {
        walk.facts.ms.fix(ms.or_else(seconds));
    }
    if let Some(url) = text(&members.url) {
        walk.facts.whose = Default::default();
        walk.facts.endpoint = Default::default();
        walk.facts.is_call = false;
        walk.target(&url);
    }
}

/// The object that a path leads to, or that the text that it leads to holds.
pub(in crate::events) fn enclosed(line: Raw<'_>, path: &str) -> Option<Vec<u8>> {
    let (outer, last) = match path.rsplit_once('.') {
        Some((outer, last)) => (enclosed(line, outer)?, last),
        None => (line.bytes().to_vec(), path),
    };
    let value = Raw::of(&outer)?.member(last.as_bytes())?;
    if value.is_object() {
        return Some(value.bytes().to_vec());
    }
    let inner = value.is_string().then(|| value.text())??;
    let inner = inner.trim_ascii();
    Raw::of(inner).filter(|raw| raw.is_object()).map(|raw| raw.bytes().to_vec())
}

/// How the handler answered, where the same line says.
fn answered(facts: &Facts) -> Answer {
    match facts.status.get() {
        Some(status) => Answer::Status { status, ms: facts.ms.get() },
        None => Answer::Unsaid,
    }
}

/// An event that somebody logged, with the time and the answer beside it.
pub(super) fn logged(event: EventLine, time: Option<Timestamp>, answer: Answer) -> Told {
    dated(EventLine { received: event.received.or(time), answer, ..event })
}

/// A line of a log of webhooks.
fn events(facts: &Facts) -> Told {
    let time = facts.time.get();
    let created = facts.created.get();
    if let Some(event) = facts.envelope {
        return logged(event, time, answered(facts));
    }
    let (Some(name), Some(id)) = (facts.event.get(), facts.event_id.get()) else {
        return Told::Nothing(time.or(created));
    };
    if created.or(time).is_none() {
        return Told::Undated;
    }
    Told::Event(EventLine {
        id: Some(id),
        record: None,
        name,
        created,
        received: time,
        answer: answered(facts),
        test: facts.test.get().unwrap_or(false),
        forged: false,
        code: facts.code.get(),
        resource: facts.resource.get(),
        subscription: facts.subscription.get(),
        external: facts.external.get(),
        card: None,
    })
}

/// A line of another log, which may be the log of webhooks as well.
fn events_or(facts: &Facts, other: impl FnOnce(&Facts) -> Told) -> Told {
    match events(facts) {
        Told::Nothing(_) => other(facts),
        told => told,
    }
}

/// A line of an access log.
fn hit(facts: &Facts, reading: &Reading) -> Told {
    let time = facts.at();
    let is_post = facts.is_post.get();
    let counts = match (facts.endpoint.get(), &reading.webhook_path) {
        (_, None) => is_post == Some(true),
        (endpoint, Some(_)) => endpoint == Some(true) && is_post != Some(false),
    };
    let (true, false, Some(status)) = (counts, facts.is_probe, facts.status.get()) else {
        return Told::Nothing(time);
    };
    match time {
        Some(at) => Told::Hit { at, status, ms: facts.ms.get() },
        None => Told::Undated,
    }
}

/// A line of a log of requests to MintCash.
fn api(facts: &Facts, line: &[u8]) -> Told {
    let time = facts.at();
    let is_exchange = facts.status.get().is_some()
        || facts.whose.get().is_some()
        || facts.is_call
        || facts.is_post.get().is_some();
    let is_logged_error = facts.is_error.get() == Some(true);
    if is_logged_error && !is_exchange {
        return application(facts, line);
    }
    let is_incoming = facts.endpoint.get() == Some(true) && facts.whose.get().is_none();
    let is_ours = match facts.whose.get() {
        Some(Whose::Elsewhere) => false,
        Some(Whose::MintCash) => true,
        Some(Whose::Inside) | None => {
            facts.is_call || facts.is_answered_code || facts.request.get().is_some()
        }
    };
    let is_error = match facts.status.get() {
        Some(status) => status >= 400,
        None => facts.has_failed || is_logged_error || facts.is_answered_code,
    };
    if !is_ours || !is_error || is_incoming && !facts.is_call {
        return Told::Nothing(time);
    }
    trouble(facts, Side::Api, facts.request.get().or(facts.perhaps_request.get()))
}

/// A line of the application's log.
fn application(facts: &Facts, line: &[u8]) -> Told {
    let is_named = mentions(line, b"mintcash");
    let is_another_s = !is_named && mentions(line, b"stripe");
    let has_ids = facts.request.get().is_some() && !is_another_s;
    let concerns = is_named
        || facts.whose.get() == Some(Whose::MintCash)
        || has_ids
        || facts.external.get().is_some()
        || facts.is_answered_code
        || facts.envelope.is_some();
    if facts.is_error.get() != Some(true) || !concerns {
        return Told::Nothing(facts.at());
    }
    let request = facts.request.get().filter(|_| !is_another_s);
    // An id that may be the application's own counts beside what MintCash answered.
    let perhaps = facts.perhaps_request.get().filter(|_| facts.is_answered_code);
    trouble(facts, Side::Application, request.or(perhaps))
}

fn trouble(facts: &Facts, side: Side, request: Option<crate::week::Key>) -> Told {
    let Some(at) = facts.at() else { return Told::Undated };
    let event = facts.envelope;
    Told::Trouble(TroubleLine {
        at,
        side,
        code: facts.code.get(),
        status: facts.status.get(),
        request,
        external: facts.external.get().or(event.and_then(|event| event.external)),
        resource: facts.resource.get().or(event.and_then(|event| event.resource)),
    })
}

/// Whether a word stands on a line, in whatever case.
pub(super) fn mentions(line: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return false };
    let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(small, large, line).any(|at| {
        line.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

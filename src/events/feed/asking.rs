//! What a line tells where its log is of several things: it is asked for each of them.
//!
//! Called by [`teller`](super::teller) for every line, and when a line is shown. The rules it keeps:
//! a line tells at most one thing that came, an event or an answer, and at most one error; a request
//! that failed is no second error because the log is the application's as well; a line is garbage
//! only where nobody understands it.

use crate::events::sample::{self, Reading, Room, Told};
use crate::events::source::{Role, Roles};

/// What a line tells: what came, or that it tells nothing, and an error beside it.
pub(in crate::events) type Asked = (Told, Option<Told>);

/// Asks a line as a log of each of these.
#[inline]
pub(in crate::events) fn ask(
    line: &[u8],
    roles: Roles,
    reading: &Reading,
    room: &mut Room,
) -> Asked {
    match roles.only() {
        Some(role) => (sample::read(line, role, reading, room), None),
        None => ask_all(line, roles, reading, room),
    }
}

fn ask_all(line: &[u8], roles: Roles, reading: &Reading, room: &mut Room) -> Asked {
    // Where nobody knows the endpoint's path, a request may as well be one to MintCash.
    let is_clear = reading.webhook_path.is_some() || !roles.has(Role::Requests);
    let (mut came, mut trouble, mut nothing) = (None, None, Told::Garbage);
    for role in roles.each() {
        let is_answered = match role {
            Role::Events | Role::Requests => false,
            Role::Deliveries => came.is_some() || !is_clear && line.trim_ascii().starts_with(b"{"),
            Role::Application => trouble.is_some(),
        };
        if is_answered {
            continue;
        }
        match sample::read(line, role, reading, room) {
            told @ (Told::Event(_) | Told::Answered { .. } | Told::Hit { .. }) => {
                came.get_or_insert(told);
            }
            told @ Told::Trouble(_) => trouble = trouble.or(Some(told)),
            told => nothing = surer(nothing, told),
        }
    }
    match (came, trouble) {
        (Some(came), trouble) => (came, trouble),
        (None, Some(trouble)) => (trouble, None),
        (None, None) => (nothing, None),
    }
}

/// Which of two that tell nothing says more of the line.
fn surer(one: Told, other: Told) -> Told {
    let rank = |told: &Told| match told {
        Told::Garbage => 0,
        Told::Nothing(at) => 1 + u8::from(at.is_some()),
        _ => 3,
    };
    if rank(&other) > rank(&one) { other } else { one }
}

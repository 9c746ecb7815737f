//! What a line tells where its log is of several things: it is asked for each of them.
//!
//! Called by [`teller`](super::teller) for every line, and when a line is shown. The rules it keeps:
//! a line tells at most one thing that came, an event or an answer, and at most one error of each
//! side, so that a failed request that stands in the application's log as an error is known on both;
//! a webhook that came in is no request; a line is garbage only where nobody understands it.

use crate::events::sample::{self, Reading, Room, Told};
use crate::events::source::{Role, Roles};

/// What a line tells, and the errors that it tells of beside that.
#[derive(Clone, Copy, Debug)]
pub(in crate::events) struct Asked {
    pub(in crate::events) told: Told,
    pub(in crate::events) beside: [Option<Told>; 2],
}

/// Asks a line as a log of each of these.
#[inline]
pub(in crate::events) fn ask(
    line: &[u8],
    roles: Roles,
    reading: &Reading,
    room: &mut Room,
) -> Asked {
    match roles.only() {
        Some(role) => Asked { told: sample::read(line, role, reading, room), beside: [None; 2] },
        None => ask_all(line, roles, reading, room),
    }
}

fn ask_all(line: &[u8], roles: Roles, reading: &Reading, room: &mut Room) -> Asked {
    // Where nobody knows the endpoint's path, a request may as well be one to MintCash.
    let is_unclear = reading.webhook_path.is_none()
        && roles.has(Role::Requests)
        && line.trim_ascii().starts_with(b"{");
    let (mut came, mut errors, mut nothing) = (None, [None; 2], Told::Garbage);
    for role in roles.each() {
        let is_needless = match role {
            Role::Events | Role::Application => false,
            Role::Deliveries => came.is_some() || is_unclear,
            Role::Requests => matches!(came, Some(Told::Hit { .. })),
        };
        if is_needless {
            continue;
        }
        let told = sample::read(line, role, reading, room);
        match (told, &mut errors) {
            (Told::Event(_) | Told::Answered { .. } | Told::Hit { .. }, _) => {
                came.get_or_insert(told);
            }
            (Told::Trouble(_), [first @ None, _]) => *first = Some(told),
            (Told::Trouble(other), [Some(Told::Trouble(first)), second])
                if first.side != other.side =>
            {
                *second = Some(told);
            }
            (Told::Trouble(_), _) => {}
            _ => nothing = surer(nothing, told),
        }
    }
    match (came, errors) {
        (Some(told), beside) => Asked { told, beside },
        (None, [Some(told), second]) => Asked { told, beside: [second, None] },
        (None, [None, _]) => Asked { told: nothing, beside: [None; 2] },
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::{World, at, envelope};
    use super::*;
    use crate::events::blocks::Cut;

    const ALL: [Role; 4] = [Role::Events, Role::Deliveries, Role::Requests, Role::Application];

    /// What a small shop writes into its one log.
    fn lines() -> String {
        let access = |status: u16| {
            format!(
                r#"{{"level":30,"time":"{}","req":{{"method":"POST","url":"/hook"}},"res":{{"statusCode":{status}}}}}"#,
                at(1)
            )
        };
        let api = |status: u16, more: &str| {
            format!(
                r#"{{"time":"{}","method":"POST","url":"https://api.mintcash.me/payments","status":{status}{more}}}"#,
                at(2)
            )
        };
        let refused = r#","level":"error","response":{"code":"invalid_amount","message":"no","details":{"requestId":"req_1"}}"#;
        let failed = format!(
            r#"{{"level":"error","time":"{}","msg":"mintcash: not booked","payload":{}}}"#,
            at(3),
            envelope(2)
        );
        let odd = format!(r#"{{"level":"error","time":"{}","msg":"mintcash is odd"}}"#, at(5));
        let plain = format!("{} ERROR mintcash is away", at(4));
        let lines = [
            envelope(1),
            access(200),
            api(422, refused),
            api(200, ""),
            failed,
            plain,
            odd,
            "starting".to_owned(),
            "{\"cut\":".to_owned(),
        ];
        lines.map(|line| line + "\n").concat()
    }

    fn read(roles: &[Role]) -> (BTreeMap<String, usize>, World) {
        let globs: Vec<_> = roles.iter().map(|role| (*role, "app.log")).collect();
        let mut world = World::new(&globs, Cut::default());
        world.append("app.log", lines().as_bytes());
        world.look(true);
        (world.told(), world)
    }

    fn count(told: &BTreeMap<String, usize>, what: &str) -> usize {
        told.iter().filter(|(name, _)| name.starts_with(what)).map(|(_, count)| count).sum()
    }

    #[test]
    fn one_log_for_everything_tells_its_events_answers_and_errors_each_once() {
        let (told, world) = read(&ALL);
        let counts = ["payment.failed", "hit", "trouble"].map(|what| count(&told, what));
        assert_eq!(counts, [2, 1, 5], "{told:#?}");
        assert_eq!(told.values().sum::<usize>(), 8, "{told:#?}");
        let error = |ms| told.get(&format!("trouble {:?}", at(ms))).copied();
        // The request that was refused is known on both sides, an odd line to the application only.
        assert_eq!([2, 3, 4, 5].map(error), [Some(2), Some(1), Some(1), Some(1)]);
        let reading = world.follower.reading();
        assert_eq!((reading.lines, reading.garbage, reading.undated), (9, 2, 0));
        let of_events = read(&[Role::Events]).1;
        assert_eq!(of_events.follower.reading().garbage, 3, "the application's plain line as well");
        assert_eq!(reading.understood, 6, "a line that tells two things is one line");
        let holds = (reading.holds.events, reading.holds.requests, reading.holds.application);
        assert_eq!((holds, reading.holds.answers), ((true, true, true), true));
        assert!(reading.covers.events.is_some() && reading.covers.requests.is_some());
        let roles: Vec<_> = reading.sources.iter().map(|it| (it.shown.as_str(), it.role)).collect();
        let named = ["webhooks", "deliveries", "requests", "application"];
        assert_eq!(roles, named.map(|role| ("app.log", role)));
        assert!(reading.problems.is_empty());
        // No role alone tells all of it.
        for role in ALL {
            assert_ne!(read(&[role]).0, told, "{role:?}");
        }
    }

    #[test]
    fn two_roles_tell_no_more_than_the_two_tell_apart() {
        for one in ALL {
            for other in ALL {
                let (both, world) = read(&[one, other]);
                let (first, one_world) = read(&[one]);
                let (second, other_world) = read(&[other]);
                for (what, count) in &both {
                    let apart =
                        [first.get(what), second.get(what)].map(|it| it.copied().unwrap_or(0));
                    let most = if what.starts_with("trouble") && one != other {
                        apart.iter().sum()
                    } else {
                        apart.into_iter().max().unwrap()
                    };
                    assert!(*count <= most, "{one:?} and {other:?}: {what}");
                    assert!(
                        apart.iter().all(|apart| apart <= count),
                        "{one:?} and {other:?}: {what}"
                    );
                }
                let garbage = |world: &World| world.follower.reading().garbage;
                let least = garbage(&one_world).min(garbage(&other_world));
                assert!(garbage(&world) <= least, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn lines_that_come_later_and_a_last_line_without_an_end_are_asked_in_the_same_way() {
        let globs = ALL.map(|role| (role, "app.log"));
        let mut world = World::new(&globs, Cut::default());
        let text = lines();
        let (begin, end) = text.split_at(text.len() / 2);
        for part in [begin, end] {
            world.append("app.log", part.as_bytes());
            world.look(false);
        }
        assert_eq!(world.told(), read(&ALL).0);
    }
}

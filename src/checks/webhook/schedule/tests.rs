//! Matrices at random, answers at random, arriving in an order at random.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::checks::webhook::matrix::SIGNATURE;
use crate::checks::webhook::probe::{Condition, Family};

/// Ids and names for probes and families of made-up matrices.
const NAMES: [&str; 16] =
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];

/// What a made-up condition can demand of the rows that it asks about.
const DEMANDS: [fn(&Transcript) -> bool; 4] = [
    |_| true,
    |view| view.rows.iter().any(|row| row.verdict() == Verdict::Accepted),
    |view| view.rows.iter().all(|row| row.verdict() != Verdict::Accepted),
    |view| view.rows.len() % 2 == 0,
];

#[derive(Clone, Copy, Debug)]
struct Drawn {
    family: usize,
    expect: Expect,
    asks: Option<(Asked, usize)>,
}

#[derive(Clone, Copy, Debug)]
enum Asked {
    Family(usize),
    Probe(usize),
    All,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let expect = prop::sample::select(vec![Expect::Refused, Expect::Accepted, Expect::Either]);
    let asked = prop_oneof![
        (0..5_usize).prop_map(Asked::Family),
        (0..NAMES.len()).prop_map(Asked::Probe),
        Just(Asked::All),
    ];
    (0..5_usize, expect, prop::option::of((asked, 0..DEMANDS.len())))
        .prop_map(|(family, expect, asks)| Drawn { family, expect, asks })
}

fn family(number: usize) -> &'static Family {
    Box::leak(Box::new(Family { name: NAMES[number], only_if: None }))
}

/// Makes the matrix that was drawn; it stays, as the real ones do.
fn matrix(drawn: &[Drawn]) -> &'static [Probe] {
    let probe = |(number, drawn): (usize, &Drawn)| {
        let only_if = drawn.asks.map(|(asked, demand)| {
            let asked = match asked {
                Asked::Family(number) => Asks::Family(family(number)),
                Asked::Probe(number) => Asks::Probe(NAMES[number]),
                Asked::All => Asks::All,
            };
            let asks: &'static [Asks] = Box::leak(Box::new([asked]));
            Condition { words: "so", asks, holds: DEMANDS[demand] }
        });
        Probe {
            id: NAMES[number],
            what: NAMES[number],
            family: family(drawn.family),
            expect: drawn.expect,
            needs: Needs::Nothing,
            only_if,
            build: |_, _| None,
        }
    };
    Box::leak(drawn.iter().enumerate().map(probe).collect::<Vec<_>>().into_boxed_slice())
}

fn answer(status: u16) -> Came {
    Came::Answer(Answer::of(status, &[], ""))
}

/// What happened, in order: a probe was sent, or it came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Sent(usize),
    Came(usize),
}

/// Runs a matrix to its end: `came` says what becomes of a probe, `order` which comes back next.
fn run(
    probes: &'static [Probe],
    came: impl Fn(usize) -> (Came, Duration),
    order: &[Index],
) -> (Transcript, Vec<Event>) {
    let mut schedule = Schedule::new(probes, true, &Limits::PRODUCTION);
    let mut order = order.iter().cycle();
    let (mut under_way, mut events) = (Vec::new(), Vec::new());
    loop {
        while let Some(index) = schedule.take_next() {
            under_way.push(index);
            events.push(Event::Sent(index));
            assert!(under_way.len() <= 5, "more than five at once");
        }
        if under_way.is_empty() {
            return (schedule.transcript(), events);
        }
        let next = order.next().unwrap().index(under_way.len());
        let index = under_way.remove(next);
        let (what, took) = came(index);
        events.push(Event::Came(index));
        schedule.came(index, Row::new(&probes[index], what, took));
    }
}

fn place(events: &[Event], event: Event) -> Option<usize> {
    events.iter().position(|it| *it == event)
}

fn shape(transcript: &Transcript) -> Vec<(&'static str, Verdict, String)> {
    transcript.rows.iter().map(|row| (row.probe.id, row.verdict(), row.says())).collect()
}

proptest! {
    #[test]
    fn nothing_is_sent_before_its_conditions_are_known_or_after_its_family_has_ended(
        drawn in prop::collection::vec(drawn(), 1..NAMES.len()),
        accepted in prop::collection::vec(any::<bool>(), NAMES.len()),
        order in prop::collection::vec(any::<Index>(), 1..32),
        other in prop::collection::vec(any::<Index>(), 1..32),
    ) {
        let probes = matrix(&drawn);
        let came = |index: usize| {
            (answer(if accepted[index] { 200 } else { 401 }), Duration::ZERO)
        };
        let (transcript, events) = run(probes, came, &order);

        let ids: Vec<_> = transcript.rows.iter().map(|row| row.probe.id).collect();
        let in_order: Vec<_> = probes.iter().map(|probe| probe.id).collect();
        prop_assert_eq!(ids, in_order, "the transcript is in the order of the matrix");
        prop_assert!(transcript.stopped.is_none());
        let not_reached = |row: &Row| row.says().contains("not reached");
        prop_assert!(!transcript.rows.iter().any(not_reached), "every probe was decided on");

        for (index, probe) in probes.iter().enumerate() {
            let Some(sent) = place(&events, Event::Sent(index)) else { continue };
            for asked in probe.conditions().flat_map(|condition| condition.asks) {
                for (earlier, other) in probes[..index].iter().enumerate() {
                    let is_asked = match asked {
                        Asks::Family(family) => family.name == other.family.name,
                        Asks::Probe(id) => *id == other.id,
                        Asks::All => true,
                    };
                    if is_asked && place(&events, Event::Sent(earlier)).is_some() {
                        let came = place(&events, Event::Came(earlier)).unwrap();
                        prop_assert!(came < sent, "{} before {}", probe.id, other.id);
                    }
                }
            }
            for (other, ended) in probes.iter().enumerate() {
                if ended.must_be_refused()
                    && ended.family.name == probe.family.name
                    && accepted[other]
                    && let Some(came) = place(&events, Event::Came(other))
                {
                    prop_assert!(sent < came, "{} after {}", probe.id, ended.id);
                }
            }
            let view: Vec<_> = waits_for(probes, index).collect();
            prop_assert!(view.iter().all(|earlier| *earlier < index));
        }

        let (again, _) = run(probes, came, &other);
        prop_assert_eq!(shape(&transcript), shape(&again), "another order, the same transcript");
    }

    #[test]
    fn a_run_over_the_real_matrix_never_sends_more_than_its_budget(
        statuses in prop::collection::vec(prop::sample::select(vec![200, 204, 302, 400, 401, 404, 500]), 128),
        order in prop::collection::vec(any::<Index>(), 1..64),
    ) {
        let (_, events) = run(&SIGNATURE, |index| (answer(statuses[index]), Duration::ZERO), &order);
        let sent = events.iter().filter(|event| matches!(event, Event::Sent(_))).count();
        prop_assert!(sent <= 60, "{sent}");
    }
}

/// Probes that nothing holds back.
fn free(many: usize) -> &'static [Probe] {
    matrix(&vec![Drawn { family: 0, expect: Expect::Either, asks: None }; many])
}

fn sent(schedule: &mut Schedule) -> Vec<usize> {
    std::iter::from_fn(|| schedule.take_next()).collect()
}

fn give(schedule: &mut Schedule, index: usize, what: Came, took: Duration) {
    let probe = &schedule.probes[index];
    schedule.came(index, Row::new(probe, what, took));
}

const QUICK: Duration = Duration::ZERO;
const LATE: Duration = Duration::from_secs(12);

fn closed() -> Came {
    Came::Nothing(NoAnswer::Closed)
}

/// A schedule with five of ten probes under way.
fn in_full_swing() -> Schedule {
    let mut schedule = Schedule::new(free(10), true, &Limits::PRODUCTION);
    assert_eq!(sent(&mut schedule), [0], "the first one goes alone");
    give(&mut schedule, 0, answer(401), QUICK);
    assert_eq!(sent(&mut schedule), [1, 2, 3, 4, 5]);
    schedule
}

#[test]
fn answers_that_came_too_late_together_are_one_doubt_and_the_next_probe_goes_alone() {
    let mut schedule = in_full_swing();
    for index in 1..=5 {
        give(&mut schedule, index, answer(401), LATE);
        assert_eq!(schedule.stopped(), None);
    }
    assert_eq!(sent(&mut schedule), [6]);
    give(&mut schedule, 6, answer(401), LATE);
    assert_eq!(schedule.stopped(), Some("two answers in a row came too late for MintCash"));
    assert_eq!(sent(&mut schedule), [0; 0]);
    let alone: Vec<_> = schedule.transcript().rows.iter().map(|row| row.alone).collect();
    assert_eq!(alone[..7], [true, false, false, false, false, false, true]);
}

#[test]
fn a_good_answer_after_a_bad_one_lets_all_go_on() {
    let mut schedule = in_full_swing();
    give(&mut schedule, 3, closed(), QUICK);
    assert_eq!(sent(&mut schedule), [0; 0], "the others come back first");
    give(&mut schedule, 1, answer(200), QUICK);
    assert_eq!(sent(&mut schedule), [6, 7]);
    assert_eq!(schedule.stopped(), None);
}

#[test]
fn an_endpoint_that_closes_twice_in_a_row_is_left_alone() {
    let mut schedule = Schedule::new(free(4), true, &Limits::PRODUCTION);
    assert_eq!(sent(&mut schedule), [0]);
    give(&mut schedule, 0, closed(), QUICK);
    assert_eq!(sent(&mut schedule), [1]);
    give(&mut schedule, 1, closed(), QUICK);
    assert!(schedule.stopped().unwrap().ends_with("twice in a row"));
    let rows = schedule.transcript().rows;
    assert!(rows[2..].iter().all(|row| row.verdict() == Verdict::NotSent));
}

#[test]
fn a_rate_limit_or_a_refused_connection_stops_all_at_once() {
    for what in [answer(429), Came::Nothing(NoAnswer::Refused)] {
        let mut schedule = in_full_swing();
        give(&mut schedule, 2, what, QUICK);
        assert!(schedule.stopped().is_some());
        assert_eq!(sent(&mut schedule), [0; 0]);
        give(&mut schedule, 1, answer(401), QUICK);
        let transcript = schedule.transcript();
        assert_eq!(transcript.rows[1].verdict(), Verdict::Refused, "what was sent is kept");
        assert_eq!(transcript.rows[7].verdict(), Verdict::NotSent);
    }
}

#[test]
fn what_needs_arming_stays_here_until_the_host_is_armed() {
    let armed = |armed| {
        let (probe, mut schedule) = (
            SIGNATURE.iter().position(|probe| probe.needs == Needs::Arming).unwrap(),
            Schedule::new(&SIGNATURE, armed, &Limits::PRODUCTION),
        );
        let mut seen = Vec::new();
        while let Some(index) = schedule.take_next() {
            seen.push(index);
            give(&mut schedule, index, answer(401), QUICK);
        }
        seen.contains(&probe)
    };
    assert!(armed(true) && !armed(false));
}

use super::*;

const DAYS: u32 = 86_400;
const START: u32 = 1000 * DAYS;

/// Events at days after the start: `ok`, `cancel`, or a failure with that code; `-` has none.
fn told(events: &[(f64, &str)], now: f64) -> Course {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small days")]
    let at = |day: f64| (f64::from(START) + day * f64::from(DAYS)) as u32;
    let codes = ["-", "insufficient_funds", "card_expired", "lost_or_stolen_card", "odd_code"];
    let mut marks: Vec<Mark> = Vec::new();
    for (place, (day, what)) in events.iter().enumerate() {
        let moment = crate::week::churn::mark::moment(at(*day));
        let spot = Spot { file: 1, offset: place as u64 };
        let (what, code) = what.split_once(' ').unwrap_or((what, "-"));
        let code = if what == "fail" || what == "cancel" { code } else { what };
        let kind = match what {
            "ok" => Kind::Charged,
            "cancel" => Kind::Cancelled,
            _ => Kind::Failed,
        };
        let number = codes.iter().position(|one| *one == code).unwrap_or(0);
        let word = (number > 0).then(|| Word(u16::try_from(number).unwrap()));
        marks.push(Mark::new(kind, moment, word, spot));
    }
    marks.sort_unstable();
    let rule = |code: Option<Word>| Rule::of(code.map(|word| codes[usize::from(word.0)]));
    course(&marks, &rule, at(now))
}

fn only(course: &Course) -> Episode {
    assert_eq!(course.episodes.len(), 1, "{course:?}");
    course.episodes[0]
}

fn day(at: u32) -> u32 {
    (at - START) / DAYS
}

const FUNDS: &str = "insufficient_funds";

#[test]
fn a_renewal_that_fails_waits_for_its_next_try_and_for_the_day_that_cancels() {
    let course = told(&[(0.0, "ok"), (7.0, FUNDS), (8.0, FUNDS)], 9.0);
    let episode = only(&course);
    let State::Waiting { next, ends } = episode.state else { panic!("{episode:?}") };
    assert_eq!((day(next), day(ends), episode.tries.last), (11, 23, 1));
    assert!(course.is_past_due() && !course.is_active());
}

#[test]
fn a_success_at_any_try_brings_it_back_and_the_try_is_told() {
    for (tries, after) in [(&[0.0][..], 0), (&[0.0, 1.0], 1), (&[0.0, 1.0, 4.0, 9.0], 3)] {
        let mut events = vec![(-7.0, "ok")];
        events.extend(tries.iter().map(|day| (*day, FUNDS)));
        events.push((f64::from(super::super::schedule::DAYS[after + 1]), "ok"));
        let course = told(&events, 20.0);
        let episode = only(&course);
        assert!(matches!(episode.state, State::Recovered { .. }), "{episode:?}");
        assert_eq!(episode.tries.last, after);
        assert!(course.is_active());
    }
}

#[test]
fn the_last_failure_may_come_with_the_cancelling_before_it_after_it_or_not_at_all() {
    let before = [(0.0, "ok"), (7.0, FUNDS), (8.0, FUNDS), (11.0, FUNDS), (16.0, FUNDS)];
    for last in [
        &[(23.0, "cancel")][..],
        &[(23.0, "cancel"), (23.0, FUNDS)],
        &[(23.0, FUNDS), (23.001, "cancel")],
        &[(23.0, "cancel"), (23.001, FUNDS)],
    ] {
        let events: Vec<_> = before.iter().chain(last).copied().collect();
        let course = told(&events, 30.0);
        let episode = only(&course);
        assert!(matches!(episode.state, State::Lost { .. }), "{last:?}: {episode:?}");
        assert!(course.cancelled.is_some() && !course.left);
    }
}

#[test]
fn both_names_of_a_charge_and_its_payment_are_one_try() {
    let events = [
        (0.0, "ok"),
        (0.0001, "ok"),
        (7.0, "-"),
        (7.0001, FUNDS),
        (7.0002, FUNDS),
        (8.0, FUNDS),
        (8.0001, "-"),
    ];
    let episode = only(&told(&events, 8.5));
    assert_eq!((episode.seen, episode.tries.last), (2, 1));
    assert!(episode.code.is_some(), "the event with the code says it");
}

#[test]
fn a_first_charge_that_fails_was_never_a_subscriber() {
    let course = told(&[(0.0, FUNDS)], 30.0);
    assert!(course.failed_first && course.episodes.is_empty() && !course.was_active);
    let second_card = told(&[(0.0, FUNDS), (0.01, "ok")], 30.0);
    assert!(second_card.was_active && second_card.episodes.is_empty());
    let late_failure = told(&[(0.0, "ok"), (0.01, FUNDS)], 30.0);
    assert!(late_failure.is_active() && late_failure.episodes.is_empty());
}

#[test]
fn without_its_earlier_events_a_second_failure_shows_that_it_was_a_renewal() {
    let course = told(&[(0.0, FUNDS), (1.0, FUNDS)], 2.0);
    assert!(matches!(only(&course).state, State::Waiting { .. }));
    let late = told(&[(9.0, FUNDS), (16.0, FUNDS), (16.0, "cancel")], 20.0);
    let episode = only(&late);
    assert!(matches!(episode.state, State::Lost { .. }));
    assert_eq!(episode.tries.lost, 3);
}

#[test]
fn a_code_that_stops_at_once_is_no_bug_and_an_expired_card_pauses() {
    let stopped = told(&[(0.0, "ok"), (7.0, "lost_or_stolen_card"), (7.0, "cancel")], 8.0);
    assert!(matches!(only(&stopped).state, State::Stopped { .. }));
    let alone = told(&[(0.0, "ok"), (7.0, "cancel lost_or_stolen_card")], 8.0);
    assert!(matches!(only(&alone).state, State::Stopped { .. }));
    let unsaid = told(&[(0.0, "ok"), (7.0, "lost_or_stolen_card")], 8.0);
    assert!(matches!(only(&unsaid).state, State::Silent { .. }));
    let paused = told(&[(0.0, "ok"), (7.0, "card_expired")], 60.0);
    assert_eq!(only(&paused).state, State::Paused);
    let updated = told(&[(0.0, "ok"), (7.0, "card_expired"), (12.3, "ok")], 13.0);
    assert!(matches!(only(&updated).state, State::Recovered { .. }));
    let odd = told(&[(0.0, "ok"), (7.0, "odd_code")], 60.0);
    assert_eq!(only(&odd).state, State::Open);
}

#[test]
fn cancelled_without_a_retry_is_told_from_leaving_and_from_ending_between_tries() {
    let cut = told(&[(0.0, "ok"), (7.0, FUNDS), (7.0, "cancel")], 8.0);
    assert!(matches!(only(&cut).state, State::Cut { .. }));
    let unsaid = told(&[(0.0, "ok"), (7.0, "-"), (7.0, "cancel")], 8.0);
    assert!(matches!(only(&unsaid).state, State::Cut { .. }));
    let left = told(&[(0.0, "ok"), (3.0, "cancel")], 8.0);
    assert!(left.left && left.episodes.is_empty());
    let ended = told(&[(0.0, "ok"), (7.0, FUNDS), (8.0, FUNDS), (9.0, "cancel")], 10.0);
    assert!(matches!(only(&ended).state, State::Ended { .. }));
    let tired = told(&[(0.0, "ok"), (7.0, "card_expired"), (9.0, "cancel")], 10.0);
    assert!(matches!(only(&tired).state, State::Ended { .. }), "a new card was waited for");
    let odd = told(&[(0.0, "ok"), (7.0, "odd_code"), (7.0, "cancel")], 10.0);
    assert!(matches!(only(&odd).state, State::Ended { .. }), "the code may explain it");
}

#[test]
fn a_try_that_should_have_come_is_overdue_after_twelve_hours_and_silent_after_the_last() {
    let at = |now| only(&told(&[(0.0, "ok"), (7.0, FUNDS)], now)).state;
    assert!(matches!(at(8.4), State::Waiting { .. }));
    assert!(matches!(at(8.6), State::Overdue { .. }));
    assert!(matches!(at(23.4), State::Overdue { .. }));
    assert!(matches!(at(23.6), State::Silent { .. }));
}

#[test]
fn lost_retries_show_in_the_days_between_failures() {
    let course = told(&[(0.0, "ok"), (7.0, FUNDS), (11.0, FUNDS)], 12.0);
    let episode = only(&course);
    assert_eq!((episode.tries.last, episode.tries.lost, episode.seen), (2, 1, 2));
    let cancelled = told(&[(0.0, "ok"), (7.0, FUNDS), (23.0, "cancel")], 24.0);
    assert!(matches!(only(&cancelled).state, State::Lost { .. }), "sixteen days after");
}

#[test]
fn what_is_charged_after_it_was_cancelled_is_told() {
    let course = told(&[(0.0, "ok"), (3.0, "cancel"), (30.0, "ok")], 31.0);
    assert!(course.charged_after.is_some());
    let late = told(&[(0.0, "ok"), (3.0, "cancel"), (3.01, "ok")], 31.0);
    assert_eq!(late.charged_after, None, "within hours it may be the order of two clocks");
}

#[test]
fn of_a_round_that_is_older_than_the_logs_the_days_before_the_cancelling_tell() {
    for (last_seen, lost) in [(0.0, 3), (1.0, 3), (4.0, 3), (9.0, 3)] {
        let course = told(&[(last_seen, FUNDS), (16.0, "cancel")], 20.0);
        let episode = only(&course);
        assert!(matches!(episode.state, State::Lost { .. }), "{last_seen}: {episode:?}");
        assert_eq!((episode.tries.last, episode.tries.lost), (4, lost));
    }
    let cut = told(&[(0.0, FUNDS), (2.5, "cancel")], 20.0);
    assert!(matches!(only(&cut).state, State::Cut { .. }));
}

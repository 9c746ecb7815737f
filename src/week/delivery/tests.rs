//! Scenarios of deliveries, and what holds for any of them.

use super::*;
use crate::launch::outcome::{Level, Outcome};
use crate::week::panel::{Chart, Notice};
use crate::week::story::{Attempt, Key, Spot};
use crate::week::testing::{BEGINS, DAY, HOUR, MINUTE, Shop, at, with_frame};

fn shop() -> Shop {
    Shop { per_day: 1500.0, days: 8, retried: 0.0, ..Shop::default() }
}

fn board(stories: &[Story], words: &Words) -> DeliveryBoard {
    let mut board = DeliveryBoard::default();
    stories.iter().for_each(|story| board.add(story, words));
    board
}

fn seen(stories: &[Story], now: i64, words: &Words) -> Panel {
    let mut known: Vec<Story> = stories.to_vec();
    for story in &mut known {
        story.attempts.retain(|attempt| attempt.at.millis() < now);
    }
    known.retain(|story| !story.attempts.is_empty());
    with_frame(now, words, |frame| board(&known, words).panel(frame))
}

fn notice<'a>(panel: &'a Panel, key: &str) -> &'a Notice {
    let found = panel.notices.iter().find(|notice| notice.key == key);
    found.unwrap_or_else(|| panic!("no {key} in {:#?}", panel.notices))
}

fn keys(panel: &Panel) -> Vec<&str> {
    panel.notices.iter().map(|notice| notice.key.as_str()).collect()
}

fn near(moment: Option<Timestamp>, millis: i64, minutes: i64) -> bool {
    moment.is_some_and(|moment| (moment.millis() - millis).abs() <= minutes * MINUTE)
}

/// Tries of an event by the documented schedule, refused until a moment.
fn refuse_until(story: &mut Story, end: i64, status: u16) {
    let first = story.attempts[0];
    let mut when = first.at.millis();
    story.attempts.clear();
    for delay in crate::week::limits::RETRIES {
        when += i64::try_from(delay.as_millis()).unwrap();
        let answer = match when < end {
            true => Answer::Status { status, ms: Some(9) },
            false => Answer::Status { status: 200, ms: Some(50) },
        };
        story.attempts.push(Attempt { at: at(when), answer, spot: first.spot });
        if when >= end {
            return;
        }
    }
}

/// A week in which every delivery of that time is refused.
fn outage(from: i64, to: i64, words: &mut Words) -> Vec<Story> {
    let shop = shop();
    let mut stories = shop.stories(&shop.payments(), words);
    for story in &mut stories {
        if (from..to).contains(&story.attempts[0].at.millis()) {
            refuse_until(story, to, 500);
        }
    }
    stories
}

#[test]
fn a_quiet_week_passes_and_raises_nothing() {
    let mut words = Words::default();
    let shop = Shop { retried: 0.001, ..shop() };
    let stories = shop.stories(&shop.payments(), &mut words);
    let panel = seen(&stories, BEGINS + 8 * DAY - HOUR, &words);
    assert_eq!(panel.outcome, Outcome::Pass, "{panel:#?}");
    assert_eq!(keys(&panel), [""; 0]);
    assert!(panel.limits.iter().any(|limit| limit.crossed == Some(false)));
    assert!(panel.lists.iter().any(|list| list.title == "only delivered by a retry"));
}

#[test]
fn an_outage_is_found_at_once_with_its_beginning_and_later_its_end() {
    let mut words = Words::default();
    let (from, to) = (BEGINS + 7 * DAY + 11 * HOUR + 12 * MINUTE, BEGINS + 7 * DAY + 12 * HOUR);
    let stories = outage(from, to, &mut words);
    let before = seen(&stories, from, &words);
    assert_eq!((before.outcome, keys(&before).len()), (Outcome::Pass, 0));

    let during = seen(&stories, from + 10 * MINUTE, &words);
    let failing = notice(&during, "deliveries-failing");
    assert!(near(failing.since, from, 2), "{failing:?}");
    assert_eq!((failing.until, during.outcome), (None, Outcome::Fail));
    assert_eq!(during.sentence, "Webhooks refused since 11:12 (500)");
    assert!(!failing.spots.is_empty());

    let after = seen(&stories, to + 8 * HOUR, &words);
    let over = notice(&after, "deliveries-failing");
    assert!(near(over.since, from, 2) && near(over.until, to, 3), "{over:?}");
}

#[test]
fn an_outage_that_is_days_over_does_not_fail_the_check_and_is_still_told() {
    let mut words = Words::default();
    let from = BEGINS + 3 * DAY + 11 * HOUR;
    let stories = outage(from, from + 40 * MINUTE, &mut words);
    let panel = seen(&stories, BEGINS + 7 * DAY + 11 * HOUR, &words);
    assert_eq!(panel.outcome, Outcome::Pass, "{:#?}", panel.notices);
    assert!(notice(&panel, "deliveries-failing").until.is_some());
}

#[test]
fn events_with_one_try_left_can_still_be_saved_and_then_can_not() {
    let mut words = Words::default();
    let from = BEGINS + 6 * DAY + 3 * HOUR + 12 * MINUTE;
    let stories = outage(from, from + 40 * HOUR, &mut words);
    let late = seen(&stories, from + 2 * HOUR, &words);
    let running = notice(&late, "retries-running-out");
    assert_eq!((running.level, running.until), (Level::Blocking, None));
    assert!(running.short.contains("can still be saved until 09:1"), "{}", running.short);
    let lost = seen(&stories, from + 25 * HOUR, &words);
    let given_up = notice(&lost, "given-up");
    assert!(given_up.hint.as_ref().unwrap().contains("11-08 03:1"), "{given_up:?}");
    assert!(lost.lists.iter().any(|list| list.title == "given up" && list.total > 0));
}

#[test]
fn one_refused_delivery_of_five_crosses_no_limit() {
    let mut words = Words::default();
    let shop = Shop { per_day: 6.0, days: 2, ..shop() };
    let mut stories = shop.stories(&shop.payments(), &mut words);
    stories.truncate(5);
    let now = stories[4].attempts[0].at.millis() + MINUTE;
    let end = stories[2].attempts[0].at.millis() + 1;
    refuse_until(&mut stories[2], end, 500);
    let panel = seen(&stories, now, &words);
    assert_eq!((panel.outcome, keys(&panel).len()), (Outcome::Unknown, 0), "{panel:#?}");
    assert!(panel.limits.iter().all(|limit| limit.crossed.is_none()));
}

#[test]
fn a_log_without_answers_leaves_the_share_unknown_and_says_what_to_set() {
    let mut words = Words::default();
    let shop = Shop { answers: false, ..shop() };
    let mut stories = shop.stories(&shop.payments(), &mut words);
    let clean = seen(&stories, BEGINS + 8 * DAY - HOUR, &words);
    assert_eq!((clean.outcome, keys(&clean).len()), (Outcome::Unknown, 0), "{clean:#?}");
    assert!(clean.sentence.contains("`delivery_log`"), "{}", clean.sentence);
    for story in stories.iter_mut().step_by(20) {
        let mut again = story.attempts[0];
        again.at = again.at.plus(std::time::Duration::from_secs(30));
        story.attempts.push(again);
    }
    let panel = seen(&stories, BEGINS + 8 * DAY - HOUR, &words);
    let probably = notice(&panel, "probably-retried");
    assert_eq!(probably.level, Level::Advisory);
    assert!(probably.cause.as_ref().unwrap().starts_with("Probably"));
}

fn hits(stories: &[Story], status: impl Fn(i64) -> u16) -> Vec<Hit> {
    let hit = |attempt: &Attempt| Hit {
        at: attempt.at,
        status: status(attempt.at.millis()),
        ms: Some(20),
        spot: Spot { file: 9, offset: attempt.spot.offset },
    };
    stories.iter().flat_map(|story| &story.attempts).map(hit).collect()
}

#[test]
fn an_access_log_alone_gives_the_share_and_not_the_first_try() {
    let mut words = Words::default();
    let shop = shop();
    let stories = shop.stories(&shop.payments(), &mut words);
    let from = BEGINS + 7 * DAY + 14 * HOUR;
    let mut board = DeliveryBoard::default();
    let now = from + 20 * MINUTE;
    for hit in hits(&stories, |at| if at >= from { 502 } else { 200 }) {
        if hit.at.millis() < now {
            board.hit(&hit);
        }
    }
    let panel = with_frame(now, &words, |frame| board.panel(frame));
    let failing = notice(&panel, "deliveries-failing");
    assert!(near(failing.since, from, 2) && failing.short.contains("502"), "{failing:?}");
    let first = panel.limits.iter().find(|limit| limit.key == "first_try_percent").unwrap();
    assert_eq!((first.crossed, first.stands.contains("names no events")), (None, true));
}

#[test]
fn an_access_log_beside_answered_events_is_not_counted_twice() {
    let mut words = Words::default();
    let shop = shop();
    let stories = shop.stories(&shop.payments(), &mut words);
    let now = BEGINS + 8 * DAY;
    let alone = seen(&stories, now, &words);
    let mut both = board(&stories, &words);
    hits(&stories, |_| 200).iter().for_each(|hit| both.hit(hit));
    let both = with_frame(now, &words, |frame| both.panel(frame));
    let all = |panel: &Panel| panel.figures.iter().find(|it| it.name == "deliveries").cloned();
    assert_eq!(all(&alone), all(&both));
    assert_eq!(alone.chart, both.chart);
}

#[test]
fn a_silence_is_found_while_it_lasts_and_told_when_it_is_over() {
    let mut words = Words::default();
    let shop = shop();
    let mut stories = shop.stories(&shop.payments(), &mut words);
    let (from, to) = (BEGINS + 7 * DAY + 14 * HOUR, BEGINS + 7 * DAY + 16 * HOUR);
    stories.retain(|story| !(from..to).contains(&story.attempts[0].at.millis()));
    let during = seen(&stories, to - 30 * MINUTE, &words);
    assert_eq!(during.outcome, Outcome::Fail);
    assert!(near(notice(&during, "gap").since, from, 3));
    let after = seen(&stories, to + HOUR, &words);
    assert_eq!(after.outcome, Outcome::Pass);
    assert!(near(notice(&after, "gap").until, to, 3));
}

#[test]
fn lost_last_events_are_told_as_probable() {
    let mut words = Words::default();
    let shop = shop();
    let mut payments = shop.payments();
    let from = BEGINS + 6 * DAY + 14 * HOUR;
    for payment in &mut payments {
        payment.ends = !(from..from + 2 * HOUR).contains(&payment.at);
    }
    let stories = shop.stories(&payments, &mut words);
    let panel = seen(&stories, from + 8 * HOUR, &words);
    let lost = notice(&panel, "events-missing");
    assert_eq!(lost.level, Level::Advisory);
    assert!(near(lost.since, from, 5) && lost.short.contains("probably"), "{lost:?}");
    assert_eq!(panel.outcome, Outcome::Pass);
}

#[test]
fn a_clock_that_is_behind_is_named_with_how_much_and_since_when() {
    let mut words = Words::default();
    let shop = shop();
    let mut stories = shop.stories(&shop.payments(), &mut words);
    let from = BEGINS + 7 * DAY + 6 * HOUR;
    for story in &mut stories {
        for attempt in &mut story.attempts {
            if attempt.at.millis() >= from {
                attempt.at = at(attempt.at.millis() - 3 * MINUTE);
            }
        }
    }
    let panel = seen(&stories, from + 5 * HOUR, &words);
    let clock = notice(&panel, "clock");
    assert!(near(clock.since, from, 20), "{clock:?}");
    assert!(clock.message.contains("3 min behind"), "{}", clock.message);
    assert_eq!((clock.level, panel.outcome), (Level::Advisory, Outcome::Pass));
}

#[test]
fn after_the_switch_it_waits_for_the_first_delivery() {
    let words = Words::default();
    let panel = with_frame(BEGINS + 3 * HOUR, &words, |frame| {
        let frame = Frame { switched: Some(at(BEGINS)), ..frame.clone() };
        DeliveryBoard::default().panel(&frame)
    });
    assert_eq!(panel.outcome, Outcome::Waiting);
    assert_eq!(panel.sentence, "No delivery since the switch at 00:00");
    assert_eq!(notice(&panel, "no-delivery-since-switch").level, Level::Advisory);
}

#[test]
fn a_board_is_the_same_in_any_order_in_parts_and_after_taking_out() {
    let mut words = Words::default();
    let from = BEGINS + 7 * DAY + 11 * HOUR;
    let stories = outage(from, from + 50 * MINUTE, &mut words);
    let panel =
        |board: &DeliveryBoard| with_frame(from + 70 * MINUTE, &words, |frame| board.panel(frame));
    let whole = panel(&board(&stories, &words));
    assert!(matches!(whole.chart, Chart::Stacked { .. }));

    let mut back = stories.clone();
    back.reverse();
    assert_eq!(panel(&board(&back, &words)), whole);

    let (odd, even): (Vec<_>, Vec<_>) =
        stories.iter().cloned().enumerate().partition(|(number, _)| number % 3 == 0);
    let part = |part: Vec<(usize, Story)>| {
        board(&part.into_iter().map(|(_, story)| story).collect::<Vec<_>>(), &words)
    };
    let mut merged = part(odd);
    merged.merge(part(even));
    assert_eq!(panel(&merged), whole);

    let mut more = board(&stories, &words);
    for story in stories.iter().skip(100).step_by(7) {
        let mut other = story.clone();
        (other.id, other.resource) = (Key(!story.id.0), story.resource.map(|key| Key(!key.0)));
        other.spot.file = 3;
        other.attempts.iter_mut().for_each(|attempt| attempt.spot.file = 3);
        refuse_until(&mut other, from + 40 * MINUTE, 503);
        more.add(&other, &words);
        more.remove(&other, &words);
    }
    let mut again = panel(&more);
    // What is full lets the oldest go for good: the lists are compared without their oldest half.
    let mut once = whole.clone();
    for list in again.lists.iter_mut().chain(&mut once.lists) {
        list.items.truncate(50);
    }
    assert_eq!(again.notices, once.notices);
    assert_eq!((again.figures, again.chart, again.limits), (once.figures, once.chart, once.limits));
}

//! Scenarios of failed payments, and what holds for any of them.

use super::*;
use crate::launch::outcome::{Level, Outcome};
use crate::time::Timestamp;
use crate::week::delivery::DeliveryBoard;
use crate::week::panel::{Chart, Notice};
use crate::week::testing::{BEGINS, DAY, Dice, HOUR, MINUTE, Payment, Shop, with_frame};

fn shop() -> Shop {
    Shop { per_day: 1500.0, days: 8, ..Shop::default() }
}

fn board(stories: &[Story], now: i64, words: &Words) -> FailureBoard {
    let mut board = FailureBoard::default();
    for story in stories.iter().filter(|story| story.at().unwrap().millis() < now) {
        board.add(story, words);
    }
    board
}

/// The panel at a moment, of a shop whose payments were changed.
fn seen(shop: &Shop, now: i64, change: impl Fn(&mut Payment, &mut Dice)) -> Panel {
    let mut words = Words::default();
    let mut payments = shop.payments();
    let mut dice = Dice(99);
    payments.iter_mut().for_each(|payment| change(payment, &mut dice));
    let stories = shop.stories(&payments, &mut words);
    let board = board(&stories, now, &words);
    with_frame(now, &words, |frame| board.panel(frame))
}

fn near(moment: Option<Timestamp>, millis: i64, minutes: i64) -> bool {
    moment.is_some_and(|moment| (moment.millis() - millis).abs() <= minutes * MINUTE)
}

fn notice<'a>(panel: &'a Panel, key: &str) -> &'a Notice {
    let found = panel.notices.iter().find(|notice| notice.key == key);
    found.unwrap_or_else(|| panic!("no {key} in {:#?}", panel.notices))
}

fn keys(panel: &Panel) -> Vec<&str> {
    panel.notices.iter().map(|notice| notice.key.as_str()).collect()
}

const FROM: i64 = BEGINS + 7 * DAY + 14 * HOUR + 20 * MINUTE;

/// A part of the payments that succeed fails from a moment on.
fn fails(code: &'static str, share: f64, from: i64, to: i64) -> impl Fn(&mut Payment, &mut Dice) {
    move |payment, dice| {
        let hit = (from..to).contains(&payment.at) && dice.share() < share;
        if hit && payment.code.is_none() {
            payment.code = Some(code);
        }
    }
}

#[test]
fn a_quiet_week_passes() {
    let panel = seen(&shop(), BEGINS + 8 * DAY - HOUR, |_, _| {});
    assert_eq!((panel.outcome, keys(&panel).len()), (Outcome::Pass, 0), "{panel:#?}");
    assert!(panel.sentence.ends_with("of payments failed, as usual"));
    assert!(matches!(panel.chart, Chart::Rows { .. }));
}

#[test]
fn one_code_that_grows_is_named_with_when_it_began_and_a_probable_cause() {
    let panel = seen(&shop(), FROM + 2 * HOUR, fails("issuer_decline", 0.3, FROM, i64::MAX));
    assert_eq!(keys(&panel), ["code-up:issuer_decline"]);
    let up = notice(&panel, "code-up:issuer_decline");
    assert!(near(up.since, FROM, 10) && up.until.is_none(), "{up:?}");
    assert_eq!((up.level, panel.outcome), (Level::Blocking, Outcome::Fail));
    assert!(up.cause.as_ref().unwrap().contains("banks"));
    assert!(up.short.starts_with("issuer_decline up since 14:"), "{}", up.short);
    let list = &panel.lists[0];
    assert!(list.title.starts_with("issuer_decline since") && !list.items.is_empty());
}

#[test]
fn a_spike_that_is_over_is_told_with_its_end_and_fails_nothing() {
    let to = FROM + 2 * HOUR;
    let panel = seen(&shop(), to + 6 * HOUR, fails("provider_error", 0.3, FROM, to));
    let up = notice(&panel, "code-up:provider_error");
    assert!(near(up.since, FROM, 10) && near(up.until, to, 10), "{up:?}");
    assert_eq!(panel.outcome, Outcome::Pass);
}

#[test]
fn a_slow_rise_over_a_day_is_found_too() {
    let from = BEGINS + 6 * DAY + 20 * HOUR;
    let panel = seen(&shop(), from + 24 * HOUR, fails("insufficient_funds", 0.12, from, i64::MAX));
    assert!(near(notice(&panel, "code-up:insufficient_funds").since, from, 6 * 60));
}

#[test]
fn many_codes_at_once_are_probably_a_change_of_ones_own() {
    let codes = ["issuer_decline", "invalid_cvv", "general_fatal_error", "antifraud_error"];
    let panel = seen(&shop(), FROM + 2 * HOUR, |payment, dice| {
        if payment.at >= FROM && payment.code.is_none() && dice.share() < 0.6 {
            payment.code = codes.get(usize::try_from(dice.below(4)).unwrap()).copied();
        }
    });
    assert!(keys(&panel).len() >= 3, "{:?}", keys(&panel));
    for notice in &panel.notices {
        assert!(
            notice.cause.as_ref().unwrap().contains("something of yours changed"),
            "{notice:?}"
        );
    }
    assert!(panel.sentence.contains("codes up since 14:"), "{}", panel.sentence);
}

#[test]
fn a_code_that_is_in_no_documentation_and_never_came_is_found_and_said_to_be_unknown() {
    let panel = seen(&shop(), FROM + 2 * HOUR, fails("do_not_honor_42", 0.2, FROM, i64::MAX));
    let up = notice(&panel, "code-up:do_not_honor_42");
    assert!(up.message.contains("never seen before"), "{}", up.message);
    assert!(up.cause.as_ref().unwrap().contains("not in the documentation"));
}

#[test]
fn three_failures_are_no_spike() {
    let shop = Shop { per_day: 12.0, ..shop() };
    let panel = seen(&shop, BEGINS + 8 * DAY, |payment, _| {
        if payment.at > BEGINS + 7 * DAY + 18 * HOUR && payment.code.is_none() {
            payment.code = None;
        }
    });
    let quiet = keys(&panel).len();
    let mut left = std::cell::Cell::new(3);
    let three = seen(&shop, BEGINS + 8 * DAY, |payment, _| {
        if payment.at > BEGINS + 7 * DAY && left.get() > 0 {
            left.set(left.get() - 1);
            payment.code = Some("provider_fatal_error");
        }
    });
    assert_eq!((quiet, keys(&three).len(), *left.get_mut()), (0, 0, 0));
}

#[test]
fn three_times_the_traffic_is_no_spike() {
    let mut words = Words::default();
    let (shop, more) = (shop(), Shop { per_day: 6000.0, seed: 5, ..shop() });
    let now = FROM + 3 * HOUR;
    let mut stories = shop.stories(&shop.payments(), &mut words);
    stories.retain(|story| story.at().unwrap().millis() < FROM);
    let sale = more.stories(&more.payments(), &mut words);
    stories.extend(sale.into_iter().filter(|story| story.at().unwrap().millis() >= FROM));
    let board = board(&stories, now, &words);
    let panel = with_frame(now, &words, |frame| board.panel(frame));
    assert_eq!(keys(&panel), [""; 0], "{:#?}", panel.notices);
}

#[test]
fn successes_that_vanish_are_not_taken_for_failures() {
    let panel = seen(&shop(), FROM + 3 * HOUR, |payment, _| {
        payment.ends = payment.at < FROM || payment.code.is_some();
    });
    let missing = notice(&panel, "successes-missing");
    assert!(near(missing.since, FROM, 15), "{missing:?}");
    assert!(missing.cause.as_ref().unwrap().contains("do not reach the log"));
    assert_eq!(keys(&panel), ["successes-missing"]);
}

#[test]
fn a_board_is_the_same_in_any_order_in_parts_and_after_taking_out() {
    let mut words = Words::default();
    let shop = shop();
    let stories = shop.stories(&shop.payments(), &mut words);
    let now = BEGINS + 8 * DAY;
    let panel = |board: &FailureBoard| with_frame(now, &words, |frame| board.panel(frame));
    let whole = panel(&board(&stories, now, &words));
    let mut back = stories.clone();
    back.reverse();
    assert_eq!(panel(&board(&back, now, &words)), whole);
    let mut merged = FailureBoard::default();
    for part in stories.chunks(1000) {
        merged.merge(board(part, now, &words));
    }
    assert_eq!(panel(&merged), whole);
    let mut more = board(&stories, now, &words);
    for story in stories.iter().step_by(9).filter(|story| story.code.is_some()).take(150) {
        let mut other = story.clone();
        other.spot.file = 7;
        more.add(&other, &words);
        more.remove(&other, &words);
    }
    assert_eq!(panel(&more).figures, whole.figures);
    assert_eq!(panel(&more).chart, whole.chart);
    assert_eq!(panel(&more).notices, whole.notices);
}

#[test]
fn quiet_fortnights_of_shops_of_every_size_raise_nothing() {
    for seed in 0..6 {
        let pick = |of: [f64; 3]| of[usize::try_from(seed % 3).unwrap()];
        let shop = Shop {
            seed: seed * 31 + 5,
            per_day: pick([15.0, 150.0, 900.0]),
            night: pick([0.0, 0.3, 0.1]),
            weekend: pick([0.6, 1.4, 0.2]),
            days: 14,
            ..Shop::default()
        };
        let mut words = Words::default();
        let mut stories = shop.stories(&shop.payments(), &mut words);
        stories.sort_by_key(|story| story.attempts.last().unwrap().at);
        let mut left = stories.iter().peekable();
        let (mut failures, mut delivery) = (FailureBoard::default(), DeliveryBoard::default());
        for look in 1..28 * 4 {
            let now = BEGINS + look * 3 * HOUR;
            while let Some(story) =
                left.next_if(|story| story.attempts.last().unwrap().at.millis() < now)
            {
                failures.add(story, &words);
                delivery.add(story, &words);
            }
            let panels = with_frame(now, &words, |it| [failures.panel(it), delivery.panel(it)]);
            for notice in panels.iter().flat_map(|panel| &panel.notices) {
                assert_ne!(notice.level, Level::Blocking, "{shop:?} at look {look}: {notice:#?}");
            }
        }
    }
}

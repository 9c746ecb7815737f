//! The weeks that the other tests rest on are what they claim to be.

use std::collections::HashMap;

use golive::demo::week::{DAY, Event, HOUR, MINUTE, Size, Weeks, What};

use super::{HISTORY, plan};

fn events(weeks: &Weeks, days: std::ops::Range<u32>) -> Vec<Event> {
    days.flat_map(|day| weeks.day(day)).collect()
}

fn of_code<'e>(events: &'e [Event], code: &str) -> Vec<&'e Event> {
    events.iter().filter(|event| event.code == Some(code)).collect()
}

#[test]
fn a_plan_always_gives_the_same_weeks_and_another_seed_others() {
    let day = |seed| Weeks::of(plan(Size::Medium, seed)).day(3);
    assert_eq!(day(5), day(5));
    assert_ne!(day(5), day(6));
}

#[test]
fn merchants_are_as_large_as_they_say_and_nights_are_quiet() {
    for (size, least, most) in [(Size::Small, 80, 220), (Size::Medium, 4_000, 11_000)] {
        let weeks = Weeks::of(plan(size, 4));
        let events = events(&weeks, 0..7);
        let paid = events.iter().filter(|it| it.name == "payment.succeeded").count();
        assert!((least..most).contains(&paid), "{size:?}: {paid}");
    }
    let weeks = Weeks::of(plan(Size::Medium, 4));
    let peak = weeks.plan().merchant.peak;
    let mut hours = [0_i32; 24];
    for event in events(&weeks, 0..7) {
        hours[usize::try_from(event.created.rem_euclid(DAY) / HOUR).unwrap()] += 1;
    }
    let hour = |after: f64| hours[((peak + after).rem_euclid(24.0)) as usize];
    assert!(hour(0.0) > 3 * hour(12.0), "{hours:?}");
}

#[test]
fn planted_codes_are_so_many_times_as_frequent_and_only_then() {
    let quiet = plan(Size::Large, 2);
    let what = What::Codes(vec![("provider_error", 5.0)]);
    let planted = quiet.clone().with(what, f64::from(HISTORY) * 24.0, 24.0);
    let count = |plan, day: u32| {
        let events = Weeks::of(plan).day(day);
        of_code(&events, "provider_error").iter().filter(|it| it.about.kind == "order").count()
    };
    let (before, during) = (count(quiet.clone(), HISTORY), count(planted.clone(), HISTORY));
    let times = during as f64 / before as f64;
    assert!((4.0..6.0).contains(&times), "{before} {during}");
    assert_eq!(count(quiet, HISTORY - 1), count(planted, HISTORY - 1));
}

#[test]
fn an_outage_refuses_every_delivery_and_all_come_by_retry_after_it() {
    for seed in 0..4 {
        let at = f64::from(HISTORY) * 24.0 + 12.0;
        let mut plan = plan(Size::Medium, seed).with(What::Answers(500), at, 40.0 / 60.0);
        plan.merchant.hiccups = 0.0;
        let (from, to) = (plan.planted[0].from.millis(), plan.planted[0].to.millis());
        let weeks = Weeks::of(plan);
        let mut hit = 0;
        for event in weeks.day(HISTORY) {
            let inside = |at: i64| (from..to).contains(&at);
            for delivery in &event.deliveries {
                if inside(delivery.at) {
                    assert_eq!(delivery.answer.unwrap().0, 500);
                }
            }
            if event.deliveries.first().is_some_and(|it| inside(it.at)) {
                hit += 1;
                let last = event.deliveries.last().unwrap();
                assert_eq!(last.answer.unwrap().0, 200, "{event:?}");
                assert!(last.at < to + 90 * MINUTE);
            }
        }
        assert!(hit > 5, "{hit}");
    }
}

#[test]
fn a_renewal_that_fails_is_tried_after_1_3_5_and_7_days_and_then_cancelled() {
    let weeks = Weeks::of(plan(Size::Medium, 9));
    let mut lives: HashMap<u128, Vec<Event>> = HashMap::new();
    for event in events(&weeks, 0..HISTORY + 7) {
        if event.about.kind == "sub" && event.name.starts_with("subscription.") {
            lives.entry(event.about.id).or_default().push(event);
        }
    }
    let (mut whole, mut back) = (0, 0);
    for life in lives.values_mut() {
        life.sort_by_key(|event| event.created);
        let failed: Vec<i64> = life
            .iter()
            .skip_while(|it| it.name != "subscription.failed")
            .take_while(|it| it.name == "subscription.failed")
            .map(|it| it.created)
            .collect();
        let spans: Vec<i64> = failed.windows(2).map(|pair| (pair[1] - pair[0]) / DAY).collect();
        let whole_spans = [1, 3, 5, 7];
        assert!(
            (0..4)
                .any(|from| spans.len() <= 4 - from
                    && spans == whole_spans[from..from + spans.len()]),
            "{spans:?}"
        );
        whole += u32::from(spans.len() >= 3);
        back +=
            u32::from(failed.len() > 1 && life.last().unwrap().name == "subscription.succeeded");
    }
    assert!(whole > 3 && back > 3, "{whole} {back}");
}

#[test]
fn clocks_lost_events_and_swallowed_ones_are_as_planted() {
    let at = f64::from(HISTORY) * 24.0;
    let lost = Weeks::of(plan(Size::Medium, 1).with(What::Lost(0.5), at, 24.0)).day(HISTORY);
    let never = lost.iter().filter(|event| event.deliveries.is_empty()).count();
    assert!(never > lost.len() / 6, "{never} of {}", lost.len());
    let gone = Weeks::of(plan(Size::Medium, 1).with(What::Swallowed, at, 24.0)).day(HISTORY);
    let end = Weeks::of(plan(Size::Medium, 1)).plan().begins(HISTORY + 1);
    let seen = gone.iter().flat_map(|event| &event.deliveries).filter(|it| it.at < end).count();
    assert_eq!(seen, 0);
    let away = Weeks::of(plan(Size::Medium, 1).with(What::Unreachable, at + 9.0, 1.0)).day(HISTORY);
    let later = away.iter().filter(|event| {
        event.deliveries.first().is_some_and(|it| !it.seen) && event.deliveries.last().unwrap().seen
    });
    assert!(later.count() > 5);
}

//! A deploy of three minutes in which the proxy answers 502 is told of and is no lasting alarm: the
//! retries deliver everything.

use golive::demo::week::walk::Logs;
use golive::demo::week::{HOUR, MINUTE, Plan, Size, Walk, Weeks, What};
use golive::launch::outcome::Level;
use golive::time::Timestamp;
use golive::week::panel::Topic;
use golive::week::{Limits, Picture};

use super::BEGIN;

/// A merchant who deploys so many hours after the busiest one of the last full day.
fn plan(size: Size, seed: u64, history: u32, after: f64) -> Plan {
    let begin = Timestamp::parse(BEGIN).unwrap();
    let mut quiet = Plan::quiet(size, seed, begin, history + 2);
    quiet.merchant.subscribers = quiet.merchant.subscribers.min(600);
    // A retry that meets a hiccup would need the next one, an hour later.
    quiet.merchant.hiccups = 0.0;
    let at = f64::from(history - 1) * 24.0 + quiet.merchant.peak + after;
    quiet.with(What::Answers(502), at, 3.0 / 60.0)
}

fn blocking(picture: &Picture) -> Vec<String> {
    let panels = picture.panels.iter();
    let notices = panels.flat_map(|panel| panel.notices.iter().map(|it| (panel.topic, it)));
    let up = notices.filter(|(_, it)| it.level == Level::Blocking && it.until.is_none());
    up.map(|(topic, it)| format!("{topic:?} {}: {}", it.key, it.message)).collect()
}

/// Looks after half an hour, and then at each of these hours; what is up, and what is told as over.
fn told(plan: Plan, hours: &[i64]) -> (Vec<String>, Option<String>) {
    let (from, to) = (plan.planted[0].from.millis(), plan.planted[0].to.millis());
    let mut walk = Walk::begin(Weeks::of(plan), Logs::ALL);
    let (mut up, mut over) = (Vec::new(), None);
    for after in [30 * MINUTE].into_iter().chain(hours.iter().map(|hour| hour * HOUR)) {
        let now = Timestamp::from_millis(to + after);
        walk.to(now);
        let picture = walk.picture(now, &Limits::default(), None);
        up.extend(blocking(&picture));
        let deliveries = picture.panels.iter().find(|it| it.topic == Topic::DeliveryRate).unwrap();
        let told = deliveries.notices.iter().find(|it| it.key == "deliveries-failing");
        over = told.map(|it| {
            let near = |at: Option<Timestamp>, truth: i64| {
                at.is_some_and(|at| (at.millis() - truth).abs() <= 5 * MINUTE)
            };
            assert!(near(it.since, from) && near(it.until, to), "{it:?}");
            it.short.clone()
        });
    }
    (up, over)
}

/// How many deliveries are answered 502.
fn refused(plan: &Plan) -> usize {
    let day = plan.days - 2;
    let events = [day - 1, day].map(|day| Weeks::of(plan.clone()).day(day));
    let deliveries = events.iter().flatten().flat_map(|event| &event.deliveries);
    deliveries.filter(|it| it.answer.is_some_and(|(status, _)| status == 502)).count()
}

#[test]
fn a_deploy_of_three_minutes_is_told_as_over_and_raises_no_lasting_alarm() {
    let mut all_told = 0;
    for seed in 400..405 {
        let deploy = plan(Size::Medium, seed, 4, 0.0);
        let refused = refused(&deploy);
        let (up, over) = told(deploy, &[2, 8, 24]);
        assert!(up.is_empty(), "seed {seed}: {}", up.join("\n"));
        // On a quiet day hardly anything comes in three minutes, and that says nothing.
        assert!(over.is_some() || refused < 8, "seed {seed}: {refused} and nothing is told");
        assert!(over.iter().all(|over| over.contains("502")), "{over:?}");
        all_told += usize::from(over.is_some());
    }
    assert!(all_told >= 3, "{all_told}");
}

#[test]
fn of_fifty_thousand_payments_a_day_a_deploy_is_told_as_over_too() {
    // In the hour before the busiest one of the first day: the day before it says nothing new.
    let (up, over) = told(plan(Size::Large, 405, 1, -1.0), &[1]);
    assert!(up.is_empty(), "{}", up.join("\n"));
    assert!(over.is_some_and(|over| over.contains("502")));
}

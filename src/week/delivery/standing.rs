//! The panel of deliveries: outcome, sentence, figures and limits.

use super::DeliveryBoard;
use super::facts::{Counts, Facts, natural, share};
use super::undelivered::Stage;
use super::{chart, lists, notices};
use crate::launch::outcome::{Level, Outcome};
use crate::week::boards::Frame;
use crate::week::panel::{Figure, Limit, Notice, Panel, Topic, Unit};
use crate::week::stats::surely_above;
use crate::week::when::{count, percent, real, when};

/// Fewer deliveries are too few to pass.
const ENOUGH: u64 = 10;

/// Fewer are too few to hold a share against a limit.
const SOME: u64 = 20;

/// The panel.
pub fn panel(board: &DeliveryBoard, facts: &Facts, frame: &Frame<'_>) -> Panel {
    let mut notices = notices::of(board, facts, frame);
    let (outcome, sentence) = standing(facts, frame, &notices);
    if let Some(first_alone) = waits_long(facts, frame) {
        notices.push(first_alone);
    }
    Panel {
        topic: Topic::DeliveryRate,
        outcome,
        sentence,
        figures: figures(board, facts, frame),
        chart: chart::of(board, facts, frame),
        limits: limits(facts, frame),
        notices,
        lists: lists::of(board, facts, frame),
    }
}

/// How it stands, in one sentence.
fn standing(facts: &Facts, frame: &Frame<'_>, notices: &[Notice]) -> (Outcome, String) {
    let current = |notice: &&Notice| notice.until.is_none();
    let mut crossed = notices.iter().filter(current).filter(|it| it.level == Level::Blocking);
    if let Some(first) = crossed.next() {
        return (Outcome::Fail, first.short.clone());
    }
    let Some(last) = facts.last else { return nothing_yet(facts, frame) };
    if !facts.since_switch {
        return nothing_yet(facts, frame);
    }
    if let Some(gap) = notices.iter().filter(current).find(|notice| notice.key == "gap") {
        return (Outcome::Unknown, gap.short.clone());
    }
    let week = &facts.week;
    if week.all() == 0 && week.unsaid == 0 {
        let last = when(last, frame.now);
        return (
            Outcome::Unknown,
            format!("No delivery in the last seven days, the last at {last}"),
        );
    }
    if week.all() == 0 {
        let came = match facts.day.unsaid {
            0 => format!("{} came in seven days", count(week.unsaid, "event")),
            many => format!("{} came in the last 24 h", count(many, "event")),
        };
        return (
            Outcome::Unknown,
            format!(
                "{came}; the log does not say how they were answered (set `delivery_log`, or use \
                 `golive listen`)"
            ),
        );
    }
    if week.all() < ENOUGH {
        let outcome = if frame.switched.is_some() { Outcome::Waiting } else { Outcome::Unknown };
        let (good, all) = (week.good(), week.all());
        return (outcome, format!("{good} of {all} deliveries answered so far, too few to say"));
    }
    (Outcome::Pass, good(facts, frame))
}

fn good(facts: &Facts, frame: &Frame<'_>) -> String {
    let day = &facts.day;
    match (day.all(), day.all() - day.good()) {
        (0, _) => {
            let last = facts.last.map_or_else(String::new, |last| when(last, frame.now));
            format!("No delivery in the last 24 h, the last at {last}")
        }
        (_, 0) => "All deliveries answered".to_owned(),
        (all, _) => format!("{} of deliveries answered in time", percent(day.good(), all)),
    }
}

fn nothing_yet(facts: &Facts, frame: &Frame<'_>) -> (Outcome, String) {
    match frame.switched {
        Some(switched) => {
            let at = when(switched, frame.now);
            (Outcome::Waiting, format!("No delivery since the switch at {at}"))
        }
        None if facts.last.is_none() && !frame.reading.holds.events => (
            Outcome::Unknown,
            "No log of deliveries: set `event_log` or `delivery_log`, or use `golive listen`"
                .to_owned(),
        ),
        None => (Outcome::Unknown, "No delivery in the logs yet".to_owned()),
    }
}

/// Nothing has come for hours after the switch: worth a look, though a small shop may be like that.
fn waits_long(facts: &Facts, frame: &Frame<'_>) -> Option<Notice> {
    let switched = frame.switched?;
    let hours = frame.now.since(switched).as_secs() / 3600;
    if facts.since_switch && facts.last.is_some() || hours < 2 {
        return None;
    }
    let mut notice = Notice::new(
        Level::Advisory,
        "no-delivery-since-switch",
        format!("No delivery for {hours} h since the switch"),
        format!("No delivery has come since traffic was switched at {}.", switched.minute()),
    );
    notice.since = Some(switched);
    notice.hint = Some(
        "Make one real payment. If it brings no event, have the live webhook URL checked by your \
         account manager, and check that the log that golive reads is the one in use."
            .to_owned(),
    );
    Some(notice)
}

fn limits(facts: &Facts, frame: &Frame<'_>) -> Vec<Limit> {
    let delivered = frame.limits.delivered_percent;
    let first_try = frame.limits.first_try_percent;
    let limit = |key: &str, percent: f64, says: &str, good: u64, all: u64| Limit {
        key: key.to_owned(),
        says: format!("at least {percent} % {says}"),
        stands: stands(good, all),
        crossed: crossed(good, all, percent),
    };
    let in_time = |counts: &Counts, says| {
        limit("delivered_percent", delivered, says, counts.good(), counts.all())
    };
    let tried = |counts: &Counts, says| {
        limit("first_try_percent", first_try, says, counts.first, counts.events())
    };
    let mut limits = vec![
        in_time(&facts.hour, "answered in time in the last hour"),
        in_time(&facts.day, "answered in time in the last 24 h"),
        tried(&facts.hour, "of events at the first try in the last hour"),
        tried(&facts.day, "of events at the first try in the last 24 h"),
    ];
    if facts.all.all() > 0 && facts.all.events() == 0 {
        for limit in limits.iter_mut().filter(|limit| limit.key == "first_try_percent") {
            "not known: an access log names no events".clone_into(&mut limit.stands);
        }
    }
    if facts.all.all() == 0 && facts.all.unsaid > 0 {
        for limit in &mut limits {
            "not known: the log does not say how events were answered"
                .clone_into(&mut limit.stands);
        }
    }
    limits
}

fn stands(good: u64, all: u64) -> String {
    match all {
        0 => "none yet".to_owned(),
        1..SOME => format!("{good} of {all}, too few to say"),
        _ => percent(good, all),
    }
}

fn crossed(good: u64, all: u64, percent: f64) -> Option<bool> {
    match surely_above(all - good, all, share(percent)) {
        true => Some(true),
        false if all < SOME => None,
        false => Some(false),
    }
}

fn figure(name: &'static str, title: &str, value: f64, unit: Unit, over: &str) -> Figure {
    let over = Some(over.to_owned()).filter(|over| !over.is_empty());
    Figure { name, label: None, title: title.to_owned(), value, unit, over }
}

fn figures(board: &DeliveryBoard, facts: &Facts, frame: &Frame<'_>) -> Vec<Figure> {
    const DAY: &str = "last 24 h";
    const WEEK: &str = "last 7 days";
    let mut figures = Vec::new();
    let mut ratio = |name, title: &str, part: u64, whole: u64, over| {
        if whole > 0 {
            let value = real(part) / real(whole);
            figures.push(figure(name, title, value, Unit::Ratio, over));
        }
    };
    let (day, week) = (&facts.day, &facts.week);
    ratio("deliveries_in_time", "answered in time", day.good(), day.all(), DAY);
    ratio("events_first_try", "at the first try", day.first, day.events(), DAY);
    ratio(
        "events_delivered",
        "delivered after retries",
        day.first + day.retried,
        day.events(),
        DAY,
    );
    let mut number = |name, title: &str, value: u64, over| {
        figures.push(figure(name, title, real(value), Unit::Count, over));
    };
    number("deliveries", "deliveries", day.all(), DAY);
    number("events", "events", day.events() + day.unsaid, DAY);
    number("events_by_retry", "only by a retry", week.retried, WEEK);
    number("events_undelivered", "not delivered", week.open, WEEK);
    let last = |(_, stage): &&_| matches!(stage, Stage::Last { .. } | Stage::Over { .. });
    let running_out = facts.open.iter().filter(last).count();
    number("events_running_out", "running out", u64::try_from(running_out).unwrap_or(0), "");
    number("events_given_up", "given up", facts.given_up, WEEK);
    if week.unsaid > 0 {
        number("events_repeated", "came more than once", week.repeated, WEEK);
        number("events_late", "came late", facts.late, WEEK);
    }
    for (how, title, many) in notices::parts(&day.answers) {
        let mut one = figure("deliveries_failed", title, real(many), Unit::Count, DAY);
        one.label = Some(("how", how.to_owned()));
        figures.push(one);
    }
    for (status, many) in board.statuses_of_day(frame, facts.events_answer) {
        let title = format!("answered {status}");
        let mut one = figure("deliveries_by_status", &title, real(many), Unit::Count, DAY);
        one.label = Some(("status", status.to_string()));
        figures.push(one);
    }
    if let Some(last) = facts.last {
        let age = frame.now.since(last).as_secs();
        figures.push(figure(
            "last_delivery_age",
            "since the last delivery",
            real(age),
            Unit::Seconds,
            "",
        ));
    }
    if let Some(skew) = facts.skews.last().filter(|skew| skew.until.is_none()) {
        #[expect(clippy::cast_precision_loss, reason = "a difference of hours, in milliseconds")]
        let seconds = skew.ahead as f64 / 1000.0;
        figures.push(figure("clock_ahead", "clock ahead", seconds, Unit::Seconds, ""));
    }
    figures
}

impl DeliveryBoard {
    /// The statuses but 2xx of the last 24 hours, most frequent first.
    fn statuses_of_day(&self, frame: &Frame<'_>, of_events: bool) -> Vec<(u16, u64)> {
        let hour = frame.now.millis().div_euclid(super::HOUR);
        let mut sums = std::collections::BTreeMap::<u16, u64>::new();
        for ((held, status), [events, hits]) in &self.statuses {
            if (hour - 23..=hour).contains(held) && !(200..300).contains(status) {
                let many = natural(if of_events { *events } else { *hits });
                *sums.entry(*status).or_default() += many;
            }
        }
        let mut all: Vec<(u16, u64)> = sums.into_iter().filter(|(_, many)| *many > 0).collect();
        all.sort_by_key(|(status, many)| (std::cmp::Reverse(*many), *status));
        all.truncate(8);
        all
    }
}

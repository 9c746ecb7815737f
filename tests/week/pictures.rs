//! Pictures of weeks, written by hand, so that what the screen shows of them never changes.

use golive::launch::outcome::{Level, Outcome};
use golive::time::Timestamp;
use golive::week::panel::{
    Chart, Figure, Item, Limit, List, Notice, Panel, Series, Stage, Tone, Topic, Unit,
};
use golive::week::picture::{Holds, Reading, SourceState};
use golive::week::{Look, Picture, Spot};

/// When all of them are drawn.
pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-25T14:52:31Z").unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub fn spot(offset: u64) -> Spot {
    Spot { file: 0, offset }
}

/// A day's rhythm without any chance in it: few at night, most at noon and in the evening.
fn rhythm(bucket: usize, most: f64) -> f64 {
    let hour = (f64::from(u32::try_from(bucket).unwrap()) / 4.0 + 15.0) % 24.0;
    let day = ((hour - 4.0) / 20.0 * std::f64::consts::PI).sin().max(0.05);
    let wobble = 0.85 + 0.15 * f64::from(u32::try_from(bucket * 7 % 5).unwrap()) / 4.0;
    (most * day * wobble).round()
}

fn series(name: &str, tone: Tone, usual: Option<f64>, point: impl Fn(usize) -> f64) -> Series {
    let points = (0..96).map(|bucket| Some(point(bucket))).collect();
    Series { name: name.to_owned(), tone, points, usual }
}

fn figure(name: &'static str, title: &str, value: f64, unit: Unit) -> Figure {
    Figure { name, label: None, title: title.to_owned(), value, unit, over: None }
}

fn limit(key: &str, says: &str, stands: &str, crossed: Option<bool>) -> Limit {
    Limit { key: key.to_owned(), says: says.to_owned(), stands: stands.to_owned(), crossed }
}

fn stage(name: &str, count: u64, tone: Tone, note: Option<&str>) -> Stage {
    Stage { name: name.to_owned(), count, tone, note: note.map(str::to_owned) }
}

fn panel(topic: Topic, outcome: Outcome, sentence: &str) -> Panel {
    Panel { outcome, ..Panel::unknown(topic, sentence) }
}

fn reading() -> Reading {
    let source = |shown: &str, role| SourceState {
        shown: shown.to_owned(),
        role,
        state: "followed".to_owned(),
        good: true,
    };
    Reading {
        sources: vec![
            source("logs/webhooks.jsonl", "webhooks"),
            source("logs/app.log", "application"),
            source("logs/access.log", "deliveries"),
        ],
        lines: 1_204_311,
        bytes: 812_000_000,
        understood: 1_190_002,
        holds: Holds { events: true, answers: true, application: true, requests: false },
        newest: Some(at("2026-11-25T14:52:29Z")),
        oldest: Some(at("2026-11-19T08:00:00Z")),
        ..Reading::default()
    }
}

fn picture(look: Look, sentence: &str, panels: [Panel; 4], reading: Reading) -> Picture {
    Picture {
        at: now(),
        window: look.window(now()),
        switched: Some(at("2026-11-19T09:04:00Z")),
        sentence: sentence.to_owned(),
        panels,
        reading,
    }
}

fn quiet_delivery() -> Panel {
    Panel {
        figures: vec![
            figure("deliveries_in_time", "answered in time", 0.9994, Unit::Ratio),
            figure("first_try", "at the first try", 0.998, Unit::Ratio),
            figure("events", "events", 4_127.0, Unit::Count),
            figure("slowest", "slowest answer", 2.34, Unit::Seconds),
        ],
        chart: Chart::Stacked {
            unit: "events".to_owned(),
            series: vec![
                series("at the first try", Tone::Good, None, |bucket| rhythm(bucket, 90.0)),
                series("by a retry", Tone::Warn, None, |bucket| f64::from(u8::from(bucket == 61))),
                series("never", Tone::Bad, None, |_| 0.0),
            ],
        },
        limits: vec![
            limit("delivered_percent", "at least 99 % in time", "99.94 %", Some(false)),
            limit("first_try_percent", "at least 95 % at the first try", "99.8 %", Some(false)),
        ],
        ..panel(Topic::DeliveryRate, Outcome::Pass, "All deliveries answered")
    }
}

fn quiet_failures() -> Panel {
    Panel {
        figures: vec![
            figure("failed", "of payments fail", 0.047, Unit::Ratio),
            figure("failures", "failed", 52.0, Unit::Count),
        ],
        chart: Chart::Rows {
            unit: "failures".to_owned(),
            series: vec![
                series("insufficient_funds", Tone::Plain, Some(4.0), |bucket| rhythm(bucket, 3.0)),
                series("card_declined", Tone::Plain, Some(3.0), |bucket| {
                    f64::from(u8::from(bucket % 9 == 2))
                }),
                series("issuer_decline", Tone::Plain, Some(3.0), |bucket| {
                    f64::from(u8::from(bucket % 13 == 5)) * 2.0
                }),
                series("expired", Tone::Plain, Some(2.0), |bucket| {
                    f64::from(u8::from(bucket % 17 == 1))
                }),
            ],
        },
        ..panel(Topic::FailureCodes, Outcome::Pass, "No code is more frequent than usual")
    }
}

fn quiet_churn() -> Panel {
    Panel {
        figures: vec![
            figure("past_due", "past due", 12.0, Unit::Count),
            figure("recovered", "recovered", 0.81, Unit::Ratio),
        ],
        chart: Chart::Funnel {
            stages: vec![
                stage("active", 1_204, Tone::Good, None),
                stage("past due, retry 1 next", 5, Tone::Warn, None),
                stage("past due, retry 2 next", 4, Tone::Warn, Some("2 within a day")),
                stage("past due, retry 3 next", 2, Tone::Warn, None),
                stage("past due, retry 4 next", 1, Tone::Warn, Some("1 within 2 days")),
                stage("recovered", 51, Tone::Good, None),
                stage("cancelled", 3, Tone::Bad, None),
            ],
        },
        limits: vec![limit("lost_percent", "at most 50 % lost", "5.5 %", Some(false))],
        ..panel(Topic::Churn, Outcome::Pass, "12 subscriptions are past due, 3 were lost")
    }
}

fn quiet_correlation() -> Panel {
    Panel {
        figures: vec![
            figure("errors", "errors", 14.0, Unit::Count),
            figure("matched", "with their partner", 1.0, Unit::Ratio),
        ],
        chart: Chart::Stacked {
            unit: "errors".to_owned(),
            series: vec![
                series("with their partner", Tone::Plain, None, |bucket| {
                    f64::from(u8::from(bucket % 7 == 3))
                }),
                series("without one", Tone::Bad, None, |_| 0.0),
            ],
        },
        limits: vec![limit("unmatched_percent", "at most 10 % without", "0 %", Some(false))],
        ..panel(Topic::RequestCorrelation, Outcome::Pass, "Every error has its partner")
    }
}

/// A quiet week.
pub fn quiet() -> Picture {
    let panels = [quiet_delivery(), quiet_failures(), quiet_churn(), quiet_correlation()];
    picture(Look::default(), "All deliveries answered", panels, reading())
}

fn incident_delivery() -> Panel {
    let outage = |bucket: usize| (78..=84).contains(&bucket);
    let mut down = Notice::new(
        Level::Blocking,
        "not-delivered",
        "37 events not answered since 10:20",
        "37 events were not answered 2xx within 10 s. MintCash gives up on an event 24 h after its first try.",
    );
    down.since = Some(at("2026-11-25T10:20:00Z"));
    down.cause =
        Some("Probably the handler or what stands before it: every answer was 502.".into());
    down.hint = Some("Bring the handler back, then replay what is in the list.".into());
    down.spots = vec![spot(10), spot(20)];
    let mut retry = Notice::new(
        Level::Advisory,
        "by-retry",
        "41 events came only by a retry",
        "41 events were delivered, but not at the first try.",
    );
    retry.since = Some(at("2026-11-25T10:21:00Z"));
    let item = |minute: u64| Item {
        at: Timestamp::from_millis(
            at("2026-11-25T10:20:00Z").millis() + i64::try_from(minute * 61_000).unwrap(),
        ),
        what: if minute.is_multiple_of(3) {
            "payment.failed, issuer_decline"
        } else {
            "payment.succeeded"
        }
        .to_owned(),
        says: format!("try {} of 6 answered 502, next at 15:{:02}", 3 + minute % 2, 10 + minute),
        tone: Tone::Bad,
        spots: vec![spot(100 + minute), spot(900 + minute)],
    };
    Panel {
        chart: Chart::Stacked {
            unit: "events".to_owned(),
            series: vec![
                series("at the first try", Tone::Good, None, |bucket| {
                    if outage(bucket) { 0.0 } else { rhythm(bucket, 90.0) }
                }),
                series("by a retry", Tone::Warn, None, |bucket| {
                    if (85..=87).contains(&bucket) { 14.0 } else { 0.0 }
                }),
                series("not answered", Tone::Bad, None, |bucket| {
                    if outage(bucket) { rhythm(bucket, 45.0) } else { 0.0 }
                }),
            ],
        },
        limits: vec![
            limit("delivered_percent", "at least 99 % in time", "97.1 %", Some(true)),
            limit("first_try_percent", "at least 95 % at the first try", "94.8 %", Some(true)),
        ],
        figures: vec![
            figure("deliveries_in_time", "answered in time", 0.971, Unit::Ratio),
            figure("first_try", "at the first try", 0.948, Unit::Ratio),
            figure("events", "events", 4_003.0, Unit::Count),
        ],
        notices: vec![down, retry],
        lists: vec![
            List {
                title: "not delivered yet".to_owned(),
                total: 37,
                items: (0..37).map(item).collect(),
            },
            List { title: "only delivered by a retry".to_owned(), total: 0, items: Vec::new() },
        ],
        ..panel(Topic::DeliveryRate, Outcome::Fail, "37 events were not answered")
    }
}

fn incident_failures() -> Panel {
    let mut up = Notice::new(
        Level::Blocking,
        "code-up:issuer_decline",
        "issuer_decline up since 14:20",
        "issuer_decline: 31 in the last hour, where 3 are usual.",
    );
    up.since = Some(at("2026-11-25T14:20:00Z"));
    up.cause = Some("Probably on the provider's side: one issuer code alone went up.".into());
    Panel {
        chart: Chart::Rows {
            unit: "failures".to_owned(),
            series: vec![
                series("issuer_decline", Tone::Bad, Some(3.0), |bucket| match bucket {
                    93 => 9.0,
                    94 => 14.0,
                    95 => 8.0,
                    bucket => f64::from(u8::from(bucket % 13 == 5)) * 2.0,
                }),
                series("insufficient_funds", Tone::Plain, Some(4.0), |bucket| rhythm(bucket, 3.0)),
                series("card_declined", Tone::Plain, Some(3.0), |bucket| {
                    f64::from(u8::from(bucket % 9 == 2))
                }),
            ],
        },
        notices: vec![up],
        ..panel(Topic::FailureCodes, Outcome::Fail, "issuer_decline is far above its usual")
    }
}

/// An incident: an outage in the morning, an issuer in trouble now, a log that is gone.
pub fn incident() -> Picture {
    let mut reading = reading();
    reading.garbage = 12;
    if let Some(source) = reading.sources.last_mut() {
        source.state = "gone since 14:31".to_owned();
        source.good = false;
    }
    let panels = [incident_delivery(), incident_failures(), quiet_churn(), quiet_correlation()];
    let sentence = "37 events not answered since 10:20; issuer_decline up since 14:20";
    picture(Look::default(), sentence, panels, reading)
}

/// No log is configured.
pub fn nothing() -> Picture {
    let says = [
        (Topic::DeliveryRate, "No log of webhooks: set event_log or delivery_log in golive.yaml"),
        (Topic::FailureCodes, "No log of webhooks: set event_log in golive.yaml"),
        (Topic::Churn, "No log of webhooks: set event_log in golive.yaml"),
        (Topic::RequestCorrelation, "No log of errors: set application_log in golive.yaml"),
    ];
    let panels = says.map(|(topic, says)| Panel::unknown(topic, says));
    let sentence = "No log of webhooks: set event_log or delivery_log in golive.yaml";
    picture(Look::default(), sentence, panels, Reading::default())
}

//! The first week as metrics, in Prometheus' text format.
//!
//! Made anew for each scrape from the latest picture by `runtime::metrics::server`. The rules it
//! keeps: every name says its unit; the labels of a metric hold names of checks, events and codes,
//! never an id; of one metric there are at most [`MOST_SERIES`] series.

pub mod server;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::launch::outcome::Outcome;
use crate::text::visible;
use crate::time::Timestamp;
use crate::week::panel::{Figure, Unit};
use crate::week::picture::{Picture, Reading};

/// How the text is announced.
pub use prometheus_text::CONTENT_TYPE;

/// So many series of one metric are told; the others are counted.
pub const MOST_SERIES: usize = 100;

/// The longest value of a label.
const LABEL: usize = 120;

type Labels = Vec<(String, String)>;
type Number = Gauge<f64, AtomicU64>;
type Gauges = Family<Labels, Number>;

/// The text for a scrape at `now`; before the first picture it says only that there is none.
#[must_use]
pub fn text(picture: Option<&Picture>, now: Timestamp) -> String {
    let mut registry = Registry::with_prefix("golive");
    let build = Gauges::default();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    build.get_or_create(&vec![("version".to_owned(), version)]).set(1.0);
    registry.register("build_info", "The program and its version", build);
    plain(&mut registry, "ready", "Whether the logs have been read", flag(picture.is_some()));
    if let Some(picture) = picture {
        outcomes(&mut registry, picture);
        crossed(&mut registry, picture);
        reading(&mut registry, &picture.reading, now);
        let at = seconds(picture.at);
        plain(&mut registry, "picture_timestamp_seconds", "When the figures were counted", at);
        figures(&mut registry, picture);
    }
    let mut text = String::new();
    // Writing into a string can not fail.
    let _ = prometheus_text::encode(&mut text, &registry);
    text
}

fn flag(is: bool) -> f64 {
    if is { 1.0 } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "a date has 53 bits of milliseconds")]
fn seconds(at: Timestamp) -> f64 {
    at.millis() as f64 / 1_000.0
}

fn plain(registry: &mut Registry, name: &str, help: &str, value: f64) {
    let gauge = Number::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn topic(name: &str) -> (String, String) {
    ("topic".to_owned(), name.to_owned())
}

/// One for each question and each way in which it can stand, so that an alert needs no history.
fn outcomes(registry: &mut Registry, picture: &Picture) {
    let gauges = Gauges::default();
    for panel in &picture.panels {
        for outcome in [Outcome::Pass, Outcome::Fail, Outcome::Unknown, Outcome::Waiting] {
            let word = ("outcome".to_owned(), outcome.word().to_owned());
            let series = gauges.get_or_create(&vec![topic(panel.topic.check()), word]);
            series.set(flag(panel.outcome == outcome));
        }
    }
    registry.register(
        "outcome",
        "How a question of the first week stands: 1 where it does",
        gauges,
    );
}

fn crossed(registry: &mut Registry, picture: &Picture) {
    let gauges = Gauges::default();
    let counts = Gauges::default();
    for panel in &picture.panels {
        let keys = picture.crossed().filter(|(topic, _)| *topic == panel.topic);
        let keys: BTreeSet<&str> = keys.map(|(_, notice)| notice.key.as_str()).collect();
        #[expect(clippy::cast_precision_loss, reason = "there are few")]
        counts.get_or_create(&vec![topic(panel.topic.check())]).set(keys.len() as f64);
        for key in keys.into_iter().take(MOST_SERIES / 4) {
            let key = ("key".to_owned(), visible(key, LABEL));
            gauges.get_or_create(&vec![topic(panel.topic.check()), key]).set(1.0);
        }
    }
    registry.register("threshold_crossed", "A threshold that is crossed now", gauges);
    registry.register("thresholds_crossed", "How many thresholds are crossed now", counts);
}

fn reading(registry: &mut Registry, reading: &Reading, now: Timestamp) {
    let counts = [
        ("log_lines", "Lines read", reading.lines),
        ("log_bytes", "Unpacked bytes read", reading.bytes),
        ("log_understood_lines", "Lines that count here", reading.understood),
        ("log_garbage_lines", "Lines that are neither JSON nor of an access log", reading.garbage),
        ("log_too_long_lines", "Lines that are too long to be read", reading.too_long),
        ("log_undated_lines", "Lines without a date that can be read", reading.undated),
        ("log_repeated_events", "Events that came more than once", reading.repeated),
        ("log_test_events", "Events of the sandbox, which do not count", reading.test),
        ("log_forged_events", "Deliveries without a valid signature", reading.forged),
    ];
    for (name, help, count) in counts {
        let counter: Counter = Counter::default();
        counter.inc_by(count);
        registry.register(name, help, counter);
    }
    let sources = Gauges::default();
    for source in &reading.sources {
        let state = if source.good { "good" } else { "bad" };
        let labels = vec![
            ("role".to_owned(), source.role.to_owned()),
            ("state".to_owned(), state.to_owned()),
        ];
        sources.get_or_create(&labels).inc_by(1.0);
    }
    registry.register(
        "log_sources",
        "Files and patterns, by what they are and how they stand",
        sources,
    );
    #[expect(clippy::cast_precision_loss, reason = "there are few")]
    let problems = reading.problems.len() as f64;
    plain(registry, "log_problems", "What could not be read", problems);
    if let Some(newest) = reading.newest {
        let help = "When the newest line was written, by its own time";
        plain(registry, "newest_line_timestamp_seconds", help, seconds(newest));
        let help = "How long ago the newest line was written";
        plain(registry, "newest_line_age_seconds", help, now.since(newest).as_secs_f64());
    }
}

/// The figures of the panels, whatever they are.
fn figures(registry: &mut Registry, picture: &Picture) {
    let all: Vec<&Figure> = picture.panels.iter().flat_map(|panel| &panel.figures).collect();
    let mut dropped = 0.0;
    let mut done: BTreeSet<String> = BTreeSet::new();
    for first in &all {
        let name = name(first);
        if !done.insert(name.clone()) {
            continue;
        }
        let gauges = Gauges::default();
        let mut known: BTreeSet<Labels> = BTreeSet::new();
        for figure in all.iter().filter(|other| self::name(other) == name) {
            let labels: Labels = figure
                .label
                .iter()
                .map(|(name, value)| ((*name).to_owned(), visible(value, LABEL)))
                .collect();
            if known.len() >= MOST_SERIES {
                dropped += 1.0;
            } else if figure.value.is_finite() && known.insert(labels.clone()) {
                gauges.get_or_create(&labels).set(value(figure));
            }
        }
        let over = first.over.as_ref().map_or_else(String::new, |over| format!(" ({over})"));
        let title =
            if first.label.is_some() { first.name.replace('_', " ") } else { first.title.clone() };
        registry.register(name, format!("First week: {}{over}", visible(&title, LABEL)), gauges);
    }
    plain(
        registry,
        "dropped_series",
        "Series that are not told, since there are too many",
        dropped,
    );
}

/// The name with its unit, in the units that Prometheus counts in.
fn name(figure: &Figure) -> String {
    let unit = match figure.unit {
        Unit::Count => "",
        Unit::Ratio => "_ratio",
        Unit::Seconds | Unit::Days => "_seconds",
    };
    if figure.name.ends_with(unit) {
        figure.name.to_owned()
    } else {
        format!("{}{unit}", figure.name)
    }
}

fn value(figure: &Figure) -> f64 {
    match figure.unit {
        Unit::Days => figure.value * 86_400.0,
        Unit::Count | Unit::Ratio | Unit::Seconds => figure.value,
    }
}

#[cfg(test)]
mod tests;

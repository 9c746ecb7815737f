//! What a scrape is told.

use super::*;
use crate::launch::outcome::Level;
use crate::week::panel::{Notice, Topic};
use crate::week::picture::{Reading, SourceState};
use crate::week::{Panel, Span, Window};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn figure(name: &'static str, label: Option<&str>, value: f64, unit: Unit) -> Figure {
    let label = label.map(|value| ("code", value.to_owned()));
    Figure { name, label, title: format!("the {name}"), value, unit, over: None }
}

fn picture(figures: Vec<Figure>) -> Picture {
    let mut delivery = Panel::unknown(Topic::DeliveryRate, "few");
    delivery.outcome = Outcome::Fail;
    delivery.figures = figures;
    delivery.notices =
        vec![Notice::new(Level::Blocking, "low \"rate\"\\\n", "few", "few were answered")];
    let now = at("2026-11-25T15:00:00Z");
    Picture {
        at: now,
        window: Window::until(now, Span::Day),
        switched: None,
        sentence: "few".to_owned(),
        panels: [
            delivery,
            Panel::unknown(Topic::FailureCodes, "none"),
            Panel::unknown(Topic::Churn, "none"),
            Panel::unknown(Topic::RequestCorrelation, "none"),
        ],
        reading: Reading {
            lines: 7,
            garbage: 2,
            newest: Some(at("2026-11-25T14:59:00Z")),
            sources: vec![SourceState {
                shown: "a.log".to_owned(),
                role: "webhooks",
                state: "followed".to_owned(),
                good: true,
            }],
            ..Reading::default()
        },
    }
}

fn lines(figures: Vec<Figure>) -> Vec<String> {
    let text = text(Some(&picture(figures)), at("2026-11-25T15:00:30Z"));
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn every_figure_is_told_by_a_name_with_its_unit() {
    let told = lines(vec![
        figure("deliveries", None, 3.0, Unit::Count),
        figure("in_time", None, 0.5, Unit::Ratio),
        figure("longest", None, 1.5, Unit::Seconds),
        figure("until_lost", None, 2.0, Unit::Days),
        figure("failed", Some("card_expired"), 4.0, Unit::Count),
        figure("failed", Some("weird\"\ncode"), 5.0, Unit::Count),
    ]);
    for line in [
        "golive_deliveries 3.0",
        "golive_in_time_ratio 0.5",
        "golive_longest_seconds 1.5",
        "golive_until_lost_seconds 172800.0",
        "golive_failed{code=\"card_expired\"} 4.0",
        "golive_failed{code=\"weird\\\"^Jcode\"} 5.0",
        "golive_outcome{topic=\"delivery-rate\",outcome=\"fail\"} 1.0",
        "golive_outcome{topic=\"delivery-rate\",outcome=\"pass\"} 0.0",
        "golive_outcome{topic=\"churn\",outcome=\"unknown\"} 1.0",
        "golive_threshold_crossed{topic=\"delivery-rate\",key=\"low \\\"rate\\\"\\\\^J\"} 1.0",
        "golive_thresholds_crossed{topic=\"delivery-rate\"} 1.0",
        "golive_thresholds_crossed{topic=\"churn\"} 0.0",
        "golive_log_lines_total 7",
        "golive_log_garbage_lines_total 2",
        "golive_log_sources{role=\"webhooks\",state=\"good\"} 1.0",
        "golive_newest_line_timestamp_seconds 1795618740.0",
        "golive_newest_line_age_seconds 90.0",
        "golive_ready 1.0",
    ] {
        assert!(told.iter().any(|told| told == line), "{line}\n{}", told.join("\n"));
    }
}

#[test]
fn before_the_logs_are_read_nothing_is_said_of_them() {
    let told = text(None, at("2026-11-25T15:00:00Z"));
    assert!(told.contains("golive_ready 0.0"), "{told}");
    assert!(!told.contains("golive_outcome{"), "{told}");
}

#[test]
fn an_endless_set_of_codes_does_not_become_endless_series() {
    let codes: Vec<String> = (0..3 * MOST_SERIES).map(|number| format!("code-{number}")).collect();
    let told = lines(codes.iter().map(|it| figure("failed", Some(it), 1.0, Unit::Count)).collect());
    assert_eq!(told.iter().filter(|it| it.starts_with("golive_failed{")).count(), MOST_SERIES);
    assert!(told.contains(&format!("golive_dropped_series {}.0", 2 * MOST_SERIES)));
}

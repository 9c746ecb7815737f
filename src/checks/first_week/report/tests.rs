use super::*;
use crate::time::Timestamp;
use crate::week::panel::{Figure, Limit, Unit};
use crate::week::picture::{Reading, SourceState};
use crate::week::{Limits, Span, Window, Words, boards::Frame};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

const NOW: &str = "2026-11-25T14:20:00Z";

fn reading() -> Reading {
    Reading {
        lines: 100_000,
        understood: 99_000,
        oldest: Some(at("2026-11-20T00:00:00Z")),
        newest: Some(at("2026-11-25T14:19:58Z")),
        ..Reading::default()
    }
}

fn picture(panel: Panel, reading: &Reading) -> Picture {
    let words = Words::default();
    let limits = Limits::default();
    let now = at(NOW);
    let window = Window::until(now, Span::Week);
    let frame = Frame { now, window, limits: &limits, switched: None, words: &words, reading };
    let others = Topic::ALL.map(|topic| Panel::unknown(topic, "nothing was read"));
    let [_, failures, churn, correlation] = others;
    Picture::of(&frame, [panel, failures, churn, correlation])
}

fn panel(outcome: Outcome, notices: Vec<Notice>) -> Panel {
    let mut panel = Panel::unknown(Topic::DeliveryRate, "All deliveries answered");
    panel.outcome = outcome;
    panel.notices = notices;
    panel
}

fn pass(reading: &Reading) -> CheckReport {
    report(Topic::DeliveryRate, &picture(panel(Outcome::Pass, Vec::new()), reading), &[])
}

#[test]
fn a_sound_panel_passes_with_its_sentence_as_of_the_newest_line() {
    let report = pass(&reading());
    assert_eq!(
        (report.outcome, report.summary.as_str()),
        (Outcome::Pass, "All deliveries answered")
    );
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    assert_eq!(report.as_of, reading().newest);
}

#[test]
fn a_newest_line_of_tomorrow_makes_no_result_of_tomorrow() {
    let newest = Some(at("2026-11-26T00:00:00Z"));
    assert_eq!(pass(&Reading { newest, ..reading() }).as_of, Some(at(NOW)));
}

#[test]
fn logs_that_ended_long_ago_do_not_pass_and_say_when() {
    let newest = Some(at("2026-11-23T14:20:00Z"));
    let report = pass(&Reading { newest, ..reading() });
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("only up to 2026-11-23 14:20 UTC"), "{}", report.summary);
    assert_eq!(report.findings[0].level, Level::Advisory);
    assert_eq!(report.as_of, newest);
}

#[test]
fn a_night_without_lines_is_said_and_passes() {
    let newest = Some(at("2026-11-25T01:00:00Z"));
    let report = pass(&Reading { newest, ..reading() });
    assert_eq!(report.outcome, Outcome::Pass);
    assert!(report.findings[0].message.contains("2026-11-25 01:00 UTC"), "{report:#?}");
    let recent = Some(at("2026-11-25T06:00:00Z"));
    assert!(pass(&Reading { newest: recent, ..reading() }).findings.is_empty());
}

#[test]
fn a_merchant_with_a_line_a_day_is_not_blamed_for_a_day_without_one() {
    let newest = Some(at("2026-11-24T10:00:00Z"));
    let report = pass(&Reading { newest, lines: 5, ..reading() });
    assert_eq!((report.outcome, report.findings.len()), (Outcome::Pass, 0), "{report:#?}");
}

#[test]
fn a_failure_stays_one_however_old_the_logs_are() {
    let notice = Notice::new(Level::Blocking, "rate", "rate low", "The rate is low.");
    let newest = Some(at("2026-11-01T00:00:00Z"));
    let picture = picture(panel(Outcome::Fail, vec![notice]), &Reading { newest, ..reading() });
    let report = report(Topic::DeliveryRate, &picture, &[]);
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(report.findings[0].message, "The rate is low.");
}

#[test]
fn a_notice_names_its_line_its_cause_and_what_to_do_and_what_is_over_is_only_worth_knowing() {
    let spot = Spot { file: 3, offset: 99 };
    let mut up = Notice::new(Level::Blocking, "rate", "rate low", "The rate is low.");
    up.cause = Some("a deployment.".into());
    up.hint = Some("Look at it.".into());
    up.spots = vec![spot];
    let mut over = Notice::new(Level::Blocking, "gap", "gap", "No event for 3 h.");
    over.until = Some(at("2026-11-24T10:00:00Z"));
    let quoted = Quoted {
        spot,
        file: "logs/events.jsonl".into(),
        line: Some(12),
        text: "{}".into(),
        ids: Vec::new(),
    };
    let panel = panel(Outcome::Fail, vec![over, up]);
    assert_eq!(spots(&panel), [spot]);
    let picture = picture(panel, &reading());
    let report = report(Topic::DeliveryRate, &picture, &[quoted]);
    let [first, second] = report.findings.as_slice() else { panic!("{report:#?}") };
    assert_eq!(first.place.as_deref(), Some("logs/events.jsonl:12"));
    assert_eq!((first.file.as_deref(), first.line), (Some("logs/events.jsonl"), Some(12)));
    assert_eq!(first.hint.as_deref(), Some("Probable cause: a deployment. Look at it."));
    assert_eq!(
        (second.level, second.message.as_str()),
        (Level::Info, "No event for 3 h. Over since 2026-11-24 10:00 UTC.")
    );
    assert_eq!(report.evidence["crossed"], json!([{ "key": "rate", "since": null }]));
}

#[test]
fn what_could_not_be_read_is_advisory_and_never_an_end() {
    let source = SourceState {
        shown: "logs/old.jsonl".into(),
        role: "webhooks",
        state: "it is UTF-16, not UTF-8".into(),
        good: false,
    };
    let problems = vec!["No file matches none/*.log.".to_owned()];
    let report = pass(&Reading { garbage: 7, sources: vec![source], problems, ..reading() });
    assert_eq!(report.outcome, Outcome::Pass);
    let says: Vec<_> = report.findings.iter().map(|it| (it.level, it.message.as_str())).collect();
    assert_eq!(
        says,
        [
            (Level::Advisory, "No file matches none/*.log."),
            (Level::Advisory, "The log of webhooks logs/old.jsonl: it is UTF-16, not UTF-8."),
            (
                Level::Advisory,
                "7 of 100000 lines are neither JSON nor a line of an access log; they do not count."
            ),
        ]
    );
}

#[test]
fn evidence_has_the_numbers_the_limits_and_what_was_read() {
    let mut panel = panel(Outcome::Pass, Vec::new());
    panel.figures.push(Figure {
        name: "deliveries_in_time",
        label: None,
        title: "answered in time".into(),
        value: 0.997,
        unit: Unit::Ratio,
        over: None,
    });
    panel.limits.push(Limit {
        key: "delivered_percent".into(),
        says: "at least 99 % in time".into(),
        stands: "99.7 %".into(),
        crossed: Some(false),
    });
    let report = report(Topic::DeliveryRate, &picture(panel, &reading()), &[]);
    assert_eq!(report.evidence["figures"][0]["name"], "deliveries_in_time");
    assert_eq!(report.evidence["limits"][0]["crossed"], false);
    assert_eq!(report.evidence["read"]["newest"], "2026-11-25T14:19:58.000Z");
    assert_eq!(report.evidence["read"]["tooLong"], 0);
}

#[test]
fn nothing_named_is_unknown_and_names_the_inputs() {
    for topic in Topic::ALL {
        let report = nothing_named(topic);
        assert_eq!(report.outcome, Outcome::Unknown);
        for name in ["event_log", "delivery_log", "request_log", "application_log"] {
            assert!(report.summary.contains(name), "{}", report.summary);
        }
        assert!(report.summary.contains("golive listen"));
    }
}

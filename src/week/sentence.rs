//! All of the first week in one sentence: what matters most first.
//!
//! Made for [`Picture`](super::Picture). Codes that are up are told together, and no more than
//! three things are told at all: the panels hold the rest.

use std::time::Duration;

use crate::launch::outcome::{Level, Outcome};
use crate::time::{Timestamp, spoken};
use crate::week::boards::Frame;
use crate::week::panel::{Notice, Panel};
use crate::week::when::{number, when};

/// So many things are told.
const MOST: usize = 3;

/// Logs whose newest line is older are said to be so.
const OLD: Duration = Duration::from_secs(3 * 3600);

/// All panels in one sentence.
pub fn sentence(frame: &Frame<'_>, panels: &[Panel; 4]) -> String {
    let [delivery, ..] = panels;
    let unknown = |panel: &Panel| panel.outcome == Outcome::Unknown && panel.notices.is_empty();
    if panels.iter().all(unknown) && frame.reading.lines == 0 {
        return nothing(frame);
    }
    let crossed: Vec<String> = told(panels, Level::Blocking, frame.now);
    let worth: Vec<String> = told(panels, Level::Advisory, frame.now);
    let mut parts = Vec::new();
    let fails = delivery.outcome == Outcome::Fail;
    if !fails && (delivery.outcome == Outcome::Pass || crossed.is_empty()) {
        parts.push(delivery.sentence.clone());
    }
    let rest: Vec<String> = crossed.into_iter().chain(worth).collect();
    let rest: Vec<String> = rest.into_iter().filter(|part| !parts.contains(part)).collect();
    if rest.is_empty() {
        let failures = panels.get(1).filter(|panel| panel.outcome == Outcome::Pass);
        parts.extend(failures.map(|panel| panel.sentence.clone()));
    }
    let room = MOST.saturating_sub(parts.len());
    let more = rest.len().saturating_sub(room);
    parts.extend(rest.into_iter().take(room));
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    parts.extend(old(frame, panels));
    parts.join("; ")
}

/// What is so now of that weight, in the order of the panels.
fn told(panels: &[Panel; 4], level: Level, now: Timestamp) -> Vec<String> {
    let mut told = Vec::new();
    for panel in panels {
        let current = |notice: &&Notice| notice.level == level && notice.until.is_none();
        let current: Vec<&Notice> = panel.notices.iter().filter(current).collect();
        told.extend(together(&current, now));
    }
    told
}

/// Notices in short, codes that are up told together: `two codes up since 14:20`.
pub fn together(notices: &[&Notice], now: Timestamp) -> Vec<String> {
    let is_code = |notice: &&&Notice| notice.key.contains("code-up:");
    let codes: Vec<&&Notice> = notices.iter().filter(is_code).collect();
    let many = u64::try_from(codes.len()).unwrap_or(0);
    let since = codes.iter().filter_map(|notice| notice.since).min();
    let mut told = Vec::new();
    let mut said = false;
    for notice in notices {
        match (is_code(&notice) && many > 1, since) {
            (true, Some(since)) if !said => {
                told.push(format!("{} codes up since {}", number(many), when(since, now)));
                said = true;
            }
            (true, Some(_)) => {}
            _ => told.push(notice.short.clone()),
        }
    }
    told
}

/// Nothing was read at all, and why.
fn nothing(frame: &Frame<'_>) -> String {
    let sources = &frame.reading.sources;
    if sources.is_empty() {
        return "No log to read: set `event_log` in golive.yaml, or use `golive listen`".to_owned();
    }
    match sources.iter().find(|source| !source.good) {
        Some(source) => format!("Nothing to read yet: {}: {}", source.shown, source.state),
        None => "Nothing stands in the logs yet".to_owned(),
    }
}

/// That the logs end long ago, if no silence says so already.
fn old(frame: &Frame<'_>, panels: &[Panel; 4]) -> Option<String> {
    let said = |notice: &Notice| notice.key == "gap" && notice.until.is_none();
    if panels.iter().flat_map(|panel| &panel.notices).any(said) {
        return None;
    }
    let age = frame.now.since(frame.reading.newest?);
    (age >= OLD).then(|| format!("newest line {} old", spoken(age)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::week::limits::Limits;
    use crate::week::panel::Topic;
    use crate::week::picture::{Reading, SourceState};
    use crate::week::window::{Span, Window};
    use crate::week::word::Words;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(&format!("2026-11-25T{text}:00Z")).unwrap()
    }

    fn panel(topic: Topic, outcome: Outcome, sentence: &str, notices: Vec<Notice>) -> Panel {
        Panel { outcome, notices, ..Panel::unknown(topic, sentence) }
    }

    fn notice(level: Level, key: &str, short: &str, since: &str) -> Notice {
        Notice { since: Some(at(since)), ..Notice::new(level, key, short, "") }
    }

    fn said(delivery: Panel, failures: Panel, reading: &Reading) -> String {
        let rest = [Topic::Churn, Topic::RequestCorrelation].map(|it| Panel::unknown(it, "?"));
        let [churn, correlation] = rest;
        let (limits, words) = (Limits::default(), Words::default());
        let frame = Frame {
            now: at("15:00"),
            window: Window::until(at("15:00"), Span::Day),
            limits: &limits,
            switched: None,
            words: &words,
            reading,
        };
        sentence(&frame, &[delivery, failures, churn, correlation])
    }

    fn good(notices: Vec<Notice>) -> Panel {
        panel(Topic::DeliveryRate, Outcome::Pass, "All deliveries answered", notices)
    }

    fn usual() -> Panel {
        let sentence = "3.1 % of payments failed, as usual";
        panel(Topic::FailureCodes, Outcome::Pass, sentence, Vec::new())
    }

    fn read() -> Reading {
        Reading { lines: 9, newest: Some(at("14:59")), ..Reading::default() }
    }

    #[test]
    fn codes_that_are_up_are_told_together() {
        let up = vec![
            notice(Level::Blocking, "code-up:a", "a up since 14:20", "14:20"),
            notice(Level::Blocking, "code-up:b", "b up since 14:25", "14:25"),
        ];
        let failures = panel(Topic::FailureCodes, Outcome::Fail, "", up.clone());
        assert_eq!(
            said(good(Vec::new()), failures, &read()),
            "All deliveries answered; two codes up since 14:20"
        );
        let one = panel(Topic::FailureCodes, Outcome::Fail, "", up[..1].to_vec());
        assert_eq!(
            said(good(Vec::new()), one, &read()),
            "All deliveries answered; a up since 14:20"
        );
    }

    #[test]
    fn what_is_refused_and_what_can_be_saved_come_first() {
        let refused = "Webhooks refused since 03:12 (500)";
        let saved = "14 events can still be saved until 09:40";
        let notices = vec![
            notice(Level::Blocking, "deliveries-failing", refused, "03:12"),
            notice(Level::Blocking, "retries-running-out", saved, "03:12"),
        ];
        let failing = panel(Topic::DeliveryRate, Outcome::Fail, refused, notices);
        assert_eq!(said(failing, usual(), &read()), format!("{refused}; {saved}"));
    }

    #[test]
    fn what_is_over_is_not_told_and_old_logs_are() {
        let mut over = notice(Level::Blocking, "gap", "No event from 03:00 to 05:00", "03:00");
        over.until = Some(at("05:00"));
        let all = "All deliveries answered; 3.1 % of payments failed, as usual";
        assert_eq!(said(good(vec![over]), usual(), &read()), all);
        let old = Reading { newest: Some(at("12:00")), ..read() };
        assert_eq!(said(good(Vec::new()), usual(), &old), format!("{all}; newest line 3 h old"));
    }

    #[test]
    fn without_a_log_it_says_what_to_set() {
        let unknown = |topic| Panel::unknown(topic, "?");
        let of =
            |reading| said(unknown(Topic::DeliveryRate), unknown(Topic::FailureCodes), &reading);
        assert_eq!(
            of(Reading::default()),
            "No log to read: set `event_log` in golive.yaml, or use `golive listen`"
        );
        let missing = SourceState {
            shown: "logs/*.log".to_owned(),
            role: "webhooks",
            state: "no such file yet".to_owned(),
            good: false,
        };
        let reading = Reading { sources: vec![missing], ..Reading::default() };
        assert_eq!(of(reading), "Nothing to read yet: logs/*.log: no such file yet");
    }
}

//! What is wrong or worth knowing of deliveries, in words.

mod at_risk;
mod hints;

use std::time::Duration;

use super::DeliveryBoard;
use super::cell::Answers;
use super::facts::{Facts, Incident, Silence, natural, share};
use crate::launch::outcome::Level;
use crate::time::{Timestamp, spoken};
use crate::week::boards::Frame;
use crate::week::panel::Notice;
use crate::week::stats::surely_above;
use crate::week::when::{count, percent, when};

/// The shares of a whole day are of so long.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A notice shows so many lines.
const SPOTS: usize = 20;

/// All notices, most important first.
pub fn of(board: &DeliveryBoard, facts: &Facts, frame: &Frame<'_>) -> Vec<Notice> {
    let now = frame.now;
    let mut notices: Vec<Notice> = (facts.incidents.iter().rev())
        .map(|incident| refused(board, incident, now))
        .chain(at_risk::running_out(facts, now))
        .chain(at_risk::no_try_left(facts, now))
        .chain(at_risk::given_up(facts, now))
        .chain(facts.silences.iter().rev().map(|it| gap(it, now)))
        .chain(day_below(facts, frame))
        .chain(facts.retries.iter().rev().map(|it| retries(it, now)))
        .chain(events_below(facts, frame))
        .chain(facts.skews.iter().rev().map(|skew| {
            let ahead = skew.ahead > 0;
            hints::clock(skew.since, skew.until, skew.ahead.unsigned_abs(), ahead, now)
        }))
        .chain(hints::lost(facts, now))
        .chain(hints::doubtful(board, facts))
        .chain(hints::full(board))
        .collect();
    notices.sort_by_key(|notice| (notice.until.is_some(), notice.level == Level::Advisory));
    notices
}

/// What the deliveries of an incident were mostly answered with, and what that may mean.
fn why(answers: Answers, status: Option<u16>) -> (String, &'static str, &'static str) {
    let most = [answers.late, answers.nothing, answers.broken, answers.refused]
        .into_iter()
        .max()
        .unwrap_or(0);
    if answers.late == most {
        return (
            "too late".to_owned(),
            "Probably the handler works before it answers.",
            "Store the event, answer 2xx at once, and work afterwards.",
        );
    }
    if answers.nothing == most {
        return (
            "no answer".to_owned(),
            "Probably the handler dies or hangs before it answers.",
            "Look into the log of your application for the time of these deliveries.",
        );
    }
    let (cause, hint) = match status.unwrap_or(0) {
        300..400 => (
            "Probably the URL that MintCash has is not the final one; whether it follows \
             redirects is not documented.",
            "Have the final https URL registered by your account manager.",
        ),
        401 => (
            "Probably the signing secret of live is not the one in use, or the body is changed \
             before it is verified. Requests that MintCash did not send are rightly refused with \
             401.",
            "Check the live signing secret, and verify over the raw bytes.",
        ),
        400 | 403 => (
            "Probably the handler rejects the event's form or environment, or a firewall rejects \
             the caller.",
            "Look into the log of your application for why it refused.",
        ),
        404 | 405 => (
            "Probably the route of the webhook endpoint is missing in what was deployed.",
            "Check the path and the method of the endpoint.",
        ),
        502..=504 => (
            "Probably the application behind the proxy is down or does not answer the proxy.",
            "Check that the application runs and what the proxy's error log says.",
        ),
        500.. => (
            "Probably the handler throws an error.",
            "Look into the log of your application for the time of these deliveries.",
        ),
        _ => ("", "Look into the log of your application for the time of these deliveries."),
    };
    (status.map_or_else(|| "refused".to_owned(), |status| status.to_string()), cause, hint)
}

fn since(incident: &Incident, now: Timestamp) -> String {
    match incident.until {
        Some(until) => format!("from {} to {}", when(incident.since, now), when(until, now)),
        None => format!("since {}", when(incident.since, now)),
    }
}

fn refused(board: &DeliveryBoard, incident: &Incident, now: Timestamp) -> Notice {
    let (word, cause, hint) = why(incident.answers, incident.status);
    let surge = incident.surge;
    let time = since(incident, now);
    let late = word == "too late";
    let short = match late {
        true => format!("Webhooks answered too late {time}"),
        false => format!("Webhooks refused {time} ({word})"),
    };
    let mostly = if late { String::new() } else { format!(", mostly {word}") };
    let message = format!(
        "{} of {} deliveries {time} were not answered 2xx within 10 s{mostly}.",
        surge.bad, surge.all
    );
    let mut notice = Notice::new(Level::Blocking, "deliveries-failing", short, message);
    (notice.since, notice.until) = (Some(incident.since), incident.until);
    notice.cause = Some(cause.to_owned()).filter(|cause| !cause.is_empty());
    notice.hint = Some(hint.to_owned());
    let inside = board
        .bad
        .iter()
        .filter(|(at, ..)| *at >= incident.since && incident.until.is_none_or(|until| *at < until));
    notice.spots = inside.take(SPOTS).map(|(_, spot, _)| spot).collect();
    notice
}

fn gap(silence: &Silence, now: Timestamp) -> Notice {
    let end = silence.until.unwrap_or(now);
    let long = spoken(end.since(silence.since));
    let time = match silence.until {
        Some(until) => format!("from {} to {}", when(silence.since, now), when(until, now)),
        None => format!("since {}", when(silence.since, now)),
    };
    let log = silence.hits > 2;
    let level = if silence.gap.sure && !log { Level::Blocking } else { Level::Advisory };
    let mut notice = Notice::new(
        level,
        "gap",
        format!("No event {time}"),
        format!(
            "No event for {long} ({time}), where at least about {:.0} come at that time of day.",
            silence.gap.expected
        ),
    );
    if !silence.gap.sure {
        notice.message = format!(
            "No event for {long} ({time}), though they came often before. How this time of the \
             week usually is, is not known yet."
        );
    }
    (notice.since, notice.until) = (Some(silence.since), silence.until);
    notice.cause = Some(match log {
        true => format!(
            "The access log shows {} in time in the meantime, so probably the event log is not \
             written.",
            count(silence.hits, "answer")
        ),
        false => "Probably deliveries do not reach the application, or its log is not written; \
                  payments may have stopped as well."
            .to_owned(),
    });
    notice.hint = Some(
        "Check that the log still grows and that the endpoint answers from outside, and whether \
         payments are still made."
            .to_owned(),
    );
    notice
}

/// The last 24 hours are below the limit, and no incident that goes on says so already.
fn day_below(facts: &Facts, frame: &Frame<'_>) -> Option<Notice> {
    let (good, all) = (facts.day.good(), facts.day.all());
    let limit = frame.limits.delivered_percent;
    if facts.failing().is_some() || !surely_above(all - good, all, share(limit)) {
        return None;
    }
    let stands = percent(good, all);
    let over = facts.incidents.iter();
    let mut notice = Notice::new(
        beyond(over, (all - good, all), share(limit), frame.now),
        "delivered-below-limit",
        format!("{stands} of deliveries answered in the last 24 h"),
        format!(
            "{good} of {all} deliveries of the last 24 h were answered 2xx within 10 s: {stands}, \
             below the limit of {limit} %."
        ),
    );
    let recent = facts.incidents.iter().filter(|it| frame.now.since(it.since) < DAY);
    notice.since = recent.clone().map(|incident| incident.since).min();
    if let Some(over) = recent.filter_map(|incident| incident.until).max() {
        notice.hint = Some(format!(
            "What failed is over since {}; the share recovers as time passes. See that every event \
             came by a retry.",
            when(over, frame.now)
        ));
    }
    Some(notice)
}

/// What a share of the last 24 hours weighs: incidents that are over have been told, and what
/// happened in them is no alarm for another day.
fn beyond<'a>(
    incidents: impl Iterator<Item = &'a Incident>,
    (bad, all): (u64, u64),
    limit: f64,
    now: Timestamp,
) -> Level {
    let is_today = |it: &&Incident| it.until.is_some_and(|until| now.since(until) < DAY);
    let (gone, of) = incidents
        .filter(is_today)
        .fold((0, 0), |(bad, all), it| (bad + it.surge.bad, all + it.surge.all));
    match surely_above(bad.saturating_sub(gone), all.saturating_sub(of), limit) {
        true => Level::Blocking,
        false => Level::Advisory,
    }
}

fn retries(incident: &Incident, now: Timestamp) -> Notice {
    let surge = incident.surge;
    let time = since(incident, now);
    let mut notice = Notice::new(
        Level::Blocking,
        "first-try-failing",
        format!("Events need retries {time}"),
        format!(
            "{} of {} events {time} were not delivered at the first try.",
            surge.bad, surge.all
        ),
    );
    (notice.since, notice.until) = (Some(incident.since), incident.until);
    notice.hint = Some(
        "Look into the events that were only delivered by a retry: what did the first try \
              meet?"
            .to_owned(),
    );
    notice
}

fn events_below(facts: &Facts, frame: &Frame<'_>) -> Option<Notice> {
    let (first, all) = (facts.day.first, facts.day.events());
    let limit = frame.limits.first_try_percent;
    let told = facts.failing().is_some() || facts.retries.iter().any(|it| it.until.is_none());
    if told || !surely_above(all - first, all, share(limit)) {
        return None;
    }
    let stands = percent(first, all);
    let over = facts.incidents.iter().chain(&facts.retries);
    Some(Notice::new(
        beyond(over, (all - first, all), share(limit), frame.now),
        "first-try-below-limit",
        format!("{stands} of events delivered at the first try in the last 24 h"),
        format!(
            "{first} of {all} events of the last 24 h were delivered at the first try: {stands}, \
             below the limit of {limit} %."
        ),
    ))
}

/// How many deliveries of a stretch failed, by how: for figures, in a word and in so many.
pub fn parts(answers: &Answers) -> [(&'static str, &'static str, u64); 4] {
    [
        ("late", "answered too late", natural(answers.late)),
        ("refused", "refused, with 3xx or 4xx", natural(answers.refused)),
        ("error", "failed, with 5xx", natural(answers.broken)),
        ("none", "not answered at all", natural(answers.nothing)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::week::stats::surge::Surge;

    fn over(hours_ago: u64, bad: u64, now: Timestamp) -> Incident {
        let ago = |hours: u64| Timestamp::from_millis(now.millis() - (hours * 3_600_000) as i64);
        let surge =
            Surge { start: 0, end: 1, open: false, bad, all: bad, expected: 0.1, score: 99.0 };
        let (since, until) = (ago(hours_ago + 1), Some(ago(hours_ago)));
        Incident { since, until, surge, answers: Answers::default(), status: Some(500) }
    }

    #[test]
    fn a_share_alarms_unless_what_is_over_explains_it() {
        let now = Timestamp::parse("2026-11-25T14:20:00Z").unwrap();
        let level = |incidents: &[Incident], bad| beyond(incidents.iter(), (bad, 1000), 0.01, now);
        assert_eq!(level(&[], 80), Level::Blocking, "nothing explains it");
        assert_eq!(level(&[over(3, 75, now)], 80), Level::Advisory, "it is over, and was told");
        assert_eq!(level(&[over(3, 30, now)], 80), Level::Blocking, "as much again came beside it");
        assert_eq!(level(&[over(30, 75, now)], 80), Level::Blocking, "that was another day");
        let open = Incident { until: None, ..over(0, 75, now) };
        assert_eq!(level(&[open], 80), Level::Blocking, "it goes on");
    }
}

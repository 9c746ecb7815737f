//! What is wrong or worth knowing of deliveries, in words.

use std::time::Duration;

use super::facts::{Facts, Incident, Silence, natural, share};
use super::undelivered::{Stage, Undelivered};
use super::{DeliveryBoard, cell::Answers};
use crate::launch::outcome::Level;
use crate::time::{Timestamp, spoken};
use crate::week::boards::Frame;
use crate::week::panel::Notice;
use crate::week::stats::surely_above;
use crate::week::story::Spot;
use crate::week::when::{count, percent, real, when};

/// A notice shows so many lines.
const SPOTS: usize = 20;

/// All notices, most important first.
pub fn of(board: &DeliveryBoard, facts: &Facts, frame: &Frame<'_>) -> Vec<Notice> {
    let now = frame.now;
    let mut notices: Vec<Notice> = (facts.incidents.iter().rev())
        .map(|incident| refused(board, incident, now))
        .chain(running_out(facts, now))
        .chain(no_try_left(facts, now))
        .chain(given_up(facts, now))
        .chain(facts.silences.iter().rev().map(|it| gap(it, now)))
        .chain(day_below(facts, frame))
        .chain(facts.retries.iter().rev().map(|it| retries(it, now)))
        .chain(events_below(facts, frame))
        .chain(facts.skews.iter().rev().map(|skew| {
            let ahead = skew.ahead > 0;
            clock(skew.since, skew.until, skew.ahead.unsigned_abs(), ahead, now)
        }))
        .chain(lost(facts, now))
        .chain(doubtful(board, facts))
        .chain(full(board))
        .collect();
    notices.sort_by_key(|notice| (notice.until.is_some(), notice.level == Level::Advisory));
    notices
}

fn spots<'a>(events: impl Iterator<Item = &'a Undelivered>) -> Vec<Spot> {
    events.take(SPOTS).map(|one| one.last.spot).collect()
}

/// Whether the endpoint answers again, for those that still wait.
fn answers_again(facts: &Facts) -> Option<Timestamp> {
    let last = facts.incidents.last()?;
    last.until
}

fn running_out(facts: &Facts, now: Timestamp) -> Option<Notice> {
    let at_risk = facts.open.iter().filter_map(|(one, stage)| match stage {
        Stage::Last { next } => Some((one, *next)),
        _ => None,
    });
    let first = at_risk.clone().map(|(_, next)| next).min()?;
    let many = u64::try_from(at_risk.clone().count()).unwrap_or(0);
    let events = count(many, "event");
    let (are, them) = if many == 1 { ("is", "it") } else { ("are", "them") };
    let mut notice = Notice::new(
        Level::Blocking,
        "retries-running-out",
        format!("{events} can still be saved until {}", when(first, now)),
        format!(
            "{events} {are} not delivered, and MintCash lists only one more try for {them}. This \
             can still be mended until about {}.",
            first.minute()
        ),
    );
    notice.since = at_risk.clone().map(|(one, _)| one.begun).min();
    notice.hint = Some(match answers_again(facts) {
        Some(over) => format!(
            "The endpoint answers again since {}. Check that it takes these events too: the next \
             try decides.",
            when(over, now)
        ),
        None => {
            "Make the endpoint answer 2xx within 10 s before then; the next try delivers them. \
                 Whether MintCash counts the delay from the first try or from the one before is \
                 not documented: take the earlier time."
                .to_owned()
        }
    });
    notice.spots = spots(at_risk.map(|(one, _)| one));
    Some(notice)
}

fn no_try_left(facts: &Facts, now: Timestamp) -> Option<Notice> {
    let over = facts.open.iter().filter_map(|(one, stage)| match stage {
        Stage::Over { gives_up } => Some((one, *gives_up)),
        _ => None,
    });
    let first = over.clone().map(|(_, gives_up)| gives_up).min()?;
    let events = count(u64::try_from(over.clone().count()).unwrap_or(0), "event");
    let mut notice = Notice::new(
        Level::Blocking,
        "retries-over",
        format!("{events} without a try left"),
        format!(
            "All tries that MintCash lists are over for {events}, and none was answered 2xx in \
             time. MintCash gives up 24 h after the first try: from {} on.",
            first.minute()
        ),
    );
    notice.since = over.clone().map(|(one, _)| one.begun).min();
    notice.hint = Some(again(over.clone().map(|(one, _)| one.begun), now));
    notice.spots = spots(over.map(|(one, _)| one));
    Some(notice)
}

fn again(begun: impl Iterator<Item = Timestamp> + Clone, now: Timestamp) -> String {
    let ask = "Have them sent again from the dashboard by your account manager";
    match (begun.clone().min(), begun.max()) {
        (Some(first), Some(last)) => {
            let minute = Duration::from_secs(60);
            let (first, last) = (when(first, now), when(last.plus(minute), now));
            format!("{ask}: those first tried between {first} and {last} UTC.")
        }
        _ => format!("{ask}."),
    }
}

fn given_up(facts: &Facts, now: Timestamp) -> Option<Notice> {
    if facts.given_up == 0 {
        return None;
    }
    let lost = facts.open.iter().filter(|(_, stage)| *stage == Stage::GivenUp);
    let events = count(facts.given_up, "event");
    let were = if facts.given_up == 1 { "was" } else { "were" };
    let mut notice = Notice::new(
        Level::Blocking,
        "given-up",
        format!("{events} never delivered"),
        format!(
            "{events} of the last seven days {were} not answered 2xx in time within 24 h after \
             the first try. MintCash tries no more."
        ),
    );
    let begun = lost.clone().map(|(one, _)| one.begun);
    notice.since = begun.clone().min();
    notice.hint = Some(again(begun, now));
    notice.spots = spots(lost.map(|(one, _)| one));
    Some(notice)
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
    let mut notice = Notice::new(
        Level::Blocking,
        "delivered-below-limit",
        format!("{stands} of deliveries answered in the last 24 h"),
        format!(
            "{good} of {all} deliveries of the last 24 h were answered 2xx within 10 s: {stands}, \
             below the limit of {limit} %."
        ),
    );
    let day = Duration::from_secs(24 * 3600);
    let recent = facts.incidents.iter().filter(|it| frame.now.since(it.since) < day);
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
    Some(Notice::new(
        Level::Blocking,
        "first-try-below-limit",
        format!("{stands} of events delivered at the first try in the last 24 h"),
        format!(
            "{first} of {all} events of the last 24 h were delivered at the first try: {stands}, \
             below the limit of {limit} %."
        ),
    ))
}

fn clock(
    since: Timestamp,
    until: Option<Timestamp>,
    by: u64,
    ahead: bool,
    now: Timestamp,
) -> Notice {
    let by = about(by);
    let side = if ahead { "ahead of" } else { "behind" };
    let from = when(since, now);
    let mut notice = Notice::new(
        Level::Advisory,
        "clock",
        format!("Clock of the log off by about {by} since {from}"),
        format!(
            "The clock of the machine that writes the log is about {by} {side} MintCash's since \
             {from}, by the time between an event's `createdAt` and its line."
        ),
    );
    if ahead {
        notice.cause = Some(
            "Probably the clock; or all events really came that much later than they were made."
                .to_owned(),
        );
    }
    if until.is_some() {
        notice.short = format!("Clock of the log was off by about {by}");
    }
    (notice.since, notice.until) = (Some(since), until);
    notice.hint = Some(
        "Set the clock by NTP, and write times in UTC. Times of the log are shown as they stand \
         there."
            .to_owned(),
    );
    notice
}

/// A span to one digit or two: `40 s`, `1 h`.
fn about(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    spoken(Duration::from_secs(match seconds {
        0..20 => seconds,
        20..120 => seconds.div_ceil(5) * 5,
        120..3600 => (seconds + 30) / 60 * 60,
        _ => (seconds + 450) / 900 * 900,
    }))
}

fn lost(facts: &Facts, now: Timestamp) -> Option<Notice> {
    let unfinished = facts.unfinished.as_ref()?;
    let (first, _) = unfinished.lost.first()?;
    let (last, _) = unfinished.lost.last()?;
    let many = u64::try_from(unfinished.lost.len()).unwrap_or(0);
    let patience = spoken(unfinished.patience);
    let sample = match unfinished.sampled {
        1 => String::new(),
        more => format!(" (one of {more} payments was looked at)"),
    };
    let begun = match when(*first, now) == when(*last, now) {
        true => format!("at {}", when(*first, now)),
        false => format!("between {} and {}", when(*first, now), when(*last, now)),
    };
    let mut notice = Notice::new(
        Level::Advisory,
        "events-missing",
        format!("Last events of {} probably lost", count(many, "payment")),
        format!(
            "{} of {} that began {begun} UTC have no last event after {patience}, far more than \
             usual{sample}.",
            many,
            count(unfinished.of, "payment")
        ),
    );
    notice.since = Some(*first);
    let day = Duration::from_secs(24 * 3600);
    notice.until = (now.since(*last) > day).then(|| last.plus(unfinished.patience));
    notice.cause = Some(
        "Probably their `payment.succeeded` or `payment.failed` never reached the log. Customers \
         who leave the payment page look the same."
            .to_owned(),
    );
    notice.hint = Some(
        "Ask MintCash for these payments (`GET /payments/{id}`), and fulfil those that succeeded."
            .to_owned(),
    );
    notice.spots = unfinished.lost.iter().take(SPOTS).map(|(_, spot)| *spot).collect();
    Some(notice)
}

/// Events that probably came by a retry, where the log does not say how they were answered.
fn doubtful(board: &DeliveryBoard, facts: &Facts) -> Option<Notice> {
    let (repeated, late) = (facts.week.repeated, facts.late);
    let all = facts.week.unsaid + facts.week.events();
    let many = repeated.max(late);
    if many < 5 || real(many) < 0.01 * real(all) {
        return None;
    }
    let mut notice = Notice::new(
        Level::Advisory,
        "probably-retried",
        format!("{} came late or twice", count(many, "event")),
        format!(
            "Of {} of the last seven days, {late} first came more than {} s after they were made, \
             and {repeated} came more than once.",
            count(all, "event"),
            super::delay::LATE / 1000
        ),
    );
    notice.cause = Some(
        "Probably an earlier try of these was not answered 2xx in time, or did not reach what \
         writes the log. MintCash may also send an event twice for no such reason."
            .to_owned(),
    );
    notice.hint = Some(
        "Give golive a log of how deliveries were answered (`delivery_log`) to be sure.".to_owned(),
    );
    notice.spots = board.doubtful.iter().take(SPOTS).map(|(_, spot, _)| spot).collect();
    Some(notice)
}

/// More events are undelivered than are held one by one.
fn full(board: &DeliveryBoard) -> Option<Notice> {
    let most = super::undelivered::MOST;
    board.undelivered.is_full().then(|| {
        Notice::new(
            Level::Advisory,
            "too-many-undelivered",
            format!("Over {most} events undelivered"),
            format!(
                "More than {most} events are not delivered. The newest {most} are followed one by \
                 one; those that were given up are all counted."
            ),
        )
    })
}

/// How many deliveries of a stretch failed, by how: for figures.
pub fn parts(answers: &Answers) -> [(&'static str, u64); 4] {
    [
        ("late", natural(answers.late)),
        ("refused", natural(answers.refused)),
        ("error", natural(answers.broken)),
        ("none", natural(answers.nothing)),
    ]
}

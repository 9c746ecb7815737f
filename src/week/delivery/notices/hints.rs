//! What is worth a look and no alarm, in words: clocks, lost events, probable retries.

use std::time::Duration;

use super::super::DeliveryBoard;
use super::super::facts::Facts;
use super::SPOTS;
use crate::launch::outcome::Level;
use crate::time::{Timestamp, spoken};
use crate::week::panel::Notice;
use crate::week::when::{count, real, when};

/// The clocks differ.
pub fn clock(
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

/// Payments that began and did not end, more of them than usual.
pub fn lost(facts: &Facts, now: Timestamp) -> Option<Notice> {
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
pub fn doubtful(board: &DeliveryBoard, facts: &Facts) -> Option<Notice> {
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
            crate::week::delivery::delay::LATE / 1000
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
pub fn full(board: &DeliveryBoard) -> Option<Notice> {
    let most = crate::week::delivery::undelivered::MOST;
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

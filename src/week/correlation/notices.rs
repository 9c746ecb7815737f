//! What is wrong with the errors, or worth knowing.
//!
//! The rule it keeps: only one thing crosses a threshold, errors of the API that the application
//! should know and surely does not. Everything else may have a reason that the logs do not tell.

use super::join::Match;
use super::show::{Unknown, crossed, joins_by_request, span, told};
use super::tally::{ApiError, Tally};
use crate::launch::outcome::Level;
use crate::week::boards::Frame;
use crate::week::panel::Notice;
use crate::week::story::Spot;
use crate::week::when::percent;

/// Fewer are worth knowing, no more.
const SOME: usize = 3;

/// All of them, most important first.
pub(super) fn notices(tally: &Tally, frame: &Frame<'_>) -> Vec<Notice> {
    let holds = frame.reading.holds;
    let all = [
        unknown_to_application(tally, frame),
        unknown_to_mintcash(tally),
        without_id(tally),
        api_without_id(tally),
        (!holds.application).then(|| not_named("application_log", "your application's errors")),
        (!holds.requests).then(|| not_named("request_log", "the requests to MintCash")),
        (!holds.events).then(|| not_named("event_log", "the webhooks that came")),
        overcome(tally),
        let_go(tally),
    ];
    let mut all: Vec<Notice> = all.into_iter().flatten().collect();
    all.sort_by_key(|notice| match notice.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    });
    all
}

fn unknown_to_application(tally: &Tally, frame: &Frame<'_>) -> Option<Notice> {
    if !frame.reading.holds.application {
        return None;
    }
    let Unknown { days, hits, all } = told(tally, frame);
    let level = match (hits, crossed(tally, frame).is_some()) {
        (0, _) => return None,
        (_, true) => Level::Blocking,
        (hits, false) if hits >= SOME as u64 => Level::Advisory,
        _ => Level::Info,
    };
    let share = percent(hits, all);
    let mut notice = Notice::new(
        level,
        "api-errors-unknown",
        format!("{hits} API errors unknown to the application"),
        format!(
            "Of {all} errors that MintCash's API answered in the last {}, {hits} ({share}) are not \
             in the application's log.",
            span(days)
        ),
    );
    notice.cause = Some(
        "The application swallows the error, or logs it without requestId and externalId."
            .to_owned(),
    );
    notice.hint = Some(
        "Log the whole `details` of each error of the API, with your order and the externalId, \
         without keys and without card data."
            .to_owned(),
    );
    let since = tally.since(days);
    let unknown = tally.api_where(|error| error.is_unknown() && error.mention.at >= since);
    notice.spots = newest(unknown.map(|error| error.mention.spot));
    Some(notice)
}

fn unknown_to_mintcash(tally: &Tally) -> Option<Notice> {
    let count = tally.unknown_to_mintcash().count();
    let mut notice = Notice::new(
        some(count)?,
        "application-errors-unknown",
        format!("{count} application errors unknown to MintCash"),
        format!(
            "{count} errors in the application's log name a requestId that no request in the log \
             has."
        ),
    );
    notice.cause = Some(match joins_by_request(tally) {
        true => "The log of requests does not hold all of them.".to_owned(),
        false => "What your application calls requestId may be its own, not MintCash's.".to_owned(),
    });
    notice.hint = Some(
        "Look at one of them on both sides. Where the member with MintCash's requestId has another \
         name, say so under logs.application_log.request_id in golive.yaml."
            .to_owned(),
    );
    notice.spots = newest(tally.unknown_to_mintcash().map(|mention| mention.spot));
    Some(notice)
}

fn without_id(tally: &Tally) -> Option<Notice> {
    let count = tally.without_id().count();
    let mut notice = Notice::new(
        some(count)?,
        "application-errors-without-id",
        format!("{count} application errors without an id"),
        format!(
            "{count} errors in the application's log name neither a requestId nor an externalId. \
             MintCash can not look them up."
        ),
    );
    notice.hint =
        Some("Log the requestId of `details`, with your order and the externalId.".to_owned());
    notice.spots = newest(tally.without_id().map(|mention| mention.spot));
    Some(notice)
}

fn api_without_id(tally: &Tally) -> Option<Notice> {
    let no_id = || tally.api_where(|error: &ApiError| error.found == Match::NoId);
    let count = no_id().count();
    let mut notice = Notice::new(
        some(count)?,
        "api-errors-without-id",
        format!("{count} API errors logged without an id"),
        format!(
            "{count} errors in the log of requests name no requestId and no externalId, so nothing \
             can be held against them."
        ),
    );
    notice.hint = Some(
        "Log the body of each answer that is an error; it has the requestId in `details`."
            .to_owned(),
    );
    notice.spots = newest(no_id().map(|error| error.mention.spot));
    Some(notice)
}

fn overcome(tally: &Tally) -> Option<Notice> {
    let count = tally.api_where(ApiError::is_overcome).count();
    (count > 0).then(|| {
        let mut notice = Notice::new(
            Level::Info,
            "api-errors-overcome",
            format!("{count} API errors without a word of the application"),
            format!(
                "Not in the application's log: {count} {} such as 404, 409, 429 or 503. A client that \
                 tries again, or expects them, need not log them.",
                if count == 1 { "answer" } else { "answers" }
            ),
        );
        notice.spots =
            newest(tally.api_where(ApiError::is_overcome).map(|error| error.mention.spot));
        notice
    })
}

fn not_named(input: &str, what: &str) -> Notice {
    let mut notice = Notice::new(
        Level::Info,
        format!("no-{}", input.replace('_', "-")),
        format!("no {input}"),
        format!("No log of {what} was there to read."),
    );
    notice.hint = Some(format!("Name it as inputs.{input} in golive.yaml."));
    notice
}

fn let_go(tally: &Tally) -> Option<Notice> {
    tally.complete_since.map(|since| {
        Notice::new(
            Level::Info,
            "errors-let-go",
            format!("only errors since {}", since.minute()),
            format!(
                "There are more errors than are kept: those before {} were let go of, and what \
                 might have had a partner among them is not judged.",
                since.minute()
            ),
        )
    })
}

/// How much a count weighs: nothing when there are none.
fn some(count: usize) -> Option<Level> {
    match count {
        0 => None,
        count if count < SOME => Some(Level::Info),
        _ => Some(Level::Advisory),
    }
}

/// The newest five of some lines, which come oldest first.
fn newest(spots: impl Iterator<Item = Spot>) -> Vec<Spot> {
    let mut spots: Vec<Spot> = spots.collect();
    spots.reverse();
    spots.truncate(5);
    spots
}

//! The panel: sentence, numbers, chart, limit, lists.

use std::collections::VecDeque;

use super::join::Match;
use super::mention::{By, Mention};
use super::notices::notices;
use super::tally::{ApiError, Failure, JUDGED, Partner, Tally};
use crate::launch::outcome::{Level, Outcome};
use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::panel::{Chart, Figure, Item, Limit, List, Panel, Series, Tone, Topic, Unit};
use crate::week::stats::tail::at_least;
use crate::week::when::{percent, real};

/// With fewer hits nothing is an alarm.
pub(super) const CLUSTER: u64 = 5;

/// Why the question can not be answered, if it can not.
pub(super) fn missing(tally: &Tally, frame: &Frame<'_>) -> Option<String> {
    let holds = frame.reading.holds;
    let (application, api) = (tally.application.len(), tally.api.len());
    let sees_mintcash = holds.requests || holds.events;
    let nothing = application == 0 && api == 0 && tally.failures.is_empty();
    if nothing && frame.reading.lines == 0 {
        return Some("No line of a log was read".to_owned());
    }
    if !holds.application && application == 0 {
        return Some(match sees_mintcash {
            true => "No log of the application to hold MintCash's errors against".to_owned(),
            false => "No logs of errors".to_owned(),
        });
    }
    if !sees_mintcash && api == 0 {
        return Some(
            "No log of MintCash's side to hold the application's errors against".to_owned(),
        );
    }
    let explained = tally.explained().count();
    if !holds.requests && api == 0 {
        return (explained == 0).then(|| {
            format!(
                "{}, and without a log of requests it is not known what MintCash answered",
                errors(application, "error of the application")
            )
        });
    }
    let (unknown, all) = tally.unknown_to_application(JUDGED);
    let joined = tally.joined().count();
    if joined == 0 && unknown > 0 && crossed(tally, frame).is_none() {
        return Some(format!(
            "{} unknown to the application, of {all}: too few to say",
            errors(usize::try_from(unknown).unwrap_or(usize::MAX), "API error")
        ));
    }
    let undecided = |error: &ApiError| matches!(error.found, Match::NoId | Match::Unsure);
    (api > 0 && tally.api.iter().all(undecided)).then(|| {
        format!("None of {} can be looked for in the application's log", errors(api, "API error"))
    })
}

/// Of the last so many days, the API's errors that the application does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    /// So many days.
    pub days: u64,
    /// Those that it does not know.
    pub hits: u64,
    /// All that it should know.
    pub all: u64,
}

/// Those of the longest time in which there are surely more than the limit allows, if there is
/// one: the days before a change must not hide what goes wrong since then. A shorter time has to be
/// surer, because there are several.
pub(super) fn crossed(tally: &Tally, frame: &Frame<'_>) -> Option<Unknown> {
    let limit = frame.limits.unmatched_percent / 100.0;
    let times = [(JUDGED, 1e-4), (4, 2e-5), (2, 2e-5), (1, 2e-5)];
    times.into_iter().find_map(|(days, chance)| {
        let (hits, all) = tally.unknown_to_application(days);
        let is_crossed = hits >= CLUSTER && at_least(hits, all, limit) < chance;
        is_crossed.then_some(Unknown { days, hits, all })
    })
}

/// Those that are told of: of the time that crosses the limit, else of all that is judged.
pub(super) fn told(tally: &Tally, frame: &Frame<'_>) -> Unknown {
    let (hits, all) = tally.unknown_to_application(JUDGED);
    crossed(tally, frame).unwrap_or(Unknown { days: JUDGED, hits, all })
}

/// A panel that can not answer, with all that is known.
pub(super) fn unknown(topic: Topic, says: String, tally: &Tally, frame: &Frame<'_>) -> Panel {
    let mut panel = panel(tally, frame);
    panel.topic = topic;
    panel.outcome = Outcome::Unknown;
    panel.sentence = says;
    panel
}

/// The panel.
pub(super) fn panel(tally: &Tally, frame: &Frame<'_>) -> Panel {
    let notices = notices(tally, frame);
    let is_failed = notices.iter().any(|notice| notice.level == Level::Blocking);
    Panel {
        topic: Topic::RequestCorrelation,
        outcome: if is_failed { Outcome::Fail } else { Outcome::Pass },
        sentence: sentence(tally),
        figures: figures(tally),
        chart: chart(tally, frame),
        limits: vec![limit(tally, frame)],
        notices,
        lists: lists(tally, frame),
    }
}

fn sentence(tally: &Tally) -> String {
    let joined = tally.joined().count();
    let explained = tally.explained().count();
    let alone = tally.api_where(ApiError::is_unknown).count();
    let unknown = tally.unknown_to_mintcash().count();
    let without = tally.without_id().count();
    if tally.api.is_empty() && tally.application.is_empty() {
        return "No error on either side".to_owned();
    }
    let mut says = format!("{} known on both sides", errors(joined + explained, "error"));
    let parts = [
        (alone, "unknown to the application"),
        (unknown, "unknown to MintCash"),
        (without, "without an id"),
    ];
    for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
        says.push_str(&format!(", {count} {what}"));
    }
    says
}

/// `1 error`, `2 errors`; the last word of a longer name is the one that changes.
fn errors(count: usize, what: &str) -> String {
    match (count, what.split_once(" of ")) {
        (1, _) => format!("1 {what}"),
        (_, Some((one, rest))) => format!("{count} {one}s of {rest}"),
        (_, None) => format!("{count} {what}s"),
    }
}

fn figures(tally: &Tally) -> Vec<Figure> {
    let count = |count: usize| real(count as u64);
    let known = tally.failures.iter().filter(|failure| failure.application.is_some()).count();
    let no_id = |error: &ApiError| error.found == Match::NoId;
    let counts = [
        ("application_errors", "errors of the application", tally.application.len()),
        ("api_errors", "errors of the API", tally.api.len()),
        ("errors_joined", "known on both sides", tally.joined().count()),
        ("errors_explained", "explained by an event", tally.explained().count()),
        (
            "api_errors_unmatched",
            "API errors unknown to the application",
            tally.api_where(ApiError::is_unknown).count(),
        ),
        (
            "api_errors_silent",
            "API errors that were overcome",
            tally.api_where(ApiError::is_overcome).count(),
        ),
        ("api_errors_without_id", "API errors without an id", tally.api_where(no_id).count()),
        (
            "application_errors_unmatched",
            "with a requestId that no request has",
            tally.unknown_to_mintcash().count(),
        ),
        ("application_errors_without_id", "without any id", tally.without_id().count()),
        ("failures_known", "failed payments in the application's log", known),
    ];
    let figure = |name, title: &str, value, unit| Figure {
        name,
        label: None,
        title: title.to_owned(),
        value,
        unit,
        over: Some("last 35 days".to_owned()),
    };
    let mut figures: Vec<_> = counts
        .into_iter()
        .map(|(name, title, value)| figure(name, title, count(value), Unit::Count))
        .collect();
    let (hits, all) = tally.unknown_to_application(JUDGED);
    if all > 0 {
        let title = "API errors unknown to the application";
        let mut share = figure("unmatched_share", title, real(hits) / real(all), Unit::Ratio);
        share.over = Some("last 7 days".to_owned());
        figures.push(share);
    }
    figures
}

/// The last days, in words.
pub(super) fn span(days: u64) -> String {
    if days == 1 { "24 h".to_owned() } else { format!("{days} days") }
}

fn limit(tally: &Tally, frame: &Frame<'_>) -> Limit {
    let Unknown { days, hits, all } = told(tally, frame);
    let (stands, crossed) = match all {
        0 => ("no API error to judge by".to_owned(), None),
        all if all < CLUSTER => (format!("{hits} of {all}, too few to say"), None),
        all => {
            let share = percent(hits, all);
            let of =
                if days == JUDGED { String::new() } else { format!(" of the last {}", span(days)) };
            (format!("{hits} of {all} ({share}){of}"), Some(crossed(tally, frame).is_some()))
        }
    };
    Limit {
        key: "unmatched_percent".to_owned(),
        says: format!(
            "at most {} % of API errors unknown to the application",
            frame.limits.unmatched_percent
        ),
        stands,
        crossed,
    }
}

fn chart(tally: &Tally, frame: &Frame<'_>) -> Chart {
    let count = |moments: &mut dyn Iterator<Item = Timestamp>| {
        let mut points = vec![0_u64; frame.window.buckets()];
        for at in moments {
            let point = frame.window.bucket(at).and_then(|bucket| points.get_mut(bucket));
            point.into_iter().for_each(|point| *point += 1);
        }
        points.into_iter().map(|point| Some(real(point))).collect()
    };
    let series =
        |name: &str, tone, points| Series { name: name.to_owned(), tone, points, usual: None };
    let joined = tally.joined().map(|(error, _)| error.mention.at);
    let explained = tally.explained().map(|(mention, ..)| mention.at);
    let alone = tally.api_where(ApiError::is_unknown).map(|error| error.mention.at);
    let unknown = tally.unknown_to_mintcash().map(|mention| mention.at);
    let without = tally.without_id().map(|mention| mention.at);
    Chart::Stacked {
        unit: "errors".to_owned(),
        series: vec![
            series("known on both sides", Tone::Good, count(&mut joined.chain(explained))),
            series("without a partner", Tone::Bad, count(&mut alone.chain(unknown))),
            series("without an id", Tone::Warn, count(&mut without.into_iter())),
        ],
    }
}

/// The newest of some errors, which come oldest first, as a list. Only what is shown is made.
fn list<T>(title: &str, all: impl Iterator<Item = T>, item: impl Fn(T) -> Item) -> List {
    let mut newest = VecDeque::with_capacity(List::MOST);
    let mut total = 0;
    for one in all {
        total += 1;
        if newest.len() == List::MOST {
            newest.pop_front();
        }
        newest.push_back(one);
    }
    let items = newest.into_iter().rev().map(item).collect();
    List { title: title.to_owned(), total, items }
}

fn lists(tally: &Tally, frame: &Frame<'_>) -> Vec<List> {
    let alone = |error: &ApiError| {
        let what = api_error(&error.mention, frame);
        item(&error.mention, what, "not in the application's log", Tone::Bad, &[])
    };
    let unknown = |mention: &Mention| {
        let says = "its requestId is in no request of the log";
        item(mention, application_error(mention, frame), says, Tone::Bad, &[])
    };
    let without = |mention: &Mention| {
        let says = "no id, so MintCash can not look it up";
        item(mention, application_error(mention, frame), says, Tone::Plain, &[])
    };
    let overcome = |error: &ApiError| {
        let says = "not in the application's log, which is right when it tried again";
        item(&error.mention, api_error(&error.mention, frame), says, Tone::Plain, &[])
    };
    let joined = |(error, partner): (&ApiError, Mention)| {
        let by = match error.found {
            Match::Has(by, _) => by.named(),
            _ => "an id",
        };
        let says = format!("in the application's log too, by {by}");
        let what = api_error(&error.mention, frame);
        // What is broken at MintCash is MintCash's to explain.
        let is_theirs = error.mention.status().is_some_and(|status| status >= 500);
        let tone = if is_theirs { Tone::Bad } else { Tone::Warn };
        item(&error.mention, what, &says, tone, &[partner])
    };
    let explained = |(mention, by, failure): (&Mention, By, Mention)| {
        let says = format!("explained by {}, by {}", failed(&failure, frame), by.named());
        item(mention, application_error(mention, frame), &says, Tone::Plain, &[failure])
    };
    let all = [
        list("API errors unknown to the application", tally.api_where(ApiError::is_unknown), alone),
        list("application errors unknown to MintCash", tally.unknown_to_mintcash(), unknown),
        list("application errors without an id", tally.without_id(), without),
        list("API errors known on both sides", tally.joined(), joined),
        list("API errors that were overcome", tally.api_where(ApiError::is_overcome), overcome),
        list("application errors explained by an event", tally.explained(), explained),
        list("failed payments and renewals", tally.failures.iter(), |failure| {
            failure_item(failure, frame)
        }),
    ];
    all.into_iter().filter(|list| list.total > 0).collect()
}

fn failure_item(failure: &Failure, frame: &Frame<'_>) -> Item {
    let says = match (failure.application, failure.api) {
        (Some(_), Some(_)) => "in the logs of the application and of requests",
        (Some(_), None) => "in the application's log",
        (None, Some(_)) => "an error of the API has the same id",
        (None, None) => "the application logged no error, which is right for a declined card",
    };
    let partners: Vec<Mention> = failure.application.into_iter().chain(failure.api).collect();
    item(&failure.mention, failed(&failure.mention, frame), says, Tone::Plain, &partners)
}

fn item(mention: &Mention, what: String, says: &str, tone: Tone, partners: &[Mention]) -> Item {
    let partners = partners.iter().map(|partner| partner.spot);
    Item {
        at: mention.at,
        what,
        says: says.to_owned(),
        tone,
        spots: std::iter::once(mention.spot).chain(partners).collect(),
    }
}

fn api_error(mention: &Mention, frame: &Frame<'_>) -> String {
    let status = mention.status().map(|status| format!(" {status}")).unwrap_or_default();
    format!("API error{status}{}", code(mention, frame))
}

fn application_error(mention: &Mention, frame: &Frame<'_>) -> String {
    format!("application error{}", code(mention, frame))
}

fn failed(mention: &Mention, frame: &Frame<'_>) -> String {
    format!("{}{}", frame.words.text(mention.event()), code(mention, frame))
}

fn code(mention: &Mention, frame: &Frame<'_>) -> String {
    mention.code().map(|code| format!(", {}", frame.words.text(code))).unwrap_or_default()
}

/// Whether some of the application's errors are on MintCash's side, by `requestId`.
pub(super) fn joins_by_request(tally: &Tally) -> bool {
    let by_request = |partner: &Partner| matches!(partner, Partner::Api(By::Request(_), _));
    tally.application.iter().any(|(_, partner)| by_request(partner))
}

//! The panel of failed payments: outcome, sentence, figures, chart and lists.

use super::ledger::{Code, Ended, Ledger, PER_DAY, natural};
use super::spikes::{Found, Spike, find};
use super::{FailureBoard, name, notices};
use crate::launch::outcome::{Level, Outcome};
use crate::week::boards::Frame;
use crate::week::panel::{
    Chart, Figure, Item, Limit, List, Notice, Panel, Series, Tone, Topic, Unit,
};
use crate::week::sentence::together;
use crate::week::when::{number, percent, real, when};

/// Fewer payments in four weeks are too few to know what is usual.
const ENOUGH: u64 = 60;

/// So many codes are drawn.
const ROWS: usize = 8;

/// So many codes have figures of their own.
const FIGURES: usize = 16;

const DAY: i64 = PER_DAY as i64;

/// The panel.
pub fn panel(board: &FailureBoard, frame: &Frame<'_>) -> Panel {
    let payments = find(&board.payments, frame.now);
    let mut renewals = find(&board.renewals, frame.now);
    // Whether a subscription's charge also sends a payment's event is not known: what stands on
    // both sides is said once.
    renewals.spikes.retain(|spike| {
        let same = |other: &Spike| other.code == spike.code && notices::overlap(other, spike);
        !payments.spikes.iter().any(same)
    });
    let (words, now) = (frame.words, frame.now);
    let mut notices = notices::of(&board.payments, &payments.spikes, notices::PAYMENTS, words, now);
    notices.extend(notices::of(&board.renewals, &renewals.spikes, notices::RENEWALS, words, now));
    notices.sort_by_key(|notice| notice.until.is_some());
    let (outcome, sentence) = standing(board, frame, &notices);
    Panel {
        topic: Topic::FailureCodes,
        outcome,
        sentence,
        figures: figures(board, frame),
        chart: chart(board, &payments, frame),
        limits: vec![limit(board, frame, &notices)],
        notices,
        lists: lists(board, &payments, &renewals, frame),
    }
}

fn sum(ledger: &Ledger, frame: &Frame<'_>, buckets: i64) -> Ended {
    let to = ledger.ended.number(frame.now) + 1;
    ledger.ended.sum(to - buckets, to)
}

/// All that ended in the time that is held against, of both ledgers.
fn seen(board: &FailureBoard, frame: &Frame<'_>) -> u64 {
    let of = |ledger| sum(ledger, frame, 28 * DAY).all();
    of(&board.payments).max(of(&board.renewals))
}

fn crossed(notices: &[Notice]) -> Vec<&Notice> {
    let current = |notice: &&Notice| notice.level == Level::Blocking && notice.until.is_none();
    notices.iter().filter(current).collect()
}

fn standing(board: &FailureBoard, frame: &Frame<'_>, notices: &[Notice]) -> (Outcome, String) {
    match crossed(notices).as_slice() {
        [] => {}
        [one] => return (Outcome::Fail, one.short.clone()),
        some => return (Outcome::Fail, together(some, frame.now).join("; ")),
    }
    let ended = seen(board, frame);
    let waiting = if frame.switched.is_some() { Outcome::Waiting } else { Outcome::Unknown };
    if ended == 0 {
        return match frame.reading.holds.events {
            true => (waiting, "No payment ended in the logs yet".to_owned()),
            false => (
                Outcome::Unknown,
                "No log of events: set `event_log`, or use `golive listen`".to_owned(),
            ),
        };
    }
    if ended < ENOUGH {
        return (waiting, format!("{ended} payments ended, too few to say what is usual"));
    }
    let (day, week) = (sum(&board.payments, frame, DAY), sum(&board.payments, frame, 7 * DAY));
    if week.all() == 0 && sum(&board.renewals, frame, 7 * DAY).all() == 0 {
        return (Outcome::Unknown, "No payment ended in the last seven days".to_owned());
    }
    if day.all() == 0 {
        return (Outcome::Pass, "No code is up; no payment ended in the last 24 h".to_owned());
    }
    let share = percent(natural(day.bad), day.all());
    (Outcome::Pass, format!("{share} of payments failed, as usual"))
}

fn limit(board: &FailureBoard, frame: &Frame<'_>, notices: &[Notice]) -> Limit {
    let up = crossed(notices).len();
    let enough = seen(board, frame) >= ENOUGH;
    let stands = match (up, enough) {
        (0, false) => "too few to say".to_owned(),
        (0, true) => "none is".to_owned(),
        (1, _) => "one is".to_owned(),
        (up, _) => format!("{} are", number(u64::try_from(up).unwrap_or(0))),
    };
    Limit {
        key: "usual".to_owned(),
        says: "no code surely more frequent than is usual for it".to_owned(),
        stands,
        crossed: (up > 0 || enough).then_some(up > 0),
    }
}

fn figures(board: &FailureBoard, frame: &Frame<'_>) -> Vec<Figure> {
    let over = || Some("last 24 h".to_owned());
    let mut figures = Vec::new();
    let mut put = |name, title: &str, label, value, unit| {
        let title = title.to_owned();
        figures.push(Figure { name, label, title, value, unit, over: over() });
    };
    let day = sum(&board.payments, frame, DAY);
    put("payments_ended", "payments ended", None, real(day.all()), Unit::Count);
    if day.all() > 0 {
        let share = real(natural(day.bad)) / real(day.all());
        put("payments_failed_ratio", "failed", None, share, Unit::Ratio);
    }
    let to = board.payments.ended.number(frame.now) + 1;
    let ranked = board.payments.ranked(to - DAY, to);
    let mut other = 0;
    for (place, (code, count)) in ranked.into_iter().enumerate() {
        if place >= FIGURES {
            other += count;
            continue;
        }
        let text = name(code, frame.words);
        let label = Some(("code", text.to_owned()));
        put("payments_failed", text, label, real(count), Unit::Count);
    }
    if other > 0 {
        let label = Some(("code", "other codes".to_owned()));
        put("payments_failed", "other codes", label, real(other), Unit::Count);
    }
    let renewals = sum(&board.renewals, frame, DAY);
    if sum(&board.renewals, frame, 28 * DAY).all() > 0 {
        let (all, bad) = (real(renewals.all()), real(natural(renewals.bad)));
        put("subscription_charges", "subscription charges", None, all, Unit::Count);
        put("subscription_charges_failed", "of them failed", None, bad, Unit::Count);
    }
    figures
}

/// The codes to draw: those that are up, then the most frequent of the window.
fn rows(board: &FailureBoard, found: &Found, from: i64, to: i64) -> Vec<Code> {
    let current = found.spikes.iter().filter(|spike| spike.until.is_none());
    let mut codes: Vec<Code> = current.filter_map(|spike| spike.code).collect();
    let ranked = board.payments.ranked(from, to);
    codes.extend(ranked.into_iter().map(|(code, _)| code));
    let mut seen = std::collections::BTreeSet::new();
    codes.retain(|code| seen.insert(*code));
    codes.truncate(ROWS);
    codes
}

fn chart(board: &FailureBoard, found: &Found, frame: &Frame<'_>) -> Chart {
    let (window, ended) = (frame.window, &board.payments.ended);
    let (from, to) =
        (ended.number(window.from()), ended.number(window.starts(window.buckets())) + 1);
    let all = ended.sum(from, to).all();
    let series = rows(board, found, from, to).into_iter().map(|code| {
        let mut points = vec![0.0; window.buckets()];
        let counts = board.payments.code(code).map(|it| it.counts.range(from, to));
        for (number, count) in counts.into_iter().flatten() {
            let bucket = window.bucket(ended.starts(number));
            if let Some(point) = bucket.and_then(|bucket| points.get_mut(bucket)) {
                *point += f64::from((*count).max(0));
            }
        }
        let up = found.spikes.iter().any(|it| it.code == Some(code) && it.until.is_none());
        let buckets = u64::try_from(window.buckets()).unwrap_or(1);
        let usual = found.usual.iter().find(|(held, _)| *held == code).map(|(_, share)| {
            let expected = share * real(all) / real(buckets.max(1));
            (expected + 3.0 * expected.sqrt()).max(1.0)
        });
        Series {
            name: name(code, frame.words).to_owned(),
            tone: if up { Tone::Bad } else { Tone::Plain },
            points: points.into_iter().map(Some).collect(),
            usual,
        }
    });
    let series: Vec<Series> = series.collect();
    if series.is_empty() {
        return Chart::None;
    }
    Chart::Rows { unit: "failed payments".to_owned(), series }
}

fn lists(board: &FailureBoard, payments: &Found, renewals: &Found, frame: &Frame<'_>) -> Vec<List> {
    let of_spike = |ledger: &Ledger, spike: &Spike, kind: notices::Kind| {
        let code = spike.code?;
        let text = name(code, frame.words);
        let events = notices::newest(ledger, |held| held == code, spike, List::MOST);
        Some(List {
            title: format!("{text}{} since {}", kind.suffix, when(spike.since, frame.now)),
            total: spike.surge.bad,
            items: events.into_iter().map(|it| item(it, kind, Tone::Bad, frame)).collect(),
        })
    };
    let spikes = payments.spikes.iter().rev();
    let mut lists: Vec<List> =
        spikes.filter_map(|spike| of_spike(&board.payments, spike, notices::PAYMENTS)).collect();
    let spikes = renewals.spikes.iter().rev();
    lists.extend(spikes.filter_map(|spike| of_spike(&board.renewals, spike, notices::RENEWALS)));
    let sources = [
        ("newest failed payments", &board.payments, notices::PAYMENTS),
        ("newest failed subscription charges", &board.renewals, notices::RENEWALS),
    ];
    for (title, ledger, kind) in sources {
        let events = ledger.newest(|_| true, List::MOST);
        lists.push(List {
            title: title.to_owned(),
            total: natural(sum(ledger, frame, 35 * DAY).bad),
            items: events.into_iter().map(|it| item(it, kind, Tone::Plain, frame)).collect(),
        });
    }
    lists.retain(|list| list.total > 0);
    lists
}

fn item(
    (at, spot, code): (crate::time::Timestamp, crate::week::Spot, Code),
    kind: notices::Kind,
    tone: Tone,
    frame: &Frame<'_>,
) -> Item {
    let event = if kind.key.is_empty() { "payment.failed" } else { "subscription.failed" };
    Item {
        at,
        what: event.to_owned(),
        says: name(code, frame.words).to_owned(),
        tone,
        spots: vec![spot],
    }
}

//! What is wrong or worth knowing of failed payments, in words.

use std::time::Duration;

use super::ledger::{Code, Ledger};
use super::spikes::Spike;
use super::{causes, name};
use crate::launch::outcome::Level;
use crate::time::Timestamp;
use crate::week::panel::Notice;
use crate::week::story::Spot;
use crate::week::when::{percent, real, when};
use crate::week::word::Words;

/// A notice shows so many lines.
const SPOTS: usize = 20;

/// So many codes at once are no matter of one code.
const MANY: usize = 3;

/// What a ledger is of, for keys and sentences.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Before `code-up` in keys.
    pub key: &'static str,
    /// What failed.
    pub of: &'static str,
    /// After a code's name, in short.
    pub suffix: &'static str,
}

/// One-time payments, and charges of subscriptions where these send payments' events.
pub const PAYMENTS: Kind = Kind { key: "", of: "payments", suffix: "" };

/// Charges of subscriptions.
pub const RENEWALS: Kind =
    Kind { key: "subscription-", of: "subscription charges", suffix: " of subscriptions" };

/// The notices of a ledger's spikes.
pub fn of(
    ledger: &Ledger,
    spikes: &[Spike],
    kind: Kind,
    words: &Words,
    now: Timestamp,
) -> Vec<Notice> {
    let all: Vec<&Spike> = spikes.iter().filter(|spike| spike.code.is_none()).collect();
    let missing: Vec<&&Spike> = all.iter().filter(|spike| successes_missing(spike)).collect();
    let codes: Vec<(Code, &Spike)> = spikes
        .iter()
        .filter_map(|spike| Some((spike.code?, spike)))
        .filter(|(_, spike)| !missing.iter().any(|it| overlap(it, spike) && !more(spike)))
        .collect();
    let mut notices = Vec::new();
    for (code, spike) in codes.iter().rev() {
        let beside = codes.iter().filter(|(_, other)| overlap(spike, other)).count();
        notices.push(code_up(ledger, *code, spike, (kind, words, now), beside >= MANY));
    }
    for spike in all.iter().rev() {
        // What is over does not explain what goes on.
        let explains = |code: &Spike| spike.until.is_some() || code.until.is_none();
        let explained = codes.iter().any(|(_, code)| overlap(spike, code) && explains(code));
        match successes_missing(spike) {
            true => notices.push(missing_successes(spike, kind, now)),
            false if !explained => notices.push(share_up(ledger, spike, kind, now)),
            false => {}
        }
    }
    notices
}

/// Whether two spikes were there at the same time, but for a short while.
pub fn overlap(one: &Spike, other: &Spike) -> bool {
    let before = |one: &Spike, other: &Spike| {
        one.until.is_some_and(|until| until.plus(Duration::from_secs(1800)) < other.since)
    };
    !before(one, other) && !before(other, one)
}

/// Whether more failed than in the same hours before; else only the others became fewer.
fn more(spike: &Spike) -> bool {
    let bad = real(spike.surge.bad);
    spike.before.is_none_or(|(_, before)| bad > before * 1.5 + 3.0)
}

fn successes_missing(spike: &Spike) -> bool {
    let fewer = |before: f64| real(spike.succeeded) < 0.6 * before;
    !more(spike) && spike.before.is_some_and(|(good, _)| fewer(good))
}

fn span(spike: &Spike, now: Timestamp) -> String {
    let since = when(spike.since, now);
    match spike.until {
        Some(until) => format!("from {since} to {}", when(until, now)),
        None => format!("since {since}"),
    }
}

fn usual(spike: &Spike) -> String {
    let share = spike.surge.expected / real(spike.surge.all.max(1));
    match share * 1000.0 {
        ..1.0 => "under 0.1 %".to_owned(),
        ..100.0 => format!("about {:.1} %", share * 100.0),
        _ => format!("about {:.0} %", share * 100.0),
    }
}

fn blocking(spike: &Spike, key: String, short: String, message: String) -> Notice {
    let mut notice = Notice::new(Level::Blocking, key, short, message);
    (notice.since, notice.until) = (Some(spike.since), spike.until);
    notice
}

fn explained(mut notice: Notice, (cause, hint): (&str, &str), spots: Vec<Spot>) -> Notice {
    notice.cause = Some(cause.to_owned());
    notice.hint = Some(hint.to_owned());
    notice.spots = spots;
    notice
}

fn code_up(
    ledger: &Ledger,
    code: Code,
    spike: &Spike,
    (kind, words, now): (Kind, &Words, Timestamp),
    many: bool,
) -> Notice {
    let text = name(code, words);
    let time = span(spike, now);
    let (bad, all) = (spike.surge.bad, spike.surge.all);
    let before = match spike.new {
        true => "it was never seen before".to_owned(),
        false => format!("{} is usual for it", usual(spike)),
    };
    let up = if spike.until.is_some() { "was up" } else { "up" };
    let notice = blocking(
        spike,
        format!("{}code-up:{text}", kind.key),
        format!("{text}{} {up} {time}", kind.suffix),
        format!(
            "`{text}` ended {bad} of {all} {} {time}: {}, where {before}.",
            kind.of,
            percent(bad, all)
        ),
    );
    let spots = newest(ledger, |held| held == code, spike, SPOTS);
    let spots = spots.into_iter().map(|(_, spot, _)| spot).collect();
    explained(notice, if many { causes::MANY } else { causes::of(text) }, spots)
}

/// The newest failed ones in the time of a spike, newest first.
pub fn newest(
    ledger: &Ledger,
    codes: impl Fn(Code) -> bool,
    spike: &Spike,
    most: usize,
) -> Vec<(Timestamp, Spot, Code)> {
    let inside = |at: Timestamp| at >= spike.since && spike.until.is_none_or(|until| at < until);
    let mut all = ledger.newest(codes, crate::week::newest::MOST);
    all.retain(|(at, ..)| inside(*at));
    all.truncate(most);
    all
}

fn share_up(ledger: &Ledger, spike: &Spike, kind: Kind, now: Timestamp) -> Notice {
    let time = span(spike, now);
    let (bad, all) = (spike.surge.bad, spike.surge.all);
    let stands = percent(bad, all);
    let notice = blocking(
        spike,
        format!("{}failed-share-up", kind.key),
        format!("{stands} of {} failed {time}", kind.of),
        format!(
            "{bad} of {all} {} failed {time}: {stands}, where {} is usual.",
            kind.of,
            usual(spike)
        ),
    );
    let spots = newest(ledger, |_| true, spike, SPOTS);
    explained(notice, causes::ALL, spots.into_iter().map(|(_, spot, _)| spot).collect())
}

fn missing_successes(spike: &Spike, kind: Kind, now: Timestamp) -> Notice {
    let time = span(spike, now);
    let (before, _) = spike.before.unwrap_or_default();
    let notice = blocking(
        spike,
        format!("{}successes-missing", kind.key),
        format!("Successful {} missing {time}", kind.of),
        format!(
            "{} {} succeeded {time}, where about {before:.0} do in these hours; as many failed as \
             always.",
            spike.succeeded, kind.of
        ),
    );
    explained(notice, causes::SUCCESSES, Vec::new())
}

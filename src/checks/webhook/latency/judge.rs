//! What the times mean against MintCash's limit. Pure.
//!
//! The rules it keeps: too late is too late, however often and for whatever size; what is not
//! acknowledged has no time; a large body that is refused is said, and not held against a handler,
//! because the events that are known are about 1 KB.

use std::time::Duration;

use serde_json::json;

use crate::checks::webhook::case::Case;
use crate::checks::webhook::latency::series::{Series, Spread, short};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::sender::{Came, tally};
use crate::checks::{Finding, Level};
use crate::time::spoken;

/// The least number of acknowledgements, one at a time, on which something is said.
const ENOUGH: usize = 5;

/// How much longer a large body may take before it is said.
const GROWTH: u32 = 10;

/// Says how long refusals took, and when there were none.
pub(super) fn refusals(refused: &Series, case: &mut Case) {
    if let Some(spread) = Spread::of(&refused.times()) {
        case.evidence("times: refusals", spread.evidence());
    }
    if refused.came.iter().any(Came::is_accepted) {
        let message = "A request without a signature is accepted, so that there is no refusal to \
                       time. webhook-signature says more.";
        case.found("unsigned-accepted", Finding::new(Level::Advisory, message));
    }
}

/// The first signed event was not acknowledged.
pub(super) fn not_acknowledged(cold: &Series, case: &mut Case) {
    case.open(format!(
        "A correctly signed event was not acknowledged ({}), so that there is nothing to time. \
         webhook-signature says why.",
        tally(&cold.came)
    ));
}

/// Whether a series shows that large bodies are not taken.
pub(super) fn refuses_large(series: &Series) -> bool {
    series.of.large && !series.came.iter().any(Came::is_accepted)
}

/// Whether a series ended because nobody was there any more.
pub(super) fn is_gone(series: &Series) -> bool {
    let last = series.came.last().is_some_and(Came::is_gone);
    last && (!series.of.at_once || series.came.iter().all(Came::is_gone))
}

/// Judges all series of signed events.
pub(super) fn judge(all: &[Series], refused: &Series, limits: &Limits, case: &mut Case) {
    let mut times = Vec::new();
    for series in all {
        let own = series.times();
        if let Some(spread) = Spread::of(&own) {
            case.evidence(&format!("times: {}", series.of.words), spread.evidence());
            near(series, spread, limits, case);
        }
        times.extend(own);
        late(series, limits, case);
        unacknowledged(series, limits, case);
    }
    times.sort_unstable();
    growth(all, limits, case);
    let one_at_a_time = all.iter().filter(|series| !series.of.at_once && !series.of.large);
    let told: usize = one_at_a_time.map(|series| series.times().len()).sum();
    if told < ENOUGH {
        case.open(format!("Only {told} events of 1 KB were acknowledged, one at a time."));
    }
    let Some(spread) = Spread::of(&times) else { return };
    let beyond = Spread::of(&refused.times()).map(|it| spread.p50.saturating_sub(it.p50));
    case.evidence("beyond a refusal", json!({ "p50_ms": beyond.map(ms) }));
    case.passed(format!(
        "Acknowledges in {} ({}; 1 KB and 64 KB, one at a time and at once).",
        short(spread.p50),
        spread.says()
    ));
    case.remark(Finding::new(
        Level::Info,
        "Timed were events about a payment that does not exist, from here, the connection included. \
         A real payment can take the handler longer.",
    ));
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Events that MintCash would send again.
fn late(series: &Series, limits: &Limits, case: &mut Case) {
    let late = series.late(limits);
    if late == 0 {
        return;
    }
    let slowest = series.came.iter().map(|came| came.took).max().unwrap_or_default();
    let message = format!(
        "{late} of {} events ({}) were not acknowledged in time: the slowest took {} or more. \
         MintCash stops waiting at {} and sends such an event again, just when the handler is slow.",
        series.came.len(),
        series.of.words,
        short(slowest),
        spoken(limits.provider)
    );
    let (word, hint) = match (series.of.large, series.of.at_once, series.of.requests) {
        (true, false, _) => ("slow-large", LARGE),
        (_, true, _) => ("slow-at-once", AT_ONCE),
        (false, false, 1) => ("slow-first", FIRST),
        (false, false, _) => ("slow", SLOW),
    };
    let finding = Finding::new(Level::Blocking, message).at(place(series)).hint(hint);
    case.found(word, finding);
}

const SLOW: &str = "Verify, store, put the event into a queue, answer 2xx. Do the work afterwards.";
const FIRST: &str = "Keep one instance warm: this was the first event of this check. Then put the \
                     event into a queue and answer at once.";
const AT_ONCE: &str = "Find what the events wait for when they come together: a database lock, a \
                       pool of connections, a single worker.";
const LARGE: &str = "Find what grows with the body: parsing it more than once, logging it, copying \
                     it byte by byte.";

/// Events that came close to it.
fn near(series: &Series, spread: Spread, limits: &Limits, case: &mut Case) {
    let half = limits.provider / 2;
    if series.late(limits) > 0 || (spread.max < limits.near && spread.p95 <= half) {
        return;
    }
    let message = format!(
        "Events ({}) are acknowledged close to the {} that MintCash waits: {}.",
        series.of.words,
        spoken(limits.provider),
        spread.says()
    );
    let hint = if series.of.at_once { AT_ONCE } else { SLOW };
    case.found("nearly-slow", Finding::new(Level::Advisory, message).at(place(series)).hint(hint));
}

/// Events that were answered, but not with 2xx, or not answered at all.
fn unacknowledged(series: &Series, limits: &Limits, case: &mut Case) {
    let answered = series.came.iter().filter(|came| came.is_accepted()).count();
    let timed_out = series.late(limits) - late_but_accepted(series, limits);
    let missing = series.came.len() - answered - timed_out;
    if missing == 0 {
        return;
    }
    if is_gone(series) {
        gone(series, case);
        return;
    }
    if refuses_large(series) {
        large(series, case);
        return;
    }
    let away = series.came.iter().filter(|came| came.is_turned_away()).count();
    let (word, message) = if away == missing {
        let message = format!(
            "{away} of {} events ({}) were turned away. MintCash would send them again, the first \
             time after 30 seconds.",
            series.came.len(),
            series.of.words
        );
        ("turned-away", message)
    } else {
        let message = format!(
            "{missing} of {} correctly signed events ({}) were not acknowledged. MintCash would send \
             them again.",
            series.came.len(),
            series.of.words
        );
        ("not-always-acknowledged", message)
    };
    let finding = Finding::new(Level::Advisory, message)
        .at(place(series))
        .hint("Look into the handler's log at the time of this run, and give its path more room.");
    case.found(word, finding);
}

fn late_but_accepted(series: &Series, limits: &Limits) -> usize {
    series.came.iter().filter(|came| came.is_accepted() && came.took >= limits.provider).count()
}

/// The handler went away: that says nothing of sizes and numbers.
fn gone(series: &Series, case: &mut Case) {
    let tally = tally(&series.came);
    case.open(format!(
        "In the middle of the measurement nobody answered any more ({}: {tally}).",
        series.of.words
    ));
    let message = "The handler, or what stands before it, has stopped while this check and others \
                   sent events to it. Which request it was can not be seen from here.";
    let finding =
        Finding::new(Level::Advisory, message).at(format!("{}: {tally}", series.of.words)).hint(
            "Look at the end of its log, and at what webhook-odd-events says. Then verify again.",
        );
    case.found("gone", finding);
}

fn large(series: &Series, case: &mut Case) {
    let too_large = series.came.iter().any(|came| came.status() == Some(413));
    let (level, word, message) = if too_large {
        let message = "A body of 64 KB is refused as too large (413). The real events that are known \
                       are about 1 KB.";
        (Level::Info, "large-refused", message.to_owned())
    } else {
        let message = format!(
            "A correctly signed event of 64 KB is not acknowledged ({}), one of 1 KB is. The real \
             events that are known are about 1 KB; what is larger may be cut or changed on its way.",
            tally(&series.came)
        );
        (Level::Advisory, "large-not-acknowledged", message)
    };
    let finding = Finding::new(level, message).at(place(series)).hint(
        "Let the proxy, the framework and the handler take bodies of at least 64 KB, with some room \
         for events that grow.",
    );
    case.found(word, finding);
}

/// A time that grows with the body.
fn growth(all: &[Series], limits: &Limits, case: &mut Case) {
    let p50 = |large: bool| {
        let mut series = all.iter().filter(|it| !it.of.at_once && it.of.large == large);
        series.rfind(|it| !it.times().is_empty()).and_then(|it| Spread::of(&it.times()))
    };
    let (Some(small), Some(large)) = (p50(false), p50(true)) else { return };
    let longer = large.p50.saturating_sub(small.p50);
    if large.p50 < small.p50 * GROWTH || longer < limits.near / GROWTH {
        return;
    }
    let message = format!(
        "An event of 64 KB takes {}, one of 1 KB {}: the time grows with the body.",
        short(large.p50),
        short(small.p50)
    );
    case.found("grows-with-size", Finding::new(Level::Advisory, message).hint(LARGE));
}

/// `15 correctly signed events of 1 KB at once → p50 …`.
fn place(series: &Series) -> String {
    match Spread::of(&series.times()) {
        Some(spread) => format!("{}: {}", series.of.words, spread.says()),
        None => format!("{}: {}", series.of.words, tally(&series.came)),
    }
}

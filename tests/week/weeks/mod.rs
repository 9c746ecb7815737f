//! Weeks whose truth is known: each planted incident is found, by the right panel, under the right
//! key, at the right time; and quiet weeks raise nothing.

mod diary;
mod files;
mod incidents;
mod quiet;
mod truth;

use golive::demo::week::{DAY, HOUR, MINUTE, Plan, Size, Walk, Weeks, walk};
use golive::time::Timestamp;
use golive::week::Limits;

use diary::Diary;

/// A Monday.
pub const BEGIN: &str = "2026-11-02T00:00:00Z";

/// Days of history before the week that is walked.
pub const HISTORY: u32 = 21;

/// A plan of three quiet weeks and the first week.
pub fn plan(size: Size, seed: u64) -> Plan {
    Plan::quiet(size, seed, Timestamp::parse(BEGIN).unwrap(), HISTORY + 7)
}

/// Walks the last seven days of a plan: around what is planted every five minutes, else every
/// `step`; what was said, and when.
pub fn walked(plan: Plan, logs: walk::Logs, from_day: u32, step: i64) -> Diary {
    let planted: Vec<(i64, i64)> =
        plan.planted.iter().map(|it| (it.from.millis(), it.to.millis())).collect();
    let (from, to) = (plan.begins(from_day), plan.ends());
    let switched = Some(Timestamp::from_millis(from));
    let near = |at: i64| {
        let mut spans = planted.iter();
        spans.any(|(from, to)| {
            (from - HOUR..from + 3 * HOUR).contains(&at) || (to - HOUR..to + 3 * HOUR).contains(&at)
        })
    };
    let limits = Limits::default();
    let mut walk = Walk::begin(Weeks::of(plan), logs);
    let mut diary = Diary::default();
    let mut at = from;
    while at <= to {
        let now = Timestamp::from_millis(at);
        walk.to(now);
        diary.note(now, &walk.picture(now, &limits, switched));
        at += if near(at) { 5 * MINUTE } else { step };
    }
    diary
}

/// So many days as milliseconds.
pub fn days(count: u32) -> i64 {
    i64::from(count) * DAY
}

//! Weeks whose truth is known: each planted incident is found, by the right panel, under the right
//! key, at the right time; and quiet weeks raise nothing.

mod cases;
mod deploys;
mod diary;
mod files;
mod incidents;
mod quiet;
mod truth;

use golive::demo::week::{HOUR, MINUTE, Plan, Size, Walk, Weeks, walk};
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

/// The moments at which the weeks are looked at: around what is planted every five minutes, else
/// every `step`, from a day on.
pub fn closely(plan: &Plan, from_day: u32, step: i64) -> Vec<i64> {
    let near = |at: i64| {
        plan.planted.iter().any(|it| {
            let around = |edge: i64| (edge - HOUR..edge + 3 * HOUR).contains(&at);
            around(it.from.millis()) || around(it.to.millis())
        })
    };
    let (mut at, mut moments) = (plan.begins(from_day), Vec::new());
    while at <= plan.ends() {
        moments.push(at);
        at += if near(at) { 5 * MINUTE } else { step };
    }
    moments
}

/// Walks through a plan and looks at these moments; what was said, and when.
pub fn walked(plan: Plan, logs: walk::Logs, switch_day: u32, moments: &[i64]) -> Diary {
    let switched = Some(Timestamp::from_millis(plan.begins(switch_day)));
    let limits = Limits::default();
    let mut walk = Walk::begin(Weeks::of(plan), logs);
    let mut diary = Diary::default();
    for at in moments {
        let now = Timestamp::from_millis(*at);
        walk.to(now);
        diary.note(now, &walk.picture(now, &limits, switched));
    }
    diary
}

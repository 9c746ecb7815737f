//! Requests that MintCash answers with an error, and what the application's log tells of them.

use crate::demo::week::dice::Dice;
use crate::demo::week::plan::{Plan, What};
use crate::demo::week::truth::{Failed, Thing};
use crate::demo::week::{DAY, HOUR};

/// The share of requests that are answered with an error.
const SHARE: f64 = 0.006;

/// The share of them that the application's log misses even on a good day: it was restarted.
const MISSED: f64 = 0.005;

/// The errors, as the API reference lists them.
const ERRORS: [((u16, &str), f64); 6] = [
    ((400, "invalid_argument"), 0.45),
    ((503, "unavailable"), 0.25),
    ((409, "already_exists"), 0.12),
    ((499, "aborted"), 0.1),
    ((404, "not_found"), 0.05),
    ((500, "internal"), 0.03),
];

/// The errors of a day.
pub(super) fn of_day(plan: &Plan, day: u32, dice: &mut Dice) -> Vec<Failed> {
    let mut all = Vec::new();
    for hour in 0..24 {
        let from = plan.begins(day) + hour * HOUR;
        let times: f64 = plan.at(from).map(more).product();
        let mean = plan.rate(from) * 3_600_000.0 * SHARE * times;
        for _ in 0..dice.times(mean) {
            all.push(failed(plan, dice.between(from, from + HOUR), dice));
        }
    }
    debug_assert!(all.iter().all(|it| it.at < plan.begins(day) + DAY), "errors of one day");
    all
}

fn more(what: &What) -> f64 {
    if let What::ApiErrors(times) = what { *times } else { 1.0 }
}

fn failed(plan: &Plan, at: i64, dice: &mut Dice) -> Failed {
    let (status, code) = dice.pick(&ERRORS).unwrap_or((500, "internal"));
    let hides = plan.at(at).any(|what| *what == What::HidesErrors);
    let nameless = plan.at(at).any(|what| *what == What::NoRequestIds);
    let number = 900_000_000 + dice.number() % 10_000_000;
    let customer = u32::try_from(dice.number() % 900_000).unwrap_or(0);
    let id = dice.wide();
    Failed {
        at,
        status,
        code,
        request: dice.wide(),
        about: Thing { id, subscription: None, kind: "order", number, customer, cents: 2_500 },
        logged: !hides && !dice.happens(MISSED),
        identified: !nameless,
    }
}

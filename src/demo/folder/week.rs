//! The logs of the first week, and of the two weeks before it, which never were.
//!
//! They end when the week is let pass, since nobody's clock is turned for a demo. What is wrong in
//! them are the faults that are on.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::demo::fault::{Change, Fault, Mishap};
use crate::demo::week::lay::{Access, EventLog, Laid, Name, Style};
use crate::demo::week::lines::{Dialect, Logger};
use crate::demo::week::{DAY, Merchant, Plan, Planted, Size, Weeks, What};
use crate::time::Timestamp;

/// The days that are laid down before today.
const BEFORE: u32 = 21;

/// What chance follows from: the demo's week is the same each time.
const SEED: u64 = 28;

const STYLE: Style = Style {
    dialect: Dialect::Real,
    events: EventLog::Listen,
    access: Access::None,
    errors: Some(Logger::Pino),
    rough: false,
    rotates: false,
    packed: false,
    suffix: "-week.jsonl",
};

/// Writes them with the faults that are on, in place of what was there. Each file is there as a
/// whole or not at all: in half of a log, half of what happened is missing.
pub fn write(folder: &Path, on: &[&Fault], now: Timestamp) -> io::Result<()> {
    let laid = tempfile::Builder::new().prefix(".laid-").tempdir_in(folder)?;
    let hour = Duration::from_secs(3_600);
    let begin = Timestamp::from_millis(now.millis() - i64::from(BEFORE) * 24 * 3_600_000);
    let mut plan = Plan::quiet(Size::Medium, SEED, begin, BEFORE + 1);
    plan.merchant = merchant(now);
    // More errors of the API than most have, so that there is something to hold against the log.
    let (from, to) = (plan.from, now.plus(hour));
    plan.planted.push(Planted { what: What::ApiErrors(6.0), from, to });
    for fault in on {
        if let Change::Week(mishap) = fault.change {
            let (what, hours) = planted(mishap);
            let from = Timestamp::from_millis(now.millis() - hours * 3_600_000);
            plan.planted.push(Planted { what, from, to: now.plus(hour) });
        }
    }
    Laid::begin(Weeks::of(plan), STYLE, laid.path()).to(now)?;
    for name in Name::ALL.map(|name| STYLE.file(name)) {
        let file = laid.path().join(&name);
        if file.exists() {
            fs::rename(file, folder.join(&name))?;
        }
    }
    Ok(())
}

/// A shop with 320 payments a day and 500 subscribers who pay each week.
///
/// Its busiest hours are the last ones, at whatever time of day the week is let pass.
fn merchant(now: Timestamp) -> Merchant {
    #[expect(clippy::cast_precision_loss, reason = "the hour of a day")]
    let hour = now.millis().rem_euclid(DAY) as f64 / 3_600_000.0;
    Merchant {
        peak: hour - 4.0,
        weekdays: [1.0; 7],
        per_day: 320.0,
        subscribers: 500,
        renewals_failing: 0.1,
        intervals: vec![(7, 1.0)],
        night: 0.4,
        ..Merchant::of(Size::Medium, SEED)
    }
}

/// What a mishap is, and for how many hours it has been so.
fn planted(mishap: Mishap) -> (What, i64) {
    match mishap {
        Mishap::Outage => (What::Answers(500), 1),
        Mishap::Slow => (What::Slow, 1),
        Mishap::Silence => (What::Swallowed, 10),
        Mishap::OneCodeUp => (What::Codes(vec![("issuer_decline", 9.0)]), 24),
        Mishap::ManyCodesUp => (many_codes(), 48),
        Mishap::CardsTested => (What::CardTesting(40.0), 4),
        Mishap::DunningStops => (What::RetriesNeverCome, 12 * 24),
        Mishap::NoRequestIds => (What::NoRequestIds, 7 * 24),
        Mishap::ErrorsNotLogged => (What::HidesErrors, 7 * 24),
    }
}

fn many_codes() -> What {
    let codes = [
        ("invalid_cvv", 10.0),
        ("invalid_pan", 10.0),
        ("card_expired", 10.0),
        ("antifraud_error", 10.0),
        ("issuer_decline", 4.0),
    ];
    What::Codes(codes.to_vec())
}

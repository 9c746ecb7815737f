//! A hundred quiet weeks raise nothing, whatever else happens in them that is no incident.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use golive::demo::week::walk::Logs;
use golive::demo::week::{HOUR, MINUTE, Plan, Size, What};
use golive::launch::outcome::Level;
use golive::time::Timestamp;

use super::diary::Diary;
use super::{BEGIN, HISTORY, plan, walked};

/// How many weeks, and how often each is looked at, in minutes.
struct Sample {
    weeks: u64,
    first: u64,
    every: i64,
    /// The size and payments a day of a week.
    merchant: fn(u64) -> (Size, f64),
}

/// A quiet week: what happens in it besides, and from which day on it is walked.
fn quiet_week(seed: u64, (size, per_day): (Size, f64)) -> (&'static str, Plan, u32) {
    let at = |day: f64, hour: f64| (f64::from(HISTORY) + day) * 24.0 + hour;
    let mut quiet = plan(size, seed);
    quiet.merchant.per_day = per_day * (0.7 + (seed % 7) as f64 / 10.0);
    match seed % 9 {
        0 => ("a newsletter", quiet.with(What::Traffic(6.0), at(2.0, 9.0), 2.0), HISTORY),
        1 => ("a quiet night", quiet.with(What::Traffic(0.3), at(3.0, 22.0), 9.0), HISTORY),
        2 => ("a holiday", quiet.with(What::Traffic(0.25), at(4.0, 0.0), 24.0), HISTORY),
        3 => ("growth", quiet.with(What::Grows(3.0), at(0.0, 0.0), 168.0), HISTORY),
        4 => {
            quiet.merchant.wave = Some(HISTORY + 3);
            ("a month's end", quiet, HISTORY)
        }
        5 => {
            let begin = Timestamp::parse(BEGIN).unwrap();
            let mut fresh = Plan::quiet(size, seed, begin, 8);
            fresh.merchant.per_day = quiet.merchant.per_day;
            ("no history", fresh, 0)
        }
        6 => {
            ("the API's bad morning", quiet.with(What::ApiErrors(4.0), at(1.0, 6.0), 5.0), HISTORY)
        }
        _ => ("nothing", quiet, HISTORY),
    }
}

fn logs(seed: u64) -> Logs {
    match seed % 4 {
        0 => Logs { access: true, ..Logs::ALL },
        1 => Logs { answers: false, access: false, errors: false },
        _ => Logs::ALL,
    }
}

/// When a week is looked at: every so many minutes, beginning at another time of day each week.
fn moments(plan: &Plan, from: u32, seed: u64, every: i64) -> Vec<i64> {
    let first = plan.begins(from) + i64::try_from(seed * 7 % 24).unwrap() * HOUR;
    let step = usize::try_from(every * MINUTE).unwrap();
    (first..plan.ends()).step_by(step).chain([plan.ends()]).collect()
}

/// Walks all of them on all cores; what each said that it should not have, and how many advisories.
fn walk(sample: &Sample) -> (Vec<String>, Vec<String>, u64) {
    let next = AtomicU64::new(0);
    let (cries, advisories) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let pictures = AtomicU64::new(0);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= sample.weeks {
                        return;
                    }
                    let seed = sample.first + number;
                    let merchant = (sample.merchant)(number);
                    let (name, plan, from) = quiet_week(seed, merchant);
                    let moments = moments(&plan, from, seed, sample.every);
                    let diary = walked(plan, logs(seed), from, &moments);
                    pictures.fetch_add(u64::from(diary.pictures), Ordering::Relaxed);
                    let told = |level: Level, diary: &Diary| {
                        let of = diary.ever(level);
                        of.map(|((topic, key), cry)| {
                            format!(
                                "{name} (seed {seed}, {merchant:?}): {topic:?} {key} up {:?}: {}",
                                cry.up.first().map(|it| it.0.minute()),
                                cry.message
                            )
                        })
                        .collect::<Vec<_>>()
                    };
                    cries.lock().unwrap().extend(told(Level::Blocking, &diary));
                    advisories.lock().unwrap().extend(told(Level::Advisory, &diary));
                }
            });
        }
    });
    (cries.into_inner().unwrap(), advisories.into_inner().unwrap(), pictures.into_inner())
}

#[test]
fn a_hundred_quiet_weeks_raise_nothing() {
    let merchant = |number| match number % 10 {
        0 => (Size::Medium, 600.0),
        1..4 => (Size::Medium, 150.0),
        _ => (Size::Small, 20.0),
    };
    // A picture tells of incidents of the last seven days, also when they are over: looking now and
    // then misses none of them.
    let sample = Sample { weeks: 100, first: 1_000, every: 40 * 60, merchant };
    let (cries, advisories, pictures) = walk(&sample);
    assert!(pictures >= 100 * 5, "{pictures}");
    assert!(cries.is_empty(), "{} false alarms:\n{}", cries.len(), cries.join("\n"));
    // Where the logs begin in the middle of retries, some of these must be missing.
    let advisories: Vec<_> =
        advisories.into_iter().filter(|it| !it.contains(" dunning-events-missing ")).collect();
    assert!(advisories.len() <= 5, "{} advisories:\n{}", advisories.len(), advisories.join("\n"));
}

/// `WEEKS=500 FIRST=1 SIZE=large EVERY=15 cargo test --release … -- --ignored --nocapture`
#[test]
#[ignore = "takes long; says how often many more weeks raise something"]
fn many_more_quiet_weeks() {
    let number = |name: &str, or: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or)
    };
    let merchant: fn(u64) -> (Size, f64) = match std::env::var("SIZE").as_deref() {
        Ok("large") => |_| (Size::Large, 50_000.0),
        Ok("medium") => |_| (Size::Medium, 1_000.0),
        Ok("small") => |_| (Size::Small, 20.0),
        _ => |number| match number % 3 {
            0 => (Size::Medium, 1_000.0),
            1 => (Size::Medium, 200.0),
            _ => (Size::Small, 20.0),
        },
    };
    let weeks = number("WEEKS", 200);
    let every = i64::try_from(number("EVERY", 15)).unwrap();
    let began = std::time::Instant::now();
    let (cries, advisories, pictures) =
        walk(&Sample { weeks, first: number("FIRST", 1), every, merchant });
    eprintln!("{}\n-- advisories --\n{}", cries.join("\n"), advisories.join("\n"));
    eprintln!(
        "{weeks} weeks, {pictures} pictures in {:?}: {} blocking, {} advisories",
        began.elapsed(),
        cries.len(),
        advisories.len()
    );
}

/// As after a rotation that keeps so many days: thousands of subscriptions, some of them in the
/// middle of their retries when the logs begin.
#[test]
fn logs_that_begin_in_the_middle_of_retries_raise_nothing() {
    for (seed, days) in [(70, 4), (71, 9), (72, 14)] {
        let begin = Timestamp::parse(BEGIN).unwrap();
        let mut quiet = Plan::quiet(Size::Medium, seed, begin, days + 3);
        quiet.merchant.per_day = 30.0;
        quiet.merchant.subscribers = 4_000;
        // The last failure and the cancelling look like a renewal that was cancelled at once.
        quiet.merchant.last_failure_told = true;
        let moments: Vec<i64> = (days..=days + 3).map(|day| quiet.begins(day)).collect();
        let diary = walked(quiet, Logs::ALL, 1, &moments);
        let cries: Vec<_> = diary.ever(Level::Blocking).collect();
        assert!(cries.is_empty(), "{days} days of logs:\n{}", diary.told());
    }
}

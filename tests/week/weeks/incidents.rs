//! Each incident is found by the panel that is there for it, in time, and by no other.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use golive::demo::week::walk::Logs;
use golive::demo::week::{HOUR, MINUTE, Plan, Size, What};
use golive::launch::outcome::Level;
use golive::time::Timestamp;
use golive::week::panel::Topic;

use super::diary::{Cry, Diary};
use super::{BEGIN, cases, closely, walked};

/// An incident, and what has to be said of it.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What is planted.
    pub what: fn() -> What,
    /// Hours after the merchant's busiest hour of the third day of the week.
    pub at: f64,
    /// For how many hours.
    pub hours: f64,
    /// At a merchant of this size.
    pub size: Size,
    /// Which panel.
    pub topic: Topic,
    /// What the key begins with; `|` between several.
    pub key: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// So many minutes after its beginning it is found.
    pub within: i64,
    /// So far `since` may be from the truth, in minutes; `None` where it is not said.
    pub since: Option<i64>,
    /// So many minutes after its end it is over; `None` where that can not be seen in the week.
    pub over: Option<i64>,
    /// What else may be blocking, as the beginnings of keys.
    pub beside: &'static [&'static str],
    /// So many days of history there are, the last two of them after the switch.
    pub history: u32,
    /// So many days are walked from the day on which it begins.
    pub days: u32,
}

/// What was measured of a case, in minutes.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// From the beginning to its being said.
    pub delay: i64,
    /// How far `since` is from the truth.
    pub since: Option<i64>,
    /// From the end to its being over.
    pub over: Option<i64>,
}

impl Case {
    /// The same at a merchant of another size, found within other minutes.
    pub const fn at_size(self, size: Size, within: i64) -> Self {
        Self { size, within, ..self }
    }

    fn plan(&self, seed: u64) -> Plan {
        let history = self.history;
        let begin = Timestamp::parse(BEGIN).unwrap();
        let mut quiet = Plan::quiet(self.size, seed, begin, history + self.days);
        if self.topic == Topic::Churn && self.size == Size::Medium {
            quiet.merchant.per_day = 30.0;
            quiet.merchant.subscribers = 4_000;
        }
        let at = f64::from(history) * 24.0 + quiet.merchant.peak + self.at;
        quiet.with((self.what)(), at, self.hours)
    }

    /// The moments that decide: before it begins, when it has to be known, when it has to be over.
    fn few(&self, plan: &Plan) -> Vec<i64> {
        let (from, to) = (plan.planted[0].from.millis(), plan.planted[0].to.millis());
        let mut moments = vec![from - 5 * MINUTE, from + self.within * MINUTE];
        moments.extend(self.over.map(|over| to + (over + 5) * MINUTE));
        moments.push(plan.ends());
        moments.sort_unstable();
        moments.retain(|at| *at <= plan.ends());
        moments.dedup();
        moments
    }

    /// Walks, and says what is wrong with what was said; closely or at the moments that decide.
    pub fn judge(&self, seed: u64, close: bool) -> Result<Found, String> {
        let plan = self.plan(seed);
        let (from, to) = (plan.planted[0].from, plan.planted[0].to);
        let moments = if close { closely(&plan, self.history - 1, HOUR) } else { self.few(&plan) };
        let diary = walked(plan, Logs::ALL, self.history - 2, &moments);
        let wrong = self.others(&diary, from);
        let mine = |((topic, key), cry): &(&(Topic, String), &Cry)| {
            *topic == self.topic && self.is_mine(key) && cry.up.iter().any(|it| it.1 >= from)
        };
        let Some((_, cry)) = diary.cries.iter().find(mine) else {
            return Err(format!("{wrong}{} is not said\n{}", self.key, diary.told()));
        };
        let up = cry.up.iter().map(|it| it.0).find(|at| *at >= from);
        let first = if self.level == Level::Blocking { cry.blocks } else { up };
        let Some(first) = first else {
            return Err(format!("{wrong}{} only advises\n{}", self.key, diary.told()));
        };
        let minutes = |span: i64| span / MINUTE;
        let last = cry.up.last().map_or(i64::MAX, |it| it.1.millis());
        let found = Found {
            delay: minutes(first.millis() - from.millis()),
            since: cry.since.map(|since| minutes(since.millis() - from.millis())),
            over: moments.iter().find(|at| **at > last).map(|_| minutes(last - to.millis())),
        };
        let wrong = wrong + &self.misses(found);
        if wrong.is_empty() { Ok(found) } else { Err(format!("{wrong}{}", diary.told())) }
    }

    fn is_mine(&self, key: &str) -> bool {
        self.key.split('|').any(|begin| key.starts_with(begin))
    }

    /// What is blocking that should not be.
    fn others(&self, diary: &Diary, from: Timestamp) -> String {
        let mut wrong = String::new();
        for ((topic, key), cry) in diary.of(Level::Blocking) {
            let mine = *topic == self.topic && self.is_mine(key);
            let early = cry.blocks.is_some_and(|at| at < from);
            if early || !mine && !self.beside.iter().any(|it| key.starts_with(it)) {
                let _ = writeln!(wrong, "{topic:?} cries {key}: {}", cry.message);
            }
        }
        wrong
    }

    fn misses(&self, found: Found) -> String {
        let Found { delay, since, over } = found;
        let mut wrong = String::new();
        let too_far = |limit: i64, value: Option<i64>| value.is_none_or(|it| it.abs() > limit);
        if delay > self.within {
            let _ = writeln!(wrong, "said after {delay} min");
        }
        if self.since.is_some_and(|limit| too_far(limit, since)) {
            let _ = writeln!(wrong, "since is off by {since:?} min");
        }
        if self.over.is_some_and(|limit| over.is_none_or(|over| over > limit)) {
            let _ = writeln!(wrong, "over after {over:?} min");
        }
        wrong
    }
}

/// Whatever a shop of a thousand payments a day can know within the test's time; the others are
/// looked at closely by the test below.
#[test]
fn every_incident_is_found_in_time_by_its_panel_and_by_no_other() {
    let cases: Vec<&Case> = cases::all().filter(|it| it.size != Size::Large).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = case.judge(7, false) {
                        wrong.lock().unwrap().push(format!("{} {:?}: {why}", case.name, case.size));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// `SEEDS=5 CASE=outage cargo test --release … -- --ignored --nocapture`
#[test]
#[ignore = "takes long; says how soon each incident is found, over many seeds"]
fn every_incident_with_many_seeds() {
    let seeds: u64 = std::env::var("SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(5);
    let only = std::env::var("CASE").unwrap_or_default();
    let size = std::env::var("SIZE").unwrap_or_default();
    for case in cases::all() {
        let sized = format!("{:?}", case.size).to_lowercase();
        if !case.name.contains(&only) || !sized.starts_with(&size) {
            continue;
        }
        let found: Vec<Result<Found, String>> = std::thread::scope(|scope| {
            let runs: Vec<_> =
                (0..seeds).map(|seed| scope.spawn(move || case.judge(100 + seed, true))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let mut delays: Vec<i64> = found.iter().flatten().map(|it| it.delay).collect();
        delays.sort_unstable();
        let sinces: Vec<_> = found.iter().flatten().map(|it| it.since.unwrap_or(-999)).collect();
        let overs: Vec<_> = found.iter().flatten().map(|it| it.over.unwrap_or(-999)).collect();
        eprintln!(
            "{} {sized}: {}/{seeds} delays {delays:?} since {sinces:?} over {overs:?}",
            case.name,
            delays.len()
        );
        if let Some(Err(wrong)) = found.iter().find(|it| it.is_err()) {
            eprintln!("   {}", wrong.lines().take(14).collect::<Vec<_>>().join("\n   "));
        }
    }
}

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
use super::{BEGIN, closely, walked};

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

const DELIVERY: Case = Case {
    name: "",
    what: || What::Answers(500),
    at: -1.0,
    hours: 40.0 / 60.0,
    size: Size::Medium,
    topic: Topic::DeliveryRate,
    key: "deliveries-failing",
    level: Level::Blocking,
    within: 10,
    since: Some(6),
    over: Some(30),
    // Where few events come or a last try meets a hiccup, some are lost indeed.
    beside: &["delivered-below-limit", "first-try-", "retries-", "given-up"],
    history: 9,
    days: 3,
};

const CODES: Case = Case {
    topic: Topic::FailureCodes,
    at: -6.0,
    key: "code-up:issuer_decline",
    hours: 12.0,
    within: 11 * 60,
    since: Some(150),
    over: Some(900),
    beside: &["failed-share-up", "code-up", "codes-up"],
    history: 16,
    days: 3,
    ..DELIVERY
};

const CHURN: Case = Case {
    topic: Topic::Churn,
    hours: 5.0 * 24.0,
    within: 4 * 24 * 60,
    history: 23,
    days: 6,
    since: None,
    over: None,
    ..CODES
};

const ERRORS: Case = Case {
    topic: Topic::RequestCorrelation,
    hours: 4.0 * 24.0,
    within: 90 * 60,
    history: 5,
    days: 5,
    since: None,
    over: None,
    ..CODES
};

fn drift() -> What {
    let up = [("invalid_cvv", 6.0), ("invalid_pan", 6.0), ("card_expired", 5.0)];
    What::Codes([&up[..], &[("antifraud_error", 6.0), ("issuer_decline", 3.0)]].concat())
}

fn up(code: &'static str, times: f64) -> What {
    What::Codes(vec![(code, times)])
}

/// Every incident at every size at which it can be found.
#[expect(clippy::too_many_lines, reason = "a table: one incident after the other")]
pub fn cases() -> Vec<Case> {
    use Size::Large;
    let mut all = deliveries();
    all.extend([
        Case { name: "issuer trouble", what: || up("issuer_decline", 6.0), ..CODES },
        Case { name: "issuer trouble", what: || up("issuer_decline", 4.0), ..CODES }
            .at_size(Large, 30),
        Case {
            name: "provider trouble",
            what: || up("provider_error", 20.0),
            key: "code-up:provider_error",
            ..CODES
        },
        Case {
            name: "provider trouble",
            what: || up("provider_error", 6.0),
            key: "code-up:provider_error",
            ..CODES
        }
        .at_size(Large, 60),
        Case {
            name: "config drift",
            what: drift,
            key: "codes-up|failed-share-up|code-up",
            ..CODES
        },
        Case {
            name: "config drift",
            what: drift,
            key: "codes-up|failed-share-up|code-up",
            ..CODES
        }
        .at_size(Large, 30),
        Case {
            name: "card testing",
            what: || What::CardTesting(90.0),
            key: "code-up:|codes-up|failed-share-up",
            hours: 4.0,
            within: 60,
            ..CODES
        },
        Case {
            name: "card testing",
            what: || What::CardTesting(1_500.0),
            key: "code-up:|codes-up|failed-share-up",
            hours: 4.0,
            ..CODES
        }
        .at_size(Large, 60),
        Case {
            name: "abandoned pages",
            what: || up("expired", 6.0),
            key: "code-up:expired",
            ..CODES
        },
        Case {
            name: "a rare code, three times",
            what: || up("general_fatal_error", 3.0),
            key: "code-up:general_fatal_error",
            hours: 24.0,
            since: Some(600),
            over: Some(1_440),
            ..CODES
        }
        .at_size(Large, 18 * 60),
        Case {
            name: "cancelled at once",
            what: || What::CancelsAtOnce,
            key: "cancelled-without-retry",
            ..CHURN
        },
        Case {
            name: "cancelled at once",
            what: || What::CancelsAtOnce,
            key: "cancelled-without-retry",
            ..CHURN
        }
        .at_size(Large, 24 * 60),
        Case {
            name: "retries never come",
            what: || What::RetriesNeverCome,
            key: "retries-overdue",
            ..CHURN
        },
        Case {
            name: "retries never come",
            what: || What::RetriesNeverCome,
            key: "retries-overdue",
            ..CHURN
        }
        .at_size(Large, 24 * 60),
        Case {
            name: "no request ids",
            what: || What::NoRequestIds,
            key: "api-errors-unknown",
            ..ERRORS
        },
        Case {
            name: "no request ids",
            what: || What::NoRequestIds,
            key: "api-errors-unknown",
            ..ERRORS
        }
        .at_size(Large, 6 * 60),
        Case {
            name: "errors not logged",
            what: || What::HidesErrors,
            key: "api-errors-unknown",
            ..ERRORS
        },
        Case {
            name: "errors not logged",
            what: || What::HidesErrors,
            key: "api-errors-unknown",
            ..ERRORS
        }
        .at_size(Large, 6 * 60),
    ]);
    all
}

#[expect(clippy::too_many_lines, reason = "a table: one incident after the other")]
fn deliveries() -> Vec<Case> {
    use Size::{Large, Small};
    vec![
        Case { name: "outage, 500", ..DELIVERY },
        Case { name: "outage, 500", ..DELIVERY }.at_size(Large, 5),
        Case {
            name: "outage, 500, for 8 h",
            hours: 8.0,
            over: Some(360),
            since: Some(90),
            ..DELIVERY
        }
        .at_size(Small, 240),
        Case { name: "outage, no answers", what: || What::NeverAnswers, ..DELIVERY },
        Case { name: "outage, no answers", what: || What::NeverAnswers, ..DELIVERY }
            .at_size(Large, 5),
        Case {
            name: "some refused",
            what: || What::AnswersSome(401, 0.15),
            hours: 6.0,
            within: 90,
            since: Some(60),
            over: Some(600),
            ..DELIVERY
        },
        Case {
            name: "some refused",
            what: || What::AnswersSome(401, 0.15),
            hours: 6.0,
            since: Some(10),
            ..DELIVERY
        }
        .at_size(Large, 10),
        Case {
            name: "tries run out",
            hours: 9.0,
            key: "retries-running-out",
            within: 90,
            since: Some(6),
            over: None,
            beside: &["deliveries-failing", "retries-over", "given-up", "delivered-", "first-try-"],
            ..DELIVERY
        },
        Case { name: "slow handler", what: || What::Slow, hours: 1.0, ..DELIVERY },
        Case { name: "slow handler", what: || What::Slow, hours: 1.0, ..DELIVERY }
            .at_size(Large, 5),
        Case {
            name: "silence",
            what: || What::Swallowed,
            hours: 6.0,
            key: "gap",
            within: 60,
            since: Some(10),
            over: Some(10),
            ..DELIVERY
        },
        Case {
            name: "silence",
            what: || What::Swallowed,
            hours: 3.0,
            key: "gap",
            since: Some(6),
            over: Some(10),
            ..DELIVERY
        }
        .at_size(Large, 10),
        Case {
            name: "silence, for 48 h",
            what: || What::Swallowed,
            hours: 48.0,
            key: "gap",
            since: Some(400),
            over: Some(600),
            ..DELIVERY
        }
        .at_size(Small, 26 * 60),
        Case {
            name: "not reached",
            what: || What::Unreachable,
            hours: 3.0,
            key: "gap",
            within: 60,
            since: Some(10),
            over: Some(10),
            ..DELIVERY
        },
        Case {
            name: "lost finals",
            what: || What::Lost(0.1),
            hours: 8.0,
            key: "events-missing",
            level: Level::Advisory,
            within: 12 * 60,
            since: None,
            over: None,
            ..DELIVERY
        },
        Case {
            name: "clock 7 min ahead",
            what: || What::Clock(7 * 60_000),
            hours: 10.0,
            key: "clock",
            level: Level::Advisory,
            within: 60,
            since: Some(25),
            over: Some(60),
            ..DELIVERY
        },
        Case {
            name: "clock 7 min behind",
            what: || What::Clock(-7 * 60_000),
            hours: 10.0,
            key: "clock",
            level: Level::Advisory,
            within: 60,
            since: Some(25),
            over: Some(60),
            ..DELIVERY
        },
    ]
}

/// Whatever a shop of a thousand payments a day can know within the test's time; the others are
/// looked at closely by the test below.
#[test]
fn every_incident_is_found_in_time_by_its_panel_and_by_no_other() {
    let cases: Vec<Case> = cases().into_iter().filter(|it| it.size != Size::Large).collect();
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
    for case in cases() {
        let sized = format!("{:?}", case.size).to_lowercase();
        if !case.name.contains(&only) || !sized.starts_with(&size) {
            continue;
        }
        let found: Vec<Result<Found, String>> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..seeds)
                .map(|seed| {
                    scope.spawn({
                        let case = &case;
                        move || case.judge(100 + seed, true)
                    })
                })
                .collect();
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

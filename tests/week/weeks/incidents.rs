//! Each incident is found by the panel that is there for it, in time, and by no other.

use std::fmt::Write as _;

use golive::demo::week::walk::Logs;
use golive::demo::week::{DAY, HOUR, MINUTE, Plan, Size, What};
use golive::launch::outcome::Level;
use golive::week::panel::Topic;

use super::{HISTORY, days, plan, walked};

/// An incident, and what has to be said of it.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What is planted.
    pub what: fn() -> What,
    /// Hours after midnight of the third day of the week.
    pub at: f64,
    /// For how many hours.
    pub hours: f64,
    /// At merchants of these sizes.
    pub sizes: &'static [Size],
    /// Which panel.
    pub topic: Topic,
    /// What the key begins with.
    pub key: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// So many minutes after its beginning it is found, by size.
    pub within: fn(Size) -> i64,
    /// So far `since` may be from the truth, in minutes.
    pub since: i64,
    /// So many minutes after its end it is over; `None` where that can not be seen.
    pub over: Option<i64>,
    /// What else may be said, as the beginnings of keys.
    pub beside: &'static [&'static str],
}

/// What was measured of a case.
pub struct Found {
    pub delay: i64,
    pub since: i64,
    pub over: Option<i64>,
}

impl Case {
    fn plan(&self, size: Size, seed: u64) -> Plan {
        plan(size, seed).with((self.what)(), f64::from(HISTORY + 2) * 24.0 + self.at, self.hours)
    }

    /// Walks, and says what is wrong with what was said.
    pub fn judge(&self, size: Size, seed: u64) -> Result<Found, String> {
        let plan = self.plan(size, seed);
        let (from, to) = (plan.planted[0].from, plan.planted[0].to);
        let diary = walked(plan, Logs::ALL, HISTORY, HOUR);
        let mut wrong = String::new();
        for ((topic, key), cry) in diary.of(Level::Blocking) {
            let mine = *topic == self.topic && key.starts_with(self.key);
            if !mine && !self.beside.iter().any(|it| key.starts_with(it)) {
                let _ = writeln!(wrong, "{topic:?} cries {key}: {}", cry.message);
            }
        }
        let mine = diary.cries.iter().find(|((topic, key), cry)| {
            *topic == self.topic && key.starts_with(self.key) && !cry.up.is_empty()
        });
        let Some((_, cry)) = mine else {
            return Err(format!("{wrong}{} is not said", self.key));
        };
        let minutes = |span: i64| span / MINUTE;
        let first =
            if self.level == Level::Blocking { cry.blocks } else { cry.up.first().map(|it| it.0) };
        let Some(first) = first else { return Err(format!("{wrong}{} only advises", self.key)) };
        let delay = minutes(first.millis() - from.millis());
        let since = cry.since.map_or(i64::MAX, |since| minutes(since.millis() - from.millis()));
        let last = cry.up.last().map_or(i64::MAX, |it| it.1.millis());
        let over = (last < days(HISTORY + 7) + 0 || cry.until.is_some())
            .then(|| minutes(last - to.millis()));
        if delay < 0 {
            let _ = writeln!(wrong, "said {} min before it began", -delay);
        }
        if delay > (self.within)(size) {
            let _ = writeln!(wrong, "said after {delay} min");
        }
        if since.abs() > self.since {
            let _ = writeln!(wrong, "since is {since} min off");
        }
        if let Some(most) = self.over {
            match over {
                Some(over) if over <= most => {}
                over => {
                    let _ = writeln!(wrong, "over after {over:?} min");
                }
            }
        }
        let _ = DAY;
        if wrong.is_empty() {
            Ok(Found { delay, since, over })
        } else {
            Err(format!("{wrong}{}", diary.told()))
        }
    }
}

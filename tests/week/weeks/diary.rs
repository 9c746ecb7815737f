//! What the panels said while time went by.

use std::collections::BTreeMap;

use golive::launch::outcome::Level;
use golive::time::Timestamp;
use golive::week::Picture;
use golive::week::panel::Topic;

/// Every notice that was ever up.
#[derive(Debug, Default)]
pub struct Diary {
    /// By panel and key.
    pub cries: BTreeMap<(Topic, String), Cry>,
    /// How many pictures there were.
    pub pictures: u32,
}

/// One notice over time.
#[derive(Clone, Debug)]
pub struct Cry {
    /// The heaviest that it was.
    pub level: Level,
    /// When it was seen to be up, each time from first to last.
    pub up: Vec<(Timestamp, Timestamp)>,
    /// When it was first seen as blocking.
    pub blocks: Option<Timestamp>,
    /// Since when it said to be so, when it was first seen.
    pub since: Option<Timestamp>,
    /// When it said to be over, the last time that it did.
    pub until: Option<Timestamp>,
    /// What it said first.
    pub message: String,
    seen: u32,
}

impl Diary {
    /// Notes what a picture says.
    pub fn note(&mut self, now: Timestamp, picture: &Picture) {
        self.pictures += 1;
        for panel in &picture.panels {
            for notice in &panel.notices {
                let entry = self.cries.entry((panel.topic, notice.key.clone()));
                let cry = entry.or_insert_with(|| Cry {
                    level: notice.level,
                    up: Vec::new(),
                    blocks: None,
                    since: notice.since,
                    until: None,
                    message: notice.message.clone(),
                    seen: 0,
                });
                if notice.until.is_some() {
                    cry.until = notice.until;
                    continue;
                }
                if notice.level == Level::Blocking {
                    cry.level = Level::Blocking;
                    cry.blocks = cry.blocks.or(Some(now));
                }
                match cry.up.last_mut() {
                    Some((_, last)) if cry.seen + 1 == self.pictures => *last = now,
                    _ => cry.up.push((now, now)),
                }
                cry.seen = self.pictures;
            }
        }
    }

    /// What was up and weighed that much, at any time.
    pub fn of(&self, level: Level) -> impl Iterator<Item = (&(Topic, String), &Cry)> {
        let cries = self.cries.iter();
        cries.filter(move |(_, cry)| cry.level == level && !cry.up.is_empty())
    }

    /// What weighed that much, at any time, also what was over when it was looked at.
    pub fn ever(&self, level: Level) -> impl Iterator<Item = (&(Topic, String), &Cry)> {
        self.cries.iter().filter(move |(_, cry)| cry.level == level)
    }

    /// All that was up, a line each.
    pub fn told(&self) -> String {
        let mut text = String::new();
        for ((topic, key), cry) in &self.cries {
            let up: Vec<String> = cry
                .up
                .iter()
                .map(|(from, to)| format!("{} - {}", from.minute(), to.minute()))
                .collect();
            text.push_str(&format!(
                "{:?} {topic:?} {key} up {up:?} since {} until {}: {}\n",
                cry.level,
                cry.since.map_or_else(|| "?".into(), Timestamp::minute),
                cry.until.map_or_else(|| "?".into(), Timestamp::minute),
                cry.message
            ));
        }
        text
    }
}

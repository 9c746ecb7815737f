//! The same weeks through real files: rotated, packed, half written, late, in every dialect.

use std::collections::BTreeMap;
use std::path::Path;

use golive::demo::week::lay::{Access, EventLog, Name};
use golive::demo::week::lines::{Dialect, Logger, PATH, PERSONAL};
use golive::demo::week::walk::Logs;
use golive::demo::week::{HOUR, Laid, MINUTE, Plan, Size, Style, Walk, Weeks, What};
use golive::events::feed::{Feed, LogSet};
use golive::events::fields::Fields;
use golive::events::record;
use golive::events::sample::Reading;
use golive::events::source::Role;
use golive::events::target::Hosts;
use golive::launch::outcome::Level;
use golive::scan::Watch;
use golive::time::Timestamp;
use golive::week::panel::Topic;
use golive::week::{Limits, Picture, Span, Window};

use super::diary::Diary;
use super::{HISTORY, plan};

const STYLE: Style = Style {
    dialect: Dialect::Real,
    events: EventLog::Listen,
    access: Access::None,
    errors: Some(Logger::Pino),
    rough: true,
    rotates: true,
    packed: true,
    suffix: ".jsonl",
};

fn feed(folder: &Path, style: &Style) -> Feed {
    let role = |name| match name {
        Name::Events => Role::Events,
        Name::Access => Role::Deliveries,
        Name::Requests => Role::Requests,
        Name::Application => Role::Application,
    };
    let mut names = vec![Name::Events];
    if style.access != Access::None {
        names.push(Name::Access);
    }
    if style.errors.is_some() {
        names.extend([Name::Requests, Name::Application]);
    }
    let globs = names.into_iter().map(|name| (role(name), format!("{}*", style.file(name))));
    Feed::new(LogSet {
        base: folder.to_owned(),
        globs: globs.collect(),
        reading: Reading {
            record: record::Reading { hosts: Hosts::default(), fields: Fields::default() },
            members: golive::events::members::LogMembers::default(),
            webhook_path: Some(PATH.to_owned()),
        },
    })
}

fn pictured(feed: &mut Feed, now: Timestamp, switched: Option<Timestamp>) -> Picture {
    feed.catch_up(now, &Watch::idle()).unwrap();
    feed.picture(now, Window::until(now, Span::Day), &Limits::default(), switched)
}

/// The numbers and the names of what is said, without what differs by how it was read.
fn gist(picture: &Picture) -> BTreeMap<String, String> {
    let mut gist = BTreeMap::new();
    for panel in &picture.panels {
        let topic = panel.topic.check();
        gist.insert(format!("{topic} outcome"), format!("{:?}", panel.outcome));
        for figure in &panel.figures {
            let name = format!("{topic} {} {:?} {:?}", figure.name, figure.label, figure.over);
            gist.insert(name, format!("{:.3}", figure.value));
        }
        for notice in &panel.notices {
            gist.insert(format!("{topic} {}", notice.key), format!("{:?}", notice.level));
        }
    }
    gist
}

fn moment(plan: &Plan, day: u32, hour: i64) -> Timestamp {
    Timestamp::from_millis(plan.begins(day) + hour * HOUR)
}

fn compared(plan: Plan, style: &Style, logs: Logs) {
    let folder = tempfile::tempdir().unwrap();
    let now = moment(&plan, HISTORY + 5, 15);
    let switched = Some(moment(&plan, HISTORY, 0));
    Laid::begin(Weeks::of(plan.clone()), *style, folder.path()).to(now).unwrap();
    let read = pictured(&mut feed(folder.path(), style), now, switched);
    let mut walk = Walk::begin(Weeks::of(plan), logs);
    walk.to(now);
    let told = walk.picture(now, &Limits::default(), switched);
    let (mut read, mut told) = (gist(&read), gist(&told));
    if style.events == EventLog::Raw {
        // A body that stands there twice may as well have been written down twice.
        for gist in [&mut read, &mut told] {
            gist.retain(|name, _| !name.contains("events_repeated"));
        }
    }
    assert!(told.len() > 15, "the boards say nothing: {told:?}");
    let differ: Vec<String> = told
        .iter()
        .filter(|(name, value)| read.get(*name) != Some(value))
        .map(|(name, value)| format!("{name}: {value}, from the files {:?}", read.get(name)))
        .collect();
    assert!(differ.is_empty(), "{style:?}\n{}", differ.join("\n"));
    let more: Vec<_> = read.keys().filter(|name| !told.contains_key(*name)).collect();
    assert!(more.is_empty(), "{style:?} says more: {more:?}");
}

#[test]
fn weeks_in_files_are_the_weeks_that_were_told() {
    let at = f64::from(HISTORY + 4) * 24.0;
    let mut plan = plan(Size::Medium, 31).with(What::Answers(500), at + 12.0, 0.7);
    plan.merchant.per_day = 150.0;
    plan.merchant.subscribers = 120;
    let smooth = Style { rough: false, ..STYLE };
    compared(plan.clone(), &smooth, Logs::ALL);
    let pino = Style { events: EventLog::Pino, dialect: Dialect::Documented, ..smooth };
    compared(plan.clone(), &pino, Logs::ALL);
    let raw = Style { events: EventLog::Raw, errors: None, ..smooth };
    compared(plan, &raw, Logs { answers: false, access: false, errors: false });
}

#[test]
fn an_outage_is_found_while_the_files_grow_and_nothing_personal_is_told() {
    let at = f64::from(HISTORY + 1) * 24.0;
    let mut plan = plan(Size::Medium, 77).with(What::Answers(503), at + 13.0, 40.0 / 60.0);
    plan.merchant.per_day = 400.0;
    plan.merchant.peak = 13.0;
    let (from, to) = (plan.planted[0].from, plan.planted[0].to);
    let folder = tempfile::tempdir().unwrap();
    let mut laid = Laid::begin(Weeks::of(plan.clone()), STYLE, folder.path());
    let mut feed = feed(folder.path(), &STYLE);
    let switched = Some(moment(&plan, HISTORY, 0));
    let mut diary = Diary::default();
    let mut at = from.millis() - 5 * HOUR;
    let mut told = String::new();
    while at < to.millis() + 3 * HOUR {
        let now = Timestamp::from_millis(at);
        laid.to(now).unwrap();
        let picture = pictured(&mut feed, now, switched);
        diary.note(now, &picture);
        told += &serde_json::to_string(&picture).unwrap();
        let spots: Vec<_> = picture
            .panels
            .iter()
            .flat_map(|panel| &panel.lists)
            .flat_map(|list| list.items.iter().take(2))
            .flat_map(|item| item.spots.iter().take(1).copied())
            .collect();
        let quoted = feed.quote(&spots, &Watch::idle());
        assert!(quoted.len() + 2 >= spots.len(), "{} of {}", quoted.len(), spots.len());
        for line in quoted {
            told += &line.text;
            told += &format!("{:?}", line.ids);
        }
        let near = (from.millis() - HOUR..to.millis() + HOUR).contains(&at);
        at += if near { 10 * MINUTE } else { HOUR };
    }
    for text in PERSONAL {
        assert!(!told.contains(text), "{text} is told");
    }
    let cries = diary.of(Level::Blocking).map(|((_, key), _)| key.as_str());
    assert_eq!(cries.collect::<Vec<_>>(), ["deliveries-failing"], "{}", diary.told());
    let cry = &diary.cries[&(Topic::DeliveryRate, "deliveries-failing".to_owned())];
    let found = cry.blocks.unwrap();
    assert!(found >= from && found.millis() <= from.millis() + 15 * MINUTE, "{}", diary.told());
    assert!((cry.since.unwrap().millis() - from.millis()).abs() <= 5 * MINUTE, "{}", diary.told());
    assert!(cry.until.is_some(), "{}", diary.told());
}

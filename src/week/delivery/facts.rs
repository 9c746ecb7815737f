//! What is so, before it is put into words: shares, incidents, gaps, clocks, events at risk.

use std::time::Duration;

use super::DeliveryBoard;
use super::cell::{Answers, Cell};
use super::delay::{self, Skew};
use super::gaps::{Gap, Rhythm};
use super::payments::Unfinished;
use super::undelivered::{Stage, Undelivered};
use crate::time::Timestamp;
use crate::week::boards::Frame;
use crate::week::stats::{Alternative, Model, Surge, Trial, surges};

/// Minutes of a day.
pub const DAY: i64 = 24 * 60;

/// Incidents that are over are told of for so many days.
const TOLD: i64 = 7;

/// An event whose last listed try is so long over is sure to have been given up.
const ALL: i64 = 35;

/// Counts of a stretch of time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Deliveries by answer.
    pub answers: Answers,
    /// Events delivered at the first try.
    pub first: u64,
    /// Events delivered by a retry.
    pub retried: u64,
    /// Events not delivered.
    pub open: u64,
    /// Events of which it is not known.
    pub unsaid: u64,
    /// Those that came more than once.
    pub repeated: u64,
}

impl Counts {
    fn add(&mut self, cell: &Cell, answers: Answers) {
        let Answers { in_time, late, broken, refused, nothing } = answers;
        self.answers.in_time += in_time;
        self.answers.late += late;
        self.answers.broken += broken;
        self.answers.refused += refused;
        self.answers.nothing += nothing;
        self.first += natural(cell.first);
        self.retried += natural(cell.retried);
        self.open += natural(cell.open);
        self.unsaid += natural(cell.unsaid());
        self.repeated += natural(cell.repeated);
    }

    /// Deliveries answered 2xx in time.
    #[must_use]
    pub fn good(&self) -> u64 {
        natural(self.answers.in_time)
    }

    /// Deliveries whose answer is known.
    #[must_use]
    pub fn all(&self) -> u64 {
        natural(self.answers.in_time) + natural(self.answers.bad())
    }

    /// Events of which it is known whether they were delivered.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.first + self.retried + self.open
    }
}

/// A count that can not be below zero.
#[must_use]
pub fn natural(count: i32) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// A time in which deliveries failed.
#[derive(Clone, Copy, Debug)]
pub struct Incident {
    /// Since when.
    pub since: Timestamp,
    /// When it was over.
    pub until: Option<Timestamp>,
    /// What was counted.
    pub surge: Surge,
    /// How the failed ones were answered.
    pub answers: Answers,
    /// The status that was answered most.
    pub status: Option<u16>,
}

/// A silence.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// Since when.
    pub since: Timestamp,
    /// When it was over.
    pub until: Option<Timestamp>,
    /// What was expected.
    pub gap: Gap,
    /// Deliveries that the access log shows in the meantime.
    pub hits: u64,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The last hour.
    pub hour: Counts,
    /// The last 24 hours.
    pub day: Counts,
    /// The last seven days.
    pub week: Counts,
    /// Everything that is held.
    pub all: Counts,
    /// Whether the answers are those of events; else of an access log.
    pub events_answer: bool,
    /// When the last delivery came, to the minute.
    pub last: Option<Timestamp>,
    /// Whether anything came since the switch.
    pub since_switch: bool,
    /// When deliveries failed, oldest first.
    pub incidents: Vec<Incident>,
    /// When too few events were delivered at the first try, oldest first.
    pub retries: Vec<Incident>,
    /// Silences, oldest first.
    pub silences: Vec<Silence>,
    /// When the clocks differed, oldest first.
    pub skews: Vec<Skew>,
    /// Events of the last seven days that first came late.
    pub late: u64,
    /// Payments without an end.
    pub unfinished: Option<Unfinished>,
    /// Undelivered events of the last seven days with their stage, oldest first.
    pub open: Vec<(Undelivered, Stage)>,
    /// Events of the last seven days that were given up.
    pub given_up: u64,
}

impl Facts {
    /// What is so by a board.
    #[must_use]
    pub fn of(board: &DeliveryBoard, frame: &Frame<'_>) -> Self {
        let end = board.minutes.number(frame.now) + 1;
        let mut facts = Self::default();
        let series = Series::of(board, frame, end, &mut facts);
        facts.incidents = incidents(board, &series, share(frame.limits.delivered_percent));
        facts.retries = first_tries(board, &series, share(frame.limits.first_try_percent));
        facts.retries.retain(|retry| {
            !facts.incidents.iter().any(|it| overlaps(it, retry.since, retry.until))
        });
        let quarter = board.delays.number(frame.now) + 1;
        facts.skews = delay::skews(&board.delays, quarter - TOLD * 96, quarter);
        facts.late = natural(delay::late(&board.delays, quarter - TOLD * 96, quarter));
        facts.silences = silences(board, &series, facts.skews.last());
        facts.unfinished = board.payments.unfinished(frame.now);
        let from = board.minutes.starts(end - TOLD * DAY);
        let staged = board.undelivered.since(from).filter(|one| settled(one, frame.now));
        facts.open = staged.map(|one| (*one, one.stage(frame.now))).collect();
        let listed = facts.open.iter().filter(|(_, stage)| *stage == Stage::GivenUp).count();
        let counted = natural(board.minutes.sum(end - TOLD * DAY, end - DAY).open);
        facts.given_up = counted.max(u64::try_from(listed).unwrap_or(0));
        facts
    }

    /// The incident that goes on now.
    #[must_use]
    pub fn failing(&self) -> Option<&Incident> {
        self.incidents.iter().rfind(|incident| incident.until.is_none())
    }
}

/// A try that is not answered yet says nothing for so long.
const IN_FLIGHT: Duration = Duration::from_secs(60);

fn settled(one: &Undelivered, now: Timestamp) -> bool {
    let waiting = one.last.answer == crate::week::Answer::Nothing && one.tries == 1;
    !waiting || now.since(one.last.at) > IN_FLIGHT
}

fn overlaps(incident: &Incident, since: Timestamp, until: Option<Timestamp>) -> bool {
    let margin = Duration::from_secs(600);
    until.is_none_or(|until| incident.since <= until.plus(margin))
        && incident.until.is_none_or(|over| since <= over.plus(margin))
}

/// The share that may fail, from a limit in percent.
#[must_use]
pub fn share(percent: f64) -> f64 {
    (1.0 - percent / 100.0).clamp(1e-4, 0.9)
}

/// The minutes that are judged.
struct Series {
    /// The number of the first minute of `came`.
    zero: i64,
    /// How many events came in each minute of the last five weeks.
    came: Vec<u32>,
    /// The number of the first minute of the others, the last week.
    from: i64,
    answers: Vec<Answers>,
    events: Vec<Trial>,
    hits: Vec<u64>,
}

impl Series {
    fn of(board: &DeliveryBoard, frame: &Frame<'_>, end: i64, facts: &mut Facts) -> Self {
        let (zero, from) = (end - ALL * DAY, end - (TOLD + 1) * DAY);
        let story_came = board.minutes.range(zero, end).any(|(_, cell)| cell.events() > 0);
        let mut series = Self {
            zero,
            came: vec![0; usize::try_from(end - zero).unwrap_or(0)],
            from,
            answers: vec![Answers::default(); usize::try_from(end - from).unwrap_or(0)],
            events: vec![Trial::default(); usize::try_from(end - from).unwrap_or(0)],
            hits: vec![0; usize::try_from(end - from).unwrap_or(0)],
        };
        let switched = frame.switched.map(|at| board.minutes.number(at));
        let mut witness = (i64::MIN, false);
        for (number, cell) in board.minutes.range(zero, end) {
            if *cell == Cell::default() {
                continue;
            }
            let day = number.div_euclid(DAY);
            if witness.0 != day {
                witness = (day, events_answer(&board.minutes.sum(day * DAY, (day + 1) * DAY)));
            }
            let mut answers = cell.answers(witness.1);
            if number >= end - 2 {
                answers.nothing = 0;
            }
            series.put(number, cell, answers, story_came);
            facts.events_answer = witness.1;
            facts.last = Some(board.minutes.starts(number));
            facts.since_switch |= switched.is_none_or(|switched| number >= switched);
            let spans = [
                (&mut facts.hour, 60),
                (&mut facts.day, DAY),
                (&mut facts.week, TOLD * DAY),
                (&mut facts.all, i64::MAX),
            ];
            for (counts, minutes) in spans {
                if end - number <= minutes {
                    counts.add(cell, answers);
                }
            }
        }
        series
    }

    fn put(&mut self, number: i64, cell: &Cell, answers: Answers, story_came: bool) {
        let came = if story_came { cell.events() } else { cell.hits.in_time + cell.hits.bad() };
        let place = usize::try_from(number - self.zero).ok();
        if let Some(minute) = place.and_then(|place| self.came.get_mut(place)) {
            *minute = u32::try_from(came).unwrap_or(0);
        }
        let Ok(place) = usize::try_from(number - self.from) else { return };
        let (Some(held), Some(events), Some(hits)) =
            (self.answers.get_mut(place), self.events.get_mut(place), self.hits.get_mut(place))
        else {
            return;
        };
        *held = answers;
        *events = Trial {
            bad: u32::try_from(cell.retried + cell.open).unwrap_or(0),
            good: u32::try_from(cell.first).unwrap_or(0),
            group: 0,
        };
        *hits = natural(cell.hits.in_time);
    }
}

/// Whether the answers of a day are those that came with its events: there are some, and not far
/// fewer than the access log shows.
pub fn events_answer(day: &Cell) -> bool {
    let of_events = day.story.in_time + day.story.bad();
    of_events > 0 && of_events * 2 >= day.hits.in_time
}

const FAILING: [Alternative; 2] =
    [Alternative { times: 3.0, least: 0.03 }, Alternative { times: 10.0, least: 0.5 }];

const RETRYING: [Alternative; 2] =
    [Alternative { times: 2.0, least: 0.1 }, Alternative { times: 4.0, least: 0.5 }];

fn model(usual: f64, alternatives: &'static [Alternative]) -> Model {
    Model {
        usual: vec![usual],
        scatter: 1.0,
        threshold: 12.0,
        over: 5.0,
        least: 5,
        places: 3,
        heaviest: f64::MAX,
        alternatives,
    }
}

fn incidents(board: &DeliveryBoard, series: &Series, usual: f64) -> Vec<Incident> {
    let trial = |answers: &Answers| Trial {
        bad: u32::try_from(answers.bad()).unwrap_or(0),
        good: u32::try_from(answers.in_time).unwrap_or(0),
        group: 0,
    };
    let trials: Vec<Trial> = series.answers.iter().map(trial).collect();
    found(board, series, &trials, &model(usual, &FAILING))
}

fn first_tries(board: &DeliveryBoard, series: &Series, usual: f64) -> Vec<Incident> {
    found(board, series, &series.events, &model(usual, &RETRYING))
}

fn found(board: &DeliveryBoard, series: &Series, trials: &[Trial], model: &Model) -> Vec<Incident> {
    let number = |place: usize| series.from + i64::try_from(place).unwrap_or(0);
    let incident = |surge: Surge| {
        let mut answers = Answers::default();
        for minute in series.answers.get(surge.start..=surge.end).unwrap_or_default() {
            answers.late += minute.late;
            answers.broken += minute.broken;
            answers.refused += minute.refused;
            answers.nothing += minute.nothing;
        }
        Incident {
            since: board.minutes.starts(number(surge.start)),
            until: (!surge.open).then(|| board.minutes.starts(number(surge.end) + 1)),
            surge,
            answers,
            status: board.status_between(number(surge.start), number(surge.end)),
        }
    };
    surges(trials, model).into_iter().map(incident).collect()
}

impl DeliveryBoard {
    /// The status but 2xx that was answered most between two minutes, by their hours.
    fn status_between(&self, from: i64, to: i64) -> Option<u16> {
        let hours = from.div_euclid(60)..=to.div_euclid(60);
        let mut sums = std::collections::BTreeMap::<u16, i32>::new();
        for ((hour, status), counts) in &self.statuses {
            if hours.contains(hour) && !(200..300).contains(status) {
                *sums.entry(*status).or_default() += counts.iter().max().copied().unwrap_or(0);
            }
        }
        sums.into_iter().max_by_key(|(_, count)| *count).map(|(status, _)| status)
    }
}

/// The silences of the last week. Where the log's clock is behind, its last line is not as old as
/// it looks.
fn silences(board: &DeliveryBoard, series: &Series, skew: Option<&Skew>) -> Vec<Silence> {
    let behind = skew.filter(|skew| skew.until.is_none()).map_or(0, |skew| (-skew.ahead).max(0));
    let behind = usize::try_from(behind / 60_000).unwrap_or(0);
    let known = series.came.len().saturating_sub(behind);
    let came = series.came.get(..known).unwrap_or_default();
    let Some(rhythm) = Rhythm::of(came, series.zero) else { return Vec::new() };
    let week = usize::try_from((TOLD + 1) * DAY).unwrap_or(0);
    let starts =
        |minute: usize| board.minutes.starts(series.zero + i64::try_from(minute).unwrap_or(0));
    let skipped = usize::try_from(series.from - series.zero).unwrap_or(0);
    let silence = |gap: Gap| {
        let from = gap.from.saturating_sub(skipped);
        let to = gap.to.unwrap_or(known).saturating_sub(skipped);
        let hits = series.hits.get(from..to).unwrap_or_default().iter().sum();
        Silence { since: starts(gap.from), until: gap.to.map(starts), gap, hits }
    };
    rhythm.gaps(came.len().saturating_sub(week)).into_iter().map(silence).collect()
}

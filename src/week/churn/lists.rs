//! The subscriptions that can be looked into: past due, lost, back.
//!
//! Filled while courses are counted. The rules it keeps: only so many are kept, the most pressing
//! ones, whatever the order in which they came; nobody is named, a line is.

use super::course::{Course, Episode, State};
use super::mark::moment;
use super::schedule::LAST;
use crate::time::Timestamp;
use crate::week::panel::{Item, List, Tone};
use crate::week::word::{Word, Words};

/// An entry: what sorts it, and the renewal.
type Entry = ((u32, u32, u32, u64), Episode);

/// The lists.
#[derive(Debug, Default)]
pub(super) struct Lists {
    at_risk: Vec<Entry>,
    lost: Vec<Entry>,
    back: Vec<Entry>,
}

impl Lists {
    /// Takes in what a course has to be looked into.
    pub(super) fn take(&mut self, course: &Course) {
        for episode in &course.episodes {
            let newest_first = |at: u32| u32::MAX - at;
            let (list, rank, by) = match episode.state {
                State::Waiting { ends, .. } | State::Overdue { ends, .. } => {
                    (&mut self.at_risk, 0, ends)
                }
                State::Paused | State::Open => {
                    (&mut self.at_risk, 1, newest_first(episode.last_at))
                }
                State::Cut { at } => (&mut self.lost, 0, newest_first(at)),
                State::Silent { at } => (&mut self.lost, 1, newest_first(at)),
                State::Lost { at } | State::Stopped { at } | State::Ended { at } => {
                    (&mut self.lost, 2, newest_first(at))
                }
                State::Recovered { at } => (&mut self.back, 0, newest_first(at)),
            };
            list.push(((rank, by, episode.spot.file, episode.spot.offset), *episode));
            if list.len() > 4 * List::MOST {
                trim(list);
            }
        }
    }

    /// The lists as they are shown, each with how many there are.
    pub(super) fn shown(self, totals: [u64; 3], words: &Words, until: u32) -> Vec<List> {
        let titles = ["past due", "lost", "came back"];
        let lists = [self.at_risk, self.lost, self.back];
        let shown = titles.into_iter().zip(lists).zip(totals);
        let shown = shown.map(|((title, mut entries), total)| {
            trim(&mut entries);
            let items = entries.iter().map(|(_, episode)| item(episode, words, until));
            List { title: title.to_owned(), total, items: items.collect() }
        });
        shown.filter(|list| list.total > 0).collect()
    }

    /// Lines of renewals that were cancelled without a retry, newest first.
    pub(super) fn cuts(&self) -> Vec<crate::week::Spot> {
        let mut cuts: Vec<_> =
            self.lost.iter().filter(|(_, it)| matches!(it.state, State::Cut { .. })).collect();
        cuts.sort_unstable_by_key(|(key, _)| *key);
        cuts.iter().take(5).map(|(_, episode)| episode.spot).collect()
    }

    /// Lines of renewals whose retry is overdue, those with the fewest days to go first.
    pub(super) fn overdue(&self) -> Vec<crate::week::Spot> {
        let mut overdue: Vec<_> = self
            .at_risk
            .iter()
            .filter(|(_, it)| matches!(it.state, State::Overdue { .. }))
            .collect();
        overdue.sort_unstable_by_key(|(key, _)| *key);
        overdue.iter().take(5).map(|(_, episode)| episode.spot).collect()
    }
}

fn trim(list: &mut Vec<Entry>) {
    list.sort_unstable_by_key(|(key, _)| *key);
    list.truncate(List::MOST);
}

fn item(episode: &Episode, words: &Words, until: u32) -> Item {
    let code = |code: Option<Word>| code.map_or("no code", |word| words.text(word));
    let (at, says, tone) = says(episode, until);
    let tried = match (episode.tries.lost, episode.tries.fits) {
        (0, true) => String::new(),
        (lost, true) => format!(
            "; by the calendar that was {}, but {} of the failures before it are in the logs",
            named(episode.tries.last),
            match (episode.tries.last + 1).saturating_sub(lost + 1) {
                0 => "none".to_owned(),
                some => some.to_string(),
            }
        ),
        (_, false) => "; the times fit no schedule, so the tries are counted".to_owned(),
    };
    Item {
        at,
        what: format!("renewal failed, {}", code(episode.code)),
        says: format!("{says}{tried}"),
        tone,
        spots: vec![episode.spot],
    }
}

/// When, how it stands, and whether that is good.
fn says(episode: &Episode, until: u32) -> (Timestamp, String, Tone) {
    let last = episode.tries.last;
    let days = |to: u32| match to.saturating_sub(until).div_ceil(super::DAY) {
        0 => "today".to_owned(),
        1 => "within a day".to_owned(),
        days => format!("in {days} days"),
    };
    let failed = || format!("{} failed", named(last));
    match episode.state {
        State::Recovered { at } => {
            let by = if last < LAST { named(last + 1) } else { "a later try".to_owned() };
            (moment(at), format!("paid at {by} or between the tries"), Tone::Good)
        }
        State::Waiting { next, ends } => {
            let next = moment(next).minute();
            let says = format!(
                "{}; {} comes {next}; cancelled {} if nothing is paid",
                failed(),
                named(last + 1),
                days(ends)
            );
            (moment(episode.last_at), says, Tone::Warn)
        }
        State::Overdue { due, ends } => {
            let due = moment(due).minute();
            let says = format!(
                "{}; {} was due {due} and no event tells of it; cancelled {}",
                failed(),
                named(last + 1),
                days(ends)
            );
            (moment(episode.last_at), says, Tone::Bad)
        }
        State::Paused => {
            let says = format!("{}; no retry until the card is updated", failed());
            (moment(episode.last_at), says, Tone::Warn)
        }
        State::Open => {
            let says = format!("{}; whether this code is tried again is not documented", failed());
            (moment(episode.last_at), says, Tone::Warn)
        }
        State::Lost { at } => (moment(at), "cancelled after the last retry".to_owned(), Tone::Bad),
        State::Stopped { at } => {
            (moment(at), "cancelled at once, by its code".to_owned(), Tone::Bad)
        }
        State::Silent { at } => {
            let says = "should be cancelled by now, and no event says so".to_owned();
            (moment(at), says, Tone::Bad)
        }
        State::Cut { at } => {
            let says = "cancelled without a single retry in the logs, and no code explains it";
            (moment(at), says.to_owned(), Tone::Bad)
        }
        State::Ended { at } => {
            let says = format!("cancelled after {} had failed, not by a retry", named(last));
            (moment(at), says, Tone::Warn)
        }
    }
}

/// The name of a try.
fn named(number: usize) -> String {
    if number == 0 { "the renewal".to_owned() } else { format!("retry {number}") }
}

//! Decides which probe of a matrix goes next, from what has come back so far.
//!
//! Pure: [`runner`](super::runner) does the sending. The rules it keeps: a probe waits until
//! everything that its conditions ask about is known; where a family holds probes that must be
//! refused, it goes one by one, so that the first acceptance really is the last of it; the first
//! probe of all goes alone, and so does the next one after a bad answer; nothing goes after a stop.
//! What a probe sees, and so what is sent, does not depend on the order in which answers arrive.

use std::time::Duration;

use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::probe::{Asks, Expect, Needs, Probe};
use crate::checks::webhook::transcript::{Came, Row, Transcript, Verdict};
use crate::checks::webhook::wire::{Answer, NoAnswer};

/// A matrix on its way.
#[derive(Debug)]
pub struct Schedule {
    probes: &'static [Probe],
    states: Vec<State>,
    /// For each probe the places of those whose answers it waits for.
    waits: Vec<Vec<usize>>,
    armed: bool,
    at_once: usize,
    limit: Duration,
    health: Health,
    /// The one that is under way with no other of this run beside it.
    alone: Option<usize>,
    stopped: Option<String>,
}

/// How far one probe is.
#[derive(Clone, Debug)]
enum State {
    Waiting,
    /// Sent; with it what the endpoint's health was at that time.
    UnderWay(Health),
    Done(Row),
}

/// Whether the endpoint may be asked several things at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    /// Nothing has come back yet.
    Untried,
    /// The last answer was a good one.
    Sound,
    /// The last answer was late or none; a second one in a row ends the run.
    Doubtful,
}

impl Schedule {
    /// The schedule of a matrix from which nothing has been sent yet.
    #[must_use]
    pub fn new(probes: &'static [Probe], armed: bool, limits: &Limits) -> Self {
        Self {
            probes,
            states: probes.iter().map(|_| State::Waiting).collect(),
            waits: (0..probes.len()).map(|index| waits_for(probes, index).collect()).collect(),
            armed,
            at_once: usize::try_from(limits.at_once.max(1)).unwrap_or(1),
            limit: limits.provider,
            health: Health::Untried,
            alone: None,
            stopped: None,
        }
    }

    /// The next probe that may be sent now, by its place in the matrix; it counts as under way from
    /// here on. `None` when an answer has to come first, or when nothing is left.
    pub fn take_next(&mut self) -> Option<usize> {
        for (index, probe) in self.probes.iter().enumerate() {
            if !self.is_waiting(index) || !self.is_clear(index) {
                continue;
            }
            if let Some(why) = self.hold_back(index, probe) {
                self.set(index, State::Done(Row::not_sent(probe, why)));
            } else if self.has_room() {
                self.alone = (self.under_way() == 0).then_some(index);
                self.set(index, State::UnderWay(self.health));
                return Some(index);
            }
        }
        None
    }

    /// Takes in what came of a probe that was under way.
    pub fn came(&mut self, index: usize, mut row: Row) {
        let Some(State::UnderWay(then)) = self.states.get(index) else { return };
        let then = *then;
        row.alone = self.alone == Some(index);
        match self.mood(&row) {
            Mood::Good => self.health = Health::Sound,
            Mood::Bad(why) if then == Health::Doubtful => self.stop(why),
            Mood::Bad(_) => self.health = Health::Doubtful,
            Mood::Final(why) => self.stop(why),
            Mood::None => {}
        }
        self.set(index, State::Done(row));
    }

    /// Why nothing more is to be sent, if nothing is.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// What a probe may know: the rows that its conditions ask about, and no others.
    #[must_use]
    pub fn view(&self, index: usize) -> Transcript {
        let waits = self.waits.get(index).into_iter().flatten();
        let asked = waits.filter(|earlier| asks_about(self.probes, index, **earlier));
        let rows = asked.filter_map(|earlier| self.row(*earlier)).cloned().collect();
        Transcript { rows, stopped: None, limit: self.limit }
    }

    /// Everything that was sent, in the order of the matrix.
    #[must_use]
    pub fn transcript(self) -> Transcript {
        let why = self.stopped.as_deref().unwrap_or("it was not reached");
        let row = |(state, probe): (State, &'static Probe)| match state {
            State::Done(row) => row,
            State::Waiting | State::UnderWay(_) => Row::not_sent(probe, why.to_owned()),
        };
        let rows = self.states.into_iter().zip(self.probes).map(row).collect();
        Transcript { rows, stopped: self.stopped, limit: self.limit }
    }

    fn row(&self, index: usize) -> Option<&Row> {
        match self.states.get(index) {
            Some(State::Done(row)) => Some(row),
            _ => None,
        }
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(place) = self.states.get_mut(index) {
            *place = state;
        }
    }

    fn stop(&mut self, why: String) {
        self.stopped.get_or_insert(why);
    }

    fn is_waiting(&self, index: usize) -> bool {
        matches!(self.states.get(index), Some(State::Waiting))
    }

    /// Whether everything that the probe has to wait for is known.
    fn is_clear(&self, index: usize) -> bool {
        let is_known = |earlier: &usize| self.row(*earlier).is_some();
        self.stopped.is_some()
            || self.waits.get(index).is_some_and(|waits| waits.iter().all(is_known))
    }

    fn under_way(&self) -> usize {
        self.states.iter().filter(|state| matches!(state, State::UnderWay(_))).count()
    }

    fn has_room(&self) -> bool {
        let most = if self.health == Health::Sound { self.at_once } else { 1 };
        self.under_way() < most
    }

    /// Why a probe is not to be sent, if it is not.
    fn hold_back(&self, index: usize, probe: &'static Probe) -> Option<String> {
        if let Some(why) = &self.stopped {
            return Some(why.clone());
        }
        let view = self.view(index);
        if let Some(condition) = probe.conditions().find(|condition| !(condition.holds)(&view)) {
            return Some(format!("sent only if {}", condition.words));
        }
        if let Some(row) = self.acceptance(probe) {
            return Some(format!("{} was accepted, which says enough", row.probe.what));
        }
        (probe.needs == Needs::Arming && !self.armed).then(|| "the host is not armed".into())
    }

    /// The probe by whose acceptance a probe's family has ended.
    fn acceptance(&self, probe: &Probe) -> Option<&Row> {
        let rows = (0..self.probes.len()).filter_map(|index| self.row(index));
        rows.filter(|row| row.probe.family.name == probe.family.name)
            .find(|row| row.probe.expect == Expect::Refused && row.verdict() == Verdict::Accepted)
    }

    /// What a row says about the endpoint itself.
    fn mood(&self, row: &Row) -> Mood {
        let is_late = row.took >= self.limit;
        match &row.came {
            Came::NotSent(_) => Mood::None,
            Came::Nothing(NoAnswer::Cancelled) => Mood::Final("cancelled".into()),
            Came::Nothing(
                nothing @ (NoAnswer::Closed | NoAnswer::NotHttp | NoAnswer::Timeout(_)),
            ) => Mood::Bad(format!("{} twice in a row", nothing.says())),
            Came::Nothing(nothing) => Mood::Final(nothing.says()),
            Came::Answer(answer) if answer.status == 429 => Mood::Final(asked_to_wait(answer)),
            Came::Answer(_) if is_late => {
                Mood::Bad("two answers in a row came too late for MintCash".into())
            }
            Came::Answer(_) => Mood::Good,
        }
    }
}

/// What a row means for those after it; the words are why nothing more is sent.
enum Mood {
    Good,
    /// Nothing more, if the one before was bad as well.
    Bad(String),
    /// Nothing more.
    Final(String),
    /// It says nothing.
    None,
}

/// The places before `index` whose answers must be known before it may go.
pub fn waits_for(probes: &[Probe], index: usize) -> impl Iterator<Item = usize> {
    let comes_before = move |earlier: &usize| {
        asks_about(probes, index, *earlier) || goes_before(probes, index, *earlier)
    };
    (0..index).filter(comes_before)
}

/// Whether a condition of the probe at `index` asks about the one at `earlier`.
fn asks_about(probes: &[Probe], index: usize, earlier: usize) -> bool {
    let (Some(probe), Some(other)) = (probes.get(index), probes.get(earlier)) else { return false };
    probe.conditions().flat_map(|condition| condition.asks).any(|asked| match asked {
        Asks::Family(family) => family.name == other.family.name,
        Asks::Probe(id) => *id == other.id,
        Asks::All => true,
    })
}

/// Whether the probes at `index` and `earlier` belong to one family that goes one by one.
fn goes_before(probes: &[Probe], index: usize, earlier: usize) -> bool {
    let (Some(probe), Some(other)) = (probes.get(index), probes.get(earlier)) else { return false };
    let is_of_it = |other: &Probe| other.family.name == probe.family.name;
    let one_by_one = || probes.iter().filter(|it| is_of_it(it)).any(Probe::must_be_refused);
    is_of_it(other) && one_by_one()
}

fn asked_to_wait(answer: &Answer) -> String {
    match answer.shown_header("retry-after") {
        Some(after) => format!("the endpoint limits the rate (429, Retry-After: {after})"),
        None => "the endpoint limits the rate (429)".into(),
    }
}

#[cfg(test)]
mod tests;

//! Crossed thresholds: each is open once, reopens what was vouched for, and is alerted once.
//!
//! What is so already is no refusal here but no event: several programs may watch the same logs.

use crate::launch::crossing::{ClearedRecord, CrossedRecord, Crossing, HOLD, MOST_OPEN, Way};
use crate::launch::decide::{Case, Refusal};
use crate::launch::event::Event;
use crate::launch::fold::StepHistory;
use crate::launch::outcome::Outcome;
use crate::launch::sentences;
use crate::launch::standing::StepStanding;
use crate::runbook::model::{CheckName, Step};

impl Case<'_> {
    /// Records that a threshold is crossed, and takes back what was vouched for before it. While it
    /// is open, only the latter, for what was verified in between.
    pub(super) fn cross(&self, record: &CrossedRecord) -> Result<Vec<Event>, Refusal> {
        let (step, _, standing) = self.standing(&record.step)?;
        asks(step, &record.topic)?;
        let open = find(&standing, &record.topic, &record.key);
        if open.is_none() && standing.crossed.len() >= MOST_OPEN {
            return Ok(Vec::new());
        }
        let mut events = Vec::new();
        if open.is_none() {
            events.push(Event::ThresholdCrossed(Box::new(record.clone())));
        }
        if self.is_vouched_for(step, open) {
            let reason = sentences::reopens(record);
            events.push(Event::StepReopened { step: step.id.clone(), reason });
        }
        Ok(events)
    }

    /// Records that it is crossed no longer, once it has been open for a while.
    pub(super) fn clear(&self, record: &ClearedRecord) -> Result<Vec<Event>, Refusal> {
        let (_, _, standing) = self.standing(&record.step)?;
        let open = find(&standing, &record.topic, &record.key);
        let over = open.is_some_and(|open| self.now >= open.at.plus(HOLD));
        Ok(over.then(|| Event::ThresholdCleared(record.clone())).into_iter().collect())
    }

    /// Takes it upon a program to alert what another one has not.
    pub(super) fn take_alert(&self, of: u64, watcher: &str) -> Vec<Event> {
        let unsent = self.launch.alerts().get(of);
        let free = unsent.is_some_and(|it| it.is_free_for(watcher, self.now));
        let taken = || Event::AlertTaken { of, watcher: watcher.to_owned() };
        free.then(taken).into_iter().collect()
    }

    /// Records that it was alerted, or that it could not be.
    pub(super) fn alert_sent(&self, of: u64, failed: Option<&str>, reached: &[Way]) -> Vec<Event> {
        let known = self.launch.alerts().get(of).is_some();
        let sent = || Event::AlertSent {
            of,
            failed: failed.map(str::to_owned),
            reached: failed.map(|_| reached.to_vec()).unwrap_or_default(),
        };
        known.then(sent).into_iter().collect()
    }

    /// Whether something vouches for the step that did not know of this crossing. What cannot be
    /// taken back, what somebody answers for by name and what is being verified is left alone.
    fn is_vouched_for(&self, step: &Step, open: Option<&Crossing>) -> bool {
        let Some(history) = self.launch.history().step(&step.id) else { return false };
        let left_alone = step.irreversible
            || step.sign_off.is_roll_call()
            || self.is_exempt(step, history)
            || self.not_stopped(&step.id).is_err()
            || self.nobody_runs(&step.id, None).is_err();
        if left_alone {
            return false;
        }
        if history.signatures.is_empty() {
            let says = |outcome| {
                let mut results = history.results.iter().flatten();
                results.any(|result| result.what.outcome == outcome)
            };
            return says(Outcome::Pass) && !says(Outcome::Fail);
        }
        let knows = |facts| open.is_some_and(|open| open.is_known_to(facts));
        history.signatures.iter().any(|signed| !knows(&signed.signature.what.facts))
    }

    fn is_exempt(&self, step: &Step, history: &StepHistory) -> bool {
        history.exemption.as_ref().is_some_and(|(exemption, digest)| {
            *digest == step.digest && exemption.expires.is_none_or(|end| end > self.now)
        })
    }
}

/// The open crossing of this kind.
fn find<'a>(standing: &'a StepStanding, topic: &CheckName, key: &str) -> Option<&'a Crossing> {
    standing.crossed.iter().find(|open| open.what.topic == *topic && open.what.key == key)
}

fn asks(step: &Step, topic: &CheckName) -> Result<(), Refusal> {
    if step.verify.iter().any(|spec| spec.check == *topic) {
        return Ok(());
    }
    Err(Refusal::new(
        format!("`{}` does not ask for `{topic}`.", step.id),
        "Restart golive, so that it reads the runbook again.",
    ))
}

/// Whoever signs over open crossings says why that is acceptable.
///
/// # Errors
/// When no remark says so.
pub(super) fn acknowledged(standing: &StepStanding, note: Option<&str>) -> Result<(), Refusal> {
    let Some(open) = standing.crossed.first() else { return Ok(()) };
    let refusal = || {
        Refusal::new(
            sentences::crossed(open),
            "Mend it and wait until it is over, or sign with a note that says why it is \
             acceptable. The report will name you for it.",
        )
    };
    super::words::reason(note.ok_or_else(refusal)?).map(drop).map_err(|_| refusal())
}

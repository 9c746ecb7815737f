//! Events that are not delivered and soon never will be, in words.

use std::time::Duration;

use super::super::facts::Facts;
use super::super::undelivered::{Stage, Undelivered};
use super::SPOTS;
use crate::launch::outcome::Level;
use crate::time::Timestamp;
use crate::week::panel::Notice;
use crate::week::story::Spot;
use crate::week::when::{count, when};

/// Events with one listed try left.
pub fn running_out(facts: &Facts, now: Timestamp) -> Option<Notice> {
    let at_risk = facts.open.iter().filter_map(|(one, stage)| match stage {
        Stage::Last { next } => Some((one, *next)),
        _ => None,
    });
    let first = at_risk.clone().map(|(_, next)| next).min()?;
    let many = u64::try_from(at_risk.clone().count()).unwrap_or(0);
    let events = count(many, "event");
    let (are, them) = if many == 1 { ("is", "it") } else { ("are", "them") };
    let mut notice = Notice::new(
        Level::Blocking,
        "retries-running-out",
        format!("{events} can still be saved until {}", when(first, now)),
        format!(
            "{events} {are} not delivered, and MintCash lists only one more try for {them}. This \
             can still be mended until about {}.",
            first.minute()
        ),
    );
    notice.since = at_risk.clone().map(|(one, _)| one.begun).min();
    notice.hint = Some(match answers_again(facts) {
        Some(over) => format!(
            "The endpoint answers again since {}. Check that it takes these events too: the next \
             try decides.",
            when(over, now)
        ),
        None => {
            "Make the endpoint answer 2xx within 10 s before then; the next try delivers them. \
                 Whether MintCash counts the delay from the first try or from the one before is \
                 not documented: take the earlier time."
                .to_owned()
        }
    });
    notice.spots = spots(at_risk.map(|(one, _)| one));
    Some(notice)
}

/// Events without a listed try left, before MintCash gives up.
pub fn no_try_left(facts: &Facts, now: Timestamp) -> Option<Notice> {
    let over = facts.open.iter().filter_map(|(one, stage)| match stage {
        Stage::Over { gives_up } => Some((one, *gives_up)),
        _ => None,
    });
    let first = over.clone().map(|(_, gives_up)| gives_up).min()?;
    let events = count(u64::try_from(over.clone().count()).unwrap_or(0), "event");
    let mut notice = Notice::new(
        Level::Blocking,
        "retries-over",
        format!("{events} without a try left"),
        format!(
            "All tries that MintCash lists are over for {events}, and none was answered 2xx in \
             time. MintCash gives up 24 h after the first try: from {} on.",
            first.minute()
        ),
    );
    notice.since = over.clone().map(|(one, _)| one.begun).min();
    notice.hint = Some(again(over.clone().map(|(one, _)| one.begun), now));
    notice.spots = spots(over.map(|(one, _)| one));
    Some(notice)
}

fn again(begun: impl Iterator<Item = Timestamp> + Clone, now: Timestamp) -> String {
    let ask = "Have them sent again from the dashboard by your account manager";
    match (begun.clone().min(), begun.max()) {
        (Some(first), Some(last)) => {
            let minute = Duration::from_secs(60);
            let (first, last) = (when(first, now), when(last.plus(minute), now));
            format!("{ask}: those first tried between {first} and {last} UTC.")
        }
        _ => format!("{ask}."),
    }
}

/// Events that were given up.
pub fn given_up(facts: &Facts, now: Timestamp) -> Option<Notice> {
    if facts.given_up == 0 {
        return None;
    }
    let lost = facts.open.iter().filter(|(_, stage)| *stage == Stage::GivenUp);
    let events = count(facts.given_up, "event");
    let were = if facts.given_up == 1 { "was" } else { "were" };
    let mut notice = Notice::new(
        Level::Blocking,
        "given-up",
        format!("{events} never delivered"),
        format!(
            "{events} of the last seven days {were} not answered 2xx in time within 24 h after \
             the first try. MintCash tries no more."
        ),
    );
    let begun = lost.clone().map(|(one, _)| one.begun);
    notice.since = begun.clone().min();
    notice.hint = Some(again(begun, now));
    notice.spots = spots(lost.map(|(one, _)| one));
    Some(notice)
}

/// Whether the endpoint answers again, for those that still wait.
fn answers_again(facts: &Facts) -> Option<Timestamp> {
    let last = facts.incidents.last()?;
    last.until
}

fn spots<'a>(events: impl Iterator<Item = &'a Undelivered>) -> Vec<Spot> {
    events.take(SPOTS).map(|one| one.last.spot).collect()
}

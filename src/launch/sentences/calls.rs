//! The sentences of the roll call and the rollback.

use crate::launch::event::{Actor, Call, CallRecord, CardItem};
use crate::launch::fold::StepHistory;
use crate::launch::roll_call::Lifted;
use crate::launch::sentences::{edited, end, list, name, roles, text};
use crate::launch::standing::{Dated, StepState};
use crate::runbook::model::{Role, Step, StepId};
use crate::text::visible;
use crate::time::{Timestamp, spoken};

/// `Dana (finance)`.
pub(in crate::launch) fn caller(by: &Actor, role: &Role) -> String {
    format!("{} ({})", name(by), visible(role.as_str(), 60))
}

fn of(given: &Dated<CallRecord>) -> String {
    caller(&given.by, &given.what.role)
}

fn reason(given: &Dated<CallRecord>) -> String {
    given.what.reason.as_deref().map(text).unwrap_or_default()
}

/// A call that stands, in a sentence: who, what, why.
pub(in crate::launch) fn given(given: &Dated<CallRecord>) -> String {
    let who = of(given);
    match given.what.call {
        Call::Go => format!("{who} said go at {}.", given.at.minute()),
        Call::Hold => format!("{who} holds: {}", end(&reason(given))),
        Call::NoGo => format!("{who} says no-go: {}", end(&reason(given))),
    }
}

/// A go, and what is otherwise since.
pub(in crate::launch) fn since(go: &Dated<CallRecord>, what: &str) -> String {
    format!("{} said go at {}; since then {}", of(go), go.at.minute(), end(what))
}

/// The step's text is not the one that was called on.
pub(in crate::launch) fn redefined(go: &Dated<CallRecord>, history: &StepHistory) -> String {
    since(go, &edited(history))
}

/// A go is too old.
pub(in crate::launch) fn too_old(go: &Dated<CallRecord>, step: &Step, now: Timestamp) -> String {
    let span = step.fresh_for.map(spoken).unwrap_or_default();
    format!(
        "{} said go at {}, {} ago; a go here holds for {span}.",
        of(go),
        go.at.minute(),
        spoken(now.since(go.at))
    )
}

/// Another caller has agreed to something else.
pub(in crate::launch) fn agreed_otherwise(
    go: &Dated<CallRecord>,
    other: &Dated<CallRecord>,
) -> String {
    let (was, is) = (&go.what.evidence, &other.what.evidence);
    let names = is.keys().chain(was.keys());
    let said = |value: Option<&String>| value.map_or("nothing".to_owned(), |v| visible(v, 120));
    let changed = names.filter(|name| was.get(*name) != is.get(*name)).map(|name| {
        let label = visible(&name.replace('_', " "), 60);
        format!("{label} from {} to {}", said(was.get(name)), said(is.get(name)))
    });
    let mut changed: Vec<_> = changed.collect();
    changed.dedup();
    since(go, &format!("{} changed {}", of(other), list(&changed)))
}

/// Something on the card that was not there.
pub(in crate::launch) fn new_item(item: &CardItem, what: &str) -> String {
    let owner =
        item.owner.as_ref().map(|owner| format!(" ({} answers for it)", visible(owner, 60)));
    let says = end(&text(&item.says));
    format!("{} {what}{}: {says}", item.step, owner.unwrap_or_default())
}

/// A hold was lifted.
pub(in crate::launch) fn lifted(lifted: &Lifted) -> String {
    let (who, when) = (name(&lifted.by), lifted.at.minute());
    format!("{who} lifted the hold at {when}: {}", end(&text(&lifted.reason)))
}

/// Which roles have still to say go.
pub(in crate::launch) fn awaited(missing: &[Role]) -> String {
    let verb = if missing.len() == 1 { "has" } else { "have" };
    format!("{} {verb} to say go.", roles(missing))
}

/// What an irreversible step rests on is not decided.
pub(in crate::launch) fn undecided(id: &StepId, state: StepState, why: Option<&str>) -> String {
    let why = why.map(|why| format!(" {why}")).unwrap_or_default();
    format!("Rests on {id}, which is {}.{why}", state.word())
}

/// A rollback was called.
pub(in crate::launch) fn rolled_back(by: &Actor, at: Timestamp, reason: &str) -> String {
    format!("Rolled back by {} at {}: {}", name(by), at.minute(), end(&text(reason)))
}

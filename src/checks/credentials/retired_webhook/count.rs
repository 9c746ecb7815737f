//! Counts what the old handler does with events that nobody signed.
//!
//! Used by the check when something at the old URL may still handle events and the merchant has an
//! observer. The rules it keeps: nothing else of ours is under way to the old host or the live one
//! meanwhile; a count that moved once may have been moved by something else, so that one more event
//! has to move it again before the handler is blamed.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::checks::credentials::retired_webhook::look::Looker;
use crate::checks::observer::{EffectCount, NoCount, Patience};
use crate::checks::webhook::wire::NoAnswer;
use crate::checks::webhook::wire::reserved::Reserved;
use crate::checks::{CheckContext, Effect, Planned};

/// How many events are sent, at least; each address that may handle them gets one.
const EVENTS: usize = 3;

pub(super) const EVENT: &str = "POST of payment.created without a signature";

/// What the observer said.
pub(super) enum Counted {
    /// Nothing there handles events, so that nothing was counted.
    Nothing,
    /// The merchant names no observer.
    NoObserver,
    /// It gave no number that says something.
    NoCount(NoCount),
    /// The numbers.
    Count(Count),
}

/// The numbers before and after.
#[derive(Default)]
pub(super) struct Count {
    /// Before anything was sent.
    pub before: u64,
    /// When it had settled after the events.
    pub after: u64,
    /// When it had moved: the numbers before and after one more event.
    pub again: Option<(u64, u64)>,
    /// How many events arrived in all.
    pub events: usize,
    /// What they got.
    pub answers: Vec<String>,
}

impl Count {
    /// Whether the events moved it, each time.
    pub fn moved(&self) -> bool {
        self.after > self.before && self.again.is_some_and(|(before, after)| after > before)
    }

    /// Whether events arrived and it stayed where it was.
    pub fn stayed(&self) -> bool {
        self.events > 0 && self.after == self.before
    }

    /// The numbers as data.
    pub fn evidence(&self) -> Value {
        json!({
            "events": self.events,
            "before": self.before,
            "after": self.after,
            "again": self.again.map(|(before, after)| json!({"before": before, "after": after})),
            "answers": self.answers,
        })
    }
}

/// Lists what [`count`] would send and read.
pub(super) fn plan(context: &CheckContext, target: &str) -> Vec<Planned> {
    let Some(observer) = EffectCount::of(context, Patience::PRODUCTION) else { return Vec::new() };
    let what = format!("{EVENT} (only if something takes events there; at least {EVENTS} times)");
    let event = Planned {
        effect: Effect::Refusable,
        what,
        target: target.to_owned(),
        arms: None,
        spend: None,
    };
    vec![event, observer.planned()]
}

/// Sends the events to the addresses that may handle them, and counts.
pub(super) async fn count(
    looker: &Looker<'_>,
    handling: &[SocketAddr],
    patience: Patience,
    context: &CheckContext,
) -> Counted {
    if handling.is_empty() {
        return Counted::Nothing;
    }
    let Some(mut observer) = EffectCount::of(context, patience) else {
        return Counted::NoObserver;
    };
    match watch(looker, handling, &mut observer).await {
        Ok(count) => Counted::Count(count),
        Err(why) => Counted::NoCount(why),
    }
}

async fn watch(
    looker: &Looker<'_>,
    handling: &[SocketAddr],
    observer: &mut EffectCount,
) -> Result<Count, NoCount> {
    let (alone, _live) = looker.reserve().await.map_err(|_| NoCount::Cancelled)?;
    let mut count = Count { before: observer.at_rest().await?, ..Count::default() };
    let events = EVENTS.max(handling.len());
    send(looker, &alone, handling.iter().cycle().take(events), &mut count).await;
    count.after = settled(observer, count.before).await?;
    if count.after > count.before {
        let before = observer.at_rest().await?;
        send(looker, &alone, handling.iter().take(1), &mut count).await;
        count.again = Some((before, settled(observer, before).await?));
    }
    Ok(count)
}

/// The number once it has come to rest; a move is waited for.
async fn settled(observer: &mut EffectCount, before: u64) -> Result<u64, NoCount> {
    let settled = observer.settled(before.saturating_add(1)).await?;
    let (from, to) = (before, settled.count);
    if to < from {
        Err(NoCount::Fell { from, to })
    } else if !settled.still {
        Err(NoCount::Restless { from, to })
    } else {
        Ok(to)
    }
}

async fn send(
    looker: &Looker<'_>,
    alone: &Reserved<'_>,
    addresses: impl Iterator<Item = &SocketAddr>,
    count: &mut Count,
) {
    for address in addresses {
        let sent = looker.post(alone, *address, EVENT).await;
        let arrived = match &sent.answer {
            Ok(_) => true,
            Err(nothing) => {
                matches!(nothing, NoAnswer::Timeout(_) | NoAnswer::Closed | NoAnswer::NotHttp)
            }
        };
        count.events += usize::from(arrived);
        count.answers.push(match sent.answer {
            Ok(answer) => answer.status.to_string(),
            Err(nothing) => nothing.says(),
        });
    }
}

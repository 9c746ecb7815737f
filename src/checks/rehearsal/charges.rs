//! Which charge of a subscription something is about. Pure.
//!
//! Used by `subscription`. Events come late, twice, in any order and under two names (C2): a charge
//! is told from another by the moment at which it happened, never by counting events. Half an
//! interval apart, it is another charge.

use std::time::Duration;

use serde_json::Value;

use crate::launch::money::{MoneyFact, Tracked};
use crate::mintcash::body::{moment, unwrapped};
use crate::mintcash::prepared::Prepared;
use crate::mintcash::subscriptions::Subscription;
use crate::time::Timestamp;

/// The days between two charges, as they were asked for.
pub fn interval(tracked: &Tracked) -> Duration {
    let body = tracked.intent.request.as_ref().map(Prepared::body);
    let body: Option<Value> = body.and_then(|body| serde_json::from_str(body).ok());
    let days = body.as_ref().and_then(|body| body.get("billingIntervalDays")?.as_u64());
    Duration::from_secs(days.unwrap_or(7).saturating_mul(86_400))
}

/// When each charge happened that is known, with its number: by its event where there was one, else
/// by the API.
pub fn charges(tracked: &Tracked) -> Vec<(u32, Option<Timestamp>)> {
    let by_event = |wanted: u32| {
        tracked.seen.iter().find_map(|seen| match seen.what.fact {
            MoneyFact::EventSeen { number, .. } if number == wanted => seen.what.at,
            _ => None,
        })
    };
    let charges = tracked.seen.iter().filter_map(|seen| match seen.what.fact {
        MoneyFact::Charged { number, .. } => Some((number, by_event(number).or(seen.what.at))),
        _ => None,
    });
    charges.collect()
}

/// Which charge happened at that moment: one that is known when it is near it, else the next.
pub fn number_of(tracked: &Tracked, at: Option<Timestamp>) -> u32 {
    let known = charges(tracked);
    let Some(at) = at else { return 1 };
    let half = interval(tracked) / 2;
    let near = |other: Timestamp| at.since(other).max(other.since(at)) < half;
    // Of one that is known without a moment nothing tells this one apart.
    let same = known.iter().find(|(_, other)| other.is_none_or(near));
    match same {
        Some((number, _)) => *number,
        None => known.iter().map(|(number, _)| number + 1).max().unwrap_or(1),
    }
}

/// Which charge the paid period tells of: of one, never of two. A period that begins long after the
/// subscription was made may be that of a first payment that was late; only an event shows another
/// one before it.
pub fn of_period(subscription: &Subscription, tracked: &Tracked) -> Option<(u32, Timestamp)> {
    let inner = unwrapped(&subscription.body, "subscription");
    let start = subscription.period_start?;
    let made = moment(inner, "createdAt");
    let half = interval(tracked) / 2;
    let is_renewed = made.is_some_and(|made| start.since(made) >= half);
    Some((number_after(tracked, start, is_renewed), start))
}

/// Which charge a period began with. One that is known without its moment was the first, so that a
/// later period is the second.
fn number_after(tracked: &Tracked, start: Timestamp, is_renewed: bool) -> u32 {
    let known = charges(tracked);
    let undated = known.iter().all(|(_, at)| at.is_none());
    match (known.is_empty(), undated, is_renewed) {
        (false, true, true) => known.iter().map(|(number, _)| *number).max().unwrap_or(1).max(2),
        _ => number_of(tracked, Some(start)),
    }
}

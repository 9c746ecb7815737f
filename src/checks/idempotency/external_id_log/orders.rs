//! One order, several ids: whether the customer was charged more than once.
//!
//! Called once for each id to say which order it is for ([`of_id`]), then once for each order with
//! its ids. The rules it keeps: a new id after a failed payment is as it should be; part payments
//! and instalments look like double charges from afar, so that only what comes close together with
//! the same amount is called wrong, and the rest is called doubtful.

use super::fact::Fact;
use super::judge::{Conflict, Topic, Weight, What};
use super::usage::{End, Kind};

/// Two charges of one order so close together were one intent, in milliseconds.
const CLOSE: i64 = 3_600_000;

/// What an order's ids come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderSays {
    /// What is wrong.
    pub conflict: Option<Conflict>,
    /// Whether it has several ids of which it is not known how they ended.
    pub is_open: bool,
}

/// The fact of an id by its order, where it has one: how it ended, from all its uses.
#[must_use]
pub fn of_id(group: &[Fact]) -> Option<Fact> {
    let is_charge = |fact: &&Fact| !matches!(fact.kind(), Kind::Refund);
    let ordered = |fact: &&Fact| is_charge(fact) && fact.order != 0;
    let explicit = group.iter().filter(ordered).find(|fact| !fact.is_free_text());
    let own = explicit.or_else(|| group.iter().find(ordered))?;
    let ends = || group.iter().filter(is_charge).map(Fact::end);
    let end = [End::Refunded, End::Succeeded, End::Conflict, End::Failed]
        .into_iter()
        .find(|wanted| ends().any(|end| end == *wanted))
        .unwrap_or(End::Open);
    let environment = group.iter().find_map(Fact::environment);
    let charged = group.iter().find(|fact| fact.end() == End::Succeeded).and_then(Fact::time);
    Some(own.by_order(end, environment, own.time().or(charged)))
}

/// Judges the ids of one order, in the order of their lines.
#[must_use]
pub fn judge(ids: &[Fact]) -> OrderSays {
    let mut says = OrderSays::default();
    let mut best: Option<(Weight, usize, usize)> = None;
    for (index, second) in ids.iter().enumerate() {
        for (earlier, first) in ids.iter().enumerate().take(index) {
            if first.order == second.order || !could_be_one(first, second) {
                continue;
            }
            if is_open(first) && !is_settled_no(second) || is_open(second) && !is_settled_no(first)
            {
                says.is_open |= !first.is_free_text();
            }
            if let Some(weight) = twice(first, second) {
                let found = (weight, earlier, index);
                best = Some(best.map_or(found, |best| best.min(found)));
            }
        }
    }
    says.conflict = best.and_then(|(weight, first, second)| {
        let (first, second) = (ids.get(first)?, ids.get(second)?);
        Some(Conflict {
            first: first.place,
            second: second.place,
            ids: (first.order, second.order),
            what: vec![What::Charged],
            topic: Topic::Intent,
            weight,
        })
    });
    says
}

fn is_open(fact: &Fact) -> bool {
    fact.end() == End::Open
}

/// Whether surely nobody was charged.
fn is_settled_no(fact: &Fact) -> bool {
    matches!(fact.end(), End::Failed | End::Conflict)
}

/// Whether the two ids can be for one intent: in one environment, for one customer.
fn could_be_one(one: &Fact, other: &Fact) -> bool {
    let places = one.environment().zip(other.environment());
    let elsewhere = places.is_some_and(|(one, other)| one != other);
    let strangers =
        one.basis() == other.basis() && one.who != 0 && other.who != 0 && one.who != other.who;
    let free = one.is_free_text() || other.is_free_text();
    let unknown = one.who == 0 || other.who == 0;
    one.kind() == other.kind() && !(elsewhere || strangers || free && unknown)
}

/// How wrong it is that both were charged; `None` when they were not.
fn twice(one: &Fact, other: &Fact) -> Option<Weight> {
    let charged = |fact: &Fact| matches!(fact.end(), End::Succeeded | End::Refunded);
    if !charged(one) || !charged(other) {
        return None;
    }
    let same_amount = one
        .amount()
        .zip(other.amount())
        .is_none_or(|((one, unit), (other, with))| one.may_equal(unit, other, with));
    let same_currency = one.currency == 0 || other.currency == 0 || one.currency == other.currency;
    if !same_amount || !same_currency {
        // Part payments: a deposit and the rest.
        return None;
    }
    let free = one.is_free_text() || other.is_free_text();
    let repaired = one.end() == End::Refunded || other.end() == End::Refunded;
    if free || repaired {
        return Some(Weight::Risky);
    }
    let apart = one.time().zip(other.time()).map(|(one, other)| one.abs_diff(other));
    let close = apart.is_some_and(|apart| apart <= CLOSE.cast_unsigned());
    Some(if close { Weight::Wrong } else { Weight::Doubtful })
}

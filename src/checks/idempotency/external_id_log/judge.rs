//! What is wrong with the uses of one id.
//!
//! Called once for each id with everything that differs about it. The rules it keeps: only what
//! two lines both say is compared, and only like with like; MintCash repeating what it was asked is
//! never a second use; what could be two readings of one thing is none of the two.

use super::fact::Fact;
use super::usage::{Basis, End, Kind};
use crate::events::blocks::Place;

/// Which of the two questions a finding answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// One intent was not one: a changed body under an id, or several ids for an order.
    Intent,
    /// An id was used for two things.
    Reuse,
    /// The lines do not tell which of both.
    Either,
}

/// How much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It is wrong.
    Wrong,
    /// It is wrong or not; the log does not tell.
    Doubtful,
    /// It may become wrong.
    Risky,
}

/// What differs between two lines, or what they share and should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The environment.
    Environment,
    /// The customer.
    Customer,
    /// The order.
    Order,
    /// The amount.
    Amount,
    /// The currency.
    Currency,
    /// The payment that is refunded.
    Refunded,
    /// Payment, refund or subscription.
    Kind,
    /// MintCash answered 409, and the first use is not in the log.
    Conflict,
    /// One order was charged under two ids.
    Charged,
}

/// One thing that is wrong, with the two lines that show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The earlier line.
    pub first: Place,
    /// The later line; the same where there is only one.
    pub second: Place,
    /// The hashes of the ids on them.
    pub ids: (u64, u64),
    /// What differs.
    pub what: Vec<What>,
    /// Which question it answers.
    pub topic: Topic,
    /// How much it weighs.
    pub weight: Weight,
}

/// Everything that is wrong with one id, at most one conflict for each topic and weight.
#[must_use]
pub fn conflicts(group: &[Fact]) -> Vec<Conflict> {
    let mut found: Vec<Conflict> = Vec::new();
    for (index, second) in group.iter().enumerate() {
        for first in group.iter().take(index) {
            let Some(conflict) = between(first, second) else { continue };
            let known = found
                .iter()
                .any(|one| one.topic == conflict.topic && one.weight == conflict.weight);
            if !known {
                found.push(conflict);
            }
        }
    }
    let refused = group.iter().find(|fact| fact.end() == End::Conflict);
    if let Some(fact) = refused.filter(|_| !found.iter().any(|one| one.weight == Weight::Wrong)) {
        found.push(Conflict {
            first: fact.place,
            second: fact.place,
            ids: (fact.key, fact.key),
            what: vec![What::Conflict],
            topic: Topic::Either,
            weight: Weight::Wrong,
        });
    }
    found
}

/// What is wrong between two uses of one id.
fn between(one: &Fact, other: &Fact) -> Option<Conflict> {
    let conflict = |what: Vec<What>, topic, weight| Conflict {
        first: one.place,
        second: other.place,
        ids: (one.key, other.key),
        what,
        topic,
        weight,
    };
    let places = one.environment().zip(other.environment());
    if places.is_some_and(|(one, other)| one != other) {
        return Some(conflict(vec![What::Environment], Topic::Reuse, Weight::Wrong));
    }
    if one.kind() != other.kind() && one.kind() != Kind::Unclear && other.kind() != Kind::Unclear {
        let shared = is_shared_by_the_merchant(one, other);
        return shared.then(|| conflict(vec![What::Kind], Topic::Reuse, Weight::Risky));
    }
    let differs = Differs::between(one, other);
    if differs.refunded {
        return Some(conflict(vec![What::Refunded], Topic::Reuse, Weight::Risky));
    }
    let what = differs.what();
    (!what.is_empty())
        .then(|| conflict(what, differs.topic(one, other), differs.weight(one, other)))
}

/// Whether the merchant gave one id to two kinds of things. The events of a subscription's own
/// charges may carry its id: who made them is not documented.
fn is_shared_by_the_merchant(one: &Fact, other: &Fact) -> bool {
    let is_subscription = |fact: &Fact| fact.kind() == Kind::Subscription;
    if is_subscription(one) || is_subscription(other) {
        return one.is_request() && other.is_request();
    }
    true
}

/// What differs, where both say it.
#[derive(Clone, Copy, Debug)]
struct Differs {
    customer: bool,
    order: bool,
    amount: bool,
    currency: bool,
    refunded: bool,
}

impl Differs {
    fn between(one: &Fact, other: &Fact) -> Self {
        let both = |one: u64, other: u64| one != 0 && other != 0 && one != other;
        let same_basis = one.basis() == other.basis();
        let who = same_basis && both(one.who, other.who);
        let is_refund = one.basis() == Basis::Payment;
        let orders = !one.is_free_text() && !other.is_free_text();
        let amounts = one.amount().zip(other.amount());
        Self {
            customer: who && !is_refund,
            order: orders && both(one.order, other.order),
            amount: amounts.is_some_and(|((one, unit), (other, other_unit))| {
                !one.may_equal(unit, other, other_unit)
            }),
            currency: both(one.currency.into(), other.currency.into()),
            refunded: who && is_refund,
        }
    }

    fn what(self) -> Vec<What> {
        let all = [
            (self.customer, What::Customer),
            (self.order, What::Order),
            (self.amount, What::Amount),
            (self.currency, What::Currency),
        ];
        all.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
    }

    /// Another order, or another customer and no order that holds both together, is another thing.
    /// The same order or customer is one thing that changed.
    fn topic(self, one: &Fact, other: &Fact) -> Topic {
        let same = |one: u64, other: u64| one != 0 && one == other;
        let orders = !one.is_free_text() && !other.is_free_text();
        let same_order = orders && same(one.order, other.order);
        let same_customer = one.basis() == other.basis() && same(one.who, other.who);
        if self.order || self.customer && !same_order {
            Topic::Reuse
        } else if same_order || same_customer {
            Topic::Intent
        } else {
            Topic::Either
        }
    }

    /// An address that changed between two events is a customer who moved. What the events of a
    /// subscription say as its amount is not documented.
    fn weight(self, one: &Fact, other: &Fact) -> Weight {
        let requests = one.is_request() && other.is_request();
        let moved = one.basis() == Basis::Email && !requests;
        let renewed = one.kind() == Kind::Subscription && !requests;
        let sure = self.order
            || self.customer && !moved
            || self.amount && !renewed
            || self.currency && !renewed;
        if sure { Weight::Wrong } else { Weight::Risky }
    }
}

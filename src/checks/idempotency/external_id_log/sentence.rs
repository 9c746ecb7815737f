//! One conflict in words: what is so, what it means, what to do.
//!
//! Used by [`report`](super::report). The rule it keeps: what the provider's documentation leaves
//! open is called open.

use super::judge::{Conflict, Topic, Weight, What};
use super::quoted::Shown;
use super::usage::Kind;
use crate::events::record::Environment;

/// What is said of a conflict, and what to do about it.
pub(super) fn of(conflict: &Conflict, lines: Option<(&Shown, &Shown)>) -> (String, &'static str) {
    let first = conflict.what.first().copied().unwrap_or(What::Conflict);
    let Some((one, other)) = lines else {
        return (
            "Two lines contradict each other about one externalId; one of them has changed since \
             it was read."
                .to_owned(),
            "Verify again.",
        );
    };
    let id = &one.id;
    match first {
        What::Environment => (
            format!(
                "The externalId {id} was used in two environments: {} and {}.",
                environment(one),
                environment(other)
            ),
            "Give the ids of the sandbox another prefix, so that nobody mixes them up.",
        ),
        What::Refunded => (
            format!(
                "The externalId {id} was used to refund two payments: {} and {}. The documentation \
                 says both that such an id counts for one payment and that it counts for all.",
                value(&one.who),
                value(&other.who)
            ),
            "Make the ids of refunds unique over all payments.",
        ),
        What::Kind => (
            format!(
                "The externalId {id} was used for {} and for {}. Whether the two share one set of \
                 ids is not documented.",
                kind(one.kind),
                kind(other.kind)
            ),
            "Give payments, refunds and subscriptions each a prefix of their own.",
        ),
        What::Conflict => (
            format!(
                "MintCash refused the externalId {id} with 409: it had been used with another \
                 body before. That use is not in these logs."
            ),
            "Find where this id was made the first time. If you were testing the 409, use an id \
             that begins with `golive-`: those are left out.",
        ),
        What::Charged => charged(conflict.weight, one, other),
        What::Customer | What::Order | What::Amount | What::Currency => body(conflict, one, other),
    }
}

fn body(conflict: &Conflict, one: &Shown, other: &Shown) -> (String, &'static str) {
    let differs: Vec<String> =
        conflict.what.iter().map(|what| differs(*what, one, other)).collect();
    let begin = format!("The externalId {} was used {}.", one.id, differs.join(" and "));
    let (means, hint) = match (conflict.weight, conflict.topic) {
        (Weight::Risky, _) => (
            "This may be as it should be: the customer's address can change, and what events of \
             subscriptions carry is not documented.",
            "Look at both lines.",
        ),
        (_, Topic::Reuse) => (
            "The second one gets the first one's payment, or is refused.",
            "Find where the id is made, and make it from something that no two of them share: a \
             UUID, or the order's number with a prefix.",
        ),
        (_, Topic::Intent) => (
            "MintCash refuses a changed body with 409, and the customer can not pay.",
            "Store the body together with its id and send the same bytes again. For a changed \
             order use a new id, once it is sure that the first one was not charged.",
        ),
        (_, Topic::Either) => (
            "Either the body changed between two tries, or two things have one id; the lines do \
             not tell which.",
            "Look at both lines. Log the order or the customer beside the id to tell the two apart.",
        ),
    };
    (format!("{begin} {means}"), hint)
}

fn differs(what: What, one: &Shown, other: &Shown) -> String {
    let (what, one, other) = match what {
        What::Customer => ("for two customers", &one.who, &other.who),
        What::Order => ("for two orders", &one.order, &other.order),
        What::Amount => ("with two amounts", &one.amount, &other.amount),
        _ => ("with two currencies", &one.currency, &other.currency),
    };
    format!("{what} ({} and {})", value(one), value(other))
}

fn charged(weight: Weight, one: &Shown, other: &Shown) -> (String, &'static str) {
    let begin = format!(
        "The order {} was charged under two externalIds, {} and {},",
        value(&one.order),
        one.id,
        other.id
    );
    match weight {
        Weight::Wrong => (
            format!("{begin} within an hour and with the same amount. The customer paid twice."),
            "Refund one of them. Then find where the id is made, and keep it for every try of the \
             same order.",
        ),
        Weight::Doubtful => (
            format!(
                "{begin} with the same amount, more than an hour apart or at times that are not in \
                 the log. That is a double charge, or an instalment."
            ),
            "Look at the order. If the customer paid twice, refund one payment and find where the \
             id is made.",
        ),
        Weight::Risky => (
            format!(
                "{begin} with the same amount. One has been refunded, or only the descriptions say \
                 that it is one order."
            ),
            "Look at the order, and at where the id is made.",
        ),
    }
}

fn environment(shown: &Shown) -> &'static str {
    match shown.environment {
        Some(Environment::Test) => "the sandbox",
        Some(Environment::Live) => "live",
        None => "an unknown one",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Payment => "a payment",
        Kind::Refund => "a refund",
        Kind::Subscription => "a subscription",
        Kind::Unclear => "something",
    }
}

fn value(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("?")
}

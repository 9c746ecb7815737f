//! What a delivered webhook is about, read tolerantly: which event, when the card ends.
//!
//! For whoever reads events that MintCash really sent. The rule it keeps: `event` decides, never
//! `type`, which refund events carry in two ways (C9 of mintcash-contract.md section 13); a name
//! that is not known is kept.

use serde_json::Value;

use crate::mintcash::body::text;

/// An event, whichever of its names it came under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `payment.…`, a step of a payment.
    Payment(String),
    /// `payment.refunded`, `payment.partially_refunded` or `payment.refund_failed`.
    Refund(String),
    /// A subscription's charge worked: `subscription.succeeded`, or `subscription.payment_succeeded`
    /// (C2).
    SubscriptionCharged,
    /// It did not: `subscription.failed`, or `subscription.payment_failed` (C2).
    SubscriptionChargeFailed,
    /// `subscription.cancelled`.
    SubscriptionCancelled,
    /// Anything else, as it came; not safe to show.
    Other(String),
}

impl Event {
    /// The event with that name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "subscription.succeeded" | "subscription.payment_succeeded" => {
                Self::SubscriptionCharged
            }
            "subscription.failed" | "subscription.payment_failed" => Self::SubscriptionChargeFailed,
            "subscription.cancelled" => Self::SubscriptionCancelled,
            "payment.refunded" | "payment.partially_refunded" | "payment.refund_failed" => {
                Self::Refund(name.to_owned())
            }
            _ if name.starts_with("payment.") => Self::Payment(name.to_owned()),
            other => Self::Other(other.to_owned()),
        }
    }

    /// The event of a delivered body, by its member `event` alone (C9).
    #[must_use]
    pub fn read(body: &Value) -> Option<Self> {
        Some(Self::of(&text(body, "event")?))
    }
}

/// Every event type that is documented, under every name that it has (mintcash-contract.md
/// section 10).
const DOCUMENTED: [&str; 14] = [
    "payment.created",
    "payment.pending",
    "payment.authorized",
    "payment.succeeded",
    "payment.failed",
    "payment.voided",
    "payment.partially_refunded",
    "payment.refunded",
    "payment.refund_failed",
    "subscription.succeeded",
    "subscription.failed",
    "subscription.cancelled",
    "subscription.payment_succeeded",
    "subscription.payment_failed",
];

/// Whether a type of event is one that is documented.
#[must_use]
pub fn is_documented(name: &str) -> bool {
    DOCUMENTED.contains(&name)
}

/// Month and year in which a card ends: numbers or texts, the year with two digits or four (C4).
#[must_use]
pub fn card_end(card: &Value) -> Option<(u32, u32)> {
    let number = |name| text(card, name)?.parse::<u32>().ok();
    let (month, year) = (number("expMonth")?, number("expYear")?);
    let year = if year < 100 { 2_000 + year } else { year };
    ((1..=12).contains(&month) && (2_000..3_000).contains(&year)).then_some((month, year))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn c2_both_names_of_a_subscription_s_charge_are_the_same_event() {
        for (one, other) in [
            ("subscription.succeeded", "subscription.payment_succeeded"),
            ("subscription.failed", "subscription.payment_failed"),
        ] {
            assert_eq!(Event::of(one), Event::of(other));
        }
        assert_ne!(Event::of("subscription.succeeded"), Event::of("subscription.failed"));
    }

    #[test]
    fn c4_a_card_s_end_is_read_as_numbers_and_as_short_texts() {
        for card in [
            json!({"expMonth": 3, "expYear": 2035}),
            json!({"expMonth": "03", "expYear": "35"}),
            json!({"expMonth": "3", "expYear": 35}),
        ] {
            assert_eq!(card_end(&card), Some((3, 2035)), "{card}");
        }
        for card in [json!(null), json!({}), json!({"expMonth": "13", "expYear": "35"})] {
            assert_eq!(card_end(&card), None, "{card}");
        }
    }

    #[test]
    fn c9_a_refund_is_a_refund_whatever_type_it_says() {
        for kind in [json!("payment"), json!("refund"), json!(null)] {
            let body = json!({"event": "payment.refunded", "type": kind});
            assert_eq!(Event::read(&body), Some(Event::Refund("payment.refunded".into())));
        }
        assert_eq!(Event::of("golive.probe"), Event::Other("golive.probe".into()));
        assert_eq!(Event::read(&json!({"type": "payment"})), None);
    }
}

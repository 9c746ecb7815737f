//! What a failed charge of a subscription leads to (mintcash-contract.md section 7).
//!
//! The rule it keeps: the documented schedule and no other. After the renewal four retries, 1, 3, 5
//! and 7 days after the attempt before; then the end.

use std::time::Duration;

use crate::twin::switch::Switch;
use crate::twin::world::place::Subscribed;
use crate::twin::world::site::Site;
use crate::twin::world::time::Time;

const DAY: u64 = 86_400;

/// The pauses before the retries, each after the attempt before.
pub const PAUSES: [Duration; 4] = [
    Duration::from_secs(DAY),
    Duration::from_secs(3 * DAY),
    Duration::from_secs(5 * DAY),
    Duration::from_secs(7 * DAY),
];

/// What a failure code means for the retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// They go on.
    Retry,
    /// They wait for another card.
    Wait,
    /// The subscription ends.
    End,
}

/// Documented are the first three and the last two; `antifraud_error` presumably waits, and the
/// rest is unknown: a wrong number or security code waits here, everything else is tried again.
fn then(code: &str) -> Then {
    match code {
        "lost_or_stolen_card" => Then::End,
        "card_expired" | "antifraud_error" | "invalid_pan" | "invalid_cvv" => Then::Wait,
        _ => Then::Retry,
    }
}

impl Site {
    /// A charge did not work.
    pub(super) fn not_charged(&mut self, time: &mut Time, id: &str, code: &str) {
        let now = time.now();
        let Some(subscription) = self.subscriptions.get_mut(id) else { return };
        subscription.failure = Some(code.to_owned());
        // The first charge: there is no dunning.
        if subscription.place.go(Subscribed::Failed, now).is_ok() {
            self.tell_subscription(time, id, "failed");
            return;
        }
        let attempt = subscription.next.map_or(0, |(_, attempt)| attempt);
        subscription.next = None;
        let pause = PAUSES.get(attempt).copied();
        match (then(code), pause) {
            (Then::End, _) | (Then::Retry, None) => {
                if self.has(Switch::FinalSendsBoth) {
                    self.tell_subscription(time, id, "failed");
                }
                self.cancel(time, id);
            }
            (Then::Wait, _) => {
                let _it_is_past_due_already = subscription.place.go(Subscribed::PastDue, now);
                subscription.paused = Some(attempt);
                self.tell_subscription(time, id, "failed");
            }
            (Then::Retry, Some(pause)) => {
                let _it_is_past_due_already = subscription.place.go(Subscribed::PastDue, now);
                self.plan_charge(time, id, now.plus(pause), attempt + 1);
                self.tell_subscription(time, id, "failed");
            }
        }
    }
}

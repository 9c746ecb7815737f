//! Faults of the dress rehearsal: what the provider, the card or the way between them can do.

use crate::demo::fault::Caught::{self, Fails, Survives, Waits};
use crate::demo::fault::{Change, Fault, Flaw, Whim};

const CHARGE: (&str, &str) = ("rehearsal.charge", "live-charge");
const REFUND: (&str, &str) = ("rehearsal.refund", "live-refund");
const SUBSCRIBE: (&str, &str) = ("rehearsal.subscribe", "live-subscription");
const CANCEL: (&str, &str) = ("rehearsal.cancel", "live-cancel");

const fn fault(
    place: (&'static str, &'static str),
    name: &'static str,
    about: &'static str,
    change: Change,
    caught: Caught,
) -> Fault {
    let (step, check) = place;
    Fault { name, about, change, step, check, caught, minds: &[] }
}

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    fault(CHARGE, "card-declined", "The issuer declines the card of the rehearsal.", Change::Customer(Whim::CardDeclined), Fails),
    fault(CHARGE, "customer-leaves", "Nobody pays: the hosted page runs out.", Change::Customer(Whim::Leaves), Fails),
    fault(CHARGE, "webhook-not-registered", "No live webhook URL is registered: the payment succeeds and no event comes.", Change::Provider(&["live:no-webhooks"]), Waits),
    fault(CHARGE, "signed-with-other-secret", "MintCash signs live events with another secret than the shop has.", Change::Provider(&["live:bad-signature"]), Waits),
    fault(CHARGE, "event-names-sandbox", "The event of a live payment names the sandbox.", Change::Provider(&["live:wrong-environment"]), Waits),
    fault(CHARGE, "amount-read-as-cents", "The shop reads the event's amount in the wrong unit.", Change::Handler(Flaw::LogsWrongAmount), Fails),
    fault(CHARGE, "charged-twice", "Answers get lost, and MintCash makes a new payment each time the same body comes again.", Change::Provider(&["live:lost-answer", "live:double-charge"]), Waits),
    fault(CHARGE, "answer-lost", "The answer to a call that creates something gets lost; the same body has to be sent again.", Change::Provider(&["live:lost-answer"]), Survives),
    fault(CHARGE, "events-come-twice", "Every event is delivered twice.", Change::Provider(&["live:duplicates"]), Survives),
    fault(REFUND, "refund-fails", "The refund fails at the acquirer.", Change::Provider(&["live:refund-fails"]), Fails),
    fault(REFUND, "refund-event-falls-over", "The shop fails on the event of a refund, so that nobody notices it.", Change::Handler(Flaw::FailsOnRefund), Waits),
    fault(SUBSCRIBE, "renewal-fails", "The card of the subscription is declined at the renewal.", Change::Provider(&["live:renewal-fails-with"]), Waits),
    fault(CANCEL, "cancel-without-event", "The subscription is cancelled and no event comes.", Change::Provider(&["live:cancel-without-event"]), Waits),
];

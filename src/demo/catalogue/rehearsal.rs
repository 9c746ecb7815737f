//! Faults of the dress rehearsal: what the provider, the card or the way between them can do.

use crate::demo::fault::Caught::{self, Fails, Survives};
use crate::demo::fault::{Change, Fault, Whim};

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
    fault(CHARGE, "webhook-not-registered", "No live webhook URL is registered: the payment succeeds and no event comes.", Change::Provider("live:webhook-not-registered", true), Fails),
    fault(CHARGE, "wrong-amount-in-event", "The event says another amount than was charged.", Change::Provider("live:wrong-amount", true), Fails),
    fault(CHARGE, "charged-twice", "MintCash charges the card twice for one payment.", Change::Provider("live:charges-twice", true), Fails),
    fault(CHARGE, "answer-lost", "The answer to the create call gets lost, and the same body has to be sent again.", Change::Provider("live:loses-answers", true), Survives),
    fault(REFUND, "refund-fails", "The refund fails at the acquirer.", Change::Provider("live:refund-fails", true), Fails),
    fault(REFUND, "refund-without-event", "The refund succeeds and no event comes.", Change::Provider("live:no-refund-event", true), Fails),
    fault(SUBSCRIBE, "renewal-fails", "The card of the subscription is declined at the renewal.", Change::Provider("live:renewal-fails", true), Fails),
    fault(CANCEL, "cancel-without-event", "The subscription is cancelled and no event comes.", Change::Provider("live:no-cancel-event", true), Fails),
];

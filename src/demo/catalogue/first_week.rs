//! Faults of the first week: what can go wrong once real customers pay, as its logs tell it.

use crate::demo::fault::Caught::{self, Fails};
use crate::demo::fault::{Change, Fault, Mishap};

const DELIVERY: (&str, &str) = ("first-week.delivery", "delivery-rate");
const FAILURES: (&str, &str) = ("first-week.failures", "failure-codes");
const CHURN: (&str, &str) = ("first-week.churn", "churn");
const CORRELATION: (&str, &str) = ("first-week.correlation", "request-correlation");

const fn fault(
    place: (&'static str, &'static str),
    name: &'static str,
    about: &'static str,
    mishap: Mishap,
    caught: Caught,
) -> Fault {
    let (step, check) = place;
    Fault { name, about, change: Change::Week(mishap), step, check, caught, minds: &[] }
}

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    fault(DELIVERY, "webhook-outage-in-the-week", "For the last hour the handler has answered every webhook with 500.", Mishap::Outage, Fails),
    fault(DELIVERY, "webhook-slow-in-the-week", "For the last hour the handler has answered after more than 10 seconds.", Mishap::Slow, Fails),
    fault(DELIVERY, "events-stop-in-the-week", "For the last ten hours no event has come.", Mishap::Silence, Fails),
    fault(FAILURES, "code-spike", "For a day issuers have declined nine times as many payments.", Mishap::OneCodeUp, Fails),
    fault(FAILURES, "codes-up-together", "For two days many codes have been more frequent at once, as after a change of the checkout.", Mishap::ManyCodesUp, Fails),
    fault(FAILURES, "cards-tested", "For four hours somebody has been trying stolen cards.", Mishap::CardsTested, Fails),
    fault(CHURN, "dunning-stops", "For twelve days no failed renewal has been tried again.", Mishap::DunningStops, Fails),
    fault(CORRELATION, "no-request-ids", "For a week the application's log has left out the request ids.", Mishap::NoRequestIds, Fails),
    fault(CORRELATION, "errors-not-logged", "For a week the application has logged no error of the API.", Mishap::ErrorsNotLogged, Fails),
];

//! Faults in the section `idempotency`: calls without an id or with a bad one, ids that are shared,
//! a provider that does not keep its word.

use crate::demo::fault::Caught::{self, Fails, Warns};
use crate::demo::fault::{Change, Edit, Fault, Lines};

const CALLS: (&str, &str) = ("idempotency.external-id", "external-id-calls");
const LOG: (&str, &str) = ("idempotency.unique", "external-id-log");
const REUSE: (&str, &str) = ("idempotency.no-reuse", "external-id-log");
const REPLAY: (&str, &str) = ("idempotency.unique", "idempotent-replay");

const fn call(
    name: &'static str,
    about: &'static str,
    caught: Caught,
    edit: (&'static str, &'static str, &'static str),
) -> Fault {
    let (file, find, put) = edit;
    let change = Change::Source(Edit { file, find, put });
    let (step, check) = CALLS;
    Fault { name, about, change, step, check, caught, minds: &[] }
}

const fn log(
    place: (&'static str, &'static str),
    name: &'static str,
    about: &'static str,
    lines: Lines,
) -> Fault {
    let (step, check) = place;
    Fault { name, about, change: Change::Log(lines), step, check, caught: Fails, minds: &[] }
}

const fn provider(
    name: &'static str,
    about: &'static str,
    switches: &'static [&'static str],
) -> Fault {
    let (step, check) = REPLAY;
    let change = Change::Provider(switches);
    Fault { name, about, change, step, check, caught: Fails, minds: &[] }
}

/// A refund that is tried again under another id each time.
const REFUND_IN_A_LOOP: &str = "    import uuid

    for attempt in range(3):
        body[\"externalId\"] = str(uuid.uuid4())
        answer = requests.post(path, json=body, auth=KEYS, timeout=15)
        if answer.status_code < 500:
            break
";

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    call("payment-without-external-id", "The checkout sends no externalId.", Fails, ("server/checkout.mjs", "      externalId: placed.paymentExternalId,\n", "")),
    call("subscription-without-external-id", "The call that starts a subscription sends no externalId.", Fails, ("billing/subscriptions.py", "        \"externalId\": subscriber.subscription_external_id,\n", "")),
    call("refund-without-external-id", "The call that refunds sends no externalId.", Fails, ("billing/refunds.py", "        \"externalId\": case.refund_external_id,\n", "")),
    call("external-id-is-the-time", "The checkout's externalId is the time in milliseconds.", Warns, ("server/checkout.mjs", "externalId: placed.paymentExternalId", "externalId: String(Date.now())")),
    call("external-id-is-the-customer", "The subscription's externalId is that of the subscriber, who may subscribe twice.", Warns, ("billing/subscriptions.py", "subscriber.subscription_external_id", "subscriber.id")),
    call("external-id-made-anew", "The refund's externalId is made anew for every try.", Warns, ("billing/refunds.py", "    answer = requests.post(path, json=body, auth=KEYS, timeout=15)\n", REFUND_IN_A_LOOP)),
    log(LOG, "two-ids-for-one-order", "One order was charged under two externalIds.", Lines::TwoIds),
    log(LOG, "two-amounts-under-one-id", "One externalId was sent with two amounts.", Lines::TwoAmounts),
    log(LOG, "two-currencies-under-one-id", "One externalId was sent in two currencies.", Lines::TwoCurrencies),
    log(REUSE, "two-customers-under-one-id", "Two customers share one externalId.", Lines::TwoCustomers),
    log(REUSE, "one-id-in-both-environments", "The sandbox and live share one externalId.", Lines::BothEnvironments),
    provider("provider-ignores-external-id", "MintCash makes a second payment for the same externalId.", &["test:double-charge"]),
];

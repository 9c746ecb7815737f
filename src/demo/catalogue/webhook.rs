//! Faults in the section `webhook`, but for the signature: the way in, the environment, copies,
//! time, odd events.

use crate::demo::fault::Caught::{self, Doubts, Fails, Warns};
use crate::demo::fault::{Change, Door, Fault, Flaw, Paper};

/// The checks that send signed events, and can say little where none gets through.
pub(super) const SIGNED: &[&str] = &[
    "secret-storage",
    "webhook-signature",
    "webhook-environment",
    "webhook-dedupe",
    "webhook-latency",
    "webhook-odd-events",
];

const ENDPOINT: (&str, &str) = ("webhook.endpoint", "webhook-endpoint");
const ENVIRONMENT: (&str, &str) = ("webhook.environment", "webhook-environment");
const DEDUPE: (&str, &str) = ("webhook.dedupe", "webhook-dedupe");
const PROMPT: (&str, &str) = ("webhook.prompt", "webhook-latency");
const ODD: (&str, &str) = ("webhook.odd-events", "webhook-odd-events");

const fn fault(
    place: (&'static str, &'static str),
    name: &'static str,
    about: &'static str,
    change: Change,
    caught: Caught,
    minds: &'static [&'static str],
) -> Fault {
    let (step, check) = place;
    Fault { name, about, change, step, check, caught, minds }
}

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    fault(ENDPOINT, "certificate-expired", "The certificate ended last month.", Change::Certificate(Paper::Expired), Fails, &[]),
    fault(ENDPOINT, "certificate-for-other-name", "The certificate is for another name.", Change::Certificate(Paper::OtherName), Fails, &[]),
    fault(ENDPOINT, "intermediate-missing", "The server does not send the certificate between its own and the root.", Change::Certificate(Paper::Alone), Fails, &[]),
    fault(ENDPOINT, "certificate-self-signed", "The certificate vouches for itself.", Change::Certificate(Paper::SelfSigned), Fails, &[]),
    fault(ENDPOINT, "certificate-ends-soon", "The certificate ends in five days.", Change::Certificate(Paper::EndsSoon), Warns, &[]),
    fault(ENDPOINT, "old-tls", "The server still speaks TLS 1.0.", Change::Server(Door::OldTls), Warns, &[]),
    fault(ENDPOINT, "served-in-cleartext", "The handler answers over plain HTTP too.", Change::Server(Door::Cleartext), Warns, &[]),
    fault(ENDPOINT, "endpoint-redirects", "The webhook URL redirects to one with a trailing slash.", Change::Handler(Flaw::Redirects), Fails, SIGNED),
    fault(ENDPOINT, "csrf-wall", "A framework's CSRF check answers in place of the handler.", Change::Handler(Flaw::CsrfWall), Fails, SIGNED),
    fault(ENDPOINT, "login-wall", "A login page answers in place of the handler.", Change::Handler(Flaw::LoginWall), Fails, SIGNED),
    fault(ENDPOINT, "get-falls-over", "A GET of the webhook URL makes the server fail.", Change::Handler(Flaw::FailsOnGet), Warns, &[]),
    fault(ENVIRONMENT, "acts-on-sandbox-events", "The handler does not look at the event's environment.", Change::Handler(Flaw::ActsOnSandbox), Fails, &[]),
    fault(ENVIRONMENT, "sandbox-secret-accepted", "The handler knows the sandbox's secret, too, and acts on what is signed with it.", Change::Handler(Flaw::TakesSandboxSecret), Fails, &["secret-storage"]),
    fault(DEDUPE, "no-dedupe", "A copy of an event is fulfilled again.", Change::Handler(Flaw::NoDedupe), Fails, &[]),
    fault(DEDUPE, "dedupe-race", "Copies that arrive together are all new: looked up first, stored later.", Change::Handler(Flaw::DedupeRace), Fails, &[]),
    fault(DEDUPE, "conflict-on-copy", "A copy is answered with 409.", Change::Handler(Flaw::ConflictOnCopy), Fails, &[]),
    fault(DEDUPE, "copy-falls-over", "The unique index is there and its error is not caught: a copy gets a 500.", Change::Handler(Flaw::FailsOnCopy), Fails, &[]),
    fault(DEDUPE, "dedupe-by-payment", "Copies are recognised by the payment, so that its second event counts as one.", Change::Handler(Flaw::DedupeByPayment), Doubts, &[]),
    fault(PROMPT, "slow-handler", "The work is done before the answer, which takes longer than MintCash waits.", Change::Handler(Flaw::Slow), Fails, &["secret-storage", "webhook-signature", "webhook-environment", "webhook-dedupe", "webhook-odd-events"]),
    fault(PROMPT, "slow-at-once", "Events are taken one at a time, which a burst does not survive.", Change::Handler(Flaw::OneAtATime), Fails, &["webhook-dedupe"]),
    fault(ODD, "dies-on-junk", "A body that is no JSON ends the process.", Change::Handler(Flaw::DiesOnJunk), Fails, &[]),
    fault(ODD, "real-card-refused", "The month of a card must be a number; MintCash sends it as a text.", Change::Handler(Flaw::NumbersOnly), Fails, &[]),
    fault(ODD, "slow-client-blocks", "One client that sends slowly holds up everybody else.", Change::Handler(Flaw::SlowClientBlocks), Fails, &[]),
    fault(ODD, "unknown-event-fails", "An event of a type that is not known gets a 500.", Change::Handler(Flaw::FailsOnUnknown), Warns, &["webhook-signature", "secret-storage"]),
];

//! Asks every address of the endpoint and keeps what it saw; judges nothing.

use std::net::SocketAddr;

use hyper::Method;

use crate::checks::webhook::old_tls::OldTls;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::public::{is_loopback, not_public};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::trust::Roots;
use crate::checks::webhook::wire::{Guard, NoAnswer, Request, Sent, Wire};
use crate::checks::{CheckContext, Effect, Planned, Progress};
use crate::mintcash::envelope::probe_id;

/// How many addresses are asked; the others are named.
const MOST_ADDRESSES: usize = 8;

const POST: &str = "POST without a signature";
const GET: &str = "GET";
const OLD_TLS: &str = "offer of TLS 1.1";
const CLEARTEXT: &str = "POST over plain HTTP";

/// What was seen.
pub(super) struct Seen {
    /// Each address that was asked.
    pub addresses: Vec<AddressSeen>,
    /// Addresses beyond those that are asked.
    pub left_out: Vec<SocketAddr>,
    /// What GET got, at the first address that answered.
    pub get: Option<Sent>,
    /// The plain HTTP twin and what it answered.
    pub cleartext: Option<(Target, Sent)>,
}

/// What was seen at one address.
pub(super) struct AddressSeen {
    /// The address.
    pub address: SocketAddr,
    /// Why it is not public, if it is not.
    pub special: Option<&'static str>,
    /// What a POST without a signature got; `None` when the address is no place to send one.
    pub post: Option<Sent>,
    /// What it answers to an offer of TLS 1.1.
    pub old_tls: Option<OldTls>,
}

/// Lists what [`look`] would send; each address of the host gets the same.
pub(super) fn plan(target: &Target, twin: Option<&Target>) -> Vec<Planned> {
    let entry = |what: &str, to: String| Planned {
        effect: Effect::Refusable,
        what: what.to_owned(),
        target: to,
        arms: None,
    };
    let mut plan = vec![entry(POST, target.shown())];
    if target.tls {
        plan.push(entry(OLD_TLS, target.shown()));
    }
    plan.push(entry(GET, target.shown()));
    plan.extend(twin.map(|twin| entry(CLEARTEXT, twin.shown())));
    plan
}

/// Asks.
pub(super) async fn look(
    target: &Target,
    twin: Option<Target>,
    addresses: &[SocketAddr],
    roots: &Roots,
    limits: Limits,
    context: &CheckContext,
) -> Seen {
    let wire = Wire::new(target.clone(), roots.clone(), limits, context);
    let run = probe_id(context.now);
    let mut seen = Seen {
        addresses: Vec::new(),
        left_out: addresses.iter().skip(MOST_ADDRESSES).copied().collect(),
        get: None,
        cleartext: None,
    };
    for address in addresses.iter().take(MOST_ADDRESSES) {
        let special = not_public(address.ip());
        let mut at = AddressSeen { address: *address, special, post: None, old_tls: None };
        if may_be_asked(*address) {
            let sent = wire.send(*address, &unsigned(&run), Guard::Open).await;
            say(context, POST, *address, &sent);
            if target.tls && wants_old_tls(&sent) {
                at.old_tls = wire.old_tls(*address).await;
                say_old_tls(context, *address, at.old_tls);
            }
            at.post = Some(sent);
        }
        seen.addresses.push(at);
    }
    let answering = |at: &&AddressSeen| at.post.as_ref().is_some_and(|sent| sent.answer.is_ok());
    if let Some(at) = seen.addresses.iter().find(answering) {
        let request = Request { method: Method::GET, body: Vec::new(), ..unsigned(&run) };
        let sent = wire.send(at.address, &request, Guard::Open).await;
        say(context, GET, at.address, &sent);
        seen.get = Some(sent);
    }
    let first = seen.addresses.iter().find(|at| at.post.is_some()).map(|at| at.address);
    if let (Some(twin), Some(first)) = (twin, first) {
        let address = SocketAddr::new(first.ip(), twin.port);
        let plain = Wire::new(twin.clone(), roots.clone(), limits, context);
        let sent = plain.send(address, &unsigned(&run), Guard::Open).await;
        say(context, CLEARTEXT, address, &sent);
        seen.cleartext = Some((twin, sent));
    }
    seen
}

fn unsigned(run: &str) -> Request {
    Request {
        method: Method::POST,
        headers: vec![("content-type", b"application/json".to_vec())],
        body: b"{\"event\":\"golive.probe\"}".to_vec(),
        id: run.to_owned(),
    }
}

/// Public addresses, this machine, and private networks in which a handler may be under
/// development; nothing else (link-local ones are where clouds keep credentials).
fn may_be_asked(address: SocketAddr) -> bool {
    match not_public(address.ip()) {
        None => true,
        Some(what) => is_loopback(address.ip()) || what.starts_with("private"),
    }
}

/// The offer of old TLS is made where TLS is spoken at all, or was refused.
fn wants_old_tls(sent: &Sent) -> bool {
    sent.handshake.is_some()
        || matches!(&sent.answer, Err(NoAnswer::TlsVersion | NoAnswer::Handshake(_)))
}

fn say(context: &CheckContext, name: &str, address: SocketAddr, sent: &Sent) {
    let (says, good) = match &sent.answer {
        Ok(answer) => (format!("answered {}", answer.status), None),
        Err(NoAnswer::Cancelled) => return,
        Err(nothing) => (nothing.says(), (name == CLEARTEXT).then_some(true)),
    };
    context.progress.say(Progress::Probe {
        name: name.to_owned(),
        says: format!("{says} at {address} ({} ms)", millis(sent.took)),
        good,
        took: sent.took,
    });
}

fn say_old_tls(context: &CheckContext, address: SocketAddr, answer: Option<OldTls>) {
    let (says, good) = match answer {
        Some(OldTls::Speaks(version)) => (format!("accepted with {version} at {address}"), false),
        Some(OldTls::Refuses) => (format!("refused at {address}"), true),
        None => return,
    };
    context.progress.say(Progress::Probe {
        name: OLD_TLS.to_owned(),
        says,
        good: Some(good),
        took: std::time::Duration::ZERO,
    });
}

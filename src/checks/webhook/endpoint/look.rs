//! Asks every address of the endpoint and keeps what it saw; judges nothing.
//!
//! All addresses are asked side by side, and all requests wait for their turn on the wire.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use hyper::Method;
use tokio::net::UdpSocket;
use tokio::time::Instant;

use crate::checks::webhook::dns::{self, Dns, LOOKUP, Resolver};
use crate::checks::webhook::old_tls::{Offer, OldTls};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::public::{is_loopback, not_public};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::trust::Roots;
use crate::checks::webhook::wire::{Guard, NoAnswer, Request, Sent, Wire};
use crate::checks::{CheckContext, Effect, Planned, Progress};
use crate::mintcash::envelope::probe_id;

/// How many addresses are asked. Content delivery networks give a dozen, and three requests to each
/// of sixteen stay within the budget of a run.
const MOST_ADDRESSES: usize = 16;

const POST: &str = "POST without a signature";
const GET: &str = "GET";
const HEAD: &str = "HEAD";
const CLEARTEXT: &str = "POST over plain HTTP";

/// What was seen.
#[derive(Default)]
pub(super) struct Seen {
    /// What the resolvers say; `None` when the URL names an address.
    pub dns: Option<Dns>,
    /// Each address that was asked.
    pub addresses: Vec<AddressSeen>,
    /// Addresses beyond those that are asked.
    pub left_out: Vec<SocketAddr>,
    /// What GET got, at the first address that answered.
    pub get: Option<Sent>,
    /// What HEAD got, at the same address.
    pub head: Option<Sent>,
    /// The plain HTTP twin, when it was asked.
    pub twin: Option<Target>,
}

/// What was seen at one address.
pub(super) struct AddressSeen {
    /// The address.
    pub address: SocketAddr,
    /// Why it is not public, if it is not.
    pub special: Option<&'static str>,
    /// The address from which this machine would ask it; `None` when it has no way there.
    pub from: Option<IpAddr>,
    /// What a POST without a signature got; `None` when the address is no place to send one.
    pub post: Option<Sent>,
    /// What it answers to offers of old TLS; empty when none was made, `None` when no answer came.
    pub old_tls: Vec<(Offer, Option<OldTls>)>,
    /// What the plain HTTP twin answers at this address.
    pub cleartext: Option<Sent>,
}

impl AddressSeen {
    /// The old versions that the server speaks, each once, oldest first.
    pub fn speaks(&self) -> Vec<&'static str> {
        let mut versions: Vec<_> = self
            .old_tls
            .iter()
            .filter_map(|(_, answer)| match answer {
                Some(OldTls::Speaks(version)) => Some(*version),
                _ => None,
            })
            .collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    /// Whether an answer came.
    pub fn answered(&self) -> bool {
        self.post.as_ref().is_some_and(|sent| sent.answer.is_ok())
    }
}

/// What is to be looked at.
pub(super) struct Scope {
    /// The endpoint.
    pub target: Target,
    /// Its plain HTTP twin, where one is asked.
    pub twin: Option<Target>,
    /// The resolvers that are asked beside the system's.
    pub resolvers: Vec<Resolver>,
    /// The roots that chains may end in.
    pub roots: Roots,
    /// The limits.
    pub limits: Limits,
}

impl Scope {
    /// Lists what [`look`](Self::look) would send; each address of the host gets the same.
    pub fn plan(&self) -> Vec<Planned> {
        let target = &self.target;
        let entry = |effect, what: &str, to: String| Planned {
            effect,
            what: what.to_owned(),
            target: to,
            arms: None,
            spend: None,
        };
        let mut plan = Vec::new();
        if let Some(others) = dns::asked(target, &self.resolvers) {
            let by = others.iter().map(Resolver::to_string);
            let by = std::iter::once(dns::SYSTEM.to_owned()).chain(by);
            plan.extend(
                by.map(|by| entry(Effect::Reads, LOOKUP, format!("{} by {by}", target.host))),
            );
        }
        let send = |what: &str, to: &Target| entry(Effect::Refusable, what, to.shown());
        plan.push(send(POST, target));
        if target.tls {
            plan.extend(Offer::ALL.iter().map(|offer| send(&offered(*offer), target)));
        }
        plan.extend(self.twin.as_ref().map(|twin| send(CLEARTEXT, twin)));
        plan.extend([send(GET, target), send(HEAD, target)]);
        plan
    }

    /// Asks the addresses.
    pub async fn look(&self, addresses: &[SocketAddr], context: &CheckContext) -> Seen {
        let wire = Wire::new(self.target.clone(), self.roots.clone(), self.limits, context);
        let plain = self
            .twin
            .as_ref()
            .map(|twin| Wire::new(twin.clone(), self.roots.clone(), self.limits, context));
        let look = Look { context, wire: &wire, plain: plain.as_ref(), run: probe_id(context.now) };
        let asked = addresses.iter().take(MOST_ADDRESSES);
        let seen = join_all(asked.map(|address| look.at(*address))).await;
        let first = seen.iter().find(|at| at.answered()).map(|at| at.address);
        let (get, head) = match first {
            Some(address) => {
                let (get, head) = tokio::join!(
                    look.bare(GET, Method::GET, address),
                    look.bare(HEAD, Method::HEAD, address)
                );
                (Some(get), Some(head))
            }
            None => (None, None),
        };
        Seen {
            dns: None,
            addresses: seen,
            left_out: addresses.iter().skip(MOST_ADDRESSES).copied().collect(),
            get,
            head,
            twin: self.twin.clone(),
        }
    }
}

/// One look at the endpoint.
struct Look<'a> {
    context: &'a CheckContext,
    wire: &'a Wire,
    plain: Option<&'a Wire>,
    run: String,
}

impl Look<'_> {
    async fn at(&self, address: SocketAddr) -> AddressSeen {
        let mut seen = AddressSeen {
            address,
            special: not_public(address.ip()),
            from: way_to(address).await,
            post: None,
            old_tls: Vec::new(),
            cleartext: None,
        };
        if may_be_asked(address) {
            let ((post, old_tls), cleartext) =
                tokio::join!(self.endpoint(address), self.cleartext(address));
            (seen.post, seen.old_tls, seen.cleartext) = (Some(post), old_tls, cleartext);
        }
        seen
    }

    async fn endpoint(&self, address: SocketAddr) -> (Sent, Vec<(Offer, Option<OldTls>)>) {
        let sent = self.wire.send(address, &self.unsigned(), Guard::Open).await;
        self.say(POST, address, &sent);
        let mut old_tls = Vec::new();
        if self.wire.target().tls && wants_old_tls(&sent) {
            let offers = Offer::ALL.map(|offer| self.old_tls(address, offer));
            old_tls = join_all(offers).await;
        }
        (sent, old_tls)
    }

    async fn old_tls(&self, address: SocketAddr, offer: Offer) -> (Offer, Option<OldTls>) {
        let begin = Instant::now();
        let answer = self.wire.old_tls(address, offer).await;
        let (says, good) = match answer {
            Some(OldTls::Speaks(version)) => (format!("accepted with {version}"), Some(false)),
            Some(OldTls::Refuses) => ("refused".to_owned(), Some(true)),
            None if self.context.cancel.is_cancelled() => return (offer, None),
            None => ("nothing came back".to_owned(), None),
        };
        self.progress(offered(offer), format!("{says} at {address}"), good, begin.elapsed());
        (offer, answer)
    }

    async fn cleartext(&self, address: SocketAddr) -> Option<Sent> {
        let plain = self.plain?;
        let address = SocketAddr::new(address.ip(), plain.target().port);
        let sent = plain.send(address, &self.unsigned(), Guard::Open).await;
        self.say(CLEARTEXT, address, &sent);
        Some(sent)
    }

    /// A request without a body.
    async fn bare(&self, name: &str, method: Method, address: SocketAddr) -> Sent {
        let request = Request { method, headers: Vec::new(), body: Vec::new(), ..self.unsigned() };
        let sent = self.wire.send(address, &request, Guard::Open).await;
        self.say(name, address, &sent);
        sent
    }

    fn unsigned(&self) -> Request {
        Request {
            method: Method::POST,
            headers: vec![("content-type", b"application/json".to_vec())],
            body: b"{\"event\":\"golive.probe\"}".to_vec(),
            id: self.run.clone(),
        }
    }

    fn say(&self, name: &str, address: SocketAddr, sent: &Sent) {
        let (says, good) = match &sent.answer {
            Ok(answer) => (format!("answered {}", answer.status), None),
            Err(NoAnswer::Cancelled) => return,
            Err(nothing) => (nothing.says(), (name == CLEARTEXT).then_some(true)),
        };
        let says = format!("{says} at {address} ({} ms)", millis(sent.took));
        self.progress(name.to_owned(), says, good, sent.took);
    }

    fn progress(&self, name: String, says: String, good: Option<bool>, took: Duration) {
        self.context.progress.say(Progress::Probe { name, says, good, took });
    }
}

fn offered(offer: Offer) -> String {
    format!("offer of {}", offer.name())
}

/// The address from which the system would send to this one; it sends nothing to find out.
async fn way_to(address: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await.ok()?;
    socket.connect(address).await.ok()?;
    socket.local_addr().ok().map(|local| local.ip())
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

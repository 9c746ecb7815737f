//! Asks what is left of the old URL, at every address, and keeps what it saw; judges nothing.
//!
//! Nothing that is sent is signed. An event of a type that handlers know goes out only after one of
//! an unknown type came back from something that takes events, and only when an observer counts
//! what it does.

use std::net::SocketAddr;

use futures_util::future::join_all;
use hyper::Method;

use crate::checks::webhook::bodies::{COMPACT, value, write};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::public::{is_loopback, not_public};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::trust::Roots;
use crate::checks::webhook::wire::reserved::Reserved;
use crate::checks::webhook::wire::{Answer, Guard, NoAnswer, Request, Sent, Wire};
use crate::checks::{CheckContext, Effect, Planned, Progress};
use crate::mintcash::envelope::{Envelope, Environment, InertEvent, probe_id};

/// How many addresses are asked; the others are named.
const MOST_ADDRESSES: usize = 8;

pub(super) const POST: &str = "POST without a signature";
pub(super) const NOWHERE: &str = "POST without a signature beside it";

/// What was seen.
pub(super) struct Seen {
    /// Each address that was to be asked.
    pub addresses: Vec<AddressSeen>,
    /// Addresses beyond those that are asked.
    pub left_out: Vec<SocketAddr>,
}

/// What was seen at one address.
pub(super) struct AddressSeen {
    /// The address.
    pub address: SocketAddr,
    /// What a POST without a signature got; `None` when the address is no place to send one.
    pub post: Option<Sent>,
    /// What the same got at a path that does not exist, where the old one seemed not to either.
    pub nowhere: Option<Sent>,
}

impl AddressSeen {
    /// What the old URL answered, if it did.
    pub fn answer(&self) -> Option<&Answer> {
        self.post.as_ref()?.answer.as_ref().ok()
    }

    /// Whether what answers may be a handler that looked at the event: it accepted it, refused it
    /// for what it is, or fell over it.
    pub fn may_handle(&self) -> bool {
        self.answer().is_some_and(|answer| {
            matches!(answer.status, 200..=299 | 400 | 401 | 402 | 403 | 406 | 409 | 422 | 500)
        })
    }
}

/// The way to the old URL, for one run.
pub(super) struct Looker<'a> {
    wire: Wire,
    nowhere: Wire,
    /// The way to the live host, where that is another one.
    live: Option<Wire>,
    context: &'a CheckContext,
    run: String,
}

/// Lists what [`Looker::look`] would send; each address of the host gets the same.
pub(super) fn plan(old: &Target) -> Vec<Planned> {
    let entry = |what: String, target: &Target| Planned {
        effect: Effect::Refusable,
        what,
        target: target.shown(),
        arms: None,
        spend: None,
    };
    vec![
        entry(POST.to_owned(), old),
        entry(format!("{NOWHERE} (only if it answers 404)"), &beside(old, "golive-probe-…")),
    ]
}

impl<'a> Looker<'a> {
    /// Gets ready to ask.
    pub fn new(
        old: &Target,
        live: Option<&Target>,
        roots: &Roots,
        limits: Limits,
        context: &'a CheckContext,
    ) -> Self {
        let run = probe_id(context.now);
        let wire = |target: Target| Wire::new(target, roots.clone(), limits, context);
        let place = |target: &Target| (target.host.to_string(), target.port);
        let live = live.filter(|live| place(live) != place(old));
        Self {
            wire: wire(old.clone()),
            nowhere: wire(beside(old, &run)),
            live: live.map(|live| wire(live.clone())),
            context,
            run,
        }
    }

    /// Asks every address.
    pub async fn look(&self, addresses: &[SocketAddr]) -> Seen {
        let asked = addresses.iter().take(MOST_ADDRESSES).map(|address| self.ask(*address));
        Seen {
            addresses: join_all(asked).await,
            left_out: addresses.iter().skip(MOST_ADDRESSES).copied().collect(),
        }
    }

    /// Waits until nothing else of ours is under way to the old host and to the live one, and
    /// keeps it so: the first part is the way to the old one.
    ///
    /// # Errors
    /// When the run was cancelled.
    pub async fn reserve(&self) -> Result<(Reserved<'_>, Option<Reserved<'_>>), NoAnswer> {
        let live = match &self.live {
            Some(live) => Some(live.reserve().await?),
            None => None,
        };
        Ok((self.wire.reserve().await?, live))
    }

    /// Posts an event of a type that handlers know, without a signature, to one address of the
    /// reserved host and says what came of it.
    pub async fn post(&self, alone: &Reserved<'_>, address: SocketAddr, name: &str) -> Sent {
        let request = self.unsigned(InertEvent::PaymentCreated);
        let sent = alone.send(address, &request, Guard::Open).await;
        self.say(name, address, &sent);
        sent
    }

    async fn ask(&self, address: SocketAddr) -> AddressSeen {
        let mut at = AddressSeen { address, post: None, nowhere: None };
        if !may_be_asked(address) {
            return at;
        }
        let sent = self.wire.send(address, &self.unsigned(InertEvent::Unknown), Guard::Open).await;
        self.say(POST, address, &sent);
        at.post = Some(sent);
        if at.answer().is_some_and(|answer| answer.status == 404) {
            let request = self.unsigned(InertEvent::Unknown);
            let sent = self.nowhere.send(address, &request, Guard::Open).await;
            self.say(NOWHERE, address, &sent);
            at.nowhere = Some(sent);
        }
        at
    }

    fn unsigned(&self, event: InertEvent) -> Request {
        let envelope = Envelope::inert(event, Environment::Test, self.context.now);
        Request {
            method: Method::POST,
            headers: vec![("content-type", b"application/json".to_vec())],
            body: write(&value(&envelope), COMPACT),
            id: self.run.clone(),
        }
    }

    fn say(&self, name: &str, address: SocketAddr, sent: &Sent) {
        let says = match &sent.answer {
            Ok(answer) => format!("answered {}", answer.status),
            Err(NoAnswer::Cancelled) => return,
            Err(nothing) => nothing.says(),
        };
        self.context.progress.say(Progress::Probe {
            name: name.to_owned(),
            says: format!("{says} at {address} ({} ms)", millis(sent.took)),
            good: None,
            took: sent.took,
        });
    }
}

/// The same URL with another last part of its path, which nobody has.
fn beside(old: &Target, name: &str) -> Target {
    let path = old.url.path();
    let folder = path.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut beside = old.clone();
    beside.url.set_path(&format!("{folder}/{name}"));
    beside
}

/// Public addresses, this machine, and private networks in which a handler may be under
/// development; nothing else (link-local ones are where clouds keep credentials).
fn may_be_asked(address: SocketAddr) -> bool {
    match not_public(address.ip()) {
        None => true,
        Some(what) => is_loopback(address.ip()) || what.starts_with("private"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::*;

    #[rstest]
    #[case("https://a.example/hooks/test?key=1", "https://a.example/hooks/none?key=1")]
    #[case("https://a.example/hooks/test/", "https://a.example/hooks/none")]
    #[case("https://a.example/test", "https://a.example/none")]
    #[case("https://a.example", "https://a.example/none")]
    fn the_path_that_does_not_exist_stands_beside_the_old_one(
        #[case] old: &str,
        #[case] expected: &str,
    ) {
        let old = Target::of(&Url::parse(old).unwrap()).unwrap();
        assert_eq!(beside(&old, "none").url.as_str(), expected);
    }

    #[rstest]
    #[case("1.1.1.1:443", true)]
    #[case("127.0.0.1:443", true)]
    #[case("10.0.0.7:443", true)]
    #[case("169.254.169.254:80", false)]
    #[case("0.0.0.0:443", false)]
    fn places_where_clouds_keep_credentials_are_not_asked(
        #[case] address: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(may_be_asked(address.parse().unwrap()), expected);
    }
}

//! Sends the probes of a check that asks one question after the other, says each as it finishes
//! and keeps what came for the evidence.
//!
//! Used by the checks about events: environment, dedupe, latency, odd events. What is announced in
//! a plan and what is sent come from the same [`Kind`], so that nothing goes out that was not
//! planned.

use std::net::SocketAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::checks::context::ProgressSink;
use crate::checks::observer::NoCount;
use crate::checks::webhook::site::{self, Site};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::transcript::millis;
use crate::checks::webhook::wire::reserved::Reserved;
use crate::checks::webhook::wire::{Answer, Guard, NoAnswer, Request, Sent};
use crate::checks::{CheckContext, Effect, Finding, Planned, Progress};
use crate::mintcash::signature::{self, Signature};
use crate::secrets::Secret;

/// What a sound handler answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// 2xx.
    Accepted,
    /// Anything but 2xx, and not by falling over.
    Refused,
    /// Either.
    Any,
}

/// A kind of probe, as it is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its id, in the merchant's log and in the evidence.
    pub id: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// What it can do to the world.
    pub effect: Effect,
    /// What a sound handler answers.
    pub wish: Wish,
}

/// One probe, ready to be sent.
#[derive(Clone, Debug)]
pub struct Post {
    /// Its kind.
    pub kind: &'static Kind,
    /// The body.
    pub body: Vec<u8>,
    /// The signature; none for a probe that must be refused.
    pub signature: Option<Signature>,
    /// The content type.
    pub content_type: &'static str,
}

/// What came of one probe.
#[derive(Clone, Debug)]
pub struct Came {
    /// Its kind.
    pub kind: &'static Kind,
    /// The answer, or why there is none.
    pub answer: Result<Answer, NoAnswer>,
    /// How long it took.
    pub took: Duration,
}

/// Why a check can not go on.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The run was cancelled.
    Cancelled,
    /// The budget is spent.
    Spent,
    /// A signed probe was not sent: the connection can not be trusted.
    Distrusted(Box<Finding>),
    /// Nobody is there; in words.
    Unreachable(String),
    /// The count of effects can not be read any more.
    NoCount(NoCount),
}

/// Sends the probes of one run.
pub struct Sender<'a> {
    site: &'a Site,
    progress: &'a ProgressSink,
    address: OnceLock<SocketAddr>,
    log: Mutex<Vec<Value>>,
}

impl Kind {
    /// A validly signed probe, which a sound handler accepts.
    #[must_use]
    pub const fn signed(id: &'static str, what: &'static str) -> Self {
        Self { id, what, effect: Effect::Harmless, wish: Wish::Accepted }
    }

    /// A probe that is not signed, which a sound handler refuses.
    #[must_use]
    pub const fn unsigned(id: &'static str, what: &'static str) -> Self {
        Self { id, what, effect: Effect::Refusable, wish: Wish::Refused }
    }

    /// The same with another wish.
    #[must_use]
    pub const fn wishing(self, wish: Wish) -> Self {
        Self { wish, ..self }
    }

    fn guard(&self) -> Guard {
        if self.effect == Effect::Harmless { Guard::Trusted } else { Guard::Open }
    }
}

impl Post {
    /// A probe with a signature over its body.
    #[must_use]
    pub fn signed(kind: &'static Kind, body: Vec<u8>, secret: &Secret) -> Self {
        let signature = Some(signature::sign(secret, &body));
        Self { kind, body, signature, content_type: "application/json" }
    }

    /// A probe without one.
    #[must_use]
    pub fn unsigned(kind: &'static Kind, body: Vec<u8>) -> Self {
        Self { kind, body, signature: None, content_type: "application/json" }
    }
}

impl Came {
    /// The status, if there is an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer.as_ref().ok().map(|answer| answer.status)
    }

    /// Whether it counts as delivered for MintCash.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self.status(), Some(200..=299))
    }

    /// Whether it was refused, and not by falling over or for want of room.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.status(), Some(300..=428 | 430..=499))
    }

    /// Whether there was no room for it now: a rate limit, a gateway without a backend.
    #[must_use]
    pub fn is_turned_away(&self) -> bool {
        matches!(self.status(), Some(429 | 502..=504))
    }

    /// Whether the handler fell over: another error of the server, or a connection that was closed
    /// without an answer.
    #[must_use]
    pub fn is_crash(&self) -> bool {
        match &self.answer {
            Ok(answer) => answer.status >= 500 && !self.is_turned_away(),
            Err(nothing) => matches!(nothing, NoAnswer::Closed | NoAnswer::NotHttp),
        }
    }

    /// Whether nobody was there.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(&self.answer, Err(nothing) if site::is_unreachable(nothing))
    }

    /// What came of it, in a few words.
    #[must_use]
    pub fn says(&self) -> String {
        match &self.answer {
            Ok(answer) if self.is_accepted() => format!("accepted with {}", answer.status),
            Ok(answer) if self.is_refused() => format!("refused with {}", answer.status),
            Ok(answer) => format!("answered {}", answer.status),
            Err(nothing) => nothing.says(),
        }
    }

    /// Where it was, for a finding: `second copy of an event → 409`.
    #[must_use]
    pub fn place(&self) -> String {
        match self.status() {
            Some(status) => format!("{} → {status}", self.kind.what),
            None => format!("{}: {}", self.kind.what, self.says()),
        }
    }

    /// Whether it went as it should; `None` where that can not be said.
    #[must_use]
    pub fn good(&self) -> Option<bool> {
        if self.is_turned_away() {
            return None;
        }
        match self.kind.wish {
            Wish::Accepted => Some(self.is_accepted()),
            Wish::Refused => Some(self.is_refused()),
            Wish::Any => None,
        }
    }

    fn evidence(&self) -> Value {
        let mut row = json!({
            "probe": self.kind.id,
            "what": self.kind.what,
            "came": self.says(),
            "ms": millis(self.took),
        });
        if let (Some(status), Some(members)) = (self.status(), row.as_object_mut()) {
            members.insert("status".into(), status.into());
        }
        row
    }
}

impl From<NoCount> for Stop {
    fn from(why: NoCount) -> Self {
        match why {
            NoCount::Cancelled => Self::Cancelled,
            why => Self::NoCount(why),
        }
    }
}

impl From<NoAnswer> for Stop {
    fn from(why: NoAnswer) -> Self {
        match why {
            NoAnswer::Cancelled => Self::Cancelled,
            NoAnswer::BudgetSpent => Self::Spent,
            why => Self::Unreachable(format!("The endpoint could not be asked: {}.", why.says())),
        }
    }
}

/// Lists what probes of these kinds send to the target.
#[must_use]
pub fn plan(context: &CheckContext, kinds: &[&'static Kind]) -> Vec<Planned> {
    let target = context.inputs.url("webhook_url").and_then(|url| Target::of(url).ok());
    let Some(target) = target else { return Vec::new() };
    let entry = |kind: &&'static Kind| {
        let arms = (kind.effect == Effect::Harmless).then(|| site::arms(&target)).flatten();
        Planned {
            effect: kind.effect,
            what: kind.what.to_owned(),
            target: target.shown(),
            arms,
            spend: None,
        }
    };
    let travels =
        |kind: &&&'static Kind| kind.effect != Effect::Harmless || site::carries_signed(&target);
    kinds.iter().filter(travels).map(entry).collect()
}

impl<'a> Sender<'a> {
    /// A sender to a site.
    #[must_use]
    pub fn new(site: &'a Site, context: &'a CheckContext) -> Self {
        let (address, log) = (OnceLock::new(), Mutex::default());
        Self { site, progress: &context.progress, address, log }
    }

    /// Where progress is said.
    #[must_use]
    pub fn progress(&self) -> &ProgressSink {
        self.progress
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> &'a Site {
        self.site
    }

    /// Sends one probe when its turn has come, or at once where the host is reserved.
    ///
    /// # Errors
    /// When the check can not go on.
    pub async fn send(&self, alone: Option<&Reserved<'_>>, post: &Post) -> Result<Came, Stop> {
        let came = self.ask(alone, post).await?;
        self.keep(&came);
        Ok(came)
    }

    /// Does the same without saying what came: for one of many that are said together.
    ///
    /// # Errors
    /// When the check can not go on.
    pub async fn ask(&self, alone: Option<&Reserved<'_>>, post: &Post) -> Result<Came, Stop> {
        let request = self.request(post);
        let mut addresses = self.address.get().map_or(&*self.site.addresses, std::slice::from_ref);
        loop {
            let Some((address, others)) = addresses.split_first() else {
                return Err(Stop::Unreachable("The host has no address.".into()));
            };
            let sent = match alone {
                Some(alone) => alone.send(*address, &request, post.kind.guard()).await,
                None => self.site.wire.send(*address, &request, post.kind.guard()).await,
            };
            let nobody = matches!(&sent.answer, Err(nothing) if site::is_unreachable(nothing));
            if nobody && self.address.get().is_none() {
                if others.is_empty() {
                    return Err(sent.answer.err().map_or(Stop::Cancelled, Stop::from));
                }
                addresses = others;
                continue;
            }
            let came = self.came(*address, post, sent)?;
            let _pinned = self.address.set(*address);
            return Ok(came);
        }
    }

    /// Sends probes of one kind at the same instant, without saying what came.
    ///
    /// # Errors
    /// When the check can not go on.
    pub async fn race(&self, alone: &Reserved<'_>, posts: &[Post]) -> Result<Vec<Came>, Stop> {
        let Some(first) = posts.first() else { return Ok(Vec::new()) };
        let requests: Vec<Request> = posts.iter().map(|post| self.request(post)).collect();
        let sent = alone.together(self.address(), &requests, first.kind.guard()).await;
        sent.into_iter().map(|sent| self.came(self.address(), first, sent)).collect()
    }

    /// The address that answers, once one has; until then the first one.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let first = || self.site.addresses.first().copied();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        self.address.get().copied().or_else(first).unwrap_or(nowhere)
    }

    /// A probe as a request.
    #[must_use]
    pub fn request(&self, post: &Post) -> Request {
        let mut headers = vec![("content-type", post.content_type.as_bytes().to_vec())];
        headers.extend(post.signature.map(|it| (signature::HEADER, it.hex().into_bytes())));
        let id = format!("{}/{}", self.site.id, post.kind.id);
        Request { method: Method::POST, headers, body: post.body.clone(), id }
    }

    /// What was sent so far, for the evidence.
    #[must_use]
    pub fn log(&self) -> Value {
        Value::Array(self.log.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Says what came of a probe, and keeps it.
    pub fn keep(&self, came: &Came) {
        self.say(came.kind.what, came.says(), came.good(), came.took);
        self.write_down(came.evidence());
    }

    /// Says what came of many probes of a kind, in these words, and keeps it.
    pub fn keep_many(&self, kind: &'static Kind, came: &[Came], says: &str) {
        let slowest = came.iter().map(|came| came.took).max().unwrap_or_default();
        let bad = came.iter().any(|came| came.good() == Some(false));
        let known = came.iter().any(|came| came.good().is_some());
        self.say(kind.what, says.to_owned(), known.then_some(!bad), slowest);
        let statuses: Vec<Value> =
            came.iter().map(|came| came.status().map_or(Value::Null, Value::from)).collect();
        let took: Vec<Value> = came.iter().map(|came| millis(came.took).into()).collect();
        self.write_down(json!({
            "probe": kind.id, "what": kind.what, "came": says, "ms": took, "status": statuses,
        }));
    }

    fn say(&self, name: &str, says: String, good: Option<bool>, took: Duration) {
        self.progress.say(Progress::Probe { name: name.to_owned(), says, good, took });
    }

    fn write_down(&self, row: Value) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(row);
    }

    /// What came, or why the check can not go on.
    fn came(&self, address: SocketAddr, post: &Post, sent: Sent) -> Result<Came, Stop> {
        match sent.answer {
            Err(NoAnswer::NotTrusted) => {
                let finding = site::distrusted(self.site.wire.target(), address.ip());
                Err(Stop::Distrusted(Box::new(finding)))
            }
            Err(why @ (NoAnswer::Cancelled | NoAnswer::BudgetSpent)) => Err(why.into()),
            answer => Ok(Came { kind: post.kind, answer, took: sent.took }),
        }
    }
}

/// The answers of a race in a few words: `48 accepted with 200, 2 answered 503`.
#[must_use]
pub fn tally(came: &[Came]) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for says in came.iter().map(Came::says) {
        match counts.iter_mut().find(|(known, _)| *known == says) {
            Some((_, count)) => *count += 1,
            None => counts.push((says, 1)),
        }
    }
    if let ([_], [(says, _)]) = (came, counts.as_slice()) {
        return says.clone();
    }
    let words: Vec<_> = counts.iter().map(|(says, count)| format!("{count} {says}")).collect();
    words.join(", ")
}

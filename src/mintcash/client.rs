//! The client of MintCash's API: sends a call, again where that is safe, and reads the answer.
//!
//! Built on mintcash-contract.md. The calls stand beside what they are about (`payments`,
//! `refunds`, `subscriptions`, `api_keys`); all of them end here. The rule it keeps: a request that
//! creates something exists only as [`Prepared`], so that sending it again is sending the same
//! bytes with the same `externalId`. A client is made for one run, with the clock of its beginning.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::mintcash::call::{Answered, Call, CallError, Strange, Trouble, Try};
use crate::mintcash::envelope::Environment;
use crate::mintcash::error::{ApiError, Kind, request_id};
use crate::mintcash::key::KeyPair;
use crate::mintcash::prepared::Prepared;
use crate::mintcash::retry::RetryRules;
use crate::mintcash::transport::{Reply, Settings, Transport};
use crate::secrets::Redactor;
use crate::text::Untrusted;
use crate::time::Timestamp;

/// The host of the live API (mintcash-contract.md section 1).
pub const LIVE_HOST: &str = "api.mintcash.me";
/// The host of the sandbox.
pub const SANDBOX_HOST: &str = "sandbox.mintcash.me";

/// Headers in which servers give the id of a request. None is documented for MintCash.
const ID_HEADERS: [&str; 3] = ["x-request-id", "request-id", "x-correlation-id"];

/// The API at one address, with one pair of keys.
#[derive(Debug)]
pub struct Client {
    transport: Transport,
    keys: KeyPair,
    retry: RetryRules,
}

/// A request; each can be repeated safely.
#[derive(Debug)]
pub(super) struct Request<'a> {
    method: Method,
    path: &'a str,
    body: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Reads what is at `path`.
    pub(super) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, body: None }
    }

    /// Ends what is at `path`.
    pub(super) fn delete(path: &'a str) -> Self {
        Self { method: Method::DELETE, path, body: None }
    }

    /// Creates what was prepared.
    pub(super) fn create(prepared: &'a Prepared) -> Self {
        Self { method: Method::POST, path: prepared.path(), body: Some(prepared.body()) }
    }
}

impl Client {
    /// A client of the API at `base` with `keys`.
    ///
    /// # Errors
    /// When keys must not be sent there: cleartext to another machine, or the host of the other
    /// environment. The reason, in a few words.
    pub fn new(
        base: &Url,
        keys: KeyPair,
        retry: RetryRules,
        settings: Settings,
    ) -> Result<Self, &'static str> {
        let host = base.host_str().unwrap_or_default().trim_end_matches('.');
        match keys.environment() {
            Environment::Live if host == SANDBOX_HOST => {
                return Err("live keys do not go to the sandbox");
            }
            Environment::Test if host == LIVE_HOST => {
                return Err("sandbox keys do not go to the live API");
            }
            Environment::Live | Environment::Test => {}
        }
        Ok(Self { transport: Transport::new(base, settings)?, keys, retry })
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &KeyPair {
        &self.keys
    }

    /// Sends a request, again where trouble may pass, and reads the answer's JSON. An answer
    /// without a body is `null`.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Answered<Value>, CallError> {
        let shown = Untrusted::new(request.path).line(200);
        let what = format!("{} {shown}", request.method);
        let mut call = Call { what, host: self.transport.host(), tries: Vec::new() };
        loop {
            let begin = Instant::now();
            let reply = self.once(&request).await;
            let took = begin.elapsed();
            let (result, asked) = match reply {
                Err(trouble) => {
                    call.tries.push(Try::without_answer(took, &trouble));
                    (Err(trouble), None)
                }
                Ok(reply) => {
                    let result = read(&reply);
                    let now = self.transport.now();
                    call.tries.push(Try::answered(took, &reply, &result, now));
                    (result, asked_to_wait(&reply, now))
                }
            };
            let trouble = match result {
                Ok(value) => return Ok(Answered { value, call }),
                Err(trouble) => trouble,
            };
            let tried = u32::try_from(call.tries.len()).unwrap_or(u32::MAX);
            let pause = may_pass(&trouble).then(|| self.retry.pause(tried, asked)).flatten();
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(CallError { trouble, call }),
            }
        }
    }

    async fn once(&self, request: &Request<'_>) -> Result<Reply, Trouble> {
        let Some(authorization) = self.keys.authorization() else {
            return Err(Trouble::NotSent("the keys can not stand in a header"));
        };
        let body = request.body.map(|body| body.as_bytes().to_vec());
        self.transport.once(request.method.clone(), request.path, body, authorization).await
    }
}

impl Try {
    fn without_answer(took: Duration, trouble: &Trouble) -> Self {
        let problem = Some(trouble.says());
        Self { took, address: None, status: None, request_id: None, skew: None, problem }
    }

    fn answered(
        took: Duration,
        reply: &Reply,
        result: &Result<Value, Trouble>,
        now: Timestamp,
    ) -> Self {
        let body = match result {
            Ok(body) => request_id(body),
            Err(Trouble::Api(error)) => error.request_id.clone(),
            Err(_) => None,
        };
        let header = || ID_HEADERS.iter().find_map(|name| header(reply, name));
        let request_id =
            body.or_else(|| Some(Untrusted::new(header()?).line(100)).filter(|id| !id.is_empty()));
        // A date has no fractions: on average the server's clock is half a second further.
        let skew = date(reply).map(|date| (date.millis() + 500 - now.millis()) / 1_000);
        Self {
            took,
            address: reply.address,
            status: Some(reply.status),
            request_id,
            skew,
            problem: result.as_ref().err().map(Trouble::says),
        }
    }
}

fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    reply.headers.get(name)?.to_str().ok()
}

fn date(reply: &Reply) -> Option<Timestamp> {
    Timestamp::from_http(header(reply, "date")?)
}

/// How long the server asks to wait: in seconds, or until a moment by its own clock.
fn asked_to_wait(reply: &Reply, now: Timestamp) -> Option<Duration> {
    let text = header(reply, "retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    Some(Timestamp::from_http(text)?.since(date(reply).unwrap_or(now)))
}

/// Whether the same request may do better later (mintcash-contract.md section 4).
fn may_pass(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Lookup(_)
        | Trouble::Refused
        | Trouble::ConnectTimeout
        | Trouble::Unreachable(_)
        | Trouble::Timeout
        | Trouble::Broken(_) => true,
        Trouble::Api(error) => matches!(error.kind, Kind::Unavailable | Kind::RateLimited),
        _ => false,
    }
}

/// Reads an answer: the JSON of a 2xx, or what it amounts to.
fn read(reply: &Reply) -> Result<Value, Trouble> {
    let json = serde_json::from_slice::<Value>(&reply.body);
    match reply.status {
        200..=299 if reply.body.iter().all(u8::is_ascii_whitespace) => Ok(Value::Null),
        200..=299 => json.map_err(|_| {
            let html = is_html(reply);
            let why = if html { "a web page, not JSON" } else { "not JSON" };
            Trouble::Strange(Strange { status: reply.status, html, why })
        }),
        300..=399 => Err(Trouble::Redirect(reply.status, redirect_host(reply))),
        511 => Err(Trouble::Strange(Strange {
            status: 511,
            html: is_html(reply),
            why: "the network asks for a login first",
        })),
        status => Err(Trouble::Api(Box::new(ApiError::read(status, &json.unwrap_or_default())))),
    }
}

fn is_html(reply: &Reply) -> bool {
    let says_so = header(reply, "content-type").is_some_and(|it| it.contains("html"));
    says_so || reply.body.trim_ascii_start().starts_with(b"<")
}

fn redirect_host(reply: &Reply) -> Option<String> {
    let location = header(reply, "location")?;
    // A host is parsed to small letters, in which a secret would not be recognised.
    if matches!(Redactor::shared().clean(location), Cow::Owned(_)) {
        return None;
    }
    let url = Url::parse(location).ok()?;
    Some(Untrusted::new(url.host_str()?).line(260))
}

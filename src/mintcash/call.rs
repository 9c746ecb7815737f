//! A call to the API as it went: every try with its request id, and why there is no answer.
//!
//! Made by the client and handed back with every result, good or bad, so that each call can stand
//! as evidence. Holds no secret and no body.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::mintcash::error::ApiError;
use crate::mintcash::money::Mismatch;
use crate::mintcash::vouch::Presented;
use crate::time::Timestamp;

/// One try.
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// How long it took until there was an answer or none.
    pub took: Duration,
    /// The address that answered.
    pub address: Option<SocketAddr>,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// The provider's id of it, from the body or a header; safe to show.
    pub request_id: Option<String>,
    /// How far the server's clock was ahead of this machine's, in seconds, when the answer says.
    pub skew: Option<i64>,
    /// Why it did not do, in a few words.
    pub problem: Option<String>,
}

/// A call and its tries.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `GET /merchant/api-keys`.
    pub what: String,
    /// The host, with a port of its own.
    pub host: String,
    /// The tries, in order.
    pub tries: Vec<Try>,
}

/// A value with the call that it came by.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered<T> {
    /// The value.
    pub value: T,
    /// The call.
    pub call: Call,
}

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// It was not sent.
    NotSent(&'static str),
    /// The host has no address, in the resolver's words.
    Lookup(String),
    /// The connection was refused.
    Refused,
    /// No connection in time.
    ConnectTimeout,
    /// No way to the host, in the system's words.
    Unreachable(String),
    /// The certificate is not trusted; nothing was sent.
    Untrusted(Box<Presented>),
    /// The TLS handshake failed otherwise; nothing was sent.
    Handshake(String),
    /// The host does not speak TLS; nothing was sent.
    NotTls,
    /// Connected, but no whole answer in time.
    Timeout,
    /// The connection broke before the whole answer was there.
    Broken(String),
    /// The answer's body is too long.
    TooLong,
    /// The answer leads elsewhere, and was not followed: the status and the host.
    Redirect(u16, Option<String>),
    /// The answer is not what this API gives.
    Strange(Strange),
    /// The API says no.
    Api(Box<ApiError>),
    /// What came back is not what was asked for.
    Mismatch(Box<Mismatch>),
}

/// An answer that is not the API's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strange {
    /// The status.
    pub status: u16,
    /// Whether it is a web page.
    pub html: bool,
    /// What is strange, in a few words.
    pub why: &'static str,
}

/// A call that brought nothing, and why.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}: {}", .call.what, .trouble.says())]
pub struct CallError {
    /// Why.
    pub trouble: Trouble,
    /// The call.
    pub call: Call,
}

impl<T> Answered<T> {
    /// The same call with what `read` makes of the value.
    ///
    /// # Errors
    /// With the trouble that `read` finds.
    pub fn read<U>(
        self,
        read: impl FnOnce(T) -> Result<U, Trouble>,
    ) -> Result<Answered<U>, CallError> {
        match read(self.value) {
            Ok(value) => Ok(Answered { value, call: self.call }),
            Err(trouble) => Err(CallError { trouble, call: self.call }),
        }
    }
}

impl Call {
    /// The provider's id of the last try that has one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.tries.iter().rev().find_map(|one| one.request_id.as_deref())
    }

    /// The status of the last try.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.tries.last().and_then(|one| one.status)
    }

    /// How long it took, the pauses between tries left out.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.tries.iter().map(|one| one.took).sum()
    }

    /// How far the server's clock is ahead of this machine's, in seconds.
    #[must_use]
    pub fn skew(&self) -> Option<i64> {
        self.tries.iter().rev().find_map(|one| one.skew)
    }

    /// The call as data, for the evidence.
    #[must_use]
    pub fn evidence(&self, began: Timestamp) -> Value {
        let tries: Vec<Value> = self.tries.iter().map(Try::evidence).collect();
        json!({
            "call": self.what,
            "host": self.host,
            "at": began.to_string(),
            "status": self.status(),
            "request_id": self.request_id(),
            "tries": tries,
        })
    }
}

impl Try {
    fn evidence(&self) -> Value {
        let family = self.address.map(|at| if at.is_ipv4() { "IPv4" } else { "IPv6" });
        json!({
            "ms": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "address": self.address.map(|at| at.ip().to_string()),
            "family": family,
            "status": self.status,
            "request_id": self.request_id,
            "problem": self.problem,
        })
    }
}

impl Trouble {
    /// What happened, in a few words; safe to show.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::NotSent(why) => format!("not sent: {why}"),
            Self::Lookup(why) => format!("the host was not found ({why})"),
            Self::Refused => "connection refused".into(),
            Self::ConnectTimeout => "no connection: nothing came back".into(),
            Self::Unreachable(why) => format!("no way to the host ({why})"),
            Self::Untrusted(_) => "not sent: the certificate is not trusted".into(),
            Self::Handshake(why) => format!("not sent: the TLS handshake failed ({why})"),
            Self::NotTls => "not sent: the host does not speak TLS on this port".into(),
            Self::Timeout => "no answer in time".into(),
            Self::Broken(why) => format!("the connection broke ({why})"),
            Self::TooLong => "the answer is too long".into(),
            Self::Redirect(status, Some(host)) => format!("{status}, a redirect to {host}"),
            Self::Redirect(status, None) => format!("{status}, a redirect"),
            Self::Strange(strange) => format!("{}: {}", strange.status, strange.why),
            Self::Api(error) => error.short(),
            Self::Mismatch(mismatch) => mismatch.to_string(),
        }
    }
}

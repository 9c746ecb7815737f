//! Carries webhooks to the merchant's handler, on this machine (mintcash-contract.md section 9).
//!
//! The rules it keeps: no other machine is ever contacted, whatever a name resolves to; no redirect
//! is followed; an answer that takes longer than ten real seconds is none.

use std::error::Error as _;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::failure::{Failure, FailureKind};
use crate::https;
use crate::mintcash::transport::is_this_machine;
use crate::text::Untrusted;
use crate::twin::world::post::{Arrival, Parcel};

/// How long a handler may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// How much of an answer's body is looked at.
const MOST_BODY: usize = 64 * 1024;

/// How the twin calls itself; what MintCash does is unknown.
const AGENT: &str = concat!("golive-twin/", env!("CARGO_PKG_VERSION"));

/// Whether the twin delivers to a URL.
///
/// # Errors
/// When it does not; a sentence.
pub fn deliverable(url: &Url) -> Result<(), String> {
    let shown = Untrusted::new(url.host_str().unwrap_or("a URL without a host")).line(200);
    match url.scheme() {
        "http" | "https" if is_this_machine(url) => Ok(()),
        "http" | "https" => Err(format!(
            "The twin delivers webhooks to this machine only, and {shown} is another one. \
             Give it a URL on 127.0.0.1 or localhost."
        )),
        _ => Err("The twin delivers webhooks to http and https URLs only.".to_owned()),
    }
}

/// Carries webhooks.
pub struct Courier(Client);

/// Every name is this machine.
struct Here;

impl Resolve for Here {
    fn resolve(&self, _name: Name) -> Resolving {
        let here: [SocketAddr; 2] =
            [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
        let found: Addrs = Box::new(here.into_iter());
        Box::pin(std::future::ready(Ok(found)))
    }
}

impl Courier {
    /// A courier that trusts public roots and these.
    pub fn new(extra: Option<RootCertStore>) -> Result<Self, Failure> {
        let refused = |why: &dyn std::error::Error| {
            Failure::new(FailureKind::Other, "the twin can not deliver webhooks").because(why)
        };
        let mut roots = https::public_roots();
        roots.roots.extend(extra.into_iter().flat_map(|extra| extra.roots));
        let tls = ClientConfig::builder_with_provider(https::provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| refused(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = https::builder(tls, LIMIT)
            .no_proxy()
            .dns_resolver(Arc::new(Here))
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| refused(&error))?;
        Ok(Self(client))
    }

    /// Carries a webhook; what came of it.
    pub async fn deliver(&self, parcel: Parcel) -> Arrival {
        let begin = Instant::now();
        let answer = self.send(parcel).await;
        let ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok(status) => Arrival { status: Some(status), problem: None, ms },
            Err(problem) => Arrival { status: None, problem: Some(problem), ms },
        }
    }

    async fn send(&self, parcel: Parcel) -> Result<u16, String> {
        let url = Url::parse(&parcel.url).map_err(|_| "not a URL".to_owned())?;
        deliverable(&url)?;
        let mut request = self
            .0
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, AGENT)
            .body(parcel.body);
        if let Some(signature) = parcel.signature {
            request = request.header("x-signature", signature);
        }
        let mut response = request.send().await.map_err(|error| problem(&error))?;
        let status = response.status().as_u16();
        let mut read = 0;
        // A handler that is cut off in the middle of its answer may take that for a fault.
        while let Ok(Some(piece)) = response.chunk().await {
            read += piece.len();
            if read > MOST_BODY {
                break;
            }
        }
        Ok(status)
    }
}

/// Why there is no answer, in a few words.
fn problem(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", LIMIT.as_secs());
    }
    let mut last = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        last = cause.to_string();
        next = cause.source();
    }
    let begin = if error.is_connect() { "no connection" } else { "the connection broke" };
    format!("{begin}: {}", Untrusted::new(last).line(200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_machine_is_a_target() {
        for good in
            ["http://127.0.0.1:1/a", "https://localhost/a", "http://[::1]/", "http://127.1.2.3/"]
        {
            assert_eq!(deliverable(&good.parse().unwrap()), Ok(()), "{good}");
        }
        for bad in [
            "http://example.com/",
            "https://10.0.0.1/",
            "http://0.0.0.0/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://user@example.com:80/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(deliverable(&bad.parse().unwrap()).is_err(), "{bad}");
        }
    }
}

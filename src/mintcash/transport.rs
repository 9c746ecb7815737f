//! One try: a request with its keys to one host, and what came back.
//!
//! Used by the client only. The rules it keeps: HTTPS with a certificate that `vouch` trusts, or
//! cleartext to this machine itself; no redirect followed; no proxy, whatever the environment says,
//! so that who can see the traffic and from which address it comes is what it looks like; bodies
//! and waiting bounded.

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use rustls::RootCertStore;
use url::{Host, Url};

use crate::https;
use crate::mintcash::call::Trouble;
use crate::mintcash::vouch::{Distrust, Voucher};
use crate::text::Untrusted;
use crate::time::Timestamp;

/// How a transport waits and whom it trusts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a connection may take, TLS included.
    pub connect: Duration,
    /// How long one try may take in all.
    pub total: Duration,
    /// How long an answer's body may be, in bytes.
    pub most_body: usize,
    /// Roots that are trusted beside the public ones, for staging and tests.
    pub extra_ca: Option<RootCertStore>,
    /// The addresses to use; looked up by the system when empty.
    pub addresses: Vec<SocketAddr>,
    /// What this machine's clock says now.
    pub now: Timestamp,
}

/// An answer, whatever it says.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) address: Option<SocketAddr>,
}

/// The way to one host.
#[derive(Debug)]
pub(super) struct Transport {
    base: Url,
    http: Client,
    voucher: Arc<Voucher>,
    most_body: usize,
    began: (Timestamp, Instant),
}

impl Settings {
    /// The settings against production, at this moment of this machine's clock.
    #[must_use]
    pub fn production(now: Timestamp) -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            most_body: 1024 * 1024,
            extra_ca: None,
            addresses: Vec::new(),
            now,
        }
    }
}

/// Whether a URL's host is this machine itself, without being looked up.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Transport {
    /// A way to the API at `base`.
    pub(super) fn new(base: &Url, settings: Settings) -> Result<Self, &'static str> {
        let clear = match base.scheme() {
            "https" => false,
            "http" if is_this_machine(base) => true,
            "http" => return Err("keys do not travel over cleartext HTTP"),
            _ => return Err("the API's address is not an https address"),
        };
        let mut base = base.clone();
        base.set_fragment(None);
        base.set_query(None);
        let bare = base.set_username("").and_then(|()| base.set_password(None));
        bare.map_err(|()| "the API's address has no host")?;
        let (voucher, tls) = Voucher::new(settings.extra_ca, settings.now)
            .map_err(|_| "the TLS library refuses its own defaults")?;
        let mut http = https::builder(tls, settings.total)
            .connect_timeout(settings.connect)
            .no_proxy()
            .retry(reqwest::retry::never())
            // A connection for each try: what is said of one is not what another one left behind.
            .pool_max_idle_per_host(0);
        if let Some(Host::Domain(name)) = base.host() {
            let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
            if clear {
                http = http.resolve_to_addrs(name, &here.map(|address| (address, 0).into()));
            } else if !settings.addresses.is_empty() {
                http = http.resolve_to_addrs(name, &settings.addresses);
            }
        }
        let http = http.build().map_err(|_| "the HTTP library refuses its own defaults")?;
        let began = (settings.now, Instant::now());
        Ok(Self { base, http, voucher, most_body: settings.most_body, began })
    }

    /// The host, with a port of its own.
    pub(super) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        let named = match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Untrusted::new(named).line(260)
    }

    /// What this machine's clock says.
    pub(super) fn now(&self) -> Timestamp {
        self.began.0.plus(self.began.1.elapsed())
    }

    /// Sends a request once.
    pub(super) async fn once(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        authorization: HeaderValue,
    ) -> Result<Reply, Trouble> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        self.voucher.forget();
        let mut request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json");
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = request.send().await.map_err(|error| self.trouble(&error))?;
        let mut reply = Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: Vec::new(),
            address: response.remote_addr(),
        };
        while let Some(piece) = response.chunk().await.map_err(|error| self.trouble(&error))? {
            if reply.body.len() + piece.len() > self.most_body {
                return Err(Trouble::TooLong);
            }
            reply.body.extend_from_slice(&piece);
        }
        Ok(reply)
    }

    /// Names what went wrong.
    fn trouble(&self, error: &reqwest::Error) -> Trouble {
        if let Some(presented) = self.voucher.presented().filter(|it| it.distrust.is_some()) {
            return Trouble::Untrusted(Box::new(presented));
        }
        let causes = Causes::of(error);
        if let Some(tls) = causes.tls {
            return tls_trouble(tls);
        }
        match causes.io {
            _ if error.is_timeout() && error.is_connect() => Trouble::ConnectTimeout,
            _ if error.is_timeout() => Trouble::Timeout,
            Some(std::io::ErrorKind::ConnectionRefused) => Trouble::Refused,
            Some(std::io::ErrorKind::TimedOut) if error.is_connect() => Trouble::ConnectTimeout,
            _ if causes.lookup => Trouble::Lookup(causes.last),
            Some(std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset)
                if error.is_connect() && self.base.scheme() == "https" =>
            {
                Trouble::Handshake("the host closed the connection".into())
            }
            _ if error.is_connect() => Trouble::Unreachable(causes.last),
            _ => Trouble::Broken(causes.last),
        }
    }
}

/// What stands behind an error of the HTTP library.
struct Causes<'a> {
    tls: Option<&'a rustls::Error>,
    io: Option<std::io::ErrorKind>,
    lookup: bool,
    last: String,
}

impl<'a> Causes<'a> {
    fn of(error: &'a reqwest::Error) -> Self {
        let mut causes = Self { tls: None, io: None, lookup: false, last: String::new() };
        let mut next = error.source();
        while let Some(cause) = next {
            causes.lookup |= cause.to_string().starts_with("dns error");
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                causes.tls = Some(tls);
            }
            if let Some(io) = cause.downcast_ref::<std::io::Error>() {
                causes.io = Some(io.kind());
                causes.tls = causes.tls.or_else(|| tls_inside(io));
            }
            causes.last = Untrusted::new(cause.to_string()).line(200);
            next = cause.source();
        }
        causes
    }
}

/// The TLS error that an I/O error holds, or that one inside it does: they hide what they wrap from
/// the chain of causes.
fn tls_inside(error: &std::io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    let wrapped = inner.downcast_ref::<std::io::Error>();
    inner.downcast_ref::<rustls::Error>().or_else(|| tls_inside(wrapped?))
}

fn tls_trouble(error: &rustls::Error) -> Trouble {
    use rustls::{AlertDescription, Error as Tls, PeerIncompatible};
    match error {
        Tls::InvalidMessage(_) => Trouble::NotTls,
        Tls::AlertReceived(AlertDescription::ProtocolVersion)
        | Tls::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => Trouble::Handshake("no common version of TLS, 1.2 or 1.3 is needed".into()),
        other => Trouble::Handshake(Untrusted::new(other.to_string()).line(200)),
    }
}

impl Distrust {
    /// Whether a wrong clock can be the reason.
    #[must_use]
    pub fn is_about_time(&self) -> bool {
        matches!(self, Self::Expired | Self::NotYetValid)
    }
}

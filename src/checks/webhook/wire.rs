//! Sends one probe to one pinned address and says what came of it.
//!
//! A connection of its own for every probe, no redirect followed, no proxy, the exact bytes that
//! were asked for. Used by the webhook checks; what an answer means is not decided here. Requests
//! that go out together or slowly on purpose: [`reserved`].

pub mod reserved;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use crate::checks::CheckContext;
use crate::checks::webhook::old_tls::{self, Offer, OldTls};
use crate::checks::webhook::pace::{Limits, Pace};
use crate::checks::webhook::public::{is_loopback, not_public};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::trust::{Judge, Judgement, Roots};
use crate::text::Untrusted;
use crate::time::Timestamp;

/// A request, byte for byte.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Headers beside those that every probe carries; a name may come twice.
    pub headers: Vec<(&'static str, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The value of `X-Golive-Probe`, for the merchant's log.
    pub id: String,
}

/// What the connection must be like for a request to go out on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Anything: the request holds nothing that could be misused.
    Open,
    /// A public address and a certificate that is trusted, or this machine itself: the request is
    /// made with the webhook secret.
    Trusted,
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The connection was refused.
    Refused,
    /// No connection within the limit.
    ConnectTimeout(Duration),
    /// No way to the address, in the system's words.
    Unreachable(String),
    /// The server speaks no version of TLS that is safe, or none that is known.
    TlsVersion,
    /// The server does not speak TLS at all.
    NotTls,
    /// The handshake failed otherwise, in the library's words.
    Handshake(String),
    /// [`Guard::Trusted`] was asked for and is not so; nothing was sent.
    NotTrusted,
    /// Connected, but no answer within the limit.
    Timeout(Duration),
    /// The connection was closed before an answer came.
    Closed,
    /// What came is not HTTP.
    NotHttp,
    /// The budget is spent; nothing was sent.
    BudgetSpent,
    /// The run was cancelled.
    Cancelled,
}

/// How the TLS handshake went.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// `TLS 1.3` or `TLS 1.2`.
    pub version: &'static str,
    /// What the server presented.
    pub judgement: Judgement,
}

/// What came of one request.
#[derive(Clone, Debug)]
pub struct Sent {
    /// From the start of the connection to the answer's headers, or to the failure.
    pub took: Duration,
    /// The handshake, as far as it got.
    pub handshake: Option<Handshake>,
    /// Whether the connection ended at this machine itself by way of one of its own addresses.
    pub own_address: bool,
    /// The answer, or why there is none.
    pub answer: Result<Answer, NoAnswer>,
}

/// Sends probes to one target within the limits of a run.
pub struct Wire {
    target: Target,
    roots: Roots,
    limits: Limits,
    pace: Pace,
    now: Timestamp,
    cancel: CancellationToken,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

struct Link {
    stream: Box<dyn Stream>,
    handshake: Option<Handshake>,
    own_address: bool,
}

impl Wire {
    /// A wire to `target`, for one run.
    #[must_use]
    pub fn new(target: Target, roots: Roots, limits: Limits, context: &CheckContext) -> Self {
        let pace = Pace::new(context.lanes.to(&target, &limits), limits.requests);
        let cancel = context.cancel.clone();
        Self { target, roots, limits, pace, now: context.now, cancel }
    }

    /// The target.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends one request to one of the target's addresses, when its turn has come.
    pub async fn send(&self, address: SocketAddr, request: &Request, guard: Guard) -> Sent {
        let never = CancellationToken::new();
        let sent = self.send_unless(&never, address, request, guard).await;
        sent.unwrap_or_else(|| Sent::nothing(NoAnswer::Cancelled))
    }

    /// The same; `None` when it was called off before its turn had come, so that nothing was sent.
    pub async fn send_unless(
        &self,
        called_off: &CancellationToken,
        address: SocketAddr,
        request: &Request,
        guard: Guard,
    ) -> Option<Sent> {
        let turn = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Some(Sent::nothing(NoAnswer::Cancelled)),
            () = called_off.cancelled() => return None,
            turn = self.pace.turn() => turn,
        };
        let Ok(_permit) = turn else { return Some(Sent::nothing(NoAnswer::BudgetSpent)) };
        Some(self.send_at_once(address, request, guard).await)
    }

    /// Sends a request whose turn has come.
    async fn send_at_once(&self, address: SocketAddr, request: &Request, guard: Guard) -> Sent {
        let begin = Instant::now();
        let mut sent = Sent::nothing(NoAnswer::Cancelled);
        let body = Full::new(Bytes::copy_from_slice(&request.body));
        let exchange = self.with_body(address, request, guard, self.limits.total, body, &mut sent);
        let answer = tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(NoAnswer::Cancelled),
            answer = exchange => answer,
        };
        sent.took = answer.as_ref().map_or_else(|_| begin.elapsed(), |(_, at)| *at - begin);
        sent.answer = answer.map(|(answer, _)| answer);
        sent
    }

    /// Offers an old version of TLS to one of the target's addresses, when its turn has come; `None`
    /// when that could not be found out.
    pub async fn old_tls(&self, address: SocketAddr, offer: Offer) -> Option<OldTls> {
        let ask = async {
            let _permit = self.pace.turn().await.ok()?;
            let asked = old_tls::ask(address, &self.target.host, offer);
            tokio::time::timeout(self.limits.connect, asked).await.ok()?.ok()
        };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => None,
            answer = ask => answer,
        }
    }

    /// Sends a request with another body than its own, on a connection of its own; says when the
    /// answer's headers came.
    async fn with_body<B>(
        &self,
        address: SocketAddr,
        request: &Request,
        guard: Guard,
        limit: Duration,
        body: B,
        sent: &mut Sent,
    ) -> Result<(Answer, Instant), NoAnswer>
    where
        B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
    {
        let deadline = Instant::now() + limit;
        let exchange = async {
            let link = self.open(address, guard, sent).await?;
            let head = self.head(request).ok_or(NoAnswer::NotHttp)?;
            self.exchange(link.stream, head.map(|()| body), deadline).await
        };
        let timed = tokio::time::timeout_at(deadline, exchange).await;
        timed.unwrap_or(Err(NoAnswer::Timeout(limit)))
    }

    /// Makes a connection on which a request under this guard may go out.
    async fn open(
        &self,
        address: SocketAddr,
        guard: Guard,
        sent: &mut Sent,
    ) -> Result<Link, NoAnswer> {
        let link = tokio::time::timeout(self.limits.connect, self.connect(address))
            .await
            .map_err(|_| NoAnswer::ConnectTimeout(self.limits.connect))??;
        sent.own_address = link.own_address;
        sent.handshake.clone_from(&link.handshake);
        if guard == Guard::Trusted && !may_carry_secrets(address, link.handshake.as_ref()) {
            return Err(NoAnswer::NotTrusted);
        }
        Ok(link)
    }

    async fn connect(&self, address: SocketAddr) -> Result<Link, NoAnswer> {
        let tcp = TcpStream::connect(address).await.map_err(|error| connect_failure(&error))?;
        let _ = tcp.set_nodelay(true);
        let own_address = tcp.local_addr().is_ok_and(|local| local.ip() == address.ip());
        if !self.target.tls {
            return Ok(Link { stream: Box::new(tcp), handshake: None, own_address });
        }
        let internal = |text: &str| NoAnswer::Handshake(text.to_owned());
        let (judge, config) = Judge::for_connection(&self.roots, self.now)
            .map_err(|error| internal(&error.to_string()))?;
        let name = self.target.server_name().ok_or_else(|| internal("not a host name"))?;
        let stream = TlsConnector::from(config)
            .connect(name, tcp)
            .await
            .map_err(|error| handshake_failure(&error))?;
        let version = match stream.get_ref().1.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
            _ => "TLS 1.2",
        };
        let judgement = judge.judgement().ok_or_else(|| internal("no certificate was shown"))?;
        let handshake = Some(Handshake { version, judgement });
        Ok(Link { stream: Box::new(stream), handshake, own_address })
    }

    async fn exchange<B>(
        &self,
        stream: Box<dyn Stream>,
        outgoing: hyper::Request<B>,
        deadline: Instant,
    ) -> Result<(Answer, Instant), NoAnswer>
    where
        B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
    {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| exchange_failure(&error))?;
        // Not in a task of its own: whoever drops this has hung up at once.
        let mut connection = pin!(connection);
        let response = driven(connection.as_mut(), sender.send_request(outgoing)).await;
        let response = response.map_err(|error| exchange_failure(&error))?;
        let at = Instant::now();
        Ok((driven(connection, self.read(response, deadline)).await, at))
    }

    fn head(&self, request: &Request) -> Option<hyper::Request<()>> {
        let mut outgoing = hyper::Request::new(());
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = self.target.path().parse().ok()?;
        let headers = outgoing.headers_mut();
        headers.insert(HOST, self.target.arms().parse().ok()?);
        let agent = concat!("golive/", env!("CARGO_PKG_VERSION"));
        headers.insert("user-agent", HeaderValue::from_static(agent));
        headers.insert("accept", HeaderValue::from_static("*/*"));
        headers.insert("x-golive-probe", request.id.parse().ok()?);
        for (name, value) in &request.headers {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?);
        }
        Some(outgoing)
    }

    /// Takes in the answer; a body that does not end in time is cut off, as one that is too long.
    async fn read(&self, response: Response<Incoming>, deadline: Instant) -> Answer {
        let (head, mut incoming) = response.into_parts();
        let mut body = Vec::new();
        while body.len() < self.limits.body {
            match tokio::time::timeout_at(deadline, incoming.frame()).await {
                Ok(Some(Ok(frame))) => {
                    let data = frame.into_data().unwrap_or_default();
                    body.extend(data.iter().take(self.limits.body - body.len()));
                }
                _ => break,
            }
        }
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }
}

/// Does some work on a connection while the connection itself is looked after.
async fn driven<T>(connection: impl Future, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return done,
        _over = connection => {}
    }
    work.await
}

/// Whether a connection is one on which the webhook secret's work may travel.
fn may_carry_secrets(address: SocketAddr, handshake: Option<&Handshake>) -> bool {
    if is_loopback(address.ip()) {
        return true;
    }
    not_public(address.ip()).is_none() && handshake.is_some_and(|it| it.judgement.is_trusted())
}

fn connect_failure(error: &std::io::Error) -> NoAnswer {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => NoAnswer::Refused,
        std::io::ErrorKind::TimedOut => NoAnswer::ConnectTimeout(Duration::ZERO),
        _ => NoAnswer::Unreachable(Untrusted::new(error.to_string()).line(120)),
    }
}

fn handshake_failure(error: &std::io::Error) -> NoAnswer {
    use rustls::{AlertDescription, Error as Tls, PeerIncompatible};
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Tls>());
    match inner {
        Some(
            Tls::AlertReceived(AlertDescription::ProtocolVersion)
            | Tls::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ),
        ) => NoAnswer::TlsVersion,
        Some(Tls::InvalidMessage(_)) => NoAnswer::NotTls,
        Some(other) => NoAnswer::Handshake(Untrusted::new(other.to_string()).line(200)),
        None => NoAnswer::Handshake("the server closed the connection".into()),
    }
}

fn exchange_failure(error: &hyper::Error) -> NoAnswer {
    if error.is_parse() { NoAnswer::NotHttp } else { NoAnswer::Closed }
}

impl Sent {
    fn nothing(why: NoAnswer) -> Self {
        Self { took: Duration::ZERO, handshake: None, own_address: false, answer: Err(why) }
    }
}

impl Answer {
    /// An answer that nobody gave.
    #[cfg(test)]
    pub(crate) fn of(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Self {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        Self { status, headers: headers.iter().map(header).collect(), body: body.into() }
    }

    /// A header's value as text, for recognising things; not safe to show.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// A header's value, safe to show.
    #[must_use]
    pub fn shown_header(&self, name: &str) -> Option<String> {
        self.header(name).map(|value| Untrusted::new(value).line(200))
    }

    /// The body as text, for recognising things; not safe to show.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether it counts as delivered for MintCash.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl NoAnswer {
    /// What happened, in a few words that follow a probe's name.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::Refused => "connection refused".into(),
            Self::ConnectTimeout(_) => "no connection: nothing came back".into(),
            Self::Unreachable(why) => format!("no way to that address ({why})"),
            Self::TlsVersion => "no common TLS version (1.2 or 1.3 is needed)".into(),
            Self::NotTls => "the server does not speak TLS on this port".into(),
            Self::Handshake(why) => format!("TLS handshake failed ({why})"),
            Self::NotTrusted => "not sent: the connection is not trusted".into(),
            Self::Timeout(limit) => format!("no answer within {}", crate::time::spoken(*limit)),
            Self::Closed => "connection closed without an answer".into(),
            Self::NotHttp => "what came back is not HTTP".into(),
            Self::BudgetSpent => "not sent: the run's budget is spent".into(),
            Self::Cancelled => "cancelled".into(),
        }
    }
}

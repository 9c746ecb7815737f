//! Hands a request on and brings the answer back, both as they are.
//!
//! Used by the exchange and by `resend`. The rules it keeps: the body's bytes and the headers are
//! those that came, only `host` names who is asked; no redirect is followed, no proxy used; TLS only
//! with a certificate that this machine, the public or the named CA vouches for; an answer is whole
//! or none.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderValue};
use hyper::http::{request, response};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::checks::webhook::target::Target;
use crate::https;
use crate::listen::headers;
use crate::text::Untrusted;

/// How long an upstream may take, connection and body included: after as long MintCash counts the
/// delivery as failed (mintcash-contract.md section 9).
pub const LIMIT: Duration = Duration::from_secs(10);

/// The longest answer that is handed back.
const MOST_ANSWER: usize = 16 * 1024 * 1024;

/// A program that requests are forwarded to.
#[derive(Clone, Debug)]
pub struct Upstream {
    target: Target,
    tls: Arc<ClientConfig>,
    limit: Duration,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Not in time.
    Late,
    /// None at all, in a few words; safe to show.
    Down(String),
}

impl NoAnswer {
    /// The status that stands for it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Late => 504,
            Self::Down(_) => 502,
        }
    }

    /// What happened, in a few words.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::Late => "no answer in time".into(),
            Self::Down(why) => why.clone(),
        }
    }

    fn down(why: impl std::fmt::Display) -> Self {
        Self::Down(Untrusted::new(why.to_string()).line(160))
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Upstream {
    /// The program at `url`; `extra` names a file with a CA that is trusted beside the usual ones.
    ///
    /// # Errors
    /// When it is no web address, or the CA can not be read; one sentence.
    pub fn new(url: &Url, extra: Option<&Path>, limit: Duration) -> Result<Self, String> {
        let target = Target::of(url).map_err(|error| error.to_string())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL to forward to takes no user and no password".into());
        }
        let mut roots = https::machine_roots();
        roots.extend(https::public_roots().roots);
        if let Some(path) = extra {
            roots.extend(https::roots_of(path)?.roots);
        }
        let tls = ClientConfig::builder_with_provider(https::provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { target, tls: Arc::new(tls), limit })
    }

    /// Where it is, taken apart.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Sends a request with this body, and reads the whole answer.
    ///
    /// # Errors
    /// When there is no answer in time.
    pub async fn send(
        &self,
        head: request::Parts,
        body: Bytes,
    ) -> Result<(response::Parts, Bytes), NoAnswer> {
        let exchange = self.exchange(head, body);
        tokio::time::timeout(self.limit, exchange).await.unwrap_or(Err(NoAnswer::Late))
    }

    async fn exchange(
        &self,
        mut head: request::Parts,
        body: Bytes,
    ) -> Result<(response::Parts, Bytes), NoAnswer> {
        head.uri = self.path(&head).parse().map_err(NoAnswer::down)?;
        headers::travel_on(&mut head.headers);
        let host = HeaderValue::from_str(&self.target.arms()).map_err(NoAnswer::down)?;
        head.headers.insert(HOST, host);
        let stream = self.connect().await?;
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .preserve_header_case(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(&error))?;
        let driven = tokio::spawn(connection);
        let request = hyper::Request::from_parts(head, Full::new(body));
        let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
        let (head, body) = answer.into_parts();
        let body =
            Limited::new(body, MOST_ANSWER).collect().await.map_err(|error| match error
                .downcast_ref::<LengthLimitError>(
            ) {
                Some(_) => NoAnswer::Down("the answer is too long".into()),
                None => NoAnswer::Down("the answer broke off".into()),
            })?;
        driven.abort();
        Ok((head, body.to_bytes()))
    }

    /// The path and query that are asked for: those of the URL to forward to where it has a path,
    /// otherwise those that came.
    fn path(&self, head: &request::Parts) -> String {
        let own = &self.target.url;
        let came = head.uri.path_and_query().map_or("/", |it| it.as_str());
        match (own.path(), own.query(), head.uri.query()) {
            ("/" | "", None, _) => came.to_owned(),
            (path, None, Some(query)) => format!("{path}?{query}"),
            _ => self.target.path(),
        }
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, NoAnswer> {
        let addresses = self.target.addresses().await;
        let addresses = addresses.map_err(|failure| NoAnswer::down(failure.words()))?;
        let mut last = NoAnswer::Down("the host has no address".into());
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(tcp) => return self.secured(tcp).await,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                    last = NoAnswer::Down("connection refused".into());
                }
                Err(error) => last = NoAnswer::down(error),
            }
        }
        Err(last)
    }

    async fn secured(&self, tcp: TcpStream) -> Result<Box<dyn Stream>, NoAnswer> {
        // Only a matter of speed.
        let _ = tcp.set_nodelay(true);
        if !self.target.tls {
            return Ok(Box::new(tcp));
        }
        let name = self.target.server_name();
        let name = name.ok_or_else(|| NoAnswer::Down("no host name for TLS".into()))?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await;
        stream
            .map(|stream| Box::new(stream) as Box<dyn Stream>)
            .map_err(|error| NoAnswer::down(format!("TLS: {error}")))
    }
}

fn broken(error: &hyper::Error) -> NoAnswer {
    NoAnswer::Down(if error.is_parse() {
        "what came back is not HTTP".into()
    } else {
        "the connection was closed without an answer".into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_path_is_asked_at_that_path_and_one_without_at_the_one_that_came() {
        let path = |to: &str, came: &str| {
            let upstream = Upstream::new(&to.parse().unwrap(), None, LIMIT).unwrap();
            let request = hyper::Request::builder().uri(came).body(()).unwrap();
            upstream.path(&request.into_parts().0)
        };
        assert_eq!(path("http://127.0.0.1:3000", "/hook?a=1"), "/hook?a=1");
        assert_eq!(path("http://127.0.0.1:3000/", "/"), "/");
        assert_eq!(path("http://127.0.0.1:3000/in/mc", "/hook"), "/in/mc");
        assert_eq!(path("http://127.0.0.1:3000/in/mc", "/hook?a=%20b"), "/in/mc?a=%20b");
        assert_eq!(path("http://127.0.0.1:3000/in?k=1", "/hook?a=1"), "/in?k=1");
        assert_eq!(path("http://127.0.0.1:3000/?k=1", "/hook"), "/?k=1");
        assert_eq!(path("http://127.0.0.1:3000", "http://other/x?y"), "/x?y");
    }

    #[test]
    fn a_url_with_a_password_is_refused() {
        let url = "http://me:pw@127.0.0.1/".parse().unwrap();
        let said = Upstream::new(&url, None, LIMIT).unwrap_err();
        assert!(!said.contains("pw@") && said.contains("no password"), "{said}");
    }
}

//! A listener on 127.0.0.1 and the connections to it.
//!
//! The rule it keeps: it listens on loopback only, and an answer may be that the connection breaks,
//! as one does when an answer is lost on the way.

use std::net::Ipv4Addr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::{Failure, FailureKind};

/// How much body a request may have.
const MOST_BODY: usize = 1024 * 1024;

/// How long a client may take over its request line and headers, and how long a connection may
/// idle.
const IDLE: Duration = Duration::from_secs(30);

/// An answer.
pub type Answer = Response<Full<Bytes>>;

/// A bound port.
pub struct Listener {
    socket: TcpListener,
    url: Url,
}

/// The answer is lost.
#[derive(Debug, thiserror::Error)]
#[error("the answer is lost on purpose")]
struct Lost;

impl Listener {
    /// Binds a port of 127.0.0.1; 0 for any.
    pub async fn on(port: u16) -> Result<Self, Failure> {
        let taken = |error: std::io::Error| {
            Failure::new(FailureKind::Other, format!("the twin can not listen on 127.0.0.1:{port}"))
                .because(&error)
                .hint("Another program may have the port. Name another one, or 0 for any.")
        };
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(taken)?;
        let port = socket.local_addr().map_err(taken)?.port();
        let url = Url::parse(&format!("http://127.0.0.1:{port}/")).map_err(|error| {
            Failure::new(FailureKind::Other, "a listener has no URL").because(&error)
        })?;
        Ok(Self { socket, url })
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Answers until the end; `None` breaks the connection.
    pub async fn serve<A, F>(self, end: CancellationToken, answer: A)
    where
        A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Option<Answer>> + Send + 'static,
    {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = end.cancelled() => return,
                Some(_) = connections.join_next() => {}
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(converse(stream, answer.clone()));
                    }
                    // Out of file descriptors, most likely: let some connections end.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
    }
}

async fn converse<A, F>(stream: TcpStream, answer: A)
where
    A: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Option<Answer>> + Send + 'static,
{
    let _slower_without = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let answering = answer(request);
        async move { answering.await.ok_or(Lost) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that ends badly concerns nobody but its client.
    let _ended = connection.await;
}

/// The whole body; the answer to give when it can not be had.
pub async fn whole(body: Incoming) -> Result<Bytes, Answer> {
    let read = Limited::new(body, MOST_BODY).collect().await;
    read.map(http_body_util::Collected::to_bytes).map_err(|_| {
        let says =
            "{\"code\":\"invalid_argument\",\"message\":\"The body is too long or broken.\"}";
        answer(413, "application/json", says)
    })
}

/// An answer with a body.
pub fn answer(status: u16, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// A header as text.
pub fn header<'a, B>(request: &'a Request<B>, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

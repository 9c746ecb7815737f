//! Serves the metrics over HTTP, on the address that the operator named.
//!
//! Started by `golive watch --metrics`. The rules it keeps: GET and HEAD of `/metrics` and of `/`,
//! nothing else; a client that is slow or silent holds up nobody but itself, and not for ever.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::runtime::metrics;

/// How many connections are open at once; further ones wait in the system's queue.
const CONNECTIONS: usize = 64;

/// How long a client may take with a request's head, and how long a connection may be idle.
const HEAD: Duration = Duration::from_secs(30);

/// How long nothing is accepted after the system could not.
const BREATH: Duration = Duration::from_millis(100);

/// How long requests that are under way may take at the end.
const GRACE: Duration = Duration::from_secs(5);

/// Makes the text of a scrape.
pub type Scrape = Arc<dyn Fn() -> String + Send + Sync>;

/// A server that runs; it takes no more requests when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    connections: TaskTracker,
}

impl Server {
    /// Begins to serve, in the current runtime; port 0 takes any.
    ///
    /// # Errors
    /// When the address can not be listened on.
    pub async fn start(address: SocketAddr, scrape: Scrape) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, connections) = (CancellationToken::new(), TaskTracker::new());
        tokio::spawn(accept(listener, scrape, stop.clone(), connections.clone()));
        Ok(Self { address, stop, connections })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests and waits a while for those that are under way.
    pub async fn stop(self) {
        self.stop.cancel();
        self.connections.close();
        let _they_had_their_time = tokio::time::timeout(GRACE, self.connections.wait()).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    scrape: Scrape,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            next = next => next,
        };
        let Ok((stream, _)) = accepted else {
            // Out of files, for instance: those that are open have to end first.
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let (scrape, stop) = (Arc::clone(&scrape), stop.clone());
        connections.spawn(async move {
            let _place = place;
            serve(stream, scrape, stop).await;
        });
    }
}

async fn serve(stream: TcpStream, scrape: Scrape, stop: CancellationToken) {
    let service = service_fn(move |request| {
        let answer = answer(&request, &scrape);
        async move { Ok::<_, Infallible>(answer) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    // What a client does to its own connection is its own affair.
    tokio::select! {
        _over = served.as_mut() => return,
        () = stop.cancelled() => served.as_mut().graceful_shutdown(),
    }
    let _over = served.await;
}

fn answer(request: &Request<Incoming>, scrape: &Scrape) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match request.uri().path() {
        "/metrics" => {
            let mut told = Response::new(Full::new(Bytes::from(scrape())));
            let kind = HeaderValue::from_static(metrics::CONTENT_TYPE);
            told.headers_mut().insert(CONTENT_TYPE, kind);
            told
        }
        "/" => plain(StatusCode::OK, "golive watch: the metrics are at /metrics\n"),
        _ => plain(StatusCode::NOT_FOUND, "the metrics are at /metrics\n"),
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

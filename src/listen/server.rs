//! Takes connections and serves them, many at once, until it is asked to stop.
//!
//! Started by `Listener::start`. The rule it keeps: a client that is slow, silent or strange holds
//! up nobody but itself, and not for ever.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::listen::exchange::Shared;
use crate::listen::news::News;

/// How many connections are open at once; further ones wait in the system's queue.
const CONNECTIONS: usize = 1_024;

/// How long a client may take with a request's head, and how long a connection may be idle.
const HEAD: Duration = Duration::from_secs(30);

/// How long a client may take with the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long nothing is accepted after the system could not.
const BREATH: Duration = Duration::from_millis(100);

/// The listening end.
pub(super) struct Server {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<Arc<ServerConfig>>,
    pub(super) shared: Arc<Shared>,
    pub(super) stop: CancellationToken,
    pub(super) connections: TaskTracker,
}

impl Server {
    /// Serves until it is asked to stop.
    pub(super) async fn run(self) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let tls = self.tls.map(TlsAcceptor::from);
        let mut troubled = false;
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (self.listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                next = next => next,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    if !std::mem::replace(&mut troubled, true) {
                        let says = format!("a connection could not be taken: {error}");
                        (self.shared.tell)(News::Trouble(says));
                    }
                    // Out of files, for instance: those that are open have to end first.
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            };
            troubled = false;
            let (shared, stop, tls) = (Arc::clone(&self.shared), self.stop.clone(), tls.clone());
            self.connections.spawn(async move {
                let _place = place;
                connection(stream, tls, shared, stop).await;
            });
        }
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    stop: CancellationToken,
) {
    // Only a matter of speed.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return serve(stream, shared, stop).await };
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        secured = tokio::time::timeout(HANDSHAKE, tls.accept(stream)) => {
            if let Ok(Ok(stream)) = secured {
                serve(stream, shared, stop.clone()).await;
            }
        }
    }
}

async fn serve<S>(stream: S, shared: Arc<Shared>, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(shared.serve(request).await) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .preserve_header_case(true)
        .auto_date_header(false)
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    // What a client does to its own connection is its own affair.
    tokio::select! {
        _over = served.as_mut() => return,
        () = stop.cancelled() => served.as_mut().graceful_shutdown(),
    }
    let _over = served.await;
}

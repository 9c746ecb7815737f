//! Serves the shop's ports: connections in, each in a task of its own, until the shop closes.
//!
//! A shop that has fallen over hangs up on everybody and comes back on the same port after a while,
//! as a supervisor would have it.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::demo::fault::Door;
use crate::demo::shop::certificate::Papers;
use crate::demo::shop::handler::{Reply, plain, webhook};
use crate::demo::shop::{Inner, old};
use crate::https;

/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How often a port is tried that somebody else may have.
const AGAIN: Duration = Duration::from_millis(100);

/// A port of the shop.
#[derive(Clone)]
pub(super) enum Port {
    /// The webhook.
    Tls(TlsPort),
    /// The webhook without TLS: closed, unless a fault opens it.
    Cleartext,
    /// What the office looks at: the number of events taken.
    Office,
    /// The old webhook.
    Old,
}

/// A port with TLS.
#[derive(Clone)]
pub(super) struct TlsPort(TlsAcceptor);

impl TlsPort {
    /// A port that presents what the papers say.
    pub fn new(papers: Arc<Papers>) -> Result<Self, rustls::Error> {
        let config = ServerConfig::builder_with_provider(https::provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(papers);
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Serves a port until the shop closes.
pub(super) async fn serve(
    listener: TcpListener,
    port: Port,
    shop: Arc<Inner>,
    stop: CancellationToken,
) {
    let Ok(address) = listener.local_addr() else { return };
    let mut fallen = shop.fallen.subscribe();
    let mut listener = Some(listener);
    let mut clients = JoinSet::new();
    while !stop.is_cancelled() {
        let Some(open) = &listener else {
            listener = listen_again(address, &stop).await;
            continue;
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Ok(()) = fallen.changed(), if matches!(port, Port::Tls(_)) => {
                listener = None;
                clients.shutdown().await;
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = sleep(shop.pace.away) => {}
                }
            }
            accepted = open.accept() => {
                if let Ok((stream, _)) = accepted {
                    clients.spawn(client(stream, port.clone(), Arc::clone(&shop)));
                }
            }
            Some(_) = clients.join_next() => {}
        }
    }
    drop(listener);
    clients.shutdown().await;
}

async fn listen_again(address: SocketAddr, stop: &CancellationToken) -> Option<TcpListener> {
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return None,
            bound = TcpListener::bind(address) => {
                if let Ok(listener) = bound {
                    return Some(listener);
                }
                sleep(AGAIN).await;
            }
        }
    }
}

async fn client(mut stream: TcpStream, port: Port, shop: Arc<Inner>) {
    let _slower = stream.set_nodelay(true);
    match port {
        Port::Tls(TlsPort(acceptor)) => {
            if shop.wrong().doors.contains(&Door::OldTls) && speaks_old(&stream).await {
                // The beginning of a handshake of that time, which is all that anybody looks at.
                let _gone = stream.write_all(&old_hello()).await;
                return;
            }
            let accepted = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
            if let Ok(Ok(stream)) = accepted {
                talk(stream, &Port::Cleartext, &shop).await;
            }
        }
        Port::Cleartext if !shop.wrong().doors.contains(&Door::Cleartext) => {}
        port => talk(stream, &port, &shop).await,
    }
}

/// Talks HTTP with a client; on this side of TLS the webhook is what it is in cleartext.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    port: &Port,
    shop: &Arc<Inner>,
) {
    let service = service_fn(|request: Request<Incoming>| async move {
        Ok::<Reply, Infallible>(match port {
            Port::Tls(_) | Port::Cleartext => webhook(shop, request).await,
            Port::Office => office(shop, &request),
            Port::Old => old::answer(shop, request.method()),
        })
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let _client_left = served.await;
}

fn office(shop: &Inner, request: &Request<Incoming>) -> Reply {
    match request.uri().path() {
        "/thanks" => return plain(StatusCode::OK, "Thank you. The webhook says whether you paid."),
        "/effects" => {}
        _ => return plain(StatusCode::NOT_FOUND, "not found"),
    }
    hyper::Response::new(format!("{{\"count\":{}}}", shop.taken.count()).into())
}

/// Whether a client offers nothing newer than TLS 1.1, by the first bytes that it sends.
async fn speaks_old(stream: &TcpStream) -> bool {
    let mut head = [0; 11];
    let look = async {
        while stream.peek(&mut head).await? < head.len() {
            sleep(Duration::from_millis(5)).await;
        }
        Ok::<_, io::Error>(matches!(head, [22, 3, _, _, _, 1, _, _, _, 3, 1 | 2]))
    };
    tokio::time::timeout(HANDSHAKE, look).await.is_ok_and(|seen| seen.unwrap_or(false))
}

/// A ServerHello of TLS 1.0: record, handshake, version; random; no session, AES-CBC, no compression.
fn old_hello() -> Vec<u8> {
    let head = [22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    let random = [7; 32];
    let tail = [0, 0, 0x2f, 0];
    [&head[..], &random[..], &tail[..]].concat()
}

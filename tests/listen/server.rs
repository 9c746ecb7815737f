//! The listener as a server: many clients, strange ones, slow ones, and its end.

use std::sync::Arc;
use std::time::Duration;

use golive::listen::{Listener, News};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tempfile::tempdir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{
    LIVE_SECRET, PATIENCE, answer, event, listener, options, post, records, send, signed, upstream,
};
use crate::counterpart::Counterpart;
use crate::nginx::certificates;

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_all_answered_and_all_recorded() {
    let Some(handler) = Counterpart::start("../listen/tell.mjs", "") else { return };
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), Some(&format!("http://{}", handler.address))).await;
    let at = handle.address();
    let sent = (0..300).map(|number| async move {
        let body = event(&format!("many-{number}"));
        send(at, &signed("/hook", LIVE_SECRET, &body)).await.status
    });
    let statuses = futures_util::future::join_all(sent).await;
    assert!(statuses.iter().all(|status| *status == 200));
    let (received, answered) = records(handle.record());
    let mut ids: Vec<_> = received.iter().map(|it| it.event_id.clone().unwrap()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), answered.len()), (300, 300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_long_is_refused_and_that_is_recorded() {
    let folder = tempdir().unwrap();
    let (mut options, _) = options(folder.path(), None);
    options.most_body = 1_000;
    let handle = Listener::start(options).await.unwrap();
    assert_eq!(send(handle.address(), &post("/", &[], &[b'x'; 1_000])).await.status, 200);
    assert_eq!(send(handle.address(), &post("/", &[], &[b'x'; 1_001])).await.status, 413);
    assert_eq!(send(handle.address(), &post("/", &[], &[b'x'; 3_000_000])).await.status, 413);
    let mut chunked =
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n".to_vec();
    chunked.extend([b'x'; 2_000]);
    chunked.extend(b"\r\n0\r\n\r\n");
    assert_eq!(send(handle.address(), &chunked).await.status, 413);
    let (received, answered) = records(handle.record());
    let lacks: Vec<_> = received.iter().map(|it| it.incomplete.as_deref()).collect();
    let too_long = Some("it was too long");
    assert_eq!(lacks, [None, too_long, too_long, too_long]);
    assert!(received[1].raw().is_none());
    assert_eq!(answered.iter().map(|it| it.status).collect::<Vec<_>>(), [200, 413, 413, 413]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_is_given_up_and_holds_up_nobody() {
    let folder = tempdir().unwrap();
    let (mut options, _) = options(folder.path(), None);
    options.body_limit = Duration::from_millis(300);
    let handle = Listener::start(options).await.unwrap();
    let mut slow = TcpStream::connect(handle.address()).await.unwrap();
    slow.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{").await.unwrap();
    let quick = send(handle.address(), &signed("/", LIVE_SECRET, &event("e1"))).await;
    assert_eq!(quick.status, 200);
    assert_eq!(answer(&mut slow).await.unwrap().status, 408);
    let (received, answered) = records(handle.record());
    let mut said: Vec<_> = received.iter().map(|it| it.incomplete.as_deref()).collect();
    said.sort();
    assert_eq!(said, [None, Some("it did not come in time")]);
    assert_eq!(answered.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_refused_and_the_next_client_served() {
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), None).await;
    for junk in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"\r\n\r\n\r\nX\r\n\r\n", b"POST"] {
        let mut stream = TcpStream::connect(handle.address()).await.unwrap();
        stream.write_all(junk).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut came = Vec::new();
        // What it is told is its own affair, as long as it is no success.
        let _reset = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut came)).await.unwrap();
        assert!(!came.starts_with(b"HTTP/1.1 2"), "{came:?}");
    }
    let after = send(handle.address(), &signed("/", LIVE_SECRET, &event("e1"))).await;
    assert_eq!(after.status, 200);
    assert_eq!(records(handle.record()).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_it_stops_what_is_under_way_is_answered_and_nothing_new_is_taken() {
    let handler = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let folder = tempdir().unwrap();
    let to = upstream(&format!("http://{}", handler.local_addr().unwrap()), PATIENCE);
    let handle = Listener::start(options(folder.path(), Some(to)).0).await.unwrap();
    let (address, record) = (handle.address(), handle.record().to_owned());
    let asked =
        tokio::spawn(
            async move { send(address, &signed("/hook", LIVE_SECRET, &event("e1"))).await },
        );
    // The handler has the request, and the listener is asked to stop, before it answers.
    let (mut behind, _) = handler.accept().await.unwrap();
    let mut first = [0; 1];
    behind.read_exact(&mut first).await.unwrap();
    let stopping = tokio::spawn(handle.stop());
    let refuses = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, refuses).await.unwrap();
    assert!(!stopping.is_finished() && !asked.is_finished());
    behind.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
    let answer = asked.await.unwrap();
    assert_eq!((answer.status, &*answer.body), (202, &b"ok"[..]));
    assert!(stopping.await.unwrap(), "it did not wait to the end");
    assert_eq!(records(&record).1[0].status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_https_with_a_certificate_of_its_own() {
    let Some(made) = certificates() else { return };
    let chain: Vec<_> = CertificateDer::pem_file_iter(made.join("good.pem"))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_file(made.join("good.key")).unwrap();
    let folder = tempdir().unwrap();
    let (mut options, heard) = options(folder.path(), None);
    let builder = rustls::ServerConfig::builder_with_provider(golive::https::provider());
    let config = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    options.tls = Some(Arc::new(config.with_single_cert(chain, key).unwrap()));
    let handle = Listener::start(options).await.unwrap();
    let roots = golive::https::roots_of(&made.join("root.pem")).unwrap();
    let client = rustls::ClientConfig::builder_with_provider(golive::https::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    let tcp = TcpStream::connect(handle.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, tcp).await.unwrap();
    stream.write_all(&signed("/", LIVE_SECRET, &event("e1"))).await.unwrap();
    let mut came = [0; 12];
    stream.read_exact(&mut came).await.unwrap();
    assert_eq!(&came, b"HTTP/1.1 200");
    assert_eq!(records(handle.record()).0.len(), 1);
    let done = heard.all().into_iter().filter(|news| matches!(news, News::Done(_))).count();
    assert_eq!(done, 1);
}

//! Webhooks over https: an extra root is trusted when it was given, and nothing else is.

use std::sync::Arc;
use std::time::Duration;

use golive::https;
use golive::mintcash::envelope::Environment::Live;
use golive::mintcash::payments::{Card, NewPayment};
use golive::mintcash::signature::verify;
use golive::twin::{Options, Twin};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;

use crate::client::{charge, made};
use crate::running::{client, start};

/// A handler behind TLS: its port, its root, and what it got.
async fn handler() -> (u16, RootCertStore, UnboundedReceiver<String>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&leaf_key, &issuer).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.der().to_vec())).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(https::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (say, hear) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let (mut got, mut piece) = (String::new(), [0; 4096]);
            while !got.ends_with("}}") {
                let read = stream.read(&mut piece).await.unwrap();
                got.push_str(std::str::from_utf8(&piece[..read]).unwrap());
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            let _ = stream.shutdown().await;
            let _ = say.send(got);
        }
    });
    (port, roots, hear)
}

async fn delivered(roots: Option<RootCertStore>, url: String) -> (Twin, Value) {
    let webhook = Some(url.parse().unwrap());
    let twin = Twin::start(Options { roots, webhook, ..Options::at(start()) }).await.unwrap();
    let handle = twin.handle();
    let card = Card::Saved { card_token: "tok_twin_success".into() };
    made(client(&handle, Live).charge(&NewPayment { card, ..charge() }.prepare()).await);
    handle.advance(Duration::ZERO).await;
    let delivery = handle.snapshot(Live)["deliveries"][0].clone();
    (twin, delivery)
}

#[tokio::test]
async fn a_webhook_is_delivered_over_https_with_the_root_that_was_given() {
    let (port, roots, mut hear) = handler().await;
    let (twin, delivery) = delivered(Some(roots), format!("https://localhost:{port}/hook")).await;
    assert_eq!(delivery["standing"], "delivered", "{delivery}");
    let got = hear.recv().await.unwrap();
    let (head, body) = got.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook HTTP/1.1"), "{head}");
    let signature = head.lines().find_map(|line| line.strip_prefix("x-signature: ")).unwrap();
    let secret = twin.handle().webhook_secret(Live);
    assert!(verify(&secret, body.as_bytes(), signature.as_bytes()));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_a_failed_attempt() {
    let (port, _, _hear) = handler().await;
    let (_twin, delivery) = delivered(None, format!("https://localhost:{port}/hook")).await;
    assert_eq!(delivery["standing"], "waiting", "{delivery}");
    let problem = delivery["attempts"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("certificate"), "{problem}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_a_failed_attempt() {
    let (port, roots, _hear) = handler().await;
    let (_twin, delivery) = delivered(Some(roots), format!("https://127.0.0.1:{port}/")).await;
    let problem = delivery["attempts"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("certificate"), "{problem}");
}

//! What reaches the handler behind the listener, and what comes back from it.

use std::time::Duration;

use golive::events::received::By;
use golive::listen::{Listener, Upstream};
use hex::encode;
use sha2::{Digest as _, Sha256};
use tempfile::tempdir;

use crate::client::{
    Answer, LIVE_SECRET, PATIENCE, event, exchange, listener, options, post, records,
    records_so_far, send, signed, upstream,
};
use crate::counterpart::Counterpart;
use crate::nginx::{Nginx, certificates};

const HANDLERS: [&str; 2] = ["../listen/tell.mjs", "../listen/tell.py"];

fn url(handler: &Counterpart) -> String {
    format!("http://{}", handler.address)
}

/// Bodies that programs like to change.
fn odd_bodies() -> Vec<Vec<u8>> {
    let all: Vec<u8> = (0..=255).collect();
    vec![
        event("e1"),
        Vec::new(),
        all,
        b"{ \"a\" : 1.10,\r\n\t\"b\": \"\\u00e9\xc3\xa9\" }\r\n\r\n".to_vec(),
        b"\xef\xbb\xbf{\"a\":1}\n".to_vec(),
        b"HTTP/1.1 200 OK\r\n\r\n0\r\n\r\n".to_vec(),
        (0..1_048_576_u32).map(|at| (at * 7 % 251) as u8).collect(),
    ]
}

fn came_whole(answer: &Answer, body: &[u8], who: &str) {
    assert_eq!(answer.status, 200, "{who}: {answer:?}");
    let came = answer.json();
    assert_eq!(came["length"], body.len(), "{who}");
    assert_eq!(came["sha256"], encode(Sha256::digest(body)), "{who}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_reaches_every_handler_byte_by_byte_and_stands_in_the_record() {
    for name in HANDLERS {
        let Some(handler) = Counterpart::start(name, "") else { continue };
        let folder = tempdir().unwrap();
        let handle = listener(folder.path(), Some(&url(&handler))).await;
        for body in odd_bodies() {
            let answer = send(handle.address(), &signed("/hook", LIVE_SECRET, &body)).await;
            came_whole(&answer, &body, name);
        }
        let (received, answered) = records(handle.record());
        let raw: Vec<_> = received.iter().map(|one| one.raw().unwrap()).collect();
        assert!(raw == odd_bodies(), "{name}: a body is not recorded as it came");
        assert!(answered.iter().all(|it| it.by == By::Upstream && it.status == 200));
        assert_eq!(answered.len(), received.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_came_in_chunks_or_compressed_is_the_same_body() {
    for name in HANDLERS {
        let Some(handler) = Counterpart::start(name, "") else { continue };
        let folder = tempdir().unwrap();
        let handle = listener(folder.path(), Some(&url(&handler))).await;
        let chunked = b"POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
                        Trailer: X-After\r\n\r\n4\r\n{\"a\"\r\n3;x=y\r\n:1}\r\n0\r\nX-After: 1\r\n\r\n";
        came_whole(&send(handle.address(), chunked).await, b"{\"a\":1}", name);
        let gzip =
            [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 67, 191, 166, 163, 2, 0, 0];
        let answer = send(handle.address(), &post("/", &["Content-Encoding: gzip"], &gzip)).await;
        came_whole(&answer, &gzip, name);
        let asks = post("/", &["Expect: 100-continue"], b"{}");
        came_whole(&send(handle.address(), &asks).await, b"{}", name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_arrive_as_they_were_written_and_only_host_is_the_handlers_own() {
    for name in HANDLERS {
        let Some(handler) = Counterpart::start(name, "") else { continue };
        let folder = tempdir().unwrap();
        let handle = listener(folder.path(), Some(&url(&handler))).await;
        let lines = [
            "Content-Type: application/json; charset=utf-8",
            "x-SIGNATURE: ABCdef0123",
            "X-Twice: one",
            "X-Twice: two",
            "USER-agent: MintCash/1",
            "Accept: */*",
            "Authorization: Bearer of-the-merchant",
            "X-Forwarded-For: 198.51.100.7",
            "Connection: keep-alive, X-Hop",
            "X-Hop: stays here",
            "Keep-Alive: timeout=5",
        ];
        let answer = send(handle.address(), &post("/in?a=%20b&c", &lines, b"{}")).await;
        let came = answer.json();
        assert_eq!(came["line"], "POST /in?a=%20b&c HTTP/1.1", "{name}");
        let texts: Vec<_> =
            came["headers"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let pairs: Vec<_> =
            texts.chunks(2).map(|pair| format!("{}: {}", pair[0], pair[1])).collect();
        let wanted = [&lines[..8], &[&format!("Host: {}", handler.address), "Content-Length: 2"]];
        for line in wanted.concat() {
            assert!(pairs.iter().any(|pair| pair == line), "{name}: {line} is not in {pairs:#?}");
        }
        for gone in ["x-hop", "keep-alive", "shop.example"] {
            assert!(!pairs.iter().any(|pair| pair.to_lowercase().contains(gone)), "{pairs:?}");
        }
        assert_eq!(pairs.len(), 10, "{name}: nothing is added: {pairs:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_comes_back_as_it_is() {
    for name in HANDLERS {
        let Some(handler) = Counterpart::start(name, "") else { continue };
        let folder = tempdir().unwrap();
        let handle = listener(folder.path(), Some(&url(&handler))).await;
        let request = post("/odd", &[], b"{}");
        let direct = send(handler.address, &request).await;
        let through = send(handle.address(), &request).await;
        assert_eq!(through.body, direct.body, "{name}");
        assert!(through.head.starts_with("HTTP/1.1 299 Quite Fine\r\n"), "{}", through.head);
        let lines = |head: &str| {
            let hop = ["connection", "keep-alive", "date", "content-length", "transfer-encoding"];
            let mut lines: Vec<_> = head
                .lines()
                .filter(|line| !hop.iter().any(|hop| line.to_lowercase().starts_with(hop)))
                .map(str::to_owned)
                .collect();
            lines.sort();
            lines
        };
        assert_eq!(lines(&through.head), lines(&direct.head), "{name}");
        for status in [201, 204, 400, 401, 409, 500, 503] {
            let request = post(&format!("/status/{status}"), &[], b"{}");
            assert_eq!(send(handle.address(), &request).await.status, status, "{name}");
        }
        let moved = send(handle.address(), &post("/moved", &[], b"{}")).await;
        assert_eq!(moved.status, 308, "{name}: a redirect is handed back, not followed");
        assert!(moved.head.to_lowercase().contains("location: http://127.0.0.1:1/x"), "{moved:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_behind_tls_is_asked_when_somebody_known_vouches_for_it() {
    let Some(handler) = Counterpart::start("../listen/tell.mjs", "") else { return };
    let location = format!("proxy_pass http://{};", handler.address);
    let settings = "client_max_body_size 8m;";
    let Some(nginx) = Nginx::start("good", settings, &location).await else { return };
    let url = format!("https://localhost:{}/hook", nginx.address.port());
    let root = certificates().unwrap().join("root.pem");
    let trusting = Upstream::new(&url.parse().unwrap(), Some(&root), PATIENCE).unwrap();
    let folder = tempdir().unwrap();
    let handle = Listener::start(options(folder.path(), Some(trusting)).0).await.unwrap();
    for body in odd_bodies() {
        let answer = send(handle.address(), &signed("/any", LIVE_SECRET, &body)).await;
        came_whole(&answer, &body, "nginx");
    }
    let before = count(&handler).await;
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), Some(&url)).await;
    let answer = send(handle.address(), &signed("/any", LIVE_SECRET, &event("e1"))).await;
    assert_eq!(answer.status, 502, "nobody known vouches for it: {answer:?}");
    let (received, answered) = records(handle.record());
    assert_eq!(received[0].raw().unwrap(), event("e1"));
    assert!(answered[0].problem.as_ref().unwrap().starts_with("TLS"), "{answered:?}");
    assert_eq!(count(&handler).await, before);
}

/// How many requests a handler has taken.
pub async fn count(handler: &Counterpart) -> u64 {
    let answer = send(handler.address, b"GET /count HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let text = String::from_utf8(answer.body).unwrap();
    // Node sends the number in a chunk of its own.
    text.lines().find_map(|line| line.trim().parse().ok()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_is_down_or_slow_loses_nothing() {
    let Some(handler) = Counterpart::start("../listen/tell.py", "") else { return };
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cases = [
        (format!("http://{nobody}"), "/hook", 502, "connection refused"),
        (format!("http://{}", handler.address), "/hang", 504, "no answer in time"),
    ];
    for (to, path, status, says) in cases {
        let folder = tempdir().unwrap();
        let upstream = upstream(&to, Duration::from_millis(300));
        let handle = Listener::start(options(folder.path(), Some(upstream)).0).await.unwrap();
        let answer = send(handle.address(), &signed(path, LIVE_SECRET, &event("e1"))).await;
        assert_eq!(answer.status, status, "{answer:?}");
        let (received, answered) = records(handle.record());
        assert_eq!(received[0].raw().unwrap(), event("e1"));
        assert_eq!((answered[0].status, answered[0].by), (status, By::Golive));
        assert_eq!(answered[0].problem.as_deref(), Some(says));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_the_body_goes_on_when_the_client_hangs_up() {
    let Some(handler) = Counterpart::start("../listen/tell.mjs", "") else { return };
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), Some(&url(&handler))).await;
    for number in 0..20 {
        let mut stream = tokio::net::TcpStream::connect(handle.address()).await.unwrap();
        let bytes = signed("/hook", LIVE_SECRET, &event(&format!("gone-{number}")));
        tokio::io::AsyncWriteExt::write_all(&mut stream, &bytes).await.unwrap();
        drop(stream);
    }
    let all_there = async {
        while records_so_far(handle.record()).1.len() < 20 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, all_there).await.unwrap();
    assert_eq!(count(&handler).await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_carries_many_events() {
    let Some(handler) = Counterpart::start("../listen/tell.mjs", "") else { return };
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), Some(&url(&handler))).await;
    let mut stream = tokio::net::TcpStream::connect(handle.address()).await.unwrap();
    for number in 0..5 {
        let body = event(&format!("kept-{number}"));
        let answer = exchange(&mut stream, &signed("/status/201", LIVE_SECRET, &body)).await;
        assert_eq!(answer.unwrap().status, 201);
    }
    assert_eq!(records(handle.record()).0.len(), 5);
}

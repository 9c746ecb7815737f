//! A client that chooses every byte itself, and the listener in this process.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use golive::events::received::{Answered, Received, Record};
use golive::listen::{Handle, Listener, News, Options, Seals, Upstream};
use golive::mintcash::signature;
use golive::secrets::Secret;
use golive::time::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub const LIVE_SECRET: &str = "whsec_live_2c7e51d09b";
pub const TEST_SECRET: &str = "whsec_test_91aa04be77";

/// How long anything may take on the busiest of machines.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

/// The bytes of a POST with these header lines.
pub fn post(path: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("POST {path} HTTP/1.1\r\nHost: shop.example\r\n").into_bytes();
    for header in headers {
        bytes.extend(format!("{header}\r\n").into_bytes());
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
    bytes.extend(body);
    bytes
}

/// A POST signed with this secret.
pub fn signed(path: &str, by: &str, body: &[u8]) -> Vec<u8> {
    let signature = signature::sign(&secret(by), body).hex();
    post(path, &["Content-Type: application/json", &format!("X-Signature: {signature}")], body)
}

/// A live event with that id.
pub fn event(id: &str) -> Vec<u8> {
    let body = json!({
        "eventId": id, "event": "payment.succeeded", "type": "payment",
        "apiVersion": "2026-05-01", "environment": "live",
        "createdAt": "2026-11-23T17:59:58.000Z",
        "data": { "id": "5f0c", "externalId": "order-1001", "status": "succeeded", "amount": 4.99 },
    });
    body.to_string().into_bytes()
}

/// Sends bytes and reads one answer, to its announced end or that of the connection.
pub async fn send(address: impl tokio::net::ToSocketAddrs, bytes: &[u8]) -> Answer {
    try_send(address, bytes).await.unwrap()
}

pub async fn try_send(
    address: impl tokio::net::ToSocketAddrs,
    bytes: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    exchange(&mut stream, bytes).await
}

/// The same on a connection that is there.
pub async fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<Answer> {
    stream.write_all(bytes).await?;
    tokio::time::timeout(PATIENCE, answer(stream)).await.expect("no answer")
}

pub async fn answer(stream: &mut TcpStream) -> std::io::Result<Answer> {
    let mut came = Vec::new();
    loop {
        let mut answer = one_answer(stream, came).await?;
        if answer.status != 100 {
            return Ok(answer);
        }
        came = std::mem::take(&mut answer.body);
    }
}

/// An answer, of which `came` has come already; what follows an interim one is its body here.
async fn one_answer(stream: &mut TcpStream, mut came: Vec<u8>) -> std::io::Result<Answer> {
    let split = |came: &[u8]| came.windows(4).position(|four| four == b"\r\n\r\n");
    let mut piece = [0; 16_384];
    while split(&came).is_none() {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Err(std::io::Error::other("closed without an answer"));
        }
        came.extend_from_slice(&piece[..read]);
    }
    let end = split(&came).unwrap();
    let head = String::from_utf8_lossy(&came[..end]).into_owned();
    let mut body = came[end + 4..].to_vec();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    if matches!(status, 100 | 204 | 304) {
        return Ok(Answer { status, head, body });
    }
    while length.is_none_or(|length| body.len() < length) {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            break;
        }
        body.extend_from_slice(&piece[..read]);
    }
    Ok(Answer { status, head, body })
}

/// What a listener has told.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<News>>>);

impl Heard {
    pub fn all(&self) -> Vec<News> {
        self.0.lock().unwrap().clone()
    }
}

/// Options for a listener in this folder, on any port, with both secrets.
pub fn options(folder: &Path, upstream: Option<Upstream>) -> (Options, Heard) {
    let heard = Heard::default();
    let tell = heard.clone();
    let options = Options {
        address: ([127, 0, 0, 1], 0).into(),
        record: folder.join("events.golive.jsonl"),
        upstream,
        seals: Seals { live: Some(secret(LIVE_SECRET)), test: Some(secret(TEST_SECRET)) },
        refuse_invalid: false,
        most_body: 2 * 1024 * 1024,
        body_limit: Duration::from_secs(30),
        tls: None,
        clock: Arc::new(|| Timestamp::parse("2026-11-23T18:00:00Z").unwrap()),
        tell: Arc::new(move |news| tell.0.lock().unwrap().push(news)),
    };
    (options, heard)
}

/// A listener in this folder that forwards there.
pub async fn listener(folder: &Path, to: Option<&str>) -> Handle {
    let upstream = to.map(|url| upstream(url, PATIENCE));
    Listener::start(options(folder, upstream).0).await.unwrap()
}

pub fn upstream(url: &str, limit: Duration) -> Upstream {
    Upstream::new(&url.parse().unwrap(), None, limit).unwrap()
}

/// The records of a file, which must all be whole.
pub fn records(path: &Path) -> (Vec<Received>, Vec<Answered>) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "torn: {}", text.len());
    read(&text)
}

/// The records that are whole in a file that is being written to.
///
/// A reader can see the first page of a write before the rest of it.
pub fn records_so_far(path: &Path) -> (Vec<Received>, Vec<Answered>) {
    let text = std::fs::read(path).unwrap();
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    read(std::str::from_utf8(&text[..whole]).unwrap())
}

fn read(text: &str) -> (Vec<Received>, Vec<Answered>) {
    let (mut received, mut answered) = (Vec::new(), Vec::new());
    for line in text.lines() {
        match Record::read(line.as_bytes()).unwrap_or_else(|| panic!("no record: {line}")) {
            Record::Received(one) => received.push(*one),
            Record::Answered(one) => answered.push(one),
        }
    }
    (received, answered)
}

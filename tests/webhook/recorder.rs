//! Stands between the checks and a handler and writes down what was sent, byte for byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Which connection it came on, counted in the order in which they were made.
    pub connection: usize,
    pub head: String,
    pub body: Vec<u8>,
}

impl Recorded {
    /// Every value of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    /// The id of the probe, without that of the run.
    pub fn probe(&self) -> &str {
        self.header("x-golive-probe").first().and_then(|id| id.split('/').nth(1)).unwrap_or("?")
    }
}

/// A recording proxy on a free port.
pub struct Recorder {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    hold: Arc<Mutex<Option<(usize, CancellationToken)>>>,
}

impl Recorder {
    /// Forwards to `upstream` for as long as the test's runtime lives.
    pub async fn before(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let hold = Arc::new(Mutex::new(None));
        let (kept, held) = (Arc::clone(&requests), Arc::clone(&hold));
        tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((client, _)) = listener.accept().await {
                connection += 1;
                let (kept, held) = (Arc::clone(&kept), Arc::clone(&held));
                tokio::spawn(forward((connection, client), upstream, kept, held));
            }
        });
        Self { address, requests, hold }
    }

    /// Fires the token when so many requests have come, and answers none from that one on.
    pub fn hold_from(&self, number: usize, fire: CancellationToken) {
        *self.hold.lock().unwrap() = Some((number, fire));
    }

    /// Answers again.
    pub fn go_on(&self) {
        *self.hold.lock().unwrap() = None;
    }

    /// What came so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }
}

async fn forward(
    (connection, mut client): (usize, TcpStream),
    upstream: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    hold: Arc<Mutex<Option<(usize, CancellationToken)>>>,
) -> Option<()> {
    let mut raw = Vec::new();
    let end = loop {
        if let Some(at) = raw.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        let mut chunk = [0; 4096];
        let read = client.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        raw.extend_from_slice(&chunk[..read]);
    };
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let recorded = Recorded { connection, head, body: Vec::new() };
    let length: usize =
        recorded.header("content-length").first().map_or(0, |value| value.parse().unwrap());
    while raw.len() < end + length {
        let mut chunk = [0; 4096];
        let read = client.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        raw.extend_from_slice(&chunk[..read]);
    }
    let number = {
        let mut requests = requests.lock().unwrap();
        requests.push(Recorded { body: raw[end..].to_vec(), ..recorded });
        requests.len()
    };
    let held = hold.lock().unwrap().clone().filter(|(from, _)| number >= *from);
    if let Some((_, fire)) = held {
        fire.cancel();
        // Until the client hangs up.
        while client.read(&mut [0; 64]).await.ok().filter(|read| *read > 0).is_some() {}
        return None;
    }
    let mut server = TcpStream::connect(upstream).await.ok()?;
    server.write_all(&raw).await.ok()?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}

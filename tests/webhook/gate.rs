//! Refuses everything, and counts how many requests are under way together.
//!
//! Each answer is held back until as many requests are there as are hoped for, or until nothing
//! new has come for a while: at the beginning and at the end of a run fewer are right.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A counting server on a free port.
pub struct Gate {
    pub address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    hoped: usize,
    now: AtomicUsize,
    most: AtomicUsize,
    full: Notify,
}

impl Gate {
    /// Serves for as long as the test's runtime lives.
    pub async fn of(hoped: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Arc::new(Counts { hoped, ..Counts::default() });
        let kept = Arc::clone(&counts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(refuse(client, Arc::clone(&kept)));
            }
        });
        Self { address, counts }
    }

    /// The most that were under way together.
    pub fn most(&self) -> usize {
        self.counts.most.load(Ordering::SeqCst)
    }
}

async fn refuse(mut client: TcpStream, counts: Arc<Counts>) -> Option<()> {
    let here = counts.now.fetch_add(1, Ordering::SeqCst) + 1;
    counts.most.fetch_max(here, Ordering::SeqCst);
    let _ = client.read(&mut [0; 8192]).await.ok()?;
    if here >= counts.hoped {
        counts.full.notify_waiters();
    } else {
        let patience = Duration::from_millis(300);
        let _ = tokio::time::timeout(patience, counts.full.notified()).await;
    }
    counts.now.fetch_sub(1, Ordering::SeqCst);
    client
        .write_all(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .await
        .ok()
}

//! Receives webhooks: verifies, writes down, hands on, and gives back the answer.
//!
//! Started by `golive listen`, and by whoever needs to know which events have come. It loses no
//! event that it answered with 2xx (`exchange` has the order, `store` the disk). TLS is its own
//! when it is given a certificate; otherwise whatever stands in front ends it.

mod exchange;
mod forward;
mod headers;
mod news;
pub mod resend;
mod seal;
mod server;
mod store;
mod writer;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use forward::{LIMIT as UPSTREAM_LIMIT, Upstream};
pub use news::{Done, News, Tell};
pub use seal::{LIVE, Seals, TEST};
pub use store::{Busy, Listening, Store};
pub use writer::Writer;

use crate::time::Timestamp;
use exchange::Shared;

/// How long requests that are under way may take once the listener is asked to stop.
const GRACE: Duration = Duration::from_secs(25);

/// How often another listener's place is tried again, and after how long.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// How a listener works.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; port 0 takes any.
    pub address: SocketAddr,
    /// The file of records.
    pub record: PathBuf,
    /// Who gets the events; nobody: they are answered with 200.
    pub upstream: Option<Upstream>,
    /// What signatures are verified with.
    pub seals: Seals,
    /// Whether what is not validly signed is answered with 401 and not handed on.
    pub refuse_invalid: bool,
    /// The longest body that is taken, in bytes.
    pub most_body: usize,
    /// How long a body may take to come.
    pub body_limit: Duration,
    /// A certificate of its own.
    pub tls: Option<Arc<ServerConfig>>,
    /// What the time is.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Who hears what happens.
    pub tell: Tell,
}

/// The longest body that is taken: far more than an event has, far less than memory.
pub const MOST_BODY: usize = 2 * 1024 * 1024;

/// How long a body may take to come: MintCash gives up after as long.
pub const BODY_LIMIT: Duration = Duration::from_secs(10);

/// Why a listener does not start.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// Another process writes these records.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The records can not be written.
    #[error("{} can not be written", .0.display())]
    Record(PathBuf, #[source] std::io::Error),
    /// The address can not be listened on.
    #[error("{0} can not be listened on")]
    Address(SocketAddr, #[source] std::io::Error),
}

/// Takes webhooks.
pub struct Listener;

/// A listener that runs; it ends when this is dropped, in order with [`stop`](Self::stop).
#[derive(Debug)]
pub struct Handle {
    address: SocketAddr,
    record: PathBuf,
    stop: CancellationToken,
    tasks: TaskTracker,
    connections: TaskTracker,
    /// Ends with the thread that writes.
    written: oneshot::Receiver<()>,
    _listening: Listening,
}

impl Listener {
    /// Starts to listen, in the current runtime.
    ///
    /// # Errors
    /// When the records can not be written or the address not be had.
    pub async fn start(options: Options) -> Result<Handle, NotStarted> {
        let record = options.record.clone();
        let trouble = |error| NotStarted::Record(record.clone(), error);
        let listening = claim(&record).await?;
        let mut store = Store::open(&record).map_err(trouble)?;
        if let Some(aside) = store.put_aside() {
            let says = format!("an unfinished record was put aside: {}", aside.display());
            (options.tell)(News::Trouble(says));
        }
        let tell = Arc::clone(&options.tell);
        let writer = Writer::start(store, Arc::new(move |says| tell(News::Trouble(says))));
        let (writer, written) = writer.map_err(trouble)?;
        let no_address = |error| NotStarted::Address(options.address, error);
        let listener = TcpListener::bind(options.address).await.map_err(no_address)?;
        let address = listener.local_addr().map_err(no_address)?;
        let (tasks, connections) = (TaskTracker::new(), TaskTracker::new());
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            writer,
            upstream: options.upstream,
            seals: options.seals,
            refuse_invalid: options.refuse_invalid,
            most_body: options.most_body,
            body_limit: options.body_limit,
            clock: options.clock,
            tell: options.tell,
            tasks: tasks.clone(),
        });
        let server = server::Server {
            listener,
            tls: options.tls,
            shared,
            stop: stop.clone(),
            connections: connections.clone(),
        };
        tokio::spawn(server.run());
        Ok(Handle { address, record, stop, tasks, connections, written, _listening: listening })
    }
}

/// Takes the place of the one listener of a file; one that is about to end gets a moment.
async fn claim(record: &std::path::Path) -> Result<Listening, Busy> {
    let mut tries = 0;
    loop {
        match Listening::claim(record) {
            Err(Busy::Taken { .. }) if tries < TRIES => tries += 1,
            ended => return ended,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Handle {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The file of records.
    #[must_use]
    pub fn record(&self) -> &std::path::Path {
        &self.record
    }

    /// Takes no more requests and waits for those that are under way; whether all have ended.
    pub async fn stop(mut self) -> bool {
        self.stop.cancel();
        self.connections.close();
        self.tasks.close();
        let over = async {
            self.connections.wait().await;
            self.tasks.wait().await;
            let _ended = (&mut self.written).await;
        };
        tokio::time::timeout(GRACE, over).await.is_ok()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

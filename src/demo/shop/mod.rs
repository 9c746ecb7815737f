//! The sample merchant: a shop with a webhook over TLS, a count of what it has taken, an old webhook
//! and a checkout. Right in everything, but for the faults that are on.
//!
//! ```text
//! serve.rs ─ TLS, cleartext, old ─> handler.rs ─ verify.rs ─> take: once per eventId, then 2xx
//!                                   old.rs       checkout.rs ─> POST /payments at the twin
//! ```
//!
//! The rule it keeps: it listens on loopback only, and each fault changes one thing.

mod certificate;
pub mod checkout;
mod handler;
mod old;
mod serve;
mod taken;
mod verify;

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::demo::fault::{Change, Door, Fault, Flaw, Old};
use crate::demo::folder::Log;
use crate::demo::keys::Keys;

pub use certificate::Papers;
use serve::{Port, TlsPort};
use taken::Taken;

/// How slow the shop is where a fault makes it slow.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long an answer takes that takes too long.
    pub slow: Duration,
    /// How long the shop stays away after it has fallen over.
    pub away: Duration,
}

impl Pace {
    /// Slower than MintCash waits.
    pub const REAL: Self =
        Self { slow: Duration::from_millis(10_500), away: Duration::from_secs(8) };
}

/// What is wrong with the shop now.
#[derive(Clone, Debug, Default)]
struct Wrong {
    flaws: BTreeSet<Flaw>,
    doors: BTreeSet<Door>,
    old: Option<Old>,
}

/// The shop, as its ports see it.
struct Inner {
    keys: Keys,
    pace: Pace,
    log: Log,
    papers: Arc<Papers>,
    /// The live webhook's URL.
    live: Url,
    wrong: RwLock<Wrong>,
    taken: Taken,
    /// Held by whoever has the shop's only worker, where a fault leaves it with one.
    worker: Mutex<()>,
    /// When it fell over, by count: the ports stay closed for a while after each.
    fallen: watch::Sender<u64>,
}

impl Inner {
    fn wrong(&self) -> Wrong {
        self.wrong.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A running shop; ends when it is dropped.
pub struct Shop {
    inner: Arc<Inner>,
    addresses: Addresses,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Where the shop listens.
#[derive(Clone, Copy, Debug)]
struct Addresses {
    tls: SocketAddr,
    cleartext: SocketAddr,
    office: SocketAddr,
    old: SocketAddr,
}

/// The path of the webhook.
const WEBHOOK: &str = "/webhooks/mintcash";

/// The path of the old one.
const OLD_WEBHOOK: &str = "/webhooks/mintcash-test";

impl Shop {
    /// Opens the shop.
    ///
    /// # Errors
    /// When it can not listen or has no certificates.
    pub async fn open(keys: Keys, log: Log, papers: Arc<Papers>, pace: Pace) -> io::Result<Self> {
        let [tls, cleartext, office, old] =
            [listen().await?, listen().await?, listen().await?, listen().await?];
        let addresses = Addresses {
            tls: tls.local_addr()?,
            cleartext: cleartext.local_addr()?,
            office: office.local_addr()?,
            old: old.local_addr()?,
        };
        let live = format!("https://{}{WEBHOOK}", addresses.tls);
        let inner = Arc::new(Inner {
            keys,
            pace,
            log,
            papers: Arc::clone(&papers),
            live: Url::parse(&live).map_err(io::Error::other)?,
            wrong: RwLock::default(),
            taken: Taken::default(),
            worker: Mutex::default(),
            fallen: watch::Sender::new(0),
        });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let tls_port = TlsPort::new(papers).map_err(io::Error::other)?;
        let ports = [
            (tls, Port::Tls(tls_port)),
            (cleartext, Port::Cleartext),
            (office, Port::Office),
            (old, Port::Old),
        ];
        for (listener, port) in ports {
            tasks.spawn(serve::serve(listener, port, Arc::clone(&inner), stop.clone()));
        }
        tasks.close();
        Ok(Self { inner, addresses, stop, tasks })
    }

    /// The live webhook's URL.
    #[must_use]
    pub fn webhook(&self) -> Url {
        self.inner.live.clone()
    }

    /// The old webhook's URL.
    #[must_use]
    pub fn old_webhook(&self) -> Url {
        self.cleartext(self.addresses.old, OLD_WEBHOOK)
    }

    /// Where the number of events can be read that the shop has taken.
    #[must_use]
    pub fn effects(&self) -> Url {
        self.cleartext(self.addresses.office, "/effects")
    }

    /// Where the browser comes back to after a payment.
    #[must_use]
    pub fn returns(&self) -> Url {
        self.cleartext(self.addresses.office, "/thanks")
    }

    fn cleartext(&self, address: SocketAddr, path: &str) -> Url {
        let mut url = self.inner.live.clone();
        // Scheme and port of an http address are always taken.
        let _taken = url.set_scheme("http");
        let _taken = url.set_port(Some(address.port()));
        url.set_path(path);
        url
    }

    /// The port on which a fault serves the webhook in cleartext.
    #[must_use]
    pub fn cleartext_port(&self) -> u16 {
        self.addresses.cleartext.port()
    }

    /// The certificates.
    #[must_use]
    pub fn papers(&self) -> &Arc<Papers> {
        &self.inner.papers
    }

    /// Makes the shop as wrong as these faults say, and no more.
    pub fn set(&self, on: &[&Fault]) {
        let mut wrong = Wrong::default();
        let mut paper = None;
        for fault in on {
            match fault.change {
                Change::Handler(flaw) => drop(wrong.flaws.insert(flaw)),
                Change::Server(door) => drop(wrong.doors.insert(door)),
                Change::OldWebhook(old) => wrong.old = Some(old),
                Change::Certificate(bad) => paper = Some(bad),
                _ => {}
            }
        }
        self.inner.papers.show(paper);
        *self.inner.wrong.write().unwrap_or_else(PoisonError::into_inner) = wrong;
    }

    /// How many events it has taken.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.inner.taken.count()
    }

    /// Closes the shop and waits until its ports are free.
    pub async fn close(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
}

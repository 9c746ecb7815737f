//! Requests that go out while nothing else is under way to the host: one at a time, or many at
//! the same instant; and requests whose body trickles.
//!
//! Used by the checks that measure a host and by those that race copies of one event. For a race
//! every connection is opened and every head sent first; then all bodies are released together.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::future::join_all;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::{Notify, SemaphorePermit, watch};
use tokio::time::{Instant, Sleep};

use crate::checks::webhook::wire::{Guard, NoAnswer, Request, Sent, Wire};

/// How long a race waits for the last connection before it starts without it.
const GATHERING: Duration = Duration::from_secs(2);

/// The host, with nothing else of ours under way to it.
pub struct Reserved<'w> {
    wire: &'w Wire,
    _permit: SemaphorePermit<'w>,
}

/// The one slot for a slow request.
pub struct Slow<'w> {
    wire: &'w Wire,
    _permit: SemaphorePermit<'w>,
}

/// How a body trickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trickle {
    /// The pause between two bytes.
    pub every: Duration,
    /// When it is given up.
    pub most: Duration,
}

impl Wire {
    /// Waits until nothing else is under way to the host, and keeps it so.
    ///
    /// # Errors
    /// When the run was cancelled.
    pub async fn reserve(&self) -> Result<Reserved<'_>, NoAnswer> {
        let permit = self.unless_cancelled(self.pace.alone(0)).await?;
        Ok(Reserved { wire: self, _permit: permit })
    }

    /// Waits for the one slot for slow requests.
    ///
    /// # Errors
    /// When the run was cancelled, or has sent as many as it may.
    pub async fn slow(&self) -> Result<Slow<'_>, NoAnswer> {
        let permit = self.unless_cancelled(self.pace.slowly()).await?;
        Ok(Slow { wire: self, _permit: permit })
    }

    async fn unless_cancelled<T, E>(
        &self,
        wait: impl Future<Output = Result<T, E>>,
    ) -> Result<T, NoAnswer> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(NoAnswer::Cancelled),
            done = wait => done.map_err(|_| NoAnswer::BudgetSpent),
        }
    }
}

impl Reserved<'_> {
    /// Sends one request.
    pub async fn send(&self, address: SocketAddr, request: &Request, guard: Guard) -> Sent {
        match self.wire.unless_cancelled(self.wire.pace.more(1)).await {
            Ok(()) => self.wire.send_at_once(address, request, guard).await,
            Err(why) => Sent::nothing(why),
        }
    }

    /// Sends all requests at the same instant. What each took is the time that its connection
    /// took and the time from the release of the bodies to its answer.
    pub async fn together(
        &self,
        address: SocketAddr,
        requests: &[Request],
        guard: Guard,
    ) -> Vec<Sent> {
        let count = u32::try_from(requests.len()).unwrap_or(u32::MAX);
        if let Err(why) = self.wire.unless_cancelled(self.wire.pace.more(count)).await {
            return requests.iter().map(|_| Sent::nothing(why.clone())).collect();
        }
        self.wire.race(&Gate::new(GATHERING), address, requests, guard).await
    }
}

impl Slow<'_> {
    /// Sends one request byte by byte; `begun` is told once the first byte is out.
    pub async fn send(
        &self,
        address: SocketAddr,
        request: &Request,
        guard: Guard,
        trickle: Trickle,
        begun: &Arc<Notify>,
    ) -> Sent {
        let begin = Instant::now();
        let mut sent = Sent::nothing(NoAnswer::Cancelled);
        let body = Trickled {
            data: Bytes::copy_from_slice(&request.body),
            every: trickle.every,
            pause: None,
            begun: Arc::clone(begun),
        };
        tokio::select! {
            biased;
            () = self.wire.cancel.cancelled() => {}
            answer = self.wire.with_body(address, request, guard, trickle.most, body, &mut sent) =>
                sent.answer = answer.map(|(answer, _)| answer),
        }
        sent.took = begin.elapsed();
        sent
    }
}

impl Wire {
    /// Sends all requests, and opens the gate once the body of each one is there.
    async fn race(
        &self,
        gate: &Arc<Gate>,
        address: SocketAddr,
        requests: &[Request],
        guard: Guard,
    ) -> Vec<Sent> {
        let all = requests.iter().map(|request| self.behind(gate, address, request, guard));
        let (sent, ()) = tokio::join!(join_all(all), gate.open_for(requests.len()));
        sent
    }

    /// Sends a request whose body waits behind the gate.
    async fn behind(
        &self,
        gate: &Arc<Gate>,
        address: SocketAddr,
        request: &Request,
        guard: Guard,
    ) -> Sent {
        let begin = Instant::now();
        let mut sent = Sent::nothing(NoAnswer::Cancelled);
        let seat = Arc::new(Seat::default());
        let body = gate.body(Bytes::copy_from_slice(&request.body), &seat);
        let limit = self.limits.total + gate.gathering;
        let answer = tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(NoAnswer::Cancelled),
            answer = self.with_body(address, request, guard, limit, body, &mut sent) => answer,
        };
        gate.arrive(&seat);
        let took = answer.as_ref().map_or_else(|_| begin.elapsed(), |(_, at)| *at - begin);
        sent.took = took.saturating_sub(gate.held(&seat));
        sent.answer = answer.map(|(answer, _)| answer);
        sent
    }
}

/// Where bodies wait until all of them can go.
struct Gate {
    /// How long the last bodies may keep the others waiting.
    gathering: Duration,
    arrived: AtomicUsize,
    news: Notify,
    open: watch::Sender<Option<Instant>>,
}

/// One body's place before the gate: since when it has been there.
type Seat = OnceLock<Instant>;

impl Gate {
    fn new(gathering: Duration) -> Arc<Self> {
        let open = watch::Sender::new(None);
        Arc::new(Self { gathering, arrived: AtomicUsize::new(0), news: Notify::new(), open })
    }

    fn body(self: &Arc<Self>, data: Bytes, seat: &Arc<Seat>) -> Gated {
        let mut open = self.open.subscribe();
        let wait = Box::pin(async move {
            let _opened_or_gone = open.wait_for(Option::is_some).await;
        });
        Gated { data, gate: Arc::clone(self), seat: Arc::clone(seat), wait }
    }

    /// Counts a body that is ready to go, or will never be; each one once.
    fn arrive(&self, seat: &Seat) {
        if seat.set(Instant::now()).is_ok() {
            self.arrived.fetch_add(1, Ordering::SeqCst);
            self.news.notify_one();
        }
    }

    /// Opens when `count` bodies are there, or when the last ones keep the others waiting.
    async fn open_for(&self, count: usize) {
        let all = async {
            while self.arrived.load(Ordering::SeqCst) < count {
                self.news.notified().await;
            }
        };
        let _some_come_later = tokio::time::timeout(self.gathering, all).await;
        self.open.send_replace(Some(Instant::now()));
    }

    /// How long a body was kept waiting.
    fn held(&self, seat: &Seat) -> Duration {
        match (*self.open.borrow(), seat.get()) {
            (Some(opened), Some(since)) => opened.saturating_duration_since(*since),
            _ => Duration::ZERO,
        }
    }
}

/// A body that waits for its gate.
struct Gated {
    data: Bytes,
    gate: Arc<Gate>,
    seat: Arc<Seat>,
    wait: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Body for Gated {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.data.is_empty() {
            return Poll::Ready(None);
        }
        self.gate.arrive(&self.seat);
        ready!(self.wait.as_mut().poll(context));
        Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.data)))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.data.len() as u64)
    }
}

/// A body that comes byte by byte.
struct Trickled {
    data: Bytes,
    every: Duration,
    pause: Option<Pin<Box<Sleep>>>,
    begun: Arc<Notify>,
}

impl Body for Trickled {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.data.is_empty() {
            return Poll::Ready(None);
        }
        match &mut self.pause {
            Some(pause) => ready!(pause.as_mut().poll(context)),
            None => self.begun.notify_one(),
        }
        self.pause = Some(Box::pin(tokio::time::sleep(self.every)));
        Poll::Ready(Some(Ok(Frame::data(self.data.split_to(1)))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.data.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use hyper::Method;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::checks::CheckContext;
    use crate::checks::webhook::pace::Limits;
    use crate::checks::webhook::target::Target;
    use crate::checks::webhook::trust::Roots;
    use crate::time::Timestamp;

    async fn until(stream: &mut TcpStream, raw: &mut Vec<u8>, end: &[u8]) -> bool {
        while !raw.ends_with(end) {
            let mut byte = [0];
            if stream.read(&mut byte).await.unwrap_or(0) == 0 {
                return false;
            }
            raw.extend(byte);
        }
        true
    }

    /// A server that reads no body before it has so many heads.
    async fn server(heads: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gathered = Arc::new(tokio::sync::Barrier::new(heads));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let gathered = Arc::clone(&gathered);
                tokio::spawn(async move {
                    let mut raw = Vec::new();
                    until(&mut stream, &mut raw, b"\r\n\r\n").await;
                    gathered.wait().await;
                    if until(&mut stream, &mut raw, b"the end").await {
                        let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
                    }
                });
            }
        });
        address
    }

    fn wire(address: SocketAddr) -> (Wire, CheckContext) {
        let target = Target::of(&format!("http://{address}/").parse().unwrap()).unwrap();
        let context = CheckContext::bare(Arc::default(), "/".into(), Timestamp::from_millis(0));
        let roots = Roots::load(None).unwrap();
        (Wire::new(target, roots, Limits::PRODUCTION, &context), context)
    }

    fn request(body: &str) -> Request {
        Request { method: Method::POST, headers: vec![], body: body.into(), id: "test".into() }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn in_a_race_all_requests_are_under_way_at_once() {
        let address = server(50).await;
        let (wire, _context) = wire(address);
        let alone = wire.reserve().await.unwrap();
        let copies = vec![request("this is the end"); 50];
        let sent = alone.together(address, &copies, Guard::Open).await;
        assert!(sent.iter().all(|sent| sent.answer.as_ref().unwrap().status == 204));
    }

    /// A server that takes in the heads of all requests, looks whether any byte of a body has come
    /// with one, and only then answers the request without a body; says how many bodies were there.
    async fn waits_for_heads(listener: TcpListener, requests: usize) -> usize {
        let mut all = Vec::new();
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            assert!(until(&mut stream, &mut head, b"\r\n\r\n").await);
            all.push((stream, String::from_utf8(head).unwrap()));
        }
        let early = all.iter().filter(|(stream, _)| stream.try_read(&mut [0]).is_ok()).count();
        all.sort_by_key(|(_, head)| head.contains("content-length"));
        for (mut stream, head) in all {
            let has_body = head.contains("content-length");
            if !has_body || early > 0 || until(&mut stream, &mut Vec::new(), b"the end").await {
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            }
        }
        early
    }

    /// One request has no body, so that it is at the gate only when it has been answered: as long as
    /// the server keeps that answer back, no body may come.
    #[tokio::test(flavor = "multi_thread")]
    async fn in_a_race_every_head_is_there_before_any_body() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut copies = vec![request("this is the end"); 50];
        copies.insert(25, request(""));
        let server = tokio::spawn(waits_for_heads(listener, copies.len()));
        let (wire, _context) = wire(address);
        let gate = Gate::new(Duration::from_secs(60));
        let sent = wire.race(&gate, address, &copies, Guard::Open).await;
        assert!(sent.iter().all(|sent| sent.answer.as_ref().unwrap().status == 204));
        assert_eq!(server.await.unwrap(), 0);
    }

    #[tokio::test]
    async fn no_body_goes_before_the_last_one_is_there() {
        let gate = Gate::new(GATHERING);
        let seats = [Arc::<Seat>::default(), Arc::<Seat>::default()];
        let [mut first, mut last] =
            seats.each_ref().map(|seat| gate.body(Bytes::from_static(b"body"), seat));
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut poll = |body: &mut Gated| Pin::new(body).poll_frame(&mut context).is_ready();
        assert!(!poll(&mut first));
        let mut opening = std::pin::pin!(gate.open_for(2));
        let mut opens =
            || opening.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop()));
        assert!(opens().is_pending());
        assert!(!poll(&mut first) && !poll(&mut last));
        assert!(opens().is_ready());
        assert!(poll(&mut first) && poll(&mut last));
    }

    #[tokio::test]
    async fn a_race_is_part_of_the_budget() {
        let address = server(1).await;
        let (wire, _context) = wire(address);
        let alone = wire.reserve().await.unwrap();
        let copies = vec![request("this is the end"); 61];
        let sent = alone.together(address, &copies, Guard::Open).await;
        assert!(sent.iter().all(|sent| sent.answer.as_ref().err() == Some(&NoAnswer::BudgetSpent)));
    }

    #[tokio::test]
    async fn a_race_against_nobody_ends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let (wire, _context) = wire(address);
        let alone = wire.reserve().await.unwrap();
        let sent = alone.together(address, &vec![request("x"); 5], Guard::Open).await;
        assert!(sent.iter().all(|sent| sent.answer.as_ref().err() == Some(&NoAnswer::Refused)));
    }

    #[tokio::test]
    async fn cancelling_ends_a_race_and_a_slow_request_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (wire, context) = wire(address);
        let trickle = Trickle { every: Duration::from_secs(600), most: Duration::from_secs(600) };
        let begun = Arc::new(Notify::new());
        let slow = wire.slow().await.unwrap();
        let (slow_request, first) = (request("slow"), request("the end"));
        let slowly = slow.send(address, &slow_request, Guard::Open, trickle, &begun);
        let race = async {
            begun.notified().await;
            let alone = wire.reserve().await.unwrap();
            let copies = [first.clone(), first.clone()];
            let race = alone.together(address, &copies, Guard::Open);
            tokio::join!(race, async { context.cancel.cancel() }).0
        };
        let (slow, race) = tokio::join!(slowly, race);
        for sent in race.iter().chain([&slow]) {
            assert_eq!(sent.answer.as_ref().err(), Some(&NoAnswer::Cancelled));
        }
    }

    #[tokio::test]
    async fn a_slow_body_comes_whole_in_the_end_or_is_given_up() {
        let address = server(1).await;
        let (wire, _context) = wire(address);
        let begun = Arc::new(Notify::new());
        let whole = Trickle { every: Duration::from_millis(1), most: Duration::from_secs(30) };
        let slow = wire.slow().await.unwrap();
        let sent = slow.send(address, &request("the end"), Guard::Open, whole, &begun).await;
        assert_eq!(sent.answer.unwrap().status, 204);
        drop(slow);
        let cut = Trickle { every: Duration::from_secs(600), most: Duration::from_millis(50) };
        let slow = wire.slow().await.unwrap();
        let sent = slow.send(address, &request("the end"), Guard::Open, cut, &begun).await;
        assert_eq!(sent.answer.err(), Some(NoAnswer::Timeout(cut.most)));
    }
}

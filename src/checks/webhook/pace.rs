//! How many requests may be sent, how fast and how many at once (`research` calls them the rules
//! of engagement): 60 in a run of one check, and over all checks of this process together two a
//! second and five at once to one host.
//!
//! A [`Lane`] is what all checks share towards one host, a [`Pace`] one check's own budget on it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::checks::webhook::target::Target;

/// The limits that a run keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many requests one run may send.
    pub requests: u32,
    /// The least time between the starts of two requests to a host that is not this machine.
    pub spacing: Duration,
    /// How many may be under way at once.
    pub at_once: u32,
    /// How long a connection may take to be made, TLS included.
    pub connect: Duration,
    /// How long one request may take in all.
    pub total: Duration,
    /// How many bytes of an answer's body are read.
    pub body: usize,
    /// What MintCash allows an answer (mintcash-contract.md section 9).
    pub provider: Duration,
    /// From where on an answer is too close to that.
    pub near: Duration,
}

impl Limits {
    /// The limits against production.
    pub const PRODUCTION: Self = Self {
        requests: 60,
        spacing: Duration::from_millis(500),
        at_once: 5,
        connect: Duration::from_secs(10),
        total: Duration::from_secs(15),
        body: 64 * 1024,
        provider: Duration::from_secs(10),
        near: Duration::from_secs(5),
    };
}

/// The lanes to all hosts that this process asks, one for each.
#[derive(Debug, Default)]
pub struct Lanes(std::sync::Mutex<HashMap<String, Arc<Lane>>>);

/// The way to one host, shared by every check that asks it.
#[derive(Debug)]
pub struct Lane {
    spacing: Duration,
    at_once: u32,
    next: Mutex<Option<Instant>>,
    slots: Semaphore,
    slow: Semaphore,
}

/// One check's budget on a lane.
#[derive(Debug)]
pub struct Pace {
    left: AtomicU32,
    lane: Arc<Lane>,
}

/// The run has sent as many requests as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetSpent;

impl Lanes {
    /// The lane to the target's host and port; the first one to ask sets its limits.
    #[must_use]
    pub fn to(&self, target: &Target, limits: &Limits) -> Arc<Lane> {
        let key = format!("{}:{}", target.host, target.port);
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = || Arc::new(Lane::new(limits, target.is_loopback()));
        Arc::clone(lanes.entry(key).or_insert_with(lane))
    }
}

impl Lane {
    /// A lane; against loopback requests may follow each other at once.
    #[must_use]
    pub fn new(limits: &Limits, loopback: bool) -> Self {
        Self {
            spacing: if loopback { Duration::ZERO } else { limits.spacing },
            at_once: limits.at_once.max(1),
            next: Mutex::new(None),
            slots: Semaphore::new(usize::try_from(limits.at_once.max(1)).unwrap_or(1)),
            slow: Semaphore::new(1),
        }
    }

    async fn keep_distance(&self, after: u32) {
        let mut next = self.next.lock().await;
        // A sleep that is over already would still take until the timer's next millisecond.
        if let Some(at) = next.filter(|at| *at > Instant::now()) {
            tokio::time::sleep_until(at).await;
        }
        *next = Some(Instant::now() + self.spacing * after);
    }
}

impl Pace {
    /// A budget of `requests` on a lane.
    #[must_use]
    pub fn new(lane: Arc<Lane>, requests: u32) -> Self {
        Self { left: AtomicU32::new(requests), lane }
    }

    fn spend(&self, requests: u32) -> Result<(), BudgetSpent> {
        let taken = |left: u32| left.checked_sub(requests);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .map_err(|_| BudgetSpent)?;
        Ok(())
    }

    /// Waits until a request may start; it is under way as long as the permit is held.
    ///
    /// # Errors
    /// When the run has sent as many as it may.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, BudgetSpent> {
        self.spend(1)?;
        let permit = self.lane.slots.acquire().await.map_err(|_| BudgetSpent)?;
        self.lane.keep_distance(1).await;
        Ok(permit)
    }

    /// Waits until nothing else is under way to this host, then lets `requests` of them start at
    /// once; the host is left in peace afterwards for as long as they would have taken one by one.
    /// For bursts that somebody armed, and for measuring a host that is otherwise idle.
    ///
    /// # Errors
    /// When the run has sent as many as it may.
    pub async fn alone(&self, requests: u32) -> Result<SemaphorePermit<'_>, BudgetSpent> {
        self.spend(requests)?;
        let all = self.lane.at_once;
        let permit = self.lane.slots.acquire_many(all).await.map_err(|_| BudgetSpent)?;
        self.lane.keep_distance(requests).await;
        Ok(permit)
    }

    /// Waits until `requests` more may start at once, for who holds the permit of
    /// [`alone`](Self::alone).
    ///
    /// # Errors
    /// When the run has sent as many as it may.
    pub async fn more(&self, requests: u32) -> Result<(), BudgetSpent> {
        self.spend(requests)?;
        self.lane.keep_distance(requests).await;
        Ok(())
    }

    /// Waits for the one slot for requests that are slow on purpose; they do not hold up others.
    ///
    /// # Errors
    /// When the run has sent as many as it may.
    pub async fn slowly(&self) -> Result<SemaphorePermit<'_>, BudgetSpent> {
        self.spend(1)?;
        let permit = self.lane.slow.acquire().await.map_err(|_| BudgetSpent)?;
        self.lane.keep_distance(1).await;
        Ok(permit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(limits: &Limits, loopback: bool) -> Pace {
        Pace::new(Arc::new(Lane::new(limits, loopback)), limits.requests)
    }

    async fn waits<T>(turn: impl Future<Output = T>) {
        tokio::select! {
            biased;
            _ = turn => panic!("it started"),
            () = tokio::task::yield_now() => {}
        }
    }

    #[tokio::test]
    async fn the_budget_ends_a_run_and_requests_keep_their_distance() {
        let spacing = Duration::from_millis(20);
        let limits = Limits { requests: 3, spacing, ..Limits::PRODUCTION };
        let pace = pace(&limits, false);
        let begin = Instant::now();
        for _ in 0..3 {
            drop(pace.turn().await.unwrap());
        }
        assert!(begin.elapsed() >= spacing * 2);
        assert_eq!(pace.turn().await.err(), Some(BudgetSpent));
    }

    #[tokio::test]
    async fn a_sixth_request_waits_for_one_of_five_to_end() {
        let pace = pace(&Limits::PRODUCTION, true);
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(pace.turn().await.unwrap());
        }
        waits(pace.turn()).await;
        held.pop();
        drop(pace.turn().await.unwrap());
    }

    #[tokio::test]
    async fn two_checks_share_the_lane_to_a_host_but_not_their_budgets() {
        let limits = Limits { requests: 5, ..Limits::PRODUCTION };
        let lanes = Lanes::default();
        let target = Target::of(&"https://127.0.0.1:9/a".parse().unwrap()).unwrap();
        let one = Pace::new(lanes.to(&target, &limits), limits.requests);
        let other = Pace::new(lanes.to(&target, &limits), limits.requests);
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(one.turn().await.unwrap());
        }
        waits(other.turn()).await;
        held.clear();
        assert!(one.turn().await.is_err());
        drop(other.turn().await.unwrap());
    }

    #[tokio::test]
    async fn a_burst_waits_until_it_is_alone_and_a_slow_request_holds_up_nobody() {
        let pace = pace(&Limits::PRODUCTION, true);
        let slow = pace.slowly().await.unwrap();
        let one = pace.turn().await.unwrap();
        waits(pace.alone(50)).await;
        drop(one);
        let all = pace.alone(5).await.unwrap();
        waits(pace.turn()).await;
        drop((all, slow));
    }
}

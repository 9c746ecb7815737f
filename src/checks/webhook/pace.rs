//! How many requests may be sent, how fast and how many at once (`research` calls them the rules
//! of engagement): 60 in a run, two a second, five at once.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// The limits that a run keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many requests one run may send.
    pub requests: u32,
    /// The least time between the starts of two requests to a host that is not this machine.
    pub spacing: Duration,
    /// How many may be under way at once.
    pub at_once: usize,
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

/// Lets requests through one after the other, within [`Limits`].
#[derive(Debug)]
pub struct Pace {
    left: AtomicU32,
    spacing: Duration,
    next: Mutex<Option<Instant>>,
    slots: Semaphore,
}

/// The run has sent as many requests as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetSpent;

impl Pace {
    /// A pace for one run; against loopback requests may follow each other at once.
    #[must_use]
    pub fn new(limits: &Limits, loopback: bool) -> Self {
        Self {
            left: AtomicU32::new(limits.requests),
            spacing: if loopback { Duration::ZERO } else { limits.spacing },
            next: Mutex::new(None),
            slots: Semaphore::new(limits.at_once),
        }
    }

    /// Waits until a request may start; it is under way as long as the permit is held.
    ///
    /// # Errors
    /// When the run has sent as many as it may.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, BudgetSpent> {
        let taken = |left: u32| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .map_err(|_| BudgetSpent)?;
        let permit = self.slots.acquire().await.map_err(|_| BudgetSpent)?;
        let mut next = self.next.lock().await;
        if let Some(at) = *next {
            tokio::time::sleep_until(at).await;
        }
        *next = Some(Instant::now() + self.spacing);
        drop(next);
        Ok(permit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_budget_ends_a_run_and_requests_keep_their_distance() {
        let spacing = Duration::from_millis(20);
        let limits = Limits { requests: 3, spacing, ..Limits::PRODUCTION };
        let pace = Pace::new(&limits, false);
        let begin = Instant::now();
        for _ in 0..3 {
            drop(pace.turn().await.unwrap());
        }
        assert!(begin.elapsed() >= spacing * 2);
        assert_eq!(pace.turn().await.err(), Some(BudgetSpent));
    }

    #[tokio::test]
    async fn a_sixth_request_waits_for_one_of_five_to_end() {
        let pace = Pace::new(&Limits::PRODUCTION, true);
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(pace.turn().await.unwrap());
        }
        tokio::select! {
            biased;
            _ = pace.turn() => panic!("a sixth one started"),
            () = tokio::task::yield_now() => {}
        }
        held.pop();
        drop(pace.turn().await.unwrap());
    }
}

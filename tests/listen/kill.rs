//! The listener is killed at random moments, under load: whatever was answered with 2xx is in the
//! file, whole, and the next listener goes on.

use std::collections::HashSet;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use rustix::process::Signal;

use crate::client::{LIVE_SECRET, PATIENCE, event, records, send, signed, try_send};
use crate::counterpart::Counterpart;
use crate::process::{Process, environment, record};

/// Clients that send one event after the other until the listener is gone.
async fn load(
    address: std::net::SocketAddr,
    round: usize,
    taken: &Arc<Mutex<Vec<String>>>,
    answers: &Arc<AtomicU64>,
) -> tokio::task::JoinSet<()> {
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..8 {
        let (taken, answers) = (Arc::clone(taken), Arc::clone(answers));
        clients.spawn(async move {
            for number in 0.. {
                let id = format!("{round}-{client}-{number}");
                let bytes = signed("/hook", LIVE_SECRET, &event(&id));
                match try_send(address, &bytes).await {
                    Ok(answer) if (200..300).contains(&answer.status) => {
                        taken.lock().unwrap().push(id);
                        answers.fetch_add(1, Ordering::SeqCst);
                    }
                    Ok(other) => panic!("{other:?}"),
                    Err(_) => return,
                }
            }
        });
    }
    clients
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_that_was_answered_2xx_is_lost_by_a_kill() {
    let Some(handler) = Counterpart::start("../listen/tell.mjs", "") else { return };
    let environment = environment();
    let to = format!("http://{}", handler.address);
    let taken = Arc::new(Mutex::new(Vec::new()));
    for round in 0..8 {
        let flags: &[&str] = if round % 2 == 0 { &[] } else { &["--forward", &to] };
        let mut process = Process::start(&environment, flags);
        let answers = Arc::new(AtomicU64::new(0));
        let mut clients = load(process.address, round, &taken, &answers).await;
        let after = 5 + (uuid::Uuid::new_v4().as_u128() % 60) as u64;
        let enough = async {
            while answers.load(Ordering::SeqCst) < after {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, enough).await.unwrap();
        process.signal(Signal::KILL);
        process.wait();
        while clients.join_next().await.is_some() {}
    }
    // The next listener finds whatever the last kill left.
    let process = Process::start(&environment, &[]);
    assert_eq!(send(process.address, &signed("/", LIVE_SECRET, &event("last"))).await.status, 200);
    let (received, _) = records(&record(&environment));
    let kept: HashSet<_> = received.iter().filter_map(|it| it.event_id.as_deref()).collect();
    let taken = taken.lock().unwrap();
    assert!(taken.len() >= 40, "{}", taken.len());
    let lost: Vec<_> = taken.iter().filter(|id| !kept.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    assert!(received.iter().all(|it| it.raw().is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_of_a_line_is_put_aside_and_said() {
    let environment = environment();
    let mut process = Process::start(&environment, &[]);
    send(process.address, &signed("/", LIVE_SECRET, &event("one"))).await;
    process.signal(Signal::KILL);
    process.wait();
    let path = record(&environment);
    let whole = std::fs::read(&path).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"schema\":\"golive.received/1\",\"id\":\"01").unwrap();
    let process = Process::start(&environment, &[]);
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    let said = process.said();
    assert!(said.contains("an unfinished record was put aside"), "{said}");
    send(process.address, &signed("/", LIVE_SECRET, &event("two"))).await;
    assert_eq!(records(&path).0.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_in_order() {
    for signal in [Signal::TERM, Signal::INT] {
        let environment = environment();
        let mut process = Process::start(&environment, &[]);
        send(process.address, &signed("/", LIVE_SECRET, &event("one"))).await;
        process.signal(signal);
        assert_eq!(process.wait().code(), Some(0));
        assert_eq!(records(&record(&environment)).1.len(), 1);
    }
}

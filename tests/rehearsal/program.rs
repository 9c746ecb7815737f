//! The program itself, as it ships, killed while it charges, and resumed from the command line.

use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use golive::checks::book::typed;
use golive::launch::money::Act;
use golive::twin::TestCard;
use rustix::process::{Pid, Signal, kill_process};

use crate::proxy::{Deed, Proxy};
use crate::shop::{LIVE, Shop};

/// When the program is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// At this moment of its writing.
    Moment(u64),
    /// With its request, which is lost or arrives.
    Request { arrives: bool },
}

/// `golive verify rehearsal.charge` with the words that the plan asks for.
async fn verify(shop: &Shop, die_at: Option<u64>, pid: &AtomicI32) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_golive"));
    command
        .args(["--as", "Ada", "--no-input", "--state"])
        .arg(shop.journal())
        .args(["verify", "rehearsal.charge", "--format", "json"])
        .current_dir(shop.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", shop.path())
        .env("GOLIVE_TEST_CLOCK", shop.now().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for spend in shop.plan(Act::Charge).await {
        let words: Vec<_> = typed(&spend).into_iter().map(|(_, text)| text).collect();
        command.args(["--spend", &words.join(" ")]);
        if !spend.again {
            command.args(["--card-owner", "Dana Ito"]);
        }
    }
    if let Some(moment) = die_at {
        command.env("GOLIVE_TEST_DIE_AT", moment.to_string());
    }
    let child = command.spawn().unwrap();
    pid.store(i32::try_from(child.id().unwrap()).unwrap(), Ordering::SeqCst);
    let ended = AtomicBool::new(false);
    let attend = async {
        while !ended.load(Ordering::SeqCst) {
            for page in shop.twin.open_pages(LIVE) {
                let _paid_by_the_last_look = shop.twin.pay(LIVE, &page.id, TestCard::Success);
            }
            shop.twin.advance(Duration::from_secs(10)).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let wait = async {
        let output = child.wait_with_output().await.unwrap();
        ended.store(true, Ordering::SeqCst);
        output
    };
    tokio::join!(wait, attend).0
}

async fn story(kill: Kill) {
    let mut shop = Shop::open().await;
    let (pid, armed) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicBool::new(true)));
    let (target, is_armed) = (Arc::clone(&pid), Arc::clone(&armed));
    let proxy = Proxy::before(shop.api.clone(), move |number, _| {
        let Kill::Request { arrives } = kill else { return Deed::Pass };
        if number == 0 || !is_armed.swap(false, Ordering::SeqCst) {
            return Deed::Pass;
        }
        let child = Pid::from_raw(target.load(Ordering::SeqCst)).unwrap();
        kill_process(child, Signal::KILL).unwrap();
        if arrives { Deed::LoseAnswer } else { Deed::LoseRequest }
    });
    let proxy = proxy.await;
    shop.api(proxy.url.clone());
    let die_at = match kill {
        Kill::Moment(moment) => Some(moment),
        Kill::Request { .. } => None,
    };
    let killed = verify(&shop, die_at, &pid).await;
    assert_eq!(killed.status.code(), None, "{kill:?}: {killed:?}");
    // By then the killed run counts as broken off.
    shop.wait(Duration::from_secs(20 * 60)).await;
    let resumed = verify(&shop, None, &pid).await;
    assert_eq!(resumed.status.code(), Some(0), "{kill:?}: {resumed:#?}");
    let document: serde_json::Value = serde_json::from_slice(&resumed.stdout).unwrap();
    let check = &document["steps"][0]["checks"][0];
    assert_eq!((&check["check"], &check["outcome"]), (&"live-charge".into(), &"pass".into()));
    shop.really(1, 0);
    let payments = shop.twin.snapshot(LIVE)["payments"].as_array().unwrap().len();
    assert_eq!(payments, 1, "{kill:?}");
    let all = String::from_utf8_lossy(&resumed.stderr).into_owned() + &document.to_string();
    assert!(!all.contains(&shop.twin.credentials(LIVE).secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_killed_while_it_charges_charges_once() {
    // The journal is opened, the runbook pinned, the run begun, the money confirmed: three moments
    // each. Then comes the request, then its answer.
    let moments = (13..=18).map(Kill::Moment);
    let requests = [false, true].map(|arrives| Kill::Request { arrives });
    join_all(moments.chain(requests).map(story)).await;
}

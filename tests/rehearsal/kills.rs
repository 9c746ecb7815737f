//! SIGKILL at every journal write of the rehearsal, and at every request: resumed, there is exactly
//! one charge, one refund, one subscription, one cancellation.
//!
//! Each process that is killed is this test program itself, which runs [`child`] and nothing else.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use golive::checks::Outcome;
use golive::checks::context::ProgressSink;
use golive::launch::money::Act;
use golive::time::Timestamp;
use golive::twin::TestCard;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use tokio_util::sync::CancellationToken;

use crate::proxy::{Deed, Proxy};
use crate::shop::{DAY, Hands, LIVE, RULES, Shop, open, plan, run};

/// The folder of the project whose step the child verifies.
const PROJECT: &str = "GOLIVE_TEST_REHEARSE_IN";
/// Which step, and what time it is.
const ACT: &str = "GOLIVE_TEST_REHEARSE";
/// At which moment of its writing the child is killed.
const DIE_AT: &str = "GOLIVE_TEST_DIE_AT";

/// The child ended and what it waits for has not come: verify again.
const STILL_WAITS: i32 = 75;

const ACTS: [Act; 4] = [Act::Charge, Act::Refund, Act::Subscribe, Act::Cancel];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "is run by the tests below, in processes of its own"]
async fn child() {
    let project = std::env::var_os(PROJECT).unwrap();
    let told = std::env::var(ACT).unwrap();
    let (act, now) = told.split_once(' ').unwrap();
    let act = ACTS.into_iter().find(|it| it.word() == act).unwrap();
    let workspace = open(project.as_ref(), Hands::at(Timestamp::parse(now).unwrap()));
    let mut spends = plan(&workspace, RULES, act).await;
    // What a cancelled subscription has charged may be given back as well; that is another test's.
    spends.retain(|spend| spend.act == act);
    let quiet = (CancellationToken::new(), ProgressSink::none());
    let report = run(&workspace, RULES, act, spends, quiet).await;
    let renews = report.summary.contains("the renewal is due");
    match (act, report.outcome) {
        (_, Outcome::Pass) => {}
        (Act::Subscribe, Outcome::Waiting) if renews => {}
        (_, Outcome::Waiting) => std::process::exit(STILL_WAITS),
        _ => panic!("{report:#?}"),
    }
}

/// Runs the child in a shop, killed at that moment if it comes to it; tells its id as soon as it
/// has one.
async fn rehearse(shop: &Shop, act: Act, die_at: Option<u64>, pid: &AtomicI32) -> ExitStatus {
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kills::child", "--ignored", "--nocapture"])
        .env(PROJECT, shop.path())
        .env(ACT, format!("{} {}", act.word(), shop.now()))
        .env_remove(DIE_AT)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    if let Some(moment) = die_at {
        command.env(DIE_AT, moment.to_string());
    }
    let mut child = command.spawn().unwrap();
    pid.store(i32::try_from(child.id().unwrap()).unwrap(), Ordering::SeqCst);
    // Time is never broken off in the middle of a delivery: it would be lost.
    let ended = AtomicBool::new(false);
    let attend = async {
        while !ended.load(Ordering::SeqCst) {
            for page in shop.twin.open_pages(LIVE) {
                let _paid_by_the_last_look = shop.twin.pay(LIVE, &page.id, TestCard::Success);
            }
            shop.twin.advance(Duration::from_secs(10)).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let wait = async {
        let status = child.wait().await.unwrap();
        ended.store(true, Ordering::SeqCst);
        status
    };
    tokio::join!(wait, attend).0
}

/// Does everything that comes before `act`.
async fn before(shop: &Shop, act: Act) {
    match act {
        Act::Charge | Act::Subscribe => {}
        Act::Refund => {
            let ran = shop.confirm(Act::Charge).await;
            ran.is(Outcome::Pass, "was paid");
        }
        Act::Cancel => {
            let ran = shop.confirm(Act::Subscribe).await;
            ran.is(Outcome::Waiting, "the renewal is due");
        }
    }
}

/// Verifies again, later, until it comes to its end, and counts what the provider has done.
async fn resume(shop: &Shop, act: Act, why: &str) {
    let nobody = AtomicI32::new(0);
    // By then the killed run counts as broken off.
    shop.wait(Duration::from_secs(20 * 60)).await;
    for again in 0..20 {
        let status = rehearse(shop, act, None, &nobody).await;
        if status.success() {
            break;
        }
        assert!(again < 19 && status.code() == Some(STILL_WAITS), "{why}: {status}");
    }
    let snapshot = shop.twin.snapshot(LIVE);
    let count = |name: &str| snapshot[name].as_array().unwrap().len();
    let made = (count("payments"), count("refunds"), count("subscriptions"));
    let counters = &snapshot["counters"];
    match act {
        Act::Charge => assert_eq!(made, (1, 0, 0), "{why}"),
        Act::Refund => {
            assert_eq!((made, &counters["net"]), ((1, 1, 0), &0.into()), "{why}");
        }
        Act::Subscribe | Act::Cancel => assert_eq!((made.1, made.2), (0, 1), "{why}"),
    }
    assert_eq!(counters["charges"], 1, "{why}: {counters}");
    let ledger = shop.ledger();
    let begun = ledger.intents().iter().filter(|it| it.intent.spend.act == act).count();
    assert_eq!(begun, 1, "{why}: {:#?}", ledger.intents());
    let total = &ledger.totals()[0];
    assert_eq!(total.charged.0, counters["charged"].as_u64().unwrap(), "{why}");
    assert_eq!(total.refunded.0, counters["refunded"].as_u64().unwrap(), "{why}");
    if act == Act::Cancel {
        shop.wait(30 * DAY).await;
        assert_eq!(shop.counters()["charges"], 1, "{why}: it charges on");
    }
}

#[rstest]
#[case(Act::Charge)]
#[case(Act::Refund)]
#[case(Act::Subscribe)]
#[case(Act::Cancel)]
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_moment_of_every_journal_write_nothing_is_done_twice(#[case] act: Act) {
    let (mut moment, mut kills) = (1, 0);
    loop {
        let shop = Shop::open().await;
        before(&shop, act).await;
        let status = rehearse(&shop, act, Some(moment), &AtomicI32::new(0)).await;
        if status.success() || status.code() == Some(STILL_WAITS) {
            break;
        }
        let why = format!("{} killed at moment {moment}", act.word());
        assert_eq!(status.signal(), Some(9), "{why}: {status}");
        kills += 1;
        resume(&shop, act, &why).await;
        moment += 1;
    }
    // Start, confirmation, request, answer, what was seen by event and by API, end: three moments
    // each.
    assert!(kills >= 3 * 7, "only {kills} kills");
}

#[rstest]
#[case(Act::Charge)]
#[case(Act::Refund)]
#[case(Act::Subscribe)]
#[case(Act::Cancel)]
#[tokio::test(flavor = "multi_thread")]
async fn killed_before_and_after_the_request_arrives_nothing_is_done_twice(#[case] act: Act) {
    for arrives in [false, true] {
        let mut shop = Shop::open().await;
        let (pid, armed) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicBool::new(false)));
        let (target, is_armed) = (Arc::clone(&pid), Arc::clone(&armed));
        let proxy = Proxy::before(shop.api.clone(), move |number, _| {
            if number == 0 || !is_armed.swap(false, Ordering::SeqCst) {
                return Deed::Pass;
            }
            let child = Pid::from_raw(target.load(Ordering::SeqCst)).unwrap();
            kill_process(child, Signal::KILL).unwrap();
            if arrives { Deed::LoseAnswer } else { Deed::LoseRequest }
        });
        let proxy = proxy.await;
        shop.api(proxy.url.clone());
        before(&shop, act).await;
        let earlier = proxy.sent().len();
        armed.store(true, Ordering::SeqCst);
        let status = rehearse(&shop, act, None, &pid).await;
        let why = format!("{} killed with its request, which arrives: {arrives}", act.word());
        assert_eq!(status.signal(), Some(9), "{why}: {status}");
        resume(&shop, act, &why).await;
        let sent = proxy.sent().split_off(earlier);
        assert_eq!(sent.len(), 2, "{why}: {sent:?}");
        assert!(sent.iter().all(|it| it.body == sent[0].body && it.path == sent[0].path), "{why}");
    }
}

//! Each part of the rehearsal to its end, as it should go and as it should not.

use std::time::Duration;

use golive::checks::Outcome::{Fail, Pass, Unknown, Waiting};
use golive::launch::money::{Act, Source, Stage};
use golive::mintcash::money::Minor;
use golive::time::Timestamp;
use golive::twin::TestCard;
use rstest::rstest;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::proxy::{Deed, Proxy};
use crate::shop::{DAY, LIVE, Shop};

/// Plays charge, refund, subscription with its renewal, and cancellation with its refunds.
async fn whole(shop: &Shop) {
    let charge = shop.confirm(Act::Charge).await;
    charge.is(Pass, "1.00 USD was paid");
    assert_eq!(charge.pages.len(), 1, "{:?}", charge.said);
    shop.really(1, 0);

    let refund = shop.confirm(Act::Refund);
    let settle = settle(shop);
    let (refund, ()) = tokio::join!(refund, settle);
    refund.is(Pass, "1.00 USD was refunded");
    assert_eq!(refund.evidence("of"), charge.evidence("payment_id"));
    shop.really(1, 1);

    let first = shop.confirm(Act::Subscribe).await;
    first.is(Waiting, "the renewal is due at 2026-12-02");
    shop.really(2, 1);
    let again = shop.look(Act::Subscribe).await;
    again.is(Waiting, "the renewal is due");
    assert!(again.pages.is_empty());
    shop.wait(7 * DAY + Duration::from_secs(3_600)).await;
    let renewed = shop.look(Act::Subscribe).await;
    renewed.is(Pass, "started and renewed");
    assert_ne!(renewed.evidence("first_event_id"), renewed.evidence("renewal_event_id"));
    shop.really(3, 1);

    let cancelled = shop.confirm(Act::Cancel);
    let (cancelled, ()) = tokio::join!(cancelled, self::settle(shop));
    cancelled.is(Pass, "The subscription is cancelled").finds("2.00 USD of the rehearsal is not");
    for refunds in [2, 3] {
        let (returned, ()) = tokio::join!(shop.confirm(Act::Cancel), self::settle(shop));
        returned.is(Pass, "The subscription is cancelled");
        shop.really(3, refunds);
    }
    let ledger = shop.ledger();
    assert!(
        ledger.totals().iter().all(golive::launch::money::Totals::is_even),
        "{:?}",
        ledger.totals()
    );
    assert_eq!(shop.counters()["net"], 0);
    shop.wait(60 * DAY).await;
    shop.really(3, 3);
    for act in [Act::Charge, Act::Refund, Act::Subscribe, Act::Cancel] {
        assert!(shop.plan(act).await.is_empty(), "{act:?}");
        let after = shop.look(act).await;
        assert_eq!(after.report.outcome, Pass, "{:#?}", after.report);
    }
    shop.really(3, 3);
}

/// Lets the provider finish what is under way until it has.
async fn settle(shop: &Shop) {
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        shop.twin.advance(Duration::from_secs(30)).await;
    }
}

#[rstest]
#[case::as_it_is(&[])]
#[case::cents(&["cents"])]
#[case::wrapped(&["wrapped", "wrapped-reads"])]
#[case::other_event_names(&["subscription-payment-names", "refund-type"])]
#[case::documented(&["documented-payloads", "refund-pair", "payment-created-event"])]
#[case::twice_and_out_of_order(&["duplicates", "reordering"])]
#[case::junk_between(&["unsigned-ping", "non-json-body", "missing-card"])]
#[case::more_events(&["subscription-payment-events", "replay-shows-current"])]
#[case::lost_answers(&["lost-answer"])]
#[case::strict(&["strict-customer", "billing-required", "cancel-again-conflicts"])]
#[case::at_once(&["refunds-at-once", "refund-ids-per-merchant"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_whole_rehearsal_ends_even_whichever_way_the_documentation_is_read(
    #[case] switches: &[&str],
) {
    whole(&Shop::with(switches).await).await;
}

#[rstest]
#[case(Act::Charge)]
#[case(Act::Subscribe)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_nobody_confirmed(#[case] act: Act) {
    let shop = Shop::open().await;
    shop.look(act).await.is(Unknown, "Nothing was sent: nobody confirmed to");
    let planned = shop.plan(act).await;
    assert_eq!((planned.len(), planned[0].act, planned[0].again), (1, act, false));
    for spend in [
        golive::launch::money::Spend { amount: Minor(101), ..planned[0].clone() },
        golive::launch::money::Spend { host: "api.mintcash.me".into(), ..planned[0].clone() },
        golive::launch::money::Spend { currency: "EUR".into(), ..planned[0].clone() },
        golive::launch::money::Spend { again: true, ..planned[0].clone() },
    ] {
        let ran = shop.verify_with(act, vec![spend], CancellationToken::new()).await;
        ran.is(Unknown, "Nothing was sent: nobody confirmed to");
    }
    assert_eq!(shop.counters()["requests"], 0);
    assert!(shop.ledger().intents().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_once_pays_for_one_charge() {
    let mut shop = Shop::open().await;
    shop.card = Some(TestCard::InsufficientFunds);
    shop.confirm(Act::Charge).await.is(Fail, "The payment failed: insufficient_funds");
    assert_eq!(shop.ledger().intents()[0].stage(), Stage::Over);
    shop.look(Act::Charge).await.is(Unknown, "nobody confirmed");
    shop.card = Some(TestCard::Success);
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    shop.really(1, 0);
    let ids: Vec<_> =
        shop.ledger().intents().iter().map(|it| it.id().unwrap().to_owned()).collect();
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_nobody_pays_on_is_shown_again_and_runs_out() {
    let mut shop = Shop::open().await;
    shop.card = None;
    shop.rules.page = Duration::from_millis(200);
    let first = shop.confirm(Act::Charge).await;
    first.is(Waiting, "Nobody has paid 1.00 USD yet");
    let second = shop.look(Act::Charge).await;
    second.is(Waiting, "Nobody has paid");
    assert_eq!((&first.pages, first.pages.len()), (&second.pages, 1));
    shop.wait(DAY).await;
    shop.look(Act::Charge).await.is(Fail, "ran out");
    shop.really(0, 0);
    assert_eq!(shop.plan(Act::Charge).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn paid_without_an_event_waits_for_a_day_and_then_points_to_the_registration() {
    let shop = Shop::with(&["no-webhooks"]).await.hasty();
    std::fs::write(shop.log(), "").unwrap();
    let ran = shop.confirm(Act::Charge).await;
    ran.is(Waiting, "payment.succeeded has not arrived yet").finds("for up to 24 hours");
    shop.wait(Duration::from_secs(3_600)).await;
    shop.look(Act::Charge).await.is(Waiting, "has not arrived");
    shop.wait(DAY).await;
    shop.look(Act::Charge)
        .await
        .is(Fail, "no payment.succeeded arrived")
        .finds("webhook.registered");
    shop.really(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_late_is_picked_up_by_a_later_run() {
    let shop = Shop::with(&["late-delivery"]).await.hasty();
    std::fs::write(shop.log(), "").unwrap();
    shop.confirm(Act::Charge).await.is(Waiting, "has not arrived yet");
    shop.wait(Duration::from_secs(1_200)).await;
    shop.look(Act::Charge).await.is(Pass, "came by the event log");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_to_look_for_events_it_is_unknown() {
    let mut shop = Shop::open().await.hasty();
    shop.input("event_log", "");
    shop.confirm(Act::Charge).await.is(Unknown, "nowhere to look for payment.succeeded");
    shop.really(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_not_there_is_no_proof_that_nothing_came() {
    let mut shop = Shop::open().await.hasty();
    shop.input("event_log", "[\"logs/*.jsonl\"]");
    shop.confirm(Act::Charge).await.is(Waiting, "has not arrived").finds("matches no file yet");
    shop.wait(2 * DAY).await;
    shop.look(Act::Charge).await.is(Unknown, "nowhere to look").finds("matches no file yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_the_other_environment_fails_loudly() {
    let shop = Shop::with(&["wrong-environment"]).await;
    shop.confirm(Act::Charge).await.is(Fail, "came with `environment: test`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_fails_leaves_the_payment_and_can_be_tried_again() {
    let shop = Shop::with(&["refund-fails"]).await;
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    let (ran, ()) = tokio::join!(shop.confirm(Act::Refund), settle(&shop));
    ran.is(Fail, "The refund failed");
    shop.twin.switch("refund-fails", false).unwrap();
    let (ran, ()) = tokio::join!(shop.confirm(Act::Refund), settle(&shop));
    ran.is(Pass, "was refunded");
    shop.really(1, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_to_refund_or_cancel_before_there_is_something() {
    let shop = Shop::open().await;
    shop.confirm(Act::Refund).await.is(Unknown, "no charge of the rehearsal");
    shop.confirm(Act::Cancel).await.is(Unknown, "no subscription of the rehearsal");
    assert_eq!(shop.counters()["requests"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_charge_that_fails_ends_the_subscription_and_another_can_begin() {
    let mut shop = Shop::open().await;
    shop.card = Some(TestCard::IssuerDecline);
    shop.confirm(Act::Subscribe).await.is(Fail, "ended before anything was paid: issuer_decline");
    shop.card = Some(TestCard::Success);
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
    shop.really(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_of_the_first_success_are_no_renewal() {
    let shop = Shop::with(&["duplicates", "subscription-payment-events"]).await;
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
    // The same event once more, and one for the same charge under the other name, which happened
    // a little later and has an id of its own.
    let log = std::fs::read_to_string(shop.log()).unwrap();
    let first = log.lines().find(|line| line.contains("\"subscription.succeeded\"")).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(first).unwrap();
    other["event"] = "subscription.payment_succeeded".into();
    other["eventId"] = "another-id".into();
    let at = Timestamp::parse(other["createdAt"].as_str().unwrap()).unwrap();
    other["createdAt"] = at.plus(Duration::from_secs(90)).to_string().into();
    std::fs::write(shop.log(), format!("{other}\n{log}{log}")).unwrap();
    shop.wait(6 * DAY).await;
    shop.look(Act::Subscribe).await.is(Waiting, "the renewal is due");
    let ledger = shop.ledger();
    assert_eq!((ledger.intents()[0].charges(), ledger.totals()[0].charged), (1, Minor(100)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_fails_is_explained_and_one_that_recovers_passes() {
    let mut shop = Shop::open().await;
    shop.card = Some(TestCard::RenewalInsufficientFunds);
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
    shop.wait(8 * DAY).await;
    shop.look(Act::Subscribe).await.is(Waiting, "past due").finds("after 3, 5 and 7 more");
    let id = shop.ledger().intents()[0].id().unwrap().to_owned();
    shop.twin.replace_card(LIVE, &id, TestCard::Success).unwrap();
    shop.wait(5 * DAY).await;
    shop.look(Act::Subscribe).await.is(Pass, "after a first attempt that failed");
    shop.really(2, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_dunning_cancels_fails_and_takes_nothing_more() {
    let mut shop = Shop::open().await;
    shop.card = Some(TestCard::RenewalLostOrStolenCard);
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
    shop.wait(8 * DAY).await;
    shop.look(Act::Subscribe).await.is(Fail, "cancelled before it renewed");
    assert_eq!(shop.ledger().totals()[0].may_charge, Minor(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_goes_on_on_another_machine_with_the_journal_alone() {
    let shop = Shop::open().await;
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
    let (journal, elsewhere) = (shop.journal(), Shop::open().await);
    let there = elsewhere.journal();
    std::fs::create_dir_all(there.parent().unwrap()).unwrap();
    std::fs::copy(&journal, &there).unwrap();
    let mut elsewhere = elsewhere;
    let own = shop.twin.credentials(LIVE);
    elsewhere.keys(&own.public, &own.secret);
    elsewhere.api(shop.api.clone());
    elsewhere.input("event_log", &format!("[{}]", shop.log().display()));
    assert!(elsewhere.plan(Act::Subscribe).await.is_empty());
    elsewhere.look(Act::Subscribe).await.is(Waiting, "the renewal is due");
    shop.wait(8 * DAY).await;
    elsewhere.look(Act::Subscribe).await.is(Pass, "started and renewed");
    shop.really(2, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_is_told_with_the_way_by_which_it_came_first() {
    let shop = Shop::open().await;
    let ran = shop.confirm(Act::Charge).await;
    ran.finds("Seen first by");
    let tracked = shop.ledger().intents()[0].clone();
    assert!(tracked.seen.iter().any(|seen| seen.what.source == Source::EventLog));
    assert!(ran.said.iter().any(|line| line.contains("seen by the event log")), "{:?}", ran.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_payment_that_is_late_is_one_charge_where_only_the_api_tells() {
    let mut shop = Shop::with(&["no-webhooks"]).await.hasty();
    std::fs::write(shop.log(), "").unwrap();
    let proxy = Proxy::before(shop.twin.url(LIVE), |_, request| match request.method.as_str() {
        "GET" => Deed::Change(|body| body["createdAt"] = json!("2026-11-20T10:00:00.000Z")),
        _ => Deed::Pass,
    });
    let proxy = proxy.await;
    shop.api(proxy.url.clone());
    shop.confirm(Act::Subscribe).await.is(Waiting, "subscription.succeeded has not arrived");
    let ledger = shop.ledger();
    assert_eq!((ledger.intents()[0].charges(), ledger.totals()[0].charged), (1, Minor(100)));
    shop.really(1, 0);
}

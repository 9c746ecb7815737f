//! Broken off at every step, and lied to: never a second charge, never a silent wrong amount.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use golive::checks::Effect;
use golive::checks::Outcome::{Fail, Pass, Unknown, Waiting};
use golive::launch::money::{Act, Stage};
use golive::twin::TestCard;
use rstest::rstest;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::proxy::{Deed, Proxy, Request};
use crate::shop::{LIVE, Shop, planned};

/// A shop whose way to the provider does this.
async fn shop(decide: impl Fn(usize, &Request) -> Deed + Send + Sync + 'static) -> (Shop, Proxy) {
    let mut shop = Shop::open().await;
    let proxy = Proxy::before(shop.twin.url(LIVE), decide).await;
    shop.api(proxy.url.clone());
    (shop, proxy)
}

/// What is refused, in the API's own form.
fn refusal(status: u16, code: &str) -> Deed {
    Deed::Answer(status, json!({"code": code, "message": "no", "details": {"requestId": "req_9"}}))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_go_out_until_somebody_answers_and_charge_once() {
    // All tries of the first run arrive, and all answers are lost.
    let (shop, proxy) = shop(|number, _| match number {
        1..=3 => Deed::LoseAnswer,
        _ => Deed::Pass,
    })
    .await;
    shop.confirm(Act::Charge).await.is(Waiting, "It is not known whether this was done");
    assert_eq!(shop.ledger().intents()[0].stage(), Stage::MaybeSent);
    let asked = shop.plan(Act::Charge).await;
    assert!(asked.len() == 1 && asked[0].again, "{asked:?}");
    // Without a confirmation nothing goes out, and nothing new can be begun.
    shop.look(Act::Charge).await.is(Waiting, "nobody confirmed to charge 1.00 USD");
    assert_eq!(proxy.sent().len(), 3);
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    let bodies: Vec<_> = proxy.sent().into_iter().map(|it| it.body).collect();
    assert_eq!(bodies.len(), 4);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    shop.really(1, 0);
    assert_eq!(shop.ledger().intents().len(), 1);
}

#[rstest]
#[case(401, "unauthenticated")]
#[case(403, "permission_denied")]
#[case(400, "invalid_argument")]
#[case(409, "already_exists")]
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_repetition_does_not_end_what_may_have_been_made(
    #[case] status: u16,
    #[case] code: &'static str,
) {
    let (shop, proxy) = shop(move |number, _| match number {
        1..=3 => Deed::LoseAnswer,
        4 => refusal(status, code),
        _ => Deed::Pass,
    })
    .await;
    shop.confirm(Act::Charge).await.is(Waiting, "not known");
    let ran = shop.confirm(Act::Charge).await;
    assert_ne!(ran.report.outcome, Pass, "{:#?}", ran.report);
    let asked = shop.plan(Act::Charge).await;
    assert!(asked[0].again, "a new charge beside one that exists: {asked:?}");
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    assert!(proxy.sent().windows(2).all(|pair| pair[0].body == pair[1].body));
    shop.really(1, 0);
}

#[rstest]
#[case(401, "unauthenticated")]
#[case(400, "invalid_argument")]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_at_the_first_try_is_over_and_explained(
    #[case] status: u16,
    #[case] code: &'static str,
) {
    let (shop, proxy) =
        shop(move |number, _| if number == 1 { refusal(status, code) } else { Deed::Pass }).await;
    let ran = shop.confirm(Act::Charge).await;
    assert!(matches!(ran.report.outcome, Fail | Unknown) && ran.report.summary.contains(code));
    assert_eq!(shop.ledger().intents()[0].stage(), Stage::Over);
    let asked = shop.plan(Act::Charge).await;
    assert!(!asked[0].again);
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    assert_ne!(proxy.sent()[0].body, proxy.sent()[1].body);
    shop.really(1, 0);
}

#[rstest]
#[case::as_an_answer(|_: usize, _: &Request| refusal(499, "aborted"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_decline_is_told_with_its_code(#[case] decide: fn(usize, &Request) -> Deed) {
    let (shop, _proxy) = shop(decide).await;
    shop.confirm(Act::Charge).await.is(Fail, "The card was declined (499 aborted");
    assert_eq!(shop.ledger().intents()[0].stage(), Stage::Over);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_in_neither_unit_fails_names_the_id_and_shows_no_page() {
    for of_the_read in [false, true] {
        let decide = move |number: usize, _: &Request| match (number, of_the_read) {
            (0, true) => Deed::Change(|body| body["amount"] = json!(1.01)),
            (1, false) => Deed::Change(|body| body["amount"] = json!(10.0)),
            _ => Deed::Pass,
        };
        let (shop, _proxy) = shop(decide).await;
        let ran = shop.confirm(Act::Charge).await;
        ran.is(Fail, "amount was sent as 100 and came back as");
        let id = shop.ledger().intents()[0].id().unwrap().to_owned();
        assert!(ran.report.summary.contains(&id), "{}", ran.report.summary);
        if !of_the_read {
            assert!(ran.pages.is_empty());
        }
        assert!(shop.plan(Act::Charge).await.is_empty(), "another one must not be begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_somebody_else_used_fails_loudly_and_begins_nothing_new() {
    let (shop, proxy) = shop(|_, _| refusal(409, "already_exists")).await;
    shop.confirm(Act::Charge).await.is(Fail, "knows the externalId of this request");
    assert!(shop.plan(Act::Charge).await[0].again);
    assert_eq!(proxy.sent().len(), 1, "it is not tried again by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_tells_what_became_of_a_request_whose_answer_is_lost() {
    let (shop, proxy) = shop(|_, request| match request.method.as_str() {
        "POST" => Deed::LoseAnswer,
        _ => Deed::Pass,
    })
    .await;
    shop.confirm(Act::Charge).await.is(Waiting, "not known");
    let page = shop.twin.open_pages(LIVE).remove(0);
    shop.twin.pay(LIVE, &page.id, TestCard::Success).unwrap();
    shop.twin.advance(Duration::from_secs(60)).await;
    let sent = proxy.sent().len();
    shop.look(Act::Charge).await;
    shop.look(Act::Charge).await.is(Pass, "came by the event log");
    assert_eq!(proxy.sent().len(), sent, "nothing was sent");
    shop.really(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_keys_and_another_host_get_no_request_of_an_earlier_run() {
    let (mut shop, proxy) = shop(|_, _| Deed::LoseAnswer).await;
    shop.confirm(Act::Charge).await.is(Waiting, "not known");
    let (own, sent) = (shop.twin.credentials(LIVE), proxy.sent().len());
    shop.keys("pk_live_of_another_account", "sk_live_of_another_account");
    shop.confirm(Act::Charge).await.is(Unknown, "may have been sent under another key");
    shop.keys(&own.public, &own.secret);
    let asked = shop.plan(Act::Charge).await;
    shop.api(shop.twin.url(LIVE));
    let ran = shop.verify_with(Act::Charge, asked, CancellationToken::new()).await;
    ran.is(Unknown, "and api_url is");
    assert_eq!(proxy.sent().len(), sent);
    assert!(shop.plan(Act::Charge).await.is_empty());
    assert_eq!(shop.twin.open_pages(LIVE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_holds_over_the_whole_launch_with_the_renewal_that_is_to_come() {
    let mut shop = Shop::open().await;
    shop.input("launch_cap", "\"2.99\"");
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    shop.confirm(Act::Subscribe).await.is(Unknown, "`launch_cap` allows 2.99");
    shop.really(1, 0);
    shop.input("launch_cap", "\"3.00\"");
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
}

#[rstest]
#[case("charge_amount", "\"5.01\"", "charge_amount (5.01) is more than charge_cap allows (5.00)")]
#[case("charge_amount", "\"1.005\"", "charge_amount is no amount: 1.005")]
#[case("charge_amount", "\"0.00\"", "charge_amount is nothing")]
#[case("currency", "usd", "currency is no currency: usd")]
#[case("currency", "JPY", "currency is JPY, which has no hundredths")]
#[case("rehearsal_email", "", "rehearsal_email is not set")]
#[case("rehearsal_email", "\"ada\"", "rehearsal_email is no e-mail address: ada")]
#[case("rehearsal_email", "\"a\\u200bda@shop.example\"", "rehearsal_email is no e-mail address")]
#[case("rehearsal_country", "USA", "rehearsal_country is no country: USA")]
#[case("rehearsal_postal_code", "", "rehearsal_postal_code is not set")]
#[case("return_url", "http://shop.example/", "return_url is no web page")]
#[case("subscription_days", "\"0\"", "subscription_days is no number of days: 0")]
#[tokio::test(flavor = "multi_thread")]
async fn an_input_that_is_not_fit_is_named_and_nothing_is_sent(
    #[case] name: &'static str,
    #[case] value: &str,
    #[case] says: &str,
) {
    let mut shop = Shop::open().await;
    shop.input(name, value);
    shop.confirm(Act::Charge).await.is(Unknown, "Nothing was sent:").finds(says);
    assert_eq!(shop.counters()["requests"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_ends_and_the_answer_on_its_way_is_still_recorded() {
    let cancel = CancellationToken::new();
    let (fire, fired) = (cancel.clone(), Arc::new(AtomicBool::new(false)));
    let seen = Arc::clone(&fired);
    let (mut shop, _proxy) = shop(move |number, _| {
        if number == 1 {
            seen.store(true, Ordering::SeqCst);
            fire.cancel();
        }
        Deed::Pass
    })
    .await;
    shop.card = None;
    let ran = shop.verify(Act::Charge, true, cancel).await;
    ran.is(Unknown, "Cancelled");
    assert!(fired.load(Ordering::SeqCst));
    assert_eq!(shop.ledger().intents()[0].stage(), Stage::Made);
    shop.card = Some(TestCard::Success);
    shop.look(Act::Charge).await.is(Pass, "was paid");
    shop.really(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_ends_at_once_when_it_is_cancelled() {
    let mut shop = Shop::open().await;
    shop.card = None;
    let cancel = CancellationToken::new();
    let fire = cancel.clone();
    let run = shop.verify(Act::Charge, true, cancel);
    let stop = async {
        while shop.twin.open_pages(LIVE).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fire.cancel();
        std::time::Instant::now()
    };
    let (ran, stopped) = tokio::join!(run, stop);
    ran.is(Unknown, "Cancelled");
    assert!(stopped.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refunded_elsewhere_is_noticed_and_not_refunded_again() {
    let (shop, proxy) = shop(|_, _| Deed::Pass).await;
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    let payment = shop.ledger().intents()[0].id().unwrap().to_owned();
    let own = shop.twin.credentials(LIVE);
    let refund = |amount: u64| {
        let body = json!({"externalId": format!("support-{amount}"), "amount": amount});
        let url = shop.twin.url(LIVE).join(&format!("/payments/{payment}/refund")).unwrap();
        crate::proxy::post(url, &own.public, &own.secret, body)
    };
    refund(40).await;
    shop.twin.advance(Duration::from_secs(60)).await;
    // What is left is less than what was confirmed.
    shop.confirm(Act::Refund).await.is(Unknown, "what is left has changed");
    assert_eq!(shop.plan(Act::Refund).await[0].amount.0, 60);
    refund(60).await;
    shop.twin.advance(Duration::from_secs(60)).await;
    shop.confirm(Act::Refund).await.is(Unknown, "what is left has changed");
    shop.look(Act::Refund).await.is(Unknown, "was given back, but not by golive");
    assert!(shop.ledger().totals()[0].is_even());
    assert_eq!(proxy.sent().len(), 1, "golive refunded nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_is_not_possible_now_waits_and_one_that_is_too_much_fails() {
    for (status, code, outcome) in
        [(409, "failed_precondition", Waiting), (422, "out_of_range", Fail)]
    {
        let (shop, _proxy) = shop(move |_, request| match request.path.ends_with("/refund") {
            true => refusal(status, code),
            false => Deed::Pass,
        })
        .await;
        shop.confirm(Act::Charge).await.is(Pass, "was paid");
        shop.confirm(Act::Refund).await.is(outcome, code);
        assert!(!shop.plan(Act::Refund).await[0].again);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_every_part_stands_in_its_plan() {
    let (shop, proxy) = shop(|_, _| Deed::Pass).await;
    for act in [Act::Charge, Act::Refund, Act::Subscribe, Act::Cancel, Act::Cancel] {
        let planned = planned(&shop.workspace(), shop.rules, act).await;
        let before = proxy.all().len();
        let settle = async {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                shop.twin.advance(Duration::from_secs(30)).await;
            }
        };
        let (ran, ()) = tokio::join!(shop.confirm(act), settle);
        assert!(matches!(ran.report.outcome, Pass | Waiting), "{:#?}", ran.report);
        let requests = proxy.all().split_off(before);
        assert!(!requests.is_empty());
        for request in requests {
            let reads = request.method == "GET";
            let fits = planned.iter().any(|plan| {
                let is_kind = (plan.effect == Effect::Reads) == reads;
                let method = reads || plan.what.starts_with(&request.method);
                is_kind && method && is_path(&plan.target, &request.path)
            });
            assert!(fits, "{request:?} is in no plan: {planned:#?}");
        }
    }
}

/// Whether a planned address, in which `{…}` stands for an id, is that of a path.
fn is_path(planned: &str, path: &str) -> bool {
    let planned = planned.split_once("//").map_or(planned, |(_, rest)| rest);
    let parts: Vec<&str> = planned.split('/').skip(1).collect();
    let came: Vec<&str> = path.split('/').skip(1).collect();
    parts.len() == came.len()
        && parts.iter().zip(&came).all(|(one, other)| one.starts_with('{') || one == other)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_a_subscription_that_can_not_be_read_does_not_fail_the_cancellation() {
    let mut shop = Shop::with(&["subscription-payment-events"]).await;
    let proxy = Proxy::before(shop.twin.url(LIVE), |_, request| {
        match request.method == "GET" && request.path.contains("/refunds/") {
            true => refusal(404, "not_found"),
            false => Deed::Pass,
        }
    });
    let proxy = proxy.await;
    shop.api(proxy.url.clone());
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
    let settled = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            shop.twin.advance(Duration::from_secs(30)).await;
        }
    };
    let (cancelled, ()) = tokio::join!(shop.confirm(Act::Cancel), settled);
    cancelled.is(Pass, "The subscription is cancelled");
    let mut shop = shop.hasty();
    shop.rules.page = Duration::from_millis(300);
    let refunded = shop.confirm(Act::Cancel).await;
    assert_ne!(refunded.report.outcome, Fail, "{:#?}", refunded.report);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_the_journal_is_held_against_the_cap_of_now() {
    let (mut shop, proxy) = shop(|number, _| match number {
        1..=3 => Deed::LoseAnswer,
        _ => Deed::Pass,
    })
    .await;
    shop.confirm(Act::Charge).await.is(Waiting, "It is not known whether this was done");
    shop.input("charge_cap", "\"0.50\"");
    shop.confirm(Act::Charge).await.is(Fail, "more than charge_cap allows (0.50)");
    assert_eq!(proxy.sent().len(), 3);
    shop.input("charge_cap", "");
    // What only a new charge needs does not stand in the way of the old one.
    shop.input("charge_amount", "\"90.00\"");
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_price_stands_in_the_way_of_no_refund_and_no_cancellation() {
    let mut shop = Shop::with(&["refunds-at-once"]).await;
    shop.confirm(Act::Charge).await.is(Pass, "was paid");
    shop.confirm(Act::Subscribe).await.is(Waiting, "the renewal is due");
    shop.input("charge_cap", "\"0.50\"");
    let settle = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            shop.twin.advance(Duration::from_secs(30)).await;
        }
    };
    let both = async {
        shop.confirm(Act::Refund).await.is(Pass, "was refunded");
        shop.confirm(Act::Cancel).await.is(Pass, "The subscription is cancelled");
    };
    tokio::join!(both, settle);
}

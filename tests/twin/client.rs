//! golive's own client against the twin, under both readings of each contradiction
//! (mintcash-contract.md section 13): whatever MintCash turns out to do, the client copes.

use std::time::Duration;

use golive::mintcash::call::{Answered, CallError, Trouble};
use golive::mintcash::envelope::Environment::{Live, Test};
use golive::mintcash::error::Kind;
use golive::mintcash::money::{Minor, Unit};
use golive::mintcash::payments::{Billing, Card, Charge, NewPayment, Payer, Payment};
use golive::mintcash::prepared::{ExternalId, Purpose};
use golive::mintcash::refunds::{NewRefund, RefundAmount, RefundPaths};
use golive::mintcash::status::{PaymentStatus, RefundStatus, SubscriptionStatus};
use golive::mintcash::subscriptions::{Cancelled, NewSubscription};
use golive::twin::TestCard;
use rstest::rstest;

use crate::running::{client, start, twin};

fn payer() -> Payer {
    Payer {
        external_id: "customer-1".into(),
        email: "shopper@example.test".into(),
        name: "Ada Shopper".into(),
    }
}

fn billing() -> Billing {
    Billing { country: "US".into(), postal_code: "94105".into() }
}

fn hosted() -> Card {
    Card::HostedPage { return_url: "https://shop.example/back".into() }
}

fn saved(card: &str) -> Card {
    Card::Saved { card_token: format!("tok_twin_{card}") }
}

pub fn charge() -> NewPayment {
    NewPayment {
        amount: Minor(4999),
        currency: "USD".into(),
        external_id: ExternalId::fresh(Purpose::Payment, start()),
        payer: payer(),
        billing: billing(),
        card: hosted(),
        description: Some("golive rehearsal".into()),
    }
}

fn subscription() -> NewSubscription {
    NewSubscription {
        amount: Minor(900),
        currency: "USD".into(),
        external_id: ExternalId::fresh(Purpose::Subscription, start()),
        interval_days: 7,
        payer: payer(),
        billing: billing(),
        card: hosted(),
    }
}

fn refund(payment: &str, amount: RefundAmount) -> NewRefund {
    NewRefund {
        payment: payment.into(),
        external_id: ExternalId::fresh(Purpose::Refund, start()),
        amount,
        currency: Some("USD".into()),
        reason: Some("customer_request".into()),
    }
}

/// The payment that a charge made.
#[track_caller]
pub fn made(charge: Result<Charge, CallError>) -> Answered<Payment> {
    match charge {
        Ok(Charge::Made(answer)) => answer,
        other => panic!("{other:#?}"),
    }
}

#[track_caller]
fn kind(result: Result<impl std::fmt::Debug, CallError>) -> Kind {
    match result.unwrap_err().trouble {
        Trouble::Api(error) => error.kind,
        other => panic!("{other:?}"),
    }
}

const SOON: Duration = Duration::from_secs(5);

#[rstest]
#[case::usual(&[], Unit::Major)]
#[case::cents(&["cents"], Unit::Minor)]
#[case::wrapped(&["wrapped"], Unit::Major)]
#[case::wrapped_everywhere(&["wrapped", "wrapped-reads", "cents"], Unit::Minor)]
#[case::documented(&["documented-payloads", "strict-customer", "billing-required"], Unit::Major)]
#[case::current_state(&["replay-shows-current"], Unit::Major)]
#[case::at_once(&["refunds-at-once"], Unit::Major)]
#[case::other_codes(&["odd-refund-codes", "bare-errors"], Unit::Major)]
#[case::per_merchant(&["refund-ids-per-merchant", "card-token-in-lookups"], Unit::Major)]
#[tokio::test]
async fn a_charge_is_made_read_and_given_back(#[case] switches: &[&str], #[case] unit: Unit) {
    let twin = twin(switches).await;
    let (handle, paths) = (twin.handle(), RefundPaths::default());
    let client = client(&handle, Live);
    let prepared = charge().prepare();
    let first = made(client.charge(&prepared).await).value;
    assert_eq!((first.status.clone(), first.unit), (PaymentStatus::Created, unit));
    assert_eq!(first.redirect_url, handle.open_pages(Live).first().map(|it| it.url.to_string()));
    handle.pay(Live, &first.id, TestCard::Success).unwrap();
    handle.advance(SOON).await;
    let read = client.payment(&first.id, prepared.expected()).await.unwrap().value;
    assert_eq!((read.status, read.refundable), (PaymentStatus::Succeeded, Some(Minor(4999))));
    let again = made(client.charge(&prepared).await).value;
    assert_eq!((again.id, again.redirect_url), (first.id.clone(), first.redirect_url));
    let mut other = charge();
    other.external_id = prepared.expected().external_id.clone();
    other.amount = Minor(5000);
    assert_eq!(kind(client.charge(&other.prepare()).await), Kind::Mismatch);

    let part = refund(&first.id, RefundAmount::Part(Minor(1000))).prepare().unwrap();
    let made = client.refund(&part).await.unwrap().value;
    assert_eq!(made.agrees_with(Minor(1000)), Ok(unit));
    let at_once = switches.contains(&"refunds-at-once");
    assert_eq!(made.status.is_final(), at_once);
    let second = refund(&first.id, RefundAmount::Part(Minor(4000))).prepare().unwrap();
    let expected = if at_once { Kind::TooMuch } else { Kind::Conflict };
    assert_eq!(kind(client.refund(&second).await), expected);
    handle.advance(SOON).await;
    assert_eq!(kind(client.refund(&second).await), Kind::TooMuch);
    let rest = refund(&first.id, RefundAmount::Rest(Minor(3999))).prepare().unwrap();
    assert!(client.refund(&rest).await.is_ok());
    handle.advance(SOON).await;
    let listed = client.refunds(&first.id, &paths).await.unwrap().value;
    let amounts: Vec<_> = listed.iter().map(|it| it.agrees_with(Minor(1000)).is_ok()).collect();
    assert_eq!(amounts, [false, true], "newest first");
    let read = client.refund_of(&first.id, &made.id, &paths).await.unwrap().value;
    assert_eq!(read.status, RefundStatus::Succeeded);
    let read = client.payment(&first.id, prepared.expected()).await.unwrap().value;
    assert_eq!((read.status, read.refunded), (PaymentStatus::Refunded, Some(Minor(4999))));
    assert_eq!(handle.snapshot(Live)["counters"]["net"], 0);
}

#[rstest]
#[case::usual(&[])]
#[case::cents(&["cents"])]
#[case::wrapped(&["wrapped", "wrapped-reads"])]
#[case::refused_again(&["cancel-again-conflicts"])]
#[tokio::test]
async fn a_subscription_is_made_renewed_and_cancelled(#[case] switches: &[&str]) {
    let twin = twin(switches).await;
    let handle = twin.handle();
    let client = client(&handle, Live);
    let prepared = subscription().prepare();
    let first = client.subscribe(&prepared).await.unwrap().value;
    assert_eq!((first.status, first.period_start), (SubscriptionStatus::Created, None));
    assert!(first.redirect_url.is_some());
    handle.pay(Live, &first.id, TestCard::Success).unwrap();
    handle.advance(SOON).await;
    let read = client.subscription(&first.id, prepared.expected()).await.unwrap().value;
    let ends = read.period_end.unwrap();
    assert_eq!(ends.since(read.period_start.unwrap()), Duration::from_secs(7 * 86_400));
    handle.advance(ends.since(handle.now())).await;
    let read = client.subscription(&first.id, prepared.expected()).await.unwrap().value;
    assert_eq!((read.status, read.period_start), (SubscriptionStatus::Active, Some(ends)));
    assert_eq!(handle.snapshot(Live)["counters"]["charges"], 2);
    let cancelled = client.cancel(&first.id).await.unwrap();
    assert!(matches!(cancelled, Cancelled::Now(_)));
    let again = client.cancel(&first.id).await.unwrap();
    let refused = switches.contains(&"cancel-again-conflicts");
    assert_eq!(matches!(again, Cancelled::Already(..)), refused, "{again:?}");
}

#[rstest]
#[case::declined("insufficient_funds")]
#[case::failed("provider_error")]
#[tokio::test]
async fn a_decline_is_an_outcome_as_499_and_as_a_failed_payment(#[case] card: &str) {
    let twin = twin(&[]).await;
    let handle = twin.handle();
    let client = client(&handle, Live);
    let declined = || NewPayment { card: saved(card), ..charge() }.prepare();
    assert_eq!(made(client.charge(&declined()).await).value.status, PaymentStatus::Failed);
    handle.switch("decline-499", true).unwrap();
    let charged = client.charge(&declined()).await;
    let Ok(Charge::Declined(answer)) = charged else { panic!("{charged:?}") };
    assert!(answer.call.request_id().unwrap().starts_with("req_"));
    assert_eq!(handle.snapshot(Live)["counters"]["charges"], 0);
}

#[tokio::test]
async fn an_answer_that_is_lost_comes_with_the_same_request_and_without_a_second_charge() {
    let twin = twin(&["lost-answer"]).await;
    let handle = twin.handle();
    let client = client(&handle, Live);
    let prepared = NewPayment { card: saved("success"), ..charge() }.prepare();
    let answer = made(client.charge(&prepared).await);
    assert_eq!(answer.value.status, PaymentStatus::Succeeded);
    assert_eq!(answer.call.tries.len(), 2, "the first answer was lost: {:?}", answer.call);
    let back = refund(&answer.value.id, RefundAmount::Rest(Minor(4999))).prepare().unwrap();
    assert!(client.refund(&back).await.is_ok());
    handle.advance(SOON).await;
    let counters = &handle.snapshot(Live)["counters"];
    assert_eq!((&counters["charges"], &counters["refunds"]), (&1.into(), &1.into()));
}

#[rstest]
#[case::revoked("key-revoked", Kind::Unauthenticated)]
#[case::address("ip-not-allowed", Kind::Forbidden)]
#[case::deactivated("merchant-deactivated", Kind::Forbidden)]
#[case::unreachable("provider-unreachable", Kind::Unavailable)]
#[case::no_provider("provider-not-configured", Kind::Unavailable)]
#[case::busy("rate-limited", Kind::RateLimited)]
#[tokio::test]
async fn a_refusal_is_told_for_what_it_is(#[case] switch: &str, #[case] expected: Kind) {
    for more in ["", "bare-errors", "ip-code"] {
        let switches: Vec<&str> = [switch, more].into_iter().filter(|it| !it.is_empty()).collect();
        let twin = twin(&switches).await;
        let client = client(&twin.handle(), Live);
        let said = client.charge(&charge().prepare()).await;
        assert_eq!(kind(said), expected, "{switches:?}");
        assert_eq!(twin.handle().snapshot(Live)["counters"]["charges"], 0);
    }
}

#[tokio::test]
async fn the_environments_share_nothing() {
    let twin = twin(&[]).await;
    let handle = twin.handle();
    let (live, sandbox) = (client(&handle, Live), client(&handle, Test));
    let prepared = charge().prepare();
    let payment = made(live.charge(&prepared).await).value;
    assert_eq!(kind(sandbox.payment(&payment.id, prepared.expected()).await), Kind::NotFound);
    let other = made(sandbox.charge(&prepared).await).value;
    assert_ne!(payment.id, other.id, "an externalId is one environment's");
    let keys = live.api_keys().await.unwrap().value;
    assert!(keys.iter().all(|key| key.environment.as_deref() == Some("live")), "{keys:?}");
    assert!(keys.iter().any(|key| key.is_active == Some(true)));
    handle.switch("test:key-revoked", true).unwrap();
    assert_eq!(kind(sandbox.api_keys().await), Kind::Unauthenticated);
    assert!(live.api_keys().await.is_ok());
}

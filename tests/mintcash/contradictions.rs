//! One test for each contradiction of the documentation that concerns a client; the numbers are
//! those of mintcash-contract.md section 13.

use golive::mintcash::call::{Answered, CallError, Trouble};
use golive::mintcash::error::Kind;
use golive::mintcash::money::{Minor, Unit};
use golive::mintcash::payments::{Billing, Card, Charge, NewPayment, Payer, Payment};
use golive::mintcash::prepared::{ExternalId, Purpose};
use golive::mintcash::refunds::{NewRefund, RefundAmount, RefundPaths};
use golive::mintcash::status::{PaymentStatus, SubscriptionStatus};
use golive::mintcash::subscriptions::{Cancelled, NewSubscription};
use golive::time::Timestamp;
use rstest::rstest;
use serde_json::Value;

use crate::double::Double;

const NOW: i64 = 1_800_000_000_000;

fn fresh(purpose: Purpose) -> ExternalId {
    ExternalId::fresh(purpose, Timestamp::from_millis(NOW))
}

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

pub fn charge() -> NewPayment {
    NewPayment {
        amount: Minor(4999),
        currency: "USD".into(),
        external_id: fresh(Purpose::Payment),
        payer: payer(),
        billing: billing(),
        card: hosted(),
        description: None,
    }
}

fn subscription() -> NewSubscription {
    NewSubscription {
        amount: Minor(900),
        currency: "USD".into(),
        external_id: fresh(Purpose::Subscription),
        interval_days: 7,
        payer: payer(),
        billing: billing(),
        card: hosted(),
    }
}

fn refund(payment: &str, amount: RefundAmount) -> NewRefund {
    NewRefund {
        payment: payment.into(),
        external_id: fresh(Purpose::Refund),
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

#[rstest]
#[case::cents(&[], Unit::Minor)]
#[case::major_units(&["major"], Unit::Major)]
#[case::major_units_as_text(&["text-amounts"], Unit::Major)]
#[tokio::test]
async fn c1_an_amount_is_read_in_the_unit_that_fits_what_was_sent(
    #[case] switches: &[&str],
    #[case] unit: Unit,
) {
    let Some(double) = Double::start(switches) else { return };
    let client = double.client();
    let prepared = charge().prepare();
    let payment = made(client.charge(&prepared).await).value;
    assert_eq!((payment.amount, payment.unit), (Minor(4999), unit));
    assert_eq!((payment.refunded, payment.refundable), (Some(Minor(0)), Some(Minor(4999))));
    let read = client.payment(&payment.id, prepared.expected()).await.unwrap().value;
    assert_eq!(read.amount, Minor(4999));
    let part = refund(&payment.id, RefundAmount::Part(Minor(1000))).prepare().unwrap();
    let refund = client.refund(&part).await.unwrap().value;
    assert_eq!(refund.agrees_with(Minor(1000)), Ok(unit));
}

#[tokio::test]
async fn c1_an_amount_that_fits_in_neither_unit_is_an_error_that_names_the_payment() {
    let Some(double) = Double::start(&["wrong-amount"]) else { return };
    let error = double.client().charge(&charge().prepare()).await.unwrap_err();
    let Trouble::Mismatch(mismatch) = error.trouble else { panic!("{error:?}") };
    assert_eq!(
        (mismatch.member, mismatch.sent.as_str(), mismatch.came.as_str()),
        ("amount", "4999", "5000")
    );
    assert!(mismatch.id.unwrap().starts_with("pmt_"));
}

#[rstest]
#[case::currency("other-currency", "currency")]
#[case::external_id("other-external-id", "externalId")]
#[tokio::test]
async fn an_answer_about_something_else_is_an_error(#[case] switch: &str, #[case] member: &str) {
    let Some(double) = Double::start(&[switch]) else { return };
    let error = double.client().charge(&charge().prepare()).await.unwrap_err();
    let Trouble::Mismatch(mismatch) = error.trouble else { panic!("{error:?}") };
    assert_eq!(mismatch.member, member);
}

#[rstest]
#[case::prefixed(&[])]
#[case::bare_uuids(&["bare-uuids"])]
#[tokio::test]
async fn c3_ids_are_opaque(#[case] switches: &[&str]) {
    let Some(double) = Double::start(switches) else { return };
    let client = double.client();
    let prepared = charge().prepare();
    let id = made(client.charge(&prepared).await).value.id;
    assert_eq!(client.payment(&id, prepared.expected()).await.unwrap().value.id, id);
    for odd in ["a/b", "a?b", "ü", "%2e%2e", "a b#c"] {
        assert_eq!(kind(client.payment(odd, prepared.expected()).await), Kind::NotFound, "{odd}");
        let path = double.seen().pop().unwrap().path;
        assert!(path.starts_with("/payments/") && path.matches('/').count() == 2, "{path}");
    }
    for bad in ["", ".", ".."] {
        let sent = double.seen().len();
        let error = client.payment(bad, prepared.expected()).await.unwrap_err();
        assert!(matches!(error.trouble, Trouble::NotSent(_)) && double.seen().len() == sent);
    }
}

#[rstest]
#[case::flat(&[])]
#[case::wrapped(&["wrapped"])]
#[tokio::test]
async fn c5_bodies_are_read_wrapped_and_flat_with_the_redirect_on_either_level(
    #[case] switches: &[&str],
) {
    let Some(double) = Double::start(switches) else { return };
    let client = double.client();
    let prepared = charge().prepare();
    let payment = made(client.charge(&prepared).await).value;
    assert_eq!(payment.redirect_url.as_deref(), Some("https://pay.invalid/p/1"));
    assert_eq!(payment.status, PaymentStatus::Created);
    assert!(client.payment(&payment.id, prepared.expected()).await.is_ok());
    let rest = refund(&payment.id, RefundAmount::Rest(Minor(4999))).prepare().unwrap();
    assert!(client.refund(&rest).await.is_ok());
    let made = client.subscribe(&subscription().prepare()).await.unwrap().value;
    assert_eq!(made.status, SubscriptionStatus::Active);
}

#[tokio::test]
async fn c6_no_card_token_is_needed_to_read_a_payment() {
    let Some(double) = Double::start(&[]) else { return };
    let payment = made(double.client().charge(&charge().prepare()).await).value;
    assert!(payment.body.get("cardToken").is_none());
}

#[tokio::test]
async fn c7_a_decline_is_an_outcome_as_499_and_as_a_failed_payment() {
    let Some(double) = Double::start(&["declined-499"]) else { return };
    let charged = double.client().charge(&charge().prepare()).await;
    let Ok(Charge::Declined(answer)) = charged else { panic!("{charged:?}") };
    assert_eq!((answer.call.request_id(), double.seen().len()), (Some("req_0001"), 1));
    let Some(double) = Double::start(&["declined-200"]) else { return };
    let payment = made(double.client().charge(&charge().prepare()).await).value;
    assert_eq!(payment.status, PaymentStatus::Failed);
}

#[tokio::test]
async fn a_499_without_a_code_is_no_decline() {
    let Some(double) = Double::start(&["bare-499"]) else { return };
    assert_eq!(kind(double.client().charge(&charge().prepare()).await), Kind::Unclear);
}

#[test]
fn c8_c12_c22_customer_and_billing_are_always_whole_and_amounts_are_integers() {
    for prepared in [charge().prepare(), subscription().prepare()] {
        let body: Value = serde_json::from_str(prepared.body()).unwrap();
        for member in ["externalId", "email", "name"] {
            assert!(body["customer"][member].is_string(), "{body}");
        }
        assert!(
            body["billing"]["country"].is_string() && body["billing"]["postalCode"].is_string()
        );
        assert!(body["amount"].is_u64());
        assert!(body.get("cardToken").is_none() && body["returnUrl"].is_string());
    }
    let card = Card::Saved { card_token: "tok_canary".into() };
    let saved = NewPayment { card, ..charge() };
    let body: Value = serde_json::from_str(saved.prepare().body()).unwrap();
    assert!(body["cardToken"].is_string() && body.get("returnUrl").is_none());
}

#[test]
fn c10_external_ids_are_unique_and_begin_with_what_they_are_for() {
    let mut seen = std::collections::HashSet::new();
    let purposes = [
        (Purpose::Payment, "golive-pay-"),
        (Purpose::Refund, "golive-ref-"),
        (Purpose::Subscription, "golive-sub-"),
    ];
    for (purpose, begin) in purposes.into_iter().cycle().take(300) {
        let id = fresh(purpose).0;
        assert!(id.starts_with(begin) && seen.insert(id));
    }
}

#[tokio::test]
async fn c11_another_body_under_the_same_external_id_is_refused_and_not_tried_again() {
    let Some(double) = Double::start(&[]) else { return };
    let client = double.client();
    let first = charge();
    made(client.charge(&first.prepare()).await);
    let other = NewPayment { description: Some("again".into()), ..first };
    assert_eq!(kind(client.charge(&other.prepare()).await), Kind::Mismatch);
    assert_eq!(double.seen().len(), 2);
}

#[rstest]
#[case("403-ip-code")]
#[case("403-ip-message")]
#[case("403-ip-details")]
#[tokio::test]
async fn c13_an_address_that_is_not_allowed_is_recognised_wherever_it_is_said(#[case] it: &str) {
    let Some(double) = Double::start(&[it]) else { return };
    let error = double.client().api_keys().await.unwrap_err();
    let Trouble::Api(error) = error.trouble else { panic!("{error:?}") };
    assert!(error.kind == Kind::Forbidden && error.has_reason("ip_not_allowed"), "{error:?}");
}

#[tokio::test]
async fn c14_revoked_keys_in_the_list_are_told_from_active_ones() {
    let Some(double) = Double::start(&[]) else { return };
    let keys = double.client().api_keys().await.unwrap().value;
    let active = keys.iter().filter(|key| key.is_active == Some(true) && !key.is_revoked);
    assert_eq!((active.count(), keys.len()), (2, 3));
}

#[tokio::test]
async fn c17_a_voided_payment_is_read() {
    let Some(double) = Double::start(&["voided"]) else { return };
    let payment = made(double.client().charge(&charge().prepare()).await).value;
    assert_eq!(payment.status, PaymentStatus::Voided);
}

#[tokio::test]
async fn a_state_that_nobody_named_is_kept() {
    let Some(double) = Double::start(&["odd-status"]) else { return };
    let client = double.client();
    let payment = made(client.charge(&charge().prepare()).await).value;
    assert_eq!(payment.status.as_str(), "disputed");
    let rest = refund(&payment.id, RefundAmount::Rest(Minor(4999))).prepare().unwrap();
    assert!(!client.refund(&rest).await.unwrap().value.status.is_final());
}

#[rstest]
#[case::nested(&[])]
#[case::flat(&["flat-refunds"])]
#[tokio::test]
async fn a_refund_is_read_at_whichever_path_it_is(#[case] switches: &[&str]) {
    let Some(double) = Double::start(switches) else { return };
    let (client, paths) = (double.client(), RefundPaths::default());
    let payment = made(client.charge(&charge().prepare()).await).value;
    let part = refund(&payment.id, RefundAmount::Part(Minor(1))).prepare().unwrap();
    let made = client.refund(&part).await.unwrap().value;
    let read = client.refund_of(&payment.id, &made.id, &paths).await.unwrap().value;
    assert_eq!(read.id, made.id);
    if switches.is_empty() {
        let all = client.refunds(&payment.id, &paths).await.unwrap().value;
        assert_eq!(all.len(), 1);
    } else {
        assert_eq!(kind(client.refunds(&payment.id, &paths).await), Kind::NotFound);
        let paths = RefundPaths { one: vec!["/elsewhere/{refund}".into()], ..paths };
        assert_eq!(kind(client.refund_of("p", &made.id, &paths).await), Kind::NotFound);
    }
}

#[rstest]
#[case::another_one_runs("refund-running", Kind::Conflict)]
#[case::more_than_is_left("refund-too-much", Kind::TooMuch)]
#[tokio::test]
async fn a_refund_that_is_refused_is_told_by_its_status(#[case] switch: &str, #[case] it: Kind) {
    let Some(double) = Double::start(&[switch]) else { return };
    let prepared = refund("pmt_1", RefundAmount::Rest(Minor(5))).prepare().unwrap();
    assert_eq!(prepared.path(), "/payments/pmt_1/refund");
    assert!(!prepared.body().contains("amount"), "{}", prepared.body());
    assert_eq!(kind(double.client().refund(&prepared).await), it);
}

#[rstest]
#[case::absent(&[])]
#[case::null(&["periods"])]
#[tokio::test]
async fn the_periods_of_a_subscription_may_be_absent_or_null(#[case] switches: &[&str]) {
    let Some(double) = Double::start(switches) else { return };
    let client = double.client();
    let prepared = subscription().prepare();
    let made = client.subscribe(&prepared).await.unwrap().value;
    let read = client.subscription(&made.id, prepared.expected()).await.unwrap().value;
    assert_eq!((read.period_start.is_some(), read.period_end), (!switches.is_empty(), None));
}

#[rstest]
#[case::same_answer(&[], false)]
#[case::empty_answer(&["empty-cancel"], false)]
#[case::conflict(&["cancel-again-409"], true)]
#[case::not_found(&["cancel-again-404"], true)]
#[tokio::test]
async fn cancelling_what_is_cancelled_is_done(#[case] switches: &[&str], #[case] already: bool) {
    let Some(double) = Double::start(switches) else { return };
    let client = double.client();
    let id = client.subscribe(&subscription().prepare()).await.unwrap().value.id;
    assert!(matches!(client.cancel(&id).await, Ok(Cancelled::Now(_))));
    let again = client.cancel(&id).await.unwrap();
    assert_eq!(matches!(again, Cancelled::Already(..)), already, "{again:?}");
}

#[tokio::test]
async fn a_subscription_that_can_not_be_cancelled_is_an_error() {
    let Some(double) = Double::start(&["cancel-refused"]) else { return };
    let client = double.client();
    let id = client.subscribe(&subscription().prepare()).await.unwrap().value.id;
    assert_eq!(kind(client.cancel(&id).await), Kind::Conflict);
    assert_eq!(kind(client.cancel("sub_unknown").await), Kind::NotFound);
}

//! Sound logs raise nothing, and a log that proves nothing never passes.

use golive::checks::Outcome;
use golive::checks::idempotency::external_id_log::About;
use serde_json::{Value, json};

use crate::{Logs, event, found, messages, payment, with};

fn sound(logs: &Logs) {
    for about in [Some(About::Intent), Some(About::Reuse), None] {
        let mut question = logs.question.clone();
        question.about = about;
        let report = golive::checks::idempotency::external_id_log::answer(
            &question,
            &golive::scan::Watch::idle(),
        );
        let said = messages(&report);
        assert_eq!((report.outcome, found(&report)), (Outcome::Pass, vec![]), "{about:?}: {said}");
    }
}

fn unknown(logs: &Logs, why: &str) {
    let report = logs.answer();
    let said = messages(&report);
    assert_eq!(report.outcome, Outcome::Unknown, "{said}");
    assert!(report.summary.contains(why), "{said}");
}

fn documented(name: &str, id: &str, amount: f64, customer: &str) -> Value {
    let mut event = event(name, id, amount, customer);
    event["eventId"] = json!("evt_01J8ZQ4");
    event["data"]["id"] = json!("pmt_01J8ZQ4");
    event["data"]["cardToken"] = json!("tok_1");
    event["data"]["createdAt"] = json!("2026-11-23T10:00:00.000Z");
    event["data"]["card"] =
        json!({"brand": "visa", "last4": "0000", "expMonth": 3, "expYear": 2035});
    event
}

#[test]
fn retries_redeliveries_both_dialects_and_both_units_are_one_intent() {
    let request = payment("ord-10001", 4999, "cus-1", "10001");
    let failed_first = with(request.clone(), &["status"], json!(503));
    let events = [
        event("payment.pending", "ord-10001", 49.99, "cus-1"),
        documented("payment.succeeded", "ord-10001", 49.99, "cus-1"),
        event("payment.succeeded", "ord-10001", 49.99, "cus-1"),
        event("payment.succeeded", "ord-10001", 49.99, "cus-1"),
    ];
    sound(&Logs::of(&[failed_first, request.clone(), request], &events));
}

#[test]
fn a_new_id_after_a_failed_payment_is_as_it_should_be() {
    let requests = [payment("a-1", 4999, "cus-1", "10001"), payment("a-2", 4999, "cus-1", "10001")];
    let events = [
        event("payment.failed", "a-1", 49.99, "cus-1"),
        event("payment.succeeded", "a-2", 49.99, "cus-1"),
    ];
    sound(&Logs::of(&requests, &events));
}

#[test]
fn a_deposit_and_the_rest_of_one_order_are_two_intents() {
    let requests = [payment("a-1", 1000, "cus-1", "10001"), payment("a-2", 3999, "cus-1", "10001")];
    let events = [
        event("payment.succeeded", "a-1", 10.0, "cus-1"),
        event("payment.succeeded", "a-2", 39.99, "cus-1"),
    ];
    sound(&Logs::of(&requests, &events));
}

#[test]
fn a_body_that_was_refused_before_it_was_taken_may_be_corrected() {
    for status in [400, 401, 403, 422] {
        let wrong = with(payment("ord-1", 0, "cus-1", "1"), &["status"], json!(status));
        sound(&Logs::of(&[wrong, payment("ord-1", 100, "cus-1", "1")], &[]));
    }
}

#[test]
fn a_subscription_keeps_its_id_through_all_renewals() {
    let request = json!({"time": "2026-11-23T10:00:00Z", "method": "POST", "path": "/subscriptions", "orderId": "9",
        "body": {"amount": 999, "currency": "USD", "externalId": "sub-1", "billingIntervalDays": 30,
            "customer": {"externalId": "cus-1"}, "cardToken": "tok_1"}});
    let renewal = |name: &str, at: &str| {
        let event = with(event(name, "sub-1", 9.99, "cus-1"), &["type"], json!("subscription"));
        with(event, &["createdAt"], json!(at))
    };
    let events = [
        renewal("subscription.succeeded", "2026-11-23T10:00:00Z"),
        renewal("subscription.failed", "2026-12-23T10:00:00Z"),
        renewal("subscription.payment_succeeded", "2026-12-24T10:00:00Z"),
        // MintCash's own payment of a renewal may carry the subscription's id.
        event("payment.succeeded", "sub-1", 9.99, "cus-1"),
        renewal("subscription.cancelled", "2027-01-24T10:00:00Z"),
    ];
    sound(&Logs::of(&[request], &events));
}

#[test]
fn every_shape_of_a_refund_s_event_is_no_second_use_of_the_payment_s_id() {
    let requests = [
        payment("ord-1", 4999, "cus-1", "1"),
        json!({"method": "POST", "path": "/payments/pmt_1/refund", "body": {"externalId": "ref-1", "amount": 1000}}),
    ];
    let base = || event("payment.partially_refunded", "ord-1", 49.99, "cus-1");
    let whole = base()["data"].clone();
    let refund = json!({"id": "r", "paymentId": "pmt_1", "externalId": "ref-1", "status": "succeeded", "amount": 10.0, "currency": "USD"});
    let nested = with(base(), &["data", "refund"], refund.clone());
    let pair = with(base(), &["data"], json!({"payment": whole, "refund": refund}));
    let alone = with(base(), &["data"], refund);
    let flat_amount = with(base(), &["data", "amount"], json!(10.0));
    let typed = with(base(), &["type"], json!("refund"));
    for one in [base(), nested, pair, alone, flat_amount, typed] {
        sound(&Logs::of(&requests, &[event("payment.succeeded", "ord-1", 49.99, "cus-1"), one]));
    }
}

#[test]
fn an_address_that_changed_between_two_events_of_one_customer_is_no_second_customer() {
    let moved = with(
        event("payment.succeeded", "ord-1", 1.0, "cus-1"),
        &["data", "customer", "email"],
        json!("new@example.com"),
    );
    sound(&Logs::of(
        &[payment("ord-1", 100, "cus-1", "1")],
        &[event("payment.pending", "ord-1", 1.0, "cus-1"), moved],
    ));
}

#[test]
fn currencies_without_cents_and_with_three_places_are_one_amount() {
    for (sent, told) in [(500, 500.0), (1500, 1.5), (500, 5.0)] {
        let told = event("payment.succeeded", "ord-1", told, "cus-1");
        sound(&Logs::of(&[payment("ord-1", sent, "cus-1", "1")], &[told]));
    }
}

#[test]
fn golive_s_own_probes_and_forged_events_are_none_of_the_merchant_s() {
    let logs = Logs::of(&[payment("ord-1", 100, "cus-1", "1")], &[]);
    let probe = |amount: f64| event("golive.probe", "golive-probe-01K", amount, "golive-probe-02K");
    let own =
        |amount: f64| event("payment.succeeded", "golive-probe-01K", amount, "golive-probe-02K");
    let record = |signature: &str, body: &Value| {
        json!({"schema": "golive.received/1", "id": "01K", "receivedAt": "2026-11-23T10:00:10Z",
            "signature": signature, "body": body.to_string()})
    };
    let forged = event("payment.succeeded", "ord-1", 999.0, "cus-9");
    let lines =
        [probe(1.0), own(1.0), own(2.0), record("invalid", &forged), record("missing", &forged)];
    logs.file("events.jsonl", crate::text(&lines));
    let mut logs = logs;
    logs.question.globs.push((golive::events::source::Role::Events, "events.jsonl".to_owned()));
    let report = logs.answer();
    assert_eq!(report.outcome, Outcome::Pass, "{}", messages(&report));
    let told = record("valid", &forged);
    logs.file("events.jsonl", crate::text(&[told]));
    assert_eq!(logs.answer().outcome, Outcome::Fail);
}

#[test]
fn requests_to_others_with_paths_like_mintcash_s_are_left_out() {
    let mut other = payment("ord-1", 999, "cus-9", "9");
    other["url"] = json!("https://checkout.adyen.com/payments");
    let report = Logs::of(&[payment("ord-1", 100, "cus-1", "1"), other], &[]).answer();
    assert_eq!(report.outcome, Outcome::Pass, "{}", messages(&report));
}

#[test]
fn nothing_to_read_is_unknown() {
    let mut logs = Logs::empty();
    unknown(&logs, "no file matches");
    logs.file("requests.jsonl", "");
    unknown(&logs, "no file matches events*");
    logs.file("events.jsonl", "\n\n{\"ping\":true}\n");
    unknown(&logs, "no externalId was found");
    logs.question.globs.clear();
    unknown(&logs, "names no request_log");
}

#[test]
fn events_alone_never_pass_since_mintcash_tells_only_the_first_use() {
    unknown(
        &Logs::of(&[], &[event("payment.succeeded", "ord-1", 1.0, "c")]),
        "only events were found",
    );
}

#[test]
fn without_orders_a_new_id_for_each_try_would_not_be_seen() {
    let mut request = payment("ord-1", 100, "cus-1", "1");
    request["body"].as_object_mut().unwrap().remove("metadata");
    let logs = Logs::of(&[request], &[]);
    unknown(&logs, "the order is named for 0 of 1 externalIds");
    let report = logs.about(About::Reuse).answer();
    assert_eq!(report.outcome, Outcome::Pass, "{}", messages(&report));
}

#[test]
fn a_pattern_that_matches_nothing_beside_one_that_does_is_unknown() {
    let mut logs = Logs::of(&[payment("ord-1", 100, "cus-1", "1")], &[]);
    logs.question.globs.push((golive::events::source::Role::Requests, "old/*.gz".to_owned()));
    unknown(&logs, "no file matches old/*.gz");
}

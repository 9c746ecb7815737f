//! Each violation, alone in a log that is sound otherwise: found, with both lines.

use golive::checks::Outcome;
use golive::checks::idempotency::external_id_log::About;
use serde_json::{Value, json};

use crate::{Logs, event, found, messages, payment, with};

const BOTH: &str = "fail requests.jsonl:1 and requests.jsonl:3";

/// Three requests: the second is another intent, the third is under test.
fn three(third: Value) -> Vec<Value> {
    vec![
        payment("ord-10001", 4999, "cus-1", "10001"),
        payment("ord-10002", 700, "cus-2", "10002"),
        third,
    ]
}

fn asked(requests: &[Value], events: &[Value], about: About) -> (Outcome, Vec<String>, String) {
    let report = Logs::of(requests, events).about(about).answer();
    (report.outcome, found(&report), messages(&report))
}

#[test]
fn a_changed_amount_for_the_same_order_breaks_the_intent_and_is_no_reuse() {
    let lines = three(payment("ord-10001", 5999, "cus-1", "10001"));
    let (outcome, places, said) = asked(&lines, &[], About::Intent);
    assert_eq!((outcome, places), (Outcome::Fail, vec![BOTH.to_owned()]), "{said}");
    assert!(said.contains("4999 in the smallest unit and 5999 in the smallest unit"), "{said}");
    let (outcome, places, said) = asked(&lines, &[], About::Reuse);
    assert_eq!((outcome, places), (Outcome::Pass, vec![]), "{said}");
}

#[test]
fn a_changed_currency_breaks_the_intent() {
    let changed =
        with(payment("ord-10001", 4999, "cus-1", "10001"), &["body", "currency"], json!("EUR"));
    let (outcome, places, said) = asked(&three(changed), &[], About::Intent);
    assert_eq!((outcome, places), (Outcome::Fail, vec![BOTH.to_owned()]), "{said}");
    assert!(said.contains("two currencies (USD and EUR)"), "{said}");
}

#[test]
fn an_id_of_two_customers_is_reuse_and_names_neither_whole() {
    let lines = three(payment("ord-10001", 4999, "cus-77", "10077"));
    let (outcome, places, said) = asked(&lines, &[], About::Reuse);
    assert_eq!((outcome, places), (Outcome::Fail, vec![BOTH.to_owned()]), "{said}");
    assert!(said.contains("for two customers (cu…1 and cu…7) and for two orders"), "{said}");
    for secret in ["cus-1", "cus-77", "10077", "ord-10001", "@"] {
        assert!(!said.contains(secret), "{said}");
    }
    let (outcome, _, said) = asked(&lines, &[], About::Intent);
    assert_eq!(outcome, Outcome::Pass);
    assert!(said.contains("1 externalIds were used for two things"), "{said}");
}

#[test]
fn an_id_of_two_orders_of_one_customer_is_reuse() {
    let lines = three(payment("ord-10001", 4999, "cus-1", "10055"));
    assert_eq!(asked(&lines, &[], About::Reuse).1, [BOTH]);
}

#[test]
fn customers_without_an_id_are_told_apart_by_their_address() {
    let nameless = |email: &str| {
        with(
            payment("ord-10001", 4999, "x", "10001"),
            &["body", "customer"],
            json!({"email": email}),
        )
    };
    let mut lines = vec![nameless("ann@example.com"), payment("ord-2", 1, "c", "2")];
    lines.push(nameless("ANN@example.com"));
    assert_eq!(asked(&lines, &[], About::Intent).0, Outcome::Pass);
    lines[2] = nameless("bob@example.com");
    let (outcome, places, said) = asked(&lines, &[], About::Intent);
    assert_eq!((outcome, places), (Outcome::Fail, vec![BOTH.to_owned()]), "{said}");
    assert!(said.contains("a…@example.com and b…@example.com"), "{said}");
}

#[test]
fn an_id_in_the_sandbox_and_live_is_reuse() {
    let sandbox = with(
        payment("ord-10001", 4999, "cus-1", "10001"),
        &["url"],
        json!("https://sandbox.mintcash.me/payments"),
    );
    let (outcome, places, said) = asked(&three(sandbox), &[], About::Reuse);
    assert_eq!((outcome, places), (Outcome::Fail, vec![BOTH.to_owned()]), "{said}");
    assert!(said.contains("live and the sandbox"), "{said}");
}

#[test]
fn an_event_of_the_sandbox_and_one_of_live_with_one_id_are_reuse() {
    let test = with(
        event("payment.succeeded", "ord-10001", 49.99, "cus-1"),
        &["environment"],
        json!("test"),
    );
    let live = event("payment.succeeded", "ord-10001", 49.99, "cus-1");
    let requests = [payment("ord-3", 1, "c", "3")];
    let (outcome, places, said) = asked(&requests, &[live, test], About::Reuse);
    assert_eq!(outcome, Outcome::Fail, "{said}");
    assert_eq!(places[0], "fail events.jsonl:1 and events.jsonl:2");
}

#[test]
fn an_event_with_another_amount_than_the_request_is_found_across_files() {
    let events = [event("payment.succeeded", "ord-10001", 59.99, "cus-1")];
    let (outcome, places, said) =
        asked(&three(payment("ord-3", 1, "c", "3")), &events, About::Intent);
    assert_eq!(outcome, Outcome::Fail, "{said}");
    assert_eq!(places[0], "fail events.jsonl:1 and requests.jsonl:1");
    assert!(said.contains("59.99 and 4999 in the smallest unit"), "{said}");
}

#[test]
fn a_difference_that_may_be_either_counts_for_both_questions() {
    let bare = |amount: u64| json!({"externalId": "ord-9", "amount": amount, "currency": "USD"});
    for about in [About::Intent, About::Reuse] {
        let (outcome, places, said) = asked(&[bare(100), bare(200)], &[], about);
        assert_eq!(outcome, Outcome::Fail, "{said}");
        assert_eq!(places[0], "fail requests.jsonl:1 and requests.jsonl:2");
    }
}

#[test]
fn a_409_whose_first_use_is_in_no_log_is_a_finding_of_its_own() {
    let refused = with(payment("ord-10001", 4999, "cus-1", "10001"), &["status"], json!(409));
    let (outcome, places, said) = asked(std::slice::from_ref(&refused), &[], About::Intent);
    assert_eq!(
        (outcome, places),
        (Outcome::Fail, vec!["fail requests.jsonl:1".to_owned()]),
        "{said}"
    );
    assert!(said.contains("409"), "{said}");
    let known = [
        payment("ord-10001", 4999, "cus-1", "10001"),
        with(refused, &["body", "amount"], json!(1)),
    ];
    assert_eq!(asked(&known, &[], About::Intent).1, ["fail requests.jsonl:1 and requests.jsonl:2"]);
}

#[test]
fn an_order_charged_under_two_ids_within_an_hour_is_blocking() {
    let requests = [
        payment("a-1", 4999, "cus-1", "10001"),
        with(payment("a-2", 4999, "cus-1", "10001"), &["time"], json!("2026-11-23T10:00:31Z")),
    ];
    let charged = |id| event("payment.succeeded", id, 49.99, "cus-1");
    let (outcome, places, said) =
        asked(&requests, &[charged("a-1"), charged("a-2")], About::Intent);
    assert_eq!(
        (outcome, places),
        (Outcome::Fail, vec!["fail requests.jsonl:1 and requests.jsonl:2".to_owned()]),
        "{said}"
    );
    assert!(said.contains("The customer paid twice"), "{said}");
    assert_eq!(asked(&requests, &[charged("a-1"), charged("a-2")], About::Reuse).0, Outcome::Pass);
}

#[test]
fn an_order_charged_twice_a_day_apart_is_unknown_and_after_a_refund_a_risk() {
    let later =
        with(payment("a-2", 4999, "cus-1", "10001"), &["time"], json!("2026-11-24T10:00:31Z"));
    let requests = [payment("a-1", 4999, "cus-1", "10001"), later];
    let charged = |id| event("payment.succeeded", id, 49.99, "cus-1");
    let mut events = vec![charged("a-1"), charged("a-2")];
    let (outcome, places, said) = asked(&requests, &events, About::Intent);
    assert_eq!(outcome, Outcome::Unknown, "{said}");
    assert_eq!(places, ["advisory requests.jsonl:1 and requests.jsonl:2"]);
    events.push(event("payment.refunded", "a-2", 49.99, "cus-1"));
    let (outcome, places, said) = asked(&requests, &events, About::Intent);
    assert_eq!(outcome, Outcome::Pass, "{said}");
    assert_eq!(places, ["advisory requests.jsonl:1 and requests.jsonl:2"]);
}

#[test]
fn an_order_under_two_ids_whose_end_nobody_tells_is_unknown() {
    let requests = [payment("a-1", 4999, "cus-1", "10001"), payment("a-2", 4999, "cus-1", "10001")];
    let (outcome, _, said) = asked(&requests, &[], About::Intent);
    assert_eq!(outcome, Outcome::Unknown, "{said}");
    assert!(said.contains("1 orders were sent under several externalIds"), "{said}");
}

#[test]
fn a_refund_under_the_id_of_its_payment_is_a_risk() {
    let refund = json!({"method": "POST", "path": "/payments/pmt_1/refund",
        "body": {"externalId": "ord-10001", "amount": 4999, "reason": "customer_request"}});
    let (outcome, places, said) = asked(&three(refund), &[], About::Reuse);
    assert_eq!(outcome, Outcome::Pass, "{said}");
    assert_eq!(places, ["advisory requests.jsonl:1 and requests.jsonl:3"]);
    assert!(said.contains("for a payment and for a refund"), "{said}");
}

#[test]
fn a_refund_id_for_two_payments_is_a_risk_since_its_scope_is_documented_in_two_ways() {
    let refund = |payment: &str| {
        json!({"method": "POST", "path": format!("/payments/{payment}/refund"),
        "body": {"externalId": "ref-1", "amount": 100}})
    };
    let lines = [payment("ord-1", 1, "c", "1"), refund("pmt_1"), refund("pmt_2")];
    let (outcome, places, said) = asked(&lines, &[], About::Reuse);
    assert_eq!(
        (outcome, places),
        (Outcome::Pass, vec!["advisory requests.jsonl:2 and requests.jsonl:3".to_owned()]),
        "{said}"
    );
}

#[test]
fn a_request_without_an_id_is_counted_with_its_first_line() {
    let mut without = payment("x", 1, "c", "1");
    without["body"].as_object_mut().unwrap().remove("externalId");
    let lines = [payment("ord-1", 1, "c", "1"), without.clone(), without];
    let (_, places, said) = asked(&lines, &[], About::Reuse);
    assert_eq!(places, ["advisory first requests.jsonl:2"]);
    assert!(said.contains("2 requests that create something carry no externalId"), "{said}");
}

#[test]
fn of_many_violations_all_are_counted_and_few_are_shown() {
    let mut lines = Vec::new();
    for order in 0..50 {
        let (id, order) = (format!("ord-{order}"), order.to_string());
        lines.push(payment(&id, 100, "cus-1", &order));
        lines.push(payment(&id, 200, "cus-1", &order));
    }
    let report = Logs::of(&lines, &[]).answer();
    assert_eq!(report.evidence["wrong"], 50);
    assert_eq!(found(&report).len(), 10);
    assert!(messages(&report).contains("There are 40 more like these."));
}

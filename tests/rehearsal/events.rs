//! Events in every file in which they may stand.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use golive::checks::Outcome::{Fail, Pass, Unknown, Waiting};
use golive::launch::money::{Act, MoneyFact, Source};
use rstest::rstest;
use serde_json::json;

use crate::proxy::{Deed, Proxy, Request};
use crate::shop::{DAY, LIVE, Shop};

/// A shop whose log is elsewhere, with the events of a charge that nobody has heard of yet.
async fn paid() -> (Shop, String) {
    let mut shop = Shop::open().await.hasty();
    shop.input("event_log", "[\"logs/*\"]");
    std::fs::create_dir(shop.path().join("logs")).unwrap();
    std::fs::write(shop.path().join("logs/empty"), "").unwrap();
    shop.confirm(Act::Charge).await.is(Waiting, "has not arrived yet");
    let events = std::fs::read_to_string(shop.log()).unwrap();
    assert!(events.contains("payment.succeeded"), "{events}");
    (shop, events)
}

#[rstest]
#[case::plain("events.jsonl", |text: &str| text.as_bytes().to_vec())]
#[case::without_a_last_line_break("events.jsonl", |text: &str| text.trim().as_bytes().to_vec())]
#[case::gzip("events.gz", gzip)]
#[case::zstd("events.zst", |text: &str| zstd::encode_all(text.as_bytes(), 3).unwrap())]
#[case::as_loggers_write_it("app.log", logged)]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_found_in_a_log(#[case] name: &str, #[case] pack: fn(&str) -> Vec<u8>) {
    let (shop, events) = paid().await;
    std::fs::write(shop.path().join("logs").join(name), pack(&events)).unwrap();
    shop.look(Act::Charge).await.is(Pass, "came by the event log");
}

/// Lines that hold nothing under a name that MintCash or a logger has.
fn in_words_of_its_own(event: &serde_json::Value) -> serde_json::Value {
    json!({
        "kind": event["event"], "no": event["eventId"], "zone": event["environment"],
        "made": event["createdAt"], "thing": event["data"]["id"], "ours": event["data"]["externalId"],
    })
}

/// Two events on a line, of which only one is what came.
fn beside_another(event: &serde_json::Value) -> serde_json::Value {
    let mut other = event.clone();
    other["data"]["amount"] = json!(77);
    json!({"before": other, "in": {"raw": event.to_string()}})
}

#[rstest]
#[case::member_by_member(
    in_words_of_its_own,
    "{ event: kind, event_id: no, environment: zone, created_at: made, resource_id: thing, \
     external_id: ours }",
    (Waiting, "has not arrived yet")
)]
#[case::as_a_text(beside_another, "{ envelope: in.raw }", (Fail, "says 77 where"))]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_read_where_the_merchant_says_that_its_members_stand(
    #[case] write: fn(&serde_json::Value) -> serde_json::Value,
    #[case] members: &str,
    #[case] unsaid: (golive::checks::Outcome, &str),
) {
    let (shop, events) = paid().await;
    let lines = events.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines = lines.map(|event| format!("{}\n", write(&event)));
    std::fs::write(shop.path().join("logs/own.jsonl"), lines.collect::<String>()).unwrap();
    shop.look(Act::Charge).await.is(unsaid.0, unsaid.1);
    let path = shop.path().join("golive.yaml");
    let yaml = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{yaml}logs:\n  event_log: {members}\n")).unwrap();
    shop.look(Act::Charge).await.is(Pass, "came by the event log");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn logged(text: &str) -> Vec<u8> {
    let lines = text.lines().map(|line| {
        let body: serde_json::Value = serde_json::from_str(line).unwrap();
        let entry = json!({"time": "2026-11-25T10:00:00Z", "msg": "webhook", "body": body});
        format!("starting up\n{entry}\n{{\"half\":\n")
    });
    lines.collect::<String>().into_bytes()
}

#[rstest]
#[case::verified("valid", true)]
#[case::not_verifiable("unchecked", true)]
#[case::forged("invalid", false)]
#[case::unsigned("missing", false)]
#[tokio::test(flavor = "multi_thread")]
async fn what_listen_recorded_counts_unless_its_signature_is_wrong(
    #[case] signature: &str,
    #[case] counts: bool,
) {
    let (shop, events) = paid().await;
    let lines = events.lines().map(|body| {
        let record = json!({
            "schema": "golive.received/1", "id": "01J", "receivedAt": "2026-11-25T10:00:01.000Z",
            "path": "/hook", "signature": signature, "body": body,
        });
        format!("{record}\n")
    });
    let record = shop.journal().with_file_name("events.golive.jsonl");
    std::fs::write(record, lines.collect::<String>()).unwrap();
    let ran = shop.look(Act::Charge).await;
    if !counts {
        ran.is(Waiting, "has not arrived yet");
        return;
    }
    ran.is(Pass, "came by golive listen");
    let tracked = shop.ledger().intents()[0].clone();
    let event = MoneyFact::EventSeen { event: "payment.succeeded".into(), number: 1 };
    let seen = tracked.observed(&event).unwrap();
    assert_eq!(seen.what.source, Source::Listener);
    assert!(seen.what.event_id.is_some());
    let advice = ran.report.findings.iter().any(|it| it.message.contains("could not verify"));
    assert_eq!(advice, signature == "unchecked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_while_the_check_waits_is_followed_and_a_cut_line_is_no_event() {
    let (mut shop, events) = paid().await;
    shop.rules.event = Duration::from_secs(20);
    let line = events.lines().find(|line| line.contains("payment.succeeded")).unwrap();
    let (begin, end) = line.split_at(line.len() / 2);
    let path = shop.path().join("logs/events.jsonl");
    std::fs::write(&path, begin).unwrap();
    let waits = Arc::clone(&shop.waits);
    let before = waits.load(Ordering::SeqCst);
    let write = async {
        while waits.load(Ordering::SeqCst) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        writeln!(file, "{end}").unwrap();
    };
    let both = async { tokio::join!(shop.look(Act::Charge), write) };
    let ended = tokio::time::timeout(Duration::from_secs(60), both).await;
    let (ran, ()) = ended.expect("the check never said that it waits");
    ran.is(Pass, "came by the event log");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_another_amount_fails() {
    let (shop, events) = paid().await;
    let changed = events.replace("\"amount\":1,", "\"amount\":1.01,");
    assert_ne!(changed, events);
    std::fs::write(shop.path().join("logs/events.jsonl"), changed).unwrap();
    shop.look(Act::Charge).await.is(golive::checks::Outcome::Fail, "says 1.01 where 1.00 USD");
}

#[rstest]
#[case::not_yet("pending", Unknown)]
#[case::never("failed", Fail)]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_api_denies_proves_nothing(
    #[case] state: &str,
    #[case] outcome: golive::checks::Outcome,
) {
    let mut shop = Shop::open().await.hasty();
    shop.rules.page = Duration::from_millis(200);
    shop.card = None;
    let lies = Arc::new(AtomicBool::new(false));
    let (told, fails) = (Arc::clone(&lies), state == "failed");
    let decide = move |_: usize, request: &Request| match (
        request.method.as_str(),
        told.load(Ordering::SeqCst),
        fails,
    ) {
        ("GET", true, true) => Deed::Change(|body| body["status"] = json!("failed")),
        ("GET", true, false) => Deed::Change(|body| body["status"] = json!("pending")),
        _ => Deed::Pass,
    };
    let proxy = Proxy::before(shop.twin.url(LIVE), decide).await;
    shop.api(proxy.url.clone());
    shop.confirm(Act::Charge).await.is(Waiting, "Nobody has paid");
    let request = shop.ledger().intents()[0].intent.request.clone().unwrap();
    let event = json!({
        "eventId": "e-1", "event": "payment.succeeded", "type": "payment", "environment": "live",
        "createdAt": "2026-11-25T10:00:01Z",
        "data": {
            "externalId": request.expected().external_id.0, "status": "succeeded", "amount": 1,
            "currency": "USD",
        },
    });
    std::fs::write(shop.log(), format!("{event}\n")).unwrap();
    lies.store(true, Ordering::SeqCst);
    shop.look(Act::Charge).await.is(outcome, "but the API says that the payment is");
}

/// Records of `golive listen` of these events, with the status by which each was answered.
fn recorded(shop: &Shop, events: &str, signed_with: &str, statuses: &[u16]) {
    let mut lines = String::new();
    for (number, body) in events.lines().enumerate() {
        for (delivery, status) in statuses.iter().enumerate() {
            let id = format!("01J{number}-{delivery}");
            let received = json!({
                "schema": "golive.received/1", "id": id, "receivedAt": "2026-11-25T10:00:01.000Z",
                "path": "/hook", "signature": "valid", "signedWith": signed_with, "body": body,
            });
            let answered = json!({
                "schema": "golive.answered/1", "id": id, "answeredAt": "2026-11-25T10:00:02.000Z",
                "status": status, "ms": 12, "by": "upstream",
            });
            lines += &format!("{received}\n{answered}\n");
        }
    }
    std::fs::write(shop.journal().with_file_name("events.golive.jsonl"), lines).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_handler_refused_was_not_taken() {
    let (shop, events) = paid().await;
    recorded(&shop, &events, "webhook_secret", &[500]);
    shop.look(Act::Charge).await.is(Waiting, "Your handler answered 500 to payment.succeeded");
    shop.wait(2 * DAY).await;
    shop.look(Act::Charge).await.is(Fail, "answered 500 to payment.succeeded, and took it in no");
    recorded(&shop, &events, "webhook_secret", &[500, 200]);
    shop.look(Act::Charge).await.is(Pass, "came by golive listen");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_signed_with_the_sandboxs_secret_is_no_live_event() {
    let (shop, events) = paid().await;
    recorded(&shop, &events, "test_webhook_secret", &[401]);
    let ran = shop.look(Act::Charge).await;
    ran.is(Fail, "signed with the sandbox's secret; your handler refuses it");
    let says = |it: &golive::checks::Finding| it.level == golive::checks::Level::Blocking;
    assert!(ran.report.findings.iter().any(says), "{:#?}", ran.report.findings);
    // Once the secret is right, the next delivery counts.
    let record = shop.journal().with_file_name("events.golive.jsonl");
    let before = std::fs::read_to_string(&record).unwrap();
    recorded(&shop, &events, "webhook_secret", &[200]);
    let after = std::fs::read_to_string(&record).unwrap().replace("01J", "02J");
    std::fs::write(&record, before + &after).unwrap();
    shop.look(Act::Charge).await.is(Pass, "came by golive listen");
}

#[rstest]
#[case::a_log(false, Unknown)]
#[case::the_delivery_itself(true, Fail)]
#[tokio::test(flavor = "multi_thread")]
async fn an_amount_that_all_write_in_cents_may_be_a_hundredfold(
    #[case] listened: bool,
    #[case] outcome: golive::checks::Outcome,
) {
    let mut shop = Shop::with(&["cents"]).await.hasty();
    shop.input("event_log", "[\"logs/*\"]");
    std::fs::create_dir(shop.path().join("logs")).unwrap();
    std::fs::write(shop.path().join("logs/empty"), "").unwrap();
    shop.confirm(Act::Charge).await.is(Waiting, "has not arrived yet");
    let events = std::fs::read_to_string(shop.log()).unwrap();
    let cents = events.replace("\"amount\":1,", "\"amount\":100,");
    assert_ne!(cents, events);
    match listened {
        true => recorded(&shop, &cents, "webhook_secret", &[200]),
        false => std::fs::write(shop.path().join("logs/events.jsonl"), &cents).unwrap(),
    }
    shop.look(Act::Charge).await.is(outcome, "says a hundred times 1.00 USD");
    // One that says whole units is enough.
    std::fs::write(shop.path().join("logs/more.jsonl"), &events).unwrap();
    shop.look(Act::Charge).await.is(Pass, "was paid");
}

//! What stands in the record, and what never does.

use std::os::unix::fs::PermissionsExt as _;

use golive::events::received::{By, Signature};
use golive::listen::{Listener, NotStarted, Seals};
use golive::mintcash::signature;
use golive::secrets::Redactor;
use serde_json::json;
use tempfile::tempdir;

use crate::client::{
    LIVE_SECRET, TEST_SECRET, event, listener, options, post, records, secret, send, signed,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_what_came_and_whose_signature_it_carries() {
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), None).await;
    let at = handle.address();
    let test = String::from_utf8(event("e2")).unwrap().replace("live", "test").into_bytes();
    for (bytes, status) in [
        (signed("/hook?x=1", LIVE_SECRET, &event("e1")), 200),
        (signed("/hook", TEST_SECRET, &test), 200),
        (signed("/hook", "whsec_of_somebody", &event("e3")), 200),
        (post("/hook", &[], b"{\"ping\":true}"), 200),
        (post("/hook", &[], b"{\"ping\":true}&{\"ping\":true}"), 200),
        (post("/hook", &["x-signature: a", "x-signature: b"], b"\xff"), 200),
        (b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), 405),
    ] {
        assert_eq!(send(at, &bytes).await.status, status);
    }
    let (received, answered) = records(handle.record());
    let said: Vec<_> =
        received.iter().map(|it| (it.signature, it.signed_with.as_deref())).collect();
    let wanted = [
        (Signature::Valid, Some("webhook_secret")),
        (Signature::Valid, Some("test_webhook_secret")),
        (Signature::Invalid, None),
        (Signature::Missing, None),
        (Signature::Missing, None),
        (Signature::Invalid, None),
        (Signature::Missing, None),
    ];
    assert_eq!(said, wanted);
    let first = &received[0];
    assert_eq!(first.path, "/hook?x=1");
    assert_eq!(first.event_id.as_deref(), Some("e1"));
    assert_eq!(first.event.as_deref(), Some("payment.succeeded"));
    assert_eq!(first.environment.as_deref(), Some("live"));
    assert_eq!(first.external_id.as_deref(), Some("order-1001"));
    assert_eq!(received[1].environment.as_deref(), Some("test"));
    assert_eq!(received[5].header("x-signature").collect::<Vec<_>>(), ["a", "b"]);
    assert!(received[5].body.is_none() && received[5].body_base64.is_some());
    assert_eq!(received[6].method.as_deref(), Some("GET"));
    assert!(answered.iter().all(|it| it.by == By::Golive && it.problem.is_none()));
    let ids: Vec<_> = received.iter().map(|it| &it.id).collect();
    assert_eq!(ids, answered.iter().map(|it| &it.id).collect::<Vec<_>>());
    let mode = std::fs::metadata(handle.record()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_nothing_is_called_valid_or_invalid() {
    let folder = tempdir().unwrap();
    let mut options = options(folder.path(), None).0;
    options.seals = Seals::default();
    let handle = Listener::start(options).await.unwrap();
    send(handle.address(), &signed("/", LIVE_SECRET, &event("e1"))).await;
    send(handle.address(), &post("/", &[], b"{}")).await;
    let (received, _) = records(handle.record());
    assert!(received.iter().all(|it| it.signature == Signature::Unchecked), "{received:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_validly_signed_is_refused_where_that_is_wanted() {
    let folder = tempdir().unwrap();
    let (mut options, _) = options(folder.path(), None);
    options.refuse_invalid = true;
    let handle = Listener::start(options).await.unwrap();
    let at = handle.address();
    let forged = signed("/", "whsec_of_somebody", &event("e1"));
    assert_eq!(send(at, &forged).await.status, 401);
    assert_eq!(send(at, &post("/", &[], &event("e1"))).await.status, 401);
    assert_eq!(send(at, &signed("/", LIVE_SECRET, &event("e1"))).await.status, 200);
    let statuses: Vec<_> = records(handle.record()).1.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [401, 401, 200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_gets_into_the_record() {
    for known in [LIVE_SECRET, TEST_SECRET] {
        Redactor::shared().register(&secret(known));
    }
    let folder = tempdir().unwrap();
    let handle = listener(folder.path(), None).await;
    let bodies = [
        json!({"eventId": LIVE_SECRET, "data": {"externalId": TEST_SECRET}}).to_string(),
        format!("\u{0}{LIVE_SECRET}\u{ff}"),
        event("e1").iter().map(|byte| char::from(*byte)).collect(),
    ];
    for body in &bodies {
        let lines = [
            format!("Authorization: Bearer {LIVE_SECRET}"),
            "Authorization: Basic c29tZWJvZHk6aHVudGVyMg==".into(),
            format!("X-Custom: {LIVE_SECRET}"),
            "Cookie: session=hunter2-of-the-merchant".into(),
            "X-Api-Key: key-of-the-merchant".into(),
        ];
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let path = format!("/hook?key={TEST_SECRET}");
        assert_eq!(send(handle.address(), &post(&path, &lines, body.as_bytes())).await.status, 200);
    }
    let mut raw = LIVE_SECRET.as_bytes().to_vec();
    raw.insert(0, 0xff);
    send(handle.address(), &post("/", &[], &raw)).await;
    let text = std::fs::read_to_string(handle.record()).unwrap();
    for secret in
        [LIVE_SECRET, TEST_SECRET, "hunter2", "c29tZWJvZHk6aHVudGVyMg", "key-of-the-merchant"]
    {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
    let (received, _) = records(handle.record());
    let whole: Vec<_> = received.iter().map(|it| it.raw().is_some()).collect();
    assert_eq!(whole, [false, false, true, false], "a body without its secret is not whole");
    assert_eq!(received[0].incomplete.as_deref(), Some("it held a secret"));
    let signature = signature::sign(&secret(LIVE_SECRET), b"x").hex();
    send(handle.address(), &post("/", &[&format!("x-signature: {signature}")], b"x")).await;
    assert!(std::fs::read_to_string(handle.record()).unwrap().contains(&signature));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_listeners_never_write_to_one_file() {
    let folder = tempdir().unwrap();
    let first = listener(folder.path(), None).await;
    match Listener::start(options(folder.path(), None).0).await {
        Err(NotStarted::Busy(why)) => {
            let process = format!("process {}", std::process::id());
            assert!(why.to_string().starts_with(&process), "{why}");
        }
        other => panic!("{other:?}"),
    }
    assert!(first.stop().await);
    let again = listener(folder.path(), None).await;
    assert_eq!(send(again.address(), &post("/", &[], b"{}")).await.status, 200);
}

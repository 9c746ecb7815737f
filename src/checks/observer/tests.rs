use std::sync::Arc;

use indexmap::IndexMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::config::inputs::{Input, Inputs, ValueOrigin};
use crate::secrets::{Redactor, Secret};
use crate::time::Timestamp;

const QUICK: Patience = Patience {
    arrive: Duration::from_secs(5),
    quiet: Duration::from_millis(60),
    every: Duration::from_millis(5),
};

fn context(source: Observer, folder: &std::path::Path) -> CheckContext {
    let input =
        Input { value: InputValue::Observer(source), origin: ValueOrigin::Flag("test".into()) };
    let values = IndexMap::from([(InputName::from(INPUT), input)]);
    let inputs = Inputs::new(values, folder.to_owned());
    CheckContext::bare(Arc::new(inputs), folder.to_owned(), Timestamp::from_millis(0))
}

fn watch(source: Observer, folder: &std::path::Path) -> EffectCount {
    EffectCount::of(&context(source, folder), QUICK).unwrap()
}

fn sh(script: &str) -> Observer {
    Observer::Command(["sh", "-c", script].map(str::to_owned).into())
}

async fn said_by(script: &str) -> Result<u64, NoCount> {
    watch(sh(script), std::path::Path::new("/")).read().await
}

/// A server that gives every request the same answer.
async fn server(answer: &'static str) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/effects?token=abc", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _head = stream.read(&mut [0; 2048]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url.parse().unwrap()
}

async fn answered(answer: &'static str) -> Result<u64, NoCount> {
    watch(Observer::Url(server(answer).await), std::path::Path::new("/")).read().await
}

#[tokio::test]
async fn a_number_comes_plain_or_as_json() {
    for text in ["12", " 12 \n", "{\"count\": 12}", "{\"count\":12,\"of\":\"orders\"}"] {
        assert_eq!(number(text.as_bytes()), Ok(12), "{text}");
    }
    assert_eq!(said_by("echo 7").await, Ok(7));
    assert_eq!(answered("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n41").await, Ok(41));
}

#[tokio::test]
async fn what_is_no_number_is_shown_and_never_taken_for_zero() {
    for text in ["", "none", "-1", "1.5", "12 orders", "{\"n\": 3}", "[1]", "null", "\"4\""] {
        assert!(matches!(number(text.as_bytes()), Err(NoCount::NotANumber(_))), "{text}");
    }
    let said = number(b"\x1b[2Jlots").unwrap_err();
    assert_eq!(said.to_string(), "effect_count gave no number but `^[[2Jlots`.");
    assert_eq!(
        number(b" \n").unwrap_err().to_string(),
        "effect_count gave no number but `(nothing)`."
    );
}

#[tokio::test]
async fn a_source_that_fails_says_how() {
    let said = |result: Result<u64, NoCount>| result.unwrap_err().to_string();
    assert_eq!(
        said(said_by("echo database is down >&2; exit 3").await),
        "effect_count could not be read: sh ended with 3 and said: database is down."
    );
    assert!(said(said_by("yes 1 | head -c 100000").await).contains("wrote more than a number"));
    let missing = watch(Observer::Command(vec!["/nonexistent".into()]), std::path::Path::new("/"));
    assert!(said(missing.read().await).contains("could not be started"));
    let unavailable = said(answered("HTTP/1.1 503 Busy\r\ncontent-length: 1\r\n\r\n5").await);
    assert!(unavailable.ends_with("/effects answered 503."), "{unavailable}");
    let moved = answered("HTTP/1.1 302 Found\r\nlocation: /5\r\ncontent-length: 0\r\n\r\n").await;
    assert!(said(moved).contains("answered 302"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let refused = watch(Observer::Url(gone), std::path::Path::new("/")).read().await;
    assert!(said(refused).contains("could not be asked"));
}

#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    let long = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_owned() + &"1".repeat(80_000);
    let said = answered(long.leak()).await.unwrap_err().to_string();
    assert!(said.contains("more than a number"), "{said}");
}

#[tokio::test]
async fn a_number_travels_in_cleartext_on_this_machine_only() {
    let url = "http://192.0.2.7/effects".parse().unwrap();
    let said = watch(Observer::Url(url), std::path::Path::new("/")).read().await.unwrap_err();
    assert!(said.to_string().contains("neither https nor on this machine"));
}

#[tokio::test]
async fn neither_credentials_nor_registered_secrets_are_shown() {
    let url = "https://me:pw-in-url@shop.example/effects?token=abc#x".parse().unwrap();
    let watch = watch(Observer::Url(url), std::path::Path::new("/"));
    assert_eq!(watch.shown(), "https://shop.example/effects");
    assert!(!format!("{:?}", watch.planned()).contains("token"));
    Redactor::shared().register(&Secret::new("whsec_observer_canary".into()));
    let said = said_by("echo whsec_observer_canary").await.unwrap_err().to_string();
    assert!(!said.contains("canary"), "{said}");
}

#[tokio::test]
async fn an_effect_that_comes_after_the_answer_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("count"), "").unwrap();
    // Every reading adds a byte until there are four: the count comes to rest at 4.
    let script = "n=$(wc -c < count); test $n -lt 4 && printf x >> count; wc -c < count";
    let mut watch = watch(sh(script), folder.path());
    assert_eq!(watch.settled(2).await, Ok(Settled { count: 4, still: true }));
    assert_eq!(watch.at_rest().await, Ok(4));
}

#[tokio::test]
async fn an_expectation_that_is_not_met_ends() {
    let mut watch = watch(sh("echo 3"), std::path::Path::new("/"));
    watch.patience.arrive = Duration::from_millis(50);
    assert_eq!(watch.settled(4).await, Ok(Settled { count: 3, still: true }));
}

#[tokio::test]
async fn a_count_that_moves_by_itself_is_no_ground_to_judge_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = watch(sh("printf x >> count; wc -c < count"), folder.path());
    watch.patience.arrive = Duration::from_millis(50);
    assert!(matches!(watch.at_rest().await, Err(NoCount::Restless { from: 1, .. })));
}

#[tokio::test]
async fn cancelling_ends_a_reading_at_once() {
    let context = context(sh("sleep 600"), std::path::Path::new("/"));
    let watch = EffectCount::of(&context, QUICK).unwrap();
    let (read, ()) = tokio::join!(watch.read(), async { context.cancel.cancel() });
    assert_eq!(read, Err(NoCount::Cancelled));
}

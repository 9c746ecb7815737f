//! Ids that a signer hands in as evidence are read at the provider, on every face.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::client::{post, send};
use crate::double::{Double, PUBLIC, SECRET};
use crate::pty::{Project, Terminal};
use crate::support::{Ran, TestEnvironment};

const RUNBOOK: &str = r"format: 1
id: looked-up
title: Looked up
inputs:
  live_public_key:
    type: secret
    about: The public key
    prefix: pk_live_
  live_secret_key:
    type: secret
    about: The secret key
    prefix: sk_live_
  api_url:
    type: url
    about: The API
    default: https://api.mintcash.me
sections:
  - id: money
    title: Money
    steps:
      - id: charge
        title: A charge was made
        why: Somebody has to see it.
        how: Look.
        severity: blocking
        sign_off: person
        evidence:
          - name: payment_id
            about: The payment
            lookup: payment
          - name: refund_id
            about: The refund
            lookup: refund
          - name: subscription_id
            about: The subscription
            lookup: subscription
          - name: remark
            about: Anything
";

/// A project whose API is at this address, with the live keys in the environment.
fn environment(api: &str) -> TestEnvironment {
    let mut environment = TestEnvironment::bare();
    environment.write("book.yaml", RUNBOOK);
    environment.write("golive.yaml", &configuration(api));
    environment.set("PUBLIC", PUBLIC);
    environment.set("SECRET", SECRET);
    environment
}

fn configuration(api: &str) -> String {
    format!(
        "launch: shop\nrunbook: book.yaml\ninputs:\n  api_url: {api}\n  live_public_key: {{ env: PUBLIC \
         }}\n  live_secret_key: {{ env: SECRET }}\n"
    )
}

fn sign(environment: &TestEnvironment, evidence: &[&str], more: &[&str]) -> Ran {
    let mut arguments = vec!["sign", "money.charge", "--as", "Ada", "--no-input"];
    for one in evidence {
        arguments.extend(["--evidence", one]);
    }
    arguments.extend(more);
    environment.golive(&arguments)
}

/// The evidence of the last signature in the journal.
fn kept(environment: &TestEnvironment) -> Value {
    let text = std::fs::read_to_string(environment.journal()).unwrap_or_default();
    let records = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut signed = records.filter(|record| record["kind"] == "step.signed");
    signed.next_back().map_or(Value::Null, |record| record["data"]["evidence"].clone())
}

/// Makes a thing at the double; its id.
async fn make(double: &Double, path: &str, body: Value) -> String {
    let pair = base64::prelude::BASE64_STANDARD.encode(format!("{PUBLIC}:{SECRET}"));
    let request =
        post(path, &[&format!("Authorization: Basic {pair}")], body.to_string().as_bytes());
    let address = (double.url.host_str().unwrap(), double.url.port().unwrap());
    let answer = send(address, &request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    let inner = ["payment", "refund", "subscription"].iter().find_map(|name| body.get(*name));
    inner.unwrap_or(&body)["id"].as_str().unwrap().to_owned()
}

async fn payment(double: &Double) -> String {
    make(double, "/payments", json!({"amount": 499, "currency": "USD", "externalId": "o-1"})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_mintcash_knows_is_kept_with_what_it_says() {
    for switches in [&["major"][..], &["wrapped", "bare-uuids"], &["text-amounts", "odd-status"]] {
        let Some(double) = Double::start(switches) else { return };
        let id = payment(&double).await;
        let environment = environment(double.url.as_str());
        let ran = sign(&environment, &[&format!("payment_id={id}"), "remark=mine"], &[]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let kept = kept(&environment);
        assert_eq!((&kept["payment_id"], &kept["remark"]), (&json!(id), &json!("mine")));
        let seen = kept["payment_id.seen"].as_str().unwrap();
        let status = if switches.contains(&"odd-status") { "disputed" } else { "created" };
        assert!(seen.starts_with(&format!("{status}, amount ")), "{seen}");
        assert!(seen.contains(" USD as written there, made 2026-11-20T10:00:00.000Z"), "{seen}");
        assert!(seen.contains("read 2026-11-23T18:00:00.000Z at 127.0.0.1:"), "{seen}");
        assert!(ran.err.contains(seen), "the signer sees it as well: {ran:?}");
        let asked: Vec<_> = double.seen().into_iter().skip(1).collect();
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!((asked[0].method.as_str(), &asked[0].path), ("GET", &format!("/payments/{id}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_mintcash_does_not_know_is_refused_also_with_a_reason() {
    let Some(double) = Double::start(&[]) else { return };
    let subscription = json!({
        "amount": 499, "currency": "USD", "externalId": "s-1", "billingIntervalDays": 7,
    });
    let subscription = make(&double, "/subscriptions", subscription).await;
    let environment = environment(double.url.as_str());
    let reason = ["--not-looked-up", "the dashboard shows it"];
    for more in [&[][..], &reason] {
        let ran = sign(&environment, &["payment_id=pmt_of_nobody"], more);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let says = "MintCash has no payment `pmt_of_nobody`: 127.0.0.1:";
        assert!(ran.err.contains(says) && ran.err.contains("request req_"), "{ran:?}");
        assert_eq!(kept(&environment), Value::Null);
    }
    let ran = sign(&environment, &[&format!("subscription_id={subscription}")], &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let kept = kept(&environment);
    assert!(kept["subscription_id.seen"].as_str().unwrap().starts_with("active, amount 499 USD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_read_wherever_it_can_be_read() {
    for switches in [&[][..], &["flat-refunds"], &["wrapped"]] {
        let Some(double) = Double::start(switches) else { return };
        let payment = payment(&double).await;
        let path = format!("/payments/{payment}/refund");
        let refund = make(&double, &path, json!({"externalId": "r-1", "amount": 499})).await;
        let environment = environment(double.url.as_str());
        let given = [format!("payment_id={payment}"), format!("refund_id={refund}")];
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        let ran = sign(&environment, &given, &[]);
        assert_eq!(ran.code, Some(0), "{switches:?}: {ran:?}");
        let kept = kept(&environment);
        assert!(kept["refund_id.seen"].as_str().unwrap().starts_with("pending, amount 499 USD"));
        assert!(kept["payment_id.seen"].is_string());
    }
    // A list without it shows that there is none; paths that answer nothing show nothing.
    let Some(double) = Double::start(&[]) else { return };
    let listed = payment(&double).await;
    let environment = environment(double.url.as_str());
    let given = [&format!("payment_id={listed}"), "refund_id=rf_of_nobody"];
    let ran = sign(&environment, &given, &["--not-looked-up", "seen in the dashboard"]);
    assert!(ran.err.contains("MintCash has no refund `rf_of_nobody`"), "{ran:?}");
    let ran = sign(&environment, &["refund_id=rf_1"], &[]);
    assert!(ran.err.contains("where refunds can be read is not documented"), "{ran:?}");
    let ran =
        sign(&environment, &["refund_id=rf_1"], &["--not-looked-up", "seen in the dashboard"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_looked_up_is_signed_only_with_a_reason_that_is_kept() {
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let double = |switches| Double::start(switches);
    let (Some(broken), Some(refusing)) = (double(&["503"]), double(&["401"])) else { return };
    let (Some(html), Some(other)) = (double(&["404-html"]), double(&["html"])) else { return };
    let cases = [
        (format!("http://{dead}"), "connection refused"),
        (broken.url.to_string(), "503"),
        (refusing.url.to_string(), "401"),
        (html.url.to_string(), "404"),
        (other.url.to_string(), "a web page, not JSON"),
        ("https://sandbox.mintcash.me".into(), "live keys do not go there"),
        ("http://api.mintcash.me".into(), "do not travel over cleartext"),
        ("https://api.shop.example".into(), "which is not armed"),
    ];
    for (api, why) in cases {
        let environment = environment(&api);
        let ran = sign(&environment, &["payment_id=pmt_1"], &[]);
        assert_eq!(ran.code, Some(1), "{api}: {ran:?}");
        assert!(ran.err.contains("`payment_id` could not be looked up at MintCash"), "{ran:?}");
        assert!(ran.err.contains(why) && ran.err.contains("--not-looked-up"), "{why}: {ran:?}");
        let empty = sign(&environment, &["payment_id=pmt_1"], &["--not-looked-up", "ok"]);
        assert_eq!(empty.code, Some(1), "{empty:?}");
        assert_eq!(kept(&environment), Value::Null);
        let reason = ["--not-looked-up", "the dashboard shows it as succeeded"];
        let ran = sign(&environment, &["payment_id=pmt_1"], &reason);
        assert_eq!(ran.code, Some(0), "{api}: {ran:?}");
        let kept = kept(&environment);
        let says = kept["payment_id.not_looked_up"].as_str().unwrap();
        assert!(says.starts_with("the dashboard shows it as succeeded ("), "{says}");
        assert!(kept.get("payment_id.seen").is_none());
        for secret in [PUBLIC, SECRET] {
            assert!(!ran.err.contains(secret) && !kept.to_string().contains(secret));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sound_live_keys_nothing_is_sent() {
    let Some(double) = Double::start(&[]) else { return };
    let mut environment = environment(double.url.as_str());
    environment.set("SECRET", "sk_test_of_the_sandbox1");
    let ran = sign(&environment, &["payment_id=pmt_1"], &[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("The pair is mixed"), "{ran:?}");
    environment.write(
        "golive.yaml",
        &format!("launch: shop\nrunbook: book.yaml\ninputs:\n  api_url: {}\n", double.url),
    );
    let ran = sign(&environment, &["payment_id=pmt_1"], &[]);
    assert!(ran.err.contains("No live_public_key is set"), "{ran:?}");
    assert!(double.seen().is_empty(), "{:?}", double.seen());
    // Evidence that is no id of theirs is looked up by nobody.
    let ran = sign(&environment, &["remark=mine"], &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(kept(&environment), json!({"remark": "mine"}));
}

/// The same project for a terminal.
fn project(api: &str) -> Project {
    let project = Project::new();
    std::fs::write(project.path("book.yaml"), RUNBOOK).unwrap();
    std::fs::write(project.path("golive.yaml"), configuration(api)).unwrap();
    project
}

/// The evidence of the last signature of a project.
fn signed(project: &Project) -> Value {
    let mut signed = project.journal().into_iter().filter(|record| record["kind"] == "step.signed");
    signed.next_back().map_or(Value::Null, |record| record["data"]["evidence"].clone())
}

/// Signs in the plain walk with this payment and nothing else.
fn answer(terminal: &mut Terminal, payment: &str) {
    for (asks, answer) in [
        ("What now?", "sign"),
        ("Evidence payment_id", payment),
        ("Evidence refund_id", ""),
        ("Evidence subscription_id", ""),
        ("Evidence remark", ""),
        ("A remark, kept", ""),
    ] {
        terminal.wrote(asks);
        terminal.keys(&format!("{answer}\r"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plain_walk_looks_it_up_and_asks_why_where_it_can_not() {
    let Some(mut double) = Double::start(&[]) else { return };
    let id = payment(&double).await;
    let keys = [("PUBLIC", PUBLIC), ("SECRET", SECRET)];
    let project = project(double.url.as_str());
    let mut terminal = project.start(crate::pty::golive(), &["--plain"], &keys);
    answer(&mut terminal, "pmt_of_nobody");
    terminal.wrote("MintCash has no payment `pmt_of_nobody`");
    terminal.keys("quit\r");
    terminal.wait();
    assert_eq!(signed(&project), Value::Null);
    double.stop();
    let project = self::project(double.url.as_str());
    let mut terminal = project.start(crate::pty::golive(), &["--plain"], &keys);
    answer(&mut terminal, &id);
    terminal.wrote("payment_id could not be looked up");
    terminal.wrote("Why do you sign without?");
    terminal.keys("the dashboard shows it\r");
    terminal.wrote("Saved: money.charge signed");
    terminal.keys("quit\r");
    assert_eq!(terminal.wait().exit_code(), 0);
    let says = signed(&project)["payment_id.not_looked_up"].as_str().unwrap().to_owned();
    assert!(says.starts_with("the dashboard shows it (127.0.0.1:"), "{says}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_looks_it_up_and_offers_a_field_once_it_could_not() {
    let Some(mut double) = Double::start(&[]) else { return };
    let id = payment(&double).await;
    let project = project(double.url.as_str());
    let keys = [("PUBLIC", PUBLIC), ("SECRET", SECRET)];
    let mut terminal = project.start(crate::pty::golive(), &[], &keys);
    terminal.resize(120, 40);
    terminal.shows("A charge was made");
    terminal.keys("s");
    terminal.shows("Your name");
    assert!(!terminal.contents().contains("Not looked up"));
    terminal.keys("Ada\tpmt_of_nobody\r");
    terminal.shows("MintCash has no payment `pmt_of_nobody`");
    terminal.shows("Not looked up");
    terminal.keys("\x1b");
    terminal.shows_no("Not looked up");
    terminal.keys("s");
    terminal.shows("Your name");
    terminal.keys(&format!("Ada\t{id}\r"));
    terminal.shows("Signed money.charge as Ada");
    assert!(signed(&project)["payment_id.seen"].as_str().unwrap().starts_with("created, "));
    double.stop();
    let project = self::project(double.url.as_str());
    let mut terminal = project.start(crate::pty::golive(), &[], &keys);
    terminal.resize(120, 40);
    terminal.shows("A charge was made");
    terminal.keys("s");
    terminal.shows("Your name");
    terminal.keys(&format!("Ada\t{id}\r"));
    terminal.shows("could not be looked up at MintCash");
    terminal.shows("Not looked up");
    assert_eq!(signed(&project), Value::Null);
    // From the first piece of evidence down to the new field: three more, the note.
    terminal.keys("\t\t\t\t\tthe dashboard shows it\r");
    terminal.shows("Signed money.charge as Ada");
    let says = signed(&project)["payment_id.not_looked_up"].as_str().unwrap().to_owned();
    assert!(says.starts_with("the dashboard shows it ("), "{says}");
}

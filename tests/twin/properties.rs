//! golive's client and the twin through random sequences of charges, lost answers, repetitions,
//! crashes and deliveries in any order: never two charges for one intent, and a merchant that reads
//! the events arrives at the twin's own ledger.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use golive::mintcash::envelope::Environment::Live;
use golive::mintcash::money::{Minor, Unit};
use golive::mintcash::payments::{Card, NewPayment};
use golive::mintcash::prepared::Prepared;
use golive::mintcash::refunds::{NewRefund, RefundAmount};
use golive::mintcash::signature::verify;
use golive::mintcash::status::PaymentStatus;
use golive::twin::{Options, TestCard, Twin};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::client::charge;
use crate::running::{client, start};

#[derive(Clone, Debug)]
enum Act {
    /// Prepares a charge and sends it.
    Charge(bool),
    /// Sends what was prepared before, as after a crash.
    Resend(prop::sample::Index),
    /// Uses an open page.
    Pay(prop::sample::Index, u8),
    /// Gives a part of a paid charge back.
    Refund(prop::sample::Index, u8),
    /// Turns a switch.
    Switch(&'static str, bool),
    /// The merchant's handler fails so many times.
    Fail(u8),
    /// Lets time pass.
    Pass(u16),
}

fn act() -> impl Strategy<Value = Act> {
    let index = any::<prop::sample::Index>;
    let switches =
        vec!["lost-answer", "duplicates", "reordering", "cents", "wrapped", "late-delivery"];
    prop_oneof![
        3 => any::<bool>().prop_map(Act::Charge),
        3 => index().prop_map(Act::Resend),
        3 => (index(), 0..4_u8).prop_map(|(page, card)| Act::Pay(page, card)),
        3 => (index(), 1..60_u8).prop_map(|(payment, part)| Act::Refund(payment, part)),
        2 => (prop::sample::select(switches), any::<bool>()).prop_map(|(name, on)| Act::Switch(name, on)),
        1 => (0..4_u8).prop_map(Act::Fail),
        2 => (0..3_000_u16).prop_map(Act::Pass),
    ]
}

/// A merchant: takes events, in any order and any number of times, and keeps the furthest state.
#[derive(Default)]
struct Merchant {
    fails: u8,
    seen: HashMap<String, Vec<u8>>,
    payments: HashMap<String, (PaymentStatus, u64, u64)>,
    forged: usize,
}

impl Merchant {
    fn take(&mut self, genuine: bool, body: &[u8]) -> u16 {
        if self.fails > 0 {
            self.fails -= 1;
            return 500;
        }
        if !genuine {
            self.forged += 1;
            return 401;
        }
        let event: Value = serde_json::from_slice(body).unwrap();
        let id = event["eventId"].as_str().unwrap().to_owned();
        if let Some(before) = self.seen.insert(id, body.to_vec()) {
            assert_eq!(before, body, "one eventId with two bodies");
            return 200;
        }
        let data = &event["data"];
        let cents = |name: &str| Minor::read(&data[name], Unit::Major).unwrap().0;
        let next = PaymentStatus::of(data["status"].as_str().unwrap());
        let (amount, back) = (cents("amount"), cents("amountRefunded"));
        let payment = data["id"].as_str().unwrap().to_owned();
        let known = self.payments.entry(payment).or_insert((PaymentStatus::Created, amount, 0));
        if leads_to(&known.0, &next) && back >= known.2 {
            *known = (next, amount, back);
        }
        200
    }

    /// What was taken and what was given back.
    fn ledger(&self) -> (u64, u64) {
        let took = |status: &PaymentStatus| {
            use PaymentStatus as S;
            matches!(status, S::Succeeded | S::PartiallyRefunded | S::Refunded)
        };
        let taken = self.payments.values().filter(|(status, ..)| took(status));
        taken.fold((0, 0), |sum, (_, amount, back)| (sum.0 + amount, sum.1 + back))
    }
}

/// Whether a state may come after another one, with steps in between that were not told or come
/// later: order is not guaranteed, and no event in between is required (C20).
fn leads_to(from: &PaymentStatus, to: &PaymentStatus) -> bool {
    use PaymentStatus as S;
    let between = [S::Pending, S::Authorized, S::Succeeded, S::PartiallyRefunded];
    let mut on_the_way = between.iter().filter(|it| *it != from && from.may_become(it));
    from.may_become(to) || on_the_way.any(|it| leads_to(it, to))
}

async fn shop(merchant: Arc<Mutex<Merchant>>, secret: golive::secrets::Secret) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (merchant, secret) = (Arc::clone(&merchant), secret.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                let (merchant, secret) = (Arc::clone(&merchant), secret.clone());
                async move {
                    let signature = request.headers().get("x-signature").cloned();
                    let body = request.into_body().collect().await?.to_bytes();
                    let genuine = signature.is_some_and(|it| verify(&secret, &body, it.as_bytes()));
                    let status = merchant.lock().unwrap().take(genuine, &body);
                    let mut answer = Response::new(Full::<Bytes>::default());
                    *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
                    Ok::<_, hyper::Error>(answer)
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    url
}

async fn story(seed: u64, acts: Vec<Act>) {
    let twin = Twin::start(Options { seed, ..Options::at(start()) }).await.unwrap();
    let handle = twin.handle();
    let merchant = Arc::new(Mutex::new(Merchant::default()));
    let url = shop(Arc::clone(&merchant), handle.webhook_secret(Live)).await;
    handle.set_webhook(Live, Some(url.parse().unwrap())).unwrap();
    let client = client(&handle, Live);
    let mut prepared: Vec<Prepared> = Vec::new();
    for act in acts {
        match act {
            Act::Charge(hosted) => {
                let card = Card::Saved { card_token: "tok_twin_success".into() };
                let card = if hosted { charge().card } else { card };
                prepared.push(NewPayment { card, ..charge() }.prepare());
                let _an_answer_may_be_lost = client.charge(prepared.last().unwrap()).await;
            }
            Act::Resend(which) if !prepared.is_empty() => {
                client.charge(which.get(&prepared)).await.unwrap();
            }
            Act::Resend(_) => {}
            Act::Pay(which, card) => {
                let pages = handle.open_pages(Live);
                if !pages.is_empty() {
                    let card = TestCard::ALL[usize::from(card)];
                    handle.pay(Live, &which.get(&pages).id, card).unwrap();
                }
            }
            Act::Refund(which, part) => {
                let payments = handle.snapshot(Live)["payments"].as_array().unwrap().clone();
                if !payments.is_empty() {
                    let refund = NewRefund {
                        payment: which.get(&payments)["id"].as_str().unwrap().to_owned(),
                        external_id: charge().external_id,
                        amount: RefundAmount::Part(Minor(u64::from(part) * 100)),
                        currency: Some("USD".into()),
                        reason: None,
                    };
                    let refund = refund.prepare().unwrap();
                    let _the_state_may_forbid_it = client.refund(&refund).await;
                }
            }
            Act::Switch(name, on) => handle.switch(name, on).unwrap(),
            Act::Fail(times) => merchant.lock().unwrap().fails = times,
            Act::Pass(seconds) => handle.advance(Duration::from_secs(seconds.into())).await,
        }
    }
    merchant.lock().unwrap().fails = 0;
    handle.advance(Duration::from_secs(3 * 86_400)).await;
    let snapshot = handle.snapshot(Live);
    let ledger = snapshot["ledger"].as_array().unwrap();
    for one in &prepared {
        let of = |row: &&Value| row["externalId"] == one.expected().external_id.0;
        let made = snapshot["payments"].as_array().unwrap().iter().filter(of).count();
        assert_eq!(made, 1, "{one:?} made {made} payments");
    }
    let mut charged = HashMap::new();
    for row in ledger.iter().filter(|row| row["kind"] == "charge") {
        let times: &mut u32 = charged.entry(row["payment"].as_str().unwrap()).or_default();
        *times += 1;
        assert_eq!(*times, 1, "charged twice: {row}");
    }
    let merchant = merchant.lock().unwrap();
    let counters = &snapshot["counters"];
    let really = (counters["charged"].as_u64().unwrap(), counters["refunded"].as_u64().unwrap());
    assert_eq!((merchant.ledger(), merchant.forged), (really, 0), "{snapshot:#}");
}

#[test]
fn client_merchant_and_twin_agree_on_the_ledger_whatever_happens_between_them() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = ProptestConfig { cases: 256, ..ProptestConfig::default() };
    let acts = prop::collection::vec(act(), 1..25);
    TestRunner::new(config)
        .run(&(any::<u64>(), acts), |(seed, acts)| {
            let ended = runtime.block_on(async { tokio::spawn(story(seed, acts)).await });
            ended.map_err(|error| TestCaseError::fail(error.to_string()))
        })
        .unwrap();
}

//! The world under random sequences of calls, steps of the clock, repetitions and faults.
//!
//! What must hold is written down here once more, from the contract: whatever happens, no table is
//! left, no intent is charged twice, and the ledger is what really moved.

use std::collections::HashMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;
use crate::twin::Credentials;
use crate::twin::card::TestCard;
use crate::twin::switch::Setting;
use crate::twin::world::api::{Fate, Request};
use crate::twin::world::post::Arrival;
use crate::twin::world::{Step, World};

const LIVE: Environment = Environment::Live;

/// mintcash-contract.md section 6, as it stands there.
const TABLES: [(&str, &str); 3] = [
    (
        "payments",
        "created>pending created>authorized created>succeeded created>failed pending>authorized \
         pending>succeeded pending>failed authorized>succeeded authorized>failed \
         authorized>voided succeeded>partially_refunded succeeded>refunded succeeded>voided \
         partially_refunded>partially_refunded partially_refunded>refunded \
         partially_refunded>voided",
    ),
    ("refunds", "pending>succeeded pending>failed"),
    (
        "subscriptions",
        "created>pending created>active created>failed pending>active pending>failed \
         active>past_due active>cancelled past_due>active past_due>cancelled",
    ),
];

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Act {
    /// Creates a payment under one of a few ids, with one of a few bodies.
    Charge { id: u8, amount: u8, token: Option<u8> },
    /// Creates a subscription likewise.
    Subscribe { id: u8, amount: u8, token: Option<u8> },
    /// Refunds one of the payments.
    Refund { payment: prop::sample::Index, id: u8, amount: Option<u16> },
    /// Sends an earlier request again, byte for byte.
    Again(prop::sample::Index),
    /// Uses an open page.
    Pay { page: prop::sample::Index, card: u8 },
    /// Cancels one of the subscriptions.
    Cancel(prop::sample::Index),
    /// Gives one of the subscriptions another card.
    Card { subscription: prop::sample::Index, card: u8 },
    /// Lets time pass.
    Pass(u32),
    /// Turns a switch.
    Switch(&'static str, bool),
    /// Decides how the merchant answers from now on.
    Merchant(u16),
}

const SWITCHES: [&str; 16] = [
    "duplicates",
    "reordering",
    "late-delivery",
    "lost-answer",
    "provider-unreachable",
    "refund-fails",
    "refunds-at-once",
    "renewal-fails-with",
    "renewal-fails-with=card_expired",
    "cents",
    "wrapped",
    "documented-payloads",
    "decline-499",
    "subscription-payment-events",
    "replay-shows-current",
    "retry-from-first",
];

fn act() -> impl Strategy<Value = Act> {
    let index = any::<prop::sample::Index>;
    let token = || prop::option::of(0..15_u8);
    prop_oneof![
        4 => (0..6_u8, 1..3_u8, token()).prop_map(|(id, amount, token)| Act::Charge { id, amount, token }),
        3 => (0..4_u8, 1..3_u8, token()).prop_map(|(id, amount, token)| Act::Subscribe { id, amount, token }),
        4 => (index(), 0..6_u8, prop::option::of(1..400_u16))
            .prop_map(|(payment, id, amount)| Act::Refund { payment, id, amount }),
        4 => index().prop_map(Act::Again),
        5 => (index(), 0..16_u8).prop_map(|(page, card)| Act::Pay { page, card }),
        1 => index().prop_map(Act::Cancel),
        1 => (index(), 0..16_u8).prop_map(|(subscription, card)| Act::Card { subscription, card }),
        6 => prop_oneof![0..10_u32, 0..100_000_u32, 0..2_000_000_u32].prop_map(Act::Pass),
        2 => (prop::sample::select(&SWITCHES[..]), any::<bool>()).prop_map(|(name, on)| Act::Switch(name, on)),
        1 => prop::sample::select(vec![200, 204, 500, 301, 0]).prop_map(Act::Merchant),
    ]
}

/// A world with what its caller remembers.
struct Story {
    world: World,
    authorization: String,
    merchant: u16,
    sent: Vec<(String, String)>,
    /// What was made under a path and an id: the body that made it, and its id.
    made: HashMap<(String, String), (String, String)>,
    /// The bytes of each event.
    told: HashMap<String, Vec<u8>>,
}

impl Story {
    fn new(seed: u64) -> Self {
        let keys = Credentials::made(LIVE, seed);
        let pair = format!("{}:{}", keys.public, keys.secret);
        let start = Timestamp::from_millis(1_800_000_000_000);
        let mut world = World::new(start, seed, keys, Credentials::made(Environment::Test, seed));
        world.parts(LIVE).1.webhook = Some("http://127.0.0.1:1/".to_owned());
        Self {
            world,
            authorization: format!("Basic {}", BASE64_STANDARD.encode(pair)),
            merchant: 200,
            sent: Vec::new(),
            made: HashMap::new(),
            told: HashMap::new(),
        }
    }

    fn snapshot(&self) -> Value {
        self.world.site(LIVE).snapshot(self.world.now())
    }

    fn ids(&self, what: &str) -> Vec<String> {
        let snapshot = self.snapshot();
        let rows = snapshot[what].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    fn call(&mut self, method: &str, path: &str, body: &str) -> (u16, Value, Fate) {
        let request = Request {
            method,
            path,
            authorization: Some(&self.authorization),
            body: body.as_bytes(),
        };
        let answer = self.world.answer(LIVE, request);
        (answer.status, serde_json::from_slice(&answer.body).unwrap(), answer.fate)
    }

    /// Creates something, and holds the answer against what was made before.
    fn create(&mut self, path: &str, body: String) {
        let charges = |story: &Self| story.snapshot()["counters"]["charges"].as_u64().unwrap();
        let external_id = serde_json::from_str::<Value>(&body).unwrap();
        let external_id = external_id["externalId"].as_str().unwrap().to_owned();
        let key = (path.to_owned(), external_id);
        let before = charges(self);
        let (status, said, _) = self.call("POST", path, &body);
        self.sent.push((path.to_owned(), body.clone()));
        let inner = said.get("payment").or(said.get("subscription")).or(said.get("refund"));
        let id = inner.unwrap_or(&said)["id"].as_str().map(str::to_owned);
        match (status, self.made.get(&key)) {
            (200, Some((first, known))) => {
                assert_eq!(*first, body, "another body was taken: {said}");
                assert_eq!(Some(known), id.as_ref(), "the same request made another thing");
                assert_eq!(charges(self), before, "a repetition charged");
            }
            (499, Some((first, _))) => assert_eq!((first, before), (&body, charges(self))),
            (409, Some((first, _))) if *first == body => panic!("a repetition was refused: {said}"),
            (200, None) => {
                self.made.insert(key, (body, id.unwrap()));
            }
            (499, None) => {
                let id = self.ids("payments").pop().unwrap();
                self.made.insert(key, (body, id));
            }
            (_, Some((first, _))) => {
                assert_ne!(*first, body, "a repetition was refused: {status} {said}");
                assert_eq!((status, said["code"].as_str()), (409, Some("already_exists")));
            }
            (status, None) => {
                let known =
                    [(409, "failed_precondition"), (422, "invalid_argument"), (503, "unavailable")];
                assert!(
                    known.contains(&(status, said["code"].as_str().unwrap())),
                    "{status} {said}"
                );
                assert_eq!(charges(self), before);
            }
        }
    }

    fn pass(&mut self, seconds: u32) {
        let until = self.world.now().plus(std::time::Duration::from_secs(seconds.into()));
        while let Some(step) = self.world.step(until) {
            let Step::Send(environment, parcel) = step else { continue };
            let body: Value = serde_json::from_slice(&parcel.body).unwrap();
            let id = body["eventId"].as_str().unwrap().to_owned();
            let first = self.told.entry(id).or_insert_with(|| parcel.body.clone());
            assert_eq!(*first, parcel.body, "an event changed on the way");
            let status = (self.merchant != 0).then_some(self.merchant);
            let problem = status.is_none().then(|| "no answer within 10 s".to_owned());
            self.world.arrived(environment, parcel.delivery, Arrival { status, problem, ms: 1 });
        }
        assert_eq!(self.world.now(), until);
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Charge { id, amount, token } => {
                let body = order(&format!("pay-{id}"), *amount, *token);
                self.create("/payments", body.to_string());
            }
            Act::Subscribe { id, amount, token } => {
                let mut body = order(&format!("sub-{id}"), *amount, *token);
                body["billingIntervalDays"] = json!(7);
                self.create("/subscriptions", body.to_string());
            }
            Act::Refund { payment, id, amount } => {
                let ids = self.ids("payments");
                if ids.is_empty() {
                    return;
                }
                let mut body = json!({ "externalId": format!("ref-{id}") });
                if let Some(amount) = amount {
                    body["amount"] = json!(amount);
                }
                let path = format!("/payments/{}/refund", payment.get(&ids));
                self.create(&path, body.to_string());
            }
            Act::Again(which) if !self.sent.is_empty() => {
                let (path, body) = which.get(&self.sent).clone();
                self.create(&path, body);
            }
            Act::Again(_) => {}
            Act::Pay { page, card } => {
                let ids = self.ids("openPages");
                if !ids.is_empty() {
                    let (time, site) = self.world.parts(LIVE);
                    let card = TestCard::ALL[usize::from(*card)];
                    site.pay(time, page.get::<String>(&ids), card).unwrap();
                }
            }
            Act::Cancel(which) => {
                let ids = self.ids("subscriptions");
                if !ids.is_empty() {
                    let path = format!("/subscriptions/{}", which.get(&ids));
                    let (status, said, _) = self.call("DELETE", &path, "");
                    assert!(matches!(status, 200 | 409), "{status} {said}");
                }
            }
            Act::Card { subscription, card } => {
                let ids = self.ids("subscriptions");
                if !ids.is_empty() {
                    let (time, site) = self.world.parts(LIVE);
                    let card = TestCard::ALL[usize::from(*card)];
                    let _it_may_be_over =
                        site.replace_card(time, subscription.get::<String>(&ids), card);
                }
            }
            Act::Pass(seconds) => self.pass(*seconds),
            Act::Switch(name, on) => self.world.switch(&Setting::read(name).unwrap(), *on),
            Act::Merchant(status) => self.merchant = *status,
        }
    }

    /// What must be so at any moment.
    fn hold(&self) {
        let snapshot = self.snapshot();
        for (what, table) in TABLES {
            let moves: Vec<&str> = table.split_whitespace().collect();
            for row in snapshot[what].as_array().unwrap() {
                let path = row["path"].as_array().unwrap();
                for (before, after) in path.iter().zip(path.iter().skip(1)) {
                    let step =
                        format!("{}>{}", before[0].as_str().unwrap(), after[0].as_str().unwrap());
                    assert!(moves.contains(&step.as_str()), "{what} went {step}");
                    assert!(before[1].as_str() <= after[1].as_str(), "time went back");
                }
                assert_eq!(path.last().unwrap()[0], row["status"]);
            }
        }
        self.money(&snapshot);
        self.deliveries(&snapshot);
        assert_eq!(
            self.world.site(Environment::Test).snapshot(self.world.now())["counters"]["requests"],
            0
        );
    }

    fn money(&self, snapshot: &Value) {
        let ledger = snapshot["ledger"].as_array().unwrap();
        let mut by_intent: HashMap<&str, u32> = HashMap::new();
        for payment in snapshot["payments"].as_array().unwrap() {
            let of = |kind: &str| {
                let rows = ledger
                    .iter()
                    .filter(|row| row["payment"] == payment["id"] && row["kind"] == kind);
                let sums: Vec<u64> = rows.map(|row| row["amount"].as_u64().unwrap()).collect();
                (sums.len(), sums.iter().sum::<u64>())
            };
            let amount = payment["amount"].as_u64().unwrap();
            let back = payment["amountRefunded"].as_u64().unwrap();
            let status = payment["status"].as_str().unwrap();
            let took = matches!(status, "succeeded" | "partially_refunded" | "refunded");
            assert_eq!(of("charge"), if took { (1, amount) } else { (0, 0) }, "{payment}");
            assert_eq!(of("refund").1, back, "{payment}");
            match status {
                "refunded" => assert_eq!(back, amount),
                "partially_refunded" => assert!(back > 0 && back < amount),
                _ => assert_eq!(back, 0),
            }
            if took {
                *by_intent.entry(payment["externalId"].as_str().unwrap()).or_default() += 1;
            }
        }
        assert!(by_intent.values().all(|count| *count == 1), "charged twice: {by_intent:?}");
        for subscription in snapshot["subscriptions"].as_array().unwrap() {
            let (status, since) =
                subscription["path"].as_array().unwrap().last().map(|it| (&it[0], &it[1])).unwrap();
            if status == "cancelled" || status == "failed" {
                let own = subscription["payments"].as_array().unwrap();
                let late = ledger.iter().find(|row| {
                    let charged = row["kind"] == "charge" && own.contains(&row["payment"]);
                    charged && row["at"].as_str() > since.as_str()
                });
                assert_eq!(
                    (late, subscription["nextChargeAt"].is_null()),
                    (None, true),
                    "{subscription}"
                );
            }
        }
        for payment in snapshot["payments"].as_array().unwrap() {
            let refunds = snapshot["refunds"].as_array().unwrap().iter();
            let running =
                refunds.filter(|it| it["payment"] == payment["id"] && it["status"] == "pending");
            assert!(running.count() <= 1, "two refunds of one payment at once");
        }
    }

    /// Of an event there are six attempts at most, and none after it was taken.
    fn deliveries(&self, snapshot: &Value) {
        for delivery in snapshot["deliveries"].as_array().unwrap() {
            let attempts = delivery["attempts"].as_array().unwrap();
            assert!(attempts.len() <= 6, "{delivery}");
            let taken =
                attempts.iter().position(|it| matches!(it["status"].as_u64(), Some(200..300)));
            if let Some(taken) = taken {
                assert_eq!(
                    (taken + 1, delivery["standing"].as_str()),
                    (attempts.len(), Some("delivered"))
                );
            }
        }
    }
}

fn order(external_id: &str, amount: u8, token: Option<u8>) -> Value {
    let mut body = json!({
        "amount": u64::from(amount) * 100 + 49,
        "currency": "USD",
        "externalId": external_id,
        "customer": { "externalId": "c-1", "email": "a@b.test", "name": "Ada" },
    });
    match token {
        Some(card) => {
            let card = TestCard::ALL[usize::from(card)];
            body["cardToken"] = json!(crate::twin::world::site::token_of(card));
        }
        None => body["returnUrl"] = json!("https://shop.example/back"),
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_table_is_left_no_intent_is_charged_twice_and_the_ledger_is_right(
        seed in any::<u64>(),
        acts in prop::collection::vec(act(), 1..60),
    ) {
        let mut story = Story::new(seed);
        for act in &acts {
            story.act(act);
            story.hold();
        }
        // What is begun comes to an end.
        story.pass(200 * 86_400);
        story.hold();
        let snapshot = story.snapshot();
        let is_open = |row: &&Value| matches!(row["status"].as_str(), Some("created" | "pending"));
        for what in ["payments", "refunds", "subscriptions"] {
            assert_eq!(snapshot[what].as_array().unwrap().iter().find(is_open), None);
        }
    }

    #[test]
    fn the_same_seed_and_the_same_acts_give_the_same_world(
        seed in any::<u64>(),
        acts in prop::collection::vec(act(), 1..30),
    ) {
        let run = || {
            let mut story = Story::new(seed);
            acts.iter().for_each(|act| story.act(act));
            story.snapshot().to_string()
        };
        prop_assert_eq!(run(), run());
    }
}

#[test]
fn a_switched_on_double_charge_is_what_the_property_would_catch() {
    let mut story = Story::new(1);
    story.world.switch(&Setting::read("double-charge").unwrap(), true);
    for _ in 0..2 {
        let (status, ..) = story.call("POST", "/payments", &order("pay-1", 1, Some(0)).to_string());
        assert_eq!(status, 200);
    }
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| story.hold())).is_err());
}

#[test]
fn a_token_charge_and_its_event_stand_in_the_same_second() {
    let mut story = Story::new(1);
    let (status, said, fate) =
        story.call("POST", "/payments", &order("pay-1", 1, Some(0)).to_string());
    assert_eq!((status, said["status"].as_str(), fate), (200, Some("succeeded"), Fate::Arrives));
    story.pass(0);
    assert_eq!(story.told.len(), 1);
}

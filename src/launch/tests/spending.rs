//! Promises about the book of real money: what the launch refuses, and what the ledger says after
//! anything whatsoever.

mod any;

use crate::launch::decide::{Command, Refusal};
use crate::launch::event::RunId;
use crate::launch::money::{
    Act, AnswerOutcome, Caps, Confirmation, Intent, IntentId, Ledger, MoneyAnswer, MoneyFact,
    Observation, Source, Spend, Stage, Tracked,
};
use crate::launch::testing::{Walk, runbook, section, verified};
use crate::mintcash::money::Minor;
use crate::mintcash::prepared::Prepared;
use crate::runbook::model::StepId;

const CAPS: Caps = Caps { charge: Minor(500), launch: Minor(2_000) };

fn walk() -> Walk {
    let steps = ["charge", "refund", "subscribe", "cancel"];
    let steps = steps.map(|id| verified(&format!("money.{id}"), &["live"])).into();
    Walk::new(runbook(vec![section("money", &[], steps)]))
}

fn step(act: Act) -> StepId {
    StepId::from(format!("money.{}", act.word()).as_str())
}

fn spend(act: Act, cents: u64) -> Spend {
    Spend {
        act,
        host: "api.mintcash.me".to_owned(),
        amount: Minor(cents),
        currency: "USD".to_owned(),
        again: false,
    }
}

/// A request that asks for what its intent says.
fn request(spend: &Spend, of: Option<&str>, id: &str) -> Option<Prepared> {
    let path = match spend.act {
        Act::Charge => "/payments".to_owned(),
        Act::Subscribe => "/subscriptions".to_owned(),
        Act::Refund => format!("/payments/{}/refund", of.unwrap_or_default()),
        Act::Cancel => return None,
    };
    let (amount, currency) = (spend.amount, &spend.currency);
    let body = serde_json::json!({
        "amount": amount, "currency": currency, "externalId": id, "billingIntervalDays": 7,
        "returnUrl": "https://shop.example/thanks",
    });
    let prepared = serde_json::json!({
        "path": path, "body": body.to_string(), "externalId": id, "amount": amount,
        "currency": currency,
    });
    serde_json::from_value(prepared).ok()
}

/// A run in which this was confirmed.
fn confirmed(walk: &mut Walk, spend: &Spend) -> RunId {
    let (run, step) = (walk.run_id(), step(spend.act));
    walk.submit("Dana", &Command::Start { step: step.clone(), run: run.clone() }).unwrap();
    let confirmation = Confirmation {
        step,
        run: run.clone(),
        spend: spend.clone(),
        card_owner: Some("Dana Ito".to_owned()),
    };
    walk.submit("Dana", &Command::Confirm(Box::new(confirmation))).unwrap();
    run
}

fn intent(spend: &Spend, of: Option<&str>, run: &RunId, id: &str) -> Intent {
    Intent {
        id: IntentId(id.to_owned()),
        step: step(spend.act),
        run: run.clone(),
        spend: spend.clone(),
        of: of.map(str::to_owned),
        key: None,
        request: request(spend, of, &format!("golive-{id}")),
    }
}

fn prepare(walk: &mut Walk, intent: Intent) -> Result<IntentId, Refusal> {
    let id = intent.id.clone();
    walk.submit("Dana", &Command::Prepare { intent: Box::new(intent), caps: CAPS })?;
    Ok(id)
}

fn end(walk: &mut Walk, act: Act, run: &RunId) {
    let finish = Command::Finish { step: step(act), run: run.clone(), cancelled: false };
    walk.submit("Dana", &finish).unwrap();
}

/// Confirms and prepares it in a run of its own.
fn ask(walk: &mut Walk, spend: &Spend, of: Option<&str>, id: &str) -> Result<IntentId, Refusal> {
    let run = confirmed(walk, spend);
    let intent = intent(spend, of, &run, id);
    let done = prepare(walk, intent);
    end(walk, spend.act, &run);
    done
}

fn answer(walk: &mut Walk, intent: &IntentId, outcome: AnswerOutcome, id: Option<&str>, own: bool) {
    let run = walk.launch.ledger().intent(intent).map(|it| it.intent.run.clone());
    let answer = MoneyAnswer {
        intent: intent.clone(),
        run: run.filter(|_| own),
        outcome,
        id: id.map(str::to_owned),
        page: None,
        request_ids: Vec::new(),
        says: "said".to_owned(),
    };
    walk.submit("Dana", &Command::Answered(Box::new(answer))).unwrap();
}

fn see(walk: &mut Walk, intent: &IntentId, fact: MoneyFact, payment: Option<&str>) {
    let seen = Observation {
        intent: intent.clone(),
        fact,
        source: Source::Api,
        event_id: None,
        payment: payment.map(str::to_owned),
        at: None,
    };
    walk.submit("Dana", &Command::Observed(Box::new(seen))).unwrap();
}

fn charged(number: u32) -> MoneyFact {
    MoneyFact::Charged { amount: Minor(100), number }
}

/// A charge that is paid.
fn paid(walk: &mut Walk, id: &str) -> IntentId {
    let charge = ask(walk, &spend(Act::Charge, 100), None, id).unwrap();
    answer(walk, &charge, AnswerOutcome::Made, Some(&format!("pay-{id}")), true);
    see(walk, &charge, charged(1), None);
    charge
}

#[track_caller]
fn refuses(done: Result<IntentId, Refusal>, words: &str) {
    let refusal = done.unwrap_err();
    assert!(refusal.message.contains(words), "no `{words}` in: {}", refusal.message);
    assert!(refusal.hint.is_some());
}

#[test]
fn nothing_is_prepared_that_was_not_typed_for_this_run_or_twice_for_one_word() {
    let mut walk = walk();
    let typed = spend(Act::Charge, 100);
    let run = confirmed(&mut walk, &typed);
    for other in [
        spend(Act::Charge, 101),
        Spend { host: "elsewhere".into(), ..typed.clone() },
        Spend { currency: "EUR".into(), ..typed.clone() },
    ] {
        let other = intent(&other, None, &run, "other");
        refuses(prepare(&mut walk, other), "Nobody confirmed");
    }
    let stranger = intent(&typed, None, &RunId("another".into()), "stranger");
    refuses(prepare(&mut walk, stranger), "counts no longer");
    let first = intent(&typed, None, &run, "first");
    let first = prepare(&mut walk, first).unwrap();
    answer(&mut walk, &first, AnswerOutcome::Declined, None, true);
    let second = intent(&typed, None, &run, "second");
    refuses(prepare(&mut walk, second), "Nobody confirmed");
}

#[test]
fn a_request_must_ask_for_what_was_typed_in_bytes_that_the_journal_keeps() {
    let mut walk = walk();
    let typed = spend(Act::Charge, 100);
    let run = confirmed(&mut walk, &typed);
    let with = |path: &str, body: &str| {
        let prepared = serde_json::json!({
            "path": path, "body": body, "externalId": "x", "amount": 100, "currency": "USD",
        });
        Intent {
            request: serde_json::from_value(prepared).ok(),
            ..intent(&typed, None, &run, "one")
        }
    };
    for (path, body, words) in [
        (
            "/payments",
            r#"{"amount":10000,"currency":"USD","externalId":"x"}"#,
            "not about 1.00 USD",
        ),
        ("/payments", r#"{"amount":100,"currency":"EUR","externalId":"x"}"#, "not about 1.00 USD"),
        ("/payments", r#"{"amount":100,"currency":"USD","externalId":"y"}"#, "another externalId"),
        ("/payments", r#"{"currency":"USD","externalId":"x"}"#, "not about 1.00 USD"),
        (
            "/subscriptions",
            r#"{"amount":100,"currency":"USD","externalId":"x"}"#,
            "does not charge",
        ),
        (
            "/payments",
            "{\"amount\":100,\"currency\":\"USD\",\"externalId\":\"x\",\"a\":\"\u{200b}\"}",
            "invisible",
        ),
        ("/payments", "amount=100", "no JSON"),
    ] {
        let other = with(path, body);
        refuses(prepare(&mut walk, other), words);
    }
    let bare = Intent { request: None, ..intent(&typed, None, &run, "one") };
    refuses(prepare(&mut walk, bare), "no body");
    end(&mut walk, Act::Charge, &run);
    let nothing = spend(Act::Charge, 0);
    let run = confirmed(&mut walk, &nothing);
    let nothing = intent(&nothing, None, &run, "one");
    refuses(prepare(&mut walk, nothing), "about no money");
}

#[test]
fn a_second_charge_waits_until_the_first_is_known_to_be_over_or_given_back() {
    let mut walk = walk();
    let typed = spend(Act::Charge, 100);
    let first = ask(&mut walk, &typed, None, "1").unwrap();
    refuses(ask(&mut walk, &typed, None, "2"), "may have been sent");
    answer(&mut walk, &first, AnswerOutcome::Unclear, None, true);
    refuses(ask(&mut walk, &typed, None, "2"), "may have been sent");
    // A refusal of the repetition says nothing about what was sent before.
    answer(&mut walk, &first, AnswerOutcome::Refused, None, false);
    refuses(ask(&mut walk, &typed, None, "2"), "may have been sent");
    answer(&mut walk, &first, AnswerOutcome::Made, Some("pay-1"), false);
    refuses(ask(&mut walk, &typed, None, "2"), "There is one already");
    see(&mut walk, &first, charged(1), None);
    refuses(ask(&mut walk, &typed, None, "2"), "There is one already");
    let back = spend(Act::Refund, 100);
    let refund = ask(&mut walk, &back, Some("pay-1"), "r1").unwrap();
    refuses(ask(&mut walk, &typed, None, "2"), "There is one already");
    see(&mut walk, &refund, MoneyFact::Refunded { amount: Minor(100) }, None);
    ask(&mut walk, &typed, None, "2").unwrap();
}

#[test]
fn a_refusal_at_the_first_try_and_a_decline_end_it() {
    for outcome in [AnswerOutcome::Refused, AnswerOutcome::Declined] {
        let mut walk = walk();
        let typed = spend(Act::Charge, 100);
        let first = ask(&mut walk, &typed, None, "1").unwrap();
        answer(&mut walk, &first, outcome, None, true);
        assert_eq!(walk.launch.ledger().intent(&first).unwrap().stage(), Stage::Over);
        ask(&mut walk, &typed, None, "2").unwrap();
    }
}

#[test]
fn nothing_is_refunded_or_cancelled_that_this_launch_did_not_begin_nor_more_than_is_left() {
    let mut walk = walk();
    let charge = paid(&mut walk, "1");
    refuses(ask(&mut walk, &spend(Act::Refund, 100), Some("pay-9"), "r"), "0.00 is left");
    refuses(ask(&mut walk, &spend(Act::Refund, 101), Some("pay-1"), "r"), "1.00 is left");
    let first = ask(&mut walk, &spend(Act::Refund, 60), Some("pay-1"), "r1").unwrap();
    refuses(ask(&mut walk, &spend(Act::Refund, 40), Some("pay-1"), "r2"), "may have been sent");
    see(&mut walk, &first, MoneyFact::Refunded { amount: Minor(60) }, None);
    let elsewhere = |total| MoneyFact::ReturnedElsewhere { total: Minor(total), number: 1 };
    see(&mut walk, &charge, elsewhere(30), None);
    see(&mut walk, &charge, elsewhere(10), None);
    refuses(ask(&mut walk, &spend(Act::Refund, 40), Some("pay-1"), "r2"), "0.10 is left");
    let rest = ask(&mut walk, &spend(Act::Refund, 10), Some("pay-1"), "r2").unwrap();
    see(&mut walk, &rest, MoneyFact::Refunded { amount: Minor(10) }, None);
    assert!(walk.launch.ledger().totals()[0].is_even());
    refuses(ask(&mut walk, &spend(Act::Cancel, 0), Some("sub-1"), "c"), "not begun by this launch");
}

#[test]
fn a_cap_counts_what_may_still_be_charged_and_every_currency() {
    let mut walk = walk();
    refuses(ask(&mut walk, &spend(Act::Charge, 501), None, "0"), "`charge_cap`");
    let typed = spend(Act::Subscribe, 500);
    let subscription = ask(&mut walk, &typed, None, "s").unwrap();
    answer(&mut walk, &subscription, AnswerOutcome::Made, Some("sub-1"), true);
    assert_eq!(walk.launch.ledger().totals()[0].may_charge, Minor(1_000));
    for number in [1, 2] {
        let fact = MoneyFact::Charged { amount: Minor(500), number };
        see(&mut walk, &subscription, fact, None);
    }
    // One more is always to come, as long as it goes on.
    assert_eq!(walk.launch.ledger().totals()[0].may_charge, Minor(500));
    let euros = Spend { currency: "EUR".to_owned(), ..spend(Act::Charge, 500) };
    ask(&mut walk, &euros, None, "e").unwrap();
    see(&mut walk, &subscription, MoneyFact::Cancelled, None);
    let more = ask(&mut walk, &spend(Act::Subscribe, 300), None, "s2");
    refuses(more, "would charge 21.00 USD (all currencies counted together)");
    ask(&mut walk, &spend(Act::Subscribe, 250), None, "s2").unwrap();
}

#[test]
fn an_answer_is_kept_though_its_run_was_replaced() {
    let mut walk = walk();
    let typed = spend(Act::Charge, 100);
    let charge = ask(&mut walk, &typed, None, "1").unwrap();
    let next = walk.run_id();
    walk.submit("Eve", &Command::Start { step: step(Act::Charge), run: next }).unwrap();
    answer(&mut walk, &charge, AnswerOutcome::Made, Some("pay-1"), true);
    let ledger = walk.launch.ledger();
    assert_eq!(
        (ledger.intents()[0].stage(), ledger.intents()[0].id()),
        (Stage::Made, Some("pay-1"))
    );
}

#[test]
fn the_charges_of_a_subscription_can_be_given_back_once_their_payments_are_named() {
    let mut walk = walk();
    let subscription = ask(&mut walk, &spend(Act::Subscribe, 100), None, "s").unwrap();
    answer(&mut walk, &subscription, AnswerOutcome::Made, Some("sub-1"), true);
    see(&mut walk, &subscription, charged(1), None);
    see(&mut walk, &subscription, charged(2), Some("pay-b"));
    refuses(ask(&mut walk, &spend(Act::Refund, 100), Some("pay-a"), "r"), "0.00 is left");
    let event = MoneyFact::EventSeen { event: "subscription.succeeded".into(), number: 1 };
    see(&mut walk, &subscription, event, Some("pay-a"));
    for payment in ["pay-a", "pay-b"] {
        let refund = ask(&mut walk, &spend(Act::Refund, 100), Some(payment), payment).unwrap();
        see(&mut walk, &refund, MoneyFact::Refunded { amount: Minor(100) }, None);
    }
    let total = &walk.launch.ledger().totals()[0];
    assert!(total.net() == Minor(0) && !total.is_even(), "it still may charge");
    let cancel = ask(&mut walk, &spend(Act::Cancel, 0), Some("sub-1"), "c").unwrap();
    see(&mut walk, &cancel, MoneyFact::Cancelled, None);
    assert!(walk.launch.ledger().totals()[0].is_even());
}

#[test]
fn an_intent_that_nobody_typed_for_its_run_is_not_confirmed() {
    let mut walk = walk();
    let spend = spend(Act::Charge, 100);
    let run = confirmed(&mut walk, &spend);
    let own = intent(&spend, None, &run, "one");
    let ledger = walk.launch.ledger();
    assert!(ledger.is_confirmed(&own));
    let other = RunId("another run".to_owned());
    assert!(!ledger.is_confirmed(&Intent { run: other, ..own.clone() }));
    let more = Spend { amount: Minor(101), ..own.spend.clone() };
    assert!(!ledger.is_confirmed(&Intent { spend: more, ..own }));
}

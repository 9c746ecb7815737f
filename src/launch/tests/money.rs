//! What is said about real money, and when it stops being said.

use rstest::rstest;

use crate::launch::decide::Command;
use crate::launch::money::{
    Act, Confirmation, IntentId, Limits, MoneyFact, Source, Spend, Stage, owner,
};
use crate::launch::since::{self, acts};
use crate::launch::testing::{Walk, runbook, section, verified};
use crate::mintcash::money::Minor;
use crate::runbook::model::StepId;

const DOLLAR: u64 = 100;

fn walk() -> Walk {
    let steps = ["charge", "refund", "subscribe", "cancel"];
    let steps = steps.map(|id| verified(&format!("money.{id}"), &["live"])).into();
    Walk::new(runbook(vec![section("money", &[], steps)]))
}

fn spend(walk: &mut Walk, act: Act, of: Option<&str>) -> IntentId {
    let step = format!("money.{}", act.word());
    let owner = act.takes().then_some("Noor Haddad");
    let (run, id) = walk.spend("Dana", &step, &Spend::sample(act, DOLLAR), (owner, of)).unwrap();
    walk.end("Dana", &step, &run).unwrap();
    id
}

fn charged(number: u32) -> MoneyFact {
    MoneyFact::Charged { amount: Minor(DOLLAR), number }
}

#[test]
fn the_line_stands_from_the_moment_a_request_may_have_been_sent_until_all_is_back() {
    let mut walk = walk();
    assert!(walk.launch.ledger().lines().is_empty());
    let charge = spend(&mut walk, Act::Charge, None);
    let line = |walk: &Walk| walk.launch.ledger().line().unwrap_or_default();
    let before = "Real money: charged 0.00 USD, refunded 0.00, net 0.00, may still be charged 1.00";
    assert_eq!(line(&walk), before);
    walk.made(&charge, "pay_1", Some("https://pay.example/1")).unwrap();
    assert_eq!(line(&walk), before);
    walk.seen(&charge, charged(1), Source::Listener).unwrap();
    assert_eq!(line(&walk), "Real money: charged 1.00 USD, refunded 0.00, net 1.00");
    assert_eq!(walk.launch.ledger().settled(), None);
    let refund = spend(&mut walk, Act::Refund, Some("pay_1"));
    walk.made(&refund, "ref_1", None).unwrap();
    assert_eq!(line(&walk), "Real money: charged 1.00 USD, refunded 0.00, net 1.00");
    walk.seen(&refund, MoneyFact::Refunded { amount: Minor(DOLLAR) }, Source::Api).unwrap();
    assert!(walk.launch.ledger().lines().is_empty());
    let settled = walk.launch.ledger().settled();
    assert_eq!(settled.as_deref(), Some("charged 1.00 USD, refunded 1.00, net 0.00"));
}

#[test]
fn a_subscription_that_goes_on_is_not_even_though_all_of_it_was_refunded() {
    let mut walk = walk();
    let subscription = spend(&mut walk, Act::Subscribe, None);
    walk.made(&subscription, "sub_1", None).unwrap();
    for number in [1, 2, 3] {
        walk.seen(&subscription, charged(number), Source::EventLog).unwrap();
    }
    for payment in ["pay_1", "pay_2", "pay_3"] {
        let refund = spend(&mut walk, Act::Refund, Some(payment));
        walk.made(&refund, "ref", None).unwrap();
        walk.seen(&refund, MoneyFact::Refunded { amount: Minor(DOLLAR) }, Source::Api).unwrap();
    }
    let line = walk.launch.ledger().line().unwrap();
    assert!(line.contains("net 0.00, may still be charged 1.00"), "{line}");
    let cancel = spend(&mut walk, Act::Cancel, Some("sub_1"));
    assert!(walk.launch.ledger().line().is_some(), "asking for it is not having it");
    walk.seen(&cancel, MoneyFact::Cancelled, Source::Api).unwrap();
    assert_eq!(walk.launch.ledger().line(), None);
    let ledger = walk.launch.ledger();
    let words = ledger.intents().iter().map(|it| ledger.stage_words(it)).collect::<Vec<_>>();
    assert_eq!(words[0], "charged, and cancelled since");
    assert_eq!(words[4], "cancelled");
}

#[test]
fn each_intent_has_the_card_owner_that_was_typed_for_it() {
    let mut walk = walk();
    spend(&mut walk, Act::Charge, None);
    let ledger = walk.launch.ledger();
    let details = ledger.intents()[0].details().join(", ");
    assert_eq!(details, "2026-11-23 10:00 UTC by Dana, card of Noor Haddad, at api.mintcash.me");
    assert_eq!(
        ledger.stage_words(&ledger.intents()[0]),
        "may have been sent; verify again to find out"
    );
}

#[test]
fn where_it_was_seen_is_said_and_a_page_only_as_long_as_it_can_be_paid() {
    let mut walk = walk();
    let charge = spend(&mut walk, Act::Charge, None);
    let step = StepId::from("money.charge");
    assert_eq!(walk.launch.ledger().open_page(&step), None);
    walk.made(&charge, "pay_1", Some("https://pay.example/1")).unwrap();
    let page = walk.launch.ledger().open_page(&step);
    assert_eq!(page, Some(("charge 1.00 USD".to_owned(), "https://pay.example/1")));
    let event = MoneyFact::EventSeen { event: "payment.succeeded".to_owned(), number: 1 };
    walk.seen(&charge, charged(1), Source::Api).unwrap();
    walk.seen(&charge, event, Source::Listener).unwrap();
    let ledger = walk.launch.ledger();
    assert_eq!(ledger.open_page(&step), None);
    assert_eq!(ledger.intents()[0].stage(), Stage::Done);
    let details = ledger.intents()[0].details();
    assert_eq!(details.last().unwrap(), "seen by golive listen and the API");
    assert!(!details.concat().contains("pay.example"));
}

#[test]
fn before_a_charge_it_is_said_what_is_allowed_and_left() {
    let mut walk = walk();
    let limits = Limits { charge: Some(Minor(500)), launch: Some(Minor(2_000)) };
    let charge = Spend::sample(Act::Charge, DOLLAR);
    let allows = |walk: &Walk, spend: &Spend, limits| walk.launch.ledger().allows(spend, limits);
    assert_eq!(
        allows(&walk, &charge, limits).unwrap(),
        "At most 5.00 USD at once. Of 20.00 USD for the whole launch, 20.00 are left before this."
    );
    let intent = spend(&mut walk, Act::Charge, None);
    walk.seen(&intent, charged(1), Source::Api).unwrap();
    assert!(allows(&walk, &charge, limits).unwrap().contains("19.00 are left"));
    assert_eq!(allows(&walk, &charge, Limits::default()), None);
    assert_eq!(allows(&walk, &Spend::sample(Act::Refund, 1), limits), None);
    let so_far = walk.launch.ledger().so_far();
    assert_eq!(so_far, "So far in this launch: charged 1.00 USD, refunded 0.00, net 1.00.");
}

#[test]
fn a_request_that_is_sent_again_is_named_by_its_time_and_its_person() {
    let mut walk = walk();
    spend(&mut walk, Act::Charge, None);
    let step = StepId::from("money.charge");
    let again = Spend { again: true, ..Spend::sample(Act::Charge, DOLLAR) };
    let says = walk.launch.ledger().again(&step, &again).unwrap();
    assert!(says.starts_with("It is the same request of 2026-11-23 10:00 UTC by Dana"), "{says}");
    assert!(says.ends_with("It can not charge twice."), "{says}");
    assert_eq!(walk.launch.ledger().again(&step, &Spend::sample(Act::Charge, DOLLAR)), None);
}

#[rstest]
#[case("")]
#[case("  ")]
#[case("-")]
#[case("D")]
#[case("me")]
#[case("N/A")]
#[case("test")]
fn a_card_has_an_owner_with_a_name(#[case] name: &str) {
    assert!(owner(name).is_err());
    let mut walk = walk();
    let run = walk.run_id();
    let step = StepId::from("money.charge");
    walk.submit("Dana", &Command::Start { step: step.clone(), run: run.clone() }).unwrap();
    let spend = Spend::sample(Act::Charge, DOLLAR);
    let card_owner = Some(name.to_owned());
    let confirm = Confirmation { step, run, spend, card_owner };
    let refusal = walk.submit("Dana", &Command::Confirm(Box::new(confirm))).unwrap_err();
    assert!(refusal.hint.unwrap().contains("whose owner agrees"), "{}", refusal.message);
}

#[test]
fn a_real_name_is_taken_in_any_script() {
    for name in ["Dana Ito", "Bo", "山田", "Jan-Ole Müller", "Acme Ltd., Sam Okafor"] {
        assert_eq!(owner(name), Ok(()), "{name}");
    }
}

#[test]
fn since_you_left_tells_what_was_done_with_money() {
    let mut walk = walk();
    let charge = spend(&mut walk, Act::Charge, None);
    walk.made(&charge, "pay_1", Some("https://pay.example/secret")).unwrap();
    walk.seen(&charge, charged(1), Source::Listener).unwrap();
    let event = MoneyFact::EventSeen { event: "payment.succeeded".to_owned(), number: 1 };
    walk.seen(&charge, event, Source::Listener).unwrap();
    let said: Vec<_> =
        acts(walk.launch.entries().iter()).iter().map(since::Act::sentence).collect();
    let money = said.join("\n");
    for says in [
        "Dana confirmed for money.charge: charge 1.00 USD at api.mintcash.me, on the card of Noor Haddad",
        "Dana had golive ask MintCash to charge 1.00 USD at api.mintcash.me",
        "Dana Ito was answered: pay_1 200",
        "Dana Ito saw by golive listen: charged 1.00",
    ] {
        assert!(money.contains(says), "no `{says}` in\n{money}");
    }
    assert!(!money.contains("pay.example"), "{money}");
}

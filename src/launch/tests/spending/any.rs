//! Random sequences of requests, answers and observations: never two of a kind, sums right, caps
//! kept.

use proptest::prelude::*;

use super::*;

/// Something that may happen next.
#[derive(Clone, Debug)]
enum Next {
    Ask { act: Act, cents: u64, of: usize },
    Answer { intent: usize, outcome: AnswerOutcome, own: bool },
    See { intent: usize, fact: MoneyFact },
}

fn next() -> impl Strategy<Value = Next> {
    let act =
        prop_oneof![Just(Act::Charge), Just(Act::Refund), Just(Act::Subscribe), Just(Act::Cancel)];
    let outcome = prop_oneof![
        Just(AnswerOutcome::Made),
        Just(AnswerOutcome::Declined),
        Just(AnswerOutcome::Refused),
        Just(AnswerOutcome::Unclear),
    ];
    let fact = prop_oneof![
        3 => (1..4_u32).prop_map(|number| MoneyFact::Charged { amount: Minor(100), number }),
        2 => Just(MoneyFact::Refunded { amount: Minor(100) }),
        1 => (1..150_u64)
            .prop_map(|total| MoneyFact::ReturnedElsewhere { total: Minor(total), number: 1 }),
        1 => Just(MoneyFact::Failed { code: None }),
        1 => Just(MoneyFact::PastDue),
        1 => Just(MoneyFact::Cancelled),
        1 => (1..3_u32).prop_map(|number| MoneyFact::EventSeen { event: "e".into(), number }),
    ];
    prop_oneof![
        4 => (act, prop_oneof![Just(100_u64), 1..700_u64], 0..6_usize)
            .prop_map(|(act, cents, of)| Next::Ask { act, cents, of }),
        3 => (0..8_usize, outcome, any::<bool>())
            .prop_map(|(intent, outcome, own)| Next::Answer { intent, outcome, own }),
        4 => (0..8_usize, fact).prop_map(|(intent, fact)| Next::See { intent, fact }),
    ]
}

/// Does it, as far as the launch allows, and as MintCash would: a fact fits its intent.
fn happen(walk: &mut Walk, number: usize, it: &Next) {
    let intents = |walk: &Walk| walk.launch.ledger().intents().to_vec();
    let nth = |walk: &Walk, place: &usize| intents(walk).get(*place).cloned();
    match it {
        Next::Ask { act, cents, of } => {
            let cents = if *act == Act::Cancel { 0 } else { *cents };
            let of = nth(walk, of).and_then(|it| it.id().map(str::to_owned));
            let of = of.filter(|_| matches!(act, Act::Refund | Act::Cancel));
            let _refused = ask(walk, &spend(*act, cents), of.as_deref(), &format!("i{number}"));
        }
        Next::Answer { intent, outcome, own } => {
            let Some(tracked) = nth(walk, intent) else { return };
            let id = format!("id-{}", tracked.intent.id.0);
            let id = (*outcome == AnswerOutcome::Made).then_some(id.as_str());
            answer(walk, &tracked.intent.id, *outcome, id, *own);
        }
        Next::See { intent, fact } => {
            let Some(tracked) = nth(walk, intent) else { return };
            let amount = tracked.intent.spend.amount;
            let fact = match (fact, tracked.intent.spend.act) {
                (MoneyFact::Charged { .. }, Act::Charge) => {
                    MoneyFact::Charged { amount, number: 1 }
                }
                (MoneyFact::Charged { number, .. }, Act::Subscribe) => {
                    MoneyFact::Charged { amount, number: *number }
                }
                (MoneyFact::Refunded { .. }, Act::Refund) => MoneyFact::Refunded { amount },
                (MoneyFact::Charged { .. } | MoneyFact::Refunded { .. }, _) => return,
                (other, _) => other.clone(),
            };
            see(walk, &tracked.intent.id, fact, None);
        }
    }
}

/// Whether an intent can still move money, or holds some.
fn is_live(ledger: &Ledger, tracked: &Tracked) -> bool {
    match tracked.stage() {
        Stage::MaybeSent | Stage::Made => true,
        Stage::Over => false,
        Stage::Done => match tracked.intent.spend.act {
            Act::Charge => {
                let id = tracked.id().unwrap_or_default();
                let back = ledger.refunded_of(id).0 + tracked.returned_elsewhere().0;
                back < tracked.charged().0
            }
            Act::Subscribe => !ledger.is_cancelled(tracked),
            Act::Refund | Act::Cancel => false,
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_an_intent_begins_only_beside_none_of_its_kind_and_within_the_caps(
        all in proptest::collection::vec(next(), 1..60)
    ) {
        let mut walk = walk();
        for (number, it) in all.iter().enumerate() {
            let before = walk.launch.ledger().clone();
            happen(&mut walk, number, it);
            let ledger = walk.launch.ledger();
            prop_assert!(ledger.intents().len() <= before.intents().len() + 1);
            let Some(new) = ledger.intents().get(before.intents().len()) else { continue };
            let same = |it: &&Tracked| {
                it.intent.spend.act == new.intent.spend.act && it.intent.of == new.intent.of
            };
            let live = before.intents().iter().filter(same).any(|it| is_live(&before, it));
            prop_assert!(!live, "two of a kind: {:?}", new.intent);
            if new.intent.spend.act.takes() {
                let all = ledger.totals().iter().map(|it| it.charged.0 + it.may_charge.0).sum::<u64>();
                prop_assert!(all <= CAPS.launch.0, "{all}");
                prop_assert!(new.intent.spend.amount <= CAPS.charge);
            }
            if new.intent.spend.act == Act::Refund {
                let of = new.intent.of.clone().unwrap_or_default();
                prop_assert!(new.intent.spend.amount <= before.left_of(&of));
            }
        }
    }

    #[test]
    fn the_sums_are_those_of_what_was_seen_in_whatever_order_and_however_often(
        all in proptest::collection::vec(next(), 1..40), seed in any::<u64>()
    ) {
        let mut walk = walk();
        all.iter().enumerate().for_each(|(number, it)| happen(&mut walk, number, it));
        let ledger = walk.launch.ledger().clone();
        let of = |seen: &dyn Fn(&MoneyFact) -> u64| {
            let facts = ledger.intents().iter().flat_map(|it| &it.seen);
            facts.map(|it| seen(&it.what.fact)).sum::<u64>()
        };
        let charged = of(&|fact| match fact {
            MoneyFact::Charged { amount, .. } => amount.0,
            _ => 0,
        });
        let refunded = of(&|fact| match fact {
            MoneyFact::Refunded { amount } => amount.0,
            _ => 0,
        });
        let elsewhere = ledger.intents().iter().map(|it| it.returned_elsewhere().0).sum::<u64>();
        let totals = ledger.totals();
        prop_assert_eq!(totals.iter().map(|it| it.charged.0).sum::<u64>(), charged);
        prop_assert_eq!(totals.iter().map(|it| it.refunded.0).sum::<u64>(), refunded + elsewhere);
        // The same observations once more, in another order.
        let mut seen: Vec<Observation> = ledger
            .intents()
            .iter()
            .flat_map(|it| it.seen.iter().map(|seen| seen.what.clone()))
            .collect();
        let turns = usize::try_from(seed % 7).unwrap_or(0);
        let places = seen.len().max(1);
        seen.rotate_left(turns % places);
        for again in seen {
            walk.submit("Eve", &Command::Observed(Box::new(again))).unwrap();
        }
        prop_assert_eq!(walk.launch.ledger().totals(), totals);
    }
}

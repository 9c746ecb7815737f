//! The parallel pass over blocks against a plain one: a few loops over parsed values, one thread,
//! everything in memory.

use std::collections::BTreeMap;

use golive::checks::idempotency::external_id_log::About;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::shapes::gzip;
use crate::{Logs, found, text};

/// What a random line says.
#[derive(Clone, Debug)]
struct Draw {
    is_event: bool,
    id: u8,
    amount: u8,
    customer: Option<u8>,
    order: Option<u8>,
    currency: bool,
    environment: Option<bool>,
    note: String,
}

fn draw() -> impl Strategy<Value = Draw> {
    let who = (prop::option::of(0_u8..3), prop::option::of(0_u8..3));
    let rest =
        (any::<bool>(), prop::option::weighted(0.3, any::<bool>()), "[a-z\"\\\\é\u{1}]{0,30}");
    (any::<bool>(), 0_u8..6, 0_u8..3, who, rest).prop_map(
        |(is_event, id, amount, (customer, order), (currency, environment, note))| Draw {
            is_event,
            id,
            amount,
            customer,
            order,
            currency: currency || id % 2 == 0,
            environment,
            note,
        },
    )
}

impl Draw {
    fn line(&self) -> Value {
        let mut thing = json!({"note": self.note, "externalId": format!("id-{}", self.id),
            "currency": if self.currency { "USD" } else { "EUR" }});
        if let Some(customer) = self.customer {
            thing["customer"] = json!({"externalId": format!("c{customer}")});
        }
        if let Some(order) = self.order {
            thing["orderId"] = json!(order);
        }
        let place = self.environment.map(|live| if live { "live" } else { "test" });
        if self.is_event {
            thing["amount"] = json!(f64::from(self.amount) + 0.25);
            return json!({"eventId": "e", "event": "payment.pending", "environment": place, "data": thing});
        }
        thing["amount"] = json!(u32::from(self.amount) * 100 + 25);
        json!({"method": "POST", "path": "/payments", "environment": place, "body": thing})
    }
}

/// For each id the first pair of lines of each topic that contradict each other.
fn naive(lines: &[Draw]) -> Vec<String> {
    let mut by_id: BTreeMap<u8, Vec<(usize, &Draw)>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        by_id.entry(line.id).or_default().push((number + 1, line));
    }
    let mut found = Vec::new();
    for uses in by_id.values() {
        let mut known = Vec::new();
        for (index, (second, two)) in uses.iter().enumerate() {
            for (first, one) in &uses[..index] {
                let Some(topic) = contradict(one, two) else { continue };
                if !known.contains(&topic) {
                    known.push(topic);
                    found.push((*second, *first));
                }
            }
        }
    }
    found.sort_unstable();
    found
        .iter()
        .map(|(second, first)| format!("fail requests:{first} and requests:{second}"))
        .collect()
}

fn contradict(one: &Draw, two: &Draw) -> Option<&'static str> {
    fn differ<T: PartialEq + Copy>(one: Option<T>, two: Option<T>) -> bool {
        one.is_some() && two.is_some() && one != two
    }
    if differ(one.environment, two.environment) {
        return Some("reuse");
    }
    let (customer, order) = (differ(one.customer, two.customer), differ(one.order, two.order));
    if !(customer || order || one.amount != two.amount || one.currency != two.currency) {
        return None;
    }
    let same_order = one.order.is_some() && one.order == two.order;
    let same_customer = one.customer.is_some() && one.customer == two.customer;
    Some(match () {
        () if order || customer && !same_order => "reuse",
        () if same_order || same_customer => "intent",
        () => "either",
    })
}

fn blocking(logs: &Logs) -> (Vec<String>, Value) {
    let report = logs.answer();
    let found = found(&report).into_iter().filter(|one| one.starts_with("fail"));
    (found.collect(), Value::Object(report.evidence))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn the_result_is_that_of_a_plain_loop_however_the_work_is_cut(
        lines in prop::collection::vec(draw(), 1..24),
        threads in 1_usize..4,
        block in prop_oneof![1_usize..400, Just(1 << 20)],
        packing in 0..3,
        in_memory in any::<bool>(),
    ) {
        let plain = text(&lines.iter().map(Draw::line).collect::<Vec<_>>());
        let mut logs = Logs::empty();
        logs.question.globs.truncate(1);
        logs.question.cut.threads = threads;
        logs.question.cut.block = block;
        logs.question.memory = (!in_memory).then_some(0);
        logs.file("requests", match packing {
            0 => plain.into_bytes(),
            1 => gzip(plain.as_bytes()),
            _ => zstd::encode_all(plain.as_bytes(), 1).unwrap(),
        });
        let wanted = naive(&lines);
        let (found, evidence) = blocking(&logs);
        prop_assert_eq!(evidence["lines"].as_u64(), Some(lines.len() as u64));
        prop_assert_eq!(evidence["wrong"].as_u64(), Some(wanted.len() as u64));
        prop_assert_eq!(found, wanted.into_iter().take(10).collect::<Vec<_>>());
    }

    #[test]
    fn the_order_of_patterns_and_the_cut_into_files_do_not_matter(
        lines in prop::collection::vec(draw(), 2..24),
        cut in any::<prop::sample::Index>(),
        packed in any::<bool>(),
    ) {
        let all: Vec<Value> = lines.iter().map(Draw::line).collect();
        let (one, two) = all.split_at(cut.index(all.len()));
        let mut logs = Logs::empty();
        logs.question.about = Some(About::Reuse);
        logs.file("requests-1", text(one));
        let second = text(two).into_bytes();
        logs.file("requests-2", if packed { gzip(&second) } else { second });
        let role = logs.question.globs[0].0;
        logs.question.globs = vec![(role, "requests-1".into()), (role, "requests-2".into())];
        let forth = logs.answer();
        logs.question.globs.reverse();
        prop_assert_eq!(&forth, &logs.answer());
        let whole = Logs::of(&all, &[]).about(About::Reuse);
        prop_assert_eq!(&forth.evidence["wrong"], &whole.answer().evidence["wrong"]);
    }
}

//! Subscriptions: renewals, retries after 1, 3, 5 and 7 days, and what ends them
//! (mintcash-contract.md section 7).

use crate::demo::week::dice::Dice;
use crate::demo::week::plan::{Plan, What};
use crate::demo::week::truth::{Event, Thing};
use crate::demo::week::{DAY, HOUR, MINUTE};

/// The days between a failed charge and the next try.
const RETRIES: [i64; 4] = [1, 3, 5, 7];

/// So long before the first day the lives of subscriptions begin, so that on the first day some are
/// in the middle of their retries.
const BEFORE: i64 = 60 * DAY;

/// Why renewals fail.
const CODES: [(&str, f64); 6] = [
    ("insufficient_funds", 0.5),
    ("issuer_decline", 0.28),
    ("card_expired", 0.1),
    ("lost_or_stolen_card", 0.04),
    ("provider_error", 0.05),
    ("general_fatal_error", 0.03),
];

/// The events of all subscriptions, by the day on which they are made.
pub(super) fn all(plan: &Plan) -> Vec<Vec<Event>> {
    let days = usize::try_from(plan.days).unwrap_or(0);
    let mut told = Told { plan, days: vec![Vec::new(); days] };
    let mut dice = Dice::new(plan.seed, 0xd0);
    for number in 0..plan.merchant.subscribers {
        let interval = dice.pick(&plan.merchant.intervals).unwrap_or(30);
        let due = match plan.merchant.wave {
            Some(day) if number % 2 == 0 => plan.begins(day) + 2 * HOUR + dice.between(0, HOUR),
            _ => plan.from.millis() - BEFORE + dice.between(0, interval * DAY),
        };
        let thing = subscription(number, plan.from.millis() - BEFORE, &mut dice);
        told.live(&thing, interval, due, &mut Dice::new(plan.seed, 0xd1_0000 + u64::from(number)));
    }
    begin_new_ones(&mut told, &mut dice);
    told.days
}

/// Customers who subscribe in these weeks; of some the first charge fails.
fn begin_new_ones(told: &mut Told<'_>, dice: &mut Dice) {
    let plan = told.plan;
    let mut number = plan.merchant.subscribers;
    for day in 0..plan.days {
        for _ in 0..dice.times(f64::from(plan.merchant.subscribers) / 60.0) {
            number += 1;
            let at = plan.begins(day) + dice.between(0, DAY);
            let thing = subscription(number, at, dice);
            if dice.happens(0.1) {
                told.tell("subscription.failed", at, &thing, dice.pick(&CODES), dice);
                continue;
            }
            told.tell("subscription.succeeded", at, &thing, None, dice);
            let mut own = Dice::new(plan.seed, 0xd1_0000 + u64::from(number));
            let interval = own.pick(&plan.merchant.intervals).unwrap_or(30);
            told.live(&thing, interval, at + interval * DAY, &mut own);
        }
    }
}

fn subscription(number: u32, begun: i64, dice: &mut Dice) -> Thing {
    let number = u64::from(number) + u64::try_from(begun / DAY).unwrap_or(0) * 100_000;
    let customer = u32::try_from(dice.number() % 900_000).unwrap_or(0);
    Thing { id: dice.wide(), subscription: None, kind: "sub", number, customer, cents: 1_900 }
}

struct Told<'a> {
    plan: &'a Plan,
    days: Vec<Vec<Event>>,
}

impl Told<'_> {
    /// Renews until it ends, or the weeks do.
    fn live(&mut self, thing: &Thing, interval: i64, mut due: i64, dice: &mut Dice) {
        while due < self.plan.ends() {
            // A customer leaves, without a failure.
            if dice.happens(0.02) {
                let at = due - dice.between(0, interval * DAY);
                return self.tell("subscription.cancelled", at, thing, None, dice);
            }
            due += dice.between(0, 5 * MINUTE);
            if !dice.happens(self.plan.merchant.renewals_failing) {
                self.tell("subscription.succeeded", due, thing, None, dice);
                due += interval * DAY;
                continue;
            }
            let Some(recovered) = self.dun(thing, due, dice) else { return };
            due = recovered + interval * DAY;
        }
    }

    /// A renewal fails; when it recovers, if it does.
    fn dun(&mut self, thing: &Thing, failed: i64, dice: &mut Dice) -> Option<i64> {
        let code = dice.pick(&CODES);
        self.tell("subscription.failed", failed, thing, code, dice);
        let mut at = failed;
        if code == Some("lost_or_stolen_card") || self.planted(at, &What::CancelsAtOnce) {
            self.tell("subscription.cancelled", at + 2_000, thing, code, dice);
            return None;
        }
        if code == Some("card_expired") {
            // Nothing is tried until the card is replaced; some never do that.
            let replaced = at + dice.between(HOUR, 12 * DAY);
            return dice.happens(0.6).then(|| {
                self.tell("subscription.succeeded", replaced, thing, None, dice);
                replaced
            });
        }
        for (retry, days) in RETRIES.into_iter().enumerate() {
            at += days * DAY + dice.between(0, 5 * MINUTE);
            if self.planted(at, &What::RetriesNeverCome) {
                return None;
            }
            let recovers = self.plan.merchant.recovers.get(retry).copied().unwrap_or(0.0);
            if dice.happens(recovers) && !self.planted(at, &What::NothingRecovers) {
                self.tell("subscription.succeeded", at, thing, None, dice);
                return Some(at);
            }
            let is_last = retry + 1 == RETRIES.len();
            if !is_last || self.plan.merchant.last_failure_told {
                self.tell("subscription.failed", at, thing, code, dice);
            }
        }
        self.tell("subscription.cancelled", at + 1_500, thing, None, dice);
        None
    }

    fn planted(&self, at: i64, wanted: &What) -> bool {
        self.plan.at(at).any(|what| what == wanted)
    }

    fn tell(
        &mut self,
        name: &'static str,
        created: i64,
        thing: &Thing,
        code: Option<&'static str>,
        dice: &mut Dice,
    ) {
        let (id, payment, event) = (dice.wide(), dice.wide(), dice.wide());
        let day = (created - self.plan.from.millis()).div_euclid(DAY);
        let Some(day) = usize::try_from(day).ok().and_then(|day| self.days.get_mut(day)) else {
            return;
        };
        let event_of = |id, name, about| Event {
            id,
            name,
            created,
            code,
            about,
            card: true,
            deliveries: Vec::new(),
        };
        day.push(event_of(id, name, thing.clone()));
        let paid = match name {
            "subscription.succeeded" => "payment.succeeded",
            "subscription.failed" => "payment.failed",
            _ => return,
        };
        if self.plan.merchant.subscription_payments {
            let about = Thing { id: payment, subscription: Some(thing.id), ..thing.clone() };
            day.push(event_of(event, paid, about));
        }
    }
}

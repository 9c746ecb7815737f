//! One-time payments: pages that are opened, cards that are refused, customers who try again, money
//! that is given back.

use crate::demo::week::dice::Dice;
use crate::demo::week::plan::{Plan, What};
use crate::demo::week::truth::{Event, Thing};
use crate::demo::week::{DAY, MINUTE};

/// So long the payments of one draw are spread over.
const SLOT: i64 = 10 * MINUTE;

/// A page that nobody pays on runs out after this.
const PAGE: i64 = 30 * MINUTE;

/// What a customer does who is refused for the same reason again.
const SAME_AGAIN: f64 = 0.6;

/// The share of payments that are given back.
const REFUNDED: f64 = 0.02;

/// The events of the payments that begin on a day.
pub(super) fn of_day(plan: &Plan, day: u32, dice: &mut Dice) -> Vec<Event> {
    let begins = plan.begins(day);
    let next = u64::from(day) * 1_000_000;
    let mut orders = Orders { plan, events: Vec::new(), next, failing: Vec::new() };
    for slot in 0..DAY / SLOT {
        let from = begins + slot * SLOT;
        orders.turn_to(from);
        #[expect(clippy::cast_precision_loss, reason = "ten minutes")]
        let length = SLOT as f64;
        for _ in 0..dice.times(plan.rate(from) * length) {
            let at = dice.between(from, from + SLOT);
            orders.order(at, dice);
        }
        for what in plan.at(from) {
            if let What::CardTesting(per_hour) = what {
                for _ in 0..dice.times(per_hour * length / 3_600_000.0) {
                    let at = dice.between(from, from + SLOT);
                    orders.stolen(at, dice);
                }
            }
        }
    }
    orders.events
}

struct Orders<'a> {
    plan: &'a Plan,
    events: Vec<Event>,
    next: u64,
    /// The share of payments that fail with each code, at this time.
    failing: Vec<(&'static str, f64)>,
}

impl Orders<'_> {
    fn turn_to(&mut self, at: i64) {
        let codes = self.plan.merchant.failing.iter();
        self.failing = codes.map(|(code, _)| (*code, self.plan.failing(code, at))).collect();
    }

    /// A customer pays, perhaps not at the first try.
    fn order(&mut self, at: i64, dice: &mut Dice) {
        let mut thing = self.thing(dice);
        let mut code = self.drawn(dice);
        let mut at = at;
        for _ in 0..4 {
            let end = self.pay(&thing, at, code, dice);
            let Some(refused) = code else {
                if dice.happens(REFUNDED) {
                    let later = end + dice.between(DAY / 4, 5 * DAY);
                    self.tell("payment.refunded", later, &thing, None, true, dice);
                }
                return;
            };
            if refused == "expired" || !dice.happens(self.plan.merchant.tries_again) {
                return;
            }
            at = end + dice.between(20_000, 4 * MINUTE);
            code = if dice.happens(SAME_AGAIN) { code } else { self.drawn(dice) };
            self.next += 1;
            thing = Thing { id: dice.wide(), number: self.next, ..thing };
        }
    }

    /// A stolen card is tried.
    fn stolen(&mut self, at: i64, dice: &mut Dice) {
        let thing = Thing { cents: 100, ..self.thing(dice) };
        let among = [
            (Some("invalid_cvv"), 0.5),
            (Some("antifraud_error"), 0.3),
            (Some("issuer_decline"), 0.15),
            (None, 0.05),
        ];
        let code = dice.pick(&among).flatten();
        self.pay(&thing, at, code, dice);
    }

    fn thing(&mut self, dice: &mut Dice) -> Thing {
        self.next += 1;
        let cents = 500 + u32::try_from(dice.number() % 190).unwrap_or(0) * 50;
        let customer = u32::try_from(dice.number() % 900_000).unwrap_or(0);
        Thing {
            id: dice.wide(),
            subscription: None,
            kind: "order",
            number: self.next,
            customer,
            cents,
        }
    }

    /// Why a payment fails, if it does.
    fn drawn(&self, dice: &mut Dice) -> Option<&'static str> {
        let mut left = dice.share();
        for (code, share) in &self.failing {
            left -= share;
            if left < 0.0 {
                return Some(code);
            }
        }
        None
    }

    /// The events of one payment; when it was done.
    fn pay(&mut self, thing: &Thing, at: i64, code: Option<&'static str>, dice: &mut Dice) -> i64 {
        if code == Some("expired") {
            self.tell("payment.failed", at + PAGE, thing, code, false, dice);
            return at + PAGE;
        }
        let end = at + dice.between(2_000, 40_000);
        self.tell("payment.pending", at, thing, None, true, dice);
        let name = if code.is_some() { "payment.failed" } else { "payment.succeeded" };
        self.tell(name, end, thing, code, true, dice);
        end
    }

    fn tell(
        &mut self,
        name: &'static str,
        created: i64,
        thing: &Thing,
        code: Option<&'static str>,
        card: bool,
        dice: &mut Dice,
    ) {
        let about = thing.clone();
        let id = dice.wide();
        self.events.push(Event { id, name, created, code, about, card, deliveries: Vec::new() });
    }
}

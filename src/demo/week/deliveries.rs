//! How each event is delivered: tried, refused, tried again, given up.

use crate::demo::week::MINUTE;
use crate::demo::week::dice::Dice;
use crate::demo::week::plan::{Plan, What};
use crate::demo::week::truth::{Delivery, Event};

/// The delays of the tries (mintcash-contract.md section 9).
const DELAYS: [i64; 6] = [0, 30_000, 2 * MINUTE, 10 * MINUTE, 60 * MINUTE, 360 * MINUTE];

/// The share of events that come again although they were answered.
const AGAIN: f64 = 0.001;

/// The events after which nothing more is promised.
const FINAL: [&str; 3] = ["payment.succeeded", "payment.failed", "subscription.succeeded"];

/// Delivers an event, as often as it takes.
pub(super) fn deliver(event: &mut Event, plan: &Plan, dice: &mut Dice) {
    let lost = plan.at(event.created).find_map(|what| match what {
        What::Lost(share) => Some(*share),
        _ => None,
    });
    if let Some(share) = lost
        && FINAL.contains(&event.name)
        && dice.happens(share)
    {
        return;
    }
    let first = event.created + dice.between(300, 500);
    let mut at = first;
    for delay in DELAYS {
        let base = if plan.merchant.delays_from_first { first } else { at };
        at = base + delay + if delay > 0 { dice.between(0, 900) } else { 0 };
        let (answer, seen) = answer(event.name, at, plan, dice);
        if seen || answer.is_none_or(|(status, _)| status != 200) {
            event.deliveries.push(Delivery { at, answer, seen });
        }
        if answer.is_some_and(|(status, ms)| status == 200 && ms <= 10_000) {
            if seen && dice.happens(AGAIN) {
                let again = Delivery {
                    at: at + dice.between(500, 60_000),
                    ..Delivery { at, answer, seen }
                };
                event.deliveries.push(again);
            }
            return;
        }
        // What was not answered in time is tried again when MintCash has waited.
        at += answer.map_or(10_000, |(_, ms)| i64::from(ms.min(10_000)));
    }
}

/// How the merchant answers at a moment, and whether its programs see the delivery.
fn answer(name: &str, at: i64, plan: &Plan, dice: &mut Dice) -> (Option<(u16, u32)>, bool) {
    let ms = latency(plan, dice);
    let mut status = if dice.happens(plan.merchant.hiccups) { 500 } else { 200 };
    for what in plan.at(at) {
        match what {
            What::Answers(planted) => status = *planted,
            What::AnswersSome(planted, share) if dice.happens(*share) => status = *planted,
            What::Poison(poison) if *poison == name => status = 500,
            What::NeverAnswers => return (None, true),
            What::Slow => {
                let ms = u32::try_from(dice.between(11_000, 20_000)).unwrap_or(11_000);
                return (Some((200, ms)), true);
            }
            What::Unreachable => return (None, false),
            What::Swallowed => return (Some((200, ms)), false),
            _ => {}
        }
    }
    (Some((status, ms)), true)
}

fn latency(plan: &Plan, dice: &mut Dice) -> u32 {
    let tail = if dice.happens(0.002) { 20.0 } else { 1.0 };
    let ms = plan.merchant.answers_in * (dice.normal() * plan.merchant.answer_spread).exp() * tail;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds")]
    let ms = ms.clamp(1.0, 30_000.0) as u32;
    ms
}

//! How the events that a part awaits were delivered: with which secret they were signed, how the
//! handler answered, and in which unit they write their amount. Pure.
//!
//! Filled by `follow` as events are heard, asked by it before a part passes. The rule it keeps: an
//! event that the handler has refused was not taken, and an amount that everybody writes in cents
//! is no proof that it is not a hundred times too much.

use std::collections::HashMap;
use std::time::Instant;

use crate::checks::rehearsal::report::says;
use crate::checks::rehearsal::scene::{Heard, Kind, Scene, Stand, Wait};
use crate::checks::rehearsal::sighting::{Agrees, Recorded, Sighting};
use crate::checks::{CheckReport, Finding, Level, Outcome};
use crate::launch::money::{MoneyFact, Source};
use crate::mintcash::money::Unit;
use crate::text::visible;

/// The deliveries that were heard of in this run.
#[derive(Debug, Default)]
pub struct Deliveries(Vec<Delivery>);

#[derive(Debug)]
struct Delivery {
    fact: MoneyFact,
    /// Safe to show.
    name: String,
    source: Source,
    record: Option<Recorded>,
    amount: Option<Agrees>,
    heard: Instant,
}

/// The last status by which each recorded request was answered, by the id of its record.
pub type Answers = HashMap<String, u16>;

impl Deliveries {
    /// Takes in an event that is about what a part follows.
    pub fn add(&mut self, event: &Sighting, heard: &Heard) {
        let facts = heard.facts.iter().map(|fact| &fact.fact);
        for fact in facts.filter(|fact| matches!(fact, MoneyFact::EventSeen { .. })) {
            let known = |it: &Delivery| {
                it.fact == *fact
                    && (it.source, &it.record, it.amount)
                        == (event.source, &event.record, heard.amount)
            };
            if !self.0.iter().any(known) {
                self.0.push(Delivery {
                    fact: fact.clone(),
                    name: visible(&event.name, 60),
                    source: event.source,
                    record: event.record.clone(),
                    amount: heard.amount,
                    heard: Instant::now(),
                });
            }
        }
    }

    fn of<'a>(&'a self, fact: &'a MoneyFact) -> impl Iterator<Item = &'a Delivery> + Clone {
        self.0.iter().filter(move |it| it.fact == *fact)
    }

    /// An event that `golive listen` took, and only ever signed with the sandbox's secret.
    #[must_use]
    pub fn of_the_sandbox(&self) -> Option<CheckReport> {
        let is_test = |it: &Delivery| it.record.as_ref().map(|record| record.is_test);
        let only = self.0.iter().find(|it| {
            is_test(it) == Some(true) && self.of(&it.fact).all(|it| is_test(it) != Some(false))
        })?;
        let says = format!(
            "{} came signed with the sandbox's secret; your handler refuses it.",
            only.name
        );
        let finding = Finding::new(Level::Blocking, &says).hint(
            "A handler that takes it has the sandbox's secret in production. Ask your account \
             manager which secret signs live events, and compare webhook_secret.",
        );
        Some(CheckReport::new(Outcome::Fail, says).with(finding))
    }

    /// Why a part does not pass yet whose events have all been seen; nothing when it does.
    #[must_use]
    pub fn doubt(&self, scene: &Scene, answers: &Answers) -> Option<Stand> {
        let mut facts: Vec<&MoneyFact> = Vec::new();
        for it in &self.0 {
            if !facts.contains(&&it.fact) {
                facts.push(&it.fact);
            }
        }
        facts.into_iter().find_map(|fact| {
            self.refused(fact, scene, answers).or_else(|| self.in_cents(fact, scene))
        })
    }

    /// Every delivery that was recorded was refused, or is not answered yet.
    fn refused(&self, fact: &MoneyFact, scene: &Scene, answers: &Answers) -> Option<Stand> {
        let recorded = self.of(fact).filter_map(|it| Some((it, it.record.as_ref()?)));
        let (mut last, mut first) = (None, scene.here);
        for (delivery, record) in recorded {
            first = first.min(record.at);
            match answers.get(&record.id) {
                Some(200..=299) => return None,
                Some(status) => last = Some((delivery, *status)),
                // An old record without an answer never gets one: as if it had been taken.
                None if delivery.heard.elapsed() >= scene.second_look
                    || scene.here.since(record.at) >= scene.second_look =>
                {
                    return None;
                }
                None => return Some(unanswered(delivery)),
            }
        }
        let (delivery, status) = last?;
        let name = &delivery.name;
        if scene.here.since(first) >= scene.delivers_for {
            return Some(Stand::End(says(
                Outcome::Fail,
                format!("Your handler answered {status} to {name}, and took it in no delivery."),
                "MintCash gives up after 24 hours: it does not come any more. Find the reason in \
                 your handler's log, then have your account manager send the event again.",
            )));
        }
        Some(Stand::Wait(Wait {
            kind: Kind::Event,
            what: format!("{name} to be taken"),
            report: says(
                Outcome::Waiting,
                format!("Your handler answered {status} to {name}."),
                "It did not take the event. Find the reason in your handler's log. MintCash tries \
                 again for up to 24 hours: after 30 seconds, 2 and 10 minutes, 1 and 6 hours.",
            ),
        }))
    }

    /// Event and API write the amount in cents: no one says that it is not a hundredfold.
    fn in_cents(&self, fact: &MoneyFact, scene: &Scene) -> Option<Stand> {
        let mut own = self.of(fact);
        let has = |amount| self.of(fact).any(|it| it.amount == Some(amount));
        let by_api = scene.looked.as_ref().and_then(|looked| looked.unit);
        if has(Agrees::Major) || !has(Agrees::Minor) || by_api != Some(Unit::Minor) {
            return None;
        }
        let price = visible(&scene.tracked.intent.spend.price(), 40);
        let name = &own.clone().find(|it| it.amount == Some(Agrees::Minor))?.name;
        let hint = format!(
            "Events are documented in whole units. Look in the dashboard, and at your card's \
             statement, whether {price} was taken."
        );
        let by_listener =
            own.any(|it| it.source == Source::Listener && it.amount == Some(Agrees::Minor));
        let (outcome, level, says) = match by_listener {
            true => (
                Outcome::Fail,
                Level::Blocking,
                format!("{name} says a hundred times {price}, and the API has the same number."),
            ),
            false => (
                Outcome::Unknown,
                Level::Advisory,
                format!(
                    "Your log of {name} says a hundred times {price} or writes cents, and the API \
                     has the same number."
                ),
            ),
        };
        let finding = Finding::new(level, &says).hint(hint);
        Some(Stand::End(CheckReport::new(outcome, says).with(finding)))
    }
}

fn unanswered(delivery: &Delivery) -> Stand {
    let name = &delivery.name;
    Stand::Wait(Wait {
        kind: Kind::State,
        what: "your handler's answer".to_owned(),
        report: says(
            Outcome::Waiting,
            format!("{name} arrived, and your handler has not answered it yet."),
            "Verify again in a minute.",
        ),
    })
}

//! The stage with checks that plan real money, and a launch in which some has moved.

use std::sync::Arc;

use golive::app::effect::Effect;
use golive::checks::{Effect as Reach, Planned};
use golive::launch::money::{Act, Confirmed, IntentId, Limits, MoneyFact, Source, Spend};
use golive::launch::testing::Walk;
use golive::mintcash::money::Minor;
use golive::runbook::model::{CheckName, CheckSpec, Runbook, StepId};
use serde_json::Map;

use crate::stage::{Stage, runbook};

pub const SIZES: [(u16, u16); 4] = [(60, 20), (80, 24), (120, 40), (200, 60)];
pub const HOST: &str = "api.mintcash.me";
pub const PAGE: &str = "https://pay.mintcash.me/p/pay_01JDQ4T9VXK8M2?lang=en";

/// The stage's runbook, whose rehearsal is open from the start and has checks that move money.
pub fn book() -> Arc<Runbook> {
    let mut book = Runbook::clone(&runbook());
    let section = book.sections.iter_mut().find(|section| section.id.as_str() == "rehearsal");
    let section = section.unwrap();
    section.requires.clear();
    for step in &mut section.steps {
        let check = step.id.as_str().replace("rehearsal.", "live-");
        step.verify = vec![CheckSpec { check: check.as_str().into(), args: Map::new() }];
    }
    Arc::new(book)
}

/// The screen at the step that charges.
pub fn stage(size: (u16, u16)) -> Stage {
    on(Walk::new(book()), size)
}

pub fn on(walk: Walk, size: (u16, u16)) -> Stage {
    let mut stage = Stage::of(walk, Some("Dana Ito"), size);
    stage.limits = Limits { charge: Some(Minor(500)), launch: Some(Minor(2_000)) };
    stage.keys("<esc>").go("rehearsal.charge");
    stage
}

pub fn spend(act: Act) -> Spend {
    Spend::sample(act, 100)
}

/// Something that the check of a rehearsal step plans.
pub fn planned(spend: &Spend) -> (CheckName, Planned) {
    let check = match spend.act {
        Act::Charge | Act::Subscribe | Act::Cancel => "live-charge",
        Act::Refund => "live-refund",
    };
    let plan = Planned {
        effect: Reach::Money,
        what: spend.sentence(),
        target: format!("https://{HOST}"),
        arms: None,
        spend: Some(spend.clone()),
    };
    (check.into(), plan)
}

/// What was asked to be verified with money, if anything was asked to be verified.
pub fn verified(stage: &Stage) -> Option<Vec<Confirmed>> {
    stage.asked.iter().find_map(|effect| match effect {
        Effect::Verify { confirmed, .. } => Some(confirmed.clone()),
        _ => None,
    })
}

/// A launch in which a charge has come so far: sent, made, charged, given back.
pub fn walk(far: usize) -> Walk {
    let mut walk = Walk::new(book());
    walk.wait(900);
    let charge = spend(Act::Charge);
    let begun = walk.spend("Dana Ito", "rehearsal.charge", &charge, (Some("Noor Haddad"), None));
    let (run, intent) = begun.unwrap();
    walk.end("Dana Ito", "rehearsal.charge", &run).unwrap();
    if far > 0 {
        walk.wait(2);
        walk.made(&intent, "pay_01JDQ4T9VXK8M2", Some(PAGE)).unwrap();
    }
    if far > 1 {
        walk.wait(60);
        let fact = MoneyFact::Charged { amount: Minor(100), number: 1 };
        walk.seen(&intent, fact, Source::Listener).unwrap();
        let event = MoneyFact::EventSeen { event: "payment.succeeded".into(), number: 1 };
        walk.seen(&intent, event, Source::EventLog).unwrap();
    }
    if far > 2 {
        refund(&mut walk);
    }
    walk
}

fn refund(walk: &mut Walk) -> IntentId {
    walk.wait(600);
    let refund = spend(Act::Refund);
    let of = Some("pay_01JDQ4T9VXK8M2");
    let begun = walk.spend("Sam Okafor", "rehearsal.refund", &refund, (None, of));
    let (run, intent) = begun.unwrap();
    walk.end("Sam Okafor", "rehearsal.refund", &run).unwrap();
    walk.made(&intent, "ref_01JDQ59", None).unwrap();
    walk.seen(&intent, MoneyFact::Refunded { amount: Minor(100) }, Source::Api).unwrap();
    intent
}

pub fn charge() -> StepId {
    StepId::from("rehearsal.charge")
}

#[track_caller]
pub fn shows(stage: &Stage, text: &str) {
    let screen = stage.screen();
    assert!(screen.contains(text), "no `{text}` on\n{screen}");
}

#[track_caller]
pub fn hides(stage: &Stage, text: &str) {
    let screen = stage.screen();
    assert!(!screen.contains(text), "`{text}` on\n{screen}");
}

/// The words of the dialog on the screen, or of the whole screen where there is none.
pub fn words(stage: &Stage) -> String {
    let screen = stage.screen();
    let lines: Vec<Vec<char>> = screen.lines().map(|line| line.chars().collect()).collect();
    let corner = |line: &Vec<char>| line.iter().position(|ch| *ch == '╭');
    let left = lines.iter().find_map(corner).unwrap_or(0);
    let right = lines.iter().find_map(|line| line.iter().position(|ch| *ch == '╮'));
    let part = |line: &Vec<char>| -> String {
        let right = right.unwrap_or(line.len());
        let inside = line.iter().enumerate().filter(|(at, _)| (left..=right).contains(at));
        inside.map(|(_, ch)| *ch).collect()
    };
    let said: Vec<String> = lines.iter().map(part).collect();
    let said = said.join(" ").replace(['│', '▌', '┃', '╭', '╮'], " ");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

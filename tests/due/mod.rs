//! The first week on screen: what is due, what is overdue, who has looked.

use std::sync::Arc;

use golive::app::msg::Msg;
use golive::launch::standing::StepState;
use golive::launch::testing::Walk;
use golive::runbook::model::{Origin, Runbook};

use crate::stage::Stage;
use crate::{SIZES, hides, shows, state};

const SWITCH: &str = "cutover.switch";
const DELIVERY: &str = "first-week.delivery";
const FAILURES: &str = "first-week.failures";

/// The switch and two steps of the first week, as people sign them.
const RUNBOOK: &str = "format: 1
id: week
title: The first week
sections:
  - id: cutover
    title: Cutover
    phase: cutover
    steps:
      - id: switch
        title: Switch the keys and the traffic
        why: From here on real customers pay.
        how: Deploy the live keys.
        severity: blocking
        sign_off: person
        irreversible: true
        blast_radius: Every customer who pays from now on.
        rollback: Put back the former configuration.
  - id: first-week
    title: First week
    phase: after
    requires: [cutover]
    steps:
      - id: delivery
        title: Webhooks are answered, nearly all at the first try
        why: What is lost is a paid order that nobody fulfils.
        how: Count the webhook requests, and those answered in time.
        severity: blocking
        due: { after: cutover.switch, at: [1h, 24h, 72h, 7d] }
        sign_off: person
      - id: failures
        title: Failed payments are understood
        why: A code that suddenly grows is a broken checkout.
        how: Group the failures by code, per day.
        severity: advisory
        due: { after: cutover.switch, at: [24h, 72h, 7d] }
        sign_off: person
";

fn runbook() -> Arc<Runbook> {
    Arc::new(golive::runbook::parse(RUNBOOK, Origin::BuiltIn).unwrap())
}

/// A launch that was switched at 10:00 on the first day.
fn switched() -> Walk {
    let mut walk = Walk::new(runbook());
    walk.sign("Dana Ito", SWITCH).unwrap();
    walk
}

/// The second day: Sam looked late after the first hour, nobody since.
fn second_day() -> Walk {
    let mut walk = switched();
    walk.wait(80 * 60);
    walk.sign("Sam Okafor", DELIVERY).unwrap();
    walk.wait(25 * 3600);
    walk
}

fn at(walk: Walk, step: &str, size: (u16, u16)) -> Stage {
    let mut stage = Stage::of(walk, Some("Dana Ito"), size);
    stage.keys("<esc>").go(step);
    stage
}

#[test]
fn a_screen_left_open_turns_overdue_by_itself_and_a_signature_ends_it() {
    let mut stage = at(switched(), DELIVERY, (120, 40));
    shows(&stage, "due 11:00 UTC: first-week.delivery");
    shows(&stage, "T+1 h   2026-11-23 11:00 UTC  next");
    shows(&stage, "T+7 d   2026-11-30 10:00 UTC  ahead");
    let asked = stage.draws;
    // Nobody touches a key: the screen is only told the time at the moments that it asks for.
    let mut last = stage.walk.now;
    while last < golive::time::Timestamp::parse("2026-11-23T13:00:00Z").unwrap() {
        last = stage.model.wakes_at().unwrap();
        stage.walk.now = last;
        stage.send(Msg::Now(last));
    }
    assert!(stage.draws > asked);
    shows(&stage, "overdue 2 h: first-week.delivery");
    shows(&stage, "T+1 h   2026-11-23 11:00 UTC  overdue");
    assert_eq!(state(&stage, DELIVERY), StepState::Ready);
    stage.keys("<enter>").text("Dana Ito").keys("<enter><enter>");
    assert_eq!(state(&stage, DELIVERY), StepState::Done);
    hides(&stage, "overdue");
    shows(&stage, "due 24 Nov: first-week.delivery");
    stage.go(DELIVERY);
    shows(&stage, "Dana Ito, 2026-11-23 13:00 UTC, late");
}

#[test]
fn who_comes_back_is_told_what_came_due() {
    let stage = Stage::of(second_day(), Some("Sam Okafor"), (100, 40));
    shows(&stage, "Came due");
    shows(&stage, "Due again since 2026-11-24 10:00 UTC (T+24 h).");
    shows(&stage, "Failed payments are understood");
    hides(&stage, "To be looked at again");
    insta::assert_snapshot!("due_since_100x40", stage.screen());
}

#[test]
fn a_signature_shortly_before_a_time_is_possible_and_counts_for_it() {
    let mut walk = switched();
    walk.wait(3_600);
    walk.sign("Sam Okafor", DELIVERY).unwrap();
    walk.wait(22 * 3_600);
    let mut stage = at(walk, DELIVERY, (120, 40));
    assert_eq!(state(&stage, DELIVERY), StepState::Done);
    shows(&stage, "A signature counts for T+24 h already.");
    stage.keys("s").text("Dana Ito").keys("<enter><enter>");
    stage.wait(2 * 3_600).go(DELIVERY);
    assert_eq!(state(&stage, DELIVERY), StepState::Done);
    shows(&stage, "T+24 h  2026-11-24 10:00 UTC  Dana Ito, 2026-11-24 09:00 UTC");
}

#[test]
fn the_first_week_is_readable_at_every_size() {
    for (columns, rows) in SIZES {
        let mut stage = at(second_day(), DELIVERY, (columns, rows));
        insta::assert_snapshot!(format!("due_walk_{columns}x{rows}"), stage.screen());
        stage.keys("o");
        insta::assert_snapshot!(format!("due_overview_{columns}x{rows}"), stage.screen());
        stage.keys("p");
        insta::assert_snapshot!(format!("due_present_{columns}x{rows}"), stage.screen());
    }
}

#[test]
fn what_is_overdue_stands_out_from_what_is_ahead() {
    let stage = at(second_day(), DELIVERY, (100, 30));
    insta::assert_snapshot!("due_walk_100x30_styles", stage.styles());
    let mut walk = switched();
    walk.wait(600);
    let stage = at(walk, FAILURES, (100, 30));
    shows(&stage, "due 24 Nov");
    hides(&stage, "overdue");
}

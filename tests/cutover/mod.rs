//! The roll call, the point of no return and the way back, walked with keys.

use golive::app::msg::Msg;
use golive::launch::decide::Command;
use golive::launch::event::{Call, Event};
use golive::launch::standing::{StepState, VerdictKind};
use golive::launch::testing::Walk;
use golive::runbook::model::StepId;

use crate::stage::{Stage, decided, rehearsed};
use crate::{SIZES, hides, shows, state};

const DECISION: &str = "cutover.decision";
const SWITCH: &str = "cutover.switch";

/// Opens a launch on a step, as Dana, without what happened meanwhile.
fn at(walk: Walk, step: &str, size: (u16, u16)) -> Stage {
    let mut stage = Stage::of(walk, Some("Dana Ito"), size);
    stage.keys("<esc>").go(step);
    stage
}

/// One go, one hold, one further role.
fn held() -> Walk {
    let mut walk = rehearsed();
    let agreed = [
        ("switch_time", "Tuesday 9:00 UTC"),
        ("watcher", "Sam Okafor, first hour"),
        ("rollback_owner", "Noor Haddad, +49 30 555"),
    ];
    walk.wait(60);
    let go = walk.calling(DECISION, "engineering", Call::Go, None, &agreed);
    walk.submit("Dana Ito", &go).unwrap();
    walk.wait(60);
    let reason = Some("The bank has not confirmed the settlement account");
    let hold = walk.calling(DECISION, "finance", Call::Hold, reason, &[]);
    walk.submit("Sam Okafor", &hold).unwrap();
    walk.wait(60);
    let go = walk.calling(DECISION, "support", Call::Go, Some("Two people on call"), &[]);
    walk.submit("Noor Haddad", &go).unwrap();
    walk.wait(60);
    walk
}

fn switched() -> Walk {
    let mut walk = decided();
    walk.wait(60);
    let evidence = [("switched_at", "9:04 UTC")];
    let command = walk.signing(SWITCH, None, &evidence, None);
    walk.submit("Dana Ito", &command).unwrap();
    walk
}

fn rolled_back() -> Walk {
    let mut walk = switched();
    walk.wait(900);
    let reason = "Customers pay and no event arrives".to_owned();
    walk.submit("Noor Haddad", &Command::CallRollback { step: SWITCH.into(), reason }).unwrap();
    walk
}

fn verdict(stage: &Stage) -> VerdictKind {
    stage.walk.standing().verdict.kind
}

#[test]
fn two_roles_say_go_with_a_few_keys_and_the_launch_is_decided() {
    let mut stage = at(rehearsed(), DECISION, (100, 60));
    shows(&stage, "The verdict to decide on");
    shows(&stage, "GO WITH RISKS");
    shows(&stage, "webhook.dedupe: Noor Haddad waived it");
    shows(&stage, "○ NO CALL YET   engineering");
    stage.keys("s");
    shows(&stage, "The verdict that is kept with your call");
    // The name, completed; the role comes with it; then the call by its letter.
    stage.keys("d<enter>");
    shows(&stage, "engineering");
    stage.keys("<enter>g<enter>");
    shows(&stage, "switch time");
    stage.text("Tuesday 9:00 UTC").keys("<enter>").text("Sam").keys("<enter>");
    stage.text("Noor Haddad").keys("<enter>");
    shows(&stage, "Dana Ito (engineering) said go to cutover.decision");
    shows(&stage, "✓ GO            engineering");
    shows(&stage, "Dana Ito, 2026-11-23 10:29 UTC");
    assert_eq!(state(&stage, DECISION), StepState::Ready);

    // What was agreed stands already for the second.
    stage.keys("s").text("Sam Okafor").keys("<enter>g<enter>");
    assert_eq!(state(&stage, DECISION), StepState::Done);
    shows(&stage, "rollback owner: Noor Haddad");
    assert_eq!(verdict(&stage), VerdictKind::GoWithRisks);
}

#[test]
fn a_held_enter_calls_nothing() {
    let mut stage = at(rehearsed(), DECISION, (100, 60));
    stage.keys("s").keys(&"<enter>".repeat(40));
    let calls = |stage: &Stage| {
        let entries = stage.walk.launch.entries();
        entries.iter().filter(|entry| matches!(entry.event, Event::CallGiven(_))).count()
    };
    assert_eq!(calls(&stage), 0);
    shows(&stage, "Your name is needed.");
    // Nor is a call chosen by itself.
    stage.keys("d<enter>").keys(&"<enter>".repeat(20));
    shows(&stage, "Call is needed.");
    assert_eq!(calls(&stage), 0);
}

#[test]
fn a_hold_takes_a_reason_stops_the_launch_and_is_lifted_by_name() {
    let mut stage = at(decided(), DECISION, (100, 60));
    assert_eq!(state(&stage, DECISION), StepState::Done);
    stage.keys("s").text("Noor Haddad").keys("<enter>h<enter>");
    assert_eq!(state(&stage, DECISION), StepState::Done, "a hold without a reason is none");
    stage.text("Half of support is ill").keys("<enter>");
    assert_eq!(state(&stage, DECISION), StepState::Waiting);
    assert_eq!(verdict(&stage), VerdictKind::NotYet);
    shows(&stage, "1 held");
    shows(&stage, "■ HOLD          support");
    shows(&stage, "Half of support is ill");
    shows(&stage, "L lifts a hold");
    stage.keys("o");
    shows(&stage, "Held");
    shows(&stage, "Noor Haddad (support) holds: Half of support is ill");
    stage.keys("o");

    stage.keys("L");
    shows(&stage, "Lift a hold");
    stage.text("They are back").keys("<enter>");
    assert_eq!(state(&stage, DECISION), StepState::Done);
    shows(&stage, "↻ HOLD LIFTED   support");
    shows(&stage, "Noor Haddad lifted the hold at");
    stage.keys("L");
    shows(&stage, "Nobody holds this step.");
}

#[test]
fn a_no_go_is_seen_by_everybody_and_is_no_go() {
    let mut stage = at(rehearsed(), DECISION, (120, 60));
    stage.keys("s").text("Sam Okafor").keys("<enter>n<enter>");
    stage.text("No contract yet").keys("<enter>");
    assert_eq!(verdict(&stage), VerdictKind::NoGo);
    shows(&stage, "✗ NO-GO         finance");
    stage.keys("p");
    shows(&stage, "No contract yet");
    shows(&stage, "█▄ █ █▀█     █▀▀ █▀█");
}

#[test]
fn a_go_to_a_verdict_that_got_worse_comes_back_with_what_changed() {
    let mut stage = at(rehearsed(), DECISION, (100, 60));
    stage.keys("s").text("Dana Ito").keys("<enter>g<enter>");
    stage.text("9:00").keys("<tab>").text("Sam").keys("<tab>").text("Noor");
    // Meanwhile somebody takes back what the go would stand on.
    let reopen =
        Command::Reopen { step: "webhook.dedupe".into(), reason: "it was no accident".into() };
    stage.walk.submit("Noor Haddad", &reopen).unwrap();
    stage.keys("<enter>");
    shows(&stage, "Not recorded");
    shows(&stage, "webhook.dedupe");
    shows(&stage, "Nobody can say go to NOT YET");
    assert_ne!(state(&stage, DECISION), StepState::Done);
}

#[test]
fn the_switch_is_refused_as_long_as_somebody_holds() {
    let mut stage = at(held(), SWITCH, (100, 70));
    shows(&stage, "◌ locked");
    shows(&stage, "Rests on cutover.decision, which is waiting. Sam");
    stage.keys("s");
    hides(&stage, "type your name");
    shows(&stage, "Rests on cutover.decision, which is waiting. Sam Okafor (finance) holds");

    // A dialog that was open before the hold came is refused.
    let mut stage = at(decided(), SWITCH, (100, 70));
    stage.keys("s").text("Dana Ito").keys("<enter>").text("9:04 UTC").keys("<enter>");
    let hold = stage.walk.calling(DECISION, "support", Call::Hold, Some("we are ill"), &[]);
    stage.walk.submit("Noor Haddad", &hold).unwrap();
    stage.text(SWITCH).keys("<enter>");
    assert_ne!(state(&stage, SWITCH), StepState::Done);
    shows(&stage, "rests on `cutover.decision`, which is waiting");
}

#[test]
fn the_way_back_is_one_key_away_from_every_view_and_is_called_by_name() {
    let mut stage = at(switched(), "webhook.registered", (100, 60));
    for view in ["", "p", "o", "t"] {
        stage.keys(view);
        if view != "t" {
            shows(&stage, "B rollback");
        }
        stage.keys("B");
        shows(&stage, "Stop new payments first");
        shows(&stage, "Noor Haddad, +49 30 555");
        shows(&stage, "Signed by Dana Ito at");
        shows(&stage, "switched at: 9:04 UTC");
        stage.keys("<esc>");
        hides(&stage, "Stop new payments first");
    }
    stage.keys("B<enter><esc>B");
    assert_eq!(state(&stage, SWITCH), StepState::Done, "Enter calls nothing");
    stage.keys("R");
    shows(&stage, "Call the rollback");
    stage.text("No event arrives").keys("<enter>");
    assert_eq!(state(&stage, SWITCH), StepState::Failed);
    assert_eq!(verdict(&stage), VerdictKind::NoGo);
    shows(&stage, "Rolled back by Dana Ito at");
    stage.keys("<esc>o");
    shows(&stage, "Rolled back by Dana Ito at");
    stage.keys("o").go(SWITCH).keys("R").text("Second attempt at noon").keys("<enter>");
    assert_eq!(state(&stage, DECISION), StepState::Ready, "it is decided anew");
}

#[test]
fn before_the_switch_the_way_back_can_be_read_and_not_called() {
    let mut stage = at(decided(), DECISION, (100, 60));
    hides(&stage, "B rollback");
    stage.keys("B");
    shows(&stage, "Not signed yet.");
    stage.keys("R");
    hides(&stage, "what happened");
    shows(&stage, "Nothing was signed that could be rolled back.");
}

#[test]
fn what_is_said_at_the_roll_call_stands_in_the_audit_trail_and_reaches_other_screens() {
    let mut stage = at(held(), DECISION, (140, 40));
    stage.keys("t");
    shows(&stage, "said hold to cutover.decision for finance: The bank has not confirmed");
    let entries = stage.walk.lift("Noor Haddad", DECISION, "finance").unwrap();
    stage.send(Msg::Entries(entries));
    shows(&stage, "lifted the hold of Sam Okafor (finance) on cutover.decision");
    stage.keys("k");
    shows(&stage, "Noor Haddad");
    let step = StepId::from(DECISION);
    let mut there = at(stage.walk.clone(), "webhook.signature", (100, 40));
    let mut walk = stage.walk.clone();
    let hold = walk.calling(DECISION, "product", Call::Hold, Some("the page is down"), &[]);
    let entries = walk.submit("Lee", &hold).unwrap();
    there.send(Msg::Entries(entries));
    shows(&there, "Lee (product) said hold to cutover.decision");
    assert!(walk.standing().step(&step).unwrap().is_held());
}

#[test]
fn the_roll_call_and_the_way_back_at_four_sizes() {
    for size in SIZES {
        let named = |name: &str| format!("{name}_{}x{}", size.0, size.1);
        let mut stage = at(held(), DECISION, size);
        stage.keys("l");
        insta::assert_snapshot!(named("roll_call"), stage.screen());
        insta::assert_snapshot!(named("roll_call_styles"), stage.styles());
        stage.keys("p");
        insta::assert_snapshot!(named("roll_call_present"), stage.screen());
        insta::assert_snapshot!(named("roll_call_present_styles"), stage.styles());
        let mut stage = at(rolled_back(), SWITCH, size);
        stage.keys("B");
        insta::assert_snapshot!(named("rollback"), stage.screen());
        insta::assert_snapshot!(named("rollback_styles"), stage.styles());
    }
}

#[test]
fn the_dialogs_of_the_cutover_at_two_sizes() {
    for size in [(60, 20), (100, 60)] {
        let named = |name: &str| format!("{name}_{}x{}", size.0, size.1);
        let mut stage = at(held(), DECISION, size);
        for (dialog, keys) in [("call", "s"), ("lift", "L")] {
            stage.keys(keys);
            insta::assert_snapshot!(named(dialog), stage.screen());
            stage.keys("<esc>");
        }
        let mut stage = at(decided(), SWITCH, size);
        stage.keys("s");
        insta::assert_snapshot!(named("no_return"), stage.screen());
    }
}

#[test]
fn what_stands_above_a_form_can_be_read_on_the_smallest_screen() {
    let mut stage = at(decided(), SWITCH, (60, 20));
    stage.keys("s");
    hides(&stage, "Every customer who pays");
    shows(&stage, "PgUp and PgDn read what stands above.");
    stage.keys(&"<pgup>".repeat(9));
    shows(&stage, "Every customer who pays");
    stage.keys("d");
    hides(&stage, "Every customer who pays");
    shows(&stage, "Your name");
}

#[test]
fn the_roll_call_in_ascii_has_nothing_else() {
    let mut stage = at(held(), DECISION, (120, 60));
    stage.keys("A");
    for keys in ["", "p", "<esc>s", "<esc>L", "<esc>B"] {
        stage.keys(keys);
        let odd: String = stage.screen().chars().filter(|ch| !ch.is_ascii()).collect();
        let odd = odd.replace(['…', '—', '→'], "");
        assert!(odd.is_empty(), "{odd} after {keys}\n{}", stage.screen());
    }
}

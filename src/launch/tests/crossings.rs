//! Crossed thresholds of the first week.

use super::*;
use crate::launch::crossing::{
    ALERTED_WITHIN, ClearedRecord, CrossedRecord, FIRST_REST, HOLD, LEASE, LONGEST_REST, WATCHER,
    Way,
};
use crate::launch::event::Event;
use crate::launch::since::{Act, since_you_left};
use crate::launch::standing::StepState;

const STEP: &str = "week.delivery";

fn walk() -> Walk {
    let step = Step { sign_off: SignOff::Person, ..verified(STEP, &["delivery-rate"]) };
    let own = verified("week.churn", &["churn"]);
    Walk::new(runbook(vec![section("week", &[], vec![step, own])]))
}

fn record(key: &str, watcher: &str) -> CrossedRecord {
    CrossedRecord {
        step: STEP.into(),
        topic: "delivery-rate".into(),
        key: key.to_owned(),
        since: None,
        message: format!("too few were answered ({key})"),
        limits: Vec::new(),
        watcher: watcher.to_owned(),
    }
}

fn cross(walk: &mut Walk, key: &str, watcher: &str) -> Vec<Event> {
    let command = Command::Cross(Box::new(record(key, watcher)));
    walk.submit(WATCHER, &command).unwrap().into_iter().map(|entry| entry.event).collect()
}

fn clear(walk: &mut Walk, key: &str) -> Vec<Event> {
    let CrossedRecord { step, topic, key, .. } = record(key, "two");
    let command = Command::Clear(ClearedRecord { step, topic, key, watcher: "two".to_owned() });
    walk.submit(WATCHER, &command).unwrap().into_iter().map(|entry| entry.event).collect()
}

fn pass(walk: &mut Walk) {
    walk.verify("Dana", STEP, &[CheckReport::new(Outcome::Pass, "all answered")]).unwrap();
}

fn state(walk: &Walk) -> StepState {
    walk.standing().step(&STEP.into()).unwrap().state
}

fn kinds(events: &[Event]) -> Vec<&'static str> {
    let kind = |event: &Event| match event {
        Event::ThresholdCrossed(_) => "crossed",
        Event::ThresholdCleared(_) => "cleared",
        Event::StepReopened { .. } => "reopened",
        Event::AlertTaken { .. } => "taken",
        Event::AlertSent { .. } => "sent",
        _ => "other",
    };
    events.iter().map(kind).collect()
}

#[test]
fn a_crossing_reopens_a_signed_step_and_is_recorded_once() {
    let mut walk = walk();
    pass(&mut walk);
    walk.sign("Dana", STEP).unwrap();
    assert_eq!(state(&walk), StepState::Done);
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["crossed", "reopened"]);
    assert_eq!(state(&walk), StepState::Open);
    let standing = walk.standing();
    let step = standing.step(&STEP.into()).unwrap();
    assert!(step.because[0].contains("over its threshold since"), "{:?}", step.because);
    assert!(step.because[0].contains("too few were answered"), "{:?}", step.because);
    assert!(step.signatures.is_empty() && step.lapsed.len() == 1, "{step:?}");
    assert_eq!(cross(&mut walk, "low-rate", "two"), [], "another watcher is too late");
    assert_eq!(kinds(&cross(&mut walk, "retry-ends", "two")), ["crossed"], "another thing is news");
}

#[test]
fn a_step_that_nobody_vouched_for_is_not_reopened_and_one_that_failed_keeps_its_failure() {
    let mut walk = walk();
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["crossed"]);
    walk.verify("Dana", STEP, &[CheckReport::new(Outcome::Fail, "few")]).unwrap();
    assert_eq!(cross(&mut walk, "low-rate", "one"), []);
    assert_eq!(state(&walk), StepState::Failed);
}

#[test]
fn a_signature_that_a_failed_check_had_overruled_does_not_count_again_afterwards() {
    let mut walk = walk();
    pass(&mut walk);
    walk.sign("Dana", STEP).unwrap();
    walk.verify("Sam", STEP, &[CheckReport::new(Outcome::Fail, "few")]).unwrap();
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["crossed", "reopened"]);
    pass(&mut walk);
    assert_eq!(state(&walk), StepState::Ready);
}

#[test]
fn what_was_verified_while_it_is_open_is_reopened_when_it_is_still_so() {
    let mut walk = walk();
    cross(&mut walk, "low-rate", "one");
    pass(&mut walk);
    assert_eq!(state(&walk), StepState::Ready);
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["reopened"]);
    assert_eq!(state(&walk), StepState::Open);
}

#[test]
fn a_signature_over_a_crossing_needs_a_note_names_it_and_then_stands() {
    let mut walk = walk();
    cross(&mut walk, "low-rate", "one");
    pass(&mut walk);
    let refused = walk.sign("Dana", STEP).unwrap_err();
    assert!(refused.message.contains("over its threshold"), "{refused:?}");
    let hollow = walk.signing(STEP, None, &[], Some("ok"));
    walk.submit("Dana", &hollow).unwrap_err();
    let signing = walk.signing(STEP, None, &[], Some("one host was down, events were resent"));
    let entries = walk.submit("Dana", &signing).unwrap();
    let Event::StepSigned(signed) = &entries[0].event else { panic!("{entries:?}") };
    let fact = &signed.facts["threshold delivery-rate low-rate"];
    assert!(fact.starts_with("crossed since 2026-"), "{fact}");
    assert_eq!(state(&walk), StepState::Done);
    assert_eq!(cross(&mut walk, "low-rate", "one"), [], "somebody answers for it");
    assert_eq!(state(&walk), StepState::Done);
    assert_eq!(kinds(&cross(&mut walk, "retry-ends", "one")), ["crossed", "reopened"]);
}

#[test]
fn a_crossing_of_a_waived_step_is_recorded_and_the_waiver_stands() {
    let mut walk = walk();
    pass(&mut walk);
    let reason = "we know of it".to_owned();
    let waive = Command::Waive { step: STEP.into(), reason, expires: None };
    walk.submit("Dana", &waive).unwrap();
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["crossed"]);
    let standing = walk.standing();
    let step = standing.step(&STEP.into()).unwrap();
    assert_eq!(step.state, StepState::Waived);
    assert_eq!(step.crossed.len(), 1);
}

#[test]
fn a_run_under_way_is_not_cut_off_and_its_result_is_reopened_afterwards() {
    let mut walk = walk();
    let run = walk.run_id();
    walk.submit("Dana", &Command::Start { step: STEP.into(), run: run.clone() }).unwrap();
    walk.world.running.push(run.clone());
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["crossed"]);
    let passed = CheckReport::new(Outcome::Pass, "all answered");
    let result = walk.result(STEP, &run, 0, &passed);
    walk.submit("Dana", &Command::Record(Box::new(result))).unwrap();
    let finish = Command::Finish { step: STEP.into(), run, cancelled: false };
    walk.submit("Dana", &finish).unwrap();
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["reopened"]);
}

#[test]
fn a_crossing_is_over_no_sooner_than_after_a_while() {
    let mut walk = walk();
    assert_eq!(clear(&mut walk, "low-rate"), [], "there is none");
    cross(&mut walk, "low-rate", "one");
    walk.wait(HOLD.as_secs() - 1);
    assert_eq!(clear(&mut walk, "low-rate"), []);
    walk.wait(1);
    assert_eq!(kinds(&clear(&mut walk, "low-rate")), ["cleared"]);
    assert_eq!(clear(&mut walk, "low-rate"), []);
    assert!(walk.standing().step(&STEP.into()).unwrap().crossed.is_empty());
    assert_eq!(kinds(&cross(&mut walk, "low-rate", "one")), ["crossed"], "it is another one");
}

#[test]
fn only_a_step_that_asks_the_question_can_be_crossed() {
    let mut walk = walk();
    let wrong = CrossedRecord { topic: "churn".into(), ..record("lost", "one") };
    walk.submit(WATCHER, &Command::Cross(Box::new(wrong))).unwrap_err();
}

#[test]
fn news_is_alerted_by_who_recorded_it_and_by_another_only_after_a_while() {
    let mut walk = walk();
    cross(&mut walk, "low-rate", "one");
    let of = walk.launch.alerts().unsent().next().unwrap().seq;
    let take = |watcher: &str| Command::TakeAlert { of, watcher: watcher.to_owned() };
    let taken =
        |walk: &mut Walk, watcher: &str| walk.submit(WATCHER, &take(watcher)).unwrap().len();
    assert_eq!(taken(&mut walk, "two"), 0);
    walk.wait(LEASE.as_secs());
    assert_eq!(taken(&mut walk, "two"), 1);
    assert_eq!(taken(&mut walk, "three"), 0, "it is being alerted");
    let sent = Command::AlertSent { of, failed: None, reached: Vec::new() };
    assert_eq!(walk.submit(WATCHER, &sent).unwrap().len(), 1);
    assert_eq!(walk.submit(WATCHER, &sent).unwrap().len(), 0);
    walk.wait(LEASE.as_secs());
    assert_eq!(taken(&mut walk, "three"), 0, "it was alerted");
}

#[test]
fn old_news_is_not_alerted() {
    let mut walk = walk();
    cross(&mut walk, "low-rate", "one");
    walk.wait(ALERTED_WITHIN.as_secs());
    let unsent = walk.launch.alerts().unsent().next().unwrap();
    assert!(!unsent.is_free_for("one", walk.now));
}

/// Has a watcher take what is recorded in an entry upon itself; whether it may send it.
fn takes(walk: &mut Walk, of: u64, watcher: &str) -> bool {
    let take = Command::TakeAlert { of, watcher: watcher.to_owned() };
    !walk.submit(WATCHER, &take).unwrap().is_empty()
}

fn fails(walk: &mut Walk, of: u64, reached: &[Way]) {
    let failed = Some("no connection".to_owned());
    let sent = Command::AlertSent { of, failed, reached: reached.to_vec() };
    assert_eq!(walk.submit(WATCHER, &sent).unwrap().len(), 1);
}

#[test]
fn an_alert_that_failed_is_tried_again_by_one_watcher_after_a_rest_that_grows() {
    let mut walk = walk();
    cross(&mut walk, "low-rate", "one");
    let of = walk.launch.alerts().unsent().next().unwrap().seq;
    let (mut rest, mut rests) = (FIRST_REST, Vec::new());
    for _ in 0..9 {
        fails(&mut walk, of, &[]);
        walk.wait(rest.as_secs() - 1);
        assert!(!takes(&mut walk, of, "one"), "it rests, also for who recorded it");
        walk.wait(1);
        assert!(takes(&mut walk, of, "two"));
        assert!(!takes(&mut walk, of, "one"), "another one is at it");
        rests.push(rest);
        rest = (rest * 2).min(LONGEST_REST);
    }
    assert_eq!(rests[..3], [FIRST_REST, FIRST_REST * 2, FIRST_REST * 4]);
    assert_eq!(rests[7..], [LONGEST_REST; 2]);
    walk.wait(ALERTED_WITHIN.as_secs());
    assert!(takes(&mut walk, of, "three"), "it is still so, and nobody knows");
    let sent = Command::AlertSent { of, failed: None, reached: Vec::new() };
    assert_eq!(walk.submit(WATCHER, &sent).unwrap().len(), 1);
    walk.wait(ALERTED_WITHIN.as_secs());
    assert!(!takes(&mut walk, of, "four"), "it was alerted");
}

#[test]
fn whom_a_failed_alert_reached_is_remembered_until_everybody_is() {
    let mut walk = walk();
    cross(&mut walk, "low-rate", "one");
    let of = walk.launch.alerts().unsent().next().unwrap().seq;
    fails(&mut walk, of, &[Way::Command]);
    walk.wait(FIRST_REST.as_secs());
    assert!(takes(&mut walk, of, "two"));
    fails(&mut walk, of, &[]);
    assert_eq!(walk.launch.alerts().get(of).unwrap().reached, [Way::Command]);
}

#[test]
fn what_is_no_longer_so_is_not_tried_again() {
    let mut walk = walk();
    cross(&mut walk, "low-rate", "one");
    let crossed = walk.launch.alerts().unsent().next().unwrap().seq;
    fails(&mut walk, crossed, &[]);
    walk.wait(HOLD.as_secs());
    clear(&mut walk, "low-rate");
    assert!(!takes(&mut walk, crossed, "one"), "it is over");
    let cleared = walk.launch.alerts().unsent().last().unwrap().seq;
    assert_ne!(cleared, crossed);
    fails(&mut walk, cleared, &[]);
    walk.wait(FIRST_REST.as_secs());
    assert!(takes(&mut walk, cleared, "one"), "that it is over is worth another try");
    fails(&mut walk, cleared, &[]);
    cross(&mut walk, "low-rate", "one");
    walk.wait(LONGEST_REST.as_secs());
    assert!(!takes(&mut walk, cleared, "one"), "it is not over any more");
}

#[test]
fn who_comes_back_is_told_once_of_an_alert_that_keeps_failing() {
    let mut walk = walk();
    pass(&mut walk);
    walk.wait(60);
    cross(&mut walk, "low-rate", "one");
    let of = walk.launch.alerts().unsent().next().unwrap().seq;
    for _ in 0..3 {
        fails(&mut walk, of, &[]);
    }
    let told = since_you_left(&walk.launch, &walk.standing(), Some("Dana")).unwrap();
    let says: Vec<_> = told.acts.iter().map(Act::sentence).collect();
    let failed = says.iter().filter(|says| says.contains("no connection")).count();
    assert_eq!(failed, 1, "{says:?}");
}

#[test]
fn who_comes_back_is_told_of_it() {
    let mut walk = walk();
    pass(&mut walk);
    walk.wait(60);
    cross(&mut walk, "low-rate", "one");
    walk.wait(HOLD.as_secs());
    clear(&mut walk, "low-rate");
    let told = since_you_left(&walk.launch, &walk.standing(), Some("Dana")).unwrap();
    let says: Vec<_> = told.acts.iter().map(Act::sentence).collect();
    assert_eq!(says.len(), 3, "{says:?}");
    assert_eq!(
        says[0],
        "golive watch found week.delivery over a threshold: too few were answered (low-rate)"
    );
    assert_eq!(says[2], "golive watch found week.delivery no longer over low-rate");
}

//! Steps that have to be looked at again and again, counted from the switch.

mod random;

use std::time::Duration;

use crate::launch::decide::Command;
use crate::launch::due::DueNow::{self, Ahead, Met, Over};
use crate::launch::due::DueStanding;
use crate::launch::outcome::Outcome::{Fail, Pass};
use crate::launch::since::since_you_left;
use crate::launch::standing::StepState::{Done, Failed, Locked, Ready, Stale, Waived};
use crate::launch::standing::VerdictKind;
use crate::launch::testing::{Walk, due, runbook, section, step, verified};
use crate::runbook::model::{Phase, Section, SignOff, Step};

const SWITCH: &str = "cut.switch";
const RATE: &str = "week.rate";
const CODES: &str = "week.codes";
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// `cut` with the switch; `week` with a step that a person signs and one that a check completes.
fn sections() -> Vec<Section> {
    vec![
        Section {
            phase: Phase::Cutover,
            ..section(
                "cut",
                &[],
                vec![Step {
                    irreversible: true,
                    blast_radius: Some("Every customer".to_owned()),
                    rollback: Some("Swap the keys back".to_owned()),
                    ..step(SWITCH)
                }],
            )
        },
        Section {
            phase: Phase::After,
            ..section(
                "week",
                &["cut"],
                vec![
                    Step { due: due(SWITCH, &["1h", "24h", "7d"]), ..step(RATE) },
                    Step { due: due(SWITCH, &["24h", "7d"]), ..verified(CODES, &["codes"]) },
                ],
            )
        },
    ]
}

fn walk() -> Walk {
    Walk::new(runbook(sections()))
}

fn roll_back() -> Command {
    Command::CallRollback { step: SWITCH.into(), reason: "customers pay and get nothing".into() }
}

fn reopen(step: &str) -> Command {
    Command::Reopen { step: step.into(), reason: "another attempt tonight".into() }
}

#[test]
fn traffic_was_switched_when_the_switch_was_signed_until_it_is_taken_back() {
    let mut walk = walk();
    assert_eq!(walk.launch.switched_at(), None);
    walk.wait(60);
    walk.sign("Dana", SWITCH).unwrap();
    let first = walk.now;
    walk.wait(HOUR);
    assert_eq!(walk.launch.switched_at(), Some(first));
    walk.submit("Kim", &roll_back()).unwrap();
    assert_eq!(walk.launch.switched_at(), None, "it was rolled back");
    walk.submit("Kim", &reopen(SWITCH)).unwrap();
    assert_eq!(walk.launch.switched_at(), None);
    walk.sign("Dana", SWITCH).unwrap();
    assert_eq!(walk.launch.switched_at(), Some(walk.now), "the second attempt counts");
    walk.submit("Kim", &reopen(SWITCH)).unwrap();
    assert_eq!(walk.launch.switched_at(), None, "it was reopened");
}

#[test]
fn where_two_sign_the_switch_the_second_signature_is_the_moment() {
    let mut sections = sections();
    sections[0].steps[0].sign_off = SignOff::People { people: 2, roles: Vec::new() };
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", SWITCH).unwrap();
    walk.wait(60);
    assert_eq!(walk.launch.switched_at(), None);
    walk.sign("Kim", SWITCH).unwrap();
    assert_eq!(walk.launch.switched_at(), Some(walk.now));
}

#[test]
fn a_runbook_without_due_times_was_switched_by_its_last_irreversible_step() {
    let mut sections = sections();
    sections[1].steps.iter_mut().for_each(|step| step.due = None);
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", SWITCH).unwrap();
    assert_eq!(walk.launch.switched_at(), Some(walk.now));
}

/// A launch that was switched at 10:00 on the first day.
fn switched() -> Walk {
    let mut walk = walk();
    walk.sign("Dana", SWITCH).unwrap();
    walk
}

fn due_of(walk: &Walk, step: &str) -> Option<DueStanding> {
    walk.standing().step(&step.into()).unwrap().due.clone()
}

fn now_due(walk: &Walk, step: &str) -> DueNow {
    due_of(walk, step).unwrap().now
}

fn word(walk: &Walk, step: &str) -> String {
    due_of(walk, step).unwrap().word(walk.now).unwrap_or_default()
}

/// Everything that a face can say about it.
fn said(walk: &Walk, step: &str) -> String {
    let due = due_of(walk, step).unwrap();
    let times = due.times.iter().enumerate();
    let times: Vec<_> = times
        .map(|(number, time)| format!("{} {}", time.label, due.says(number, walk.now)))
        .collect();
    format!("{} | {}", due.sentence(walk.now), times.join(" | "))
}

#[test]
fn nothing_is_due_before_the_switch_and_after_it_was_taken_back() {
    let mut walk = walk();
    assert_eq!(due_of(&walk, RATE), None);
    assert_eq!(walk.state(RATE), Some(Locked));
    walk.sign("Dana", SWITCH).unwrap();
    assert_eq!(now_due(&walk, RATE), Ahead(0));
    walk.wait(2 * HOUR);
    assert!(matches!(now_due(&walk, RATE), Over { time: 0, .. }));
    walk.submit("Kim", &roll_back()).unwrap();
    assert_eq!(due_of(&walk, RATE), None);
    walk.submit("Kim", &reopen(SWITCH)).unwrap();
    walk.sign("Dana", SWITCH).unwrap();
    assert_eq!(word(&walk, RATE), "due 13:00 UTC", "the times count anew");
}

#[test]
fn a_step_is_open_until_its_first_time_and_overdue_after_it() {
    let mut walk = switched();
    assert_eq!(walk.state(RATE), Some(Ready));
    walk.wait(17 * 60);
    assert_eq!(word(&walk, RATE), "due 11:00 UTC");
    assert_eq!(
        said(&walk, RATE),
        "Due at 2026-11-23 11:00 UTC (T+1 h), in 43 min. | T+1 h next | T+24 h ahead | \
         T+7 d ahead"
    );
    assert_eq!(word(&walk, CODES), "due 24 Nov");
    walk.wait(43 * 60 + 2 * HOUR);
    assert_eq!(walk.state(RATE), Some(Ready));
    assert_eq!(word(&walk, RATE), "overdue 2 h");
    let because = walk.because(RATE);
    assert!(because.starts_with("Due since 2026-11-23 11:00 UTC (T+1 h)."), "{because}");
    assert_eq!(
        said(&walk, RATE),
        "Due since 2026-11-23 11:00 UTC (T+1 h). Overdue for 2 h. | T+1 h overdue | T+24 h ahead | \
         T+7 d ahead"
    );
}

#[test]
fn each_time_asks_for_another_look_and_the_last_one_is_the_last() {
    let mut walk = switched();
    walk.wait(HOUR + 300);
    walk.sign("Dana", RATE).unwrap();
    assert_eq!((walk.state(RATE), now_due(&walk, RATE)), (Some(Done), Ahead(1)));
    assert_eq!(word(&walk, RATE), "due 24 Nov");
    let refusal = walk.sign("Kim", RATE).unwrap_err();
    assert_eq!(refusal.hint.unwrap(), "It is due again at 2026-11-24 10:00 UTC (T+24 h).");
    walk.wait(DAY);
    assert_eq!(walk.state(RATE), Some(Stale));
    assert_eq!(
        walk.because(RATE),
        "Due again since 2026-11-24 10:00 UTC (T+24 h).\nDana signed at 2026-11-23 11:05 UTC, before \
         it was due again.\n1 person has to sign."
    );
    assert_eq!(word(&walk, RATE), "overdue 1 h");
    walk.sign("Dana", RATE).unwrap();
    assert_eq!((walk.state(RATE), now_due(&walk, RATE)), (Some(Done), Ahead(2)));
    walk.wait(7 * DAY);
    assert_eq!(walk.state(RATE), Some(Stale));
    walk.sign("Kim", RATE).unwrap();
    assert_eq!((walk.state(RATE), now_due(&walk, RATE)), (Some(Done), Met));
    assert_eq!(
        said(&walk, RATE),
        "Was looked at after each of its due times. | T+1 h Dana, 2026-11-23 11:05 UTC | T+24 h \
         Dana, 2026-11-24 11:05 UTC | T+7 d Kim, 2026-12-01 11:05 UTC, late"
    );
    walk.wait(400 * DAY);
    assert_eq!(walk.state(RATE), Some(Done), "for good");
}

#[test]
fn a_look_a_little_early_counts_and_a_much_earlier_one_does_not() {
    let mut walk = switched();
    walk.wait(53 * 60);
    walk.sign("Dana", RATE).unwrap();
    assert_eq!(now_due(&walk, RATE), Ahead(0), "seven minutes are more than a tenth of an hour");
    walk.wait(60);
    assert!(due_of(&walk, RATE).unwrap().early);
    walk.sign("Dana", RATE).unwrap();
    assert_eq!(now_due(&walk, RATE), Ahead(1));
    walk.wait(HOUR);
    assert_eq!(walk.state(RATE), Some(Done));
    // A tenth of the 23 hours between the first time and the second.
    walk.now = walk.now.plus(Duration::from_secs(24 * HOUR - 2 * HOUR - 54 * 60));
    assert_eq!(walk.standing().step(&RATE.into()).unwrap().state, Done);
    walk.sign("Kim", RATE).unwrap();
    walk.wait(DAY);
    assert_eq!((walk.state(RATE), now_due(&walk, RATE)), (Some(Done), Ahead(2)));
}

#[test]
fn a_check_that_passes_after_a_time_is_a_look_and_one_that_fails_is_none() {
    let mut walk = switched();
    walk.wait(HOUR);
    walk.check("Dana", CODES, Pass).unwrap();
    assert_eq!((walk.state(CODES), now_due(&walk, CODES)), (Some(Done), Ahead(0)));
    walk.wait(DAY);
    assert_eq!(walk.state(CODES), Some(Stale));
    assert!(walk.because(CODES).contains("(T+24 h)"), "{}", walk.because(CODES));
    assert!(walk.because(CODES).contains("Verify again."), "{}", walk.because(CODES));
    walk.check("Dana", CODES, Fail).unwrap();
    assert_eq!(walk.state(CODES), Some(Failed));
    assert!(matches!(now_due(&walk, CODES), Over { time: 0, .. }));
    walk.check("Kim", CODES, Pass).unwrap();
    assert_eq!((walk.state(CODES), now_due(&walk, CODES)), (Some(Done), Ahead(1)));
    walk.check("Kim", CODES, Fail).unwrap();
    assert_eq!((walk.state(CODES), now_due(&walk, CODES)), (Some(Failed), Ahead(1)));
    assert_eq!(walk.standing().next.unwrap().as_str(), RATE, "the overdue one stands first");
    walk.sign("Dana", RATE).unwrap();
    assert_eq!(walk.standing().next.unwrap().as_str(), CODES, "what failed does not wait");
}

#[test]
fn a_person_signs_early_only_what_was_seen_early_as_well() {
    let mut sections = sections();
    sections[1].steps[1].sign_off = SignOff::Person;
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", SWITCH).unwrap();
    walk.wait(HOUR);
    walk.check("Dana", CODES, Pass).unwrap();
    walk.sign("Dana", CODES).unwrap();
    walk.wait(22 * HOUR);
    let refusal = walk.sign("Dana", CODES).unwrap_err();
    assert!(refusal.message.contains("too early to count for T+24 h"), "{refusal:?}");
    walk.check("Dana", CODES, Pass).unwrap();
    walk.sign("Dana", CODES).unwrap();
    walk.wait(DAY);
    assert_eq!((walk.state(CODES), now_due(&walk, CODES)), (Some(Done), Ahead(1)));
}

#[test]
fn where_two_sign_both_have_to_look_again() {
    let mut sections = sections();
    sections[1].steps[0].sign_off = SignOff::People { people: 2, roles: Vec::new() };
    let mut walk = Walk::new(runbook(sections));
    walk.sign("Dana", SWITCH).unwrap();
    walk.wait(30 * 60);
    walk.sign("Dana", RATE).unwrap();
    walk.wait(HOUR);
    walk.sign("Kim", RATE).unwrap();
    assert!(matches!(now_due(&walk, RATE), Over { time: 0, .. }), "Dana looked before it was due");
    walk.sign("Dana", RATE).unwrap();
    assert_eq!((walk.state(RATE), now_due(&walk, RATE)), (Some(Done), Ahead(1)));
}

#[test]
fn a_reopened_step_has_to_be_looked_at_again_from_then_on() {
    let mut walk = switched();
    walk.wait(HOUR);
    walk.sign("Dana", RATE).unwrap();
    walk.wait(2 * HOUR);
    walk.submit("Kim", &reopen(RATE)).unwrap();
    walk.wait(HOUR);
    assert_eq!(word(&walk, RATE), "overdue 1 h");
    assert_eq!(
        said(&walk, RATE),
        "Reopened at 2026-11-23 13:00 UTC: it has to be looked at again (T+1 h). Overdue for 1 h. | \
         T+1 h Dana, 2026-11-23 11:00 UTC | T+24 h ahead | T+7 d ahead",
        "who looked is not forgotten"
    );
    walk.sign("Dana", RATE).unwrap();
    assert_eq!((walk.state(RATE), now_due(&walk, RATE)), (Some(Done), Ahead(1)));
}

#[test]
fn what_somebody_answers_for_is_not_due() {
    let mut walk = switched();
    walk.wait(2 * HOUR);
    let waive = Command::Waive {
        step: RATE.into(),
        reason: "no webhooks are sent this week".to_owned(),
        expires: Some(walk.now.plus(Duration::from_secs(HOUR))),
    };
    walk.submit("Dana", &waive).unwrap();
    assert_eq!((walk.state(RATE), due_of(&walk, RATE)), (Some(Waived), None));
    walk.wait(HOUR);
    assert!(matches!(now_due(&walk, RATE), Over { time: 0, .. }), "the waiver has run out");
}

#[test]
fn due_times_hold_no_launch_back_and_the_overdue_comes_first() {
    let mut walk = switched();
    assert_eq!(walk.standing().verdict.kind, VerdictKind::Go);
    assert_eq!(walk.standing().next.unwrap().as_str(), RATE, "the soonest");
    walk.wait(2 * HOUR);
    walk.sign("Dana", RATE).unwrap();
    let due: Vec<String> =
        walk.standing().due().iter().map(|(step, _)| step.id.to_string()).collect();
    assert_eq!(due, [RATE, CODES]);
    walk.wait(2 * DAY);
    assert_eq!(walk.standing().verdict.kind, VerdictKind::Go);
    let since = since_you_left(&walk.launch, &walk.standing(), Some("Dana")).unwrap();
    let came: Vec<_> = since.due.iter().map(|(step, says)| format!("{step}: {says}")).collect();
    assert_eq!(
        came,
        [
            "week.rate: Due again since 2026-11-24 10:00 UTC (T+24 h).",
            "week.codes: Due since 2026-11-24 10:00 UTC (T+24 h)."
        ]
    );
    assert!(!since.is_quiet() && since.stale.is_empty());
}

#[test]
fn an_open_screen_knows_the_next_moment_at_which_a_time_comes() {
    let mut walk = switched();
    let start = walk.now;
    let mut woken = Vec::new();
    while let Some(at) = walk.standing().changes_at.filter(|_| woken.len() < 400) {
        assert!(at > walk.now);
        woken.push(at);
        walk.now = at;
    }
    for time in ["1h", "24h", "7d"] {
        let at = start.plus(due(SWITCH, &[time]).unwrap().at[0].span);
        assert!(woken.contains(&at), "{time}");
    }
    // Overdue for good: once a minute for an hour, once an hour for two days, then once a day.
    let first_day = woken.iter().filter(|at| at.since(start) < Duration::from_secs(DAY)).count();
    assert!((83..=90).contains(&first_day), "{first_day}");
    let later = woken.iter().filter(|at| at.since(start) > Duration::from_secs(14 * DAY));
    let later: Vec<_> = later.collect();
    assert!(later.windows(2).all(|two| two[1].since(*two[0]) >= Duration::from_secs(HOUR)));
}

#[test]
fn clocks_that_disagree_are_said_and_break_nothing() {
    let mut walk = switched();
    walk.wait(HOUR);
    walk.sign("Dana", RATE).unwrap();
    // Back to before the switch, as on another machine.
    walk.now = crate::time::Timestamp::from_millis(walk.now.millis() - 3 * 3_600_000);
    let due = due_of(&walk, RATE).unwrap();
    assert_eq!(due.now, Ahead(0));
    let clock = due.clock(walk.now).unwrap();
    assert!(clock.contains("which is in the future: a clock was changed"), "{clock}");
    assert_eq!(walk.state(RATE), Some(Stale));
    assert!(walk.because(RATE).contains("which is in the future"), "{}", walk.because(RATE));
    walk.now = crate::time::Timestamp::from_millis(i64::MIN);
    let _ = (walk.standing(), said(&walk, RATE));
    walk.now = crate::time::Timestamp::from_millis(i64::MAX);
    assert!(matches!(now_due(&walk, RATE), Over { time: 2, .. }));
    let _ = said(&walk, RATE);
}

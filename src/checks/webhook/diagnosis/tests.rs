//! What patterns of answers mean, with made-up handlers: those that no program here shows, and
//! every pattern at random.

use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::checks::webhook::matrix::{CAUSE, SIGNATURE};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::probe::Family;
use crate::checks::webhook::schedule::Schedule;
use crate::checks::webhook::wire::{Answer, NoAnswer};

/// What an armed run over the matrix sees when each probe gets what `came` says.
fn seen(came: impl Fn(&str) -> Came) -> Transcript {
    let mut schedule = Schedule::new(&SIGNATURE, true, &Limits::PRODUCTION);
    while let Some(index) = schedule.take_next() {
        let probe = &SIGNATURE[index];
        schedule.came(index, Row::new(probe, came(probe.id), Duration::ZERO));
    }
    schedule.transcript()
}

fn status(status: u16) -> Came {
    Came::Answer(Answer::of(status, &[], ""))
}

fn judged(transcript: &Transcript) -> CheckReport {
    diagnose(transcript, &Situation { held_back: None, near: Duration::from_secs(5) })
}

fn words(report: &CheckReport) -> Vec<&str> {
    let words = report.evidence["causes"].as_array().unwrap();
    words.iter().map(|word| word.as_str().unwrap()).collect()
}

/// A sound handler that decodes nothing.
fn sound(id: &str) -> bool {
    id.starts_with("genuine-") || id.starts_with("raw-")
}

fn sound_but(accepted: &'static [&str], refused: &'static [&str]) -> Transcript {
    seen(|id| {
        let accepts = sound(id) && !refused.contains(&id) || accepted.contains(&id);
        status(if accepts { 200 } else { 401 })
    })
}

#[test]
fn a_sound_handler_passes_without_a_remark() {
    let report = judged(&sound_but(&[], &[]));
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(words(&report), [""; 0]);
}

#[rstest]
#[case::signature_of_another_body(&["other-body"], &[], "body-not-covered")]
#[case::flipped(&["flipped-bit"], &[], "body-not-covered")]
#[case::both(&["other-body", "flipped-bit"], &[], "body-not-covered")]
#[case::takes_the_raw_body_and_the_rewritten_one(&["rewritten-sorted"], &[], "reserialised-body")]
#[case::no_known_change(&[], &["raw-unicode"], "raw-body")]
#[case::later(&["no-signature-again"], &[], "intermittent")]
fn a_pattern_has_one_cause(
    #[case] accepted: &'static [&str],
    #[case] refused: &'static [&str],
    #[case] cause: &str,
) {
    let report = judged(&sound_but(accepted, refused));
    assert_eq!((report.outcome, words(&report)), (Outcome::Fail, vec![cause]));
}

#[test]
fn what_is_refused_once_and_accepted_the_next_time_is_not_the_bodys_fault() {
    let report = judged(&sound_but(&[], &["raw-unicode", "genuine-again"]));
    assert_eq!((report.outcome, words(&report)), (Outcome::Unknown, vec!["flapping"]));
}

#[test]
fn a_compressed_forgery_that_nobody_answers_is_no_reason_against_a_pass() {
    let report = judged(&seen(|id| match id {
        "forged-gzip" => Came::Nothing(NoAnswer::Closed),
        id => status(if sound(id) { 200 } else { 401 }),
    }));
    assert_eq!(report.outcome, Outcome::Pass);
}

/// A firewall that has had enough answers 403 from then on.
#[test]
fn guesses_that_are_all_refused_in_another_way_are_no_cause() {
    let guess =
        |id: &str| SIGNATURE.iter().any(|probe| probe.id == id && probe.family.name == CAUSE.name);
    let report = judged(&seen(|id| status(if guess(id) { 403 } else { 401 })));
    assert_eq!((report.outcome, words(&report)), (Outcome::Fail, vec!["refused-as-forged"]));
    let one = judged(&seen(|id| status(if id == "secret-with-space" { 400 } else { 401 })));
    assert_eq!((one.outcome, words(&one)), (Outcome::Fail, vec!["secret-with-space"]));
}

#[test]
fn the_reason_why_nothing_was_signed_is_the_summary() {
    let mut schedule = Schedule::new(&SIGNATURE, false, &Limits::PRODUCTION);
    while let Some(index) = schedule.take_next() {
        schedule.came(index, Row::new(&SIGNATURE[index], status(401), Duration::ZERO));
    }
    let held_back = Some(Finding::new(Level::Info, "shop.example is not armed, so it was not."));
    let report =
        diagnose(&schedule.transcript(), &Situation { held_back, near: Duration::from_secs(5) });
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(report.summary.contains("shop.example is not armed"), "{}", report.summary);
}

proptest! {
    #[test]
    fn only_a_handler_that_refused_and_accepted_everything_it_must_passes(
        statuses in prop::collection::vec(
            prop::sample::select(vec![200, 202, 302, 400, 401, 403, 404, 500, 503]), 128),
        wrong in prop::collection::vec(0..128_usize, 0..4),
    ) {
        // Mostly right, so that passes do occur.
        let transcript = seen(|id| {
            let index = SIGNATURE.iter().position(|probe| probe.id == id).unwrap();
            let right = if sound(id) { 200 } else { 401 };
            status(if wrong.contains(&index) { statuses[index] } else { right })
        });
        let report = judged(&transcript);
        let all = |families: &[&Family], verdict| {
            families.iter().flat_map(|family| transcript.family(family)).all(|row| row.verdict() == verdict)
        };
        let is_right = all(&MUST_REFUSE, Verdict::Refused)
            && all(&[&RAW_BODY], Verdict::Accepted)
            && transcript.accepted(&GENUINE).is_some()
            && transcript.verdict("no-signature-again") == Verdict::Refused
            && transcript.verdict("forged-gzip") != Verdict::Accepted;
        prop_assert_eq!(report.outcome == Outcome::Pass, is_right, "{:#?}", report);
        if report.outcome == Outcome::Fail {
            let first = report.findings.first().unwrap();
            prop_assert_eq!(first.level, Level::Blocking);
            prop_assert!(first.place.is_some());
        }
    }

    #[test]
    fn whatever_is_answered_a_forgery_that_was_accepted_fails(
        statuses in prop::collection::vec(
            prop::sample::select(vec![200, 302, 400, 401, 404, 429, 500, 503]), 128),
    ) {
        let transcript = seen(|id| {
            let index = SIGNATURE.iter().position(|probe| probe.id == id).unwrap();
            status(statuses[index])
        });
        let accepted = |row: &Row| row.good() == Some(false) && row.probe.must_be_refused();
        if transcript.rows.iter().any(accepted) {
            prop_assert_eq!(judged(&transcript).outcome, Outcome::Fail);
        }
    }
}

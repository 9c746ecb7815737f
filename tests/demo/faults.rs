//! Each fault of the catalogue is caught by the check that claims it, and by no other that should
//! not mind. The table is the catalogue itself.

use std::collections::BTreeSet;

use golive::checks::{CheckReport, Level, Outcome};
use golive::demo::catalogue;
use golive::demo::fault::{Caught, Change, Fault};
use rstest::rstest;

use crate::stage::{Reports, Stage, is_asked};

/// What a report weighs: findings without the numbers in them, which differ from run to run.
fn weighs(report: &CheckReport, least: Level) -> BTreeSet<String> {
    let plain = |text: &str| text.chars().filter(|ch| !ch.is_ascii_digit()).collect::<String>();
    let heavy = |level: Level| level == Level::Blocking || level == least;
    report.findings.iter().filter(|it| heavy(it.level)).map(|it| plain(&it.message)).collect()
}

/// Whether the report says the fault, beside what the sound one says.
fn is_caught(fault: &Fault, report: &CheckReport, sound: &CheckReport) -> bool {
    let says_more = !weighs(report, Level::Advisory).is_subset(&weighs(sound, Level::Advisory));
    match fault.caught {
        Caught::Fails => report.outcome == Outcome::Fail,
        Caught::Doubts => report.outcome == Outcome::Unknown && report.outcome != sound.outcome,
        Caught::Waits => report.outcome == Outcome::Waiting,
        Caught::Warns => report.outcome == sound.outcome && says_more,
        Caught::Survives => report.outcome == sound.outcome,
    }
}

/// What is wrong with what the checks say of a fault.
fn complaints(fault: &Fault, reports: &Reports, sound: &Reports) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, report) in reports {
        let (step, name) = place;
        let (before, says) = (&sound[place], (report.outcome, &report.summary, &report.findings));
        if step == fault.step && name == fault.check {
            if !is_caught(fault, report, before) {
                wrong.push(format!("{}: {name} does not catch it: {says:#?}", fault.name));
            }
        } else if report.outcome != before.outcome {
            wrong.push(format!("{}: {name} of {step} minds it: {says:#?}", fault.name));
        }
    }
    wrong
}

/// The faults of one kind of change that the checks here claim.
fn group(number: usize) -> Vec<&'static Fault> {
    let kind = |fault: &Fault| match fault.change {
        Change::Handler(_) if fault.step == "webhook.signature" => 0,
        Change::Handler(_) => 1,
        Change::Certificate(_) | Change::Server(_) | Change::OldWebhook(_) => 2,
        Change::Secret(_) | Change::History(_) | Change::Configuration(_) => 3,
        _ => 4,
    };
    catalogue::all().filter(|fault| is_asked(fault)).filter(|fault| kind(fault) == number).collect()
}

fn assert_sound(reports: &Reports) {
    for ((_, name), report) in reports {
        // Loopback can not show the one, and no event has come yet for the other.
        let open = ["webhook-endpoint", "live-event"].contains(&name.as_str());
        let expected = if open { Outcome::Unknown } else { Outcome::Pass };
        assert_eq!(report.outcome, expected, "{name}: {:#?}", report.findings);
        let mut heavy = weighs(report, Level::Advisory);
        // The demo's secrets do lie in plain files, and golive says so.
        heavy.retain(|message| !message.ends_with("is taken from a plain file."));
        assert!(heavy.is_empty(), "{name} sees a risk in the sound shop: {heavy:#?}");
    }
}

#[rstest]
#[case::signature(0)]
#[case::handler(1)]
#[case::server(2)]
#[case::files(3)]
#[case::source(4)]
#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_caught_by_its_check_and_by_no_other_that_should_not_mind(
    #[case] number: usize,
) {
    let stage = Stage::open().await;
    let sound = stage.run(&[]).await;
    assert_sound(&sound);
    let mut wrong = Vec::new();
    let only = std::env::var("DEMO_FAULT").ok();
    for fault in group(number).into_iter().filter(|it| only.as_ref().is_none_or(|o| o == it.name)) {
        stage.demo.switch(fault.name, true).await.unwrap();
        let begin = std::time::Instant::now();
        let reports = stage.run(fault.minds).await;
        eprintln!("{} {:?}", fault.name, begin.elapsed());
        wrong.extend(complaints(fault, &reports, &sound));
        stage.demo.switch(fault.name, false).await.unwrap();
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
    assert_sound(&stage.run(&[]).await);
    stage.demo.stop().await;
}

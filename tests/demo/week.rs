//! The demo's first week: sound without a fault, and each of its faults caught by the check that
//! claims it, by no other. The table is the catalogue itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use golive::checks::logs::log_set;
use golive::checks::{CheckContext, CheckReport, Outcome, registry};
use golive::config::Flags;
use golive::demo::fault::Fault;
use golive::demo::verdict::is_caught;
use golive::demo::{Demo, Options, catalogue};
use golive::events::feed::Feed;
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::scan::Watch;
use golive::week::{Span, Window};

fn faults() -> impl Iterator<Item = &'static Fault> {
    catalogue::all().filter(|fault| fault.step.starts_with("first-week."))
}

/// How each question of the first week stands, by one reading of the logs.
fn pictured(demo: &Demo, context: &CheckContext) -> BTreeMap<&'static str, Outcome> {
    demo.pass_week().unwrap();
    let set = log_set(&context.inputs, &context.base, &context.week, None);
    let (mut feed, now) = (Feed::new(set), SystemClock.now());
    feed.catch_up(now, &Watch::idle()).unwrap();
    let picture = feed.picture(now, Window::until(now, Span::Week), &context.week.limits, None);
    picture.panels.iter().map(|panel| (panel.topic.check(), panel.outcome)).collect()
}

async fn asked(check: &str, context: &CheckContext) -> CheckReport {
    let check = registry::find(&check.into()).unwrap();
    check.run(&CheckContext { now: SystemClock.now(), ..context.clone() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_first_week_is_caught_by_its_check_and_by_no_other() {
    let demo = Demo::start(&Options::default()).await.unwrap();
    let opened = demo.open(Flags::default()).await.unwrap();
    let inputs = Arc::clone(&opened.config.inputs);
    let context = CheckContext::bare(inputs, demo.folder().to_owned(), SystemClock.now());
    for (name, _) in pictured(&demo, &context) {
        let sound = asked(name, &context).await;
        assert_eq!(sound.outcome, Outcome::Pass, "{name}: {sound:#?}");
    }
    let (mut wrong, mut tried) = (Vec::new(), BTreeSet::new());
    for fault in faults() {
        demo.switch(fault.name, true).await.unwrap();
        for (name, outcome) in pictured(&demo, &context) {
            let expected = if name == fault.check { Outcome::Fail } else { Outcome::Pass };
            if outcome != expected {
                wrong.push(format!("{}: {name} {outcome:?}", fault.name));
            }
        }
        // The checks say what the panels say; one of each is asked itself.
        if tried.insert(fault.check) {
            let says = asked(fault.check, &context).await;
            if !is_caught(fault, says.outcome, &says.findings) {
                wrong.push(format!("{}: {} {:#?}", fault.name, fault.check, says.findings));
            }
        }
        demo.switch(fault.name, false).await.unwrap();
    }
    demo.stop().await;
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

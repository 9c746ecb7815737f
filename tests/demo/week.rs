//! The demo's first week: sound without a fault, and each of its faults caught by the check that
//! claims it, by no other. The table is the catalogue itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use golive::checks::{CheckContext, CheckReport, Outcome, registry};
use golive::config::Flags;
use golive::demo::fault::{Caught, Fault};
use golive::demo::{Demo, Options, catalogue};
use golive::runbook;
use golive::runtime::clock::{Clock as _, SystemClock};

const SECTION: &str = "first-week";

fn faults() -> impl Iterator<Item = &'static Fault> {
    catalogue::all().filter(|fault| fault.step.starts_with("first-week."))
}

/// What each check of the section says.
async fn asked(demo: &Demo, context: &CheckContext) -> BTreeMap<&'static str, CheckReport> {
    let book = runbook::builtin();
    let section = book.sections.iter().find(|it| it.id.as_str() == SECTION).unwrap();
    let mut reports = BTreeMap::new();
    demo.pass_week().unwrap();
    for spec in section.steps.iter().flat_map(|step| &step.verify) {
        let check = registry::find(&spec.check).unwrap();
        let context =
            CheckContext { now: SystemClock.now(), args: spec.args.clone(), ..context.clone() };
        reports.insert(check.name(), check.run(&context).await);
    }
    reports
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_first_week_is_caught_by_its_check_and_by_no_other() {
    let demo = Demo::start(&Options::default()).await.unwrap();
    let opened = demo.open(Flags::default()).await.unwrap();
    let inputs = Arc::clone(&opened.config.inputs);
    let context = CheckContext::bare(inputs, demo.folder().to_owned(), SystemClock.now());
    let sound = asked(&demo, &context).await;
    assert_eq!(sound.len(), 4);
    for (name, report) in &sound {
        assert_eq!(
            report.outcome,
            Outcome::Pass,
            "{name}: {} {:#?}",
            report.summary,
            report.findings
        );
    }
    let mut wrong = Vec::new();
    for fault in faults() {
        assert_eq!(fault.caught, Caught::Fails, "{} is judged here", fault.name);
        demo.switch(fault.name, true).await.unwrap();
        for (name, report) in asked(&demo, &context).await {
            let expected = if name == fault.check { Outcome::Fail } else { Outcome::Pass };
            if report.outcome != expected {
                let findings: Vec<_> = report.findings.iter().map(|it| &it.message).collect();
                wrong.push(format!("{}: {name} {:?}: {findings:#?}", fault.name, report.outcome));
            }
        }
        demo.switch(fault.name, false).await.unwrap();
    }
    demo.stop().await;
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

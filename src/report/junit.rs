//! The report for continuous integration: a suite per section, a test case per step.
//!
//! A failed step is a failure. A step that could not be found out, or does not hold any more, is
//! an error. What is open, waived or not applicable is skipped and says so; only what is done
//! passes.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::launch::standing::StepState;
use crate::report::document::{CheckPart, Document, SectionPart, StepPart};
use crate::runbook::model::Severity;

/// Lays the document out as JUnit XML.
pub(super) fn render(document: &Document) -> String {
    let mut report = Report::new(format!("golive: {}", text(&document.launch)));
    for section in &document.sections {
        report.add_test_suite(suite(document, section));
    }
    report.to_string().unwrap_or_else(|error| {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- not written: {} -->\n", {
            error.to_string().replace("--", "- -")
        })
    })
}

fn suite(document: &Document, section: &SectionPart) -> TestSuite {
    let mut suite = TestSuite::new(text(&section.id));
    let about = [
        ("title", section.title.clone()),
        ("verdict", document.verdict.words.to_owned()),
        ("runbook", document.runbook.digest.clone()),
        ("journal-head", document.head.hash.clone()),
        ("made-at", document.made_at.to_string()),
    ];
    suite.add_properties(about.map(|(name, value)| Property::new(name, text(&value))));
    suite.add_test_cases(section.steps.iter().map(|step| case(section, step)));
    suite
}

fn case(section: &SectionPart, step: &StepPart) -> TestCase {
    let mut case = TestCase::new(text(&step.id), status(step));
    let took = step.checks.iter().filter_map(|check| check.duration_ms).sum();
    case.set_classname(text(&section.id)).set_time(Duration::from_millis(took));
    case.add_property(Property::new("title", text(&step.title)));
    case.add_property(Property::new("state", step.state.word()));
    for signature in &step.signatures {
        let role = signature.role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
        let says = format!("{}{role} at {}", signature.by, signature.at);
        case.add_property(Property::new("signed-by", text(&says)));
    }
    if let Some(due) = &step.due {
        case.add_property(Property::new("due", text(&due.says)));
    }
    for role in step.roll_call.iter().flat_map(|roll| &roll.roles) {
        let by = role.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
        let says = format!("{}: {}{by}", role.role, role.says);
        case.add_property(Property::new("call", text(&says)));
    }
    case
}

fn status(step: &StepPart) -> TestCaseStatus {
    let mut status = match step.state {
        StepState::Done => return TestCaseStatus::success(),
        StepState::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        StepState::Unknown | StepState::Stale => TestCaseStatus::non_success(NonSuccessKind::Error),
        StepState::Locked
        | StepState::Open
        | StepState::Running
        | StepState::Waiting
        | StepState::Ready
        | StepState::Waived
        | StepState::NotApplicable => TestCaseStatus::skipped(),
    };
    let first = step.because.first().map(|says| format!(": {says}")).unwrap_or_default();
    status.set_message(text(&format!("{}{first}", step.state.word())));
    status.set_type(match step.severity {
        Severity::Blocking => "blocking",
        Severity::Advisory => "advisory",
    });
    status.set_description(text(&details(step)));
    status
}

/// Everything that says why, one line each.
fn details(step: &StepPart) -> String {
    let mut lines = step.because.clone();
    for check in &step.checks {
        lines.extend(check_lines(check));
    }
    lines.join("\n")
}

fn check_lines(check: &CheckPart) -> Vec<String> {
    let Some(outcome) = check.outcome else { return Vec::new() };
    let mut lines = vec![format!("{}: {}: {}", check.check, outcome.word(), check.summary)];
    for finding in &check.findings {
        let place = finding.place.as_ref().map(|place| format!(" [{place}]")).unwrap_or_default();
        lines.push(format!("- {}{place}", finding.message));
        lines.extend(finding.hint.as_ref().map(|hint| format!("  {hint}")));
    }
    lines
}

/// The text without the two characters that XML can not hold and that nothing else removes.
fn text(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

//! The findings that stand in a file, for code scanning: one result per finding, one rule per check.
//!
//! Only findings with a file are results: programs that read SARIF show results at their lines.
//! What the other findings are is said by number, so that an empty list is not taken for a green
//! launch. A finding of a step that somebody answers for is there, and suppressed with the reason.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Notification, PhysicalLocation, PropertyBag, Region,
    ReportingDescriptor, Result, ResultLevel, Run, SCHEMA_URL, Sarif, Suppression, Tool,
    ToolComponent,
};

use crate::checks::registry;
use crate::digest::Digest;
use crate::launch::outcome::{Finding, Level};
use crate::report::document::{CheckPart, Document, ExemptionPart, StepPart};
use crate::runbook::model::CheckName;

/// What a path holds that a URI must not.
const IN_A_URI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Lays the document out as SARIF 2.1.0.
pub(super) fn render(document: &Document) -> String {
    let mut rules: Vec<ReportingDescriptor> = Vec::new();
    let mut results = Vec::new();
    let mut elsewhere = 0;
    for (step, check) in checks(document) {
        for finding in &check.findings {
            if finding.file.is_some() {
                let rule = index_of(&mut rules, check);
                results.push(result(step, check, finding, rule));
            } else {
                elsewhere += 1;
            }
        }
    }
    let driver = ToolComponent::builder()
        .name("golive")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules)
        .build();
    let run = Run::builder()
        .tool(Tool::from(driver))
        .invocations(vec![invocation(document, elsewhere)])
        .results(results)
        .column_kind(json!("unicodeCodePoints"))
        .properties(about(document))
        .build();
    let log = Sarif::builder().schema(SCHEMA_URL).version(json!("2.1.0")).runs(vec![run]).build();
    let mut text = serde_json::to_string_pretty(&log)
        .unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string());
    text.push('\n');
    text
}

fn checks(document: &Document) -> impl Iterator<Item = (&StepPart, &CheckPart)> {
    let steps = document.sections.iter().flat_map(|section| &section.steps);
    steps.flat_map(|step| step.checks.iter().map(move |check| (step, check)))
}

/// The place of the check among the rules, where it is put when it is not there yet.
fn index_of(rules: &mut Vec<ReportingDescriptor>, check: &CheckPart) -> usize {
    if let Some(known) = rules.iter().position(|rule| rule.id == check.check) {
        return known;
    }
    let about =
        registry::find(&CheckName::from(check.check.as_str())).map(crate::checks::Check::about);
    let rule = ReportingDescriptor::builder().id(check.check.clone());
    rules.push(match about {
        Some(about) => rule.short_description(&format!("Verifies that {about}.")).build(),
        None => rule.build(),
    });
    rules.len() - 1
}

fn result(step: &StepPart, check: &CheckPart, finding: &Finding, rule: usize) -> Result {
    let mut message = finding.message.clone();
    if let Some(hint) = &finding.hint {
        message.push_str(if message.ends_with(['.', '!', '?']) { " " } else { ". " });
        message.push_str(hint);
    }
    let result = Result::builder()
        .rule_id(check.check.clone())
        .rule_index(i64::try_from(rule).unwrap_or(-1))
        .level(level(finding.level))
        .message(&message)
        .locations(vec![location(finding)])
        .partial_fingerprints(fingerprints(check, finding))
        .properties(bag([
            ("step", json!(step.id)),
            ("stale", json!(check.stale)),
            ("commit", json!(finding.commit)),
        ]));
    match &step.exemption {
        Some(exemption) => result.suppressions(vec![suppression(exemption)]).build(),
        None => result.build(),
    }
}

fn level(level: Level) -> ResultLevel {
    match level {
        Level::Blocking => ResultLevel::Error,
        Level::Advisory => ResultLevel::Warning,
        Level::Info => ResultLevel::Note,
    }
}

fn location(finding: &Finding) -> Location {
    let path = finding.file.as_deref().unwrap_or_default();
    let uri = utf8_percent_encode(path, IN_A_URI).to_string();
    let artifact = if path.starts_with('/') {
        ArtifactLocation::builder().uri(format!("file://{uri}")).build()
    } else {
        ArtifactLocation::builder().uri(uri).uri_base_id("%SRCROOT%").build()
    };
    let place = PhysicalLocation::builder().artifact_location(artifact);
    let place = match finding.line.and_then(|line| i64::try_from(line).ok()) {
        Some(line) => place.region(Region::builder().start_line(line).build()).build(),
        None => place.build(),
    };
    Location::builder().physical_location(place).build()
}

/// What makes a finding the same one in the next report: all but its line, which moves.
fn fingerprints(check: &CheckPart, finding: &Finding) -> BTreeMap<String, String> {
    let parts = [
        Some(check.check.as_str()),
        finding.file.as_deref(),
        Some(&finding.message),
        finding.commit.as_deref(),
    ];
    let text = parts.map(Option::unwrap_or_default).join("\n");
    BTreeMap::from([("goliveFinding/v1".to_owned(), Digest::of(text.as_bytes()).to_string())])
}

fn suppression(exemption: &ExemptionPart) -> Suppression {
    let why = format!("{} by {}: {}", exemption.kind, exemption.by, exemption.reason);
    Suppression::builder().kind(json!("external")).justification(why).build()
}

/// Says how many findings have no file, and what could not be found out.
fn invocation(document: &Document, elsewhere: usize) -> Invocation {
    let mut notes = Vec::new();
    if elsewhere > 0 {
        let are = if elsewhere == 1 { "finding is" } else { "findings are" };
        let says = format!("{elsewhere} {are} not about a file; `golive report` has them all.");
        notes.push(Notification::builder().level(json!("note")).message(&says).build());
    }
    for unknown in &document.verdict.unknowns {
        let says = format!("{}: {}", unknown.step, unknown.says);
        notes.push(Notification::builder().level(json!("warning")).message(&says).build());
    }
    Invocation::builder()
        .execution_successful(true)
        .end_time_utc(document.made_at.to_string())
        .tool_execution_notifications(notes)
        .build()
}

fn about(document: &Document) -> PropertyBag {
    bag([
        ("launch", json!(document.launch)),
        ("verdict", json!(document.verdict.words)),
        ("runbook", json!(document.runbook.digest)),
        ("journalHead", json!(document.head.hash)),
    ])
}

/// The properties that have a value.
fn bag<const N: usize>(properties: [(&str, Value); N]) -> PropertyBag {
    let held = properties.into_iter().filter(|(_, value)| !value.is_null());
    let held = held.map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>();
    PropertyBag::builder().additional_properties(held).build()
}

//! A document to the model, or everything that is wrong with it.
//!
//! Three passes over one tree, so that all problems come at once: the shape (`conform`), what only
//! the whole document shows (`rules`), and, when nothing is wrong, the values through serde.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::checks::Check;
use crate::digest::Digest;
use crate::failure::FailureKind;
use crate::runbook::conform::{Conform, Path};
use crate::runbook::document::{Document, DueDoc, SignOffDoc, SignOffWord, StepDoc};
use crate::runbook::model::{
    CheckName, CheckSpec, Due, DueAt, EvidenceSpec, InputName, InputSpec, Origin, Role, Runbook,
    Section, SectionId, SignOff, Step, StepDigest, StepId,
};
use crate::runbook::problem::{Problems, Reporter};
use crate::runbook::yaml::{Node, Place};
use crate::runbook::{digest, rules, schema, yaml};
use crate::text::visible;

/// Longer texts than this are cut when shown, in characters.
const LONGEST_LINE: usize = 400;

/// Loads a runbook from its text; `checks` are the checks that exist.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str, origin: Origin, checks: &[&dyn Check]) -> Result<Runbook, Problems> {
    let file = match &origin {
        Origin::BuiltIn => "runbook.yaml (built in)".to_owned(),
        Origin::File(path) => path.display().to_string(),
    };
    let mut report = Reporter::new(&file, text);
    let tree = read_tree(text, &mut report);
    if let Some(tree) = &tree {
        Conform::new(&schema::base()).check(tree, &Path::Root, &mut report);
        rules::check(tree, checks, &mut report);
    }
    let document = tree.filter(|_| report.is_empty()).and_then(|tree| {
        serde_json::from_value::<Document>(tree.to_json())
            .map_err(|error| report.at(tree.place, "").done(error.to_string()))
            .ok()
    });
    report.finish(FailureKind::Runbook)?;
    // Without a problem there is a document; an empty one keeps this free of panics.
    let Some(document) = document else { return Err(unreadable(file)) };
    Ok(build(document, text, origin))
}

/// The tree of `text`, with what keeps it from being one reported.
pub(crate) fn read_tree(text: &str, report: &mut Reporter<'_>) -> Option<Node> {
    let (tree, faults) = yaml::read(text);
    for fault in faults {
        let path = fault.key.unwrap_or_default();
        report.at(fault.place, path).maybe_hint(fault.hint).done(fault.message);
    }
    tree
}

fn unreadable(file: String) -> Problems {
    let mut report = Reporter::new(&file, "");
    report.at(Place { line: 1, column: 1, width: 1 }, "").done("the document can not be read");
    match report.finish(FailureKind::Runbook) {
        Err(problems) => problems,
        Ok(()) => Problems { kind: FailureKind::Runbook, file, list: Vec::new() },
    }
}

fn build(document: Document, text: &str, origin: Origin) -> Runbook {
    let inputs: IndexMap<InputName, InputSpec> = document
        .inputs
        .into_iter()
        .map(|(name, input)| {
            let spec = InputSpec {
                kind: input.kind,
                about: line(&input.about.0),
                prefix: input.prefix.map(|prefix| line(&prefix)),
                default: input.default,
            };
            (InputName(name.0), spec)
        })
        .collect();
    let sections = document
        .sections
        .into_iter()
        .map(|section| Section {
            steps: section.steps.into_iter().map(|step| build_step(&section.id.0, step)).collect(),
            id: SectionId(section.id.0),
            title: line(&section.title.0),
            phase: section.phase,
            caution: section.caution.map(|caution| prose(&caution.0)),
            requires: section.requires.into_iter().map(|id| SectionId(id.0)).collect(),
        })
        .collect();
    let mut runbook = Runbook {
        id: document.id.0,
        title: line(&document.title.0),
        inputs,
        sections,
        digest: Digest::of(text.as_bytes()),
        origin,
        index: HashMap::new(),
    };
    runbook.index();
    runbook
}

fn build_step(section: &str, step: StepDoc) -> Step {
    let sign_off = match step.sign_off {
        SignOffDoc::Word(SignOffWord::Verified) => SignOff::Verified,
        SignOffDoc::Word(SignOffWord::VerifiedOrPerson) => SignOff::VerifiedOrPerson,
        SignOffDoc::Word(SignOffWord::Person) => SignOff::Person,
        SignOffDoc::People(people) => SignOff::People {
            people: people.people,
            roles: people.roles.into_iter().map(|role| Role(role.0)).collect(),
        },
        SignOffDoc::RollCall(called) => SignOff::RollCall {
            roles: called.roll_call.into_iter().map(|role| Role(role.0)).collect(),
        },
    };
    let verify = step
        .verify
        .into_iter()
        .map(|used| CheckSpec { check: CheckName(used.name), args: used.args })
        .collect();
    let evidence = step
        .evidence
        .into_iter()
        .map(|one| EvidenceSpec {
            name: one.name.0,
            about: line(&one.about.0),
            required: one.required,
            lookup: one.lookup,
        })
        .collect();
    let mut built = Step {
        id: StepId(format!("{section}.{}", step.id.0)),
        renamed_from: step.renamed_from.into_iter().map(|id| StepId(id.0)).collect(),
        title: line(&step.title.0),
        why: prose(&step.why.0),
        how: prose(&step.how.0),
        severity: step.severity,
        verify,
        fresh_for: step.fresh_for.and_then(|span| span.duration()),
        due: step.due.map(due),
        sign_off,
        irreversible: step.irreversible,
        blast_radius: step.blast_radius.map(|text| prose(&text.0)),
        rollback: step.rollback.map(|text| prose(&text.0)),
        evidence,
        digest: StepDigest(String::new()),
    };
    built.digest = digest::of(&built);
    built
}

fn due(document: DueDoc) -> Due {
    let at = document.at.iter().filter_map(|span| {
        Some(DueAt { label: format!("T+{}", span.spoken()), span: span.duration()? })
    });
    Due { after: StepId(document.after.0), at: at.collect() }
}

/// One safe line.
fn line(text: &str) -> String {
    visible(text.trim(), LONGEST_LINE)
}

/// Safe text that keeps its lines; tabs become four spaces.
fn prose(text: &str) -> String {
    let lines: Vec<String> = text
        .trim_end()
        .lines()
        .map(|line| visible(&line.trim_end().replace('\t', "    "), usize::MAX / 8))
        .collect();
    lines.join("\n")
}

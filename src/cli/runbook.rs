//! `golive runbook`: look at the runbook; allow its commands to run.

use std::path::Path;

use serde_json::json;

use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::paint::{Tone, count};
use crate::cli::{record, signer};
use crate::failure::{Failure, FailureKind, exit};
use crate::launch::decide::Command;
use crate::runbook::model::{Origin, Runbook};
use crate::runbook::{self, show};
use crate::text::visible;

/// Reports everything that is wrong with a runbook file.
///
/// # Errors
/// When the file can not be read.
pub fn validate(console: &mut Console, file: &Path) -> Result<u8, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let says = format!("could not read the runbook {}", file.display());
        Failure::new(FailureKind::Runbook, says).because(&error)
    })?;
    let problems = match runbook::parse(&text, Origin::File(file.to_owned())) {
        Ok(runbook) => {
            valid(console, &runbook, &file.display().to_string());
            return Ok(exit::OK);
        }
        Err(problems) => problems,
    };
    if !console.is_json() {
        return Err(problems.into());
    }
    console.document(&json!({
        "schema": "golive.runbook/1",
        "file": file,
        "valid": false,
        "problems": problems.to_json(),
    }));
    Ok(exit::USAGE)
}

/// Says that the runbook in force is sound; it was loaded already.
pub fn in_force(console: &mut Console, runbook: &Runbook) {
    let name = match &runbook.origin {
        Origin::BuiltIn => "the built-in runbook".to_owned(),
        Origin::File(path) => path.display().to_string(),
    };
    valid(console, runbook, &name);
}

fn valid(console: &mut Console, runbook: &Runbook, name: &str) {
    let (sections, steps) = (runbook.sections.len(), runbook.steps().count());
    if console.is_json() {
        console.document(&json!({
            "schema": "golive.runbook/1",
            "file": name,
            "valid": true,
            "id": runbook.id,
            "digest": runbook.digest,
            "sections": sections,
            "steps": steps,
        }));
        return;
    }
    let paint = console.paint;
    console.say(format!(
        "{} {name} is sound: {}, {}, {}",
        paint.tone(Tone::Good, "✓"),
        count(sections, "section"),
        count(steps, "step"),
        runbook.digest
    ));
}

/// Prints the runbook.
pub fn show(console: &mut Console, runbook: &Runbook) {
    if !console.is_json() {
        for line in show::lines(runbook) {
            console.say(visible(&line, 1_000));
        }
        return;
    }
    let sections = runbook.sections.iter().map(|section| {
        let steps = section.steps.iter().map(|step| {
            json!({
                "id": step.id,
                "title": step.title,
                "why": step.why,
                "how": step.how,
                "severity": step.severity,
                "checks": step.verify.iter().map(|spec| &spec.check).collect::<Vec<_>>(),
                "people": step.sign_off.people(),
                "roles": step.sign_off.roles(),
                "rollCall": step.sign_off.is_roll_call(),
                "irreversible": step.irreversible,
                "evidence": step.evidence.iter().map(|spec| json!({
                    "name": spec.name, "about": spec.about, "required": spec.required,
                    "lookup": spec.lookup,
                })).collect::<Vec<_>>(),
                "digest": step.digest,
            })
        });
        json!({
            "id": section.id,
            "title": section.title,
            "phase": section.phase,
            "caution": section.caution,
            "requires": section.requires,
            "steps": steps.collect::<Vec<_>>(),
        })
    });
    console.document(&json!({
        "schema": "golive.runbook/1",
        "id": runbook.id,
        "title": runbook.title,
        "digest": runbook.digest,
        "sections": sections.collect::<Vec<_>>(),
    }));
}

/// Prints the JSON Schema of runbook files.
pub fn schema(console: &mut Console) {
    console.document(runbook::schema().as_value());
}

/// Allows the commands of the runbook in force to run, after showing them.
///
/// # Errors
/// When nobody is named who allows it, or it can not be recorded.
pub fn trust(console: &mut Console, mut opened: Opened) -> Result<(), Failure> {
    let by = signer::who_signs(console, &opened.config)?;
    for line in commands(&opened.runbook) {
        console.tell(line);
    }
    let said = format!("{} trusts the runbook {}", by.name, opened.runbook.digest);
    record::submit(console, &mut opened, &by, &Command::TrustRunbook, None, &said)
}

/// What the runbook would run.
fn commands(runbook: &Runbook) -> Vec<String> {
    let steps = runbook.steps().flat_map(|step| step.verify.iter().map(move |spec| (step, spec)));
    steps
        .filter(|(_, spec)| spec.check.as_str() == "command")
        .map(|(step, spec)| {
            let args = serde_json::Value::Object(spec.args.clone());
            format!("{} runs {}", step.id, visible(&args.to_string(), 400))
        })
        .collect()
}

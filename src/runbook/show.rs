//! A runbook as lines of text, for `golive runbook show`.

use crate::runbook::model::{
    Origin, Phase, Role, Runbook, Section, SectionId, Severity, SignOff, Step,
};
use crate::time::spoken;

/// The whole runbook, line by line, without its `how` texts; [`step`] has those.
#[must_use]
pub fn lines(runbook: &Runbook) -> Vec<String> {
    let origin = match &runbook.origin {
        Origin::BuiltIn => "built in".to_owned(),
        Origin::File(path) => path.display().to_string(),
    };
    let steps = runbook.steps().count();
    let mut out = vec![
        runbook.title.clone(),
        format!("{} · {steps} steps · {origin} · {}", runbook.id, runbook.digest.short()),
    ];
    for section in &runbook.sections {
        out.push(String::new());
        out.extend(section_lines(section));
    }
    out.push(String::new());
    out.push("Inputs (golive.yaml gives their values)".to_owned());
    let width = runbook.inputs.keys().map(|name| name.as_str().len()).max().unwrap_or(0);
    for (name, input) in &runbook.inputs {
        out.push(format!("  {:width$}  {}", name.as_str(), input.about));
    }
    out
}

fn section_lines(section: &Section) -> Vec<String> {
    let mut out = vec![format!("{} ({})", section.title, section.id)];
    let phase = match section.phase {
        Phase::Before => None,
        Phase::Cutover => Some("the cutover itself".to_owned()),
        Phase::After => Some("after the cutover".to_owned()),
    };
    let requires: Vec<&str> = section.requires.iter().map(SectionId::as_str).collect();
    let requires = (!requires.is_empty()).then(|| format!("needs {}", requires.join(", ")));
    let about: Vec<String> = phase.into_iter().chain(requires).collect();
    if !about.is_empty() {
        out.push(format!("  {}", about.join(" · ")));
    }
    for line in section.caution.iter().flat_map(|caution| caution.lines()) {
        out.push(format!("  ! {line}"));
    }
    for step in &section.steps {
        out.push(format!("  {}", step.id));
        out.push(format!("      {}", step.title));
        out.push(format!("      {}", rules(step).join(" · ")));
    }
    out
}

/// One step, line by line, with everything that it says.
#[must_use]
pub fn step(step: &Step) -> Vec<String> {
    let mut out = vec![step.title.clone(), step.id.to_string(), rules(step).join(" · ")];
    let mut part = |title: &str, text: &str| {
        out.push(String::new());
        out.push(title.to_owned());
        out.extend(text.lines().map(|line| format!("  {line}").trim_end().to_owned()));
    };
    part("Why", &step.why);
    part("How", &step.how);
    if let Some(text) = &step.blast_radius {
        part("What can go wrong", text);
    }
    if let Some(text) = &step.rollback {
        part("Rollback", text);
    }
    let evidence: Vec<String> = step
        .evidence
        .iter()
        .map(|one| {
            let need = if one.required { "required" } else { "optional" };
            let looked_up = one.lookup.map_or("", |_| ", looked up at MintCash");
            format!("{} ({need}{looked_up}): {}", one.name, one.about)
        })
        .collect();
    if !evidence.is_empty() {
        part("Evidence", &evidence.join("\n"));
    }
    out
}

/// What completes a step, in a few words each.
fn rules(step: &Step) -> Vec<String> {
    let severity = match step.severity {
        Severity::Blocking => "blocking",
        Severity::Advisory => "advisory",
    };
    let sign_off = match &step.sign_off {
        SignOff::Verified => "a passing check completes it".to_owned(),
        SignOff::VerifiedOrPerson => {
            "a passing check completes it; what it can not find out, one person signs".to_owned()
        }
        SignOff::Person => "one person signs".to_owned(),
        SignOff::People { people, roles } => {
            let roles: Vec<&str> = roles.iter().map(Role::as_str).collect();
            let roles =
                if roles.is_empty() { String::new() } else { format!(" ({})", roles.join(", ")) };
            format!("{people} people sign{roles}")
        }
        SignOff::RollCall { roles } => {
            let roles: Vec<&str> = roles.iter().map(Role::as_str).collect();
            format!("roll call, each says go: {}", roles.join(", "))
        }
    };
    let checks: Vec<&str> = step.verify.iter().map(|spec| spec.check.as_str()).collect();
    let mut out = vec![severity.to_owned(), sign_off];
    if !checks.is_empty() {
        out.push(format!("verified by {}", checks.join(", ")));
    }
    if let Some(span) = step.fresh_for {
        out.push(format!("fresh for {}", spoken(span)));
    }
    if let Some(due) = &step.due {
        out.push(format!("due at {} after {}", due.labels(), due.after));
    }
    if step.irreversible {
        out.push("can not be taken back".to_owned());
    }
    out
}

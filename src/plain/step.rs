//! Says everything about one step.

use std::io::{BufRead, Write};

use crate::launch::cutover;
use crate::launch::event::CheckResult;
use crate::launch::outcome::{Finding, Level};
use crate::launch::standing::{CheckStanding, DueStanding, ExemptionKind, StepStanding};
use crate::plain::roll;
use crate::plain::talk::{Ended, Talk};
use crate::plain::walk::{Here, Walk};
use crate::runbook::model::{Role, Severity, SignOff, Step};
use crate::runtime::workspace::lock;
use crate::time::{Timestamp, spoken};

/// Says what the step at hand asks for and how it stands.
pub fn say<R: BufRead, W: Write>(walk: &mut Walk<R, W>, here: &Here) -> Result<(), Ended> {
    let (runbook, now) = {
        let workspace = lock(&walk.workspace);
        (workspace.runbook().clone(), workspace.clock().now())
    };
    let talk = &mut walk.talk;
    let Here { step, standing, .. } = here;
    talk.pause()?;
    let number = runbook.steps().position(|other| other.id == step.id).unwrap_or(0) + 1;
    if let Some(section) = runbook.section_of(&step.id) {
        let place = runbook.sections.iter().position(|other| other.id == section.id).unwrap_or(0);
        let sections = runbook.sections.len();
        talk.say(format!("Section {} of {sections}: {}", place + 1, section.title))?;
        talk.say_text("Caution", section.caution.as_deref().unwrap_or_default())?;
    }
    talk.say(format!(
        "Step {number} of {}: {} ({})",
        runbook.steps().count(),
        step.title,
        step.id
    ))?;
    let advisory = if step.severity == Severity::Advisory { ", advisory" } else { "" };
    talk.say(format!("State: {}{advisory}", standing.state.word()))?;
    standing.because.iter().try_for_each(|why| talk.say_at(2, why))?;
    if let Some(due) = &standing.due {
        say_due(talk, due, now)?;
    }
    if let Some(roll) = &standing.roll_call {
        roll::say(talk, roll)?;
    }
    talk.say_text("Why", &step.why)?;
    talk.say_text("How", &step.how)?;
    if step.irreversible {
        talk.say("This step can not be taken back.")?;
        roll::parts(talk, &cutover::point_of_no_return(&runbook, &here.launch, step))?;
    }
    standing.checks.iter().try_for_each(|check| say_check(talk, check, now))?;
    people(talk, step, standing)?;
    standing.notes.iter().try_for_each(|note| {
        talk.say(format!("Note by {} at {}: {}", note.by.name, note.at.minute(), note.what))
    })?;
    walk.say_money_of(&step.id)
}

/// Says when it is due, and who looked at each time.
fn say_due<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    due: &DueStanding,
    now: Timestamp,
) -> Result<(), Ended> {
    talk.say(due.sentence(now))?;
    for (number, time) in due.times.iter().enumerate() {
        let (label, at) = (&time.label, time.at.minute());
        talk.say_at(2, format!("{label}, {at}: {}", due.says(number, now)))?;
    }
    if due.early {
        let next = due.next().map_or("", |next| next.label.as_str());
        talk.say_at(2, format!("A signature counts for {next} already."))?;
    }
    due.clock(now).iter().try_for_each(|says| talk.say_at(2, says))
}

fn say_check<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    check: &CheckStanding,
    now: Timestamp,
) -> Result<(), Ended> {
    let Some(last) = &check.last else {
        return talk.say(format!("Check {}: not run yet", check.check));
    };
    let stale = if check.stale { ", no longer counts" } else { "" };
    let ago = spoken(now.since(last.at));
    let result = &last.what;
    let outcome = result.outcome.word();
    let summary = result.own_summary().map(|says| format!(": {says}")).unwrap_or_default();
    talk.say(format!("Check {}: {outcome}, {ago} ago{stale}{summary}", check.check))?;
    findings(talk, result)
}

/// Says what a check found.
pub fn findings<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    result: &CheckResult,
) -> Result<(), Ended> {
    result.findings.iter().try_for_each(|finding| say_finding(talk, finding))
}

fn say_finding<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    finding: &Finding,
) -> Result<(), Ended> {
    let level = match finding.level {
        Level::Blocking => "blocking",
        Level::Advisory => "advisory",
        Level::Info => "info",
    };
    talk.say_at(2, format!("{level}: {}", finding.message))?;
    finding.place.iter().try_for_each(|place| talk.say_at(4, format!("where: {place}")))?;
    finding.hint.iter().try_for_each(|hint| talk.say_at(4, format!("hint: {hint}")))
}

fn people<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    step: &Step,
    standing: &StepStanding,
) -> Result<(), Ended> {
    for signature in &standing.signatures {
        let role = signature.what.role.as_ref().map(|role| format!(" as {role}"));
        let (by, at) = (&signature.by.name, signature.at.minute());
        talk.say(format!("Signed by {by}{} at {at}", role.unwrap_or_default()))?;
        for (name, value) in &signature.what.evidence {
            talk.say_at(2, format!("{name}: {value}"))?;
        }
        signature.what.note.iter().try_for_each(|note| talk.say_at(2, format!("note: {note}")))?;
    }
    for (signature, why) in &standing.lapsed {
        talk.say(format!("No longer counts: the signature of {}. {why}", signature.by.name))?;
    }
    if let Some(exemption) = &standing.exemption {
        let what = match exemption.kind {
            ExemptionKind::Waived => "Waived",
            ExemptionKind::NotApplicable => "Marked as not applicable",
        };
        let until = exemption.expires.map(|end| format!(", until {}", end.minute()));
        let (by, reason) = (&exemption.by.name, &exemption.reason);
        talk.say(format!("{what} by {by}{}: {reason}", until.unwrap_or_default()))?;
    }
    match &step.sign_off {
        _ if standing.state.is_settled() => Ok(()),
        SignOff::VerifiedOrPerson if standing.missing.people > 0 => talk.say(
            "Its checks could not find out. One person may sign for it, saying how they know.",
        ),
        SignOff::Verified | SignOff::VerifiedOrPerson => {
            talk.say("Its checks complete it; nobody has to sign.")
        }
        SignOff::Person => talk.say("One person has to sign it."),
        SignOff::RollCall { .. } => match standing.missing.roles.as_slice() {
            [] => Ok(()),
            roles => {
                let names: Vec<&str> = roles.iter().map(Role::as_str).collect();
                talk.say(format!("Still to say go: {}.", names.join(", ")))
            }
        },
        SignOff::People { people, roles } => {
            let missing = &standing.missing;
            let roles = if missing.roles.is_empty() { roles } else { &missing.roles };
            let names: Vec<&str> = roles.iter().map(Role::as_str).collect();
            let of =
                if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
            talk.say(format!(
                "{people} different people have to sign it; {} still missing{of}.",
                missing.people
            ))
        }
    }
}

//! The report for people: verdict first, then each section as a table, then every step in full.

mod called;

use std::fmt::{self, Write};

use crate::launch::outcome::{Finding, Level};
use crate::launch::standing::StepState;
use crate::report::MoneyPart;
use crate::report::document::{
    CheckPart, Document, DuePart, NamedPart, NotePart, SectionPart, SignaturePart, StepPart,
};
use crate::report::escape::{code, markdown as text};
use crate::runbook::model::Severity;

/// Lays the document out as Markdown.
pub(super) fn render(document: &Document) -> String {
    let mut out = String::new();
    match page(&mut out, document) {
        Ok(()) => out,
        Err(fmt::Error) => "This report could not be written.\n".to_owned(),
    }
}

fn page(out: &mut String, document: &Document) -> fmt::Result {
    writeln!(out, "# {}: {}\n", text(&document.runbook.title), text(&document.launch))?;
    writeln!(out, "**{}**\n", document.verdict.words)?;
    let verdict = &document.verdict;
    named(out, "Blockers", &verdict.blockers)?;
    named(out, "Could not be found out", &verdict.unknowns)?;
    named(out, "Held", &verdict.holds)?;
    named(out, "Risks", &verdict.risks)?;
    named(out, "Open", &verdict.open)?;
    provenance(out, document)?;
    if let Some(money) = &document.real_money {
        real_money(out, money)?;
    }
    for section in &document.sections {
        self::section(out, section)?;
    }
    if !document.notes.is_empty() {
        writeln!(out, "## Notes\n")?;
        document.notes.iter().try_for_each(|note| self::note(out, "", note))?;
        writeln!(out)?;
    }
    if !document.archived.is_empty() {
        writeln!(out, "## Archived steps\n")?;
        writeln!(out, "The runbook no longer has these steps. What was done at them is kept.\n")?;
        for archived in &document.archived {
            writeln!(out, "- {}", code(&archived.step))?;
            archived.acts.iter().try_for_each(|act| writeln!(out, "  - {}", text(act)))?;
        }
        writeln!(out)?;
    }
    out.truncate(out.trim_end().len());
    writeln!(out)
}

fn named(out: &mut String, title: &str, all: &[NamedPart]) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}:\n")?;
    for one in all {
        let owner = one.owner.as_ref().map(|owner| format!(" Answers for it: {}.", text(owner)));
        writeln!(out, "- {}: {}{}", code(&one.step), text(&one.says), owner.unwrap_or_default())?;
    }
    writeln!(out)
}

fn provenance(out: &mut String, document: &Document) -> fmt::Result {
    let head = &document.head;
    writeln!(
        out,
        "Made at {} by {} from the journal up to entry {}. Its head is {}. To hold the journal \
         against this report: {}. The runbook is {}, {}.\n",
        document.made_at.minute(),
        text(&document.made_by),
        head.seq,
        code(&head.hash),
        code(&head.verify),
        code(&document.runbook.id),
        code(&document.runbook.digest),
    )
}

fn real_money(out: &mut String, money: &MoneyPart) -> fmt::Result {
    writeln!(out, "## Real money\n")?;
    for totals in &money.totals {
        writeln!(out, "- In all: {}", text(&totals.says))?;
    }
    if !money.even {
        writeln!(out, "- **Not even: money is out, or may still move**")?;
    }
    for intent in &money.intents {
        let (what, says) = (text(&intent.what), text(&intent.says));
        write!(out, "- {what} for {}: {says}. ", code(&intent.step))?;
        write!(out, "{} by {}", intent.at.minute(), text(&intent.by))?;
        if let Some(owner) = &intent.card_owner {
            write!(out, ", on the card of {}", text(owner))?;
        }
        write!(out, ", at {}", code(&intent.host))?;
        if let Some(id) = &intent.mintcash_id {
            write!(out, ", {}", code(id))?;
        }
        if let Some(of) = &intent.of {
            write!(out, ", of {}", code(of))?;
        }
        writeln!(out)?;
        for seen in &intent.seen {
            let event = seen.event_id.as_ref().map(|id| format!(" (event {})", code(id)));
            let (says, source) = (text(&seen.says), text(seen.source));
            let event = event.unwrap_or_default();
            writeln!(out, "  - {says}, seen by {source}{event} at {}", seen.at.minute())?;
        }
    }
    writeln!(out)
}

fn section(out: &mut String, section: &SectionPart) -> fmt::Result {
    writeln!(out, "## {}\n", text(&section.title))?;
    write!(out, "{} of {} steps settled.", section.settled, section.steps.len())?;
    if !section.waits_for.is_empty() {
        let waits: Vec<_> = section.waits_for.iter().map(|id| code(id)).collect();
        write!(out, " Waits for {}.", waits.join(", "))?;
    }
    writeln!(out, "\n\n| Step | State | Signed by |\n| --- | --- | --- |")?;
    for step in &section.steps {
        let mut who: Vec<_> = step.signatures.iter().map(signer).collect();
        who.extend(step.roll_call.iter().flat_map(called::callers));
        let advisory = if step.severity == Severity::Advisory { " (advisory)" } else { "" };
        let state = state(step.state);
        let id = code(&step.id).replace('|', "\\|");
        writeln!(out, "| {id}{advisory} | {state} | {} |", who.join(", "))?;
    }
    writeln!(out)?;
    section.steps.iter().try_for_each(|step| self::step(out, step))
}

/// The state; what needs attention stands out.
fn state(state: StepState) -> String {
    match state {
        StepState::Failed | StepState::Unknown | StepState::Stale => {
            format!("**{}**", state.word())
        }
        _ => state.word().to_owned(),
    }
}

fn signer(signature: &SignaturePart) -> String {
    match &signature.role {
        Some(role) => format!("{} ({})", text(&signature.by), text(role)),
        None => text(&signature.by),
    }
}

fn step(out: &mut String, step: &StepPart) -> fmt::Result {
    writeln!(out, "### {}: {}\n", code(&step.id), text(&step.title))?;
    writeln!(out, "- State: {}", state(step.state))?;
    step.because.iter().try_for_each(|says| writeln!(out, "- {}", text(says)))?;
    step.checks.iter().try_for_each(|check| self::check(out, check))?;
    for signature in &step.signatures {
        self::signature(out, "Signed", signature)?;
    }
    if let Some(roll) = &step.roll_call {
        called::roll_call(out, roll)?;
    }
    if let Some(back) = &step.rolled_back {
        self::note(out, "**Rollback called** by ", back)?;
    }
    for lapsed in &step.lapsed {
        self::signature(out, "Signed, and counts no longer,", &lapsed.signature)?;
        writeln!(out, "  - {}", text(&lapsed.reason))?;
    }
    if let Some(due) = &step.due {
        self::due(out, due)?;
    }
    if let Some(until) = step.fresh_until {
        writeln!(out, "- Holds until {}", until.minute())?;
    }
    step.notes.iter().try_for_each(|note| self::note(out, "Note by ", note))?;
    writeln!(out)
}

fn due(out: &mut String, due: &DuePart) -> fmt::Result {
    let says = text(&due.says);
    let since = due.since.minute();
    writeln!(out, "- {says} Counted from {}, signed at {since}.", code(&due.after))?;
    for time in &due.times {
        writeln!(out, "  - {}, {}: {}", text(&time.time), time.at.minute(), text(&time.says))?;
    }
    Ok(())
}

fn check(out: &mut String, check: &CheckPart) -> fmt::Result {
    let (Some(outcome), Some(at)) = (check.outcome, check.at) else {
        return writeln!(out, "- Check {}: has not run", code(&check.check));
    };
    let stale = if check.stale { ", stale" } else { "" };
    let by = check.by.as_ref().map(|by| format!(" by {}", text(by))).unwrap_or_default();
    writeln!(
        out,
        "- Check {}: {}{stale}, {}{by}: {}",
        code(&check.check),
        outcome.word(),
        at.minute(),
        text(&check.summary)
    )?;
    check.findings.iter().try_for_each(|finding| self::finding(out, finding))?;
    check
        .facts
        .iter()
        .try_for_each(|(name, value)| writeln!(out, "  - Rests on {}: {}", text(name), text(value)))
}

fn finding(out: &mut String, finding: &Finding) -> fmt::Result {
    let level = match finding.level {
        Level::Blocking => "Blocking",
        Level::Advisory => "Advisory",
        Level::Info => "Info",
    };
    write!(out, "  - {level}: {}", text(&finding.message))?;
    if let Some(place) = &finding.place {
        write!(out, " ({})", text(place))?;
    } else if let Some(file) = &finding.file {
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        write!(out, " ({}{line})", text(file))?;
    }
    if let Some(commit) = &finding.commit {
        write!(out, " in commit {}", code(commit))?;
    }
    writeln!(out)?;
    match &finding.hint {
        Some(hint) => writeln!(out, "    - {}", text(hint)),
        None => Ok(()),
    }
}

fn signature(out: &mut String, did: &str, signature: &SignaturePart) -> fmt::Result {
    write!(out, "- {did} by {} at {}", signer(signature), signature.at.minute())?;
    if let Some(account) = &signature.account {
        write!(out, ", account {}", text(account))?;
    }
    writeln!(out, ", journal entry {}", signature.entry)?;
    for (name, value) in &signature.evidence {
        writeln!(out, "  - Evidence {}: {}", text(name), text(value))?;
    }
    if let Some(note) = &signature.note {
        writeln!(out, "  - {}", text(note))?;
    }
    for (name, value) in &signature.facts {
        writeln!(out, "  - Vouches for {}: {}", text(name), text(value))?;
    }
    match &signature.decision {
        Some(decision) => called::decision(out, decision),
        None => Ok(()),
    }
}

fn note(out: &mut String, lead: &str, note: &NotePart) -> fmt::Result {
    writeln!(out, "- {lead}{} at {}: {}", text(&note.by), note.at.minute(), text(&note.text))
}

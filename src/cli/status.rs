//! `golive status`: the verdict, the next step, where every step stands.

use serde_json::{Value, json};

use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::paint::{self, Tone, pad};
use crate::cli::record::{head_json, head_line};
use crate::cli::roll;
use crate::failure::{Failure, exit};
use crate::launch::standing::{
    DueStanding, ExemptionKind, Named, Standing, StepStanding, StepState, Verdict, VerdictKind,
};
use crate::report::MoneyPart;
use crate::runbook::model::{Runbook, StepId};
use crate::text::visible;
use crate::time::Timestamp;

/// Runs the command; the exit code says the verdict.
///
/// # Errors
/// Never by itself; opening the launch has failed before.
pub fn run(console: &mut Console, opened: &Opened) -> Result<u8, Failure> {
    let standing = opened.workspace.standing();
    if console.is_json() {
        console.document(&document(opened, &standing));
    } else {
        show(console, opened, &standing);
    }
    Ok(exit_code(&standing.verdict))
}

/// What `status` ends with (design.md section 7). While the launch waits, something unknown
/// outweighs waiting for people: somebody has to look at it first.
fn exit_code(verdict: &Verdict) -> u8 {
    match verdict.kind {
        VerdictKind::Go => exit::OK,
        VerdictKind::GoWithRisks => exit::RISKS,
        VerdictKind::NoGo => exit::FAILED,
        VerdictKind::NotYet if verdict.unknowns.is_empty() => exit::WAITING,
        VerdictKind::NotYet => exit::UNKNOWN,
    }
}

/// The command that moves a step on.
#[must_use]
pub fn command_for(runbook: &Runbook, standing: &Standing, id: &StepId) -> String {
    let state = standing.steps.iter().find(|step| &step.id == id).map(|step| step.state);
    let step = runbook.step(id);
    let has_checks = step.is_some_and(|step| !step.verify.is_empty());
    if step.is_some_and(|step| step.sign_off.is_roll_call())
        && let Some(command) = roll::command(runbook, standing, id)
    {
        return command;
    }
    if standing.step(id).is_some_and(|step| step.rolled_back.is_some()) {
        return format!("golive reopen {id} --reason REASON");
    }
    let by_person = step.is_some_and(|step| !step.sign_off.is_by_checks());
    if state == Some(StepState::Ready) || (by_person && !has_checks) {
        format!("golive sign {id}")
    } else {
        format!("golive verify {id}")
    }
}

fn show(console: &mut Console, opened: &Opened, standing: &Standing) {
    let paint = console.paint;
    let verdict = &standing.verdict;
    let words = paint.tone(paint::verdict(verdict.kind), verdict.kind.words());
    console.say(format!("{words}   {}", line(&opened.config.launch)));
    let groups = [
        ("blocked by", Tone::Bad, &verdict.blockers),
        ("risk", Tone::Warn, &verdict.risks),
        ("unknown", Tone::Warn, &verdict.unknowns),
        ("held", Tone::Warn, &verdict.holds),
    ];
    for (word, tone, named) in groups {
        for named in named {
            console.say(format!("  {} {}", paint.tone(tone, pad(word, 10)), sentence(named)));
        }
    }
    if let Some(line) = opened.workspace.launch().ledger().line() {
        console.say(format!("  {}", paint.tone(Tone::Warn, line)));
    }
    let titles = &opened.runbook.sections;
    let now = opened.workspace.clock().now();
    for section in &standing.sections {
        let model = titles.iter().find(|model| model.id == section.id);
        let title = model.map_or(section.id.as_str(), |model| model.title.as_str());
        let settled = format!("{} of {}", section.settled, section.steps);
        console.say("");
        let title = paint.tone(Tone::Strong, line(title));
        console.say(format!("{title}  {}", paint.tone(Tone::Quiet, settled)));
        let steps = model.iter().flat_map(|model| &model.steps);
        let width = paint::widest(steps.clone().map(|step| step.id.as_str()));
        for step in steps {
            if let Some(stands) = standing.steps.iter().find(|stands| stands.id == step.id) {
                show_step(console, stands, &step.title, width, now);
            }
        }
    }
    console.say("");
    show_due(console, opened, standing);
    show_next(console, opened, standing);
    let head = opened.workspace.head();
    console.say(format!("{} {}", paint.tone(Tone::Quiet, "journal head"), head_line(&head)));
    if let Some(why) = opened.closed() {
        console.say(paint.tone(Tone::Bad, format!("nothing can be recorded: {why}")));
    }
}

fn show_step(
    console: &mut Console,
    step: &StepStanding,
    title: &str,
    width: usize,
    now: Timestamp,
) {
    let paint = console.paint;
    let (glyph, word, tone) = paint::state(step.state);
    let state = paint.tone(tone, format!("{glyph} {}", pad(word, 14)));
    console.say(format!("  {state} {}  {}", pad(step.id.as_str(), width), line(title)));
    let due = step.due.as_ref().filter(|_| step.state != StepState::Stale);
    for says in due.iter().filter(|due| due.moment().is_some()).map(|due| due.sentence(now)) {
        console.say(paint.tone(Tone::Quiet, format!("      {}", line(&says))));
    }
    let quiet = matches!(step.state, StepState::Open | StepState::Locked | StepState::Done);
    let telling = !quiet || !step.crossed.is_empty();
    // The table says it role by role.
    let called = step
        .roll_call
        .as_ref()
        .filter(|roll| telling || roll.roles.iter().any(|role| role.call.is_some()));
    for why in step.because.iter().filter(|_| telling && called.is_none()) {
        console.say(paint.tone(Tone::Quiet, format!("      {}", line(why))));
    }
    for row in called.into_iter().flat_map(|roll| roll::table(paint, roll)) {
        console.say(format!("      {row}"));
    }
}

/// What is overdue, and what is due next.
fn show_due(console: &mut Console, opened: &Opened, standing: &Standing) {
    let paint = console.paint;
    let now = opened.workspace.clock().now();
    let all = standing.due();
    for (step, due) in all.iter().filter(|(_, due)| due.over().is_some()) {
        let word = paint.tone(Tone::Warn, pad("overdue", 12));
        console.say(format!("{word} {}  {}", step.id, line(&due.sentence(now))));
    }
    if let Some((step, due)) = all.iter().find(|(_, due)| due.next().is_some()) {
        let word = paint.tone(Tone::Strong, pad("due", 12));
        console.say(format!("{word} {}  {}", step.id, line(&due.sentence(now))));
    }
    if let Some(says) = all.iter().find_map(|(_, due)| due.clock(now)) {
        console.say(paint.tone(Tone::Warn, line(&says)));
    }
}

fn show_next(console: &mut Console, opened: &Opened, standing: &Standing) {
    let paint = console.paint;
    let Some(next) = &standing.next else {
        console.say("nothing is left to do");
        return;
    };
    let title = opened.runbook.step(next).map_or("", |step| step.title.as_str());
    console.say(format!("{} {next}  {}", paint.tone(Tone::Strong, pad("next", 12)), line(title)));
    let command = command_for(&opened.runbook, standing, next);
    console.say(format!("{} {command}", pad("go on with", 12)));
}

fn sentence(named: &Named) -> String {
    let owner = named.owner.as_ref().map_or_else(String::new, |name| format!(" ({})", line(name)));
    format!("{}: {}{owner}", named.step, line(&named.says))
}

fn line(text: &str) -> String {
    visible(text, 400)
}

/// The document of `golive.status/1`.
fn document(opened: &Opened, standing: &Standing) -> Value {
    let verdict = &standing.verdict;
    let runbook = &opened.runbook;
    let next = standing.next.as_ref().map(|id| {
        json!({
            "step": id,
            "title": runbook.step(id).map(|step| &step.title),
            "command": command_for(runbook, standing, id),
        })
    });
    let due = standing.due();
    let mut document = json!({
        "schema": "golive.status/1",
        "runbook": { "id": runbook.id, "digest": runbook.digest },
        "launch": opened.config.launch,
        "at": opened.workspace.clock().now(),
        "verdict": {
            "kind": verdict.kind,
            "words": verdict.kind.words(),
            "blockers": named(&verdict.blockers),
            "risks": named(&verdict.risks),
            "unknowns": named(&verdict.unknowns),
            "holds": named(&verdict.holds),
            "open": named(&verdict.open),
        },
        "next": next,
        "due": due.iter().filter_map(|(step, due)| {
            let next = due.next()?;
            Some(json!({ "step": step.id, "at": next.at, "time": next.label }))
        }).collect::<Vec<_>>(),
        "overdue": due.iter().filter_map(|(step, due)| {
            let (time, since) = due.over()?;
            Some(json!({ "step": step.id, "since": since, "time": time.label }))
        }).collect::<Vec<_>>(),
        "signer": opened.config.signer,
        "journal": {
            "path": opened.config.state,
            "head": head_json(&opened.workspace.head()),
            "readOnly": opened.closed(),
        },
        "sections": standing.sections.iter().map(|section| json!({
            "id": section.id,
            "title": runbook.section(&section.id).map(|model| &model.title),
            "settled": section.settled,
            "steps": section.steps,
            "waitsFor": section.waits_for,
        })).collect::<Vec<_>>(),
        "steps": standing.steps.iter().map(|step| step_json(runbook, step)).collect::<Vec<_>>(),
        "archived": standing.archived,
        "changesAt": standing.changes_at,
    });
    let money = MoneyPart::of(opened.workspace.launch().ledger());
    if let (Some(money), Some(members)) = (money, document.as_object_mut()) {
        let says = opened.workspace.launch().ledger().line();
        let money = json!({ "even": money.even, "says": says, "totals": money.totals });
        members.insert("realMoney".to_owned(), money);
    }
    document
}

fn named(all: &[Named]) -> Vec<Value> {
    let one = |named: &Named| {
        json!({
            "step": named.step, "says": named.says, "owner": named.owner,
        })
    };
    all.iter().map(one).collect()
}

/// The due times of a step.
fn due_json(due: &DueStanding) -> Value {
    json!({
        "after": due.after,
        "since": due.since,
        "next": due.next().map(|time| time.at),
        "overdueSince": due.over().map(|(_, since)| since),
        "times": due.times.iter().map(|time| json!({
            "time": time.label,
            "at": time.at,
            "countsFrom": time.from,
            "lookedBy": time.looked.as_ref().map(|look| &look.by.name),
            "lookedAt": time.looked.as_ref().map(|look| look.at),
        })).collect::<Vec<_>>(),
    })
}

fn step_json(runbook: &Runbook, step: &StepStanding) -> Value {
    json!({
        "id": step.id,
        "section": runbook.section_of(&step.id).map(|section| &section.id),
        "title": runbook.step(&step.id).map(|model| &model.title),
        "severity": step.severity,
        "state": step.state,
        "because": step.because,
        "checks": step.checks.iter().map(|check| json!({
            "check": check.check,
            "outcome": check.last.as_ref().map(|last| last.what.outcome),
            "summary": check.last.as_ref().map(|last| &last.what.summary),
            "at": check.last.as_ref().map(|last| last.at),
            "stale": check.stale,
        })).collect::<Vec<_>>(),
        "signatures": step.signatures.iter().map(|signed| json!({
            "by": signed.by.name, "role": signed.what.role, "at": signed.at, "seq": signed.seq,
        })).collect::<Vec<_>>(),
        "rollCall": step.roll_call.as_ref().map(roll::json),
        "rolledBack": step.rolled_back.as_ref().map(|back| json!({
            "by": back.by.name, "at": back.at, "reason": back.what,
        })),
        "crossed": step.crossed.iter().map(|open| json!({
            "topic": open.what.topic, "key": open.what.key, "since": open.since(),
            "message": open.what.message, "seq": open.seq,
        })).collect::<Vec<_>>(),
        "missing": { "people": step.missing.people, "roles": step.missing.roles },
        "exemption": step.exemption.as_ref().map(|exemption| json!({
            "kind": match exemption.kind {
                ExemptionKind::Waived => "waived",
                ExemptionKind::NotApplicable => "not-applicable",
            },
            "reason": exemption.reason,
            "by": exemption.by.name,
            "at": exemption.at,
            "expires": exemption.expires,
        })),
        "changed": step.changed.iter().map(|change| json!({
            "what": change.what, "was": change.was, "is": change.is,
        })).collect::<Vec<_>>(),
        "freshUntil": step.fresh_until,
        "due": step.due.as_ref().map(due_json),
    })
}

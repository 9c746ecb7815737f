//! Says where the launch stands: on coming, on leaving, and when asked.

use std::io::{BufRead, Write};

use crate::launch::since::{acts, since_you_left};
use crate::launch::standing::Named;
use crate::plain::talk::Ended;
use crate::plain::walk::Walk;
use crate::runbook::model::SectionId;
use crate::runtime::workspace::lock;

/// How many acts of the audit trail are said.
const ACTS: usize = 30;

/// Says which launch this is, what happened since the operator left, and how it stands.
pub fn greet<R: BufRead, W: Write>(walk: &mut Walk<R, W>) -> Result<(), Ended> {
    let (title, launch, since, read_only) = {
        let workspace = lock(&walk.workspace);
        let standing = workspace.standing();
        let since = since_you_left(workspace.launch(), &standing, walk.signer.as_deref());
        (
            workspace.runbook().title.clone(),
            workspace.config.launch.clone(),
            since,
            workspace.read_only().map(str::to_owned),
        )
    };
    walk.talk.say(format!("golive: {title}. Launch {launch}."))?;
    match walk.signer.clone() {
        Some(name) => walk.talk.say(format!("You sign as {name}."))?,
        None => walk.talk.say("Nobody is named as the one who signs yet.")?,
    }
    if let Some(why) = read_only {
        walk.talk.say(format!("Nothing can be recorded: {why}"))?;
    }
    if let Some(since) = since.filter(|since| !since.is_quiet()) {
        walk.talk.say(format!("Since {}:", since.left.minute()))?;
        for act in &since.acts {
            walk.talk.say_at(2, format!("{}: {}", act.at.minute(), act.sentence()))?;
        }
        for (step, run) in &since.interrupted {
            let (by, at) = (&run.by.name, run.at.minute());
            walk.talk
                .say_at(2, format!("{step}: the checks that {by} began at {at} were cut off"))?;
        }
        for (step, says) in &since.due {
            walk.talk.say_at(2, format!("{step} came due. {says}"))?;
        }
        for (step, why) in &since.stale {
            walk.talk.say_at(2, format!("{step} is stale. {}", why.join(" ")))?;
        }
    }
    verdict(walk)
}

/// Says the verdict and what it rests on.
pub fn verdict<R: BufRead, W: Write>(walk: &mut Walk<R, W>) -> Result<(), Ended> {
    let standing = lock(&walk.workspace).standing();
    let settled = standing.steps.iter().filter(|step| step.state.is_settled()).count();
    let steps = standing.steps.len();
    let verdict = &standing.verdict;
    let words = verdict.kind.words();
    walk.talk.say(format!("Verdict: {words}. {settled} of {steps} steps are settled."))?;
    let groups = [
        ("Blocker", &verdict.blockers),
        ("Risk", &verdict.risks),
        ("Could not be found out", &verdict.unknowns),
        ("Held", &verdict.holds),
    ];
    for (word, named) in groups {
        named.iter().try_for_each(|named| walk.talk.say_at(2, sentence(word, named)))?;
    }
    let settled = lock(&walk.workspace).launch().ledger().settled();
    if let Some(settled) = settled {
        walk.say_of_money(&format!("Real money: {settled}."))?;
    }
    walk.say_ledger()?;
    let now = lock(&walk.workspace).clock().now();
    for (step, due) in standing.due() {
        walk.talk.say_at(2, format!("{}: {}", step.id, due.sentence(now)))?;
    }
    match standing.next {
        Some(next) => walk.talk.say(format!("Next: {next}.")),
        None => walk.talk.say("There is nothing to do next."),
    }
}

fn sentence(word: &str, named: &Named) -> String {
    let owner = named.owner.as_ref().map(|owner| format!(" (accepted by {owner})"));
    format!("{word}: {}: {}{}", named.step, named.says, owner.unwrap_or_default())
}

/// Lists every step with its state.
pub fn list<R: BufRead, W: Write>(walk: &mut Walk<R, W>) -> Result<(), Ended> {
    let (runbook, standing, now) = {
        let workspace = lock(&walk.workspace);
        (workspace.runbook().clone(), workspace.standing(), workspace.clock().now())
    };
    let mut number = 0;
    for section in &runbook.sections {
        let waits = standing.sections.iter().find(|other| other.id == section.id);
        let waits = waits.map(|section| &section.waits_for).filter(|waits| !waits.is_empty());
        let locked = waits.map(|waits| {
            let ids: Vec<&str> = waits.iter().map(SectionId::as_str).collect();
            format!(" (waits for {})", ids.join(", "))
        });
        walk.talk.say(format!("{}{}", section.title, locked.unwrap_or_default()))?;
        for step in &section.steps {
            let stands = standing.steps.get(number);
            let state = stands.map_or("", |step| step.state.word());
            let due = stands.and_then(|step| step.due.as_ref()?.word(now));
            let due = due.map(|due| format!(", {due}")).unwrap_or_default();
            number += 1;
            walk.talk.say_at(2, format!("{number}. {}: {state}{due}. {}", step.id, step.title))?;
        }
    }
    verdict(walk)
}

/// Says what has happened in the launch, newest last, and the journal's head.
pub fn audit<R: BufRead, W: Write>(walk: &mut Walk<R, W>) -> Result<(), Ended> {
    let (acts, head) = {
        let workspace = lock(&walk.workspace);
        (acts(workspace.launch().entries().iter()), workspace.head())
    };
    if acts.is_empty() {
        return walk.talk.say("Nothing has happened yet.");
    }
    if acts.len() > ACTS {
        let says = format!("The last {ACTS} of {}; `golive log` has them all.", acts.len());
        walk.talk.say(says)?;
    }
    for act in acts.iter().skip(acts.len().saturating_sub(ACTS)) {
        walk.talk.say(format!("{}: {}", act.at.minute(), act.sentence()))?;
    }
    walk.talk.say(format!("Journal head: entry {}, {}", head.seq, head.hash))
}

/// Says how the launch stands when the operator leaves it.
pub fn farewell<R: BufRead, W: Write>(walk: &mut Walk<R, W>) -> Result<(), Ended> {
    verdict(walk)?;
    let head = lock(&walk.workspace).head();
    walk.talk.say(format!("Everything is saved. Journal head: entry {}, {}", head.seq, head.hash))
}

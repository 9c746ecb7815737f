//! A roll call and its cards, for people and for programs; which step is meant when none is named.

use serde_json::{Value, json};

use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::paint::{Paint, Tone, pad};
use crate::cli::steps;
use crate::failure::{Failure, FailureKind};
use crate::launch::cutover::{self, Part};
use crate::launch::event::{Call, Card, CardItem};
use crate::launch::standing::{
    CallStanding, RoleStanding, RollCallStanding, Standing, StepStanding,
};
use crate::runbook::model::{Runbook, StepId};
use crate::text::visible;

/// The roll call that is meant: the one that is named, else the first that `fits`, else the only
/// one.
///
/// # Errors
/// When the runbook has none, or none fits and there are several.
pub fn step(
    opened: &Opened,
    typed: Option<&str>,
    fits: impl Fn(&StepStanding) -> bool,
) -> Result<StepId, Failure> {
    if let Some(typed) = typed {
        return Ok(steps::step(&opened.runbook, typed)?.id.clone());
    }
    let standing = opened.workspace.standing();
    let calls = opened.runbook.steps().filter(|step| step.sign_off.is_roll_call());
    let calls: Vec<_> = calls.map(|step| step.id.clone()).collect();
    let held = standing.steps.iter().filter(|step| step.roll_call.is_some());
    if let Some(open) = held.clone().find(|step| fits(step)) {
        return Ok(open.id.clone());
    }
    match calls.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Failure::new(FailureKind::Usage, "this runbook has no roll call")
            .hint("A step with `sign_off: { roll_call: [engineering, finance] }` is one")),
        several => {
            let names: Vec<&str> = several.iter().map(StepId::as_str).collect();
            let says = format!("which roll call? {}", names.join(", "));
            Err(Failure::new(FailureKind::Usage, says).hint("Give --step STEP"))
        }
    }
}

/// A colour for a role's line.
pub fn tone(role: &RoleStanding) -> Tone {
    match role.says() {
        Some(Call::Go) => Tone::Good,
        Some(Call::NoGo) => Tone::Bad,
        Some(Call::Hold) => Tone::Warn,
        None if role.call.is_some() => Tone::Warn,
        None => Tone::Quiet,
    }
}

/// The table of roles, one line each and what is to be said of it below.
pub fn table(paint: Paint, roll: &RollCallStanding) -> Vec<String> {
    let shown = |role: &RoleStanding| visible(role.role.as_str(), 40);
    let width = roll.roles.iter().map(|role| shown(role).len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for role in &roll.roles {
        let word = paint.tone(tone(role), pad(&role.word().to_uppercase(), 13));
        lines.push(format!("{}  {word}  {}", pad(&shown(role), width), role.who()));
        let remarks = role.remarks().into_iter();
        lines.extend(remarks.map(|says| paint.tone(Tone::Quiet, format!("  {}", line(&says)))));
    }
    lines
}

/// What a card names, one line each.
pub fn card(card: &Card) -> Vec<String> {
    let named = |word: &'static str, items: &[CardItem]| {
        let lines = items.iter().map(move |item| {
            let owner = item.owner.as_ref().map(|owner| format!(" ({})", line(owner)));
            format!(
                "{} {}: {}{}",
                pad(word, 10),
                item.step,
                line(&item.says),
                owner.unwrap_or_default()
            )
        });
        lines.collect::<Vec<_>>()
    };
    [
        named("blocked by", &card.blockers),
        named("unknown", &card.unknowns),
        named("risk", &card.risks),
        named("open", &card.open),
    ]
    .concat()
}

/// Shows the parts of a card on standard error.
pub fn tell(console: &mut Console, parts: &[Part]) {
    for text in lines(parts) {
        console.tell(text);
    }
}

/// The parts of a card, line by line.
pub fn lines(parts: &[Part]) -> Vec<String> {
    let mut out = Vec::new();
    for part in parts {
        out.push(part.title.to_owned());
        out.extend(part.lines.iter().map(|text| format!("  {}", line(text)).trim_end().to_owned()));
    }
    out
}

/// The parts of a card, for programs.
pub fn parts_json(parts: &[Part]) -> Value {
    parts.iter().map(|part| json!({ "title": part.title, "lines": part.lines })).collect()
}

/// A roll call for programs.
pub fn json(roll: &RollCallStanding) -> Value {
    let roles = roll.roles.iter().map(|role| {
        let call = role.call.as_ref();
        let given = call.map(|call| &call.given);
        json!({
            "role": role.role,
            "required": role.required,
            "says": role.says(),
            "word": role.word(),
            "call": given.map(|given| given.what.call),
            "by": given.map(|given| &given.by.name),
            "at": given.map(|given| given.at),
            "seq": given.map(|given| given.seq),
            "reason": given.and_then(|given| given.what.reason.as_ref()),
            "because": call.and_then(CallStanding::why_not),
            "saw": given.map(|given| &given.what.saw),
        })
    });
    json!({
        "verdict": roll.card.verdict,
        "roles": roles.collect::<Vec<_>>(),
        "missing": roll.missing(),
        "evidence": roll.evidence,
        "actedOn": roll.acted.as_ref().map(|(step, at, by)| json!({
            "step": step, "at": at, "by": by.name,
        })),
    })
}

/// The command that moves a roll call on.
pub fn command(runbook: &Runbook, standing: &Standing, id: &StepId) -> Option<String> {
    let roll = standing.step(id)?.roll_call.as_ref()?;
    if let Some(held) = roll.held().first() {
        return Some(format!("golive lift --role {held} --reason REASON"));
    }
    let missing = roll.missing();
    let role = missing.first().or_else(|| runbook.step(id)?.sign_off.roles().first())?;
    Some(format!("golive call go --role {role}"))
}

/// The card of an irreversible step before it is signed.
pub fn point_of_no_return(opened: &Opened, id: &StepId) -> Vec<Part> {
    let standing = opened.workspace.standing();
    let step = opened.runbook.step(id);
    step.map(|step| cutover::point_of_no_return(&opened.runbook, &standing, step))
        .unwrap_or_default()
}

fn line(text: &str) -> String {
    visible(text, 400)
}

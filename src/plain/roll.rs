//! The roll call and the way back, said and asked line by line.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use crate::launch::cutover::{self, Part, Tone};
use crate::launch::decide::Command;
use crate::launch::event::{Call, CardItem};
use crate::launch::standing::RollCallStanding;
use crate::plain::talk::{Ended, Talk};
use crate::plain::walk::{Here, Walk};
use crate::runbook::model::Role;
use crate::runtime::workspace::lock;

/// What has to be typed before a rollback is called.
const PHRASE: &str = "rollback";

/// How many open steps are said by name.
const OPEN: usize = 8;

/// Says what the meeting decides on, and what each role says.
pub fn say<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    roll: &RollCallStanding,
) -> Result<(), Ended> {
    let card = &roll.card;
    talk.say(format!("The verdict to decide on: {}", card.verdict.words()))?;
    items(talk, "Blocker", &card.blockers, usize::MAX)?;
    items(talk, "Could not be found out", &card.unknowns, usize::MAX)?;
    items(talk, "Risk", &card.risks, usize::MAX)?;
    items(talk, "Open", &card.open, OPEN)?;
    talk.say("Roll call:")?;
    roll.roles.iter().try_for_each(|role| talk.say_at(2, role.sentence()))?;
    for (name, value) in &roll.evidence {
        talk.say_at(2, format!("{}: {value}", name.replace('_', " ")))?;
    }
    if let Some((step, at, by)) = &roll.acted {
        talk.say(format!("Acted on: {} signed {step} at {}.", by.name, at.minute()))?;
    }
    Ok(())
}

fn items<R: BufRead, W: Write>(
    talk: &mut Talk<R, W>,
    word: &str,
    items: &[CardItem],
    most: usize,
) -> Result<(), Ended> {
    for item in items.iter().take(most) {
        let owner = item.owner.as_ref().map(|owner| format!(" ({owner} answers for it)"));
        talk.say_at(
            2,
            format!("{word}: {}: {}{}", item.step, item.says, owner.unwrap_or_default()),
        )?;
    }
    match items.len().saturating_sub(most) {
        0 => Ok(()),
        more => talk.say_at(2, format!("{word}: {more} more; `list` shows them")),
    }
}

/// Says the parts of a card.
pub fn parts<R: BufRead, W: Write>(talk: &mut Talk<R, W>, parts: &[Part]) -> Result<(), Ended> {
    parts.iter().try_for_each(|part| match part.tone {
        Tone::Prose => talk.say_text(part.title, &part.lines.join("\n")),
        Tone::Plain | Tone::Alarm => {
            talk.say(format!("{}:", part.title))?;
            part.lines.iter().try_for_each(|line| talk.say_at(2, line))
        }
    })
}

impl<R: BufRead, W: Write> Walk<R, W> {
    /// Takes a call at the roll call at hand.
    pub(super) fn call(&mut self, here: &Here) -> Result<(), Ended> {
        let Some(by) = self.person()? else { return self.talk.say("Nothing was called.") };
        let Some(roll) = here.standing.roll_call.clone() else { return Ok(()) };
        let Some(role) = self.ask_caller(&roll, &by.name)? else {
            return self.talk.say("Nothing was called.");
        };
        let verdict = roll.card.verdict.words();
        let question =
            format!("{by} for {role}: go, hold or no-go? The verdict is {verdict}.", by = by.name);
        let answer = self.talk.ask(&format!("{question} (Enter: leave it)"))?;
        if answer.is_empty() {
            return self.talk.say("Nothing was called.");
        }
        let Some(call) = Call::of(&answer) else {
            return self.talk.say(format!("`{answer}` is no call: type go, hold or no-go."));
        };
        let (reason, evidence) = if call == Call::Go {
            let evidence = self.ask_evidence(here, &roll.evidence)?;
            (self.talk.ask("A remark, kept with the go (Enter: none):")?, evidence)
        } else {
            (self.talk.ask("Why?")?, BTreeMap::new())
        };
        let command = Command::Call {
            step: here.step.id.clone(),
            role: role.clone(),
            call,
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            evidence,
            seen: here.step.digest.clone(),
            saw: Box::new(roll.card),
        };
        let said = format!("{role} says {} to {}", call.word(), here.step.id);
        self.record(&command, &said).map(drop)
    }

    /// For which role somebody speaks.
    fn ask_caller(&mut self, roll: &RollCallStanding, name: &str) -> Result<Option<Role>, Ended> {
        let people = lock(&self.workspace).config.people.clone();
        let own = people.into_iter().find(|person| person.name == name);
        let own = own.map(|person| person.roles).unwrap_or_default();
        if let [only] = own.as_slice() {
            self.talk.say(format!("In the role {only}, as golive.yaml says."))?;
            return Ok(Some(only.clone()));
        }
        let mut roles: Vec<Role> = roll.roles.iter().map(|role| role.role.clone()).collect();
        if !own.is_empty() {
            roles = own;
        }
        for (number, role) in roles.iter().enumerate() {
            self.talk.say_at(2, format!("{}. {role}", number + 1))?;
        }
        let answer =
            self.talk.ask("For which role do you speak? (name or number; Enter: leave it)")?;
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let role = number.and_then(|number| roles.get(number)).cloned();
        Ok(role.or_else(|| (!answer.is_empty()).then(|| Role(answer.to_lowercase()))))
    }

    /// Lifts a hold at the step at hand.
    pub(super) fn lift(&mut self, here: &Here) -> Result<(), Ended> {
        let held = here.standing.roll_call.as_ref().map(RollCallStanding::held).unwrap_or_default();
        let role = match held.as_slice() {
            [only] => only.clone(),
            several => {
                let names: Vec<&str> = several.iter().map(Role::as_str).collect();
                let question = format!("Whose hold? ({}; Enter: leave it)", names.join(", "));
                Role(self.talk.ask(&question)?)
            }
        };
        let question = format!("Why may the hold of {role} be lifted? (Enter: leave it)");
        let reason =
            if role.as_str().is_empty() { String::new() } else { self.talk.ask(&question)? };
        if reason.is_empty() {
            return self.talk.say("Nothing was lifted.");
        }
        let said = format!("the hold of {role} lifted");
        let step = here.step.id.clone();
        self.record(&Command::Lift { step, role, reason }, &said).map(drop)
    }

    /// Shows the way back and, when it is begun, lets the rollback be called.
    pub(super) fn rollback(&mut self) -> Result<(), Ended> {
        let (step, card, begun) = {
            let workspace = lock(&self.workspace);
            let (runbook, standing) = (workspace.runbook(), workspace.standing());
            let Some(step) = cutover::current(runbook, &standing) else { return Ok(()) };
            let stands = standing.step(&step.id);
            let signed = stands.is_some_and(|stands| !stands.signatures.is_empty());
            let begun = signed && workspace.read_only().is_none();
            (step.clone(), cutover::rollback_card(runbook, &standing, step), begun)
        };
        self.talk.say(format!("Rollback: {} ({})", step.title, step.id))?;
        parts(&mut self.talk, &card)?;
        if !begun {
            return Ok(());
        }
        let question = format!("To call the rollback now, type {PHRASE} (Enter: do not):");
        if self.talk.ask(&question)? != PHRASE {
            return self.talk.say("The rollback was not called.");
        }
        let reason = self.talk.ask("Why?")?;
        let said = format!("rollback of {} called", step.id);
        self.record(&Command::CallRollback { step: step.id.clone(), reason }, &said)?;
        self.say_state_of(&step.id)
    }
}

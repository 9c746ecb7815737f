//! What can be chosen at a prompt, by number or by word.

use crate::launch::event::Call::Go;
use crate::launch::standing::{StepStanding, StepState};
use crate::runbook::model::Step;

/// Something to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Run the checks of the step.
    Verify,
    /// Run the checks of all steps of its section.
    VerifySection,
    /// Sign the step.
    Sign,
    /// Say go, hold or no-go at the roll call.
    Call,
    /// Lift a hold.
    Lift,
    /// Show the rollback; call it.
    Rollback,
    /// Go to the next step of the launch.
    GoOn,
    /// Go one step forward.
    Forward,
    /// Go one step back.
    Back,
    /// Go to a step by name.
    Jump,
    /// List all steps.
    List,
    /// Show how the first week stands.
    FirstWeek,
    /// Open the demo's panel.
    Demo,
    /// Write a note.
    Note,
    /// Waive the step.
    Waive,
    /// Mark it as not applicable.
    Skip,
    /// Reopen it.
    Reopen,
    /// Show what happened so far.
    Audit,
    /// Show the step again.
    Show,
    /// Change who signs.
    Person,
    /// Let the runbook's commands run.
    Trust,
    /// Show the page that asks for a card as a code.
    Code,
    /// Quit.
    Quit,
}

impl Choice {
    /// The word to type, and what it does.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Verify => ("verify", "run the checks of this step"),
            Self::VerifySection => ("section", "run the checks of this section, side by side"),
            Self::Sign => ("sign", "sign this step"),
            Self::Call => ("call", "say go, hold or no-go for a role"),
            Self::Lift => ("lift", "lift a hold, in your name"),
            Self::Rollback => ("rollback", "show the way back, and call it if need be"),
            Self::GoOn => ("continue", "go to what is next in the launch"),
            Self::Forward => ("next", "go one step forward"),
            Self::Back => ("back", "go one step back"),
            Self::Jump => ("goto", "go to a step by its name"),
            Self::List => ("list", "list all steps and the verdict"),
            Self::FirstWeek => (
                "first-week",
                "the first week: deliveries, failed payments, subscriptions and errors, by your logs",
            ),
            Self::Demo => ("demo", "pay with a test card, let time pass, switch a fault"),
            Self::Note => ("note", "write a note"),
            Self::Waive => ("waive", "go on without this step, in your name"),
            Self::Skip => ("skip", "say that this step does not apply"),
            Self::Reopen => ("reopen", "take back sign-offs, waiver and results of this step"),
            Self::Audit => ("log", "show what has happened so far"),
            Self::Show => ("show", "show this step again"),
            Self::Person => ("as", "change who signs"),
            Self::Code => ("qr", "show the page that asks for a card as a QR code"),
            Self::Trust => ("trust", "let the commands of this runbook run"),
            Self::Quit => ("quit", "quit; everything saved stays saved"),
        }
    }
}

/// What the launch as a whole allows.
#[derive(Clone, Copy, Debug)]
pub struct Offers {
    /// Whether anything can be recorded.
    pub writable: bool,
    /// Whether the runbook's commands have still to be trusted.
    pub trust: bool,
    /// Whether there is a way back to show.
    pub rollback: bool,
    /// Whether a page of the step asks for a card.
    pub page: bool,
    /// Whether it is the launch of the demo.
    pub demo: bool,
}

/// What can be done at a step, the likeliest first.
pub fn offered(step: &Step, standing: &StepStanding, launch: &Offers) -> Vec<Choice> {
    use Choice::{
        Audit, Back, Call, Code, Demo, FirstWeek, Forward, GoOn, Jump, Lift, List, Note, Person,
        Quit, Reopen, Rollback, Show, Sign, Skip, Trust, Verify, VerifySection, Waive,
    };
    let Offers { writable, trust, rollback, page, demo } = *launch;
    let settled = standing.state.is_settled();
    let exempt = matches!(standing.state, StepState::Waived | StepState::NotApplicable);
    let checks = !step.verify.is_empty();
    let roll = standing.roll_call.as_ref();
    let called = step.sign_off.is_roll_call() && standing.state != StepState::NotApplicable;
    let calls = called && roll.is_some_and(|roll| roll.acted.is_none());
    let held = roll.is_some_and(|roll| !roll.held().is_empty());
    let signs = !step.sign_off.is_roll_call()
        && (!step.sign_off.is_by_checks() || standing.missing.people > 0)
        && !matches!(standing.state, StepState::Done | StepState::NotApplicable);
    let sign_first = standing.state == StepState::Ready;
    let mut choices = Vec::new();
    if settled {
        choices.push(GoOn);
    }
    if writable {
        choices.extend(held.then_some(Lift));
        choices.extend(calls.then_some(Call));
    }
    if writable {
        choices.extend((signs && sign_first).then_some(Sign));
        choices.extend(checks.then_some(Verify));
        choices.extend((signs && !sign_first).then_some(Sign));
        choices.extend(checks.then_some(VerifySection));
    }
    choices.extend(page.then_some(Code));
    if !settled {
        choices.push(GoOn);
    }
    choices.extend([Forward, Back, Jump, List, FirstWeek]);
    choices.extend(demo.then_some(Demo));
    choices.extend(rollback.then_some(Rollback));
    if writable {
        choices.push(Note);
        choices.extend((!settled).then_some([Waive, Skip]).into_iter().flatten());
        choices.extend((settled || exempt || touched(standing)).then_some(Reopen));
        choices.extend(trust.then_some(Trust));
    }
    choices.extend([Audit, Show, Person, Quit]);
    choices
}

/// Whether something has happened at the step that could be taken back.
fn touched(standing: &StepStanding) -> bool {
    !standing.signatures.is_empty()
        || standing.rolled_back.is_some()
        || standing.roll_call.as_ref().is_some_and(|roll| roll.standing(Go).next().is_some())
        || standing.exemption.is_some()
        || standing.checks.iter().any(|check| check.last.is_some())
}

/// The choice that an answer names: a number of the list, a word, or the beginning of a word that
/// no other has. An empty answer is the first.
pub fn chosen(choices: &[Choice], answer: &str) -> Option<Choice> {
    let answer = answer.trim().to_lowercase();
    if answer.is_empty() {
        return choices.first().copied();
    }
    if let Ok(number) = answer.parse::<usize>() {
        return choices.get(number.checked_sub(1)?).copied();
    }
    let word = |choice: &&Choice| choice.words().0 == answer;
    if let Some(exact) = choices.iter().find(word) {
        return Some(*exact);
    }
    // `q` means quit, whatever else begins with it.
    let whole = |choice: &&Choice| **choice != Choice::Code;
    let begins = choices.iter().filter(|choice| choice.words().0.starts_with(&answer));
    let mut begins = begins.filter(whole);
    let only = begins.next()?;
    begins.next().is_none().then_some(*only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_number_a_word_or_its_beginning() {
        let choices = [Choice::Sign, Choice::Skip, Choice::Show, Choice::Quit];
        let pick = |answer| chosen(&choices, answer);
        assert_eq!(pick(""), Some(Choice::Sign));
        assert_eq!(pick("4"), Some(Choice::Quit));
        assert_eq!(pick(" QUIT "), Some(Choice::Quit));
        assert_eq!(pick("sk"), Some(Choice::Skip));
        assert_eq!(pick("s"), None, "three words begin with it");
        assert_eq!(chosen(&[Choice::Code, Choice::Quit], "q"), Some(Choice::Quit));
        assert_eq!(chosen(&[Choice::Code, Choice::Quit], "qr"), Some(Choice::Code));
        assert_eq!(pick("0"), None);
        assert_eq!(pick("5"), None);
    }
}

//! The walk itself: where it stands, what can be done, doing it.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::runtime::{Builder, Runtime};

use crate::failure::{Failure, FailureKind};
use crate::launch::cutover;
use crate::launch::decide::Command;
use crate::launch::event::{Actor, Entry, Face};
use crate::launch::since::acts;
use crate::launch::standing::{Standing, StepStanding, StepState};
use crate::plain::choice::{self, Choice, Offers};
use crate::plain::talk::{Ended, Talk};
use crate::plain::verify::runs_commands;
use crate::plain::{overview, step};
use crate::runbook::model::{Origin, Step, StepId};
use crate::runtime::actor;
use crate::runtime::guest::Host;
use crate::runtime::workspace::{SharedWorkspace, lock};

/// The walk of one operator.
pub struct Walk<R, W> {
    pub(super) workspace: SharedWorkspace,
    pub(super) talk: Talk<R, W>,
    pub(super) runtime: Runtime,
    /// Whether Ctrl-C ends the program now, rather than a run of checks.
    pub(super) prompting: Arc<AtomicBool>,
    /// Who signs, once known.
    pub(super) signer: Option<String>,
    /// The demo, where the launch is that of the demo.
    pub(super) host: Option<Arc<dyn Host>>,
    /// The number of the step at hand, from 0.
    here: usize,
    /// The choices that were listed last; their numbers hold until others are listed.
    listed: Vec<Choice>,
}

/// The step at hand, as it stands now.
pub struct Here {
    /// The step.
    pub step: Step,
    /// Where it stands.
    pub standing: StepStanding,
    /// Where the launch stands.
    pub launch: Standing,
}

impl<R: BufRead, W: Write> Walk<R, W> {
    /// A walk that begins at the next step of the launch.
    ///
    /// # Errors
    /// When the operating system gives no threads.
    pub fn new(workspace: SharedWorkspace, talk: Talk<R, W>) -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| {
            Failure::new(FailureKind::Other, "the walk can not begin").because(&error)
        })?;
        let signer = lock(&workspace).config.signer.clone();
        let prompting = Arc::new(AtomicBool::new(true));
        let mut walk = Self {
            workspace,
            talk,
            runtime,
            prompting,
            signer,
            host: None,
            here: 0,
            listed: Vec::new(),
        };
        walk.go_on();
        Ok(walk)
    }

    /// The same with the demo behind it.
    #[must_use]
    pub fn with_host(mut self, host: Option<Arc<dyn Host>>) -> Self {
        self.host = host;
        self
    }

    /// The switch that says whether Ctrl-C may end the program.
    pub fn prompting(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.prompting)
    }

    /// Walks until the operator quits.
    ///
    /// # Errors
    /// When the input ends, nothing can be said, or the journal can not be read.
    pub fn run(&mut self) -> Result<(), Ended> {
        overview::greet(self)?;
        let mut shown = None;
        loop {
            self.hear_of_others()?;
            let Some(here) = self.here() else {
                return self.talk.say("This runbook has no steps.");
            };
            if shown.as_ref() != Some(&here.step.id) {
                step::say(self, &here)?;
                shown = Some(here.step.id.clone());
            }
            let choices = self.choices(&here);
            let Some(choice) = self.choose(&here, &choices)? else { continue };
            match choice {
                Choice::Quit => return overview::farewell(self),
                Choice::Show => shown = None,
                _ => self.act(choice, &here)?,
            }
        }
    }

    fn act(&mut self, choice: Choice, here: &Here) -> Result<(), Ended> {
        match choice {
            Choice::Verify => self.verify(std::slice::from_ref(&here.step))?,
            Choice::VerifySection => self.verify_section(here)?,
            Choice::Sign => self.sign(here)?,
            Choice::Call => self.call(here)?,
            Choice::Lift => self.lift(here)?,
            Choice::Rollback => self.rollback()?,
            Choice::Waive => self.waive(here)?,
            Choice::Skip => self.skip(here)?,
            Choice::Reopen => self.reopen(here)?,
            Choice::Note => self.note(here)?,
            Choice::GoOn => return self.say_go_on(here),
            Choice::Forward => self.move_by(true)?,
            Choice::Back => self.move_by(false)?,
            Choice::Jump => self.jump()?,
            Choice::List => overview::list(self)?,
            Choice::FirstWeek => self.first_week()?,
            Choice::Demo => self.demo()?,
            Choice::Audit => overview::audit(self)?,
            Choice::Person => drop(self.ask_person()?),
            Choice::Trust => drop(self.trust(std::slice::from_ref(&here.step))?),
            Choice::Code => self.say_code(here)?,
            Choice::Show | Choice::Quit => {}
        }
        // What has just been settled is left behind; the list and the log leave one where one is.
        let acted = matches!(
            choice,
            Choice::Verify
                | Choice::VerifySection
                | Choice::Sign
                | Choice::Call
                | Choice::Waive
                | Choice::Skip
        );
        let settled = self.here().is_some_and(|now| now.standing.state.is_settled());
        if acted && settled && !here.standing.state.is_settled() {
            self.go_on();
        }
        Ok(())
    }

    fn choices(&self, here: &Here) -> Vec<Choice> {
        let workspace = lock(&self.workspace);
        let writable = workspace.read_only().is_none();
        let own = workspace.runbook().origin == Origin::BuiltIn || workspace.launch().is_trusted();
        let trust = !own && runs_commands(&here.step);
        let rollback = cutover::current(workspace.runbook(), &here.launch).is_some();
        let page = workspace.launch().ledger().open_page(&here.step.id).is_some();
        let demo = self.host.is_some();
        let offers = Offers { writable, trust, rollback, page, demo };
        choice::offered(&here.step, &here.standing, &offers)
    }

    fn choose(&mut self, here: &Here, choices: &[Choice]) -> Result<Option<Choice>, Ended> {
        self.talk.pause()?;
        self.say_ledger()?;
        self.talk.say(format!("At {}, which is {}.", here.step.id, here.standing.state.word()))?;
        if self.listed != choices {
            for (number, choice) in choices.iter().enumerate() {
                let (word, says) = choice.words();
                self.talk.say_at(2, format!("{}. {word}: {says}", number + 1))?;
            }
            self.listed = choices.to_vec();
        }
        let first = choices.first().map_or("", |choice| choice.words().0);
        let answer = self.talk.ask(&format!("What now? (Enter: {first}; ?: the choices)"))?;
        if matches!(answer.as_str(), "?" | "help") {
            self.listed.clear();
            return Ok(None);
        }
        let choice = choice::chosen(choices, &answer);
        if choice.is_none() {
            self.talk.say(format!("`{answer}` is none of the choices; ? lists them."))?;
        }
        Ok(choice)
    }

    /// The step at hand as it stands now; `None` in a runbook without steps.
    pub(super) fn here(&self) -> Option<Here> {
        let workspace = lock(&self.workspace);
        let launch = workspace.standing();
        let standing = launch.steps.get(self.here).or(launch.steps.first())?.clone();
        let step = workspace.runbook().step(&standing.id)?.clone();
        Some(Here { step, standing, launch })
    }

    /// Goes to the next step of the launch; stays where everything is settled.
    fn go_on(&mut self) {
        let workspace = lock(&self.workspace);
        let next = workspace.standing().next;
        let place = next.and_then(|next| workspace.runbook().steps().position(|s| s.id == next));
        drop(workspace);
        self.here = place.unwrap_or(self.here);
    }

    fn say_go_on(&mut self, here: &Here) -> Result<(), Ended> {
        self.go_on();
        if self.here().is_some_and(|now| now.step.id == here.step.id) {
            let says = match here.launch.next {
                Some(_) => "This is the next step of the launch.",
                None => "Nothing is left that somebody could do now.",
            };
            self.talk.say(says)?;
            return overview::verdict(self);
        }
        Ok(())
    }

    fn move_by(&mut self, forward: bool) -> Result<(), Ended> {
        let steps = lock(&self.workspace).runbook().steps().count();
        let to = if forward { Some(self.here + 1) } else { self.here.checked_sub(1) };
        match to.filter(|to| *to < steps) {
            Some(to) => self.here = to,
            None if forward => self.talk.say("This is the last step.")?,
            None => self.talk.say("This is the first step.")?,
        }
        Ok(())
    }

    fn jump(&mut self) -> Result<(), Ended> {
        let answer = self.talk.ask("Which step? (its name or a part of it, or its number)")?;
        let runbook = Arc::clone(lock(&self.workspace).runbook());
        let ids: Vec<&str> = runbook.steps().map(|step| step.id.as_str()).collect();
        match place_of(("step", "list"), &ids, &answer) {
            Ok(place) => self.here = place,
            Err(says) => self.talk.say(says)?,
        }
        Ok(())
    }

    /// Says what others have done in the meantime.
    fn hear_of_others(&mut self) -> Result<(), Ended> {
        let entries = lock(&self.workspace).refresh()?;
        self.tell_of_others(&entries)
    }

    fn tell_of_others(&mut self, entries: &[Entry]) -> Result<(), Ended> {
        let own = |entry: &&Entry| {
            entry.by.via == Face::Plain && Some(&entry.by.name) == self.signer.as_ref()
        };
        let others: Vec<Entry> = entries.iter().filter(|entry| !own(entry)).cloned().collect();
        for act in acts(others.iter()) {
            self.talk.say(format!("Meanwhile, at {}: {}.", act.at.minute(), act.sentence()))?;
        }
        Ok(())
    }

    /// Who acts; asks when nobody is named yet. `None` when nobody wants to be.
    pub(super) fn person(&mut self) -> Result<Option<Actor>, Ended> {
        if self.signer.is_none() {
            self.talk.say("What you do is recorded under your name.")?;
            self.ask_person()?;
        }
        Ok(self.signer.as_ref().map(|name| actor::named(name, Face::Plain)))
    }

    fn ask_person(&mut self) -> Result<(), Ended> {
        let people = lock(&self.workspace).config.people.clone();
        for (number, person) in people.iter().enumerate() {
            self.talk.say_at(2, format!("{}. {}", number + 1, person.name))?;
        }
        let answer = self.talk.ask("Who are you? (name or number; Enter leaves it)")?;
        if answer.is_empty() {
            return Ok(());
        }
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let known = number.and_then(|number| people.get(number)).map(|person| person.name.clone());
        let name = known.unwrap_or(answer);
        self.talk.say(format!("You sign as {name}."))?;
        self.signer = Some(name);
        Ok(())
    }

    /// Records something and says so once it is on disk; whether it was recorded.
    pub(super) fn record(&mut self, command: &Command, said: &str) -> Result<bool, Ended> {
        let Some(by) = self.person()? else {
            self.talk.say("Nothing was recorded.")?;
            return Ok(false);
        };
        let submitted = lock(&self.workspace).submit(&by, command);
        match submitted {
            Ok(entries) => {
                self.tell_of_others(&entries)?;
                let head = lock(&self.workspace).head().seq;
                self.talk.say(format!("Saved: {said} by {} (journal entry {head}).", by.name))?;
                self.say_state()?;
                Ok(true)
            }
            Err(failure) => {
                self.talk.trouble(&failure)?;
                Ok(false)
            }
        }
    }

    /// Says how the step at hand stands now.
    pub(super) fn say_state(&mut self) -> Result<(), Ended> {
        let Some(here) = self.here() else { return Ok(()) };
        self.say_state_of(&here.step.id)
    }

    /// Says how a step stands now.
    pub(super) fn say_state_of(&mut self, id: &StepId) -> Result<(), Ended> {
        let launch = lock(&self.workspace).standing();
        let Some(standing) = launch.step(id) else { return Ok(()) };
        self.talk.say(format!("{id} is now {}.", standing.state.word()))?;
        if standing.state != StepState::Done {
            for why in &standing.because {
                self.talk.say_at(2, why)?;
            }
        }
        Ok(())
    }
}

/// The place of what an answer means among these ids; what they are, and what lists them, for when
/// it means none.
pub fn place_of((what, list): (&str, &str), ids: &[&str], answer: &str) -> Result<usize, String> {
    let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    if let Some(place) = number.filter(|place| *place < ids.len()) {
        return Ok(place);
    }
    if let Some(place) = ids.iter().position(|id| *id == answer) {
        return Ok(place);
    }
    let parts: Vec<usize> = ids
        .iter()
        .enumerate()
        .filter(|(_, id)| !answer.is_empty() && id.contains(answer))
        .map(|(place, _)| place)
        .collect();
    match parts.as_slice() {
        [only] => Ok(*only),
        [] => Err(format!("There is no {what} `{answer}`; `{list}` shows them all.")),
        several => {
            let named = several.iter().filter_map(|place| ids.get(*place)).copied();
            Err(format!("Several are meant: {}.", named.collect::<Vec<_>>().join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn a_step_is_found_by_name_part_or_number() {
        let ids = ["webhook.signature", "webhook.prompt", "cutover.switch"];
        assert_eq!(place_of(("step", "list"), &ids, "webhook.prompt"), Ok(1));
        assert_eq!(place_of(("step", "list"), &ids, "3"), Ok(2));
        assert_eq!(place_of(("step", "list"), &ids, "switch"), Ok(2));
        assert!(place_of(("step", "list"), &ids, "webhook").unwrap_err().contains("Several"));
        assert!(place_of(("step", "list"), &ids, "").unwrap_err().contains("no step"));
        assert!(place_of(("step", "list"), &ids, "9").unwrap_err().contains("no step"));
    }
}

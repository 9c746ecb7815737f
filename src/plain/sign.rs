//! Signing a step, question by question.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::sync::Arc;

use crate::launch::cutover;
use crate::launch::decide::Command;
use crate::launch::lookup::{Looked, LookedUp};
use crate::launch::outcome::Outcome;
use crate::plain::roll;
use crate::plain::talk::Ended;
use crate::plain::walk::{Here, Walk};
use crate::runbook::model::Role;
use crate::runtime::lookup;
use crate::runtime::workspace::lock;

impl<R: BufRead, W: Write> Walk<R, W> {
    /// Has the step at hand signed.
    pub(super) fn sign(&mut self, here: &Here) -> Result<(), Ended> {
        let step = &here.step;
        let Some(by) = self.person()? else { return self.talk.say("Nothing was signed.") };
        self.talk.say(format!("{} signs: {}", by.name, step.title))?;
        let Some(role) = self.ask_role(here, &by.name)? else {
            return self.talk.say("Nothing was signed.");
        };
        let agreed = self.agreed(here);
        let evidence = self.ask_evidence(here, &agreed)?;
        let note = self.ask_remark(here)?;
        if let Some(phrase) = step.phrase() {
            self.talk.say("This step can not be taken back.")?;
            let launch = lock(&self.workspace).standing();
            let runbook = lock(&self.workspace).runbook().clone();
            let parts = cutover::point_of_no_return(&runbook, &launch, step);
            roll::parts(&mut self.talk, &parts)?;
            let typed = self.talk.ask(&format!("Type {phrase} to sign it:"))?;
            if typed != phrase {
                return self.talk.say("That is not it. Nothing was signed.");
            }
        }
        let mut command = Command::Sign {
            step: step.id.clone(),
            role: role.clone(),
            evidence,
            note: Some(note).filter(|note| !note.is_empty()),
            seen: step.digest.clone(),
            looked_up: LookedUp::default(),
        };
        self.look_up(&mut command)?;
        let role = role.map(|role| format!(" as {role}"));
        let said = format!("{} signed{}", step.id, role.unwrap_or_default());
        self.record(&command, &said).map(drop)
    }

    /// Looks up at the provider what the evidence names. Where that is not possible, somebody may
    /// sign without, and says why.
    fn look_up(&mut self, command: &mut Command) -> Result<(), Ended> {
        let (config, runbook, now) = {
            let workspace = lock(&self.workspace);
            let (config, runbook) = (&workspace.config, workspace.runbook());
            (Arc::clone(config), Arc::clone(runbook), workspace.clock().now())
        };
        if !lookup::is_needed(&runbook, command) {
            return Ok(());
        }
        self.talk.say("Looking it up at MintCash.")?;
        let armed = BTreeSet::new();
        self.runtime.block_on(lookup::complete(&config, &runbook, now, &armed, command));
        let Command::Sign { looked_up, .. } = command else { return Ok(()) };
        let mut missing = false;
        for (name, looked) in &looked_up.found {
            match looked {
                Looked::Seen { says, .. } => self.talk.say_at(2, format!("{name}: {says}"))?,
                Looked::NotThere { .. } => {}
                Looked::Unknown { why, .. } => {
                    missing = true;
                    self.talk.say_at(2, format!("{name} could not be looked up: {why}"))?;
                }
            }
        }
        if missing {
            let why = self.talk.ask("Why do you sign without? (Enter: not to sign)")?;
            looked_up.without = Some(why).filter(|why| !why.is_empty());
        }
        Ok(())
    }

    /// What was agreed at the roll call that an irreversible step rests on.
    fn agreed(&self, here: &Here) -> BTreeMap<String, String> {
        let workspace = lock(&self.workspace);
        let decision = cutover::decision_of(workspace.runbook(), &here.step.id);
        let decision = decision.filter(|_| here.step.irreversible);
        let stands = decision.and_then(|step| here.launch.step(&step.id));
        stands
            .and_then(|stands| stands.roll_call.as_ref())
            .map(|roll| roll.evidence.clone())
            .unwrap_or_default()
    }

    /// Evidence, piece by piece; what is agreed already stands when nothing is typed.
    pub(super) fn ask_evidence(
        &mut self,
        here: &Here,
        agreed: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Ended> {
        let mut evidence = BTreeMap::new();
        for spec in &here.step.evidence {
            let need = match agreed.get(&spec.name) {
                Some(value) => format!("Enter keeps: {value}"),
                None if spec.required => "required".to_owned(),
                None => "Enter leaves it out".to_owned(),
            };
            let about = format!("{} ({need}). {}", spec.name, spec.about);
            let answer = self.talk.ask(&format!("Evidence {about}:"))?;
            if !answer.is_empty() {
                evidence.insert(spec.name.clone(), answer);
            }
        }
        Ok(evidence)
    }

    /// The role to sign in, where the step still asks for roles; `None` when it is left.
    #[expect(clippy::option_option, reason = "left without an answer; answered with no role")]
    fn ask_role(&mut self, here: &Here, name: &str) -> Result<Option<Option<Role>>, Ended> {
        let missing = &here.standing.missing;
        if missing.roles.is_empty() {
            return Ok(Some(None));
        }
        let people = lock(&self.workspace).config.people.clone();
        let own = people.into_iter().find(|person| person.name == name);
        let own = own.map(|person| person.roles).unwrap_or_default();
        let roles = &missing.roles;
        if let Some(role) = roles.iter().find(|role| own.contains(role)) {
            self.talk.say(format!("In the role {role}, as golive.yaml says."))?;
            return Ok(Some(Some(role.clone())));
        }
        for (number, role) in roles.iter().enumerate() {
            self.talk.say_at(2, format!("{}. {role}", number + 1))?;
        }
        let without = if missing.people > roles.len() { "without a role" } else { "not to sign" };
        let answer =
            self.talk.ask(&format!("In which role? (name or number; Enter: {without})"))?;
        if answer.is_empty() {
            return Ok((missing.people > roles.len()).then_some(None));
        }
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let role = number.and_then(|number| roles.get(number)).cloned();
        Ok(Some(Some(role.unwrap_or(Role(answer)))))
    }

    /// A remark; asked for where a check could not find out, because somebody then has to say how
    /// they know, and where a threshold is crossed, because somebody answers for signing over it.
    fn ask_remark(&mut self, here: &Here) -> Result<String, Ended> {
        let unknown = here.standing.checks.iter().find(|check| {
            check.last.as_ref().is_some_and(|last| last.what.outcome == Outcome::Unknown)
        });
        match unknown {
            Some(check) => {
                let question = format!("{} could not find out. How do you know?", check.check);
                self.talk.ask(&question)
            }
            None if !here.standing.crossed.is_empty() => {
                self.talk.ask("A threshold is crossed. Why may it be signed?")
            }
            None => self.talk.ask("A remark, kept with the signature (Enter: none):"),
        }
    }
}

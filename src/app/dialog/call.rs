//! The call dialog: who speaks for which role, and what they say: go, hold or no-go.
//!
//! Nothing is chosen when it opens, so that a held Enter calls nothing. The verdict is kept as the
//! dialog shows it: the launch refuses a go when it has got worse meanwhile.

use std::collections::BTreeMap;

use crokey::KeyCombination;

use crate::app::current::Here;
use crate::app::dialog::Asked;
use crate::app::dialog::form::{Field, FieldKind, Form, FormKey, scrolled};
use crate::config::PersonConfig;
use crate::launch::decide::Command;
use crate::launch::event::{Call as Said, Card};
use crate::runbook::model::{Role, StepDigest, StepId};

const NAME: &str = "Your name";
const ROLE: &str = "Role";
const CALL: &str = "Call";
const REASON: &str = "Reason";

/// The call dialog.
#[derive(Clone, Debug)]
pub struct Call {
    /// The step.
    pub step: StepId,
    /// Its title.
    pub title: String,
    /// The verdict as it is shown, and kept with the call.
    pub saw: Card,
    /// The fields.
    pub form: Form,
    /// Lines scrolled back, to read what stands above the fields.
    pub above: usize,
    seen: StepDigest,
    /// What has to be agreed: name, and whether nobody has said it yet.
    evidence: Vec<(String, bool)>,
    people: Vec<PersonConfig>,
    /// The role that was filled in for the name that is typed.
    suggested: String,
}

impl Call {
    /// The dialog for a roll call, with names to offer; nothing where there is none.
    #[must_use]
    pub fn new(here: &Here<'_>, people: &[PersonConfig], offers: Vec<String>) -> Option<Self> {
        let step = here.step;
        let roll = here.standing?.roll_call.as_ref()?;
        let mut roles: Vec<String> = roll.roles.iter().map(|role| role.role.to_string()).collect();
        let team = people.iter().flat_map(|person| &person.roles).map(ToString::to_string);
        for role in team {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        let words = Said::ALL.map(|call| call.word().to_owned()).to_vec();
        let mut fields = vec![
            Field::words(NAME, "type your name to call", true).offering(offers),
            Field::words(ROLE, &roles.join(", "), true).offering(roles),
            Field::choose(CALL, "", words),
            Field::words(REASON, "optional for a go; a hold and a no-go need it", false),
        ];
        let mut evidence = Vec::new();
        for spec in &step.evidence {
            let agreed = roll.evidence.get(&spec.name);
            let field = Field::words(&spec.name, &spec.about, false);
            fields.push(field.filled(agreed.map_or("", String::as_str)));
            evidence.push((spec.name.clone(), spec.required));
        }
        let mut form = Form::new("Call", fields);
        form.focus = 0;
        Some(Self {
            step: step.id.clone(),
            title: step.title.clone(),
            saw: roll.card.clone(),
            form,
            above: 0,
            seen: step.digest.clone(),
            evidence,
            people: people.to_vec(),
            suggested: String::new(),
        })
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        self.above = scrolled(self.above, key);
        let before = self.form.value(NAME).to_owned();
        let call = self.form.value(CALL).to_owned();
        // What this call needs is known before the form looks for what is missing.
        self.need();
        let came = self.form.key(key);
        if self.form.value(NAME) != before {
            self.suggest_role();
        }
        if self.form.value(CALL) != call {
            self.need();
        }
        match came {
            FormKey::Taken => Asked::Stay,
            FormKey::Close => Asked::Close,
            FormKey::Submit => self.record(),
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.form.paste(text);
    }

    /// What the call needs: a go what was to be agreed, a hold and a no-go a reason.
    fn need(&mut self) {
        let call = Said::of(self.form.value(CALL));
        for field in &mut self.form.fields {
            if field.label == REASON {
                field.required = matches!(call, Some(Said::Hold | Said::NoGo));
            }
            if let Some((_, required)) = self.evidence.iter().find(|(name, _)| *name == field.label)
            {
                field.required = *required && call == Some(Said::Go);
            }
        }
    }

    fn record(&mut self) -> Asked {
        let Some(call) = Said::of(self.form.value(CALL)) else { return Asked::Stay };
        let by = self.form.value(NAME).to_owned();
        let filled = |label: &str| {
            let value = self.form.value(label);
            (!value.is_empty()).then(|| value.to_owned())
        };
        let evidence: BTreeMap<_, _> = if call == Said::Go {
            let names = self.evidence.iter().map(|(name, _)| name);
            names.filter_map(|name| Some((name.clone(), filled(name)?))).collect()
        } else {
            BTreeMap::new()
        };
        let command = Command::Call {
            step: self.step.clone(),
            role: Role(self.form.value(ROLE).to_lowercase()),
            call,
            reason: filled(REASON),
            evidence,
            seen: self.seen.clone(),
            saw: Box::new(self.saw.clone()),
        };
        Asked::Record { by, command: Box::new(command) }
    }

    /// Fills in the role that the team file gives to the person who is typing, unless another was
    /// typed.
    fn suggest_role(&mut self) {
        let name = self.form.value(NAME);
        let person = self.people.iter().find(|person| person.name == name);
        let role = person.and_then(|person| person.roles.first());
        let role = role.map(ToString::to_string).unwrap_or_default();
        if self.form.value(ROLE) != self.suggested {
            return;
        }
        let field = self.form.fields.iter_mut().find(|field| field.label == ROLE);
        if let Some(FieldKind::Words { input, .. }) = field.map(|field| &mut field.kind) {
            *input = tui_input::Input::new(role.clone());
            self.suggested = role;
        }
    }
}

//! The sign dialog: who, in which role, with which evidence, and for an irreversible step a phrase.
//!
//! Signing means typing one's name, as under a paper: the current signer is offered as a
//! completion and never filled in, so that a held Enter signs nothing.

use std::collections::BTreeMap;

use crokey::KeyCombination;

use crate::app::current::Here;
use crate::app::dialog::Asked;
use crate::app::dialog::form::{Field, FieldKind, Form, FormKey, scrolled};
use crate::checks::Outcome;
use crate::config::PersonConfig;
use crate::launch::cutover::Part;
use crate::launch::decide::Command;
use crate::launch::lookup::LookedUp;
use crate::runbook::model::{Role, StepDigest, StepId};

const NAME: &str = "Your name";
const ROLE: &str = "Role";
const NOTE: &str = "Note";
const WITHOUT: &str = "Not looked up";
const PHRASE: &str = "Confirm";
const NO_ROLE: &str = "none";

/// The sign dialog.
#[derive(Clone, Debug)]
pub struct Sign {
    /// The step.
    pub step: StepId,
    /// Its title.
    pub title: String,
    /// What the signature vouches for, one line each.
    pub vouches: Vec<String>,
    /// For an irreversible step: what can go wrong, what has been decided, the way back.
    pub warning: Vec<Part>,
    /// The fields.
    pub form: Form,
    /// Lines scrolled back, to read what stands above the fields.
    pub above: usize,
    seen: StepDigest,
    evidence: Vec<String>,
    /// The evidence that is looked up at the provider.
    looked_up: Vec<String>,
    people: Vec<PersonConfig>,
}

impl Sign {
    /// The dialog for a step, with names to offer (the likeliest first).
    #[must_use]
    pub fn new(
        here: &Here<'_>,
        people: &[PersonConfig],
        offers: Vec<String>,
        (warning, agreed): (Vec<Part>, BTreeMap<String, String>),
    ) -> Self {
        let step = here.step;
        let mut fields = vec![Field::words(NAME, "type your name to sign", true).offering(offers)];
        let roles = here.standing.map(|standing| &standing.missing.roles);
        if let Some(roles) = roles.filter(|roles| !roles.is_empty()) {
            let mut options: Vec<_> = roles.iter().map(ToString::to_string).collect();
            options.push(NO_ROLE.into());
            fields.push(Field::one_of(ROLE, options));
        }
        // What another signer has handed in stands there already, to be confirmed or corrected.
        let handed_in = |name: &str| {
            let signatures = here.standing.map_or(&[][..], |standing| &standing.signatures);
            let given = signatures.iter().rev();
            let mut given = given.filter_map(|signature| signature.what.evidence.get(name));
            given.next().or_else(|| agreed.get(name))
        };
        for evidence in &step.evidence {
            let field = Field::words(&evidence.name, &evidence.about, evidence.required);
            fields.push(field.filled(handed_in(&evidence.name).map_or("", String::as_str)));
        }
        // Where a check could not find out, a person who does know says how.
        let unknown = here.standing.is_some_and(|standing| {
            let said = standing.checks.iter().filter_map(|check| check.last.as_ref());
            said.into_iter().any(|last| last.what.outcome == Outcome::Unknown)
        });
        let crossed = here.standing.is_some_and(|standing| !standing.crossed.is_empty());
        let about = match (unknown, crossed) {
            (true, _) => "how you know, since the check could not find out",
            (false, true) => "why it may be signed while a threshold is crossed",
            (false, false) => "optional",
        };
        fields.push(Field::words(NOTE, about, unknown || crossed));
        fields.extend(step.phrase().map(|phrase| Field::exactly(PHRASE, phrase)));
        Self {
            step: step.id.clone(),
            title: step.title.clone(),
            vouches: vouches(here),
            warning,
            form: Form::new("Sign", fields),
            above: 0,
            seen: step.digest.clone(),
            evidence: step.evidence.iter().map(|evidence| evidence.name.clone()).collect(),
            looked_up: step
                .evidence
                .iter()
                .filter(|evidence| evidence.lookup.is_some())
                .map(|evidence| evidence.name.clone())
                .collect(),
            people: people.to_vec(),
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        self.above = scrolled(self.above, key);
        let before = self.form.value(NAME).to_owned();
        let came = self.form.key(key);
        if self.form.value(NAME) != before {
            self.suggest_role();
        }
        match came {
            FormKey::Taken => Asked::Stay,
            FormKey::Close => Asked::Close,
            FormKey::Submit => {
                let by = self.form.value(NAME).to_owned();
                Asked::Record { by, command: Box::new(self.command()) }
            }
        }
    }

    fn command(&self) -> Command {
        let filled = |label: &str| {
            let value = self.form.value(label);
            (!value.is_empty()).then(|| value.to_owned())
        };
        let evidence: BTreeMap<_, _> = self
            .evidence
            .iter()
            .filter_map(|name| filled(name).map(|value| (name.clone(), value)))
            .collect();
        Command::Sign {
            step: self.step.clone(),
            role: filled(ROLE).filter(|role| role != NO_ROLE).map(Role),
            evidence,
            note: filled(NOTE),
            seen: self.seen.clone(),
            looked_up: LookedUp { without: filled(WITHOUT), ..LookedUp::default() },
        }
    }

    /// Shows why the signature was refused. From then on a signer can say why an id is not looked up.
    pub fn refuse(&mut self, why: String) {
        let asks = self.form.fields.iter().any(|field| field.label == WITHOUT);
        let typed = self.looked_up.iter().any(|name| !self.form.value(name).is_empty());
        if typed && !asks {
            let note = self.form.fields.iter().position(|field| field.label == NOTE);
            let place = note.map_or(self.form.fields.len(), |note| note + 1);
            let about = "why, if MintCash can not be asked";
            self.form.fields.insert(place, Field::words(WITHOUT, about, false));
        }
        self.form.error = Some(why);
    }

    /// Chooses the role that the team file gives to the person who is typing.
    fn suggest_role(&mut self) {
        let name = self.form.value(NAME);
        let Some(person) = self.people.iter().find(|person| person.name == name) else { return };
        let roles = person.roles.clone();
        let field = self.form.fields.iter_mut().find(|field| field.label == ROLE);
        if let Some(FieldKind::OneOf { options, chosen }) = field.map(|field| &mut field.kind) {
            let fits = |option: &String| roles.iter().any(|role| role.as_str() == option);
            *chosen = options
                .iter()
                .position(fits)
                .or_else(|| options.iter().position(|option| option == NO_ROLE))
                .unwrap_or(*chosen);
        }
    }
}

fn vouches(here: &Here<'_>) -> Vec<String> {
    let Some(standing) = here.standing else { return Vec::new() };
    let mut lines = Vec::new();
    for check in &standing.checks {
        lines.push(match &check.last {
            Some(last) if check.stale => {
                format!("{}: {}, stale since", check.check, last.what.outcome.word())
            }
            Some(last) => {
                let word = last.what.outcome.word();
                format!("{}: {word}, {}", check.check, last.at.minute())
            }
            None => format!("{}: not run", check.check),
        });
    }
    lines
}

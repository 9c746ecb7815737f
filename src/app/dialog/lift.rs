//! The lift dialog: whose hold is lifted, by whom and why.

use crokey::KeyCombination;

use crate::app::current::Here;
use crate::app::dialog::Asked;
use crate::app::dialog::form::{Field, Form, FormKey};
use crate::launch::decide::Command;
use crate::launch::event::Call;
use crate::runbook::model::{Role, StepId};

const NAME: &str = "Your name";
const ROLE: &str = "Hold of";
const REASON: &str = "Reason";

/// The dialog.
#[derive(Clone, Debug)]
pub struct Lift {
    /// The step.
    pub step: StepId,
    /// Its title.
    pub title: String,
    /// The holds, a sentence each.
    pub holds: Vec<String>,
    /// The fields.
    pub form: Form,
}

impl Lift {
    /// The dialog for a step that somebody holds; nothing where nobody does. `signer` is filled
    /// in, `offers` complete another name.
    #[must_use]
    pub fn new(here: &Here<'_>, signer: Option<&str>, offers: Vec<String>) -> Option<Self> {
        let roll = here.standing?.roll_call.as_ref()?;
        let held: Vec<String> = roll.held().iter().map(ToString::to_string).collect();
        if held.is_empty() {
            return None;
        }
        let name = Field::words(NAME, "who lifts it", true).offering(offers);
        let reason = Field::words(REASON, "what is so now that was not then", true);
        let fields =
            vec![Field::one_of(ROLE, held), reason, name.filled(signer.unwrap_or_default())];
        let holds = roll.roles.iter().filter(|role| role.says() == Some(Call::Hold));
        Some(Self {
            step: here.step.id.clone(),
            title: here.step.title.clone(),
            holds: holds.map(crate::launch::standing::RoleStanding::sentence).collect(),
            form: Form::new("Lift", fields),
        })
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        match self.form.key(key) {
            FormKey::Taken => Asked::Stay,
            FormKey::Close => Asked::Close,
            FormKey::Submit => {
                let value = |label| self.form.value(label).to_owned();
                let command = Command::Lift {
                    step: self.step.clone(),
                    role: Role(value(ROLE)),
                    reason: value(REASON),
                };
                Asked::Record { by: value(NAME), command: Box::new(command) }
            }
        }
    }
}

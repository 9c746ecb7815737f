//! Who signs: a name typed or chosen from those that the team file and the journal know.

use crokey::KeyCombination;

use crate::app::dialog::Asked;
use crate::app::dialog::form::{Field, Form, FormKey};
use crate::app::work::Then;

const NAME: &str = "Name";

/// The dialog.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The names that are offered.
    pub names: Vec<String>,
    /// The field.
    pub form: Form,
    /// What to go on with.
    pub then: Option<Then>,
}

impl Signer {
    /// The dialog with these names to choose from.
    #[must_use]
    pub fn new(names: Vec<String>, then: Option<Then>) -> Self {
        let field = Field::words(NAME, "type a name, or its number below", true);
        let form = Form::new("Sign as", vec![field.offering(names.clone())]);
        Self { names, form, then }
    }

    /// Takes a key; a digit alone chooses from the list.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        match self.form.key(key) {
            FormKey::Taken => {
                let number = self.form.value(NAME).parse::<usize>().ok();
                match number.and_then(|number| self.names.get(number.checked_sub(1)?)) {
                    Some(name) => Asked::BeSigner { name: name.clone(), then: self.then.clone() },
                    None => Asked::Stay,
                }
            }
            FormKey::Close => Asked::Close,
            FormKey::Submit => {
                Asked::BeSigner { name: self.form.value(NAME).to_owned(), then: self.then.clone() }
            }
        }
    }
}

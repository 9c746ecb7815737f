//! Before validly signed probes leave: what will be sent, to which host, and its name to type.

use crokey::KeyCombination;
use crokey::crossterm::event::KeyCode;

use crate::app::dialog::Asked;
use crate::app::dialog::form::{Field, Form, FormKey};
use crate::app::work::Permit;
use crate::checks::Planned;
use crate::runbook::model::CheckName;

const WITHOUT: &str = "Send";
const ALL: &str = "everything below";
const FEWER: &str = "only what a correct handler refuses";

/// The dialog.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Everything that would be done, each with its check.
    pub planned: Vec<(CheckName, Planned)>,
    /// The hosts that have to be typed.
    pub hosts: Vec<String>,
    /// The fields: a choice, then a host each.
    pub form: Form,
    /// Lines scrolled away in the list.
    pub scroll: usize,
    permit: Permit,
}

impl Arm {
    /// The dialog for a plan that needs `hosts` to be armed.
    #[must_use]
    pub fn new(permit: Permit, planned: Vec<(CheckName, Planned)>, hosts: Vec<String>) -> Self {
        let mut fields = vec![Field::one_of(WITHOUT, vec![ALL.into(), FEWER.into()])];
        fields.extend(hosts.iter().map(|host| Field::exactly("To host", host)));
        let mut form = Form::new("Send", fields);
        form.focus = 1;
        Self { planned, hosts, form, scroll: 0, permit }
    }

    /// Whether only probes that need no arming are wanted.
    #[must_use]
    pub fn is_without(&self) -> bool {
        self.form.value(WITHOUT) == FEWER
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        let enter = key.codes == KeyCode::Enter.into();
        if enter && self.is_without() && !self.form.on_cancel() {
            return self.go(Vec::new());
        }
        match self.form.key(key) {
            FormKey::Taken => Asked::Stay,
            FormKey::Close => Asked::Close,
            FormKey::Submit => self.go(self.hosts.clone()),
        }
    }

    fn go(&self, armed: Vec<String>) -> Asked {
        Asked::Verify(Box::new(Permit { armed, ..self.permit.clone() }))
    }
}

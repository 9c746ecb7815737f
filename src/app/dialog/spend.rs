//! Before real money moves: what will happen, whose card, and host, amount and owner to type.
//!
//! Opened by `app::update::verify`, once for each movement that a plan has. The rule it keeps:
//! nothing but the whole text, typed key by key, confirms it; whoever leaves it out goes on without.

use crokey::KeyCombination;
use crokey::crossterm::event::KeyCode;

use crate::app::dialog::Asked;
use crate::app::dialog::form::{Field, Form, FormKey};
use crate::app::work::Permit;
use crate::checks::book::typed;
use crate::launch::money::{Act, Confirmed, Limits, OWN_CARD, Spend, owner};
use crate::runbook::model::StepId;

const WHAT: &str = "Real money";
const OWNER: &str = "Card owner";
const LEAVE: &str = "leave it out";

/// The dialog.
#[derive(Clone, Debug)]
pub struct Spending {
    /// For which step.
    pub step: StepId,
    /// The step's title.
    pub title: String,
    /// What is about to happen.
    pub spend: Spend,
    /// What the runbook says about cards, in Markdown; nothing where no card is charged.
    pub caution: Option<String>,
    /// The most that may be charged.
    pub limits: Limits,
    /// Which of how many such questions this is.
    pub place: (usize, usize),
    /// The fields: a choice, then what is typed.
    pub form: Form,
    permit: Permit,
}

impl Spending {
    /// The dialog for a movement of real money; `permit` is what has been allowed so far.
    #[must_use]
    pub fn new(
        (step, title): (StepId, String),
        spend: Spend,
        caution: Option<String>,
        permit: Permit,
    ) -> Self {
        let (does, go) = match spend.act {
            Act::Charge => ("charge the card", "Charge the card"),
            Act::Refund => ("refund it", "Refund it"),
            Act::Subscribe => ("subscribe with the card", "Subscribe"),
            Act::Cancel => ("end the subscription", "End the subscription"),
        };
        let mut fields = vec![Field::one_of(WHAT, vec![does.into(), LEAVE.into()])];
        fields.extend(typed(&spend).iter().map(|(label, text)| Field::exactly(label, text)));
        if names_owner(&spend) {
            fields.push(Field::words(OWNER, "whose name is on the card", true));
        }
        let mut form = Form::new(go, fields);
        form.focus = 1;
        let takes = spend.act.takes();
        let caution = takes.then(|| caution.unwrap_or_else(|| OWN_CARD.to_owned()));
        let place = (permit.spends.saturating_sub(permit.asks.len()), permit.spends);
        Self { step, title, spend, caution, limits: permit.limits, place, form, permit }
    }

    /// Whether it is to be left out.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.form.value(WHAT) == LEAVE
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> Asked {
        let enter = key.codes == KeyCode::Enter.into();
        if enter && self.is_left_out() && !self.form.on_cancel() {
            return Asked::Verify(Box::new(self.permit.clone()));
        }
        match self.form.key(key) {
            FormKey::Taken => Asked::Stay,
            FormKey::Close => Asked::Close,
            FormKey::Submit => self.confirm(),
        }
    }

    /// Takes pasted text: nothing here is confirmed by it.
    pub fn paste(&mut self) {
        self.form.error = Some("Type it by hand; pasting does not confirm.".to_owned());
    }

    fn confirm(&mut self) -> Asked {
        let name = self.form.value(OWNER).to_owned();
        if names_owner(&self.spend)
            && let Err(why) = owner(&name)
        {
            self.form.focus = self.form.fields.len().saturating_sub(1);
            self.form.error = Some(why.to_owned());
            return Asked::Stay;
        }
        let mut permit = self.permit.clone();
        permit.confirmed.push(Confirmed {
            step: self.step.clone(),
            spend: self.spend.clone(),
            card_owner: (!name.is_empty()).then_some(name),
        });
        Asked::Verify(Box::new(permit))
    }
}

/// Whether the card's owner is named: not again for a request that is sent once more.
fn names_owner(spend: &Spend) -> bool {
    spend.act.takes() && !spend.again
}

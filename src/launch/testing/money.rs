//! Real money in a walk of tests: confirmed, sent, answered and seen, in one call each.

use crate::launch::decide::{Command, Refusal};
use crate::launch::event::RunId;
use crate::launch::money::{
    Act, AnswerOutcome, Caps, Confirmation, Intent, IntentId, MoneyAnswer, MoneyFact, Observation,
    Source, Spend,
};
use crate::launch::testing::Walk;
use crate::mintcash::money::Minor;
use crate::runbook::model::StepId;

/// Room enough for every test.
const CAPS: Caps = Caps { charge: Minor(500), launch: Minor(2_000) };

impl Spend {
    /// So many cents in US dollars at the live host, for tests.
    #[must_use]
    pub fn sample(act: Act, cents: u64) -> Self {
        Self {
            act,
            host: "api.mintcash.me".to_owned(),
            amount: Minor(cents),
            currency: "USD".to_owned(),
            again: false,
        }
    }
}

/// The commands with which a step's run has something typed and written down, as far as a program
/// comes that is killed before it hears an answer; and the intent's id.
#[must_use]
pub fn sending(
    run: &RunId,
    step: &str,
    spend: &Spend,
    (card_owner, of): (Option<&str>, Option<&str>),
) -> ([Command; 3], IntentId) {
    let step = StepId::from(step);
    let id = IntentId(format!("intent-{}", run.0));
    let start = Command::Start { step: step.clone(), run: run.clone() };
    let confirm = Command::Confirm(Box::new(Confirmation {
        step: step.clone(),
        run: run.clone(),
        spend: spend.clone(),
        card_owner: card_owner.map(str::to_owned),
    }));
    let intent = Box::new(Intent {
        id: id.clone(),
        step,
        run: run.clone(),
        spend: spend.clone(),
        of: of.map(str::to_owned),
        key: None,
        request: None,
    });
    ([start, confirm, Command::Prepare { intent, caps: CAPS }], id)
}

/// An answer: it was made under that id, with a page where there is one.
#[must_use]
pub fn made(intent: &IntentId, id: &str, page: Option<&str>) -> Command {
    Command::Answered(Box::new(MoneyAnswer {
        intent: intent.clone(),
        run: None,
        outcome: AnswerOutcome::Made,
        id: Some(id.to_owned()),
        page: page.map(str::to_owned),
        request_ids: vec!["req_1".to_owned()],
        says: "200".to_owned(),
    }))
}

/// Something is seen of it.
#[must_use]
pub fn seen(intent: &IntentId, fact: MoneyFact, source: Source) -> Command {
    let intent = intent.clone();
    Command::Observed(Box::new(Observation {
        intent,
        fact,
        source,
        event_id: None,
        payment: None,
        at: None,
    }))
}

impl Walk {
    /// Begins a run of the step, has this typed for it and writes the request down.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn spend(
        &mut self,
        by: &str,
        step: &str,
        spend: &Spend,
        about: (Option<&str>, Option<&str>),
    ) -> Result<(RunId, IntentId), Refusal> {
        let run = self.run_id();
        let (commands, id) = sending(&run, step, spend, about);
        for command in &commands {
            self.submit(by, command)?;
        }
        Ok((run, id))
    }

    /// Ends a run, so that the step is not running any more.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn end(&mut self, by: &str, step: &str, run: &RunId) -> Result<(), Refusal> {
        let finish = Command::Finish { step: step.into(), run: run.clone(), cancelled: false };
        self.submit(by, &finish).map(drop)
    }

    /// An answer comes: it was made under that id, with a page where there is one.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn made(&mut self, intent: &IntentId, id: &str, page: Option<&str>) -> Result<(), Refusal> {
        self.submit("Dana Ito", &made(intent, id, page)).map(drop)
    }

    /// Something is seen of it.
    ///
    /// # Errors
    /// When the launch refuses it.
    pub fn seen(
        &mut self,
        intent: &IntentId,
        fact: MoneyFact,
        source: Source,
    ) -> Result<(), Refusal> {
        self.submit("Dana Ito", &seen(intent, fact, source)).map(drop)
    }
}

//! Real money in a walk of tests: confirmed, sent, answered and seen, in one call each.

use crate::launch::decide::{Command, Refusal};
use crate::launch::event::RunId;
use crate::launch::money::{
    Act, AnswerOutcome, Caps, Confirmation, Intent, IntentId, MoneyAnswer, MoneyFact, Observation,
    Source, Spend,
};
use crate::launch::testing::Walk;
use crate::mintcash::money::Minor;
use crate::mintcash::payments::{Billing, Card, NewPayment, Payer};
use crate::mintcash::prepared::{ExternalId, Prepared};
use crate::mintcash::refunds::{NewRefund, RefundAmount};
use crate::mintcash::subscriptions::NewSubscription;
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
        request: request(run, spend, of),
    });
    ([start, confirm, Command::Prepare { intent, caps: CAPS }], id)
}

/// The request of such an intent, as the client builds it.
fn request(run: &RunId, spend: &Spend, of: Option<&str>) -> Option<Prepared> {
    let external_id = ExternalId(format!("golive-{}-{}", spend.act.word(), run.0));
    let (amount, currency) = (spend.amount, spend.currency.clone());
    let payer = Payer {
        external_id: "golive-rehearsal".to_owned(),
        email: "rehearsal@shop.example".to_owned(),
        name: "Noor Haddad".to_owned(),
    };
    let billing = Billing { country: "US".to_owned(), postal_code: "10001".to_owned() };
    let card = Card::HostedPage { return_url: "https://shop.example/thanks".to_owned() };
    match spend.act {
        Act::Charge => {
            let description = None;
            let new =
                NewPayment { amount, currency, external_id, payer, billing, card, description };
            Some(new.prepare())
        }
        Act::Subscribe => {
            let interval_days = 7;
            let new = NewSubscription {
                amount,
                currency,
                external_id,
                interval_days,
                payer,
                billing,
                card,
            };
            Some(new.prepare())
        }
        Act::Refund => {
            let new = NewRefund {
                payment: of.unwrap_or_default().to_owned(),
                external_id,
                amount: RefundAmount::Part(amount),
                currency: Some(currency),
                reason: None,
            };
            new.prepare().ok()
        }
        Act::Cancel => None,
    }
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

/// Something is seen of it; a charge by an event that names its payment, `pay_1` for the first.
#[must_use]
pub fn seen(intent: &IntentId, fact: MoneyFact, source: Source) -> Command {
    let payment = match fact {
        MoneyFact::Charged { number, .. } => Some(format!("pay_{number}")),
        _ => None,
    };
    let intent = intent.clone();
    let seen = Observation { intent, fact, source, event_id: None, payment, at: None };
    Command::Observed(Box::new(seen))
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

//! The book of real money, as a check has it in the middle of its run.
//!
//! Filled by `runtime::run` for each run, over the launch's journal. The rule it keeps: what
//! [`Book::prepare`] returns is on disk, so that a crash after it finds the request there; what it
//! refuses was never written and must not be sent.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use crate::config::inputs::Inputs;
use crate::launch::decide::Command;
use crate::launch::event::RunId;
use crate::launch::money::{
    Act, Caps, Confirmation, Intent, Ledger, Limits, MoneyAnswer, Observation, Spend,
};
use crate::mintcash::money::{Minor, Unit};
use crate::mintcash::prepared::Prepared;
use crate::secrets::{Redactor, Secret};
use crate::text::visible;

/// Reads and writes a launch's journal.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// The ledger as it stands, with what others have written until now.
    ///
    /// # Errors
    /// Why the journal can not be read, for the operator.
    async fn ledger(&self) -> Result<Ledger, String>;

    /// Records something; returns once it is on disk.
    ///
    /// # Errors
    /// Why it was refused or could not be written, for the operator.
    async fn submit(&self, command: Command) -> Result<(), String>;

    /// What stands in the journal in place of a secret.
    fn fingerprint(&self, secret: &Secret) -> String;

    /// The file in which `golive listen` records the webhooks of this launch.
    fn received(&self) -> PathBuf;
}

/// The book.
#[derive(Clone)]
pub struct Book {
    keeper: Option<Arc<dyn Keeper>>,
    run: Option<RunId>,
}

/// Why nothing can be written.
const CLOSED: &str = "there is no journal here, and no money moves without one";

/// Why a request can not be written down.
const SECRET: &str = "the request would hold one of your secrets, which no journal keeps. Look at \
                      the inputs of the rehearsal";

/// Why a request that was written down is not sent.
const ALTERED: &str = "the journal did not keep the request as it is, so it is not sent";

fn holds_a_secret(request: &Prepared) -> bool {
    let altered = |text: &str| Redactor::shared().clean(text) != text;
    altered(request.body()) || altered(request.path())
}

impl Book {
    /// A book without a journal: empty, and nothing can be written.
    #[must_use]
    pub fn closed() -> Self {
        Self { keeper: None, run: None }
    }

    /// The book of a launch, for a run of a step's checks; without a run, for a plan.
    #[must_use]
    pub fn of(keeper: Arc<dyn Keeper>, run: Option<RunId>) -> Self {
        Self { keeper: Some(keeper), run }
    }

    /// The run that it is open for.
    #[must_use]
    pub fn run(&self) -> Option<&RunId> {
        self.run.as_ref()
    }

    /// The ledger as it stands now, what others wrote included; empty without a journal.
    ///
    /// # Errors
    /// Why the journal can not be read, for the operator.
    pub async fn ledger(&self) -> Result<Ledger, String> {
        match &self.keeper {
            Some(keeper) => keeper.ledger().await,
            None => Ok(Ledger::default()),
        }
    }

    /// What was typed for this run and this act.
    ///
    /// # Errors
    /// Why the journal can not be read, for the operator.
    pub async fn confirmed(&self, act: Act) -> Result<Option<Confirmation>, String> {
        let Some(run) = &self.run else { return Ok(None) };
        let ledger = self.ledger().await?;
        let own = ledger.confirmations().iter().rev().map(|it| &it.what);
        let own = own.filter(|it| it.run == *run && it.spend.act == act).cloned();
        Ok(own.into_iter().next())
    }

    /// Writes down a request before it is sent.
    ///
    /// # Errors
    /// Why it must not be sent, for the operator: not confirmed, over a cap, one of its kind is
    /// under way, the journal can not be written or would not keep it as it is.
    pub async fn prepare(&self, intent: Intent, caps: Caps) -> Result<(), String> {
        if intent.request.as_ref().is_some_and(holds_a_secret) {
            return Err(SECRET.to_owned());
        }
        let command = Command::Prepare { intent: Box::new(intent.clone()), caps };
        self.submit(command).await?;
        let kept = self.ledger().await?;
        match kept.intent(&intent.id).is_some_and(|it| it.intent == intent) {
            true => Ok(()),
            false => Err(ALTERED.to_owned()),
        }
    }

    /// Writes down what came back.
    ///
    /// # Errors
    /// Why it could not be written, for the operator.
    pub async fn answered(&self, answer: MoneyAnswer) -> Result<(), String> {
        self.submit(Command::Answered(Box::new(answer))).await
    }

    /// Writes down what was seen; nothing when it is known already.
    ///
    /// # Errors
    /// Why it could not be written, for the operator.
    pub async fn observed(&self, seen: Observation) -> Result<(), String> {
        self.submit(Command::Observed(Box::new(seen))).await
    }

    /// What stands in the journal in place of a secret; nothing without a journal.
    #[must_use]
    pub fn fingerprint(&self, secret: &Secret) -> Option<String> {
        self.keeper.as_ref().map(|keeper| keeper.fingerprint(secret))
    }

    /// The file in which `golive listen` records the webhooks of this launch; none without a
    /// journal.
    #[must_use]
    pub fn received(&self) -> Option<PathBuf> {
        self.keeper.as_ref().map(|keeper| keeper.received())
    }

    async fn submit(&self, command: Command) -> Result<(), String> {
        match &self.keeper {
            Some(keeper) => keeper.submit(command).await,
            None => Err(CLOSED.to_owned()),
        }
    }
}

/// What has to be confirmed in a plan: each movement of money once.
#[must_use]
pub fn spends<'a>(planned: impl Iterator<Item = &'a crate::checks::Planned>) -> Vec<Spend> {
    let mut spends: Vec<Spend> = Vec::new();
    for spend in planned.filter_map(|planned| planned.spend.as_ref()) {
        if !spends.contains(spend) {
            spends.push(spend.clone());
        }
    }
    spends
}

/// The most that may be charged at once where nobody set it.
pub const CHARGE_CAP: &str = "5.00";

/// The most that may be charged in a launch where nobody set it.
pub const LAUNCH_CAP: &str = "20.00";

/// The most that may be charged, for the question before it; what is set and is no amount is not
/// shown, and the check says so.
#[must_use]
pub fn limits(inputs: &Inputs) -> Limits {
    let amount = |name, default| {
        let text = inputs.text(name).map(str::trim).filter(|text| !text.is_empty());
        Minor::read(&Value::from(text.unwrap_or(default)), Unit::Major)
    };
    Limits { charge: amount("charge_cap", CHARGE_CAP), launch: amount("launch_cap", LAUNCH_CAP) }
}

/// What is typed to confirm a movement of money, in order: what it is called and the exact text.
/// The host alone where no amount is meant, or where the same request is sent once more.
#[must_use]
pub fn typed(spend: &Spend) -> Vec<(&'static str, String)> {
    let host = ("Host", visible(&spend.host, 255));
    match spend.act {
        Act::Charge | Act::Refund | Act::Subscribe if !spend.again => {
            vec![host, ("Amount", spend.price())]
        }
        _ => vec![host],
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::config::inputs::{Input, InputValue, ValueOrigin};

    fn inputs(caps: &[(&str, &str)]) -> Inputs {
        let input = |value: &str| Input {
            value: InputValue::Amount(value.to_owned()),
            origin: ValueOrigin::Default,
        };
        let values: IndexMap<_, _> =
            caps.iter().map(|(name, value)| ((*name).into(), input(value))).collect();
        Inputs::new(values, "/".into())
    }

    #[test]
    fn caps_are_read_as_they_are_written_or_are_those_that_the_checks_hold_to() {
        let read = limits(&inputs(&[("charge_cap", "2.50"), ("launch_cap", "20")]));
        assert_eq!(read, Limits { charge: Some(Minor(250)), launch: Some(Minor(2_000)) });
        let unset = limits(&inputs(&[("charge_cap", "plenty")]));
        assert_eq!(unset, Limits { charge: None, launch: Some(Minor(2_000)) });
    }

    #[test]
    fn host_and_amount_are_typed_and_the_host_alone_where_no_more_is_meant() {
        let words = |spend: &Spend| {
            typed(spend).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
        };
        let charge = Spend::sample(Act::Charge, 100);
        assert_eq!(words(&charge), "api.mintcash.me 1.00 USD");
        assert_eq!(words(&Spend::sample(Act::Refund, 100)), "api.mintcash.me 1.00 USD");
        assert_eq!(words(&Spend::sample(Act::Cancel, 0)), "api.mintcash.me");
        assert_eq!(words(&Spend { again: true, ..charge }), "api.mintcash.me");
    }
}

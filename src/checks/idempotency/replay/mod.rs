//! `idempotent-replay`: what the sandbox does when the same request comes again.
//!
//! With the merchant's own sandbox keys: the same body again, another body under the same
//! `externalId`, ten identical requests at once; for a payment, a subscription and, where a payment
//! that can be refunded is named, a refund. `subject` builds and sends, `rounds` goes through it,
//! `verdict` says what was seen. It shows how the provider treats these keys, and nothing about the
//! merchant's code; the rule it keeps is to say only what was seen in this run.

mod rounds;
mod subject;
mod verdict;

use std::time::Duration;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::credentials::api_key::configured;
use crate::checks::credentials::api_key::place::{Kind, Place};
use crate::checks::generic::arguments;
use crate::checks::webhook::target::LookupFailure;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Finding, Level, Planned};
use crate::mintcash::client::Client;
use crate::mintcash::envelope::Environment;
use crate::mintcash::prepared::Purpose;
use crate::mintcash::retry::RetryRules;
use crate::mintcash::transport::Settings;
use crate::runbook::model::InputName;
use crate::text::Untrusted;
use rounds::{Made, Part, Rounds};
use subject::Subject;

/// How many identical requests are sent at once.
const AT_ONCE: usize = 10;

/// How long the API may take to answer one try.
const PATIENCE: Duration = Duration::from_secs(30);

/// The input that names a payment of the sandbox that can be refunded.
const SANDBOX_PAYMENT: &str = "sandbox_payment";

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct IdempotentReplay {
    retry: RetryRules,
}

/// `idempotent-replay` takes no arguments in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {}

impl IdempotentReplay {
    /// The check with the retries against production.
    pub const PRODUCTION: Self = Self::with_retries(RetryRules::PRODUCTION);

    /// The check with other retries.
    #[must_use]
    pub const fn with_retries(retry: RetryRules) -> Self {
        Self { retry }
    }

    async fn judge(&self, context: &CheckContext, made: &Made) -> Result<CheckReport, CheckReport> {
        let (client, place) = self.client(context).await?;
        let mut parts = Vec::new();
        for subject in subjects(context) {
            let rounds =
                Rounds { client: &client, subject: &subject, context, made, retry: self.retry };
            parts.push(rounds.all().await);
        }
        if payment(context).is_none() {
            parts.push(Part::untried(
                Purpose::Refund,
                "no payment that can be refunded is named",
                format!(
                    "Open the page of a payment that this check has made (evidence, `page`), pay \
                     it with a test card, set inputs.{SANDBOX_PAYMENT} to its id, and verify again."
                ),
            ));
        }
        Ok(verdict::conclude(&parts, &place.host()))
    }

    /// The way to the sandbox, or why nothing may be sent.
    async fn client(&self, context: &CheckContext) -> Result<(Client, Place), CheckReport> {
        let test = configured(context, Environment::Test).await;
        let faults = test.faults(Level::Advisory);
        if let Some(first) = faults.first() {
            let mut report = CheckReport::unknown(format!("Nothing was sent. {}", first.message));
            report.findings = faults;
            return Err(report);
        }
        let Some(keys) = test.pair() else {
            let missing = test.missing();
            let says = missing.first().map(|finding| finding.message.clone()).unwrap_or_default();
            let mut report = CheckReport::unknown(format!("Nothing was sent. {says}"));
            report.findings = missing;
            return Err(report);
        };
        let place = Place::of(context, Environment::Test)
            .map_err(|why| CheckReport::unknown(format!("Nothing was sent. {why}")))?;
        if !place.is_allowed(context) {
            return Err(unarmed(&place));
        }
        let addresses = match place.kind {
            Kind::Here => Vec::new(),
            Kind::Own | Kind::Other => match place.target.addresses().await {
                Ok(addresses) => addresses,
                Err(LookupFailure::NoSuchName(why) | LookupFailure::NoAnswer(why)) => {
                    let says = format!("Nothing was sent: {} was not found ({why}).", place.host());
                    return Err(CheckReport::unknown(says));
                }
            },
        };
        let settings = Settings { addresses, total: PATIENCE, ..Settings::production(context.now) };
        let client = Client::new(&place.target.url, keys, self.retry, settings)
            .map_err(|why| CheckReport::unknown(format!("Nothing was sent: {why}.")))?;
        Ok((client, place))
    }
}

/// The payment of the sandbox that refunds are tried with.
fn payment(context: &CheckContext) -> Option<&str> {
    context.inputs.text(SANDBOX_PAYMENT).map(str::trim).filter(|id| !id.is_empty())
}

/// What is created, in order.
fn subjects(context: &CheckContext) -> Vec<Subject> {
    let currency = context.inputs.text("currency").unwrap_or("USD").trim().to_owned();
    let subject = |purpose, payment| Subject { purpose, payment, currency: currency.clone() };
    let mut all = vec![subject(Purpose::Payment, None), subject(Purpose::Subscription, None)];
    all.extend(payment(context).map(|id| subject(Purpose::Refund, Some(id.to_owned()))));
    all
}

fn unarmed(place: &Place) -> CheckReport {
    let host = place.host();
    let says =
        format!("Nothing was sent: sandbox_url is {host}, not MintCash's, and is not armed.");
    let hint = format!(
        "If the sandbox keys are to go there, arm it: type its name on screen, or verify with --arm \
         {host}. Otherwise take sandbox_url out of golive.yaml."
    );
    let finding = Finding::new(Level::Advisory, &says).hint(hint);
    CheckReport::unknown(says).with(finding)
}

#[async_trait]
impl Check for IdempotentReplay {
    fn name(&self) -> &'static str {
        "idempotent-replay"
    }

    fn about(&self) -> &'static str {
        "in the sandbox, the same body creates nothing new, another body under the same externalId \
         is refused, and ten identical requests at once create one thing"
    }

    fn effect(&self) -> Effect {
        Effect::Stateful
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        ["test_public_key", "test_secret_key", "sandbox_url", "currency", SANDBOX_PAYMENT]
            .map(InputName::from)
            .into()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Arguments>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Arguments>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let Ok(place) = Place::of(context, Environment::Test) else { return Vec::new() };
        if context.inputs.secret_ref("test_secret_key").is_none() {
            return Vec::new();
        }
        let again = self.retry.tries.saturating_sub(1);
        let planned = |subject: &Subject| {
            let mut url = place.target.url.clone();
            url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), subject.path()));
            let target = Untrusted::new(url.as_str()).line(300);
            let whats = [
                "POST the same body three times, and another body under the same externalId"
                    .to_owned(),
                format!("POST one body {AT_ONCE} times at once, and once more"),
            ];
            whats.map(|what| Planned {
                effect: Effect::Stateful,
                what: format!("{what} (each again up to {again} times after trouble)"),
                target: target.clone(),
                arms: place.arms(),
                spend: None,
            })
        };
        subjects(context).iter().flat_map(planned).collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let made = Made::default();
        let report = tokio::select! {
            biased;
            () = context.cancel.cancelled() => CheckReport::unknown("Cancelled."),
            report = self.judge(context, &made) => report.unwrap_or_else(|refusal| refusal),
        };
        made.into_evidence(report)
    }
}

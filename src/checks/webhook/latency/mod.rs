//! The check `webhook-latency`: how long the handler takes to acknowledge an event, small and
//! large, one at a time and many at once, against the 10 s that MintCash waits.
//!
//! `series` sends and counts, `judge` says what it means. The rule they keep: what is measured is
//! the time to the acknowledgement, the connection included, of an event about a payment that does
//! not exist; nothing more is claimed.

mod judge;
mod series;

use async_trait::async_trait;
use schemars::Schema;
use serde_json::{Map, Value};

use crate::checks::generic::arguments;
use crate::checks::webhook::case::Case;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::sender::{self, Sender, Stop};
use crate::checks::webhook::site::{Args, Site};
use crate::checks::{Check, CheckContext, CheckReport, Effect, Planned};
use crate::runbook::model::InputName;
use crate::secrets::Secret;
use series::{COLD, LARGE, LARGE_BURST, Measure, REFUSED, SMALL, SMALL_BURST};

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct WebhookLatency {
    limits: Limits,
}

impl WebhookLatency {
    /// The check with the limits against production.
    pub const PRODUCTION: Self = Self::with_limits(Limits::PRODUCTION);

    /// The check with other limits.
    #[must_use]
    pub const fn with_limits(limits: Limits) -> Self {
        Self { limits }
    }

    async fn measure(
        &self,
        context: &CheckContext,
        sender: &Sender<'_>,
        secret: Option<&Secret>,
        case: &mut Case,
    ) -> Result<(), Stop> {
        let mut measure = Measure { sender, secret, now: context.now, late: 0 };
        let Some(_) = secret else {
            let refused = measure.take(&REFUSED).await?;
            judge::refusals(&refused, case);
            return Ok(());
        };
        let cold = measure.take(&COLD).await?;
        let refused = measure.take(&REFUSED).await?;
        judge::refusals(&refused, case);
        if !cold.came.iter().all(sender::Came::is_accepted) && cold.late(&self.limits) == 0 {
            judge::not_acknowledged(&cold, case);
            return Ok(());
        }
        let mut all = vec![cold];
        for of in [&SMALL, &LARGE, &SMALL_BURST, &LARGE_BURST] {
            if all.iter().any(judge::is_gone) {
                break;
            }
            let refuses_large = all.iter().any(judge::refuses_large);
            if measure.late < 2 && !(refuses_large && of.large) {
                all.push(measure.take(of).await?);
            }
        }
        judge::judge(&all, &refused, &self.limits, case);
        Ok(())
    }
}

#[async_trait]
impl Check for WebhookLatency {
    fn name(&self) -> &'static str {
        "webhook-latency"
    }

    fn about(&self) -> &'static str {
        "the webhook handler acknowledges events well within 10 seconds: small and large ones, one \
         at a time and many at once"
    }

    fn effect(&self) -> Effect {
        Effect::Harmless
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        ["webhook_url", "webhook_secret"].map(InputName::from).into()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        sender::plan(context, &series::KINDS)
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let site = match Site::of(context, self.limits).await {
            Ok(site) => site,
            Err(why) => return CheckReport::unknown(why),
        };
        let sender = Sender::new(&site, context);
        let mut case = Case::default();
        let signing = site.signing();
        if let Err(why) = &signing {
            case.open(format!("Only refusals could be timed: {}", why.message));
            case.remark((**why).clone());
        }
        let ended = self.measure(context, &sender, signing.ok(), &mut case).await;
        case.report(&sender, ended)
    }
}

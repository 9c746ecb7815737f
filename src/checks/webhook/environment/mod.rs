//! The check `webhook-environment`: a sandbox event, signed well, is not taken for a real one, and
//! the sandbox's secret is not accepted.
//!
//! `pairs` sends and judges. A handler that answers 2xx and ignores the event is right as well, and
//! from outside looks like one that acts; only the count of effects tells them apart.

mod pairs;

use async_trait::async_trait;
use schemars::Schema;
use serde_json::{Map, Value};

use crate::checks::generic::arguments;
use crate::checks::observer::{EffectCount, Patience};
use crate::checks::webhook::case::Case;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::sender::{self, Sender};
use crate::checks::webhook::site::{Args, Site};
use crate::checks::webhook::watch::Watch;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Planned};
use crate::runbook::model::InputName;

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct WebhookEnvironment {
    limits: Limits,
    patience: Patience,
}

impl WebhookEnvironment {
    /// The check with the limits against production.
    pub const PRODUCTION: Self = Self::with_limits(Limits::PRODUCTION, Patience::PRODUCTION);

    /// The check with other limits.
    #[must_use]
    pub const fn with_limits(limits: Limits, patience: Patience) -> Self {
        Self { limits, patience }
    }
}

#[async_trait]
impl Check for WebhookEnvironment {
    fn name(&self) -> &'static str {
        "webhook-environment"
    }

    fn about(&self) -> &'static str {
        "a correctly signed event of the sandbox is refused or, by the count of effects, has none; \
         the sandbox's secret is not accepted"
    }

    fn effect(&self) -> Effect {
        Effect::Harmless
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        let names = ["webhook_url", "webhook_secret", "test_webhook_secret"];
        names.map(InputName::from).into_iter().chain([EffectCount::input()]).collect()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let test_secret = context.inputs.secret_ref("test_webhook_secret").is_some();
        let mut plan = sender::plan(context, &pairs::kinds(test_secret));
        let observer = EffectCount::of(context, self.patience).filter(|_| !plan.is_empty());
        plan.extend(observer.map(|observer| observer.planned()));
        plan
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let site = match Site::of(context, self.limits).await {
            Ok(site) => site,
            Err(why) => return CheckReport::unknown(why),
        };
        let sender = Sender::new(&site, context);
        let mut case = Case::default();
        let Some(secret) = case.signing(&site) else { return case.report(&sender, Ok(())) };
        let pairs = async {
            let alone = site.wire.reserve().await?;
            let watch = Watch::begin(context, self.patience, &mut case).await?;
            let now = context.now;
            pairs::Pairs { sender: &sender, secret, alone: &alone, watch, now, case: &mut case }
                .all()
                .await
        };
        let ended = pairs.await;
        case.report(&sender, ended)
    }
}

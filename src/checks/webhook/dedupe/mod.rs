//! The check `webhook-dedupe`: the same event again, five times at once and fifty times at once is
//! answered with 2xx and has one effect.
//!
//! `rounds` sends and judges. Without an observer nobody can see effects from outside, so that the
//! answer is *unknown* at best.

mod rounds;

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
pub struct WebhookDedupe {
    limits: Limits,
    patience: Patience,
}

impl WebhookDedupe {
    /// The check with the limits against production.
    pub const PRODUCTION: Self = Self::with_limits(Limits::PRODUCTION, Patience::PRODUCTION);

    /// The check with other limits.
    #[must_use]
    pub const fn with_limits(limits: Limits, patience: Patience) -> Self {
        Self { limits, patience }
    }
}

#[async_trait]
impl Check for WebhookDedupe {
    fn name(&self) -> &'static str {
        "webhook-dedupe"
    }

    fn about(&self) -> &'static str {
        "the same event again, five and fifty times at once is answered with 2xx and, by the count \
         of effects, has one effect"
    }

    fn effect(&self) -> Effect {
        Effect::Harmless
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        vec![
            InputName::from("webhook_url"),
            InputName::from("webhook_secret"),
            EffectCount::input(),
        ]
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let mut plan = sender::plan(context, &rounds::KINDS);
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
        let rounds = async {
            let alone = site.wire.reserve().await?;
            let watch = Watch::begin(context, self.patience, &mut case).await?;
            let now = context.now;
            rounds::Rounds { sender: &sender, secret, alone: &alone, watch, now, case: &mut case }
                .all()
                .await
        };
        let ended = rounds.await;
        case.report(&sender, ended)
    }
}

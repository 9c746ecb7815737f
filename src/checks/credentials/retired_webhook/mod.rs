//! The check `retired-webhook`: the URL that took the sandbox's events is gone, or does nothing.
//!
//! `beside` compares it with the live URL, `look` asks every address, `count` lets an observer say
//! what unsigned events do, `reading` says what an answer means and `judge` what all of it means.
//! Nothing that is sent is signed. That a handler does nothing with a *signed* event can not be
//! seen from outside, so that a person signs for one that is kept.

mod beside;
mod count;
mod judge;
mod look;
mod reading;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::checks::credentials::retired_webhook::beside::Beside;
use crate::checks::credentials::retired_webhook::judge::Case;
use crate::checks::credentials::retired_webhook::look::{AddressSeen, Looker};
use crate::checks::generic::arguments;
use crate::checks::observer::{EffectCount, Patience};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::target::Target;
use crate::checks::webhook::trust::Roots;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Finding, Level, Planned};
use crate::runbook::model::InputName;

const OLD: &str = "old_webhook_url";
const LIVE: &str = "webhook_url";

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct RetiredWebhook {
    limits: Limits,
    patience: Patience,
}

/// Its arguments in the runbook: none.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {}

impl RetiredWebhook {
    /// The check with the limits against production.
    pub const PRODUCTION: Self = Self::with(Limits::PRODUCTION, Patience::PRODUCTION);

    /// The check with other limits.
    #[must_use]
    pub const fn with(limits: Limits, patience: Patience) -> Self {
        Self { limits: Limits { requests: 24, ..limits }, patience }
    }

    async fn judge(&self, context: &CheckContext, url: &Url) -> Result<CheckReport, String> {
        let old = Target::of(url).map_err(|error| error.to_string())?;
        let live = context.inputs.url(LIVE).and_then(|url| Target::of(url).ok());
        let live = live.as_ref();
        let mut case = Case { old: &old, live, beside: Beside::by_name(&old, live) };
        if case.beside == Beside::Url {
            return Ok(case.one_url());
        }
        let looked_up = tokio::select! {
            () = context.cancel.cancelled() => return Err("Cancelled.".into()),
            found = old.addresses() => found,
        };
        let addresses = match looked_up {
            Ok(addresses) => addresses,
            Err(failure) => return Ok(case.not_found(&failure)),
        };
        case.beside = with_addresses(case.beside, &addresses, live, context).await;
        let roots = Roots::load(None).map_err(|error| error.to_string())?;
        let looker = Looker::new(&old, &roots, self.limits, context);
        let seen = looker.look(&addresses).await;
        let handling: Vec<SocketAddr> = seen
            .addresses
            .iter()
            .filter(|at| at.may_handle())
            .map(|AddressSeen { address, .. }| *address)
            .collect();
        let counted = count::count(&looker, &handling, self.patience, context).await;
        if context.cancel.is_cancelled() {
            return Err("Cancelled.".into());
        }
        Ok(case.report(&seen, &counted))
    }
}

/// Compares the addresses too, where names say nothing. A live host that can not be looked up is
/// for `webhook-endpoint` to tell.
async fn with_addresses(
    beside: Beside,
    old: &[SocketAddr],
    live: Option<&Target>,
    context: &CheckContext,
) -> Beside {
    let Some(live) = live.filter(|_| beside == Beside::Apart) else { return beside };
    tokio::select! {
        () = context.cancel.cancelled() => beside,
        found = live.addresses() => beside.or_by_address(old, &found.unwrap_or_default()),
    }
}

#[async_trait]
impl Check for RetiredWebhook {
    fn name(&self) -> &'static str {
        "retired-webhook"
    }

    fn about(&self) -> &'static str {
        "the old sandbox webhook URL is gone from DNS, refuses connections or answers 404 or 410, \
         and does not act on events that nobody signed"
    }

    fn effect(&self) -> Effect {
        Effect::Refusable
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        vec![InputName::from(OLD), InputName::from(LIVE), EffectCount::input()]
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let Some(url) = context.inputs.url(OLD) else { return Vec::new() };
        let Ok(old) = Target::of(url) else { return Vec::new() };
        let live = context.inputs.url(LIVE).and_then(|url| Target::of(url).ok());
        if Beside::by_name(&old, live.as_ref()) == Beside::Url {
            return Vec::new();
        }
        let mut plan = look::plan(&old);
        plan.extend(count::plan(context, &old.shown()));
        plan
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let Some(url) = context.inputs.url(OLD) else {
            return CheckReport::unknown("No old_webhook_url is set, so there is nothing to ask.")
                .with(Finding::new(Level::Info, "The old URL is not known.").hint(
                    "Set inputs.old_webhook_url in golive.yaml. If there never was one, sign \
                         with a note that says so.",
                ));
        };
        self.judge(context, url).await.unwrap_or_else(CheckReport::unknown)
    }
}

//! The check `webhook-endpoint`: public HTTPS with a sound certificate on every address, no
//! redirect, an answer in time.
//!
//! `look` asks and keeps what it saw, `judge` says what that means. Nothing that is sent is
//! signed.

mod judge;
mod look;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::checks::generic::arguments;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::target::{LookupFailure, Target};
use crate::checks::webhook::trust::Roots;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::runbook::model::InputName;

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct WebhookEndpoint {
    limits: Limits,
}

/// Its arguments in the runbook.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// A PEM file with a CA that is trusted beside the public ones, for staging. The check still
    /// says that MintCash does not know it.
    extra_ca: Option<PathBuf>,
    /// The port on which the same path must not be served over plain HTTP; 80 when not given.
    cleartext_port: Option<u16>,
}

impl WebhookEndpoint {
    /// The check with the limits against production.
    pub const PRODUCTION: Self = Self::with_limits(Limits::PRODUCTION);

    /// The check with other limits.
    #[must_use]
    pub const fn with_limits(limits: Limits) -> Self {
        Self { limits }
    }

    async fn judge(&self, context: &CheckContext, url: &Url) -> Result<CheckReport, String> {
        let target = Target::of(url).map_err(|error| error.to_string())?;
        let args: Args = arguments::read(&context.args)?;
        let extra_ca = args.extra_ca.as_ref().map(|path| context.base.join(path));
        let roots = Roots::load(extra_ca.as_deref()).map_err(|error| error.to_string())?;
        let looked_up = tokio::select! {
            () = context.cancel.cancelled() => return Err("Cancelled.".into()),
            found = target.addresses() => found,
        };
        let addresses = match looked_up {
            Ok(addresses) => addresses,
            Err(LookupFailure::NoAnswer(why)) => {
                return Err(format!("{} could not be looked up: {why}.", target.host));
            }
            Err(LookupFailure::NoSuchName(why)) => return Ok(no_such_name(&target, &why)),
        };
        let twin = cleartext_twin(&target, &args);
        let seen = look::look(&target, twin, &addresses, &roots, self.limits, context).await;
        if context.cancel.is_cancelled() {
            return Err("Cancelled.".into());
        }
        Ok(judge::report(&target, &seen, &self.limits, context.now))
    }
}

/// The plain HTTP twin to look at. On this machine port 80 may be anybody's, so that it is asked
/// only when the arguments name a port.
fn cleartext_twin(target: &Target, args: &Args) -> Option<Target> {
    let port = match args.cleartext_port {
        Some(port) => port,
        None if target.is_loopback() => return None,
        None => 80,
    };
    target.tls.then(|| target.cleartext(port)).flatten()
}

fn no_such_name(target: &Target, why: &str) -> CheckReport {
    let message = format!("The name {} does not exist ({why}).", target.host);
    CheckReport::new(Outcome::Fail, message.clone()).evidence("url", target.shown()).with(
        Finding::new(Level::Blocking, message)
            .at(target.host.to_string())
            .hint("Check webhook_url letter by letter, and the public DNS record of the name."),
    )
}

#[async_trait]
impl Check for WebhookEndpoint {
    fn name(&self) -> &'static str {
        "webhook-endpoint"
    }

    fn about(&self) -> &'static str {
        "the webhook URL is public HTTPS with a sound certificate on every address, does not \
         redirect and answers in time"
    }

    fn effect(&self) -> Effect {
        Effect::Refusable
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        vec![InputName::from("webhook_url")]
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let Some(url) = context.inputs.url("webhook_url") else { return Vec::new() };
        let Ok(target) = Target::of(url) else { return Vec::new() };
        let args: Args = arguments::read(&context.args).unwrap_or_default();
        let twin = cleartext_twin(&target, &args);
        look::plan(&target, twin.as_ref())
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let Some(url) = context.inputs.url("webhook_url") else {
            return CheckReport::unknown("No webhook_url is set, so there is nothing to ask.");
        };
        self.judge(context, url).await.unwrap_or_else(CheckReport::unknown)
    }
}

//! The check `webhook-endpoint`: public HTTPS with a sound certificate on every address, no
//! redirect, an answer in time.
//!
//! `look` asks and keeps what it saw, `judge` says what that means. Nothing that is sent is
//! signed.

mod judge;
mod look;
pub mod sighted;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::checks::generic::arguments;
use crate::checks::webhook::dns::{self, Dns, Resolver, System};
use crate::checks::webhook::endpoint::judge::Ground;
use crate::checks::webhook::endpoint::look::{Scope, Seen};
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::target::{LookupFailure, Target};
use crate::checks::webhook::trust::Roots;
use crate::checks::{Check, CheckContext, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::runbook::model::{InputName, StepId};

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct WebhookEndpoint {
    limits: Limits,
    system: System,
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
    /// DNS servers that are asked beside the system's, by address: `192.0.2.53` or
    /// `192.0.2.53:5353`. In place of the input `dns_resolver`.
    resolver: Option<Resolvers>,
}

/// One DNS server or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Resolvers {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl WebhookEndpoint {
    /// The check with the limits against production.
    pub const PRODUCTION: Self = Self::with_limits(Limits::PRODUCTION);

    /// The check with other limits.
    #[must_use]
    pub const fn with_limits(limits: Limits) -> Self {
        Self { limits, system: System::Real }
    }

    /// The check with something else in place of the system's resolver.
    #[must_use]
    pub const fn with_system(mut self, system: System) -> Self {
        self.system = system;
        self
    }

    fn scope(&self, context: &CheckContext, target: Target) -> Result<Scope, String> {
        let args: Args = arguments::read(&context.args)?;
        let extra_ca = args.extra_ca.as_ref().map(|path| context.base.join(path));
        let roots = Roots::load(extra_ca.as_deref()).map_err(|error| error.to_string())?;
        let roots = roots.with_demo(context.demo.as_deref());
        let twin = cleartext_twin(&target, &args, context);
        let resolvers = Resolver::list(&resolvers(context, &args))
            .map_err(|error| format!("dns_resolver: {error}."))?;
        Ok(Scope { target, twin, resolvers, roots, limits: self.limits })
    }

    async fn judge(&self, context: &CheckContext, url: &Url) -> Result<CheckReport, String> {
        let target = Target::of(url).map_err(|error| error.to_string())?;
        let mut scope = self.scope(context, target)?;
        // Reading this machine's roots takes a moment, which nobody else should have to wait for.
        let roots = scope.roots.clone();
        let roots = tokio::task::spawn_blocking(move || roots.with_platform()).await;
        if let Ok(roots) = roots {
            scope.roots = roots;
        }
        let target = &scope.target;
        let dns = dns::look_up(target, self.system, &scope.resolvers, &context.progress).await;
        let addresses = match dns.as_ref().map(Dns::addresses) {
            None => target.addresses().await,
            Some(found) => found.map(|found| {
                found.into_iter().map(|ip| SocketAddr::new(ip, target.port)).collect()
            }),
        };
        let addresses = match addresses {
            Ok(addresses) => addresses,
            Err(LookupFailure::NoAnswer(why)) => {
                return Err(format!("{} could not be looked up: {why}.", target.host));
            }
            Err(LookupFailure::NoSuchName(why)) => {
                return Ok(no_such_name(target, &why, dns.as_ref(), context));
            }
        };
        let seen = Seen { dns, ..scope.look(&addresses, context).await };
        Ok(judge::report(
            &seen,
            &Ground {
                target,
                limits: &self.limits,
                now: context.now,
                vantage: &context.vantage,
                elsewhere: &context.elsewhere,
                demo: context.demo.is_some(),
                step: context.step.as_ref().map_or("webhook.endpoint", StepId::as_str),
            },
        ))
    }
}

/// The resolvers to ask beside the system's, as written.
fn resolvers(context: &CheckContext, args: &Args) -> String {
    match (&args.resolver, context.inputs.text("dns_resolver")) {
        (Some(Resolvers::One(one)), _) => one.clone(),
        (Some(Resolvers::Many(many)), _) => many.join(" "),
        (None, Some(text)) => text.to_owned(),
        (None, None) => String::new(),
    }
}

/// The plain HTTP twin to look at. On this machine port 80 may be anybody's, so that it is asked
/// only when the arguments name a port, or the demo does.
fn cleartext_twin(target: &Target, args: &Args, context: &CheckContext) -> Option<Target> {
    let port = match args.cleartext_port {
        Some(port) => port,
        None if target.is_loopback() => context.demo.as_ref()?.cleartext_port,
        None => 80,
    };
    target.tls.then(|| target.cleartext(port)).flatten()
}

fn no_such_name(
    target: &Target,
    why: &str,
    dns: Option<&Dns>,
    context: &CheckContext,
) -> CheckReport {
    let message = format!("The name {} does not exist ({why}).", target.host);
    CheckReport::new(Outcome::Fail, message.clone())
        .evidence("url", target.shown())
        .evidence("vantage", context.vantage.name())
        .evidence("dns", dns.map(Dns::evidence))
        .with(
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
        let args = match arguments::read::<Args>(args) {
            Ok(args) => args,
            Err(why) => return vec![why],
        };
        let named = match args.resolver {
            Some(Resolvers::One(one)) => vec![one],
            Some(Resolvers::Many(many)) => many,
            None => Vec::new(),
        };
        let wrong = named.iter().filter_map(|text| Resolver::list(text).err());
        wrong.map(|error| format!("resolver: {error}")).collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let Some(url) = context.inputs.url("webhook_url") else { return Vec::new() };
        let Ok(target) = Target::of(url) else { return Vec::new() };
        self.scope(context, target).map(|scope| scope.plan()).unwrap_or_default()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let Some(url) = context.inputs.url("webhook_url") else {
            return CheckReport::unknown("No webhook_url is set, so there is nothing to ask.");
        };
        let report = tokio::select! {
            biased;
            () = context.cancel.cancelled() => return CheckReport::unknown("Cancelled."),
            report = self.judge(context, url) => report.unwrap_or_else(CheckReport::unknown),
        };
        if context.cancel.is_cancelled() {
            return CheckReport::unknown("Cancelled.");
        }
        // Not among `inputs`: a runbook of one's own need not declare it.
        let resolver = context.inputs.text("dns_resolver").unwrap_or("not set");
        report.fact("dns_resolver", resolver)
    }
}

//! The check `webhook-signature`: forged requests refused, correctly signed ones accepted, over the
//! raw body; on failure the cause.

use std::net::SocketAddr;
use std::path::PathBuf;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::checks::generic::arguments;
use crate::checks::webhook::diagnosis::{self, Situation};
use crate::checks::webhook::matrix::SIGNATURE;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::probe::Material;
use crate::checks::webhook::public::not_public;
use crate::checks::webhook::runner::{self, Run};
use crate::checks::webhook::target::{LookupFailure, Target};
use crate::checks::webhook::transcript::{Came, Transcript};
use crate::checks::webhook::trust::Roots;
use crate::checks::webhook::wire::{NoAnswer, Wire};
use crate::checks::{Check, CheckContext, CheckReport, Effect, Finding, Level, Planned};
use crate::mintcash::envelope::probe_id;
use crate::runbook::model::InputName;
use crate::secrets::Secret;

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct WebhookSignature {
    limits: Limits,
}

/// Its arguments in the runbook.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// A PEM file with a CA that is trusted beside the public ones, for staging.
    extra_ca: Option<PathBuf>,
}

/// The secrets, as far as they could be had.
struct Secrets {
    live: Option<Secret>,
    test: Option<Secret>,
    /// Why the live one is missing.
    missing: Option<Finding>,
}

impl WebhookSignature {
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
        let extra_ca = args.extra_ca.map(|path| context.base.join(path));
        let roots = Roots::load(extra_ca.as_deref()).map_err(|error| error.to_string())?;
        let secrets = Secrets::resolve(context).await;
        let addresses = tokio::select! {
            () = context.cancel.cancelled() => return Err("Cancelled.".into()),
            found = target.addresses() => found.map_err(|failure| unasked(&target, &failure))?,
        };
        let armed = target.is_armed(context) && carries_signed(&target);
        let wire = Wire::new(target, roots, self.limits, context);
        let material = Material {
            secret: secrets.live.as_ref(),
            test_secret: secrets.test.as_ref(),
            wrong_secret: Zeroizing::new(format!("golive-wrong-secret-{}", Uuid::new_v4())),
            now: context.now,
            url,
        };
        let id = probe_id(context.now);
        let mut transcript = Transcript::default();
        let mut used = None;
        for address in addresses {
            let progress = &context.progress;
            let run = Run { wire: &wire, address, material: &material, armed, id: &id, progress };
            transcript = runner::send_all(&SIGNATURE, &run).await;
            used = Some(address);
            if !is_unreachable(&transcript) {
                break;
            }
        }
        let address = used.ok_or("The host has no address.")?;
        let held_back = secrets.missing.or_else(|| held_back(&wire, address, armed, &transcript));
        let situation = Situation { held_back, near: self.limits.near };
        Ok(diagnosis::diagnose(&transcript, &situation)
            .evidence("url", wire.target().shown())
            .evidence("address", address.ip().to_string())
            .evidence("run", id)
            .evidence("armed", armed))
    }
}

#[async_trait]
impl Check for WebhookSignature {
    fn name(&self) -> &'static str {
        "webhook-signature"
    }

    fn about(&self) -> &'static str {
        "the webhook handler refuses every forged request, accepts correctly signed ones and \
         verifies the raw body; says why when it does not"
    }

    fn effect(&self) -> Effect {
        Effect::Harmless
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        ["webhook_url", "webhook_secret", "test_webhook_secret"].map(InputName::from).into()
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
        let arms = (!target.is_loopback()).then(|| target.arms());
        runner::plan(&SIGNATURE, &target.shown(), arms.as_deref(), carries_signed(&target))
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let Some(url) = context.inputs.url("webhook_url") else {
            return CheckReport::unknown("No webhook_url is set, so there is nothing to ask.");
        };
        self.judge(context, url).await.unwrap_or_else(CheckReport::unknown)
    }
}

impl Secrets {
    async fn resolve(context: &CheckContext) -> Self {
        let (live, missing) = match context.inputs.secret("webhook_secret").await {
            Ok(Some(secret)) => (Some(secret), None),
            Ok(None) => (None, Some("No webhook_secret is set.".to_owned())),
            Err(error) => (None, Some(format!("The webhook secret could not be had ({error})."))),
        };
        let test = context.inputs.secret("test_webhook_secret").await.ok().flatten();
        let missing = missing.map(|message| {
            Finding::new(Level::Info, format!("{message} Without it no request can be signed."))
                .hint(
                    "Set inputs.webhook_secret in golive.yaml to a reference, such as { env: … }.",
                )
        });
        Self { live, test, missing }
    }
}

/// Whether validly signed probes may travel to the target at all, armed or not.
fn carries_signed(target: &Target) -> bool {
    target.tls || target.is_loopback()
}

/// Whether the address itself could not be reached, so that another one may be tried.
fn is_unreachable(transcript: &Transcript) -> bool {
    let first = transcript.rows.first().map(|row| &row.came);
    matches!(
        first,
        Some(Came::Nothing(
            NoAnswer::Refused | NoAnswer::Unreachable(_) | NoAnswer::ConnectTimeout(_)
        ))
    )
}

fn unasked(target: &Target, failure: &LookupFailure) -> String {
    let (LookupFailure::NoSuchName(why) | LookupFailure::NoAnswer(why)) = failure;
    format!("The endpoint could not be asked: {} was not found ({why}).", target.host)
}

/// Why validly signed probes were not sent, if they were not.
fn held_back(
    wire: &Wire,
    address: SocketAddr,
    armed: bool,
    transcript: &Transcript,
) -> Option<Finding> {
    let target = wire.target();
    let info = |message: String, hint: String| Some(Finding::new(Level::Info, message).hint(hint));
    if !carries_signed(target) {
        return info(
            "Correctly signed events are not sent over cleartext HTTP.".into(),
            "Set webhook_url to the https address.".into(),
        );
    }
    if !armed {
        let arms = target.arms();
        return info(
            format!("{arms} is not armed, so no correctly signed event was sent to it."),
            format!("Arm it: type its name on screen, or verify with --arm {arms}"),
        );
    }
    let distrusted = transcript
        .rows
        .iter()
        .any(|row| matches!(&row.came, Came::NotSent(why) if why.contains("not trusted")));
    if distrusted {
        let why = match not_public(address.ip()) {
            Some(what) => format!("{} is {what}", address.ip()),
            None => "its certificate is not trusted".into(),
        };
        return info(
            format!("No correctly signed event was sent to {}: {why}.", target.host),
            "See what webhook-endpoint says about it.".into(),
        );
    }
    None
}

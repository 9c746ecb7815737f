//! The check `webhook-signature`: forged requests refused, correctly signed ones accepted, over the
//! raw body; on failure the cause.

use async_trait::async_trait;
use schemars::Schema;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::checks::generic::arguments;
use crate::checks::webhook::diagnosis::{self, Situation};
use crate::checks::webhook::matrix::SIGNATURE;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::probe::Material;
use crate::checks::webhook::runner::{self, Run};
use crate::checks::webhook::site::{self, Args, Site};
use crate::checks::webhook::target::Target;
use crate::checks::webhook::transcript::{Came, Transcript};
use crate::checks::{Check, CheckContext, CheckReport, Effect, Planned};
use crate::runbook::model::InputName;

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct WebhookSignature {
    limits: Limits,
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
        let site = Site::of(context, self.limits).await?;
        let material = Material {
            secret: site.secrets.live.as_ref(),
            test_secret: site.secrets.test.as_ref(),
            wrong_secret: Zeroizing::new(format!("golive-wrong-secret-{}", Uuid::new_v4())),
            now: context.now,
            url,
        };
        let (wire, armed, id) = (&site.wire, site.armed, &site.id);
        let mut transcript = Transcript::default();
        let mut used = None;
        for address in site.addresses.iter().copied() {
            let progress = &context.progress;
            let run = Run { wire, address, material: &material, armed, id, progress };
            transcript = runner::send_all(&SIGNATURE, &run).await;
            used = Some(address);
            if !is_unreachable(&transcript) {
                break;
            }
        }
        let address = used.ok_or("The host has no address.")?;
        let distrusted =
            || transcript.is_distrusted().then(|| site::distrusted(wire.target(), address.ip()));
        let held_back = site.signing().err().map(|why| *why).or_else(distrusted);
        let situation = Situation { held_back, near: self.limits.near };
        Ok(diagnosis::diagnose(&transcript, &situation)
            .evidence("url", wire.target().shown())
            .evidence("address", address.ip().to_string())
            .evidence("run", id.as_str())
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
        let arms = site::arms(&target);
        let travels = site::carries_signed(&target);
        runner::plan(&SIGNATURE, &target.shown(), arms.as_deref(), travels)
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let Some(url) = context.inputs.url("webhook_url") else {
            return CheckReport::unknown("No webhook_url is set, so there is nothing to ask.");
        };
        self.judge(context, url).await.unwrap_or_else(CheckReport::unknown)
    }
}

/// Whether the address itself could not be reached, so that another one may be tried.
fn is_unreachable(transcript: &Transcript) -> bool {
    let first = transcript.rows.first().map(|row| &row.came);
    matches!(first, Some(Came::Nothing(nothing)) if site::is_unreachable(nothing))
}

//! Where the probes of one run go and what they may be made with: the target, its addresses, the
//! secrets, whether somebody armed it.
//!
//! Used by the webhook checks that send signed events. The rule it keeps: a validly signed probe
//! goes out only when there is a secret, somebody armed the host (or it is this machine), and it
//! does not travel in cleartext; otherwise it says why not.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::checks::generic::arguments;
use crate::checks::webhook::pace::Limits;
use crate::checks::webhook::public::not_public;
use crate::checks::webhook::target::{LookupFailure, Target};
use crate::checks::webhook::trust::Roots;
use crate::checks::webhook::wire::{NoAnswer, Wire};
use crate::checks::{CheckContext, Finding, Level};
use crate::mintcash::envelope::probe_id;
use crate::secrets::Secret;

/// The arguments of these checks in the runbook.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A PEM file with a CA that is trusted beside the public ones, for staging.
    pub extra_ca: Option<PathBuf>,
}

/// Where one run goes.
pub struct Site {
    /// The way there.
    pub wire: Wire,
    /// Every address of the host.
    pub addresses: Vec<SocketAddr>,
    /// What can be signed with.
    pub secrets: Secrets,
    /// Whether validly signed probes may be sent: armed, and not in cleartext.
    pub armed: bool,
    /// The id of the run, `golive-probe-<ulid>`.
    pub id: String,
}

/// The webhook secrets, as far as they could be had.
pub struct Secrets {
    /// The live one.
    pub live: Option<Secret>,
    /// The sandbox's.
    pub test: Option<Secret>,
    /// Why the live one is missing.
    pub missing: Option<Finding>,
    /// Why the sandbox's could not be had, though there is a reference to it.
    pub test_missing: Option<String>,
}

impl Site {
    /// Finds out where the probes go. Sends nothing.
    ///
    /// # Errors
    /// When there is nothing to ask; in words that stand alone.
    pub async fn of(context: &CheckContext, limits: Limits) -> Result<Self, String> {
        let url = context.inputs.url("webhook_url");
        let url = url.ok_or("No webhook_url is set, so there is nothing to ask.")?;
        let target = Target::of(url).map_err(|error| error.to_string())?;
        let args: Args = arguments::read(&context.args)?;
        let extra_ca = args.extra_ca.map(|path| context.base.join(path));
        let roots = Roots::load(extra_ca.as_deref()).map_err(|error| error.to_string())?;
        let found = async {
            let secrets = Secrets::resolve(context).await;
            (secrets, target.addresses().await)
        };
        let (secrets, addresses) = tokio::select! {
            biased;
            () = context.cancel.cancelled() => return Err("Cancelled.".into()),
            found = found => found,
        };
        let addresses = addresses.map_err(|failure| unasked(&target, &failure))?;
        let armed = target.is_armed(context) && carries_signed(&target);
        let wire = Wire::new(target, roots, limits, context);
        Ok(Self { wire, addresses, secrets, armed, id: probe_id(context.now) })
    }

    /// The secret to sign with, where a validly signed probe may be sent.
    ///
    /// # Errors
    /// Why it may not; with what to do.
    pub fn signing(&self) -> Result<&Secret, Box<Finding>> {
        if let Some(missing) = &self.secrets.missing {
            return Err(Box::new(missing.clone()));
        }
        if let Some(held_back) = held_back(self.wire.target(), self.armed) {
            return Err(Box::new(held_back));
        }
        let unset = || Box::new(Finding::new(Level::Info, "No webhook_secret is set."));
        self.secrets.live.as_ref().ok_or_else(unset)
    }
}

impl Secrets {
    /// Resolves both.
    pub async fn resolve(context: &CheckContext) -> Self {
        let (live, missing) = match context.inputs.secret("webhook_secret").await {
            Ok(Some(secret)) => (Some(secret), None),
            Ok(None) => (None, Some("No webhook_secret is set.".to_owned())),
            Err(error) => (None, Some(format!("The webhook secret could not be had ({error})."))),
        };
        let (test, test_missing) = match context.inputs.secret("test_webhook_secret").await {
            Ok(test) => (test, None),
            Err(error) => {
                (None, Some(format!("The test webhook secret could not be had ({error}).")))
            }
        };
        let missing = missing.map(|message| {
            Finding::new(Level::Info, format!("{message} Without it no request can be signed."))
                .hint(
                    "Set inputs.webhook_secret in golive.yaml to a reference, such as { env: … }.",
                )
        });
        Self { live, test, missing, test_missing }
    }
}

/// What has to be armed before a validly signed probe goes to the target, if anything.
#[must_use]
pub fn arms(target: &Target) -> Option<String> {
    (!target.is_loopback()).then(|| target.arms())
}

/// Whether validly signed probes may travel to the target at all, armed or not.
#[must_use]
pub fn carries_signed(target: &Target) -> bool {
    target.tls || target.is_loopback()
}

/// Why validly signed probes are not sent to the target, if they are not.
#[must_use]
pub fn held_back(target: &Target, armed: bool) -> Option<Finding> {
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
    None
}

/// That a validly signed probe was kept back because of the connection, and why.
#[must_use]
pub fn distrusted(target: &Target, address: IpAddr) -> Finding {
    let why = match not_public(address) {
        Some(what) => format!("{address} is {what}"),
        None => "its certificate is not trusted".into(),
    };
    let message = format!("No correctly signed event was sent to {}: {why}.", target.host);
    Finding::new(Level::Info, message).hint("See what webhook-endpoint says about it.")
}

/// Whether nobody was there, so that another address may be tried.
#[must_use]
pub fn is_unreachable(nothing: &NoAnswer) -> bool {
    matches!(nothing, NoAnswer::Refused | NoAnswer::Unreachable(_) | NoAnswer::ConnectTimeout(_))
}

/// That the host has no address.
#[must_use]
pub fn unasked(target: &Target, failure: &LookupFailure) -> String {
    let (LookupFailure::NoSuchName(why) | LookupFailure::NoAnswer(why)) = failure;
    format!("The endpoint could not be asked: {} was not found ({why}).", target.host)
}

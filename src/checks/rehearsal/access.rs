//! The way to the live API with the live keys: which ones, to where, and a client.
//!
//! Made once by each run. The rules it keeps are those of `api-key`: nothing goes out that can not
//! be a live pair, nor to a host that nobody meant.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::checks::credentials::api_key::place::{Kind, Place};
use crate::checks::credentials::api_key::refused;
use crate::checks::credentials::api_key::{configured, lower, unarmed};
use crate::checks::generic::arguments;
use crate::checks::webhook::target::LookupFailure;
use crate::checks::{CheckContext, CheckReport, Finding, Level, Outcome};
use crate::https;
use crate::mintcash::call::{Call, CallError};
use crate::mintcash::client::{Client, LIVE_HOST};
use crate::mintcash::envelope::Environment;
use crate::mintcash::retry::RetryRules;
use crate::mintcash::transport::Settings;
use crate::time::Timestamp;

/// Clocks that differ by less are the same, in seconds.
const CLOCKS_AGREE: i64 = 120;

/// The arguments of the rehearsal's checks in a runbook.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A PEM file with a CA that is trusted beside the public ones, for staging.
    pub extra_ca: Option<PathBuf>,
}

/// The way to the live API.
pub struct Access {
    /// The client.
    pub client: Client,
    /// The host, with its port where it is not the default.
    pub host: String,
    /// The fingerprint of the public key.
    pub key: String,
    is_own: bool,
    is_demo: bool,
    began: (Timestamp, Instant),
}

impl Access {
    /// Gets the keys and makes a client; nothing is sent yet.
    ///
    /// # Errors
    /// The report that says why nothing can be sent.
    pub async fn of(context: &CheckContext, retry: RetryRules) -> Result<Self, Box<CheckReport>> {
        let unknown = |why: String| Box::new(CheckReport::unknown(why));
        let args: Args = arguments::read(&context.args).map_err(unknown)?;
        let extra_ca = args.extra_ca.map(|path| https::roots_of(&context.base.join(path)));
        let extra_ca = extra_ca.transpose().map_err(unknown)?;
        let live = configured(context, Environment::Live).await;
        let faults = live.faults(Level::Blocking);
        if let Some(first) = faults.first() {
            let says = format!("Nothing was sent: {}", lower(&first.message));
            let mut report = CheckReport::new(Outcome::Fail, says);
            report.findings = faults;
            return Err(Box::new(report));
        }
        let Some(keys) = live.pair() else {
            let missing = live.missing();
            let says = missing.first().map(|finding| finding.message.clone()).unwrap_or_default();
            let mut report = CheckReport::unknown(format!("{says} Nothing was sent."));
            report.findings = missing;
            return Err(Box::new(report));
        };
        let place = Place::of(context, Environment::Live).map_err(unknown)?;
        if !place.is_allowed(context) {
            return Err(Box::new(unarmed(&place)));
        }
        let public = context.inputs.secret("live_public_key").await.ok().flatten();
        let key = public.and_then(|public| context.book.fingerprint(&public));
        let host = place.host();
        let addresses = match place.kind {
            Kind::Here => Ok(Vec::new()),
            Kind::Own | Kind::Other => place.target.addresses().await,
        };
        let addresses = addresses.map_err(|why| {
            let (LookupFailure::NoSuchName(why) | LookupFailure::NoAnswer(why)) = why;
            let says = format!("{host} could not be asked: the host was not found ({why}).");
            Box::new(refused::unreachable(says, https::proxy_variable()))
        })?;
        let settings = Settings { extra_ca, addresses, ..Settings::production(context.now) };
        let client = Client::new(&place.target.url, keys, retry, settings);
        let client = client.map_err(|why| unknown(format!("Nothing was sent: {why}.")))?;
        let key = key.unwrap_or_default();
        let is_own = place.kind == Kind::Own;
        let is_demo = context.demo.is_some() && place.kind == Kind::Here;
        Ok(Self { client, host, key, is_own, is_demo, began: (context.now, Instant::now()) })
    }

    /// What time it is at MintCash: by the date of its last answer where that differs from this
    /// machine's clock by minutes.
    #[must_use]
    pub fn now(&self, last: Option<&Call>) -> Timestamp {
        let now = self.began.0.plus(self.began.1.elapsed());
        let skew = last.and_then(Call::skew).filter(|skew| skew.abs() >= CLOCKS_AGREE);
        match skew.map(|skew| (skew > 0, Duration::from_secs(skew.unsigned_abs()))) {
            None => now,
            Some((true, ahead)) => now.plus(ahead),
            Some((false, behind)) => {
                let behind = i64::try_from(behind.as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_millis(now.millis().saturating_sub(behind))
            }
        }
    }

    /// How long this run has gone on.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.began.1.elapsed()
    }

    /// Says that another host than MintCash's own was asked, where one was.
    #[must_use]
    pub fn elsewhere(&self) -> Option<Finding> {
        let host = &self.host;
        if self.is_demo {
            let says = format!("{host} is simulated: the demo asks its own MintCash.");
            return Some(Finding::new(Level::Info, says));
        }
        (!self.is_own).then(|| {
            Finding::new(Level::Advisory, format!("{host} was asked, not {LIVE_HOST}."))
                .hint("No real money moved there, as far as can be told. Take api_url out of golive.yaml for the real rehearsal.")
        })
    }

    /// Explains a call that brought nothing.
    #[must_use]
    pub fn explain(&self, error: &CallError) -> CheckReport {
        let now = self.now(None);
        refused::explain(error, &self.host, now, https::proxy_variable())
    }
}

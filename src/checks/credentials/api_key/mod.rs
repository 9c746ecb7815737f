//! `api-key`: the live keys are a pair that the live API accepts and lists as live and active.
//!
//! First the keys are looked at (`pair`) and where they would go (`place`); nothing is sent that
//! can not be a live pair, or to a host that nobody meant. Then one call, and what it says
//! (`listed`) or why it says nothing (`refused`). The sandbox's pair is tried too where there is
//! one; what comes of that never decides.

mod listed;
pub(crate) mod pair;
pub(crate) mod place;
pub(in crate::checks) mod refused;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use rustls::RootCertStore;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::checks::generic::arguments;
use crate::checks::webhook::public::{is_loopback, not_public};
use crate::checks::webhook::target::LookupFailure;
use crate::checks::{
    Check, CheckContext, CheckReport, Effect, Finding, Level, Outcome, Planned, Progress,
};
use crate::https;
use crate::mintcash::api_keys::{ApiKey, PATH};
use crate::mintcash::call::{Answered, Call, CallError, Trouble};
use crate::mintcash::client::{Client, LIVE_HOST};
use crate::mintcash::envelope::Environment;
use crate::mintcash::key::KeyPair;
use crate::mintcash::retry::RetryRules;
use crate::mintcash::transport::Settings;
use crate::runbook::model::InputName;
use crate::text::Untrusted;
use crate::time::spoken;
use pair::{Configured, Given};
use place::{Kind, Place};

/// How long the API may take to answer one try.
const PATIENCE: Duration = Duration::from_secs(15);

/// Clocks that differ by less are right enough, in seconds.
const CLOCKS_AGREE: i64 = 120;

/// The check.
#[derive(Clone, Copy, Debug)]
pub struct ApiKeyCheck {
    retry: RetryRules,
}

/// Its arguments in the runbook.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// A PEM file with a CA that is trusted beside the public ones, for staging.
    extra_ca: Option<PathBuf>,
}

/// What came of one call.
struct Asked {
    result: Result<Answered<Vec<ApiKey>>, CallError>,
    /// Addresses of the host that are not public, with what they are.
    private: Vec<String>,
}

impl ApiKeyCheck {
    /// The check with the retries against production.
    pub const PRODUCTION: Self = Self::with_retries(RetryRules::PRODUCTION);

    /// The check with other retries.
    #[must_use]
    pub const fn with_retries(retry: RetryRules) -> Self {
        Self { retry }
    }

    async fn judge(&self, context: &CheckContext) -> Result<CheckReport, String> {
        let args: Args = arguments::read(&context.args)?;
        let extra_ca = args.extra_ca.map(|path| https::roots_of(&context.base.join(path)));
        let extra_ca = extra_ca.transpose()?;
        let live = configured(context, Environment::Live).await;
        let test = configured(context, Environment::Test).await;
        let mut beside = test.faults(Level::Advisory);
        beside.extend(pair::shared(&live, &test));
        let faults = live.faults(Level::Blocking);
        if let Some(first) = faults.first() {
            let says = format!("Nothing was sent: {}", lower(&first.message));
            let mut report = CheckReport::new(Outcome::Fail, says);
            report.findings = faults;
            report.findings.extend(beside);
            return Ok(report);
        }
        let Some(keys) = live.pair() else {
            let missing = live.missing();
            let says = missing.first().map(|finding| finding.message.clone()).unwrap_or_default();
            let mut report = CheckReport::unknown(format!("{says} Nothing was asked."));
            report.findings = missing;
            report.findings.extend(beside);
            return Ok(report);
        };
        let place = Place::of(context, Environment::Live)?;
        if !place.is_allowed(context) {
            return Ok(unarmed(&place));
        }
        let (asked, sandbox) = tokio::join!(
            self.ask(context, &place, keys.clone(), extra_ca.clone()),
            self.try_sandbox(context, &test, extra_ca),
        );
        let report = conclude(context, &place, &keys, &asked);
        let demo = context.demo.is_some();
        Ok(beside_it(report, &place, beside, sandbox, demo))
    }

    /// Asks for the list of keys.
    async fn ask(
        &self,
        context: &CheckContext,
        place: &Place,
        keys: KeyPair,
        extra_ca: Option<RootCertStore>,
    ) -> Asked {
        let environment = keys.environment();
        let addresses = match place.kind {
            Kind::Here => Ok(Vec::new()),
            Kind::Own | Kind::Other => place.target.addresses().await,
        };
        let addresses = match addresses {
            Ok(addresses) => addresses,
            Err(LookupFailure::NoSuchName(why) | LookupFailure::NoAnswer(why)) => {
                return Asked::not_sent(place, Trouble::Lookup(why));
            }
        };
        let private = addresses.iter().map(std::net::SocketAddr::ip).filter_map(|address| {
            Some(format!("{address} is {}", not_public(address)?)).filter(|_| !is_loopback(address))
        });
        let private = private.collect();
        let settings =
            Settings { extra_ca, addresses, total: PATIENCE, ..Settings::production(context.now) };
        let client = match Client::new(&place.target.url, keys, self.retry, settings) {
            Ok(client) => client,
            Err(why) => return Asked::not_sent(place, Trouble::NotSent(why)),
        };
        let result = client.api_keys().await;
        let call = call(&result);
        context.progress.say(Progress::Probe {
            name: match environment {
                Environment::Live => format!("GET {PATH} with the live pair"),
                Environment::Test => format!("GET {PATH} with the sandbox pair"),
            },
            says: match &result {
                Ok(answer) => format!("{} keys listed", answer.value.len()),
                Err(error) => error.trouble.says(),
            },
            good: Some(result.is_ok()),
            took: call.took(),
        });
        Asked { result, private }
    }

    /// Tries the sandbox's pair, where there is a sound one that may be sent.
    async fn try_sandbox(
        &self,
        context: &CheckContext,
        test: &Configured,
        extra_ca: Option<RootCertStore>,
    ) -> Option<(Value, Finding)> {
        let keys = test.pair()?;
        let place = Place::of(context, Environment::Test).ok()?;
        if !place.is_allowed(context) {
            return None;
        }
        let asked = self.ask(context, &place, keys, extra_ca).await;
        let host = place.host();
        let finding = match &asked.result {
            Ok(_) => Finding::new(Level::Info, format!("{host} accepts the sandbox pair.")),
            Err(error) => Finding::new(
                Level::Info,
                format!("The sandbox pair could not be tried: {host}: {}.", error.trouble.says()),
            )
            .hint("This does not touch the live keys."),
        };
        Some((call(&asked.result).evidence(context.now), finding))
    }
}

impl Asked {
    fn not_sent(place: &Place, trouble: Trouble) -> Self {
        let call = Call { what: format!("GET {PATH}"), host: place.host(), tries: Vec::new() };
        Self { result: Err(CallError { trouble, call }), private: Vec::new() }
    }
}

fn call(result: &Result<Answered<Vec<ApiKey>>, CallError>) -> &Call {
    match result {
        Ok(answer) => &answer.call,
        Err(error) => &error.call,
    }
}

/// Both keys of an environment, as far as they can be had.
pub(crate) async fn configured(context: &CheckContext, environment: Environment) -> Configured {
    let (public, secret) = match environment {
        Environment::Live => ("live_public_key", "live_secret_key"),
        Environment::Test => ("test_public_key", "test_secret_key"),
    };
    let given = async |name| match context.inputs.secret(name).await {
        Ok(Some(key)) => Given::Here(key),
        Ok(None) => Given::NotSet,
        Err(why) => Given::Missing(why.to_string(), why.hint),
    };
    Configured {
        environment,
        public: (public, given(public).await),
        secret: (secret, given(secret).await),
    }
}

/// Nothing was sent, because nobody named the host.
pub(in crate::checks) fn unarmed(place: &Place) -> CheckReport {
    let host = place.host();
    let says = format!("Nothing was sent: api_url is {host}, not {LIVE_HOST}, and is not armed.");
    let hint = format!(
        "If the live keys are to go there, arm it: type its name on screen, or verify with --arm \
         {host}. Otherwise take api_url out of golive.yaml."
    );
    let finding = Finding::new(Level::Advisory, &says).hint(hint);
    CheckReport::unknown(says).with(finding)
}

/// What the call says about the live pair.
fn conclude(context: &CheckContext, place: &Place, keys: &KeyPair, asked: &Asked) -> CheckReport {
    let host = place.host();
    let proxy = https::proxy_variable();
    let call = call(&asked.result);
    let mut evidence = call.evidence(context.now);
    let mut report = match &asked.result {
        Ok(answer) => listed::judge(&answer.value, keys, &host, context.now)
            .evidence("keys_listed", answer.value.len()),
        Err(error) => refused::explain(error, &host, context.now, proxy),
    };
    if let Some(seconds) = call.skew().filter(|seconds| seconds.abs() >= CLOCKS_AGREE) {
        report = report.evidence("clock_behind_s", seconds).with(clock(seconds));
    }
    if report.outcome != Outcome::Pass && !asked.private.is_empty() {
        let said = asked.private.join(", ");
        report.findings.push(
            Finding::new(
                Level::Info,
                format!("Here {host} has an address that is not public: {said}."),
            )
            .hint("Look at /etc/hosts, and ask another name server."),
        );
    }
    if let Some(members) = evidence.as_object_mut() {
        let proxy = proxy.map_or("none", |_| "set in the environment, not used");
        members.insert("proxy".into(), json!(proxy));
    }
    if let Some(id) = call.request_id() {
        report = report.evidence("request_id", id);
    }
    report.evidence("live_call", evidence)
}

fn clock(seconds: i64) -> Finding {
    let span = spoken(Duration::from_secs(seconds.unsigned_abs()));
    let side = if seconds > 0 { "behind" } else { "ahead of" };
    Finding::new(Level::Advisory, format!("This machine's clock is {span} {side} the API's."))
        .hint("Set it by NTP: the times of your sign-offs and evidence come from it.")
}

/// Adds what does not decide.
fn beside_it(
    mut report: CheckReport,
    place: &Place,
    beside: Vec<Finding>,
    sandbox: Option<(Value, Finding)>,
    demo: bool,
) -> CheckReport {
    report.findings.extend(beside);
    if demo && place.kind == Kind::Here {
        let says = format!("{} is simulated: the demo asks its own MintCash.", place.host());
        report.findings.push(Finding::new(Level::Info, says));
    } else if place.kind != Kind::Own {
        let host = place.host();
        report.findings.push(
            Finding::new(Level::Advisory, format!("{host} was asked, not {LIVE_HOST}."))
                .hint("Take api_url out of golive.yaml to ask MintCash's live API."),
        );
    }
    if let Some((call, finding)) = sandbox {
        report.findings.push(finding);
        report = report.evidence("sandbox_call", call);
    }
    let machine = rustix::system::uname();
    let machine = Untrusted::from_bytes(machine.nodename().to_bytes()).line(100);
    report.evidence("api", place.target.shown()).evidence("called_from", machine)
}

/// A message in the middle of a sentence: names of inputs stand as they are.
pub(in crate::checks) fn lower(message: &str) -> String {
    match message.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => message.to_owned(),
    }
}

#[async_trait]
impl Check for ApiKeyCheck {
    fn name(&self) -> &'static str {
        "api-key"
    }

    fn about(&self) -> &'static str {
        "the live keys are a pair that the live API accepts and lists as live and active; says why \
         when it does not"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        [
            "live_public_key",
            "live_secret_key",
            "test_public_key",
            "test_secret_key",
            "api_url",
            "sandbox_url",
        ]
        .map(InputName::from)
        .into()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let planned = |environment, secret: &str, what: &str| {
            context.inputs.secret_ref(secret)?;
            let place = Place::of(context, environment).ok()?;
            let mut url = place.target.url.clone();
            url.set_path(&format!("{}{PATH}", url.path().trim_end_matches('/')));
            Some(Planned {
                effect: Effect::Reads,
                what: format!("GET with {what} (again up to {} times)", self.retry.tries - 1),
                target: Untrusted::new(url.as_str()).line(300),
                arms: place.arms(),
                spend: None,
            })
        };
        let live = planned(Environment::Live, "live_secret_key", "the live pair");
        let test = planned(Environment::Test, "test_secret_key", "the sandbox pair");
        live.into_iter().chain(test).collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => CheckReport::unknown("Cancelled."),
            report = self.judge(context) => report.unwrap_or_else(CheckReport::unknown),
        }
    }
}

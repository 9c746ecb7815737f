//! A running demo, and the checks with limits that are scaled down to what its faults are slow by.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use golive::checks::credentials::api_key::ApiKeyCheck;
use golive::checks::credentials::production_config::ProductionConfig;
use golive::checks::credentials::retired_webhook::RetiredWebhook;
use golive::checks::credentials::secret_storage::SecretStorage;
use golive::checks::observer::Patience;
use golive::checks::webhook::constant_time::ConstantTime;
use golive::checks::webhook::dedupe::WebhookDedupe;
use golive::checks::webhook::endpoint::WebhookEndpoint;
use golive::checks::webhook::environment::WebhookEnvironment;
use golive::checks::webhook::latency::WebhookLatency;
use golive::checks::webhook::odd_events::WebhookOddEvents;
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::webhook::wire::reserved::Trickle;
use golive::checks::{Check, CheckContext, CheckReport};
use golive::config::Flags;
use golive::demo::fault::Change;
use golive::demo::{Demo, Options, Pace};
use golive::mintcash::retry::RetryRules;
use golive::runtime::clock::{Clock as _, SystemClock};

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    total: Duration::from_secs(4),
    near: Duration::from_millis(1_200),
    provider: Duration::from_secs(2),
    ..Limits::PRODUCTION
};

const PATIENCE: Patience = Patience {
    arrive: Duration::from_secs(2),
    quiet: Duration::from_millis(80),
    every: Duration::from_millis(10),
};

const TRICKLE: Trickle =
    Trickle { every: Duration::from_millis(150), most: Duration::from_millis(600) };

const PACE: Pace = Pace { slow: Duration::from_millis(2_300), away: Duration::from_millis(1_500) };

static API_KEY: ApiKeyCheck = ApiKeyCheck::with_retries(RetryRules::PRODUCTION);
static RETIRED: RetiredWebhook = RetiredWebhook::with(LIMITS, PATIENCE);
static ENDPOINT: WebhookEndpoint = WebhookEndpoint::with_limits(LIMITS);
static SIGNATURE: WebhookSignature = WebhookSignature::with_limits(LIMITS);
static ENVIRONMENT: WebhookEnvironment = WebhookEnvironment::with_limits(LIMITS, PATIENCE);
static DEDUPE: WebhookDedupe = WebhookDedupe::with_limits(LIMITS, PATIENCE);
static LATENCY: WebhookLatency = WebhookLatency::with_limits(LIMITS);
/// Waits longer than it takes to see that a slow client holds up others.
static PATIENT_ODD: WebhookOddEvents = WebhookOddEvents::with_limits(
    LIMITS,
    Trickle { every: Duration::from_millis(400), most: Duration::from_millis(3_200) },
);
static ODD: WebhookOddEvents = WebhookOddEvents::with_limits(LIMITS, TRICKLE);

/// Every check of the two sections.
pub static CHECKS: [&dyn Check; 11] = [
    &API_KEY,
    &SecretStorage,
    &ProductionConfig,
    &RETIRED,
    &ENDPOINT,
    &SIGNATURE,
    &ConstantTime,
    &ENVIRONMENT,
    &DEDUPE,
    &LATENCY,
    &ODD,
];

/// What each check said, by its name.
pub type Reports = BTreeMap<&'static str, CheckReport>;

/// A running demo with its launch opened.
pub struct Stage {
    pub demo: Demo,
    context: CheckContext,
}

impl Stage {
    pub async fn open() -> Self {
        let demo = Demo::start(&Options { pace: PACE, ..Options::default() }).await.unwrap();
        let opened = demo.open(Flags::default()).await.unwrap();
        let inputs = Arc::clone(&opened.config.inputs);
        let base = demo.folder().to_owned();
        let mut context = CheckContext::bare(inputs, base, SystemClock.now());
        context.demo = Some(Arc::new(demo.ground()));
        Self { demo, context }
    }

    /// Runs every check but those that may mind anything: side by side, as golive does, unless the
    /// handler has a fault, since some of those end the shop for a while.
    pub async fn run(&self, minding: &[&str]) -> Reports {
        let wanted = CHECKS.into_iter().filter(|check| !minding.contains(&check.name()));
        if !self.demo.on().iter().any(|fault| matches!(fault.change, Change::Handler(_))) {
            return join_all(wanted.map(|check| self.ask(check))).await.into_iter().collect();
        }
        let mut reports = Reports::new();
        for check in wanted {
            self.shop_is_open().await;
            reports.extend([self.ask(check).await]);
        }
        reports
    }

    async fn ask(&self, check: &'static dyn Check) -> (&'static str, CheckReport) {
        let long = check.name() == "webhook-odd-events" && self.is_on("slow-client-blocks");
        let check = if long { &PATIENT_ODD } else { check };
        let context = CheckContext { now: SystemClock.now(), ..self.context.clone() };
        (check.name(), check.run(&context).await)
    }

    fn is_on(&self, fault: &str) -> bool {
        self.demo.on().iter().any(|on| on.name == fault)
    }

    /// Waits until the shop is back, where a fault has ended it.
    async fn shop_is_open(&self) {
        let url = self.context.inputs.url("webhook_url").unwrap();
        let address = url.socket_addrs(|| None).unwrap();
        while tokio::net::TcpStream::connect(&*address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

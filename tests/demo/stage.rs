//! A running demo, and the checks with limits that are scaled down to what its faults are slow by.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use golive::checks::credentials::api_key::ApiKeyCheck;
use golive::checks::credentials::retired_webhook::RetiredWebhook;
use golive::checks::observer::Patience;
use golive::checks::webhook::dedupe::WebhookDedupe;
use golive::checks::webhook::endpoint::WebhookEndpoint;
use golive::checks::webhook::environment::WebhookEnvironment;
use golive::checks::webhook::latency::WebhookLatency;
use golive::checks::webhook::odd_events::WebhookOddEvents;
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::webhook::wire::reserved::Trickle;
use golive::checks::{Check, CheckContext, CheckReport, registry};
use golive::config::Flags;
use golive::demo::fault::{Change, Fault};
use golive::demo::{Demo, Options, Pace};
use golive::mintcash::retry::RetryRules;
use golive::runbook::{self, model::Step};
use golive::runtime::clock::{Clock as _, SystemClock};
use serde_json::{Map, Value};

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

/// The sections whose checks are held against the catalogue here.
const SECTIONS: [&str; 3] = ["credentials", "webhook", "idempotency"];

/// The checks that have limits, with those of this file.
static SCALED: [&dyn Check; 8] =
    [&API_KEY, &RETIRED, &ENDPOINT, &SIGNATURE, &ENVIRONMENT, &DEDUPE, &LATENCY, &ODD];

/// A check of a step.
pub type Place = (String, String);

/// What each check said.
pub type Reports = BTreeMap<Place, CheckReport>;

/// A check as the runbook asks for it.
struct Asked {
    place: Place,
    check: &'static dyn Check,
    args: Map<String, Value>,
}

/// Every check of the sections, as the runbook asks for it.
fn asked() -> Vec<Asked> {
    let book = runbook::builtin();
    let sections = book.sections.iter().filter(|it| SECTIONS.contains(&it.id.as_str()));
    let steps = sections.flat_map(|section| &section.steps);
    let asked = |step: &Step| {
        let of = step.id.to_string();
        let each = step.verify.iter().map(move |spec| {
            let scaled = SCALED.into_iter().find(|check| check.name() == spec.check.as_str());
            let check = scaled.or_else(|| registry::find(&spec.check)).unwrap();
            Asked { place: (of.clone(), spec.check.to_string()), check, args: spec.args.clone() }
        });
        each.collect::<Vec<_>>()
    };
    steps.flat_map(asked).collect()
}

/// Whether a fault's check is one of these.
pub fn is_asked(fault: &Fault) -> bool {
    asked().iter().any(|it| it.place == (fault.step.to_owned(), fault.check.to_owned()))
}

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
        let wanted: Vec<_> =
            asked().into_iter().filter(|it| !minding.contains(&it.check.name())).collect();
        if !self.demo.on().iter().any(|fault| matches!(fault.change, Change::Handler(_))) {
            return join_all(wanted.iter().map(|it| self.ask(it))).await.into_iter().collect();
        }
        let mut reports = Reports::new();
        for it in &wanted {
            self.shop_is_open().await;
            reports.extend([self.ask(it).await]);
        }
        reports
    }

    async fn ask(&self, asked: &Asked) -> (Place, CheckReport) {
        let Asked { place, check, args } = asked;
        let long = check.name() == "webhook-odd-events" && self.is_on("slow-client-blocks");
        let check: &dyn Check = if long { &PATIENT_ODD } else { *check };
        let now = SystemClock.now();
        let context = CheckContext { now, args: args.clone(), ..self.context.clone() };
        (place.clone(), check.run(&context).await)
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

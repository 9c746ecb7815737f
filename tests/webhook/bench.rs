//! Puts a check, its inputs and a place to listen together.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use golive::checks::context::ProgressSink;
use golive::checks::webhook::endpoint::WebhookEndpoint;
use golive::checks::webhook::pace::Limits;
use golive::checks::webhook::signature::WebhookSignature;
use golive::checks::{Check as _, CheckContext, CheckReport, Progress};
use golive::config::inputs::{Input, InputValue, Inputs, ValueOrigin};
use golive::runbook::model::InputName;
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::{Secret, SecretRef};
use golive::time::Timestamp;
use indexmap::IndexMap;
use serde_json::Value;

use crate::counterpart::SECRET;

/// Limits scaled down where they are waited for.
pub const QUICK: Limits =
    Limits { connect: Duration::from_secs(5), total: Duration::from_secs(8), ..Limits::PRODUCTION };

/// The input with the secret that handlers have.
pub const LIVE: (&str, &str) = ("webhook_secret", SECRET);

/// A context, and what the check says while it runs.
pub struct Bench {
    pub context: CheckContext,
    pub said: Arc<Mutex<Vec<Progress>>>,
}

impl Bench {
    /// A context with a URL and these secrets, typed in as `prompt` secrets are.
    pub async fn new(url: &str, secrets: &[(&str, &str)]) -> Self {
        let mut values = IndexMap::new();
        let mut put = |name: &str, value| {
            let origin = ValueOrigin::Flag("test".into());
            values.insert(InputName::from(name), Input { value, origin });
        };
        put("webhook_url", InputValue::Url(url.parse().unwrap()));
        for (name, _) in secrets {
            put(name, InputValue::Secret(SecretRef::Prompt));
        }
        let inputs = Inputs::new(values, std::env::temp_dir());
        for (name, value) in secrets {
            inputs.answer(name, Secret::new((*value).to_owned())).await;
        }
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let context = CheckContext {
            progress: ProgressSink::new(move |progress| heard.lock().unwrap().push(progress)),
            ..CheckContext::bare(Arc::new(inputs), std::env::temp_dir(), SystemClock.now())
        };
        Self { context, said }
    }

    /// The same with an argument.
    pub fn arg(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.context.args.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a host armed.
    pub fn arm(mut self, host: &str) -> Self {
        self.context.armed = Arc::new(BTreeSet::from([host.to_owned()]));
        self
    }

    /// The same some days later, or earlier.
    pub fn days_later(mut self, days: i64) -> Self {
        let millis = self.context.now.millis() + days * 86_400_000;
        self.context.now = Timestamp::from_millis(millis);
        self
    }

    pub async fn signature(&self) -> CheckReport {
        WebhookSignature::with_limits(QUICK).run(&self.context).await
    }

    pub async fn endpoint(&self) -> CheckReport {
        WebhookEndpoint::with_limits(QUICK).run(&self.context).await
    }

    /// The names of the probes that were said, in order.
    pub fn probes(&self) -> Vec<String> {
        let name = |progress: &Progress| match progress {
            Progress::Probe { name, .. } => Some(name.clone()),
            Progress::Page { .. } | Progress::Work { .. } => None,
        };
        self.said.lock().unwrap().iter().filter_map(name).collect()
    }
}

/// The causes that a report names.
pub fn causes(report: &CheckReport) -> Vec<&str> {
    report.evidence["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect()
}

/// Everything that a report says, in one text.
pub fn everything(report: &CheckReport) -> String {
    format!("{report:#?}")
}

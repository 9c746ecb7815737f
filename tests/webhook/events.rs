//! Puts a handler, its count of effects and a check about events together.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use golive::checks::context::ProgressSink;
use golive::checks::observer::Patience;
use golive::checks::{Check, CheckContext, CheckReport, Progress};
use golive::config::inputs::{Input, InputValue, Inputs, Observer, ValueOrigin};
use golive::runbook::model::InputName;
use golive::runtime::clock::{Clock as _, SystemClock};
use golive::secrets::{Secret, SecretRef};
use indexmap::IndexMap;
use url::Url;

use crate::counterpart::{Counterpart, SECRET, TEST_SECRET};

/// Times in which a handler on this machine has had its effects.
pub const PATIENCE: Patience = Patience {
    arrive: Duration::from_secs(2),
    quiet: Duration::from_millis(150),
    every: Duration::from_millis(10),
};

/// A handler and what is known about it.
pub struct Scene {
    pub handler: Counterpart,
    pub context: CheckContext,
    pub said: Arc<Mutex<Vec<Progress>>>,
}

/// What `golive.yaml` says of the effects.
#[derive(Clone, Copy)]
pub enum Effects {
    /// The handler's own count.
    Counted,
    /// Nothing.
    Unseen,
    /// This program's output.
    Program(&'static str),
}

impl Scene {
    /// A running handler with both secrets known.
    pub async fn of(name: &str, effects: Effects) -> Option<Self> {
        let secrets = [("webhook_secret", SECRET), ("test_webhook_secret", TEST_SECRET)];
        Self::with(name, effects, &secrets).await
    }

    /// A running handler with these secrets known.
    pub async fn with(name: &str, effects: Effects, secrets: &[(&str, &str)]) -> Option<Self> {
        let handler = Counterpart::start(name, SECRET)?;
        let url = format!("http://{}/webhooks/mintcash", handler.address);
        let counted = format!("http://{}/effects", handler.address);
        let observer = match effects {
            Effects::Counted => Some(Observer::Url(counted.parse().unwrap())),
            Effects::Unseen => None,
            Effects::Program(script) => {
                Some(Observer::Command(["sh", "-c", script].map(str::to_owned).into()))
            }
        };
        let (context, said) = context(&url.parse().unwrap(), observer, secrets).await;
        Some(Self { handler, context, said })
    }

    pub async fn run(&self, check: &dyn Check) -> CheckReport {
        check.run(&self.context).await
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

/// A context with a URL, an observer and secrets, and what is said in it.
pub async fn context(
    url: &Url,
    observer: Option<Observer>,
    secrets: &[(&str, &str)],
) -> (CheckContext, Arc<Mutex<Vec<Progress>>>) {
    let mut values = IndexMap::new();
    let mut put = |name: &str, value| {
        let origin = ValueOrigin::Flag("test".into());
        values.insert(InputName::from(name), Input { value, origin });
    };
    put("webhook_url", InputValue::Url(url.clone()));
    for (name, _) in secrets {
        put(name, InputValue::Secret(SecretRef::Prompt));
    }
    if let Some(observer) = observer {
        put("effect_count", InputValue::Observer(observer));
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
    (context, said)
}

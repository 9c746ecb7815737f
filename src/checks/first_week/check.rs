//! `delivery-rate`, `failure-codes`, `churn`, `request-correlation`: one question of the first week
//! each, asked of the merchant's logs.
//!
//! Nothing is sent. The logs are read to their end, once for all that ask side by side, the picture is drawn as of now, and
//! [`report`](super::report()) turns the panel of the question into findings. `golive watch` shows
//! the same panels. The rule it keeps: one reading at a time, so that four checks side by side
//! need no more memory than one.

use std::sync::Arc;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::report::{cancelled, nothing_named, report, spots};
use super::shared::Shared;
use crate::checks::context::CheckContext;
use crate::checks::generic::arguments;
use crate::checks::logs::{LOGS, log_set};
use crate::checks::{Check, CheckReport, Effect, Planned};
use crate::events::feed::LogSet;
use crate::events::source::Role;
use crate::runbook::model::InputName;
use crate::scan::Watch;
use crate::text::visible;
use crate::time::Timestamp;
use crate::week::panel::Topic;
use crate::week::{Limits, Span, Window};

/// Inputs that say which lines count.
const OTHERS: [&str; 3] = ["api_url", "sandbox_url", "webhook_url"];

/// Every reading uses all cores and its share of memory.
static READING: Semaphore = Semaphore::const_new(1);

/// A check of the first week.
#[derive(Clone, Copy, Debug)]
pub struct WeekCheck {
    /// The question that it asks.
    pub topic: Topic,
}

/// It takes no arguments.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {}

/// What is asked of which logs.
struct Question {
    topic: Topic,
    logs: Arc<Shared>,
    limits: Limits,
    now: Timestamp,
    switched: Option<Timestamp>,
}

impl Question {
    fn of(topic: Topic, context: &CheckContext) -> Self {
        Self {
            topic,
            logs: Shared::of(set(context)),
            limits: context.week.limits.clone(),
            now: context.now,
            switched: context.switched,
        }
    }

    /// Reads the logs and answers. Blocks.
    fn answer(self, watch: &Watch) -> CheckReport {
        let answered = self.logs.ask(self.now, watch, |feed| {
            let window = Window::until(self.now, Span::Week);
            let picture = feed.picture(self.now, window, &self.limits, self.switched);
            let quoted = feed.quote(&spots(picture.panel(self.topic)), watch);
            report(self.topic, &picture, &quoted)
        });
        match answered {
            Ok(Some(report)) => report,
            Ok(None) => cancelled(),
            Err(error) => CheckReport::unknown(format!(
                "the facts of the logs found no room in the folder for temporary files: {}",
                visible(&error.to_string(), 200)
            )),
        }
    }
}

fn set(context: &CheckContext) -> LogSet {
    log_set(&context.inputs, &context.base, &context.week, context.received.as_deref())
}

#[async_trait]
impl Check for WeekCheck {
    fn name(&self) -> &'static str {
        self.topic.check()
    }

    fn about(&self) -> &'static str {
        match self.topic {
            Topic::DeliveryRate => {
                "by your logs, webhooks are answered 2xx within 10 s, nearly all at the first try"
            }
            Topic::FailureCodes => {
                "by your logs, no failure code is more frequent than its own history explains"
            }
            Topic::Churn => {
                "by your logs, failed renewals are tried again, and no subscriber is lost to a bug"
            }
            Topic::RequestCorrelation => {
                "errors in your logs of requests and of your application have their partners"
            }
        }
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        LOGS.iter().map(|(name, _)| *name).chain(OTHERS).map(InputName::from).collect()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Args>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Args>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let globs = set(context).globs.into_iter();
        let reads = |(role, glob): (Role, String)| Planned {
            effect: Effect::Reads,
            what: format!("read {} in the files that match", holds(role)),
            target: visible(&glob, 200),
            arms: None,
            spend: None,
        };
        globs.map(reads).collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        if let Err(wrong) = arguments::read::<Args>(&context.args) {
            return CheckReport::unknown(visible(&wrong, 200));
        }
        let question = Question::of(self.topic, context);
        if question.logs.is_empty() {
            return nothing_named(self.topic);
        }
        let watch = Watch::new(context.cancel.clone(), context.progress.clone());
        let read = async {
            let _turn = READING.acquire().await;
            tokio::task::spawn_blocking(move || question.answer(&watch)).await
        };
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => cancelled(),
            report = read => report.unwrap_or_else(|_| {
                CheckReport::unknown("reading the logs broke; this says nothing about them")
            }),
        }
    }
}

/// What a log is read for.
fn holds(role: Role) -> &'static str {
    match role {
        Role::Events => "the webhooks",
        Role::Deliveries => "the answers of your webhook endpoint",
        Role::Requests => "the requests to MintCash and their errors",
        Role::Application => "your application's errors",
    }
}

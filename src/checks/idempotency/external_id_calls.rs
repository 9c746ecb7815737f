//! `external-id-calls`: every call that creates something sends an `externalId`.
//!
//! Reads the code (`scan::calls`): `POST /payments`, `POST /subscriptions` and
//! `POST /payments/{paymentId}/refund` in seven languages and in scripts. What it can not follow is
//! *unknown*, and a person who read the code signs. Where an id comes from decides nothing; a bad
//! place is a risk that is named.
//!
//! Held against 70 files that it had not seen, at its first run on each, it passed none wrongly and
//! failed two wrongly; `tests/external_id_calls/README.md` says how and which.

mod report;

use std::path::PathBuf;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::context::CheckContext;
use crate::checks::generic::arguments;
use crate::checks::{Check, CheckReport, Effect, Planned};
use crate::runbook::model::InputName;
use crate::scan::calls::call_paths;
use crate::scan::{Watch, commit_of};
use crate::text::visible;
pub use report::report;

/// `external-id-calls` takes no arguments in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {}

/// The check.
pub struct ExternalIdCalls;

#[async_trait]
impl Check for ExternalIdCalls {
    fn name(&self) -> &'static str {
        "external-id-calls"
    }

    fn about(&self) -> &'static str {
        "every call in your code that creates a payment, a subscription or a refund sends an \
         externalId; warns of ids from bad places"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        vec!["source".into()]
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Arguments>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Arguments>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let planned = sources(context).into_iter().map(|path| Planned {
            effect: Effect::Reads,
            what: "read the source files".to_owned(),
            target: path.display().to_string(),
            arms: None,
            spend: None,
        });
        planned.collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let paths = sources(context);
        let base = context.base.clone();
        let watch = Watch::new(context.cancel.clone(), context.progress.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let found = call_paths(&paths, &base, &watch);
            let commits = paths.iter().filter_map(|path| {
                let shown = visible(&path.to_string_lossy(), 300);
                Some((format!("commit of {shown}"), commit_of(path)?))
            });
            (found, commits.collect::<Vec<_>>())
        });
        let read = tokio::select! {
            read = reading => read,
            () = context.cancel.cancelled() => {
                return CheckReport::unknown("it was stopped before its end");
            }
        };
        let Ok((found, commits)) = read else {
            return CheckReport::unknown(
                "reading the code broke off; this says nothing about your calls",
            );
        };
        let report = report(&found);
        commits.into_iter().fold(report, |report, (name, commit)| report.fact(name, commit))
    }
}

/// Where to look.
fn sources(context: &CheckContext) -> Vec<PathBuf> {
    match context.inputs.paths("source") {
        [] => vec![context.base.clone()],
        paths => paths.to_vec(),
    }
}

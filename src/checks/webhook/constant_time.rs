//! `constant-time`: the handler's code compares the signature in constant time.
//!
//! No answer over a network can show it: differences of nanoseconds drown in its noise, so that a
//! test by the clock would pass everybody. This check reads the code instead (`scan::compare`), in
//! eight languages. What it can not follow is *unknown*, and a person who read the code signs.
//!
//! Held against 95 handlers from public repositories that it had not seen, it was right about 84,
//! wrong about 2 and left 9 unknown; `tests/constant_time/README.md` says how and which.

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
use crate::scan::compare::compare_paths;
use crate::scan::{Watch, commit_of};
use crate::text::visible;
pub use report::report;

/// `constant-time` takes no arguments in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {}

/// The check.
pub struct ConstantTime;

#[async_trait]
impl Check for ConstantTime {
    fn name(&self) -> &'static str {
        "constant-time"
    }

    fn about(&self) -> &'static str {
        "the webhook handler's code compares the signature in constant time"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        vec!["handler_source".into(), "source".into()]
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Arguments>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Arguments>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let (paths, _) = sources(context);
        let planned = paths.into_iter().map(|path| Planned {
            effect: Effect::Reads,
            what: "read the source files".to_owned(),
            target: path.display().to_string(),
            arms: None,
            spend: None,
        });
        planned.collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let (paths, named) = sources(context);
        let base = context.base.clone();
        let watch = Watch::new(context.cancel.clone(), context.progress.clone());
        let compared = tokio::task::spawn_blocking(move || {
            let found = compare_paths(&paths, &base, &watch);
            let commits = paths.iter().filter_map(|path| {
                let shown = visible(&path.to_string_lossy(), 300);
                Some((format!("commit of {shown}"), commit_of(path)?))
            });
            (found, commits.collect::<Vec<_>>())
        });
        let compared = tokio::select! {
            compared = compared => compared,
            () = context.cancel.cancelled() => {
                return CheckReport::unknown("it was stopped before its end");
            }
        };
        let Ok((found, commits)) = compared else {
            return CheckReport::unknown(
                "reading the code broke off; this says nothing about your handler",
            );
        };
        let report = report(&found, named);
        commits.into_iter().fold(report, |report, (name, commit)| report.fact(name, commit))
    }
}

/// Where to look, and whether the merchant said that the handler is there.
fn sources(context: &CheckContext) -> (Vec<PathBuf>, bool) {
    match (context.inputs.paths("handler_source"), context.inputs.paths("source")) {
        ([], []) => (vec![context.base.clone()], false),
        ([], paths) => (paths.to_vec(), false),
        (paths, _) => (paths.to_vec(), true),
    }
}

//! `external-id-log`: over logs of any size, one intent has one id and no id serves two things.
//!
//! Reads the requests that the merchant sent (`request_log`) and the webhooks that came back
//! (`event_log`). `about: intent` asks whether one intent kept one id and one body; `about: reuse`
//! whether an id was ever used for two customers, orders or environments; without it both are
//! asked. A difference that may be either counts for both. `usage` says what a line uses an id
//! for, `judge` and `orders` what is wrong with it, `report` says it.
//!
//! Memory stays under 100 MB whatever the size of the logs: at most eight threads with a few blocks
//! each, and 16 MiB of facts before a temporary file is used, of 64 bytes for each use of an id.

mod fact;
mod judge;
mod mask;
mod orders;
mod pass;
mod quoted;
mod report;
mod sentence;
mod usage;

use std::path::PathBuf;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::context::CheckContext;
use crate::checks::generic::arguments;
use crate::checks::logs::{EVENTS, globs, hosts};
use crate::checks::{Check, CheckReport, Effect, Planned};
use crate::events::blocks::Cut;
use crate::events::fields::Fields;
use crate::events::members::{LogMembers, Members};
use crate::events::record::Reading;
use crate::events::source::{self, Role, Roles, Source};
use crate::events::spill::Spill;
use crate::runbook::model::InputName;
use crate::scan::Watch;
use crate::text::visible;

/// The inputs with the logs.
const LOGS: [(&str, Role); 2] = [("request_log", Role::Requests), EVENTS];

/// The arguments in a runbook.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// What is asked: both when it is left out.
    pub about: Option<About>,
    /// Where the members of your request log are, when golive does not find them by itself. A path
    /// that is not given here is the one of `logs.request_log` in `golive.yaml`.
    #[serde(default)]
    pub fields: Fields,
}

/// What is asked of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// One intent has one id and one body.
    Intent,
    /// No id is used for two customers, orders or environments.
    Reuse,
}

/// What is read and how, apart from the context of a run.
#[derive(Clone, Debug)]
pub struct Question {
    /// The folder that patterns are relative to.
    pub base: PathBuf,
    /// The patterns, each with what it is a log of.
    pub globs: Vec<(Role, String)>,
    /// How lines are read.
    pub reading: Reading,
    /// Where the members are in the merchant's own logs.
    pub members: LogMembers,
    /// What is asked.
    pub about: Option<About>,
    /// How the work is cut.
    pub cut: Cut,
    /// How much waits in memory before a temporary file is used; `None` for the usual.
    pub memory: Option<usize>,
}

impl Question {
    /// As what a file is read, and where the members of its events are. One that holds both is read
    /// as requests, whose log may hold events as well.
    fn read_as(&self, file: Option<&Source>) -> (Role, &Members) {
        let roles = file.map_or(Roles::of(Role::Events), |file| file.roles);
        let role = if roles.has(Role::Requests) { Role::Requests } else { Role::Events };
        let named = if roles.has(Role::Events) { Role::Events } else { role };
        (role, self.members.of(named))
    }
}

/// Answers the question. Blocks.
#[must_use]
pub fn answer(question: &Question, watch: &Watch) -> CheckReport {
    if question.globs.is_empty() {
        return report::nothing_named();
    }
    let sources = source::find(&question.base, &question.globs);
    let spill = || question.memory.map_or_else(Spill::default, Spill::with_memory);
    let spills = [spill(), spill()];
    match pass::pass(&sources.files, question, spills, watch) {
        Ok(found) => {
            let lines = quoted::Quoted::read(&found, &sources.files, question, watch);
            report::report(&found, &sources, &lines, question.about, watch.stopped())
        }
        Err(error) => CheckReport::unknown(format!(
            "the facts of the logs found no room in the folder for temporary files: {}",
            visible(&error.to_string(), 200)
        )),
    }
}

/// The check.
pub struct ExternalIdLog;

#[async_trait]
impl Check for ExternalIdLog {
    fn name(&self) -> &'static str {
        "external-id-log"
    }

    fn about(&self) -> &'static str {
        "in your logs one intent has one externalId and one body, and no externalId serves two things"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        let logs = LOGS.iter().map(|(name, _)| *name);
        logs.chain(["api_url", "sandbox_url"]).map(InputName::from).collect()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Arguments>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        match arguments::read::<Arguments>(args) {
            Ok(args) => args.fields.lint(),
            Err(wrong) => vec![wrong],
        }
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let of = |role| match role {
            Role::Requests => "read the requests in the files that match",
            Role::Events | Role::Deliveries | Role::Application => {
                "read the events in the files that match"
            }
        };
        let globs = globs(&context.inputs, &LOGS).into_iter();
        let reads = |(role, glob): (Role, String)| Planned {
            effect: Effect::Reads,
            what: of(role).to_owned(),
            target: visible(&glob, 200),
            arms: None,
            spend: None,
        };
        globs.map(reads).collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let args = match arguments::read::<Arguments>(&context.args) {
            Ok(args) => args,
            Err(wrong) => return CheckReport::unknown(visible(&wrong, 200)),
        };
        let question = Question {
            base: context.base.clone(),
            globs: globs(&context.inputs, &LOGS),
            reading: Reading {
                hosts: hosts(&context.inputs),
                fields: args.fields.or(context.week.logs.of(Role::Requests)),
            },
            members: context.week.logs.clone(),
            about: args.about,
            cut: Cut::default(),
            memory: None,
        };
        let watch = Watch::new(context.cancel.clone(), context.progress.clone());
        let read = tokio::task::spawn_blocking(move || answer(&question, &watch));
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => report::cancelled(),
            report = read => report.unwrap_or_else(|_| {
                CheckReport::unknown("reading the logs broke; this says nothing about them")
            }),
        }
    }
}

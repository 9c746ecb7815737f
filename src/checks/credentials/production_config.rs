//! `production-config`: production has no test key, no sandbox host, and nothing that falls back to
//! one.
//!
//! Reads the files that production is configured from, and the source code for fallbacks. What a
//! hosting platform, a CI system or the running process sets is in no file; the report says so.

mod report;

use std::path::PathBuf;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::checks::context::CheckContext;
use crate::checks::generic::arguments;
use crate::checks::{Check, CheckReport, Effect, Planned};
use crate::config::inputs::InputValue;
use crate::runbook::model::InputName;
use crate::scan::sandbox::gather::{Sought, gather};
use crate::scan::sandbox::{Markers, Wanted};
use crate::scan::{Watch, commit_of};
use crate::secrets::Secret;
use crate::text::visible;
pub use report::{Seen, report};

/// `production-config` takes no arguments in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {}

/// The input with the patterns of the files that production is configured from.
const CONFIG: &str = "production_config";

/// The sandbox's host (mintcash-contract.md section 1).
const SANDBOX_HOST: &str = "sandbox.mintcash.me";

/// The live API's host.
const LIVE_HOST: &str = "api.mintcash.me";

/// What test keys begin with.
const PREFIXES: [&str; 2] = ["sk_test_", "pk_test_"];

/// The launch's own test secrets, which are looked for by value, each with its live counterpart.
const OWN: [(&str, &str); 3] = [
    ("test_secret_key", "live_secret_key"),
    ("test_public_key", "live_public_key"),
    ("test_webhook_secret", "webhook_secret"),
];

/// The check.
pub struct ProductionConfig;

#[async_trait]
impl Check for ProductionConfig {
    fn name(&self) -> &'static str {
        "production-config"
    }

    fn about(&self) -> &'static str {
        "production's configuration has no test key and no sandbox host, and no code falls back to one"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        let urls = [CONFIG, "source", "sandbox_url", "api_url"];
        let own = OWN.iter().map(|(name, _)| *name);
        urls.into_iter().chain(own).map(InputName::from).collect()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Arguments>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        arguments::read::<Arguments>(args).err().into_iter().collect()
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let reads = |what: &str, target: String| Planned {
            effect: Effect::Reads,
            what: what.to_owned(),
            target,
            arms: None,
            spend: None,
        };
        let globs = globs(context).into_iter();
        let globs = globs.map(|glob| reads("read the files that match", glob));
        let sources = sources(context)
            .into_iter()
            .map(|path| reads("read the source code for fallbacks", path.display().to_string()));
        globs.chain(sources).collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let (own, notes) = own_secrets(context).await;
        let names: Vec<String> = own.iter().map(|(name, _)| name.clone()).collect();
        let wanted = wanted(context, own);
        let hosts = wanted.hosts.clone();
        let sources = sources(context);
        let sought =
            Sought { base: context.base.clone(), globs: globs(context), sources: sources.clone() };
        let watch = Watch::new(context.cancel.clone(), context.progress.clone());
        let read = tokio::task::spawn_blocking(move || {
            let markers = Markers::new(wanted);
            if !markers.is_sound() {
                return None;
            }
            let gathered = gather(&sought, &markers, &watch);
            Some(report(&Seen { gathered, globs: sought.globs, hosts, names, notes }, &markers))
        });
        let Ok(Some(mut report)) = read.await else {
            return CheckReport::unknown(
                "the search itself broke; this says nothing about your configuration",
            );
        };
        for path in sources {
            if let Some(commit) = commit_of(&path) {
                let shown = visible(&path.to_string_lossy(), 300);
                report = report.fact(format!("commit of {shown}"), commit);
            }
        }
        report
    }
}

fn globs(context: &CheckContext) -> Vec<String> {
    match context.inputs.get(CONFIG).map(|input| &input.value) {
        Some(InputValue::Globs(globs)) => globs.clone(),
        _ => Vec::new(),
    }
}

fn sources(context: &CheckContext) -> Vec<PathBuf> {
    match context.inputs.paths("source") {
        [] => vec![context.base.clone()],
        paths => paths.to_vec(),
    }
}

/// What to look for: MintCash's own marks, and those of the sandbox that this launch uses.
fn wanted(context: &CheckContext, own: Vec<(String, Secret)>) -> Wanted {
    let mut hosts = vec![SANDBOX_HOST.to_owned()];
    hosts.extend(context.inputs.url("sandbox_url").and_then(host));
    let mut live_hosts = vec![LIVE_HOST.to_owned()];
    live_hosts.extend(context.inputs.url("api_url").and_then(host));
    hosts.retain(|host| host == SANDBOX_HOST || !live_hosts.contains(host));
    hosts.sort();
    hosts.dedup();
    Wanted {
        prefixes: PREFIXES.iter().map(|prefix| (*prefix).to_owned()).collect(),
        hosts,
        live_hosts,
        provider: "mintcash".to_owned(),
        own,
    }
}

/// The host that a URL names; none for an address of this machine, which every configuration has.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?.to_ascii_lowercase();
    let local = host == "localhost" || host.ends_with(".localhost") || !host.contains('.');
    let address = matches!(url.host(), Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)));
    (!local && !address).then_some(host)
}

/// The launch's own test secrets that can be had, and what is to be said of the others. One that is
/// the live secret too tells nothing apart.
async fn own_secrets(context: &CheckContext) -> (Vec<(String, Secret)>, Vec<String>) {
    let mut own = Vec::new();
    let mut notes = Vec::new();
    for (name, live) in OWN {
        match context.inputs.secret(name).await {
            Ok(Some(secret)) => {
                let known = context.inputs.known(live);
                let same = known.is_some_and(|live| live.expose() == secret.expose());
                if same {
                    notes.push(format!("{name} was not looked for: it is the same as {live}"));
                } else if secret.expose().len() >= Secret::SHORTEST {
                    own.push((name.to_owned(), secret));
                }
            }
            Ok(None) => {}
            Err(why) => {
                notes.push(format!(
                    "{name} was not looked for by value: it could not be had ({why})"
                ));
            }
        }
    }
    (own, notes)
}

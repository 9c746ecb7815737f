//! `secret-storage`: the live key is in no file and nowhere in git history.
//!
//! Looks for the launch's own secrets by value, in every encoding that people paste, and for other
//! live keys by pattern. Where the key is taken from is said as evidence: a reference to a manager
//! shows that golive got it from there, not that nobody else keeps a copy.

use std::path::PathBuf;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::context::CheckContext;
use crate::checks::credentials::scan_report::{self, LIVE_KEY};
use crate::checks::generic::arguments;
use crate::checks::{Check, CheckReport, Effect, Finding, Level, Planned};
use crate::runbook::model::InputName;
use crate::scan::{Role, Wanted, Watch, scan_paths};
use crate::secrets::SecretRef;

/// `secret-storage` takes no arguments in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {}

/// The secrets that are looked for by value.
const SECRETS: [(&str, Role); 4] = [
    (LIVE_KEY, Role::Live),
    ("webhook_secret", Role::Live),
    ("test_secret_key", Role::Test),
    ("test_webhook_secret", Role::Test),
];

/// The check.
pub struct SecretStorage;

#[async_trait]
impl Check for SecretStorage {
    fn name(&self) -> &'static str {
        "secret-storage"
    }

    fn about(&self) -> &'static str {
        "the live secret key is in no file of the source and nowhere in its git history"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        let secrets = SECRETS.iter().map(|(name, _)| InputName::from(*name));
        std::iter::once(InputName::from("source")).chain(secrets).collect()
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
            what: "read every file and the git history".to_owned(),
            target: path.display().to_string(),
            arms: None,
        });
        planned.collect()
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let own = own_secrets(context).await;
        let paths = sources(context);
        let watch = Watch::new(context.cancel.clone(), context.progress.clone());
        let wanted = own.wanted;
        let scanned = tokio::task::spawn_blocking(move || {
            let scan = scan_paths(&paths, &wanted, &watch);
            let names: Vec<String> = wanted.into_iter().map(|one| one.name).collect();
            (scan, names)
        });
        let Ok((scan, names)) = scanned.await else {
            return CheckReport::unknown(
                "the scan itself broke; this says nothing about your source",
            );
        };
        let mut report = scan_report::report(&scan, &names, &own.missing);
        report.findings.extend(own.findings);
        report.evidence("kept_in", own.kept_in)
    }
}

fn sources(context: &CheckContext) -> Vec<PathBuf> {
    match context.inputs.paths("source") {
        [] => vec![context.base.clone()],
        paths => paths.to_vec(),
    }
}

/// The launch's own secrets, as far as they can be had.
#[derive(Default)]
struct Own {
    wanted: Vec<Wanted>,
    /// What can not be looked for, and why.
    missing: Vec<String>,
    /// What the references say.
    findings: Vec<Finding>,
    /// Where each secret is taken from.
    kept_in: Map<String, Value>,
}

async fn own_secrets(context: &CheckContext) -> Own {
    let mut own = Own::default();
    for (name, role) in SECRETS {
        let Some(reference) = context.inputs.secret_ref(name) else {
            own.unset(name, role);
            continue;
        };
        let held = format!("{reference}: {}", proves(reference));
        own.kept_in.insert(name.to_owned(), Value::String(held));
        let file = match reference {
            SecretRef::File(path) => Some(context.inputs.base().join(path)),
            _ => None,
        };
        if name == LIVE_KEY {
            own.findings.extend(storage(reference));
        }
        match context.inputs.secret(name).await {
            Ok(Some(secret)) => {
                own.wanted.push(Wanted { name: name.to_owned(), secret, role, file });
            }
            Ok(None) => own.unset(name, role),
            Err(why) if role == Role::Live => {
                own.missing.push(format!("{name} could not be looked for by value ({why})"));
            }
            Err(why) => own.findings.push(Finding::new(
                Level::Info,
                format!("{name} was not looked for: it could not be had ({why})"),
            )),
        }
    }
    own
}

impl Own {
    fn unset(&mut self, name: &str, role: Role) {
        if name == LIVE_KEY {
            self.missing.push(format!(
                "{name} has no reference in golive.yaml, so it could not be looked for by value"
            ));
        } else if role == Role::Live {
            let message = format!("{name} was not looked for: golive.yaml has no reference to it");
            self.findings.push(Finding::new(Level::Info, message));
        }
    }
}

/// What taking a secret from there shows.
fn proves(reference: &SecretRef) -> &'static str {
    match reference {
        SecretRef::Command(_) => "a program handed it out when asked",
        SecretRef::Keyring { .. } => "the platform's keyring holds it",
        SecretRef::Env(_) => "whatever started golive set it; where it is kept can not be seen",
        SecretRef::File(_) => "a file on this machine holds it in plain text",
        SecretRef::Prompt => "somebody typed it; where it is kept can not be seen",
    }
}

/// What is to be said about where the live key is taken from.
fn storage(reference: &SecretRef) -> Option<Finding> {
    let hint = "keep it in a secrets manager and refer to it with `command: [op, read, …]` or \
                `keyring:`";
    let (level, message) = match reference {
        SecretRef::Command(_) | SecretRef::Keyring { .. } => return None,
        SecretRef::File(_) => (Level::Advisory, "the live key is taken from a plain file"),
        SecretRef::Env(_) | SecretRef::Prompt => {
            (Level::Info, "where the live key is kept could not be seen")
        }
    };
    Some(Finding::new(level, message).at(reference.to_string()).hint(hint))
}

//! `secret-storage`: the live secrets are kept where they should be, lie in no file and nowhere in
//! git history, and are what production uses.
//!
//! Looks for the launch's own secrets by value, in every encoding that people paste, and for other
//! live keys by pattern. Where each is taken from is said as evidence with what that proves: a
//! reference to a manager shows that golive got it from there, not that nobody else keeps a copy.
//! When the webhook's host is armed, one signed probe shows that production has the same secret.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::context::CheckContext;
use crate::checks::credentials::scan_report::{self, LIVE_KEY};
use crate::checks::credentials::storage::{file, in_use, literal, reference};
use crate::checks::generic::arguments;
use crate::checks::{Check, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::runbook::model::InputName;
use crate::scan::{Role, Wanted, Watch, scan_paths};
use crate::secrets::{Secret, SecretRef};
use crate::text::Untrusted;

/// The arguments of `secret-storage` in a runbook.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// A PEM file with a CA that is trusted beside the public ones, for staging.
    extra_ca: Option<PathBuf>,
}

/// The live webhook secret.
const WEBHOOK_SECRET: &str = "webhook_secret";

/// What no look at files, references and answers can show, for the person who signs.
const NOT_KNOWN: &str = "who else can read the place it is kept in; copies in chats, wikis, tickets, \
                         CI logs, images and backups; whether production reads the API key from \
                         the same place";

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
        "the live secrets are kept where only those read them who should, are in no file of the \
         source and nowhere in its git history, and are what production uses"
    }

    fn effect(&self) -> Effect {
        Effect::Harmless
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        let secrets = SECRETS.iter().map(|(name, _)| InputName::from(*name));
        ["source", "webhook_url"].map(InputName::from).into_iter().chain(secrets).collect()
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
        let mut planned: Vec<Planned> = sources(context)
            .into_iter()
            .map(|path| reads("read every file and the git history", path.display().to_string()))
            .collect();
        for (name, _) in SECRETS.iter().filter(|(_, role)| *role == Role::Live) {
            for path in
                context.inputs.secret_ref(name).map(|it| files(context, it)).unwrap_or_default()
            {
                let what = format!("look who can read the file of {name}, and ask git about it");
                planned.push(reads(&what, path.display().to_string()));
            }
        }
        planned.extend(in_use::plan(context));
        planned
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let arguments = match arguments::read::<Arguments>(&context.args) {
            Ok(arguments) => arguments,
            Err(problem) => return CheckReport::unknown(problem),
        };
        let extra_ca = arguments.extra_ca.map(|path| context.base.join(path));
        let own = own_secrets(context).await;
        let asked = in_use::ask(
            context,
            own.value(WEBHOOK_SECRET),
            own.value("test_webhook_secret"),
            extra_ca.as_deref(),
        );
        let (report, used) = tokio::join!(search(context, &own), asked);
        let Some(mut report) = report else {
            return CheckReport::unknown(
                "the scan itself broke; this says nothing about your source",
            );
        };
        add(&mut report, own.findings);
        add(&mut report, used.findings);
        if let Some(probes) = used.probes {
            report = report.evidence("probes", probes);
        }
        report
            .evidence("kept_in", own.kept_in)
            .evidence("in_production", used.says)
            .evidence("not_known", NOT_KNOWN)
    }
}

/// Looks for the secrets in the sources; `None` when the scan broke.
async fn search(context: &CheckContext, own: &Own) -> Option<CheckReport> {
    let paths = sources(context);
    let watch = Watch::new(context.cancel.clone(), context.progress.clone());
    let wanted = own.wanted.clone();
    let scanned = tokio::task::spawn_blocking(move || scan_paths(&paths, &wanted, &watch));
    let scan = scanned.await.ok()?;
    let names: Vec<String> = own.wanted.iter().map(|one| one.name.clone()).collect();
    Some(scan_report::report(&scan, &names, &own.missing, &context.base))
}

/// Adds findings about the storage to what the scan found; a blocking one makes it fail.
fn add(report: &mut CheckReport, findings: Vec<Finding>) {
    let blocking = findings.iter().find(|finding| finding.level == Level::Blocking);
    if let Some(first) = blocking
        && report.outcome != Outcome::Fail
    {
        report.outcome = Outcome::Fail;
        report.summary = first.message.clone();
    }
    report.findings.extend(findings);
    report.findings.sort_by_key(|finding| match finding.level {
        Level::Blocking => 0,
        Level::Advisory => 1,
        Level::Info => 2,
    });
}

fn sources(context: &CheckContext) -> Vec<PathBuf> {
    match context.inputs.paths("source") {
        [] => vec![context.base.clone()],
        paths => paths.to_vec(),
    }
}

/// The files that a reference names: the file itself, or those that a program is to print.
fn files(context: &CheckContext, reference: &SecretRef) -> Vec<PathBuf> {
    let base = context.inputs.base();
    match reference {
        SecretRef::File(path) => vec![base.join(path)],
        SecretRef::Command(argv) => {
            let printed = matches!(reference::Kept::of(reference), reference::Kept::Printed { .. });
            let words = reference::commands(argv).into_iter().flatten().filter(|_| printed);
            words.map(|word| base.join(word)).filter(|path| path.is_file()).collect()
        }
        SecretRef::Env(_) | SecretRef::Keyring { .. } | SecretRef::Prompt => Vec::new(),
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
        if let SecretRef::Command(argv) = reference
            && let Some(what) = literal::in_command(argv)
        {
            own.refuse(name, what, argv);
            own.kept_in.insert(name.to_owned(), "a command that was not run".into());
            if role == Role::Live {
                own.missing.push(format!("the command for {name} was not run"));
            }
            continue;
        }
        let value = context.inputs.secret(name).await;
        if let (SecretRef::Command(argv), Ok(Some(secret))) = (reference, &value)
            && literal::holds(argv, secret)
        {
            own.refuse(name, "the secret itself", argv);
        }
        let mut held = format!("{reference}: {}", reference::Kept::of(reference).proves());
        if role == Role::Live {
            own.findings.extend(storage(name, reference));
            let searched = matches!(value, Ok(Some(_)));
            for seen in own.look_at_files(context, name, reference, searched).await {
                held.push_str(&format!("; {seen}"));
            }
        }
        own.kept_in.insert(name.to_owned(), Untrusted::new(held).line(600).into());
        own.take(name, role, reference, value, context.inputs.base());
    }
    own
}

impl Own {
    /// The value of a secret that could be had.
    fn value(&self, name: &str) -> Option<&Secret> {
        self.wanted.iter().find(|one| one.name == name).map(|one| &one.secret)
    }

    fn take(
        &mut self,
        name: &'static str,
        role: Role,
        reference: &SecretRef,
        value: Result<Option<Secret>, crate::secrets::resolve::Unresolved>,
        base: &Path,
    ) {
        let file = match reference {
            SecretRef::File(path) => Some(base.join(path)),
            _ => None,
        };
        match value {
            Ok(Some(secret)) => {
                self.wanted.push(Wanted { name: name.to_owned(), secret, role, file });
            }
            Ok(None) => self.unset(name, role),
            Err(why) if role == Role::Live => {
                self.missing.push(format!("{name} could not be looked for by value ({why})"));
            }
            Err(why) => self.findings.push(Finding::new(
                Level::Info,
                format!("{name} was not looked for: it could not be had ({why})"),
            )),
        }
    }

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

    /// A command with a secret in its own words.
    fn refuse(&mut self, name: &str, what: &str, argv: &[String]) {
        let program = argv.first().map(|it| Untrusted::new(it).line(80)).unwrap_or_default();
        let message = format!(
            "The command for {name} has {what} in its own words: it stands in golive.yaml, and in \
             the list of processes of this machine."
        );
        let hint = "Let the program take it from where it is signed in, or from a variable. Have \
                    rotated what stood there.";
        self.findings.push(
            Finding::new(Level::Blocking, message).at(format!("command {program} …")).hint(hint),
        );
    }

    /// Looks at the files of a reference; hands back what was seen of each.
    async fn look_at_files(
        &mut self,
        context: &CheckContext,
        name: &'static str,
        reference: &SecretRef,
        searched: bool,
    ) -> Vec<String> {
        // The scan knows which file a `file:` reference means, not which one a program prints.
        let searched = searched && matches!(reference, SecretRef::File(_));
        let mut all = Vec::new();
        for path in files(context, reference) {
            let sources = sources(context);
            let looked = tokio::task::spawn_blocking(move || {
                file::examine(&file::Kept { name, path, sources: &sources, searched })
            });
            let Ok((findings, seen)) = looked.await else { continue };
            self.findings.extend(findings);
            all.push(seen);
        }
        all
    }
}

/// What is to be said about where a live secret is taken from.
fn storage(name: &str, reference: &SecretRef) -> Option<Finding> {
    use reference::Kept;
    let hint = "Keep it in a secrets manager and refer to it with `command: [op, read, …]` or \
                `keyring:`.";
    let (level, message) = match Kept::of(reference) {
        Kept::Manager(_) | Kept::Encrypted(_) | Kept::Platform(_) | Kept::Keyring => return None,
        Kept::File => (Level::Advisory, format!("{name} is taken from a plain file.")),
        Kept::Printed { program } => (
            Level::Advisory,
            format!(
                "{name} is taken from what {program} prints: a file or a variable, no manager."
            ),
        ),
        Kept::Unknown { program } => (
            Level::Info,
            format!("Whether {program}, which gives {name}, asks a secrets manager is not known."),
        ),
        Kept::Environment => (
            Level::Info,
            format!(
                "Where {name} is kept could not be seen: something put it in the environment. A \
                 file in source that sets it is found."
            ),
        ),
        Kept::Typed => {
            (Level::Info, format!("Where {name} is kept could not be seen: somebody typed it."))
        }
    };
    let place = Untrusted::new(reference.to_string()).line(200);
    Some(Finding::new(level, message).at(place).hint(hint))
}

//! `file`: a file is there (or is not), and matches a pattern if asked for.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use regex::bytes::Regex;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::context::CheckContext;
use crate::checks::generic::arguments;
use crate::checks::{Check, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::digest::Digest;
use crate::runbook::model::InputName;
use crate::text::Untrusted;

/// A larger file is not read; the check says so instead of guessing.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The arguments of `file` in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The file, relative to the folder of `golive.yaml`.
    path: PathBuf,
    /// Whether it must be there.
    #[serde(default = "yes")]
    exists: bool,
    /// A regular expression that its content must match.
    contains: Option<String>,
}

fn yes() -> bool {
    true
}

impl Arguments {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.path.as_os_str().is_empty() {
            problems.push("path is empty".to_owned());
        }
        if !self.exists && self.contains.is_some() {
            problems.push("a file that must not exist can not be checked for content".to_owned());
        }
        problems.extend(arguments::lint_pattern("contains", self.contains.as_deref()));
        problems
    }
}

/// The check.
pub struct File;

#[async_trait]
impl Check for File {
    fn name(&self) -> &'static str {
        "file"
    }

    fn about(&self) -> &'static str {
        "a file is there, or is not, and holds what it should"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, _args: &Map<String, Value>) -> Vec<InputName> {
        Vec::new()
    }

    fn args_schema(&self) -> Schema {
        arguments::schema::<Arguments>()
    }

    fn lint(&self, args: &Map<String, Value>) -> Vec<String> {
        match arguments::read::<Arguments>(args) {
            Ok(arguments) => arguments.problems(),
            Err(problem) => vec![problem],
        }
    }

    async fn plan(&self, context: &CheckContext) -> Vec<Planned> {
        let Ok(arguments) = arguments::read::<Arguments>(&context.args) else { return Vec::new() };
        vec![Planned {
            effect: Effect::Reads,
            what: "read the file".to_owned(),
            target: context.base.join(&arguments.path).display().to_string(),
            arms: None,
            spend: None,
        }]
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let arguments = match arguments::read::<Arguments>(&context.args) {
            Ok(arguments) => arguments,
            Err(problem) => return CheckReport::unknown(problem),
        };
        let path = context.base.join(&arguments.path);
        let looked = tokio::task::spawn_blocking(move || look(&arguments, &path));
        looked.await.unwrap_or_else(|_| CheckReport::unknown("reading the file broke off"))
    }
}

fn look(arguments: &Arguments, path: &Path) -> CheckReport {
    let shown = Untrusted::new(arguments.path.display().to_string()).line(200);
    let facts = match path.metadata() {
        Ok(facts) => facts,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return if arguments.exists {
                fail(&shown, format!("{shown} is not there"))
            } else {
                CheckReport::new(Outcome::Pass, format!("{shown} is not there"))
            };
        }
        Err(error) => {
            return CheckReport::unknown(format!("{shown} can not be looked at: {error}"));
        }
    };
    if !arguments.exists {
        return fail(&shown, format!("{shown} is there and must not be"));
    }
    if !facts.is_file() {
        return fail(&shown, format!("{shown} is not a file"));
    }
    if facts.len() > MOST_BYTES {
        let most = MOST_BYTES / 1024 / 1024;
        return CheckReport::unknown(format!("{shown} is larger than {most} MiB and was not read"));
    }
    match read(path) {
        Ok(content) => judge(arguments, &shown, &content),
        Err(error) => CheckReport::unknown(format!("{shown} can not be read: {error}")),
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES).read_to_end(&mut content)?;
    Ok(content)
}

fn judge(arguments: &Arguments, shown: &str, content: &[u8]) -> CheckReport {
    let matches = match arguments.contains.as_deref().map(Regex::new) {
        Some(Ok(pattern)) => pattern.is_match(content),
        Some(Err(_)) => return CheckReport::unknown("contains is not a regular expression"),
        None => true,
    };
    if !matches {
        return fail(shown, format!("{shown} does not hold what it should"));
    }
    let says = if arguments.contains.is_some() { "holds what it should" } else { "is there" };
    let digest = Digest::of(content);
    CheckReport::new(Outcome::Pass, format!("{shown} {says}"))
        .evidence("sha256", digest.as_str())
        .fact(format!("content of {shown}"), digest.as_str())
}

fn fail(shown: &str, says: String) -> CheckReport {
    let mut finding = Finding::new(Level::Blocking, &says);
    finding.file = Some(shown.to_owned());
    CheckReport::new(Outcome::Fail, says).with(finding)
}

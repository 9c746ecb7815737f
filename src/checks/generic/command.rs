//! `command`: a program ends with the expected exit code and, if asked for, a matching output.
//!
//! Runs only when somebody has trusted the runbook, by its hash, on this launch.

use std::path::Path;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use regex::bytes::Regex;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::checks::context::{CheckContext, Progress};
use crate::checks::generic::arguments;
use crate::checks::{Check, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::process::{self, Ended, Leftovers, Limits, NotEnded};
use crate::runbook::model::InputName;
use crate::text::Untrusted;

/// Bytes of output that are kept and searched.
const MOST_OUTPUT: usize = 64 * 1024;

/// The arguments of `command` in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The program and its arguments; no shell reads them.
    argv: Vec<String>,
    /// The exit code that it must end with.
    #[serde(default)]
    expect: i32,
    /// A regular expression that its standard output must match (first 64 KiB).
    stdout: Option<String>,
    /// Seconds until it is killed and the check is unknown.
    #[serde(default = "a_minute")]
    #[schemars(range(min = 1, max = 3600))]
    seconds: u64,
}

fn a_minute() -> u64 {
    60
}

impl Arguments {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.argv.first().is_none_or(String::is_empty) {
            problems.push("argv names no program".to_owned());
        }
        if !(1..=3600).contains(&self.seconds) {
            problems.push(format!("seconds {} is not between 1 and 3600", self.seconds));
        }
        if !(0..=255).contains(&self.expect) {
            problems.push(format!("expect {} is not an exit code (0 to 255)", self.expect));
        }
        problems.extend(arguments::lint_pattern("stdout", self.stdout.as_deref()));
        problems
    }

    fn shown(&self) -> String {
        Untrusted::new(self.argv.join(" ")).line(200)
    }
}

/// The check.
pub struct Command;

#[async_trait]
impl Check for Command {
    fn name(&self) -> &'static str {
        "command"
    }

    fn about(&self) -> &'static str {
        "a program ends with the expected exit code and output"
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
            what: format!("run a program, expecting exit code {}", arguments.expect),
            target: arguments.shown(),
            arms: None,
            spend: None,
        }]
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let arguments = match arguments::read::<Arguments>(&context.args) {
            Ok(arguments) => arguments,
            Err(problem) => return CheckReport::unknown(problem),
        };
        if !context.trusted {
            let says = "this runbook's commands are not trusted yet, so none was run";
            return CheckReport::unknown(says).with(
                Finding::new(Level::Info, format!("not run: {}", arguments.shown()))
                    .hint("read the runbook, then run `golive runbook trust`"),
            );
        }
        let limits = Limits {
            time: Duration::from_secs(arguments.seconds),
            output: MOST_OUTPUT,
            leftovers: Leftovers::Kill,
        };
        let began = Instant::now();
        let folder: &Path = &context.base;
        let ended = process::run(&arguments.argv, folder, limits, &context.cancel).await;
        let report = judge(&arguments, ended);
        context.progress.say(Progress::Probe {
            name: arguments.shown(),
            says: report.summary.clone(),
            good: Some(report.outcome == Outcome::Pass),
            took: began.elapsed(),
        });
        report
    }
}

fn judge(arguments: &Arguments, ended: Result<Ended, NotEnded>) -> CheckReport {
    let shown = arguments.shown();
    let ended = match ended {
        Ok(ended) => ended,
        Err(error) => return CheckReport::unknown(format!("{shown} {error}")),
    };
    let Some(code) = ended.code else {
        return CheckReport::unknown(format!("{shown} was ended by a signal"));
    };
    if code != arguments.expect {
        let says = format!("{shown} ended with {code}, expected {}", arguments.expect);
        let mut finding = Finding::new(Level::Blocking, &says);
        if let Some(last) = last_line(&ended.stderr).or_else(|| last_line(&ended.stdout)) {
            finding = finding.hint(format!("it said last: {last}"));
        }
        return CheckReport::new(Outcome::Fail, says).with(finding).evidence("exit", code);
    }
    match arguments.stdout.as_deref().map(Regex::new) {
        None => {}
        Some(Ok(pattern)) if pattern.is_match(&ended.stdout) => {}
        Some(Ok(_)) if ended.cut => {
            return CheckReport::unknown(format!(
                "{shown} wrote more than {} KiB; the pattern is not in the part that was kept",
                MOST_OUTPUT / 1024
            ));
        }
        Some(Ok(_)) => {
            let says = format!("{shown} ended with {code}, but its output does not match");
            return CheckReport::new(Outcome::Fail, &says)
                .with(Finding::new(Level::Blocking, &says))
                .evidence("exit", code);
        }
        Some(Err(_)) => return CheckReport::unknown("stdout is not a regular expression"),
    }
    CheckReport::new(Outcome::Pass, format!("{shown} ended with {code}")).evidence("exit", code)
}

fn last_line(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().rev().find(|line| !line.trim().is_empty())?;
    Some(Untrusted::new(line.trim()).line(160))
}

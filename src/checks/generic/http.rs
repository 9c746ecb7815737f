//! `http`: a URL answers with the expected status and, if asked for, a matching body.
//!
//! GET or HEAD only, no redirect followed: what is expected is said, not found by wandering.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use regex::Regex;
use reqwest::{Method, Response};
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::checks::context::{CheckContext, Progress};
use crate::checks::generic::arguments;
use crate::checks::{Check, CheckReport, Effect, Finding, Level, Outcome, Planned};
use crate::https;
use crate::runbook::model::InputName;
use crate::text::Untrusted;

/// The body is read up to here; a pattern that stands further down is not found.
const MOST_BODY: usize = 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(15);

/// The arguments of `http` in a runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The URL to ask. Either this or `input`.
    url: Option<String>,
    /// The input that holds the URL, `webhook_url`. Either this or `url`.
    input: Option<String>,
    /// GET or HEAD.
    #[serde(default)]
    method: Verb,
    /// The status that it must answer with.
    #[serde(default = "ok")]
    #[schemars(range(min = 100, max = 599))]
    expect: u16,
    /// A regular expression that the body must match.
    body: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Verb {
    #[default]
    Get,
    Head,
}

fn ok() -> u16 {
    200
}

impl Arguments {
    fn target(&self, context: &CheckContext) -> Result<Url, String> {
        if let Some(name) = &self.input {
            return context
                .inputs
                .url(name)
                .cloned()
                .ok_or_else(|| format!("the input {name} has no value; set it in golive.yaml"));
        }
        let text = self.url.as_deref().unwrap_or_default();
        Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))
    }

    fn method(&self) -> Method {
        match self.method {
            Verb::Get => Method::GET,
            Verb::Head => Method::HEAD,
        }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match (&self.url, &self.input) {
            (Some(_), Some(_)) => problems.push("give either url or input, not both".to_owned()),
            (None, None) => problems.push("give url, or input with the name of a URL input".into()),
            (Some(text), None) => match Url::parse(text) {
                Err(error) => problems.push(format!("url `{text}` is not a URL: {error}")),
                Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                    problems.push(format!("url `{text}` is neither http nor https"));
                }
                Ok(url) if url.password().is_some() || !url.username().is_empty() => {
                    problems.push("url must not hold a user or password".to_owned());
                }
                Ok(_) => {}
            },
            (None, Some(_)) => {}
        }
        if !(100..600).contains(&self.expect) {
            problems.push(format!("expect {} is not an HTTP status", self.expect));
        }
        if self.body.is_some() && matches!(self.method, Verb::Head) {
            problems.push("body can not be checked with method HEAD".to_owned());
        }
        problems.extend(arguments::lint_pattern("body", self.body.as_deref()));
        problems
    }
}

/// The check.
pub struct Http;

#[async_trait]
impl Check for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn about(&self) -> &'static str {
        "a URL answers with the expected status and body"
    }

    fn effect(&self) -> Effect {
        Effect::Reads
    }

    fn inputs(&self, args: &Map<String, Value>) -> Vec<InputName> {
        let named = args.get("input").and_then(Value::as_str);
        named.map(InputName::from).into_iter().collect()
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
        let Ok(target) = arguments.target(context) else { return Vec::new() };
        vec![Planned {
            effect: Effect::Reads,
            what: format!("{} once, expecting {}", arguments.method(), arguments.expect),
            target: target.to_string(),
            arms: None,
            spend: None,
        }]
    }

    async fn run(&self, context: &CheckContext) -> CheckReport {
        let arguments = match arguments::read::<Arguments>(&context.args) {
            Ok(arguments) => arguments,
            Err(problem) => return CheckReport::unknown(problem),
        };
        let target = match arguments.target(context) {
            Ok(target) => target,
            Err(problem) => return CheckReport::unknown(problem),
        };
        let began = Instant::now();
        let asked = ask(&arguments, &target);
        let answer = tokio::select! {
            answer = asked => answer,
            () = context.cancel.cancelled() => return CheckReport::unknown("cancelled"),
        };
        let report = judge(&arguments, &target, answer);
        context.progress.say(Progress::Probe {
            name: format!("{} {target}", arguments.method()),
            says: report.summary.clone(),
            good: Some(report.outcome == Outcome::Pass),
            took: began.elapsed(),
        });
        report
    }
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

async fn ask(arguments: &Arguments, target: &Url) -> Result<Answer, String> {
    let client =
        https::open(TIMEOUT).map_err(|error| format!("could not prepare a request: {error}"))?;
    let request = client.request(arguments.method(), target.clone()).send();
    let response = request.await.map_err(|error| reason(&error))?;
    let status = response.status().as_u16();
    let body = if arguments.body.is_some() { read_body(response).await? } else { Vec::new() };
    Ok(Answer { status, body })
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        body.extend_from_slice(&piece);
        if body.len() >= MOST_BODY {
            body.truncate(MOST_BODY);
            break;
        }
    }
    Ok(body)
}

/// The innermost cause: `connection refused` rather than `error sending request`.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", TIMEOUT.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Untrusted::new(cause.to_string()).line(200)
}

fn judge(arguments: &Arguments, target: &Url, answer: Result<Answer, String>) -> CheckReport {
    let answer = match answer {
        Ok(answer) => answer,
        Err(reason) => {
            let says = format!("{target} could not be asked: {reason}");
            let finding = Finding::new(Level::Blocking, &says).at(target.as_str());
            return CheckReport::new(Outcome::Fail, says).with(finding);
        }
    };
    let status = answer.status;
    if status != arguments.expect {
        let says = format!("{target} answered {status}, expected {}", arguments.expect);
        let finding = Finding::new(Level::Blocking, &says).at(target.as_str());
        return CheckReport::new(Outcome::Fail, says).with(finding).evidence("status", status);
    }
    let matches = match arguments.body.as_deref().map(Regex::new) {
        Some(Ok(pattern)) => pattern.is_match(&String::from_utf8_lossy(&answer.body)),
        Some(Err(_)) => return CheckReport::unknown("body is not a regular expression"),
        None => true,
    };
    if !matches {
        let says = format!("{target} answered {status}, but its body does not match");
        let finding = Finding::new(Level::Blocking, &says).at(target.as_str());
        return CheckReport::new(Outcome::Fail, says).with(finding).evidence("status", status);
    }
    let with = if arguments.body.is_some() { " with a matching body" } else { "" };
    CheckReport::new(Outcome::Pass, format!("{target} answered {status}{with}"))
        .evidence("status", status)
}
